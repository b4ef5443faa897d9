"""On a slope: the ground is the slope, everything stands on it, and nothing of it floats or drowns."""

from __future__ import annotations

from typing import Any

import mapbox_earcut
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from layers.buildings import building_rows
from layers.contact import LIFT, contact_strips
from layers.frame import Frame
from layers.ground import PLATE_DROP, ground_rows, lift_of, plate_rows
from layers.plans import plan_rows
from layers.terrain import FLAT_ENOUGH, Terrain, build_terrain
from layers.trees import tree_rows
from tests.layers.hillside import hillside, hillside_plan, true_height
from tests.layers.small_town import SOUTH, WEST, sloping_town
from wijktwin import crs
from wijktwin.model.neighbourhood import Neighbourhood

ROUNDED = 0.02
MOVED = 0.08
"""How far the outline of drawn ground may lie from the true one: corners left out, and corners on whole steps of a degree. [m]"""
NEAR = 0.03
LEVELLED = 1.4
"""A slope is drawn a little too level at its ends: as if one stood so many metres further in. [m]"""
SLOPES = pytest.mark.parametrize("slope", [0.0, 0.05, 0.15])


def rings_of(row: dict[str, Any], frame: Frame) -> list[NDArray[np.float64]]:
    """Rings of a row in real coordinates. [m, m NAP]"""
    polygon = row["p"]
    flat = np.array(polygon["positions"] if isinstance(polygon, dict) else polygon).reshape(-1, 3)
    starts = [start // 3 for start in polygon["holeIndices"]] if isinstance(polygon, dict) else []
    points = np.column_stack([crs.from_wgs84(flat[:, :2], crs.RD_NAP), flat[:, 2] + frame.reference_ground])
    return np.split(points, starts)


def drawn_points(rows: list[dict[str, Any]], frame: Frame) -> NDArray[np.float64]:
    """Places on the triangles that a browser makes of rows (with the same library): their corners, middles and middles of sides."""
    found = []
    for row in rows:
        rings = rings_of(row, frame)
        points = np.concatenate(rings)
        ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
        faces = mapbox_earcut.triangulate_float64(points[:, :2] - points[0, :2], ends).reshape(-1, 3)
        corners = points[faces]
        found += [corners.reshape(-1, 3), corners.mean(axis=1), ((corners + np.roll(corners, 1, axis=1)) / 2).reshape(-1, 3)]
    return np.concatenate(found)


@SLOPES
def test_the_ground_is_the_slope_up_to_its_edges(slope: float) -> None:
    town = hillside(slope)
    terrain = build_terrain(town)
    within = np.array([(x, y) for x in np.linspace(WEST, WEST + 181, 40) for y in np.linspace(SOUTH, SOUTH + 109, 30)])
    assert np.abs(terrain.at(within) - true_height(within, slope)).max() < NEAR + LEVELLED * slope
    assert len(terrain.triangles) < 60, "a slope is few triangles"


@SLOPES
@pytest.mark.parametrize("kind", ["green", "carriageway", "pavement", "water"])
def test_ground_lies_on_the_surface_within_what_is_stated(slope: float, kind: str) -> None:
    town = hillside(slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    kinds = town.ground["kind"].tolist()
    points = drawn_points([row for row in ground_rows(town, terrain, frame) if kinds[row["__source"]["index"]] == kind], frame)
    assert np.abs(points[:, 2] - lift_of(kind) - terrain.at(points[:, :2])).max() <= 2 * FLAT_ENOUGH + ROUNDED


@pytest.mark.parametrize("seed", range(4))
def test_ground_that_bends_lies_on_the_surface_too_and_its_neighbours_do_not_part(seed: int) -> None:
    town = hillside(0.05)
    frame = Frame.of(town)
    flat = build_terrain(town)
    rough = flat.heights + np.random.default_rng(seed).uniform(0.0, [0.03, 0.1, 0.5, 2.0][seed], flat.heights.shape)
    terrain = Terrain(flat.west, flat.south, flat.cell, rough)
    kinds = town.ground["kind"].tolist()
    rows = ground_rows(town, terrain, frame)
    for index, kind in enumerate(kinds):
        points = drawn_points([row for row in rows if row["__source"]["index"] == index], frame)
        assert np.abs(points[:, 2] - lift_of(kind) - terrain.at(points[:, :2])).max() <= 2 * FLAT_ENOUGH + ROUNDED
    plate = drawn_points(plate_rows(town, terrain, frame)[:-4], frame)
    below = terrain.at(plate[:, :2]) - plate[:, 2]
    assert below.min() >= PLATE_DROP - 2 * FLAT_ENOUGH - ROUNDED, "the plate does not come through the ground"


def test_the_drawn_ground_covers_what_the_data_has() -> None:
    town = sloping_town()
    frame, terrain = Frame.of(town), build_terrain(town)
    drawn: dict[int, list[Polygon]] = {}
    for row in ground_rows(town, terrain, frame):
        rings = [ring[:, :2] for ring in rings_of(row, frame)]
        drawn.setdefault(row["__source"]["index"], []).append(Polygon(rings[0], rings[1:]))
    for index, outline in enumerate(town.ground.geometry):
        off = shapely.union_all(drawn[index], grid_size=0.001).symmetric_difference(outline)
        assert off.area < MOVED * outline.length


@SLOPES
def test_buildings_stand_on_the_ground(slope: float) -> None:
    town = hillside(slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    ground = town.buildings.numbers["ground_height"]
    middles = np.array([(outline.centroid.x, outline.centroid.y) for outline in town.buildings.footprints])
    assert np.abs(terrain.at(middles) - ground).max() < NEAR + LEVELLED * slope
    for row in building_rows(town, terrain, frame):
        if len(row["c"]) > 3:  # a wall
            ring = rings_of(row, frame)[0]
            low = ring[ring[:, 2] < np.median(ring[:, 2])]
            assert (low[:, 2] < terrain.at(low[:, :2])).all(), "no wall ends above the ground"


@SLOPES
def test_a_large_hall_does_not_float_at_its_low_end(slope: float) -> None:
    town: Neighbourhood = hillside(slope)
    plan = hillside_plan(slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    rows = plan_rows(plan, town, terrain, frame)
    corners = np.concatenate([rings_of(row, frame)[0] for row in rows.volumes])
    for x, y in shapely.get_coordinates(plan.volumes[0].footprint):
        here = corners[np.hypot(corners[:, 0] - x, corners[:, 1] - y) < 0.05]
        assert here[:, 2].min() < terrain.at(np.array([[x, y]]))[0]
    assert corners[:, 2].max() == pytest.approx(plan.volumes[0].top, abs=0.01)


@SLOPES
def test_trees_and_what_is_planted_stand_on_the_ground(slope: float) -> None:
    town = hillside(slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    xy = shapely.get_coordinates(town.trees.geometry.to_numpy())
    rows = tree_rows(town.trees["tree_id"].tolist(), xy, np.full(7, 9.0), np.full(7, 6.0), terrain=terrain, frame=frame)
    planted = plan_rows(hillside_plan(slope), town, terrain, frame).planted
    places = np.array([row["p"] for row in rows + planted])
    places = np.column_stack([crs.from_wgs84(places[:, :2], crs.RD_NAP), places[:, 2] + frame.reference_ground])
    assert np.abs(places[:, 2] - terrain.at(places[:, :2])).max() <= ROUNDED
    assert np.abs(places[:, 2] - true_height(places, slope)).max() < NEAR + LEVELLED * slope + ROUNDED


@SLOPES
def test_the_shade_at_the_feet_of_buildings_lies_on_the_ground(slope: float) -> None:
    town = hillside(slope)
    terrain = build_terrain(town)
    strips = contact_strips(town.buildings.footprints, terrain)
    assert len(strips) == 4 * len(town.buildings)
    inside = strips.mean(axis=1)
    assert np.abs(inside[:, 2] - LIFT - terrain.at(inside[:, :2])).max() < 0.05
    standing = shapely.union_all(town.buildings.footprints)
    assert shapely.distance(shapely.points(strips[:, :2, :2].reshape(-1, 2)), standing).max() < 1e-6, "dark at the facade"
    areas = shapely.area(shapely.polygons(strips[..., :2]))
    assert (areas > 0).all()
    assert shapely.area(shapely.intersection(shapely.polygons(strips[..., :2]), standing)).max() < 1e-6, "and beside it"
