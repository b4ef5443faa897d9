"""A time of the clock as links and files write it: ``2026-03-21T12:00``, without a time zone, which the neighbourhood has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

FORMAT: Final = "%Y-%m-%dT%H:%M"


def read_clock_time(told: str) -> datetime | None:
    """The time that is written; None where it is none."""
    try:
        return datetime.strptime(told, FORMAT)  # noqa: DTZ007 - a clock time: the place knows its zone
    except ValueError:
        return None


def written(moment: datetime) -> str:
    """As links and files write it."""
    return moment.strftime(FORMAT)


def today() -> date:
    """The day where this computer stands."""
    return datetime.now(tz=UTC).astimezone().date()
