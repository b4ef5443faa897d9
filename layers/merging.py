"""A grid of heights as few triangles: where the ground hardly bends, triangles are large.

Right-angled triangles are halved along the line from the right angle to the middle of the longest side, again and again, down to the
cells of the grid (Evans, Kirkpatrick and Townsend, "Right-Triangulated Irregular Networks", Algorithmica 30, 2001). A triangle is only
halved together with the one across its longest side, so that neighbours never part.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STRICTER: Final = 0.7
MOST_TRIES: Final = 12


def merged(heights: FloatArray, tolerance: float) -> tuple[FloatArray, IntArray]:
    """The triangles of a surface that deviates at every node at most ``tolerance`` from the heights there.

    Parameters
    ----------
    heights
        Shape (rows, columns), both at least 2. [m]
    tolerance
        [m]

    Returns
    -------
    surface
        Height of the surface at every node, shape (rows, columns). [m]
    triangles
        Column and row of the corners of each triangle, anticlockwise, shape (n, 3, 2). Some reach beyond the grid.
    """
    rows, columns = heights.shape
    size = 1 << max(1, int(np.ceil(np.log2(max(rows, columns) - 1))))
    beyond = ((0, size + 1 - rows), (0, size + 1 - columns))
    padded = np.pad(heights, beyond, mode="reflect", reflect_type="odd")
    counts = np.pad(np.ones((rows, columns), dtype=bool), beyond)
    levels = _levels(size)
    error = _errors(padded, counts, levels)
    allowed = tolerance
    for _ in range(MOST_TRIES):
        surface = _surface(padded, error, levels, allowed)
        if np.abs(surface - padded)[counts].max() <= tolerance:
            break
        allowed *= STRICTER
    else:
        allowed, surface = -1.0, padded
    triangles = _leaves(levels[0], error, allowed)
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    inside = (high > 0).all(axis=1) & (low < (columns - 1, rows - 1)).all(axis=1)
    return surface[:rows, :columns], triangles[inside]


def _levels(size: int) -> list[IntArray]:
    """All triangles of every level but the last: both ends of the longest side, and the corner across; shape (n, 3, 2) each."""
    triangles = np.array([[(size, size), (0, 0), (size, 0)], [(0, 0), (size, size), (0, size)]], dtype=np.int64)
    found = [triangles]
    for _ in range(2 * int(np.log2(size)) - 1):
        found.append(_halved(found[-1]))
    return found


def _halved(triangles: IntArray) -> IntArray:
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    middle = (a + b) // 2
    return np.concatenate([np.stack([c, a, middle], axis=1), np.stack([b, c, middle], axis=1)])


def _middles(triangles: IntArray) -> tuple[IntArray, IntArray]:
    """Row and column of the middle of the longest side of each triangle."""
    middle = (triangles[:, 0] + triangles[:, 1]) // 2
    return middle[:, 1], middle[:, 0]


def _half_way(heights: FloatArray, triangles: IntArray) -> FloatArray:
    """Mean height of both ends of the longest side."""
    first, second = triangles[:, 0], triangles[:, 1]
    return np.asarray((heights[first[:, 1], first[:, 0]] + heights[second[:, 1], second[:, 0]]) / 2, dtype=np.float64)


def _errors(heights: FloatArray, counts: NDArray[np.bool_], levels: list[IntArray]) -> FloatArray:
    """For every node how far the surface is off there, or at any finer node that depends on it, when it is left out. [m]"""
    error = np.zeros_like(heights)
    for level, triangles in reversed(list(enumerate(levels))):
        middle = _middles(triangles)
        own = np.abs(_half_way(heights, triangles) - heights[middle]) * counts[middle]
        if level + 1 < len(levels):
            halves = _halved(triangles)
            finer = error[_middles(halves)].reshape(2, -1).max(axis=0)
            own = np.maximum(own, finer)
        np.maximum.at(error, middle, own)
    return error


def _surface(heights: FloatArray, error: FloatArray, levels: list[IntArray], allowed: float) -> FloatArray:
    surface = heights.copy()
    for triangles in levels:
        left_out = triangles[error[_middles(triangles)] <= allowed]
        surface[_middles(left_out)] = _half_way(surface, left_out)
    return surface


def _leaves(triangles: IntArray, error: FloatArray, allowed: float) -> IntArray:
    found = []
    while len(triangles):
        is_cell = np.abs(triangles[:, 0] - triangles[:, 1]).max(axis=1) == 1
        is_cell &= np.abs(triangles[:, 0] - triangles[:, 1]).min(axis=1) == 1
        is_kept = is_cell | (error[_middles(triangles)] <= allowed)
        found.append(triangles[is_kept])
        triangles = _halved(triangles[~is_kept])
    return np.concatenate(found)
