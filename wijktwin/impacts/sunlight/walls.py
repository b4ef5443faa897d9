"""Where a wall of a building is free: places on its outer walls, one storey above the other.

A place that is inside another solid, or has one within half a metre in front of it, is no place for a window: party walls, sheds
built against a house. It is left out, at the height at which that is so: above the roof of a shed the wall is free again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import BoolArray, FloatArray, SurfaceKind
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

UPRIGHT: Final = 0.1
"""A wall leans at most this much: the upward part of its normal."""
NARROWEST: Final = 1.0
"""Narrower pieces of wall hold no living room window. [m]"""
CLEARANCE: Final = 0.5
"""A solid within this distance stands against the wall. [m]"""
EDGE: Final = 0.3
"""Places keep this far from the end of a wall, where there is room. [m]"""
NUDGE: Final = 0.02
SIDES: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
"""Ways a wall may look, clockwise."""


@dataclass(frozen=True, eq=False)
class Wall:
    """One flat outer wall.

    Parameters
    ----------
    normal
        Level unit vector outward, shape (2,).
    begin, along
        A corner, and the unit vector along the wall, shape (2,) each. [m from the local origin]
    outline
        In the plane of the wall: metres along it, and height [m from the local origin].
    """

    row: int
    number: int
    normal: FloatArray
    begin: FloatArray
    along: FloatArray
    outline: BaseGeometry

    @property
    def width(self) -> float:
        """Its width. [m]"""
        x0, _, x1, _ = self.outline.bounds
        return float(x1 - x0)

    def place(self, at: float, height: float) -> FloatArray | None:
        """The point so far along the wall and at a height, shape (3,); None where the wall is not there. [m from the local origin]"""
        if not shapely.contains_xy(self.outline, at, height):
            return None
        return np.array([*(self.begin + at * self.along), height])

    def foot(self, point: FloatArray) -> float:
        """How far along the wall the place nearest to a point is, shape (2,). [m]"""
        room = min(EDGE, self.width / 2)
        return float(np.clip((point - self.begin) @ self.along, room, self.width - room))

    def faces(self, direction: FloatArray, *, within: float) -> bool:
        """Whether it looks in a direction, shape (2,), give or take an angle. [°]"""
        return bool(self.normal @ direction >= np.cos(np.radians(within)) - 1e-9)


class Walls:
    """The outer walls of the buildings of a neighbourhood."""

    def __init__(self, neighbourhood: Neighbourhood) -> None:
        self.neighbourhood = neighbourhood
        mesh = neighbourhood.mesh
        normals = mesh.surface_normals()
        upright = (mesh.surface_kind == SurfaceKind.WALL) & (np.abs(normals[:, 2]) <= UPRIGHT)
        self._normals = normals
        self._surfaces = np.flatnonzero(upright)
        self._rows = mesh.surface_object[self._surfaces]
        self._of_building: dict[int, tuple[Wall, ...]] = {}

    @cached_property
    def scene(self) -> RayScene:
        """Everything that stands now, the halo included."""
        return RayScene(self.neighbourhood.mesh.triangle_corners())

    def of_building(self, row: int) -> tuple[Wall, ...]:
        """The walls of one building that are wide enough for a window; their numbers count within the building."""
        if row not in self._of_building:
            self._of_building[row] = self._found(row)
        return self._of_building[row]

    def _found(self, row: int) -> tuple[Wall, ...]:
        lo, hi = np.searchsorted(self._rows, [row, row + 1])
        walls = (self._wall(row, number, int(surface)) for number, surface in enumerate(self._surfaces[lo:hi]))
        return tuple(wall for wall in walls if wall is not None and wall.width >= NARROWEST)

    def lowest(self, row: int) -> float:
        """Lowest point of the walls of one building. [m from the local origin]"""
        return min((float(wall.outline.bounds[1]) for wall in self.of_building(row)), default=0.0)

    def _wall(self, row: int, number: int, surface: int) -> Wall | None:
        rings = self.neighbourhood.mesh.surface_rings(surface)
        normal = self._normals[surface, :2] / np.linalg.norm(self._normals[surface, :2])
        along = np.array([-normal[1], normal[0]])
        if not rings:
            return None
        distance = rings[0][:, :2] @ along
        begin = rings[0][int(distance.argmin()), :2]
        flat = [np.column_stack([(ring[:, :2] - begin) @ along, ring[:, 2]]) for ring in rings if len(ring) >= 3]
        if not flat:
            return None
        outline = shapely.make_valid(shapely.Polygon(flat[0], flat[1:]))
        return Wall(row, number, normal, begin, along, outline) if outline.area > 0 else None

    def are_free(self, positions: FloatArray, normals: FloatArray, rows: IndexArray) -> BoolArray:
        """Whether places on walls have no solid against them, shape (n,).

        Parameters
        ----------
        positions
            Shape (n, 3). [m from the local origin]
        normals
            Level unit vectors outward, shape (n, 2).
        rows
            Building of each place, shape (n,).
        """
        free = np.ones(len(positions), dtype=np.bool_)
        if not len(positions):
            return free
        footprints = self.neighbourhood.buildings.footprints
        there = np.flatnonzero([each is not None for each in footprints])
        flat = positions[:, :2] + self.neighbourhood.mesh.origin[:2] + normals * NUDGE
        tree = shapely.STRtree(footprints[there])
        place, found = tree.query(shapely.points(flat), predicate="dwithin", distance=CLEARANCE)
        owner = there[found]
        nearest = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(shapely.points(flat[place]), footprints[owner]), 1))
        own = owner == rows[place]
        step = nearest - flat[place]
        far = np.hypot(*step.T)
        into = flat[place] + step * (1.0 + NUDGE / np.maximum(far, NUDGE))[:, None]
        into[own] = flat[place[own]] + normals[place[own]] * CLEARANCE / 2
        counts = ~own | shapely.contains_xy(footprints[owner], into[:, 0], into[:, 1])
        origins = np.column_stack([into - self.neighbourhood.mesh.origin[:2], positions[place, 2]]).astype(np.float32)
        under_roof = self.scene.is_occluded(np.ascontiguousarray(origins[counts]), np.array([[0.0, 0.0, 1.0]], dtype=np.float32))
        free[place[counts][under_roof]] = False
        return free


def are_taken(points: Points, scenario: Scenario) -> BoolArray:
    """Which points lie inside or against a volume of a plan: what is there is a wall and no window any more, shape (n,)."""
    real = points.positions + scenario.neighbourhood.mesh.origin
    flat = np.asarray(shapely.points(real[:, :2]), dtype=np.object_)
    taken = np.zeros(len(points), dtype=np.bool_)
    for _, volume in scenario.volumes:
        between = (real[:, 2] >= volume.bottom) & (real[:, 2] <= volume.top)
        taken[between] |= shapely.dwithin(flat[between], volume.footprint, CLEARANCE)
    return taken


def compass(side: str) -> FloatArray | None:
    """A side ("N", "NE" and so on) as a unit vector east and north, shape (2,); None where it is none."""
    if side not in SIDES:
        return None
    turn = np.radians(45.0 * SIDES.index(side))
    return np.array([np.sin(turn), np.cos(turn)])
