"""Rain: the village by hand, both tests apart, and no verdict where nobody says or the margin decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import numbers, plan, rectangle, sides, tower, towers, village
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, unknown_margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.norm_values import norm_values
from wijktwin.impacts.water import Catchment, Verdict, shower_volume, storage_asked, verdict
from wijktwin.model.plan import GroundChange, PlanRole
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GroundKind

RUNOFF = default_assumptions()["runoff_unpaved"]
VILLAGE = village().buildings


def figures(*plans: Any, neighbourhood: Any = None) -> dict[str, Assessment]:
    world = village() if neighbourhood is None else neighbourhood
    return {each.impact: each for each in assess_impact("water", world.with_plans(plans))}


def keys(figure: Assessment) -> set[str]:
    return {note.key for note in figure.remarks}


def test_60_millimetres_on_a_square_metre_are_60_litres() -> None:
    assert storage_asked(1.0, millimetres=60.0) == pytest.approx(0.060)
    assert shower_volume(Catchment(1000.0, 0.0, 500.0), millimetres=81.0, runoff=0.2) == pytest.approx(81.0 * 1.1)
    assert {name: (one.value, one.unit) for name, one in norm_values("rain.toml").items()} == {"storage": (60, "mm"), "shower": (81, "mm")}


def test_rain_on_the_stones_and_roofs_of_the_village() -> None:
    """Street 1000, parking 200, pavement 50, roofs 100 + 100 + 240 + 16 + 400 = 2106 m²; the strip of 100 m² becomes green."""
    found = figures(towers())["water.on_paved"]
    assert numbers(found) == pytest.approx((2106 * 0.081, 2006 * 0.081))
    off = 0.3 / 2 * np.sqrt(4 * (40**2 + 2.5**2))  # four corners of the strip, the neighbours of each a diagonal apart
    assert sides(found.difference_margin) == pytest.approx((off * 0.081,) * 2)
    assert figures()["water.on_paved"].difference_margin is EXACT


def test_both_tests_of_the_towers_by_hand() -> None:
    """Boundary 40 x 30 m: a tower of 400 m² and the shed of 16 m² that stays; 784 m² of gardens."""
    found = figures(towers(water_storage=40.0))
    assert numbers(found["water.storage"]) == (None, 40)
    assert found["water.storage_asked"].after == pytest.approx(416 * 0.060)
    assert found["water.shower"].after == pytest.approx((416 + RUNOFF.value * 784) * 0.081)
    margin = found["water.shower"].margin
    assert margin.above is not None
    assert margin.above > (RUNOFF.high - RUNOFF.value) * 784 * 0.081
    assert "water.meets" in keys(found["water.storage_asked"]), "40 of 25 m³"
    assert "water.within_margin" in keys(found["water.shower"]), "40 of 46 m³, but the ground may take more: 37 m³"
    assert found["water.storage_asked"].kind is Kind.STATED
    assert found["water.shower"].kind is Kind.ASSUMED


def test_the_two_tests_are_judged_apart() -> None:
    found = figures(towers(water_storage=26.0))
    assert "water.meets" in keys(found["water.storage_asked"])
    tenth = figures(towers(water_storage=10.0))
    assert "water.fails" in keys(tenth["water.storage_asked"])
    assert "water.fails" in keys(tenth["water.shower"])
    much = figures(towers(water_storage=200.0))
    assert "water.meets" in keys(much["water.shower"])


def test_a_plan_that_says_nothing_cannot_be_judged() -> None:
    found = figures(towers())
    assert (found["water.storage"].after, found["water.storage"].missing) == (None, "storage_not_stated")
    assert "water.unstated" in keys(found["water.storage_asked"])
    assert "water.unstated" in keys(found["water.shower"])


def test_green_above_a_garage_is_within_the_margin() -> None:
    garage = tower(volume_id="cellar", footprint=rectangle(65, 12, 69, 32), base=-3.0, height=0.0, storeys=None)
    found = figures(towers(volumes=(tower(), garage)))["water.storage_asked"]
    assert found.after == pytest.approx(416 * 0.060)
    below, above = sides(found.margin)
    assert above - below == pytest.approx(80 * 0.060)
    assert "water.green_over_garage" in keys(found)


def test_a_shower_on_green_above_a_garage_may_run_off_whole() -> None:
    """80 of 784 m² of gardens lie over a cellar: at most half of the rain on the others runs off, and all of that on those 80."""
    garage = tower(volume_id="cellar", footprint=rectangle(65, 12, 69, 32), base=-3.0, height=0.0, storeys=None)
    over, without = (figures(towers(volumes=volumes))["water.shower"] for volumes in ((tower(), garage), (tower(),)))
    assert over.after == without.after
    assert sides(over.margin)[1] - sides(without.margin)[1] == pytest.approx((1 - RUNOFF.high) * 80 * 0.081)


def test_ground_of_which_nobody_says_what_comes_may_be_paved() -> None:
    """The hall of 400 m² goes and the plan is silent: 0 m³ is asked if grass comes, 24 m³ if it is paved again; so no verdict."""
    footprint = next(each for name, each in zip(VILLAGE.building_ids, VILLAGE.footprints, strict=True) if name == "hall")
    found = figures(plan("gone", demolishes=frozenset({"hall"}), boundary=footprint, water_storage=10.0))
    assert found["water.storage_asked"].after == pytest.approx(0.0)
    assert sides(found["water.storage_asked"].margin) == pytest.approx((0, 400 * 0.060))
    assert sides(found["water.shower"].margin)[1] == pytest.approx((1 - RUNOFF.value) * 400 * 0.081)
    for test in ("water.storage_asked", "water.shower"):
        assert {"water.within_margin", "water.ground_unsaid"} <= keys(found[test])
    whole = found["water.on_paved"]
    off = sides(whole.difference_margin)
    assert (whole.difference, off[1] - off[0]) == pytest.approx((-400 * 0.081, 400 * 0.081))
    assert whole.margin.reason == "ground_unsaid"


def test_water_that_rain_falls_on_is_not_counted() -> None:
    pond = GroundChange("pond", rectangle(60, 34, 70, 40), GroundKind.WATER)
    found = figures(towers(ground_changes=(pond,)))["water.shower"]
    assert found.after == pytest.approx((416 + RUNOFF.value * (784 - 60)) * 0.081)


def test_without_a_boundary_or_a_map_there_is_no_figure() -> None:
    found = figures(towers(boundary=None, water_storage=40.0))
    assert found["water.storage"].after == 40
    assert (found["water.storage_asked"].after, found["water.storage_asked"].missing) == (None, "no_boundary")
    bare = figures(towers(), neighbourhood=village(ground_table=None))
    assert (bare["water.on_paved"].after, bare["water.on_paved"].missing) == (None, "no_ground")


def test_a_plan_that_lays_nothing_is_left_alone() -> None:
    assert set(figures(plan("felling", felled=frozenset({"t1"})))) == {"water.on_paved"}


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e3), st.floats(0, 1e3))
def test_a_verdict_is_only_given_where_the_margin_allows_nothing_else(provided: float, asked: float, below: float, above: float) -> None:
    found = verdict(provided, asked, Margin(below, above, "outlines"))
    worst, best = provided >= asked + above, provided >= asked - below
    assert found is {(True, True): Verdict.MEETS, (False, False): Verdict.FAILS, (False, True): Verdict.WITHIN_MARGIN}[worst, best]
    assert verdict(None, asked, Margin(below, above, "outlines")) is Verdict.UNSTATED
    assert verdict(provided, asked, unknown_margin("outlines")) is Verdict.WITHIN_MARGIN


def test_unrounded_just_less_is_less() -> None:
    assert verdict(24.959, 24.96, EXACT) is Verdict.FAILS
    assert verdict(24.96, 24.96, EXACT) is Verdict.MEETS


def test_the_towers_of_the_example_from_what_their_plan_draws() -> None:
    """Inside the boundary everything is drawn: two towers, a square and a roof garden over a car park."""
    one = example_plan("vogeltorens")
    assert one.boundary is not None
    outlines = {volume.volume_id: volume.footprint.area for volume in one.volumes}
    square = next(change.footprint for change in one.ground_changes if change.kind is GroundKind.SQUARE)
    taken = sum(volume.footprint.intersection(square).area for volume in one.volumes if volume.touches_ground)
    paved = square.area - taken + outlines["hoge-toren"] + outlines["lage-toren"]
    found = figures(one, neighbourhood=example())["water.storage_asked"]
    assert found.after == pytest.approx(paved * 0.060, rel=1e-3)
    assert one.role is PlanRole.PROPOSAL


def test_the_towers_of_the_example_meet_neither_test_with_what_they_state() -> None:
    """150 m³ stated; 185 m³ asked by 60 mm, 297 m³ in a shower of which at least 259 m³ runs off."""
    found = figures(example_plan("vogeltorens"), neighbourhood=example())
    assert numbers(found["water.storage"]) == (None, 150)
    for test in ("water.storage_asked", "water.shower"):
        assert "water.fails" in keys(found[test])
