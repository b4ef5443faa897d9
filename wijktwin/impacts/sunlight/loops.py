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


@compiled
def looked_rays(  # noqa: PLR0917 - a compiled loop takes arrays, not objects
    instants: NDArray[np.uint32],
    begin: IndexArray,
    length: IndexArray,
    point: IndexArray,
    step: int,
    origins: Float32Array,
    towards: Float32Array,
) -> tuple[IndexArray, IndexArray, Float32Array, Float32Array]:
    """The rays of pairs of point and sample at every so manieth slot, where a bit of ``instants`` asks for it, and at the next sample.

    Returns
    -------
    pair, look
        Row of the pair, and which of its looks it is: the last is the next sample.
    origins, towards
        Shape (n, 3) each.
    """
    n = 0
    for i in range(len(instants)):
        for k in range((length[i] + step - 1) // step + 1):
            n += (instants[i] >> np.uint32(k)) & np.uint32(1)
    pair, look = np.empty(n, np.int64), np.empty(n, np.int64)
    found, sun = np.empty((n, 3), np.float32), np.empty((n, 3), np.float32)
    n = 0
    for i in range(len(instants)):
        for k in range((length[i] + step - 1) // step + 1):
            if (instants[i] >> np.uint32(k)) & np.uint32(1):
                pair[n], look[n] = i, k
                slot = begin[i] + min(k * step, length[i])
                for axis in range(3):
                    found[n, axis] = origins[point[i], axis]
                    sun[n, axis] = towards[slot, axis]
                n += 1
    return pair, look, found, sun


@compiled
def turning_looks(dark: BoolArray, length: IndexArray, step: int) -> tuple[IndexArray, IndexArray, IndexArray, BoolArray]:
    """Neighbouring looks that differ and have slots between them: row of the pair, slots of both after the sample, state of the first."""
    n = 0
    for i in range(len(dark)):
        for k in range((length[i] + step - 1) // step):
            n += dark[i, k] != dark[i, k + 1] and min((k + 1) * step, length[i]) - k * step > 1
    pair, low, high, state = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.bool_)
    n = 0
    for i in range(len(dark)):
        for k in range((length[i] + step - 1) // step):
            last = min((k + 1) * step, length[i])
            if dark[i, k] != dark[i, k + 1] and last - k * step > 1:
                pair[n], low[n], high[n], state[n] = i, k * step, last, dark[i, k]
                n += 1
    return pair, low, high, state


@compiled
def looked_masks(dark: BoolArray, length: IndexArray, step: int, turns: IndexArray) -> IndexArray:
    """Dark slots of each pair as bits, shape (n,).

    Parameters
    ----------
    turns
        First slot in the other state for each of `turning_looks`.
    """
    masks = np.zeros(len(dark), dtype=np.int64)
    at = 0
    for i in range(len(dark)):
        for k in range((length[i] + step - 1) // step):
            low, high = k * step, min((k + 1) * step, length[i])
            turn = high
            if dark[i, k] != dark[i, k + 1] and high - low > 1:
                turn = turns[at]
                at += 1
            if dark[i, k]:
                masks[i] |= (1 << turn) - (1 << low)
            elif dark[i, k + 1]:
                masks[i] |= (1 << high) - (1 << turn)
    return masks


@compiled
def replaced_masks(
    keys: IndexArray, masks: NDArray[np.uint16], gone: IndexArray, new_keys: IndexArray, new_masks: NDArray[np.uint16]
) -> tuple[IndexArray, NDArray[np.uint16]]:
    """Keys with their masks, without those of ``gone`` and with new ones, which are among these; all ascending, and so is the answer."""
    found, own = np.empty(len(keys) + len(new_keys), np.int64), np.empty(len(keys) + len(new_keys), np.uint16)
    n = at = new = 0
    for key in gone:
        step = 1
        while at + step < len(keys) and keys[at + step] < key:  # what stays follows in long runs
            step *= 2
        run = np.searchsorted(keys[at : at + step + 1], key)
        found[n : n + run], own[n : n + run] = keys[at : at + run], masks[at : at + run]
        n, at = n + run, at + run
        if at < len(keys) and keys[at] == key:
            at += 1
        if new < len(new_keys) and new_keys[new] == key:
            found[n], own[n] = key, new_masks[new]
            n, new = n + 1, new + 1
    run = len(keys) - at
    found[n : n + run], own[n : n + run] = keys[at:], masks[at:]
    return found[: n + run], own[: n + run]
