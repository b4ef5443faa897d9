"""What the colours, outlines and ghosts of a scene mean: data for a legend, words by key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from layers.ground import ground_colour
from layers.plans import CLOSED_COLOUR, MARK_COLOUR, WATER_COLOUR
from layers.prepared import Prepared
from wijktwin import appearance
from wijktwin.appearance import Outline
from wijktwin.model.building import Buildings
from wijktwin.model.plan import Latitude, Traffic
from wijktwin.model.scenario import Scenario


class Shape(StrEnum):
    """What a legend entry stands for."""

    BUILDING = "building"
    GROUND = "ground"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend.

    Parameters
    ----------
    key
        Of the words, below ``scene.legend``.
    fill
        Red, green, blue and perhaps opacity.
    outline
        Colour of the edge, None for no edge of its own.
    """

    key: str
    fill: tuple[int, ...]
    shape: Shape
    outline: tuple[int, ...] | None = None
    pattern: Outline = Outline.SOLID
    is_hatched: bool = False


GHOST_FILL = (*appearance.FLAT_ROOF, 90)


def legend(scenario: Scenario, prepared: Prepared) -> list[LegendEntry]:
    """What can be seen in a scenario, plans first; nothing that is not there."""
    return [*_plans(scenario), *_buildings(scenario, prepared), *_trees(scenario, prepared), *_ground(scenario, prepared)]


def _plans(scenario: Scenario) -> list[LegendEntry]:
    entries = [
        LegendEntry(f"volume_{role}", appearance.PLAN_FACES[role], Shape.BUILDING, appearance.PLAN_EDGES[role], appearance.OUTLINES[role])
        for role in appearance.PLAN_FACES
        if any(plan.role.value == role and plan.volumes for plan in scenario.plans)
    ]
    entries += _latitudes(scenario)
    if scenario.demolished:
        entries.append(LegendEntry("demolished", GHOST_FILL, Shape.BUILDING, appearance.DEMOLISHED, Outline.DASHED))
    if any(volume.is_below_ground for _, volume in scenario.volumes):
        entries.append(LegendEntry("below_ground", (0, 0, 0, 0), Shape.GROUND, appearance.CHANGED_GROUND_EDGE, Outline.DOTTED))
    if any(plan.ground_changes for plan in scenario.plans):
        entries.append(LegendEntry("changed_ground", (0, 0, 0, 0), Shape.GROUND, appearance.CHANGED_GROUND_EDGE))
    if any(plan.planted for plan in scenario.plans):
        entries.append(LegendEntry("planted", appearance.PLANTED, Shape.TREE, appearance.CHANGED_GROUND_EDGE))
    if scenario.felled:
        entries.append(LegendEntry("felled", (*appearance.CROWN, 90), Shape.TREE, appearance.FELLED, Outline.DASHED))
    return [*entries, *_streets(scenario)]


def _streets(scenario: Scenario) -> list[LegendEntry]:
    """The marks in streets that plans change, or that somebody supposes to stand under water."""
    traffic = {change.traffic for plan in scenario.plans for change in plan.street_changes}
    marks = (
        ("street_two_way", Traffic.BOTH in traffic, MARK_COLOUR),
        ("street_one_way", bool({Traffic.FORWARD, Traffic.BACKWARD} & traffic), MARK_COLOUR),
        ("street_closed", Traffic.CLOSED in traffic, CLOSED_COLOUR),
        ("street_flooded", any(plan.flooded for plan in scenario.plans), WATER_COLOUR),
    )
    return [LegendEntry(key, colour, Shape.GROUND, appearance.CHANGED_GROUND_EDGE) for key, is_there, colour in marks if is_there]


def _latitudes(scenario: Scenario) -> list[LegendEntry]:
    """What people can still choose, and what is open, where plans say so of a building they propose."""
    shown = {(plan.role.value, volume.latitude) for plan, volume in scenario.volumes if not volume.is_below_ground}
    entries = []
    for key, latitude in (("volume_choice", Latitude.CHOICE), ("volume_open", Latitude.OPEN)):
        role = next((role for role in appearance.PLAN_FACES if (role, latitude) in shown), None)
        if role is not None:
            face = appearance.PLAN_FACES[role]
            fill = appearance.lighter(face) if latitude is Latitude.OPEN else face
            entries.append(
                LegendEntry(key, fill, Shape.BUILDING, appearance.PLAN_EDGES[role], appearance.OUTLINES[role], latitude is Latitude.CHOICE)
            )
    return entries


def _buildings(scenario: Scenario, prepared: Prepared) -> list[LegendEntry]:
    buildings = scenario.neighbourhood.buildings
    if not len(buildings):
        return []
    uses = {use if use in appearance.WALLS else "other" for use in prepared.uses}
    shown = [(use, colour) for use, colour in appearance.WALLS.items() if use in uses]
    entries = [LegendEntry(f"use_{use}" if use else "building", colour, Shape.BUILDING) for use, colour in shown]
    if has_doubtful(buildings):
        entries.append(LegendEntry("uncertain", appearance.UNCERTAIN, Shape.BUILDING))
    return entries


def has_doubtful(buildings: Buildings) -> bool:
    """Whether some building is drawn in the colour of what is not sure."""
    return bool((~buildings.flags["is_valid"]).any() or "footprint raised" in buildings.texts["geometry_from"])


def _trees(scenario: Scenario, prepared: Prepared) -> list[LegendEntry]:
    table = scenario.neighbourhood.tree_table
    if table is None or not len(table):
        return []
    has_some = bool(np.isfinite(table["height"].to_numpy(dtype=np.float64)).any())
    key = "tree" if not prepared.has_assumed_trees else "tree_some_assumed" if has_some else "tree_assumed"
    return [LegendEntry(key, appearance.CROWN, Shape.TREE)]


def _ground(scenario: Scenario, prepared: Prepared) -> list[LegendEntry]:
    table = scenario.neighbourhood.ground_table
    if table is None or not prepared.has_ground:
        return [LegendEntry("ground_unknown", appearance.PLATE, Shape.GROUND)]
    kinds = set(table["kind"].unique()) | {change.kind.value for plan in scenario.plans for change in plan.ground_changes}
    return [LegendEntry(f"ground_{kind}", ground_colour(kind), Shape.GROUND) for kind in appearance.GROUND if kind in kinds]
