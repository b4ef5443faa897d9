"""Small numbers of homes: below five it is only said that they are fewer than five, and nothing else gives them away.

A number from 1 to 4 is hidden wherever it stands: the number of a figure, today and then, the difference, a part of it, and what is left
when it is taken from all homes. A hidden number can be found by subtraction where it is one of several that add up, so these go
together: a figure with its parts, the homes that meet a norm, do not, cannot be judged and go with their building, and a day with the
part of that day before a moment. What then is told of today, and of who gains and loses, leaves open each number from 1 to 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.errors import Note
from wijktwin.impacts.assessment import Place
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.words.rows import FigureRow, PartRow, figure_row
from wijktwin.words.sentences import BREAKDOWN_TABLE, ENDS_WITH_ITS_BUILDING, MODES
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

FEWEST: Final = 5
"""Fewer homes than this are not counted out."""
ROOM: Final = 2 * FEWEST
"""A number of homes today below this leaves too little room for parts of it that are hidden: it is not told either."""
HOMES: Final = "dwellings.total"
NORM: Final = re.compile(r"sunlight\.(?P<norm>tno_light|tno_strict)_(met|not_met|not_judged|gone)")
ENDING: Final = "_gone"
"""What the figures are called that count who leaves the others of a family: beside today's numbers they tell what is left of them."""
LOSING: Final = "sunlight.losing"
HOME_COUNTS: Final = frozenset({
    "green.three_trees", "green.near_place", "green.all_three", "heat.cool_place",
    *(f"reachability.{mode}_{what}" for mode in MODES for what in ("longer", "shorter", "lost")),
    *(f"sunlight.{norm}_{what}" for norm in ("tno_light", "tno_strict") for what in ("met", "not_met", "not_judged", "gone")),
    LOSING, "sunlight.losing_with_trees", "sunlight.gaining",
    "view.homes_seeing_plan", "view.homes_losing_sky", "view.homes_gaining_sky", "view.homes_looked_at",
})  # fmt: skip
"""Figures that count homes of people who live there."""
LEFT_OUT: Final = frozenset({"sunlight.homes_left_out", "view.homes_left_out"})
"""Remarks that count homes of which nothing can be said: how many is not told, for it may be few, or few more than today."""
COUNTED: Final = (ENDS_WITH_ITS_BUILDING, "streets.lost_")
"""How remarks begin that count homes by themselves."""
GAINS: Final = "gains"
FLOWS: Final = ("loses", "gone", "gains", "no_longer_meets", "newly_meets")
"""Parts that tell for whom something changes; of a hidden figure it is still told whether there are none, fewer than five, or more."""
Key = tuple[str, str, str]


class Veil(StrEnum):
    """How a number is told that is not shown."""

    FEW = "few"
    """Fewer than five."""
    MANY = "many"
    """Five or more; which number would give another one away."""
    UNTOLD = "untold"
    """Not told at all: it would give another one away."""


