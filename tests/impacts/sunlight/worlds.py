"""Made-up towns of boxes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.places import Points, morton_order
from wijktwin.impacts.sunlight.suns import SunGrid
from wijktwin.sun import Place

FloatArray = NDArray[np.float64]
AMERSFOORT: Final = Place(5.41, 52.165, 0.0, "Europe/Amsterdam")


@cache
def grid_of(*days: date, lowest: float = 5.0) -> SunGrid:
    return SunGrid.of(AMERSFOORT, days, lowest=lowest)


def some_points(dice: np.random.Generator, n: int, *, size: float) -> Points:
    """Half on the ground, half on walls that look any way."""
    positions = np.column_stack([dice.uniform(0, size, (n, 2)), np.where(np.arange(n) % 2, dice.uniform(0.5, 20, n), 0.0)])
    turn = dice.uniform(0, 2 * np.pi, n)
    walls = np.column_stack([np.sin(turn), np.cos(turn), np.zeros(n)])
    normals = np.where((np.arange(n) % 2)[:, None], walls, [0.0, 0.0, 1.0])
    return Points(positions, normals, np.where(np.arange(n) % 4 == 3, 0.1, 0.0)).taken(morton_order(positions))
