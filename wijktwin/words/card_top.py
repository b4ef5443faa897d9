"""The top of a card of a home: one sentence for every plan that matters here, the most important change first.

What is most important is decided by `data/norms/card.toml`, the same for what is lost and for what is gained.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.impacts.reachability import SMALLEST
from wijktwin.impacts.sunlight.norms import change_counted
from wijktwin.impacts.traffic import SMALLEST_TOLD
from wijktwin.impacts.view.homes import Seen
from wijktwin.model.plan import PlanRole
from wijktwin.norm_tables import norm_table
from wijktwin.words.card_home import CLEAR, most_changed, season_of
from wijktwin.words.card_lines import CardLine, Lines, Subject, Waits
from wijktwin.words.card_plans import name_of_plan
from wijktwin.words.cases import FiguresTold
from wijktwin.words.numbers import format_day, format_ends, format_number
from wijktwin.words.texts import enumeration, has_text, placeholders, templates, text
from wijktwin.words.told import is_wide, margin_words, turned

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import HomeAddress
    from wijktwin.impacts.home_new_building import NearestNew
    from wijktwin.impacts.home_street import HomeStreet, WayFromHome
    from wijktwin.impacts.home_sun import HomeSunlight
    from wijktwin.impacts.home_surroundings import HomeSurroundings
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.cases import FigureTold
    from wijktwin.words.told import Told

FILE: Final = "card.toml"
LONGEST_IN_MINUTES: Final = 120.0
"""A range of minutes that ends later is told in hours, about. [min]"""
FIRST_NAMED: Final = ("construction_noise", "wind")
"""What people ask about most of all that is not computed."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """Everything that was found of one home in one scenario; None where it is still being computed, or the home is not known.

    Parameters
    ----------
    sunlight
        Of the scenario: claims about shade are held against it.
    waiting
        Subjects that are still being computed, in part or whole.
    gone_by
        The plans that take the building the home is in.
    waits
        What becomes of what is not there yet.
    figures
        The numbers that sentences tell of all these.
    """

    scenario: Scenario
    address: HomeAddress
    assumptions: Assumptions
    sunlight: Sunlight | None
    waiting: tuple[Subject, ...]
    gone_by: tuple[Plan, ...]
    sun: HomeSunlight | None
    view: HomeSurroundings | None
    green: tuple[Assessment, ...]
    cool: Assessment | None
    street: HomeStreet
    ways: tuple[WayFromHome, ...]
    new: tuple[NearestNew, ...]
    waits: Waits = Waits.COMPUTING
    figures: FiguresTold = field(default_factory=FiguresTold, repr=False, compare=False)

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Of the scenario, by id."""
        return self.scenario.ordered_plans


@dataclass(frozen=True, slots=True)
class Change:
    """One change that may stand at the top.

    Parameters
    ----------
    size
        How many times what counts as one (`card.toml`).
    rest
        What happens, as it goes on after "dan".
    span
        A sentence with the range of a figure that may be far off.
    """

    subject: Subject
    plans: tuple[Plan, ...]
    size: float
    rest: str
    figure: Assessment | None = None
    span: tuple[str, ...] = ()


def top_lines(found: HomeFacts, language: Language) -> tuple[CardLine, ...]:
    """One line for every plan that matters here, then what was looked at without finding a difference and what was not computed."""
    lines = Lines(Subject.SUN, language, is_today=not found.plans, figures=found.figures)
    if not found.plans:
        return (CardLine("top.today", text("card_top.today", language)),)
    changed = list(changes(found, language))
    chosen = _one_for_each_plan(changed)
    told = [_line(one, lines) for one in chosen]
    mattering = {plan.plan_id for one in chosen for plan in one.plans}
    others = tuple(plan for plan in found.plans if plan.plan_id not in mattering)
    if others and not found.gone_by:
        told += _of_others(found, others, {one.subject for one in changed}, lines, is_alone=not told)
    if found.waiting:
        key = f"card_top.still{found.waits.form}"
        told.append(CardLine("top.still", text(key, language, subjects=_named(found.waiting, language)), is_waiting=True))
    return (*told, CardLine("top.not_computed", _not_computed(language)))


