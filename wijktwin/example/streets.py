"""Streets: a centre line, what lies beside the carriageway, parking bays and the network that traffic follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, pairwise
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from wijktwin.example.frames import Point, along, beside, crossing, distance, length, rounded, station, strip
from wijktwin.example.quarter import Patch, Quarter, Rank, Ring
from wijktwin.model.surroundings import GroundKind

BAY_LENGTH: Final = 5500
BAY_DEPTH: Final = 2000
SQUARE_BAY_WIDTH: Final = 2500
SQUARE_BAY_DEPTH: Final = 5000
UNDER: Final = 300
"""How far a piece of ground is drawn under the one that goes before it, so that no slit stays between them. [mm]"""
CORNER: Final = 6000
"""Radius of the kerb at a corner. [mm]"""
PATH_HALF: Final = 900
"""Half the width of a footpath. [mm]"""
OVERLAP: Final = 3
"""How far a rounded corner is drawn over the carriageways it rounds. [mm]"""
SMALLEST_CORNER: Final = 2e5
"""Bends are no corners: smaller pieces are left out. [mm²]"""
CLEAR: Final = 4500
"""No parking bay closer to the carriageway of another street than this. [mm]"""


class Lane(Enum):
    """What lies beside a carriageway."""

    PARKING = "parking"
    """Bays along the street, the rest of the lane paved."""
    SQUARE_PARKING = "square parking"
    """Bays square to the street."""
    GREEN_PARKING = "green parking"
    """A verge with trees and now and then a few bays."""
    VERGE = "verge"
    CYCLE_PATH = "cycle path"
    PAVEMENT = "pavement"


@dataclass(frozen=True, slots=True)
class Profile:
    """The cross-section of a street. [mm]

    Parameters
    ----------
    half
        Half the width of the carriageway; 0 for a footpath.
    left, right
        Lanes from the carriageway outwards, seen in the direction of the line.
    """

    half: int
    left: tuple[tuple[Lane, int], ...] = ()
    right: tuple[tuple[Lane, int], ...] = ()
    material: str = "betonstraatstenen"
    max_speed: float = 30.0
    modes: str = "walk cycle drive"

    def offset(self, lanes: Sequence[tuple[Lane, int]], upto: int | None = None) -> int:
        """Distance from the centre line to the outside of the lanes, or of the first ``upto`` of them."""
        return self.half + sum(width for _, width in lanes[:upto])

    @property
    def to_left(self) -> int:
        """From the centre line to where the plots begin on the left."""
        return self.offset(self.left) if self.half else PATH_HALF

    @property
    def to_right(self) -> int:
        """From the centre line to where the plots begin on the right."""
        return self.offset(self.right) if self.half else PATH_HALF


@dataclass(frozen=True, slots=True)
class Street:
    """A street with its centre line in the world. [mm]"""

    name: str
    line: tuple[Point, ...]
    profile: Profile

    @property
    def is_path(self) -> bool:
        """Whether it is for walking (and cycling) only."""
        return self.profile.half == 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the network between two nodes."""

    street: Street
    nodes: tuple[tuple[int, int], tuple[int, int]]
    line: tuple[tuple[int, int], ...]


NODE_REACH: Final = 1000
"""Nodes of one street closer together than this are one. [mm]"""
LANE_GROUND: Final = {
    Lane.PARKING: (GroundKind.PAVEMENT, Rank.PAVEMENT, "tegels"),
    Lane.SQUARE_PARKING: (GroundKind.PAVEMENT, Rank.PAVEMENT, "tegels"),
    Lane.GREEN_PARKING: (GroundKind.GREEN, Rank.VERGE, "gras"),
    Lane.VERGE: (GroundKind.GREEN, Rank.VERGE, "gras"),
    Lane.CYCLE_PATH: (GroundKind.CYCLE_PATH, Rank.CYCLE_PATH, "asfalt"),
    Lane.PAVEMENT: (GroundKind.PAVEMENT, Rank.PAVEMENT, "tegels"),
}


def carriageways(streets: Sequence[Street]) -> dict[str, list[Ring]]:
    """The carriageway rings of each street by name, and the rounded corners between them under the name of the wider one."""
    rings: dict[str, list[Ring]] = defaultdict(list)
    for street in streets:
        if not street.is_path:
            rings[street.name].append(strip(street.line, -street.profile.half, street.profile.half))
    return rings


