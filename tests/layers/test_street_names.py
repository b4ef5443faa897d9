"""Names of streets: where the data has them, with all their letters, on their street."""

from __future__ import annotations

import dataclasses
import json

import pytest
import shapely
from shapely import LineString, Point

from layers.deck import STREET_NAMES, build_deck
from layers.frame import Frame
from layers.prepared import prepare
from layers.standalone import Inside
from layers.street_names import SHARES, SHORTEST, characters, street_name_rows
from layers.terrain import build_terrain
from tests.layers.small_town import RD_NEW, SOUTH, STREET_NAME, WEST, houses, small_town
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario
from wijktwin.model.surroundings import STREET_COLUMNS, geographic_table

TOWN = small_town()


def with_streets(*streets: tuple[str, list[tuple[float, float]]]) -> Neighbourhood:
    """The town with other streets: name and corners in metres from its south-west corner."""
    columns = {"street_id": [f"s{place}" for place in range(len(streets))], "street": [name for name, _ in streets]}
    lines = [LineString([(WEST + x, SOUTH + y) for x, y in corners]) for _, corners in streets]
    return dataclasses.replace(TOWN, street_table=geographic_table(STREET_COLUMNS, columns, lines, RD_NEW))


def names(town: Neighbourhood) -> list[str]:
    rows = street_name_rows(town, build_terrain(town), Frame.of(town))
    return list(dict.fromkeys(row["n"] for row in rows))


def test_every_place_of_a_name_lies_on_its_street() -> None:
    frame = Frame.of(TOWN)
    rows = street_name_rows(TOWN, build_terrain(TOWN), frame)
    assert [row["n"] for row in rows] == [STREET_NAME] * len(SHARES)
    line = TOWN.streets.geometry[0]
    along = [line.project(Point(*frame.xy(*row["p"][:2])), normalized=True) for row in rows]
    assert along == pytest.approx(SHARES, abs=1e-3)
    assert all(line.distance(Point(*frame.xy(*row["p"][:2]))) < 0.02 for row in rows)


def test_pieces_of_one_street_have_one_name_and_long_streets_come_first() -> None:
    town = with_streets(
        ("Kort", [(0, 0), (30, 0)]), ("Lang", [(0, 10), (30, 10)]), ("Lang", [(30, 10), (70, 10)]), ("", [(0, 20), (80, 20)]),
        ("Stomp", [(0, 30), (SHORTEST - 1, 30)]),
    )  # fmt: skip
    assert names(town) == ["Lang", "Kort"]


def test_a_name_stands_inside_the_picture_though_its_street_runs_on() -> None:
    town = with_streets(("Verweg", [(0, 10), (50_000, 10)]))
    terrain, frame = build_terrain(town), Frame.of(town)
    within = shapely.box(*terrain.bounds)
    assert all(within.buffer(0.1).contains(Point(*frame.xy(*row["p"][:2]))) for row in street_name_rows(town, terrain, frame))


def test_every_letter_is_asked_of_the_renderer() -> None:
    inside = Inside()
    prepared = prepare(TOWN, publish=inside)
    (layer,) = [layer for layer in json.loads(build_deck(Scenario(TOWN), prepared).to_json())["layers"] if layer["id"] == STREET_NAMES]
    assert set(layer["characterSet"]) == set(STREET_NAME)
    assert {"é", "ë", "Ĳ"} <= set(layer["characterSet"])
    assert characters([]) == ""
    assert "url" not in json.dumps(layer).lower(), "no font is fetched"


@pytest.mark.parametrize("town", [houses(3), with_streets(("", [(0, 0), (80, 0)]))])
def test_without_names_there_is_no_layer(town: Neighbourhood) -> None:
    prepared = prepare(town, publish=Inside())
    assert prepared.street_names == ""
    assert STREET_NAMES not in [layer.id for layer in build_deck(Scenario(town), prepared).layers]
