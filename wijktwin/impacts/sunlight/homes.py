"""The sun at each home on stated days, today and with plans: minutes, what changes, and from when until when.

`SunAtHomes` is asked by address. Where several places are possible for a living room every minute is a range over them, and each
has a strip of the day of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from wijktwin.errors import NotFoundError
from wijktwin.impacts.sunlight.norm_tests import MAIN_MARGIN, NormTest, judged_by_all, why_gone
from wijktwin.impacts.sunlight.ranges import SunChange, SunRange
from wijktwin.impacts.sunlight.walls import SIDES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.impacts.sunlight.norms import SunlightNorm
    from wijktwin.impacts.sunlight.points import Target
    from wijktwin.impacts.sunlight.study import SunStudy
    from wijktwin.impacts.sunlight.suns import IndexArray
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.scenario import Scenario

Stretches = tuple[tuple[datetime, datetime], ...]
SEVERAL: Final = "sun_several_points"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes of sun, or of change, over the places that are possible.

    Parameters
    ----------
    least, most
        Of the places. [min]
    lowest, highest
        The same with what the margin allows. [min]
    """

    least: float
    most: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class HomeDay:
    """The sun at one home on one day.

    Parameters
    ----------
    after, change
        With plans, and what they change (below 0 where sun is lost); None where there is no home any more, or a plan builds against it.
    """

    day: date
    before: Minutes
    after: Minutes | None
    change: Minutes | None


@dataclass(frozen=True, slots=True)
class HomeSun:
    """What is known of the sun at one home.

    Parameters
    ----------
    target
        The home, with where its points come from.
    n_points
        In how many places its living room may be.
    days
        None at all where there is no such place.
    tests
        Norms by id.
    why_range
        Why minutes are a range: a key of words.
    missing
        Why there is no ``after``: a key of words; "" where there is.
    """

    target: Target
    n_points: int
    days: tuple[HomeDay, ...]
    tests: Mapping[str, NormTest]
    why_range: str
    missing: str


@dataclass(frozen=True, slots=True)
class DayStrip:
    """From when until when the sun reaches one place on one day, on the local clock.

    Parameters
    ----------
    storey
        From 0.
    side
        Way the facade looks: "N", "NE" and so on.
    after
        None where a plan takes the place away.
    """

    day: date
    storey: int
    side: str
    before: Stretches
    after: Stretches | None


