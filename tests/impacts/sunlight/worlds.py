"""Made-up towns of boxes and houses, and the answer to a box worked out without any triangle."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.places import Points, morton_order
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.suns import SunGrid
from wijktwin.model.volume_mesh import joined, raised
from wijktwin.sun import Place

FloatArray = NDArray[np.float64]
AMERSFOORT: Final = Place(5.41, 52.165, 0.0, "Europe/Amsterdam")
ORIGIN: Final = np.zeros(3)
NO_SOLIDS: Final = Solids(np.zeros((0, 3, 3), np.float32), np.zeros(0, np.int64), 0)


@cache
def grid_of(*days: date, lowest: float = 5.0) -> SunGrid:
    return SunGrid.of(AMERSFOORT, days, lowest=lowest)


def prisms(boxes: FloatArray) -> Solids:
    """Boxes as closed solids, lowest and highest corners of shape (n, 2, 3)."""
    meshes = [raised(shapely.box(*low[:2], *high[:2]), bottom=low[2], top=high[2], origin=ORIGIN) for low, high in boxes]
    return Solids.of_mesh(joined(meshes, origin=ORIGIN), len(boxes))


def some_boxes(dice: np.random.Generator, n: int, *, size: float, tallest: float = 30.0) -> FloatArray:
    """Boxes that stand on the ground, or hang above it, in a square."""
    low = np.column_stack([dice.uniform(0, size, (n, 2)), np.where(dice.random(n) < 0.2, dice.uniform(2, 6, n), 0.0)])
    return np.stack([low, low + np.column_stack([dice.uniform(3, 20, (n, 2)), dice.uniform(2, tallest, n)])], axis=1)


def some_points(dice: np.random.Generator, n: int, *, size: float) -> Points:
    """Half on the ground, half on walls that look any way."""
    positions = np.column_stack([dice.uniform(0, size, (n, 2)), np.where(np.arange(n) % 2, dice.uniform(0.5, 20, n), 0.0)])
    turn = dice.uniform(0, 2 * np.pi, n)
    walls = np.column_stack([np.sin(turn), np.cos(turn), np.zeros(n)])
    normals = np.where((np.arange(n) % 2)[:, None], walls, [0.0, 0.0, 1.0])
    return Points(positions, normals, np.where(np.arange(n) % 4 == 3, 0.1, 0.0)).taken(morton_order(positions))


def meets_box(origins: FloatArray, towards: FloatArray, boxes: FloatArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether rays meet any box, by slabs in double precision, and whether that is beyond doubt: shapes (n,).

    Beyond doubt is a ray that also does when all boxes are a millimetre larger or smaller.
    """

    def any_box(grown: float) -> NDArray[np.bool_]:
        with np.errstate(divide="ignore"):
            a = (boxes[:, 0][None] - grown - origins[:, None]) / towards[:, None]
            b = (boxes[:, 1][None] + grown - origins[:, None]) / towards[:, None]
        near, far = np.minimum(a, b).max(axis=2), np.maximum(a, b).min(axis=2)
        return np.asarray(((far >= np.maximum(near, 0.0)) & (far > 0)).any(axis=1))

    met = any_box(0.0)
    return met, any_box(0.001) == any_box(-0.001)
