"""Nuisance of building: the dates and hours that a plan itself gives, else "not known". No noise, dust or lorries are computed.

Counted are the days from the first to the last of each piece of work on which building may be heard (``data/norms/nuisance.toml``); days
that several pieces share count once. On how many of them there really is noise, nobody can say beforehand.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import Assessment, Margin, Method, Unit, unknown_margin
from wijktwin.impacts.shared import Assessments, plan_area
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.norm_tables import norm_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan, Works
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("nuisance", "1.0")
NORMS: Final = "nuisance.toml"
DAYS: Final = "nuisance.days"


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """On how many days each plan is built or demolished, as far as it says."""
    return tuple(_of_plan(plan) for plan in scenario.ordered_plans if _is_built(plan))


def working_days(works: Iterable[Works]) -> int:
    """Days on which building may be heard, from the first to the last day of each piece of work; shared days count once."""
    weekdays = frozenset(norm_table(NORMS)["hours"]["weekdays"])
    days = {one.begin.toordinal() + n for one in works for n in range((one.end - one.begin).days + 1)}
    return sum(dt.date.fromordinal(day).weekday() in weekdays for day in days)


def _is_built(plan: Plan) -> bool:
    """Whether there is anything to build, demolish or dig; what is only allowed has no dates."""
    return bool(plan.volumes or plan.demolishes or plan.ground_changes or plan.works)


def _of_plan(plan: Plan) -> Assessment:
    is_stated = bool(plan.works)
    return Assessment(
        impact=DAYS,
        before=None,
        after=float(working_days(plan.works)) if is_stated else None,
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=Margin(None, 0.0, "work_not_every_day") if is_stated else unknown_margin("works_not_stated"),
        kind=Kind.STATED,
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        remarks=_remarks(plan),
        missing="only_after" if is_stated else "works_not_stated",
    )


def _remarks(plan: Plan) -> tuple[Note, ...]:
    """Dates and hours of each piece of work, and what the law says about hours."""
    found = []
    for one in sorted(plan.works, key=lambda each: (each.begin, each.end, each.title.nl)):
        if one.title.nl or one.title.en:
            found.append(Note("nuisance.work_named", what=one.title, begin=_day(one.begin), end=_day(one.end)))
        else:
            found.append(Note("nuisance.work", begin=_day(one.begin), end=_day(one.end)))
        found.append(_hours(one))
    return (*found, Note("nuisance.no_noise"))


def _hours(works: Works) -> Note:
    told = norm_table(NORMS)["hours"]
    limits = {"earliest": Figure(told["first"]), "latest": Figure(told["last"]), "status": LocalText.from_value(told["status"])}
    if works.first_hour is None or works.last_hour is None:
        return Note("nuisance.hours_unstated", **limits)
    is_within = told["first"] <= works.first_hour and works.last_hour <= told["last"]
    key = "nuisance.hours_within" if is_within else "nuisance.hours_beyond"
    return Note(key, first=Figure(works.first_hour), last=Figure(works.last_hour), **limits)


def _day(day: dt.date) -> LocalText:
    return LocalText(format_date(day, "d MMMM y", locale="nl"), format_date(day, "d MMMM y", locale="en_GB"))
