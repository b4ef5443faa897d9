"""Heights against their surroundings: the village by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.village import numbers, plan, rectangle, sides, tower, towers, village
from wijktwin.errors import Figure
from wijktwin.impacts.assessment import Assessment, Place
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.height import highest_volume, median
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings


def figures(*plans: Any, **changes: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("height", village(**changes).with_plans(plans))}


def test_the_halo_and_the_shed_are_not_among_the_buildings() -> None:
    found = figures()
    assert numbers(found["height.tallest"]) == (12, 12)  # not the 30 m of the halo
    assert numbers(found["height.median"]) == (8.5, 8.5)  # of 6, 8, 9 and 12 m; with the shed it would be 8
    assert sides(found["height.tallest"].margin) == (0.4, 0.4)  # twice the 0.2 m of the flat
    assert sides(found["height.median"].margin) == (0.2, 0.2)  # house-1 and house-2
    assert found["height.tallest"].kind is Kind.MEASURED
    assert found["height.median"].kind is Kind.CALCULATED


def within(radius: float, *plans: Any) -> dict[str, Assessment]:
    ours = default_assumptions().with_values({"surroundings_radius": radius}, variant="near", owner="test", date="2026-01-01")
    return {each.impact: each for each in assess_impact("height", village().with_plans(plans), assumptions=ours)}


def test_the_tower_against_what_stays_within_a_fixed_distance() -> None:
    found = within(50.0, towers())
    assert numbers(found["height.new"]) == (None, 30)
    assert found["height.new"].kind is Kind.STATED
    assert found["height.new"].where.place is Place.VOLUME
    assert found["height.new"].where.identifier == "towers/tower"
    # the flat ends at x = 50, the tower begins at 70: 20 m. The houses lie 50 m away and more, the halo 60 m, the hall is gone.
    assert numbers(found["height.tallest_around"]) == (None, 12)
    assert numbers(found["height.median_around"]) == (None, 10.5)  # house-2 of 9 m lies at exactly 50 m
    assert found["height.times_median"].after == pytest.approx(30 / 10.5)
    assert sides(found["height.times_median"].margin) == pytest.approx((30 / 10.5 - 30 / 10.9, 30 / 10.1 - 30 / 10.5))
    assert found["height.tallest_around"].remarks[0].values == {"n": 2, "radius": Figure(50.0)}
    assert [each.name for each in found["height.times_median"].assumptions] == ["outbuilding_footprint", "surroundings_radius"]


def test_towers_of_all_heights_are_compared_with_the_same_buildings() -> None:
    low, high = figures(towers()), figures(towers(volumes=(tower(height=61.0, storeys=20),)))
    for found, height in ((low, 30), (high, 61)):
        assert found["height.tallest_around"].after == 30, "the halo stands there, so it counts as surroundings"
        assert found["height.median_around"].after == 10.5  # 8, 9, 12 and 30 m
        assert found["height.times_median"].after == pytest.approx(height / 10.5)
        assert found["height.times_median"].remarks[0].values == {"n": 4, "radius": Figure(100.0)}


def test_the_tallest_of_the_neighbourhood_becomes_the_tower() -> None:
    found = figures(towers())
    assert numbers(found["height.tallest"]) == (12, 30)
    assert sides(found["height.tallest"].margin) == (0, 0)
    assert sides(found["height.tallest"].difference_margin) == (0.4, 0.4)
    assert found["height.median"].after == 10.5  # 8, 9, 12 and 30 m: the hall is gone


def test_a_lonely_tower_has_no_surroundings() -> None:
    far = tower(footprint=rectangle(0, 90, 10, 100), height=20.0)
    found = within(50.0, plan("far", volumes=(far,)))
    for name in ("tallest_around", "median_around", "times_median"):
        assert found[f"height.{name}"].after is None
        assert found[f"height.{name}"].missing == "nothing_around"
        assert found[f"height.{name}"].remarks[0].sentence("nl").startswith("Binnen 50 meter staat geen ander gebouw.")


def test_a_height_that_follows_from_storeys_has_no_exact_margin() -> None:
    found = figures(towers(volumes=(tower(height_kind=Kind.ASSUMED),)))
    assert found["height.new"].kind is Kind.ASSUMED
    assert not found["height.new"].margin.is_known
    assert not found["height.times_median"].margin.is_known
    assert found["height.times_median"].kind is Kind.ASSUMED


def test_a_roof_fit_that_nobody_knows_is_a_margin_that_nobody_knows() -> None:
    found = figures(plan(demolishes=frozenset({"flat", "house-1", "house-2"})))
    assert found["height.tallest"].after == 6  # the hall, whose roof fit is unknown
    assert found["height.tallest"].margin.reason == "roof_fit_not_known"
    assert sides(found["height.tallest"].margin) == (None, None)


def test_without_heights_there_are_no_figures() -> None:
    buildings = village().buildings
    heights = {**buildings.numbers, "height": np.full(len(buildings), np.nan)}
    bare = type(buildings)(buildings.building_ids, heights, buildings.texts, buildings.flags, buildings.footprints.copy())
    found = figures(towers(), buildings=bare)
    assert found["height.tallest"].before is None
    assert found["height.tallest"].after == 30
    assert figures(buildings=bare)["height.tallest"].missing == "no_heights"


def test_a_plan_without_anything_above_ground_has_no_highest_volume() -> None:
    assert highest_volume(plan(volumes=towers().volumes[1:])) is None
    twins = plan(volumes=(tower(volume_id="b"), tower(volume_id="a")))
    highest = highest_volume(twins)
    assert highest is not None
    assert highest.volume_id == "a", "equals are told apart by their id, not by their order"


def test_another_limit_for_sheds_changes_who_counts() -> None:
    smaller = default_assumptions().with_values({"outbuilding_footprint": 15.0}, variant="schuren tellen", owner="test", date="2026-01-01")
    found = {each.impact: each for each in assess_impact("height", village().with_plans(), assumptions=smaller)}
    assert found["height.median"].after == 8  # 2.5, 6, 8, 9 and 12 m
    assert found["height.median"].assumptions[0].variant == "schuren tellen"


@given(st.lists(st.floats(1, 100), min_size=1, max_size=9), st.integers(0, 3))
def test_the_median_is_that_of_numpy_and_unknown_heights_do_not_count(heights: list[float], n_unknown: int) -> None:
    column = np.array([*heights, *[np.nan] * n_unknown])
    found = median(column, np.full(len(column), 0.1), [Kind.MEASURED] * len(column), missing="no_heights")
    assert found.value == pytest.approx(float(np.median(heights)))
    assert sides(found.margin) == (0.2, 0.2)


def test_volumes_that_touch_are_one_building_of_the_height_of_the_highest() -> None:
    plinth = tower(volume_id="plinth", footprint=rectangle(70, 15, 90, 25), height=4.0, storeys=1)
    crown = tower(volume_id="crown", footprint=rectangle(72, 17, 78, 23), base=4.0, height=40.0)
    wing = tower(volume_id="wing", footprint=rectangle(90.05, 15, 95, 25), height=7.0, storeys=2)  # drawn 5 cm apart
    apart = tower(volume_id="apart", footprint=rectangle(96, 15, 99, 25), height=9.5, storeys=3)
    garage = tower(volume_id="garage", footprint=rectangle(70, 15, 99, 35), base=-3.0, height=0.0, storeys=None)
    one = towers(volumes=(plinth, crown, wing, apart, garage))
    groups = [[volume.volume_id for volume in building] for building in new_buildings(one.volumes)]
    assert groups == [["crown", "wing", "plinth"], ["apart"]], "a garage below ground joins nothing"
    found = figures(one)
    assert found["height.median"].after == 9.5  # 8, 9, 9.5, 12 and 40 m: not 4 and 7 m of the parts as well
    assert found["height.tallest"].after == 40


def test_a_building_outside_the_neighbourhood_is_not_the_tallest_of_it() -> None:
    beyond = plan("beyond", volumes=(tower(footprint=rectangle(105, 60, 115, 80)),))
    assert numbers(figures(beyond)["height.tallest"]) == (12, 12)
    assert numbers(figures(beyond)["height.median"]) == (8.5, 8.5)
    assert figures(beyond)["height.new"].after == 30
    edge = plan("edge", volumes=(tower(footprint=rectangle(95, 60, 115, 80)),))
    assert numbers(figures(edge)["height.tallest"]) == (12, 30)
    assert figures(beyond, ground_table=None)["height.tallest"].after == 30, "without ground nobody knows where the neighbourhood ends"
