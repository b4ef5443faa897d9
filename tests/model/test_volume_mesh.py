from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from tests.model.small_world import square, volume
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.model.volume_mesh import joined, mesh_of_faces, raised, volume_mesh, with_origin

ORIGIN = np.array([155_000.0, 463_000.0, 0.0])


def directed_edges(mesh: Mesh) -> Counter[tuple[tuple[float, ...], tuple[float, ...]]]:
    edges: Counter[tuple[tuple[float, ...], tuple[float, ...]]] = Counter()
    for start, end in zip(mesh.ring_start[:-1], mesh.ring_start[1:], strict=True):
        points = [tuple(point) for point in mesh.vertices[mesh.ring_vertices[start:end]].tolist()]
        edges.update(zip(points, points[1:] + points[:1], strict=True))
    return edges


def is_watertight(mesh: Mesh) -> bool:
    """Every edge of every face is run through once in each direction."""
    edges = directed_edges(mesh)
    return all(count == 1 and edges[(there, here)] == 1 for (here, there), count in edges.items())


@st.composite
def footprints(draw: st.DrawFn) -> Polygon:
    """Star-shaped polygons, every other one with a hole, turned and placed anywhere near the origin, to the millimetre."""
    n = draw(st.integers(3, 12))
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False) + draw(st.floats(0, 6))
    radii = np.array(draw(st.lists(st.floats(5, 40), min_size=n, max_size=n)))
    centre = np.array([155_000 + draw(st.floats(-200, 200)), 463_000 + draw(st.floats(-200, 200))])
    outer = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    holes = [(centre + np.column_stack([np.cos(angles), np.sin(angles)]) * 0.3 * radii[:, None])[::-1]] if draw(st.booleans()) else []
    polygon = Polygon(np.round(outer, 3), [np.round(hole, 3) for hole in holes])
    return polygon if polygon.is_valid else Polygon(np.round(outer, 3)).buffer(0)


@settings(max_examples=60)
@given(footprint=footprints(), bottom=st.floats(-12, 12), height=st.floats(0.5, 90))
def test_a_raised_footprint_is_closed_and_holds_area_times_height(footprint: Polygon, bottom: float, height: float) -> None:
    mesh = raised(footprint, bottom=bottom, top=bottom + height, origin=ORIGIN)
    assert is_watertight(mesh)
    assert mesh.object_volumes(1)[0] == pytest.approx(footprint.area * height, rel=1e-9)
    areas, kinds = mesh.surface_areas(), mesh.surface_kind
    assert areas[kinds == SurfaceKind.ROOF].sum() == pytest.approx(footprint.area, rel=1e-9)
    assert areas[kinds == SurfaceKind.GROUND].sum() == pytest.approx(footprint.area, rel=1e-9)
    assert areas[kinds == SurfaceKind.WALL].sum() == pytest.approx(footprint.length * height, rel=1e-9)
    normals = mesh.surface_normals()
    assert np.allclose(normals[kinds == SurfaceKind.ROOF], [0, 0, 1])
    assert np.allclose(normals[kinds == SurfaceKind.GROUND], [0, 0, -1])
    assert np.allclose((normals * areas[:, None]).sum(axis=0), 0, atol=1e-6)


@settings(max_examples=30)
@given(footprint=footprints())
def test_walls_look_away_from_the_inside(footprint: Polygon) -> None:
    mesh = raised(footprint, bottom=0.0, top=3.0, origin=ORIGIN)
    normals = mesh.surface_normals()
    for surface in np.flatnonzero(mesh.surface_kind == SurfaceKind.WALL):
        middle = mesh.surface_rings(int(surface))[0].mean(axis=0)[:2] + ORIGIN[:2]
        outside, inside = middle + 1e-4 * normals[surface, :2], middle - 1e-4 * normals[surface, :2]
        assert footprint.distance(shapely.Point(inside)) == 0
        assert footprint.distance(shapely.Point(outside)) > 0


def test_parts_of_a_multipolygon_all_stand() -> None:
    both = MultiPolygon([square(0, 0), square(50, 0)])
    mesh = raised(both, bottom=0.0, top=4.0, origin=ORIGIN)
    assert is_watertight(mesh)
    assert mesh.object_volumes(1)[0] == pytest.approx(800.0)


def test_corners_on_a_straight_line_do_not_open_the_mesh() -> None:
    plus = shapely.union_all([square(x, y) for x, y in ((0, 10), (10, 10), (20, 10), (10, 0), (10, 20))])
    assert isinstance(plus, Polygon)
    straight = Polygon([(155_000, 463_000), (155_005, 463_000), (155_010, 463_000), (155_010, 463_010), (155_000, 463_010)])
    for footprint in (plus, straight):
        mesh = raised(footprint, bottom=0.0, top=2.0, origin=ORIGIN)
        assert is_watertight(mesh)
        assert mesh.object_volumes(1)[0] == pytest.approx(footprint.area * 2.0)


def test_joined_meshes_keep_their_volumes_and_rows() -> None:
    meshes = [raised(square(i * 20.0, 0), bottom=0.0, top=i + 1.0, origin=ORIGIN + np.array([5, 7, 1])) for i in range(4)]
    mesh = joined(meshes, origin=ORIGIN)
    assert mesh.object_volumes(4) == pytest.approx([100.0, 200.0, 300.0, 400.0])
    assert (np.diff(mesh.ring_surface) >= 0).all()
    assert (np.diff(mesh.surface_object) >= 0).all()
    assert mesh.ring_start[-1] == len(mesh.ring_vertices)
    assert is_watertight(mesh)
    tops = [mesh.vertices[mesh.ring_vertices, 2].max() + mesh.origin[2]]
    assert tops == pytest.approx([4.0])


def test_another_origin_is_the_same_place() -> None:
    mesh = raised(square(3, 4), bottom=1.0, top=2.0, origin=ORIGIN)
    moved = with_origin(mesh, ORIGIN + np.array([100, -50, 3]))
    assert np.allclose(mesh.vertices + mesh.origin, moved.vertices + moved.origin)


def test_a_volume_below_ground_reaches_from_its_base_to_its_height() -> None:
    garage = volume(base=-6.0, height=-1.0, ground_level=2.0, storeys=None)
    mesh = volume_mesh(garage, origin=ORIGIN)
    assert mesh.vertices[:, 2].min() == pytest.approx(-4.0)
    assert mesh.vertices[:, 2].max() == pytest.approx(1.0)


def test_faces_become_the_same_mesh_as_raising_them() -> None:
    mesh = raised(square(0, 0), bottom=0.0, top=3.0, origin=ORIGIN)
    faces = []
    for surface in range(mesh.n_surfaces):
        lo, hi = np.searchsorted(mesh.ring_surface, [surface, surface + 1])
        rings = [mesh.ring_vertices[mesh.ring_start[i] : mesh.ring_start[i + 1]].tolist() for i in range(lo, hi)]
        faces.append((SurfaceKind(int(mesh.surface_kind[surface])), rings))
    again = mesh_of_faces(np.array(mesh.vertices), faces, origin=ORIGIN)
    assert is_watertight(again)
    assert again.object_volumes(1)[0] == pytest.approx(300.0)


def test_no_meshes_join_to_none() -> None:
    assert joined([], origin=ORIGIN).n_surfaces == 0
