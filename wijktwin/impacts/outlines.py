"""How far off an area may be because outlines on a map are only so precise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


def outline_margin(outlines: Sequence[BaseGeometry] | NDArray[np.object_], *, precision: float) -> float:
    """Margin of the summed area of polygons whose corners may each lie ``precision`` off in x and in y, independently. [m²]

    The area of a ring is half the sum of x_i (y_(i+1) - y_(i-1)), so to first order its variance is precision² / 4 times the sum of
    the squared distances between the neighbours of each corner (Chrisman & Yandell 1988, Effects of point error on area
    calculations, Surveying and Mapping 48: 241-246); variances of separate rings add up.

    Parameters
    ----------
    precision
        How far a corner may lie off. [m]
    """
    polygons = shapely.get_parts(shapely.get_parts(np.asarray(outlines, dtype=object)))  # rings are only taken of single polygons
    rings = shapely.get_rings(polygons)
    if not len(rings):
        return 0.0
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)  # a ring repeats its first corner at its end
    xy, ring = xy[~last], ring[~last]
    first = np.flatnonzero(np.append(True, ring[1:] != ring[:-1]))
    counts = np.diff(np.append(first, len(ring)))
    here = np.arange(len(ring))
    after = np.where(here + 1 == np.repeat(first + counts, counts), np.repeat(first, counts), here + 1)
    before = np.where(here == np.repeat(first, counts), np.repeat(first + counts, counts) - 1, here - 1)
    spread = ((xy[after] - xy[before]) ** 2).sum()
    return float(precision / 2.0 * np.sqrt(spread))
