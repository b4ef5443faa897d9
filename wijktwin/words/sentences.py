"""One figure as plain sentences: what changes comes first, then how we know, then how far it may be off.

A sentence is never more certain than its figure: what was estimated says "about" and a range, a difference that may as well be
none is not called a difference, and what is not known says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.model.plan import Party, PlanRole
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings
from wijktwin.words.cases import Case, FigureTold, sentence_key, sentence_stem
from wijktwin.words.new_buildings import new_buildings_text
from wijktwin.words.numbers import format_date, format_number
from wijktwin.words.place_words import places, radius
from wijktwin.words.texts import counted_text, enumeration, has_text, name_of, placeholders, short_name, templates, text
from wijktwin.words.told import Told, counted_words, margin_words, shows_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan

MODES: Final = ("walk", "cycle", "drive")
"""The values of `wijktwin.model.network.Mode`, which would load the library that finds ways with it."""

FOR_RESIDENTS: Final = frozenset({
    "dwellings.total", "dwellings.new", "dwellings.removed", "dwellings.social_share_of_new",
    "height.tallest", "height.new", "height.tallest_around", "height.median_around", "height.times_median",
    "ground.paved", "ground.green", "ground.water", "ground.unstated",
    "trees.total", "trees.felled", "trees.planted", "trees.crown_area", "trees.crown_area_of_plan",
    "parking.street_total", "parking.street", "parking.in_buildings", "parking.bicycles",
    "parking.pressure", "parking.pressure_total", "parking.short", "parking.over",
    "traffic.new", "traffic.street",
    "reachability.walk_school", "reachability.walk_shop", "reachability.walk_green", "reachability.drive_main_road",
    *(f"reachability.{mode}_{what}" for mode in MODES for what in ("longer", "longest", "shorter", "lost")),
    "green.three_trees", "green.canopy", "green.near_place", "green.all_three", "heat.shade", "heat.shaded_area", "heat.cool_place",
    "water.on_paved", "water.storage", "water.storage_asked", "water.shower", "wind.study", "wind.expert", "nuisance.days",
    "fair_share.social_missing", "fair_share.middle_missing", "fair_share.neighbourhood_missing",
    "view.homes_seeing_plan", "view.homes_losing_sky", "view.homes_gaining_sky", "view.homes_looked_at", "view.sky_on_street",
})  # fmt: skip
"""Figures whose sentences residents read; the others are for planners."""

AS_SAID: Final = frozenset({
    "dwellings.new", "density.new_floor_area", "height.new", "trees.felled", "trees.planted", "parking.in_buildings", "parking.bicycles",
    "water.storage", "height.new_building_at_home", "height.new_storeys_at_home",
})  # fmt: skip
"""Figures that a plan states itself; all others that rest on a plan were computed from it."""

NEW_HEIGHT: Final = "height.new"
"""The figure whose sentence tells of all new buildings of a plan."""

BEYOND_THE_PLAN: Final = "impacts.trees_must_go"
"""A remark that makes a figure more than what the plan states itself."""

PRESSURE_IS_COUNTED: Final = "streets.pressure_is_counted"
"""A remark that answers what the sentence of a street's parking places would leave open."""

ENDS_WITH_ITS_BUILDING: Final = "sunlight.norm_gone"
"""A remark that says how much of a change is no gain or loss: a building goes, and what was tested in it."""

NOT_THE_WHOLE: Final = frozenset({"traffic.street"})
"""Figures whose values now and then are only a share of what people see there: only the difference is told."""

AROUND: Final = "impacts.buildings_around"
"""The remark that says which buildings a height was compared with."""

ONLY_BEFORE: Final = "only_before"
"""The form of what is not known then, where it is known now."""

BREAKDOWN_TABLE: Final = {
    "dwellings.total": "tenure",
    "dwellings.new": "tenure",
    "dwellings.removed": "tenure",
    "dwellings.by_type": "dwelling_type",
    "ground.paved": "ground_kind",
    "ground.green": "ground_kind",
    "ground.water": "ground_kind",
    "ground.other": "ground_kind",
    "parking.street_total": "street",
    "parking.street": "parking_part",
    **{f"reachability.{mode}_{what}": "street" for mode in MODES for what in ("longer", "lost")},
    "trees.total": "tree_part",
    **{
        f"sunlight.{norm}_{name}": table
        for norm in ("tno_light", "tno_strict", "the_hague")
        for name, table in (("met", "sun_part"), ("not_met", "sun_part"), ("not_judged", "reason"))
    },
    **{f"sunlight.{name}": "sun_part" for name in ("losing", "gaining")},
    "green.three_trees": "home_part",
    "green.near_place": "home_part",
    "green.all_three": "home_part",
    "heat.cool_place": "home_part",
    "view.homes_seeing_plan": "view_part",
    "view.homes_looked_at": "view_part",
}
"""Where the names of the parts of a figure stand."""


