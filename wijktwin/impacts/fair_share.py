"""Social and middle rent against the target of its year: of each plan, and of the neighbourhood ("fair share").

Targets are municipal and hold for certain years (``data/norms/housing.toml``). They are tested with unrounded numbers: 57 of 165 is
34.545... per cent, so that at a target of 35 one home is missing. Municipalities set targets for new plans; holding a whole
neighbourhood against them is our own measure and says so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from wijktwin.errors import Figure, InputError, Note
from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Margin, Method, Unit, margin_between, unknown_margin, weakest
from wijktwin.impacts.dwellings import UNSTATED, dwelling_addresses, may_hold_unstated_dwellings
from wijktwin.impacts.shared import WHOLE, Assessments, data_sources, plan_area, town, with_plans
from wijktwin.model.plan import PlanStatus, Tenure
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.norm_tables import norm_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("fair_share", "1.0")
FILE_NAME: Final = "housing.toml"
SOCIAL: Final = "fair_share.social_missing"
MIDDLE: Final = "fair_share.middle_missing"
NEIGHBOURHOOD: Final = "fair_share.neighbourhood_missing"
TENURES: Final = {SOCIAL: Tenure.SOCIAL_RENT, MIDDLE: Tenure.MIDDLE_RENT, NEIGHBOURHOOD: Tenure.SOCIAL_RENT}


@dataclass(frozen=True, slots=True)
class Target:
    """What a municipality asks of new plans in certain years.

    Parameters
    ----------
    begin, until
        First day, and the first day on which it holds no more; None while nothing replaced it.
    shares
        By tenure, at least so many per cent; a tenure of which nobody has seen the number is not there.
    """

    target_id: str
    title: LocalText
    places: frozenset[str]
    begin: dt.date
    until: dt.date | None
    shares: Mapping[Tenure, Fraction]
    status: LocalText
    source: str
    certainty: str

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is in force."""
        return self.begin <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Shortage:
    """How many homes miss; ``fewer`` of them may be there after all, among those of which the tenure is not known."""

    missing: float
    fewer: float


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """Missing homes of every plan that brings some, and of the neighbourhood now and then."""
    found = [_of_neighbourhood(scenario)]
    for plan in scenario.ordered_plans:
        if plan.dwellings or may_hold_unstated_dwellings(plan):
            found += [_of_plan(scenario, plan, SOCIAL), _of_plan(scenario, plan, MIDDLE)]
    return tuple(found)


@cache
def targets() -> tuple[Target, ...]:
    """The targets that travel with the project.

    Raises
    ------
    InputError
        One is incomplete or contradicts itself.
    """
    return tuple(target_from(name, entry) for name, entry in norm_table(FILE_NAME)["targets"].items())


