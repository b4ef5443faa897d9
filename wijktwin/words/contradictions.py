"""Whether what a sentence says is what its figure says: direction, sign, unit, rounding, number, how sure and how known.

The sentence is read back by `wijktwin.words.reading_back`; what may be said follows from the figure alone, worked out here once more
and apart from how sentences are made. What does not fit is a contradiction, told in a few words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings
from wijktwin.words.numbers import DECIMALS
from wijktwin.words.reading_back import Amount, Reading, marks_before_values, read_back
from wijktwin.words.reading_grammar import Known, Role, Sureness, Way
from wijktwin.words.sentences import NEW_HEIGHT
from wijktwin.words.texts import short_name, templates
from wijktwin.words.told import FIVES, WHOLES

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment

WHOLE: Final = frozenset({Unit.METRES, Unit.PER_CENT})
"""Units of which an exact whole number is told as it is."""
TENTH: Final = 0.1
STEPS_OF_TIME: Final = (1.0, 5.0, 10.0, 30.0, 60.0)
"""What minutes are rounded to."""
DIGITS: Final = 3
TINY: Final = 1e-9
UNNAMED: Final = frozenset({Unit.COUNT, Unit.RATIO})
"""Units without a word behind their numbers."""

COARSE: Final = ((WHOLES, 1.0), (FIVES, 5.0))
"""Figures of one home, and what they are told in where their margin would leave more digits."""

LEADING: Final = ("change", "part", "after", "before", "piece", "context")
"""Which of several numbers in a head the rest of the sentences is about."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a figure holds: what it is, how far it may be off, and what it may be rounded to besides (0 for nothing else)."""

    name: str
    value: float
    margin: Margin
    kind: Kind
    unit: Unit
    coarse: float = 0.0

    @property
    def is_sure(self) -> bool:
        """Whether it is what it says."""
        return self.margin.is_exact and self.kind is not Kind.ASSUMED

    @property
    def sides(self) -> tuple[float | None, float | None]:
        """How much its size may be less and more: what lies below a loss lies above its size."""
        return (self.margin.below, self.margin.above) if self.value >= 0 else (self.margin.above, self.margin.below)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """The least and the most that its size may be, unrounded; None where nobody can say."""
        (below, above), size = self.sides, abs(self.value)
        return (None if below is None else max(0.0, size - below), None if above is None else size + above)


def contradictions(assessment: Assessment, parts: Sequence[str], language: Language) -> tuple[str, ...]:
    """Everything in which a told figure contradicts itself; nothing where it is told right.

    Parameters
    ----------
    parts
        What is said, the head first (`wijktwin.words.sentences.sentence_parts`).
    """
    label = assessment.where.label.in_language(language)
    names = (label, short_name(label)) if re.search(r"\d", label) else ()
    head, tail = read_back(parts[0], language, names=names), read_back(" ".join(parts[1:]), language, names=names)
    quantities = _quantities(assessment)
    found = list(_direction_faults(assessment, quantities, head))
    marks = _marks(assessment.impact, language)
    told: list[tuple[Amount, Quantity]] = []
    for amount in head.amounts:
        if amount.role in {Role.LOW, Role.HIGH}:
            led_by = quantities.get("change") or quantities.get("after")
            found += _end_faults(amount, led_by, _all_steps(quantities), has_both=True)
            continue
        quantity = _matching(amount, quantities, assessment, language)
        if quantity is None:
            found.append(f"{amount.value:g} ({amount.role}) is no number of this figure, or not so rounded or in that unit")
            continue
        unsure = tuple(_sureness_faults(amount, quantity, marks=marks))
        beside = _in_context(amount, assessment, language) if unsure else None
        told.append((amount, beside or quantity))
        found += () if beside is not None else unsure
    exchanged = quantities.get("change") if _is_exchange(assessment) else None
    leading = min(told, key=lambda each: LEADING.index(each[1].name), default=(None, None))
    found += _tail_faults(tail, (leading[0], exchanged or leading[1]), quantities, assessment, language)
    return tuple(found)


