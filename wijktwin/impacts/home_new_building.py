"""The new building of a plan that comes nearest to one home: how far away and how high it is, beside what people know nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.assessment import AS_STATED, Assessment, Margin, Unit, unknown_margin, weakest
from wijktwin.impacts.distance import METHOD
from wijktwin.impacts.green_homes import REACH
from wijktwin.impacts.height import METHOD as METHOD_OF_HEIGHT
from wijktwin.impacts.height import RADIUS, building_kinds, roof_margin
from wijktwin.impacts.kept import kept
from wijktwin.impacts.shared import data_sources, with_plans
from wijktwin.impacts.sight_lines import OUTSIDE, home_shapes
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.space import new_buildings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assessment import Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import HomeAddress
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume
    from wijktwin.model.scenario import Scenario

AWAY: Final = "distance.new_building_at_home"
HIGH: Final = "height.new_building_at_home"
STOREYS: Final = "height.new_storeys_at_home"
OWN: Final = "height.own_building"
KNOWN: Final = "height.highest_near_home"
PRECISION: Final = "outline_precision"


@dataclass(frozen=True, slots=True)
class NearestNew:
    """The new building of one plan that comes nearest to a home.

    Parameters
    ----------
    metres
        From the home, unrounded.
    storeys
        None where the plan does not say.
    own, known
        How high the home's own building is, and the highest building around it today; None where nobody knows, and ``known`` also where
        that is the home's own.
    """

    plan: Plan
    volume: Volume
    metres: float
    away: Assessment
    high: Assessment
    storeys: Assessment | None
    own: Assessment | None
    known: Assessment | None


def nearest_new_buildings(scenario: Scenario, address: HomeAddress, *, assumptions: Assumptions) -> tuple[NearestNew, ...]:
    """Of each plan that builds above ground, the nearest first."""
    about = _About(scenario, address, assumptions)
    found = [about.nearest(plan) for plan in scenario.ordered_plans if any(not volume.is_below_ground for volume in plan.volumes)]
    return tuple(sorted(found, key=lambda one: (one.metres, one.plan.plan_id)))


@dataclass(frozen=True, slots=True, eq=False)
class _About:
    scenario: Scenario
    address: HomeAddress
    assumptions: Assumptions

    @property
    def neighbourhood(self) -> Neighbourhood:
        return self.scenario.neighbourhood

    @property
    def row(self) -> int:
        """Of the home's own building, `OUTSIDE` where it is not known."""
        return self.neighbourhood.buildings.rows.get(self.address.building_id, OUTSIDE)

    def shape(self, reach: float) -> BaseGeometry:
        """The part of the map that the home takes when it reaches so far around its address."""
        points = np.array([shapely.Point(self.address.x, self.address.y)], dtype=object)
        shapes = home_shapes(points, np.array([self.row], dtype=np.int64), self.neighbourhood.buildings.footprints, reach=reach)
        found: BaseGeometry = shapes[0]
        return found

    def nearest(self, plan: Plan) -> NearestNew:
        reach, off = self.assumptions[REACH], self.assumptions[PRECISION].value
        buildings = new_buildings(plan.volumes)
        home = self.shape(reach.value)
        away = [min(float(shapely.distance(home, volume.footprint)) for volume in building) for building in buildings]
        number = min(range(len(buildings)), key=lambda each: (away[each], buildings[each][0].volume_id))
        nearest, value = buildings[number], away[number]
        ends = [min(float(shapely.distance(self.shape(each), volume.footprint)) for volume in nearest) for each in (reach.low, reach.high)]
        low, high = min(value, *ends), max(value, *ends)
        margin = Margin(min(value, value - low + off), high - value + off, "outlines" if high - low < off else REACH)
        where, highest = self.address.about(plan.title), nearest[0]
        return NearestNew(
            plan=plan,
            volume=highest,
            metres=value,
            away=self._figure(AWAY, where, value, margin=margin, plan=plan, used=(PRECISION, REACH)),
            high=self._figure(
                HIGH, where, highest.height, plan=plan, kind=highest.height_kind,
                margin=AS_STATED if highest.height_kind is not Kind.ASSUMED else unknown_margin("storey_height"),
            ),
            storeys=None if highest.storeys is None else self._figure(
                STOREYS, where, float(highest.storeys), plan=plan, kind=highest.storeys_kind, unit=Unit.COUNT,
                margin=AS_STATED if highest.storeys_kind is not Kind.ASSUMED else unknown_margin("rescaled"),
            ),
            own=self._height_of(OWN, self.row, self.address.where),
            known=self._known(),
        )  # fmt: skip

    def _known(self) -> Assessment | None:
        """The highest building with an address within the distance that counts as surroundings, where it is not the home's own."""
        rows, heights = kept(self.neighbourhood, "named buildings", lambda: _named_buildings(self.neighbourhood))
        buildings = self.neighbourhood.buildings
        point = shapely.Point(self.address.x, self.address.y)
        named = list(rows)
        if not named:
            return None
        near = shapely.distance(buildings.footprints[named], point) <= self.assumptions[RADIUS].value
        there = [row for row, is_near in zip(named, near, strict=True) if is_near]
        if not there:
            return None
        highest = max(there, key=lambda row: (heights[row], -row))
        if highest == self.row:
            return None
        return self._height_of(KNOWN, highest, self.address.about(rows[highest]))

    def _height_of(self, impact: str, row: int, where: Where) -> Assessment | None:
        """How high a building is that stands today."""
        numbers = self.neighbourhood.buildings.numbers
        if row == OUTSIDE or not np.isfinite(numbers["height"][row]):
            return None
        margin = roof_margin(numbers["roof_fit_rmse"][[row]])
        kind = building_kinds(self.neighbourhood.buildings)[row]
        used = (RADIUS,) if impact == KNOWN else ()
        return self._figure(impact, where, float(numbers["height"][row]), margin=margin, kind=kind, used=used)

    def _figure(
        self, impact: str, where: Where, value: float, *, margin: Margin, plan: Plan | None = None, kind: Kind | None = None,
        unit: Unit = Unit.METRES, used: tuple[str, ...] = (),
    ) -> Assessment:  # fmt: skip
        plans = () if plan is None else (plan,)
        data = data_sources(self.neighbourhood, "buildings", "addresses") if impact not in {HIGH, STOREYS} else ()
        return Assessment(
            impact=impact,
            before=None,
            after=value,
            unit=unit,
            where=where,
            margin=margin,
            kind=weakest((Kind.CALCULATED, Kind.STATED)) if kind is None else kind,
            method=METHOD if impact == AWAY else METHOD_OF_HEIGHT,
            sources=with_plans(data, plans),
            plans=plans,
            assumptions=self.assumptions.used(*used),
            missing="only_after",
        )


def _named_buildings(neighbourhood: Neighbourhood) -> tuple[dict[int, LocalText], dict[int, float]]:
    """Rows of buildings of known height with an address, with the street that most of their addresses lie in; and their heights. [m]"""
    table, buildings = neighbourhood.addresses, neighbourhood.buildings
    heights = buildings.numbers["height"]
    streets: dict[int, list[str]] = {}
    for building_id, street in zip(table["building_id"], table["street"], strict=True):
        row = buildings.rows.get(building_id)
        if row is not None and street and np.isfinite(heights[row]):
            streets.setdefault(row, []).append(str(street))
    named = {row: LocalText(max(sorted(set(own)), key=own.count)) for row, own in streets.items()}
    return named, {row: float(heights[row]) for row in named}
