"""One number of a figure as it is told: before, after or the difference, rounded to what its margin justifies."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.impacts.kept import kept
from wijktwin.model.provenance import Kind
from wijktwin.words.amounts import HOUR, amount_text
from wijktwin.words.numbers import coarser, decimals_of, format_ends, format_number, is_as_said, rounded, shown_step, step_of_value
from wijktwin.words.texts import has_text, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment

TENTH: Final = Decimal("0.1")
_AS_ONE: Final = (Decimal(1), 0)
"""A size of one, and no decimals."""
AS_TENTHS: Final = Margin(0.2, 0.2, "exact")
"""The margin that leaves tenths."""
TENTHS: Final = frozenset({"height.times_median"})
"""Ratios of which a sentence tells no more than tenths: "7,1 keer zo hoog"; the table has all digits that its margin justifies."""
AS_WHOLES: Final = Margin(2.0, 2.0, "exact")
"""The margin that leaves whole numbers."""
WHOLES: Final = frozenset({
    "distance.new_building_at_home", "green.place_at_home", "view.sky_at_home", "view.plan_at_home", "view.windows_at_room",
    "view.windows_at_garden",
})  # fmt: skip
"""Figures of one home of which a sentence tells whole metres and whole percentages: its people know no better where they stand in it."""
AS_FIVES: Final = Margin(10.0, 10.0, "exact")
"""The margin that leaves steps of five minutes."""
FIVES: Final = frozenset({"sunlight.at_home", "sunlight.norm_at_home"})
"""Minutes of one home that are told as people tell them, in steps of five."""


WIDE: Final = 0.5
"""A range is wide that is so many times the number itself."""


@dataclass(frozen=True)
class Told:
    """One number of a figure as it is told: before, after or the difference, with its own margin and kind.

    ``rounding`` is the margin that decides the digits, where that is the margin of another number beside it.
    """

    value: float
    unit: Unit
    margin: Margin
    kind: Kind
    rounding: Margin | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the number is what it says."""
        return self.margin.is_exact and self.kind is not Kind.ASSUMED

    @property
    def is_end(self) -> bool:
        """Whether the number is the least or the most that it can be, and nobody knows how much more or less."""
        return {self.margin.below, self.margin.above} == {0, None}

    def number(self, language: Language) -> str:
        """The number alone, rounded to what the margin justifies; an end outwards."""
        return kept(self, ("number", language), lambda: self._number(language))

    def words(self, language: Language) -> str:
        """The number with its unit; "at least" or "at most" where it is an end, "about" where it is not sure."""
        return kept(self, ("words", language), lambda: self._words(language))

    @property
    def is_shown_as_nothing(self) -> bool:
        """Whether the number is shown as none, in every language."""
        return not self._shown[0]

    @property
    def is_shown_as_one(self) -> bool:
        """Whether the number is shown as "1", in every language."""
        return self._shown == _AS_ONE

    @property
    def _shown(self) -> tuple[Decimal, int]:
        """The size of the number as it is shown, and its decimals: what `number` writes in a language."""
        return kept(self, "shown", self._rounded)

    def _rounded(self) -> tuple[Decimal, int]:
        margin, size = self.margin if self.rounding is None else self.rounding, abs(self.value)
        if self.is_end and not is_as_said(size, self.unit, margin):
            step = shown_step(self.unit, margin, size)
            return rounded(size, step, ROUND_FLOOR if turned(self).below == 0 else ROUND_CEILING), decimals_of(step)
        step = step_of_value(size, self.unit, margin)
        return rounded(size, step), decimals_of(step)

    def _number(self, language: Language) -> str:
        size, decimals = self._shown
        return format_number(size, language, decimals=decimals)

    def _words(self, language: Language) -> str:
        counted = amount_text(self.number(language), self.unit, language)
        margin = turned(self)
        if (margin.below, margin.above) == (0, None):
            return text("word.at_least", language, value=counted)
        if (margin.below, margin.above) == (None, 0):
            return text("word.at_most", language, value=counted)
        return counted if self.is_sure else text("word.about", language, value=counted)


def told_difference(assessment: Assessment) -> Told | None:
    """The difference between now and then; None where either is not known."""
    if assessment.difference is None:
        return None
    margin = assessment.margin_of_change
    rounding = at_home(assessment.impact, assessment.difference, assessment.unit, margin)
    return Told(assessment.difference, assessment.unit, margin, assessment.kind_of_change, rounding)


def told_after(assessment: Assessment) -> Told | None:
    """The value then; None where it is not known."""
    if assessment.after is None:
        return None
    is_finer = assessment.impact in TENTHS and shown_step(assessment.unit, assessment.margin, assessment.after) < TENTH
    rounding = AS_TENTHS if is_finer else at_home(assessment.impact, assessment.after, assessment.unit, assessment.margin)
    return Told(assessment.after, assessment.unit, assessment.margin, assessment.kind, rounding)