# ------------------------------------------------------------------------------------------------------ what may be told
def _quantities(one: Assessment) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    coarse = next((step for impacts, step in COARSE if one.impact in impacts), 0.0)
    if one.before is not None:
        found["before"] = Quantity("before", one.before, one.margin_now, one.kind_now, one.unit, coarse)
    if one.after is not None:
        found["after"] = Quantity("after", one.after, one.margin, one.kind, one.unit, coarse)
    if one.before is not None and one.after is not None:
        found["change"] = Quantity("change", one.after - one.before, one.margin_of_change, one.kind_of_change, one.unit, coarse)
    return found


def _parts_of(one: Assessment, role: Role) -> Iterator[float]:
    """The numbers of the parts of a figure that may be told in a role; changes keep their sign."""
    for before, after in one.breakdown.values():
        if role is Role.CHANGE:
            yield (after or 0.0) - (before or 0.0)
        elif role is Role.BEFORE:
            yield before or 0.0
        else:
            yield after or 0.0


@cache
def _literals(key: str, language: Language) -> frozenset[tuple[float, Unit | None]]:
    """Numbers that stand in the templates under a key themselves: somebody read those."""
    return frozenset(
        (amount.value, amount.unit)
        for name, template in templates(language).items()
        if name.startswith(key)
        for amount in read_back(re.sub(r"\{\w+\}", " ", template), language).amounts
        if amount.value
    )


def _context(one: Assessment, language: Language) -> Iterator[tuple[float, Unit | None]]:
    """Numbers beside the figure: distances that were assumed, what remarks count, new buildings and how high they are."""
    for used in one.assumptions:
        if used.unit in set(Unit) - UNNAMED:
            yield used.value, Unit(used.unit)
    for remark in one.remarks:
        for value in remark.values.values():
            if isinstance(value, int | float):
                yield float(value), None
    for plan in one.plans if one.impact == NEW_HEIGHT else ():
        buildings = new_buildings(plan.volumes)
        yield float(len(buildings)), None
        for building in buildings:
            yield building[0].height, Unit.METRES
    for key in (f"sentence.{one.impact}.", f"reason.{one.missing or one.margin.reason}"):
        yield from _literals(key, language)


def _matching(amount: Amount, quantities: Mapping[str, Quantity], one: Assessment, language: Language) -> Quantity | None:
    """The quantity of the figure that a number can be, by its role, unit and rounding."""
    steps = _all_steps(quantities)
    for name in _names(amount.role, quantities):
        quantity = quantities.get(name)
        if (
            quantity is not None
            and _has_unit(amount, quantity.unit)
            and _is_rounded(amount, quantity, steps)
            and not _is_turned(amount, quantity)
        ):
            return quantity
    is_change = amount.role is Role.CHANGE
    margin, kind = (one.margin_of_change, one.kind_of_change) if is_change else (one.margin, one.kind)
    for part in _parts_of(one, amount.role):
        quantity = Quantity("part" if one.before is not None else "piece", part, margin, kind, one.unit)
        if _has_unit(amount, one.unit) and _is_rounded(amount, quantity, steps) and not _is_turned(amount, quantity):
            return quantity
    return _in_context(amount, one, language)


def _in_context(amount: Amount, one: Assessment, language: Language) -> Quantity | None:
    """The number beside the figure that a number can be."""
    for value, unit in _context(one, language):
        if math.isclose(amount.value, value, rel_tol=1e-6) and amount.unit is unit:
            kind = Kind.STATED if amount.sureness is Sureness.EXACT else Kind.ASSUMED
            return Quantity("context", value, Margin(0.0, 0.0, "exact"), kind, amount.unit or Unit.COUNT)
    return None