@dataclass(frozen=True, slots=True)
class Veiled:
    """What is hidden of one figure; None where a number is shown as it is.

    Parameters
    ----------
    hides_parts
        Its parts are not shown.
    flows
        For whom something changes, where that can still be told: the part and how; `Veil.MANY` and `Veil.FEW`, None for nobody.
    """

    before: Veil | None = None
    after: Veil | None = None
    difference: Veil | None = None
    hides_parts: bool = False
    flows: Mapping[str, Veil | None] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether nothing is hidden."""
        return not (self.hides_parts or hides_number(self))


OPEN: Final = Veiled()


def hides_number(veiled: Veiled) -> bool:
    """Whether one of the numbers of a figure itself is not told."""
    return (veiled.before, veiled.after, veiled.difference) != (None, None, None)


def key_of(one: Assessment) -> Key:
    """What a figure of one plan is found by."""
    return one.impact, str(one.where.place), one.where.identifier


def veils(told: Iterable[Assessment]) -> Mapping[Key, Veiled]:
    """What has to be hidden of the figures of one plan, or of today; figures of which nothing is hidden are left out."""
    figures = list(told)
    homes = next((one for one in figures if one.impact == HOMES and one.where.place is Place.NEIGHBOURHOOD), None)
    families: dict[Key, list[Assessment]] = {}
    for one in figures:
        if one.impact in HOME_COUNTS:
            families.setdefault(_family(one), []).append(one)
    found: dict[Key, Veiled] = {}
    for family in families.values():
        found |= _veiled_family(family, homes)
    found |= _nested(figures, found)
    return {key: veiled for key, veiled in found.items() if not veiled.is_open}


def veils_of(told: Iterable[Assessment], scenario: Scenario) -> Mapping[Key, Veiled]:
    """What has to be hidden of the figures of a scenario, also where nobody asked for the number of all homes."""
    figures = list(told)
    if not any(one.impact == HOMES for one in figures):
        figures += [one for one in assess_impact("dwellings", scenario) if one.impact == HOMES]
    return veils(figures)


def hidden_impacts(hidden: Mapping[Key, Veiled]) -> frozenset[str]:
    """Impacts of which something is hidden: on a map home by home of such an impact the homes could be counted."""
    return frozenset(impact.partition(".")[0] for impact, _, _ in hidden)


def alike_today(each: Mapping[str, Mapping[Key, Veiled]]) -> Mapping[str, Mapping[Key, Veiled]]:
    """The same for several plans of one neighbourhood: what is hidden of today beside one plan is hidden beside all."""
    today = {key: veiled.before for own in each.values() for key, veiled in own.items() if veiled.before is not None}
    merged: dict[str, Mapping[Key, Veiled]] = {}
    for name, own in each.items():
        more = {
            key: replace(known, before=before, difference=known.difference or Veil.UNTOLD, hides_parts=True)
            for key, before in today.items()
            if (known := own.get(key, OPEN)).before is None
        }
        merged[name] = {**own, **more}
    return merged


def _family(one: Assessment) -> Key:
    """Figures that add up to all homes belong together."""
    norm = NORM.fullmatch(one.impact)
    return (norm["norm"], "", "") if norm else key_of(one)


def _veiled_family(family: Sequence[Assessment], homes: Assessment | None) -> dict[Key, Veiled]:
    is_small_now = any(_is_small(value) for one in family for value in _now(one, homes))
    is_small_then = any(_is_small(value) for one in family for value in _then(one, homes))
    if not (is_small_now or is_small_then):
        return {}
    counted = [value for one in family for value in (one.before, _others(one.before, homes)) if value is not None]
    has_no_room = any(0 < value < ROOM for value in counted)
    return {key_of(one): _veiled(one, homes, hides_now=is_small_now or has_no_room) for one in family}


def _veiled(one: Assessment, homes: Assessment | None, *, hides_now: bool) -> Veiled:
    """One figure of a family in which something is small."""
    comes_from_others = NORM.fullmatch(one.impact) is not None and bool(one.after)
    if one.before is None or (one.before == 0 and not comes_from_others and not set(one.breakdown) & set(FLOWS)):  # who is affected
        is_untold = _is_small(_others(one.after, homes)) or bool(one.impact.endswith(ENDING) and one.after)
        veil = Veil.FEW if _is_small(one.after) else Veil.UNTOLD if is_untold else None
        return Veiled(after=veil, difference=veil if one.before is not None else None, hides_parts=True)
    flows = {key: _flow(one, key) for key in one.breakdown if key in FLOWS}
    before = (Veil.FEW if _is_small(one.before) else Veil.UNTOLD) if hides_now and one.before else None
    after = Veil.FEW if _is_small(one.after) else Veil.UNTOLD
    return Veiled(before, after, Veil.UNTOLD, hides_parts=True, flows=flows)


def _flow(one: Assessment, key: str) -> Veil | None:
    n = max(value or 0.0 for value in one.breakdown[key])
    return Veil.FEW if _is_small(n) else Veil.MANY if n else None


def _is_small(value: float | None) -> bool:
    return value is not None and 0 < round(abs(value)) < FEWEST


def _now(one: Assessment, homes: Assessment | None) -> Iterator[float | None]:
    """The number of homes today, and of the others."""
    yield one.before
    yield _others(one.before, homes)


def _then(one: Assessment, homes: Assessment | None) -> Iterator[float | None]:
    """The same then, of the difference, and of parts: they tell what becomes of whom."""
    yield one.after
    yield one.difference
    for before, after in one.breakdown.values():
        yield before
        yield after
        yield (after or 0.0) - (before or 0.0)
    for note in one.remarks:
        if note.key.startswith(COUNTED):
            yield float(str(note.values["n"]))
    yield _others(one.after, homes)
    if one.before is not None and GAINS in one.breakdown:
        yield _others(one.before + (one.breakdown[GAINS][1] or 0.0), homes)


def _others(counted: float | None, homes: Assessment | None) -> float | None:
    """How many of the homes of today are not among some; None where nobody knows."""
    return None if counted is None or homes is None or homes.before is None else homes.before - counted


def _nested(figures: Sequence[Assessment], found: Mapping[Key, Veiled]) -> dict[Key, Veiled]:
    """Parts of a day of which the rest of the day would be a small number: the part is not told."""
    days = {one.where.identifier: one.after for one in figures if one.impact == LOSING and one.where.place is Place.DAY}
    hidden: dict[Key, Veiled] = {}
    told: dict[str, list[float]] = {}
    for one in sorted(figures, key=lambda each: each.where.identifier):
        if one.impact != LOSING or one.where.place is not Place.PART_OF_DAY or one.after is None:
            continue
        day, known = one.where.identifier.partition("T")[0], found.get(key_of(one), OPEN)
        is_day_hidden = found.get((LOSING, str(Place.DAY), day), OPEN).after is not None
        others = [other for other in (*told.get(day, []), days.get(day)) if other is not None]
        if is_day_hidden or any(FEWEST <= other < ROOM or _is_small(other - one.after) for other in others):
            hidden[key_of(one)] = replace(known, after=Veil.UNTOLD, hides_parts=True)
        elif known.after is None:
            told.setdefault(day, []).append(one.after)
    return hidden


# ------------------------------------------------------------------------------------------------------------------ in words
def veiled_row(one: Assessment, veiled: Veiled, language: Language) -> FigureRow:
    """A figure ready to show, with what is hidden said in words."""
    one = replace(one, remarks=told_remarks(one, veiled))
    row = figure_row(one, language)
    if veiled.is_open:
        return row
    names = BREAKDOWN_TABLE.get(one.impact, "")
    nobody = text("report.nobody", language)
    flows = tuple(
        PartRow(name_of(names, key, language), "", nobody if veil is None else veil_words(veil, language), "")
        for key, veil in veiled.flows.items()
    )
    return replace(
        row,
        before=row.before if veiled.before is None else veil_words(veiled.before, language),
        after=row.after if veiled.after is None else veil_words(veiled.after, language),
        difference=row.difference if veiled.difference is None else veil_words(veiled.difference, language),
        margin="" if hides_number(veiled) else row.margin,
        parts=flows,
        remarks=(*row.remarks, text("report.why_hidden", language)),
        sentence=veiled_sentence(one, veiled, language) if hides_number(veiled) else row.sentence,
    )


def told_remarks(one: Assessment, veiled: Veiled) -> tuple[Note, ...]:
    """The remarks of a figure, without numbers that give away what is hidden, or how many homes are left out."""
    return tuple(_uncounted(note) for note in one.remarks if veiled.is_open or not note.key.startswith(COUNTED))


def _uncounted(note: Note) -> Note:
    """A remark that counts no homes that are left out; any other as it is."""
    key = note.key.removesuffix("_one")
    return Note(f"{key}_uncounted") if key in LEFT_OUT else note


def veiled_sentence(one: Assessment, veiled: Veiled, language: Language) -> str:
    """A figure of which a number is hidden, as a sentence."""
    label = name_of("impact", one.impact, language)
    names = BREAKDOWN_TABLE.get(one.impact, "")
    flows = [f"{name_of(names, key, language)}: {veil_words(veil, language)}" for key, veil in veiled.flows.items() if veil is not None]
    said = ", ".join(flows) or veil_words(veiled.after or Veil.UNTOLD, language)
    return text("report.hidden_sentence", language, label=label, said=said)


def veil_words(veil: Veil, language: Language) -> str:
    """What stands in the place of a number."""
    return text(f"report.veil_{veil}", language)
