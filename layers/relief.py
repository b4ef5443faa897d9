"""Ground heights between the places where somebody knows them: planes through what is near, so that a slope stays a slope."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

N_NEAREST: Final = 16
N_AROUND: Final = 10
"""How many samples tell whether one of them is odd."""
SOFTENING: Final = 18.0
"""Distance below which samples count alike. [m]"""
LEAST_SPREAD: Final = 3.0
"""Samples that lie closer together than this across the slope say nothing about it: a row of houses along a street. [m]"""
USUAL_NOISE: Final = 0.10
"""Samples that lie this near the plane of those around them are not odd. [m]"""
N_FIRST, N_LAST = 6, 3
"""Rounds in which odd samples count less, and in which they do not count at all."""
TUKEY: Final = 4.685
"""Residuals beyond so many times the usual one count for nothing (Huber and Ronchetti, Robust Statistics, 2009, section 4.8)."""


def known_heights(neighbourhood: Neighbourhood) -> FloatArray:
    """Places whose ground height is known, shape (n, 3): x, y [m], z [m NAP]; no single one stands out from those around it."""
    found = [neighbourhood.ground_samples]
    for table in (neighbourhood.ground_table, neighbourhood.tree_table):
        if table is None or not len(table) or "ground_height" not in table:
            continue
        heights = table["ground_height"].to_numpy(dtype=np.float64)
        is_known = np.isfinite(heights)
        places = shapely.get_coordinates(shapely.point_on_surface(table.geometry.to_numpy()[is_known]))
        found.append(np.column_stack([places, heights[is_known]]))
    samples = np.concatenate(found)
    return samples if len(samples) < 5 else np.column_stack([samples[:, :2], _evened(samples)])


def heights_at(xy: FloatArray, samples: FloatArray) -> FloatArray:
    """Ground height at points: of the plane through the nearest samples, the nearer the heavier (moving least squares).

    Beyond the outermost samples a slope runs on, but not further up or down than the samples that tell it differ.

    Parameters
    ----------
    xy
        Shape (n, 2), real coordinates. [m]
    samples
        Shape (m, 3), at least one. [m, m NAP]

    Returns
    -------
    heights
        Shape (n,). [m NAP]
    """
    offset, heights = _around(xy, samples, min(N_NEAREST, len(samples)))
    weight = 1.0 / ((offset**2).sum(axis=2) + SOFTENING**2)
    lowest, highest = heights.min(axis=1), heights.max(axis=1)
    return np.clip(_planes(offset, heights, weight)[:, 0], 2 * lowest - highest, 2 * highest - lowest)


def _evened(samples: FloatArray) -> FloatArray:
    """Height of each sample by the plane of those around it, in which odd ones do not count, shape (n,). [m NAP]"""
    offset, heights = _around(samples[:, :2], samples, min(N_AROUND, len(samples)))
    planes = _planes(offset, heights, np.ones(heights.shape))
    for number in range(N_FIRST + N_LAST):
        residual = np.abs(heights - planes[:, :1] - np.einsum("nkc,nc->nk", offset, planes[:, 1:]))
        if number < N_FIRST:
            weight = 1.0 / np.maximum(residual, USUAL_NOISE)
        else:
            usual = np.maximum(1.4826 * np.median(residual, axis=1, keepdims=True), USUAL_NOISE)
            weight = np.maximum(1.0 - (residual / (TUKEY * usual)) ** 2, 0.0) ** 2
        planes = _planes(offset, heights, weight)
    return planes[:, 0]


def _around(xy: FloatArray, samples: FloatArray, n_nearest: int) -> tuple[FloatArray, FloatArray]:
    """The nearest samples of points: offset from the point, shape (n, k, 2), and height, shape (n, k)."""
    nearest = KDTree(samples[:, :2]).query(xy, k=n_nearest)[1].reshape(len(xy), n_nearest)
    return samples[nearest, :2] - xy[:, None, :], samples[nearest, 2]


def _planes(offset: FloatArray, heights: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted planes through samples, shape (n, 3): height at the point itself, and slope to the east and to the north."""
    middle = heights.mean(axis=1)
    design = np.concatenate([np.ones((*heights.shape, 1)), offset], axis=2)
    weighted = design * weight[:, :, None]
    normal = np.einsum("nki,nkj->nij", weighted, design)
    spread = LEAST_SPREAD**2 * weight.sum(axis=1)
    normal[:, 1, 1] += spread
    normal[:, 2, 2] += spread
    found = np.linalg.solve(normal, np.einsum("nki,nk->ni", weighted, heights - middle[:, None])[:, :, None])[:, :, 0]
    found[:, 0] += middle
    return np.asarray(found, dtype=np.float64)
