"""Numbers and dates as the Dutch and the English write them, with no more digits than the margin justifies."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

from wijktwin.impacts.assessment import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Margin

LOCALES: Final[Mapping[Language, Locale]] = MappingProxyType({"nl": Locale("nl", "NL"), "en": Locale("en", "GB"), "tr": Locale("tr", "TR")})
MINUS: Final = "−"
"""The minus sign: a hyphen before a number is passed over by screen readers."""

NO_BREAK: Final = "\u00a0"
"""A space at which no line is broken: a number and its unit stay together."""

DECIMALS: Final[Mapping[Unit, int]] = MappingProxyType(
    {
        Unit.COUNT: 0,
        Unit.METRES: 1,
        Unit.SQUARE_METRES: 0,
        Unit.CUBIC_METRES: 0,
        Unit.RATIO: 2,
        Unit.PER_CENT: 1,
        Unit.MINUTES: 0,
        Unit.DEGREES: 0,
    }
)
"""How many decimals a unit is shown with at most, however exact the figure is."""

UNIT_SIGNS: Final[Mapping[Unit, str]] = MappingProxyType(
    {
        Unit.COUNT: "",
        Unit.METRES: f"{NO_BREAK}m",
        Unit.SQUARE_METRES: f"{NO_BREAK}m²",
        Unit.CUBIC_METRES: f"{NO_BREAK}m³",
        Unit.RATIO: "",
        Unit.PER_CENT: "%",
        Unit.MINUTES: f"{NO_BREAK}min",
        Unit.DEGREES: "°",
    }
)
"""What stands behind a number in a table."""

WHOLE_AS_SAID: Final = frozenset({Unit.METRES, Unit.PER_CENT})
"""Units in which an exact whole number is shown as it was said, "30 m": a zero behind the comma would claim a measurement."""

STEPS_OF_TIME: Final = (60, 30, 10, 5)
"""What minutes are rounded to, as people do. [min]"""

SURE_DIGITS: Final = 3
"""How many digits are shown of what nobody knows the margin of."""

MOST_DECIMALS: Final = 6
"""How many decimals are shown at most of what somebody said."""

_FINEST: Final[Mapping[Unit, Decimal]] = MappingProxyType({unit: Decimal(1).scaleb(-decimals) for unit, decimals in DECIMALS.items()})
_STEPS_OF_TIME: Final = tuple((step, Decimal(step)) for step in STEPS_OF_TIME)
_ONE: Final = Decimal(1)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def shown_step(unit: Unit, margin: Margin | None = None, value: float = 0.0) -> Decimal:
    """What a figure is rounded to for showing: a power of ten, in ``unit``; of minutes what `STEPS_OF_TIME` names.

    The largest step that is at most half the margin, so that rounding never adds more than a quarter of the margin. Where
    nobody knows the margin of something that was not counted, three digits of ``value``; where there is none, the unit's own
    number of decimals.
    """
    finest = _FINEST[unit]
    if margin is None:
        return finest
    below, above = margin.below, margin.above
    if below is None and above is None and unit is not Unit.COUNT and value:
        return max(finest, _power_of_ten(math.floor(math.log10(abs(value))) - SURE_DIGITS + 1))
    widest = 0.0 if below is None or not math.isfinite(below) else below
    if above is not None and above > widest and math.isfinite(above):
        widest = above
    if widest <= 0:
        return finest
    if unit is Unit.MINUTES:
        return next((step for size, step in _STEPS_OF_TIME if size <= widest / 2), finest)
    return max(finest, _power_of_ten(math.floor(math.log10(widest / 2))))


@cache
def _power_of_ten(exponent: int) -> Decimal:
    return Decimal(1).scaleb(exponent)


def rounded(value: float, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """A value rounded to a multiple of ``step``; halves away from zero.

    What floating point leaves behind twelve digits does not count: 0.5 - 0.4 is a tenth.
    """
    return _rounded(value, step, rounding)


@lru_cache(maxsize=4096)
def _rounded(value: float, step: Decimal, rounding: str) -> Decimal:
    exact = Decimal(f"{value:.12g}")
    return (exact / step).quantize(_ONE, rounding=rounding) * step


def format_number(value: float | Decimal, language: Language, *, decimals: int = 0, signed: bool = False) -> str:
    """A number as it is written: 1.234,5 in Dutch, 1,234.5 in English; ``signed`` puts a plus before more.

    Halves go away from zero, and what is rounded to zero has no sign.
    """
    exact = rounded(float(value), Decimal(1).scaleb(-decimals)) if isinstance(value, float) else Decimal(value)
    text = _written(abs(exact), decimals, language)
    sign = MINUS if exact < 0 else "+" if signed and exact > 0 else ""
    return sign + text


@lru_cache(maxsize=4096)
def _written(size: Decimal, decimals: int, language: Language) -> str:
    return format_decimal(size, format=f"#,##0.{'0' * decimals}" if decimals else "#,##0", locale=LOCALES[language])


def format_as_said(value: float, language: Language) -> str:
    """A number as somebody said it: all its decimals, `MOST_DECIMALS` at most, and no more."""
    decimals = next(n for n in range(MOST_DECIMALS + 1) if n == MOST_DECIMALS or round(value, n) == value)
    return format_number(value, language, decimals=decimals)


def format_value(
    value: float, unit: Unit, language: Language, *, margin: Margin | None = None, signed: bool = False, sign_of_unit: bool = True
) -> str:
    """A figure for showing, rounded to what its margin justifies, with the sign of its unit."""
    return format_at(value, unit, language, step=step_of_value(value, unit, margin), signed=signed, sign_of_unit=sign_of_unit)


def step_of_value(value: float, unit: Unit, margin: Margin | None) -> Decimal:
    """What a figure is rounded to for showing (`shown_step`); an exact whole number may be shown as it was said."""
    return _ONE if is_as_said(value, unit, margin) else shown_step(unit, margin, value)


def coarser(one: Margin, other: Margin, unit: Unit, *, values: tuple[float, float]) -> Margin:
    """Of the margins of two values that are shown side by side, the one that leaves fewer digits."""
    first, second = (shown_step(unit, margin, value) for margin, value in zip((one, other), values, strict=True))
    return one if first > second else other


def is_as_said(value: float, unit: Unit, margin: Margin | None) -> bool:
    """Whether a figure is an exact whole number of a unit in which those are shown as they were said."""
    return unit in WHOLE_AS_SAID and float(value).is_integer() and (margin is None or margin.is_exact)


def format_at(value: float, unit: Unit, language: Language, *, step: Decimal, signed: bool = False, sign_of_unit: bool = True) -> str:
    """A figure for showing, rounded to a given step."""
    return _shown(rounded(value, step), unit, language, step=step, signed=signed, named=sign_of_unit)


def format_ends(
    value: float, unit: Unit, language: Language, *, margin: Margin, rounding: Margin | None = None, sign_of_unit: bool = False
) -> tuple[str | None, str | None]:
    """Lowest and highest value that the margin of a quantity (never below zero) allows; ``rounding`` decides the digits where given.

    Rounded outwards, so that what is shown holds the true range; None on a side where nobody knows the margin.
    """
    step = shown_step(unit, margin if rounding is None else rounding, value)
    low = None if margin.below is None else rounded(max(0.0, value - margin.below), step, ROUND_FLOOR)
    high = None if margin.above is None else rounded(value + margin.above, step, ROUND_CEILING)
    shown = [None if end is None else _shown(end, unit, language, step=step, signed=False, named=sign_of_unit) for end in (low, high)]
    return shown[0], shown[1]


def format_margin_side(side: float, unit: Unit, language: Language, *, margin: Margin, most: float | None = None) -> str:
    """One side of a margin, rounded up: never shown smaller than it is.

    Parameters
    ----------
    most
        Of the side below a quantity that is never below zero, its value: who takes what is shown here from what is shown of it finds
        zero at the least, and nothing smaller than the true end.
    """
    step = shown_step(unit, margin)
    shown = rounded(side, step, ROUND_CEILING)
    if most is not None and most >= 0:
        shown = min(shown, rounded(most, step))
    return _shown(shown, unit, language, step=step, signed=False, named=True)


def _shown(value: Decimal, unit: Unit, language: Language, *, step: Decimal, signed: bool, named: bool) -> str:
    return format_number(value, language, decimals=decimals_of(step), signed=signed) + (UNIT_SIGNS[unit] if named else "")


@lru_cache(maxsize=64)
def decimals_of(step: Decimal) -> int:
    """How many decimals a step has; steps that are equal have as many."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=1024)
