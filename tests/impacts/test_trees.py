"""Trees: the village by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.impacts.village import numbers, parts, plan, point, rectangle, tower, towers, village
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.model.plan import PlantedTree
from wijktwin.model.provenance import Kind


def figures(*plans: Any, **changes: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("trees", village(**changes).with_plans(plans))}


def with_crowns(*diameters: float) -> Any:
    table = village().trees
    table["crown_diameter"] = diameters
    return table


def test_three_trees_less_one_plus_three() -> None:
    found = figures(towers())
    assert numbers(found["trees.total"]) == (3, 5)
    assert numbers(found["trees.felled"]) == (None, 1)
    assert numbers(found["trees.planted"]) == (None, 3)
    assert found["trees.total"].kind is Kind.STATED
    assert found["trees.total"].before_kind is Kind.MEASURED


def test_crowns_are_circles() -> None:
    found = figures(towers(), tree_table=with_crowns(6.0, 4.0, 2.0))["trees.crown_area"]
    assert found.before == pytest.approx(np.pi * (3**2 + 2**2 + 1**2))
    assert found.after == pytest.approx(np.pi * (3**2 + 2**2 + 3 * 2.5**2))  # t3 goes, three of 5 m come
    assert found.remarks[0].values == {"n": 3}


def test_crowns_within_the_area_of_a_plan() -> None:
    """t3 (80, 80) goes; of three new trees at (65, 51), (75, 51) and (85, 51) two stand within x = 60 to 80.5."""
    area = towers(boundary=rectangle(60, 45, 80.5, 85))
    found = figures(area, tree_table=with_crowns(6.0, 4.0, 2.0))["trees.crown_area_of_plan"]
    assert numbers(found) == pytest.approx((np.pi * 1**2, np.pi * 2 * 2.5**2))
    assert found.where.identifier == "towers"
    assert "trees.crown_area_of_plan" not in figures(towers(boundary=None))
    unknown = figures(area)["trees.crown_area_of_plan"]
    assert (unknown.after, unknown.missing) == (None, "crowns_not_known")


def test_a_crown_that_nobody_knows_leaves_the_figure_open() -> None:
    assert numbers(figures()["trees.crown_area"]) == (None, None)
    assert figures()["trees.crown_area"].missing == "crowns_not_known"
    unstated = plan("p", planted=(PlantedTree("n", point(50, 70)),))
    found = figures(unstated, tree_table=with_crowns(6.0, 4.0, 2.0))["trees.crown_area"]
    assert found.before is not None
    assert (found.after, found.missing) == (None, "crowns_not_stated")


def test_a_tree_where_a_building_comes_goes_and_that_is_said() -> None:
    over_t1 = plan("over", volumes=(tower(footprint=rectangle(0, 55, 20, 75), use="shop"),))
    found = figures(over_t1)
    assert numbers(found["trees.total"]) == (3, 2)
    assert found["trees.total"].remarks[0].key == "impacts.trees_must_go_one"
    assert found["trees.felled"].after == 1, "it goes, though the plan does not say so"
    assert found["trees.felled"].remarks[0].key == "impacts.trees_must_go_one"
    assert parts(found["trees.total"]) == {"stays": (2, 2), "felled": (1, 0), "planted": (0, 0)}


def test_what_is_felled_and_what_is_planted_are_both_in_the_total() -> None:
    assert parts(figures(towers())["trees.total"]) == {"stays": (2, 2), "felled": (1, 0), "planted": (0, 3)}
    assert not figures()["trees.total"].breakdown


def test_without_trees_in_the_data_their_number_is_not_known() -> None:
    for table in (None, village().trees.iloc[:0]):
        found = figures(towers(), tree_table=table)
        assert numbers(found["trees.total"]) == (None, None)
        assert found["trees.total"].missing == "no_trees"
        assert found["trees.planted"].after == 3


def test_assumed_trees_make_an_assumed_number() -> None:
    table = village().trees
    table.loc[0, "kind"] = "assumed"
    total = figures(tree_table=table)["trees.total"]
    assert total.kind is Kind.ASSUMED
    assert not total.margin.is_known


def test_trees_that_a_plan_fells_or_plants_are_as_the_plan_states() -> None:
    found = {each.impact: each for each in assess_impact("trees", village().with_plans([towers()]))}["trees.total"]
    assert found.before_margin is not None
    assert (found.before_margin.reason, found.margin.reason) == ("exact", "as_stated")
    bare = {each.impact: each for each in assess_impact("trees", village().with_plans())}["trees.total"]
    assert bare.margin.reason == "exact"
