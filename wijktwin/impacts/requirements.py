"""Requirements of a municipality: what they ask, and whether a plan meets them by the figures that there are of it.

A requirement is data (`wijktwin.impacts.requirement_files`): a subject, a limit, and the rule that sets it with owner, date and certainty.
Figures are never rounded before they are tested: 57 of 165 dwellings is 34.5 %, which does not meet "at least 35 %".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Margin, Method, Place, Unit, weakest
from wijktwin.impacts.catalogue import IMPACTS, IN_BACKGROUND
from wijktwin.impacts.ground import CHANGED
from wijktwin.model.provenance import Kind, LocalText, Source

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Assessment, UsedAssumption
    from wijktwin.model.plan import Plan

METHOD: Final = Method("requirements", "1.0")
NOISE: Final = 1e-9
"""Numbers that differ by no more than this part of the limit are the same: what is left over of computing with decimals."""
OF_A_PLAN: Final = frozenset({Place.PLAN_AREA, Place.VOLUME, Place.BUILDING})
UNSTATED: Final = LocalText("")
UNSTATED_GROUND: Final = "ground.unstated"
UNSTATED_REASON: Final = "ground_unstated"
GROUND: Final = frozenset({"ground.green", "ground.paved", "ground.water"})
"""What ground may become of which no plan says what it will be."""


class Operator(StrEnum):
    """How a figure is held against a limit."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOUT = "about"
    """The same, as far as the margin allows: in claims only."""


class Subject(StrEnum):
    """What requirements are about."""

    HEIGHT = "height"
    BUILT_SHARE = "built_share"
    FLOOR_SPACE_INDEX = "floor_space_index"
    GREEN_SHARE = "green_share"
    SOCIAL_SHARE = "social_share"
    PARKING = "parking"
    BICYCLES = "bicycles"
    STORAGE = "storage"
    DISTANCE_TO_BUILDING = "distance_to_building"
    DISTANCE_TO_DWELLING = "distance_to_dwelling"
    FIGURE = "figure"
    """Any other figure that there is, by its dotted name."""


class Scope(StrEnum):
    """What the figure is of."""

    PLAN = "plan"
    NEIGHBOURHOOD = "neighbourhood"


