"""Surfaces and triangles of many objects in flat, read-only arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
ByteArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]


class SurfaceKind(IntEnum):
    """Semantics of a surface, in the order in which they are stored."""

    UNKNOWN = 0
    GROUND = 1
    WALL = 2
    ROOF = 3
    OUTER_CEILING = 4
    OUTER_FLOOR = 5
    CLOSURE = 6
    WINDOW = 7
    DOOR = 8
    INTERIOR = 9


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surfaces of many objects, once as rings (to draw and outline) and once as triangles (to compute).

    All coordinates are metres east, north and up from ``origin``; outward faces run counter-clockwise seen from outside.

    Parameters
    ----------
    origin
        The local origin in the neighbourhood's CRS, shape (3,). [m] Add it to get real coordinates.
    vertices
        Shape (n, 3), float64. [m from origin]
    triangles
        Vertex indices, shape (m, 3), int32.
    triangle_surface
        Surface of each triangle, shape (m,).
    ring_vertices, ring_start
        Vertex indices of all rings back to back, shape (k,); ring i is ``ring_vertices[ring_start[i]:ring_start[i + 1]]``,
        not closed (first vertex not repeated), so ``ring_start`` has shape (r + 1,).
    ring_surface
        Surface of each ring, shape (r,), ascending; the first ring of a surface is its outer one, the others are holes.
    surface_kind
        A `SurfaceKind` per surface, shape (s,), uint8.
    surface_object
        Row of the object (building) each surface belongs to, shape (s,), ascending.
    """

    origin: FloatArray
    vertices: FloatArray
    triangles: IntArray
    triangle_surface: IntArray
    ring_vertices: IntArray
    ring_start: IntArray
    ring_surface: IntArray
    surface_kind: ByteArray
    surface_object: IntArray

    def __post_init__(self) -> None:
        """Freeze the arrays: what all visitors share cannot be changed by one."""
        for name in self.__dataclass_fields__:
            getattr(self, name).flags.writeable = False

    @property
    def n_surfaces(self) -> int:
        """How many surfaces."""
        return len(self.surface_kind)

    @property
    def n_triangles(self) -> int:
        """How many triangles."""
        return len(self.triangles)

    def triangle_corners(self) -> FloatArray:
        """Corners of all triangles, shape (m, 3, 3). [m from origin]"""
        return self.vertices[self.triangles]

    def triangle_object(self) -> IntArray:
        """Object row of each triangle, shape (m,)."""
        return self.surface_object[self.triangle_surface]

    def object_corners(self, row: int) -> FloatArray:
        """Corners of the triangles of one object, shape (n, 3), a corner as often as triangles meet there. [m from origin]"""
        corners: FloatArray = self.vertices[self.triangles[self.triangle_object() == row].ravel()]
        return corners

    def surface_normals(self) -> FloatArray:
        """Unit outward normal of each surface, shape (s, 3); zeros where a surface has no area.

        The sum of the cross products of a surface's triangles: Newell's normal, free of the choice of triangulation.
        """
        corners = self.triangle_corners()
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal = np.stack(
            [np.bincount(self.triangle_surface, weights=cross[:, axis], minlength=self.n_surfaces) for axis in range(3)], axis=1
        )
        length = np.linalg.norm(normal, axis=1, keepdims=True)
        unit: FloatArray = np.divide(normal, length, out=np.zeros(normal.shape), where=length > 0)
        return unit

    def surface_areas(self) -> FloatArray:
        """Area of each surface, shape (s,). [m²]"""
        corners = self.triangle_corners()
        area = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        return np.bincount(self.triangle_surface, weights=area, minlength=self.n_surfaces).astype(np.float64, copy=False)

    def object_volumes(self, n_objects: int) -> FloatArray:
        """Enclosed volume of each object, shape (n_objects,). [m³]

        The divergence theorem: a sixth of the sum of the triple products of its triangles' corners, taken from a corner of the
        object itself so that large coordinates do not cancel. Only meaningful for closed, outward oriented shells.
        """
        corners = self.triangle_corners()
        owner = self.triangle_object()
        first = np.zeros((n_objects, 3))
        first[owner[::-1]] = corners[::-1, 0]
        shifted = corners - first[owner][:, None, :]
        signed = np.einsum("ij,ij->i", shifted[:, 0], np.cross(shifted[:, 1], shifted[:, 2])) / 6.0
        return np.bincount(owner, weights=signed, minlength=n_objects).astype(np.float64, copy=False)

    def surface_rings(self, surface: int) -> list[FloatArray]:
        """The rings of one surface, outer first, each of shape (n, 3). [m from origin]"""
        lo, hi = np.searchsorted(self.ring_surface, [surface, surface + 1])
        return [self.vertices[self.ring_vertices[self.ring_start[i] : self.ring_start[i + 1]]] for i in range(lo, hi)]

    @staticmethod
    def empty(origin: FloatArray | None = None) -> Mesh:
        """A mesh without surfaces."""
        return Mesh(
            origin=np.zeros(3) if origin is None else np.array(origin, dtype=np.float64),
            vertices=np.zeros((0, 3)),
            triangles=np.zeros((0, 3), dtype=np.int32),
            triangle_surface=np.zeros(0, dtype=np.int32),
            ring_vertices=np.zeros(0, dtype=np.int32),
            ring_start=np.zeros(1, dtype=np.int32),
            ring_surface=np.zeros(0, dtype=np.int32),
            surface_kind=np.zeros(0, dtype=np.uint8),
            surface_object=np.zeros(0, dtype=np.int32),
        )


def subset(mesh: Mesh, keep: BoolArray) -> Mesh:
    """The surfaces of the objects that are kept; object rows keep their numbers.

    Parameters
    ----------
    keep
        One flag per object row, shape (n_objects,).
    """
    surface_kept = keep[mesh.surface_object]
    new_surface = np.cumsum(surface_kept, dtype=np.int32) - 1
    ring_kept = surface_kept[mesh.ring_surface]
    lengths = np.diff(mesh.ring_start)
    ring_vertices = mesh.ring_vertices[np.repeat(ring_kept, lengths)]
    triangle_kept = surface_kept[mesh.triangle_surface]
    triangles = mesh.triangles[triangle_kept]
    used = np.zeros(len(mesh.vertices), dtype=bool)
    used[ring_vertices] = True
    used[triangles.ravel()] = True
    new_vertex = np.cumsum(used, dtype=np.int32) - 1
    return Mesh(
        origin=mesh.origin.copy(),
        vertices=mesh.vertices[used],
        triangles=new_vertex[triangles].astype(np.int32),
        triangle_surface=new_surface[mesh.triangle_surface[triangle_kept]],
        ring_vertices=new_vertex[ring_vertices].astype(np.int32),
        ring_start=np.concatenate([[0], np.cumsum(lengths[ring_kept])]).astype(np.int32),
        ring_surface=new_surface[mesh.ring_surface[ring_kept]],
        surface_kind=mesh.surface_kind[surface_kept],
        surface_object=mesh.surface_object[surface_kept],
    )
