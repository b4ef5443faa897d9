"""Floor area and the Spacematrix family: floor space index, ground space index, open space ratio and mean storeys.

FSI = gross floor area / area, GSI = footprint / area, OSR = (1 - GSI) / FSI, L = FSI / GSI (Berghauser Pont & Haupt, Spacematrix,
2010). They mean nothing without the boundary that ``area`` is measured in, so each figure names it; a plan that
has no boundary gets none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import (
    AS_STATED,
    EXACT,
    Assessment,
    Margin,
    Method,
    Place,
    Unit,
    Where,
    margin_between,
    unknown_margin,
    weakest,
)
from wijktwin.impacts.floor_area import FloorAreas, building_floor_areas, footprint_areas, volume_floor_area
from wijktwin.impacts.outlines import outline_margin
from wijktwin.impacts.shared import Assessments, assessed_buildings, building_uses, counted, data_sources, plan_area, with_plans
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.space import outside

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("density", "1.1")
HULL: Final = "convex_hull"
GROUND: Final = "ground_area"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A named area that densities are computed for; ``outline`` is empty where it is not known, ``remarks`` say what it is."""

    where: Where
    outline: BaseGeometry
    remarks: tuple[Note, ...] = ()
    only_assessed: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """Something with an estimated range, its kind and the assumptions in it; ``n_unknown`` things could not be counted.

    ``falls_with_floors`` where more floor area makes it smaller: then what was not counted can only lower it.
    """

    value: float
    low: float
    high: float
    kind: Kind
    used: frozenset[str] = frozenset()
    n_unknown: int = 0
    reason: str = "floor_area"
    falls_with_floors: bool = False

    @property
    def margin(self) -> Margin:
        """How far off it may be; not known where some things could not be counted."""
        below, above = max(self.value - self.low, 0.0), max(self.high - self.value, 0.0)
        if self.n_unknown:
            reason = "floor_area_partly_known"
            return Margin(None, above, reason) if self.falls_with_floors else Margin(below, None, reason)
        if below == 0 == above and self.kind is Kind.STATED:
            return AS_STATED
        if self.value == self.low == self.high == 0:
            return EXACT
        return Margin(below, above, self.reason)

    def __add__(self, other: Amount) -> Amount:
        """Both together; all estimates are taken to be off the same way."""
        return Amount(
            self.value + other.value,
            self.low + other.low,
            self.high + other.high,
            weakest((self.kind, other.kind)),
            self.used | other.used,
            self.n_unknown + other.n_unknown,
            other.reason if self.high == self.low else self.reason,
        )


NOTHING: Final = Amount(0.0, 0.0, 0.0, Kind.MEASURED)


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """Floor area and densities of the neighbourhood and of the area of every plan that builds or demolishes."""
    floor_areas = building_floor_areas(scenario.neighbourhood.buildings, use=building_uses(scenario.neighbourhood), assumptions=assumptions)
    boundaries = [neighbourhood_boundary(scenario.neighbourhood)]
    boundaries += [plan_boundary(plan) for plan in scenario.ordered_plans if plan.volumes or plan.demolishes]
    return (
        *(figure for boundary in boundaries for figure in _of_boundary(scenario, boundary, floor_areas, assumptions)),
        *(_new_floor_area(plan, assumptions) for plan in scenario.ordered_plans if plan.volumes),
    )


def plan_boundary(plan: Plan) -> Boundary:
    """The plan area as the plan draws it."""
    if plan.boundary is None:
        return Boundary(plan_area(plan), shapely.Polygon())
    return Boundary(plan_area(plan), plan.boundary, (Note("impacts.boundary_of_plan", plan=plan.title),))