class Certainty(StrEnum):
    """How sure it is that the rule says this."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Outcome(StrEnum):
    """What a test comes to."""

    MEETS = "meets"
    FAILS = "fails"
    OPEN = "open"
    """It can't be judged; `Judgement.reason` says why."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Which figure is tested, in ``unit``: ``impact``, or that divided by ``per``.

    Of one ``day`` of the year ("03-21") where given; of what falls before ``until`` on that day ("16:00") where that is given too.
    """

    impact: str
    unit: str
    per: str = ""
    operator: Operator = Operator.AT_MOST
    day: str = ""
    until: str = ""


MEASURES: Final[Mapping[Subject, Measure]] = MappingProxyType(
    {
        Subject.HEIGHT: Measure("height.new", Unit.METRES),
        Subject.BUILT_SHARE: Measure("density.ground_space_index", Unit.PER_CENT),
        Subject.FLOOR_SPACE_INDEX: Measure("density.floor_space_index", Unit.RATIO),
        Subject.GREEN_SHARE: Measure("ground.green", Unit.PER_CENT, per="density.area", operator=Operator.AT_LEAST),
        Subject.SOCIAL_SHARE: Measure("dwellings.social_share_of_new", Unit.PER_CENT, operator=Operator.AT_LEAST),
        Subject.PARKING: Measure("parking.in_buildings", Unit.RATIO, per="dwellings.new", operator=Operator.AT_LEAST),
        Subject.BICYCLES: Measure("parking.bicycles", Unit.RATIO, per="dwellings.new", operator=Operator.AT_LEAST),
        Subject.STORAGE: Measure("water.storage", Unit.CUBIC_METRES, operator=Operator.AT_LEAST),
        Subject.DISTANCE_TO_BUILDING: Measure("distance.nearest_building", Unit.METRES, operator=Operator.AT_LEAST),
        Subject.DISTANCE_TO_DWELLING: Measure("distance.nearest_dwelling", Unit.METRES, operator=Operator.AT_LEAST),
    }
)
"""What each subject is tested by, and how it is held against a limit where the requirement does not say."""

FACTORS: Final[Mapping[tuple[str, str], float]] = MappingProxyType({(Unit.RATIO, Unit.PER_CENT): 100.0, (Unit.PER_CENT, Unit.RATIO): 0.01})
"""Units that say the same with another number."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a municipality's table.

    Parameters
    ----------
    requirement_id
        Unique in its table.
    value
        The limit, in the unit of ``measure``.
    rule
        The document and the article that set it, with owner and date.
    certainty
        How sure it is that the rule says this.
    status
        What kind of rule it is, in its owner's words ("Omgevingsplan: verplicht").
    plans
        Plan ids that it applies to; empty: all.
    changed_from
        The requirement as its rule says it, where somebody tries another limit.
    is_own
        Somebody who tries added it: it stands in no table of the municipality.
    """

    requirement_id: str
    subject: Subject
    measure: Measure
    operator: Operator
    value: float
    rule: Source
    certainty: Certainty = Certainty.LOW
    title: LocalText = UNSTATED
    status: LocalText = UNSTATED
    scope: Scope = Scope.PLAN
    plans: frozenset[str] = frozenset()
    changed_from: Requirement | None = field(default=None, repr=False)
    is_own: bool = False

    def is_about(self, plan: Plan) -> bool:
        """Whether it applies to a plan; to a variant as to the plan that it was made of."""
        return not self.plans or plan.plan_id in self.plans or plan.root_id in self.plans


@dataclass(frozen=True, slots=True)
class Requirements:
    """A table of requirements: whose they are, and whether they are made up."""

    municipality: str = ""
    fictional: bool = False
    items: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that was tested and what it was made of; ``low`` and ``high`` are what its margin allows, None where nobody knows."""

    value: float
    unit: str
    low: float | None
    high: float | None
    margin: Margin
    figures: tuple[Assessment, ...]

    @property
    def kind(self) -> Kind:
        """The weakest link of what it was made of."""
        return weakest(figure.kind for figure in self.figures)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of all figures that it was made of, each once."""
        return tuple(dict.fromkeys(source for figure in self.figures for source in figure.sources))

    @property
    def assumptions(self) -> tuple[UsedAssumption, ...]:
        """Idem."""
        return tuple(dict.fromkeys(used for figure in self.figures for used in figure.assumptions))


@dataclass(frozen=True, slots=True)
class Judgement:
    """One requirement tested for one plan.

    Parameters
    ----------
    is_sure
        Whether the outcome is the same wherever in its margin the value lies.
    measured
        None where there is no value to test.
    reason
        Why it can't be judged, or why the outcome is not sure (a key of words, below ``reason``); "" where it is sure.
    why
        More about that: the reason that the figure itself gives (a key of words, below ``reason``).
    """

    requirement: Requirement
    plan_id: str
    outcome: Outcome
    is_sure: bool = False
    measured: Measured | None = None
    reason: str = ""
    why: str = ""


def judged(
    requirements: Iterable[Requirement], plan: Plan, figures: Sequence[Assessment], *, asked: Collection[str] = IMPACTS
) -> tuple[Judgement, ...]:
    """Every requirement that applies to a plan, tested.

    Parameters
    ----------
    figures
        Of the neighbourhood with this plan alone.
    asked
        Impacts that were to be computed; of the others it is said that nobody asked for them.
    """
    return tuple(judge(requirement, plan, figures, asked=asked) for requirement in requirements if requirement.is_about(plan))


def judge(requirement: Requirement, plan: Plan, figures: Sequence[Assessment], *, asked: Collection[str] = IMPACTS) -> Judgement:
    """One requirement tested for one plan; where several buildings have the figure, the least favourable one counts."""
    found = measured(requirement.measure, figures, scope=requirement.scope, worst=requirement.operator, asked=asked)
    if isinstance(found, Absent):
        return Judgement(requirement, plan.plan_id, Outcome.OPEN, reason=found.reason, why=found.why)
    holds = compares(found.value, requirement.operator, requirement.value)
    sure = is_sure(found, requirement.operator, requirement.value)
    reason = "" if sure else "margin_unknown" if found.low is None or found.high is None else "within_margin"
    return Judgement(
        requirement, plan.plan_id, Outcome.MEETS if holds else Outcome.FAILS, is_sure=sure, measured=found, reason=reason,
        why="" if sure else found.margin.reason,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Absent:
    """Why there is no value to test: a key of words below ``reason``, and what the figure itself gives as its reason."""

    reason: str
    why: str = ""


def measured(
    measure: Measure,
    figures: Sequence[Assessment],
    *,
    scope: Scope = Scope.PLAN,
    worst: Operator = Operator.AT_MOST,
    asked: Collection[str] = IMPACTS,
) -> Measured | Absent:
    """The value of a measure among the figures of a plan, in the measure's own unit."""
    tops, bottoms = (_of(impact, figures, scope, day=measure.day, until=measure.until) for impact in (measure.impact, measure.per))
    if measure.per and tops:  # a share is of the whole plan area: what is known of the ground that changes is of another area
        tops = [one for one in tops if one.where.identifier != CHANGED.identifier]
        if not tops:
            return Absent("other_area")
    for impact, own in ((measure.impact, tops), (measure.per, bottoms)):
        if impact and not own:
            is_on_other_days = bool(measure.day) and any(one.impact == impact for one in figures)
            return Absent("day_not_computed" if is_on_other_days else _why_absent(impact.partition(".")[0], figures, asked))
        unknown = next((one for one in own if one.after is None), None)
        if unknown is not None:
            return Absent("not_known", unknown.missing)
    more = sum(one.after or 0.0 for one in _of(UNSTATED_GROUND, figures, scope)) if measure.impact in GROUND else 0.0
    candidates = [found for top in tops if (found := _value(top, bottoms[0] if bottoms else None, measure, more=more)) is not None]
    if len(candidates) < len(tops):
        is_nothing = bool(bottoms) and bottoms[0].after == 0
        return Absent("nothing_to_divide_by" if is_nothing else "other_unit")
    choose = min if worst is Operator.AT_LEAST else max
    return choose(candidates, key=lambda found: found.value)