def _of_others(
    found: HomeFacts, others: Sequence[Plan], changed: Collection[Subject], lines: Lines, *, is_alone: bool
) -> Iterator[CardLine]:
    """Of plans that change nothing that is named: what was looked at, what is small, of what nothing is known, from which difference on."""
    language = lines.language
    small = dict(_small(found, others, language))
    is_known = _is_known(found)
    looked_at = [subject for subject, known in is_known.items() if known and subject not in {*found.waiting, *small}]
    if looked_at:
        yield _no_difference(others, looked_at, lines, is_alone=is_alone)
    yield from (line for each in small.values() for line in each)
    unknown = [subject for subject in is_known if subject not in {*looked_at, *small, *found.waiting, *changed}]
    if unknown:
        yield CardLine("top.unknown", text("card_top.unknown", language, subjects=_named(unknown, language)))
    if looked_at or small:
        values = {"minutes": change_counted().home, "metres": found.assumptions[SMALLEST].value, "cars": SMALLEST_TOLD}
        shown = {name: format_number(value, language) for name, value in values.items()}
        yield CardLine("top.from_which", text("card_top.from_which", language, **shown))


def _is_known(found: HomeFacts) -> dict[Subject, bool]:
    """Whether something is known of this home, for each subject of which we work out ourselves what changes."""
    return {
        Subject.SUN: found.sun is not None and any(one.figure.after is not None for one in found.sun.days),
        Subject.VIEW: found.view is not None and not found.view.view.missing,
        Subject.OVERLOOKING: found.view is not None and not found.view.view.missing,
        Subject.GREEN: any(one.after is not None for one in found.green) and not any(_is_lost(one) for one in (*found.green, found.cool)),
        Subject.PARKING: found.street.parking is not None and found.street.parking.after is not None,
        Subject.CARS: not found.street.no_cars and not found.street.is_main_road and bool(found.address.street),
        Subject.WAYS: bool(found.ways),
    }


def _small(found: HomeFacts, plans: Sequence[Plan], language: Language) -> Iterator[tuple[Subject, list[CardLine]]]:
    """Subjects in which these plans make a difference, but less than what is named: nobody is told first that there is none."""
    most = None if found.sun is None else most_changed(found.sun.days, found.figures)
    if most is not None and any(plan in plans for plan in most.figure.plans):
        own = Lines(Subject.SUN, language, is_today=False, figures=found.figures)
        said = text("card_top.small_sun", language, minutes=format_number(change_counted().home, language))
        yield Subject.SUN, [replace(own.plain("", said, about=most.figure), key="top.small.sun")]
    near = [
        one
        for one in (*found.green[1:], found.cool)
        if one is not None and found.figures.of(one).case in CLEAR and _is_near(one, found) and any(plan in plans for plan in one.plans)
    ]
    if near:
        own = Lines(Subject.GREEN, language, is_today=False, figures=found.figures)
        said = text("card_top.small_green", language, metres=format_number(found.assumptions[SMALLEST].value, language))
        yield Subject.GREEN, [replace(own.plain("", said, about=near[0]), key="top.small.green")]
    own = Lines(Subject.VIEW, language, is_today=False, figures=found.figures)
    view = found.view
    seen = [] if view is None else [(plan, view.plans[plan.plan_id]) for plan in plans if _is_seen(plan, view)]
    told = [replace(own.plain("", _seen_at_most(plan, one, own), about=one), key=f"top.small.view.{plan.plan_id}") for plan, one in seen]
    if told:
        yield Subject.VIEW, told


def _is_near(figure: Assessment, found: HomeFacts) -> bool:
    """Whether a way to green becomes longer or shorter by less than what is named."""
    return abs(figure.difference or 0.0) < found.assumptions[SMALLEST].value


def _is_seen(plan: Plan, view: HomeSurroundings) -> bool:
    """Whether something of a plan may be in view, however little."""
    one = view.view.plans.get(plan.plan_id)
    return one is not None and plan.plan_id in view.plans and one.seen is not Seen.NOT


def _seen_at_most(plan: Plan, one: Assessment, lines: Lines) -> str:
    """How little of the view a plan takes, rounded up."""
    share = format_number(max(1, math.ceil((one.after or 0.0) + (one.margin.above or 0.0))), lines.language)
    return text("card_top.small_view", lines.language, plan=name_of_plan(plan, lines), share=share)


def _is_lost(figure: Assessment | None) -> bool:
    """Whether something is known today and not then: that is no figure that stays."""
    return figure is not None and figure.before is not None and figure.after is None