def sentence(assessment: Assessment, language: Language, *, here: bool = False) -> str:
    """A figure in plain words: `sentence_parts` behind each other."""
    return " ".join(sentence_parts(assessment, language, here=here))


@dataclass(frozen=True, slots=True)
class Telling:
    """A figure in plain words, piece by piece; a piece may be empty.

    Parameters
    ----------
    head
        What there is to say.
    net, margin, from_to, made_of, how_known
        What an exchange comes down to, how far it may be off, from what to what, what it is made of, how we know.
    also
        What the sentence would leave open.
    """

    head: str
    net: tuple[str, ...] = ()
    margin: tuple[str, ...] = ()
    from_to: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    how_known: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """All pieces in order, the head first."""
        return (self.head, *self.net, *self.margin, *self.from_to, *self.made_of, *self.how_known, *self.also)


def sentence_parts(assessment: Assessment, language: Language, *, here: bool = False, brief: bool = False) -> tuple[str, ...]:
    """A figure in plain words: first what there is to say, then how far it may be off, from what to what, and how we know.

    Parameters
    ----------
    here
        The reader knows which plan or street it is about ("In uw straat", "In dit plan"); else it is named.
    brief
        Name and date of who made the plan stand beside the sentence: it says only whose plan it is ("de ontwikkelaar").
    """
    return telling(FigureTold(assessment), language, here=here, brief=brief).parts


def telling(
    told: FigureTold, language: Language, *, here: bool = False, brief: bool = False, supposes: bool = True, is_today: bool = False
) -> Telling:
    """The same piece by piece.

    Parameters
    ----------
    supposes
        Of what is only allowed it is said each time that somebody must build it first; False where the reader knows.
    is_today
        There is no plan: it is told how it is, not that it stays so.
    """
    one, case, stem = told.one, told.case, sentence_stem(told.one.impact)
    head = _head_of_today(told, stem, language, here=here) if is_today and case is Case.SAME else ""
    head = head or _head(told, language, here=here, supposes=supposes)
    also = f"{stem}.also_of_these" if case is Case.ONLY_AFTER and one.after and has_text(f"{stem}.also_of_these") else f"{stem}.also"
    is_left_open = has_text(also) and not any(note.key.startswith(PRESSURE_IS_COUNTED) for note in one.remarks)
    gone = tuple(note.sentence(language) for note in one.remarks if note.key.startswith(ENDS_WITH_ITS_BUILDING))
    asked = (*((text(also, language),) if is_left_open else ()), *gone)
    if told.leading is None or case is Case.UNCLEAR:
        return Telling(head, also=asked)
    return Telling(
        head,
        net=tuple(_net(told, language)) if case is Case.EXCHANGED else (),
        margin=tuple(margin_words(told.leading, language)),
        from_to=tuple(_from_to(told, language)),
        made_of=tuple(_parts(one, case, stem, language)),
        how_known=(_how_known(one, told.leading.kind, language, brief=brief),),
        also=asked,
    )


def _head_of_today(told: FigureTold, stem: str, language: Language, *, here: bool) -> str:
    """How something is where there is no plan; "" where its figure has no words for that."""
    if told.before is None or not has_text(f"{stem}.today"):
        return ""
    form = _form(Case.ONLY_AFTER, told.before, is_all=False)
    key = f"{stem}.today{form}" if has_text(f"{stem}.today{form}") else f"{stem}.today"
    return _filled(key, told.one, {"before": told.before}, language, here=here)


def who_says(plans: tuple[Plan, ...], language: Language, *, brief: bool = False) -> str:
    """Whose plans these are: "de ontwikkelaar (Merel Ontwikkeling, mei 2026)", or only "de ontwikkelaar"."""
    found = []
    for plan in plans:
        party = text(f"party.{plan.party}", language)
        details = [] if brief else [plan.proposer, format_date(plan.source.vintage, language)]
        named = ", ".join(detail for detail in details if detail)
        found.append(text("tail.who_with_details", language, party=party, details=named) if named else party)
    return enumeration(dict.fromkeys(found), language)


