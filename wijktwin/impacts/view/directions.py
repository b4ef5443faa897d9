"""Ways to look, evenly spread: each stands for an equal part of what is in view.

Directions lie on a spiral with the golden angle (R. Swinbank and R. J. Purser, Fibonacci grids: a novel approach to global
modelling, Quarterly Journal of the Royal Meteorological Society 132, 2006): always the same ones, without luck. How far a share may
be off is measured and stands in ``data/norms/view.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.model.mesh import FloatArray

GOLDEN: Final = np.pi * (3.0 - np.sqrt(5.0))
"""The angle between a direction and the next. [rad]"""
UPRIGHT: Final = 0.9
"""A surface whose normal points up more than this is ground, less is wall."""


class Field(StrEnum):
    """What the directions of a point fill, and what each of them weighs."""

    WINDOW = "window"
    """The half of everything that lies in front of a window; each an equal solid angle."""
    SKY_FACTOR = "sky_factor"
    """The half above level ground; each an equal part of the light that an even sky gives (the cosine of Lambert)."""
    ALL_ROUND = "all_round"
    """Everything around a spot; each an equal solid angle."""


@dataclass(frozen=True, slots=True)
class Directions:
    """A number of directions in the frame of a surface."""

    field: Field
    count: int

    def towards(self, points: Points) -> Float32Array:
        """Unit vectors of each point, shape (n_points, count, 3).

        In front of a window are the directions that make more than the angle behind ``sun_above`` with the wall. The numbers of a
        point do not depend on which points are asked together.
        """
        step = np.arange(self.count)
        part, turn = (step + 0.5) / self.count, step * GOLDEN
        above = points.sun_above[:, None]
        if self.field is Field.WINDOW:
            out = above + (1.0 - above) * part
        elif self.field is Field.SKY_FACTOR:
            out = np.broadcast_to(np.sqrt(1.0 - part), (len(points), self.count))
        else:
            out = np.broadcast_to(2.0 * part - 1.0, (len(points), self.count))
        across = np.sqrt(np.maximum(1.0 - out * out, 0.0))
        side, up = _frames(points.normals)
        east, north = across * np.cos(turn), across * np.sin(turn)
        found = np.empty((len(points), self.count, 3), dtype=np.float32)
        for axis in range(3):  # no matrix product: its rounding depends on how many points there are
            found[:, :, axis] = out * points.normals[:, None, axis] + east * side[:, None, axis] + north * up[:, None, axis]
        return found


def _frames(normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors across each normal, each of shape (n, 3): level and upward for a wall, east and north for the ground."""
    side = np.column_stack([-normals[:, 1], normals[:, 0], np.zeros(len(normals))])
    lying = np.abs(normals[:, 2]) > UPRIGHT
    side[lying] = [1.0, 0.0, 0.0]
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12)
    return side, np.cross(normals, side)
