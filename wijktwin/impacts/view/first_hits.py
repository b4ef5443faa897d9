"""What each line of sight meets first, today and when solids go and others come.

A line is asked again only where what it met goes; what comes is asked only for lines that cross its boxes. Both give bit for bit
what asking everything again gives: today's solids and those that come stay in scenes of their own, and in Embree's robust mode the
distance to a triangle does not depend on what else is in the scene.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import LIT, Float32Array, embree_scene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.directions import Directions, Field, frames
from wijktwin.impacts.view.loops import crossing_lines
from wijktwin.model.mesh import BoolArray

OwnerArray = NDArray[np.int32]
NOTHING: Final = -1
"""Owner of what a line without end meets."""
CHUNK: Final = 2**16
"""Lines that are asked together, about."""
SLACK: Final = 0.01
"""Boxes are taken this much larger: a line that grazes one is asked. [m]"""


class SightScene:
    """Solids that lines of sight may meet; safe to ask from several threads."""

    def __init__(self, solids: Solids) -> None:
        self.solids = solids
        self._scene = embree_scene(solids.corners)

    def nearest(self, origins: Float32Array, towards: Float32Array) -> tuple[Float32Array, OwnerArray]:
        """How far the first solid is along each line and which it is, each of shape (n,); infinite and `NOTHING` where none is. [m]"""
        if self._scene is None or not len(origins):
            return np.full(len(origins), np.inf, np.float32), np.full(len(origins), NOTHING, np.int32)
        found = self._scene.run(origins, towards, output=1)
        triangle = found["primID"]
        met = triangle >= 0
        distance = np.where(met, found["tfar"], np.float32(np.inf)).astype(np.float32)
        owner = np.where(met, self.solids.owner[np.maximum(triangle, 0)], NOTHING).astype(np.int32)
        return distance, owner

    def is_hidden(self, origins: Float32Array, towards: Float32Array, distance: Float32Array) -> BoolArray:
        """Whether anything stands on each line before a distance, shape (n,)."""
        if self._scene is None or not len(origins):
            return np.zeros(len(origins), dtype=np.bool_)
        far = np.ascontiguousarray(distance, dtype=np.float32)
        found: BoolArray = self._scene.run(origins, towards, dists=far, query="OCCLUDED") != LIT
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """From where one looks, and which ways."""

    points: Points
    directions: Directions

    def lines(self, rows: IndexArray) -> tuple[Float32Array, Float32Array]:
        """All lines of some points one after the other: where they begin and where they go, each of shape (n, 3)."""
        towards = self.directions.towards(self.points.taken(rows)).reshape(-1, 3)
        return np.repeat(self.points.origins[rows], self.directions.count, axis=0), towards


@dataclass(frozen=True, eq=False)
class FirstHits:
    """What lines of sight from points meet first.

    Parameters
    ----------
    distance
        Shape (n_points, n_directions), infinite where they meet nothing. [m]
    owner
        Solid that is met, same shape; `NOTHING` where none is. What plans add counts on from the number of solids of today.
    """

    distance: Float32Array
    owner: OwnerArray

    def n_different(self, other: FirstHits, *, n_solids: int) -> int:
        """How many lines end at another distance, to the last bit, or at something else: nothing, today's, or one thing of a plan.

        Which of two of today's solids that touch at one distance is met means nothing.
        """
        far = self.distance.view(np.uint32) != other.distance.view(np.uint32)
        one, two = (np.where((each >= 0) & (each < n_solids), 0, each) for each in (self.owner, other.owner))
        return int((far | (one != two)).sum())


def first_hits(sight: Sight, solids: Solids, *, n_threads: int = 2) -> FirstHits:
    """What lines of sight meet first among some solids, asked from the beginning."""
    scene = SightScene(solids)
    shape = (len(sight.points), sight.directions.count)
    distance, owner = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int32)

    def one(rows: IndexArray) -> None:
        near, which = scene.nearest(*sight.lines(rows))
        distance[rows], owner[rows] = near.reshape(len(rows), -1), which.reshape(len(rows), -1)

    each_chunk(sight, np.arange(len(sight.points)), one, n_threads=n_threads)
    return FirstHits(distance, owner)


def with_changes(
    sight: Sight, hits: FirstHits, solids: Solids, gone: BoolArray, added: Solids, *, left: SightScene | None = None, n_threads: int = 2
) -> FirstHits:
    """The same lines when some solids go and others come.

    Parameters
    ----------
    hits
        As it is now.
    solids
        Everything that stands now.
    gone
        Which of them go, shape (n_solids,).
    added
        What comes.
    left
        What stays, where somebody has made a scene of it already.
    """
    if not gone.any() and not len(added.corners):
        return hits
    after = FirstHits(hits.distance.copy(), hits.owner.copy())
    if gone.any():
        _ask_again(sight, after, gone, lambda: left or SightScene(without(solids, gone)), n_threads=n_threads)
    if len(added.corners):
        _add(sight, after, added, first=solids.n_solids, n_threads=n_threads)
    return after


def computed_again(sight: Sight, solids: Solids, gone: BoolArray, added: Solids, *, n_threads: int = 2) -> FirstHits:
    """The same as `with_changes` from the beginning, from nothing that is kept."""
    left = first_hits(sight, without(solids, gone), n_threads=n_threads)
    new = first_hits(sight, added, n_threads=n_threads)
    return nearest_of(left, new, n_solids=solids.n_solids)


def nearest_of(left: FirstHits, added: FirstHits, *, n_solids: int) -> FirstHits:
    """What is met first of what stays and of what comes; what comes has numbers from ``n_solids`` on."""
    nearer = added.distance < left.distance
    return FirstHits(np.where(nearer, added.distance, left.distance), np.where(nearer, added.owner + n_solids, left.owner))


def without(solids: Solids, gone: BoolArray) -> Solids:
    """The solids that stay; their numbers stay the same."""
    keep = ~gone[solids.owner]
    return Solids(solids.corners[keep], solids.owner[keep], solids.n_solids)


def each_chunk(sight: Sight, rows: IndexArray, one: Callable[[IndexArray], None], *, n_threads: int) -> None:
    """Work on some points, as many at a time as there is room for."""
    work = list(_chunks(rows, max(1, CHUNK // max(1, sight.directions.count))))
    if n_threads == 1 or len(work) < 2:
        for piece in work:
            one(piece)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(one, work))


def _chunks(rows: IndexArray, size: int) -> Iterator[IndexArray]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def _ask_again(sight: Sight, after: FirstHits, gone: BoolArray, left: Callable[[], SightScene], *, n_threads: int) -> None:
    """Lines that met what goes, among what stays."""
    met = (after.owner >= 0) & gone[np.maximum(after.owner, 0)]
    rows = np.flatnonzero(met.any(axis=1))
    if not len(rows):
        return
    scene = left()

    def one(piece: IndexArray) -> None:
        some = sight.points.taken(piece)
        at, way = np.nonzero(met[piece])
        found = scene.nearest(some.origins[at], sight.directions.towards_pairs(some, at, way))
        after.distance[piece[at], way], after.owner[piece[at], way] = found

    each_chunk(sight, rows, one, n_threads=n_threads)


def _add(sight: Sight, after: FirstHits, added: Solids, *, first: int, n_threads: int) -> None:
    """What comes, in front of what stands."""
    scene, points, n_ways = SightScene(added), sight.points, sight.directions.count
    there = np.isfinite(added.boxes[:, 0, 0])
    boxes = np.ascontiguousarray(added.boxes[there] + np.array([[-SLACK] * 3, [SLACK] * 3]))
    all_round = sight.directions.field is Field.ALL_ROUND
    rows = np.arange(len(points)) if all_round else np.flatnonzero(_in_front(points, boxes))

    def one(piece: IndexArray) -> None:
        some = points.taken(piece)
        above, ways = sight.directions.above(some), sight.directions.ways
        line = crossing_lines(some.origins, frames(some.normals), above, ways, boxes, after.distance[piece])
        at, way = np.divmod(line, n_ways)
        near, which = scene.nearest(some.origins[at], sight.directions.towards_pairs(some, at, way))
        nearer = near < after.distance[piece[at], way]
        at, way = piece[at[nearer]], way[nearer]
        after.distance[at, way], after.owner[at, way] = near[nearer], which[nearer] + first

    each_chunk(sight, rows, one, n_threads=n_threads)


def _in_front(points: Points, boxes: NDArray[np.float64]) -> BoolArray:
    """Which points have a part of one of some boxes in front of their surface, shape (n_points,)."""
    found = np.zeros(len(points), dtype=np.bool_)
    for low, high in boxes:
        farthest = np.where(points.normals > 0.0, high, low)
        found |= ((farthest - points.positions) * points.normals).sum(axis=1) > 0.0
    return found
