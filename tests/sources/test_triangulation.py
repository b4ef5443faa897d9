"""Faces to triangles: the same area, nothing twice, nothing outside, whatever the outline."""

from __future__ import annotations

from typing import Any

import mapbox_earcut
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.sources.shapes import prism
from wijktwin.sources.cityjson import ears, measures
from wijktwin.sources.cityjson.boundaries import BoundaryCollector
from wijktwin.sources.cityjson.surfaces import surfaces_of
from wijktwin.sources.cityjson.triangulation import triangulate

Array = NDArray[Any]


@st.composite
def rings(draw: st.DrawFn) -> Array:
    """Outlines on a grid, straight corners and all: unions of cells of a small board."""
    cells = draw(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14))
    whole = shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in cells])
    part = max(shapely.get_parts(whole), key=lambda polygon: polygon.area)
    outline = shapely.segmentize(shapely.orient_polygons(shapely.Polygon(part.exterior)), 1.0 if draw(st.booleans()) else 9.0)
    return np.array(outline.exterior.coords)[:-1, :2]


def tilted(ring: Array, tilt: float, turn: float) -> Array:
    flat = np.column_stack([ring, np.zeros(len(ring))])
    c, s, d, e = np.cos(tilt), np.sin(tilt), np.cos(turn), np.sin(turn)
    placed: Array = flat @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]) @ np.array([[d, e, 0], [-e, d, 0], [0, 0, 1]]) + [
        1000.0,
        -2000.0,
        30.0,
    ]
    return placed


def cut(ring: Array) -> tuple[Array, Array, bool]:
    start = np.array([0, len(ring)])
    normal = measures.ring_normals(ring, start)
    triangles, is_cut = ears.cut_ears(ring, start[:1], np.array([len(ring)]), normal)
    return triangles, normal[0], bool(is_cut[0])


def has_touching_corners(ring: Array) -> bool:
    return len(np.unique(ring, axis=0)) < len(ring)


@settings(max_examples=200)
@given(ring=rings(), tilt=st.floats(0, np.pi), turn=st.floats(0, 2 * np.pi))
def test_ears_cover_a_face_exactly_once(ring: Array, tilt: float, turn: float) -> None:
    placed = tilted(ring, tilt, turn)
    triangles, normal, is_cut = cut(placed)
    outline = shapely.Polygon(ring)
    if not is_cut:
        assert has_touching_corners(ring)
        return
    assert len(triangles) == len(ring) - 2
    pieces = [shapely.Polygon(ring[triangle]) for triangle in triangles]
    assert sum(piece.area for piece in pieces) == pytest.approx(outline.area)
    assert shapely.union_all(pieces).area == pytest.approx(outline.area)
    cross = np.cross(placed[triangles[:, 1]] - placed[triangles[:, 0]], placed[triangles[:, 2]] - placed[triangles[:, 0]])
    assert (cross @ normal > 0).all()
    assert np.linalg.norm(normal) / 2 == pytest.approx(outline.area)


@settings(max_examples=60)
@given(ring=rings())
def test_every_corner_stays_a_corner_of_some_triangle(ring: Array) -> None:
    """Straight corners too: neighbours share them, and a face that leaves one out shows a crack there."""
    triangles, _, is_cut = cut(tilted(ring, 0.3, 0.2))
    if is_cut:
        assert set(triangles.ravel().tolist()) == set(range(len(ring)))


@settings(max_examples=60)
@given(ring=rings())
def test_compiled_and_plain_python_cut_alike(ring: Array) -> None:
    placed = tilted(ring, 0.7, 1.1)
    triangles, normal, is_cut = cut(placed)
    u, v = placed[:, 0].copy(), placed[:, 1].copy()
    axis = int(np.argmax(np.abs(normal)))
    p, q = (axis + 1) % 3, (axis + 2) % 3
    if normal[axis] < 0:
        p, q = q, p
    u, v = placed[:, p] - placed[0, p], placed[:, q] - placed[0, q]
    n = len(ring)
    before, after = np.roll(np.arange(n), 1), np.roll(np.arange(n), -1)
    plain = np.zeros((n - 2, 3), dtype=np.int64)
    smallest = ears.FLAT_TURN * np.abs(normal).sum()
    done = ears._cut_one.py_func(u, v, before, after, n, 0, smallest, plain, 0)  # type: ignore[attr-defined]
    assert bool(done) == is_cut
    if is_cut:
        np.testing.assert_array_equal(plain, triangles)


