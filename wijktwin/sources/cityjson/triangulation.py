"""Surfaces to triangles."""

from __future__ import annotations

from typing import Final

import mapbox_earcut
import numpy as np

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.boundaries import IndexArray
from wijktwin.sources.cityjson.ears import cut_ears
from wijktwin.sources.cityjson.surfaces import Surfaces

SMALLEST_NORMAL: Final = 1e-9
"""Surfaces whose Newell normal is shorter have no area worth drawing. [m²]"""
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


def _earcut(surfaces: Surfaces, chosen: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Earcut for each chosen face."""
    triangles: list[IndexArray] = []
    owners: list[IndexArray] = []
    for surface in chosen:
        first_ring, last_ring = surfaces.surface_start[surface], surfaces.surface_start[surface + 1]
        lo, hi = surfaces.ring_start[first_ring], surfaces.ring_start[last_ring]
        flat = in_plane(surfaces.corner[lo:hi], surfaces.normal[surface])
        ends = (surfaces.ring_start[first_ring + 1 : last_ring + 1] - lo).astype(np.uint32)
        found = mapbox_earcut.triangulate_float64(flat, ends).reshape(-1, 3).astype(np.int64)
        a, b, c = flat[found[:, 0]], flat[found[:, 1]], flat[found[:, 2]]
        turned = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        found[turned < 0] = found[turned < 0][:, ::-1]
        found = found[turned != 0] + lo
        triangles.append(found)
        owners.append(np.full(len(found), surface))
    if not triangles:
        return np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(triangles), np.concatenate(owners)


def in_plane(points: FloatArray, normal: FloatArray) -> FloatArray:
    """Points in a plane's own two axes, shape (n, 2), seen from where the normal points. [m]"""
    unit = normal / np.linalg.norm(normal)
    helper = np.zeros(3)
    helper[np.argmin(np.abs(unit))] = 1.0
    u = np.cross(helper, unit)
    u /= np.linalg.norm(u)
    v = np.cross(unit, u)
    return np.ascontiguousarray((points - points[0]) @ np.column_stack([u, v]))
