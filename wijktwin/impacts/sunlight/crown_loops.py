"""When crowns of trees stand between lit points and the sun, counted. Compiled.

A crown is a spheroid. Seen along a ray, in coordinates in which the spheroid is a ball of radius 1, the ray meets it where its
distance to the middle is no more than 1 and the middle lies ahead, or where it begins inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray, SunGrid
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sources.compiled import compiled

CountArray = NDArray[np.int32]
Counted = tuple[CountArray, CountArray, CountArray]
Marks = NDArray[np.uint8]

ALL_SLOTS = 0x7FFF
"""Bits of all slots of a sample."""
STEEPEST = 1e-9
WHOLE_CIRCLE = 4.0
"""More than any azimuth. [rad]"""


@dataclass(frozen=True, eq=False)
class Looks:
    """Moments of one day at which it is looked whether a crown stands before the sun; arrays of shape (n,), ascending in time.

    Parameters
    ----------
    suns
        Unit vectors to the sun, shape (n, 3).
    span, sample
        How many slots each stands for, and the row of their sample.
    steep
        Tangent of the altitude of the sun.
    order, turned
        Looks by azimuth, and their azimuths in that order. [rad]
    """

    suns: Float32Array
    span: IndexArray
    sample: IndexArray
    steep: FloatArray
    order: IndexArray
    turned: FloatArray

    @staticmethod
    def of(grid: SunGrid, day: int, *, step: int) -> Looks:
        """So many slots of each sample of a day together, looked at in the middle one."""
        rows = grid.samples_of(day)
        n = -(-grid.lengths[rows] // step)
        sample = np.repeat(np.arange(rows.start, rows.stop), n)
        begin = (np.arange(len(sample)) - np.repeat(np.cumsum(n) - n, n)) * step
        end = np.minimum(begin + step, grid.lengths[sample])
        suns = grid.towards[grid.samples[sample] + (begin + end - 1) // 2]
        east, north, up = suns.T.astype(np.float64)
        azimuth = np.arctan2(east, north)
        order = np.argsort(azimuth, kind="stable")
        return Looks(suns, end - begin, sample, up / np.maximum(np.hypot(east, north), STEEPEST), order, azimuth[order])


@compiled
def mark_behind(  # noqa: PLR0917 - a compiled loop takes arrays, not objects
    xs: Float32Array,
    ys: Float32Array,
    zs: Float32Array,
    sun: Float32Array,
    centre: Float32Array,
    radii: Float32Array,
    mark: Marks,
    own: np.uint8,
) -> bool:
    """Mark the points from which a crown stands in front of the sun, and say whether there is any.

    Parameters
    ----------
    xs, ys, zs, mark
        Of some points, shape (n,) each. [m from the local origin]
    centre, radii
        Shape (3,), and half the width and half the height, shape (2,). [m]
    """
    one, zero = np.float32(1.0), np.float32(0.0)
    per_width, per_height = one / radii[0], one / radii[1]
    dx, dy, dz = sun[0] * per_width, sun[1] * per_width, sun[2] * per_height
    long = dx * dx + dy * dy + dz * dz
    cx, cy, cz = centre[0], centre[1], centre[2]
    found = np.uint8(0)
    for p in range(len(xs)):
        qx, qy, qz = (cx - xs[p]) * per_width, (cy - ys[p]) * per_width, (cz - zs[p]) * per_height
        outside = qx * qx + qy * qy + qz * qz - one
        ahead = qx * dx + qy * dy + qz * dz
        ahead = max(ahead, zero)
        hit = own if ahead * ahead >= outside * long else np.uint8(0)  # so too where it begins inside
        mark[p] |= hit
        found |= hit
    return bool(found)


@compiled
def _mark_group(  # noqa: PLR0917
    xs: Float32Array,
    ys: Float32Array,
    zs: Float32Array,
    box: FloatArray,
    crowns: IndexArray,
    centres: Float32Array,
    radii: Float32Array,
    is_evergreen: BoolArray,
    suns: Float32Array,
    steep: FloatArray,
    order: IndexArray,
    turned: FloatArray,
    marks: Marks,
) -> bool:
    """Mark a group of points at all looks of a day; ``order`` sorts looks by azimuth, ``turned`` has it sorted. [rad]"""
    x, y = (box[0, 0] + box[1, 0]) / 2.0, (box[0, 1] + box[1, 1]) / 2.0
    around = np.hypot(box[1, 0] - x, box[1, 1] - y)
    found = False
    for crown in crowns:
        east, north = centres[crown, 0] - x, centres[crown, 1] - y
        away, wide = np.hypot(east, north), radii[crown, 0] + around
        bottom, top = centres[crown, 2] - radii[crown, 1], centres[crown, 2] + radii[crown, 1]
        middle = np.arctan2(east, north)
        half = WHOLE_CIRCLE if away <= wide else np.arcsin(wide / away) + 1e-6
        own = np.uint8(3) if is_evergreen[crown] else np.uint8(1)
        nearest, farthest = max(away - wide, 0.0), away + wide
        for turn in range(-1, 2):  # the circle of the compass is cut open at the south
            left, right = middle - half + turn * 2.0 * np.pi, middle + half + turn * 2.0 * np.pi
            if half == WHOLE_CIRCLE:
                left, right = -WHOLE_CIRCLE, WHOLE_CIRCLE
                if turn != 0:
                    continue
            elif right < -np.pi or left > np.pi:
                continue
            for number in range(np.searchsorted(turned, left), np.searchsorted(turned, right)):
                look = order[number]
                if box[0, 2] + nearest * steep[look] <= top and box[1, 2] + farthest * steep[look] >= bottom:
                    found |= mark_behind(xs, ys, zs, suns[look], centres[crown], radii[crown], marks[look], own)
    return found


@compiled
def behind_crowns(  # noqa: PLR0917
    groups: IndexArray,
    size: int,
    boxes: FloatArray,
    origins: Float32Array,
    centres: Float32Array,
    radii: Float32Array,
    is_evergreen: BoolArray,
    reach: FloatArray,
    suns: Float32Array,
    span: IndexArray,
    sample: IndexArray,
    steep: FloatArray,
    order: IndexArray,
    turned: FloatArray,
    bits: NDArray[np.uint8],
    keys: IndexArray,
    masks: NDArray[np.uint16],
) -> Counted:
    """How many lit slots of points lie behind crowns on one day.

    Parameters
    ----------
    groups, size, boxes, origins
        Groups of so many points each that are asked for; the boxes of all groups, shape (n_groups, 2, 3), and all points.
    centres, radii, is_evergreen, reach
        Crowns, shape (m, 3), (m, 2), (m,) and (m,); how far the shadow of each reaches when the sun is lowest. [m]
    suns, span, sample, steep, order, turned
        Of `Looks`.
    bits, keys, masks
        Of the light.

    Returns
    -------
    behind
        Lit slots behind any crown, shape (n_points,); 0 for points of other groups.
    evergreen
        Those behind a crown that keeps its leaves, same shape.
    turns
        How often a lit point goes into or out of the shade of a crown, same shape.
    """
    n_points = len(origins)
    xs, ys, zs = origins[:, 0].copy(), origins[:, 1].copy(), origins[:, 2].copy()
    behind = np.zeros(n_points, dtype=np.int32)
    evergreen = np.zeros(n_points, dtype=np.int32)
    turns = np.zeros(n_points, dtype=np.int32)
    near = np.empty(len(centres), dtype=np.int64)
    marks = np.zeros((len(span), size), dtype=np.uint8)
    for group in groups:
        begin, end = group * size, min((group + 1) * size, n_points)
        x, y = (boxes[group, 0, 0] + boxes[group, 1, 0]) / 2.0, (boxes[group, 0, 1] + boxes[group, 1, 1]) / 2.0
        around = np.hypot(boxes[group, 1, 0] - x, boxes[group, 1, 1] - y)
        n_near = 0
        for crown in range(len(centres)):
            if radii[crown, 0] > 0.0 and np.hypot(centres[crown, 0] - x, centres[crown, 1] - y) <= reach[crown] + around:
                near[n_near] = crown
                n_near += 1
        marks[:] = 0
        is_any = _mark_group(
            xs[begin:end], ys[begin:end], zs[begin:end], boxes[group], near[:n_near], centres, radii, is_evergreen, suns, steep, order,
            turned, marks[:, : end - begin],
        )  # fmt: skip
        if is_any:
            _count_group(
                begin, end, marks, span, sample, bits, keys, masks, behind[begin:end], evergreen[begin:end], turns[begin:end], n_points
            )  # fmt: skip
    return behind, evergreen, turns


@compiled
def _count_group(  # noqa: PLR0917
    begin: int,
    end: int,
    marks: Marks,
    span: IndexArray,
    sample: IndexArray,
    bits: NDArray[np.uint8],
    keys: IndexArray,
    masks: NDArray[np.uint16],
    behind: CountArray,
    evergreen: CountArray,
    turns: CountArray,
    n_points: int,
) -> None:
    """Count the marked slots of one day in which the points of a group are lit."""
    n = end - begin
    lit, was = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    row, done = -1, 0
    for look in range(len(span)):
        if sample[look] != row:
            row, done = sample[look], 0
            for p in range(n):
                lit[p] = ALL_SLOTS if (bits[row, (begin + p) >> 3] >> ((begin + p) & 7)) & 1 else 0
            at = np.searchsorted(keys, row * n_points + begin)
            while at < len(keys) and keys[at] < row * n_points + end:
                lit[keys[at] - row * n_points - begin] = masks[at]
                at += 1
        whole = (1 << span[look]) - 1
        for p in range(n):
            there = (lit[p] >> done) & whole if marks[look, p] else 0
            count = span[look] if there == whole else 0
            if 0 < there < whole:
                for k in range(span[look]):
                    count += (there >> k) & 1
            behind[p] += count
            if marks[look, p] > 1:
                evergreen[p] += count
            now = count > 0
            turns[p] += now != was[p]
            was[p] = now
        done += span[look]


@compiled
def differing_points(
    keys: IndexArray, masks: NDArray[np.uint16], other_keys: IndexArray, other_masks: NDArray[np.uint16], n_points: int
) -> BoolArray:
    """Points of which the mixed samples of two answers differ, shape (n_points,); keys ascending."""
    found = np.zeros(n_points, dtype=np.bool_)
    a = b = 0
    while a < len(keys) or b < len(other_keys):
        if b == len(other_keys) or (a < len(keys) and keys[a] < other_keys[b]):
            found[keys[a] % n_points] = True
            a += 1
        elif a == len(keys) or other_keys[b] < keys[a]:
            found[other_keys[b] % n_points] = True
            b += 1
        else:
            if masks[a] != other_masks[b]:
                found[keys[a] % n_points] = True
            a += 1
            b += 1
    return found
