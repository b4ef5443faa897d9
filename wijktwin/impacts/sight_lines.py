"""Which trees can be seen from a home, by a rule that anybody can check on a map.

A straight line is drawn on the map from the home to the trunk. The tree counts as seen where that line runs through no other building,
and through the home's own building only where it begins. Heights, leaves, fences and where windows are do not matter: what is really
seen is another question, for the whole solid angle at a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wijktwin.model.mesh import BoolArray

GRAZING: Final = 0.1
"""A line that runs through less of a building only grazes it: outlines are no more exact. [m]"""
ROUND: Final = 16
"""Sides of a quarter circle around an address."""
OUTSIDE: Final = -1
"""Own building of a home whose building is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Homes and trees that lie near each other, by row; both of shape (n,). ``is_seen`` says whether nothing stands between."""

    home: NDArray[np.int64]
    tree: NDArray[np.int64]
    is_seen: BoolArray


def home_shapes(
    points: NDArray[np.object_], own: NDArray[np.int64], footprints: NDArray[np.object_], *, reach: float
) -> NDArray[np.object_]:
    """The part of the map that each home takes, shape (n,): of its building what lies within ``reach`` [m] of its address.

    Parameters
    ----------
    points
        Addresses, shape (n,).
    own
        Row of each home's building in ``footprints``, shape (n,); `OUTSIDE` where it is not known. Then the home is its address.
        Where the address lies further than ``reach`` from its building, the home may be anywhere in it.
    """
    shapes = np.array(points, dtype=object)
    has = np.flatnonzero(own != OUTSIDE)
    has = has[~shapely.is_missing(footprints[own[has]])]
    buildings = footprints[own[has]]
    parts = shapely.intersection(buildings, shapely.buffer(points[has], reach, quad_segs=ROUND))
    shapes[has] = np.where(shapely.is_empty(parts), buildings, parts)
    return shapes


def near_and_seen(
    homes: NDArray[np.object_],
    own: NDArray[np.int64],
    trees: NDArray[np.object_],
    obstacles: NDArray[np.object_],
    *,
    distance: float,
) -> Pairs:
    """All trees within ``distance`` [m] of each home, with whether a line between the two runs through no building.

    Parameters
    ----------
    homes
        Shapes of `home_shapes`, shape (n,).
    own
        Row of each home's own building among ``obstacles``, shape (n,); `OUTSIDE` for none.
    trees
        Trunks as points, shape (m,).
    obstacles
        Outlines of buildings, shape (k,); None where there is none any more.
    """
    nothing = np.zeros(0, dtype=np.int64)
    if not len(homes) or not len(trees):
        return Pairs(nothing, nothing, np.zeros(0, dtype=np.bool_))
    home, tree = shapely.STRtree(trees).query(homes, predicate="dwithin", distance=distance)
    lines = shapely.shortest_line(homes[home], trees[tree])
    blocked = np.zeros(len(lines), dtype=np.bool_)
    there = np.flatnonzero(~shapely.is_missing(obstacles))
    if len(lines) and len(there):
        line, found = shapely.STRtree(obstacles[there]).query(lines, predicate="intersects")
        building = there[found]
        is_own = building == own[home[line]]
        others = ~is_own
        inside = shapely.length(shapely.intersection(lines[line[others]], obstacles[building[others]]))
        blocked[line[others][inside > GRAZING]] = True
        blocked[line[is_own][_comes_back(lines[line[is_own]], obstacles[building[is_own]])]] = True
    return Pairs(home, tree, ~blocked)


def _comes_back(lines: NDArray[np.object_], buildings: NDArray[np.object_]) -> BoolArray:
    """Whether a line that begins at a building leaves it and runs through it once more."""
    inside = shapely.intersection(lines, buildings)
    parts, owner = shapely.get_parts(inside, return_index=True)
    begins = shapely.get_point(lines, 0)
    again = (shapely.length(parts) > GRAZING) & (shapely.distance(parts, begins[owner]) > GRAZING)
    found = np.zeros(len(lines), dtype=np.bool_)
    found[owner[again]] = True
    return found
