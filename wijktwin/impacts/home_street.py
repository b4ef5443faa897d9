"""The street of one home and the ways from it, as figures: parking places, cars past the door, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wijktwin.errors import Note
from wijktwin.impacts import parking, traffic
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Place, Unit, Where, unknown_margin
from wijktwin.impacts.home_figures import HomeFigures
from wijktwin.impacts.kept import kept
from wijktwin.impacts.parking_pressure import fullest_counts, pressure_figures
from wijktwin.impacts.reachability import DERIVED, METHOD, SAME, SMALLEST, home_ways
from wijktwin.impacts.routes import RESTS_ON, compared, why_not
from wijktwin.impacts.shared import data_sources
from wijktwin.model.network import Mode
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.surroundings import DestinationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import HomeAddress
    from wijktwin.impacts.reachability import HomeWay
    from wijktwin.impacts.routes import Comparison
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

WAY: Final = "reachability.home_{mode}"
KINDS: Final[Mapping[DestinationKind, LocalText]] = {
    DestinationKind.SCHOOL: LocalText("een school", "a school"),
    DestinationKind.SHOP: LocalText("een winkel", "a shop"),
    DestinationKind.GREEN: LocalText("een groene plek", "a green place"),
    DestinationKind.MAIN_ROAD: LocalText("de hoofdweg", "the main road"),
}
"""What a way leads to, as a sentence says it."""


TOLD: Final = (*((Mode.WALK, kind) for kind in KINDS if kind is not DestinationKind.MAIN_ROAD), (Mode.DRIVE, DestinationKind.MAIN_ROAD))
"""Ways that are told whether they change or not."""


@dataclass(frozen=True, slots=True)
class HomeStreet:
    """What changes in the street of a home.

    Parameters
    ----------
    parking, pressure
        Places in the street, and how full it was when somebody counted; None where nobody did or knows the street.
    cars
        Car movements through the street; None where they do not change by so much that it is told.
    total
        Car movements of all homes: what the street rests on.
    no_cars
        Why nothing can be said of cars; "" where something can.
    is_main_road
        Of main roads nothing is computed.
    at_most
        By how many movements a street changes at most of which ``cars`` tells nothing; None where nobody knows.
    """

    parking: Assessment | None
    pressure: Assessment | None
    cars: Assessment | None
    total: Assessment
    no_cars: str
    is_main_road: bool
    at_most: float | None


@dataclass(frozen=True, slots=True)
class WayFromHome:
    """A way of a home: the figure, or that it is lost."""

    way: HomeWay
    figure: Assessment

    @property
    def is_lost(self) -> bool:
        """Whether there is a way today and none then."""
        return self.way.before is not None and self.way.after is None


def street_of_home(scenario: Scenario, address: HomeAddress, *, assumptions: Assumptions) -> HomeStreet:
    """What changes in the street of a home; what is the same for all homes is worked out once for a scenario."""
    key = assumptions.key
    places = kept(scenario, ("parking figures", key), lambda: parking.assess(scenario, assumptions=assumptions))
    cars = kept(scenario, ("traffic figures", key), lambda: traffic.assess(scenario, assumptions=assumptions))
    through = [one for one in cars if one.impact == "traffic.street"]
    found = compared(scenario, assumptions=assumptions)
    own, total = _parking(scenario, address.street, places), next(one for one in cars if one.impact == "traffic.total")
    streets, main_roads = (frozenset(), frozenset()) if found is None else kept(found.baseline, "streets by name", lambda: _streets(found))
    is_there = found is None or address.street in streets
    no_cars = why_not(scenario.neighbourhood) or next((one.missing for one in through if one.after is None), "")
    no_cars = no_cars or (total.missing if total.after is None else "" if is_there else "street_not_in_data")
    return HomeStreet(
        parking=own,
        pressure=_of_street("parking.pressure", places, address.street) or _pressure(scenario, own),
        cars=None if no_cars else _of_street("traffic.street", through, address.street),
        total=total,
        no_cars=no_cars,
        at_most=None if no_cars else _most(scenario, assumptions).get(address.street, 0.0),
        is_main_road=address.street in main_roads,
    )


def _streets(found: Comparison) -> tuple[frozenset[str], frozenset[str]]:
    """The names of all streets, and of those that are main roads."""
    names = found.baseline.segments.streets
    return frozenset(names.tolist()), frozenset(names[found.baseline.destinations.on_main_road].tolist())


def _most(scenario: Scenario, assumptions: Assumptions) -> Mapping[str, float | None]:
    """By how many movements each street changes at most, worked out once for a scenario."""
    return kept(scenario, ("most of streets", assumptions.key), lambda: traffic.most_change(scenario, assumptions=assumptions))


def _of_street(impact: str, figures: tuple[Assessment, ...] | list[Assessment], street: str) -> Assessment | None:
    return next((one for one in figures if one.impact == impact and one.where.identifier == street and street), None)


def _parking(scenario: Scenario, street: str, figures: tuple[Assessment, ...]) -> Assessment | None:
    """Places in one street; where they do not change, those that are there."""
    told = _of_street("parking.street", figures, street)
    total = next((one for one in figures if one.impact == "parking.street_total"), None)
    if told is not None or total is None or not street:
        return told
    where = Where(Place.STREET, street, LocalText(street))
    if total.before is None:
        return replace(total, impact="parking.street", where=where, breakdown={})
    supply = parking.supply_today(scenario.neighbourhood)
    now = supply.get(street)
    if now is None:
        return None
    is_counted = street in _counted(scenario)
    return Assessment(
        impact="parking.street",
        before=now.places,
        after=now.places,
        unit=Unit.COUNT,
        where=where,
        margin=now.margin,
        before_margin=now.margin,
        difference_margin=EXACT,
        kind=now.kind,
        method=parking.METHOD,
        sources=data_sources(scenario.neighbourhood, "ground"),
        remarks=(Note("streets.pressure_is_counted"),) if is_counted else (),
    )


def _counted(scenario: Scenario) -> frozenset[str]:
    """Streets in which somebody counted how full they are."""

    def count() -> frozenset[str]:
        supply = parking.supply_today(scenario.neighbourhood)
        return frozenset(fullest_counts(scenario.neighbourhood, {name: each.places for name, each in supply.items()}))

    return kept(scenario.neighbourhood, "counted streets", count)


def _pressure(scenario: Scenario, own: Assessment | None) -> Assessment | None:
    """How full a street was whose places do not change; None where nobody counted."""
    if own is None or own.difference != 0 or own.where.identifier not in _counted(scenario):
        return None
    supply = {name: each.places for name, each in parking.supply_today(scenario.neighbourhood).items()}
    return _of_street("parking.pressure", pressure_figures(scenario, [own], supply, method=parking.METHOD), own.where.identifier)


def ways_of_home(scenario: Scenario, address: HomeAddress, *, assumptions: Assumptions) -> tuple[WayFromHome, ...]:
    """All ways of one home as figures, by mode and kind of place; nothing where the home is not known or has no street in the data."""
    about = _About(scenario, address, assumptions)
    return tuple(WayFromHome(one, about.figure(one)) for one in home_ways(scenario, address.address_id, assumptions=assumptions))


@dataclass(frozen=True, slots=True, eq=False)
class _About:
    scenario: Scenario
    address: HomeAddress
    assumptions: Assumptions

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Plans that may have a hand in a way."""
        return tuple(
            plan
            for plan in self.scenario.ordered_plans
            if plan.street_changes or plan.flooded or plan.demolishes or plan.ground_changes or plan.volumes
        )

    def figure(self, one: HomeWay) -> Assessment:
        """How long one way is: where a front door is, or a car, is not known to the metre."""
        off, reason = self.assumptions[SMALLEST].value, "doors_not_known"
        if one.is_derived:
            off, reason = max(off, (one.after or one.before or 0.0) * self.assumptions[DERIVED].value / 100.0), "streets_derived"
        used = (SMALLEST, *((DERIVED,) if one.is_derived else ()), *RESTS_ON)
        is_same = one.before is not None and one.after is not None and abs(one.after - one.before) < SAME
        missing = "" if one.before is not None and one.after is not None else "no_way_from_home"
        plans = () if is_same else self.plans
        now = Kind.ASSUMED if one.is_derived and one.mode is Mode.DRIVE else Kind.CALCULATED
        own = Kind.ASSUMED if self.scenario.flooded else now
        return HomeFigures(self.scenario, self.assumptions, ("streets", "addresses", "ground")).make(
            WAY.format(mode=one.mode),
            self.address.about(KINDS[one.kind]),
            one.before,
            one.before if is_same else one.after,
            unit=Unit.METRES,
            method=METHOD,
            margin=unknown_margin(missing) if one.after is None else self._margin(one, one.after, off, reason),
            before_margin=None if one.before is None else self._margin(one, one.before, off, reason),
            difference_margin=self._margin_of_change(one, off, reason, is_same=is_same),
            own=own,
            now=now,
            plans=plans,
            used=used,
            missing=missing,
        )

    @staticmethod
    def _margin_of_change(one: HomeWay, off: float, reason: str, *, is_same: bool) -> Margin | None:
        if is_same:
            return EXACT
        if one.before is None or one.after is None:
            return None
        return unknown_margin(reason) if one.is_derived else Margin(off, off, reason)

    def _margin(self, one: HomeWay, length: float, off: float, reason: str) -> Margin:
        """Along derived streets a way by car may be longer: nobody knows which of them are one-way."""
        if one.is_derived and one.mode is Mode.DRIVE:
            return Margin(min(off, length), None, "one_way_not_known")
        return Margin(min(off, length), off, reason)


def is_told(one: WayFromHome) -> bool:
    """Whether a card tells a way: those that people ask for always, the others where they change."""
    return (one.way.mode, one.way.kind) in TOLD or one.is_lost or bool(one.figure.difference)
