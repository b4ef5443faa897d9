"""The deck of a scenario: the stored picture of it, what its numbers stand for, and what must never be in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from layers.deck import SUNK, Picked, build_deck, chosen_colours, picked
from layers.legend import LegendEntry, legend
from layers.prepared import GLB, JSON, Thing, prepare
from layers.shadows import LAYER as SHADE_LAYER
from layers.standalone import INSIDE, Inside
from tests.layers.glb import read_glb
from tests.layers.small_town import houses, low_block, small_town, tower
from wijktwin import appearance
from wijktwin.appearance import Outline, View
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

GOLDEN: Final = Path(__file__).resolve().parents[1] / "golden"
WRITE: Final = "WIJKTWIN_WRITE_GOLDEN"
DEGREES: Final = 2.1e-7
"""Two steps of the last decimal: PROJ versions differ in the tenth."""


def drawn(*plans: Plan) -> dict[str, Any]:
    """A deck as the browser gets it, with the content of every address in its place."""
    inside = Inside()
    prepared = prepare(small_town(), [tower(), low_block()], publish=inside)
    deck: dict[str, Any] = json.loads(build_deck(Scenario(small_town(), frozenset(plans)), prepared).to_json())
    for layer in deck["layers"]:
        if layer["id"] == SHADE_LAYER:  # nothing until somebody asks for a moment
            assert layer["data"] == []
            continue
        if isinstance(layer["data"], str):
            content, media_type = inside.contents[int(layer["data"].removeprefix(INSIDE))]
            layer["data"] = json.loads(content)
            assert media_type == JSON
        else:
            assert layer["data"] == [{}], "one model on the anchor"
        for name in layer.keys() & {"scenegraph", "farScenegraph", "eyeScenegraph"}:
            content, media_type = inside.contents[int(layer[name].removeprefix(INSIDE))]
            assert media_type == GLB
            model = read_glb(content)
            layer[name] = {"p": np.round(model.positions, 3).tolist(), "i": model.indices.ravel().tolist()}
    return deck


def assert_alike(one: Any, other: Any, where: str) -> None:
    """Equal but for the last decimals of coordinates and one step of a colour."""
    if isinstance(other, dict):
        assert isinstance(one, dict), where
        assert one.keys() == other.keys(), where
        for key in other:
            assert_alike(one[key], other[key], f"{where}.{key}")
    elif isinstance(other, list):
        assert isinstance(one, list), where
        assert len(one) == len(other), where
        for place, pair in enumerate(zip(one, other, strict=True)):
            assert_alike(*pair, f"{where}[{place}]")
    elif isinstance(other, float):
        assert one == pytest.approx(other, abs=DEGREES if 4 < other < 5.9 or 52 < other < 53 else 0.011), where
    elif isinstance(other, int) and ".c[" in where:
        assert abs(one - other) <= 1, where
    else:
        assert one == other, where


@pytest.mark.parametrize("name", ["nothing", "tower", "low-block"])
def test_deck_is_as_it_was_stored(name: str) -> None:
    found = drawn(*(plan for plan in (tower(), low_block()) if plan.plan_id == name))
    file = GOLDEN / f"deck_small_town_{name}.json"
    if os.environ.get(WRITE):
        file.write_text(
            json.dumps(found, separators=(",", ":")).replace('{"p"', '\n{"p"').replace('{"s"', '\n{"s"') + "\n", encoding="utf-8"
        )
    assert_alike(found, json.loads(file.read_text(encoding="utf-8")), name)


def test_no_geometry_travels_with_the_deck() -> None:
    town = small_town()
    prepared = prepare(town, [tower()], publish=Inside())
    text = build_deck(Scenario(town, frozenset({tower()})), prepared).to_json()
    assert len(json.dumps(json.loads(text))) < 12_000
    layers = {layer["id"]: layer for layer in json.loads(text)["layers"]}
    assert layers.pop(SHADE_LAYER)["data"] == []
    assert all(
        isinstance(layer["data"], str) or (layer["data"] == [{}] and layer["scenegraph"].startswith(INSIDE)) for layer in layers.values()
    )


def test_what_goes_is_kept_and_not_seen_so_that_showing_it_again_fetches_nothing() -> None:
    town = small_town()
    prepared = prepare(town, [tower()], publish=Inside())
    for plans, is_seen in ((frozenset[Plan](), True), (frozenset({tower()}), False)):
        layers = {layer["id"]: layer for layer in json.loads(build_deck(Scenario(town, plans), prepared).to_json())["layers"]}
        for kind in ("contact", "building-edge"):
            assert layers[f"{kind}/taken-tower"]["visible"] is is_seen
            assert layers[f"{kind}/0"]["visible"] is True


def test_thin_lines_lie_before_everything_with_a_face() -> None:
    prepared = prepare(small_town(), [tower(), low_block()], publish=Inside())
    deck = json.loads(build_deck(Scenario(small_town(), frozenset({tower()})), prepared).to_json())
    for layer in deck["layers"]:
        if layer["@@type"] in ("SolidPolygonLayer", "ScenegraphLayer"):
            assert layer["getPolygonOffset"] == f"@@={SUNK}"


def test_shade_lies_on_all_ground_and_under_all_that_stands() -> None:
    town = small_town()
    prepared = prepare(town, [tower()], publish=Inside())
    deck = build_deck(Scenario(town, frozenset({tower()})), prepared, shade="/shade")
    layers = {layer["id"]: layer for layer in json.loads(deck.to_json())["layers"]}
    assert layers[SHADE_LAYER]["data"] == "/shade"
    assert not layers[SHADE_LAYER].get("pickable"), "what lies in the shade can be pointed at"
    order = [layer_id.partition("/")[0] for layer_id in layers]
    assert max(order.index(name) for name in ("plate", "ground", "change", "contact", "ground-edge", "street")) < order.index("shade")
    assert order.index("shade") < min(order.index(name) for name in ("building", "volume", "tree"))


def test_nothing_in_a_deck_asks_another_host() -> None:
    deck = drawn(tower())
    assert "mapProvider" not in deck or deck["mapProvider"] is None
    assert deck.get("mapStyle") is not None, "with None, st.pydeck_chart asks a tile server for a map"
    assert "http" not in json.dumps(deck)


def test_layer_ids_are_unique_and_do_not_depend_on_the_order_of_plans() -> None:
    ids = [layer["id"] for layer in drawn(tower(), low_block())["layers"]]
    assert len(set(ids)) == len(ids)
    assert ids == [layer["id"] for layer in drawn(low_block(), tower())["layers"]]


def test_what_is_picked() -> None:
    scenario = Scenario(small_town(), frozenset({tower()}))
    prepared = prepare(small_town(), [tower(), low_block()], publish=Inside())
    expected = {
        ("building/0", 2): Picked(Thing.BUILDING, "house-2"),
        ("building/taken-tower", 4): Picked(Thing.BUILDING, "house-4"),
        ("ground/today", 1): Picked(Thing.GROUND, "pond"),
        ("tree/0", 1): Picked(Thing.TREE, "tree-2"),
        ("tree/taken-tower", 0): Picked(Thing.TREE, "tree-1"),
        ("volume/tower", 0): Picked(Thing.VOLUME, "tower", "tower"),
        ("change/tower", 0): Picked(Thing.CHANGE, "garden", "tower"),
        ("planted/tower", 0): Picked(Thing.PLANTED, "new-0", "tower"),
        ("street/tower", 0): Picked(Thing.STREET, "street", "tower"),
    }
    assert {asked: picked(scenario, prepared, *asked) for asked in expected} == expected
    nonsense = [("building/0", 99), ("building/0", -1), ("volume/low-block", 0), ("volume/nobody", 0), ("plate", 0), ("", 0), ("tree/9", 0)]
    assert [picked(scenario, prepared, *asked) for asked in nonsense] == [None] * len(nonsense)


def test_every_number_in_the_rows_stands_for_something() -> None:
    scenario = Scenario(small_town(), frozenset({tower()}))
    prepared = prepare(small_town(), [tower()], publish=Inside())
    for layer in drawn(tower())["layers"]:
        if layer.get("pickable"):
            numbers = (
                {row["__source"]["index"] for row in layer["data"]} if "__source" in layer["data"][0] else set(range(len(layer["data"])))
            )
            assert all(picked(scenario, prepared, layer["id"], number) for number in numbers), layer["id"]


def test_selected_building_is_lit_and_nothing_else_is_changed() -> None:
    town = small_town()
    prepared = prepare(town, publish=Inside())
    plain, chosen = (
        {layer["id"]: layer for layer in json.loads(build_deck(Scenario(town), prepared, selected=one).to_json())["layers"]}
        for one in (None, Picked(Thing.BUILDING, "house-5"))
    )
    changed = {layer_id for layer_id in plain if plain[layer_id] != chosen[layer_id]}
    assert changed == {"building/0"}
    assert chosen["building/0"]["highlightedObjectIndex"] == 5
    assert {name for name in chosen["building/0"] if chosen["building/0"].get(name) != plain["building/0"].get(name)} == {
        "highlightedObjectIndex",
        "highlightColor",
    }


def test_a_selected_volume_keeps_the_colour_of_its_plan_and_gets_a_broad_edge() -> None:
    town = small_town()
    inside = Inside()
    prepared = prepare(town, [tower()], publish=inside)
    scenario = Scenario(town, frozenset({tower()}))
    plain, chosen, other = (
        {layer["id"]: layer for layer in json.loads(build_deck(scenario, prepared, selected=one).to_json())["layers"]}
        for one in (None, Picked(Thing.VOLUME, "tower", "tower"), Picked(Thing.VOLUME, "garage", "tower"))
    )
    assert set(chosen) - set(plain) == set(other) - set(plain) == {"halo/tower"}
    order = list(chosen)
    assert order.index("volume/tower") < order.index("halo/tower") < order.index("outline/tower"), "its own outline lies over it"
    assert chosen["halo/tower"]["getColor"] == list(appearance.HIGHLIGHT)
    assert chosen["halo/tower"]["getWidth"] > 2 * chosen["outline/tower"]["getWidth"]
    edges = json.loads(inside.contents[int(chosen["halo/tower"]["data"].removeprefix(INSIDE))][0])
    assert len(edges) == 12
    assert chosen["halo/tower"]["data"] != other["halo/tower"]["data"]
    red, green, blue, strength = chosen["volume/tower"]["highlightColor"]
    face = np.array(appearance.PLAN_FACES["proposal"])
    lit = face + (np.array([red, green, blue]) - face) * strength / 255
    roles = {role: np.abs(lit - np.array(colour)).sum() for role, colour in appearance.PLAN_FACES.items()}
    assert min(roles, key=roles.__getitem__) == "proposal"
    assert lit[2] - lit[0] > 60, "still blue"
    assert chosen_colours()["volume"] == chosen["volume/tower"]["highlightColor"], "a click shows the same at once"


def test_a_flat_deck_cannot_be_tilted() -> None:
    deck = json.loads(build_deck(Scenario(small_town()), prepare(small_town(), publish=Inside()), flat=True).to_json())
    assert deck["initialViewState"]["pitch"] == 0
    assert deck["initialViewState"]["maxPitch"] == 0
    assert deck["views"][0]["controller"]["dragRotate"] is False


def test_legend_tells_what_is_there_and_nothing_else() -> None:
    prepared = prepare(small_town(), [tower()], publish=Inside())
    now = legend(Scenario(small_town()), prepared)
    grounds = ["ground_carriageway", "ground_pavement", "ground_green", "ground_water"]
    assert [entry.key for entry in now] == ["building", "use_dwelling", "use_shop", "tree_some_assumed", *grounds]
    then = legend(Scenario(small_town(), frozenset({tower()})), prepared)
    assert [entry.key for entry in then if entry not in now] == [
        "volume_proposal", "demolished", "below_ground", "changed_ground", "planted", "felled", "street_one_way", "ground_garden",
    ]  # fmt: skip
    assert LegendEntry("volume_proposal", appearance.PLAN_FACES["proposal"], then[0].shape, appearance.PLAN_EDGES["proposal"]) == then[0]
    assert next(entry.pattern for entry in then if entry.key == "demolished") is Outline.DASHED
    assert [entry.key for entry in legend(Scenario(houses(2)), prepare(houses(2), publish=Inside()))][-1] == "ground_unknown"


def test_plans_are_told_apart_without_colour() -> None:
    roles = list(appearance.PLAN_FACES)
    assert len({appearance.OUTLINES[role] for role in roles}) == len(roles)


def test_every_view_has_a_name() -> None:
    assert {view.value for view in View} == {"whole", "above", "north", "east", "south", "west", "plan"}
