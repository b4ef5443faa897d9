"""Shadows of solids on level ground, as polygons: exact for the triangles that cast them.

The shadow of a closed solid is what its faces towards the sun cover when they are carried along the sunbeams onto the ground. Its
border runs along the *silhouette*: the edges between a face towards the sun and one that is turned away (F. C. Crow, Shadow
algorithms for computer graphics, SIGGRAPH 1977). Where the silhouette of an object is one ring that does not cross itself, the
carried ring is the shadow; where it is not, winding numbers tell which of the cells that it cuts are shade. The triangles of
surfaces that do not close are carried one by one and united.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.model.mesh import BoolArray, FloatArray, Mesh
from wijktwin.sun import Sun

IndexArray = NDArray[np.int64]
Shapes = NDArray[np.object_]

LOWEST_SUN: Final = 0.5
"""Below this altitude no shadow is drawn: it is 115 times as long as what casts it, and there is hardly any light to shade. [°]"""
SNAP: Final = 1e-3
"""Carried points are rounded to this grid before triangles are united, so that neighbours meet. [m]"""


@dataclass(frozen=True, eq=False)
class Casters:
    """Objects that cast shadow, each above its own level ground.

    Parameters
    ----------
    corners
        Corners of all triangles, shape (m, 3, 3), in real coordinates less ``origin``; heights above the ground of the object.
        Nothing lies below zero. [m]
    owner
        Object of each triangle, shape (m,), ascending.
    n_objects
        How many objects there are.
    origin
        What is taken off horizontal coordinates, shape (2,). [m]
    """

    corners: FloatArray
    owner: IndexArray
    n_objects: int
    origin: FloatArray

    @staticmethod
    def of(mesh: Mesh, ground: FloatArray) -> Casters:
        """The objects of a mesh.

        Parameters
        ----------
        ground
            Height of the level ground of each object, shape (n_objects,) [m, in the vertical datum]; where it is not known (NaN),
            the lowest corner of the object. What lies below it casts no shadow.
        """
        corners = mesh.triangle_corners().astype(np.float64)
        owner = mesh.triangle_object().astype(np.int64)
        order = np.argsort(owner, kind="stable")
        corners, owner = corners[order], owner[order]
        lowest = np.full(len(ground), np.inf)
        np.minimum.at(lowest, owner, corners[:, :, 2].min(axis=1) + mesh.origin[2])
        level = np.where(np.isfinite(ground), ground, lowest)
        corners[:, :, 2] = np.maximum(corners[:, :, 2] + mesh.origin[2] - level[owner][:, None], 0.0)
        return Casters(corners, owner, len(ground), np.array(mesh.origin[:2]))

    @cached_property
    def _normals(self) -> FloatArray:
        """Twice the area of each triangle along its outward normal, shape (m, 3). [m²]"""
        return np.cross(self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0])

    @cached_property
    def _welded(self) -> tuple[IndexArray, FloatArray]:
        """Vertices that coincide within one object as one: numbers of the corners, shape (m, 3), and points, shape (k, 3). [m]"""
        points = self.corners.reshape(-1, 3)
        keys = np.column_stack([np.repeat(self.owner, 3), np.round(points / SNAP).astype(np.int64)])
        _, first, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return number.reshape(-1, 3), points[first]

    @cached_property
    def _edges(self) -> tuple[IndexArray, IndexArray, BoolArray]:
        """Half edges that have a twin, and the objects that do not close.

        Returns
        -------
        half_edges
            Begin, end, triangle and triangle on the other side, shape (e, 4).
        owner
            Object of each, shape (e,).
        is_open
            Objects in which an edge has no twin or more than one, shape (n_objects,).
        """
        numbers, points = self._welded
        triangle = np.tile(np.arange(len(numbers)), 3)
        begin, end = numbers.T.ravel(), np.roll(numbers, -1, axis=1).T.ravel()
        kept = begin != end
        begin, end, triangle = begin[kept], end[kept], triangle[kept]
        n_points = len(points)
        ahead, back = begin * n_points + end, end * n_points + begin
        order = np.argsort(ahead, kind="stable")
        place = np.minimum(np.searchsorted(ahead[order], back), len(order) - 1) if len(order) else np.zeros(0, dtype=np.int64)
        twin = order[place] if len(order) else place
        has_twin = ahead[twin] == back if len(order) else np.zeros(0, dtype=bool)
        doubled = np.zeros(len(begin), dtype=bool)
        same = ahead[order][1:] == ahead[order][:-1]
        doubled[order[1:][same]] = True
        is_open = np.zeros(self.n_objects, dtype=bool)
        is_open[self.owner[triangle[~has_twin | doubled]]] = True
        kept = has_twin & ~is_open[self.owner[triangle]]
        half_edges = np.column_stack([begin[kept], end[kept], triangle[kept], triangle[twin[kept]]])
        return half_edges, self.owner[triangle[kept]], is_open

    def shadows(self, sun: Sun) -> Shapes:
        """The shadow of every object on level ground, what it stands on included, shape (n_objects,).

        None where an object casts none: it has no faces or lies below ground, or the sun is lower than `LOWEST_SUN`. Real
        coordinates. [m]
        """
        found = np.full(self.n_objects, None, dtype=object)
        if sun.altitude < LOWEST_SUN or not len(self.corners):
            return found
        lit = self._normals @ sun.towards > 0
        along = -sun.shadow_per_metre * np.array([np.sin(np.radians(sun.grid_azimuth)), np.cos(np.radians(sun.grid_azimuth))])
        tall = np.zeros(self.n_objects)
        np.maximum.at(tall, self.owner, self.corners[:, :, 2].max(axis=1))
        rings, owners = self._silhouettes(lit, along)
        found[owners] = rings
        rest = (tall > 0) & shapely.is_missing(found)
        is_open = self._edges[2]
        self._wind(found, np.flatnonzero(rest & ~is_open), lit, along)
        self._unite(found, np.flatnonzero(rest & is_open), along)
        return found

    def _silhouettes(self, lit: BoolArray, along: FloatArray) -> tuple[Shapes, IndexArray]:
        """Shadows of the objects whose silhouette is one simple ring, and which objects those are."""
        half_edges, owner, _ = self._edges
        border = lit[half_edges[:, 2]] & ~lit[half_edges[:, 3]]
        begin, end, owner = half_edges[border, 0], half_edges[border, 1], owner[border]
        _, points = self._welded
        carried = points[:, :2] + points[:, 2:] * along + self.origin
        follows = dict(zip(begin.tolist(), end.tolist(), strict=True))
        sizes = np.bincount(owner, minlength=self.n_objects)
        starts = np.searchsorted(owner_sorted := owner[order := np.argsort(owner, kind="stable")], np.arange(self.n_objects))
        ring_points: list[int] = []
        lengths: list[int] = []
        owners: list[int] = []
        for row in np.unique(owner_sorted).tolist():
            first = int(begin[order[starts[row]]])
            ring, here = [first], follows[first]
            while here != first and len(ring) < sizes[row]:
                ring.append(here)
                here = follows.get(here, first)
            if here == first and len(ring) == sizes[row]:
                ring_points += [*ring, first]
                lengths.append(len(ring) + 1)
                owners.append(row)
        if not owners:
            return np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
        offsets = np.cumsum([0, *lengths])
        polygons = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, carried[np.array(ring_points)], (offsets, np.arange(len(owners) + 1))
        )
        simple = shapely.is_valid(polygons) & shapely.is_ccw(shapely.get_exterior_ring(polygons))
        return polygons[simple], np.array(owners)[simple]

    def _wind(self, found: Shapes, rows: IndexArray, lit: BoolArray, along: FloatArray) -> None:
        """Shadows of closed objects whose silhouette has several rings or crosses itself; into ``found``.

        The carried silhouette cuts the ground into cells. Its rings run around a cell as often as faces towards the sun lie above
        it, so that a cell is in the shade where their winding number is not zero.
        """
        half_edges, owner, _ = self._edges
        border = np.flatnonzero(lit[half_edges[:, 2]] & ~lit[half_edges[:, 3]])
        border = border[np.argsort(owner[border], kind="stable")]
        _, points = self._welded
        carried = np.round((points[:, :2] + points[:, 2:] * along + self.origin) / SNAP) * SNAP
        segments = np.stack([carried[half_edges[border, 0]], carried[half_edges[border, 1]]], axis=1)
        lines = np.asarray(shapely.linestrings(segments), dtype=object)
        begins = np.searchsorted(owner[border], [rows, rows + 1])
        for row, lo, hi in zip(rows.tolist(), *begins.tolist(), strict=True):
            cells = shapely.get_parts(shapely.polygonize([shapely.union_all(lines[lo:hi])]))
            if len(cells):
                inside = shapely.get_coordinates(shapely.point_on_surface(cells))
                found[row] = shapely.union_all(cells[_winding(inside, segments[lo:hi]) != 0])

    def _unite(self, found: Shapes, rows: IndexArray, along: FloatArray) -> None:
        """Shadows of objects that are not closed: whichever side of their triangles the sun shines on; into ``found``."""
        begins = np.searchsorted(self.owner, [rows, rows + 1])
        for row, lo, hi in zip(rows.tolist(), *begins.tolist(), strict=True):
            corners = self.corners[lo:hi]
            carried = np.round((corners[:, :, :2] + corners[:, :, 2:] * along + self.origin) / SNAP) * SNAP
            u, v = carried[:, 1] - carried[:, 0], carried[:, 2] - carried[:, 0]
            has_area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) > SNAP**2
            if has_area.any():
                found[row] = shapely.union_all(shapely.polygons(carried[has_area]))


def _winding(points: FloatArray, segments: FloatArray) -> IndexArray:
    """How often closed rings run counter-clockwise around points, shape (n,).

    Parameters
    ----------
    points
        Shape (n, 2), none of them on a ring.
    segments
        Begin and end of the directed pieces of the rings, shape (k, 2, 2), in any order.
    """
    (x, y), (x0, y0), (x1, y1) = points.T[:, :, None], segments[:, 0].T, segments[:, 1].T
    ahead = (y0 <= y) != (y1 <= y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = ahead & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return np.asarray((crosses * np.where(y1 > y0, 1, -1)).sum(axis=1), dtype=np.int64)
