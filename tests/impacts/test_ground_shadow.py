"""Shadows on the ground: against boxes worked out by hand, against rays to the sun, and today against with plans."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Polygon, box

from tests.layers.small_town import GROUND, SOUTH, WEST, house, low_block, small_town, tower
from wijktwin.impacts.ground_shadow import ShadowCaster
from wijktwin.impacts.silhouettes import LOWEST_SUN, Casters
from wijktwin.model.mesh import Mesh
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario
from wijktwin.model.volume_mesh import joined, raised
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sun import Sun

FloatArray = NDArray[np.float64]
ORIGIN = np.array([WEST, SOUTH, 0.0])
SUNS = st.builds(Sun, st.floats(3.0, 75.0), st.just(0.0), st.floats(0.0, 359.0))


def on_the_ground(casters: Casters, sun: Sun, points: FloatArray) -> NDArray[np.bool_]:
    """Which points of the level ground have a triangle between them and the sun, shape (n,): one ray each, by Möller and Trumbore."""
    a = casters.corners[:, 0]
    edge_1, edge_2 = casters.corners[:, 1] - a, casters.corners[:, 2] - a
    across = np.cross(sun.towards, edge_2)
    determinant = (edge_1 * across).sum(axis=1)
    met = np.abs(determinant) > 1e-9
    a, edge_1, edge_2, across, determinant = a[met], edge_1[met], edge_2[met], across[met], determinant[met]
    start = np.column_stack([points - casters.origin, np.zeros(len(points))])[:, None, :] - a
    u = (start * across).sum(axis=2) / determinant
    normal = np.cross(start, edge_1)
    v, distance = normal @ sun.towards / determinant, (normal * edge_2).sum(axis=2) / determinant
    return np.asarray(((u >= 0) & (v >= 0) & (u + v <= 1) & (distance > 1e-6)).any(axis=1))


def agrees_with_rays(casters: Casters, sun: Sun, *, n_points: int, seed: int = 0) -> None:
    """Points in and out of the shade are where rays say; those within two centimetres of its border are left out."""
    shade = shapely.union_all(casters.shadows(sun))
    x0, y0, x1, y1 = shade.buffer(5.0).bounds
    points = np.random.default_rng(seed).uniform((x0, y0), (x1, y1), (n_points, 2))
    clear = shapely.distance(shapely.points(points), shapely.boundary(shade)) > 0.02
    assert clear.sum() > 0.9 * n_points
    inside = shapely.contains_xy(shade, points[clear])
    assert (inside == on_the_ground(casters, sun, points[clear])).all()
    assert inside.any()


def prisms(*parts: tuple[Polygon, float, float]) -> Casters:
    """Footprints raised from and to heights above the ground, one object each."""
    mesh = joined([raised(outline, bottom=low, top=high, origin=ORIGIN) for outline, low, high in parts], origin=ORIGIN)
    return Casters.of(mesh, np.zeros(len(parts)))


@given(st.floats(1, 60), st.floats(1, 60), st.floats(1, 90), SUNS)
def test_the_shadow_of_a_box_is_the_hull_of_its_floor_and_its_carried_roof(width: float, depth: float, height: float, sun: Sun) -> None:
    floor = box(WEST, SOUTH, WEST + width, SOUTH + depth)
    away = np.radians(sun.grid_azimuth + 180.0)
    reach = height / np.tan(np.radians(sun.altitude))
    carried = shapely.affinity.translate(floor, reach * np.sin(away), reach * np.cos(away))
    expected = shapely.convex_hull(shapely.union(floor, carried))
    (shadow,) = prisms((floor, 0.0, height)).shadows(sun)
    assert shapely.symmetric_difference(shadow, expected).area < 0.002 * expected.length + 1e-6


SHAPES = {
    "L": Polygon([(0, 0), (30, 0), (30, 8), (8, 8), (8, 30), (0, 30)]),
    "U": Polygon([(0, 0), (30, 0), (30, 30), (22, 30), (22, 8), (8, 8), (8, 30), (0, 30)]),
    "court": Polygon(box(0, 0, 40, 40).exterior, [box(10, 10, 30, 30).exterior.reverse()]),
    "star": Polygon(
        [(20 + r * np.cos(a), 20 + r * np.sin(a)) for a, r in zip(np.arange(14) * np.pi / 7, [20, 7] * 7, strict=True)],
    ),
}


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.floats(1, 40), st.floats(0, 10), SUNS, st.integers(0, 99))
def test_hollow_and_angular_buildings_agree_with_rays(shape: str, height: float, low: float, sun: Sun, seed: int) -> None:
    outline = shapely.affinity.translate(SHAPES[shape], WEST, SOUTH)
    agrees_with_rays(prisms((outline, low, low + height)), sun, n_points=400, seed=seed)


@given(SUNS, st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_a_house_under_a_gable_roof_agrees_with_rays(sun: Sun, seed: int) -> None:
    agrees_with_rays(Casters.of(house(0.0, 0.0), np.array([GROUND])), sun, n_points=300, seed=seed)


def without_a_wall(mesh: Mesh) -> Mesh:
    """The same object without its floor and the wall in the south: it no longer closes, and low sun shines in."""
    kept = mesh.triangle_surface > 1
    return Mesh(
        mesh.origin, mesh.vertices, mesh.triangles[kept], mesh.triangle_surface[kept], mesh.ring_vertices, mesh.ring_start,
        mesh.ring_surface, mesh.surface_kind, mesh.surface_object,
    )  # fmt: skip


@pytest.mark.parametrize("azimuth", [0.0, 45.0, 180.0, 271.0])
def test_a_surface_that_does_not_close_agrees_with_rays(azimuth: float) -> None:
    agrees_with_rays(Casters.of(without_a_wall(house(0.0, 0.0)), np.array([GROUND])), Sun(25.0, 0.0, azimuth), n_points=500)


def test_what_lies_below_ground_casts_no_shadow() -> None:
    sun = Sun(30.0, 0.0, 180.0)
    floor = box(WEST, SOUTH, WEST + 10, SOUTH + 10)
    garage, deep, flush = prisms((floor, -6.0, 0.0), (floor, -3.0, 9.0), (floor, 0.0, 9.0)).shadows(sun)
    assert garage is None
    assert shapely.symmetric_difference(deep, flush).area < 1e-6


def test_a_sun_that_is_down_or_all_but_down_draws_nothing() -> None:
    casters = prisms((box(WEST, SOUTH, WEST + 10, SOUTH + 10), 0.0, 9.0))
    assert casters.shadows(Sun(LOWEST_SUN - 0.01, 0.0, 120.0)).tolist() == [None]
    assert casters.shadows(Sun(-20.0, 0.0, 120.0)).tolist() == [None]


def test_every_house_stands_on_its_own_ground() -> None:
    meshes = [house(0.0, 0.0), house(20.0, 0.0, ground=GROUND + 5.0)]
    first, second = Casters.of(joined(meshes, origin=ORIGIN), np.array([GROUND, np.nan])).shadows(Sun(30.0, 0.0, 200.0))
    assert shapely.symmetric_difference(shapely.affinity.translate(first, 20.0, 0.0), second).area < 1e-3


# ------------------------------------------------------------------------------------------------------- today and with plans
NOTHING_NEW = dataclasses.replace(tower(), volumes=(), planted=(), ground_changes=())


@pytest.mark.parametrize("plans", [[], [tower()], [low_block()], [tower(), low_block()], [NOTHING_NEW]], ids=len)
@pytest.mark.parametrize("hour", [8, 11, 15])
def test_three_parts_make_both_pictures(plans: list[Plan], hour: int) -> None:
    caster = ShadowCaster(small_town())
    moment = caster.place.moment(date(2026, 3, 21), hour)
    scenario = Scenario(small_town(), frozenset(plans))
    found = caster.at(scenario, moment)
    buildings = caster.today(found.sun)
    today = shapely.union_all(buildings)
    after = shapely.union_all([*buildings[scenario.remaining_rows], *caster.of_plans(scenario, found.sun)])
    assert found.comes.intersection(found.goes).area < 1e-6
    assert found.stays.intersection(shapely.union(found.comes, found.goes)).area < 1e-6
    assert shapely.symmetric_difference(shapely.union(found.stays, found.goes), today).area < 0.1
    assert shapely.symmetric_difference(shapely.union(found.stays, found.comes), after).area < 0.1
    assert found.comes.is_empty is not bool(scenario.volumes)
    assert found.goes.is_empty is (plans != [NOTHING_NEW])


def test_the_shadow_of_the_tower_falls_north_at_noon_and_is_as_long_as_its_height_says() -> None:
    caster = ShadowCaster(small_town())
    moment = datetime(2026, 3, 21, 11, 40, tzinfo=UTC)
    found = caster.at(Scenario(small_town(), frozenset({tower()})), moment)
    assert abs(found.sun.azimuth - 180.0) < 3.0
    reach = 36.0 * found.sun.shadow_per_metre * np.cos(np.radians(found.sun.grid_azimuth - 180.0))
    assert found.comes.bounds[3] == pytest.approx(SOUTH + 10.0 + reach, abs=0.01)
    assert found.comes.bounds[1] >= SOUTH - 1.0 - 1e-3


@pytest.mark.shared_data
def test_a_real_tile_agrees_with_rays(shared_data: Path) -> None:
    file = shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json"
    neighbourhood = neighbourhood_from([read_city_model(file)], name="De Hoef")
    casters = Casters.of(neighbourhood.mesh, neighbourhood.buildings.numbers["ground_height"])
    for seed, sun in enumerate([Sun(12.0, 0.0, 140.0), Sun(55.0, 0.0, 137.0)]):
        agrees_with_rays(casters, sun, n_points=60, seed=seed)
