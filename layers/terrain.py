"""The ground as a surface: heights between the places where somebody knows them, and polygons laid on it.

The surface is drawn, not measured: it is interpolated from the ground heights of buildings (and of trees and ground surfaces that bring
their own), so that nothing floats and nothing sinks. No figure is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.merging import merged
from layers.plate import plate_outline
from layers.relief import heights_at, known_heights
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SMALLEST_CELL: Final = 20.0
"""[m]"""
MOST_CELLS: Final = 48
"""Along the longer side."""
MERGED: Final = 0.02
"""How far the drawn surface may lie from the interpolated height of a node, so that flat ground is few triangles. [m]"""
FLAT_ENOUGH: Final = 0.01
"""A polygon whose ground deviates less than this from a plane is laid down in one piece: it lies within twice this of the surface. [m]"""


@dataclass(frozen=True, eq=False)
class Terrain:
    """Heights on a grid, and a surface of as few triangles as stay within `MERGED` of them.

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

    @cached_property
    def _merged(self) -> tuple[FloatArray, IntArray]:
        return merged(self.heights, MERGED)

    @property
    def surface(self) -> FloatArray:
        """Height of the surface at every node, shape (rows, columns). [m NAP]"""
        return self._merged[0]

    @cached_property
    def triangles(self) -> FloatArray:
        """Corners of the triangles of the surface, shape (n, 3, 2), real coordinates. [m]"""
        return np.asarray(np.array([self.west, self.south]) + self.cell * self._merged[1], dtype=np.float64)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        """The triangles within the grid; what lies beyond it is no triangle."""
        within = shapely.intersection(shapely.polygons(self.triangles), shapely.box(*self.bounds))
        return shapely.STRtree(np.asarray(within, dtype=object))

    def at(self, xy: FloatArray) -> FloatArray:
        """Height of the surface at points; beyond the grid that of its nearest edge.

        Every triangle of the surface is made of halves of cells, whose diagonals run to the north-east and the north-west in turn.

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
        surface = self.surface
        rows, columns = surface.shape
        u = np.clip((xy[:, 0] - self.west) / self.cell, 0.0, columns - 1.0)
        v = np.clip((xy[:, 1] - self.south) / self.cell, 0.0, rows - 1.0)
        i, j = np.minimum(u.astype(int), columns - 2), np.minimum(v.astype(int), rows - 2)
        u, v = u - i, v - j
        south_west, north_east = surface[j, i], surface[j + 1, i + 1]
        south_east, north_west = surface[j, i + 1], surface[j + 1, i]
        below = south_west + u * (south_east - south_west) + v * (north_east - south_east)
        above = south_west + v * (north_west - south_west) + u * (north_east - north_west)
        near = south_west + u * (south_east - south_west) + v * (north_west - south_west)
        far = north_east + (1 - u) * (north_west - north_east) + (1 - v) * (south_east - north_east)
        to_north_east = np.where(u >= v, below, above)
        to_north_west = np.where(u + v <= 1.0, near, far)
        return np.asarray(np.where((i + j) % 2 == 0, to_north_east, to_north_west), dtype=np.float64)

    def pieces(self, outline: BaseGeometry) -> Iterator[list[FloatArray]]:
        """A polygon cut so that the ground under every piece lies in one plane, within `FLAT_ENOUGH`.

        Yields
        ------
        rings
            One array of shape (n, 2) per ring of a piece, outer ring first, not closed; real coordinates. [m]
        """
        for polygon in polygons_of(outline):
            near = self._tree.query(polygon, predicate="intersects")
            if self._is_flat(self.triangles[near].reshape(-1, 2)) and self._is_within(polygon):
                yield _rings(polygon)
                continue
            pieces = [part for piece in self._cut(polygon, near) for part in polygons_of(piece)]
            if self._is_flat(shapely.get_coordinates([polygon, *pieces])):
                yield _rings(polygon)
            else:
                yield from (_rings(piece) for piece in pieces)

    def _is_flat(self, xy: FloatArray) -> bool:
        """Whether the surface at some points lies in one plane."""
        if len(xy) <= 3:
            return True
        heights = self.at(xy)
        if np.ptp(heights) < FLAT_ENOUGH:
            return True
        design = np.column_stack([xy - xy[0], np.ones(len(xy))])
        plane = np.linalg.lstsq(design, heights, rcond=None)[0]
        return bool(np.abs(heights - design @ plane).max() < FLAT_ENOUGH)

    def _is_within(self, polygon: shapely.Polygon) -> bool:
        x_min, y_min, x_max, y_max = self.bounds
        west, south, east, north = polygon.bounds
        return bool(west >= x_min and south >= y_min and east <= x_max and north <= y_max)

    def _cut(self, polygon: shapely.Polygon, near: IntArray) -> list[BaseGeometry]:
        """The pieces of a polygon on every triangle, and what lies beyond the grid."""
        found = list(shapely.intersection(polygon, self._tree.geometries[near]))
        return found if self._is_within(polygon) else [*found, shapely.difference(polygon, shapely.box(*self.bounds))]


def _rings(polygon: shapely.Polygon) -> list[FloatArray]:
    return [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]


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
    samples = known_heights(neighbourhood)
    if not len(samples):
        lowest = float(neighbourhood.mesh.vertices[:, 2].min() + neighbourhood.mesh.origin[2]) if len(neighbourhood.mesh.vertices) else 0.0
        return Terrain(x0, y0, cell, np.full((rows, columns), lowest), is_known=False)
    x, y = np.meshgrid(x0 + cell * np.arange(columns), y0 + cell * np.arange(rows))
    heights = heights_at(np.column_stack([x.ravel(), y.ravel()]), samples)
    return Terrain(x0, y0, cell, heights.reshape(rows, columns))
