"""A town of one or more neighbourhoods with exactly the number of buildings that was asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

import shapely

from wijktwin.example.frames import length
from wijktwin.example.ground import Surface, footprint_polygon, ground_surfaces
from wijktwin.example.names import street_names
from wijktwin.example.quarter import Dwelling, ExampleTree, Patch, Quarter, Structure, quarter_frame
from wijktwin.example.rows import share_shed_walls
from wijktwin.example.streets import BAY_SIZES, Segment, Street, blocked_for_bays, network, parking_bays, street_patches
from wijktwin.example.trees import MAIN_SPECIES, STREET_SPECIES, WATER_SPECIES, Planter
from wijktwin.example.vogelbuurt import Plan, lay_out
from wijktwin.model.surroundings import GroundKind

USUAL, MOST = 1000, 1200
"""Buildings in one neighbourhood: as a rule, and at most (without a shed behind every house)."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A dwelling with its house number."""

    dwelling: Dwelling
    number: int


@dataclass(slots=True)
class Settlement:
    """One neighbourhood as it is written: chosen buildings, numbered addresses, ground, trees and network."""

    quarter: Quarter
    plan: Plan
    structures: list[Structure]
    addresses: list[Numbered]
    surfaces: list[Surface] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def trees(self) -> list[ExampleTree]:
        """All trees."""
        return self.quarter.trees


def shares(n_buildings: int) -> list[int]:
    """How many buildings each neighbourhood of a town gets; together exactly ``n_buildings``."""
    n_quarters = max(1, round(n_buildings / USUAL), ceil(n_buildings / MOST))
    base, extra = divmod(n_buildings, n_quarters)
    return [base + (index < extra) for index in range(n_quarters)]


def cell(index: int) -> tuple[int, int]:
    """Column and row of the neighbourhood with this number: a square that grows ring by ring."""
    side = 0
    while (side + 1) ** 2 <= index:
        side += 1
    step = index - side * side
    return (side, step) if step <= side else (2 * side - step, side)


def laid_out(seed: int, index: int, n_buildings: int) -> Settlement:
    """The buildings and addresses of one neighbourhood; fewer than all when fewer are asked for.

    Raises
    ------
    ValueError
        More buildings are asked for than the neighbourhood can hold.
    """
    quarter = Quarter(seed, index, quarter_frame(*cell(index)))
    plan = lay_out(quarter)
    return Settlement(quarter, plan, *_chosen(quarter, n_buildings))


def _chosen(quarter: Quarter, wanted: int) -> tuple[list[Structure], list[Numbered]]:
    """Exactly as many buildings as wanted: whole rows first, then sheds."""
    if wanted > len(quarter.structures) + len(quarter.possible_sheds):
        msg = f"neighbourhood {quarter.index} holds {len(quarter.structures) + len(quarter.possible_sheds)} buildings, not {wanted}"
        raise ValueError(msg)
    kept = list(range(len(quarter.structures)))
    if wanted < len(kept):
        kept = kept[:wanted]
    place = {old: new for new, old in enumerate(kept)}
    quarter.patches[:] = [patch for patch in quarter.patches if patch.building is None or patch.building in place]
    structures = [quarter.structures[old] for old in kept]
    spare = wanted - len(structures)
    order = quarter.dice(7).shuffled(range(len(quarter.possible_sheds)))
    sheds = [quarter.possible_sheds[i] for i in sorted(order[:spare])]
    share_shed_walls(sheds)
    dwellings = [dwelling for dwelling in quarter.dwellings if dwelling.building in place]
    for dwelling in dwellings:
        dwelling.building = place[dwelling.building]
    return [*structures, *sheds], numbered(dwellings)


def numbered(dwellings: list[Dwelling]) -> list[Numbered]:
    """House numbers: odd on the left of a street, even on the right, from its start."""
    sides: dict[tuple[str, bool], list[Dwelling]] = defaultdict(list)
    for dwelling in dwellings:
        sides[dwelling.street, dwelling.is_odd].append(dwelling)
    found: list[Numbered] = []
    for (_, is_odd), own in sides.items():
        own.sort(key=lambda d: d.station)
        found += [Numbered(dwelling, 2 * index + (1 if is_odd else 2)) for index, dwelling in enumerate(own)]
    found.sort(key=lambda n: (n.dwelling.street, n.number))
    return found


def footprint(structure: Structure) -> shapely.Polygon:
    """The outline of a building in the world. [mm]"""
    frame = structure.frame
    return footprint_polygon([frame.polygon(*ring) for ring in structure.form.rings])


def furnished(settlement: Settlement) -> Settlement:
    """The same with ground, bays, trees and network."""
    quarter, plan = settlement.quarter, settlement.plan
    streets = plan.all()
    quarter.patches += street_patches(streets)
    pits = _bays(quarter, streets)
    footprints = [footprint(structure) for structure in settlement.structures]
    settlement.surfaces = ground_surfaces(quarter, footprints)
    _plant(settlement, streets, footprints, pits)
    settlement.segments = network(streets)
    return settlement


def _bays(quarter: Quarter, streets: list[Street]) -> list[tuple[int, int]]:
    pits: list[tuple[int, int]] = []
    for street in streets:
        lanes = {lane for lane, _ in (*street.profile.left, *street.profile.right)}
        if lanes & set(BAY_SIZES):
            bays = parking_bays(street, blocked_for_bays(street, streets, quarter))
            quarter.patches += bays.patches
            pits += bays.tree_points
    return pits


def _plant(settlement: Settlement, streets: list[Street], footprints: list[shapely.Polygon], pits: list[tuple[int, int]]) -> None:
    quarter = settlement.quarter
    dice = quarter.dice(900)
    planter = Planter(quarter, settlement.surfaces, footprints, dice)
    for point in pits:
        planter.plant_if(point, dice.weighted(STREET_SPECIES), apart=4000.0, edge=400.0)
    by_name = {street.name: street for street in streets}
    names = street_names(quarter.index)
    for part in ("north", "east"):
        street = by_name[names[part]]
        for sign in (1, -1):
            planter.row(street.line, sign * 4750.0, 13000.0, None, MAIN_SPECIES)
    ring = by_name[names["ring"]]
    for sign in (1, -1):
        planter.row(ring.line, sign * 4200.0, 11000.0, None, MAIN_SPECIES)
    quay = by_name[names["quay"]]
    planter.row(quay.line, -8300.0, 15000.0, None, WATER_SPECIES)
    for surface in settlement.surfaces:
        if surface.kind is GroundKind.GREEN and surface.polygon.area > 5e7:
            planter.scatter(surface.polygon, 26.0)


def settlements(seed: int, n_buildings: int) -> Iterator[Settlement]:
    """The neighbourhoods of a town one by one, without ground; nothing is kept of those that were given."""
    for index, share in enumerate(shares(n_buildings)):
        yield laid_out(seed, index, share)


__all__ = ["Numbered", "Patch", "Settlement", "footprint", "furnished", "laid_out", "length", "settlements", "shares"]
