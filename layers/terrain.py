"""The ground as a surface: heights between the places where somebody knows them, and polygons laid on it.

The surface is drawn, not measured: it is interpolated from the ground heights of buildings (and of ground surfaces that bring
their own), so that nothing floats and nothing sinks. No figure is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree
from shapely.geometry.base import BaseGeometry

from layers.plate import plate_outline
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

SMALLEST_CELL: Final = 20.0
"""[m]"""
MOST_CELLS: Final = 48
"""Along the longer side."""
N_NEAREST: Final = 12
SOFTENING: Final = 18.0
"""Distance below which samples count alike, so that one odd garden makes no pit. [m]"""
LARGEST_PLANE: Final = 8
"""A polygon over more nodes than this, either way, is cut unless the ground is level. [nodes]"""
FLAT_ENOUGH: Final = 0.01
"""A polygon whose ground deviates less than this from a plane is laid down in one piece. [m]"""


@dataclass(frozen=True, eq=False)
class Terrain:
    """Heights on a grid; every cell is two triangles, split from its south-west to its north-east corner.

    Parameters
    ----------
    west, south
        South-west corner, real coordinates. [m]
    cell
        Side of a cell. [m]
    heights
        Height at every node, shape (rows, columns), first row in the south. [m NAP]
    is_known
        False where no ground height is known at all: the heights are then those of the lowest vertex.
    """

    west: float
    south: float
    cell: float
    heights: FloatArray
    is_known: bool = True

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Min x, min y, max x, max y. [m]"""
        rows, columns = self.heights.shape
        return self.west, self.south, self.west + (columns - 1) * self.cell, self.south + (rows - 1) * self.cell

    def at(self, xy: FloatArray) -> FloatArray:
        """Ground height at points; beyond the grid that of its nearest edge.

        Parameters
        ----------
        xy
            Shape (n, 2), real coordinates. [m]

        Returns
        -------
        heights
            Shape (n,). [m NAP]
        """
        xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        rows, columns = self.heights.shape
        u = np.clip((xy[:, 0] - self.west) / self.cell, 0.0, columns - 1.0)
        v = np.clip((xy[:, 1] - self.south) / self.cell, 0.0, rows - 1.0)
        i, j = np.minimum(u.astype(int), columns - 2), np.minimum(v.astype(int), rows - 2)
        u, v = u - i, v - j
        south_west, north_east = self.heights[j, i], self.heights[j + 1, i + 1]
        south_east, north_west = self.heights[j, i + 1], self.heights[j + 1, i]
        below = south_west + u * (south_east - south_west) + v * (north_east - south_east)
        above = south_west + v * (north_west - south_west) + u * (north_east - north_west)
        return np.asarray(np.where(u >= v, below, above), dtype=np.float64)

    def is_flat_under(self, bounds: tuple[float, float, float, float]) -> bool:
        """Whether the ground within a box deviates less than `FLAT_ENOUGH` from one plane."""
        i, j = self._cells(bounds)
        part = self.heights[j[0] : j[1] + 2, i[0] : i[1] + 2]
        if max(part.shape) > LARGEST_PLANE:
            return bool(np.ptp(part) < FLAT_ENOUGH)
        found = part.ravel()
        return bool(np.abs(found - _onto_plane(part.shape) @ found).max() < FLAT_ENOUGH)

    def pieces(self, outline: BaseGeometry) -> Iterator[list[FloatArray]]:
        """A polygon cut so that the ground under every piece lies in one plane.

        Yields
        ------
        rings
            One array of shape (n, 2) per ring of a piece, outer ring first, not closed; real coordinates. [m]
        """
        for polygon in polygons_of(outline):
            if self.is_flat_under(polygon.bounds):
                yield _rings(polygon)
            else:
                for piece in shapely.intersection(polygon, self._triangles_over(polygon.bounds)):
                    yield from (_rings(part) for part in polygons_of(piece))

    def _cells(self, bounds: tuple[float, float, float, float]) -> tuple[tuple[int, int], tuple[int, int]]:
        """First and last column, first and last row of the cells that a box touches."""
        rows, columns = self.heights.shape
        across = tuple(min(max(int((x - self.west) // self.cell), 0), columns - 2) for x in (bounds[0], bounds[2]))
        along = tuple(min(max(int((y - self.south) // self.cell), 0), rows - 2) for y in (bounds[1], bounds[3]))
        return (across[0], across[1]), (along[0], along[1])

    def _triangles_over(self, bounds: tuple[float, float, float, float]) -> NDArray[np.object_]:
        """The triangles of all cells that a box touches; cells at the edge reach outwards without end."""
        (i0, i1), (j0, j1) = self._cells(bounds)
        i, j = (index.ravel() for index in np.meshgrid(np.arange(i0, i1 + 1), np.arange(j0, j1 + 1)))
        x0, y0 = self.west + i * self.cell, self.south + j * self.cell
        x1, y1 = x0 + self.cell, y0 + self.cell
        lower = np.stack([np.stack([x0, y0], -1), np.stack([x1, y0], -1), np.stack([x1, y1], -1)], axis=1)
        upper = np.stack([np.stack([x0, y0], -1), np.stack([x1, y1], -1), np.stack([x0, y1], -1)], axis=1)
        triangles = np.asarray(shapely.polygons(np.concatenate([lower, upper])), dtype=object)
        x_min, y_min, x_max, y_max = self.bounds
        if bounds[0] < x_min or bounds[1] < y_min or bounds[2] > x_max or bounds[3] > y_max:
            outside = shapely.difference(shapely.box(*bounds).buffer(1.0), shapely.box(x_min, y_min, x_max, y_max))
            triangles = np.append(triangles, np.array(polygons_of(outside), dtype=object))
        return triangles


def _rings(polygon: shapely.Polygon) -> list[FloatArray]:
    return [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]


@cache
def _onto_plane(shape: tuple[int, int]) -> FloatArray:
    """The matrix that takes heights on a grid to those of the plane nearest to them."""
    j, i = np.mgrid[0 : shape[0], 0 : shape[1]]
    design = np.column_stack([i.ravel(), j.ravel(), np.ones(i.size)])
    return np.asarray(design @ np.linalg.pinv(design), dtype=np.float64)


def polygons_of(geometry: BaseGeometry | None) -> list[shapely.Polygon]:
    """The polygons with an area in any geometry; lines and points that an intersection left over are dropped."""
    if geometry is None or geometry.is_empty:
        return []
    if isinstance(geometry, shapely.Polygon):
        return [geometry] if geometry.area > 1e-6 else []
    parts: Sequence[BaseGeometry] = getattr(geometry, "geoms", ())
    return [polygon for part in parts for polygon in polygons_of(part)]


def build_terrain(neighbourhood: Neighbourhood) -> Terrain:
    """The ground surface of a neighbourhood, as large as the plate it stands on."""
    x0, y0, x1, y1 = plate_outline(neighbourhood).bounds
    cell = max(SMALLEST_CELL, max(x1 - x0, y1 - y0) / MOST_CELLS)
    columns, rows = max(2, int(np.ceil((x1 - x0) / cell)) + 1), max(2, int(np.ceil((y1 - y0) / cell)) + 1)
    x0, y0 = x0 - ((columns - 1) * cell - (x1 - x0)) / 2, y0 - ((rows - 1) * cell - (y1 - y0)) / 2
    samples = _samples(neighbourhood)
    if not len(samples):
        lowest = float(neighbourhood.mesh.vertices[:, 2].min() + neighbourhood.mesh.origin[2]) if len(neighbourhood.mesh.vertices) else 0.0
        return Terrain(x0, y0, cell, np.full((rows, columns), lowest), is_known=False)
    x, y = np.meshgrid(x0 + cell * np.arange(columns), y0 + cell * np.arange(rows))
    heights = _interpolated(samples, np.column_stack([x.ravel(), y.ravel()]))
    return Terrain(x0, y0, cell, heights.reshape(rows, columns))


def _samples(neighbourhood: Neighbourhood) -> FloatArray:
    """Known ground heights, shape (n, 3), each made the median of its neighbours so that no single one stands out."""
    samples = neighbourhood.ground_samples
    table = neighbourhood.ground_table
    if table is not None and len(table):
        known = table[np.isfinite(table["ground_height"].to_numpy(dtype=np.float64))]
        if len(known):
            inside = shapely.get_coordinates(shapely.point_on_surface(known.geometry.to_numpy()))
            samples = np.concatenate([samples, np.column_stack([inside, known["ground_height"].to_numpy(dtype=np.float64)])])
    if len(samples) < 5:
        return samples
    _, nearest = KDTree(samples[:, :2]).query(samples[:, :2], k=5)
    return np.column_stack([samples[:, :2], np.median(samples[nearest, 2], axis=1)])


def _interpolated(samples: FloatArray, xy: FloatArray) -> FloatArray:
    """Softened inverse-distance weighting of the nearest samples, shape (n,). [m NAP]"""
    n_nearest = min(N_NEAREST, len(samples))
    distance, nearest = KDTree(samples[:, :2]).query(xy, k=n_nearest)
    distance, nearest = distance.reshape(len(xy), n_nearest), nearest.reshape(len(xy), n_nearest)
    weight = 1.0 / (distance**2 + SOFTENING**2)
    return np.asarray((samples[nearest, 2] * weight).sum(axis=1) / weight.sum(axis=1), dtype=np.float64)
