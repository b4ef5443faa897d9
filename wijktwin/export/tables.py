"""Figures as a table that a planner takes home: unrounded numbers, each with margin, kind, source, date and method."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import pandas as pd

from wijktwin.export.cells import CsvDialect, csv_bytes
from wijktwin.export.report.small_counts import OPEN, Veil, hides_number, key_of, told_remarks, veil_words, veiled_row
from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.words.place_words import radius_text, where_text
from wijktwin.words.rows import assumption_text
from wijktwin.words.sentences import BREAKDOWN_TABLE, kind_text
from wijktwin.words.texts import name_of, source_text, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wijktwin.errors import Language
    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

COLUMNS: Final = (
    "impact", "name", "place", "place_id", "part", "before", "after", "difference", "unit",
    "margin_below", "margin_above", "lowest", "highest", "margin_reason", "before_margin_below", "before_margin_above",
    "difference_margin_below", "difference_margin_above",
    "kind", "before_kind", "difference_kind", "missing", "remarks", "assumptions", "sources", "method", "method_version",
    "plans", "neighbourhood", "fictional", "scenario_key", "computed_on",
)  # fmt: skip
"""The columns of `figures_table`, in order; words has a heading for each under ``column``."""

NUMBERS: Final = (
    "before", "after", "difference", "margin_below", "margin_above", "lowest", "highest", "before_margin_below", "before_margin_above",
    "difference_margin_below", "difference_margin_above",
)  # fmt: skip
"""The columns that hold numbers, all in the unit of their row."""


def figures_table(
    assessments: Iterable[Assessment],
    scenario: Scenario,
    language: Language,
    *,
    computed_on: dt.date,
    hidden: Mapping[Key, Veiled] | None = None,
) -> pd.DataFrame:
    """One row per figure, and one per part of it (then ``part`` says which); columns `COLUMNS`.

    Numbers are not rounded, and NaN where they are not known; text is in the asked language. ``lowest`` and ``highest`` are what
    ``after`` may be within its margin. ``before_margin_*`` and ``difference_margin_*`` are empty where they are that of ``after``.

    Parameters
    ----------
    hidden
        What is not told of small numbers of homes (`wijktwin.export.report.small_counts.veils_of`): such a number is empty, and
        ``missing`` says what stands in its place.
    """
    whole = {
        "plans": "; ".join(f"{plan.title.in_language(language)} ({plan.plan_id})" for plan in scenario.ordered_plans),
        "neighbourhood": scenario.neighbourhood.name,
        "fictional": text("word.yes" if is_fictional(scenario) else "word.no", language),
        "scenario_key": scenario.key,
        "computed_on": computed_on.isoformat(),
    }
    veiled = {} if hidden is None else hidden
    rows = [row for one in assessments for row in _rows(one, language, veiled=veiled.get(key_of(one), OPEN), hides=hidden is not None)]
    table = pd.DataFrame([{**row, **whole} for row in rows], columns=list(COLUMNS))
    words = [name for name in COLUMNS if name not in NUMBERS]
    table[words] = table[words].fillna("")
    return table.astype(dict.fromkeys(NUMBERS, "float64"))


def figures_csv(
    assessments: Iterable[Assessment],
    scenario: Scenario,
    language: Language,
    *,
    computed_on: dt.date,
    dialect: CsvDialect = CsvDialect.INTERNATIONAL,
    hidden: Mapping[Key, Veiled] | None = None,
) -> bytes:
    """`figures_table` as a CSV file, and below it what was not computed: UTF-8 with a byte-order mark, one heading line."""
    table = figures_table(assessments, scenario, language, computed_on=computed_on, hidden=hidden)
    rows: list[tuple[object, ...]] = list(table.itertuples(index=False, name=None))
    for key in NOT_COMPUTED:
        own = {
            "impact": f"not_computed.{key}",
            "name": text(f"not_computed.{key}", language),
            "missing": text("not_computed.title", language),
        }
        rows.append(tuple(own.get(name, "") for name in COLUMNS))
    return csv_bytes([text(f"column.{name}", language) for name in COLUMNS], rows, dialect)


def is_fictional(scenario: Scenario) -> bool:
    """Whether the neighbourhood or one of the plans is made up: then every figure is."""
    return scenario.neighbourhood.fictional or any(plan.fictional for plan in scenario.plans)


def n_rows(assessment: Assessment, veiled: Veiled = OPEN) -> int:
    """So many rows a figure has: one, and one for each part that is told."""
    return 1 + len(veiled.flows if veiled.hides_parts else assessment.breakdown)


def _rows(assessment: Assessment, language: Language, *, veiled: Veiled, hides: bool) -> list[dict[str, object]]:
    same = {
        "impact": assessment.impact,
        "name": text(f"impact.{assessment.impact}", language),
        "place": radius_text(assessment, where_text(assessment.where, language), language),
        "place_id": assessment.where.identifier,
        "unit": text(f"unit.{assessment.unit}", language),
        "kind": kind_text(assessment, assessment.kind, language),
        "before_kind": kind_text(assessment, assessment.kind_now, language),
        "difference_kind": kind_text(assessment, assessment.kind_of_change, language),
        "sources": "; ".join(source_text(source, language) for source in assessment.sources),
        "method": text(f"method.{assessment.method.method_id}.title", language),
        "method_version": assessment.method.version,
    }
    figure: dict[str, object] = {
        **same,
        **_numbers(assessment.before, assessment.after),
        **_margins(assessment, language),
        "part": "",
        "missing": text(f"reason.{assessment.missing}", language) if assessment.missing else "",
        "remarks": " ".join(remark.sentence(language) for remark in (told_remarks(assessment, veiled) if hides else assessment.remarks)),
        "assumptions": "; ".join(assumption_text(each, language) for each in assessment.assumptions),
    }
    if not veiled.is_open:
        return _veiled_rows(assessment, veiled, {**figure}, same, language)
    table = BREAKDOWN_TABLE.get(assessment.impact, "")
    parts: list[dict[str, object]] = [
        {**same, **_numbers(*pair), "part": name_of(table, key, language)} for key, pair in assessment.breakdown.items()
    ]
    return [figure, *parts]


def _veiled_rows(
    assessment: Assessment, veiled: Veiled, figure: dict[str, object], same: Mapping[str, object], language: Language
) -> list[dict[str, object]]:
    """The same of a figure of which a small number of homes is not told, nor what would give it away."""
    told = veiled_row(assessment, veiled, language)
    for name, veil in (("before", veiled.before), ("after", veiled.after), ("difference", veiled.difference)):
        figure[name] = None if veil is not None else figure[name]
    if hides_number(veiled):
        figure |= dict.fromkeys((name for name in NUMBERS if name not in {"before", "after", "difference"}), None)
        figure["missing"] = veil_words(veiled.after or veiled.difference or veiled.before or Veil.UNTOLD, language)
    figure["remarks"] = f"{figure['remarks']} {text('report.why_hidden', language)}".strip()
    return [figure, *({**same, **_numbers(None, None), "part": part.label, "missing": part.after} for part in told.parts)]


def _numbers(before: float | None, after: float | None) -> Mapping[str, float | None]:
    return {"before": before, "after": after, "difference": None if before is None or after is None else after - before}


def _margins(assessment: Assessment, language: Language) -> Mapping[str, object]:
    margin, value = assessment.margin, assessment.after
    now, change = assessment.before_margin, assessment.difference_margin
    return {
        "margin_below": margin.below,
        "margin_above": margin.above,
        "lowest": None if value is None or margin.below is None else value - margin.below,
        "highest": None if value is None or margin.above is None else value + margin.above,
        "margin_reason": text(f"reason.{margin.reason}", language),
        "before_margin_below": None if now is None else now.below,
        "before_margin_above": None if now is None else now.above,
        "difference_margin_below": None if change is None else change.below,
        "difference_margin_above": None if change is None else change.above,
    }
