"""Stretches of flat arrays: the places of many of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IndexArray = NDArray[np.int64]


def rows_with_gaps(rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows in which a number is missing (NaN), shape (n,)."""
    gaps: NDArray[np.bool_] = np.logical_or.reduce(np.isnan(rows), axis=1)
    return gaps


def positions(start: IndexArray, count: IndexArray) -> IndexArray:
    """The places start[0], start[0] + 1, … (count[0] of them), then those of the next stretch, and so on.

    Parameters
    ----------
    start, count
        First place and length of each stretch, shape (n,).

    Returns
    -------
    places
        Shape (sum(count),).
    """
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    places: IndexArray = np.arange(total) + np.repeat(start - (ends - count), count)
    return places
