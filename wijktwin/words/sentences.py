"""One figure as plain sentences: what changes comes first, then how we know, then how far it may be off.

A sentence is never more certain than its figure: what was estimated says "about" and a range, a difference that may as well be
none is not called a difference, and what is not known says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Place, Unit
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.impacts.height import RADIUS
from wijktwin.model.plan import Party, PlanRole
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings
from wijktwin.words.new_buildings import new_buildings_text
from wijktwin.words.numbers import format_clock, format_date, format_day, format_number, rounded, shown_step
from wijktwin.words.texts import counted_text, enumeration, has_text, name_of, placeholders, short_name, templates, text
from wijktwin.words.told import Told, counted_words, margin_words, shows_change, side_by_side, told_after, told_before, told_difference

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment, Where
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

GOES_AND_COMES: Final = "trees.total"
"""The figure whose sentence tells what goes and what comes rather than the difference."""

PRESSURE_IS_COUNTED: Final = "streets.pressure_is_counted"
"""A remark that answers what the sentence of a street's parking places would leave open."""

NOT_THE_WHOLE: Final = frozenset({"traffic.street"})
"""Figures whose values now and then are only a share of what people see there: only the difference is told."""

AROUND: Final = "impacts.buildings_around"
"""The remark that says which buildings a height was compared with."""

SENTENCE_OF: Final = {"dwellings.by_type": "dwellings.total"}
"""Figures that are told in the sentence of another one."""

GENERAL: Final = "sentence_general"
"""Plain words that fit every figure, for one that has no sentence of its own: no page goes down over a missing sentence."""

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
    return telling(assessment, language, here=here, brief=brief).parts


def telling(
    assessment: Assessment, language: Language, *, here: bool = False, brief: bool = False, supposes: bool = True, is_today: bool = False
) -> Telling:
    """The same piece by piece.

    Parameters
    ----------
    supposes
        Of what is only allowed it is said each time that somebody must build it first; False where the reader knows.
    is_today
        There is no plan: it is told how it is, not that it stays so.
    """
    stem = f"sentence.{SENTENCE_OF.get(assessment.impact, assessment.impact)}"
    case = told_case(assessment)
    head = _head_of_today(assessment, stem, language, here=here) if is_today and case is Case.SAME else ""
    head = head or _head(assessment, case, language, here=here, supposes=supposes)
    told = leading(assessment)
    also = f"{stem}.also_of_these" if case is Case.ONLY_AFTER and assessment.after and has_text(f"{stem}.also_of_these") else f"{stem}.also"
    is_left_open = has_text(also) and not any(note.key.startswith(PRESSURE_IS_COUNTED) for note in assessment.remarks)
    asked = (text(also, language),) if is_left_open else ()
    if told is None or case is Case.UNCLEAR:
        return Telling(head, also=asked)
    return Telling(
        head,
        net=tuple(_net(assessment, language)) if case is Case.EXCHANGED else (),
        margin=tuple(margin_words(told, language)),
        from_to=tuple(_from_to(assessment, case, language)),
        made_of=tuple(_parts(assessment, case, stem, language)),
        how_known=(_how_known(assessment, told.kind, language, brief=brief),),
        also=asked,
    )


def _head_of_today(assessment: Assessment, stem: str, language: Language, *, here: bool) -> str:
    """How something is where there is no plan; "" where its figure has no words for that."""
    told = told_before(assessment)
    if told is None or not has_text(f"{stem}.today"):
        return ""
    form = _form(Case.ONLY_AFTER, told, is_all=False)
    key = f"{stem}.today{form}" if has_text(f"{stem}.today{form}") else f"{stem}.today"
    return text(key, language, before=told.words(language), **_places(assessment, language, here=here))


