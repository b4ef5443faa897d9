"""A plan in at most twelve sentences, for a meeting: what comes, who gains, who loses, how many homes, and what we do not know.

The same questions in the same order for every plan. Who gains and who loses is counted in homes, trees, green and places; whether a plan
is worth it is not for us to say. What is felled is a loss and what is planted a gain, whatever both come down to. Of what is counted on
several days the day with the most is told. A home that goes gains and loses no sun: what can no longer be judged is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Place
from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.words.cases import Case, FigureTold, told_case
from wijktwin.words.plain_language import limits
from wijktwin.words.readability import sentences_of, words_of
from wijktwin.words.sentences import FOR_RESIDENTS, sentence_parts, supposed_of, turnover_sentences
from wijktwin.words.texts import counted_text, enumeration, text, within_sentence

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment

MOST: Final = 12
"""So many sentences a summary has at most."""
ROOM: Final[Mapping[str, int]] = {"comes": 4, "loses": 3, "gains": 3}
"""How many sentences a part has room for; what losses leave over goes to gains, and the other way round."""

COMES: Final = ("height.new", "dwellings.new", "dwellings.total", "traffic.new", "parking.in_buildings", "water.storage")
"""What a plan brings, the most important first."""

LESS_IS_A_LOSS: Final = (
    "green.three_trees", "green.near_place", "heat.cool_place", "trees.total", "ground.green", "parking.street_total",
)  # fmt: skip
"""Of what a neighbourhood can gain or lose: less of it is a loss, more is a gain."""

COUNTS_LOSERS: Final = (
    "sunlight.losing", "view.homes_losing_sky", "view.homes_looked_at", "reachability.walk_lost", "reachability.walk_longer",
    "reachability.drive_lost", "reachability.drive_longer", "parking.short", "dwellings.removed",
)  # fmt: skip
"""Figures that count who loses: any number of them is a loss."""

COUNTS_GAINERS: Final = (
    "sunlight.gaining",
    "view.homes_gaining_sky",
    "reachability.walk_shorter",
    "reachability.drive_shorter",
    "parking.over",
)
"""Figures that count who gains."""

OF_HOMES: Final = tuple(name for name in (*COUNTS_LOSERS, *COUNTS_GAINERS) if name.startswith(("sunlight.", "view.", "reachability.")))
"""Of these at least one has a number where homes were looked at."""

GONE: Final = "sunlight.tno_light_gone"
"""Counts the homes that can no longer be held against the norm that residents are told of, for their building goes."""

SIDE_OF: Final[Mapping[str, str]] = {"loses": "felled", "gains": "planted"}
"""The part of an exchange that is told under each question."""

FULL: Final = 3
"""With room for fewer sentences on what is not known, what is still computed is named together with what is missing."""

WITH_PARTS: Final = frozenset({"dwellings.new"})
"""Figures of which it is told what they are made of."""

NAMED: Final = 3
"""So many things that are not known or not computed are named; of more the number is told."""


Instead = Callable[["Assessment"], "str | None"]


@dataclass(frozen=True, slots=True)
class Part:
    """One question and what there is to say to it.

    Parameters
    ----------
    wholes
        The same sentences, those together that are understood together only; who tells less than all takes the first so many.
    figures
        Which figure each of these tells, in the same order; None where it tells of no single one. `plan_summary` gives them.
    """

    key: str
    title: str
    wholes: tuple[tuple[str, ...], ...]
    figures: tuple[Assessment | None, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences."""
        return tuple(sentence for whole in self.wholes for sentence in whole)