def neighbourhood_boundary(neighbourhood: Neighbourhood) -> Boundary:
    """All ground and footprints of the neighbourhood itself where the ground is known, else the convex hull of its buildings."""
    label, area = LocalText(neighbourhood.name), neighbourhood.covered_ground
    if not area.is_empty:
        return Boundary(Where(Place.NEIGHBOURHOOD, GROUND, label), area, (Note("impacts.boundary_ground_area"),), only_assessed=True)
    outlines = [each for each in neighbourhood.buildings.footprints[assessed_buildings(neighbourhood)] if each is not None]
    hull = shapely.convex_hull(shapely.GeometryCollection(outlines))
    return Boundary(Where(Place.NEIGHBOURHOOD, HULL, label), hull, (Note("impacts.boundary_convex_hull"),), only_assessed=True)


def floor_space_index(floor_area: float, area: float) -> float:
    """FSI: gross floor area per area. [m²/m²]"""
    return floor_area / area


def ground_space_index(footprint: float, area: float) -> float:
    """GSI: share of the area that is built on. [m²/m²]"""
    return footprint / area


def open_space_ratio(floor_area: float, footprint: float, area: float) -> float:
    """OSR: open ground per gross floor area, (1 - GSI) / FSI. [m²/m²]"""
    return (area - footprint) / floor_area


def mean_storeys(floor_area: float, footprint: float) -> float:
    """L: gross floor area per footprint, FSI / GSI. [-]"""
    return floor_area / footprint


def _existing(
    scenario: Scenario, boundary: Boundary, rows: BoolArray, floor_areas: FloorAreas, assumptions: Assumptions
) -> tuple[Amount, Amount]:
    """Floor area and footprint of some of the buildings, as far as they lie within the boundary."""
    buildings = scenario.neighbourhood.buildings
    chosen = np.flatnonzero(rows & assessed_buildings(scenario.neighbourhood) if boundary.only_assessed else rows)
    outlines, whole = buildings.footprints[chosen], footprint_areas(buildings)[chosen]
    inside = whole if boundary.only_assessed else np.nan_to_num(shapely.area(shapely.intersection(outlines, boundary.outline)))
    share = np.divide(inside, whole, out=np.zeros_like(inside), where=whole > 0)
    counts = share > 0
    floors = [np.where(counts, column[chosen] * share, 0.0) for column in (floor_areas.value, floor_areas.low, floor_areas.high)]
    unknown = int((counts & ~np.isfinite(floors[0])).sum()) + int((~(whole > 0)).sum() if boundary.only_assessed else 0)
    n_counted = int(counts.sum())
    off = outline_margin([each for each in outlines[counts] if each is not None], precision=assumptions["outline_precision"].value)
    footprint = float(np.nansum(inside))
    value, low, high = (float(np.nansum(column)) for column in floors)
    return (
        Amount(value, low, high, Kind.ASSUMED if n_counted else Kind.MEASURED, floor_areas.used if n_counted else frozenset(), unknown),
        Amount(footprint, max(0.0, footprint - off), footprint + off, Kind.CALCULATED, frozenset({"outline_precision"}), reason="outlines"),
    )


def _proposed(scenario: Scenario, boundary: Boundary, assumptions: Assumptions) -> tuple[Amount, Amount]:
    """Floor area and footprint of all volumes of the scenario, as far as they lie within the boundary."""
    floors, outlines = NOTHING, []
    for _, volume in scenario.volumes:
        share = volume.footprint.intersection(boundary.outline).area / volume.footprint.area
        if share > 0 and not volume.is_below_ground:
            own = volume_floor_area(volume, assumptions=assumptions)
            floors += Amount(own.value * share, own.low * share, own.high * share, own.kind, own.used)
        if volume.touches_ground:
            outlines.append(volume.footprint)
    covered = shapely.union_all(outlines) if outlines else shapely.Polygon()
    built = float(covered.intersection(boundary.outline).area)
    return floors, Amount(built, built, built, Kind.STATED if outlines else Kind.MEASURED)


