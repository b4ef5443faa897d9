"""Towns of any size: exactly as many buildings as asked for, one network, no building in the way of another."""

from __future__ import annotations

import gc
from collections import defaultdict

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.errors import InputError
from wijktwin.example.build import building_features, generate
from wijktwin.example.frames import Frame
from wijktwin.example.quarter import HEIGHT, WIDTH, ground_height, quarter_frame
from wijktwin.example.streets import network
from wijktwin.example.town import MOST, Settlement, cell, footprint, laid_out, shares


@given(n=st.integers(1, 1_000_000))
def test_shares_add_up_and_fit(n: int) -> None:
    given_out = shares(n)
    assert sum(given_out) == n
    assert max(given_out) - min(given_out) <= 1
    assert max(given_out) <= MOST


def test_cells_grow_ring_by_ring_without_holes() -> None:
    for side in range(1, 12):
        assert {cell(index) for index in range(side * side)} == {(x, y) for x in range(side) for y in range(side)}


@pytest.mark.parametrize("n", [1, 40, 644, 645, 646, 1200, 1201])
def test_exactly_as_many_buildings_as_asked_for(n: int) -> None:
    ids = [feature.feature_id for feature in building_features(n_buildings=n, seed=3)]
    assert len(ids) == len(set(ids)) == n


@pytest.mark.parametrize("n", [0, -1, 1_000_001])
def test_too_few_and_too_many_are_refused_in_a_sentence(n: int) -> None:
    with pytest.raises(InputError, match="1,000,000"):
        generate(n_buildings=n)


@pytest.mark.exhaustive
def test_a_town_is_written_one_neighbourhood_at_a_time() -> None:
    """Whatever its size, no more than two neighbourhoods are in memory."""
    most = 0
    for number, _ in enumerate(building_features(n_buildings=3000, seed=2)):
        if number % 500 == 499:
            gc.collect()
            most = max(most, sum(isinstance(thing, Settlement) for thing in gc.get_objects()))
    assert most <= 2


def test_neighbourhoods_meet_and_share_one_network() -> None:
    joined: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for index in range(4):
        for segment in network(laid_out(1, index, 800).plan.all()):
            a, b = segment.nodes
            joined[a].add(b)
            joined[b].add(a)
    reached, todo = set(), [next(iter(joined))]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += joined[node]
    assert reached == set(joined)


def test_the_ground_has_no_steps_between_neighbourhoods() -> None:
    for y in range(0, 3 * HEIGHT, 50_000):
        seam = quarter_frame(1, 0)
        left, right = seam.at(-500.0, float(y)), seam.at(500.0, float(y))
        assert abs(ground_height(left) - ground_height(right)) <= 10
    everywhere = [ground_height(Frame().at(x, y)) for x in range(-WIDTH, 5 * WIDTH, 90_000) for y in range(-HEIGHT, 5 * HEIGHT, 90_000)]
    assert 2000 < min(everywhere) < max(everywhere) < 4000


@pytest.mark.parametrize(("seed", "index"), [(2, 0), (3, 5)])
def test_other_seeds_give_another_sound_neighbourhood(seed: int, index: int) -> None:
    every_building_has_its_place(seed, index)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(12))
def test_many_seeds_give_sound_neighbourhoods(seed: int) -> None:
    for index in (0, 1, 7, 30):
        every_building_has_its_place(seed, index)


def every_building_has_its_place(seed: int, index: int) -> None:
    settlement = laid_out(seed, index, 1000)
    outlines = np.array([footprint(structure) for structure in settlement.structures], dtype=object)
    shrunk = shapely.buffer(outlines, -1.0, join_style="mitre")
    one, other = shapely.STRtree(shrunk).query(shrunk, predicate="intersects")
    assert (one == other).all()
    boundary = shapely.Polygon(settlement.quarter.boundary())
    assert shapely.within(outlines, boundary).all()
    points = shapely.points([numbered.dwelling.point for numbered in settlement.addresses])
    assert shapely.contains(outlines[[numbered.dwelling.building for numbered in settlement.addresses]], points).all()


def test_neighbourhoods_differ() -> None:
    one, other = laid_out(1, 0, 1000), laid_out(1, 1, 1000)
    assert {s.form.top for s in one.structures} != {s.form.top for s in other.structures}
    assert not {n.dwelling.street for n in one.addresses} & {n.dwelling.street for n in other.addresses}
