"""Trees: one small model, placed and sized for each of them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layers.edges import line_rows
from layers.encoding import Row
from layers.frame import Frame
from layers.terrain import Terrain
from wijktwin.appearance import Outline

FloatArray = NDArray[np.float64]

ASSUMED_HEIGHT: Final = 8.0
"""Drawn where nobody stated a tree's height; said in the legend. [m]"""
ASSUMED_CROWN: Final = 5.0
"""Idem for the diameter of the crown. [m]"""
CROWN_SHARE: Final = 0.6
"""Of a tree's height, where only its height is known."""
RING_CORNERS: Final = 24
RING_LIFT: Final = 0.34
"""How high above the ground rings are drawn. [m]"""
TINT: Final = 0.08
"""How far the green of two trees may differ."""
POSITION: Final = "p"
SCALE: Final = "s"
COLOUR: Final = "c"


def tree_rows(
    tree_ids: Sequence[str], xy: FloatArray, heights: FloatArray, crowns: FloatArray, *, terrain: Terrain, frame: Frame
) -> list[dict[str, Any]]:
    """One row per tree; it stands on the ground as it is drawn, which knows the ground heights that trees bring.

    Parameters
    ----------
    xy
        Shape (n, 2), real coordinates. [m]
    heights, crowns
        Height above ground and diameter of the crown, shape (n,), NaN where unknown. [m]
    """
    if not len(tree_ids):
        return []
    height = np.round(drawn_heights(heights), 2)
    crown = np.round(drawn_crowns(heights, crowns), 2)
    positions = frame.positions(np.column_stack([xy, terrain.at(xy)])).tolist()
    return [
        {POSITION: position, SCALE: [across, across, tall], COLOUR: tint(tree_id)}
        for tree_id, position, across, tall in zip(tree_ids, positions, crown.tolist(), height.tolist(), strict=True)
    ]


def drawn_heights(heights: FloatArray) -> FloatArray:
    """Height as it is drawn: as stated, or assumed; shape (n,). [m]"""
    return np.where(np.isfinite(heights) & (heights > 0), heights, ASSUMED_HEIGHT)


def drawn_crowns(heights: FloatArray, crowns: FloatArray) -> FloatArray:
    """Diameter of the crown as it is drawn: as stated, or in proportion to the height, or assumed; shape (n,). [m]"""
    guess = np.where(np.isfinite(heights) & (heights > 0), heights * CROWN_SHARE, ASSUMED_CROWN)
    return np.where(np.isfinite(crowns) & (crowns > 0), crowns, guess)


def ring_rows(xy: FloatArray, diameters: FloatArray, outline: Outline, *, terrain: Terrain, frame: Frame) -> list[Row]:
    """A ring on the ground around each tree that comes or goes, so that it is told by more than its colour.

    Parameters
    ----------
    xy
        Shape (n, 2), real coordinates. [m]
    diameters
        Shape (n,). [m]
    """
    if not len(xy):
        return []
    angle = 2 * np.pi * np.arange(RING_CORNERS + 1) / RING_CORNERS
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    points = xy[:, None, :] + circle[None, :, :] * diameters[:, None, None] / 2
    heights = np.repeat(terrain.at(xy) + RING_LIFT, RING_CORNERS + 1).reshape(len(xy), -1, 1)
    rings = np.concatenate([points, heights], axis=2)
    segments = np.stack([rings[:, :-1], rings[:, 1:]], axis=2)
    shown = segments if outline is Outline.SOLID else segments[:, ::2]
    return line_rows(shown.reshape(-1, 2, 3), frame)


def tint(tree_id: str) -> list[int]:
    """A shade of the crown's green that is always the same for the same tree; multiplied with the model's colours."""
    share = zlib.crc32(tree_id.encode()) % 1000 / 999.0
    return [round(255 * (1.0 - TINT * share)), 255 - round(255 * TINT * 0.5 * share), round(255 * (1.0 - TINT * (1.0 - share)))]


def has_assumed_sizes(heights: FloatArray, crowns: FloatArray) -> bool:
    """Whether some tree is drawn in a size that nobody stated."""
    return bool((~np.isfinite(heights) | ~np.isfinite(crowns)).any())
