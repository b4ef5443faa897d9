"""Closed solids from roof pieces: walls rise wherever two pieces, or a piece and the ground, differ in height.

A building is a set of pieces that cover its footprint without overlap; each piece is a polygon with one roof plane. Whatever is
put together this way is closed: along every vertical line all heights that occur there become vertices of every wall that passes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Flat = tuple[int, int]
"""A point in the plane of a building's own frame. [mm]"""
Spot = tuple[int, int, int]
"""A point in space, height above the building's ground. [mm]"""
Heights = dict[Flat, list[int]]

SAME_HEIGHT: Final = 3
"""Heights on one vertical line that differ less than this are one height. [mm]"""
GROUND, OUTER_WALL, INNER_WALL, ROOF = range(4)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a footprint with one roof plane.

    Parameters
    ----------
    ring
        Counter-clockwise, not closed. [mm]
    plane
        ``(h, a, b)``: the roof is at ``h + a x + b y`` above ground. [mm]
    holes
        Clockwise rings.
    block
        Number of the block it belongs to at LoD 1.3.
    """

    ring: tuple[Flat, ...]
    plane: tuple[float, float, float]
    holes: tuple[tuple[Flat, ...], ...] = ()
    block: int = 0

    def height(self, x: float, y: float) -> float:
        """Height of the roof plane above ground. [mm]"""
        h, a, b = self.plane
        return h + a * x + b * y

    def plan_area(self) -> float:
        """Area in plan. [mm²]"""
        return sum(_area(ring) for ring in (self.ring, *self.holes))

    def volume(self) -> float:
        """Volume between ground and roof plane: area in plan times the height over its centre. [mm³]"""
        h, a, b = self.plane
        total = 0.0
        for ring in (self.ring, *self.holes):
            size, mx, my = _moments(ring)
            total += h * size + a * mx + b * my
        return total


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a solid, seen from outside: the outer ring counter-clockwise, holes clockwise."""

    kind: int
    piece: int
    rings: tuple[tuple[Spot, ...], ...]


def rectangle(x0: int, y0: int, x1: int, y1: int) -> tuple[Flat, ...]:
    """A counter-clockwise ring along the axes."""
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def flat_piece(ring: tuple[Flat, ...], height: int, *, block: int = 0, holes: tuple[tuple[Flat, ...], ...] = ()) -> Piece:
    """A piece with a flat roof."""
    return Piece(ring, (float(height), 0.0, 0.0), holes, block)


def _area(ring: Sequence[Flat]) -> float:
    return 0.5 * sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise((*ring, ring[0])))


def _moments(ring: Sequence[Flat]) -> tuple[float, float, float]:
    """Area and first moments of a ring, signed."""
    size = mx = my = 0.0
    for (ax, ay), (bx, by) in pairwise((*ring, ring[0])):
        cross = ax * by - bx * ay
        size += cross
        mx += (ax + bx) * cross
        my += (ay + by) * cross
    return size / 2.0, mx / 6.0, my / 6.0


def _on_straight(a: Flat, b: Flat, c: Flat) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


def straightened(ring: Sequence[Flat]) -> tuple[Flat, ...]:
    """A ring without the vertices that lie on a straight line between their neighbours."""
    n = len(ring)
    return tuple(ring[i] for i in range(n) if not _on_straight(ring[i - 1], ring[i], ring[(i + 1) % n]))


class _Splitter:
    """Puts the vertices of all pieces on the edges they lie on."""

    def __init__(self, points: Iterable[Flat]) -> None:
        self.points = sorted(set(points))
        self.by_x: dict[int, list[int]] = defaultdict(list)
        self.by_y: dict[int, list[int]] = defaultdict(list)
        for x, y in self.points:
            self.by_x[x].append(y)
            self.by_y[y].append(x)

    def between(self, a: Flat, b: Flat) -> list[Flat]:
        """The points strictly between a and b, on the way from a to b."""
        if a[0] == b[0]:
            column = self.by_x[a[0]]
            lo, hi = min(a[1], b[1]), max(a[1], b[1])
            found = [(a[0], y) for y in column[bisect_right(column, lo) : bisect_left(column, hi)]]
        elif a[1] == b[1]:
            line = self.by_y[a[1]]
            lo, hi = min(a[0], b[0]), max(a[0], b[0])
            found = [(x, a[1]) for x in line[bisect_right(line, lo) : bisect_left(line, hi)]]
        else:
            lo, hi = min(a[0], b[0]), max(a[0], b[0])
            found = [p for p in self.points if lo < p[0] < hi and _on_straight(a, p, b)]
        return found if a < b else found[::-1]

    def split(self, ring: Sequence[Flat]) -> tuple[Flat, ...]:
        """A ring with all points that lie on its edges."""
        out: list[Flat] = []
        for a, b in pairwise((*ring, ring[0])):
            out.append(a)
            out.extend(self.between(a, b))
        return tuple(out)


def _split_all(pieces: Sequence[Piece]) -> list[tuple[tuple[Flat, ...], ...]]:
    """The rings of each piece with all vertices of the others on them."""
    splitter = _Splitter(point for piece in pieces for ring in (piece.ring, *piece.holes) for point in ring)
    return [tuple(splitter.split(ring) for ring in (piece.ring, *piece.holes)) for piece in pieces]


