"""Made-up towns of walls and boxes, and spots to look from."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.model.mesh import Mesh
from wijktwin.model.volume_mesh import joined, raised

FloatArray = NDArray[np.float64]
ORIGIN = np.zeros(3)


def solids_of(*shapes: tuple[Any, float, float]) -> Solids:
    """Outlines raised from one height to another."""
    meshes: list[Mesh] = [raised(outline, bottom=bottom, top=top, origin=ORIGIN) for outline, bottom, top in shapes]
    return Solids.of_mesh(joined(meshes, origin=ORIGIN), len(meshes))


def boxes(dice: np.random.Generator, n: int, *, size: float) -> list[tuple[shapely.Polygon, float, float]]:
    """Boxes anywhere, some of them over each other."""
    found = []
    for _ in range(n):
        x, y = dice.uniform(0, size, 2)
        width, depth, height = dice.uniform(2, 20, 3)
        found.append((shapely.box(x, y, x + width, y + depth), 0.0, height))
    return found


def window(x: float, y: float, z: float, *, looks: tuple[float, float] = (0.0, 1.0), above: float = 0.0) -> Points:
    """One window."""
    normal = np.array([[*looks, 0.0]]) / np.hypot(*looks)
    return Points(np.array([[x, y, z]]), normal, np.array([above]))
