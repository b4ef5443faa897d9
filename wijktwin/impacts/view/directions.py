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
from wijktwin.impacts.sunlight.suns import IndexArray
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

    @property
    def ways(self) -> FloatArray:
        """Height over the surface, ascending, where no reveal is in the way, and cosine and sine of the turn, shape (count, 3)."""
        step = np.arange(self.count)
        part, turn = (step + 0.5) / self.count, step * GOLDEN
        height = {Field.WINDOW: part, Field.SKY_FACTOR: np.sqrt(part), Field.ALL_ROUND: 2.0 * part - 1.0}[self.field]
        return np.column_stack([height, np.cos(turn), np.sin(turn)])

    def above(self, points: Points) -> FloatArray:
        """Sine of the angle with the surface from which directions begin, shape (n_points,): a reveal narrows a window alone."""
        return points.sun_above.astype(np.float64) if self.field is Field.WINDOW else np.zeros(len(points))

    def towards(self, points: Points) -> Float32Array:
        """Unit vectors of each point, shape (n_points, count, 3); they do not depend on which points are asked together."""
        ways = self.ways[None]
        return _turned(frames(points.normals)[:, None], self.above(points)[:, None], ways)

    def towards_pairs(self, points: Points, point: IndexArray, way: IndexArray) -> Float32Array:
        """The same unit vectors, bit for bit, for pairs of point and direction, shape (n, 3)."""
        return _turned(frames(points.normals)[point], self.above(points)[point], self.ways[way])


def _turned(frame: FloatArray, above: FloatArray, ways: FloatArray) -> Float32Array:
    """Directions from the frames of surfaces, number by number: the rounding of a product of matrices depends on its size."""
    out = above + (1.0 - above) * ways[..., 0]
    across = np.sqrt(np.maximum(1.0 - out * out, 0.0))
    east, north = across * ways[..., 1], across * ways[..., 2]
    found = np.empty((*out.shape, 3), dtype=np.float32)
    for axis in range(3):
        found[..., axis] = out * frame[..., 0, axis] + east * frame[..., 1, axis] + north * frame[..., 2, axis]
    return found


def frames(normals: FloatArray) -> FloatArray:
    """Normals and two unit vectors across each, shape (n, 3, 3): level and upward for a wall, east and north for the ground."""
    side = np.column_stack([-normals[:, 1], normals[:, 0], np.zeros(len(normals))])
    lying = np.abs(normals[:, 2]) > UPRIGHT
    side[lying] = [1.0, 0.0, 0.0]
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12)
    return np.stack([normals, side, np.cross(normals, side)], axis=1)
