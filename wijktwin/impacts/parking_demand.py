"""How many places a plan needs: what is usual (key figures), what the municipality asks (its norm), and what that leaves short or over.

A key figure is no norm, and a norm is no requirement: the requirement is the norm times the dwellings of this plan. Norms hold for the
municipality that made them and for no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from wijktwin.errors import Figure, InputError, Note
from wijktwin.impacts.assessment import AS_STATED, Assessment, Margin, Unit, unknown_margin, weakest
from wijktwin.impacts.dwellings import may_hold_unstated_dwellings
from wijktwin.impacts.key_figures import key_figures
from wijktwin.impacts.shared import WHOLE, data_sources, plan_area, town, with_plans
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.norm_tables import is_number, norm_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wijktwin.impacts.assessment import Method
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Dwellings, Plan
    from wijktwin.model.scenario import Scenario

FILE: Final = "parking.toml"
CARS, BICYCLES = "cars", "bicycles"


@dataclass(frozen=True, slots=True)
class ParkingNorm:
    """What a municipality asks per dwelling.

    Parameters
    ----------
    places
        Number of places for "cars" and for "bicycles" by tenure and type; empty where the norm exists but its numbers are not here.
    in_force
        Since when (ISO date).
    """

    norm_id: str
    title: LocalText
    source: Source
    in_force: str
    status: LocalText
    places: Mapping[tuple[str, str], Mapping[str, float]]

    def required(self, dwellings: Iterable[Dwellings], what: str) -> float | None:
        """Places asked for dwellings together, not rounded; None where the norm does not know one of their kinds."""
        total = 0.0
        for group in dwellings:
            row = self.places.get((group.tenure, group.dwelling_type))
            if row is None or what not in row:
                return None
            total += row[what] * group.count
        return total


@cache
def parking_norms() -> Mapping[str, ParkingNorm]:
    """The norms that travel with the project, by the name of each place (woonplaats) they hold for.

    Raises
    ------
    InputError
        A norm is incomplete.
    """
    found: dict[str, ParkingNorm] = {}
    for number, entry in enumerate(norm_table(FILE).get("norms", []), start=1):
        norm = parking_norm_from(entry, source=FILE, where=f"norms[{number}]")
        found |= dict.fromkeys((str(city) for city in entry["cities"]), norm)
    return found


def parking_norm_from(entry: Mapping[str, Any], *, source: str, where: str) -> ParkingNorm:
    """A norm from a table of a TOML file.

    Raises
    ------
    InputError
        Something is missing, or a number of places is below zero.
    """
    for key in ("id", "cities", "title", "source", "in_force", "certainty", "status"):
        if not entry.get(key):
            raise InputError("streets.key_figure_incomplete", source=source, where=where, missing=key)
    places: dict[tuple[str, str], Mapping[str, float]] = {}
    for row in entry.get("rows", []):
        numbers = {what: row[what] for what in (CARS, BICYCLES) if what in row}
        if not numbers or not all(is_number(n) and n >= 0 for n in numbers.values()):
            raise InputError("streets.key_figure_incomplete", source=source, where=f"{where}.rows", missing=f"{CARS}, {BICYCLES}")
        places[str(row["tenure"]), str(row["dwelling_type"])] = {what: float(n) for what, n in numbers.items()}
    title = LocalText.from_value(entry["title"])
    return ParkingNorm(
        norm_id=str(entry["id"]),
        title=title,
        source=Source(title.nl, str(entry["source"]), vintage=str(entry["in_force"]), url=entry.get("url")),
        in_force=str(entry["in_force"]),
        status=LocalText.from_value(entry["status"]),
        places=places,
    )


def norm_for(neighbourhood: Neighbourhood) -> ParkingNorm | None:
    """The norm that holds where most addresses of a neighbourhood are; None where none is known for that place."""
    return parking_norms().get(town(neighbourhood))


def demand_figures(scenario: Scenario, street: Assessment, *, method: Method) -> list[Assessment]:
    """What each plan's dwellings usually need and what the norm asks, and what all plans together then have over or short.

    Parameters
    ----------
    street
        The places on the street, before and after.
    """
    norm = norm_for(scenario.neighbourhood)
    figures: list[Assessment] = []
    plans = [plan for plan in scenario.ordered_plans if plan.dwellings or may_hold_unstated_dwellings(plan)]
    for plan in plans:
        about = _About(scenario, plan, method)
        figures += [about.usual(), about.required(norm, CARS), about.required(norm, BICYCLES)]
    return [*figures, _balance(scenario, plans, norm, street, method)] if plans else figures


@dataclass(frozen=True, slots=True)
class _About:
    """The plan that figures are about."""

    scenario: Scenario
    plan: Plan
    method: Method

    def usual(self) -> Assessment:
        """What is usual for its dwellings."""
        figures = key_figures(FILE, "places")
        total = figures.together(self.plan.dwellings)
        margin = Margin(total.middle - total.low, total.high - total.middle, "parking_key_figures")
        is_stated = bool(self.plan.dwellings)
        return self._figure(
            "parking.key_figure",
            total.middle if is_stated else None,
            margin=margin if is_stated else unknown_margin("dwellings_not_stated"),
            kind=Kind.ASSUMED,
            sources=(figures.source,),
            remarks=(figures.how_sure("places"),),
        )

    def required(self, norm: ParkingNorm | None, what: str) -> Assessment:
        """What the norm of the municipality asks for its dwellings."""
        name = "parking.required" if what == CARS else "parking.bicycles_required"
        after, reason = _required(self.plan.dwellings, norm, what)
        kind = weakest([Kind.STATED, *(group.kind for group in self.plan.dwellings)])
        return self._figure(
            name,
            after,
            margin=unknown_margin(reason) if reason else unknown_margin("rescaled") if kind is Kind.ASSUMED else AS_STATED,
            kind=kind,
            sources=() if norm is None else (norm.source,),
            remarks=() if norm is None else (_said_by(norm),),
        )

    def _figure(
        self, impact: str, after: float | None, *, margin: Margin, kind: Kind, sources: tuple[Source, ...], remarks: tuple[Note, ...]
    ) -> Assessment:
        return Assessment(
            impact=impact,
            before=None,
            after=after,
            unit=Unit.COUNT,
            where=plan_area(self.plan),
            margin=margin,
            kind=kind,
            method=self.method,
            sources=with_plans(sources, (self.plan,)),
            plans=(self.plan,),
            remarks=remarks,
            missing="only_after" if after is not None else margin.reason,
        )


def _required(dwellings: Sequence[Dwellings], norm: ParkingNorm | None, what: str) -> tuple[float | None, str]:
    """Places that the norm asks, or why they are not known."""
    if not dwellings:
        return None, "dwellings_not_stated"
    if norm is None:
        return None, "no_parking_norm"
    if not norm.places:
        return None, "parking_norm_without_numbers"
    after = norm.required(dwellings, what)
    return (after, "") if after is not None else (None, "parking_norm_other_kinds")


def _balance(scenario: Scenario, plans: Sequence[Plan], norm: ParkingNorm | None, street: Assessment, method: Method) -> Assessment:
    """Places that all plans make in buildings and on the street, less those that go and those that the norm asks."""
    found = [_required(plan.dwellings, norm, CARS) for plan in plans]
    reason = next((why for _, why in found if why), "")
    volumes = [volume for plan in scenario.ordered_plans for volume in plan.volumes]
    made = [volume.parking_places for volume in volumes if volume.parking_places is not None]
    silent = any(volume.parking_places is None for volume in volumes)
    if not reason and not made:
        reason = "places_not_stated"
    if not reason and street.difference is None:
        reason = street.missing
    short: float | None = None
    margin = unknown_margin(reason)
    if not reason and street.difference is not None:
        short = sum(value or 0.0 for value, _ in found) - sum(made) - street.difference
        change = AS_STATED if street.difference_margin is None else street.difference_margin
        below, above = None if silent else change.above, change.below  # a building that says nothing may hold more: then less is short
        why = "places_partly_stated" if silent else "as_stated" if change.is_exact else change.reason
        margin = Margin(below, above, why) if short > 0 else Margin(above, below, why)
    everyone = tuple(scenario.ordered_plans)
    kinds = [Kind.STATED, *(group.kind for plan in plans for group in plan.dwellings), *(v.parking_places_kind for v in volumes)]
    remarks = () if norm is None else (_said_by(norm),)
    if short is not None:
        parts = {"made": sum(made), "street": street.difference or 0.0, "asked": sum(value or 0.0 for value, _ in found)}
        remarks = (*remarks, Note("streets.balance_of", **{name: Figure(round(value, 1)) for name, value in parts.items()}))
    return Assessment(
        impact="parking.short" if short is None or short > 0 else "parking.over",
        before=None,
        after=None if short is None else abs(short),
        unit=Unit.COUNT,
        where=WHOLE,
        margin=margin,
        kind=weakest(kinds),
        method=method,
        sources=with_plans((*data_sources(scenario.neighbourhood, "ground"), *(() if norm is None else (norm.source,))), everyone),
        plans=everyone,
        remarks=remarks,
        missing=reason or "only_after",
    )


def _said_by(norm: ParkingNorm) -> Note:
    return Note("streets.norm_of", title=norm.title, date=norm.in_force, status=norm.status)