def _names(role: Role, quantities: Mapping[str, Quantity]) -> tuple[str, ...]:
    match role:
        case Role.BEFORE:
            return ("before",)
        case Role.CHANGE:
            return ("change",) if "before" in quantities else ("after",)
        case Role.LOW | Role.HIGH:
            return ()
        case Role.AFTER | Role.LEVEL:
            change = quantities.get("change")
            return ("before", "after") if change is not None and _is_none(change) else ("after",)


def _has_unit(amount: Amount, unit: Unit) -> bool:
    return amount.unit is None if unit in UNNAMED else amount.unit is unit


def _is_turned(amount: Amount, quantity: Quantity) -> bool:
    """Whether a change is told with the direction of the other way; what only comes has no direction of its own."""
    if amount.role is not Role.CHANGE or quantity.name not in {"change", "part"}:
        return False
    return (amount.way is Way.MORE and quantity.value < 0) or (amount.way is Way.LESS and quantity.value > 0)


# ---------------------------------------------------------------------------------------------------------------- rounding
def justified_step(quantity: Quantity) -> float:
    """What a number may be rounded to by its margin: at most half of it, and never finer than its unit is told."""
    finest = 10.0 ** -DECIMALS[quantity.unit]
    margin = quantity.margin
    if margin.below is None and margin.above is None:
        if quantity.unit is Unit.COUNT or not quantity.value:
            return finest
        return max(finest, 10.0 ** (math.floor(math.log10(abs(quantity.value))) - DIGITS + 1))
    widest = max(side for side in (margin.below, margin.above) if side is not None)
    if quantity.unit is Unit.MINUTES:
        return max((step for step in STEPS_OF_TIME if step <= widest / 2.0), default=1.0)
    step = finest
    while step * 10.0 <= widest / 2.0 * (1.0 + TINY):
        step *= 10.0
    return step


def _steps(quantity: Quantity) -> tuple[float, ...]:
    own = justified_step(quantity)
    if own < quantity.coarse <= abs(quantity.value) and not quantity.margin.is_exact:
        return (own, quantity.coarse)
    return (own, TENTH) if quantity.unit is Unit.RATIO and own < TENTH else (own,)


def _all_steps(quantities: Mapping[str, Quantity]) -> set[float]:
    """The steps of every number of a figure, by the margin of each: numbers side by side are rounded alike."""
    found = quantities.values()
    return {step for one in found for other in found for step in _steps(replace(one, margin=other.margin))}


def _is_rounded(amount: Amount, quantity: Quantity, steps: set[float]) -> bool:
    """Whether a number is the size of a quantity, rounded to its own step or to that of a coarser number beside it.

    Where only one end is known the number is that end, rounded outwards.
    """
    size = abs(quantity.value)
    if quantity.unit in WHOLE and quantity.margin.is_exact and float(size).is_integer():
        return math.isclose(amount.value, size, abs_tol=TINY)
    own, way = justified_step(quantity), _way_out(quantity)
    own_steps = steps | set(_steps(quantity))
    return any(_is_near(amount.value, _rounded(size, step, way), step) for step in own_steps if step >= own * (1 - TINY))


def _way_out(quantity: Quantity) -> int:
    """Down for the least that something can be, up for the most, 0 for anything else."""
    match quantity.sides:
        case (0, None):
            return -1
        case (None, 0):
            return 1
        case _:
            return 0


def _rounded(size: float, step: float, way: int = 0) -> float:
    """Half up; down for ``way`` -1 and up for 1."""
    shares = round(size / step, 9)
    return (math.floor(shares + 0.5) if way == 0 else math.floor(shares) if way < 0 else math.ceil(shares)) * step


def _is_near(told: float, value: float, step: float) -> bool:
    return abs(told - value) <= max(1e-6 * step, 1e-9 * max(abs(told), abs(value)))