def _no_difference(plans: Sequence[Plan], looked_at: Sequence[Subject], lines: Lines, *, is_alone: bool) -> CardLine:
    subjects, language = _named(looked_at, lines.language), lines.language
    if is_alone:
        return CardLine("top.none", f"{text('card_top.none', language, subjects=subjects)} {text('card_top.none_found', language)}")
    named = enumeration([f"“{name_of_plan(plan, lines)}”" for plan in plans], language)
    return CardLine("top.none", text("card_top.none_of_plans", language, plans=named, subjects=subjects))


def _named(subjects: Sequence[Subject], language: Language) -> str:
    return enumeration([text(f"card_top.subject_{each}", language) for each in subjects], language)


@cache
def _not_computed(language: Language) -> str:
    named = [text(f"not_computed.{key}", language).partition(" (")[0] for key in FIRST_NAMED]
    more = len(NOT_COMPUTED) - len(named)
    if more <= 0:
        return text("card_top.not_computed", language, subjects=enumeration(named, language))
    return text("card_top.not_computed_more", language, subjects=", ".join(named), n=format_number(more, language))


def _line(one: Change, lines: Lines) -> CardLine:
    names = "+".join(plan.plan_id for plan in one.plans)
    said = _if(one.plans, one.rest, lines)
    if one.figure is None:
        return CardLine(f"top.{names}", said, sources=())
    opened = lines.opened(one.figure)
    return CardLine(
        f"top.{names}", " ".join((said, *one.span)), figure=one.figure, told=(said, *one.span),
        how_we_know=opened.how_we_know, margin=opened.margin,
        method=text(f"card_method.{one.subject}", lines.language), sources=opened.sources, assumptions=opened.assumptions,
    )  # fmt: skip


def _if(plans: Sequence[Plan], rest: str, lines: Lines) -> str:
    """A change, if the plans are built."""
    if all(plan.role is PlanRole.ALLOWED for plan in plans):
        return text("card_top.if_allowed", lines.language, rest=rest)
    if len(plans) == 1:
        return text("card_top.if_plan", lines.language, plan=name_of_plan(plans[0], lines), rest=rest)
    return text("card_top.if_plans", lines.language, rest=rest)


def _one_for_each_plan(found: Sequence[Change]) -> list[Change]:
    """The largest change of every plan by itself, and of plans together where they have a change in common that is larger."""
    best: dict[tuple[str, ...], Change] = {}
    for one in sorted(found, key=_rank):
        best.setdefault(tuple(plan.plan_id for plan in one.plans), one)
    return sorted(best.values(), key=_rank)


def _rank(one: Change) -> tuple[float, int, tuple[str, ...]]:
    return -one.size, list(Subject).index(one.subject), tuple(plan.plan_id for plan in one.plans)


# ----------------------------------------------------------------------------------------------------------------- changes
def changes(found: HomeFacts, language: Language) -> Iterator[Change]:
    """Every change that is clear."""
    for plan in found.gone_by:
        yield Change(Subject.SUN, (plan,), math.inf, text("card_top.goes", language))
    if found.gone_by:
        return
    if (
        found.sun is not None
        and (most := most_changed(found.sun.days, found.figures)) is not None
        and abs(most.figure.difference or 0) >= change_counted().home
    ):
        season = text(f"home_card.day_{season_of(most.day)}", language, day=format_day(most.day.isoformat(), language))
        yield _change("sun", Subject.SUN, found.figures.of(most.figure), language, day=season)
    if found.sun is not None and found.sun.is_built_against:
        against = tuple(plan for plan in found.plans if plan.volumes)
        yield Change(Subject.SUN, against, math.inf, text("card_top.against", language))
    if found.view is not None:
        yield from _in_view(found.view, {plan.plan_id: plan for plan in found.plans}, found.figures, language)
    for name, figure in zip(("trees", "place", "cool"), (*(found.green or (None, None)), found.cool), strict=True):
        if figure is not None and (numbers := found.figures.of(figure)).case in CLEAR and (name == "trees" or not _is_near(figure, found)):
            yield _change(name, Subject.GREEN, numbers, language)
    if (one := found.street.parking) is not None and (numbers := found.figures.of(one)).case in CLEAR:
        share = 100.0 * abs(one.difference or 0.0) / max(one.before or 0.0, abs(one.difference or 0.0), 1.0)
        yield _change("parking", Subject.PARKING, numbers, language, size=share)
    if found.street.cars is not None and (numbers := found.figures.of(found.street.cars)).case in CLEAR:
        yield _change("cars", Subject.CARS, numbers, language)
    yield from _of_ways(found, language)


