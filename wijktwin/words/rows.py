"""Figures as rows for a table on a page or in a report: every number with its margin, kind, source and method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.words.numbers import coarser, format_margin_side, format_number, format_value
from wijktwin.words.sentences import BREAKDOWN_TABLE, sentence, where_text
from wijktwin.words.texts import name_of, source_text, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment, UsedAssumption

ONLY_THEN: Final = "–"
"""Shown for "now" where a figure is only about what comes."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a figure: a tenure, a kind of ground, a street."""

    label: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure, ready to show.

    Parameters
    ----------
    impact, group
        Key of the figure, and of the impact it belongs to.
    label, where
        What it is called, and what it is about.
    before, after, difference
        Rounded to what their margins justify, with the sign of the unit; "not known" where nobody knows, "–" where it does not apply.
    margin
        Of now, then and the difference, each named where they differ; of the only value there is; "" where none is known.
    kind, before_kind
        How it is known, in words; ``kind_key`` for a sign or colour beside it. A dash, and nothing, where the figure itself is not known.
    source
        All sources with owner and reference date.
    method, method_key
        Title of the method, and the key of its paragraph on the page about methods.
    """

    impact: str
    group: str
    label: str
    where: str
    before: str
    after: str
    difference: str
    unit: str
    margin: str
    kind: str
    kind_key: str
    before_kind: str
    source: str
    method: str
    method_key: str
    method_version: str
    missing: str
    assumptions: tuple[str, ...]
    remarks: tuple[str, ...]
    parts: tuple[PartRow, ...]
    sentence: str


def figure_rows(assessments: Iterable[Assessment], language: Language) -> list[FigureRow]:
    """One row per figure, in the given order."""
    return [figure_row(assessment, language) for assessment in assessments]


def figure_row(assessment: Assessment, language: Language) -> FigureRow:
    """One figure with everything a sceptical reader asks for."""
    before_margin = assessment.margin if assessment.before_margin is None else assessment.before_margin
    difference_margin = assessment.margin if assessment.difference_margin is None else assessment.difference_margin
    before_kind = assessment.kind if assessment.before_kind is None else assessment.before_kind
    kind = "" if assessment.after is None else str(assessment.kind)
    shown_alike = _shown_alike(assessment, before_margin)
    group = assessment.impact.split(".", maxsplit=1)[0]
    return FigureRow(
        impact=assessment.impact,
        group=text(f"impact_group.{group}", language),
        label=name_of("impact", assessment.impact, language),
        where=where_text(assessment.where, language),
        before=_shown(assessment.before, assessment, shown_alike or before_margin, language, is_now=True),
        after=_shown(assessment.after, assessment, shown_alike or assessment.margin, language),
        difference=_difference(assessment.difference, assessment.unit, difference_margin, language),
        unit=text(f"unit.{assessment.unit}", language),
        margin=_margins_of(assessment, before_margin, difference_margin, language),
        kind=text(f"kind.{kind}", language) if kind else "–",
        kind_key=kind,
        before_kind=text(f"kind.{before_kind}", language) if assessment.before is not None else "",
        source="; ".join(dict.fromkeys(source_text(source, language) for source in assessment.sources)),
        method=text(f"method.{assessment.method.method_id}.title", language),
        method_key=assessment.method.method_id,
        method_version=assessment.method.version,
        missing=name_of("reason", assessment.missing, language) if assessment.missing else "",
        assumptions=tuple(assumption_text(each, language) for each in assessment.assumptions),
        remarks=tuple(remark.sentence(language) for remark in assessment.remarks),
        parts=part_rows(assessment, language),
        sentence=sentence(assessment, language),
    )


def margin_text(margin: Margin, unit: Unit, language: Language) -> str:
    """How far off a figure may be, and why: "± 30 m²: grenzen op de kaart zijn niet op de centimeter precies"."""
    reason = name_of("reason", margin.reason, language)
    if margin.is_exact:
        return reason
    if margin.below is None and margin.above is None:
        return text("word.with_reason", language, value=text("word.unknown", language), reason=reason)
    below, above = (_side(side, unit, margin, language) for side in (margin.below, margin.above))
    same = text("word.plus_minus", language, value=above)
    value = same if below == above else text("word.below_above", language, below=below, above=above)
    return text("word.with_reason", language, value=value, reason=reason)


def assumption_text(assumption: UsedAssumption, language: Language) -> str:
    """An assumption with its value and, where it is not ours, the name of the set of choices it belongs to."""
    value = f"{format_number(assumption.value, language, decimals=_decimals(assumption.value))} {assumption.unit}"
    label = assumption.label.in_language(language) or assumption.name
    named = text("word.label_and_value", language, label=label, value=value)
    return f"{named} ({assumption.variant})" if assumption.variant else named


def part_rows(assessment: Assessment, language: Language) -> tuple[PartRow, ...]:
    """The parts of a figure with their names."""
    table = BREAKDOWN_TABLE.get(assessment.impact, "")
    before_margin = assessment.margin if assessment.before_margin is None else assessment.before_margin
    return tuple(
        PartRow(
            label=name_of(table, key, language),
            before=_shown(before, assessment, before_margin, language, is_now=True),
            after=_shown(after, assessment, assessment.margin, language),
            difference=_difference(None if before is None or after is None else after - before, assessment.unit, None, language),
        )
        for key, (before, after) in assessment.breakdown.items()
    )


def _margins_of(assessment: Assessment, before_margin: Margin, difference_margin: Margin, language: Language) -> str:
    """The margins of now, then and the difference, each by its name where they are not all the same."""
    if assessment.before is None or assessment.after is None:
        return _margin_of(assessment, before_margin, language)
    margins = {"before": before_margin, "after": assessment.margin, "difference": difference_margin}
    shown = {name: margin_text(margin, assessment.unit, language) for name, margin in margins.items()}
    if len(set(shown.values())) == 1 or assessment.difference == 0:
        return shown["after"]
    return "; ".join(
        text("word.label_and_value", language, label=text(f"column.{name}", language), value=words) for name, words in shown.items()
    )


def _margin_of(assessment: Assessment, before_margin: Margin, language: Language) -> str:
    """The margin of the latest value there is; nothing where there is none."""
    if assessment.after is None and assessment.before is None:
        return ""
    return margin_text(before_margin if assessment.after is None else assessment.margin, assessment.unit, language)


def _shown_alike(assessment: Assessment, before_margin: Margin) -> Margin | None:
    """The margin that decides the digits of both columns, where both are filled."""
    if assessment.before is None or assessment.after is None:
        return None
    return coarser(before_margin, assessment.margin, assessment.unit, values=(assessment.before, assessment.after))


def _shown(value: float | None, assessment: Assessment, margin: Margin, language: Language, *, is_now: bool = False) -> str:
    if value is not None:
        return format_value(value, assessment.unit, language, margin=margin)
    return ONLY_THEN if is_now and assessment.missing == "only_after" else text("word.unknown", language)


def _difference(value: float | None, unit: Unit, margin: Margin | None, language: Language) -> str:
    """The change with its sign; between two percentages it is counted in percentage points."""
    if value is None:
        return ONLY_THEN
    is_share = unit is Unit.PER_CENT
    shown = format_value(value, unit, language, margin=margin, signed=True, sign_of_unit=not is_share)
    return text("word.percentage_points", language, value=shown) if is_share else shown


def _side(side: float | None, unit: Unit, margin: Margin, language: Language) -> str:
    """One side of a margin, rounded up so that it is never shown smaller than it is."""
    return text("word.unknown", language) if side is None else format_margin_side(side, unit, language, margin=margin)


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 2
