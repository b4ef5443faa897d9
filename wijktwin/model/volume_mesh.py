"""Proposed volumes as meshes: a footprint raised to its height, or the true form that a plan brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mapbox_earcut
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from wijktwin.model.mesh import FloatArray, Mesh, SurfaceKind

if TYPE_CHECKING:
    from shapely import MultiPolygon

    from wijktwin.model.plan import Volume

Triangles = NDArray[np.int64]


def volume_mesh(volume: Volume, *, origin: FloatArray) -> Mesh:
    """The closed surface of one volume; its one object is row 0.

    Parameters
    ----------
    origin
        The local origin in the CRS of the footprint, shape (3,) [m]: that of the neighbourhood, so that both fit in one scene.
    """
    if volume.mesh is not None:
        return with_origin(volume.mesh, origin)
    return raised(volume.footprint, bottom=volume.bottom, top=volume.top, origin=origin)


def raised(footprint: Polygon | MultiPolygon, *, bottom: float, top: float, origin: FloatArray) -> Mesh:
    """A footprint raised from one height to another: one ground, one roof and four-cornered walls per polygon; holes stay open.

    Faces run counter-clockwise seen from outside, every edge is shared by two faces, and the volume is area times height.

    Parameters
    ----------
    footprint
        In real coordinates. [m]
    bottom, top
        Heights in the vertical datum of the neighbourhood. [m]
    origin
        Local origin, shape (3,). [m]
    """
    faces = _Faces()
    for polygon in shapely.get_parts(shapely.orient_polygons(shapely.force_2d(footprint))):
        _add_prism(faces, polygon, bottom - origin[2], top - origin[2], origin[:2])
    return faces.mesh(origin)


def joined(meshes: Sequence[Mesh], *, origin: FloatArray) -> Mesh:
    """Several meshes of one object each as one mesh: object row i is mesh i.

    Parameters
    ----------
    origin
        Local origin of the result, shape (3,). [m]
    """
    moved = [with_origin(mesh, origin) for mesh in meshes]
    if not moved:
        return Mesh.empty(origin)
    vertex = np.cumsum([0, *(len(mesh.vertices) for mesh in moved)])
    corner = np.cumsum([0, *(len(mesh.ring_vertices) for mesh in moved)])
    surface = np.cumsum([0, *(mesh.n_surfaces for mesh in moved)])
    return Mesh(
        origin=np.array(origin, dtype=np.float64),
        vertices=np.concatenate([mesh.vertices for mesh in moved]),
        triangles=_int32([mesh.triangles + start for mesh, start in zip(moved, vertex, strict=False)]),
        triangle_surface=_int32([mesh.triangle_surface + start for mesh, start in zip(moved, surface, strict=False)]),
        ring_vertices=_int32([mesh.ring_vertices + start for mesh, start in zip(moved, vertex, strict=False)]),
        ring_start=_int32([*(mesh.ring_start[:-1] + start for mesh, start in zip(moved, corner, strict=False)), corner[-1:]]),
        ring_surface=_int32([mesh.ring_surface + start for mesh, start in zip(moved, surface, strict=False)]),
        surface_kind=np.concatenate([mesh.surface_kind for mesh in moved]),
        surface_object=_int32([np.full(mesh.n_surfaces, row) for row, mesh in enumerate(moved)]),
    )


def with_origin(mesh: Mesh, origin: FloatArray) -> Mesh:
    """The same surfaces counted from another local origin, shape (3,). [m]"""
    shift = mesh.origin - origin
    return with_vertices(mesh, mesh.vertices + shift, origin=origin)


def with_vertices(mesh: Mesh, vertices: FloatArray, *, origin: FloatArray | None = None) -> Mesh:
    """The same faces through other points, shape of ``mesh.vertices``. [m from origin]"""
    return Mesh(
        origin=np.array(mesh.origin if origin is None else origin, dtype=np.float64),
        vertices=np.array(vertices, dtype=np.float64),
        triangles=mesh.triangles,
        triangle_surface=mesh.triangle_surface,
        ring_vertices=mesh.ring_vertices,
        ring_start=mesh.ring_start,
        ring_surface=mesh.ring_surface,
        surface_kind=mesh.surface_kind,
        surface_object=mesh.surface_object,
    )


def mesh_of_faces(vertices: FloatArray, faces: Sequence[tuple[SurfaceKind, Sequence[Sequence[int]]]], *, origin: FloatArray) -> Mesh:
    """A mesh of one object from faces given as rings of vertex numbers, each cut into triangles in its own plane.

    Parameters
    ----------
    vertices
        Shape (n, 3). [m from origin]
    faces
        Kind and rings (outer first, not closed) of each face, counter-clockwise seen from outside.
    """
    collected = _Faces()
    numbers = collected.add_points(vertices)
    for kind, rings in faces:
        flat = _in_its_plane(vertices[np.concatenate([np.asarray(ring) for ring in rings])], len(rings[0]))
        collected.add(kind, [numbers[np.asarray(ring)] for ring in rings], _triangulated(flat, [len(ring) for ring in rings]))
    return collected.mesh(origin)


@dataclass(slots=True)
class _Faces:
    """Faces as they are collected."""

    points: list[FloatArray] = field(default_factory=list)
    n_points: int = 0
    rings: list[Triangles] = field(default_factory=list)
    ring_surface: list[int] = field(default_factory=list)
    kinds: list[SurfaceKind] = field(default_factory=list)
    triangles: list[Triangles] = field(default_factory=list)
    triangle_surface: list[Triangles] = field(default_factory=list)

    def add_points(self, points: FloatArray) -> Triangles:
        numbers = np.arange(self.n_points, self.n_points + len(points))
        self.points.append(points)
        self.n_points += len(points)
        return numbers

    def add(self, kind: SurfaceKind, rings: Sequence[Triangles], triangles: Triangles) -> None:
        """One face; triangles count positions in its rings laid back to back."""
        surface = len(self.kinds)
        self.kinds.append(kind)
        self.rings.extend(rings)
        self.ring_surface.extend([surface] * len(rings))
        self.triangles.append(np.concatenate(rings)[triangles])
        self.triangle_surface.append(np.full(len(triangles), surface))

    def mesh(self, origin: FloatArray) -> Mesh:
        if not self.kinds:
            return Mesh.empty(origin)
        return Mesh(
            origin=np.array(origin, dtype=np.float64),
            vertices=np.concatenate(self.points),
            triangles=_int32(self.triangles),
            triangle_surface=_int32(self.triangle_surface),
            ring_vertices=_int32(self.rings),
            ring_start=np.cumsum([0, *(len(ring) for ring in self.rings)]).astype(np.int32),
            ring_surface=np.array(self.ring_surface, dtype=np.int32),
            surface_kind=np.array(self.kinds, dtype=np.uint8),
            surface_object=np.zeros(len(self.kinds), dtype=np.int32),
        )


def _add_prism(faces: _Faces, polygon: Polygon, bottom: float, top: float, origin: FloatArray) -> None:
    rings = [shapely.get_coordinates(ring)[:-1] - origin for ring in (polygon.exterior, *polygon.interiors)]
    flat = np.concatenate(rings)
    low = faces.add_points(np.column_stack([flat, np.full(len(flat), bottom)]))
    high = faces.add_points(np.column_stack([flat, np.full(len(flat), top)]))
    sizes = [len(ring) for ring in rings]
    triangles = _triangulated(flat, sizes)
    parts = np.split(np.arange(len(flat)), np.cumsum(sizes)[:-1])
    reversed_positions = np.concatenate([part[::-1] for part in parts])
    place_in_reversed = np.empty_like(reversed_positions)
    place_in_reversed[reversed_positions] = np.arange(len(flat))
    faces.add(SurfaceKind.GROUND, [low[part[::-1]] for part in parts], place_in_reversed[triangles][:, ::-1])
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    for part in parts:
        for here, there in zip(part, np.roll(part, -1), strict=True):
            faces.add(SurfaceKind.WALL, [np.array([low[here], low[there], high[there], high[here]])], quad)
    faces.add(SurfaceKind.ROOF, [high[part] for part in parts], triangles)


def _triangulated(flat: FloatArray, sizes: Sequence[int]) -> Triangles:
    """Earcut (https://github.com/mapbox/earcut.hpp) of rings laid back to back, shape (n, 2): counter-clockwise triangles."""
    ends = np.cumsum(sizes).astype(np.uint32)
    found: Triangles = mapbox_earcut.triangulate_float64(np.ascontiguousarray(flat), ends).reshape(-1, 3).astype(np.int64)
    a, b, c = flat[found[:, 0]], flat[found[:, 1]], flat[found[:, 2]]
    turned = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    found[turned < 0] = found[turned < 0][:, ::-1]
    proper: Triangles = found[turned != 0]
    return proper


def _in_its_plane(points: FloatArray, n_outer: int) -> FloatArray:
    """Points of one face in two axes of its plane, seen from where its normal (Newell, of the first ``n_outer`` points) points."""
    outer = points[:n_outer] - points[0]
    normal = np.cross(outer, np.roll(outer, -1, axis=0)).sum(axis=0)
    length = np.linalg.norm(normal)
    if length == 0:
        return points[:, :2].copy()
    normal = normal / length
    helper = np.zeros(3)
    helper[np.argmin(np.abs(normal))] = 1.0
    u = np.cross(helper, normal)
    u /= np.linalg.norm(u)
    flat: FloatArray = (points - points[0]) @ np.column_stack([u, np.cross(normal, u)])
    return flat


def _int32(parts: Sequence[NDArray[np.signedinteger]]) -> NDArray[np.int32]:
    return np.concatenate(parts).astype(np.int32)