@settings(max_examples=40)
@given(ring=rings())
def test_the_area_is_that_of_earcut(ring: Array) -> None:
    triangles, _, is_cut = cut(tilted(ring, 0.0, 0.0))
    theirs = mapbox_earcut.triangulate_float64(ring, np.array([len(ring)], dtype=np.uint32)).reshape(-1, 3)
    if is_cut:
        ours_area = sum(shapely.Polygon(ring[triangle]).area for triangle in triangles)
        assert ours_area == pytest.approx(sum(shapely.Polygon(ring[triangle]).area for triangle in theirs))


def test_a_ring_that_crosses_itself_goes_to_earcut_and_still_gives_triangles() -> None:
    bow_tie = np.array([[0.0, 0, 0], [4, 3, 0], [4, 0, 0], [0, 4, 0]])
    assert not cut(bow_tie)[2]
    surfaces, triangles, owner = _surfaces([[bow_tie]])
    assert len(triangles) > 0
    assert set(owner.tolist()) == {0}
    assert len(surfaces.kind) == 1


@pytest.mark.parametrize("n_corners", [3, 255, 256, 257, 2000])
def test_large_faces_too(n_corners: int) -> None:
    angles = np.linspace(0, 2 * np.pi, n_corners, endpoint=False)
    radius = 10 + 3 * np.cos(9 * angles)
    outline = shapely.Polygon(np.column_stack([radius * np.cos(angles), radius * np.sin(angles)]))
    _, triangles, owner = _surfaces(prism(outline, 0, 1))
    assert (owner == 0).sum() == n_corners - 2
    assert len(triangles) == 2 * (n_corners - 2) + 2 * n_corners


def test_surfaces_without_area_have_no_triangles() -> None:
    line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]])
    _, triangles, _ = _surfaces([[line], [np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])]])
    assert sorted(triangles.ravel().tolist()) == [3, 4, 5]


def _surfaces(faces: Any) -> tuple[Any, Array, Array]:
    points = np.concatenate([ring for rings_of in faces for ring in rings_of])
    count = iter(range(len(points)))
    boundaries = [[[next(count) for _ in ring] for ring in rings_of] for rings_of in faces]
    collector = BoundaryCollector()
    collector.add({"type": "MultiSurface", "boundaries": boundaries}, owner=0, offset=0, limit=len(points))
    surfaces = surfaces_of(collector.finish(), points)
    triangles, owner = triangulate(surfaces)
    return surfaces, triangles, owner


# -------------------------------------------------------------------------------------------------------------- measures
@settings(max_examples=60)
@given(ring=rings(), tilt=st.floats(0, np.pi))
def test_flatness_is_how_far_a_corner_was_lifted(ring: Array, tilt: float) -> None:
    placed = tilted(ring, tilt, 0.4)
    start = np.array([0, len(ring)])
    assert measures.flatness(placed, start, measures.ring_normals(placed, start))[0] == pytest.approx(0, abs=1e-9)
    box = np.array([[0.0, 0, 0], [4, 0, 0], [4, 4, 0.2], [0, 4, 0]])
    start = np.array([0, 4])
    assert measures.flatness(box, start, measures.ring_normals(box, start))[0] == pytest.approx(0.05, abs=0.002)


def test_a_normal_far_from_the_origin_is_as_exact_as_near_it() -> None:
    near = np.array([[0.0, 0, 0], [0.01, 0, 0], [0.01, 0.01, 0], [0, 0.01, 0]])
    start = np.array([0, 4])
    far = near + np.array([300_000.0, 600_000.0, 0.0])
    np.testing.assert_allclose(measures.ring_normals(far, start)[0, 2] / 2, 1e-4, rtol=1e-6)
    np.testing.assert_allclose(measures.ring_normals(near, start)[0], [0, 0, 2e-4])
