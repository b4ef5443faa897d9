"""The moments that shadow studies usually show, from ``data/norms/shadow_moments.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from wijktwin.norm_tables import norm_table

FILE_NAME: Final = "shadow_moments.toml"


@dataclass(frozen=True, slots=True)
class ShadowDay:
    """A day of the year and the hours at which shadow is usually shown.

    Parameters
    ----------
    hours
        Of the local clock. [h]
    """

    month: int
    day: int
    hours: tuple[int, ...]

    def in_year(self, year: int) -> date:
        """The day in a year."""
        return date(year, self.month, self.day)


@cache
def shadow_days() -> tuple[ShadowDay, ...]:
    """The usual days, in the order of the year."""
    return tuple(ShadowDay(entry["month"], entry["day"], tuple(entry["hours"])) for entry in norm_table(FILE_NAME)["days"])
