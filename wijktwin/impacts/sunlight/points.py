"""The points at which sun is counted: at the living rooms of dwellings, on facades, and on the ground.

3D BAG knows no windows, and BAG no storeys or sides. Where a point comes from is part of it: *known* where the storey and the side
of the dwelling are stated, *derived* where the building leaves one possibility, *assumed* where several are possible; then there is
a point for each, and the answer is a range over them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.shared import dwelling_rows
from wijktwin.impacts.sunlight.places import Points, morton_order
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.sunlight.walls import Wall, Walls, compass
from wijktwin.model.mesh import FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GroundKind

SUNNY_GROUND: Final = (GroundKind.GARDEN, GroundKind.YARD, GroundKind.PLAYGROUND, GroundKind.SQUARE, GroundKind.PAVEMENT)
"""Ground on which people sit, play and walk."""
WITHIN: Final = 45.0
"""A wall belongs to a side when it looks there, give or take this. [°]"""
FACADE_PIECE: Final = 5.0
"""A facade has a point for about every so much of its width. [m]"""
ASSUMED_HERE: Final = ("storey_height_dwelling", "window_reveal", "window_sill_height", "window_width")


class Origin(StrEnum):
    """Where a point comes from, from strong to weak."""

    KNOWN = "known"
    DERIVED = "derived"
    ASSUMED = "assumed"


class Subject(StrEnum):
    """What points are of."""

    DWELLING = "dwelling"
    FACADE = "facade"
    GROUND = "ground"


@dataclass(frozen=True, slots=True)
class Target:
    """A dwelling, facade or piece of ground, with the points that stand for it.

    Parameters
    ----------
    identifier
        Address id; building id, number of the wall, storey and metres along it ("…/3/0/2.5"); id of the ground surface.
    label
        What people call it; "" where nobody does.
    building_id
        Building it belongs to; "" for ground.
    origin
        Of its points. Several points of a dwelling are possibilities, of ground places.
    """

    subject: Subject
    identifier: str
    label: str
    building_id: str
    origin: Origin


def kind_of(targets: Iterable[Target]) -> Kind:
    """How the points of some targets are known: assumed as soon as those of one of them are."""
    return Kind.ASSUMED if any(each.origin is Origin.ASSUMED for each in targets) else Kind.CALCULATED


@dataclass(frozen=True, eq=False)
class SunPoints:
    """Points with what they belong to, in Morton order.

    Parameters
    ----------
    targets
        Also those for which no place was found: of these nothing can be said.
    target
        Row of ``targets`` of each point, shape (n,).
    storey
        From 0, shape (n,); -1 on the ground.
    """

    points: Points
    targets: tuple[Target, ...]
    target: IndexArray
    storey: IndexArray

    def __len__(self) -> int:
        """How many points."""
        return len(self.points)

    def rows_of(self, target: int) -> IndexArray:
        """Points of one target."""
        return self.rows_by_target[target]

    @cached_property
    def rows_by_target(self) -> list[IndexArray]:
        """Points of each target, ascending."""
        order = np.argsort(self.target, kind="stable")
        bounds = np.searchsorted(self.target[order], np.arange(1, len(self.targets)))
        return np.split(order, bounds) if self.targets else []


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place that may be one of a target."""

    target: int
    row: int
    storey: int
    position: FloatArray
    normal: FloatArray


