"""Requirements and claims for other programs: what was asked or said, what we find, and why that is sure or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wijktwin.errors import LANGUAGES
from wijktwin.export.json_parts import Document, assumption_part, local_part, named_part, source_part, where_part
from wijktwin.words.judgements import claim_sentences, judgement_sentences, requirement_title, statement_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.impacts.claims import Checked, ClaimCheck
    from wijktwin.impacts.requirements import Judgement, Measure, Measured, Requirements


def requirements_part(table: Requirements, judgements: Sequence[Judgement]) -> Document:
    """A table of requirements, and what each plan comes to."""
    return {
        "municipality": table.municipality,
        "fictional": table.fictional,
        "judgements": [_judgement(one) for one in judgements],
    }


def _judgement(one: Judgement) -> Document:
    asked, original = one.requirement, one.requirement.changed_from
    return {
        "plan_id": one.plan_id,
        "requirement_id": asked.requirement_id,
        "title": {language: requirement_title(asked, language) for language in LANGUAGES},
        "subject": str(asked.subject),
        **_measure(asked.measure),
        "operator": str(asked.operator),
        "value": asked.value,
        "rule_says": None if original is None else {"operator": str(original.operator), "value": original.value},
        "own": asked.is_own,
        "scope": str(asked.scope),
        "rule": source_part(asked.rule),
        "certainty": named_part(str(asked.certainty), "certainty"),
        "status": local_part(asked.status),
        "outcome": named_part(str(one.outcome), "outcome"),
        "is_sure": one.is_sure,
        "found": None if one.measured is None else _measured(one.measured),
        **_reasons(one.reason, one.why),
        "told": {language: list(judgement_sentences(one, language)) for language in LANGUAGES},
    }


def claim_part(check: ClaimCheck) -> Document:
    """A claim with its owner, each thing that it says beside what we find."""
    claim = check.claim
    return {
        "plan_id": check.plan.plan_id,
        "claim_id": claim.claim_id,
        "text": local_part(claim.text),
        "owner": claim.owner,
        "party": str(claim.party),
        "date": None if claim.date is None else claim.date.isoformat(),
        "source": None if claim.source is None else source_part(claim.source),
        "finding": named_part(str(check.finding), "finding"),
        "reason": named_part(check.reason, "reason") if check.reason else None,
        "statements": [_statement(one) for one in check.checked],
        "told": {language: list(claim_sentences(check, language)) for language in LANGUAGES},
    }


def _statement(one: Checked) -> Document:
    said = one.statement
    return {
        "title": {language: statement_title(said, language) for language in LANGUAGES},
        **_measure(said.measure),
        "operator": str(said.operator),
        "value": said.value,
        "tolerance": said.tolerance,
        "scope": str(said.scope),
        "finding": named_part(str(one.finding), "finding"),
        "found": None if one.measured is None else _measured(one.measured),
        **_reasons(one.reason, one.why),
    }


def _measure(measure: Measure) -> Document:
    return {
        "impact": measure.impact,
        "per": measure.per or None,
        "day": measure.day or None,
        "until": measure.until or None,
        "unit": str(measure.unit),
    }


def _measured(found: Measured) -> Document:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "unit": str(found.unit),
        "reason": named_part(found.margin.reason, "reason"),
        "kind": str(found.kind),
        "figures": [{"impact": one.impact, "where": where_part(one.where)} for one in found.figures],
        "sources": [source_part(source) for source in found.sources],
        "assumptions": [assumption_part(one) for one in found.assumptions],
    }


def _reasons(reason: str, why: str) -> Document:
    return {name: named_part(key, "reason") if key else None for name, key in (("reason", reason), ("why", why))}
