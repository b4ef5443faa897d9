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

from wijktwin.impacts.assessment import Method
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.shared import dwelling_rows
from wijktwin.impacts.sunlight.norms import PointOfNorm, SunlightNorm
from wijktwin.impacts.sunlight.points import ASSUMED_HERE, Target, dwelling_points, facade_points
from wijktwin.impacts.sunlight.ranges import WorstDay
from wijktwin.impacts.sunlight.store import LightStore
from wijktwin.impacts.sunlight.study import SunStudy, roof_errors
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.sunlight.walls import are_taken
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

METHOD: Final = Method("sunlight", "1.3")
MAIN_MARGIN: Final = "sun_roofs"
ASSUMED: Final = (*ASSUMED_HERE, "roof_fit_unknown")
"""Assumptions that every figure of this impact rests on."""
DEMOLISHED: Final = "sun_demolished"
"""Why a test ends whose building a plan takes away (a key of words)."""


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
    was, becomes
        Whether the norm is met today and with plans; None where that can't be judged, and then ``missing_before`` and
        ``missing_after`` say why. What is judged today does not depend on any plan.
    n_points
        How many points stand for it.
    """

    target: Target
    norm: SunlightNorm
    before: Span | None
    after: Span | None
    was: bool | None
    becomes: bool | None
    n_points: int
    missing_before: str = ""
    missing_after: str = ""

    @property
    def missing(self) -> str:
        """Why the verdict can't be given; "" where it can."""
        return self.missing_after or self.missing_before

    @property
    def verdict(self) -> Verdict:
        """What the plans do to the norm."""
        if self.was is None or self.becomes is None:
            return Verdict.CANNOT_BE_JUDGED
        return VERDICTS[self.was, self.becomes]

    @property
    def ends_with_its_building(self) -> bool:
        """Whether it was judged today and no longer will be, for a plan takes its building away: neither a gain nor a loss of sun."""
        return self.was is not None and self.missing_after == DEMOLISHED

    @property
    def is_sure(self) -> bool:
        """Whether the verdict stays the same anywhere within the margin."""
        if self.was is None or self.becomes is None or self.before is None or self.after is None:
            return False
        return all(self.norm.is_met_by(span.lowest) == self.norm.is_met_by(span.highest) for span in (self.before, self.after))


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
        buildings = neighbourhood.buildings
        lived_in = sorted({buildings.rows[each] for each in dwelling_rows(neighbourhood)["building_id"] if each in buildings.rows})
        rows = [row for row in lived_in if not buildings.flags["is_halo"][row]]
        points = facade_points(neighbourhood, rows, assumptions=assumptions)
    errors = roof_errors(neighbourhood, assumptions=assumptions)
    return SunStudy(neighbourhood, points, norm.days_in(year), lowest=norm.lowest_sun, roof_error=errors, n_threads=n_threads, store=store)


def judged(study: SunStudy, scenario: Scenario, norm: SunlightNorm) -> tuple[NormTest, ...]:
    """Every dwelling or facade of a study against a norm, today and with plans, over the days of the study on which the norm counts."""
    return judged_by_all(study, scenario, [norm])[norm.norm_id]


def judged_by_all(study: SunStudy, scenario: Scenario, norms: Sequence[SunlightNorm]) -> dict[str, tuple[NormTest, ...]]:
    """The same for several norms, by id; each day is looked at once, and today once for all scenarios."""
    periods = [tuple(day for day in study.grid.days if norm.counts_on(day)) for norm in norms]
    if not all(periods):
        raise ValueError("none of the days of the study is one of the norm")
    today = study.neighbourhood.with_plans()
    before = study.of_today(("worst", *periods), lambda: WorstDay.of_several(study, today, periods))
    after = before if scenario.is_baseline else WorstDay.of_several(study, scenario, periods)
    gone = why_gone(study, scenario)
    return {norm.norm_id: _tests(study, norm, before[number], after[number], gone) for number, norm in enumerate(norms)}


def why_gone(study: SunStudy, scenario: Scenario) -> tuple[str, ...]:
    """Why nothing can be said of each target of a study with the plans (a key of words): it goes, or a plan builds against it; else ""."""
    taken = are_taken(study.points.points, scenario)
    return tuple(
        DEMOLISHED if target.building_id in scenario.demolished else "sun_built_against" if taken[rows].any() else ""
        for target, rows in zip(study.points.targets, study.points.rows_by_target, strict=True)
    )


def _tests(study: SunStudy, norm: SunlightNorm, before: WorstDay, after: WorstDay, gone: Sequence[str]) -> tuple[NormTest, ...]:
    allowed = study.of_today(("open field", before.days), lambda: study.open_field[study.rows_of(before.days)].min(axis=0)) >= norm.minutes
    found = []
    for target, rows, goes in zip(study.points.targets, study.points.rows_by_target, gone, strict=True):
        cannot = "sun_no_point" if not len(rows) else "" if allowed[rows].any() else "sun_faces_away"
        first = span_of(before, rows) if len(rows) else None
        second = span_of(after, rows) if len(rows) and not goes else None
        was, why_before = _meets(first, norm, cannot)
        becomes, why = _meets(second, norm, goes or cannot)
        found.append(NormTest(target, norm, first, second, was, becomes, len(rows), why_before, why))
    return tuple(found)


def span_of(worst: WorstDay, rows: IndexArray) -> Span:
    """The worst day of several points that are possible."""
    least = rows[np.lexsort([worst.day[rows], worst.minutes[rows]])[0]]
    minutes = worst.minutes[rows]
    return Span(
        float(minutes.min()), float(minutes.max()), float(worst.lowest[rows].min()), float(worst.highest[rows].max()),
        worst.days[int(worst.day[least])],
    )  # fmt: skip


VERDICTS: Final = {
    (True, True): Verdict.STILL_MEETS,
    (False, True): Verdict.NEWLY_MEETS,
    (True, False): Verdict.NO_LONGER_MEETS,
    (False, False): Verdict.STILL_DOES_NOT_MEET,
}


def _meets(span: Span | None, norm: SunlightNorm, cannot: str) -> tuple[bool | None, str]:
    """Whether all possible points meet the norm; None and why where some do and some do not, or where it can't be asked."""
    if span is None or cannot:
        return None, cannot or "sun_no_point"
    least, most = norm.is_met_by(span.least), norm.is_met_by(span.most)
    return (least, "") if least == most else (None, "sun_several_points")