def plan_summary(
    figures: Iterable[Assessment], language: Language, *, waiting: Sequence[str] = (), instead: Instead | None = None
) -> tuple[Part, ...]:
    """What comes, who loses, who gains and what is not known, of one plan, in at most `MOST` sentences.

    Parameters
    ----------
    figures
        Of the scenario with this plan and no other.
    waiting
        Impacts whose figures are still being computed: they are named among what is not known.
    instead
        Gives another sentence for a figure of which the number may not be told, None for all others.
    """
    told = _once(figures)
    say = _Saying(told, language, instead)
    comes = [one for impact in COMES for one in told if one.impact == impact and _tells(one)]
    if any(one.impact == "dwellings.new" for one in comes):
        comes = [one for one in comes if one.impact != "dwellings.total"]
    losing = _most_of_days(one for impact in (*COUNTS_LOSERS, *LESS_IS_A_LOSS) for one in told if one.impact == impact and is_loss(one))
    gaining = _most_of_days(one for impact in (*COUNTS_GAINERS, *LESS_IS_A_LOSS) for one in told if one.impact == impact and is_gain(one))
    losing = [one for one in losing if one not in comes]
    heads = {key: [say.head(one, key) for one in chosen] for key, chosen in (("comes", comes), ("loses", losing), ("gains", gaining))}
    gone = [say.head(one, "unknown") for one in told if one.impact == GONE and one.after]
    rooms = dict(ROOM)
    rooms["comes"] -= sum(map(_length, gone))
    for one, other in (("loses", "gains"), ("gains", "loses")):
        rooms[one] += ROOM[other] - _length(_fitting(heads[other], ROOM[other]))
    of_homes = "nothing" if any(map(_is_of_homes, told)) else "waiting" if waiting else "unknown"
    silent = {"comes": "nothing", "loses": of_homes, "gains": of_homes}
    found = [_part(key, _fitting(own, rooms[key]), language, silent=f"{key}_{silent[key]}") for key, own in heads.items()]
    own = _fitting(gone, MOST)
    room = MOST - n_sentences(found) - _length(own)
    said = {one.group for part in found for one in part.figures if one is not None}
    unknown: list[_Whole] = [((each,), None) for each in _unknown(told, language, waiting=waiting, room=room, said=said)]
    found.append(_part("unknown", [*own, *unknown], language))
    return tuple(found)


def _part(key: str, told: Sequence[_Whole], language: Language, *, silent: str = "") -> Part:
    told = told or [((text(f"summary.{silent}", language),), None)]
    return Part(key, text(f"summary.{key}", language), tuple(whole for whole, _ in told), tuple(one for _, one in told))


def n_sentences(parts: Iterable[Part]) -> int:
    """How many sentences a summary has."""
    return sum(len(sentences_of(each)) for part in parts for each in part.sentences)


def _is_of_homes(one: Assessment) -> bool:
    """Whether homes were looked at: whoever nobody looked at cannot be said to lose nothing."""
    return one.impact in OF_HOMES and one.after is not None


def is_loss(one: Assessment) -> bool:
    """Whether a figure clearly tells of a loss; of an exchange, whether anything goes."""
    return _counts(one, COUNTS_LOSERS) or (one.impact in LESS_IS_A_LOSS and _clear_change(one, "loses") < 0)


def is_gain(one: Assessment) -> bool:
    """Whether a figure clearly tells of a gain; of an exchange, whether anything comes."""
    return _counts(one, COUNTS_GAINERS) or (one.impact in LESS_IS_A_LOSS and _clear_change(one, "gains") > 0)


def counts_homes(one: Assessment) -> bool:
    """Whether a figure counts homes that gain or lose, and there are any."""
    return one.impact in OF_HOMES and (is_loss(one) or is_gain(one))


def _counts(one: Assessment, impacts: Sequence[str]) -> bool:
    if one.impact not in impacts:
        return False
    if one.difference is not None:
        return told_case(one) is Case.MORE
    return told_case(one) is Case.ONLY_AFTER and bool(one.after)


def _clear_change(one: Assessment, side: str) -> float:
    """The difference, of an exchange what goes or comes of it; 0 where it is not clear or not known."""
    told = FigureTold(one)
    if told.case is Case.EXCHANGED:
        n = told.turnover[SIDE_OF[side]].value
        return -n if side == "loses" else n
    return (one.difference or 0.0) if told.case in {Case.MORE, Case.LESS} else 0.0


def _most_of_days(figures: Iterable[Assessment]) -> list[Assessment]:
    """Of each that is counted on several days the day with the most, of equals the first; all others as they are."""
    found: dict[object, Assessment] = {}
    for one in figures:
        key = (one.impact, *(() if one.where.place is Place.DAY else (one.where,)))
        if key not in found or _size(one) > _size(found[key]):
            found[key] = one
    return list(found.values())


def _size(one: Assessment) -> float:
    return abs((one.after or 0.0) if one.difference is None else one.difference)


def _tells(one: Assessment) -> bool:
    """Whether there is something to say: a number that is not nothing."""
    return told_case(one) in {Case.ONLY_AFTER, Case.MORE, Case.LESS} and bool(one.after if one.difference is None else one.difference)


def _once(figures: Iterable[Assessment]) -> list[Assessment]:
    """Each figure once: of where something changes rather than of the whole, and not street by street."""
    left_out = {Place.STREET, Place.ADDRESS, Place.BUILDING, Place.POINT, Place.PART_OF_DAY}
    found = [one for one in figures if one.where.place not in left_out]
    own_area = {one.impact for one in found if one.where.identifier in OWN_AREAS and one.after is not None}
    return [one for one in found if one.impact not in own_area or one.where.place is not Place.NEIGHBOURHOOD]