def _in_view(view: HomeSurroundings, plans: dict[str, Plan], figures: FiguresTold, language: Language) -> Iterator[Change]:
    for plan_id, figure in view.plans.items():
        if figure.after and figure.after - (figure.margin.below or 0.0) > 0:
            yield _after("seen", Subject.VIEW, figures.of(figure), language, (plans[plan_id],), size=figure.after)
    if figures.of(view.sky).case in CLEAR:
        yield _change("sky", Subject.VIEW, figures.of(view.sky), language)
    for name, own in (("window_room", view.room), ("window_garden", view.garden)):
        for plan_id, figure in own.items():
            size = _ones("window") ** 2 / max(figure.after or 0.0, 1.0)
            yield _after(name, Subject.OVERLOOKING, figures.of(figure), language, (plans[plan_id],), size=size)


def _of_ways(found: HomeFacts, language: Language) -> Iterator[Change]:
    for one in found.ways:
        place = text(f"way.{one.way.kind}", language)
        if one.is_lost:
            said = text(f"card_top.lost_{one.way.mode}", language, place=place)
            yield Change(Subject.WAYS, _hands_in_ways(one.figure), 1.0 / _ones("lost_way"), said)
        elif (numbers := found.figures.of(one.figure)).case in CLEAR:
            change = _change(f"way_{one.way.mode}", Subject.WAYS, numbers, language, place=place)
            yield replace(change, plans=_hands_in_ways(one.figure))


def _hands_in_ways(figure: Assessment) -> tuple[Plan, ...]:
    """Of plans that may have a hand in a way those that change streets, where there are such."""
    return tuple(plan for plan in figure.plans if plan.street_changes) or figure.plans


def _ones(name: str) -> float:
    """What counts as one."""
    return _table()[name]


@cache
def _table() -> dict[str, float]:
    return {name: float(value) for name, value in norm_table(FILE)["one"].items() if isinstance(value, int | float)}


def _change(
    name: str, subject: Subject, numbers: FigureTold, language: Language, *, size: float | None = None, **values: str
) -> Change:  # fmt: skip
    """A figure that clearly becomes more or less."""
    figure, told, (before, after) = numbers.one, numbers.difference, numbers.side_by_side
    way = "more" if (figure.difference or 0.0) > 0 else "less"
    unit = {"sky": "view"}.get(name, name.partition("_")[0])
    amount = abs(figure.difference or 0.0) if size is None else size
    said = {"before": before, "after": after}
    shown = {key: each.words(language) for key, each in said.items() if each is not None}
    shown["change"] = "" if told is None else _span(told, language)
    key = f"card_top.{name}_{way}"
    if told is not None and told.is_shown_as_one and has_text(f"{key}_one"):
        key = f"{key}_one"
    is_counted = figure.margin.is_exact and figure.margin_now.is_exact
    if way == "less" and figure.after == 0 and is_counted and has_text(f"{key}_all"):
        key = f"{key}_all"
    is_single = told is not None and is_wide(told) and shown["change"] == told.words(language)
    span = (
        tuple(margin_words(told, language)) if told is not None and is_single and "change" in placeholders(templates(language)[key]) else ()
    )
    return Change(subject, figure.plans, amount / _ones(unit), text(key, language, **shown, **values), figure, span)


def _after(name: str, subject: Subject, numbers: FigureTold, language: Language, plans: tuple[Plan, ...], *, size: float) -> Change:
    """A figure that is only about what comes."""
    figure, told = numbers.one, numbers.after
    unit = {"seen": "view"}.get(name, name.partition("_")[0])
    after = "" if told is None else told.words(language)
    return Change(subject, plans, size / _ones(unit), text(f"card_top.{name}", language, after=after), figure)


def _span(told: Told, language: Language) -> str:
    """A change as the range in which it lies, "25 tot 45 minuten", where both ends are known and it reads well; else as about so much."""
    margin, size = turned(told), abs(told.value)
    if margin.is_exact or margin.below is None or margin.above is None or size + margin.above > LONGEST_IN_MINUTES:
        return told.words(language)
    low, high = format_ends(size, told.unit, language, margin=margin, rounding=told.rounding)
    if low is None or high is None or low in {high, "0"}:
        return told.words(language)
    return text(f"unit_in_sentence.{told.unit}", language, value=text("word.range", language, low=low, high=high))
