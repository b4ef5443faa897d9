"""Possible sun against boxes worked out by hand, polygons of shadow, and every slot looked at one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sun_boxes import prisms, some_boxes, wrong_points
from tests.impacts.sunlight.worlds import AMERSFOORT, grid_of, some_points
from tests.layers.small_town import GROUND, SOUTH, WEST, small_town, tower
from wijktwin.impacts.ground_shadow import ShadowCaster
from wijktwin.impacts.sunlight.places import LIFT, Points, morton_order
from wijktwin.impacts.sunlight.possible_sun import is_lit, possible_sun
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.solids import NO_SOLIDS, Solids
from wijktwin.impacts.sunlight.suns import SLOT, SunGrid
from wijktwin.sun import Place

DAYS = (date(2026, 3, 21), date(2026, 6, 21), date(2026, 12, 22))


def test_no_ray_is_wrong_about_boxes() -> None:
    wrong, counted = wrong_points(40_000, seed=1)
    assert counted > 39_000
    assert wrong == 0


@pytest.mark.exhaustive
def test_no_ray_of_a_million_is_wrong_about_boxes() -> None:
    wrong, counted = wrong_points(1_000_000, seed=2)
    assert counted > 990_000
    assert wrong == 0


def test_rays_agree_with_the_polygons_of_shadow() -> None:
    """The shade on the ground is computed in two ways that share nothing: rays, and carried silhouettes."""
    town = small_town()
    caster = ShadowCaster(town)
    scenario = town.with_plans([tower()])
    solids = Solids.of_mesh(town.mesh, len(town.buildings))
    scene = RayScene(np.concatenate([solids.corners, Solids.of_plans(scenario).corners]))
    dice = np.random.default_rng(4)
    x0, y0, x1, y1 = town.extent
    real = dice.uniform((x0 - 60, y0 - 60), (x1 + 60, y1 + 60), (3000, 2))
    points = Points.on_ground(np.column_stack([real, np.full(len(real), GROUND - LIFT)]) - town.mesh.origin)
    compared = 0
    for day in DAYS:
        grid = SunGrid.of(caster.place, [day], lowest=5.0)
        for slot in grid.samples[::6].tolist():
            found = caster.at(scenario, grid.moment(slot))
            shade = shapely.union_all([found.stays, found.comes])
            clear = shapely.distance(shapely.points(real), shapely.boundary(shade)) > 0.03
            clear &= shapely.distance(shapely.points(real), shapely.boundary(shapely.union_all(town.buildings.footprints))) > 0.03
            lit = is_lit(points, scene, grid, np.arange(len(real)), np.full(len(real), slot))
            outside = clear & ~shapely.contains_xy(shapely.union_all(town.buildings.footprints), real)
            outside &= ~shapely.contains_xy(shapely.union_all([v.footprint for _, v in scenario.volumes]), real)
            assert (lit == ~shapely.contains_xy(shade, real))[outside].all()
            compared += int(outside.sum())
            assert WEST - 100 < real[0, 0] < WEST + 1000
            assert SOUTH - 100 < real[0, 1] < SOUTH + 1000
    assert compared > 10_000


def test_on_an_open_field_the_sun_shines_as_long_as_it_is_high_enough() -> None:
    light = possible_sun(Points.on_ground(np.zeros((1, 3))), RayScene(NO_SOLIDS.corners), grid_of(*DAYS))
    for row, day in enumerate(DAYS):
        found = AMERSFOORT.daylight(day, lowest=5.0)
        assert found is not None
        assert abs(light.minutes[row, 0] * 60 - (found[1] - found[0]).total_seconds()) <= SLOT
        ((begin, end),) = light.stretches(row, 0)
        assert abs(begin - found[0]) <= timedelta(seconds=SLOT)
        assert abs(end - found[1]) <= timedelta(seconds=SLOT)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 21), 24)])
def test_a_day_is_that_of_the_clock_also_when_it_changes(day: date, hours: int) -> None:
    grid = SunGrid.of(AMERSFOORT, [day - timedelta(days=1), day, day + timedelta(days=1)], lowest=0.1)
    noons = []
    for row in range(3):
        rows = grid.samples_of(row)
        highest = grid.samples[rows][np.argmax(grid.altitude[grid.samples[rows]])]
        noons.append(int(grid.seconds[highest]))
        assert grid.moment(int(highest)).date() == grid.days[row]
    assert np.diff(noons) == pytest.approx([86400, 86400], abs=600), "the sun does not know of clocks"
    clock = [grid.moment(int(np.searchsorted(grid.seconds, noon))).replace(tzinfo=None) for noon in noons]
    expected = timedelta(hours=24 + (24 - hours))
    assert abs((clock[1] - clock[0]) - expected) <= timedelta(minutes=10)


def test_samples_are_ten_minutes_of_shared_slots() -> None:
    grid = grid_of(*DAYS)
    assert (grid.seconds % SLOT == 0).all()
    assert set(np.diff(grid.seconds).tolist()[:100]) == {SLOT}
    assert grid.lengths.sum() == len(grid.seconds)
    inner = grid.goes_on & np.roll(grid.goes_on, 1)
    assert (grid.lengths[inner][1:-1] <= 15).all()
    assert (grid.altitude > 5.0).all()
    assert (~grid.goes_on).sum() == len(DAYS)


def test_what_is_refined_is_what_every_slot_says_where_there_is_one_change() -> None:
    dice = np.random.default_rng(11)
    points = some_points(dice, 400, size=120.0)
    scene = RayScene(prisms(some_boxes(dice, 25, size=120.0)).corners)
    grid = grid_of(date(2026, 10, 21))
    light = possible_sun(points, scene, grid, n_threads=1)
    n = len(points)
    slots = np.arange(len(grid.seconds))
    every = np.array([is_lit(points, scene, grid, np.arange(n), np.full(n, slot)) for slot in slots])
    exact = 0
    for point in range(n):
        found = light.lit(0, point)
        for at, length, goes_on in zip(grid.samples.tolist(), grid.lengths.tolist(), grid.goes_on.tolist(), strict=True):
            truth = every[at : at + length + goes_on, point]
            assert found[at] == truth[0]
            if np.count_nonzero(truth[1:] != truth[:-1]) <= 1:
                assert (found[at : at + length] == truth[:length]).all()
                exact += 1
    assert exact > 0.99 * n * grid.n_samples
    off = np.abs(light.minutes[0] - every.sum(axis=0) * SLOT / 60)
    assert off.mean() < 0.2
    assert np.count_nonzero(np.diff(every.astype(np.int8), axis=0)) > 200


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_order_and_threads_mean_nothing(seed: int) -> None:
    dice = np.random.default_rng(seed)
    points = some_points(dice, 300, size=80.0)
    scene = RayScene(prisms(some_boxes(dice, 12, size=80.0)).corners)
    grid = grid_of(date(2026, 2, 19))
    light = possible_sun(points, scene, grid, n_threads=2)
    assert light.bits_different(possible_sun(points, scene, grid, n_threads=1)) == 0
    order = dice.permutation(len(points))
    assert (possible_sun(points.taken(order), scene, grid).slots == light.slots[:, order]).all()


def test_walls_that_look_north_have_no_sun_at_noon_and_reveals_take_some() -> None:
    turn = np.radians([180.0, 0.0, 180.0])
    normals = np.column_stack([np.sin(turn), np.cos(turn), np.zeros(3)])
    points = Points(np.full((3, 3), 5.0), normals, np.array([0.0, 0.0, 0.2]))
    light = possible_sun(points, RayScene(NO_SOLIDS.corners), grid_of(date(2026, 3, 21)))
    south, north, behind = light.minutes[0]
    assert north == 0
    assert 0 < behind < south


def test_far_from_the_local_origin_nothing_changes_that_matters() -> None:
    """Three kilometres from the origin float32 is a quarter of a millimetre."""
    dice = np.random.default_rng(5)
    boxes, points, grid = some_boxes(dice, 12, size=80.0), some_points(dice, 300, size=80.0), grid_of(date(2026, 3, 21))
    near = possible_sun(points, RayScene(prisms(boxes).corners), grid)
    shift = np.array([3000.0, -3000.0, 0.0])
    moved = Points(points.positions + shift, points.normals, points.sun_above)
    far = possible_sun(moved, RayScene(prisms(boxes + shift).corners), grid)
    off = np.abs(near.minutes - far.minutes)
    assert off.mean() < 0.1
    assert (off > 2).mean() < 0.01


def test_the_grid_north_of_delft_is_not_true_north() -> None:
    here, true = Place(4.37, 52.0, -0.8, "Europe/Amsterdam"), Place(4.37, 52.0, 0.0, "Europe/Amsterdam")
    day = date(2026, 3, 21)
    a, b = (SunGrid.of(place, [day], lowest=5.0) for place in (here, true))
    turned = np.degrees(np.arctan2(a.towards[:, 0], a.towards[:, 1]) - np.arctan2(b.towards[:, 0], b.towards[:, 1]))
    assert turned % 360 == pytest.approx(0.8, abs=1e-3)


def test_neighbours_in_morton_order_are_neighbours() -> None:
    dice = np.random.default_rng(3)
    positions = dice.uniform(0, 1000, (4096, 3))
    order = morton_order(positions)
    assert sorted(order.tolist()) == list(range(4096))
    walk = np.linalg.norm(np.diff(positions[order, :2], axis=0), axis=1).mean()
    assert walk < 0.06 * np.linalg.norm(np.diff(positions[:, :2], axis=0), axis=1).mean()


@pytest.mark.parametrize("lowest", [0.5, 5.0, 10.0])
@pytest.mark.parametrize("place", [AMERSFOORT, Place(20.2, 67.85, 0.0, "Europe/Stockholm"), Place(115.8, -31.9, 0.0, "Australia/Perth")])
def test_no_slot_with_enough_sun_is_left_out_with_the_night(place: Place, lowest: float) -> None:
    """Also where the sun does not set, or does not rise."""
    days = [date(2026, 1, 1), date(2026, 3, 29), date(2026, 6, 21), date(2026, 10, 25), date(2026, 12, 22)]
    grid = SunGrid.of(place, days, lowest=lowest)
    for number, day in enumerate(days):
        begin, end = (
            datetime(each.year, each.month, each.day, tzinfo=ZoneInfo(place.time_zone)) for each in (day, day + timedelta(days=1))
        )
        seconds = np.arange(-(-int(begin.timestamp()) // SLOT), -(-int(end.timestamp()) // SLOT)) * SLOT
        altitude, _ = place.positions(seconds)
        assert (grid.seconds[grid.slot_day == number] == seconds[altitude > lowest]).all()
