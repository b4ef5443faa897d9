"""Shells: are they closed, do their faces look outward, and how much do they hold?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sources.cityjson.boundaries import FlatBoundaries
from wijktwin.sources.cityjson.measures import shell_measures
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.cityjson.surfaces import Surfaces, sums

LARGEST_SEARCH: Final = 200_000
"""Shells with more corners than this are not searched face by face for turned faces."""


@dataclass(frozen=True, eq=False)
class Shells:
    """What is known of each shell.

    Parameters
    ----------
    is_closed
        Every edge is used as often one way as the other, after turning what had to be turned, shape (h,).
    volume
        Enclosed volume, cavities negative; of open shells the volume up to their centre, shape (h,). [m³]
    lowest, highest
        Height of the lowest and highest corner, infinite where there is none, shape (h,). [m]
    n_turned
        Surfaces that were turned round, shape (h,).
    turned
        Whether the surface is to be turned round, shape (s,).
    """

    is_closed: BoolArray
    volume: FloatArray
    lowest: FloatArray
    highest: FloatArray
    n_turned: IndexArray
    turned: BoolArray


def examine_shells(surfaces: Surfaces, triangles: IndexArray, triangle_surface: IndexArray, flat: FlatBoundaries) -> Shells:
    """Closed or not, and which surfaces look the wrong way.

    A closed shell looks outward when its signed volume is positive (a cavity: negative); one that does not is turned as a
    whole. Single faces that look against their neighbours are turned where every edge has exactly two faces.
    """
    n_shells = len(flat.shell_sizes)
    turned = np.zeros(len(surfaces.kind), dtype=bool)
    shell_surface = np.searchsorted(surfaces.shell_of, np.arange(n_shells + 1))
    shell_triangle = np.searchsorted(triangle_surface, shell_surface)
    shell_ring = surfaces.surface_start[shell_surface]
    found = shell_measures(
        surfaces.corner,
        surfaces.vertex,
        ring_start=surfaces.ring_start,
        shell_ring=shell_ring,
        triangles=triangles,
        shell_triangle=shell_triangle,
    )
    is_filled = np.diff(shell_ring) > 0
    is_closed = (found.edge_sum == 0) & is_filled
    volume = found.volume
    suspects = np.flatnonzero(~is_closed & is_filled)
    if len(suspects):
        _look_closer(surfaces, suspects, is_closed, turned)
        if turned.any():
            volume = volume - 2.0 * turned_volumes(surfaces, triangles, triangle_surface, n_shells, turned)
    wrong = np.where(flat.shell_is_inner, volume > 0, volume < 0) & (is_closed | flat.shell_is_solid)
    turned ^= wrong[surfaces.shell_of]
    return Shells(
        is_closed=is_closed,
        volume=np.where(wrong, -volume, volume),
        lowest=found.lowest,
        highest=found.highest,
        n_turned=np.bincount(surfaces.shell_of[turned], minlength=n_shells).astype(np.int64),
        turned=turned,
    )


def turned_volumes(surfaces: Surfaces, triangles: IndexArray, triangle_surface: IndexArray, n_shells: int, turned: BoolArray) -> FloatArray:
    """What the turned surfaces of each shell add to its signed volume before they are turned, from the middle of its corners. [m³]"""
    shell = surfaces.shell_of[surfaces.corner_surface]
    count = np.maximum(np.bincount(shell, minlength=n_shells), 1)
    middle = np.stack([sums(shell, surfaces.corner[:, axis], n_shells) for axis in range(3)], axis=1) / count[:, None]
    chosen = turned[triangle_surface]
    owner = surfaces.shell_of[triangle_surface[chosen]]
    corners = surfaces.corner[triangles[chosen]] - middle[owner][:, None, :]
    return sums(owner, np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6.0, n_shells)


def _look_closer(surfaces: Surfaces, suspects: IndexArray, is_closed: BoolArray, turned: BoolArray) -> None:
    """Shells that seem open: perhaps the same point has two numbers, or some faces look the wrong way. Changes in place."""
    n_shells = len(is_closed)
    corner_surface = surfaces.corner_surface
    corner_shell = surfaces.shell_of[corner_surface]
    is_suspect = np.zeros(n_shells, dtype=bool)
    is_suspect[suspects] = True
    chosen = np.flatnonzero(is_suspect[corner_shell])
    place = same_places(surfaces.corner[chosen])
    position = np.full(len(corner_shell), -1)
    position[chosen] = np.arange(len(chosen))
    following = position[surfaces.following[chosen]]
    shell = corner_shell[chosen]
    ring_start = _renumbered(surfaces.ring_start, is_suspect[corner_shell])
    shell_ring = np.searchsorted(shell[ring_start[:-1]], np.arange(n_shells + 1))
    none = np.zeros((0, 3), dtype=np.int64)
    no_triangle = np.zeros(n_shells + 1, dtype=np.int64)
    edges = shell_measures(
        surfaces.corner[chosen], place, ring_start=ring_start, shell_ring=shell_ring, triangles=none, shell_triangle=no_triangle
    )
    closed = (edges.edge_sum == 0) & is_suspect
    is_closed |= closed
    for suspect in suspects[~closed[suspects]]:
        lo, hi = np.searchsorted(shell, [suspect, suspect + 1])
        if hi - lo <= LARGEST_SEARCH:
            face = corner_surface[chosen[lo:hi]]
            flips = _inconsistent_faces(place[lo:hi], place[following[lo:hi]], face)
            if flips is not None:
                turned[flips] = True
                is_closed[suspect] = True


def crowded(surfaces: Surfaces, owner: IndexArray, wanted: BoolArray) -> IndexArray:
    """Owners that have an edge with more than two faces.

    Parameters
    ----------
    owner
        Of each surface, shape (s,).
    wanted
        Owners that are to be looked at, one flag each.
    """
    corner_owner = owner[surfaces.corner_surface]
    position = np.full(len(corner_owner), -1)
    chosen = np.flatnonzero(wanted[corner_owner])
    position[chosen] = np.arange(len(chosen))
    start = same_places(surfaces.corner[chosen])
    end = start[position[surfaces.following[chosen]]]
    edges = np.stack([corner_owner[chosen], np.minimum(start, end), np.maximum(start, end)])
    edges = edges[:, np.lexsort(edges)]
    third = (edges[:, 2:] == edges[:, :-2]).all(axis=0)
    return np.unique(edges[0, 2:][third])


def _renumbered(ring_start: IndexArray, kept: BoolArray) -> IndexArray:
    """Ring starts among the corners that are kept; rings are kept or not as a whole."""
    sizes = np.diff(ring_start)[kept[ring_start[:-1]]]
    return np.concatenate([[0], np.cumsum(sizes)])


def same_places(points: FloatArray) -> IndexArray:
    """A number for each point, equal where the points are, shape (n,)."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(points.T)
    changes = (points[order][1:] != points[order][:-1]).any(axis=1)
    number = np.empty(len(points), dtype=np.int64)
    number[order] = np.concatenate([[0], np.cumsum(changes)])
    return number


