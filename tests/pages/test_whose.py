"""Whose plans are in the picture: said in the legend, on the buttons, and in the text about what is in view."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_own_things import own_plan, upload
from tests.pages.visiting import COMPARE, SCENARIOS, elements, visit
from tests.ui.unpacking import unpacked
from wijktwin.errors import Language


def scene(visitor: AppTest) -> dict[str, Any]:
    """What the page told its scene."""
    protos: list[Any] = [shown.proto for shown in elements(visitor) if hasattr(shown, "proto")]
    found: dict[str, Any] = json.loads(next(proto.json for proto in protos if getattr(proto, "component_name", "") == "wijktwin_scene"))
    return unpacked(found)


def new(told: dict[str, Any]) -> set[str]:
    """What the legend says of what is built."""
    return {entry["text"] for entry in told["legend"] if entry["text"].startswith(("nieuw:", "new:"))}


@pytest.mark.parametrize(("language", "whose"), [("nl", "nieuw: plan van de ontwikkelaar"), ("en", "new: plan by the developer")])
def test_the_legend_says_whose(language: Language, whose: str) -> None:
    told = scene(visit(SCENARIOS, plans="vogeltorens", language=language))
    assert whose in new(told)
    assert told["labels"]["view_plan"] == {"nl": "Het plan", "en": "The plan"}[language]


def test_several_plans_are_not_called_the_plan() -> None:
    told = scene(visit(SCENARIOS, plans="vogeltorens,groene-straat"))
    assert told["labels"]["view_plan"] == "De plannen"
    names = {plan_id: plan["name"] for plan_id, plan in told["around"]["plans"].items()}
    assert names["vogeltorens"] == "Plan van de ontwikkelaar, “Vogeltorens: twee torens met 165 woningen”"
    assert names["groene-straat"].startswith("Plan van de gemeente, “")
    compared = scene(visit(COMPARE, plans="vogelhof"))
    assert new(compared) == {"nieuw: alternatief van bewoners"}
    assert set(compared["around"]["plans"]) == {"vogelhof"}


def test_a_plan_of_ones_own_is_said_to_be_ones_own() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "mijn plan.geojson", own_plan())
    told = scene(visitor)
    assert "nieuw: uw eigen plan “Eigen plan”" in new(told)
    name = told["around"]["plans"]["eigen-plan"]["data"].rpartition("/")[2]
    assert not re.fullmatch(r"[0-9a-f]{40}\.\w+", name), "an address that follows from what it holds can be guessed"
    assert re.fullmatch(r"[\w-]{32}\.\w+", name)
