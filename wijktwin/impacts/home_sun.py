"""The sun at one home as figures: how much on each day that is told, and on the worst day of a norm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from babel.dates import format_date

from wijktwin.errors import Note
from wijktwin.impacts.assessment import EXACT, Margin, Unit, unknown_margin
from wijktwin.impacts.home import places_of
from wijktwin.impacts.home_figures import HomeFigures
from wijktwin.impacts.kept import kept
from wijktwin.impacts.sunlight.homes import side_of
from wijktwin.impacts.sunlight.norm_tests import ASSUMED, DEMOLISHED, MAIN_MARGIN, METHOD, span_of
from wijktwin.impacts.sunlight.points import Origin
from wijktwin.impacts.sunlight.ranges import SunChange, SunRange, WorstDay
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.sunlight.walls import are_taken
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from wijktwin.impacts.assessment import Assessment, Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import Home, HomeAddress
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.sunlight.homes import DayStrip, SunAtHomes
    from wijktwin.impacts.sunlight.norm_tests import NormTest, Span
    from wijktwin.impacts.sunlight.norms import SunlightNorm
    from wijktwin.impacts.sunlight.suns import IndexArray

AT_HOME: Final = "sunlight.at_home"
ON_WORST_DAY: Final = "sunlight.norm_at_home"
SEVERAL: Final = "sun_several_points"
NOWHERE: Final = "no_window_known"
NOWHERE_OF_STUDY: Final = "sun_no_point"
FACES_AWAY: Final = "sun_faces_away"
BUILT_AGAINST: Final = "sun_built_against"
NORM: Final = "tno_light"
"""The norm that residents are told of: the light one of TNO, which belongs to no municipality."""


@dataclass(frozen=True, slots=True)
class NormAtHome:
    """The worst day of a norm at one home.

    Parameters
    ----------
    figure
        The sun on the worst day, today and with plans.
    was, becomes
        Whether the norm is met; None where that can't be said (the norm lies within the margin), and ``why`` is the key of the reason.
    """

    norm: SunlightNorm
    figure: Assessment
    was: bool | None
    becomes: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SunDay:
    """The sun on one day."""

    day: date
    figure: Assessment


@dataclass(frozen=True, slots=True)
class HomeSunlight:
    """The sun at one home; ``norm`` is None where the norm is not tested here.

    Parameters
    ----------
    strips_on
        From when until when there is sun on one of the days, one strip for every place where the living room may be.
    is_built_against
        Whether a plan builds against one of the facades where the living room may be.
    leaves_out
        Whether figures are about the other facades, because a plan builds against some.
    """

    days: tuple[SunDay, ...]
    norm: NormAtHome | None
    strips_on: Callable[[date], tuple[DayStrip, ...]]
    is_built_against: bool = False
    leaves_out: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _ByDay:
    """Sun on all points on one day: today, with plans, and what they change."""

    before: SunRange
    after: SunRange
    change: SunChange


def sun_at_home(sunlight: Sunlight, home: Home, address: HomeAddress, *, assumptions: Assumptions) -> HomeSunlight | None:
    """The sun at one home; None where the study does not know it (it is no dwelling, or lies in the halo)."""
    homes = sunlight.homes
    targets = homes.study.points.targets
    number = kept(homes, "rows of homes", lambda: {target.identifier: n for n, target in enumerate(targets)}).get(address.address_id)
    if number is None:
        return None
    whole = places_of(homes.study.points, number, home, sunlight.scenario.neighbourhood)
    taken = kept(homes, "taken", lambda: are_taken(homes.study.points.points, homes.scenario))[whole]
    is_gone = targets[number].building_id in homes.scenario.demolished
    leaves_out = not is_gone and bool(taken.any()) and not taken.all()
    gone = DEMOLISHED if is_gone else BUILT_AGAINST if len(whole) and taken.all() else ""
    about = _About(homes, number, address, whole[~taken] if leaves_out else whole, gone, assumptions)
    days = tuple(SunDay(day, about.on(day, at)) for at, day in enumerate(homes.days))
    norm = about.norm() if NORM in homes.tests else None
    return HomeSunlight(days, norm, about.strips, is_built_against=not is_gone and bool(taken.any()), leaves_out=leaves_out)


@dataclass(frozen=True, slots=True, eq=False)
class _About:
    """One home in one scenario, and the places that are left of it; ``gone`` is why nothing can be said with the plans, "" where it can."""

    homes: SunAtHomes
    number: int
    address: HomeAddress
    rows: IndexArray
    gone: str
    assumptions: Assumptions

    def on(self, day: date, at: int) -> Assessment:
        """The sun on one day.

        Of several places the one in the middle is told, by what changes there and then by how much sun it has; the margin reaches over
        all of them.
        """
        where = self.address.about(_named(day))
        remarks = (Note("sunlight.clear_weather"),)
        if not len(self.rows):
            return self._figure(AT_HOME, where, None, None, margin=unknown_margin(NOWHERE), missing=NOWHERE, remarks=remarks)
        found, rows = self._by_day(at), self.rows
        order = np.lexsort([found.before.minutes[rows], found.change.minutes[rows]])
        middle = rows[order[(len(rows) - 1) // 2]]
        before = float(found.before.minutes[middle])
        now = self._margin(found.before, before)
        if self.gone:
            gone = unknown_margin(self.gone)
            return self._figure(AT_HOME, where, before, None, margin=gone, before_margin=now, missing=self.gone, remarks=remarks)
        after = float(found.after.minutes[middle])
        change = self._margin(found.change, after - before)
        then = self._margin(found.after, after)
        return self._figure(
            AT_HOME, where, before, after, margin=then, before_margin=now,
            difference_margin=EXACT if change.is_exact else change, remarks=remarks,
        )  # fmt: skip

    def strips(self, day: date) -> tuple[DayStrip, ...]:
        """From when until when there is sun, at the places that are left."""
        points = self.homes.study.points
        left = {(int(points.storey[row]), side_of(points.points.normals[row])) for row in self.rows.tolist()}
        return tuple(each for each in self.homes.strips(self.address.address_id, day) if (each.storey, each.side) in left)

    def norm(self) -> NormAtHome:
        """The worst day of the norm."""
        test: NormTest = self.homes.tests[NORM][self.number]
        before, after = test.before, test.after
        if len(self.rows) != test.n_points:
            today, then = kept(self.homes, ("worst days", NORM), lambda: self._worst(test.norm))
            before = span_of(today, self.rows)
            after = None if self.gone else span_of(then, self.rows)
        missing = self.gone or (NOWHERE if not len(self.rows) else "" if test.missing_before == NOWHERE_OF_STUDY else test.missing_before)
        figure = self._figure(
            ON_WORST_DAY,
            self.address.about(test.norm.title),
            None if before is None else _middle(before),
            None if after is None else _middle(after),
            margin=unknown_margin(missing or NOWHERE) if after is None else self._margin_of(after),
            before_margin=None if before is None else self._margin_of(before),
            difference_margin=EXACT if before == after and self._is_untouched else None,
            missing=missing if before is None or after is None else "",
            remarks=(Note("sunlight.clear_weather"),),
        )
        return NormAtHome(test.norm, figure, _meets(before, test), _meets(after, test), test.missing_before or test.missing_after)

    @property
    def _is_untouched(self) -> bool:
        """Whether no plan changes the sun on any day at any of the places: a range may stay while something between its ends goes."""
        study, scenario, rows = self.homes.study, self.homes.scenario, self.rows
        if len(rows) == 1 or scenario.is_baseline:
            return True
        return all(bool((study.today(roofs).slots[:, rows] == study.light(scenario, roofs).slots[:, rows]).all()) for roofs in Roofs)

    def _worst(self, norm: SunlightNorm) -> tuple[WorstDay, WorstDay]:
        study, scenario = self.homes.study, self.homes.scenario
        days = [day for day in study.grid.days if norm.counts_on(day)]
        return WorstDay.of(study, study.neighbourhood.with_plans(), days), WorstDay.of(study, scenario, days)

    def _by_day(self, at: int) -> _ByDay:
        study, scenario = self.homes.study, self.homes.scenario

        def make() -> _ByDay:
            (row,) = study.rows_of([self.homes.days[at]])
            today = SunRange.on(study, study.neighbourhood.with_plans(), row)
            after = today if scenario.is_baseline else SunRange.on(study, scenario, row)
            return _ByDay(today, after, SunChange.on(study, scenario, row))

        return kept(self.homes, ("by day", at), make)

    @property
    def _reason(self) -> str:
        return MAIN_MARGIN if len(self.rows) == 1 else SEVERAL

    def _margin(self, found: SunRange | SunChange, value: float) -> Margin:
        """From the lowest to the highest of all places."""
        low, high = float(found.lowest[self.rows].min()), float(found.highest[self.rows].max())
        return self._off(max(value - low, 0.0), max(high - value, 0.0))

    def _margin_of(self, span: Span) -> Margin:
        value = _middle(span)
        return self._off(max(value - span.lowest, 0.0), max(span.highest - value, 0.0))

    def _off(self, below: float, above: float) -> Margin:
        """A margin with its reason: only a facade that the sun never reaches has none."""
        return Margin(below, above, self._reason if below or above else FACES_AWAY)

    def _figure(
        self, impact: str, where: Where, before: float | None, after: float | None, *, margin: Margin,
        before_margin: Margin | None = None, difference_margin: Margin | None = None, missing: str = "", remarks: tuple[Note, ...] = (),
    ) -> Assessment:  # fmt: skip
        scenario = self.homes.scenario
        plans = tuple(plan for plan in scenario.ordered_plans if plan.volumes or plan.demolishes)
        is_assumed = self.homes.study.points.targets[self.number].origin is Origin.ASSUMED
        return HomeFigures(scenario, self.assumptions, ("buildings", "addresses")).make(
            impact,
            where,
            before,
            after,
            unit=Unit.MINUTES,
            method=METHOD,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            own=Kind.ASSUMED if is_assumed and len(self.rows) != 1 else Kind.CALCULATED,
            missing=missing,
            plans=plans,
            remarks=remarks,
            used=ASSUMED,
        )


@cache
def _named(day: date) -> LocalText:
    """A day as people call it."""
    return LocalText(format_date(day, "d MMMM", locale="nl"), format_date(day, "d MMMM", locale="en_GB"))


def _middle(span: Span) -> float:
    return (span.least + span.most) / 2.0


def _meets(span: Span | None, test: NormTest) -> bool | None:
    """Whether all places meet the norm or none does, wherever in the margin; None where neither, or where it can't be asked here."""
    if span is None or FACES_AWAY in {test.missing_before, test.missing_after}:
        return None
    least, most = test.norm.is_met_by(span.lowest), test.norm.is_met_by(span.highest)
    return least if least == most else None
