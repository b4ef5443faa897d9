"""How a plan is seen: sizes that can be worked out with a ruler and a table of tangents."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.sunlight.worlds import some_points
from tests.impacts.view.test_shares import corner
from tests.impacts.view.worlds import boxes, solids_of, window
from wijktwin.impacts.crowns import Crowns
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.first_hits import SightScene
from wijktwin.impacts.view.plan_in_view import Hiding, VolumeInView, extent_of, volumes_in_view
from wijktwin.impacts.view.settings import plan_grid

NONE = solids_of()
GRID = plan_grid()


def seen(points: Points, added: Solids, *, buildings: Solids = NONE, crowns: Solids = NONE) -> list[VolumeInView]:
    """How volumes are seen; that nothing but the trees hides them, asked in one go, changes nothing of it."""
    crowned, walls = SightScene(crowns), SightScene(buildings)
    found, bare = volumes_in_view(points, added, [Hiding(walls, crowned), Hiding(SightScene(NONE), crowned)], grid=GRID)
    assert all(
        (one.unhidden == other.unhidden).all() and (one.visible <= other.visible).all() for one, other in zip(found, bare, strict=True)
    )
    return found


TOWER = (shapely.box(-10, 100, 10, 120), 0.0, 60.0)


def test_a_tower_in_an_open_field_has_the_size_that_a_ruler_gives() -> None:
    (found,) = seen(window(0, 0, 1.5), solids_of(TOWER))
    wide = math.degrees(2 * math.atan(10 / 100))
    top, foot = math.degrees(math.atan(58.5 / 100)), math.degrees(math.atan(-1.5 / 100))
    row = (top - foot) / GRID[1]
    assert found.width[0] == pytest.approx(wide, abs=0.1)
    assert found.top[0] == pytest.approx(top, abs=row)
    assert found.height[0] == pytest.approx(top - foot, abs=2 * row)
    assert found.distance[0] == pytest.approx(100, abs=1.0)
    angle = 2 * (corner(10, 58.5, 100) + corner(10, 1.5, 100))
    assert found.visible[0] == pytest.approx(angle, rel=0.05)
    assert found.unhidden[0] == found.visible[0] == found.in_leaf[0]
    assert (found.west[0], found.east[0]) == pytest.approx((360 - wide / 2, 360 + wide / 2), abs=0.1)


@pytest.mark.parametrize(("looks", "is_seen"), [((0, 1), True), ((1, 1), True), ((-1, 1), True), ((0, -1), False), ((1, -0.3), False)])
def test_only_what_lies_before_the_window_is_seen(looks: tuple[float, float], *, is_seen: bool) -> None:
    (found,) = seen(window(0, 0, 1.5, looks=looks), solids_of(TOWER))
    assert (found.visible[0] > 0) == is_seen
    assert np.isfinite(found.distance[0]) == is_seen


def test_a_view_along_the_wall_ends_at_the_reveal() -> None:
    beside = (shapely.box(100, 3, 110, 9), 0.0, 10.0)  # 2 to 5 degrees before a wall that looks north
    assert seen(window(0, 0, 1.5), solids_of(beside))[0].visible[0] > 0
    assert seen(window(0, 0, 1.5, above=math.sin(math.radians(6.3))), solids_of(beside))[0].visible[0] == 0


def test_a_row_of_houses_hides_the_lower_part() -> None:
    """Houses of 11.5 m at 20 m hide up to 26.6 degrees: of the tower at 100 m the part above 51.5 m is seen."""
    houses = solids_of((shapely.box(-200, 20, 200, 28), 0.0, 11.5))
    (found,) = seen(window(0, 0, 1.5), solids_of(TOWER), buildings=houses)
    skyline, top = math.degrees(math.atan(10 / 20)), math.degrees(math.atan(58.5 / 100))
    row = (top + math.degrees(math.atan(1.5 / 100))) / GRID[1]
    assert found.height[0] == pytest.approx(top - skyline, abs=2 * row)
    assert found.top[0] == pytest.approx(top, abs=row)
    assert 0 < found.visible[0] < found.unhidden[0]
    lower = seen(window(0, 0, 1.5), solids_of((TOWER[0], 0.0, 45.0)), buildings=houses)[0]
    assert lower.visible[0] == 0, "45 m is below the line over the roofs, which is at 51.5 m"
    assert lower.unhidden[0] > 0
    assert np.isinf(lower.distance[0])


def test_leaves_hide_it_in_summer_only() -> None:
    crown = Crowns(("t",), np.array([[0.0, 10.0, 4.0]]), np.array([[6.0, 6.0]]), 0).solids()
    (found,) = seen(window(0, 0, 1.5), solids_of(TOWER), crowns=crown)
    assert found.in_leaf[0] == 0
    assert found.visible[0] > 0


def test_a_plan_that_stands_before_another_hides_it() -> None:
    low = (shapely.box(-30, 50, 30, 60), 0.0, 100.0)
    behind, front = seen(window(0, 0, 1.5), solids_of(TOWER, low))
    assert behind.visible[0] == 0
    assert behind.unhidden[0] == 0, "what hides it comes with it"
    assert front.visible[0] > 0


def test_a_slim_tower_a_kilometre_away_is_not_missed() -> None:
    slim = solids_of((shapely.box(200, 1000, 208, 1008), 0.0, 40.0))
    (found,) = seen(window(0, 0, 1.5), slim)
    assert found.visible[0] > 0
    assert found.width[0] == pytest.approx(math.degrees(8 / 1000), rel=0.3)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_every_corner_lies_within_the_angles_of_a_body(seed: int) -> None:
    dice = np.random.default_rng(seed)
    body = solids_of(*boxes(dice, 1, size=30.0)).corners.reshape(-1, 3).astype(np.float64)
    eyes = np.column_stack([dice.uniform(-40, 80, (12, 2)), dice.uniform(0, 30, 12)])
    extent = extent_of(eyes, body)
    for row, eye in enumerate(eyes):
        step = body - eye
        altitude = np.arctan2(step[:, 2], np.hypot(step[:, 0], step[:, 1]))
        assert extent.low[row] - 1e-9 <= altitude.min()
        assert altitude.max() <= extent.high[row] + 1e-9
        turned = np.mod(np.arctan2(step[:, 0], step[:, 1]) - extent.west[row] + 1e-9, 2 * np.pi)
        assert turned.max() <= extent.wide[row] + 1e-6


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_more_in_the_way_never_shows_more(seed: int) -> None:
    dice = np.random.default_rng(seed)
    points, added = some_points(dice, 20, size=60.0), solids_of(*boxes(dice, 2, size=60.0))
    few = boxes(dice, 3, size=60.0)
    many = solids_of(*few, *boxes(dice, 4, size=60.0))
    for one, other in zip(seen(points, added, buildings=solids_of(*few)), seen(points, added, buildings=many), strict=True):
        assert (other.visible <= one.visible).all()
        assert (other.distance >= one.distance).all()
        assert (one.visible <= one.unhidden).all()
        assert (one.in_leaf == one.visible).all()
        for name in (each.name for each in fields(VolumeInView)):
            assert not np.isnan(getattr(one, name)).any()