def dwelling_points(neighbourhood: Neighbourhood, *, assumptions: Assumptions, walls: Walls | None = None) -> SunPoints:
    """Points at the living rooms of all dwellings of the neighbourhood itself, behind their windows.

    The place along a wall is that nearest to the point of the address. A dwelling alone in its building has its living room on the
    ground floor; where others share the building and nobody says the storey, every storey is possible, and so is every side.
    """
    known = walls or Walls(neighbourhood)
    table, buildings = dwelling_rows(neighbourhood), neighbourhood.buildings
    table = table[table["building_id"].isin(set(buildings.building_ids))]
    halo = buildings.flags["is_halo"]
    n_in_building = table["building_id"].value_counts()
    targets: list[Target] = []
    candidates: list[_Candidate] = []
    columns = zip(
        table["address_id"], table["street"], table["number"], table["suffix"], table["building_id"], table["storey"], table["side"],
        table.geometry, strict=True,
    )  # fmt: skip
    for address_id, street, number, suffix, building_id, storey, side, point in columns:
        row = buildings.rows[building_id]
        if halo[row]:
            continue
        direction = compass(side)
        chosen = [wall for wall in known.of_building(row) if direction is None or wall.faces(direction, within=WITHIN)]
        is_alone = int(n_in_building[building_id]) == 1
        levels = _storeys(neighbourhood, row, storey, is_alone=is_alone, assumptions=assumptions)
        flat = np.array([point.x, point.y]) - neighbourhood.mesh.origin[:2]
        is_known = direction is not None and math.isfinite(storey)
        origin = Origin.KNOWN if is_known else Origin.DERIVED if direction is not None and is_alone else Origin.ASSUMED
        candidates += _nearest(chosen, flat, len(targets), [(level, _sill(known, row, level, assumptions)) for level in levels])
        targets.append(Target(Subject.DWELLING, address_id, f"{street} {number}{suffix}".strip(), building_id, origin))
    return _free(known, targets, candidates, sun_above=sine_behind_reveal(assumptions))


def facade_points(neighbourhood: Neighbourhood, rows: Iterable[int], *, assumptions: Assumptions, walls: Walls | None = None) -> SunPoints:
    """Points on all facades of some buildings, on every storey: on the facade itself, windows or not; each is a target of its own."""
    known = walls or Walls(neighbourhood)
    targets: list[Target] = []
    candidates: list[_Candidate] = []
    for row in rows:
        building_id = neighbourhood.buildings.building_ids[row]
        levels = _storeys(neighbourhood, row, math.nan, is_alone=False, assumptions=assumptions)
        for wall in known.of_building(row):
            n = max(1, round(wall.width / FACADE_PIECE))
            for at, storey in itertools.product([wall.width * (part + 0.5) / n for part in range(n)], levels):
                position = wall.place(at, _sill(known, row, storey, assumptions))
                if position is not None:
                    candidates.append(_Candidate(len(targets), row, storey, position, wall.normal))
                    name = f"{building_id}/{wall.number}/{storey}/{at:.1f}"
                    targets.append(Target(Subject.FACADE, name, "", building_id, Origin.ASSUMED))
    found = _free(known, targets, candidates, sun_above=0.0)
    there = np.unique(found.target)  # where something stands against the wall there is no facade
    return SunPoints(found.points, tuple(targets[row] for row in there), np.searchsorted(there, found.target), found.storey)


def ground_points(neighbourhood: Neighbourhood, *, kinds: Sequence[GroundKind] = SUNNY_GROUND, spacing: float = 1.0) -> SunPoints:
    """Points on level ground, in squares counted from the corner of the reference system so that neighbours share them.

    Parameters
    ----------
    spacing
        Distance between points. [m] At most 1 for gardens and playgrounds.
    """
    table = neighbourhood.ground
    table = table[table["kind"].isin([str(kind) for kind in kinds])]
    return points_on_surfaces(neighbourhood, table, built=neighbourhood.buildings.footprints, spacing=spacing)


def points_on_surfaces(
    neighbourhood: Neighbourhood, table: gpd.GeoDataFrame, *, built: Iterable[BaseGeometry | None], spacing: float
) -> SunPoints:
    """The same on surfaces of any table of ground.

    Parameters
    ----------
    table
        With the columns `wijktwin.model.surroundings.GROUND_COLUMNS`.
    built
        Outlines in which no point lies.
    """
    tree = shapely.STRtree([each for each in built if each is not None])
    targets: list[Target] = []
    found: list[FloatArray] = []
    for surface_id, street, height, outline in zip(
        table["surface_id"], table["street"], table["ground_height"], table.geometry, strict=True
    ):
        flat = _squares(outline, spacing)
        inside, _ = tree.query(shapely.points(flat), predicate="intersects")
        flat = np.delete(flat, np.unique(inside), axis=0)
        centre = outline.centroid
        level = height if math.isfinite(height) else neighbourhood.ground_height_at(centre.x, centre.y)
        targets.append(Target(Subject.GROUND, surface_id, street, "", Origin.KNOWN if math.isfinite(height) else Origin.DERIVED))
        found.append(np.column_stack([flat, np.full(len(flat), level)]) - neighbourhood.mesh.origin)
    positions = np.concatenate(found) if found else np.zeros((0, 3))
    target = np.repeat(np.arange(len(found)), [len(each) for each in found])
    order = morton_order(positions)
    points = Points.on_ground(positions[order])
    return SunPoints(points, tuple(targets), target[order], np.full(len(points), -1, dtype=np.int64))


