"""Figures for other programs: one JSON document with everything that a figure carries, the same bytes for the same figures.

What it holds is described by ``assessments.schema.json`` beside this module and in ``docs/assess.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import orjson

from wijktwin import __version__
from wijktwin.errors import LANGUAGES
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.words.sentences import where_text
from wijktwin.words.texts import name_of

if TYPE_CHECKING:
    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Assessment, Margin, Method, UsedAssumption, Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import LocalText, Source
    from wijktwin.model.scenario import Scenario

FORMAT: Final = "wijktwin-assessments"
VERSION: Final = "1"
"""Raised when a program that reads the document would have to change."""
Document = dict[str, Any]


def assessments_document(told: Iterable[Assessment], scenario: Scenario, *, assumptions: Assumptions | None = None) -> Document:
    """Figures of a scenario with the data, plans, versions and choices that they follow from.

    Parameters
    ----------
    assumptions
        The set that they were computed with; by default the one that travels with the project.
    """
    figures = sorted(told, key=_order)
    neighbourhood = scenario.neighbourhood
    chosen = default_assumptions() if assumptions is None else assumptions
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": {
            "name": neighbourhood.name,
            "key": neighbourhood.key,
            "fictional": neighbourhood.fictional,
            "reference_system": neighbourhood.reference_system.name,
            "time_zone": neighbourhood.time_zone,
            "sources": [_source(source) for source in neighbourhood.sources],
        },
        "scenario": {"key": scenario.key, "plans": [_plan(plan) for plan in scenario.ordered_plans]},
        "assumption_set": {"variant": chosen.variant, "changed": sorted(chosen.changed)},
        "versions": {
            "wijktwin": __version__,
            "methods": {method.method_id: method.version for method in sorted({one.method for one in figures}, key=_method_id)},
        },
        "not_computed": [_named(key, "not_computed") for key in NOT_COMPUTED],
        "assessments": [_assessment(one) for one in figures],
    }


def as_bytes(document: Document) -> bytes:
    """The document as indented JSON in UTF-8, with a line end after it."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@cache
def assessments_schema() -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    schema: dict[str, Any] = json.loads((resources.files("wijktwin.export") / "assessments.schema.json").read_text(encoding="utf-8"))
    return schema


def _order(one: Assessment) -> tuple[str, str, str]:
    return one.impact, str(one.where.place), one.where.identifier


def _method_id(method: Method) -> tuple[str, str]:
    return method.method_id, method.version


def _assessment(one: Assessment) -> Document:
    return {
        "impact": one.impact,
        "name": _named(one.impact, "impact"),
        "before": one.before,
        "after": one.after,
        "difference": one.difference,
        "unit": str(one.unit),
        "where": _where(one.where),
        "margin": _margin(one.margin),
        "before_margin": _margin(one.margin_now),
        "difference_margin": _margin(one.margin_of_change),
        "kind": str(one.kind),
        "before_kind": str(one.kind_now),
        "difference_kind": str(one.kind_of_change),
        "method": {"method_id": one.method.method_id, "version": one.method.version},
        "sources": [_source(source) for source in one.sources],
        "assumptions": [_assumption(assumption) for assumption in one.assumptions],
        "plans": [plan.plan_id for plan in one.plans],
        "remarks": [_remark(remark) for remark in one.remarks],
        "missing": _named(one.missing, "reason") if one.missing else None,
        "breakdown": {key: {"before": before, "after": after} for key, (before, after) in one.breakdown.items()},
    }


def _where(where: Where) -> Document:
    told: Document = {language: where_text(where, language) for language in LANGUAGES}
    return {"place": str(where.place), "identifier": where.identifier, **told}


def _margin(margin: Margin) -> Document:
    return {"below": margin.below, "above": margin.above, "reason": _named(margin.reason, "reason")}


def _named(key: str, table: str) -> Document:
    """A key of ours with what it is called in each language."""
    return {"key": key, **{language: name_of(table, key, language) for language in LANGUAGES}}


def _remark(remark: Note) -> Document:
    return {"key": remark.key, **{language: remark.sentence(language) for language in LANGUAGES}}


def _source(source: Source) -> Document:
    return {
        "title": source.title,
        "owner": source.owner,
        "vintage": source.vintage,
        "licence": source.licence,
        "version": source.version,
        "url": source.url,
        "fictional": source.fictional,
    }


def _assumption(one: UsedAssumption) -> Document:
    return {
        "name": one.name,
        "label": _local(one.label),
        "value": one.value,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "owner": one.owner,
        "date": one.date,
        "reason": _local(one.reason),
        "variant": one.variant,
    }


def _plan(plan: Plan) -> Document:
    return {
        "plan_id": plan.plan_id,
        "title": _local(plan.title),
        "role": str(plan.role),
        "status": str(plan.status),
        "proposer": plan.proposer,
        "party": str(plan.party),
        "variant_of": plan.variant_of,
        "fictional": plan.fictional,
        "content_key": plan.content_key,
        "source": _source(plan.source),
    }


def _local(words: LocalText) -> Document:
    return {language: words.in_language(language) for language in LANGUAGES}
