"""Loops over lines of sight that numpy would walk several times, compiled."""

from __future__ import annotations

from typing import Final

import numpy as np

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.compiled import compiled

STEEP: Final = 1e-12
"""A direction that changes less than this per metre along an axis is taken to change so much."""


@compiled
def crossing_lines(origins: Float32Array, towards: Float32Array, boxes: FloatArray, distance: Float32Array) -> IndexArray:
    """Lines that enter one of some boxes before they end, as point times number of directions plus direction, ascending.

    Parameters
    ----------
    origins
        Shape (n_points, 3). [m]
    towards
        Shape (n_points, n_directions, 3).
    boxes
        Lowest and highest corners, shape (n, 2, 3). [m]
    distance
        Where each line ends, shape (n_points, n_directions). [m]
    """
    n_directions = towards.shape[1]
    found = np.empty(len(origins) * n_directions, dtype=np.int64)
    n = 0
    per = np.empty(3)
    for point in range(len(origins)):
        for way in range(n_directions):
            for axis in range(3):
                part = np.float64(towards[point, way, axis])
                if abs(part) < STEEP:
                    part = STEEP
                per[axis] = 1.0 / part
            for box in range(len(boxes)):
                enters, leaves = 0.0, np.float64(distance[point, way])
                for axis in range(3):
                    a = (boxes[box, 0, axis] - origins[point, axis]) * per[axis]
                    b = (boxes[box, 1, axis] - origins[point, axis]) * per[axis]
                    enters, leaves = max(enters, min(a, b)), min(leaves, max(a, b))
                if enters <= leaves:
                    found[n] = point * n_directions + way
                    n += 1
                    break
    return found[:n]
