"""Where to stand on the street so that a plan can be seen: places are tried, and lines of sight decide.

From every place a line runs from the eye to points all over the facades of what plans build. Buildings stop it. What
is seen of a plan is the share of its points that no other building hides; that a plan hides its own back does not count against it. Of two
places that see as much, the one with fewer trees in leaf before the plan is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wijktwin.export.perspective import EYE_HEIGHT
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.crowns import Crowns
from wijktwin.impacts.sunlight.rays import embree_scene
from wijktwin.impacts.tree_sizes import Size, sized
from wijktwin.model.plan import Volume
from wijktwin.model.scenario import Scenario

FloatArray = NDArray[np.float64]

STEP: Final = 6.0
"""Places along streets lie so far apart. [m]"""
FACADE_STEP: Final = 8.0
"""Points on facades lie so far apart along the outline. [m]"""
LEVELS: Final = (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
"""Heights of points on facades, as shares of the height of the building."""
ROOM: Final = 1.5
"""One stands at least so far from a wall. [m]"""
OPEN: Final = 8.0
"""Nearer to a wall, that wall fills a good part of the picture. [m]"""
BY_A_WALL: Final = 0.3
"""What a place against a wall is worth, of one in the open that sees as much."""
NEAREST: Final = 25.0
"""One stands at least so far from the plan. [m]"""
FARTHEST: Final = 400.0
GOOD_DISTANCE: Final = 1.6
"""From so many times its height the whole of a building is in the picture. [heights]"""
SMALLEST_GOOD: Final = 45.0
"""[m]"""
ENOUGH: Final = 0.03
"""Who sees a smaller share does not see the plan."""
ENOUGH_IN_LEAF: Final = 0.5
"""From a public place this share is seen through the trees in summer, where there is such a place."""
LOWER: Final = 2.0
"""One looks so far below the middle of the plan: some more of the street is in the picture. [°]"""
ABOVE_FOOT: Final = 22.0
"""One looks at most so far above the foot of the plan: the ground before it is in the picture, which reaches 30° further down. [°]"""
STEEPEST: Final = 30.0
"""One looks at most so far below the horizon. [°]"""
ALL_BUT: Final = 0.999
"""A line that is stopped within this share of its length is stopped before the plan."""
HALF_SECTOR: Final = 45.0
FROM_LEAVES: Final = 2.5
"""One stands so far from a crown, or leaves fill the picture. [m]"""
CROWN_FOOT: Final = 0.22
"""Where a crown begins in the picture, as a share of the height of the tree."""
MOST_PLACES: Final = 3
"""Of squares, playgrounds and the like."""
GROUND_STEP: Final = 10.0
"""Places on a square lie so far apart. [m]"""
APART: Final = 50.0
"""Public places lie at least so far apart, or they show the same. [m]"""
PLACES: Final = ("square", "playground")
FALLBACK_PLACE: Final = "green"


class Side(StrEnum):
    """Where one stands, seen from the plan."""

    NORTH = "n"
    EAST = "e"
    SOUTH = "s"
    WEST = "w"


BEARINGS: Final = {Side.NORTH: 0.0, Side.EAST: 90.0, Side.SOUTH: 180.0, Side.WEST: 270.0}


class Ground(Protocol):
    """Height of the ground as it is drawn."""

    def at(self, xy: FloatArray) -> FloatArray:
        """Heights at points, shape (n,). [m NAP]"""
        ...


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A place to look at the plan from, in real coordinates. [m]

    Parameters
    ----------
    towards
        What is looked at.
    share
        Which part of the plan no other building hides, 0 to 1.
    share_in_leaf
        Idem, and no tree in leaf: those of the picture, in the sizes in which they are drawn.
    distance
        To the nearest building of the plan. [m]
    up
        How far above the horizon one looks so that the plan is about in the middle; below it where negative. [°]
    where
        The name of the street, or the kind of ground.
    side
        None for a public place.
    """

    x: float
    y: float
    towards: tuple[float, float]
    share: float
    share_in_leaf: float
    distance: float
    up: float
    where: str
    side: Side | None = None

    @property
    def is_seen(self) -> bool:
        """Whether the plan is in sight at all."""
        return self.share >= ENOUGH


