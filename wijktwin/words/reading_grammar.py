"""The words by which a number, a direction, a time and a source are known in a sentence, in Dutch and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from babel.dates import get_month_names

from wijktwin.impacts.assessment import Unit
from wijktwin.words.numbers import LOCALES
from wijktwin.words.readability import BRACKETED, QUOTED

if TYPE_CHECKING:
    from wijktwin.errors import Language


class Way(StrEnum):
    """What a sentence says of a change."""

    MORE = "more"
    LESS = "less"
    SAME = "same"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a number in a sentence is about."""

    BEFORE = "before"
    AFTER = "after"
    CHANGE = "change"
    LOW = "low"
    HIGH = "high"
    LEVEL = "level"
    """How much there is, without a time or a change beside it."""


class Sureness(StrEnum):
    """What stands before a number."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at least"
    AT_MOST = "at most"


class Known(StrEnum):
    """How a sentence says that a figure is known."""

    MEASURED = "measured"
    CALCULATED = "calculated"
    FROM_PLAN = "from plan"
    STATED = "stated"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Grammar:
    """Patterns of one language; ``{A}`` and ``{B}`` stand for a number with its unit.

    Parameters
    ----------
    ways
        Words of each direction; doubts and "stays" go before directions.
    now, then
        Words that place a number in time.
    pair, of_the, between, span, low, high
        Turns of phrase that give numbers their role.
    joins
        What stands between numbers that share a unit: "24 en 60 meter".
    dropped
        Numbers that are no figures: dates, clock times, names such as 3-30-300.
    """

    number: str
    units: tuple[tuple[str, Unit], ...]
    ways: Mapping[Way, str]
    now: str
    then: str
    pair: str
    of_the: str
    between: str
    span: str
    low: str
    high: str
    about: str
    at_least: str
    at_most: str
    joins: str
    known: Mapping[Known, str]
    hours: str
    dropped: str


def _any(*patterns: str) -> str:
    return "|".join(patterns)


def _dates(language: Language) -> str:
    """Days with the name of their month, with or without a year."""
    return rf"\d{{1,2}} (?:{_any(*get_month_names('wide', locale=LOCALES[language]).values())})(?: \d{{4}})?"


def _dropped(language: Language, clock: str) -> str:
    """Dates, times of the clock, and names such as 3-30-300."""
    return _any(_dates(language), clock, r"\d+(?:-\d+)+")


def _number(*, thousands: str, decimals: str) -> str:
    """A number, with or without a sign; the signs between its digits as patterns."""
    return rf"[+−-]?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{decimals}\d+)?"


def _units(*words: str) -> tuple[tuple[str, Unit], ...]:
    """The words of each unit, as whole words; the longer ones first, for a square metre is no metre."""
    units = (Unit.SQUARE_METRES, Unit.CUBIC_METRES, Unit.METRES, Unit.PER_CENT, Unit.MINUTES)
    return tuple((rf"{word}\b", unit) for word, unit in zip(words, units, strict=True))


def _joins(*words: str) -> str:
    return rf"\s*(?:{_any(',', *(f' {word} ' for word in words))})\s*"


NAMES: Final = re.compile(f"{QUOTED}|{BRACKETED}")
"""What is somebody's name, title or date: no figure."""
CLAUSE: Final = re.compile(r"(?<=[,:;.!?])\s+|\s+and (?=(?:there )?will\b)")
"""Where a clause ends."""

