"""Surfaces with coordinates: rings without repeated points, normals, areas and flatness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wijktwin.model.mesh import ByteArray, FloatArray
from wijktwin.sources.cityjson.boundaries import FlatBoundaries
from wijktwin.sources.cityjson.measures import ring_normals
from wijktwin.sources.cityjson.segments import IndexArray


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Surfaces of many shells; every ring has at least three different points, the first ring of a surface is its outer one.

    Parameters
    ----------
    vertex
        Vertex index of each corner, all rings back to back, shape (k,).
    corner
        Coordinates of each corner, shape (k, 3). [m from origin]
    ring_start
        First corner of each ring, and k, shape (r + 1,).
    surface_start
        First ring of each surface, and r, shape (s + 1,).
    shell_of
        Shell of each surface, shape (s,), ascending.
    kind
        A `SurfaceKind` per surface, shape (s,).
    normal
        Newell's normal of the outer ring: outward for a face that runs counter-clockwise seen from outside; its length is
        twice the area within the outer ring, shape (s, 3). [m²]
    n_dropped
        Surfaces per shell that had fewer than three different points, shape (h,).
    """

    vertex: IndexArray
    corner: FloatArray
    ring_start: IndexArray
    surface_start: IndexArray
    shell_of: IndexArray
    kind: ByteArray
    normal: FloatArray
    n_dropped: IndexArray

    @property
    def ring_sizes(self) -> IndexArray:
        """Corners per ring."""
        return np.diff(self.ring_start)

    @property
    def surface_corner(self) -> IndexArray:
        """First corner of each surface, and k, shape (s + 1,)."""
        return self.ring_start[self.surface_start]

    @property
    def following(self) -> IndexArray:
        """Position of the next corner of the same ring, shape (k,)."""
        following = np.arange(1, len(self.vertex) + 1)
        following[self.ring_start[1:] - 1] = self.ring_start[:-1]
        return following

    @property
    def corner_surface(self) -> IndexArray:
        """Surface of each corner."""
        return np.repeat(np.arange(len(self.kind)), np.diff(self.surface_corner))


def surfaces_of(flat: FlatBoundaries, coordinates: FloatArray) -> Surfaces:
    """Surfaces with coordinates: repeated points taken out, holes turned against their outer ring.

    Parameters
    ----------
    coordinates
        Of all vertices, shape (n, 3), finite. [m from origin]
    """
    n_shells = len(flat.shell_sizes)
    surface_shell = np.repeat(np.arange(n_shells), flat.shell_sizes)
    ring_surface = np.repeat(np.arange(len(surface_shell)), flat.surface_sizes)
    ring_is_outer = np.zeros(len(ring_surface), dtype=bool)
    ring_is_outer[(np.cumsum(flat.surface_sizes) - flat.surface_sizes)[flat.surface_sizes > 0]] = True

    vertex, sizes = _without_repeats(flat.indices, flat.ring_sizes, coordinates)
    usable = sizes >= 3
    surface_usable = np.zeros(len(surface_shell), dtype=bool)
    surface_usable[ring_surface[usable & ring_is_outer]] = True
    n_dropped = np.bincount(surface_shell[~surface_usable], minlength=n_shells).astype(np.int64)
    ring_kept = usable & surface_usable[ring_surface]
    if not ring_kept.all():
        vertex = vertex[np.repeat(ring_kept, sizes)]
        sizes, ring_surface = sizes[ring_kept], ring_surface[ring_kept]
    new_surface = np.cumsum(surface_usable) - 1
    n_surfaces = int(surface_usable.sum())

    ring_start = _starts(sizes)
    surface_start = _starts(np.bincount(new_surface[ring_surface], minlength=n_surfaces))
    corner = coordinates[vertex]
    ring_normal = ring_normals(corner, ring_start)
    normal = ring_normal[surface_start[:-1]]
    if len(sizes) > n_surfaces:
        _turn_holes(vertex, corner, ring_start, surface_start, ring_normal)
    return Surfaces(
        vertex=vertex,
        corner=corner,
        ring_start=ring_start,
        surface_start=surface_start,
        shell_of=surface_shell[surface_usable],
        kind=flat.surface_kind[surface_usable],
        normal=normal,
        n_dropped=n_dropped,
    )


def sums(owner: IndexArray, values: FloatArray, n_owners: int) -> FloatArray:
    """Sum of the values of each owner, shape (n_owners,)."""
    return np.bincount(owner, weights=values, minlength=n_owners).astype(np.float64, copy=False)


def _without_repeats(vertex: IndexArray, sizes: IndexArray, coordinates: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Rings without points that lie where the next one lies (a ring that repeats its first point at its end included)."""
    if not len(vertex):
        return vertex, sizes
    filled = sizes > 0
    ends = np.cumsum(sizes)[filled]
    following = np.arange(1, len(vertex) + 1)
    following[ends - 1] = ends - sizes[filled]
    after = vertex[following]
    same = vertex == after
    same |= (coordinates[vertex] == coordinates[after]).all(axis=1)
    if not same.any():
        return vertex, sizes
    ring = np.repeat(np.arange(len(sizes)), sizes)
    return vertex[~same], np.bincount(ring[~same], minlength=len(sizes)).astype(np.int64)


def _turn_holes(vertex: IndexArray, corner: FloatArray, ring_start: IndexArray, surface_start: IndexArray, ring_normal: FloatArray) -> None:
    """Turn holes that run the same way round as their outer ring, in place."""
    surface = np.repeat(np.arange(len(surface_start) - 1), np.diff(surface_start))
    outer = surface_start[:-1][surface]
    same_way = np.einsum("ij,ij->i", ring_normal, ring_normal[outer]) > 0
    same_way[surface_start[:-1]] = False
    for ring in np.flatnonzero(same_way):
        lo, hi = ring_start[ring], ring_start[ring + 1]
        vertex[lo:hi] = vertex[lo:hi][::-1].copy()
        corner[lo:hi] = corner[lo:hi][::-1].copy()


def _starts(sizes: IndexArray) -> IndexArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
