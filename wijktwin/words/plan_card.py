"""The cards of a plan and of one of its volumes: what its maker states, what can still change, and what others say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.dwellings import UNSTATED
from wijktwin.impacts.height import highest_volume
from wijktwin.model.plan import Latitude, PlanStatus
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings
from wijktwin.words.changes import changed_street_names, demolished_names, named
from wijktwin.words.facts import Fact, FactCard, FactList
from wijktwin.words.numbers import format_date, format_number
from wijktwin.words.texts import enumeration, name_of, sentence_case, source_text, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume


def plan_card(plan: Plan, language: Language, *, neighbourhood: Neighbourhood | None = None) -> FactCard:
    """What a plan says, who says it, how far it is and what can still change.

    Parameters
    ----------
    neighbourhood
        Where given, buildings and streets are named rather than counted.
    """
    facts = FactList(language, source=source_text(plan.source, language))
    party = text(f"party.{plan.party}", language)
    proposer = text("card.proposer_value", language, proposer=plan.proposer, party=party) if plan.proposer else party
    facts.add("proposer", proposer, source="")
    facts.add("role", text(f"role.{plan.role}", language), source="")
    facts.add("plan_status", status_text(plan, language), source="")
    facts.add("changed_since", changed_text(plan, language), source="")
    _add_what_it_does(facts, plan, neighbourhood)
    _add_what_can_change(facts, plan)
    _add_claims(facts, plan)
    summary = plan.summary.in_language(language)
    return FactCard(plan.title.in_language(language), tuple(facts.facts), _plan_remarks(plan, language), summary, facts.source)


def status_text(plan: Plan, language: Language) -> str:
    """How far a plan is: "gepubliceerd sinds 21 mei 2026"."""
    status, since = text(f"status.{plan.status}", language), plan.dates.get(plan.status)
    return text("card.since", language, status=status, date=format_date(since, language)) if since else status


def changed_text(plan: Plan, language: Language) -> str:
    """The latest change with what it was; "" where nothing was changed."""
    latest = max(plan.changes, key=lambda change: change.date, default=None)
    if latest is None:
        return ""
    date, what = format_date(latest.date, language), latest.text.in_language(language)
    return text("card.change", language, date=date, text=what) if what else date


def dwellings_text(plan: Plan, language: Language) -> str:
    """Dwellings by tenure: "165: 108 middenhuur en 57 sociale huur"; "" where the plan states none."""
    counts: dict[str, float] = {}
    for group in plan.dwellings:
        key = group.tenure or UNSTATED
        counts[key] = counts.get(key, 0.0) + group.count
    if not counts:
        return ""
    total = format_number(sum(counts.values()), language)
    parts = [f"{format_number(count, language)} {name_of('tenure', key, language)}" for key, count in sorted(counts.items()) if count]
    return total if set(counts) == {UNSTATED} else text("word.label_and_value", language, label=total, value=enumeration(parts, language))


def _add_what_it_does(facts: FactList, plan: Plan, neighbourhood: Neighbourhood | None) -> None:
    language = facts.language
    n_below = sum(volume.is_below_ground for volume in plan.volumes)
    n_above = format_number(len(new_buildings(plan.volumes)), language)
    facts.add("n_volumes", _with_below(n_above, n_below, language) if plan.volumes else "", Kind.STATED)
    highest = highest_volume(plan)
    if highest is not None:
        facts.add_number("highest", highest.height, Unit.METRES, highest.height_kind)
    kinds = {group.kind for group in plan.dwellings}
    facts.add("plan_dwellings", dwellings_text(plan, language), Kind.ASSUMED if Kind.ASSUMED in kinds else Kind.STATED)
    for name in ("demolishes", "felled", "planted", "ground_changes", "street_changes"):
        n_things = len(getattr(plan, name))
        names = _names(name, plan, neighbourhood, n_things, language)
        if names:
            facts.add(name, names, Kind.STATED)
        else:
            facts.add_count(name, n_things)


def _names(name: str, plan: Plan, neighbourhood: Neighbourhood | None, n_things: int, language: Language) -> str:
    """What the buildings or streets are called; "" where only their number can be given."""
    if neighbourhood is None or name not in {"demolishes", "street_changes"}:
        return ""
    if name == "demolishes":
        return named(demolished_names(plan, neighbourhood, language), n_things, language)
    streets = changed_street_names(plan, neighbourhood, language)
    return named(streets, len(streets), language)


def _with_below(above: str, n_below: int, language: Language) -> str:
    return above if not n_below else text("card.storeys_and_below", language, above=above, below=format_number(n_below, language))


def _add_what_can_change(facts: FactList, plan: Plan) -> None:
    language = facts.language
    for settled in plan.settled:
        values = {"subject": settled.subject.in_language(language), "latitude": text(f"latitude.{settled.latitude}", language)}
        facts.add("settled", text("card.settled_value", language, **values))


def _add_claims(facts: FactList, plan: Plan) -> None:
    language = facts.language
    for claim in plan.claims:
        details = [text(f"party.{claim.party}", language), format_date(claim.date, language)]
        said = claim.text.in_language(language)
        value = text("card.claim_value", language, text=said, details=", ".join(detail for detail in details if detail))
        label = text("card.claim", language, owner=claim.owner)
        source = source_text(claim.source, language) if claim.source else claim.owner
        facts.facts.append(Fact(label, value, text("word.claimed", language), str(Kind.STATED), source))


def _plan_remarks(plan: Plan, language: Language) -> tuple[str, ...]:
    found = [text("card.claim_not_checked", language, owner=owner) for owner in dict.fromkeys(claim.owner for claim in plan.claims)]
    flags = {
        "variant": plan.variant_of is not None,
        "draft": plan.status is PlanStatus.DRAFT,
        "withdrawn": plan.is_withdrawn,
        "plan_fictional": plan.fictional,
    }
    found += [text(f"card.{name}", language) for name, holds in flags.items() if holds]
    return tuple(sentence_case(each) for each in (*found, *(note.sentence(language) for note in plan.notes)))


def volume_card(volume: Volume, plan: Plan, language: Language) -> FactCard:
    """What a plan says of one volume."""
    facts = FactList(language, source=source_text(plan.source, language))
    facts.add("plan", plan.title.in_language(language), source="")
    if volume.is_below_ground:
        facts.add_number("depth", -volume.base, Unit.METRES, volume.base_kind)
    else:
        facts.add_number("height", volume.height, Unit.METRES, volume.height_kind)
        level = format_number(volume.top, language, decimals=1) + " m"
        facts.add("top", text("card.nap", language, value=level), volume.ground_level_kind)
        if volume.base > 0:
            facts.add_number("base", volume.base, Unit.METRES, volume.base_kind)
    facts.add_count("storeys", volume.storeys, volume.storeys_kind)
    facts.add_count("storeys_below", volume.storeys_below)
    facts.add("use", name_of("use", volume.use, language) if volume.use else "", Kind.STATED)
    facts.add_number("floor_area", volume.floor_area, Unit.SQUARE_METRES, volume.floor_area_kind)
    facts.add_count("parking_places", volume.parking_places, volume.parking_places_kind)
    facts.add_count("bicycle_places", volume.bicycle_places, volume.bicycle_places_kind)
    if volume.latitude is not Latitude.UNSTATED:
        facts.add("latitude", text(f"latitude.{volume.latitude}", language), Kind.STATED)
    flags = {
        "below_ground": volume.is_below_ground,
        "ground_assumed": volume.ground_level_kind is Kind.ASSUMED,
        "plan_fictional": plan.fictional,
    }
    remarks = tuple(text(f"card.{name}", language) for name, holds in flags.items() if holds)
    title = volume.title.in_language(language) or volume.volume_id
    return FactCard(title, tuple(facts.facts), remarks, plan.title.in_language(language), facts.source)
