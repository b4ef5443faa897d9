"""Where the windows of a plan may be: on every storey, all along every wall that is free. Plans do not say where they come."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.sunlight.walls import CLEARANCE, UPRIGHT, Wall, Walls
from wijktwin.impacts.view.settings import spacing
from wijktwin.model.mesh import BoolArray, FloatArray, Mesh, SurfaceKind
from wijktwin.model.plan import Use, Volume
from wijktwin.model.scenario import Scenario

WITHOUT_WINDOWS: Final = frozenset({Use.PARKING.value})
"""Uses of volumes that nobody looks out of."""
INTO: Final = 0.25
"""A place this far in front of a wall that lies inside something else is no place for a window. [m]"""


@dataclass(frozen=True, eq=False)
class NewWindows:
    """Places where somebody may stand at a window of a plan.

    Parameters
    ----------
    points
        At eye height.
    volume
        Of ``scenario.volumes``, shape (n,).
    storey
        From 0 at the underside of the volume, shape (n,).
    """

    points: Points
    volume: IndexArray
    storey: IndexArray


def new_windows(scenario: Scenario, *, assumptions: Assumptions) -> NewWindows:
    """Windows on all free walls of all volumes above ground that are no car park."""
    if not scenario.volumes:
        nothing = np.zeros(0, dtype=np.int64)
        return NewWindows(Points(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0)), nothing, nothing)
    walls = Walls(replace(scenario.neighbourhood, mesh=_with_walls(scenario.volume_mesh)))  # the volumes as if they were buildings
    eye = assumptions["eye_height_standing"].value
    positions: list[FloatArray] = []
    normals: list[FloatArray] = []
    found: list[tuple[int, int]] = []
    for row, (_, volume) in enumerate(scenario.volumes):
        if volume.is_below_ground or volume.use in WITHOUT_WINDOWS:
            continue
        for storey, floor in enumerate(_floors(volume, assumptions)):
            height = floor + eye - scenario.neighbourhood.mesh.origin[2]
            for wall in walls.of_building(row):
                places = [wall.place(at, height) for at in _along(wall)]
                there = [each for each in places if each is not None]
                positions += there
                normals += [np.array([*wall.normal, 0.0])] * len(there)
                found += [(row, storey)] * len(there)
    points = Points(np.array(positions).reshape(-1, 3), np.array(normals).reshape(-1, 3), np.zeros(len(positions)))
    at = np.array(found, dtype=np.int64).reshape(-1, 2)
    free = np.flatnonzero(_are_free(scenario, points, at[:, 0]))
    return NewWindows(points.taken(free), at[free, 0], at[free, 1])


def _floors(volume: Volume, assumptions: Assumptions) -> list[float]:
    """Heights of the floors above ground. [m, real coordinates]"""
    bottom = max(volume.bottom, volume.ground_level)
    tall = volume.top - bottom
    if volume.storeys:
        n, each = volume.storeys, volume.storey_height or tall / volume.storeys
    else:
        each = volume.storey_height or assumptions["storey_height_new"].value
        n = max(1, math.floor(tall / each + 1e-6))
    return [bottom + storey * each for storey in range(n)]


def _along(wall: Wall) -> FloatArray:
    """Places along a wall, about as far apart as windows. [m]"""
    n = max(1, round(wall.width / spacing("new_window")))
    return wall.width * (np.arange(n) + 0.5) / n


def _with_walls(mesh: Mesh) -> Mesh:
    """A mesh in which upright surfaces that nobody named are walls."""
    normals = mesh.surface_normals()
    unnamed = (mesh.surface_kind == SurfaceKind.UNKNOWN) & (np.abs(normals[:, 2]) <= UPRIGHT) & (np.abs(normals).sum(axis=1) > 0)
    return replace(mesh, surface_kind=np.where(unnamed, np.uint8(SurfaceKind.WALL), mesh.surface_kind).astype(np.uint8))


def _are_free(scenario: Scenario, points: Points, own: IndexArray) -> BoolArray:
    """Which places have no other volume and no building that stays against them, shape (n,)."""
    free = np.ones(len(points), dtype=np.bool_)
    if not len(points):
        return free
    real = points.positions + points.normals * INTO + scenario.neighbourhood.mesh.origin
    flat = np.asarray(shapely.points(real[:, :2]), dtype=np.object_)
    for row, (_, volume) in enumerate(scenario.volumes):
        between = (real[:, 2] >= volume.bottom) & (real[:, 2] <= volume.top) & (own != row)
        free[between] &= ~shapely.dwithin(flat[between], volume.footprint, CLEARANCE - INTO)
    buildings = scenario.neighbourhood.buildings
    there = np.flatnonzero(scenario.remaining_rows & np.array([each is not None for each in buildings.footprints], dtype=np.bool_))
    place, found = shapely.STRtree(buildings.footprints[there]).query(flat, predicate="dwithin", distance=CLEARANCE - INTO)
    tops = buildings.numbers["roof_height_max"][there[found]]
    free[place[~(tops < real[place, 2])]] = False
    return free
