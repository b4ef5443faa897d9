"""How alike two drawings of one scene are: by structure, and by colour, where no edge runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from wijktwin.appearance import SKY_STOPS

Pixels = NDArray[np.float64]
EDGE: Final = 24.0
"""Neighbouring pixels that differ by more in a channel lie on an edge: of a shadow, or of a thing."""
AROUND_EDGES: Final = 7
"""So many pixels across are left out around an edge: 3 to either side. [px]"""


@dataclass(frozen=True)
class Alike:
    """What a comparison found, outside edges.

    Parameters
    ----------
    structure
        Mean structural similarity, 1 for the same picture.
    colour
        By how much 99 of 100 pixels differ at most, in the channel that differs most, of 255.
    compared
        Share of what is looked at in which no edge runs.
    """

    structure: float
    colour: float
    compared: float


def similarity(one: Pixels, other: Pixels) -> Pixels:
    """Structural similarity around every pixel of every channel (Wang e.a., IEEE Transactions on Image Processing 13, 2004).

    Parameters
    ----------
    one, other
        Shape (height, width, channels), 0 to 255.
    """
    blurred = [gaussian_filter(each, (1.5, 1.5, 0.0)) for each in (one, other, one * one, other * other, one * other)]
    mean_one, mean_other, square_one, square_other, product = blurred
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    shared = (2 * mean_one * mean_other + low) * (2 * (product - mean_one * mean_other) + high)
    spread = square_one - mean_one**2 + square_other - mean_other**2 + high
    return np.asarray(shared / ((mean_one**2 + mean_other**2 + low) * spread), dtype=np.float64)


def alike(one: Pixels, other: Pixels, *, where: NDArray[np.bool_]) -> Alike:
    """How alike two pictures are where no edge runs in either; both shape (height, width, 3).

    Parameters
    ----------
    where
        What is looked at at all, shape (height, width).
    """
    is_compared = ~(_near_edges(one) | _near_edges(other)) & where
    structure = similarity(one, other).min(axis=2)[is_compared]
    colour = np.abs(one - other).max(axis=2)[is_compared]
    return Alike(float(structure.mean()), float(np.percentile(colour, 99.0)), float(is_compared.sum() / where.sum()))


def _near_edges(picture: Pixels) -> NDArray[np.bool_]:
    step = (maximum_filter(picture, (3, 3, 1)) - minimum_filter(picture, (3, 3, 1))).max(axis=2)
    return np.asarray(maximum_filter(step > EDGE, AROUND_EDGES), dtype=np.bool_)


def with_sky(pixels: NDArray[np.int64]) -> Pixels:
    """A picture of the scene over its sky, shape (height, width, 3)."""
    at = (np.arange(len(pixels)) + 0.5) / len(pixels)
    places = [place for place, _ in SKY_STOPS]
    sky = np.stack([np.interp(at, places, [colour[channel] for _, colour in SKY_STOPS]) for channel in range(3)], axis=1)
    opacity = pixels[..., 3:] / 255.0
    return np.asarray(pixels[..., :3] * opacity + sky[:, None] * (1.0 - opacity), dtype=np.float64)
