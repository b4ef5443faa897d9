"""The view from a spot in the open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.impacts.sunlight.test_points import solid_village
from tests.impacts.view.test_shares import corner
from tests.impacts.village import EAST, NORTH, plan, rectangle, tower, towers
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.first_hits import Sight
from wijktwin.impacts.view.settings import directions
from wijktwin.impacts.view.shares import InView
from wijktwin.impacts.view.spot_figures import _About, spot_figures
from wijktwin.impacts.view.spots import EVERYWHERE, SpotView, views_from
from wijktwin.impacts.view.standing import Standing
from wijktwin.impacts.view.study import SightStudy
from wijktwin.model.scenario import Scenario
from wijktwin.words.sentences import sentence
from wijktwin.words.texts import has_text

ASSUMPTIONS = default_assumptions()
EYE = ASSUMPTIONS["eye_height_standing"].value
HIGH = plan("high", volumes=(tower(footprint=rectangle(40, 95, 60, 99)),))
"""A tower of 30 m whose southern wall, 20 m wide, lies 20 m north of the spot in the field at (50, 75)."""


def view_from(scenario: Scenario, x: float, y: float, *, assumptions: Assumptions, facing: float | None = None) -> SpotView:
    """With the roofs of today's buildings as they are drawn."""
    return views_from(scenario, x, y, assumptions=assumptions, facing=facing)[Roofs.AS_DRAWN]


def seen(facing: float | None = None, x: float = 50.0, y: float = 75.0) -> SpotView:
    return view_from(solid_village().with_plans([HIGH]), EAST + x, NORTH + y, assumptions=ASSUMPTIONS, facing=facing)


def after(found: SpotView) -> Mapping[InView, float]:
    assert found.after is not None
    return found.after


def before(found: SpotView) -> Mapping[InView, float]:
    assert found.before is not None
    return found.before


def test_facing_a_tower_it_takes_its_solid_angle_of_the_half_before_you() -> None:
    found = seen(0.0)
    angle = 2 * (corner(10, 30 - EYE, 20) + corner(10, EYE, 20))
    assert after(found)[InView.NEW] == pytest.approx(100 * angle / (2 * math.pi), abs=0.7)
    assert found.plans["high"].share == after(found)[InView.NEW]
    assert found.plans["high"].distance == pytest.approx(20, abs=0.3)
    assert found.plans["high"].top == pytest.approx(math.degrees(math.atan((30 - EYE) / 20)), abs=2.5)
    assert found.plans["high"].width == pytest.approx(2 * math.degrees(math.atan(10 / 20)), abs=3.5)
    assert sum(after(found).values()) == pytest.approx(100)
    assert before(found)[InView.NEW] == 0
    assert before(found)[InView.GREEN] == pytest.approx(50, abs=25), "a field of grass, up to the edge of the map"


def test_all_round_it_is_half_of_that_and_with_your_back_to_it_nothing() -> None:
    assert after(seen(None))[InView.NEW] == pytest.approx(after(seen(0.0))[InView.NEW] / 2, abs=0.7)
    assert seen(None).plans["high"].top == pytest.approx(seen(0.0).plans["high"].top, abs=0.1)
    behind = seen(180.0)
    assert after(behind)[InView.NEW] == 0
    assert behind.plans["high"].distance is None
    assert behind.after == behind.before


def test_in_view_from_every_side_when_you_stand_right_under_it() -> None:
    under = seen(None, 50, 94.5).plans["high"]
    assert under.top is not None
    assert under.top > 75


def test_a_plan_without_anything_above_ground_is_not_among_them() -> None:
    car_park = plan("p", volumes=(tower(footprint=rectangle(40, 60, 60, 70), height=0.0, base=-3.0, storeys=None, use="parking"),))
    found = view_from(solid_village().with_plans([car_park]), EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS)
    assert found.plans == {}
    assert found.after == found.before
    nothing = view_from(solid_village().with_plans(), EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS)
    assert nothing.after == nothing.before
    assert set(view_from(solid_village().with_plans([towers()]), EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS).plans) == {"towers"}


def test_a_spot_elsewhere_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match="not in the neighbourhood"):
        seen(None, 50_000.0)


