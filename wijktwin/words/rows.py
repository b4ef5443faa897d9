"""Figures as rows for a table on a page or in a report: every number with its margin, kind, source and method."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import AS_STATED, EXACT, Margin, Unit
from wijktwin.words.numbers import format_at, format_ends, format_margin_side, format_number, is_as_said, rounded, shown_step
from wijktwin.words.place_words import radius_text, where_text
from wijktwin.words.sentences import BREAKDOWN_TABLE, kind_text, sentence
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
        Rounded alike, to what their margins justify, with the sign of the unit; "not known" where nobody knows, "–" where it does
        not apply.
    margin
        Of now, then and the difference, each named where they differ; of the only value there is; "" where none is known. Says so
        where the difference is not that of the rounded numbers beside it.
    kind, before_kind
        How it is known, in words; ``kind_key`` for a sign or colour beside it. A dash, and nothing, where the figure itself is not known.
    source
        All sources with owner and reference date.
    variant
        That it was computed with another set of assumptions, and which; "" where it rests on ours.
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
    variant: str = ""


def figure_rows(assessments: Iterable[Assessment], language: Language) -> list[FigureRow]:
    """One row per figure, in the given order."""
    return [figure_row(assessment, language) for assessment in assessments]


def figure_row(assessment: Assessment, language: Language) -> FigureRow:
    """One figure with everything a sceptical reader asks for."""
    kind = "" if assessment.after is None else str(assessment.kind)
    steps = _steps(assessment)
    numbers = _numbers(assessment.before, assessment.after, assessment, steps, language)
    parts = [_numbers(*pair, assessment, steps, language) for pair in assessment.breakdown.values()]
    margin = _margins_of(assessment, language)
    if not all(each.adds_up for each in (numbers, *parts)):
        margin = "; ".join(each for each in (margin, text("word.unrounded_difference", language)) if each)
    group = assessment.group
    return FigureRow(
        impact=assessment.impact,
        group=text(f"impact_group.{group}", language),
        label=name_of("impact", assessment.impact, language),
        where=radius_text(assessment, where_text(assessment.where, language), language),
        before=numbers.before,
        after=numbers.after,
        difference=numbers.difference,
        unit=text(f"unit.{assessment.unit}", language),
        margin=margin,
        kind=kind_text(assessment, assessment.kind, language) if kind else "–",
        kind_key=kind,
        before_kind=kind_text(assessment, assessment.kind_now, language) if assessment.before is not None else "",
        source="; ".join(dict.fromkeys(source_text(source, language) for source in assessment.sources)),
        method=text(f"method.{assessment.method.method_id}.title", language),
        method_key=assessment.method.method_id,
        method_version=assessment.method.version,
        missing=name_of("reason", assessment.missing, language) if assessment.missing else "",
        assumptions=tuple(assumption_text(each, language) for each in assessment.assumptions),
        remarks=tuple(remark.sentence(language) for remark in assessment.remarks),
        parts=tuple(
            PartRow(name_of(BREAKDOWN_TABLE.get(assessment.impact, ""), key, language), part.before, part.after, part.difference)
            for key, part in zip(assessment.breakdown, parts, strict=True)
        ),
        sentence=sentence(assessment, language),
        variant=variant_text(assessment, language),
    )


def margin_text(margin: Margin, unit: Unit, language: Language, *, value: float | None = None) -> str:
    """How far off a figure may be, and why: "± 30 m²: grenzen op de kaart zijn niet op de centimeter precies".

    Where only one end is known, "ten minste 100; hoeveel meer, is niet bekend" of a ``value``; of a difference (None) how far it may
    be off on that side.
    """
    reason = name_of("reason", margin.reason, language)
    if margin in {EXACT, AS_STATED}:
        return reason
    how_far = text("word.no_difference", language) if margin.is_exact else _how_far(margin, unit, language, value)
    return text("word.with_reason", language, value=how_far, reason=reason)


def _how_far(margin: Margin, unit: Unit, language: Language, value: float | None) -> str:
    below, above = (
        None if side is None else format_margin_side(side, unit, language, margin=margin, most=most)
        for side, most in ((margin.below, value), (margin.above, None))
    )
    if below is None and above is None:
        return text("word.unknown", language)
    if below is not None and above is not None:
        if below == above:
            return text("word.plus_minus", language, value=above)
        key = "only_higher" if margin.below == 0 else "only_lower" if margin.above == 0 else "below_above"
        return text(f"word.{key}", language, below=below, above=above)
    if value is not None:
        low, high = format_ends(value, unit, language, margin=margin, sign_of_unit=True)
        return text("word.low_end", language, value=low) if high is None else text("word.high_end", language, value=high)
    if above is None:
        return text("word.not_lower" if margin.below == 0 else "word.below_only", language, below=below)
    return text("word.not_higher" if margin.above == 0 else "word.above_only", language, above=above)


def assumption_text(assumption: UsedAssumption, language: Language) -> str:
    """An assumption with its value and, where it is not ours, the name of the set of choices it belongs to."""
    value = f"{format_number(assumption.value, language, decimals=_decimals(assumption.value))} {assumption.unit}"
    label = assumption.label.in_language(language) or assumption.name
    named = text("word.label_and_value", language, label=label, value=value)
    return f"{named} ({assumption.variant})" if assumption.variant else named


def variant_text(assessment: Assessment, language: Language) -> str:
    """That a figure was computed with another set of assumptions, and what that is called; "" where it rests on ours."""
    name = next((used.variant for used in assessment.assumptions if used.variant), "")
    return text("variant.figure", language, name=name) if name else ""


def _margins_of(assessment: Assessment, language: Language) -> str:
    """The margins of now, then and the difference, each by its name where they are not all the same."""
    if assessment.before is None or assessment.after is None:
        return _margin_of(assessment, language)
    margins = {"before": assessment.margin_now, "after": assessment.margin, "difference": assessment.margin_of_change}
    values = {"before": assessment.before, "after": assessment.after, "difference": None}
    shown = {name: margin_text(margin, assessment.unit, language, value=values[name]) for name, margin in margins.items()}
    if len(set(shown.values())) == 1 or assessment.difference == 0:
        return shown["after"]
    return "; ".join(
        text("word.label_and_value", language, label=text(f"column.{name}", language), value=words) for name, words in shown.items()
    )


def _margin_of(assessment: Assessment, language: Language) -> str:
    """The margin of the latest value there is; nothing where there is none."""
    if assessment.after is None and assessment.before is None:
        return ""
    if assessment.after is None:
        return margin_text(assessment.margin_now, assessment.unit, language, value=assessment.before)
    return margin_text(assessment.margin, assessment.unit, language, value=assessment.after)


@dataclass(frozen=True, slots=True)
class _Steps:
    """What the numbers of one row and its parts are rounded to; ``slack`` is how much rounding may add to the difference."""

    values: Decimal
    difference: Decimal
    slack: float


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Three numbers of a row as they are shown, and whether the third is the difference of the first two as they stand there."""

    before: str
    after: str
    difference: str
    adds_up: bool = True