class Lookout:
    """Tries places around what a number of scenarios build.

    Parameters
    ----------
    scenarios
        Of one neighbourhood. A building stands in the way where it stays in all of them; one stands in none of what any of them builds.
    """

    def __init__(self, scenarios: Sequence[Scenario], ground: Ground) -> None:
        self._neighbourhood = scenarios[0].neighbourhood
        self._ground = ground
        self._volumes = [volume for found in scenarios for _, volume in found.volumes if not volume.is_below_ground]
        remaining = np.logical_and.reduce([found.remaining_rows for found in scenarios])
        mesh = self._neighbourhood.mesh
        corners = mesh.triangle_corners()[remaining[mesh.triangle_object()]]
        trunks, self._crowns = _crowns(scenarios, ground)
        self._corners = corners
        self._trunks, self._radii = shapely.STRtree(trunks), self._crowns.radii[:, 0]
        self._targets = _facade_points(self._volumes) - mesh.origin
        outlines = [self._neighbourhood.buildings.footprint(row) for row in np.flatnonzero(remaining).tolist()]
        built = [outline for outline in outlines if outline is not None] + [volume.footprint for volume in self._volumes]
        self._built = shapely.STRtree(built)
        self.plan: BaseGeometry = shapely.union_all([volume.footprint for volume in self._volumes])
        self.height = max((volume.height for volume in self._volumes), default=0.0)

    @cached_property
    def _rays(self) -> Any:  # noqa: ANN401 - Embree's own
        return embree_scene(self._corners)

    @cached_property
    def _rays_in_leaf(self) -> Any:  # noqa: ANN401 - Embree's own
        return embree_scene(np.concatenate([self._corners, self._crowns.solids().corners]))

    @property
    def has_plan(self) -> bool:
        """Whether there is anything to see."""
        return bool(self._volumes)

    def on_streets(self) -> list[Standpoint]:
        """The best place on a street for each side of the compass; none for a side without streets."""
        table = self._neighbourhood.street_table
        if table is None or not self.has_plan:
            return []
        names, points = [], []
        for name, line in zip(table["street"].tolist(), table.geometry.tolist(), strict=True):
            if line is not None and not line.is_empty:
                along = _along(line)
                points.append(along)
                names += [name or ""] * len(along)
        return self._best_by_side(np.concatenate(points), names) if points else []

    def on_ground(self, *, most: int = MOST_PLACES) -> list[Standpoint]:
        """The best place on each of a few squares and playgrounds from which the plan is seen, or in the green where there are none."""
        table = self._neighbourhood.ground_table
        if table is None or not self.has_plan:
            return []
        kinds = np.asarray(table["kind"].tolist(), dtype=object)
        for chosen in (PLACES, (FALLBACK_PLACE,)):
            found = []
            for row in np.flatnonzero(np.isin(kinds, chosen)):
                best = self._best(_inside(table.geometry.iloc[int(row)]), str(kinds[row]))
                if best is not None and best.is_seen:
                    found.append(best)
            clear = [one for one in found if one.share_in_leaf >= ENOUGH_IN_LEAF]
            if found:
                return _apart(sorted(clear or found, key=lambda one: (-round(one.share, 1), one.distance, one.x)))[:most]
        return []

    def looked_at(self, x: float, y: float, *, where: str, side: Side | None = None, above: float = EYE_HEIGHT) -> Standpoint:
        """What is seen from one place, with the eye so far above the ground. [m]"""
        share = float(self._shares(np.array([[x, y]]), above)[0])
        return self._standpoint(np.array([x, y]), share, where, side, above)

    def _best_by_side(self, points: FloatArray, names: Sequence[str]) -> list[Standpoint]:
        keep, distance, shares = self._tried(points)
        if not len(keep):
            return []
        middle = shapely.get_coordinates(self.plan.centroid)[0]
        away = points[keep] - middle
        bearing = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
        worth = self._worth(points[keep], shares, distance)
        found = []
        for side, centre in BEARINGS.items():
            turn = np.abs((bearing - centre + 180.0) % 360.0 - 180.0)
            rows = _seeing(np.flatnonzero(turn <= HALF_SECTOR), shares)
            if len(rows):
                aligned = worth[rows] * np.cos(np.radians(turn[rows]))
                best = int(rows[np.argmax(aligned)])
                place = int(keep[best])
                found.append(self._standpoint(points[place], float(shares[best]), names[place], side))
        return found

    def _best(self, points: FloatArray, where: str) -> Standpoint | None:
        keep, distance, shares = self._tried(points)
        if not len(keep):
            return None
        rows = _seeing(np.arange(len(keep)), shares)
        best = int(rows[np.argmax(self._worth(points[keep], shares, distance)[rows])])
        return self._standpoint(points[keep[best]], float(shares[best]), where, None)

    def _tried(self, points: FloatArray) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
        """Which places one can stand in, how far from the plan [m], and which share of it is seen there."""
        places = np.asarray(shapely.points(points), dtype=object)
        distance = np.asarray(shapely.distance(places, self.plan), dtype=np.float64)
        keep = np.flatnonzero((distance >= NEAREST) & (distance <= FARTHEST))
        near = self._built.query(places[keep], predicate="dwithin", distance=ROOM)[0]
        keep = np.delete(keep, np.unique(near))
        place, tree = self._trunks.query(places[keep], predicate="dwithin", distance=float(self._radii.max(initial=0.0)) + FROM_LEAVES)
        is_under = shapely.distance(places[keep][place], self._trunks.geometries[tree]) < self._radii[tree] + FROM_LEAVES
        keep = np.delete(keep, np.unique(place[is_under]))
        return keep, distance[keep], self._shares(points[keep], EYE_HEIGHT)

    def _worth(self, points: FloatArray, shares: FloatArray, distance: FloatArray) -> FloatArray:
        """How good places are: much is seen, in leaf too, from where it is all in the picture and no wall fills half of that.

        A place that sees nothing comes last.
        """
        seen = (shares + 3.0 * self._shares(points, EYE_HEIGHT, in_leaf=True)) / 4.0
        good = max(SMALLEST_GOOD, GOOD_DISTANCE * self.height)
        away = np.log(np.maximum(distance, 1.0) / good)
        return np.asarray((seen + 1e-3) * np.exp(-(away**2)) * self._openness(points), dtype=np.float64)

    def _openness(self, points: FloatArray) -> FloatArray:
        """What places are worth for the room around them, `BY_A_WALL` to 1, shape (n,)."""
        room = np.full(len(points), OPEN)
        if len(self._built) and len(points):
            (place, _), distance = self._built.query_nearest(shapely.points(points), max_distance=OPEN, return_distance=True)
            room[place] = distance
        return BY_A_WALL + (1.0 - BY_A_WALL) * room / OPEN

    def _shares(self, points: FloatArray, above: float, *, in_leaf: bool = False) -> FloatArray:
        rays = self._rays_in_leaf if in_leaf else self._rays
        if not len(points) or not len(self._targets):
            return np.zeros(len(points))
        origin = self._neighbourhood.mesh.origin
        heights = self._ground.at(points) + above
        eyes = np.column_stack([points, heights]) - origin
        if rays is None:
            return np.ones(len(points))
        shares = np.empty(len(points))
        for row, eye in enumerate(eyes):
            along = self._targets - eye
            length = np.linalg.norm(along, axis=1)
            origins = np.tile(eye.astype(np.float32), (len(along), 1))
            met = rays.run(origins, (along / length[:, None]).astype(np.float32), query="DISTANCE")
            shares[row] = np.count_nonzero(np.asarray(met) >= length * ALL_BUT) / len(length)
        return shares

    def _standpoint(self, place: FloatArray, share: float, where: str, side: Side | None, above: float = EYE_HEIGHT) -> Standpoint:
        x, y = place.tolist()
        middle = shapely.get_coordinates(self.plan.centroid)[0]
        distance = float(shapely.distance(shapely.Point(x, y), self.plan))
        eye = float(self._ground.at(place[None])[0]) + above
        up = round(self._up(shapely.Point(x, y), eye), 1)
        in_leaf = float(self._shares(place[None], above, in_leaf=True)[0])
        towards = (float(middle[0]), float(middle[1]))
        return Standpoint(float(x), float(y), towards, share, in_leaf, distance, up, where, side)

    def _up(self, place: shapely.Point, eye: float) -> float:
        """How far above the horizon one looks from a height [m NAP], so that as much of the plan as can be is in the picture. [°]"""
        away = [max(place.distance(volume.footprint), 1.0) for volume in self._volumes]
        tops = [math.atan2(volume.top - eye, metres) for volume, metres in zip(self._volumes, away, strict=True)]
        feet = [math.atan2(volume.ground_level - eye, metres) for volume, metres in zip(self._volumes, away, strict=True)]
        top, foot = math.degrees(max(tops)), math.degrees(min(feet))
        return max(min((top + foot) / 2.0 - LOWER, foot + ABOVE_FOOT), -STEEPEST)