def test_what_is_seen_from_a_spot_as_figures_with_a_margin() -> None:
    scenario = solid_village().with_plans([HIGH])
    told = {one.impact: one for one in spot_figures(scenario, EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS, facing=0.0)}
    found = seen(0.0)
    assert set(told) == {f"view.spot_{name}" for name in ("sky", "green", "existing", "new", "plan", "plan_height")}
    for name, kind in (("sky", InView.SKY), ("green", InView.GREEN), ("existing", InView.EXISTING), ("new", InView.NEW)):
        one = told[f"view.spot_{name}"]
        assert (one.before, one.after) == (before(found)[kind], after(found)[kind])
        assert one.where.identifier == f"{EAST + 50:g},{NORTH + 75:g},0"
        assert 0 <= (one.margin.below or 0.0) <= (one.after or 0.0)
        assert has_text(f"impact.{one.impact}")
        assert sentence(one, "nl") != sentence(one, "en")
    plan_seen = told["view.spot_plan"]
    assert plan_seen.after == found.plans["high"].share
    note = next(note for note in plan_seen.remarks if note.key == "view.seen_from_spot")
    assert note.sentence("nl").startswith("Te zien tot ongeveer 5")
    assert "het dichtstbij op ongeveer 20 meter" in note.sentence("nl")
    high = told["view.spot_plan_height"]
    truth = math.degrees(math.atan((30 - EYE) / 20))
    assert high.unit is Unit.DEGREES
    assert high.after is not None
    assert 0 < (high.margin.below or 0.0) < 3
    assert high.after - (high.margin.below or 0.0) <= truth <= high.after + (high.margin.above or 0.0)
    assert sentence(high, "nl").startswith("Vanaf deze plek reikt het plan “Leeg plan” tot ongeveer 5")
    assert told["view.spot_new"].margin_now.is_exact
    behind = spot_figures(scenario, EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS, facing=180.0)[-1]
    assert behind.after == 0
    assert sentence(behind, "nl").startswith("Vanaf deze plek is het plan “Leeg plan” niet te zien.")
    assert not any(note.key.endswith("seen_from_spot") for note in behind.remarks), "that is not said twice"


def test_what_lies_below_the_eye_is_not_said_to_rise_above_the_horizon() -> None:
    low = replace(seen(0.0).plans["high"], top=-3.2, top_off=1.0)
    told = _About(
        solid_village().with_plans([HIGH]), 0.0, 0.0, None, dict.fromkeys(Roofs, replace(seen(0.0), plans={"high": low})), ASSUMPTIONS
    )
    (height,) = (one for one in told.of_plans() if one.impact == "view.spot_plan_height")
    assert (height.after, height.margin.below, height.margin.above) == (0.0, 0.0, 0.0)
    assert "niet boven de horizon" in sentence(height, "nl") or "nauwelijks boven de horizon" in sentence(height, "nl")
    (share,) = (one for one in told.of_plans() if one.impact == "view.spot_plan")
    assert not any("-" in note.sentence("nl") for note in share.remarks)


def test_a_tree_that_goes_and_meets_no_line_of_sight_is_not_said_to_change_nothing() -> None:
    village = solid_village()
    assert village.tree_table is not None
    gone = plan("gone", volumes=(), felled=frozenset(village.tree_table["tree_id"].tolist()[:1]))
    told = spot_figures(village.with_plans([gone]), EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS)
    assert not any(one.difference_margin is not None and one.difference_margin.is_exact for one in told)


def test_scenes_that_are_kept_give_bit_for_bit_what_a_study_of_its_own_gives() -> None:
    scenario = solid_village().with_plans([replace(HIGH, demolishes=frozenset({"hall"}))])
    neighbourhood = scenario.neighbourhood
    place = np.array([[EAST + 50.0, NORTH + 75.0, neighbourhood.ground_height_at(EAST + 50.0, NORTH + 75.0) + EYE]])
    points = Points(place - neighbourhood.mesh.origin, np.array([[0.0, 0.0, 1.0]]), np.array([EVERYWHERE]))
    standing = {Roofs.AS_DRAWN: Standing(neighbourhood, ASSUMPTIONS, None)}
    study = SightStudy(Sight(points, directions(Field.ALL_ROUND)), standing, np.array([EYE]))
    found = view_from(scenario, EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS)
    for shares, named in ((study.shares_today(Roofs.AS_DRAWN), found.before), (study.shares_with(scenario, Roofs.AS_DRAWN), found.after)):
        assert named == {kind: 100.0 * float(shares.of[0, kind]) for kind in InView}


def test_within_a_building_there_is_no_view() -> None:
    village = solid_village()
    inside = village.buildings.footprint(village.buildings.rows["hall"]).representative_point()  # type: ignore[union-attr]
    with pytest.raises(InputError, match="is in a building"):
        view_from(village.with_plans(), inside.x, inside.y, assumptions=ASSUMPTIONS)
    gone = village.with_plans([plan("gone", demolishes=frozenset({"hall"}))])
    open_then = spot_figures(gone, inside.x, inside.y, assumptions=ASSUMPTIONS)
    assert [one.before for one in open_then] == [None] * 4
    assert all(one.after is not None for one in open_then)
    assert sum(one.after or 0.0 for one in open_then) <= 100
    built = spot_figures(village.with_plans([HIGH]), EAST + 50, NORTH + 97, assumptions=ASSUMPTIONS)
    assert [(one.after, one.missing) for one in built] == [(None, "spot_built_over")] * 4
    assert sentence(built[0], "nl").endswith("op deze plek komt een gebouw te staan.")


def test_a_plan_that_is_seen_is_never_said_to_leave_the_view_as_it_is() -> None:
    slim = plan("slim", volumes=(tower(footprint=rectangle(50, 260, 50.2, 260.2), height=12.0),))
    told = {one.impact: one for one in spot_figures(solid_village().with_plans([slim]), EAST + 50, NORTH + 75, assumptions=ASSUMPTIONS)}
    new = told["view.spot_new"]
    assert "view.spot_plan_height" in told, "its own grid finds it"
    assert (new.before, new.after) == (0, 0), "and the lines all round do not"
    assert not new.margin_of_change.is_exact
    assert "geen nieuwe gebouwen" not in sentence(new, "nl")