def _steps(assessment: Assessment) -> _Steps:
    """The coarser step of now and then, and the difference's own."""
    difference_margin = assessment.margin_of_change
    pairs = ((assessment.margin_now, assessment.before), (assessment.margin, assessment.after))
    finest = shown_step(assessment.unit)
    values = max((shown_step(assessment.unit, margin, value) for margin, value in pairs if value is not None), default=finest)
    own = finest if assessment.difference is None else shown_step(assessment.unit, difference_margin, assessment.difference)
    sides = [side for side in (difference_margin.below, difference_margin.above) if side is not None]
    return _Steps(values, own, max(min(sides), float(own) / 2.0) if sides else float("inf"))


def _numbers(before: float | None, after: float | None, assessment: Assessment, steps: _Steps, language: Language) -> _Numbers:
    """Now, then and the difference in one step where that adds up and hides nothing; else the difference in its own."""
    unit = assessment.unit
    shown = _shown(before, assessment, steps, language, is_now=True), _shown(after, assessment, steps, language)
    if before is None or after is None:
        return _Numbers(*shown, ONLY_THEN)
    change, apart = after - before, rounded(after, steps.values) - rounded(before, steps.values)
    step = max(steps.values, steps.difference)
    if rounded(change, step) != apart or abs(float(rounded(change, step)) - change) > steps.slack:
        step = steps.difference
    shown_in, is_share = Decimal(1) if is_as_said(change, unit, assessment.margin_of_change) else step, unit is Unit.PER_CENT
    told = format_at(change, unit, language, step=shown_in, signed=True, sign_of_unit=not is_share)
    difference = text("word.percentage_points", language, value=told) if is_share else told
    return _Numbers(*shown, difference, rounded(change, step) == apart)


def _shown(value: float | None, assessment: Assessment, steps: _Steps, language: Language, *, is_now: bool = False) -> str:
    if value is None:
        return ONLY_THEN if is_now and assessment.missing == "only_after" else text("word.unknown", language)
    margin = assessment.margin_now if is_now else assessment.margin
    step = Decimal(1) if is_as_said(value, assessment.unit, margin) else steps.values
    if value and not rounded(value, step):  # beside a number that is known less well: in its own step, not as nothing
        step = min(step, shown_step(assessment.unit, margin, value))
    return format_at(value, assessment.unit, language, step=step)


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 2
