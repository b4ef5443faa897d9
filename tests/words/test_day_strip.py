"""From when until when there is sun, as people say it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from wijktwin.errors import LANGUAGES
from wijktwin.impacts.sunlight.homes import DayStrip, Stretches
from wijktwin.words.day_strip import clock_times, strip_text

DAY = date(2026, 3, 21)
ZONE = ZoneInfo("Europe/Amsterdam")


def stretches(*times: str) -> Stretches:
    """From "9:40-11:10"; seconds may be there."""

    def moment(told: str) -> datetime:
        hour, minute, second = [*(int(part) for part in told.split(":")), 0][:3]
        return datetime(DAY.year, DAY.month, DAY.day, hour, minute, second, tzinfo=ZONE)

    return tuple((moment(each.split("-")[0]), moment(each.split("-")[1])) for each in times)


def told(before: tuple[str, ...], after: tuple[str, ...] | None, language: str = "nl") -> str:
    strip = DayStrip(DAY, 0, "S", stretches(*before), None if after is None else stretches(*after))
    return strip_text(strip, language)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "dutch", "english"),
    [
        (("9:40-11:10", "13:00-17:10"), ("9:40-11:10", "13:00-16:30"), "9:40–11:10 en 13:00–16:30, was tot 17:10", "was until 17:10"),
        (("9:40-17:10",), ("10:30-17:10",), "10:30–17:10, was vanaf 9:40", "was from 9:40"),
        (("9:40-17:10",), ("9:40-12:00", "13:00-17:10"), "9:40–12:00 en 13:00–17:10, was 9:40–17:10", "was 9:40–17:10"),
        (("9:40-17:10",), ("10:00-17:00",), "10:00–17:00, was 9:40–17:10", "was 9:40–17:10"),
        (("9:40-17:10",), ("9:40-17:10",), "9:40–17:10, net als nu", "as now"),
        (("9:40-17:10",), ("9:41-17:09:30",), "9:40–17:10, net als nu", "as now"),
        (("9:40-17:10",), (), "Geen zon, was 9:40–17:10", "No sun, was 9:40–17:10"),
        ((), ("9:40-17:10",), "9:40–17:10, was geen zon", "was no sun"),
        ((), (), "Geen zon, net als nu", "No sun, as now"),
        (("9:40-17:10",), None, "Was 9:40–17:10", "Was 9:40–17:10"),
    ],
)
def test_only_what_differs_is_told_of_today(before: tuple[str, ...], after: tuple[str, ...] | None, dutch: str, english: str) -> None:
    assert told(before, after) == dutch
    assert english in told(before, after, "en")


def test_times_are_rounded_to_five_minutes_and_what_that_closes_up_is_one_stretch() -> None:
    assert clock_times(stretches("9:02:20-9:58", "10:01-11:12:40", "12:01-12:02")) == (("9:00", "11:15"),)
    assert clock_times(stretches("9:02:40-9:57")) == (("9:05", "9:55"),)


def test_minutes_of_a_strip_keep_to_the_clock_when_it_changes() -> None:
    """On 29 March 2026 the clock goes from 2:00 to 3:00: a time after it is that of the clock."""
    begin = datetime(2026, 3, 29, 9, 40, tzinfo=ZONE)
    strip = DayStrip(date(2026, 3, 29), 0, "S", ((begin, begin.replace(hour=17)),), ((begin, begin.replace(hour=16)),))
    assert strip_text(strip, "nl") == "9:40–16:40, was tot 17:40"
    assert all(strip_text(strip, language) for language in LANGUAGES)
