"""Surfaces to triangles."""

from __future__ import annotations

from typing import Final

import mapbox_earcut
import numpy as np

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.ears import cut_ears
from wijktwin.sources.cityjson.measures import ring_normals
from wijktwin.sources.cityjson.segments import IndexArray, positions
from wijktwin.sources.cityjson.surfaces import Surfaces, sums

SMALLEST_NORMAL: Final = 1e-9
"""Surfaces whose Newell normal is shorter have no area worth drawing. [m²]"""
CROSSING_SHARE: Final = 1e-3
CROSSING_AREA: Final = 0.001
"""Rings cross when the area of their triangles is off by more than this share of the face and this many m²; bent faces are off by less."""
LARGEST_CUT: Final = 256
"""Faces with more corners go to earcut at once: it keeps a spatial index, ear cutting looks at all corners each time."""


def triangulate(surfaces: Surfaces) -> tuple[IndexArray, IndexArray]:
    """Triangles of all surfaces that have an area, in the direction of their surface.

    Small faces without holes are cut by `ears`; faces with holes, large ones, and those that cross themselves by earcut
    (https://github.com/mapbox/earcut.hpp) in the plane of their Newell normal.

    Returns
    -------
    triangles
        Positions in ``surfaces.corner``, shape (m, 3).
    surface
        Surface of each triangle, shape (m,), ascending.
    """
    first = surfaces.surface_start[:-1]
    sizes = surfaces.ring_sizes[first]
    has_area = np.einsum("ij,ij->i", surfaces.normal, surfaces.normal) > SMALLEST_NORMAL**2
    small = np.flatnonzero(has_area & (np.diff(surfaces.surface_start) == 1) & (sizes <= LARGEST_CUT))
    triangles, is_cut = cut_ears(surfaces.corner, surfaces.ring_start[first[small]], sizes[small], surfaces.normal[small])
    owner = np.repeat(small, sizes[small] - 2)
    if not is_cut.all():
        keep = np.repeat(is_cut, sizes[small] - 2)
        triangles, owner = triangles[keep], owner[keep]
    done = np.zeros(len(sizes), dtype=bool)
    done[small[is_cut]] = True
    rest = np.flatnonzero(has_area & ~done)
    if not len(rest):
        return triangles, owner
    more, more_owner = _earcut(surfaces, rest)
    triangles, owner = np.concatenate([triangles, more]), np.concatenate([owner, more_owner])
    order = np.argsort(owner, kind="stable")
    return triangles[order], owner[order]


def crossing(surfaces: Surfaces, triangles: IndexArray, triangle_surface: IndexArray) -> IndexArray:
    """Surfaces whose rings cross themselves or each other: their triangles cover another area than their rings enclose.

    Only faces that `ears` could not cut are looked at: what it cuts wholly does not cross itself.
    """
    sizes = np.bincount(triangle_surface, minlength=len(surfaces.kind))
    first = surfaces.surface_start[:-1]
    plain = np.diff(surfaces.surface_start) == 1
    doubtful = (sizes > 0) & ~(plain & (sizes == surfaces.ring_sizes[first] - 2) & (surfaces.ring_sizes[first] <= LARGEST_CUT))
    chosen = np.flatnonzero(doubtful[triangle_surface])
    if not len(chosen):
        return np.zeros(0, dtype=np.int64)
    corners = surfaces.corner[triangles[chosen]]
    covered = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    area = sums(triangle_surface[chosen], covered, len(sizes)) / 2.0
    rings = np.linalg.norm(ring_normals(surfaces.corner, surfaces.ring_start), axis=1) / 2.0
    enclosed = 2.0 * rings[first] - np.add.reduceat(rings, first)  # the outer ring without its holes
    return np.flatnonzero(doubtful & (np.abs(area - enclosed) > CROSSING_SHARE * rings[first] + CROSSING_AREA))


def _earcut(surfaces: Surfaces, chosen: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Earcut for each chosen face."""
    first, last = surfaces.surface_start[chosen], surfaces.surface_start[chosen + 1]
    low = surfaces.ring_start[first]
    sizes = surfaces.ring_start[last] - low
    corners = positions(low, sizes)
    flat = in_planes(surfaces.corner[corners], surfaces.corner[np.repeat(low, sizes)], np.repeat(chosen, sizes), surfaces.normal)
    rings = positions(first, last - first)
    ends = (surfaces.ring_start[rings + 1] - np.repeat(low, last - first)).astype(np.uint32)
    corner_ends, ring_ends = np.cumsum(sizes).tolist(), np.cumsum(last - first).tolist()
    found = []
    corner = ring = 0
    for corner_end, ring_end in zip(corner_ends, ring_ends, strict=True):
        found.append(mapbox_earcut.triangulate_float64(flat[corner:corner_end], ends[ring:ring_end]))
        corner, ring = corner_end, ring_end
    counts = np.array([len(one) // 3 for one in found])
    triangles = np.concatenate(found).reshape(-1, 3).astype(np.int64) + np.repeat(np.cumsum(sizes) - sizes, counts)[:, None]
    owner = np.repeat(chosen, counts)
    a, b, c = (flat[triangles[:, side]] for side in range(3))
    turned = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[turned < 0] = triangles[turned < 0][:, ::-1]
    has_area = turned != 0
    return corners[triangles[has_area]], owner[has_area]


def in_planes(points: FloatArray, corners: FloatArray, surface: IndexArray, normals: FloatArray) -> FloatArray:
    """Points in the two axes of their surface's plane, shape (n, 2), seen from where its normal points. [m]

    Parameters
    ----------
    points, corners
        The points and, for each, some corner of its surface to count from, shape (n, 3). [m]
    surface
        Surface of each point, shape (n,).
    normals
        Normal of every surface, shape (s, 3).
    """
    unit = normals[surface] / np.linalg.norm(normals[surface], axis=1)[:, None]
    helper = np.zeros_like(unit)
    helper[np.arange(len(unit)), np.argmin(np.abs(unit), axis=1)] = 1.0
    u = np.cross(helper, unit)
    u /= np.linalg.norm(u, axis=1)[:, None]
    v = np.cross(unit, u)
    moved = points - corners
    return np.column_stack([np.einsum("ij,ij->i", moved, u), np.einsum("ij,ij->i", moved, v)])
