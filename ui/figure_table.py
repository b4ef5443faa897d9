"""The figures as a table for planners: with the sources numbered below it, and what stays the same behind one box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.cards import kind_mark
from ui.figure_folds import FoldRow, TableFrame, alike, folded, homes_first, whole_table
from ui.markup import EMPTY, Markup, bullet_list, element, joined, scrollable
from ui.row_flights import fly_button, listen
from wijktwin.words.figure_sources import is_unchanged, numbered_sources, source_texts, stays
from wijktwin.words.rows import FigureRow, PartRow, figure_rows
from wijktwin.words.texts import sentence_case, text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

UNCHANGED: Final = "figures_unchanged"
HEADINGS: Final = ("figure", "before", "after", "difference", "margin", "kind", "source")
NUMBERS: Final = frozenset({"before", "after", "difference"})


@dataclass(frozen=True, slots=True)
class _Line:
    """One figure of the table: what is shown of it, the places of its sources in the list, and the parts that are shown."""

    figure: Assessment
    row: FigureRow
    sources: tuple[int, ...]
    parts: tuple[PartRow, ...]


def table(t: Text, found: Scenario, told: Sequence[Assessment]) -> None:
    """Every figure: now, then, the difference, margin, how it is known, and by number its sources, which stand below.

    What changes comes first, in folds by subject; figures that stay the same are behind a panel of their own.
    """
    n_unchanged = sum(is_unchanged(one, key) for one in told for key in one.breakdown)
    shows_all = found.is_baseline or not n_unchanged
    if not shows_all:
        shows_all = st.checkbox(t("figures.show_unchanged", n=n_unchanged), key=UNCHANGED, wrap=True)
    sources = numbered_sources(told, t.language)
    lines = _lines(t, told, sources, shows_all=shows_all)
    caption = t("figures.caption", name=found.neighbourhood.name, plans=plan_titles(t, found))
    frame = _frame(t, caption)
    first = lines if found.is_baseline else [line for line in lines if not stays(line.figure)]
    rest = [line for line in lines if line not in first]
    listen(told, found)
    folded(t, t("figures.title"), _fold_rows(t, first), frame, order=homes_first(told), key="figures")
    alike(t, "figures.stays", _fold_rows(t, rest), frame, key="figures_same")
    st.html(above_sources(t, EMPTY, sources))


def plain_table(t: Text, found: Scenario, told: Sequence[Assessment], *, title: str) -> None:
    """The same of a few figures that belong together: in one table, without ways into the picture, and with their sources."""
    sources = numbered_sources(told, t.language)
    lines = _lines(t, told, sources, shows_all=found.is_baseline)
    frame = _frame(t, f"{title}: {plan_titles(t, found)}")
    st.html(above_sources(t, scrollable(title, whole_table(_fold_rows(t, lines, flies=False), frame)), sources))


def _lines(t: Text, told: Sequence[Assessment], sources: Mapping[str, int], *, shows_all: bool) -> list[_Line]:
    return [
        _Line(one, row, tuple(sources[name] for name in source_texts(one, t.language)), _parts(one, row, shows_all=shows_all))
        for one, row in zip(told, figure_rows(told, t.language), strict=True)
    ]


def _frame(t: Text, caption: str) -> TableFrame:
    heads = (element("th", t(f"figures.{name}"), scope="col", class_=_column_class(name)) for name in HEADINGS)
    return TableFrame(caption, tuple(heads), "wt-told")


def _fold_rows(t: Text, lines: Iterable[_Line], *, flies: bool = True) -> list[FoldRow]:
    return [
        FoldRow(line.figure.group, line.row.group, (_row(t, line, flies=flies), *(_part(t, part) for part in line.parts))) for line in lines
    ]


def plan_titles(t: Text, found: Scenario) -> str:
    """The plans of a scenario by their titles, or that there are none."""
    return " + ".join(t.of(plan.title) for plan in found.ordered_plans) or t("figures.without_plans")


def above_sources(t: Text, shown: Markup, sources: Iterable[str]) -> Markup:
    """A table of figures, and below it its sources, numbered from 1."""
    listed = element("ol", *(element("li", name) for name in sources), class_="wt-numbered")
    return joined([shown, element("h3", t("figures.sources")), listed])


def _parts(one: Assessment, row: FigureRow, *, shows_all: bool) -> tuple[PartRow, ...]:
    return tuple(part for key, part in zip(one.breakdown, row.parts, strict=True) if shows_all or not is_unchanged(one, key))


def _column_class(name: str) -> str | None:
    return "wt-number" if name in NUMBERS else None


def _row(t: Text, line: _Line, *, flies: bool) -> Markup:
    row = line.row
    known = element("span", kind_mark(row.kind_key), row.kind, class_="wt-kind")
    before = EMPTY
    if row.before_kind not in {"", row.kind}:
        before = element("span", t("figures.now_kind", kind=row.before_kind), class_="wt-how")
    return element(
        "tr",
        element(
            "th",
            fly_button(t, line.figure, row.label) if flies else row.label,
            element("span", row.where, class_="wt-how"),
            variant_words(row.variant),
            scope="row",
        ),
        _number(t, "before", row.before),
        _number(t, "after", row.after),
        _number(t, "difference", row.difference),
        element("td", row.margin, data_label=t("figures.margin")),
        element("td", joined([known, before]), data_label=t("figures.kind")),
        element("td", _origin(t, line), data_label=t("figures.source")),
    )


def variant_words(told: str) -> Markup:
    """That a figure was computed with assumptions of one's own."""
    return element("span", sentence_case(told), class_="wt-how wt-variant") if told else EMPTY


def _number(t: Text, name: str, value: str) -> Markup:
    return element("td", value, class_="wt-number", data_label=t(f"figures.{name}"))


def _part(t: Text, part: PartRow) -> Markup:
    name = element("th", t("figures.part", name=part.label), scope="row")
    numbers = [_number(t, "before", part.before), _number(t, "after", part.after), _number(t, "difference", part.difference)]
    return element("tr", name, *numbers, element("td"), element("td"), element("td"), class_="wt-part")


def _origin(t: Text, line: _Line) -> Markup:
    row = line.row
    more = [t("figures.method", method=row.method, version=row.method_version)]
    more += [t("figures.assumes", assumption=assumption) for assumption in row.assumptions]
    is_unknown = row.after == text("word.unknown", t.language)
    notes = [note for note in (row.missing, *row.remarks) if note]
    shown, inside = (notes[:1], notes[1:]) if is_unknown and row.missing else ([], notes)
    opened = element("details", element("summary", t("figures.origin")), bullet_list([*more, *inside], class_="wt-plain"))
    numbers = " ".join(f"[{number}]" for number in line.sources)
    return joined([*(element("p", note) for note in shown), element("p", numbers, class_="wt-refs") if numbers else EMPTY, opened])
