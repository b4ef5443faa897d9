"""Which dwellings and facades meet a norm for sunlight today and with plans.

What decides is the day with the least sun in the period of the norm, in unrounded minutes. Where several points are possible, a
dwelling meets the norm when all of them do, does not when none does, and can't be judged otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from wijktwin.impacts.assessment import Assessment, Margin, Method, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.shared import data_sources, with_plans
from wijktwin.impacts.sunlight.norms import PointOfNorm, SunlightNorm, unseen_minutes
from wijktwin.impacts.sunlight.points import ASSUMED_HERE, Origin, Subject, Target, dwelling_points, facade_points
from wijktwin.impacts.sunlight.store import LightStore
from wijktwin.impacts.sunlight.study import SunStudy, roof_errors
from wijktwin.impacts.sunlight.suns import SLOT, IndexArray
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.scenario import Scenario

METHOD: Final = Method("sunlight", "1.0")
MAIN_MARGIN: Final = "sun_roofs"
ASSUMED: Final = (*ASSUMED_HERE, "roof_fit_unknown")
"""Assumptions that every figure of this impact rests on."""


class Verdict(StrEnum):
    """What a plan does to a norm."""

    STILL_MEETS = "still_meets"
    NEWLY_MEETS = "newly_meets"
    NO_LONGER_MEETS = "no_longer_meets"
    STILL_DOES_NOT_MEET = "still_does_not_meet"
    CANNOT_BE_JUDGED = "cannot_be_judged"


@dataclass(frozen=True, slots=True)
class Span:
    """Sun on the worst day, over the points that are possible.

    Parameters
    ----------
    least, most
        Of the points. [min]
    lowest, highest
        The same with what the margin allows. [min]
    day
        The day on which the point with the least has it; the first of equals.
    """

    least: float
    most: float
    lowest: float
    highest: float
    day: date


@dataclass(frozen=True, slots=True)
class NormTest:
    """One dwelling or facade against one norm.

    Parameters
    ----------
    before, after
        None where it can't be given, and then ``missing`` says why (a key of words).
    is_sure
        Whether the verdict stays the same anywhere within the margin.
    n_points
        How many points stand for it.
    """

    target: Target
    norm: SunlightNorm
    verdict: Verdict
    before: Span | None
    after: Span | None
    is_sure: bool
    n_points: int
    missing: str = ""


def norm_study(
    neighbourhood: Neighbourhood,
    norm: SunlightNorm,
    *,
    year: int,
    assumptions: Assumptions,
    n_threads: int = 2,
    store: LightStore | None = None,
) -> SunStudy:
    """The sun that a norm asks about: at windows of dwellings, or on the facades of buildings with a dwelling, on all its days."""
    if norm.point is PointOfNorm.WINDOW:
        points = dwelling_points(neighbourhood, assumptions=assumptions)
    else:
        table, buildings = neighbourhood.addresses, neighbourhood.buildings
        lived_in = sorted({buildings.rows[each] for each in table["building_id"][table["use"] == "dwelling"] if each in buildings.rows})
        rows = [row for row in lived_in if not buildings.flags["is_halo"][row]]
        points = facade_points(neighbourhood, rows, assumptions=assumptions)
    return SunStudy(neighbourhood, points, norm.days_in(year), lowest=norm.lowest_sun, n_threads=n_threads, store=store)


def judged(study: SunStudy, scenario: Scenario, norm: SunlightNorm, *, assumptions: Assumptions) -> tuple[NormTest, ...]:
    """Every dwelling or facade of a study against a norm, today and with plans."""
    before, after = _Worst.of(study, study.neighbourhood.with_plans(), assumptions), _Worst.of(study, scenario, assumptions)
    allowed = _open_field(study) >= norm.minutes
    taken = study.is_taken(scenario)
    order = np.argsort(study.points.target, kind="stable")
    bounds = np.searchsorted(study.points.target[order], np.arange(len(study.points.targets) + 1))
    return tuple(
        _judged(
            target, norm, order[bounds[row] : bounds[row + 1]], before=before, after=after, allowed=allowed, taken=taken, scenario=scenario
        )
        for row, target in enumerate(study.points.targets)
    )


def as_assessments(tests: Sequence[NormTest], scenario: Scenario, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """The sun on the worst day of each dwelling or facade, as figures."""
    return tuple(_assessment(one, scenario, assumptions=assumptions) for one in tests)


@dataclass(frozen=True, eq=False)
class _Worst:
    """The day with the least sun of each point, with what the margin allows; arrays of shape (n_points,)."""

    days: tuple[date, ...]
    day: IndexArray
    minutes: FloatArray
    lowest: FloatArray
    highest: FloatArray

    @staticmethod
    def of(study: SunStudy, scenario: Scenario, assumptions: Assumptions) -> _Worst:
        light = study.light(scenario)
        n = len(study.points)
        minutes = light.minutes
        day = minutes.argmin(axis=0) if n else np.zeros(0, dtype=np.int64)
        points = np.arange(n)
        worst = minutes[day, points]
        rows, place = np.unique(day, return_inverse=True)
        days = [study.grid.days[row] for row in rows.tolist()]
        errors = roof_errors(study.neighbourhood, assumptions=assumptions)
        moved = [study.with_roofs_moved(scenario, days, by=sign * errors)[place, points] if n else worst for sign in (1.0, -1.0)]
        own = light.changes[day, points] * (SLOT / 2 / 60.0) + unseen_minutes()
        lowest, highest = np.minimum(worst, np.minimum(*moved)) - own, np.maximum(worst, np.maximum(*moved)) + own
        return _Worst(study.grid.days, day, worst, np.maximum(lowest, 0.0), highest)

    def span(self, rows: IndexArray) -> Span:
        least = rows[np.lexsort([self.day[rows], self.minutes[rows]])[0]]
        minutes = self.minutes[rows]
        return Span(
            float(minutes.min()), float(minutes.max()), float(self.lowest[rows].min()), float(self.highest[rows].max()),
            self.days[int(self.day[least])],
        )  # fmt: skip


def _open_field(study: SunStudy) -> FloatArray:
    """Sun on the worst day if nothing else stood there, shape (n_points,). [min]"""
    if not len(study.points):
        return np.zeros(0)
    worst: FloatArray = study.on_open_field(study.grid.days).min(axis=0)
    return worst


def _judged(
    target: Target,
    norm: SunlightNorm,
    rows: IndexArray,
    *,
    before: _Worst,
    after: _Worst,
    allowed: BoolArray,
    taken: BoolArray,
    scenario: Scenario,
) -> NormTest:
    missing = ""
    if not len(rows):
        missing = "sun_no_point"
    elif target.building_id in scenario.demolished:
        missing = "sun_demolished"
    elif taken[rows].any():
        missing = "sun_built_against"
    elif not allowed[rows].any():
        missing = "sun_faces_away"
    first = before.span(rows) if len(rows) else None
    second = after.span(rows) if len(rows) and missing not in {"sun_demolished", "sun_built_against"} else None
    if missing or first is None or second is None:
        return NormTest(target, norm, Verdict.CANNOT_BE_JUDGED, first, second, is_sure=False, n_points=len(rows), missing=missing)
    was, becomes = _meets(first, norm), _meets(second, norm)
    sure = all(norm.is_met_by(span.lowest) == norm.is_met_by(span.highest) for span in (first, second))
    if was is None or becomes is None:
        reason = "sun_several_points"
        return NormTest(target, norm, Verdict.CANNOT_BE_JUDGED, first, second, is_sure=False, n_points=len(rows), missing=reason)
    return NormTest(target, norm, VERDICTS[was, becomes], first, second, is_sure=sure, n_points=len(rows))


VERDICTS: Final = {
    (True, True): Verdict.STILL_MEETS,
    (False, True): Verdict.NEWLY_MEETS,
    (True, False): Verdict.NO_LONGER_MEETS,
    (False, False): Verdict.STILL_DOES_NOT_MEET,
}


def _meets(span: Span, norm: SunlightNorm) -> bool | None:
    """Whether all possible points meet the norm; None where some do and some do not."""
    least, most = norm.is_met_by(span.least), norm.is_met_by(span.most)
    return least if least == most else None


def _assessment(one: NormTest, scenario: Scenario, *, assumptions: Assumptions) -> Assessment:
    """Before and after are the middle of the points that are possible; the margin reaches over all of them."""
    neighbourhood = scenario.neighbourhood
    before, after = _middle(one.before), _middle(one.after)
    reason = MAIN_MARGIN if one.n_points <= 1 else "sun_several_points"
    kinds = [Kind.ASSUMED if one.target.origin is Origin.ASSUMED else Kind.CALCULATED]
    kinds += [Kind.STATED] if scenario.plans else []
    place = Place.ADDRESS if one.target.subject is Subject.DWELLING else Place.POINT
    unknown = one.missing or "sun_no_point"
    margin = unknown_margin(unknown) if one.after is None or after is None else _margin(one.after, after, reason)
    now = unknown_margin(unknown) if one.before is None or before is None else _margin(one.before, before, reason)
    sources: tuple[Source, ...] = with_plans(data_sources(neighbourhood, "buildings", "addresses"), scenario.plans)
    return Assessment(
        impact=f"sunlight.{one.norm.norm_id}",
        before=before,
        after=after,
        unit=Unit.MINUTES,
        where=Where(place, one.target.identifier, LocalText(one.target.label)),
        margin=margin,
        before_margin=now,
        kind=weakest(kinds),
        before_kind=kinds[0],
        method=METHOD,
        sources=sources,
        plans=scenario.ordered_plans,
        assumptions=assumptions.used(*ASSUMED),
        missing=unknown if before is None or after is None else "",
    )


def _middle(span: Span | None) -> float | None:
    return None if span is None else (span.least + span.most) / 2.0


def _margin(span: Span, value: float, reason: str) -> Margin:
    return Margin(max(value - span.lowest, 0.0), max(span.highest - value, 0.0), reason)
