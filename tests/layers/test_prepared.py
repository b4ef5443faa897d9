"""Prepared geometry: everything once, nothing sent again by a switch, and what one visitor tries kept apart."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Hashable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from layers import prepared as module
from layers.deck import build_deck
from layers.prepared import Prepared, prepare, split_buildings, split_trees
from layers.standalone import Inside
from tests.layers.small_town import houses, low_block, small_town, tower
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario


def addresses(prepared: Prepared) -> set[str]:
    pieces: list[Any] = [prepared, *prepared.buildings, *prepared.trees, *prepared.plans.values()]
    values = [getattr(piece, field.name) for piece in pieces for field in dataclasses.fields(piece)]
    told = [value for one in values for value in (one if isinstance(one, tuple) else (one,))]
    return {value for value in told if isinstance(value, str) and ":" in value}


class Kept(Inside):
    """Keeps what is published under names that say by which door."""

    def __init__(self, door: str) -> None:
        super().__init__()
        self.door = door

    def __call__(self, content: bytes, media_type: str) -> str:
        return f"{self.door}:{super().__call__(content, media_type)}"


forty_houses = functools.cache(lambda: houses(40))


@settings(max_examples=40)
@given(st.lists(st.frozensets(st.integers(0, 39), max_size=6), max_size=5))
def test_every_building_is_in_exactly_one_part(taken: list[frozenset[int]]) -> None:
    town = houses(40)
    plans = [
        dataclasses.replace(low_block(), plan_id=f"p{n}", demolishes=frozenset(f"house-{r}" for r in rows)) for n, rows in enumerate(taken)
    ]
    parts = split_buildings(town, plans)
    assert sorted(row for part in parts for row in part.rows) == list(range(40))
    for part in parts:
        for row in part.rows:
            assert part.taken_by == {f"p{n}" for n, rows in enumerate(taken) if row in rows}
    assert len({part.part_id for part in parts}) == len(parts)


def test_many_buildings_come_in_parts_of_like_size_that_a_plan_hardly_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_SIZE", 10)
    town = houses(60)
    before = split_buildings(town, [])
    assert len(before) == 6
    assert {len(part.rows) for part in before} == {10}
    after = split_buildings(town, [dataclasses.replace(low_block(), demolishes=frozenset({"house-7"}))])
    assert len(set(before) & set(after)) == 5


def test_switching_a_plan_changes_no_address_of_today() -> None:
    town, plan = small_town(), tower()
    prepared = prepare(town, [plan, low_block()], publish=Inside())
    off, on = (build_deck(Scenario(town, plans), prepared) for plans in (frozenset[Plan](), frozenset({plan})))
    data = [{layer.id: layer.data for layer in deck.layers} for deck in (off, on)]
    assert {layer_id: data[1].get(layer_id) for layer_id in data[0] if "taken" not in layer_id} == {
        layer_id: address for layer_id, address in data[0].items() if "taken" not in layer_id
    }
    assert data[0]["building/taken-tower"] == data[1]["building/taken-tower"]
    assert {layer_id for layer_id in data[1] if layer_id not in data[0]} == {
        "volume/tower", "outline/tower", "storey/tower", "change/tower", "ground-outline/tower", "contact/plan/tower", "street/tower",
        "planted/tower", "ghost-edge/taken-tower", "felled/taken-tower",
    }  # fmt: skip


def test_trees_go_that_a_plan_fells_and_that_stand_where_it_builds() -> None:
    block = dataclasses.replace(
        low_block(), volumes=(dataclasses.replace(low_block().volumes[0], footprint=small_town().trees.geometry[2].buffer(3)),)
    )
    parts = split_trees(small_town(), [tower(), block])
    assert {part.rows: part.taken_by for part in parts} == {
        (0,): frozenset(),
        (1,): frozenset({"tower"}),
        (2,): frozenset({"low-block"}),
    }


@pytest.mark.parametrize(("reach", "height", "is_built_over"), [(1.5, 9.0, True), (2.5, 9.0, False), (1.5, 0.0, False)])
def test_a_felled_tree_is_no_ghost_in_a_new_wall(reach: float, height: float, is_built_over: bool) -> None:
    town = small_town()  # tree 1 is 7 m high and has a crown of 4 m
    x, y = town.trees.geometry[1].x, town.trees.geometry[1].y
    wall = dataclasses.replace(low_block().volumes[0], footprint=box(x + reach, y - 5, x + 12, y + 5), height=height, base=height - 9.0)
    plan = dataclasses.replace(low_block(), volumes=(wall,), felled=frozenset({"tree-1"}))
    (part,) = [part for part in split_trees(town, [plan, tower()]) if part.rows == (1,)]
    assert part.taken_by == {"low-block", "tower"}
    assert part.built_over_by == (frozenset({"low-block"}) if is_built_over else frozenset())
    prepared = prepare(town, [plan, tower()], publish=Inside())
    (drawn,) = [tree for tree in prepared.trees if tree.tree_ids == ("tree-1",)]
    shown = {
        name: {layer.id for layer in build_deck(Scenario(town, plans), prepared).layers if getattr(layer, "visible", True)}
        for name, plans in (("now", frozenset[Plan]()), ("block", frozenset({plan})), ("tower", frozenset({tower()})))
    }
    assert {name: f"tree/{drawn.part_id}" in layers for name, layers in shown.items()} == {
        "now": True, "block": not is_built_over, "tower": True,
    }  # fmt: skip
    assert {name: f"felled/{drawn.part_id}" in layers for name, layers in shown.items()} == {"now": False, "block": True, "tower": True}


def test_a_bridge_above_a_crown_does_not_hide_it() -> None:
    town = small_town()
    bridge = dataclasses.replace(low_block().volumes[0], footprint=town.trees.geometry[1].buffer(10), base=8.0, height=12.0)
    plan = dataclasses.replace(low_block(), volumes=(bridge,), felled=frozenset({"tree-1"}))
    assert not any(part.built_over_by for part in split_trees(town, [plan]) if part.rows == (1,))


def test_what_a_visitor_tries_is_published_apart_and_the_rest_is_not_made_again() -> None:
    town = small_town()
    shared, private = Kept("shared"), Kept("private")
    made: list[Hashable] = []
    memory: dict[Hashable, Any] = {}

    def remember(key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in memory:
            made.append(key)
            memory[key] = make()
        return memory[key]

    first = prepare(town, [tower()], publish=shared, publish_privately=private, remember=remember)
    assert not private.contents
    made.clear()
    own = dataclasses.replace(low_block(published=False), plan_id="own", demolishes=frozenset({"house-0"}))
    second = prepare(town, [tower(), own], publish=shared, publish_privately=private, remember=remember)
    new = addresses(second) - addresses(first)
    assert new
    assert all(address.startswith("private:") for address in new)
    assert second.plate == first.plate
    assert second.plans["tower"] == first.plans["tower"]
    assert [key[0] for key in made if isinstance(key, tuple)] == ["buildings", "buildings", "plan"]


def test_prepared_twice_is_the_same_to_the_byte() -> None:
    one, other = Inside(), Inside()
    prepare(small_town(), [tower()], publish=one)
    prepare(small_town(), [tower()], publish=other)
    assert one.contents == other.contents


def test_a_neighbourhood_without_ground_says_so() -> None:
    found = prepare(houses(3), publish=Inside())
    assert not found.has_ground
    assert found.ground == ""
    assert found.trees == ()
    assert prepare(small_town(), publish=Inside()).has_ground