def _head(told: FigureTold, language: Language, *, here: bool, supposes: bool) -> str:
    """What there is to say; of what is only allowed never as if it will be built."""
    one, case = told.one, told.case
    roles = {plan.role for plan in one.plans}
    if PlanRole.ALLOWED not in roles or case in {Case.SAME, Case.UNKNOWN, Case.UNCLEAR}:
        return _plain_head(told, language, here=here)
    own = f"sentence.{one.impact}.{case}_allowed"
    if roles == {PlanRole.ALLOWED} and has_text(own) and told.after is not None:
        return text(own, language, after=told.after.words(language))
    words = _plain_head(told, language, here=here)
    return _supposed(words, language) if supposes else words


def supposed_of(assessment: Assessment, words: str, language: Language) -> str:
    """A sentence about a figure, that holds only if somebody builds it where a plan is no more than allowed."""
    return _supposed(words, language) if any(plan.role is PlanRole.ALLOWED for plan in assessment.plans) else words


def _supposed(words: str, language: Language) -> str:
    """A sentence that holds only if somebody builds what is allowed."""
    starts_with_a_word = words[0].isupper() and words[1:2].islower()
    return text("word.if_allowed", language, sentence=words[0].lower() + words[1:] if starts_with_a_word else words)


def _plain_head(told: FigureTold, language: Language, *, here: bool) -> str:
    one, case = told.one, told.case
    if case is Case.EXCHANGED:
        return _told_turnover(told, language, here=here)
    before, after = told.side_by_side
    if case is Case.SAME:
        after = told.before  # as it was, plan or no plan
    numbers = {"before": before, "after": after, "change": told.difference}
    if case is Case.UNKNOWN:
        return _filled(sentence_key(one, case if before is None else ONLY_BEFORE), one, numbers, language, here=here)
    around = next((note for note in one.remarks if note.key.startswith(AROUND)), None)
    if case is Case.ONLY_AFTER and around is not None and has_text(sentence_key(one, case, "_around")):
        form = "_one" if around.values["n"] == 1 else ""
        n = format_number(int(str(around.values["n"])), language)
        return _filled(sentence_key(one, case, f"_around{form}"), one, numbers, language, here=here, n=n)
    if one.impact == NEW_HEIGHT and case is Case.ONLY_AFTER:
        return _told_buildings(one, language, here=here)
    is_counted = one.margin.is_exact and one.margin_now.is_exact
    is_all = case is Case.LESS and one.after == 0 and is_counted and has_text(sentence_key(one, case, "_all"))
    form = _form(case, numbers["change" if case in {Case.MORE, Case.LESS} else "after"], is_all=is_all and one.before != 1)
    small = before if case is Case.MORE else after if case is Case.LESS else None
    if small is not None and not form:
        form = "_hardly" if _is_told_as_nothing(small) else "_none" if small.value == 0 and case is Case.MORE else ""
    return _filled(sentence_key(one, case, form), one, numbers, language, here=here)


def _filled(key: str, one: Assessment, numbers: Mapping[str, Told | None], language: Language, *, here: bool, **more: str) -> str:
    """A template with what it asks for, and no more worked out than that."""
    asked = placeholders(templates(language)[key])
    values = {name: each.words(language) for name, each in numbers.items() if name in asked and each is not None}
    values |= places(one, language, here=here, asked=asked) | more
    if "reason" in asked:
        values["reason"] = name_of("reason", one.missing or one.margin.reason, language)
    if "radius" in asked:
        values |= radius(one, language)
    return text(key, language, **values)


def _told_buildings(assessment: Assessment, language: Language, *, here: bool) -> str:
    """All buildings that a plan adds: "In dit plan komen 2 nieuwe gebouwen, van 24 en 60 meter hoog."."""
    plan = assessment.plans[0]
    place = text("place.this_plan" if here else "place.plan", language, name=short_name(plan.title.in_language(language)))
    key = sentence_key(assessment, Case.ONLY_AFTER)
    return new_buildings_text(key, new_buildings(plan.volumes), language, place=place)


def is_from_plan(assessment: Assessment) -> bool:
    """Whether a figure that rests on a plan was computed from it, rather than stated in it."""
    return assessment.impact not in AS_SAID or any(note.key.startswith(BEYOND_THE_PLAN) for note in assessment.remarks)


def kind_text(assessment: Assessment, kind: Kind, language: Language) -> str:
    """How a figure is known, in words; what stands in a plan is told apart from what was computed from it."""
    return text("kind.from_plan" if kind is Kind.STATED and is_from_plan(assessment) else f"kind.{kind}", language)


def turnover_sentences(assessment: Assessment, language: Language, *, here: bool = False) -> dict[str, str]:
    """Each side of an exchange by itself, by its part ("felled", "planted"), for where losses and gains are told apart; else nothing."""
    told = FigureTold(assessment)
    if told.case is not Case.EXCHANGED:
        return {}
    return {name: supposed_of(assessment, words, language) for name, words in _turnover_words(told, language, here=here).items()}