_Whole = tuple[tuple[str, ...], "Assessment | None"]
"""Sentences that are understood together only, and the figure they tell."""


@dataclass(frozen=True, slots=True)
class _Saying:
    """Tells figures in brief."""

    told: Sequence[Assessment]
    language: Language
    instead: Instead | None

    def head(self, one: Assessment, key: str) -> list[_Whole]:
        """What is told of a figure under a question, in sentences: those together that are understood together only."""
        other = None if self.instead is None else self.instead(one)
        if other is not None:
            return [(tuple(sentences_of(supposed_of(one, other, self.language))), one)]
        here = one.where.place in {Place.PLAN_AREA, Place.VOLUME}
        side = turnover_sentences(one, self.language, here=here).get(SIDE_OF[key]) if key in SIDE_OF else None
        if side is not None:
            return [(tuple(sentences_of(side)), one)]
        head, *rest = sentence_parts(one, self.language, here=here, brief=True)
        own = (tuple(sentences_of(self._with_days(one, head))), one)
        return [own, *(((each,), one) for each in (rest[:-1] if one.impact in WITH_PARTS else ()))]

    def _with_days(self, one: Assessment, head: str) -> str:
        """The same, and that no other day that was looked at has so many, where that is so and the sentence stays short."""
        if one.where.place is not Place.DAY:
            return head
        others = [each for each in self.told if each.impact == one.impact and each.where.place is Place.DAY and each is not one]
        if not any(map(_size, others)) or any(_may_reach(each, one) or self._number(each) >= self._number(one) for each in others):
            return head
        told = text("summary.most_of_days", self.language, sentence=head.removesuffix("."))
        return told if words_of(sentences_of(told)[-1]) < limits().words_per_sentence else head

    def _number(self, one: Assessment) -> float:
        """As it is told: what looks alike is not called more."""
        after = FigureTold(one).after
        return 0.0 if after is None else float(after.number("en").replace(",", ""))


def _may_reach(other: Assessment, one: Assessment) -> bool:
    """Whether a number may as well be as large as another: its margin ends where that of the other begins, or nobody knows."""
    if other.after is None or one.after is None or other.margin.above is None or one.margin.below is None:
        return True
    return other.after + other.margin.above >= one.after - one.margin.below


def _length(head: Iterable[_Whole]) -> int:
    return sum(len(whole) for whole, _ in head)


def _fitting(heads: Iterable[Sequence[_Whole]], room: int) -> list[_Whole]:
    """As many sentences as there is room for; a head is told whole or not at all, and no sentence twice."""
    found: list[_Whole] = []
    said: list[str] = []
    for wholes in heads:
        if len(said) + _length(wholes) <= room:
            for whole, one in wholes:
                new = tuple(each for each in whole if each not in said)
                said += new
                found += [(new, one)] if new else []
    return found


def _unknown(
    told: Sequence[Assessment], language: Language, *, waiting: Sequence[str], room: int, said: Collection[str]
) -> tuple[str, ...]:
    """What could not be told of this plan, what is still computed, and what nobody computed; the last is always said.

    Of a subject of which a clear difference is said, it is not also said that there is none.
    """
    own = [one for one in told if one.impact in FOR_RESIDENTS]
    missing, unclear = ([*dict.fromkeys(one.group for one in own if told_case(one) is case)] for case in (Case.UNKNOWN, Case.UNCLEAR))
    unclear = [each for each in unclear if each not in said]
    if waiting and missing and room < FULL:
        missing, waiting = [*dict.fromkeys((*missing, *waiting))], ()
    groups = {"missing": missing, "waiting": list(waiting), "unclear": [each for each in unclear if each not in missing]}
    found = [
        text(f"summary.{key}", language, names=_named([text(f"impact_group.{name}", language) for name in names], language))
        for key, names in groups.items()
        if names
    ]
    last = [counted_text("summary.not_computed", len(NOT_COMPUTED), language)]
    return (*found[: room - len(last)], *last)


def _named(names: Sequence[str], language: Language) -> str:
    """Some names with small letters, and how many more there are."""
    small = [within_sentence(name) for name in names[:NAMED]]
    more = len(names) - NAMED
    return enumeration([*small, *([counted_text("summary.more", more, language)] if more > 0 else [])], language)