def _chained(edges: dict[Flat, Flat]) -> list[list[Flat]]:
    """Closed rings from edges, start to end."""
    rings: list[list[Flat]] = []
    left = dict(edges)
    while left:
        start = min(left)
        ring, point = [start], left.pop(start)
        while point != start:
            ring.append(point)
            point = left.pop(point)
        rings.append(ring)
    return rings


def outline(pieces: Sequence[Piece]) -> list[tuple[Flat, ...]]:
    """The outer ring, counter-clockwise, and the courtyards, clockwise, of connected pieces together."""
    edges: dict[Flat, set[Flat]] = defaultdict(set)
    for rings in _split_all(pieces):
        for ring in rings:
            for a, b in pairwise((*ring, ring[0])):
                if a in edges.get(b, ()):
                    edges[b].discard(a)
                else:
                    edges[a].add(b)
    single = {a: next(iter(ends)) for a, ends in edges.items() if ends}
    if any(len(ends) > 1 for ends in edges.values()):
        msg = "pieces of a building may not touch in a single point"
        raise ValueError(msg)
    rings_found = sorted((straightened(ring) for ring in _chained(single)), key=_area, reverse=True)
    if sum(_area(ring) > 0 for ring in rings_found) != 1:
        msg = "pieces of a building are to be one whole"
        raise ValueError(msg)
    return rings_found


def _between(levels: Sequence[int], start: int, end: int) -> list[int]:
    """The levels strictly between two heights, on the way from start to end."""
    if start < end:
        return [z for z in levels if start < z < end]
    return [z for z in reversed(levels) if end < z < start]


class _Shell:
    """The faces of one solid while they are being made."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.rings = _split_all(pieces)
        self.levels: Heights = defaultdict(list)
        self.owner: dict[tuple[Flat, Flat], int] = {}
        self.heights: list[dict[Flat, int]] = []
        for index, (piece, rings) in enumerate(zip(pieces, self.rings, strict=True)):
            known: dict[Flat, int] = {}
            for ring in rings:
                for point in ring:
                    known[point] = self._level(point, round(piece.height(*point)))
                for edge in pairwise((*ring, ring[0])):
                    self.owner[edge] = index
            self.heights.append(known)
        for levels in self.levels.values():
            levels.sort()

    def _level(self, point: Flat, z: int) -> int:
        levels = self.levels[point]
        for known in levels:
            if abs(known - z) <= SAME_HEIGHT:
                return known
        levels.append(z)
        return z

    def roofs(self) -> list[Face]:
        return [
            Face(ROOF, index, tuple(tuple((x, y, known[x, y]) for x, y in ring) for ring in rings))
            for index, (rings, known) in enumerate(zip(self.rings, self.heights, strict=True))
        ]

    def inner_walls(self) -> list[Face]:
        faces: list[Face] = []
        for (a, b), index in self.owner.items():
            other = self.owner.get((b, a))
            if other is None:
                continue
            a_top, b_top = self.heights[index][a], self.heights[index][b]
            a_low, b_low = self.heights[other][a], self.heights[other][b]
            if a_top <= a_low and b_top <= b_low:
                continue
            if a_top < a_low or b_top < b_low:
                msg = "two roof planes cross on the edge between them: cut the pieces there"
                raise ValueError(msg)
            up = [b_low, *_between(self.levels[b], b_low, b_top), b_top] if b_top > b_low else [b_top]
            down = [a_top, *_between(self.levels[a], a_top, a_low), a_low] if a_top > a_low else [a_top]
            faces.append(Face(INNER_WALL, index, (tuple([(*b, z) for z in up] + [(*a, z) for z in down]),)))
        return faces

    def facades(self) -> tuple[Face, list[Face]]:
        """The ground face and the outer walls; what is in line becomes one wall."""
        outer = {a: b for (a, b) in self.owner if (b, a) not in self.owner}
        ground: list[tuple[Spot, ...]] = []
        walls: list[Face] = []
        rings = _chained(outer)
        rings.sort(key=_area, reverse=True)
        for ring in rings:
            corners = [i for i in range(len(ring)) if not _on_straight(ring[i - 1], ring[i], ring[(i + 1) % len(ring)])]
            ground.append(tuple((*ring[i], 0) for i in reversed(corners)))
            for first, last in pairwise((*corners, corners[0] + len(ring))):
                walls.append(self._facade([ring[i % len(ring)] for i in range(first, last + 1)]))
        return Face(GROUND, 0, tuple(ground)), walls

    def _facade(self, run: list[Flat]) -> Face:
        path: list[Spot] = [(*run[0], 0), (*run[-1], 0)]
        z = 0
        for a, b in reversed(list(pairwise(run))):
            known = self.heights[self.owner[a, b]]
            path.extend((*b, level) for level in _between(self.levels[b], z, known[b]))
            if path[-1] != (*b, known[b]):
                path.append((*b, known[b]))
            z = known[a]
            path.append((*a, z))
        path.extend((*run[0], level) for level in _between(self.levels[run[0]], z, 0))
        return Face(OUTER_WALL, self.owner[run[0], run[1]], (tuple(path),))


def solid(pieces: Sequence[Piece]) -> list[Face]:
    """The faces of the closed solid under the roof pieces, on the ground at height 0.

    Raises
    ------
    ValueError
        Pieces overlap so that one edge has two owners on the same side, touch in a single point, or their planes cross on an edge.
    """
    shell = _Shell(pieces)
    ground, walls = shell.facades()
    return [ground, *walls, *shell.inner_walls(), *shell.roofs()]
