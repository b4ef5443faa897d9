"""Points that sun may fall on, as rays need them: where, which way they look, and in an order in which neighbours are neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import FloatArray

LIFT: Final = 0.01
"""Rays begin this far in front of the surface that a point lies on. [m]"""
BLOCK: Final = 64
"""Points that follow each other are taken together in blocks of so many when is looked what may reach them."""
CELLS: Final = 2**16


@dataclass(frozen=True, eq=False)
class Points:
    """Points on surfaces.

    Parameters
    ----------
    positions
        On the surface, shape (n, 3). [m from the local origin]
    normals
        Unit vectors away from the surface, shape (n, 3): level for a wall, straight up for the ground.
    sun_above
        Sine of the angle to the surface above which the sun counts, shape (n,): 0 where it counts as soon as it is in front; more
        behind the reveal of a window.
    """

    positions: FloatArray
    normals: FloatArray
    sun_above: FloatArray

    @staticmethod
    def on_ground(positions: FloatArray) -> Points:
        """Points on level ground, shape (n, 3). [m from the local origin]"""
        n = len(positions)
        return Points(positions, np.tile([0.0, 0.0, 1.0], (n, 1)), np.zeros(n))

    def __len__(self) -> int:
        """How many."""
        return len(self.positions)

    def taken(self, rows: IndexArray) -> Points:
        """Some of them, in that order."""
        return Points(self.positions[rows], self.normals[rows], self.sun_above[rows])

    @staticmethod
    def joined(*several: Points) -> Points:
        """One after the other."""
        positions, normals = (np.concatenate([getattr(each, name) for each in several]) for name in ("positions", "normals"))
        return Points(positions, normals, np.concatenate([each.sun_above for each in several]))

    @cached_property
    def origins(self) -> Float32Array:
        """Where rays begin, shape (n, 3). [m from the local origin]"""
        return np.ascontiguousarray(self.positions + LIFT * self.normals, dtype=np.float32)

    @cached_property
    def facing(self) -> Float32Array:
        """Normals and ``sun_above`` beside each other, shape (n, 4), as compiled loops take them."""
        return np.ascontiguousarray(np.column_stack([self.normals, self.sun_above]), dtype=np.float32)

    @cached_property
    def block_boxes(self) -> FloatArray:
        """Lowest and highest corner of the origins of each block of 64, shape (n_blocks, 2, 3). [m from the local origin]"""
        if not len(self):
            return np.zeros((0, 2, 3))
        begins = np.arange(0, len(self), BLOCK)
        origins = self.origins.astype(np.float64)
        return np.stack([np.minimum.reduceat(origins, begins), np.maximum.reduceat(origins, begins)], axis=1)


def morton_order(positions: FloatArray) -> IndexArray:
    """The order in which points that lie near each other follow each other (G. M. Morton, 1966), shape (n,).

    Rays of one sun that begin beside each other walk through the same boxes: in this order they take half the time of any order.
    """
    if not len(positions):
        return np.zeros(0, dtype=np.int64)
    flat = positions[:, :2]
    low, size = flat.min(axis=0), max(float(np.ptp(flat, axis=0).max()), 1e-9)
    x, y = (((flat - low) / size * (CELLS - 1)).astype(np.uint64)).T
    return np.lexsort([positions[:, 2], _spread(x) | (_spread(y) << np.uint64(1))])


def _spread(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sixteen bits with a gap after each."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number
