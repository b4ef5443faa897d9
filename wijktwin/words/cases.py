"""What there is to say of a figure, and the numbers that are told of it, each worked out once."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar, overload

from wijktwin.words.numbers import rounded, shown_step
from wijktwin.words.texts import has_text, placeholders, templates
from wijktwin.words.told import alike, told_after, told_before, told_difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.words.told import Told

GOES_AND_COMES: Final = "trees.total"
"""The figure whose sentence tells what goes and what comes rather than the difference."""

SENTENCE_OF: Final = {"dwellings.by_type": "dwellings.total"}
"""Figures that are told in the sentence of another one."""

GENERAL: Final = "sentence_general"
"""Plain words that fit every figure, for one that has no sentence of its own: no page goes down over a missing sentence."""


Thing = TypeVar("Thing")
Worth = TypeVar("Worth")


class _Once(Generic[Worth]):
    """A property that is worked out when it is first asked for, and stays: without the lock that costs more than what is kept here."""

    def __init__(self, make: Callable[[FigureTold], Worth]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: type[FigureTold]) -> _Once[Worth]: ...
    @overload
    def __get__(self, owner: FigureTold, kind: type[FigureTold]) -> Worth: ...
    def __get__(self, owner: FigureTold | None, kind: type[FigureTold]) -> _Once[Worth] | Worth:
        if owner is None:
            return self
        found = vars(owner)[self._make.__name__] = self._make(owner)
        return found


class Case(StrEnum):
    """What a sentence has to say."""

    MORE = "more"
    LESS = "less"
    SAME = "same"
    UNCLEAR = "unclear"
    EXCHANGED = "exchanged"
    """Some go and others come: both are told, for the difference alone would hide what goes."""
    ONLY_AFTER = "only_after"
    UNKNOWN = "unknown"


class FigureTold:
    """One figure and the numbers that sentences tell of it; each is worked out when it is first asked for, and once."""

    def __init__(self, one: Assessment) -> None:
        self.one = one

    @_Once
    def before(self) -> Told | None:
        """The value now; None where it is not known."""
        return told_before(self.one)

    @_Once
    def after(self) -> Told | None:
        """The value then; None where it is not known."""
        return told_after(self.one)

    @_Once
    def difference(self) -> Told | None:
        """The difference between now and then; None where either is not known."""
        return told_difference(self.one)

    @_Once
    def side_by_side(self) -> tuple[Told | None, Told | None]:
        """Now and then, rounded alike."""
        return alike(self.before, self.after)

    @_Once
    def turnover(self) -> dict[str, Told]:
        """How many go and how many come of what is counted by `GOES_AND_COMES`; nothing where neither happens."""
        if self.one.impact != GOES_AND_COMES or self.difference is None:
            return {}
        goes, comes = ((self.one.breakdown.get(name) or (0.0, 0.0))[side] or 0.0 for name, side in (("felled", 0), ("planted", 1)))
        if not (goes or comes):
            return {}
        return {"felled": replace(self.difference, value=goes), "planted": replace(self.difference, value=comes)}

    @_Once
    def clear_case(self) -> Case:
        """`case_of`."""
        if self.one.after is None:
            return Case.UNKNOWN
        if self.turnover:
            return Case.EXCHANGED
        difference = self.difference
        if difference is None:
            return Case.ONLY_AFTER
        value, margin = difference.value, difference.margin
        step = shown_step(difference.unit, margin)
        if margin.is_exact:
            if rounded(value, step) == 0:
                return Case.SAME
        elif margin.below is not None and margin.above is not None:
            lowest = rounded(value - margin.below, step, ROUND_FLOOR)
            highest = rounded(value + margin.above, step, ROUND_CEILING)
            if lowest <= 0 <= highest:
                return Case.UNCLEAR
        return Case.MORE if value > 0 else Case.LESS if value < 0 else Case.UNCLEAR

    @_Once
    def case(self) -> Case:
        """`told_case`."""
        case = self.clear_case
        if case not in {Case.MORE, Case.LESS}:
            return case
        asked = placeholders(templates("nl")[sentence_key(self.one, case)])
        if "change" in asked and self._is_none_in_its_range:
            return Case.UNCLEAR
        before, after = self.side_by_side
        is_shown_alike = before is not None and after is not None and before.number("nl") == after.number("nl")
        return Case.UNCLEAR if is_shown_alike and {"before", "after"} <= asked and "change" not in asked else case

    @property
    def _is_none_in_its_range(self) -> bool:
        """Whether the range of the difference, told in coarser steps than its margin has, begins at nothing: "between 0 and 25"."""
        told = self.difference
        if told is None or told.rounding is None or told.margin.is_exact or told.margin.below is None or told.margin.above is None:
            return False
        nearest = abs(told.value) - (told.margin.below if told.value > 0 else told.margin.above)
        return rounded(nearest, shown_step(told.unit, told.rounding), ROUND_FLOOR) <= 0

    @_Once
    def leading(self) -> Told | None:
        """`leading`."""
        case = self.case
        if case is Case.SAME:
            return self.before
        if case is Case.UNKNOWN:
            return None
        if case is Case.EXCHANGED or "change" in placeholders(templates("nl")[sentence_key(self.one, case)]):
            return self.difference
        return self.after


class FiguresTold:
    """Figures of one card, so that what is told of one twice is worked out once."""

    def __init__(self) -> None:
        self._told: dict[int, FigureTold] = {}
        self._lists: dict[tuple[int, Language], tuple[object, tuple[str, ...]]] = {}

    def listed(self, things: tuple[Thing, ...], language: Language, say: Callable[[Thing, Language], str]) -> tuple[str, ...]:
        """Things that many figures have in common (sources, assumptions) in words, each once."""
        found = self._lists.get((id(things), language))
        if found is None:
            found = self._lists[id(things), language] = (things, tuple(dict.fromkeys(say(thing, language) for thing in things)))
        return found[1]

    def of(self, one: Assessment) -> FigureTold:
        """The numbers of a figure; it is held here, so that no other gets its id."""
        found = self._told.get(id(one))
        if found is None:
            found = self._told[id(one)] = FigureTold(one)
        return found


def case_of(assessment: Assessment) -> Case:
    """What there is to say about a figure.

    More or less only where the difference, as far as its margin as it is shown allows, cannot be none or the other way round.
    """
    return FigureTold(assessment).clear_case


def told_case(assessment: Assessment) -> Case:
    """`case_of`, but no clear difference where a sentence would have to say "from 0.12 to 0.12" or "15 minutes, between 0 and 25"."""
    return FigureTold(assessment).case


def leading(assessment: Assessment) -> Told | None:
    """The number that a sentence leads with: the difference where it names that, else the figure after; None where it is not known.

    Where nothing changes the figure is as it was, plan or no plan.
    """
    return FigureTold(assessment).leading


def sentence_stem(impact: str) -> str:
    """Where the words of a figure stand."""
    return f"sentence.{SENTENCE_OF.get(impact, impact)}"


def sentence_key(assessment: Assessment, case: str, form: str = "") -> str:
    """The template for what there is to say: the figure's own form, else its own case, else the words that fit every figure."""
    stem = sentence_stem(assessment.impact)
    wanted = (f"{stem}.{case}{form}", f"{stem}.{case}", f"{GENERAL}.{case}")
    return next((key for key in wanted if has_text(key)), wanted[-1])