def told_before(assessment: Assessment) -> Told | None:
    """The value now; None where it is not known."""
    if assessment.before is None:
        return None
    rounding = at_home(assessment.impact, assessment.before, assessment.unit, assessment.margin_now)
    return Told(assessment.before, assessment.unit, assessment.margin_now, assessment.kind_now, rounding)


def at_home(impact: str, value: float, unit: Unit, margin: Margin) -> Margin | None:
    """The margin that decides the digits of a figure of one home, where its own would leave more than people tell; else None.

    What would be rounded to nothing, and what is exact, keeps its own.
    """
    rounding = AS_FIVES if impact in FIVES else AS_WHOLES if impact in WHOLES else None
    if rounding is None or margin.is_exact:
        return None
    step = shown_step(unit, rounding, value)
    return rounding if shown_step(unit, margin, value) < step <= abs(value) else None


def alike(before: Told | None, after: Told | None) -> tuple[Told | None, Told | None]:
    """Before and after, rounded alike; each by itself where that would tell a value outside its own range."""
    if before is None or after is None:
        return before, after
    if before.value == after.value and before.margin == after.margin and before.rounding == after.rounding:
        return before, after
    if before.rounding is not None and before.rounding == after.rounding:
        if before.value == after.value or before.number("nl") != after.number("nl"):
            return before, after
        before, after = replace(before, rounding=None), replace(after, rounding=None)  # people tell them alike: finer, as far as may be
    rounding = coarser(before.margin, after.margin, before.unit, values=(before.value, after.value))
    both = _coarsened(before, rounding), _coarsened(after, rounding)
    return both if all(_is_within_its_range(each) for each in both) else (before, after)


def _coarsened(told: Told, rounding: Margin) -> Told:
    """The number rounded by another margin, never finer than by its own."""
    is_finer = shown_step(told.unit, rounding, told.value) < shown_step(told.unit, told.margin, told.value)
    return told if is_finer else replace(told, rounding=rounding)


def _is_within_its_range(told: Told) -> bool:
    """Whether a number as it is told lies between its ends as they are told, and something is not told as nothing."""
    if told.rounding is None:
        return True
    shown = rounded(told.value, shown_step(told.unit, told.rounding, told.value))
    if not shown:
        return not told.value
    if told.margin.is_exact:
        return True
    own = shown_step(told.unit, told.margin, told.value)
    below, above = told.margin.below, told.margin.above
    low = None if below is None else rounded(told.value - below, own, ROUND_FLOOR)
    high = None if above is None else rounded(told.value + above, own, ROUND_CEILING)
    return (low is None or shown >= low) and (high is None or shown <= high)


def is_wide(told: Told) -> bool:
    """Whether the range in which a number lies is so wide that who reads the number has to read the range too."""
    below, above = told.margin.below, told.margin.above
    return below is not None and above is not None and not told.margin.is_exact and below + above >= WIDE * abs(told.value)


def shows_change(before: Told, after: Told) -> bool:
    """Whether two numbers, as they are rounded side by side, differ by what their difference is rounded to."""
    margin = before.margin if before.rounding is None else before.rounding
    step = max(shown_step(each.unit, margin, each.value) for each in (before, after))
    return rounded(after.value, step) - rounded(before.value, step) == rounded(after.value - before.value, step)


def turned(told: Told) -> Margin:
    """The margin of the size of a number: what lies below a loss lies above its size."""
    if told.value >= 0:
        return told.margin
    return Margin(told.margin.above, told.margin.below, told.margin.reason)


def counted_words(key: str, told: Told, language: Language, values: dict[str, str]) -> str:
    """A template, or its form for one where the number is shown as one."""
    is_one = told.is_shown_as_one and has_text(f"{key}_one")
    return text(f"{key}_one" if is_one else key, language, **values)


def is_something(number: str) -> bool:
    """Whether a number is shown as more than none."""
    return any(digit in "123456789" for digit in number)


def margin_words(told: Told, language: Language) -> list[str]:
    """How far the size of a number may be off; its ends are rounded outwards."""
    if told.margin.is_exact:
        return []
    size, margin = abs(told.value), turned(told)
    low, high = format_ends(size, told.unit, language, margin=margin, rounding=told.rounding)
    with_unit = {name: "" if end is None else amount_text(end, told.unit, language) for name, end in (("low", low), ("high", high))}
    if low is not None and high is not None:
        if told.unit is Unit.MINUTES and int(re.sub(r"\D", "", high)) >= HOUR:
            return [text("tail.range_of_hours" if is_something(low) else "tail.up_to", language, **with_unit)]
        return [text("tail.range", language, low=low, high=with_unit["high"])]
    if low is not None:
        return [text("tail.low_or_more", language, **with_unit) if margin.below else text("tail.more", language)]
    if high is not None:
        return [text("tail.high_or_less", language, **with_unit) if margin.above else text("tail.less", language)]
    return [text("tail.margin_unknown", language)]