def case_of(assessment: Assessment) -> Case:
    """What there is to say about a figure.

    More or less only where the difference, as far as its margin as it is shown allows, cannot be none or the other way round.
    """
    if assessment.after is None:
        return Case.UNKNOWN
    if _turnover(assessment):
        return Case.EXCHANGED
    difference = told_difference(assessment)
    if difference is None:
        return Case.ONLY_AFTER
    step, below, above = shown_step(difference.unit, difference.margin), difference.margin.below, difference.margin.above
    if rounded(difference.value, step) == 0 and difference.margin.is_exact:
        return Case.SAME
    if below is not None and above is not None and not difference.margin.is_exact:
        lowest = rounded(difference.value - below, step, ROUND_FLOOR)
        highest = rounded(difference.value + above, step, ROUND_CEILING)
        if lowest <= 0 <= highest:
            return Case.UNCLEAR
    return Case.MORE if difference.value > 0 else Case.LESS if difference.value < 0 else Case.UNCLEAR


def told_case(assessment: Assessment) -> Case:
    """`case_of`, but no clear difference where a sentence would have to say "from 0.12 to 0.12"."""
    case = case_of(assessment)
    if case not in {Case.MORE, Case.LESS}:
        return case
    asked = placeholders(templates("nl")[sentence_key(assessment, case)])
    before, after = side_by_side(assessment)
    is_shown_alike = before is not None and after is not None and before.number("nl") == after.number("nl")
    return Case.UNCLEAR if is_shown_alike and {"before", "after"} <= asked and "change" not in asked else case


def leading(assessment: Assessment) -> Told | None:
    """The number that a sentence leads with: the difference where it names that, else the figure after; None where it is not known.

    Where nothing changes the figure is as it was, plan or no plan.
    """
    case = told_case(assessment)
    if case is Case.SAME:
        return told_before(assessment)
    if case is Case.UNKNOWN:
        return None
    if case is Case.EXCHANGED:
        return told_difference(assessment)
    return (
        told_difference(assessment) if "change" in placeholders(templates("nl")[sentence_key(assessment, case)]) else told_after(assessment)
    )


def sentence_key(assessment: Assessment, case: str, form: str = "") -> str:
    """The template for what there is to say: the figure's own form, else its own case, else the words that fit every figure."""
    stem = f"sentence.{SENTENCE_OF.get(assessment.impact, assessment.impact)}"
    wanted = (f"{stem}.{case}{form}", f"{stem}.{case}", f"{GENERAL}.{case}")
    return next((key for key in wanted if has_text(key)), wanted[-1])


def who_says(plans: tuple[Plan, ...], language: Language, *, brief: bool = False) -> str:
    """Whose plans these are: "de ontwikkelaar (Merel Ontwikkeling, mei 2026)", or only "de ontwikkelaar"."""
    found = []
    for plan in plans:
        party = text(f"party.{plan.party}", language)
        details = [] if brief else [plan.proposer, format_date(plan.source.vintage, language)]
        named = ", ".join(detail for detail in details if detail)
        found.append(text("tail.who_with_details", language, party=party, details=named) if named else party)
    return enumeration(dict.fromkeys(found), language)


def place_words(assessment: Assessment, language: Language, *, here: bool) -> str:
    """Where it is, as a sentence begins: "In uw straat", "In het plan “De Torens”", "In de buurt"."""
    where, name = assessment.where, short_name(assessment.where.label.in_language(language))
    if where.place is Place.DAY:
        return text("place.on_day", language, name=format_day(where.identifier, language))
    if where.place is Place.PART_OF_DAY:
        return text("place.before", language, **_day_and_time(where, language))
    if where.place is Place.STREET:
        is_easy = language == "en" or name.lower().endswith(("straat", "laan", "steeg", "dreef"))
        is_square = name.lower().endswith("plein") and not name.lower().startswith(("het ", "de "))
        key = "this_street" if here else "square" if is_square else "street" if is_easy else "street_otherwise"
        return text(f"place.{key}", language, name=name)
    if where.place is Place.VOLUME:
        return text("place.this_volume" if here else "place.volume", language, name=name)
    if where.identifier in OWN_AREAS:
        return text(f"place.{where.identifier}", language)
    if where.place is Place.PLAN_AREA:
        return text("place.this_plan" if here else "place.plan", language, name=name)
    return text("place.neighbourhood", language)


