"""Norms for possible sun, from ``data/norms/sun.toml``: tables, never numbers in code."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wijktwin.errors import InputError, NotFoundError
from wijktwin.impacts.norm_values import NormDates, dates_of, source_of
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.model.provenance import LocalText
from wijktwin.norm_tables import norm_table, read_norm_table
from wijktwin.places import data_folder

FILE_NAME: Final = "sun.toml"
HOUR: Final = 60.0
TEXTS: Final = ("url", "certainty", "audience")


class PointOfNorm(StrEnum):
    """Where a norm counts the sun."""

    WINDOW = "window"
    FACADE = "facade"


@dataclass(frozen=True, slots=True)
class SunlightNorm:
    """One norm; see the file for what its fields mean.

    Parameters
    ----------
    minutes
        At least so much possible sun on every day that counts. [min]
    first, last
        First and last day of the period, as (month, day); both None where ``single_days`` has the days.
    lowest_sun
        Altitude of the centre of the sun, without refraction, above which it counts. [°]
    municipality, municipality_code
        Where it is used, and the first four digits of the ids of buildings there (BAG); "" where no municipality has it as its own.
    """

    norm_id: str
    title: LocalText
    minutes: float
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    single_days: tuple[tuple[int, int], ...]
    lowest_sun: float
    point: PointOfNorm
    place: LocalText
    municipality: str
    municipality_code: str
    audience: str
    source: LocalText
    url: str
    dates: NormDates
    certainty: str
    status: LocalText

    def days_in(self, year: int) -> tuple[dt.date, ...]:
        """Every day of a year on which it counts."""
        if self.first is None or self.last is None:
            return tuple(dt.date(year, month, day) for month, day in self.single_days)
        begin, end = dt.date(year, *self.first), dt.date(year, *self.last)
        return tuple(begin + dt.timedelta(days=n) for n in range((end - begin).days + 1))

    def counts_on(self, day: dt.date) -> bool:
        """Whether a day is one of those on which it counts."""
        told = (day.month, day.day)
        return told in self.single_days if self.first is None or self.last is None else self.first <= told <= self.last

    def belongs_in(self, municipality: str) -> bool:
        """Whether it is shown in a municipality, by name or by code, without being asked for."""
        known = {self.municipality.casefold(), self.municipality_code.casefold()} - {""}
        return not known or municipality.casefold() in known

    def is_met_by(self, minutes: float) -> bool:
        """Whether so much sun on the worst day is enough; unrounded."""
        return minutes >= self.minutes


@cache
def sunlight_norms() -> Mapping[str, SunlightNorm]:
    """The norms that travel with the project, by id."""
    return read_norms(data_folder() / "norms" / FILE_NAME)


def sunlight_norm(norm_id: str) -> SunlightNorm:
    """One norm.

    Raises
    ------
    NotFoundError
        There is no such norm.
    """
    found = sunlight_norms().get(norm_id)
    if found is None:
        raise NotFoundError("impacts.no_such_norm", name=norm_id, allowed=", ".join(sunlight_norms()))
    return found


def lowest_sun_on_ground() -> float:
    """The sun counts on the ground above this altitude. [°]"""
    return float(norm_table(FILE_NAME)["ground"]["lowest_sun"])


def unseen_minutes() -> float:
    """How much may come and go between two samples without being seen: part of every margin. [min]"""
    return float(norm_table(FILE_NAME)["sampling"]["unseen"])


def ground_days(year: int) -> tuple[dt.date, ...]:
    """The four days of a year on which sun on the ground is counted."""
    return tuple(day.in_year(year) for day in shadow_days())


def home_days(year: int) -> tuple[dt.date, ...]:
    """The days of a year on which the sun at each home is told, in order."""
    own = (dt.date(year, *_month_and_day(each)) for each in norm_table(FILE_NAME)["homes"]["days"])
    return tuple(sorted({*ground_days(year), *own}))


def trees_in_leaf(day: dt.date) -> bool:
    """Whether trees that lose their leaves have them on a day."""
    first, last = (_month_and_day(each) for each in norm_table(FILE_NAME)["trees"]["in_leaf"])
    return first <= (day.month, day.day) <= last


def evergreen_genera() -> frozenset[str]:
    """First words of the scientific names of trees that keep their leaves in winter."""
    return frozenset(norm_table(FILE_NAME)["trees"]["evergreen"])


def reference_year() -> int:
    """The year of which the days are taken."""
    return int(norm_table(FILE_NAME)["year"]["value"])


@dataclass(frozen=True, slots=True)
class ChangeCounted:
    """From which change on something is counted as losing or gaining sun, and where the classes of homes begin. [min]"""

    home: float
    ground: float
    classes: tuple[float, ...]


@cache
def change_counted() -> ChangeCounted:
    """As the table says."""
    entry = norm_table(FILE_NAME)["change"]
    return ChangeCounted(float(entry["home"]), float(entry["ground"]), tuple(float(each) for each in entry["classes"]))


def read_norms(path: Path) -> Mapping[str, SunlightNorm]:
    """Norms from a TOML file.

    Raises
    ------
    InputError
        The file cannot be read, or a norm is incomplete or contradicts itself.
    """
    document = read_norm_table(path)
    return MappingProxyType({name: _norm(name, entry, path.name) for name, entry in document.get("norms", {}).items()})


def _norm(name: str, entry: Mapping[str, Any], source: str) -> SunlightNorm:
    try:
        period = [_month_and_day(each) for each in entry.get("period", [])]
        single = tuple(_month_and_day(each) for each in entry.get("days", []))
        value, lowest = float(entry["value"]), float(entry["lowest_sun"])
        minutes = value * {"h": HOUR, "min": 1.0}[entry["unit"]]
        norm = SunlightNorm(
            norm_id=name,
            title=LocalText.from_value(entry["title"]),
            minutes=minutes,
            first=period[0] if period else None,
            last=period[1] if period else None,
            single_days=single,
            lowest_sun=lowest,
            point=PointOfNorm(entry["point"]),
            place=LocalText.from_value(entry["place"]),
            municipality=str(entry["municipality"]),
            municipality_code=str(entry.get("municipality_code", "")),
            status=LocalText.from_value(entry["status"]),
            source=source_of(entry),
            dates=dates_of(entry),
            **{key: str(entry[key]) for key in TEXTS},
        )
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise InputError("impacts.norm_incomplete", name=name, source=source, reason=error) from error
    in_order = not period or (len(period) == 2 and period[0] <= period[1])
    if bool(period) == bool(single) or not in_order or not (math.isfinite(minutes) and minutes > 0) or not 0 < lowest < 90:
        raise InputError("impacts.norm_incomplete", name=name, source=source, reason="period, days, value, lowest_sun")
    return norm


def _month_and_day(text: str) -> tuple[int, int]:
    day = dt.date.fromisoformat(f"2024-{text}")
    if (day.month, day.day) == (2, 29):
        raise ValueError("29 February is not in every year")
    return day.month, day.day
