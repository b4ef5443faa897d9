"""The ground as a surface: heights between the places where somebody knows them, and polygons laid on it.

The surface is drawn, not measured: it is interpolated from the ground heights of buildings (and of ground surfaces that bring
their own), so that nothing floats and nothing sinks. No figure is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree
from shapely.geometry.base import BaseGeometry

from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

SMALLEST_CELL: Final = 20.0
"""[m]"""
MOST_CELLS: Final = 48
"""Along the longer side."""
N_NEAREST: Final = 12
SOFTENING: Final = 18.0
"""Distance below which samples count alike, so that one odd garden makes no pit. [m]"""
FLAT_ENOUGH: Final = 0.01
"""A polygon whose ground deviates less than this from a plane is laid down in one piece. [m]"""
MARGIN_SHARE: Final = 0.04
SMALLEST_MARGIN: Final = 25.0
"""How far the surface reaches beyond the neighbourhood. [m]"""


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

    def triangles(self) -> FloatArray:
        """All triangles of the surface, counter-clockwise from above, shape (n, 3, 3), real coordinates. [m, m NAP]

        One flat cell would do for a level surface: then there are two triangles, whatever the size of the grid.
        """
        heights = self.heights
        x0, y0, x1, y1 = self.bounds
        if np.ptp(heights) < FLAT_ENOUGH:
            xs, ys, heights = np.array([x0, x1]), np.array([y0, y1]), heights[[[0, 0], [-1, -1]], [[0, -1], [0, -1]]]
        else:
            xs = self.west + self.cell * np.arange(heights.shape[1])
            ys = self.south + self.cell * np.arange(heights.shape[0])
        x, y = np.meshgrid(xs, ys)
        nodes = np.stack([x, y, heights], axis=-1)
        south_west, south_east, north_west, north_east = nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, :-1], nodes[1:, 1:]
        lower = np.stack([south_west, south_east, north_east], axis=2)
        upper = np.stack([south_west, north_east, north_west], axis=2)
        return np.concatenate([lower.reshape(-1, 3, 3), upper.reshape(-1, 3, 3)])

    def is_flat_under(self, bounds: tuple[float, float, float, float]) -> bool:
        """Whether the ground within a box deviates less than `FLAT_ENOUGH` from one plane."""
        rows, columns = self.heights.shape
        i0, i1 = (
            int(np.clip(np.floor((x - self.west) / self.cell) + step, 0, columns - 1)) for x, step in ((bounds[0], 0), (bounds[2], 1))
        )
        j0, j1 = (int(np.clip(np.floor((y - self.south) / self.cell) + step, 0, rows - 1)) for y, step in ((bounds[1], 0), (bounds[3], 1)))
        part = self.heights[j0 : j1 + 1, i0 : i1 + 1]
        j, i = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
        design = np.column_stack([i.ravel(), j.ravel(), np.ones(part.size)])
        plane = np.linalg.lstsq(design, part.ravel(), rcond=None)[0]
        return bool(np.abs(design @ plane - part.ravel()).max() < FLAT_ENOUGH)

    def laid_down(self, outline: BaseGeometry) -> Iterator[list[FloatArray]]:
        """A polygon laid on the ground: rings of pieces that each lie in one plane, outer ring first, not closed.

        Yields
        ------
        rings
            One array of shape (n, 3) per ring, real coordinates. [m, m NAP]
        """
        for polygon in polygons_of(outline):
            if self.is_flat_under(polygon.bounds):
                yield self._rings(polygon)
                continue
            cells = self._triangles_over(polygon.bounds)
            for piece in shapely.intersection(polygon, cells):
                yield from (self._rings(part) for part in polygons_of(piece))

    def _rings(self, polygon: shapely.Polygon) -> list[FloatArray]:
        rings = []
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            rings.append(np.column_stack([xy, self.at(xy)]))
        return rings

    def _triangles_over(self, bounds: tuple[float, float, float, float]) -> NDArray[np.object_]:
        """The triangles of all cells that a box touches; cells at the edge reach outwards without end."""
        rows, columns = self.heights.shape
        i0, i1 = (int(np.clip((x - self.west) // self.cell, 0, columns - 2)) for x in (bounds[0], bounds[2]))
        j0, j1 = (int(np.clip((y - self.south) // self.cell, 0, rows - 2)) for y in (bounds[1], bounds[3]))
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


def polygons_of(geometry: BaseGeometry | None) -> list[shapely.Polygon]:
    """The polygons with an area in any geometry; lines and points that an intersection left over are dropped."""
    if geometry is None or geometry.is_empty:
        return []
    if isinstance(geometry, shapely.Polygon):
        return [geometry] if geometry.area > 1e-6 else []
    parts: Sequence[BaseGeometry] = getattr(geometry, "geoms", ())
    return [polygon for part in parts for polygon in polygons_of(part)]


def build_terrain(neighbourhood: Neighbourhood) -> Terrain:
    """The ground surface of a neighbourhood, a little larger than everything in it."""
    x0, y0, x1, y1 = _extent(neighbourhood)
    margin = max(SMALLEST_MARGIN, MARGIN_SHARE * max(x1 - x0, y1 - y0))
    x0, y0, x1, y1 = x0 - margin, y0 - margin, x1 + margin, y1 + margin
    cell = max(SMALLEST_CELL, max(x1 - x0, y1 - y0) / MOST_CELLS)
    columns, rows = max(2, int(np.ceil((x1 - x0) / cell)) + 1), max(2, int(np.ceil((y1 - y0) / cell)) + 1)
    samples = _samples(neighbourhood)
    if not len(samples):
        lowest = float(neighbourhood.mesh.vertices[:, 2].min() + neighbourhood.mesh.origin[2]) if len(neighbourhood.mesh.vertices) else 0.0
        return Terrain(x0, y0, cell, np.full((rows, columns), lowest), is_known=False)
    x, y = np.meshgrid(x0 + cell * np.arange(columns), y0 + cell * np.arange(rows))
    heights = _interpolated(samples, np.column_stack([x.ravel(), y.ravel()]))
    return Terrain(x0, y0, cell, heights.reshape(rows, columns))


def _extent(neighbourhood: Neighbourhood) -> tuple[float, float, float, float]:
    """Everything that is drawn: buildings with their halo, ground and trees."""
    boxes = []
    mesh = neighbourhood.mesh
    if len(mesh.ring_vertices):
        xy = mesh.vertices[mesh.ring_vertices, :2] + mesh.origin[:2]
        boxes.append((*xy.min(axis=0), *xy.max(axis=0)))
    boxes.extend(
        tuple(table.total_bounds) for table in (neighbourhood.ground_table, neighbourhood.tree_table) if table is not None and len(table)
    )
    if not boxes:
        return 0.0, 0.0, 0.0, 0.0
    edges = np.array(boxes, dtype=np.float64)
    low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


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
