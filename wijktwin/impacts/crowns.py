"""Crowns of trees as solids, in view and in the sun: egg-shaped, and never through a wall.

Only the height and the width of a crown are known. It is drawn as a spheroid from an assumed height up to the top; where a building
stands in the way it is no wider than the room there is. A tree of which the height or the crown is not known is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.model.mesh import BoolArray, FloatArray

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from wijktwin.model.scenario import Scenario

NARROWEST: Final = 0.25
"""A crown with less room than this is not drawn. [m]"""


@dataclass(frozen=True, eq=False)
class Crowns:
    """Spheroids.

    Parameters
    ----------
    tree_ids
        Length n; trees of which the size is not known are among them.
    centres, radii
        Middle, shape (n, 3), and half the width and half the height, shape (n, 2). [m from the local origin] 0 where none is drawn.
    n_unknown
        How many are not drawn because nobody knows their size.
    """

    tree_ids: tuple[str, ...]
    centres: FloatArray
    radii: FloatArray
    n_unknown: int

    def __len__(self) -> int:
        """How many trees."""
        return len(self.tree_ids)

    def solids(self) -> Solids:
        """As triangles; a crown that is not drawn is a solid without triangles."""
        drawn = np.flatnonzero(self.radii[:, 0] > 0)
        ball = _ball()
        size = self.radii[drawn][:, [0, 0, 1]]
        corners = self.centres[drawn][:, None, None] + ball[None] * size[:, None, None]
        return Solids(corners.reshape(-1, 3, 3).astype(np.float32), np.repeat(drawn, len(ball)), len(self))

    def that_differ_from(self, other: Crowns) -> BoolArray:
        """Which of these another set does not have exactly so, shape (n,)."""
        theirs = {tree_id: row for row, tree_id in enumerate(other.tree_ids)}
        found = np.ones(len(self), dtype=np.bool_)
        for row, tree_id in enumerate(self.tree_ids):
            at = theirs.get(tree_id)
            if at is not None:
                same = (self.centres[row] == other.centres[at]).all() and (self.radii[row] == other.radii[at]).all()
                found[row] = not same
        return found

    def only(self, rows: BoolArray) -> Crowns:
        """Some of them."""
        at = np.flatnonzero(rows)
        return Crowns(tuple(self.tree_ids[row] for row in at.tolist()), self.centres[at], self.radii[at], self.n_unknown)


def crowns_of(scenario: Scenario, *, begins: float, trees: gpd.GeoDataFrame | None = None) -> Crowns:
    """Crowns among what stands when plans fell, plant, build and demolish.

    Parameters
    ----------
    begins
        Share of the height of a tree below its crown.
    trees
        ``scenario.trees`` with other sizes, such as assumed ones; as they are where it is None.
    """
    neighbourhood = scenario.neighbourhood
    buildings = neighbourhood.buildings
    there = scenario.remaining_rows & np.array([each is not None for each in buildings.footprints], dtype=np.bool_)
    volumes = [volume for _, volume in scenario.volumes if not volume.is_below_ground]
    outlines = np.array([*buildings.footprints[there], *(volume.footprint for volume in volumes)], dtype=np.object_)
    tops = np.concatenate([buildings.numbers["roof_height_max"][there], [volume.top for volume in volumes]])
    table = scenario.trees if trees is None else trees.copy()
    unknown = np.flatnonzero(~np.isfinite(table["ground_height"].to_numpy(dtype=np.float64)))
    for row in unknown.tolist():
        point = table.geometry.iloc[row]
        table.loc[table.index[row], "ground_height"] = neighbourhood.ground_height_at(point.x, point.y)
    return crowns_among(table, outlines, tops, origin=neighbourhood.mesh.origin, begins=begins)


def crowns_among(trees: gpd.GeoDataFrame, outlines: NDArray[np.object_], tops: FloatArray, *, origin: FloatArray, begins: float) -> Crowns:
    """Crowns of trees among buildings.

    Parameters
    ----------
    trees
        Columns `wijktwin.model.surroundings.TREE_COLUMNS`.
    outlines, tops
        Everything built: footprint and highest point [m, real coordinates], shape (n,) each.
    origin
        Local origin, shape (3,). [m]
    begins
        Share of the height of a tree below its crown.
    """
    height, width, ground = (trees[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter", "ground_height"))
    known = np.isfinite(height) & np.isfinite(width) & np.isfinite(ground) & (height > 0) & (width > 0)
    trunks = trees.geometry.to_numpy()
    bottom = ground + begins * height
    radius = np.where(known, _room(trunks, np.where(known, width / 2.0, 0.0), bottom, outlines=outlines, tops=tops), 0.0)
    radius[radius < NARROWEST] = 0.0
    half = np.where(radius > 0, (1.0 - begins) * height / 2.0, 0.0)
    centres = np.column_stack([shapely.get_x(trunks), shapely.get_y(trunks), np.where(known, bottom + half, 0.0)]) - origin
    return Crowns(tuple(trees["tree_id"]), centres, np.column_stack([radius, half]), int((~known).sum()))


def _room(
    trunks: NDArray[np.object_], radius: FloatArray, bottom: FloatArray, *, outlines: NDArray[np.object_], tops: FloatArray
) -> FloatArray:
    """Half the width of each crown, no more than the distance to what is built at its height, shape (n,). [m]"""
    if not len(trunks) or not len(outlines):
        return radius
    tree, building = shapely.STRtree(outlines).query(trunks, predicate="dwithin", distance=radius)
    high = ~(tops[building] <= bottom[tree])  # what nobody knows the top of is taken to be high
    tree, building = tree[high], building[high]
    found = radius.copy()
    np.minimum.at(found, tree, shapely.distance(trunks[tree], outlines[building]))
    return found


@cache
def _ball() -> FloatArray:
    """An icosahedron with each face cut in four, as triangles, shape (80, 3, 3): it covers as much of the view as a ball of radius 1.

    A convex body covers on average a quarter of its surface (A. Cauchy, 1832), so its surface is made that of the ball.
    """
    phi = (1.0 + np.sqrt(5.0)) / 2.0
    points = np.array([(0.0, a, b * phi) for a in (-1, 1) for b in (-1, 1)])
    points = np.concatenate([np.roll(points, shift, axis=1) for shift in range(3)]) / np.hypot(1.0, phi)
    near = np.linalg.norm(points[:, None] - points[None], axis=2) < 1.2
    faces = np.array([(a, b, c) for a in range(12) for b in range(a) for c in range(b) if near[a, b] and near[b, c] and near[a, c]])
    corners = points[faces]
    middles = corners + np.roll(corners, -1, axis=1)
    middles /= np.linalg.norm(middles, axis=2, keepdims=True)
    outer = [np.stack([corners[:, i], middles[:, i], middles[:, i - 1]], axis=1) for i in range(3)]
    cut = np.concatenate([*outer, middles])
    surface = np.linalg.norm(np.cross(cut[:, 1] - cut[:, 0], cut[:, 2] - cut[:, 0]), axis=1).sum() / 2.0
    grown: FloatArray = cut * np.sqrt(4.0 * np.pi / surface)
    return grown
