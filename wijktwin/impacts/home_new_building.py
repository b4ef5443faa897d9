"""The new building of a plan that comes nearest to one home: how far away and how high it is, beside what people know nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.assessment import AS_STATED, Margin, Unit, unknown_margin
from wijktwin.impacts.distance import METHOD
from wijktwin.impacts.green_homes import REACH, homes_with_reach
from wijktwin.impacts.height import METHOD as METHOD_OF_HEIGHT
from wijktwin.impacts.height import RADIUS, building_kind, roof_margin
from wijktwin.impacts.home_figures import HomeFigures
from wijktwin.impacts.home_surroundings import row_of_dwelling
from wijktwin.impacts.kept import kept
from wijktwin.impacts.sight_lines import OUTSIDE, home_shapes
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.space import new_buildings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assessment import Assessment, Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import HomeAddress
    from wijktwin.impacts.sunlight.suns import IndexArray
    from wijktwin.model.mesh import FloatArray
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
    def figures(self) -> HomeFigures:
        return HomeFigures(self.scenario, self.assumptions, ("buildings", "addresses"))

    @property
    def neighbourhood(self) -> Neighbourhood:
        return self.scenario.neighbourhood

    @property
    def row(self) -> int:
        """Of the home's own building, `OUTSIDE` where it is not known."""
        return self.neighbourhood.buildings.rows.get(self.address.building_id, OUTSIDE)

    def shape(self, reach: float) -> BaseGeometry:
        """The part of the map that the home takes when it reaches so far around its address."""
        homes = homes_with_reach(self.neighbourhood, reach)
        row = None if homes is None else row_of_dwelling(self.scenario, homes.address_ids, self.address)
        if homes is not None and row is not None:
            known: BaseGeometry = homes.shapes[row]
            return known
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
        named = kept(self.neighbourhood, "named buildings", lambda: _named_buildings(self.neighbourhood))
        point = shapely.Point(self.address.x, self.address.y)
        near = np.sort(named.footprints.query(point, predicate="dwithin", distance=self.assumptions[RADIUS].value))
        if not len(near):
            return None
        highest = int(near[np.argmax(named.heights[near])])
        row = int(named.rows[highest])
        return None if row == self.row else self._height_of(KNOWN, row, self.address.about(named.streets[highest]))

    def _height_of(self, impact: str, row: int, where: Where) -> Assessment | None:
        """How high a building is that stands today."""
        numbers = self.neighbourhood.buildings.numbers
        if row == OUTSIDE or not np.isfinite(numbers["height"][row]):
            return None
        margin = roof_margin(numbers["roof_fit_rmse"][[row]])
        kind = building_kind(self.neighbourhood.buildings, row)
        used = (RADIUS,) if impact == KNOWN else ()
        return self._figure(impact, where, float(numbers["height"][row]), margin=margin, kind=kind, used=used)

    def _figure(
        self, impact: str, where: Where, value: float, *, margin: Margin, plan: Plan | None = None, kind: Kind = Kind.CALCULATED,
        unit: Unit = Unit.METRES, used: tuple[str, ...] = (),
    ) -> Assessment:  # fmt: skip
        return self.figures.make(
            impact,
            where,
            None,
            value,
            unit=unit,
            method=METHOD if impact == AWAY else METHOD_OF_HEIGHT,
            margin=margin,
            own=kind,
            missing="only_after",
            plans=() if plan is None else (plan,),
            used=used,
            has_data=impact not in {HIGH, STOREYS},
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """Buildings of known height with an address, by row; the street is the one that most of their addresses lie in."""

    rows: IndexArray
    heights: FloatArray
    footprints: shapely.STRtree
    streets: tuple[LocalText, ...]


def _named_buildings(neighbourhood: Neighbourhood) -> _Named:
    table, buildings = neighbourhood.addresses, neighbourhood.buildings
    heights = buildings.numbers["height"]
    streets: dict[int, list[str]] = {}
    for building_id, street in zip(table["building_id"], table["street"], strict=True):
        row = buildings.rows.get(building_id)
        if row is not None and street and np.isfinite(heights[row]):
            streets.setdefault(row, []).append(str(street))
    rows = np.array(sorted(streets), dtype=np.int64)
    names = tuple(LocalText(max(sorted(set(streets[row])), key=streets[row].count)) for row in rows.tolist())
    return _Named(rows, heights[rows], shapely.STRtree(buildings.footprints[rows]), names)
