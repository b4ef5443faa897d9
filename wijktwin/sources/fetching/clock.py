"""Time as fetching sees it, so that a test can hold the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The present moment, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back. [s]"""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. [s]"""
        ...


class SystemClock:
    """The clock of this computer."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment. [s]"""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. [s]"""
        time.sleep(seconds)
