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
        blocks, begins = _within_reach(found, widened, float(floor), float(np.tan(np.radians(lowest))))
        return Reach(widened, blocks, begins, float(floor) - PAD)


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
    sample, point, instants = _crossing(
        points.origins, points.facing, points.block_boxes, reach.boxes, reach.blocks, reach.begins, grid.towards, grid.samples[rows],
        grid.lengths[rows], grid.goes_on[rows], light.bits[rows], light.mixed.keys, mixed_begin, bounds, reach.floor, lit, step,
    )  # fmt: skip
    order = np.argsort(sample * light.n_points + point, kind="stable")
    return sample[order] + rows.start, point[order], instants[order]


@compiled
def _within_reach(block_boxes: FloatArray, boxes: FloatArray, floor: float, steepness: float) -> tuple[IndexArray, IndexArray]:
    """`Reach.blocks` and `Reach.begins`; ``steepness`` is the tangent of the lowest sun."""
    near = np.empty((len(boxes), len(block_boxes)), dtype=np.bool_)
    begins = np.zeros(len(boxes) + 1, dtype=np.int64)
    for number in range(len(boxes)):
        low, high = boxes[number, 0], boxes[number, 1]
        far = max(high[2] - floor, 0.0) / steepness
        n = 0
        for block in range(len(block_boxes)):
            begin, end = block_boxes[block, 0], block_boxes[block, 1]
            x, y = max(low[0] - end[0], begin[0] - high[0], 0.0), max(low[1] - end[1], begin[1] - high[1], 0.0)
            near[number, block] = x**2 + y**2 <= far**2
            n += near[number, block]
        begins[number + 1] = begins[number] + n
    blocks = np.empty(begins[-1], dtype=np.int64)
    for number in range(len(boxes)):
        blocks[begins[number] : begins[number + 1]] = np.flatnonzero(near[number])
    return blocks, begins


@compiled
def _meets(  # noqa: PLR0917 - numbers, so that nothing is built in the innermost loop
    west: float, south: float, bottom: float, east: float, north: float, top: float, per_x: float, per_y: float, per_z: float
) -> bool:
    """Whether a ray from the origin meets a box: slabs (T. L. Kay and J. T. Kajiya, Ray tracing complex scenes, SIGGRAPH 1986)."""
    a, b = west * per_x, east * per_x
    near, far = min(a, b), max(a, b)
    a, b = south * per_y, north * per_y
    near, far = max(near, min(a, b)), min(far, max(a, b))
    a, b = bottom * per_z, top * per_z
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
    mixed_keys: IndexArray,
    mixed_begin: IndexArray,
    first_key: IndexArray,
    floor: float,
    lit: bool,  # noqa: FBT001
    step: int,
) -> Crossings:
    seen = np.zeros(len(origins), dtype=np.uint32)
    touched = np.empty(len(origins), dtype=np.int64)
    sample, point, instants = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int64)
    per, sun = np.empty((16, 3)), np.empty((16, 3), dtype=np.float32)
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
                reached = np.uint32(0)
                for i in range(n_instants):
                    if _meets(
                        low[0] - end[0], low[1] - end[1], low[2] - end[2], high[0] - begin[0], high[1] - begin[1], high[2] - begin[2],
                        per[i, 0], per[i, 1], per[i, 2],
                    ):  # fmt: skip
                        reached |= np.uint32(1 << i)
                if reached == 0:
                    continue
                mixed, last = mixed_begin[row], mixed_begin[row + 1]
                mixed += np.searchsorted(mixed_keys[mixed:last], first_key[row] + block * BLOCK)
                for p in range(block * BLOCK, min((block + 1) * BLOCK, len(origins))):
                    x, y, z = origins[p, 0], origins[p, 1], origins[p, 2]
                    if not (west <= x <= east and south <= y <= north):
                        continue
                    while mixed < last and mixed_keys[mixed] < first_key[row] + p:
                        mixed += 1
                    is_lit = ((bits[row, p >> 3] >> (p & 7)) & 1) == 1
                    if is_lit != lit and not (mixed < last and mixed_keys[mixed] == first_key[row] + p):
                        continue
                    mine = np.uint32(0)
                    fx, fy, fz, above = facing[p, 0], facing[p, 1], facing[p, 2], facing[p, 3]
                    for i in range(n_instants):
                        if (
                            (reached >> np.uint32(i)) & np.uint32(1)
                            and fx * sun[i, 0] + fy * sun[i, 1] + fz * sun[i, 2] > above
                            and _meets(
                                low[0] - x, low[1] - y, low[2] - z, high[0] - x, high[1] - y, high[2] - z, per[i, 0], per[i, 1], per[i, 2]
                            )
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
