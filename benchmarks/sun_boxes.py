"""Boxes and rays of which the answer can be worked out without any triangle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.model.volume_mesh import joined, raised

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def some_boxes(dice: np.random.Generator, n: int, *, size: float, tallest: float = 30.0) -> FloatArray:
    """Boxes that stand on the ground, or hang above it, in a square: lowest and highest corners, shape (n, 2, 3). [m]"""
    low = np.column_stack([dice.uniform(0, size, (n, 2)), np.where(dice.random(n) < 0.2, dice.uniform(2, 6, n), 0.0)])
    return np.stack([low, low + np.column_stack([dice.uniform(3, 20, (n, 2)), dice.uniform(2, tallest, n)])], axis=1)


def prisms(boxes: FloatArray) -> Solids:
    """Boxes as closed solids."""
    import shapely

    origin = np.zeros(3)
    meshes = [raised(shapely.box(*low[:2], *high[:2]), bottom=low[2], top=high[2], origin=origin) for low, high in boxes]
    return Solids.of_mesh(joined(meshes, origin=origin), len(boxes))


def meets_box(origins: FloatArray, towards: FloatArray, boxes: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Whether rays meet any box, by slabs in double precision, and whether that is beyond doubt: shapes (n,).

    Beyond doubt is a ray of which that stays so when all boxes are a millimetre larger or smaller.
    """

    def any_box(grown: float) -> BoolArray:
        with np.errstate(divide="ignore"):
            a = (boxes[:, 0][None] - grown - origins[:, None]) / towards[:, None]
            b = (boxes[:, 1][None] + grown - origins[:, None]) / towards[:, None]
        near, far = np.minimum(a, b).max(axis=2), np.maximum(a, b).min(axis=2)
        return np.asarray(((far >= np.maximum(near, 0.0)) & (far > 0)).any(axis=1))

    return any_box(0.0), any_box(0.001) == any_box(-0.001)


def wrong_points(n: int, *, seed: int) -> tuple[int, int]:
    """How many of n random rays to random suns are answered otherwise than boxes say, and how many are beyond doubt."""
    dice = np.random.default_rng(seed)
    boxes = some_boxes(dice, 60, size=300.0)
    scene = RayScene(prisms(boxes).corners)
    origins = np.column_stack([dice.uniform(-50, 350, (n, 2)), dice.uniform(0.01, 25, n)]).astype(np.float32)
    rise, turn = np.radians(dice.uniform(5, 62, n)), dice.uniform(0, 2 * np.pi, n)
    towards = np.column_stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)]).astype(np.float32)
    found = scene.is_occluded(origins, towards)
    wrong = counted = 0
    for part in np.array_split(np.arange(n), max(n // 20_000, 1)):
        met, sure = meets_box(origins[part].astype(np.float64), towards[part].astype(np.float64), boxes)
        wrong += int((found[part] != met)[sure].sum())
        counted += int(sure.sum())
    return wrong, counted
