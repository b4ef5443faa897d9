"""A number with its unit as people say it: "1 meter", "25 minuten", "1 uur en 40 minuten"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.words.texts import counted_text, has_text, text

if TYPE_CHECKING:
    from wijktwin.errors import Language

HOUR: Final = 60


def amount_text(number: str, unit: Unit, language: Language) -> str:
    """A number that was rounded and written already, with the words of its unit; minutes as hours from an hour on."""
    if unit is Unit.MINUTES:
        return minutes_text(int(re.sub(r"\D", "", number)), language)
    key = f"unit_in_sentence.{unit}"
    return text(f"{key}_one" if number == "1" and has_text(f"{key}_one") else key, language, value=number)


def minutes_text(minutes: int, language: Language) -> str:
    """A length of time: "45 minuten", "1 uur", "2 uur en 10 minuten"."""
    hours, rest = divmod(minutes, HOUR)
    said = [counted_text("time.hours", hours, language)] if hours else []
    if rest or not hours:
        said.append(counted_text("time.minutes", rest, language))
    return said[0] if len(said) == 1 else text("time.hours_and_minutes", language, hours=said[0], minutes=said[1])
