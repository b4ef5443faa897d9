"""Which rays to the sun pass through boxes: the only ones that anything inside a box can change. Compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.light import Light
from wijktwin.impacts.sunlight.places import BLOCK, Points
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.compiled import compiled

PAD: Final = 0.05
"""Boxes are widened by this, so that rounding never loses a ray. [m]"""
STEEP: Final = 1e-9
Crossings = tuple[IndexArray, IndexArray, NDArray[np.uint32]]


@dataclass(frozen=True, eq=False)
class Reach:
    """Boxes, and the blocks of points that the shadow of each can reach when the sun is lowest.

    Parameters
    ----------
    boxes
        Lowest and highest corners, widened, shape (n, 2, 3). [m from the local origin]
    blocks, begins
        Blocks back to back, and where those of each box begin, shape (n + 1,).
    floor
        Height of the lowest point. [m from the local origin]
    """

    boxes: FloatArray
    blocks: IndexArray
    begins: IndexArray
    floor: float

    @staticmethod
    def of(points: Points, boxes: FloatArray, *, lowest: float) -> Reach:
        """The reach of boxes, shape (n, 2, 3), when the sun is at its lowest. [°]"""
        widened = boxes + np.array([[-PAD], [PAD]])
        found = points.block_boxes
        floor = found[:, 0, 2].min() if len(found) else 0.0
        lists = []
        for low, high in widened:
            far = max(high[2] - floor, 0.0) / np.tan(np.radians(lowest))
            gap = np.maximum(np.maximum(low[:2] - found[:, 1, :2], found[:, 0, :2] - high[:2]), 0.0)
            lists.append(np.flatnonzero((gap**2).sum(axis=1) <= far**2))
        blocks = np.concatenate(lists) if lists else np.zeros(0, np.int64)
        return Reach(widened, blocks, np.cumsum([0, *map(len, lists)]), float(floor) - PAD)


def crossings(points: Points, light: Light, day: int, reach: Reach, *, lit: bool, step: int) -> Crossings:
    """Points and samples of one day whose rays cross any of some boxes at the sample or before the next.

    Parameters
    ----------
    lit
        Only pairs with a lit slot are wanted; else only those with a dark one.
    step
        Every so manieth slot is looked at, and the next sample.

    Returns
    -------
    sample, point, instants
        Ascending; bit i of ``instants`` says whether the ray crosses at slot i times step after the sample, the bit after the last
        of these the same of the next sample.
    """
    grid = light.grid
    rows = grid.samples_of(day)
    bounds = np.arange(rows.start, rows.stop + 1) * light.n_points
    mixed_begin = np.searchsorted(light.mixed.keys, bounds)
    mixed_point = light.mixed.keys[mixed_begin[0] : mixed_begin[-1]] % light.n_points
    sample, point, instants = _crossing(
        points.origins, points.facing, points.block_boxes, reach.boxes, reach.blocks, reach.begins, grid.towards, grid.samples[rows],
        grid.lengths[rows], grid.goes_on[rows], light.bits[rows], mixed_point, mixed_begin - mixed_begin[0], reach.floor, lit, step,
    )  # fmt: skip
    order = np.argsort(sample * light.n_points + point, kind="stable")
    return sample[order] + rows.start, point[order], instants[order]


@compiled
def _meets(low: FloatArray, high: FloatArray, x: float, y: float, z: float, per: FloatArray) -> bool:  # noqa: PLR0917
    """Whether a ray meets a box: slabs (T. L. Kay and J. T. Kajiya, Ray tracing complex scenes, SIGGRAPH 1986)."""
    a, b = (low[0] - x) * per[0], (high[0] - x) * per[0]
    near, far = min(a, b), max(a, b)
    a, b = (low[1] - y) * per[1], (high[1] - y) * per[1]
    near, far = max(near, min(a, b)), min(far, max(a, b))
    a, b = (low[2] - z) * per[2], (high[2] - z) * per[2]
    near, far = max(near, min(a, b)), min(far, max(a, b))
    return bool(far >= max(near, 0.0))


@compiled
def _longer(array: IndexArray) -> IndexArray:
    grown = np.empty(2 * len(array), dtype=array.dtype)
    grown[: len(array)] = array
    return grown


@compiled
def _crossing(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one pass over boxes, blocks and points, without anything built in between
    origins: Float32Array,
    facing: Float32Array,
    block_boxes: FloatArray,
    boxes: FloatArray,
    blocks: IndexArray,
    block_begin: IndexArray,
    towards: Float32Array,
    samples: IndexArray,
    lengths: IndexArray,
    goes_on: NDArray[np.bool_],
    bits: NDArray[np.uint8],
    mixed_point: IndexArray,
    mixed_begin: IndexArray,
    floor: float,
    lit: bool,  # noqa: FBT001
    step: int,
) -> Crossings:
    seen = np.zeros(len(origins), dtype=np.uint32)
    touched = np.empty(len(origins), dtype=np.int64)
    sample, point, instants = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int64)
    per, sun = np.empty((16, 3)), np.empty((16, 3), dtype=np.float32)
    wide_low, wide_high = np.empty(3), np.empty(3)
    n = 0
    for row in range(len(samples)):
        n_instants = 0
        for k in range(lengths[row] + (1 if goes_on[row] else 0)):
            if k % step == 0 or k == lengths[row]:
                for axis in range(3):
                    part = towards[samples[row] + k, axis]
                    sun[n_instants, axis] = part
                    if abs(part) < STEEP:
                        part = STEEP
                    per[n_instants, axis] = 1.0 / part
                n_instants += 1
        n_touched = 0
        for number in range(len(boxes)):
            low, high = boxes[number, 0], boxes[number, 1]
            west, east, south, north = low[0], high[0], low[1], high[1]  # what its shadow covers while the sun goes from first to last
            for i in range(n_instants):
                up = max(high[2] - floor, 0.0) * per[i, 2]
                west, east = min(west, low[0] - sun[i, 0] * up), max(east, high[0] - sun[i, 0] * up)
                south, north = min(south, low[1] - sun[i, 1] * up), max(north, high[1] - sun[i, 1] * up)
            for place in range(block_begin[number], block_begin[number + 1]):
                block = blocks[place]
                begin, end = block_boxes[block, 0], block_boxes[block, 1]
                if begin[0] > east or end[0] < west or begin[1] > north or end[1] < south:
                    continue
                for axis in range(3):
                    wide_low[axis] = low[axis] - block_boxes[block, 1, axis]
                    wide_high[axis] = high[axis] - block_boxes[block, 0, axis]
                reached = np.uint32(0)
                for i in range(n_instants):
                    if _meets(wide_low, wide_high, 0.0, 0.0, 0.0, per[i]):
                        reached |= np.uint32(1 << i)
                if reached == 0:
                    continue
                mixed, last = mixed_begin[row], mixed_begin[row + 1]
                mixed += np.searchsorted(mixed_point[mixed:last], block * BLOCK)
                for p in range(block * BLOCK, min((block + 1) * BLOCK, len(origins))):
                    if not (west <= origins[p, 0] <= east and south <= origins[p, 1] <= north):
                        continue
                    while mixed < last and mixed_point[mixed] < p:
                        mixed += 1
                    is_lit = ((bits[row, p >> 3] >> (p & 7)) & 1) == 1
                    if is_lit != lit and not (mixed < last and mixed_point[mixed] == p):
                        continue
                    mine = np.uint32(0)
                    for i in range(n_instants):
                        if (reached >> i) & 1 == 0:
                            continue
                        f, s = facing[p], sun[i]
                        if f[0] * s[0] + f[1] * s[1] + f[2] * s[2] > f[3] and _meets(
                            low, high, origins[p, 0], origins[p, 1], origins[p, 2], per[i]
                        ):
                            mine |= np.uint32(1 << i)
                    if mine != 0:
                        if seen[p] == 0:
                            touched[n_touched] = p
                            n_touched += 1
                        seen[p] |= mine
        for at in range(n_touched):
            if n == len(sample):
                sample, point, instants = _longer(sample), _longer(point), _longer(instants)
            sample[n], point[n], instants[n] = row, touched[at], seen[touched[at]]
            seen[touched[at]] = 0
            n += 1
    return sample[:n], point[:n], instants[:n].astype(np.uint32)
