"""The drawn ground: true to a plane, and polygons laid on it lie on it everywhere."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Point, Polygon, box

from layers.plate import drawn_points, plate_outline
from layers.terrain import FLAT_ENOUGH, Terrain, build_terrain, polygons_of
from tests.layers.small_town import GROUND, houses, small_town

SIZE = 12


def hilly(seed: int = 3) -> Terrain:
    return Terrain(1000.0, 2000.0, 20.0, np.random.default_rng(seed).uniform(0, 6, (SIZE, SIZE)))


def plane(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return 4.0 + 0.02 * (x - 1000) - 0.01 * (y - 2000)


def tilted() -> Terrain:
    x, y = np.meshgrid(1000.0 + 20 * np.arange(SIZE), 2000.0 + 20 * np.arange(SIZE))
    return Terrain(1000.0, 2000.0, 20.0, plane(x, y))


@given(x=st.floats(1000, 1220), y=st.floats(2000, 2220))
def test_a_plane_stays_a_plane(x: float, y: float) -> None:
    assert tilted().at(np.array([[x, y]]))[0] == pytest.approx(plane(np.array(x), np.array(y)))


def test_nodes_have_their_own_heights() -> None:
    terrain = hilly()
    x, y = np.meshgrid(1000.0 + 20 * np.arange(SIZE), 2000.0 + 20 * np.arange(SIZE))
    assert terrain.at(np.column_stack([x.ravel(), y.ravel()])) == pytest.approx(terrain.heights.ravel())


@settings(max_examples=60)
@given(x=st.floats(1030, 1190), y=st.floats(2030, 2190), radius=st.floats(3, 29), corners=st.integers(1, 6), hole=st.floats(0.0, 0.6))
def test_pieces_cover_the_polygon_once_and_lie_on_the_ground(x: float, y: float, radius: float, corners: int, hole: float) -> None:
    terrain = hilly()
    polygon = Point(x, y).buffer(radius, quad_segs=corners).difference(Point(x, y).buffer(radius * hole, quad_segs=corners))
    pieces = [Polygon(rings[0], rings[1:]) for rings in terrain.pieces(polygon)]
    assert sum(piece.area for piece in pieces) == pytest.approx(polygon.area, rel=1e-6)
    assert shapely.union_all(pieces).symmetric_difference(polygon).area < 1e-5
    for piece in pieces:
        corner = shapely.get_coordinates(piece)
        inside = shapely.get_coordinates(piece.representative_point())
        design = np.column_stack([corner, np.ones(len(corner))])
        flat = np.linalg.lstsq(design, terrain.at(corner), rcond=None)[0]
        assert abs(float(np.append(inside[0], 1.0) @ flat) - terrain.at(inside)[0]) <= FLAT_ENOUGH + 1e-6


def test_on_a_plane_nothing_is_cut() -> None:
    assert len(list(tilted().pieces(box(1010, 2010, 1110, 2040)))) == 1


def test_terrain_follows_the_ground_of_sloping_houses() -> None:
    town = houses(30, slope=0.2)
    terrain = build_terrain(town)
    samples = town.ground_samples
    assert np.abs(terrain.at(samples[2:-2, :2]) - samples[2:-2, 2]).max() < 0.35
    assert np.all(np.diff(terrain.at(samples[2:-2, :2])) > 0)


def test_one_wrong_height_makes_no_pit() -> None:
    town = houses(30)
    heights = town.buildings.numbers["ground_height"].copy()
    assert np.ptp(build_terrain(town).heights) < 1e-9
    heights[12] = -40.0
    samples = town.ground_samples.copy()
    samples[12, 2] = -40.0
    object.__setattr__(town, "__dict__", {**town.__dict__, "ground_samples": samples})
    assert build_terrain(town).heights.min() == pytest.approx(GROUND)


def test_plate_holds_everything_and_not_much_more() -> None:
    outline = plate_outline(small_town())
    points = drawn_points(small_town())
    assert shapely.contains(outline, shapely.points(points)).all()
    assert shapely.is_ccw(outline.exterior)
    west, south, east, north = build_terrain(small_town()).bounds
    assert box(west - 1e-6, south - 1e-6, east + 1e-6, north + 1e-6).contains(outline)
    assert outline.distance(shapely.MultiPoint(points).convex_hull) == 0
    assert outline.exterior.distance(shapely.MultiPoint(points).convex_hull) == pytest.approx(12.0, abs=0.1)


def test_polygons_of_drops_what_has_no_area() -> None:
    parts = [Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), box(0, 0, 2, 2), shapely.MultiPolygon([box(5, 5, 6, 6)])]
    mixed = shapely.GeometryCollection(parts)
    assert [polygon.area for polygon in polygons_of(mixed)] == [4.0, 1.0]
    assert polygons_of(None) == []
