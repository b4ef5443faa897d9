"""How far the minutes of sun on points may be off, and the day with the least sun when they are.

Roofs in the way are moved up and down by their fit error, all of them at once and on every day: another day may become the worst
when they move. A solid whose roof is higher covers all that it covered, so more roof never gives more sun, and every combination of
roofs lies between all of them higher and all of them lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wijktwin.impacts.assessment import Margin
from wijktwin.impacts.sunlight.norms import unseen_minutes
from wijktwin.impacts.sunlight.study import Roofs, SunStudy
from wijktwin.impacts.sunlight.suns import SLOT, IndexArray
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.scenario import Scenario

PER_CHANGE = SLOT / 2 / 60.0
"""At every change up to half a slot can be off. [min]"""


@dataclass(frozen=True, eq=False)
class SunRange:
    """Sun on points on one day, and between what the margin allows; arrays of shape (n_points,). [min]"""

    minutes: FloatArray
    lowest: FloatArray
    highest: FloatArray

    @staticmethod
    def on(study: SunStudy, scenario: Scenario, row: int) -> SunRange:
        """On one row of the days of a study."""
        lights = [study.light(scenario, roofs) for roofs in Roofs]
        minutes = [light.minutes_on(row) for light in lights]
        own = [light.changes_on(row) * PER_CHANGE for light in lights]
        lowest = np.min([sun - off for sun, off in zip(minutes, own, strict=True)], axis=0) - unseen_minutes()
        highest = np.max([sun + off for sun, off in zip(minutes, own, strict=True)], axis=0) + unseen_minutes()
        most = np.max([study.open_field[row], *minutes], axis=0)
        return SunRange(minutes[0], np.maximum(lowest, 0.0), np.minimum(highest, most))

    def or_less(self, other: SunRange) -> SunRange:
        """The less of the two, at every point and at either end."""
        return SunRange(*(np.minimum(getattr(self, name), getattr(other, name)) for name in ("minutes", "lowest", "highest")))


@dataclass(frozen=True, eq=False)
class SunChange:
    """What plans change on one day; arrays of shape (n_points,). [min]

    Parameters
    ----------
    minutes
        With plans less today: below 0 where sun is lost.
    lowest, highest
        Between what the margin allows: the roofs are equally high before and after.
    """

    minutes: FloatArray
    lowest: FloatArray
    highest: FloatArray

    @staticmethod
    def on(study: SunStudy, scenario: Scenario, row: int, *, before: int | None = None) -> SunChange:
        """On one row of the days of a study.

        Where no roof lets a plan change anything there is no change and no margin. Volumes only take sun, demolitions only give it.

        Parameters
        ----------
        before
            Only what falls before this instant; None: all of the day. [s since 1970, UTC]
        """
        found, own = [], []
        for roofs in Roofs:
            now, then = study.today(roofs), study.light(scenario, roofs)
            found.append(then.minutes_on(row, before=before) - now.minutes_on(row, before=before))
            own.append((now.changes_on(row) + then.changes_on(row)) * PER_CHANGE)
        touched = np.any(found, axis=0)
        off = np.where(touched, np.max(own, axis=0) + unseen_minutes(), 0.0)
        lowest, highest = np.min(found, axis=0) - off, np.max(found, axis=0) + off
        most = study.open_field[row]
        can_take, can_give = bool(scenario.volumes), bool(scenario.demolished)
        return SunChange(
            found[0], np.maximum(lowest, -most if can_take else 0.0), np.minimum(highest, most if can_give else 0.0)
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class WorstDay:
    """The day with the least sun of each point, and the least that the margin allows on any day; arrays of shape (n_points,).

    Parameters
    ----------
    days
        That were looked at.
    day
        Row of ``days``, the first of equals, with roofs as they are drawn.
    minutes
        On that day. [min]
    lowest, highest
        Least sun of all days at one end and at the other end of the margin. [min]
    """

    days: tuple[date, ...]
    day: IndexArray
    minutes: FloatArray
    lowest: FloatArray
    highest: FloatArray

    @staticmethod
    def of(study: SunStudy, scenario: Scenario, days: Sequence[date]) -> WorstDay:
        """Over some of the days of a study."""
        return WorstDay.of_several(study, scenario, [days])[0]

    @staticmethod
    def of_several(study: SunStudy, scenario: Scenario, periods: Sequence[Sequence[date]]) -> list[WorstDay]:
        """Over several periods, each day looked at once."""
        n = len(study.points)
        least = [SunRange(np.full(n, np.inf), np.full(n, np.inf), np.full(n, np.inf)) for _ in periods]
        worst = [np.zeros(n, dtype=np.int64) for _ in periods]
        for day in sorted({day for days in periods for day in days}):
            (row,) = study.rows_of([day])
            one = SunRange.on(study, scenario, row)
            for number, days in enumerate(periods):
                if day in days:
                    worst[number][one.minutes < least[number].minutes] = days.index(day)
                    least[number] = least[number].or_less(one)
        return [
            WorstDay(tuple(days), found, sun.minutes, sun.lowest, sun.highest)
            for days, found, sun in zip(periods, worst, least, strict=True)
        ]


def mean_margin(found: SunRange | SunChange, rows: BoolArray, reason: str) -> Margin:
    """Of the average over some points, of which there is at least one; ``reason`` is a key of words."""
    mean = float(found.minutes[rows].mean())
    return Margin(max(mean - float(found.lowest[rows].mean()), 0.0), max(float(found.highest[rows].mean()) - mean, 0.0), reason)
