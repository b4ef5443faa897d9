"""Trees: one small model, placed and sized for each of them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layers.frame import Frame
from layers.terrain import Terrain

FloatArray = NDArray[np.float64]

ASSUMED_HEIGHT: Final = 8.0
"""Drawn where nobody stated a tree's height; said in the legend. [m]"""
ASSUMED_CROWN: Final = 5.0
"""Idem for the diameter of the crown. [m]"""
TINT: Final = 0.08
"""How far the green of two trees may differ."""
POSITION: Final = "p"
SCALE: Final = "s"
COLOUR: Final = "c"


def tree_rows(
    tree_ids: Sequence[str], xy: FloatArray, heights: FloatArray, crowns: FloatArray, grounds: FloatArray, *, terrain: Terrain, frame: Frame
) -> list[dict[str, Any]]:
    """One row per tree.

    Parameters
    ----------
    xy
        Shape (n, 2), real coordinates. [m]
    heights, crowns
        Height above ground and diameter of the crown, shape (n,), NaN where unknown. [m]
    grounds
        Ground height, NaN where unknown: then that of the terrain. [m NAP]
    """
    if not len(tree_ids):
        return []
    ground = np.where(np.isfinite(grounds), grounds, terrain.at(xy))
    height = np.round(np.where(np.isfinite(heights) & (heights > 0), heights, ASSUMED_HEIGHT), 2)
    crown = np.round(np.where(np.isfinite(crowns) & (crowns > 0), crowns, np.where(np.isfinite(heights), heights * 0.6, ASSUMED_CROWN)), 2)
    positions = frame.positions(np.column_stack([xy, ground])).tolist()
    return [
        {POSITION: position, SCALE: [across, across, tall], COLOUR: tint(tree_id)}
        for tree_id, position, across, tall in zip(tree_ids, positions, crown.tolist(), height.tolist(), strict=True)
    ]


def tint(tree_id: str) -> list[int]:
    """A shade of the crown's green that is always the same for the same tree; multiplied with the model's colours."""
    share = zlib.crc32(tree_id.encode()) % 1000 / 999.0
    return [round(255 * (1.0 - TINT * share)), 255 - round(255 * TINT * 0.5 * share), round(255 * (1.0 - TINT * (1.0 - share)))]


def has_assumed_sizes(heights: FloatArray, crowns: FloatArray) -> bool:
    """Whether some tree is drawn in a size that nobody stated."""
    return bool((~np.isfinite(heights) | ~np.isfinite(crowns)).any())
