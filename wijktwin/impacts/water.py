"""Rain on a plan: how much storage is asked, how much the plan says it has, and what a heavy shower brings. No flow model.

Two tests that are never merged: so many millimetres for every paved square metre, and a shower that comes once in a hundred years. Both
are practice or policy (``data/norms/rain.toml``). Where water would stand, and how long, is not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import shapely

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.ground import BUILT, Surfaces, changed_area, changes_ground, exchanged, surfaces_now, surfaces_then
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.outlines import outline_margin
from wijktwin.impacts.shared import WHOLE, Assessments, data_sources, plan_area, with_plans
from wijktwin.model.provenance import Kind
from wijktwin.model.space import MIN_SHARED_AREA
from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.norm_values import NormValue
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("water", "1.1")
NORMS: Final = "rain.toml"
RUNOFF: Final = "runoff_unpaved"
PRECISION: Final = "outline_precision"
MILLIMETRE: Final = 0.001

STORAGE: Final = "water.storage"
ASKED: Final = "water.storage_asked"
SHOWER: Final = "water.shower"
ON_PAVED: Final = "water.on_paved"
PAVED: Final = ("ground.paved", BUILT)
"""Ground and roofs from which rain runs off."""


class Verdict(StrEnum):
    """What a plan's storage is against what is asked."""

    MEETS = "meets"
    FAILS = "fails"
    WITHIN_MARGIN = "within_margin"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Catchment:
    """Ground that rain falls on. [m²]

    Parameters
    ----------
    paved, paved_margin
        Paved and built, and how far off that may be because of outlines.
    unpaved
        Everything else but water.
    over_garages
        Part of ``unpaved`` that lies over something built below ground.
    unsaid
        Part of ``unpaved`` of which the map does not say what it is, and where a building goes without anybody saying what comes: it
        may be paved.
    """

    paved: float
    paved_margin: float
    unpaved: float
    over_garages: float = 0.0
    unsaid: float = 0.0

    @property
    def may_run_off(self) -> float:
        """Unpaved ground from which rain may run off as it does from stone. [m²]"""
        return min(self.over_garages + self.unsaid, self.unpaved)

    @property
    def reason(self) -> str:
        """Why its paved ground is not known exactly: the larger of the two."""
        if not self.may_run_off:
            return "outlines"
        return "over_garages" if self.over_garages >= self.unsaid else "ground_unsaid"


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """Rain on stone and roofs of the neighbourhood, and both tests of every plan that changes ground."""
    table = scenario.neighbourhood.ground_table
    if table is None or not len(table):
        return (_whole(scenario, None, None, assumptions),)
    precision = assumptions[PRECISION].value
    now, then = surfaces_now(scenario), surfaces_then(scenario)
    key = ("catchment", precision)
    before = kept(scenario.neighbourhood, key, lambda: catchment(now, precision=precision))
    after = before if then is now else kept(scenario, key, lambda: catchment(then, precision=precision))
    return (
        _whole(scenario, before, after, assumptions),
        *(figure for plan in scenario.ordered_plans if _is_about(plan) for figure in _of_plan(scenario, plan, then, assumptions)),
    )


def storage_asked(paved: float, *, millimetres: float) -> float:
    """So many millimetres of rain on paved ground. [m³]"""
    return paved * millimetres * MILLIMETRE


def shower_volume(area: Catchment, *, millimetres: float, runoff: float) -> float:
    """What a shower brings that does not soak away: all of it from paved ground and roofs, a share of it from other ground. [m³]"""
    return (area.paved + runoff * area.unpaved) * millimetres * MILLIMETRE


def verdict(provided: float | None, asked: float, margin: Margin) -> Verdict:
    """Whether what a plan says it stores is enough; unrounded, and open where the margin decides."""
    if provided is None:
        return Verdict.UNSTATED
    if margin.below is None or margin.above is None:
        return Verdict.WITHIN_MARGIN
    if provided >= asked + margin.above:
        return Verdict.MEETS
    return Verdict.FAILS if provided < asked - margin.below else Verdict.WITHIN_MARGIN


