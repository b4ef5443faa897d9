"""A figure of a card in a few words, for a table on paper: what it becomes, how much more or less that is, and a wide range.

A cell says all that the sentence of its figure says beside its row and its column: then the sentence need not stand below the table. It has
signs that the paper explains ("≈ 7 uur 5 min"): a column is narrow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.words.amounts import HOUR, amount_text
from wijktwin.words.cases import Case, sentence_key
from wijktwin.words.numbers import format_ends
from wijktwin.words.sentences import NOT_THE_WHOLE
from wijktwin.words.texts import placeholders, sentence_case, templates, text
from wijktwin.words.told import is_wide, turned

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.words.cases import FigureTold
    from wijktwin.words.told import Told

CLEAR: Final = frozenset({Case.MORE, Case.LESS})


def value_text(numbers: FigureTold, language: Language) -> str:
    """What a figure is then, or stays; "" where there is no number. Of what people see only a part of, how much it changes."""
    if numbers.one.after is None:
        return text("word.unknown", language)
    if numbers.one.impact in NOT_THE_WHOLE:
        return sentence_case(_change(numbers, language))
    told = numbers.leading if numbers.case is Case.SAME else numbers.after
    return "" if told is None else sentence_case(told.words(language))


def cell_text(numbers: FigureTold, language: Language) -> str:
    """All that a figure says, in a few words; "" where those would leave out a part of it."""
    one, case = numbers.one, numbers.case
    shown = numbers.leading if case is Case.SAME else numbers.after
    if one.after is None or shown is None:
        return ""
    if case is Case.UNCLEAR:
        return text("home_card.cell_unclear", language)
    value = "" if one.impact in NOT_THE_WHOLE else _brief(shown, language)
    if case in CLEAR:
        change = _brief_change(numbers, language)
        return text("home_card.cell_change", language, value=value, change=change) if value and change else change
    if case not in {Case.SAME, Case.ONLY_AFTER} or numbers.leading is None:
        return ""
    span = _range(numbers.leading, language)
    return "" if span is None else text("home_card.cell_range", language, value=value, range=span) if span else value


def _change(numbers: FigureTold, language: Language) -> str:
    """How much more or less it becomes, in words."""
    told = numbers.difference
    return (
        "" if numbers.case not in CLEAR or told is None else text(f"home_card.cell_{numbers.case}", language, change=told.words(language))
    )


def _brief_change(numbers: FigureTold, language: Language) -> str:
    """How much more or less it becomes; only that it does where the sentence tells both ends; "" where a part would be left out."""
    case, told = numbers.case, numbers.difference
    if told is None:
        return ""
    if "change" not in placeholders(templates(language)[sentence_key(numbers.one, case)]):
        return "" if numbers.after is None or is_wide(numbers.after) else text(f"home_card.cell_only_{case}", language)
    span = _range(told, language)
    if span is None:
        return ""
    amount = _with_unit(span, told.unit, language) if span else _brief(told, language)
    return text(f"home_card.cell_{case}", language, change=amount)


def _brief(told: Told, language: Language) -> str:
    """A number with its unit, short; with a sign for about."""
    if told.is_end:
        return sentence_case(told.words(language))
    if told.value and told.is_shown_as_nothing:
        return text("home_card.cell_hardly", language)
    amount = _brief_amount(told.number(language), told.unit, language)
    return amount if told.is_sure else text("home_card.cell_about", language, value=amount)


def _brief_amount(number: str, unit: Unit, language: Language) -> str:
    if unit is not Unit.MINUTES:
        return amount_text(number, unit, language)
    hours, minutes = divmod(int(re.sub(r"\D", "", number)), HOUR)
    said = [text("home_card.cell_hours", language, n=hours)] if hours else []
    return " ".join([*said, *([text("home_card.cell_minutes", language, n=minutes)] if minutes or not hours else [])])


def _with_unit(span: str, unit: Unit, language: Language) -> str:
    """A range with its unit behind it: "25 tot 45 min"; of hours each end has its own."""
    if unit is not Unit.MINUTES:
        return amount_text(span, unit, language)
    return span if re.search(r"[^\W\d]$", span) else text("home_card.cell_minutes", language, n=span)


def _range(told: Told, language: Language) -> str | None:
    """The range of a number that has to be read with it; "" where it is not wide, None where an end is not known."""
    if not is_wide(told):
        return "" if told.margin.is_exact or None not in {told.margin.below, told.margin.above} or told.is_end else None
    low, high = format_ends(abs(told.value), told.unit, language, margin=turned(told), rounding=told.rounding)
    if low is None or high is None:
        return None
    if told.unit is Unit.MINUTES and int(re.sub(r"\D", "", high)) >= HOUR:
        low, high = (_brief_amount(end, told.unit, language) for end in (low, high))
    return text("word.range", language, low=low, high=high)
