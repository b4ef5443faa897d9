"""Loops over lines of sight that numpy would walk several times, compiled."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.compiled import compiled

STEEP: Final = 1e-12
"""A direction that changes less than this per metre along an axis is taken to change so much."""
BALL: Final = 1e-6
"""Added to the angle of the ball around a box, so that rounding leaves nothing out. [rad]"""


@compiled
def crossing_lines(  # noqa: PLR0917 - one pass over points, boxes and directions, without anything built in between
    origins: Float32Array,
    frames: FloatArray,
    above: FloatArray,
    ways: FloatArray,
    boxes: FloatArray,
    distance: Float32Array,
) -> IndexArray:
    """Lines that enter one of some boxes before they end, as point times number of directions plus direction, ascending.

    Parameters
    ----------
    origins
        Shape (n_points, 3). [m]
    frames
        Normal, side and up of each point, shape (n_points, 3, 3).
    above
        Sine of the angle with the surface from which directions begin, shape (n_points,).
    ways
        Height over the surface, ascending, and cosine and sine of the turn of each direction, shape (n_directions, 3).
    boxes
        Lowest and highest corners, shape (n, 2, 3). [m]
    distance
        Where each line ends, shape (n_points, n_directions). [m]
    """
    n_directions = len(ways)
    found = np.empty(1024, dtype=np.int64)
    crosses = np.zeros(n_directions, dtype=np.bool_)
    n = 0
    towards = np.empty(3)
    for point in range(len(origins)):
        first, last = n_directions, 0
        for box in range(len(boxes)):
            begin, end = _rows_within(origins[point], frames[point, 0], above[point], ways, boxes[box])
            for way in range(begin, end):
                if crosses[way]:
                    continue
                out = above[point] + (1.0 - above[point]) * ways[way, 0]
                across = math.sqrt(max(1.0 - out * out, 0.0))
                for axis in range(3):
                    turned = ways[way, 1] * frames[point, 1, axis] + ways[way, 2] * frames[point, 2, axis]
                    towards[axis] = out * frames[point, 0, axis] + across * turned
                if _enters(origins[point], towards, boxes[box], np.float64(distance[point, way])):
                    crosses[way] = True
                    first, last = min(first, way), max(last, way + 1)
        for way in range(first, last):
            if crosses[way]:
                crosses[way] = False
                if n == len(found):
                    longer = np.empty(2 * n, dtype=np.int64)
                    longer[:n] = found
                    found = longer
                found[n] = point * n_directions + way
                n += 1
    return found[:n]


@compiled
def _rows_within(origin: Float32Array, normal: FloatArray, above: float, ways: FloatArray, box: FloatArray) -> tuple[np.int64, np.int64]:
    """First and last but one direction that are as high over the surface as a ball around a box: others cannot meet it."""
    far, size, up = 0.0, 0.0, 0.0
    for axis in range(3):
        step = (box[0, axis] + box[1, axis]) / 2.0 - origin[axis]
        far += step * step
        up += step * normal[axis]
        size += ((box[1, axis] - box[0, axis]) / 2.0) ** 2
    far, size = math.sqrt(far), math.sqrt(size)
    if size >= far:
        return np.int64(0), np.int64(len(ways))
    angle, wide = math.acos(max(-1.0, min(1.0, up / far))), math.asin(size / far) + BALL
    low, high = math.cos(min(angle + wide, math.pi)), math.cos(max(angle - wide, 0.0))
    scale = max(1.0 - above, STEEP)
    begin = np.searchsorted(ways[:, 0], (low - above) / scale - BALL)
    end = np.searchsorted(ways[:, 0], (high - above) / scale + BALL)
    return np.int64(begin), np.int64(end)


@compiled
def _enters(origin: Float32Array, towards: FloatArray, box: FloatArray, ends: float) -> bool:
    """Whether a line from a point enters a box before it ends."""
    enters, leaves = 0.0, ends
    for axis in range(3):
        part = towards[axis]
        if abs(part) < STEEP:
            part = STEEP
        a, b = (box[0, axis] - origin[axis]) / part, (box[1, axis] - origin[axis]) / part
        enters, leaves = max(enters, min(a, b)), min(leaves, max(a, b))
    return enters <= leaves