def where_text(where: Where, language: Language) -> str:
    """What a figure is about: "de buurt", "plan “De Torens”", "Kerkstraat"."""
    key = f"where.{where.identifier}"
    if where.identifier and where.place in {Place.NEIGHBOURHOOD, Place.PLAN_AREA} and has_text(key):
        return text(key, language)
    if where.place is Place.DAY:
        return text("where.day", language, name=format_day(where.identifier, language))
    if where.place is Place.PART_OF_DAY:
        return text("where.part_of_day", language, **_day_and_time(where, language))
    return text(f"where.{where.place}", language, name=where.label.in_language(language) or where.identifier)


def _day_and_time(where: Where, language: Language) -> dict[str, str]:
    day, _, time = where.identifier.partition("T")
    return {"name": format_day(day, language), "time": format_clock(time, language)}


def _head(assessment: Assessment, case: Case, language: Language, *, here: bool, supposes: bool) -> str:
    """What there is to say; of what is only allowed never as if it will be built."""
    roles = {plan.role for plan in assessment.plans}
    if PlanRole.ALLOWED not in roles or case in {Case.SAME, Case.UNKNOWN, Case.UNCLEAR}:
        return _plain_head(assessment, case, language, here=here)
    own = f"sentence.{assessment.impact}.{case}_allowed"
    after = told_after(assessment)
    if roles == {PlanRole.ALLOWED} and has_text(own) and after is not None:
        return text(own, language, after=after.words(language))
    words = _plain_head(assessment, case, language, here=here)
    if not supposes:
        return words
    starts_with_a_word = words[0].isupper() and words[1:2].islower()
    return text("word.if_allowed", language, sentence=words[0].lower() + words[1:] if starts_with_a_word else words)


def _plain_head(assessment: Assessment, case: Case, language: Language, *, here: bool) -> str:
    if case is Case.EXCHANGED:
        return _told_turnover(assessment, language, here=here)
    before, after = side_by_side(assessment)
    if case is Case.SAME:
        after = told_before(assessment)  # as it was, plan or no plan
    told = {"before": before, "after": after, "change": told_difference(assessment)}
    values = {name: each.words(language) for name, each in told.items() if each is not None}
    values |= _places(assessment, language, here=here)
    values["reason"] = name_of("reason", assessment.missing or assessment.margin.reason, language)
    values |= _radius(assessment, language)
    if case is Case.UNKNOWN:
        return text(sentence_key(assessment, case if before is None else ONLY_BEFORE), language, **values)
    around = next((note for note in assessment.remarks if note.key.startswith(AROUND)), None)
    if case is Case.ONLY_AFTER and around is not None and has_text(sentence_key(assessment, case, "_around")):
        values["n"] = format_number(int(str(around.values["n"])), language)
        one = "_one" if around.values["n"] == 1 else ""
        return text(sentence_key(assessment, case, f"_around{one}"), language, **values)
    if assessment.impact == NEW_HEIGHT and case is Case.ONLY_AFTER:
        return _told_buildings(assessment, language, here=here)
    is_all = case is Case.LESS and assessment.after == 0 and assessment.margin.is_exact and has_text(sentence_key(assessment, case, "_all"))
    form = _form(case, told["change" if case in {Case.MORE, Case.LESS} else "after"], is_all=is_all and assessment.before != 1)
    return text(sentence_key(assessment, case, form), language, **values)


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


def radius_text(assessment: Assessment, where: str, language: Language) -> str:
    """What a figure is about, with the distance within which heights were compared."""
    radius = _radius(assessment, language)
    return text("where.within_radius", language, where=where, **radius) if radius else where


def _radius(assessment: Assessment, language: Language) -> dict[str, str]:
    """Within how many metres heights were compared, where they were."""
    used = next((one for one in assessment.assumptions if one.name == RADIUS), None)
    return {} if used is None else {"radius": format_number(used.value, language)}


