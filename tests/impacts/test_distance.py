"""Distances by hand: the tower stands where the hall was, at x 70-90 and y 15-35."""

from __future__ import annotations

from dataclasses import replace

from tests.impacts.village import plan, rectangle, tower, towers, village
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.provenance import Kind


def figures(*plans: Plan, there: Neighbourhood | None = None) -> dict[str, Assessment]:
    return {one.impact: one for one in assess_impact("distance", (there or village()).with_plans(plans))}


def test_sheds_and_what_goes_do_not_count() -> None:
    # the shed ends at x = 64 and the hall goes; the flat ends at x = 50
    found = figures(towers())
    assert found["distance.nearest_building"].after == 70 - 50
    assert found["distance.nearest_dwelling"].after == 70 - 50
    assert found["distance.nearest_building"].kind is Kind.STATED


def test_homes_are_told_apart_from_other_buildings() -> None:
    # with the hall there still: a building 5 m to the east of it
    low = tower(volume_id="low", footprint=rectangle(95, 15, 99, 35), height=9.0)
    found = figures(plan("east", volumes=(low,)))
    assert found["distance.nearest_building"].after == 5.0
    assert found["distance.nearest_dwelling"].after == 95 - 50, "nearer than the building of the halo, at 150 - 99"


def test_buildings_around_the_neighbourhood_count_too() -> None:
    near = tower(footprint=rectangle(120, 60, 140, 80), height=9.0)
    found = figures(plan("edge", volumes=(near,)))
    assert found["distance.nearest_dwelling"].after == (10.0**2 + 40.0**2) ** 0.5, "the corner of the building of the halo"


def test_the_margin_is_that_of_the_map_and_never_below_zero() -> None:
    precision = default_assumptions()["outline_precision"].value
    found = figures(towers())["distance.nearest_building"]
    assert (found.margin.below, found.margin.above) == (precision, precision)
    against = figures(plan("against", volumes=(tower(footprint=rectangle(50, 20, 60, 32)),)))["distance.nearest_building"]
    assert (against.after, against.margin.below, against.margin.above) == (0.0, 0.0, precision)


def test_where_nobody_knows_what_buildings_are_for_there_is_no_number() -> None:
    found = figures(towers(), there=village(address_table=None))["distance.nearest_dwelling"]
    assert (found.after, found.missing) == (None, "no_uses")


def test_a_plan_that_builds_nothing_above_ground_has_no_distance() -> None:
    assert figures() == {}
    assert figures(plan("nothing")) == {}
    cellar = tower(volume_id="cellar", height=0.0, base=-3.0, under_existing=True)
    assert figures(plan("cellar", volumes=(replace(cellar, storeys=None),))) == {}