# ---------------------------------------------------------------------------------------------------------- directions, ends
def _direction_faults(one: Assessment, quantities: Mapping[str, Quantity], head: Reading) -> Iterator[str]:
    """Where the head says more, less, the same, unclear or unknown, and the figure does not."""
    if one.after is None:
        if any(amount.role in {Role.AFTER, Role.CHANGE} for amount in head.amounts):
            yield "tells a number for then, which is not known"
        if not head.ways & {Way.UNKNOWN, Way.UNCLEAR}:
            yield "does not say that it is not known"
    elif one.before is not None and not _is_exchange(one):
        yield from _change_faults(quantities, head)


def _change_faults(quantities: Mapping[str, Quantity], head: Reading) -> Iterator[str]:
    """What the head of a figure says that is known now and then."""
    told, change = head.ways, quantities["change"]
    is_clear, is_none = _is_clear(change), _is_none(change)
    is_clear_as_told = is_clear and not _is_none_in_coarse_steps(change)
    tells_change = any(amount.role is Role.CHANGE for amount in head.amounts)
    pair = {amount.role for amount in head.amounts} >= {Role.BEFORE, Role.AFTER}
    says_change = bool(told & {Way.MORE, Way.LESS}) or pair
    says_no_change = bool(told & {Way.SAME, Way.UNCLEAR})
    size = f"{change.value:g}"
    faults = {
        f"says more, but it is {size}": told & {Way.MORE, Way.LESS} == {Way.MORE} and change.value <= 0,
        f"says less, but it is {size}": told & {Way.MORE, Way.LESS} == {Way.LESS} and change.value >= 0,
        "says a difference that the margin does not allow to say": says_change
        and not (is_clear_as_told if tells_change else is_clear)
        and Way.SAME not in told,
        "says that it stays, but it does not": Way.SAME in told and not is_none,
        "says that nothing is clear, but it stays": Way.UNCLEAR in told and is_none and change.value == 0,
        "says that nothing is clear, but it is": Way.UNCLEAR in told and is_clear_as_told and not _looks_alike(quantities),
        "does not say whether it changes": not says_change and not is_none and not says_no_change,
    }
    yield from (fault for fault, holds in faults.items() if holds)


def _is_clear(change: Quantity) -> bool:
    """Whether a change cannot be none, its ends rounded outwards."""
    if change.value == 0:
        return False
    below, above = change.margin.below, change.margin.above
    step = justified_step(replace(change, value=0.0))
    if change.margin.is_exact:
        return _rounded(abs(change.value), step) > 0
    if below is None or above is None:
        return True
    lowest = math.floor((change.value - below) / step + TINY) * step
    highest = math.ceil((change.value + above) / step - TINY) * step
    return not lowest <= 0 <= highest


def _is_none_in_coarse_steps(change: Quantity) -> bool:
    """Whether the least that a change can be is nothing, in the steps in which people are told it."""
    if not change.coarse or change.margin.is_exact or not justified_step(change) < change.coarse <= abs(change.value):
        return False
    low, _ = change.ends
    return low is not None and low < change.coarse


def _is_none(change: Quantity) -> bool:
    return change.margin.is_exact and _rounded(abs(change.value), justified_step(change)) == 0


def _looks_alike(quantities: Mapping[str, Quantity]) -> bool:
    """Whether now and then are the same number, rounded alike."""
    before, after = quantities["before"], quantities["after"]
    step = max(justified_step(before), justified_step(after))
    return math.isclose(*(_rounded(abs(each.value), step, _way_out(each)) for each in (before, after)), abs_tol=TINY)


def _is_exchange(one: Assessment) -> bool:
    """Whether some go while others come, so that the head tells both sides rather than the difference."""
    changes = [(after or 0.0) - (before or 0.0) for before, after in one.breakdown.values()]
    return {"felled", "planted"} <= one.breakdown.keys() and any(changes)


@cache
def _marks(impact: str, language: Language) -> frozenset[Sureness]:
    """What templates put before a value whatever its margin: of what is allowed, of what half of them stay under."""
    stem = f"sentence.{impact}."
    own = [marks_before_values(template, language) for key, template in templates(language).items() if key.startswith(stem)]
    return frozenset().union(*own)


