"""Public green that is large enough to go to, and the ground beneath tree crowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.mesh import FloatArray

ROUND: Final = 8
"""Sides of a quarter circle in the outline of a crown: it covers 99.4 % of the circle, and its area is corrected for that."""
CORNERS: Final = 2
"""Sides of a quarter circle where outlines are widened and narrowed again."""


def green_places(outlines: NDArray[np.object_], *, path: float, narrowest: float, smallest: float) -> NDArray[np.object_]:
    """Pieces of public green that one can go to, as polygons.

    Pieces with no more than ``path`` between them are one place; strips narrower than ``narrowest`` are verges and belong to none.

    Parameters
    ----------
    outlines
        Polygons of public green, shape (n,).
    path, narrowest
        [m]
    smallest
        What is left of a place must be at least so large. [m²]
    """
    if not len(outlines):
        return np.zeros(0, dtype=object)
    half = path / 2.0
    wide = shapely.union_all(shapely.buffer(outlines, half, quad_segs=CORNERS, join_style="mitre", mitre_limit=2.0))
    joined = shapely.buffer(wide, -half, quad_segs=CORNERS, join_style="mitre", mitre_limit=2.0)
    core = shapely.buffer(joined, -narrowest / 2.0, join_style="mitre", mitre_limit=2.0)
    parts = shapely.get_parts(shapely.buffer(core, narrowest / 2.0, join_style="mitre", mitre_limit=2.0))
    if not len(parts):
        return np.zeros(0, dtype=object)
    part, piece = shapely.STRtree(outlines).query(parts, predicate="intersects")
    own = np.zeros(len(parts))
    np.add.at(own, part, shapely.area(shapely.intersection(parts[part], outlines[piece])))
    return np.asarray(parts[own >= smallest], dtype=object)


def public_green(ground: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Outlines of the ground that the map calls public green; gardens are not public."""
    shapes = ground.geometry.to_numpy()[(ground["kind"] == GroundKind.GREEN.value).to_numpy()]
    return np.asarray(shapely.make_valid(shapes), dtype=object)


def nearest_distance(points: NDArray[np.object_], places: NDArray[np.object_]) -> FloatArray:
    """Straight line from each point to the nearest place, shape (n,); infinite where there is none. [m]"""
    found = np.full(len(points), np.inf)
    if len(places) and len(points):
        row, distance = shapely.STRtree(places).query_nearest(points, return_distance=True, all_matches=False)
        found[row[0]] = distance
    return found


def crowns(trees: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Outlines of the crowns of known diameter, as polygons of the area of the circle."""
    diameter = trees["crown_diameter"].to_numpy(dtype=np.float64)
    known = np.isfinite(diameter) & (diameter > 0)
    return discs(trees.geometry.to_numpy()[known], diameter[known] / 2.0)


def discs(points: NDArray[np.object_], radius: NDArray[np.float64]) -> NDArray[np.object_]:
    """Circles around points as polygons with the very area of the circle, shape (n,)."""
    sides = 4 * ROUND
    wider = np.sqrt(np.pi / (sides / 2.0 * np.sin(2.0 * np.pi / sides)))
    return np.asarray(shapely.buffer(points, radius * wider, quad_segs=ROUND), dtype=object)


def covered_area(shapes: NDArray[np.object_], within: BaseGeometry) -> float:
    """Ground beneath shapes within an area; where they overlap it counts once. [m²]"""
    shapely.prepare(within)
    shapes = shapes[shapely.intersects(within, shapes)]
    beyond = shapes[~shapely.contains(within, shapes)]
    whole = float(shapely.disjoint_subset_union_all(shapes).area)
    return whole - float(shapely.difference(shapely.disjoint_subset_union_all(beyond), within).area) if len(beyond) else whole