def corners(rings: dict[str, list[Ring]]) -> list[Ring]:
    """The pieces that round off the kerbs where carriageways meet."""
    whole = shapely.union_all([shapely.Polygon(ring) for own in rings.values() for ring in own], grid_size=1.0)
    softened = whole.buffer(CORNER, quad_segs=6).buffer(-CORNER, quad_segs=6)
    pieces = shapely.get_parts(shapely.difference(softened, whole, grid_size=1.0))
    drawn = [piece.buffer(OVERLAP, join_style="mitre") for piece in pieces if piece.area > SMALLEST_CORNER]
    return [[rounded(p) for p in piece.exterior.coords[:-1]] for piece in drawn]


def street_patches(streets: Sequence[Street]) -> list[Patch]:
    """The ground of all streets: carriageways with rounded corners, lanes, bays and the pits that trees stand in."""
    patches: list[Patch] = []
    rings = carriageways(streets)
    for street in streets:
        if street.is_path:
            path = strip(street.line, -PATH_HALF, PATH_HALF)
            patches.append(Patch(GroundKind.PAVEMENT, Rank.PATH, path, street.name, "tegels", f"path {street.name}"))
            continue
        ring = strip(street.line, -street.profile.half, street.profile.half)
        patches.append(
            Patch(GroundKind.CARRIAGEWAY, Rank.CARRIAGEWAY, ring, street.name, street.profile.material, f"carriageway {street.name}")
        )
        patches += _lanes(street)
    for corner in corners(rings):
        nearest = _nearest_street(streets, corner)
        patches.append(
            Patch(GroundKind.CARRIAGEWAY, Rank.CARRIAGEWAY, corner, nearest.name, nearest.profile.material, f"carriageway {nearest.name}")
        )
    return patches


def _nearest_street(streets: Sequence[Street], ring: Ring) -> Street:
    centre = shapely.Polygon(ring).centroid
    return min((s for s in streets if not s.is_path), key=lambda s: (round(shapely.LineString(s.line).distance(centre)), s.name))


def _lanes(street: Street) -> list[Patch]:
    patches: list[Patch] = []
    for lanes, sign in ((street.profile.left, 1), (street.profile.right, -1)):
        for index, (lane, width) in enumerate(lanes):
            kind, rank, material = LANE_GROUND[lane]
            inner = street.profile.offset(lanes, index) - UNDER
            outer = street.profile.offset(lanes, index) + width + (UNDER if index == len(lanes) - 1 else 0)
            near, far = sorted((sign * inner, sign * outer))
            group = f"{kind.value} {street.name}"
            patches.append(Patch(kind, rank, strip(street.line, near, far), street.name, material, group))
    return patches


@dataclass(frozen=True, slots=True)
class Bays:
    """Parking bays along a street with the pits for trees between them."""

    patches: list[Patch]
    tree_points: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _BayLane:
    """A lane with bays: on which side, from how far to how far, how wide a bay is along the street, and what stands between. [mm]"""

    sign: int
    near: int
    depth: int
    wide: int
    group: int
    gap: int
    is_green: bool


BAY_SIZES: Final = {
    Lane.PARKING: (BAY_LENGTH, BAY_DEPTH, 4, 2600),
    Lane.GREEN_PARKING: (BAY_LENGTH, BAY_DEPTH, 3, 12000),
    Lane.SQUARE_PARKING: (SQUARE_BAY_WIDTH, SQUARE_BAY_DEPTH, 8, 2500),
}
"""Along the street, across it, how many in a row, and the room for a tree after those. [mm]"""


def parking_bays(street: Street, blocked: shapely.STRtree) -> Bays:
    """Bays in the parking lanes of a street, in groups with a tree between them.

    Parameters
    ----------
    blocked
        Where no bay may be: near other carriageways, on water or plots.
    """
    found = Bays([], [])
    for lanes, sign in ((street.profile.left, 1), (street.profile.right, -1)):
        for index, (lane, _) in enumerate(lanes):
            if lane in BAY_SIZES:
                wide, depth, group, gap = BAY_SIZES[lane]
                near = street.profile.offset(lanes, index)
                _fill_lane(found, street, blocked, _BayLane(sign, near, depth, wide, group, gap, lane is Lane.GREEN_PARKING))
    return found


def _fill_lane(found: Bays, street: Street, blocked: shapely.STRtree, lane: _BayLane) -> None:
    total = length(street.line)
    near, far = lane.sign * (lane.near - UNDER), lane.sign * (lane.near + lane.depth)
    s, run = float(CLEAR), 0
    while s + lane.wide < total - CLEAR:
        if run == lane.group:
            _leave_room(found, street, blocked, lane, s)
            s, run = s + lane.gap, 0
            continue
        ring = _lane_ring(street, s, s + lane.wide, near, far)
        if len(blocked.query(shapely.Polygon(ring), predicate="intersects")):
            s, run = s + 500.0, 0
            continue
        found.patches.append(Patch(GroundKind.PARKING, Rank.PARKING, ring, street.name, "betonstraatstenen", places=1.0))
        s, run = s + lane.wide, run + 1