def catchment(surfaces: Surfaces, *, precision: float, garages: BaseGeometry | None = None) -> Catchment:
    """Paved and other ground among surfaces.

    Parameters
    ----------
    garages
        Outline of what is built below ground only.
    """
    is_paved, is_dry = surfaces.counts_in(*PAVED), ~surfaces.counts_in(*PAVED, "ground.water")
    areas, over = shapely.area(surfaces.shapes), 0.0
    if garages is not None and not garages.is_empty:
        over = float(shapely.area(shapely.intersection(surfaces.shapes[is_dry], garages)).sum())
    off = outline_margin(surfaces.shapes[is_paved], precision=precision)
    unsaid = float(areas[surfaces.kinds == GroundKind.OTHER.value].sum())
    return Catchment(float(areas[is_paved].sum()), off, float(areas[is_dry].sum()), over, unsaid)


def _is_about(plan: Plan) -> bool:
    """Whether a plan lays anything on the ground, or says what it stores."""
    return bool(plan.ground_changes or plan.demolishes or plan.water_storage is not None) or any(v.touches_ground for v in plan.volumes)


def _whole(scenario: Scenario, before: Catchment | None, after: Catchment | None, assumptions: Assumptions) -> Assessment:
    """How much rain of a heavy shower falls on stone and roofs."""
    shower = norm_value(NORMS, "shower")
    depth = shower.value * MILLIMETRE
    plans = scenario.ordered_plans if changes_ground(scenario) else ()
    now, then = (None if each is None else each.paved * depth for each in (before, after))
    margins = [unknown_margin("no_ground") if each is None else _of_paved(each, depth) for each in (before, after)]
    return Assessment(
        impact=ON_PAVED,
        before=now,
        after=then,
        unit=Unit.CUBIC_METRES,
        where=WHOLE,
        margin=margins[1],
        before_margin=margins[0],
        difference_margin=EXACT if after is before else _change(scenario, depth, assumptions),
        kind=weakest((Kind.CALCULATED, Kind.STATED)) if plans else Kind.CALCULATED,
        before_kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground", "buildings"), plans),
        plans=plans,
        remarks=(Note("water.shower_is", norm=shower.title), *(() if after is None else _unsaid(after))),
        assumptions=assumptions.used(PRECISION),
        missing="no_ground" if after is None else "",
    )


def _change(scenario: Scenario, depth: float, assumptions: Assumptions) -> Margin:
    """Margin of a change: that of the outlines of what becomes paved or stops being so."""
    area = changed_area(scenario)
    now, then = (surfaces.within(area) for surfaces in (surfaces_now(scenario), surfaces_then(scenario)))
    touched = exchanged(now, then, *PAVED)
    off = outline_margin(touched, precision=assumptions[PRECISION].value)
    was, becomes = (catchment(each, precision=0.0).unsaid for each in (now, then))  # what was paved already does not become so
    if was > MIN_SHARED_AREA or becomes > MIN_SHARED_AREA:
        return Margin((off + was) * depth, (off + becomes) * depth, "ground_unsaid")
    return Margin(off * depth, off * depth, "outlines") if touched else AS_STATED


def _of_paved(area: Catchment, depth: float) -> Margin:
    """Of rain so deep [m] on paved ground: outlines both ways, and more where the ground may be paved or lies over a garage."""
    below, above = area.paved_margin * depth, (area.paved_margin + area.may_run_off) * depth
    return Margin(below, above, area.reason) if above else EXACT


def _unsaid(area: Catchment) -> tuple[Note, ...]:
    return (Note("water.ground_unsaid", area=Figure(float(round(area.unsaid)))),) if area.unsaid > MIN_SHARED_AREA else ()


