"""Figures for other programs: one JSON document with everything that a figure carries, the same bytes for the same figures.

What it holds is described by ``assessments.schema.json`` beside this module and in ``docs/assess.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import orjson

from wijktwin import __version__
from wijktwin.errors import LANGUAGES
from wijktwin.export.json_parts import Document, assumption_part, local_part, margin_part, named_part, source_part, where_part
from wijktwin.export.judgements_json import claim_part, requirements_part
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.impacts.claims import METHOD as CLAIMS
from wijktwin.impacts.requirements import METHOD as REQUIREMENTS
from wijktwin.impacts.requirements import Requirements

if TYPE_CHECKING:
    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Assessment, Method
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.claims import ClaimCheck
    from wijktwin.impacts.requirements import Judgement
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

FORMAT: Final = "wijktwin-assessments"
VERSION: Final = "1"
"""Raised when a program that reads the document would have to change."""
NO_REQUIREMENTS: Final = Requirements()


def assessments_document(
    told: Iterable[Assessment],
    scenario: Scenario,
    *,
    assumptions: Assumptions | None = None,
    table: Requirements = NO_REQUIREMENTS,
    judgements: Sequence[Judgement] = (),
    claims: Sequence[ClaimCheck] = (),
) -> Document:
    """Figures of a scenario with the data, plans, versions and choices that they follow from.

    Parameters
    ----------
    assumptions
        The set that they were computed with; by default the one that travels with the project.
    table, judgements
        The requirements that plans were held against, and what came of it.
    claims
        What is said of plans, checked.
    """
    figures = sorted(told, key=_order)
    neighbourhood = scenario.neighbourhood
    chosen = default_assumptions() if assumptions is None else assumptions
    methods = {one.method for one in figures}
    methods |= {own for own, used in ((REQUIREMENTS, judgements), (CLAIMS, claims)) if used}
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": {
            "name": neighbourhood.name,
            "key": neighbourhood.key,
            "fictional": neighbourhood.fictional,
            "reference_system": neighbourhood.reference_system.name,
            "time_zone": neighbourhood.time_zone,
            "sources": [source_part(source) for source in neighbourhood.sources],
        },
        "scenario": {"key": scenario.key, "plans": [_plan(plan) for plan in scenario.ordered_plans]},
        "assumption_set": {"variant": chosen.variant, "changed": sorted(chosen.changed)},
        "versions": {
            "wijktwin": __version__,
            "methods": {method.method_id: method.version for method in sorted(methods, key=_method_id)},
        },
        "not_computed": [named_part(key, "not_computed") for key in NOT_COMPUTED],
        "assessments": [_assessment(one) for one in figures],
        "requirements": requirements_part(table, judgements),
        "claims": [claim_part(one) for one in claims],
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
        "name": named_part(one.impact, "impact"),
        "before": one.before,
        "after": one.after,
        "difference": one.difference,
        "unit": str(one.unit),
        "where": where_part(one.where),
        "margin": margin_part(one.margin),
        "before_margin": margin_part(one.margin_now),
        "difference_margin": margin_part(one.margin_of_change),
        "kind": str(one.kind),
        "before_kind": str(one.kind_now),
        "difference_kind": str(one.kind_of_change),
        "method": {"method_id": one.method.method_id, "version": one.method.version},
        "sources": [source_part(source) for source in one.sources],
        "assumptions": [assumption_part(assumption) for assumption in one.assumptions],
        "plans": [plan.plan_id for plan in one.plans],
        "remarks": [_remark(remark) for remark in one.remarks],
        "missing": named_part(one.missing, "reason") if one.missing else None,
        "breakdown": {key: {"before": before, "after": after} for key, (before, after) in one.breakdown.items()},
    }


def _remark(remark: Note) -> Document:
    return {"key": remark.key, **{language: remark.sentence(language) for language in LANGUAGES}}


def _plan(plan: Plan) -> Document:
    return {
        "plan_id": plan.plan_id,
        "title": local_part(plan.title),
        "role": str(plan.role),
        "status": str(plan.status),
        "proposer": plan.proposer,
        "party": str(plan.party),
        "variant_of": plan.variant_of,
        "fictional": plan.fictional,
        "content_key": plan.content_key,
        "source": source_part(plan.source),
    }