def _seeing(rows: NDArray[np.int64], shares: FloatArray) -> NDArray[np.int64]:
    """Those of some places from which the plan is seen; all of them where it is seen from none."""
    seeing = rows[shares[rows] >= ENOUGH]
    return seeing if len(seeing) else rows


def _apart(found: Sequence[Standpoint]) -> list[Standpoint]:
    """Places in their order without those that lie near one that comes earlier."""
    kept: list[Standpoint] = []
    for one in found:
        if all(math.hypot(one.x - other.x, one.y - other.y) >= APART for other in kept):
            kept.append(one)
    return kept


def _crowns(scenarios: Sequence[Scenario], ground: Ground) -> tuple[NDArray[np.object_], Crowns]:
    """Trunks, and crowns around them, of the trees that stand in all of some scenarios: in the sizes and on the ground that are drawn."""
    standing = frozenset.intersection(*(frozenset(found.trees["tree_id"]) for found in scenarios))
    trees = scenarios[0].trees
    table = sized(trees[trees["tree_id"].isin(standing)], Size.AS_TAKEN, assumptions=default_assumptions())
    height, width = (table[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))
    trunks = table.geometry.to_numpy()
    xy = shapely.get_coordinates(trunks)
    half = height * (1.0 - CROWN_FOOT) / 2.0
    centres = np.column_stack([xy, ground.at(xy) + height - half]) - scenarios[0].neighbourhood.mesh.origin
    return trunks, Crowns(tuple(table["tree_id"]), centres, np.column_stack([width / 2.0, half]), 0)


