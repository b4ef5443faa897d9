"""Where on the ground a pointer points: where the line of sight first meets the ground as it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from layers.ground import lift_of
from layers.prepared import Prepared

STEP: Final = 0.5
"""The line of sight is followed in steps of at most so long over the ground. [m]"""
MOST_STEPS: Final = 20_000
HALVINGS: Final = 24


def ground_point(sight: Sequence[Sequence[float]], prepared: Prepared, *, kind: str | None = None) -> tuple[float, float] | None:
    """Where a line of sight first meets the drawn ground, in real coordinates [m]; None where it does not meet the model.

    Parameters
    ----------
    sight
        Two places on the line: one below all ground and one above it (or at the eye, where that is lower), each as longitude,
        latitude [°] and height above the reference ground [m].
    kind
        What ground is seen there, as the ground table calls it: kinds are drawn a little above each other. None for the bare plate.
    """
    terrain, frame = prepared.terrain, prepared.frame
    (low_x, low_y), (high_x, high_y) = (frame.xy(float(longitude), float(latitude)) for longitude, latitude, _ in sight)
    low = np.array([low_x, low_y, float(sight[0][2]) + frame.reference_ground])
    high = np.array([high_x, high_y, float(sight[1][2]) + frame.reference_ground])
    if not np.isfinite([low, high]).all() or high[2] <= low[2]:
        return None
    lift = lift_of(kind)
    length = math.hypot(*(high - low)[:2])
    n_steps = int(min(max(math.ceil(length / STEP), 2), MOST_STEPS))
    shares = np.linspace(0.0, 1.0, n_steps + 1)

    def above_ground(share: np.ndarray) -> np.ndarray:
        points = high + share[:, None] * (low - high)
        return np.asarray(points[:, 2] - terrain.at(points[:, :2]) - lift)

    below = np.flatnonzero(above_ground(shares) <= 0.0)
    if not len(below):
        return None
    first = int(below[0])
    near, far = shares[max(first - 1, 0)], shares[first]
    for _ in range(HALVINGS):
        middle = (near + far) / 2.0
        near, far = (near, middle) if above_ground(np.array([middle]))[0] <= 0.0 else (middle, far)
    x, y, _ = (high + far * (low - high)).tolist()
    west, south, east, north = terrain.bounds
    return (x, y) if west <= x <= east and south <= y <= north else None