GRAMMAR: Final[Mapping[Language, Grammar]] = {
    "nl": Grammar(
        number=_number(thousands=r"\.", decimals=","),
        units=_units("vierkante meter", "kubieke meter", "meter", "procent", "minu(?:ten|ut)"),
        ways={
            Way.UNCLEAR: r"geen duidelijk verschil|\bmisschien\b|niet (?:zeker|duidelijk)",
            Way.UNKNOWN: r"weten wij niet|niet te zeggen|niet bekend",
            Way.SAME: r"\bblij(?:ft|ven)\b(?! staan)|\bgelijk\b|\bgeen verschil\b|\bgeen enkele?\b",
            Way.MORE: _any(
                r"\bkom(?:t|en)\b.*?\bbij\b(?! (?:u|uw|de|het|een|elkaar)\b)",
                r"\b(?:erbij|omhoog|vaker|stijgt|stijgen|nieuwe?)\b",
                r"\bneemt\b.*?\btoe\b",
                r"(?<!geen )\bmeer\b(?! dan\b)",
                r"\b(?:groter|hoger|langer|verder|warmer|drukker)\b(?! dan\b)",
            ),
            Way.LESS: _any(
                r"\b(?:verdwijnt|verdwijnen|omlaag|gekapt|daalt|dalen|kwijt|verliest|verliezen)\b",
                r"\bneemt\b.*?\baf\b",
                r"\bminder\b(?! dan\b)",
                r"\b(?:kleiner|lager|korter|dichterbij|koeler|rustiger)\b(?! dan\b)",
            ),
        },
        now=r"\bnu\b",
        then=r"\bstraks\b|\bwordt\b|\bworden\b|(?<!er )\bdan\b",
        pair=r"\bvan {A} naar {B}",
        of_the=r"{A} van de {B}",
        between=r"\btussen {A} en {B}",
        span=r"(?<!van ){A} tot {B}(?= (?:keer )?(?:meer|minder|vaker|langer|korter|verder|dichterbij)\b)",
        low=r"^(?:Het|Dat) is ten minste {A}(?=\.$| en hooguit)",
        high=r"(?:^(?:Het|Dat) is|\ben) hooguit {A}(?=\.$)",
        about=r"ongeveer",
        at_least=r"ten minste",
        at_most=r"hooguit|ten hoogste",
        joins=_joins("en", "tot", "tot en met"),
        known={
            Known.MEASURED: r"\bDat is (?:geteld|gemeten)\b",
            Known.FROM_PLAN: r"hebben wij berekend uit",
            Known.CALCULATED: r"\bDat hebben wij berekend\b(?! uit)",
            Known.ASSUMED: r"\bDat is een schatting\b",
            Known.STATED: r"\bDat (?:zegt|zeggen)\b|\bDat is opgegeven\b",
        },
        hours=r"(\d+) uur(?: en (\d+) minu(?:ten|ut))?",
        dropped=_dropped("nl", r"\d{1,2}[.:]\d{2}(?: (?:tot|en) \d{1,2}[.:]\d{2})? uur"),
    ),
    "en": Grammar(
        number=_number(thousands=",", decimals=r"\."),
        units=_units("square met(?:res|re)", "cubic met(?:res|re)", "met(?:res|re)", "per cent", "minutes?"),
        ways={
            Way.UNCLEAR: r"no clear difference|\bmay\b|not (?:certain|clear|sure)|\bperhaps\b",
            Way.UNKNOWN: r"do not know|not known|cannot be (?:said|told)|cannot say",
            Way.SAME: _any(
                r"\bstays?\b(?! standing)",
                r"\b(?:still|will not change|the same|no difference|remains?|now or later|none will be|no homes?|for none)\b",
            ),
            Way.MORE: _any(
                r"\b(?:added|rises?|goes up|go up|more often|new|gains?)\b",
                r"\b(?:more|larger|higher|longer|farther|warmer|busier)\b(?! than\b)",
            ),
            Way.LESS: _any(
                r"\b(?:disappears?|falls? from|goes down|go down|felled|fewer|loses?)\b",
                r"\b(?:less|smaller|lower|shorter|nearer|cooler|quieter)\b(?! than\b)",
            ),
        },
        now=r"\bnow\b",
        then=r"\bthen\b|\bwill\b",
        pair=r"\bfrom {A} to {B}",
        of_the=r"{A} of the {B}",
        between=r"\bbetween {A} and {B}",
        span=r"(?<!from ){A} to {B}(?= (?:times )?(?:more|less|fewer|longer|shorter|farther|nearer)\b)",
        low=r"^It is at least {A}(?=\.$| and at most)",
        high=r"(?:^It is|\band) at most {A}(?=\.$)",
        about=r"about",
        at_least=r"at least",
        at_most=r"at most|up to",
        joins=_joins("and", "to"),
        known={
            Known.MEASURED: r"\bThis was (?:counted|measured)\b",
            Known.FROM_PLAN: r"\bWe calculated this from\b",
            Known.CALCULATED: r"\bWe calculated this\b(?! from)",
            Known.ASSUMED: r"\bThis is an estimate\b",
            Known.STATED: r"\bThis is what\b|\bThis was stated\b",
        },
        hours=r"(\d+) hours?(?: and (\d+) minutes?)?",
        dropped=_dropped("en", r"\d{1,2}:\d{2}"),
    ),
}
