"""A message says the same as what it was made of, and hardly anything that the table of its neighbourhood says already."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.deck import Picked, build_deck
from layers.prepared import Thing
from tests.layers.small_town import low_block, small_town, tower
from tests.ui.unpacking import full, unpacked
from ui.geometry_store import GeometryStore
from ui.scene.drawing import drawing, known
from ui.scene.packing import Table, entries, packed, told_apart
from ui.scene.preparing import Pieces, prepared_scene
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

NL: Any = "nl"


def test_values_that_messages_have_in_common_are_numbers_and_unfold_again() -> None:
    first = {"a": [{"long": "x" * 30, "deep": [1, 2, {"longer": "y" * 30}]}], "b": {"s": 1}}
    second = {"a": [{"long": "x" * 30, "deep": [1, 2, {"longer": "y" * 30}]}], "b": {"s": 2}, "c": [{"longer": "y" * 30}, "text"]}
    places = entries([first])
    table = Table("/geometry/x", places)
    values = [json.loads(text) for text in places]
    assert full(packed(second, table), values) == second
    assert packed(first, table)["b"] == {"s": 1}, "too short for a number"
    assert len(json.dumps(packed(second, table))) < 70
    assert len(places) == len({json.dumps(full(value, values)) for value in values}), "each thing once"


@pytest.mark.parametrize("is_own", [False, True])
def test_message_of_any_scenario_is_small_and_unfolds_to_the_same_picture(*, is_own: bool) -> None:
    store = GeometryStore()
    pieces = Pieces(store)
    town = small_town()
    own = low_block(published=False)
    offered: list[Plan] = [tower(), *([own] if is_own else [])]
    prepared = prepared_scene(town, offered, store=store, pieces=pieces)
    parties = {plan.plan_id: f"of {plan.plan_id}" for plan in offered}
    table = known(town, offered, prepared, language=NL, parties=parties, store=store, pieces=pieces)
    assert table is known(town, offered, prepared, language=NL, parties=parties, store=store, pieces=pieces)
    said = store.get(table.address.rpartition("/")[2])
    assert said.is_shared
    assert own.plan_id.encode() not in said.content(), "nothing of a visitor's own plan"
    for plans in [frozenset[Plan](), *(frozenset({plan}) for plan in offered)]:
        scenario = Scenario(town, plans)
        for selected in (None, Picked(Thing.BUILDING, town.buildings.building_ids[0])):
            decks = [build_deck(scenario, prepared, selected=selected)]
            shown = drawing([scenario], decks, prepared, language=NL, parties=parties)
            message = json.loads(json.dumps(packed({**shown, "known": table.address}, table)))
            whole = unpacked(message, store)
            assert whole == {**json.loads(json.dumps(shown)), "known": table.address}
            layers = [{**layer.pop("like"), **layer} for layer in whole["decks"][0]["layers"]]
            assert layers == json.loads(decks[0].to_json())["layers"]
            if selected is None and own not in plans and not is_own:
                assert len(json.dumps(message)) < 200


def test_layers_keep_apart_what_they_have_in_common() -> None:
    deck = {"layers": [{"id": "a", "data": "x", "@@type": "L"}, {"id": "b", "scenegraph": "y", "@@type": "L"}], "views": [1]}
    told = told_apart(deck)
    assert told["layers"] == [{"id": "a", "data": "x", "like": {"@@type": "L"}}, {"id": "b", "scenegraph": "y", "like": {"@@type": "L"}}]
    assert told["views"] == [1]
