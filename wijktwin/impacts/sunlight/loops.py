"""Loops over points that numpy would walk several times, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import BoolArray
from wijktwin.sources.compiled import compiled


@compiled
def facing_points(facing: Float32Array, towards: Float32Array) -> IndexArray:
    """Rows of the points that have the sun in front of them (`places.Points.facing`), ascending."""
    found = np.empty(len(facing), dtype=np.int64)
    n = 0
    for row in range(len(facing)):
        if facing[row, 0] * towards[0] + facing[row, 1] * towards[1] + facing[row, 2] * towards[2] > facing[row, 3]:
            found[n] = row
            n += 1
    return found[:n]


@compiled
def facing_sun(facing: Float32Array, point: IndexArray, towards: Float32Array) -> BoolArray:
    """Whether points have a sun of their own in front of them, shape (n,); the same sum as in `facing_points`."""
    found = np.empty(len(point), dtype=np.bool_)
    for i in range(len(point)):
        f = facing[point[i]]
        found[i] = f[0] * towards[i, 0] + f[1] * towards[i, 1] + f[2] * towards[i, 2] > f[3]
    return found


@compiled
def lit_slots(bits: NDArray[np.uint8], lengths: IndexArray, n_points: int) -> NDArray[np.int32]:
    """Slots that samples which are lit stand for, summed per point, shape (n_points,).

    Parameters
    ----------
    bits
        One row per sample, eight points in a byte, lowest bit first.
    """
    total = np.zeros(n_points, dtype=np.int32)
    for row in range(len(bits)):
        length = np.int32(lengths[row])
        for at in range(bits.shape[1]):
            byte = bits[row, at]
            if byte == 0:
                continue
            for k in range(min(8, n_points - 8 * at)):
                total[8 * at + k] += length * np.int32((byte >> k) & 1)
    return total


@compiled
def bit_counts(bits: NDArray[np.uint8], n_points: int) -> IndexArray:
    """In how many rows the bit of each point is set, shape (n_points,); rows as in `lit_slots`."""
    total = np.zeros(n_points, dtype=np.int64)
    for row in range(len(bits)):
        for at in range(bits.shape[1]):
            byte = bits[row, at]
            if byte == 0:
                continue
            for k in range(min(8, n_points - 8 * at)):
                total[8 * at + k] += (byte >> k) & 1
    return total
