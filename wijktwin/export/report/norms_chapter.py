"""Norms with what they are in law, requirements with what each plan comes to, and what people claim beside what we find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wijktwin.export.report.blocks import Block, Cell, bullets, cell, heading, paragraph, row, table
from wijktwin.export.report.material import Material, capital
from wijktwin.export.report.small_counts import Veil, veil_words
from wijktwin.impacts.claims import Finding, checked_claims
from wijktwin.impacts.norm_values import dates_of, norm_values, source_of
from wijktwin.impacts.requirements import judged
from wijktwin.impacts.shared import town
from wijktwin.impacts.sunlight.norms import sunlight_norms
from wijktwin.model.provenance import LocalText
from wijktwin.norm_tables import norm_table
from wijktwin.words.judgements import (
    claim_sentences,
    finding_text,
    judgement_sentences,
    limit_text,
    outcome_text,
    requirement_title,
    statement_title,
)
from wijktwin.words.numbers import format_as_said, format_date
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.claims import ClaimCheck
    from wijktwin.impacts.norm_values import NormDates
    from wijktwin.impacts.requirements import Judgement, Measured, Requirement
    from wijktwin.model.plan import Plan

NORMS_OF: Final = {"wind": "wind.toml", "green": "green.toml", "heat": "heat.toml", "water": "rain.toml"}
"""Impacts whose norms are one number each, and their tables."""
IN_WORDS: Final = {"times": "norm_times", "trees": "norm_trees"}
"""Units of norm tables that are words, and the texts for them."""
KEY_FIGURES: Final = (("parking.toml", "places"), ("traffic.toml", "movements"))
"""What is usual, and no norm."""
OWN_MEASURES: Final = {"view": "view", "sun_change": "sunlight", "density": "density", "reachability": "reachability", "traffic": "traffic"}
"""What we measure and no law or norm sets, in words below ``report.own_measure_``, and the impacts that measure it."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm that figures are held against, and what it is in law."""

    title: str
    asks: str
    status: str
    source: str
    certainty: str


def norms(material: Material) -> list[Block]:
    """What norms ask, what they are in law, and where they come from; then what is our own measure."""
    t = material.t
    heads = [t("norm"), t("norm_asks"), t("norm_status"), t("norm_source")]
    sure = {one.certainty: [name_of("certainty", one.certainty, material.language)] for one in used_norms(material)}
    rows = [
        row(cell(bold=one.title), one.asks, cell(bold=one.status), cell(one.source, small=sure[one.certainty]))
        for one in used_norms(material)
    ]
    found = [heading(t("norms")), paragraph(t("norms_lead"))]
    found += [table(t("norms_caption"), heads, rows, widths=(20, 20, 21, 39), style="plain")] if rows else []
    impacts = _impacts(material)
    own = [t(f"own_measure_{name}") for name, impact in OWN_MEASURES.items() if impact in impacts]
    return [*found, *([heading(t("own_measures"), level=2), bullets(own)] if own else []), *requirements(material)]


def _impacts(material: Material) -> set[str]:
    return {one.group for one in _known(material)}


def _known(material: Material) -> list[Assessment]:
    """The figures of which somebody knows something: nothing is held against a norm where nothing is known."""
    return [one for figures in material.told.values() for one in figures if one.before is not None or one.after is not None]


def used_norms(material: Material) -> list[Norm]:
    """The norms behind the figures that are known, each with its status."""
    impacts, language = _impacts(material), material.language
    names = {one.impact for one in _known(material)}
    found = [
        Norm(
            title=norm.title.in_language(language),
            asks=material.t("norm_minutes", hours=format_as_said(norm.minutes / 60.0, language), place=norm.place.in_language(language)),
            status=norm.status.in_language(language),
            source=_dated(material, norm.source, norm.dates),
            certainty=norm.certainty,
        )
        for name, norm in sunlight_norms().items()
        if f"sunlight.{name}_met" in names
    ]
    for impact, file_name in NORMS_OF.items():
        if impact in impacts:
            found += [
                Norm(
                    title=norm.title.in_language(language),
                    asks=f"{format_as_said(norm.value, language)} {_unit(material, norm.unit)}",
                    status=norm.status.in_language(language),
                    source=_dated(material, norm.source, norm.dates),
                    certainty=norm.certainty,
                )
                for norm in norm_values(file_name).values()
            ]
    found += [
        _entry(material, norm_table(name)[table_], asks=material.t("norm_by_kind"))
        for name, table_ in KEY_FIGURES
        if name.removesuffix(".toml") in impacts
    ]
    if "nuisance" in impacts:
        hours = norm_table("nuisance.toml")["hours"]
        found.append(_entry(material, {"title": material.t("norm_building_noise"), **hours}, asks=material.t("norm_building_hours",
                     first=format_as_said(hours["first"], language), last=format_as_said(hours["last"], language))))  # fmt: skip
    return found + _of_the_town(material)


def _unit(material: Material, unit: str) -> str:
    """A unit of the norm tables in words; signs stand as they are."""
    return material.t(IN_WORDS[unit]) if unit in IN_WORDS else unit


def _of_the_town(material: Material) -> list[Norm]:
    """What the municipality of this neighbourhood chose itself, by the name of the town; nothing of another one."""
    place = town(material.neighbourhood)
    entries = [each for each in norm_table("housing.toml")["targets"].values() if place in each["places"]]
    entries += [each for each in norm_table("parking.toml")["norms"] if place in each["cities"]]
    today = material.made_on.isoformat()
    held = [each for each in entries if each.get("begin", "") <= today and not ("" < each.get("until", "") <= today)]
    return [_entry(material, each, asks=material.t("norm_by_kind")) for each in held]