def target_from(name: str, entry: Mapping[str, Any]) -> Target:
    """One target from a table of the file.

    Raises
    ------
    InputError
        It is incomplete, its days are the wrong way round, or a share is not between 0 and 100.
    """
    try:
        found = Target(
            target_id=name,
            title=LocalText.from_value(entry["title"]),
            places=frozenset(place.casefold() for place in entry["places"]),
            begin=dt.date.fromisoformat(entry["begin"]),
            until=dt.date.fromisoformat(entry["until"]) if entry["until"] else None,
            shares={tenure: Fraction(str(entry[tenure.value])) for tenure in Tenure if tenure.value in entry},
            status=LocalText.from_value(entry["status"]),
            source=str(entry["source"]),
            certainty=str(entry["certainty"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError("impacts.norm_incomplete", name=name, source=FILE_NAME, reason=error) from error
    if (found.until is not None and found.until <= found.begin) or not all(0 < share <= 100 for share in found.shares.values()):
        raise InputError("impacts.norm_incomplete", name=name, source=FILE_NAME, reason="begin, until, shares")
    return found


def target_on(place: str, day: dt.date) -> Target | None:
    """The target of a town on a day; None where it has none that we know."""
    return next((one for one in targets() if place.casefold() in one.places and one.holds_on(day)), None)


def homes_missing(count: float, total: float, share: Fraction, *, unknown: float = 0.0) -> Shortage:
    """How many homes of a kind are missing to be at least ``share`` [%] of the total, unrounded.

    Parameters
    ----------
    unknown
        Homes among the total of which nobody knows the kind: they may be of it.
    """
    wanted = math.ceil(share * Fraction(total) / 100)
    missing = max(0.0, wanted - count)
    return Shortage(missing, min(missing, unknown))


def day_of(plan: Plan) -> dt.date | None:
    """The day whose target holds for a plan: that on which it was published, else the first of its dates; None where it gives none."""
    return plan.dates.get(PlanStatus.PUBLISHED) or min(plan.dates.values(), default=None)


def _target(neighbourhood: Neighbourhood, day: dt.date | None, tenure: Tenure) -> tuple[Target | None, str]:
    """The target that holds, or why there is none."""
    if day is None:
        return None, "plan_without_date"
    found = target_on(town(neighbourhood), day)
    if found is None:
        return None, "no_target"
    return (found, "") if tenure in found.shares else (found, "target_not_seen")


def _of_plan(scenario: Scenario, plan: Plan, impact: str) -> Assessment:
    tenure = TENURES[impact]
    target, missing = _target(scenario.neighbourhood, day_of(plan), tenure)
    counts: Counter[str] = Counter()
    for group in plan.dwellings:
        counts[group.tenure or UNSTATED] += group.count  # type: ignore[assignment]
    total, unknown = sum(counts.values()), counts[UNSTATED]
    missing = missing or ("dwellings_not_stated" if not plan.dwellings else "tenure_not_known" if unknown >= total else "")
    rough = any(group.kind is Kind.ASSUMED for group in plan.dwellings)
    after, margin, remarks = None, unknown_margin(missing or "rescaled"), list(_named(target, tenure))
    if not missing and target is not None:
        short = homes_missing(counts[tenure.value], total, target.shares[tenure], unknown=unknown)
        after = short.missing
        margin = unknown_margin("rescaled") if rough else Margin(short.fewer, 0.0, "tenure_partly_known") if short.fewer else AS_STATED
        if not rough and not short.fewer:
            remarks.append(
                Note(
                    _verdict(short.missing), n=Figure(float(counts[tenure.value])), total=Figure(float(total)), share=_share(target, tenure)
                )
            )
    return Assessment(
        impact=impact,
        before=None,
        after=after,
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=margin,
        kind=weakest((Kind.CALCULATED, Kind.STATED, *(group.kind for group in plan.dwellings))),
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "addresses"), (plan,)),
        plans=(plan,),
        remarks=tuple(remarks),
        missing=missing or "only_after",
    )


def _verdict(missing: float) -> str:
    return "fair_share.not_met" if missing else "fair_share.met"


def _share(target: Target, tenure: Tenure) -> Figure:
    return Figure(float(target.shares[tenure]))


def _named(target: Target | None, tenure: Tenure) -> tuple[Note, ...]:
    if target is None:
        return ()
    if tenure not in target.shares:
        return (Note("fair_share.target_without_number", target=target.title, status=target.status),)
    return (Note("fair_share.target_is", target=target.title, share=_share(target, tenure), status=target.status),)


def _of_neighbourhood(scenario: Scenario) -> Assessment:
    """Social homes that the neighbourhood as a whole would need to have the share that is asked of new plans."""
    neighbourhood, plans = scenario.neighbourhood, _changing(scenario)
    present = dwelling_addresses(neighbourhood)
    target, missing = _target(neighbourhood, _latest_day(scenario), Tenure.SOCIAL_RENT)
    missing = "no_addresses" if present is None else missing
    is_open = any(may_hold_unstated_dwellings(plan) for plan in plans)
    now = Counter[str]() if present is None else Counter(tenure or UNSTATED for tenure in present["tenure"])
    then = Counter[str]() if present is None else _then(scenario, present)
    before, after = (None if missing or target is None else _short(counts, target) for counts in (now, then))
    if before is None and not missing:
        missing = "tenure_not_known"
    if is_open and not missing:
        after, missing = None, "dwellings_not_stated"
    rough = any(group.kind is Kind.ASSUMED for plan in plans for group in plan.dwellings)
    margins = [_margin(each, missing or "tenure_not_known") for each in (before, after)]
    if rough and after is not None:
        margins[1] = unknown_margin("rescaled")
    kind = weakest((Kind.CALCULATED, *((Kind.STATED, *(group.kind for plan in plans for group in plan.dwellings)) if plans else ())))
    return Assessment(
        impact=NEIGHBOURHOOD,
        before=None if before is None else before.missing,
        after=None if after is None else after.missing,
        unit=Unit.COUNT,
        where=WHOLE,
        margin=margins[1],
        before_margin=margins[0],
        difference_margin=margin_between(*margins) if plans else EXACT,
        kind=kind,
        before_kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(neighbourhood, "addresses"), plans),
        plans=plans,
        remarks=(*_named(target, Tenure.SOCIAL_RENT), Note("fair_share.own_measure")) if target is not None else (),
        missing=missing if after is None else "",
    )


def _margin(short: Shortage | None, missing: str) -> Margin:
    if short is None:
        return unknown_margin(missing)
    return Margin(short.fewer, 0.0, "tenure_partly_known") if short.fewer else EXACT


def _short(counts: Counter[str], target: Target) -> Shortage | None:
    total, unknown = sum(counts.values()), counts[UNSTATED]
    if total <= 0 or unknown >= total:
        return None
    return homes_missing(counts[Tenure.SOCIAL_RENT.value], total, target.shares[Tenure.SOCIAL_RENT], unknown=unknown)


def _then(scenario: Scenario, present: Any) -> Counter[str]:  # noqa: ANN401 - a table of pandas
    left = present[~present["building_id"].isin(scenario.demolished)]
    counts = Counter(tenure or UNSTATED for tenure in left["tenure"])
    for plan in scenario.ordered_plans:
        for group in plan.dwellings:
            counts[group.tenure or UNSTATED] += group.count  # type: ignore[assignment]
    return counts


def _changing(scenario: Scenario) -> tuple[Plan, ...]:
    return tuple(plan for plan in scenario.ordered_plans if plan.dwellings or plan.demolishes or may_hold_unstated_dwellings(plan))


def _latest_day(scenario: Scenario) -> dt.date | None:
    """The day whose target the neighbourhood is held against: that of its latest plan, else the last that we know a target of."""
    days = [day for plan in scenario.plans if (day := day_of(plan)) is not None]
    own = [one.begin for one in targets() if town(scenario.neighbourhood).casefold() in one.places]
    return max(days, default=max(own, default=dt.date.min))