def _along(line: BaseGeometry) -> FloatArray:
    """Places along a line, both ends among them, shape (n, 2)."""
    n = max(2, int(line.length // STEP) + 1)
    places = shapely.line_interpolate_point(np.full(n, line, dtype=object), np.linspace(0.0, line.length, n))
    return shapely.get_coordinates(places)


def _inside(outline: BaseGeometry) -> FloatArray:
    """Places on a piece of ground, shape (n, 2), one at least."""
    west, south, east, north = outline.bounds
    x, y = np.meshgrid(np.arange(west, east, GROUND_STEP) + GROUND_STEP / 2, np.arange(south, north, GROUND_STEP) + GROUND_STEP / 2)
    points = np.column_stack([x.ravel(), y.ravel()])
    within = points[shapely.contains_xy(outline, points)] if len(points) else points
    return within if len(within) else shapely.get_coordinates(outline.representative_point())


def _facade_points(volumes: Sequence[Volume]) -> FloatArray:
    """Points all over the facades of what is built, shape (n, 3), real coordinates. [m]"""
    found = [np.zeros((0, 3))]
    for volume in volumes:
        rings = shapely.get_parts(shapely.get_rings(volume.footprint))
        xy = np.concatenate([shapely.get_coordinates(shapely.segmentize(ring, FACADE_STEP))[:-1] for ring in rings])
        low = volume.ground_level + max(volume.base, 0.0)
        heights = [low + share * (volume.top - low) for share in LEVELS]
        found.append(np.concatenate([np.column_stack([xy, np.full(len(xy), height)]) for height in heights]))
    return np.concatenate(found)
