"""One neighbourhood while it is being laid out: buildings, addresses, pieces of ground, streets and trees, in millimetres of the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from wijktwin.example.dice import Dice
from wijktwin.example.forms import Form
from wijktwin.example.frames import Frame, Point
from wijktwin.model.surroundings import GroundKind

Ring = Sequence[tuple[int, int]]

WIDTH: Final = 660_000
HEIGHT: Final = 560_000
"""Size of one neighbourhood. [mm]"""
TURN: Final = (84 / 85, 13 / 85)
"""Cosine and sine of the angle between the neighbourhood and the grid: 8.8 degrees, a Pythagorean pair."""
LOWEST_GROUND, RISE_X, RISE_Y, GROUND_STEP = 2300, 950, 480, 10
"""Lowest ground [mm NAP], how much it rises over one neighbourhood each way, and the step it is known in. [mm]"""
WATER_LEVEL: Final = 1550
"""Level of the singel. [mm NAP]"""


class Rank(IntEnum):
    """Which piece of ground goes before which where they overlap."""

    WATER = 1
    CARRIAGEWAY = 2
    PARKING = 3
    TREE_PIT = 4
    CYCLE_PATH = 5
    PATH = 6
    PLOT = 7
    PAVEMENT = 8
    PLACE = 9
    VERGE = 10
    LAWN = 11


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of ground as it was drawn; what is left of it where others go first becomes a ground surface.

    Parameters
    ----------
    group
        Patches of one group become one surface where they touch; "" keeps it apart.
    places
        Parking places, 1 for a bay.
    building
        Number of the building whose plot it is.
    """

    kind: GroundKind
    rank: Rank
    ring: Ring
    street: str = ""
    material: str = ""
    group: str = ""
    places: float = float("nan")
    building: int | None = None


@dataclass(slots=True)
class Structure:
    """A building of the example.

    Parameters
    ----------
    frame
        Where its form stands in the world.
    ground
        Height of the ground it stands on. [mm NAP]
    party_area
        Area of the walls it shares. [mm²]
    after_survey
        Built after the point cloud was flown: nobody measured its roof.
    """

    form: Form
    frame: Frame
    ground: int
    use: str
    year: int
    storeys: int | None
    party_area: float = 0.0
    after_survey: bool = False
    is_shed: bool = False
    row: int = 0


@dataclass(slots=True)
class Dwelling:
    """An address before it is numbered: its place along the street, and where it is in the building."""

    building: int
    street: str
    is_odd: bool
    station: float
    storey: int
    side: str
    use: str
    floor_area: int
    tenure: str
    dwelling_type: str
    point: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ExampleTree:
    """A tree: where it stands, what it is and how large. [mm, m]"""

    point: tuple[int, int]
    species: str
    height: float
    crown: float


@dataclass(slots=True)
class Quarter:
    """A neighbourhood that is being laid out.

    Parameters
    ----------
    seed, index
        What its dice are made of; neighbourhood 0 is the Vogelbuurt.
    frame
        From its own plan to the world.
    """

    seed: int
    index: int
    frame: Frame
    structures: list[Structure] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    trees: list[ExampleTree] = field(default_factory=list)
    possible_sheds: list[Structure] = field(default_factory=list)

    def dice(self, *key: int) -> Dice:
        """Dice that belong to one part of this neighbourhood."""
        return Dice(self.seed, self.index, *key)

    def ground_at(self, point: Point) -> int:
        """Height of the ground: a slope that goes on into the next neighbourhood. [mm NAP]"""
        return ground_height(point)

    def add(self, structure: Structure) -> int:
        """Put a building in; gives its number."""
        self.structures.append(structure)
        return len(self.structures) - 1

    def boundary(self) -> list[tuple[int, int]]:
        """The ring around it."""
        return self.frame.rectangle(0, 0, WIDTH, HEIGHT)


def ground_height(point: Point) -> int:
    """Ground height at a point of the world: rising to the north-east over one neighbourhood, falling over the next. [mm NAP]"""
    c, s = TURN
    x, y = (c * point[0] + s * point[1]) / WIDTH, (c * point[1] - s * point[0]) / HEIGHT
    height = LOWEST_GROUND + RISE_X * _wave(x) + RISE_Y * _wave(y)
    return round(height / GROUND_STEP) * GROUND_STEP


def _wave(x: float) -> float:
    """Up from 0 to 1 over one unit and down again over the next."""
    part = x % 2.0
    return part if part <= 1.0 else 2.0 - part


def quarter_frame(column: int, row: int) -> Frame:
    """The frame of the neighbourhood in a column and row of the town."""
    town = Frame(0.0, 0.0, *TURN)
    return town.moved(float(column * WIDTH), float(row * HEIGHT))