def _of(impact: str, figures: Sequence[Assessment], scope: Scope, *, day: str = "", until: str = "") -> list[Assessment]:
    """The figures of a plan, of the whole neighbourhood, or of a day of the year or a part of it, by name."""
    named = [one for one in figures if impact and one.impact == impact]
    if day:
        place, ending = (Place.PART_OF_DAY, f"-{day}T{until}") if until else (Place.DAY, f"-{day}")
        return [one for one in named if one.where.place is place and one.where.identifier.endswith(ending)]
    places = {Place.NEIGHBOURHOOD} if scope is Scope.NEIGHBOURHOOD else OF_A_PLAN
    return [one for one in named if one.where.place in places]


def _why_absent(impact: str, figures: Sequence[Assessment], asked: Collection[str]) -> str:
    """Why there is no figure of an impact: nobody computes it or asked for it, it is not there yet, or it does not apply."""
    if impact not in IMPACTS:
        return "not_computed"
    if impact not in asked:
        return "not_asked"
    is_there = any(one.group == impact for one in figures)
    return "not_there_yet" if impact in IN_BACKGROUND and not is_there else "no_such_figure"


def _value(top: Assessment, bottom: Assessment | None, measure: Measure, *, more: float) -> Measured | None:
    """The figure, or one divided by the other, with the interval that both margins allow; None where the unit is another one.

    ``more`` may come on top of it, for nobody says what it is: the margin above is so much wider.
    """
    if top.after is None:
        return None
    value, unit, margin = top.after, str(top.unit), top.margin
    if more and margin.above is not None:
        margin = Margin(margin.below, margin.above + more, UNSTATED_REASON)
    low, high = _ends(value, margin)
    if bottom is not None:
        if not bottom.after:
            return None
        low, high = _quotient_ends((low, high), _ends(bottom.after, bottom.margin))
        value, unit = value / bottom.after, str(Unit.RATIO)
        margin = margin if not margin.is_exact else bottom.margin
    factor = 1.0 if unit == measure.unit else FACTORS.get((unit, measure.unit))
    if factor is None:
        return None
    ends = [None if end is None else end * factor for end in (low, high)]
    return Measured(value * factor, measure.unit, ends[0], ends[1], margin, (top,) if bottom is None else (top, bottom))


def _ends(value: float, margin: Margin) -> tuple[float | None, float | None]:
    """Lowest and highest value that a margin allows of a quantity that is never below zero."""
    low = None if margin.below is None else max(min(value, 0.0), value - margin.below)
    return low, None if margin.above is None else value + margin.above


def _quotient_ends(top: tuple[float | None, float | None], bottom: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    """Lowest and highest quotient of two quantities that are not below zero."""
    low = None if top[0] is None or not bottom[1] else top[0] / bottom[1]
    high = None if top[1] is None or not bottom[0] else top[1] / bottom[0]
    return low, high


def compares(value: float, operator: Operator, limit: float) -> bool:
    """Whether a value keeps to a limit, but for the noise of computing with decimals."""
    slack = NOISE * max(abs(limit), 1.0)
    if operator is Operator.AT_MOST:
        return value <= limit + slack
    if operator is Operator.AT_LEAST:
        return value >= limit - slack
    return abs(value - limit) <= slack


def is_sure(found: Measured, operator: Operator, limit: float) -> bool:
    """Whether the outcome is the same wherever in its margin the value lies."""
    holds = compares(found.value, operator, limit)
    ends = {
        (Operator.AT_MOST, True): (found.high,),
        (Operator.AT_MOST, False): (found.low,),
        (Operator.AT_LEAST, True): (found.low,),
        (Operator.AT_LEAST, False): (found.high,),
    }.get((operator, holds), (found.low, found.high))
    return all(end is not None and compares(end, operator, limit) == holds for end in ends)