def _told_turnover(told: FigureTold, language: Language, *, here: bool) -> str:
    """Both sides of an exchange, first what goes: "Er worden 7 bomen gekapt. Er komen 8 nieuwe bomen bij."."""
    return " ".join(_turnover_words(told, language, here=here).values())


def _turnover_words(told: FigureTold, language: Language, *, here: bool) -> dict[str, str]:
    stem, place = f"sentence.{told.one.impact}.{Case.EXCHANGED}", places(told.one, language, here=here)
    return {
        name: counted_words(f"{stem}_{name}", side, language, {"n": side.words(language), **place})
        for name, side in told.turnover.items()
        if side.value
    }


def _net(told: FigureTold, language: Language) -> list[str]:
    """What an exchange comes down to; nothing where only one side of it happens."""
    change, sides = told.difference, told.turnover
    if change is None or not sides or not all(side.value for side in sides.values()):
        return []
    way = Case.SAME if change.value == 0 else Case.MORE if change.value > 0 else Case.LESS
    return [counted_words(f"sentence.{told.one.impact}.net_{way}", change, language, {"n": change.words(language)})]


def _form(case: Case, told: Told | None, *, is_all: bool) -> str:
    """The form of a template for one, for none, for hardly any, and for all there were."""
    if told is None or case is Case.UNCLEAR:
        return ""
    if told.value == 0 and told.margin.is_exact:
        return "_none"
    if _is_told_as_nothing(told) and case in {Case.SAME, Case.ONLY_AFTER}:
        return "_hardly"
    if is_all:
        return "_all"
    return "_one" if told.unit is Unit.COUNT and told.is_shown_as_one and case is not Case.SAME else ""


def _is_told_as_nothing(told: Told) -> bool:
    """Whether a number that may be something is told as "0" or "0,0": never as "about nothing", but as hardly any."""
    return told.is_shown_as_nothing and not (told.value == 0 and told.margin.is_exact)


def _from_to(told: FigureTold, language: Language) -> list[str]:
    """Now this, then that: where both are shown differently, the sentence has not said both, and rounding does not belie the change."""
    one, case = told.one, told.case
    if case not in {Case.MORE, Case.LESS, Case.EXCHANGED} or one.impact in NOT_THE_WHOLE:
        return []
    if case is not Case.EXCHANGED and "before" in placeholders(templates(language)[sentence_key(one, case)]):
        return []
    before, after = told.side_by_side
    if before is None or after is None or before.number(language) == after.number(language) or not shows_change(before, after):
        return []
    is_count = one.unit is Unit.COUNT
    zero = text("word.none" if is_count else "word.nothing", language)
    ends = {name: zero if each.value == 0 else each.words(language) for name, each in (("before", before), ("after", after))}
    return [text("tail.from_to_count" if is_count else "tail.from_to_amount", language, **ends)]


def _parts(assessment: Assessment, case: Case, stem: str, language: Language) -> list[str]:
    """What a number is made of, where its sentence has words for that."""
    table = BREAKDOWN_TABLE.get(assessment.impact)
    if case is not Case.ONLY_AFTER or table is None or not has_text(f"{stem}.parts") or len(assessment.breakdown) < 2:
        return []
    told = {
        name_of(table, key, language): Told(part[1], assessment.unit, assessment.margin, assessment.kind)
        for key, part in assessment.breakdown.items()
        if part[1]
    }
    numbers = {name: one.number(language) for name, one in told.items() if not _is_told_as_nothing(one)}
    if not numbers:
        return []
    each = f"{stem}.parts_each"
    named = [text(each, language, n=n, part=name) if has_text(each) else f"{n} {name}" for name, n in numbers.items()]
    return [text(f"{stem}.parts", language, parts=enumeration(named, language))]


def _how_known(assessment: Assessment, kind: Kind, language: Language, *, brief: bool) -> str:
    if kind is Kind.MEASURED:
        return text("tail.measured_count" if assessment.unit is Unit.COUNT else "tail.measured_amount", language)
    if kind is not Kind.STATED:
        return text(f"tail.{kind}", language)
    if not assessment.plans:
        return text("tail.stated_by_nobody", language)
    who = who_says(assessment.plans, language, brief=brief)
    if is_from_plan(assessment):
        return counted_text("tail.computed_from_plan", len(assessment.plans), language, who=who)
    is_many = len(assessment.plans) > 1 or assessment.plans[0].party is Party.RESIDENTS
    return text("tail.stated_by_many" if is_many else "tail.stated", language, who=who)
