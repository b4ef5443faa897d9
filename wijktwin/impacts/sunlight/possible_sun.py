"""When the sun can reach points: every sample of every point, and each change between two samples to 40 seconds.

Where a point is lit at one sample and not at the next, the change is sought by halving on the shared slots. What comes and goes
wholly between two samples is not seen here; where a plan stands in the way, `incremental` looks every two minutes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.light import Light, MaskArray
from wijktwin.impacts.sunlight.loops import facing_points, facing_sun
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.suns import IndexArray, SunGrid
from wijktwin.model.mesh import BoolArray

CHUNK: Final = 2**16
"""Points that are taken together: their origins fit the cache of a processor. A multiple of 8, for bits are packed."""

Found = tuple[IndexArray, IndexArray, MaskArray]
Lit = Callable[[IndexArray, IndexArray], BoolArray]
Tell = Callable[[float], None]
"""Told which share is done, from 0 to 1, from any thread."""


def possible_sun(points: Points, scene: RayScene, grid: SunGrid, *, n_threads: int = 2, tell: Tell | None = None) -> Light:
    """When the sun reaches points.

    Parameters
    ----------
    points
        In Morton order (`places.morton_order`), those on the ground together: any other order gives the same, slower.
    scene
        Everything that casts shadow.
    n_threads
        How many pieces are computed at once; the answer does not depend on it.
    tell
        Told before every piece; what it raises ends the computation.
    """
    bits = np.zeros((grid.n_samples, -(-len(points) // 8)), dtype=np.uint8)
    work = [(day, begin) for day in range(len(grid.days)) for begin in range(0, len(points), CHUNK)]

    begun = itertools.count()

    def one(piece: tuple[int, int]) -> Found:
        if tell is not None:
            tell(next(begun) / len(work))
        day, begin = piece
        rows = grid.samples_of(day)
        lit = _sampled(points, scene, grid, rows, begin)
        bits[rows, begin // 8 : begin // 8 + -(-lit.shape[1] // 8)] = np.packbits(lit, axis=1, bitorder="little")
        row, point = np.nonzero((lit[:-1] != lit[1:]) & _has_between(grid, rows)[:, None])
        sample, state = row + rows.start, lit[row, point]
        return refined(sample, point + begin, state, grid, lambda p, slot: is_lit(points, scene, grid, p, slot))

    with ThreadPoolExecutor(n_threads) as pool:
        found = list(pool.map(one, work)) if n_threads > 1 else [one(piece) for piece in work]
    return Light.of(grid, len(points), bits, found)


def is_lit(points: Points, scene: RayScene, grid: SunGrid, point: IndexArray, slot: IndexArray) -> BoolArray:
    """Whether the sun of each slot reaches each point, shape (n,); one ray each, if the sun is in front at all."""
    towards = grid.towards[slot]
    lit = facing_sun(points.facing, point, towards)
    front = np.flatnonzero(lit)
    lit[front] = ~scene.is_occluded(points.origins[point[front]], towards[front])
    return lit


def refined(sample: IndexArray, point: IndexArray, state: BoolArray, grid: SunGrid, lit: Lit) -> Found:
    """The slots between samples at which points change, by halving.

    Parameters
    ----------
    sample, point
        Points that are in another state at the next sample, shape (n,).
    state
        Their state at this one, shape (n,).
    lit
        Gives the state of points at slots.

    Returns
    -------
    sample, point, mask
        Those that change before the last slot, with bit k set where slot k after the sample is lit.
    """
    begin, length = grid.samples[sample], grid.lengths[sample]
    _, change = halved(begin, np.zeros_like(length), length, point=point, state=state, lit=lit)
    mask = masks_until(change, length, state)
    keep = change < length
    return sample[keep], point[keep], mask[keep]


def halved(
    begin: IndexArray, low: IndexArray, high: IndexArray, *, point: IndexArray, state: BoolArray, lit: Lit
) -> tuple[IndexArray, IndexArray]:
    """Neighbouring slots between which the state changes, counted from ``begin``; it is ``state`` at low and not so at high."""
    low, high = low.copy(), high.copy()
    while len(busy := np.flatnonzero(high - low > 1)):
        middle = (low[busy] + high[busy]) // 2
        same = lit(point[busy], begin[busy] + middle) == state[busy]
        low[busy[same]] = middle[same]
        high[busy[~same]] = middle[~same]
    return low, high


def masks_until(change: IndexArray, length: IndexArray, state: BoolArray) -> MaskArray:
    """Slots that are lit when the state changes at one of them, as bits."""
    first, whole = (1 << change) - 1, (1 << length) - 1
    return np.where(state, first, whole ^ first).astype(np.uint16)


def _sampled(points: Points, scene: RayScene, grid: SunGrid, rows: slice, begin: int) -> NDArray[np.bool_]:
    """Whether points of one chunk are lit at the samples of one day, shape (n_rows, n): one sun at a time."""
    origins, facing = points.origins[begin : begin + CHUNK], points.facing[begin : begin + CHUNK]
    lit = np.zeros((rows.stop - rows.start, len(origins)), dtype=np.bool_)
    all_see_the_sky = bool((facing[:, 2] == 1.0).all() and (facing[:, 3] == 0.0).all())
    for row, slot in _numbered(grid, rows):
        towards = grid.towards[slot : slot + 1]
        if all_see_the_sky:
            np.logical_not(scene.is_occluded(origins, towards), out=lit[row])
        else:
            front = facing_points(facing, towards[0])
            lit[row, front] = ~scene.is_occluded(origins[front], towards)
    return lit


def _numbered(grid: SunGrid, rows: slice) -> Iterator[tuple[int, int]]:
    return enumerate(grid.samples[rows].tolist())


def _has_between(grid: SunGrid, rows: slice) -> BoolArray:
    """Whether there are slots between each sample of a day and the next, shape (n_rows - 1,)."""
    between: BoolArray = (grid.goes_on & (grid.lengths > 1))[rows][:-1]
    return between