def sine_behind_reveal(assumptions: Assumptions) -> float:
    """Sine of the angle to the wall above which the sun reaches the middle of a window that lies deeper than the wall."""
    return math.sin(math.atan2(assumptions["window_reveal"].value, assumptions["window_width"].value / 2))


def _squares(outline: BaseGeometry, spacing: float) -> FloatArray:
    """Middles of squares that lie in an outline, shape (n, 2). [m, real coordinates]"""
    x0, y0, x1, y1 = outline.bounds
    xs, ys = (np.arange(math.floor(lo / spacing), math.ceil(hi / spacing)) * spacing + spacing / 2 for lo, hi in ((x0, x1), (y0, y1)))
    flat = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    shapely.prepare(outline)
    return flat[shapely.contains_xy(outline, flat[:, 0], flat[:, 1])]


def _storeys(neighbourhood: Neighbourhood, row: int, storey: float, *, is_alone: bool, assumptions: Assumptions) -> range:
    """Storeys on which the living room may be."""
    if math.isfinite(storey):
        return range(int(storey), int(storey) + 1)
    if is_alone:
        return range(1)
    stated, height = (float(neighbourhood.buildings.numbers[name][row]) for name in ("storeys", "height"))
    by_height = max(1, int(height / assumptions["storey_height_dwelling"].value)) if math.isfinite(height) else 1
    return range(int(stated) if math.isfinite(stated) and stated >= 1 else by_height)


def _nearest(walls: Sequence[Wall], point: FloatArray, target: int, levels: Sequence[tuple[int, float]]) -> list[_Candidate]:
    """For each way that walls look and each level (storey, height of its sill) the place nearest to a point, shape (2,).

    A wall that is not there at that height, such as that of a dormer, is passed over.
    """

    def distance(wall: Wall) -> tuple[float, int]:
        return float(np.hypot(*(wall.begin + wall.foot(point) * wall.along - point))), wall.number

    found: dict[tuple[int, int], _Candidate] = {}
    for wall in sorted(walls, key=distance):
        side = round(math.degrees(math.atan2(wall.normal[0], wall.normal[1])) / WITHIN) % 8
        for storey, height in levels:
            position = wall.place(wall.foot(point), height)
            if position is not None:
                found.setdefault((side, storey), _Candidate(target, wall.row, storey, position, wall.normal))
    return [found[key] for key in sorted(found)]


def _sill(walls: Walls, row: int, storey: int, assumptions: Assumptions) -> float:
    """Height of the window sill of a storey of a building. [m from the local origin]"""
    ground = float(walls.neighbourhood.buildings.numbers["ground_height"][row]) - walls.neighbourhood.mesh.origin[2]
    if not math.isfinite(ground):
        ground = walls.lowest(row)  # nobody knows where it stands
    return float(ground) + storey * assumptions["storey_height_dwelling"].value + assumptions["window_sill_height"].value


def _free(walls: Walls, targets: Sequence[Target], candidates: Sequence[_Candidate], *, sun_above: float) -> SunPoints:
    """Candidates that have nothing against them, as points."""
    positions = np.array([each.position for each in candidates]).reshape(-1, 3)
    normals = np.array([each.normal for each in candidates]).reshape(-1, 2)
    target, row, storey = (np.array([getattr(each, name) for each in candidates], dtype=np.int64) for name in ("target", "row", "storey"))
    free = np.flatnonzero(walls.are_free(positions, normals, row))
    order = free[morton_order(positions[free])]
    level = np.column_stack([normals[order], np.zeros(len(order))])
    points = Points(positions[order], level, np.full(len(order), sun_above))
    return SunPoints(points, tuple(targets), target[order], storey[order])
