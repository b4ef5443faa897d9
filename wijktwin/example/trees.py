"""Trees: in pits between the parking bays, in verges, along the water, and loose in the greens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely

from wijktwin.example.dice import Dice
from wijktwin.example.frames import Line, beside, length, rounded, station
from wijktwin.example.ground import Surface
from wijktwin.example.quarter import ExampleTree, Quarter
from wijktwin.model.surroundings import GroundKind

STREET_SPECIES: Final = {"Tilia x europaea": 4.0, "Acer platanoides": 3.0, "Carpinus betulus": 2.0, "Sorbus aria": 2.0, "Prunus avium": 2.0}
MAIN_SPECIES: Final = {"Quercus robur": 5.0, "Platanus x hispanica": 3.0, "Ulmus 'Columella'": 1.0}
WATER_SPECIES: Final = {"Salix alba": 5.0, "Alnus glutinosa": 4.0, "Populus nigra": 1.0}
GREEN_SPECIES: Final = {
    "Quercus robur": 4.0,
    "Fagus sylvatica": 2.0,
    "Betula pendula": 3.0,
    "Acer pseudoplatanus": 3.0,
    "Aesculus hippocastanum": 1.5,
    "Pinus sylvestris": 1.5,
    "Liriodendron tulipifera": 0.7,
}
SIZES: Final = {
    "Tilia x europaea": (11.0, 0.55),
    "Acer platanoides": (10.0, 0.65),
    "Carpinus betulus": (9.0, 0.5),
    "Sorbus aria": (7.5, 0.6),
    "Prunus avium": (9.0, 0.7),
    "Quercus robur": (14.0, 0.7),
    "Platanus x hispanica": (16.0, 0.75),
    "Ulmus 'Columella'": (13.0, 0.3),
    "Salix alba": (13.0, 0.8),
    "Alnus glutinosa": (11.0, 0.45),
    "Populus nigra": (20.0, 0.35),
    "Fagus sylvatica": (16.0, 0.75),
    "Betula pendula": (13.0, 0.45),
    "Acer pseudoplatanus": (14.0, 0.7),
    "Aesculus hippocastanum": (14.0, 0.75),
    "Pinus sylvestris": (14.0, 0.45),
    "Liriodendron tulipifera": (15.0, 0.5),
}
"""Usual height [m] of a tree of about fifty years, and the diameter of its crown as a share of it."""
FROM_WALL: Final = 3600.0
FROM_EDGE: Final = 700.0
BETWEEN: Final = 5500.0
"""How far trees stay from walls, from the edge of what they grow in, and from each other. [mm]"""


CELL: Final = 8000
"""Size of the cells in which neighbours are looked for; no tree asks for more room. [mm]"""


class Planter:
    """Plants trees where there is room for them."""

    def __init__(self, quarter: Quarter, surfaces: Sequence[Surface], footprints: Sequence[shapely.Polygon], dice: Dice) -> None:
        self.quarter = quarter
        self.dice = dice
        self.green = [s.polygon for s in surfaces if s.kind is GroundKind.GREEN]
        self.tree = shapely.STRtree(self.green)
        self.walls = shapely.STRtree(list(footprints))
        self.cells: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def fits(self, point: tuple[int, int], *, apart: float, edge: float, wall: float) -> bool:
        """Whether a tree can stand here: in green, away from walls and other trees. [mm]"""
        spot = shapely.Point(point)
        hits = self.tree.query(spot, predicate="within").tolist()
        if not hits or any(self.green[i].exterior.distance(spot) < edge for i in hits):
            return False
        if len(self.walls.query(spot, predicate="dwithin", distance=wall)):
            return False
        cx, cy = point[0] // CELL, point[1] // CELL
        near = [p for dx in (-1, 0, 1) for dy in (-1, 0, 1) for p in self.cells.get((cx + dx, cy + dy), ())]
        return all((p[0] - point[0]) ** 2 + (p[1] - point[1]) ** 2 >= apart**2 for p in near)

    def plant_if(self, point: tuple[int, int], species: str, *, apart: float = BETWEEN, edge: float = FROM_EDGE) -> None:
        """Put a tree in where there is room for it; one in eight is young, in the place of an old one."""
        usual, spread = SIZES[species]
        is_young = self.dice.chance(0.12)
        height = usual * (self.dice.between(0.35, 0.55) if is_young else self.dice.between(0.75, 1.2))
        crown = height * spread * self.dice.between(0.85, 1.15)
        if self.fits(point, apart=apart, edge=edge, wall=max(FROM_WALL, crown * 500.0 + 1000.0)):
            self.quarter.trees.append(ExampleTree(point, species, round(height * 2) / 2, round(crown * 2) / 2))
            self.cells.setdefault((point[0] // CELL, point[1] // CELL), []).append(point)

    def row(self, line: Line, offset: float, step: float, species: str | None, choices: dict[str, float]) -> None:
        """Trees at equal distances beside a line."""
        beside_it = beside(line, offset)
        total = length(beside_it)
        s = step / 2
        while s < total:
            kind = species or self.dice.weighted(choices)
            self.plant_if(rounded(station(beside_it, s).at(0.0, 0.0)), kind)
            s += step

    def scatter(self, polygon: shapely.Polygon, per_hectare: float) -> None:
        """Loose trees in a green, in groups of a kind."""
        x0, y0, x1, y1 = polygon.bounds
        wanted = round((x1 - x0) * (y1 - y0) * 1e-10 * per_hectare * 2)
        species = self.dice.weighted(GREEN_SPECIES)
        for _ in range(wanted):
            if self.dice.chance(0.3):
                species = self.dice.weighted(GREEN_SPECIES)
            point = (round(self.dice.between(x0, x1)), round(self.dice.between(y0, y1)))
            if polygon.contains(shapely.Point(point)):
                self.plant_if(point, species, apart=7500.0, edge=1800.0)