def _of_plan(scenario: Scenario, plan: Plan, then: Surfaces, assumptions: Assumptions) -> Assessments:
    stated = _stated(plan)
    if plan.boundary is None:
        return (stated, _unknown(scenario, plan, ASKED), _unknown(scenario, plan, SHOWER))
    area = shapely.intersection(plan.boundary, scenario.neighbourhood.covered_ground)
    if area.area <= 0:
        return (stated, _unknown(scenario, plan, ASKED, "no_ground"), _unknown(scenario, plan, SHOWER, "no_ground"))
    below = [volume.footprint for volume in plan.volumes if volume.base < 0 and not volume.touches_ground]
    there = catchment(then.within(area), precision=assumptions[PRECISION].value, garages=shapely.union_all(below))
    return (stated, *(_tested(scenario, plan, asked, assumptions) for asked in (_asked(there), _shower(there, assumptions))))


def _stated(plan: Plan) -> Assessment:
    """What a plan says it stores."""
    missing = "storage_not_stated" if plan.water_storage is None else "only_after"
    return Assessment(
        impact=STORAGE,
        before=None,
        after=plan.water_storage,
        unit=Unit.CUBIC_METRES,
        where=plan_area(plan),
        margin=unknown_margin(missing) if plan.water_storage is None else AS_STATED,
        kind=Kind.STATED,
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What one test asks of a plan. [m³]"""

    impact: str
    value: float
    margin: Margin
    norm: NormValue
    area: Catchment
    used: tuple[str, ...]


def _asked(area: Catchment) -> Asked:
    norm = norm_value(NORMS, "storage")
    margin = _of_paved(area, norm.value * MILLIMETRE)
    return Asked(ASKED, storage_asked(area.paved, millimetres=norm.value), margin, norm, area, (PRECISION,))


def _shower(area: Catchment, assumptions: Assumptions) -> Asked:
    norm, runoff = norm_value(NORMS, "shower"), assumptions[RUNOFF]
    value, low, high = (shower_volume(area, millimetres=norm.value, runoff=share) for share in (runoff.value, runoff.low, runoff.high))
    depth = norm.value * MILLIMETRE
    outlines = area.paved_margin * depth
    high += (1.0 - runoff.high) * area.may_run_off * depth
    return Asked(SHOWER, value, Margin(value - low + outlines, high - value + outlines, "runoff"), norm, area, (PRECISION, RUNOFF))


def _tested(scenario: Scenario, plan: Plan, asked: Asked, assumptions: Assumptions) -> Assessment:
    found, area = verdict(plan.water_storage, asked.value, asked.margin), asked.area
    remarks = [
        Note(f"water.{found}", norm=asked.norm.title, status=asked.norm.status),
        Note("water.paved_area", area=Figure(float(round(area.paved))), other=Figure(float(round(area.unpaved)))),
    ]
    if area.over_garages:
        remarks.append(Note("water.green_over_garage", area=Figure(float(round(area.over_garages)))))
    remarks += _unsaid(area)
    return Assessment(
        impact=asked.impact,
        before=None,
        after=asked.value,
        unit=Unit.CUBIC_METRES,
        where=plan_area(plan),
        margin=asked.margin,
        kind=weakest((Kind.CALCULATED, Kind.STATED, Kind.ASSUMED if RUNOFF in asked.used else Kind.STATED)),
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground", "buildings"), (plan,)),
        plans=(plan,),
        remarks=tuple(remarks),
        assumptions=assumptions.used(*asked.used),
        missing="only_after",
    )


def _unknown(scenario: Scenario, plan: Plan, impact: str, missing: str = "no_boundary") -> Assessment:
    return Assessment(
        impact=impact,
        before=None,
        after=None,
        unit=Unit.CUBIC_METRES,
        where=plan_area(plan),
        margin=unknown_margin(missing),
        kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground", "buildings"), (plan,)),
        plans=(plan,),
        missing=missing,
    )
