"""From when until when there is sun, in words: "9:40-11:10 and 13:00-16:30, was until 17:10"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wijktwin.words.texts import enumeration, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.sunlight.homes import DayStrip, Stretches

STEP: Final = timedelta(minutes=5)
"""Clock times are rounded to this: the margin is larger."""
DASH: Final = "–"

Times = tuple[tuple[str, str], ...]


def strip_text(strip: DayStrip, language: Language) -> str:
    """When there is sun with the plans, and when there was where that is otherwise.

    Only what differs is told of today: where one stretch merely begins later or ends earlier, from when or until when it was.
    """
    before = clock_times(strip.before)
    if strip.after is None:
        return text("day_strip.gone", language, before=_told(before, language))
    after = clock_times(strip.after)
    if before == after:
        return text("day_strip.same", language, times=_told(before, language)) if before else text("day_strip.never", language)
    if not after:
        return text("day_strip.lost", language, before=_told(before, language))
    told = _told(after, language)
    if not before:
        return text("day_strip.new", language, times=told)
    if len(before) == len(after) and before[:-1] == after[:-1] and before[-1][0] == after[-1][0]:
        return text("day_strip.was_until", language, times=told, until=before[-1][1])
    if len(before) == len(after) and before[1:] == after[1:] and before[0][1] == after[0][1]:
        return text("day_strip.was_from", language, times=told, begin=before[0][0])
    return text("day_strip.was", language, times=told, before=_told(before, language))


def clock_times(stretches: Stretches) -> Times:
    """Stretches as clock times, rounded; what rounding closes up is one stretch, and what it leaves nothing of is left out."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in ((_rounded(begin), _rounded(end)) for begin, end in stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif begin < end:
            found.append((begin, end))
    return tuple((_clock(begin), _clock(end)) for begin, end in found)


def _told(times: Times, language: Language) -> str:
    return enumeration((f"{begin}{DASH}{end}" for begin, end in times), language) if times else text("day_strip.no_sun", language)


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02d}"


def _rounded(moment: datetime) -> datetime:
    """To the nearest step of the clock."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
    return midnight + STEP * round(passed / STEP)