def _turnover(assessment: Assessment) -> dict[str, Told]:
    """How many go and how many come of what is counted by `GOES_AND_COMES`; nothing where neither happens."""
    goes, comes = ((assessment.breakdown.get(name) or (0.0, 0.0))[side] or 0.0 for name, side in (("felled", 0), ("planted", 1)))
    if assessment.impact != GOES_AND_COMES or not (goes or comes):
        return {}
    told = told_difference(assessment)
    if told is None:
        return {}
    return {"felled": replace(told, value=goes), "planted": replace(told, value=comes)}


def _told_turnover(assessment: Assessment, language: Language, *, here: bool) -> str:
    """Both sides of an exchange, first what goes: "Er worden 7 bomen gekapt. Er komen 8 nieuwe bomen bij."."""
    stem, found = f"sentence.{assessment.impact}.{Case.EXCHANGED}", []
    for name, told in _turnover(assessment).items():
        if told.value:
            values = {"n": told.words(language), **_places(assessment, language, here=here)}
            found.append(counted_words(f"{stem}_{name}", told, language, values))
    return " ".join(found)


def _net(assessment: Assessment, language: Language) -> list[str]:
    """What an exchange comes down to; nothing where only one side of it happens."""
    told, sides = told_difference(assessment), _turnover(assessment)
    if told is None or not sides or not all(side.value for side in sides.values()):
        return []
    way = Case.SAME if told.value == 0 else Case.MORE if told.value > 0 else Case.LESS
    return [counted_words(f"sentence.{assessment.impact}.net_{way}", told, language, {"n": told.words(language)})]


def _places(assessment: Assessment, language: Language, *, here: bool) -> dict[str, str]:
    """The ways in which a sentence may say where it is."""
    where, name = assessment.where, short_name(assessment.where.label.in_language(language))
    is_plan = where.place is Place.PLAN_AREA and where.identifier not in OWN_AREAS
    plan = "this_plan" if here else "plan"
    return {
        "place": place_words(assessment, language, here=here),
        "for_place": text(f"place.for_{plan}", language, name=name),
        "within": text(f"place.within_{plan if is_plan else 'neighbourhood'}", language, name=name),
        "name": name,
        "label": name_of("impact", assessment.impact, language),
        "where": where_text(where, language),
    }


def _form(case: Case, told: Told | None, *, is_all: bool) -> str:
    """The form of a template for one, for none, and for all there were."""
    if told is None or case is Case.UNCLEAR:
        return ""
    if told.value == 0 and told.margin.is_exact:
        return "_none"
    if is_all:
        return "_all"
    return "_one" if told.unit is Unit.COUNT and told.number("en") == "1" and case is not Case.SAME else ""


def _from_to(assessment: Assessment, case: Case, language: Language) -> list[str]:
    """Now this, then that: where both are shown differently, the sentence has not said both, and rounding does not belie the change."""
    before, after = side_by_side(assessment)
    if (
        case not in {Case.MORE, Case.LESS, Case.EXCHANGED}
        or assessment.impact in NOT_THE_WHOLE
        or before is None
        or after is None
        or before.number(language) == after.number(language)
        or not shows_change(before, after)
    ):
        return []
    if case is not Case.EXCHANGED and "before" in placeholders(templates(language)[sentence_key(assessment, case)]):
        return []
    is_count = assessment.unit is Unit.COUNT
    zero = text("word.none" if is_count else "word.nothing", language)
    ends = {name: zero if told.value == 0 else told.words(language) for name, told in (("before", before), ("after", after))}
    return [text("tail.from_to_count" if is_count else "tail.from_to_amount", language, **ends)]


def _parts(assessment: Assessment, case: Case, stem: str, language: Language) -> list[str]:
    """What a number is made of, where its sentence has words for that."""
    table = BREAKDOWN_TABLE.get(assessment.impact)
    if case is not Case.ONLY_AFTER or table is None or not has_text(f"{stem}.parts") or len(assessment.breakdown) < 2:
        return []
    named = [
        f"{Told(part[1], assessment.unit, assessment.margin, assessment.kind).number(language)} {name_of(table, key, language)}"
        for key, part in assessment.breakdown.items()
        if part[1]
    ]
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
