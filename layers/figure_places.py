"""Which places a figure is about, and which of them has which value: what is flown to, and what is coloured on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from layers.deck import Picked
from layers.prepared import Thing
from wijktwin.impacts.assessment import Place, Where
from wijktwin.impacts.built_values import AROUND, strip_around
from wijktwin.impacts.colour_steps import ColourStep, coloured
from wijktwin.impacts.colour_steps import Place as ColouredPlace
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.impacts.place_values import What, place_values
from wijktwin.model.whereabouts import STREET_WIDTH, plan_area, street_shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.export.ground_colours import Tint
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

PER_PLACE: Final = (Place.STREET, Place.BUILDING, Place.VOLUME)
OF_A_DAY: Final = (Place.DAY, Place.PART_OF_DAY)
MADE_OF: Final = {
    "parking.street_total": "parking.street",
    "parking.pressure_total": "parking.pressure",
    "traffic.total": "traffic.street",
    "traffic.new": "traffic.street",
}
"""Figures of a whole, and the figures of its streets."""
ON_GROUND: Final = frozenset({What.SHADE, What.GROUND, What.RAIN, What.TREES, What.SUN, What.PARKING})
"""What is coloured on the ground itself; everything else is a strip around a building."""
ABOUT_BUILDINGS: Final = "height."
"""Figures of single buildings."""


def row_key(one: Assessment) -> str:
    """What a row is called: its figure and what it is about."""
    return f"{one.impact}|{one.where.place}|{one.where.identifier}"


def place_of(one: Assessment, found: Scenario) -> Picked | BaseGeometry | None:
    """What a figure is about: a building or volume, or a piece of ground in real coordinates; None where it is not in the scenario."""
    neighbourhood, name = found.neighbourhood, one.where.identifier
    match one.where.place:
        case Place.BUILDING if name in neighbourhood.buildings:
            return Picked(Thing.BUILDING, name)
        case Place.VOLUME:
            plan_id, _, volume_id = name.partition("/")
            return Picked(Thing.VOLUME, volume_id, plan_id)
        case Place.PLAN_AREA:
            plans = [plan for plan in found.ordered_plans if plan.plan_id == name or name in OWN_AREAS]
            return shapely.union_all([plan_area(plan, neighbourhood) for plan in plans]) if plans else None
        case Place.STREET:
            return street_shape(name, found)
        case Place.NEIGHBOURHOOD | Place.DAY | Place.PART_OF_DAY:
            areas = [plan_area(plan, neighbourhood) for plan in found.ordered_plans]
            return shapely.union_all(areas) if areas else shapely.box(*neighbourhood.extent)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class ToColour:
    """The places of a figure with their values: what they are, and in which unit."""

    places: tuple[ColouredPlace, ...]
    is_change: bool
    unit: str
    what: str = ""
    figure: str = ""
    """Whose places they are, where they are those of another figure."""
    where: Where | None = None
    """The day or part of a day that they are about."""

    @property
    def is_around_buildings(self) -> bool:
        """Whether each is a strip around a building, of which the roof hides the ground."""
        return self.what not in ON_GROUND if self.what else self.figure.startswith(ABOUT_BUILDINGS)

    @property
    def by_step(self) -> list[tuple[ColourStep, list[ColouredPlace]]]:
        """The colours that occur, each with its places."""
        return coloured(self.places, is_change=self.is_change)


def tints_of(found: Sequence[tuple[ColourStep, Sequence[ColouredPlace]]]) -> list[Tint]:
    """What `layers.ground_colours` draws."""
    return [(step.colour, [place.shape for place in own]) for step, own in found]


def to_colour(key: str, told: Sequence[Assessment], found: Scenario, *, assumptions: Assumptions) -> ToColour | None:
    """The places of a row with their values: those of the figure itself, else what it is made of; None where there are none."""
    impact, _, rest = key.partition("|")
    place, _, identifier = rest.partition("|")
    made_of = MADE_OF.get(impact, impact)
    shown, is_change = places(made_of, told, found)
    if shown:
        return _of_figures(made_of, shown, told, is_change=is_change)
    made = place_values(impact, identifier, found, assumptions=assumptions)
    if made is None and place == Place.PLAN_AREA:
        shown, is_change = places(impact, told, found, of=(Place.PLAN_AREA,))
        return _of_figures(impact, shown, told, is_change=is_change) if shown else None
    if made is None:
        return None
    own = tuple(ColouredPlace(shape, float(value)) for shape, value in zip(made.shapes, made.values, strict=True))
    where = Where(Place(place), identifier) if place in OF_A_DAY else None
    return ToColour(own, made.is_change, made.unit, made.what, where=where)


def _of_figures(impact: str, shown: Sequence[ColouredPlace], told: Sequence[Assessment], *, is_change: bool) -> ToColour:
    return ToColour(tuple(shown), is_change, next(one.unit for one in told if one.impact == impact), figure=impact)


def places(
    impact: str, told: Sequence[Assessment], found: Scenario, *, of: Sequence[Place] = PER_PLACE
) -> tuple[list[ColouredPlace], bool]:
    """The places of a figure with their values, and whether those are changes: where now is known of all, else what is there then."""
    own = [one for one in told if one.impact == impact and one.where.place in of and one.after is not None]
    is_change = not found.is_baseline and bool(own) and all(one.difference is not None for one in own)
    shown: list[ColouredPlace] = []
    for one in own:
        shape, value = _shape(one, found), one.difference if is_change else one.after
        if shape is not None and value is not None:
            shown.append(ColouredPlace(shape, value))
    return shown, is_change


def _shape(one: Assessment, found: Scenario) -> BaseGeometry | None:
    target = place_of(one, found)
    if isinstance(target, Picked) and target.thing is Thing.VOLUME:
        own = [v for plan, v in found.volumes if (plan.plan_id, v.volume_id) == (target.plan_id, target.thing_id)]
        return strip_around(own[0]) if own else None
    if isinstance(target, Picked):
        buildings = found.neighbourhood.buildings
        outline = buildings.footprint(buildings.rows[target.thing_id]) if target.thing_id in buildings else None
        return None if outline is None else outline.buffer(AROUND)
    if one.where.place is Place.PLAN_AREA and target is not None and not target.is_empty and target.area == 0:
        return target.buffer(STREET_WIDTH / 2)  # a plan that only changes streets
    return target