def _leave_room(found: Bays, street: Street, blocked: shapely.STRtree, lane: _BayLane, s: float) -> None:
    """A pit with a tree between two groups of bays; in a green lane the tree only."""
    pit = _lane_ring(street, s + 300, s + lane.gap - 300, lane.sign * (lane.near + 200), lane.sign * (lane.near + lane.depth - 200))
    if len(blocked.query(shapely.Polygon(pit), predicate="intersects")):
        return
    if not lane.is_green:
        found.patches.append(Patch(GroundKind.GREEN, Rank.TREE_PIT, pit, street.name, "beplanting"))
    found.tree_points.append(rounded(station(street.line, s + lane.gap / 2).at(0, lane.sign * (lane.near + lane.depth / 2))))


def _lane_ring(street: Street, s0: float, s1: float, near: float, far: float) -> list[tuple[int, int]]:
    """The ring between two stations and two distances beside a street."""
    a, b = station(street.line, s0), station(street.line, s1)
    ring = [a.at(0, near), b.at(0, near), b.at(0, far), a.at(0, far)]
    return [rounded(p) for p in (ring if far > near else ring[::-1])]


def blocked_for_bays(street: Street, streets: Sequence[Street], quarter: Quarter) -> shapely.STRtree:
    """Where a street can have no bays: near the carriageways and paths that meet it, on plots and water, outside the neighbourhood."""
    blocked: list[BaseGeometry] = []
    for other in streets:
        if other is not street:
            half = other.profile.half + CLEAR if not other.is_path else PATH_HALF + 300
            blocked.append(shapely.Polygon(strip(other.line, -half, half)))
    blocked += [shapely.Polygon(patch.ring) for patch in quarter.patches if patch.rank in {Rank.WATER, Rank.PLOT}]
    boundary = shapely.Polygon(quarter.boundary())
    blocked.append(boundary.buffer(50_000, join_style="mitre").difference(boundary.buffer(-3000)))
    return shapely.STRtree(blocked)


def network(streets: Sequence[Street]) -> list[Segment]:
    """The streets cut wherever they meet: every node is an end or a crossing. [mm]"""
    cuts: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
    for (i, one), (j, other) in combinations(enumerate(streets), 2):
        for point in _meetings(one.line, other.line):
            cuts[i].append((_station_of(one.line, point), rounded(point)))
            cuts[j].append((_station_of(other.line, point), rounded(point)))
    segments: list[Segment] = []
    for index, street in enumerate(streets):
        ends = [(0.0, rounded(street.line[0])), (length(street.line), rounded(street.line[-1]))]
        stops = _without_doubles(sorted([*cuts[index], *ends]))
        for (s0, a), (s1, b) in pairwise(stops):
            middle = [rounded(p) for s, p in _vertices(street.line) if s0 + 1.0 < s < s1 - 1.0]
            line = tuple(p for k, p in enumerate([a, *middle, b]) if k == 0 or p != [a, *middle, b][k - 1])
            segments.append(Segment(street, (a, b), line))
    return segments


def _vertices(line: Sequence[Point]) -> list[tuple[float, Point]]:
    found, s = [(0.0, line[0])], 0.0
    for a, b in pairwise(line):
        s += distance(a, b)
        found.append((s, b))
    return found


def _meetings(one: Sequence[Point], other: Sequence[Point]) -> list[Point]:
    return [hit for a, b in pairwise(one) for c, d in pairwise(other) if (hit := crossing(a, b, c, d)) is not None]


def _station_of(line: Sequence[Point], point: Point) -> float:
    """Distance along the line of the point on it that is nearest."""
    best, s = (float("inf"), 0.0), 0.0
    for a, b in pairwise(line):
        step = distance(a, b)
        x, y = along(a, b).inside(point)
        x = min(max(x, 0.0), step)
        best = min(best, (distance(along(a, b).at(x, 0.0), point) + 0.0 * y, s + x))
        s += step
    return best[1]


def _without_doubles(stops: list[tuple[float, tuple[int, int]]]) -> list[tuple[float, tuple[int, int]]]:
    """Stops in order, where several within a metre are one: the crossing goes before the end of the line."""
    kept = [stops[0]]
    for stop in stops[1:]:
        if stop[0] - kept[-1][0] >= NODE_REACH:
            kept.append(stop)
        elif len(kept) == 1:
            kept[0] = stop
    return kept


def side_line(street: Street, offset: float) -> list[Point]:
    """The line at a distance beside a street, for rows of trees. [mm]"""
    return beside(street.line, offset)
