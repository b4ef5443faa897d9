"""Lines from homes to trees, drawn by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import Point, Polygon, box

from wijktwin.impacts.sight_lines import OUTSIDE, home_shapes, near_and_seen

HOUSE = box(0, 0, 10, 10)


def array(*shapes: Any) -> Any:
    return np.array([*shapes, None], dtype=object)[:-1]


def seen(tree: Point, *obstacles: Any, home: Any = HOUSE, own: int = 0, distance: float = 25.0) -> list[bool]:
    pairs = near_and_seen(array(home), np.array([own]), array(tree), array(*obstacles), distance=distance)
    return [bool(each) for each in pairs.is_seen]


def test_a_tree_in_front_of_a_house_is_seen_and_one_behind_a_shed_is_not() -> None:
    assert seen(Point(5, 30), HOUSE) == [True]
    assert seen(Point(5, 30), HOUSE, box(0, 15, 10, 18)) == [False]
    assert seen(Point(5, 30), HOUSE, box(0, 31, 10, 34)) == [True], "what stands behind the tree hides nothing"
    assert seen(Point(5, 30), HOUSE, box(6, 15, 10, 18)) == [True], "and what stands beside the line neither"


def test_the_distance_is_from_the_wall_to_the_trunk() -> None:
    assert seen(Point(5, 35), HOUSE) == [True]  # 25.0
    assert seen(Point(5, 35.01), HOUSE) == []


def test_a_building_that_is_gone_hides_nothing() -> None:
    assert seen(Point(5, 30), HOUSE, None) == [True]
    assert seen(Point(5, 30), None, None) == [True]


def test_the_next_house_in_a_row_does_not_hide_what_lies_before_the_own_front() -> None:
    row = [HOUSE, box(10, 0, 20, 10), box(-10, 0, 0, 10)]
    assert seen(Point(5, 20), *row) == [True]
    assert seen(Point(14, 20), *row) == [True], "from the corner of the house the line passes before the neighbours"
    assert seen(Point(30, 5), *row) == [False], "through the house of the neighbours nobody sees"


def test_another_wing_of_the_own_building_is_in_the_way() -> None:
    horseshoe = Polygon([(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)])
    (home,) = home_shapes(array(Point(5, 28)), np.array([0]), array(horseshoe), reach=4.0)
    assert home.bounds == pytest.approx((1, 24, 9, 30), abs=0.1)
    assert seen(Point(15, 28), horseshoe, home=home) == [True], "in the court"
    assert seen(Point(32, 28), horseshoe, home=home) == [False], "behind the other wing"


def test_a_home_is_the_part_of_its_building_around_its_address() -> None:
    slab = box(0, 0, 100, 10)
    points = array(Point(50, 5), Point(500, 5), Point(1, 1))
    shapes = home_shapes(points, np.array([0, 0, OUTSIDE]), array(slab), reach=6.0)
    assert shapes[0].bounds == pytest.approx((44, 0, 56, 10), abs=0.05)
    assert shapes[1].equals(slab), "an address beside its building may be anywhere in it"
    assert shapes[2].equals(Point(1, 1))


def test_without_homes_or_trees_there_is_nothing() -> None:
    nothing = np.zeros(0, dtype=object)
    none = np.zeros(0, dtype=np.int64)
    assert len(near_and_seen(nothing, none, array(Point(0, 0)), nothing, distance=25.0).home) == 0
    assert len(near_and_seen(array(HOUSE), np.array([0]), nothing, nothing, distance=25.0).home) == 0


def test_many_lines_at_once_are_what_they_are_one_by_one() -> None:
    rng = np.random.default_rng(7)
    boxes = array(*(box(x, y, x + 8, y + 6) for x, y in rng.uniform(0, 200, (40, 2))))
    trees = array(*(Point(x, y) for x, y in rng.uniform(0, 200, (60, 2))))
    pairs = near_and_seen(boxes, np.arange(len(boxes)), trees, boxes, distance=25.0)
    together = {(int(h), int(t)): bool(s) for h, t, s in zip(pairs.home, pairs.tree, pairs.is_seen, strict=True)}
    assert len(together) > 100
    for (home, tree), is_seen in together.items():
        line = shapely.shortest_line(boxes[home], trees[tree])
        others = [each for row, each in enumerate(boxes) if row != home]
        assert is_seen == all(line.intersection(each).length <= 0.1 for each in others), (home, tree)