def _new_floor_area(plan: Plan, assumptions: Assumptions) -> Assessment:
    """Gross floor area of everything that a plan builds above ground, wherever its boundary lies."""
    total = NOTHING
    for volume in sorted(plan.volumes, key=lambda each: each.volume_id):
        own = volume_floor_area(volume, assumptions=assumptions)
        total += Amount(own.value, own.low, own.high, own.kind, own.used)
    return Assessment(
        impact="density.new_floor_area",
        before=None,
        after=total.value,
        unit=Unit.SQUARE_METRES,
        where=plan_area(plan),
        margin=total.margin,
        kind=total.kind,
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        assumptions=assumptions.used(*total.used),
        remarks=(Note("impacts.garages_and_basements"),),
        missing="only_after",
    )


def _of_boundary(scenario: Scenario, boundary: Boundary, floor_areas: FloorAreas, assumptions: Assumptions) -> Assessments:
    area = float(boundary.outline.area)
    if area <= 0:
        reason = "no_boundary" if boundary.where.place is Place.PLAN_AREA else "no_footprints"
        return tuple(_figure(scenario, boundary, name, assumptions=assumptions, missing=reason) for name in WITHOUT_BOUNDARY)
    everything = np.ones(len(scenario.neighbourhood.buildings), dtype=np.bool_)
    stays = scenario.remaining_rows
    now = _existing(scenario, boundary, everything, floor_areas, assumptions)
    kept = _existing(scenario, boundary, stays, floor_areas, assumptions)
    gone = _existing(scenario, boundary, ~stays, floor_areas, assumptions)
    new = _proposed(scenario, boundary, assumptions)
    then = (kept[0] + new[0], kept[1] + new[1])
    before, after = _family(*now, area), _family(*then, area)
    change = Margin(
        (new[0].value - new[0].low) + (gone[0].high - gone[0].value),
        (new[0].high - new[0].value) + (gone[0].value - gone[0].low),
        "floor_area",
    )
    if gone[0].n_unknown or new[0].n_unknown:
        change = unknown_margin("floor_area_partly_known")
    own = (change, weakest((new[0].kind, gone[0].kind)))
    per_area = Margin(
        None if change.below is None else change.below / area, None if change.above is None else change.above / area, change.reason
    )
    outlines = _outline_change(gone[1], area)
    own_differences = {
        "density.gross_floor_area": own,
        "density.floor_space_index": (per_area, own[1]),
        "density.ground_space_index": (outlines, weakest((new[1].kind, gone[1].kind, Kind.CALCULATED))),
    }
    for name in ("density.open_space_ratio", "density.mean_storeys"):
        now_amount, then_amount = before[name], after[name]
        if now_amount is not None and then_amount is not None:
            both = weakest((now_amount.kind, then_amount.kind))
            own_differences[name] = (margin_between(now_amount.margin, then_amount.margin), both)
    return tuple(
        _figure(scenario, boundary, name, before[name], after[name], assumptions=assumptions, difference=own_differences.get(name))
        for name in before
    )


def _outline_change(gone: Amount, area: float) -> Margin:
    """Margin of a change of the ground space index: only what goes has an outline that was measured."""
    if gone.high == gone.low:
        return AS_STATED
    return Margin((gone.high - gone.value) / area, (gone.value - gone.low) / area, gone.reason)


WITHOUT_BOUNDARY: Final = ("density.floor_space_index", "density.ground_space_index")
"""Named as not known where there is no boundary: the others of the family follow from them."""

UNITS: Final = {
    "density.new_floor_area": Unit.SQUARE_METRES,
    "density.area": Unit.SQUARE_METRES,
    "density.gross_floor_area": Unit.SQUARE_METRES,
    "density.floor_space_index": Unit.RATIO,
    "density.ground_space_index": Unit.RATIO,
    "density.open_space_ratio": Unit.RATIO,
    "density.mean_storeys": Unit.RATIO,
}