def _entry(material: Material, entry: Mapping[str, Any], *, asks: str) -> Norm:
    """A norm of several numbers."""
    title, status = (LocalText.from_value(entry[name]).in_language(material.language) for name in ("title", "status"))
    dated = _dated(material, source_of(entry), dates_of(entry))
    return Norm(title, asks, status, dated, str(entry["certainty"]))


def _dated(material: Material, source: LocalText, dates: NormDates) -> str:
    """Where a norm stands, of when that is, since when the norm holds, and when we read it: each by its own name."""
    told = [
        text(f"norm_date.{name}", material.language, date=format_date(date, material.language))
        for name, date in (("published", dates.published), ("in_force", dates.in_force), ("read_on", dates.read_on))
        if date
    ]
    return f"{source.in_language(material.language)} ({'; '.join(told)})"


# -------------------------------------------------------------------------------------------------------------- requirements
def requirements(material: Material) -> list[Block]:
    """What the municipality asks, with the rule, its status, and what each plan comes to."""
    t, asked = material.t, material.requirements
    found = [heading(t("requirements"), level=2)]
    if not asked.items:
        return [*found, paragraph(t("requirements_none"))]
    who = asked.municipality or text("word.unknown", material.language)
    if not any(one.is_about(plan) for one in asked.items for plan in material.plans):
        return [*found, paragraph(t("requirements_other", who=who))]
    found.append(paragraph(t("requirements_lead", who=who)))
    for plans in material.groups:
        own = [one for one in asked.items if any(one.is_about(plan) for plan in plans)]
        if not own:
            continue
        heads = [t("requirement"), t("rule"), *(material.column(plan) for plan in plans)]
        rows = [_requirement_row(material, one, plans) for one in own]
        titles = material.group_name(plans)
        share = 52.0 / len(plans)
        found.append(table(t("requirements_caption", titles=titles), heads, rows, widths=(22, 26, *([share] * len(plans))), style="fine"))
    return found


def _requirement_row(material: Material, one: Requirement, plans: Sequence[Plan]) -> Block:
    t, language = material.t, material.language
    rule = cell(
        one.rule.title,
        small=[
            t("rule_owner", owner=one.rule.owner, date=format_date(one.rule.vintage, language)),
            one.status.in_language(language) or t("status_unstated"),
            name_of("certainty", one.certainty, language),
            *([t("made_up")] if one.rule.fictional else []),
        ],
    )
    limit = capital(limit_text(one, language))
    return row(cell(bold=requirement_title(one, language), small=[limit]), rule, *(_outcome(material, one, plan) for plan in plans))


def _outcome(material: Material, one: Requirement, plan: Plan) -> Cell:
    if not one.is_about(plan):
        return cell(small=[material.t("not_about")])
    (found,) = judged((one,), plan, material.told[plan.plan_id])
    sentences = judgement_told(material, found, plan)
    return cell(*sentences, bold=capital(outcome_text(found, material.language)))


def judgement_told(material: Material, found: Judgement, plan: Plan) -> tuple[str, ...]:
    """What was found and asked, as the page tells it; not what is a small number of homes."""
    veil = _veil_of(material, found.measured, plan)
    if veil is None:
        return judgement_sentences(found, material.language)
    return (
        text(
            "outcome.told",
            material.language,
            value=veil_words(veil, material.language),
            limit=limit_text(found.requirement, material.language),
        ),
    )


def _veil_of(material: Material, measured: Measured | None, plan: Plan) -> Veil | None:
    """How the figures behind a value are hidden; None where nothing of them is."""
    own: tuple[Assessment, ...] = () if measured is None else measured.figures
    return next((veil for one in own if (veil := material.veil(one, plan.plan_id).after) is not None), None)


# -------------------------------------------------------------------------------------------------------------------- claims
def claims(material: Material) -> list[Block]:
    """What people say of plans, each with its owner, beside what we find."""
    t, language = material.t, material.language
    found = [heading(t("claims")), paragraph(t("claims_lead"))]
    n = 0
    for plan in material.plans:
        checks = checked_claims(plan, material.told[plan.plan_id])
        if not checks:
            continue
        n += len(checks)
        rows = [
            row(cell(bold=check.claim.owner, small=_about_claim(material, check)), cell(f"“{check.claim.text.in_language(language)}”"),
                cell(*claim_told(material, check), bold=capital(finding_text(check, language))))
            for check in checks
        ]  # fmt: skip
        heads = [t("claim_owner"), t("claim_said"), t("claim_found")]
        found.append(table(t("claims_caption", title=material.title_of(plan)), heads, rows, widths=(24, 30, 46), style="plain"))
    return found if n else [*found, paragraph(t("claims_none"))]


def _about_claim(material: Material, check: ClaimCheck) -> list[str]:
    claim, language = check.claim, material.language
    sources = [] if claim.source is None else [claim.source]
    told = [name_of("party", claim.party, language), format_date(claim.date, language), material.references(sources)]
    return [each for each in told if each]


def claim_told(material: Material, check: ClaimCheck) -> tuple[str, ...]:
    """Each thing that a claim says and what we find, as the page tells it; not what is a small number of homes."""
    sentences = claim_sentences(check, material.language)
    if not check.checked:
        return sentences
    found = []
    for one, told in zip(check.checked, sentences, strict=True):
        veil = _veil_of(material, one.measured, check.plan)
        if veil is None or one.finding is Finding.OPEN:
            found.append(told if veil is None else statement_title(one.statement, material.language) + ".")
            continue
        title, outcome = statement_title(one.statement, material.language), text(f"finding.{one.finding}", material.language)
        found.append(material.t("claim_hidden", title=title, value=veil_words(veil, material.language), finding=outcome))
    return tuple(found)
