"""The flat map: sound SVG, everything in its place, and nothing of others that could act in a page."""

from __future__ import annotations

import dataclasses
import re
from xml.etree import ElementTree as ET

import pytest

from layers.plan_view import plan_view
from layers.prepared import prepare
from layers.standalone import Inside
from tests.layers.small_town import SOUTH, WEST, low_block, small_town, tower

NAME = "{http://www.w3.org/2000/svg}"


def drawn(*plans: object) -> ET.Element:
    offered = [tower(), low_block()] if not plans else list(plans)
    prepared = prepare(small_town(), offered, publish=Inside())  # type: ignore[arg-type]
    return ET.fromstring(plan_view(small_town(), offered, prepared))  # type: ignore[arg-type]  # noqa: S314  our own


def test_everything_is_there_once_and_can_be_pointed_at() -> None:
    picture = drawn()
    buildings = [part for part in picture if part.get("data-layer", "").startswith("building/")]
    assert sorted(int(part.get("data-index", "-1")) for part in buildings) == list(range(8))
    assert [part.get("data-taken-by") for part in buildings if part.get("data-index") in {"3", "4"}] == ["tower"] * 2
    volumes = [part for part in picture if part.get("data-layer", "").startswith("volume/")]
    assert {part.get("data-plan") for part in volumes} == {"tower", "low-block"}
    assert len(list(picture.iter(f"{NAME}circle"))) == 3 + 1


def test_a_building_lies_where_it_lies() -> None:
    picture = drawn()
    outline = next(part for part in picture if part.get("data-layer") == "building/0" and part.get("data-index") == "2")
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", outline.get("d", ""))]
    west, _, _, north = prepare(small_town(), publish=Inside()).terrain.bounds
    assert min(x for x, _ in points) == pytest.approx(WEST + 20 - west, abs=0.06)
    assert max(y for _, y in points) == pytest.approx(north - SOUTH, abs=0.06)
    assert max(x for x, _ in points) - min(x for x, _ in points) == pytest.approx(6.0, abs=0.11)


def test_names_of_others_cannot_leave_their_attribute() -> None:
    nasty = dataclasses.replace(low_block(), plan_id='x"><script>alert(1)</script>')
    picture = drawn(nasty)
    assert not list(picture.iter(f"{NAME}script"))
    assert any(part.get("data-plan") == nasty.plan_id for part in picture)