def _family(floors: Amount, footprint: Amount, area: float) -> dict[str, Amount | None]:
    """Every density of one situation; None where it would divide by nothing."""
    both = weakest((floors.kind, footprint.kind, Kind.CALCULATED))
    used, unknown = floors.used | footprint.used, floors.n_unknown
    has_floors, has_footprint = floors.low > 0 and floors.value > 0, footprint.low > 0
    return {
        "density.area": Amount(area, area, area, Kind.CALCULATED, reason=EXACT.reason),
        "density.gross_floor_area": floors,
        "density.floor_space_index": Amount(
            floor_space_index(floors.value, area),
            floors.low / area,
            floors.high / area,
            weakest((floors.kind, Kind.CALCULATED)),
            floors.used,
            unknown,
        ),
        "density.ground_space_index": Amount(
            ground_space_index(footprint.value, area),
            footprint.low / area,
            min(1.0, footprint.high / area),
            weakest((footprint.kind, Kind.CALCULATED)),
            footprint.used,
            reason="outlines",
        ),
        "density.open_space_ratio": Amount(
            open_space_ratio(floors.value, footprint.value, area),
            max(0.0, area - footprint.high) / floors.high,
            (area - footprint.low) / floors.low,
            both,
            used,
            unknown,
            falls_with_floors=True,
        )
        if has_floors
        else None,
        "density.mean_storeys": Amount(
            mean_storeys(floors.value, footprint.value), floors.low / footprint.high, floors.high / footprint.low, both, used, unknown
        )
        if has_footprint
        else None,
    }


def _figure(
    scenario: Scenario,
    boundary: Boundary,
    name: str,
    before: Amount | None = None,
    after: Amount | None = None,
    *,
    assumptions: Assumptions,
    difference: tuple[Margin, Kind] | None = None,
    missing: str = "",
) -> Assessment:
    plans = [plan for plan in scenario.ordered_plans if plan.volumes or plan.demolishes]
    used = (frozenset() if before is None else before.used) | (frozenset() if after is None else after.used)
    is_same = before is not None and after is not None and before.value == after.value
    return Assessment(
        impact=name,
        before=None if before is None else before.value,
        after=None if after is None else after.value,
        unit=UNITS[name],
        where=boundary.where,
        margin=unknown_margin(missing or "nothing_built") if after is None else after.margin,
        before_margin=unknown_margin(missing or "nothing_built") if before is None else before.margin,
        difference_margin=EXACT if is_same else None if difference is None else difference[0],
        kind=Kind.CALCULATED if after is None else after.kind,
        before_kind=Kind.CALCULATED if before is None else before.kind,
        difference_kind=None if difference is None else difference[1],
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "buildings", "ground"), plans),
        plans=tuple(plans),
        assumptions=assumptions.used(*used),
        remarks=boundary.remarks + _remarks(name, after) + (outside_remarks(scenario, boundary) if name != "density.area" else ()),
        missing=missing or ("nothing_built" if before is None or after is None else ""),
    )


def outside_remarks(scenario: Scenario, boundary: Boundary) -> tuple[Note, ...]:
    """Which volumes above ground lie in part outside a boundary, of a plan area its own only: that part is not in the figures."""
    is_whole = boundary.where.place is Place.NEIGHBOURHOOD
    key = "impacts.outside_neighbourhood" if is_whole else "impacts.outside_plan_area"
    own = [volume for plan, volume in scenario.volumes if is_whole or plan.plan_id == boundary.where.identifier]
    volumes = [volume for volume in own if not volume.is_below_ground]
    found = outside(volumes, boundary.outline) if boundary.outline.area > 0 else []
    return tuple(Note(key, volume=volume.title, area=Figure(float(round(beyond)))) for volume, beyond in found)


def _remarks(name: str, after: Amount | None) -> tuple[Note, ...]:
    if name in {"density.area", "density.ground_space_index"} or after is None:
        return ()
    below = (Note("impacts.garages_and_basements"),)
    return (*below, counted("impacts.floor_area_unknown", after.n_unknown)) if after.n_unknown else below
