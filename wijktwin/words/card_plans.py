"""The parts of a card that are about the plans: the nearest new building, what can still change, when, and what others say of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.catalogue import AT_ONCE, assess_impact
from wijktwin.impacts.claims import checked_claims, statements
from wijktwin.impacts.home import ready
from wijktwin.impacts.kept import kept
from wijktwin.impacts.sunlight.figures import figures_without_trees
from wijktwin.model.plan import Party, PlanRole, PlanStatus
from wijktwin.words.card_lines import CardLine, CardPart, Lines
from wijktwin.words.judgements import claim_sentences, finding_text
from wijktwin.words.numbers import format_clock, format_date, format_number
from wijktwin.words.texts import sentence_case, short_name, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.claims import ClaimCheck
    from wijktwin.impacts.home_new_building import NearestNew
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.model.plan import Claim, Plan, Works
    from wijktwin.model.scenario import Scenario

SUNLIGHT: Final = "sunlight"
"""The impact whose claims wait for the sun to be computed."""
MINUTES: Final = 60
"""Of an hour."""


def new_building_part(found: Sequence[NearestNew], lines: Lines) -> CardPart:
    """How far away and how high the nearest new building of each plan is, beside what people know nearby."""
    if not found:
        return lines.part(lines.plain("", lines.words("no_plan" if lines.is_today else "no_new_building")))
    own: list[CardLine] = []
    for one in found:
        name = one.plan.plan_id
        own += [_away(one, lines), lines.figure(f"height.{name}", one.high)]
        own += [lines.figure(f"storeys.{name}", one.storeys)] if one.storeys is not None else []
    first = found[0]
    own += [lines.figure(name, figure) for name, figure in (("own", first.own), ("known", first.known)) if figure is not None]
    return lines.part(*own)


def _away(one: NearestNew, lines: Lines) -> CardLine:
    """How far away it is; of what would be told as nothing that it stands against the home, or how far it may be from it."""
    name, after = f"away.{one.plan.plan_id}", lines.figures.of(one.away).after
    if after is None or not after.is_shown_as_nothing:
        return lines.figure(name, one.away)
    metres = format_number(max(1, math.ceil(one.metres + (one.away.margin.above or 0.0))), lines.language)
    key = "built_against_allowed" if one.plan.role is PlanRole.ALLOWED else "built_against"
    said = lines.words(key, plan=name_of_plan(one.plan, lines), metres=metres)
    return replace(lines.plain(name, said, about=one.away), value=sentence_case(lines.words("built_against_value")))


def latitude_part(scenario: Scenario, lines: Lines) -> CardPart:
    """What is fixed, a choice or open in each plan, in its own words; the same for every home."""
    return kept(scenario, ("latitude part", lines.language), lambda: _latitude(scenario.ordered_plans, lines))


def _latitude(plans: Sequence[Plan], lines: Lines) -> CardPart:
    own = []
    for plan in plans:
        if not plan.settled:
            own.append(lines.plain(f"{plan.plan_id}.0", lines.words("no_settled", plan=name_of_plan(plan, lines)), plans=(plan,)))
        for number, settled in enumerate(plan.settled, start=1):
            said = lines.words(f"settled_{settled.latitude}", subject=quoted(settled.subject.in_language(lines.language)))
            own.append(lines.plain(f"{plan.plan_id}.{number}", said, plans=(plan,)))
    return lines.part(*(own or [lines.plain("", lines.words("no_plan"))]))


def dates_part(scenario: Scenario, lines: Lines) -> CardPart:
    """How far each plan is, when it changed and when it is built; the same for every home."""
    return kept(scenario, ("dates part", lines.language), lambda: _dates(scenario.ordered_plans, lines))


def _dates(plans: Sequence[Plan], lines: Lines) -> CardPart:
    own = []
    for plan in plans:
        since, named = plan.dates.get(plan.status), name_of_plan(plan, lines)
        date = format_date(since, lines.language)
        undated = "status_draft_undated" if plan.status is PlanStatus.DRAFT else "status_undated"
        status = lines.words(f"status_{plan.status}", plan=named, date=date) if since else lines.words(undated, plan=named)
        changed = plan.changed_since
        latest = "" if changed is None else lines.words("changed", date=format_date(changed, lines.language))
        own.append(lines.plain(f"status.{plan.plan_id}", status, latest, plans=(plan,)))
        works = sorted(plan.works, key=lambda each: (each.begin, each.end, each.title.nl))
        said = [sentence for one in works for sentence in _works(one, lines)] or [lines.words("no_works")]
        own.append(lines.plain(f"works.{plan.plan_id}", *said, plans=(plan,)))
    return lines.part(*(own or [lines.plain("", lines.words("no_plan"))]))


def _works(one: Works, lines: Lines) -> tuple[str, ...]:
    begin, end = (format_date(day, lines.language) for day in (one.begin, one.end))
    what = one.title.in_language(lines.language)
    said = lines.words("works", what=quoted(what), begin=begin, end=end) if what else lines.words("works_unnamed", begin=begin, end=end)
    if one.first_hour is None or one.last_hour is None:
        return (said,)
    first, last = (format_clock(_clock(hour), lines.language) for hour in (one.first_hour, one.last_hour))
    return said, lines.words("works_hours", first=first, last=last)


def _clock(hour: float) -> str:
    hours, minutes = divmod(round(hour * MINUTES), MINUTES)
    return f"{hours}:{minutes:02}"


# ------------------------------------------------------------------------------------------------------------------ claims
def claims_part(scenario: Scenario, sunlight: Sunlight | None, lines: Lines, *, assumptions: Assumptions) -> CardPart:
    """What the parties say of each plan, beside what we find; nobody is said to be right or wrong. The same for every home."""
    alone = (_alone(scenario, plan) for plan in scenario.ordered_plans)
    known = (
        sunlight is not None
        if len(scenario.plans) == 1
        else tuple(ready(each, assumptions=assumptions).sunlight is not None for each in alone)
    )
    key = ("claims part", lines.language, known, assumptions.key, lines.waits)
    return kept(scenario, key, lambda: _claims(scenario, sunlight, lines, assumptions))


def _claims(scenario: Scenario, sunlight: Sunlight | None, lines: Lines, assumptions: Assumptions) -> CardPart:
    own = []
    for plan in scenario.ordered_plans:
        if not plan.claims:
            own.append(lines.plain(plan.plan_id, lines.words("no_claims", plan=name_of_plan(plan, lines)), plans=(plan,)))
            continue
        alone = scenario if len(scenario.plans) == 1 else _alone(scenario, plan)
        sun = sunlight if alone is scenario else ready(alone, assumptions=assumptions).sunlight
        figures = (*_figures(alone, plan, assumptions), *(_of_sun(sun, assumptions) if sun is not None else ()))
        named: set[str] = set()
        for check in checked_claims(plan, figures):
            who = _who(check.claim, lines)
            own.append(_claim_line(check, lines, is_waiting=sun is None, is_named=who in named))
            named.add(who)
    return lines.part(*(own or [lines.plain("", lines.words("no_plan"))]))


def _alone(scenario: Scenario, plan: Plan) -> Scenario:
    return kept(scenario, ("alone", plan.plan_id), lambda: scenario.neighbourhood.with_plans([plan]))


def _figures(alone: Scenario, plan: Plan, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """Figures that the claims about a plan are held against, but those that take long."""
    names = {said.measure.impact.partition(".")[0] for claim in plan.claims for said in statements(claim.checkable)}
    wanted = tuple(name for name in AT_ONCE if name in names)
    key = ("figures of claims", wanted, assumptions.key)
    return kept(alone, key, lambda: tuple(one for name in wanted for one in assess_impact(name, alone, assumptions=assumptions)))


def _of_sun(sunlight: Sunlight, assumptions: Assumptions) -> tuple[Assessment, ...]:
    return kept(sunlight.homes, "figures of claims", lambda: figures_without_trees(sunlight, assumptions=assumptions))


def _claim_line(check: ClaimCheck, lines: Lines, *, is_waiting: bool, is_named: bool) -> CardLine:
    """What was said beside what we find; where a line above names who said it, name and date are no part of what stands on paper."""
    claim, language = check.claim, lines.language
    key = "claim_of_residents" if claim.party is Party.RESIDENTS else "claim"
    by_name, by_party = (
        lines.words(key, who=sentence_case(who), said=quoted(claim.text.in_language(language)))
        for who in (_who(claim, lines), text(f"party.{claim.party}", language))
    )
    line = lines.plain(f"{check.plan.plan_id}.{claim.claim_id}", by_name, plans=(check.plan,))
    waits = is_waiting and any(one.measure.impact.partition(".")[0] == SUNLIGHT for one in statements(claim.checkable))
    outcome = lines.words(f"waiting{lines.waits.form}" if waits else f"finding_{check.finding}")
    found, found_briefly = ((), ()) if waits else (claim_sentences(check, language, brief=brief) for brief in (False, True))
    told = " ".join((by_name, outcome, *found))
    brief = " ".join((by_party if is_named else by_name, outcome, *found_briefly))
    value = "" if waits else sentence_case(finding_text(check, language))
    return replace(line, text=told, rest=brief, value=value, is_waiting=waits)


def _who(claim: Claim, lines: Lines) -> str:
    """Whose words they are, with their name and date."""
    party = text(f"party.{claim.party}", lines.language)
    details = ", ".join(each for each in (claim.owner, format_date(claim.date, lines.language)) if each)
    return text("tail.who_with_details", lines.language, party=party, details=details) if details else party


def name_of_plan(plan: Plan, lines: Lines) -> str:
    """A plan as a sentence names it."""
    return quoted(short_name(plan.title.in_language(lines.language)))


def quoted(words: str) -> str:
    """The words of others between our quotation marks: their own become single, and their full stop goes."""
    return words.strip().removesuffix(".").replace("“", "‘").replace("”", "’").replace('"', "’")
