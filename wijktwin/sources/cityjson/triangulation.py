"""Surfaces to triangles: fans where a face allows it, earcut for the rest."""

from __future__ import annotations

import mapbox_earcut
import numpy as np

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.boundaries import IndexArray
from wijktwin.sources.cityjson.surfaces import Surfaces

LARGEST_FAN = 12
"""Faces with more corners go to earcut at once: trying every corner as the centre of a fan would cost more."""


def triangulate(surfaces: Surfaces) -> tuple[IndexArray, IndexArray]:
    """Triangles of all surfaces that have an area.

    A face without holes that one of its corners sees wholly becomes a fan round that corner; every other face is cut by
    earcut (https://github.com/mapbox/earcut.hpp) in the plane of its Newell normal. Both keep the direction of the face.

    Returns
    -------
    triangles
        Positions in ``surfaces.corner``, shape (m, 3).
    surface
        Surface of each triangle, shape (m,), ascending.
    """
    sizes = surfaces.ring_sizes[surfaces.surface_start[:-1]]
    is_plain = np.diff(surfaces.surface_start) == 1
    has_area = np.einsum("ij,ij->i", surfaces.normal, surfaces.normal) > 1e-18
    start = surfaces.ring_start[surfaces.surface_start[:-1]]
    todo = has_area.copy()
    triangles: list[IndexArray] = []
    owners: list[IndexArray] = []
    for size in range(3, LARGEST_FAN + 1):
        chosen = np.flatnonzero(todo & is_plain & (sizes == size))
        if len(chosen):
            done, fans = _fans(surfaces.corner, start[chosen], surfaces.normal[chosen], size)
            triangles.append(fans.reshape(-1, 3))
            owners.append(np.repeat(chosen[done], size - 2))
            todo[chosen[done]] = False
    rest, rest_owner = _earcut(surfaces, np.flatnonzero(todo))
    triangle = np.concatenate([*triangles, rest]) if triangles else rest
    owner = np.concatenate([*owners, rest_owner]) if owners else rest_owner
    order = np.argsort(owner, kind="stable")
    return triangle[order], owner[order]


def _fans(corner: FloatArray, start: IndexArray, normal: FloatArray, size: int) -> tuple[IndexArray, IndexArray]:
    """Fans for the faces of one size that have one.

    Returns
    -------
    done
        Which of the faces, ascending.
    fans
        Their triangles, shape (len(done), size - 2, 3), positions in ``corner``.
    """
    n_faces = len(start)
    centre = np.full(n_faces, -1)
    points = corner[start[:, None] + np.arange(size)]
    open_faces = np.arange(n_faces)
    smallest = 1e-9 * np.einsum("ij,ij->i", normal, normal)
    for first in range(size):
        order = (first + np.arange(size)) % size
        spokes = points[open_faces][:, order[1:]] - points[open_faces][:, order[:1]]
        cross = np.cross(spokes[:, :-1], spokes[:, 1:])
        turns = np.einsum("ijk,ik->ij", cross, normal[open_faces])
        sees_all = (turns > smallest[open_faces, None]).all(axis=1)
        if size > 4:
            sees_all &= _sweeps_once(spokes, turns, normal[open_faces])
        centre[open_faces[sees_all]] = first
        open_faces = open_faces[~sees_all]
        if not len(open_faces):
            break
    done = np.flatnonzero(centre >= 0)
    steps = np.arange(1, size - 1)
    first_corner = np.broadcast_to(centre[done, None], (len(done), size - 2))
    local = np.stack([first_corner, centre[done, None] + steps, centre[done, None] + steps + 1], axis=2) % size
    return done, local + start[done, None, None]


def _sweeps_once(spokes: FloatArray, turns: FloatArray, normal: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the spokes of a fan turn less than once round."""
    length = np.linalg.norm(normal, axis=1)
    along = np.einsum("ijk,ijk->ij", spokes[:, :-1], spokes[:, 1:])
    angles = np.arctan2(turns / length[:, None], along)
    swept: np.ndarray[tuple[int], np.dtype[np.bool_]] = angles.sum(axis=1) < 2 * np.pi - 1e-6
    return swept


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
