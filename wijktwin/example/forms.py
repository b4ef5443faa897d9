"""The form of a building at every level of detail, with its measures, in a frame of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wijktwin.example.solids import GROUND, INNER_WALL, OUTER_WALL, ROOF, Face, Flat, Piece, Spot, outline, solid

LODS: Final = ("1.2", "1.3", "2.2")
FLAT_SLOPE: Final = 0.02
"""A roof that rises less than this over its own length counts as flat. [m/m]"""
MM2: Final = 1e-6
MM3: Final = 1e-9

Shell = list[list[list[int]]]


class Top(NamedTuple):
    """The straight top of a wall along a line: from where, how high, to where, how high. [mm]"""

    start: int
    start_height: float
    end: int
    end_height: float

    def at(self, y: float) -> float:
        """Height at a point between its ends."""
        return self.start_height + (self.end_height - self.start_height) * (y - self.start) / (self.end - self.start)

    def moved(self, y: float) -> Top:
        """The same top further along the line."""
        return Top(self.start + round(y), self.start_height, self.end + round(y), self.end_height)


Profile = tuple[Top, ...]


@dataclass(frozen=True, slots=True)
class RoofFace:
    """One roof face of a shell: where it is highest and lowest above ground, and how it slopes. [mm, mm², mm/mm]"""

    low: int
    high: int
    slope_x: float
    slope_y: float
    plan_area: float

    @property
    def slope(self) -> float:
        """Rise over run."""
        return sqrt(self.slope_x**2 + self.slope_y**2)

    @property
    def area(self) -> float:
        """True area. [mm²]"""
        return self.plan_area * sqrt(1.0 + self.slope**2)


@dataclass(frozen=True, slots=True)
class Level:
    """A form at one level of detail.

    Parameters
    ----------
    shell
        Faces as rings of vertex numbers of the form.
    values
        Semantics: 0 ground, 1 wall on the outline, 2 wall inside it, 3 and up the roof faces.
    roofs
        The roof faces in that order.
    volume
        [mm³]
    """

    shell: Shell
    values: list[int]
    roofs: tuple[RoofFace, ...]
    volume: float


@dataclass(frozen=True, eq=False)
class Form:
    """A building in its own frame, ground at height 0.

    Parameters
    ----------
    pieces
        The roof pieces at LoD 2.2. [mm]
    rings
        Outline: outer ring counter-clockwise, courtyards clockwise. [mm]
    plan
        Every distinct point in plan, shape (n, 2). [mm]
    plan_index, heights
        Point in plan and height above ground of each vertex, shape (m,). [mm]
    levels
        By LoD.
    """

    pieces: tuple[Piece, ...]
    rings: tuple[tuple[Flat, ...], ...]
    plan: NDArray[np.float64]
    plan_index: NDArray[np.int64]
    heights: NDArray[np.int64]
    levels: dict[str, Level]
    outer_wall_area: float

    @cached_property
    def footprint_area(self) -> float:
        """Area of the outline. [mm²]"""
        return sum(piece.plan_area() for piece in self.pieces)

    @cached_property
    def top(self) -> int:
        """Highest point above ground. [mm]"""
        return int(self.heights[[v for ring in self.levels["2.2"].shell for part in ring for v in part]].max())

    @cached_property
    def ridge(self) -> int | None:
        """Height of the highest ridge above ground, None for flat roofs. [mm]"""
        slanted = [roof.high for roof in self.levels["2.2"].roofs if roof.slope > FLAT_SLOPE]
        return max(slanted) if slanted else None

    @cached_property
    def n_ridges(self) -> int:
        """How many ridge lines."""
        return 0 if self.ridge is None else 1

    @cached_property
    def roof_type(self) -> str:
        """Roof type as 3D BAG names it."""
        roofs = self.levels["2.2"].roofs
        if any(roof.slope > FLAT_SLOPE for roof in roofs):
            return "slanted"
        return "horizontal" if len({roof.high for roof in roofs}) == 1 else "multiple horizontal"

    @cached_property
    def flat_roof_area(self) -> float:
        """Area of the flat roofs. [mm²]"""
        return sum(roof.area for roof in self.levels["2.2"].roofs if roof.slope <= FLAT_SLOPE)

    @cached_property
    def sloped_roof_area(self) -> float:
        """True area of the sloped roofs. [mm²]"""
        return sum(roof.area for roof in self.levels["2.2"].roofs if roof.slope > FLAT_SLOPE)

    def roof_height(self, share: float) -> float:
        """The height above ground that this share of the roof, in plan, stays under. [mm]"""
        if share not in self._known_heights:
            self._known_heights[share] = roof_quantile(self.pieces, share)
        return self._known_heights[share]

    @cached_property
    def _known_heights(self) -> dict[float, float]:
        return {}

    def side_profile(self, x: int) -> Profile:
        """Tops of the outer walls that stand on the line x."""
        return side_profile(self.pieces, x)


def side_profile(pieces: Sequence[Piece], x: int) -> Profile:
    """The tops of the walls that stand on the line x, one for each piece that has one there."""
    found: list[Top] = []
    for piece in pieces:
        for a, b in pairwise((*piece.ring, piece.ring[0])):
            if a[0] == b[0] == x:
                low, high = min(a, b), max(a, b)
                found.append(Top(low[1], piece.height(*low), high[1], piece.height(*high)))
    return tuple(sorted(found))


def shared_wall_area(one: Profile, other: Profile) -> float:
    """Area that two walls on one line have in common: the lower of the two heights, along the line. [mm²]"""
    return sum(_area_under_both(a, b) for a in one for b in other)


def _area_under_both(a: Top, b: Top) -> float:
    """Area under the lower of two straight tops, where both are."""
    start, end = float(max(a.start, b.start)), float(min(a.end, b.end))
    if end <= start:
        return 0.0
    before, after = a.at(start) - b.at(start), a.at(end) - b.at(end)
    cuts = [start, end]
    if before * after < 0:
        cuts.insert(1, start + (end - start) * before / (before - after))
    lower = [min(a.at(y), b.at(y)) for y in cuts]
    return sum((z0 + z1) / 2 * (y1 - y0) for (y0, z0), (y1, z1) in pairwise(zip(cuts, lower, strict=True)))


def roof_quantile(pieces: Sequence[Piece], share: float) -> float:
    """The height that a share of the roof, in plan, stays under. [mm]

    Every piece is taken as evenly spread from its lowest to its highest point: exact for flat roofs and for slopes on rectangles.
    """
    spans = [(min(z), max(z), piece.plan_area()) for piece in pieces for z in [[piece.height(*p) for p in piece.ring]]]
    wanted = share * sum(size for _, _, size in spans)
    edges = sorted({z for low, high, _ in spans for z in (low, high)})
    below = 0.0
    for low, high in pairwise(edges):
        below += sum(size for z0, z1, size in spans if z0 == z1 == low)
        if below >= wanted:
            return low
        here = sum(size * (high - low) / (z1 - z0) for z0, z1, size in spans if z0 <= low and z1 >= high and z1 > z0)
        if below + here >= wanted and here > 0:
            return low + (high - low) * (wanted - below) / here
        below += here
    return edges[-1]


def _blocks(pieces: Sequence[Piece]) -> list[Piece]:
    """LoD 1.3: every block of pieces under one flat roof, at the height that 70 % of it stays under."""
    members: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        members[piece.block].append(piece)
    return [_flattened(group) for _, group in sorted(members.items())]


def _flattened(pieces: Sequence[Piece]) -> Piece:
    rings = outline(pieces)
    return Piece(rings[0], (float(round(roof_quantile(pieces, 0.7))), 0.0, 0.0), tuple(rings[1:]))


def _roof_faces(pieces: Sequence[Piece], faces: Sequence[Face]) -> tuple[RoofFace, ...]:
    found: list[RoofFace] = []
    for face in faces:
        if face.kind == ROOF:
            z = [spot[2] for spot in face.rings[0]]
            piece = pieces[face.piece]
            found.append(RoofFace(min(z), max(z), piece.plane[1], piece.plane[2], piece.plan_area()))
    return tuple(found)


def _values(faces: Sequence[Face]) -> list[int]:
    fixed = {GROUND: 0, OUTER_WALL: 1, INNER_WALL: 2}
    values: list[int] = []
    roof = 3
    for face in faces:
        values.append(fixed.get(face.kind, roof))
        roof += face.kind == ROOF
    return values


def _wall_area(face: Face) -> float:
    """Area of an upright face. [mm²]"""
    (first, *_), total = face.rings[0], 0.0
    ring = face.rings[0]
    far = ring[1]
    run = sqrt((far[0] - first[0]) ** 2 + (far[1] - first[1]) ** 2)
    for a, b in pairwise((*ring, ring[0])):
        along_a = ((a[0] - first[0]) * (far[0] - first[0]) + (a[1] - first[1]) * (far[1] - first[1])) / run
        along_b = ((b[0] - first[0]) * (far[0] - first[0]) + (b[1] - first[1]) * (far[1] - first[1])) / run
        total += along_a * b[2] - along_b * a[2]
    return abs(total) / 2.0


def form_of(pieces: Sequence[Piece]) -> Form:
    """The form that a set of roof pieces makes.

    Raises
    ------
    ValueError
        The pieces do not make one closed solid.
    """
    stages = {"1.2": [_flattened(pieces)], "1.3": _blocks(pieces), "2.2": list(pieces)}
    numbers: dict[Spot, int] = {}
    plan: dict[Flat, int] = {}
    levels: dict[str, Level] = {}
    outer_wall_area = 0.0
    for lod in LODS:
        faces = solid(stages[lod])
        shell = [[[numbers.setdefault(spot, len(numbers)) for spot in ring] for ring in face.rings] for face in faces]
        levels[lod] = Level(shell, _values(faces), _roof_faces(stages[lod], faces), sum(piece.volume() for piece in stages[lod]))
        if lod == "2.2":
            outer_wall_area = sum(_wall_area(face) for face in faces if face.kind == OUTER_WALL)
    plan_index = np.array([plan.setdefault((x, y), len(plan)) for x, y, _ in numbers], dtype=np.int64)
    return Form(
        pieces=tuple(pieces),
        rings=tuple(outline(pieces)),
        plan=np.array(list(plan), dtype=np.float64),
        plan_index=plan_index,
        heights=np.array([z for _, _, z in numbers], dtype=np.int64),
        levels=levels,
        outer_wall_area=outer_wall_area,
    )


def kept(make: Callable[..., Form]) -> Callable[..., Form]:
    """Forms are made once for the same measures: half a street has the same house."""
    cached: Callable[..., Form] = lru_cache(maxsize=4096)(make)
    return cached