def _inconsistent_faces(start: IndexArray, end: IndexArray, face: IndexArray) -> IndexArray | None:
    """Faces to turn so that all look the same way; None where the shell is open or an edge has more than two faces.

    Parameters
    ----------
    start, end, face
        Both ends of each directed edge and the face it belongs to.
    """
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    pairs = np.stack([low[order], high[order]], axis=1)
    if len(pairs) % 2 or (pairs[0::2] != pairs[1::2]).any() or (len(pairs) > 2 and (pairs[1:-1:2] == pairs[2::2]).all(axis=1).any()):
        return None
    first, second = order[0::2], order[1::2]
    against = start[first] == start[second]  # both run the edge the same way: one of the two is turned
    neighbours: dict[int, list[tuple[int, bool]]] = {}
    for a, b, differs in zip(face[first].tolist(), face[second].tolist(), against.tolist(), strict=True):
        if a == b:
            continue
        neighbours.setdefault(a, []).append((b, differs))
        neighbours.setdefault(b, []).append((a, differs))
    side: dict[int, bool] = {}
    flips: list[int] = []
    for seed in neighbours:
        if seed in side:
            continue
        side[seed] = False
        component, queue = [seed], deque([seed])
        while queue:
            here = queue.popleft()
            for other, differs in neighbours[here]:
                wanted = side[here] ^ differs
                if other not in side:
                    side[other] = wanted
                    component.append(other)
                    queue.append(other)
                elif side[other] != wanted:
                    return None  # one-sided, like a Möbius strip
        turned = [one for one in component if side[one]]
        flips.extend(turned if 2 * len(turned) <= len(component) else [one for one in component if not side[one]])
    return np.array(sorted(flips), dtype=np.int64)
