"""How far the model reaches: the outline of the plate that everything stands on."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

SMALLEST: Final = 10.0
"""Half the side of a plate on which next to nothing stands. [m]"""
MARGIN: Final = 12.0
"""How far the plate reaches beyond what stands on it. [m]"""
MARGIN_SHARE: Final = 0.02
"""Idem, as a share of its size."""
HULL_SHARE: Final = 0.01
"""How far corners that a camera has to show may lie from the hull of what stands there, as a share of its size."""


@lru_cache(maxsize=8)
def plate_outline(neighbourhood: Neighbourhood) -> shapely.Polygon:
    """The smallest rectangle, turned as it has to be, around everything that is drawn, and a margin around that; anticlockwise."""
    rectangle = _around(drawn_points(neighbourhood))
    west, south, east, north = rectangle.bounds
    margin = max(MARGIN, MARGIN_SHARE * max(east - west, north - south))
    outline = rectangle.buffer(margin, join_style="mitre")
    return shapely.Polygon(shapely.get_coordinates(shapely.orient_polygons(outline)))


@lru_cache(maxsize=8)
def assessed_corners(neighbourhood: Neighbourhood) -> tuple[tuple[float, float], ...]:
    """Corners of the hull of the buildings that are assessed, or of all where all are halo; within `HULL_SHARE` of it. [m]"""
    mesh = neighbourhood.mesh
    inside = ~neighbourhood.buildings.flags["is_halo"][mesh.surface_object[mesh.ring_surface]]
    kept = np.repeat(inside, np.diff(mesh.ring_start)) if inside.any() else np.ones(len(mesh.ring_vertices), dtype=bool)
    points = mesh.vertices[mesh.ring_vertices[kept], :2] + mesh.origin[:2]
    if not len(points):
        return ()
    hull = shapely.MultiPoint(points).convex_hull
    if not isinstance(hull, shapely.Polygon):
        hull = _around(points)
    west, south, east, north = hull.bounds
    simple = shapely.simplify(hull, HULL_SHARE * max(east - west, north - south))
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(simple)[:-1])


def _around(points: FloatArray) -> shapely.Polygon:
    """The smallest rectangle around points."""
    hull = shapely.MultiPoint(points).convex_hull
    rectangle = hull.minimum_rotated_rectangle
    return rectangle if isinstance(rectangle, shapely.Polygon) else shapely.box(*hull.buffer(SMALLEST).bounds)


def drawn_points(neighbourhood: Neighbourhood) -> FloatArray:
    """Corners of everything that is drawn: buildings with their halo, ground and trees; shape (n, 2), at least one. [m]"""
    mesh = neighbourhood.mesh
    found = [mesh.vertices[mesh.ring_vertices, :2] + mesh.origin[:2]]
    found += [
        shapely.get_coordinates(table.geometry.to_numpy())
        for table in (neighbourhood.ground_table, neighbourhood.tree_table)
        if table is not None and len(table)
    ]
    points = np.concatenate(found)
    return points if len(points) else np.zeros((1, 2))
