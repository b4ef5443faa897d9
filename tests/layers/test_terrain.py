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
from layers.terrain import FLAT_ENOUGH, MERGED, Terrain, build_terrain, polygons_of
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


def nodes(terrain: Terrain) -> NDArray[np.float64]:
    rows, columns = terrain.heights.shape
    x, y = np.meshgrid(terrain.west + terrain.cell * np.arange(columns), terrain.south + terrain.cell * np.arange(rows))
    return np.column_stack([x.ravel(), y.ravel()])


@settings(max_examples=40)
@given(seed=st.integers(0, 9999), rows=st.integers(2, 40), columns=st.integers(2, 40), roughness=st.sampled_from([0.0, 0.02, 0.1, 6.0]))
def test_the_surface_is_near_every_node_and_true_on_its_own_triangles(seed: int, rows: int, columns: int, roughness: float) -> None:
    random = np.random.default_rng(seed)
    heights = 0.05 * np.arange(columns) - 0.11 * np.arange(rows)[:, None] + random.uniform(0, roughness, (rows, columns))
    terrain = Terrain(1000.0, 2000.0, 20.0, heights)
    assert np.abs(terrain.at(nodes(terrain)) - heights.ravel()).max() <= MERGED + 1e-9
    corners = terrain.at(terrain.triangles.reshape(-1, 2)).reshape(-1, 3)
    west, south, east, north = terrain.bounds
    share = random.dirichlet((1, 1, 1), len(corners))
    inside = np.einsum("nk,nkc->nc", share, terrain.triangles)
    is_within = (inside >= (west, south)).all(axis=1) & (inside <= (east, north)).all(axis=1)
    whole = is_within & ((terrain.triangles >= (west, south)) & (terrain.triangles <= (east, north))).all(axis=(1, 2))
    assert terrain.at(inside)[whole] == pytest.approx((share * corners).sum(axis=1)[whole], abs=1e-6)


def test_triangles_cover_the_grid_once() -> None:
    for terrain in (hilly(), tilted(), build_terrain(small_town())):
        pieces = shapely.intersection(shapely.polygons(terrain.triangles), box(*terrain.bounds))
        assert shapely.area(pieces).sum() == pytest.approx(box(*terrain.bounds).area)
        assert shapely.union_all(pieces).area == pytest.approx(box(*terrain.bounds).area)


def test_flat_ground_is_few_triangles_and_rough_ground_many() -> None:
    assert len(tilted().triangles) == 2
    assert len(hilly().triangles) > 0.9 * 2 * (SIZE - 1) ** 2


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
