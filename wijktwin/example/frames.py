"""Where things stand: right-handed frames in the plane, lines and what lies beside them, in whole millimetres of the world.

The world of the generator is RD New in millimetres from the anchor of the example. Everything is computed with the four operations and the
square root, which every processor rounds alike, and ends in whole millimetres: the same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Line = Sequence[Point]

WINDS: Final = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
TAN_22_5: Final = sqrt(2.0) - 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A right-handed frame: its origin in the world and the direction of its x axis.

    Parameters
    ----------
    x, y
        Origin. [mm]
    c, s
        Cosine and sine of the angle from the world's x axis to this one's.
    """

    x: float = 0.0
    y: float = 0.0
    c: float = 1.0
    s: float = 0.0

    def at(self, x: float, y: float) -> Point:
        """A point of this frame in the world, not rounded. [mm]"""
        return self.x + self.c * x - self.s * y, self.y + self.s * x + self.c * y

    def inside(self, point: Point) -> Point:
        """A point of the world in this frame. [mm]"""
        dx, dy = point[0] - self.x, point[1] - self.y
        return self.c * dx + self.s * dy, self.c * dy - self.s * dx

    def points(self, local: NDArray[np.float64]) -> NDArray[np.int64]:
        """Points of this frame in whole millimetres of the world, shape (n, 2)."""
        x, y = local[:, 0], local[:, 1]
        world = np.empty((len(local), 2))
        world[:, 0] = self.x + self.c * x - self.s * y
        world[:, 1] = self.y + self.s * x + self.c * y
        return np.rint(world).astype(np.int64)

    def polygon(self, *local: Point) -> list[tuple[int, int]]:
        """A ring of this frame in whole millimetres of the world."""
        return [rounded(self.at(x, y)) for x, y in local]

    def rectangle(self, x0: float, y0: float, x1: float, y1: float) -> list[tuple[int, int]]:
        """A rectangle along the axes of this frame in whole millimetres of the world."""
        return self.polygon((x0, y0), (x1, y0), (x1, y1), (x0, y1))

    def moved(self, x: float, y: float) -> Frame:
        """The same directions from another origin, given in this frame. [mm]"""
        return Frame(*self.at(x, y), self.c, self.s)

    def turned(self, c: float, s: float) -> Frame:
        """The same origin, turned by the angle with this cosine and sine."""
        return Frame(self.x, self.y, self.c * c - self.s * s, self.s * c + self.c * s)

    def wind(self, x: float, y: float) -> str:
        """Compass direction (one of eight, grid north) of a direction of this frame."""
        e, n = self.c * x - self.s * y, self.s * x + self.c * y
        east, north = abs(e), abs(n)
        if north <= east * TAN_22_5:
            return "E" if e > 0 else "W"
        if east <= north * TAN_22_5:
            return "N" if n > 0 else "S"
        return ("N" if n > 0 else "S") + ("E" if e > 0 else "W")


def rounded(point: Point) -> tuple[int, int]:
    """A point in whole millimetres."""
    return round(point[0]), round(point[1])


def along(a: Point, b: Point) -> Frame:
    """The frame that starts in ``a`` with its x axis to ``b``; y is to the left."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = sqrt(dx * dx + dy * dy)
    return Frame(a[0], a[1], dx / length, dy / length)


def distance(a: Point, b: Point) -> float:
    """Distance between two points. [mm]"""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return sqrt(dx * dx + dy * dy)


def length(line: Line) -> float:
    """Length of a line. [mm]"""
    return sum(distance(a, b) for a, b in pairwise(line))


def station(line: Line, s: float) -> Frame:
    """The frame on a line at the distance ``s`` from its start, with x along the line. [mm]"""
    for a, b in pairwise(line):
        step = distance(a, b)
        if s <= step:
            break
        s -= step
    else:
        a, b = line[-2], line[-1]
        s += distance(a, b)
    return along(a, b).moved(s, 0.0)


def smoothed(line: Line, rounds: int = 3) -> list[Point]:
    """A line with its corners cut, again and again (Chaikin 1974): a calm curve with the same ends."""
    points = list(line)
    for _ in range(rounds):
        cut: list[Point] = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = [*cut, points[-1]]
    return points


def beside(line: Line, offset: float) -> list[Point]:
    """The line at a distance to the left (right when negative), corners mitred. [mm]"""
    frames = [along(a, b) for a, b in pairwise(line)]
    shifted = [frames[0].at(0.0, offset)]
    for before, after, (x, y) in zip(frames, frames[1:], line[1:-1], strict=False):
        nx, ny = -before.s - after.s, before.c + after.c
        scale = 2.0 * offset / (nx * nx + ny * ny)
        shifted.append((x + nx * scale, y + ny * scale))
    (ex, ey), last = line[-1], frames[-1]
    return [*shifted, (ex - last.s * offset, ey + last.c * offset)]


def strip(line: Line, right: float, left: float) -> list[tuple[int, int]]:
    """The ring between two distances beside a line; negative is right of it. [mm]"""
    return [rounded(p) for p in (*beside(line, right), *reversed(beside(line, left)))]


def crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the segments ab and cd cross or touch, None where they do not. [mm]"""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = rx * sy - ry * sx
    if cross == 0:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross
    slack = 1e-9
    if -slack <= t <= 1 + slack and -slack <= u <= 1 + slack:
        return a[0] + t * rx, a[1] + t * ry
    return None


def first_crossing(line: Line, other: Line) -> Point:
    """The first point along ``line`` where it meets ``other``.

    Raises
    ------
    ValueError
        They do not meet.
    """
    for a, b in pairwise(line):
        hits = [hit for c, d in pairwise(other) if (hit := crossing(a, b, c, d)) is not None]
        if hits:
            return min(hits, key=lambda hit: distance(a, hit))
    msg = "the lines do not meet"
    raise ValueError(msg)


def area(ring: Iterable[Point]) -> float:
    """Signed area of a ring; positive counter-clockwise. [mm²]"""
    points = list(ring)
    return 0.5 * sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*points, points[0]]))