class SunAtHomes:
    """The sun at all homes of a study, today and with the plans of a scenario.

    Parameters
    ----------
    study
        Of points at living rooms (`points.dwelling_points`), on the days of the norms and the stated days.
    days
        Those that are told for each home.
    """

    def __init__(self, study: SunStudy, scenario: Scenario, *, norms: Sequence[SunlightNorm], days: Sequence[date]) -> None:
        self.study = study
        self.scenario = scenario
        self.days = tuple(days)
        self.tests: Mapping[str, tuple[NormTest, ...]] = judged_by_all(study, scenario, norms)
        self._rows = study.rows_of(self.days)
        today = study.neighbourhood.with_plans()
        self._before = study.of_today(("ranges", self.days), lambda: [SunRange.on(study, today, row) for row in self._rows])
        self._after = self._before if scenario.is_baseline else [SunRange.on(study, scenario, row) for row in self._rows]
        self._change = [SunChange.on(study, scenario, row) for row in self._rows]
        self._lights = study.now, study.light(scenario)

    @cached_property
    def _gone(self) -> tuple[str, ...]:
        return why_gone(self.study, self.scenario)

    @cached_property
    def counts(self) -> BoolArray:
        """Homes of which something can be said today and with the plans, shape (n_targets,)."""
        return np.array(
            [len(rows) > 0 and not gone for rows, gone in zip(self.study.points.rows_by_target, self._gone, strict=True)], dtype=np.bool_
        )

    @property
    def why_none(self) -> str:
        """Why nothing can be counted where `counts` has no home: a key of words below ``reason``."""
        return "sun_no_point" if self.study.points.targets else "no_addresses"

    def change_on(self, day: date, *, before: time | None = None) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What changes at each home: least, most, lowest, highest as of `Minutes`, shape (n_targets,); NaN where it is left out. [min]

        Parameters
        ----------
        before
            Only what changes before this time of the local clock; None: all of the day.
        """
        change = self._change[self.days.index(day)] if before is None else self._change_before(day, before)
        return self.by_home(change)

    def by_home(self, change: SunChange) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What changes at each home, from what changes at every point: least, most, lowest and highest as of `change_on`. [min]"""
        pairs = ((change.minutes, np.minimum), (change.minutes, np.maximum), (change.lowest, np.minimum), (change.highest, np.maximum))
        least, most, lowest, highest = (self._by_home(values, extreme) for values, extreme in pairs)
        return least, most, lowest, highest

    def _change_before(self, day: date, moment: time) -> SunChange:
        zone = ZoneInfo(self.study.grid.place.time_zone)
        before = int(datetime.combine(day, moment, tzinfo=zone).timestamp())
        return SunChange.on(self.study, self.scenario, self._rows[self.days.index(day)], before=before)

    def home(self, address_id: str) -> HomeSun:
        """One home.

        Raises
        ------
        NotFoundError
            No home has this address.
        """
        number = self._number(address_id)
        target, rows = self.study.points.targets[number], self.study.points.rows_by_target[number]
        tests = {norm_id: tests[number] for norm_id, tests in self.tests.items()}
        gone = self._gone[number]
        if not len(rows):
            return HomeSun(target, 0, (), tests, "sun_no_point", "sun_no_point")
        days = tuple(
            HomeDay(
                day,
                _minutes(self._before[at], rows),
                None if gone else _minutes(self._after[at], rows),
                None if gone else _minutes(self._change[at], rows),
            )
            for at, day in enumerate(self.days)
        )
        return HomeSun(target, len(rows), days, tests, MAIN_MARGIN if len(rows) == 1 else SEVERAL, gone)

    def strips(self, address_id: str, day: date) -> tuple[DayStrip, ...]:
        """When the sun is there on one of the days of the study, for every place where the living room may be; lowest storey first.

        Raises
        ------
        NotFoundError
            No home has this address.
        """
        number = self._number(address_id)
        (at,) = self.study.rows_of([day])
        points, (before, after) = self.study.points, self._lights
        found = [
            DayStrip(
                day,
                int(points.storey[row]),
                side_of(points.points.normals[row]),
                before.stretches(at, row),
                None if self._gone[number] else after.stretches(at, row),
            )
            for row in points.rows_by_target[number].tolist()
        ]
        return tuple(sorted(found, key=lambda strip: (strip.storey, SIDES.index(strip.side))))

    def _number(self, address_id: str) -> int:
        found = self._numbers.get(address_id)
        if found is None:
            raise NotFoundError("sunlight.no_such_home", name=address_id)
        return found

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {target.identifier: number for number, target in enumerate(self.study.points.targets)}

    def _by_home(self, values: FloatArray, extreme: np.ufunc) -> FloatArray:
        """The least or the most of the points of each home, shape (n_targets,); NaN where it does not count."""
        found = np.full(len(self.study.points.targets), np.nan)
        there = np.flatnonzero([len(rows) > 0 for rows in self.study.points.rows_by_target])
        if len(there):
            rows = self.study.points.rows_by_target
            begins = np.cumsum([0, *(len(rows[number]) for number in there[:-1])])
            found[there] = extreme.reduceat(values[np.concatenate([rows[number] for number in there])], begins)
        found[~self.counts] = np.nan
        return found


def side_of(normal: FloatArray) -> str:
    """The nearest of eight ways a facade may look."""
    turn = math.degrees(math.atan2(float(normal[0]), float(normal[1])))
    return SIDES[round(turn / 45.0) % 8]


def _minutes(found: SunRange | SunChange, rows: IndexArray) -> Minutes:
    minutes = found.minutes[rows]
    return Minutes(float(minutes.min()), float(minutes.max()), float(found.lowest[rows].min()), float(found.highest[rows].max()))
