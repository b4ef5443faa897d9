"""What plans change is bit for bit what computing everything again gives."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sun_boxes import prisms, some_boxes
from tests.impacts.sunlight.worlds import grid_of, some_points
from wijktwin.impacts.sunlight.incremental import computed_again, relit, shaded_by, with_changes
from wijktwin.impacts.sunlight.light import darkened_slots
from wijktwin.impacts.sunlight.possible_sun import is_lit, possible_sun
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.solids import NO_SOLIDS

GRID = grid_of(date(2026, 2, 19), date(2026, 6, 21), date(2026, 10, 25))
SIZE = 90.0


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 5))
def test_plans_change_bit_for_bit_what_computing_again_gives(seed: int, n_gone: int, n_added: int) -> None:
    dice = np.random.default_rng(seed)
    points, solids = some_points(dice, 250, size=SIZE), prisms(some_boxes(dice, 14, size=SIZE))
    gone = np.isin(np.arange(14), dice.choice(14, n_gone, replace=False))
    added = prisms(some_boxes(dice, n_added, size=SIZE)) if n_added else NO_SOLIDS
    now = possible_sun(points, RayScene(solids.corners), GRID, n_threads=1)
    quick = with_changes(points, now, solids, gone, added, n_threads=1)
    again = computed_again(points, GRID, solids, gone, added, n_threads=1)
    assert quick.bits_different(again) == 0
    assert (quick.slots == again.slots).all()
    if not n_gone:
        assert (quick.slots <= now.slots).all(), "more building never gives more sun"
    if not n_added:
        assert (quick.slots >= now.slots).all(), "less building never takes sun"
    if not n_gone and not n_added:
        assert quick.bits_different(now) == 0, "an empty plan changes nothing"
    one_scene = RayScene(np.concatenate([solids.corners[~gone[solids.owner]], added.corners]))
    sample, point = (each.ravel() for each in np.indices((GRID.n_samples, len(points))))
    assert (quick.is_lit_at(sample, point) == is_lit(points, one_scene, GRID, point, GRID.samples[sample])).all(), "one scene says so too"


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_the_order_of_plans_means_nothing(seed: int) -> None:
    dice = np.random.default_rng(seed)
    points, solids = some_points(dice, 200, size=SIZE), prisms(some_boxes(dice, 10, size=SIZE))
    one, other = prisms(some_boxes(dice, 2, size=SIZE)), prisms(some_boxes(dice, 3, size=SIZE))
    now = possible_sun(points, RayScene(solids.corners), GRID, n_threads=1)
    first, second = shaded_by(points, now, one), shaded_by(points, now, other)
    assert now.without(first).without(second).bits_different(now.without(second).without(first)) == 0
    both = now.without(first.joined(second))
    assert both.bits_different(now.without(first).without(second)) == 0
    stays = np.zeros(10, dtype=np.bool_)
    assert with_changes(points, with_changes(points, now, solids, stays, one), solids, stays, other).bits_different(both) == 0


def test_a_narrow_tower_far_away_is_seen_every_two_minutes() -> None:
    """The shade of a tower 15 m wide and 500 m away takes four minutes to pass: ten-minute samples miss it at most points."""
    dice = np.random.default_rng(9)
    points = some_points(dice, 500, size=400.0)
    tower = prisms(np.array([[[200.0, -500.0, 0.0], [208.0, -492.0, 400.0]]]))
    open_field = possible_sun(points, RayScene(NO_SOLIDS.corners), GRID)
    shade = shaded_by(points, open_field, tower)
    close = open_field.without(shade)
    scene = RayScene(tower.corners)
    n = len(points)
    truth = np.array([is_lit(points, scene, GRID, np.arange(n), np.full(n, slot)) for slot in range(len(GRID.seconds))])
    for day in range(len(GRID.days)):
        off = np.abs(truth[GRID.slot_day == day].sum(axis=0) - close.slots[day])
        assert off.max() <= 3, "never more than two minutes off"
    coarse = possible_sun(points, scene, GRID)
    assert np.abs(coarse.slots - close.slots).max() > 3, "ten minutes alone would have missed it"
    assert (open_field.slots - darkened_slots(shade, open_field) == close.slots).all()


def test_what_goes_and_was_never_in_the_way_changes_nothing() -> None:
    dice = np.random.default_rng(2)
    points = some_points(dice, 200, size=50.0)
    boxes = np.concatenate([some_boxes(dice, 8, size=50.0), [[[5000.0, 5000.0, 0.0], [5010.0, 5010.0, 10.0]]]])
    solids = prisms(boxes)
    now = possible_sun(points, RayScene(solids.corners), GRID)
    assert relit(points, now, solids, np.arange(9) == 8).bits_different(now) == 0