def format_date(date: dt.date | str | None, language: Language) -> str:
    """A date, a month or a year in words: "21 mei 2026", "mei 2026", "2026"; anything else as it is; "" for nothing."""
    if date is None:
        return ""
    locale = LOCALES[language]
    if isinstance(date, dt.date):
        return babel_date(date, "d MMMM y", locale=locale)
    if match := _DAY.fullmatch(date.strip()[:10]):
        return _in_calendar(match, date, "d MMMM y", language)
    if match := _MONTH.fullmatch(date.strip()):
        return _in_calendar(match, date, "LLLL y", language)
    return date.strip()


@lru_cache(maxsize=1024)
def format_day(date: str, language: Language) -> str:
    """A day of the year in words, "21 maart", from an ISO date; anything else as it is."""
    match = _DAY.fullmatch(date)
    return _in_calendar(match, date, "d MMMM", language) if match else date


def format_clock(time: str, language: Language) -> str:
    """A time of the clock ("16:00") as it is written: "16.00" in Dutch."""
    return time.replace(":", ".") if language == "nl" else time


def _in_calendar(match: re.Match[str], text: str, pattern: str, language: Language) -> str:
    year, month, *day = (int(part) for part in match.groups())
    try:
        return babel_date(dt.date(year, month, *(day or [1])), pattern, locale=LOCALES[language])
    except ValueError:
        return text.strip()