def _sureness_faults(amount: Amount, quantity: Quantity, *, marks: frozenset[Sureness]) -> Iterator[str]:
    """Where "about", "at least" or "at most" is missing or too much."""
    if quantity.name == "context" or amount.sureness in marks:
        return
    match quantity.sides:
        case (0, None):
            expected = Sureness.AT_LEAST
        case (None, 0):
            expected = Sureness.AT_MOST
        case _:
            expected = Sureness.EXACT if quantity.is_sure else Sureness.ABOUT
    is_nothing = quantity.value == 0 and quantity.margin.is_exact
    if amount.sureness is not expected and not (is_nothing and amount.sureness is Sureness.EXACT):
        yield f"{amount.value:g} is told as {amount.sureness}, but it is {expected}"


def _tail_faults(
    tail: Reading, leading: tuple[Amount | None, Quantity | None], quantities: Mapping[str, Quantity], one: Assessment, language: Language
) -> Iterator[str]:
    lead, led_by = leading
    steps = _all_steps(quantities)
    ends = {amount.role: amount.value for amount in tail.amounts if amount.role in {Role.LOW, Role.HIGH}}
    for amount in tail.amounts:
        if amount.role in ends:
            yield from _end_faults(amount, led_by, steps, has_both=len(ends) == 2)
        elif _matching(amount, quantities, one, language) is None:
            yield f"{amount.value:g} ({amount.role}) is no number of this figure, or not so rounded or in that unit"
    if len(ends) == 2 and ends[Role.LOW] > ends[Role.HIGH]:
        yield "the low end lies above the high end"
    if lead is not None and led_by is not None and led_by.name != "context" and not _is_exchange(one):
        is_outside = lead.value < ends.get(Role.LOW, -math.inf) or lead.value > ends.get(Role.HIGH, math.inf)
        if is_outside:
            yield f"{lead.value:g} lies outside the range that is told behind it"
    yield from _known_faults(tail.known, led_by, one)


def _end_faults(amount: Amount, led_by: Quantity | None, steps: set[float], *, has_both: bool) -> Iterator[str]:
    if led_by is None or led_by.name == "context":
        return
    low, high = led_by.ends
    end = low if amount.role is Role.LOW else high
    if end is None:
        yield f"{amount.value:g} is told as an end that nobody knows"
        return
    own = set(_steps(led_by))
    possible = own if led_by.name == "change" else steps | own
    outwards = end - amount.value if amount.role is Role.LOW else amount.value - end
    is_near = -1e-6 * max(1.0, end) <= outwards < max(possible) * (1 - TINY)
    if not is_near or not any(_is_near(amount.value, _rounded(amount.value, step), step) for step in possible if step > outwards):
        yield f"{amount.value:g} is not the {amount.role} end {end:g}, rounded outwards"
    if led_by.unit not in UNNAMED and amount.unit is not led_by.unit and not (amount.role is Role.LOW and has_both and amount.unit is None):
        yield f"{amount.value:g} stands in {amount.unit or 'no unit'}, the figure in {led_by.unit}"


def _known_faults(known: frozenset[Known], led_by: Quantity | None, one: Assessment) -> Iterator[str]:
    if led_by is None or led_by.name == "context" or not known:
        return
    allowed = {
        Kind.MEASURED: {Known.MEASURED},
        Kind.CALCULATED: {Known.CALCULATED},
        Kind.STATED: {Known.STATED, Known.FROM_PLAN},
        Kind.ASSUMED: {Known.ASSUMED},
    }[led_by.kind]
    if not known <= allowed:
        yield f"is told as {', '.join(sorted(known - allowed))}, but it is {led_by.kind}"
    if Known.FROM_PLAN in known and not one.plans:
        yield "names a plan that it does not rest on"
