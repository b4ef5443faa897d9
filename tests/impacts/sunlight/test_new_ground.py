"""Ground that a plan makes a garden or playground has sun of its own, and ground that it makes something else no longer counts."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from benchmarks.sun_boxes import meets_box
from tests.impacts.sunlight.test_points import solid_village
from tests.impacts.village import BUILDINGS, plan, rectangle, tower
from wijktwin.errors import LANGUAGES
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.place_values import place_values
from wijktwin.impacts.sunlight.desk import Sunlight, SunlightDesk
from wijktwin.impacts.sunlight.figures import figures_without_trees
from wijktwin.impacts.sunlight.norms import unseen_minutes
from wijktwin.impacts.sunlight.on_ground import GroundUse
from wijktwin.impacts.sunlight.suns import SLOT
from wijktwin.model.plan import GroundChange, Plan
from wijktwin.model.surroundings import GroundKind
from wijktwin.words.contradictions import contradictions
from wijktwin.words.sentences import sentence, sentence_parts

ASSUMPTIONS = default_assumptions()
MARCH = date(2026, 3, 21)
TALL = tower(volume_id="tall", footprint=rectangle(94, 20, 99, 26), height=20.0)
PLAY = GroundChange("play", rectangle(68, 14, 92, 36), GroundKind.PLAYGROUND)
"""Where the hall stands, and two metres of garden around it."""
ALLOTMENT = GroundChange("allotment", rectangle(40, 60, 60, 70), GroundKind.GARDEN)
STILL = GroundChange("still", rectangle(2, 12, 8, 18), GroundKind.YARD)
"""Garden that is told together with gardens also as a yard."""
GREENER = plan("greener", volumes=(TALL,), demolishes=frozenset({"hall"}), ground_changes=(PLAY, ALLOTMENT, STILL))


@cache
def desk() -> SunlightDesk:
    return SunlightDesk(solid_village(address_table=None), assumptions=ASSUMPTIONS, store=None)


@cache
def sunlight(*plans: Plan) -> Sunlight:
    return desk().sunlight(desk().neighbourhood.with_plans(plans))


def told(*plans: Plan) -> dict[tuple[str, str], Assessment]:
    return {(one.impact, one.where.identifier): one for one in figures_without_trees(sunlight(*plans), assumptions=ASSUMPTIONS)}


def remark(one: Assessment, key: str) -> int:
    (found,) = [int(str(each.values["n"])) for each in one.remarks if each.key == f"sunlight.{key}"]
    return found


def test_new_ground_has_the_sun_of_rays_against_boxes_worked_out_exactly() -> None:
    """Every slot of 21 March on every point of the new playground, the hall gone and the tower there."""
    new = sunlight(GREENER).new_ground
    assert new is not None
    rows = np.flatnonzero(new.rows(GroundUse.PLAYGROUNDS))
    assert len(rows) == 24 * 22, "also where the hall stands today"
    boxes = [[[r[0][0], r[0][1], 3.0], [r[0][2], r[0][3], 3.0 + r[1]]] for name, r in BUILDINGS.items() if name != "hall"]
    solids = np.array([*boxes, [[94.0, 20.0, 3.0], [99.0, 26.0, 23.0]]])
    grid = desk().ground.grid
    slots = np.flatnonzero(grid.slot_day == grid.days.index(MARCH))
    some = rows[::23]
    places = new.points.points.origins[some].astype(np.float64)
    met, _ = meets_box(
        np.repeat(places, len(slots), axis=0), np.tile(grid.towards[slots].astype(np.float64), (len(some), 1)), solids
    )  # fmt: skip
    minutes = (~met.reshape(len(some), -1)).sum(axis=1) * SLOT / 60.0
    found = new.after(MARCH)
    assert ((found.lowest[some] <= minutes) & (minutes <= found.highest[some])).all()
    assert np.abs(minutes - found.minutes[some]).max() <= unseen_minutes()
    assert abs((minutes - found.minutes[some]).mean()) < 0.3
    one = told(GREENER)["sunlight.new_playgrounds", MARCH.isoformat()]
    assert one.after == pytest.approx(found.minutes[rows].mean())
    assert one.margin.above == pytest.approx(found.highest[rows].mean() - found.minutes[rows].mean())
    assert one.before is one.difference is None
    assert remark(one, "ground_is_new") == 24 * 22


def test_what_becomes_something_else_no_longer_counts_as_what_it_was() -> None:
    figures, ground = told(GREENER), sunlight(GREENER).ground
    gardens = figures["sunlight.gardens", MARCH.isoformat()]
    assert remark(gardens, "ground_gets_other_use") == 24 * 22 - 20 * 20, "the playground beside the hall; a yard stays a garden"
    assert remark(gardens, "ground_built_over") == 5 * 6
    at = ground.study.points.points.positions[:, :2]
    in_play = (at > [68, 14]).all(axis=1) & (at < [92, 36]).all(axis=1)
    in_tower = (at > [94, 20]).all(axis=1) & (at < [99, 26]).all(axis=1)
    left = ground.rows(GroundUse.GARDENS) & ~in_play & ~in_tower
    assert gardens.after == pytest.approx(ground.after(MARCH).minutes[left].mean())
    assert gardens.before == told()["sunlight.gardens", MARCH.isoformat()].after, "today does not depend on a plan"
    assert remark(figures["sunlight.new_gardens", MARCH.isoformat()], "ground_is_new") == 20 * 10, "and the yard is nothing new"
    assert not any("new_squares" in impact for impact, _ in figures)


def test_new_ground_is_told_without_a_today_and_shown_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wijktwin.impacts.place_values.sunlight_desk", lambda *_args, **_options: desk())
    scenario = desk().neighbourhood.with_plans([GREENER])
    assert sunlight(GREENER).scenario.key == scenario.key
    one = told(GREENER)["sunlight.new_playgrounds", MARCH.isoformat()]
    for language in LANGUAGES:
        assert contradictions(one, sentence_parts(one, language), language) == ()
    assert sentence(one, "nl").startswith("Op 21 maart is er op nieuwe speelplekken straks gemiddeld ")
    shown = place_values(one.impact, MARCH.isoformat(), scenario, assumptions=ASSUMPTIONS)
    assert shown is not None
    assert [shape.bounds for shape in shown.shapes] == [PLAY.footprint.bounds]
    assert shown.values == pytest.approx([one.after])
    assert not shown.is_change


def test_plans_that_change_no_ground_know_of_no_new_ground() -> None:
    without = plan("greener", volumes=(TALL,), demolishes=frozenset({"hall"}))
    assert sunlight(without).new_ground is None
    same = told(without)
    assert not any(impact.startswith("sunlight.new_") for impact, _ in same)
    beyond = plan("beyond", ground_changes=(GroundChange("far", rectangle(400, 400, 420, 420), GroundKind.SQUARE),))
    assert not any(impact.startswith("sunlight.new_") for impact, _ in told(beyond)), "what lies beyond the neighbourhood does not count"
