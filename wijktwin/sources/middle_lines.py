"""The middle lines of surfaces: where roads, paths and squares run, as lines that meet where the surfaces do.

The middle is the Voronoi skeleton of points along the outlines, without the twigs into corners: an edge between two points of one outline
stays where the way along the outline is longer than the straight line between them by more than `RESIDUAL` (the chord residual of
R. L. Ogniewicz and O. Kübler, Hierarchic Voronoi skeletons, Pattern Recognition 28, 1995). It grows from the corners to the middle, so
what is left hangs together wherever a surface does.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from wijktwin.model.mesh import BoolArray, FloatArray

Shapes = NDArray[np.object_]

SPACING: Final = 1.5
"""Distance between points along the outlines: a path of about this width is still followed. [m]"""
GAP: Final = 0.25
"""Surfaces closer together than twice this are one: neighbours in a map leave slits of centimetres. [m]"""
SMALLEST_ISLAND: Final = 40.0
"""What lies inside a surface and is smaller is no block to walk or drive around: a tree pit, a traffic island. [m²]"""
RESIDUAL: Final = 5.0
"""By how much the way along an outline is longer than straight across, from which on it is the middle of something. [m]"""
SHORTEST_END: Final = 15.0
"""A dead end that is shorter leads to a front door, a drive or a bus stop: it is left out. [m]"""
STRAIGHTENED: Final = 0.4
"""How far a line may be moved to be drawn with fewer corners. [m]"""
MOST_ROUNDS: Final = 4
"""Taking short ends away may make others short."""


def joined_surfaces(surfaces: Shapes, *, gap: float = GAP, barriers: Shapes | None = None) -> Shapes:
    """Surfaces as the parts that hang together, without slits between them and small islands in them; polygons, shape (n,).

    Parameters
    ----------
    gap
        Surfaces closer together than twice this are one. [m]
    barriers
        Polygons over which they are not joined, such as water; none by default.
    """
    if not len(surfaces):
        return np.zeros(0, dtype=object)
    grown = shapely.disjoint_subset_union_all(shapely.buffer(surfaces, gap, join_style="mitre", mitre_limit=2.0))
    whole: Any = shapely.buffer(grown, -gap, join_style="mitre", mitre_limit=2.0)
    if barriers is not None and len(barriers):
        across = surfaces[np.unique(shapely.STRtree(barriers).query(surfaces, predicate="intersects")[0])]  # bridges, crossings
        whole = shapely.union_all([shapely.difference(whole, shapely.union_all(barriers)), *across])
    simpler = shapely.simplify(np.array([whole], dtype=object), GAP / 2)
    parts = [part for part in shapely.get_parts(simpler) if part.geom_type == "Polygon" and not part.is_empty]
    found = np.zeros(len(parts), dtype=object)
    found[:] = [_without_islands(part) for part in parts]
    return found


def _without_islands(part: Any) -> Any:  # noqa: ANN401 - a polygon
    rings = [ring for ring in part.interiors if shapely.Polygon(ring).area >= SMALLEST_ISLAND]
    return shapely.Polygon(part.exterior, rings)


def middle_lines(surfaces: Shapes, *, gap: float = GAP, barriers: Shapes | None = None) -> Shapes:
    """Lines along the middle of surfaces, cut wherever three or more meet, shape (n,).

    Parameters
    ----------
    surfaces
        Polygons in real coordinates of a metric CRS, any number; those that touch become one network.
    gap, barriers
        As in `joined_surfaces`.

    Returns
    -------
    lines
        LineStrings whose ends are the same to the last bit where they meet; in a fixed order.
    """
    found = [_skeleton(part) for part in joined_surfaces(surfaces, gap=gap, barriers=barriers)]
    edges = np.concatenate([np.zeros((0, 2, 2)), *found])
    lines = _merged(np.asarray(shapely.linestrings(edges), dtype=object))
    for _ in range(MOST_ROUNDS):
        keep = ~_is_short_end(lines)
        if keep.all():
            break
        lines = _merged(lines[keep])
    drawn = shapely.simplify(lines, STRAIGHTENED)
    corners = shapely.get_coordinates(shapely.get_point(drawn, 0))
    return np.asarray(drawn[np.lexsort((shapely.length(drawn), corners[:, 1], corners[:, 0]))], dtype=object)


def _skeleton(part: Any) -> FloatArray:  # noqa: ANN401 - a polygon
    """Edges of the Voronoi diagram of an outline that run along its middle, shape (n, 2, 2)."""
    rings = [np.asarray(shapely.segmentize(ring, SPACING).coords)[:-1, :2] for ring in (part.exterior, *part.interiors)]
    points = np.concatenate(rings)
    if len(points) < 4:
        return np.zeros((0, 2, 2))
    origin = points.mean(axis=0)
    diagram = Voronoi(points - origin)
    ends = np.asarray(diagram.ridge_vertices)
    inside = np.append(_is_within(part, diagram.vertices + origin), False)  # -1 is a corner at infinity
    keep = inside[ends].all(axis=1)
    ends, pairs = ends[keep], np.asarray(diagram.ridge_points)[keep]
    runs = _residual(rings, points, pairs) > RESIDUAL
    found: FloatArray = diagram.vertices[ends[runs]] + origin
    return found


def _is_within(part: Any, points: FloatArray) -> BoolArray:  # noqa: ANN401 - a polygon
    shapely.prepare(part)
    found: BoolArray = shapely.contains_xy(part, points[:, 0], points[:, 1])
    return found


def _residual(rings: list[FloatArray], points: FloatArray, pairs: NDArray[np.int64]) -> FloatArray:
    """How much longer it is along the outline than straight across, per pair of points; infinite between two outlines. [m]"""
    ring = np.repeat(np.arange(len(rings)), [len(each) for each in rings])
    steps = [np.hypot(*(np.roll(each, -1, axis=0) - each).T) for each in rings]
    station = np.concatenate([np.cumsum(each) - each for each in steps])
    around = np.array([each.sum() for each in steps])
    one, other = pairs.T
    along = np.abs(station[one] - station[other])
    along = np.minimum(along, around[ring[one]] - along)
    straight = np.hypot(*(points[one] - points[other]).T)
    return np.where(ring[one] == ring[other], along - straight, np.inf)


def _merged(lines: Shapes) -> Shapes:
    """Lines joined where two meet, and no further."""
    if not len(lines):
        return np.zeros(0, dtype=object)
    whole = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(lines))))
    return np.asarray(whole, dtype=object)


def _is_short_end(lines: Shapes) -> BoolArray:
    """Which lines lead nowhere and are short: at least one of their ends is theirs alone."""
    ends = shapely.get_coordinates(np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)]))
    _, node, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    alone = (count == 1)[node.ravel()].reshape(2, -1)
    is_end: BoolArray = (alone[0] | alone[1]) & (shapely.length(lines) < SHORTEST_END)
    return is_end
