"""Figures on a page: for residents as sentences, for planners as a table with everything a sceptical reader asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import state
from ui.cards import kind_mark
from ui.markup import EMPTY, Markup, bullet_list, element, joined
from wijktwin.export.tables import CsvDialect, figures_csv
from wijktwin.impacts.assessment import Place
from wijktwin.words.changes import change_sentences
from wijktwin.words.rows import FigureRow, PartRow, figure_rows
from wijktwin.words.sentences import FOR_RESIDENTS, Case, sentence_parts, told_case
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

CHANGED_AREA: Final = "changed_area"
FIRST: Final = (
    "dwellings.new", "height.new", "height.times_median", "trees.total", "ground.green", "ground.paved", "parking.street_total",
)  # fmt: skip
"""What residents read first, in this order."""
INSTEAD_OF: Final = {"dwellings.total": "dwellings.new"}
"""Read first where the plans bring no new dwellings of their own: what goes is told then."""
SAID_ELSEWHERE: Final = frozenset({"height.tallest_around", "height.median_around", "trees.crown_area"})
"""Left to the table: another sentence says the same more plainly."""
CHANGES: Final = frozenset({Case.MORE, Case.LESS, Case.ONLY_AFTER, Case.UNCLEAR, Case.EXCHANGED})


def of_scenario(t: Text, found: Scenario) -> tuple[Assessment, ...]:
    """All figures of a scenario, with a word about the waiting."""
    with st.spinner(t("figures.computing")):
        return state.figures(found)


# --------------------------------------------------------------------------------------------------------------- sentences
def changes(t: Text, told: Sequence[Assessment], found: Scenario) -> None:
    """What changes, in plain sentences: the most important first, then what nobody knows; the rest can be opened."""
    shown = _for_residents(told)
    moving = [one for one in shown if told_case(one) in CHANGES]
    unknown = [one for one in shown if told_case(one) is Case.UNKNOWN]
    staying = [one for one in shown if told_case(one) is Case.SAME]
    first = _first(moving)
    more = [one for one in moving if one not in first]
    done = change_sentences(found, t.language, brief=are_told_apart(found.ordered_plans))
    st.html(_sentences(t, first, done) if moving or done else element("p", t("look.no_difference")))
    if more:
        with st.expander(t("look.more", n=len(more)), key="what_more"):
            st.html(_sentences(t, more))
    if unknown:
        with st.expander(t("look.unknown", n=len(unknown)), key="what_unknown"):
            st.html(_sentences(t, unknown))
    if staying:
        with st.expander(t("look.stays", n=len(staying)), key="what_stays"):
            st.html(_sentences(t, staying))


def _for_residents(told: Sequence[Assessment]) -> list[Assessment]:
    """The figures that residents read, each change once: of the area that changes rather than of the whole neighbourhood."""
    own_area = {one.impact for one in told if one.where.identifier == CHANGED_AREA and one.after is not None}
    return [
        one
        for one in told
        if one.impact in FOR_RESIDENTS - SAID_ELSEWHERE
        and one.where.place is not Place.STREET
        and not (one.impact in own_area and one.where.place is Place.NEIGHBOURHOOD)
    ]


def _first(moving: Sequence[Assessment]) -> list[Assessment]:
    there = {one.impact for one in moving}
    order = [*(impact for impact, other in INSTEAD_OF.items() if other not in there), *FIRST]
    first = [one for one in moving if one.impact in order] or list(moving)
    return sorted(first, key=lambda one: order.index(one.impact) if one.impact in order else len(order))


def of_street(t: Text, told: Sequence[Assessment], name: str) -> None:
    """What the figures say of one street."""
    own = [one for one in told if one.where.place is Place.STREET and one.where.label.in_language(t.language) == name]
    if own:
        st.html(_sentences(t, own))


def _sentences(t: Text, told: Sequence[Assessment], done: Sequence[tuple[str, str]] = ()) -> Markup:
    """Figures as sentences, and behind them what is done that is no figure."""
    others = (element("li", head, element("span", how, class_="wt-how")) for head, how in done)
    return element("ul", *(_sentence(t, one) for one in told), *others, class_="wt-changes")


def are_told_apart(plans: Sequence[Plan]) -> bool:
    """Whether "the municipality" or "residents" says enough: no two of the plans are of the same party. Names stand on their cards."""
    return len({plan.party for plan in plans}) == len(plans)


def _sentence(t: Text, one: Assessment) -> Markup:
    here = one.where.place in {Place.PLAN_AREA, Place.STREET} and len(one.plans) <= 1
    head, *rest = sentence_parts(one, t.language, here=here, brief=are_told_apart(one.plans))
    how = element("span", " ".join(rest), class_="wt-how") if rest else EMPTY
    return element("li", head, how)


# -------------------------------------------------------------------------------------------------------------------- table
def table(t: Text, found: Scenario, told: Sequence[Assessment]) -> None:
    """Every figure: now, then, the difference, margin, how it is known, source and method."""
    plans = " + ".join(t.of(plan.title) for plan in found.ordered_plans) or t("figures.without_plans")
    headings = ("figure", "before", "after", "difference", "margin", "kind", "source")
    head = element("tr", *(element("th", t(f"figures.{name}"), scope="col", class_=_column_class(name)) for name in headings))
    body = [
        part for group, rows in groupby(figure_rows(told, t.language), key=lambda row: row.group) for part in _group(t, group, list(rows))
    ]
    caption = element("caption", t("figures.caption", name=found.neighbourhood.name, plans=plans))
    st.html(
        element(
            "div",
            element("table", caption, element("thead", head), element("tbody", *body), class_="wt-table wt-figures"),
            class_="wt-scroll",
            tabindex=0,
            role="region",
            aria_label=t("figures.title"),
        )
    )


def _column_class(name: str) -> str | None:
    return "wt-number" if name in {"before", "after", "difference"} else None


def _group(t: Text, group: str, rows: Sequence[FigureRow]) -> list[Markup]:
    found = [element("tr", element("th", group, colspan=7, scope="colgroup"), class_="wt-group")]
    for row in rows:
        found += [_row(t, row), *(_part(t, part) for part in row.parts)]
    return found


def _row(t: Text, row: FigureRow) -> Markup:
    name = element("th", row.label, element("span", row.where, class_="wt-how"), scope="row")
    kind = joined(
        [
            element("span", kind_mark(row.kind_key), row.kind, class_="wt-kind"),
            element("span", t("figures.now_kind", kind=row.before_kind), class_="wt-how")
            if row.before_kind not in {"", row.kind}
            else EMPTY,
        ]
    )
    return element(
        "tr",
        name,
        _number(t, "before", row.before),
        _number(t, "after", row.after),
        _number(t, "difference", row.difference),
        element("td", row.margin, data_label=t("figures.margin")),
        element("td", kind, data_label=t("figures.kind")),
        element("td", _origin(t, row), data_label=t("figures.source")),
    )


def _number(t: Text, name: str, value: str) -> Markup:
    return element("td", value, class_="wt-number", data_label=t(f"figures.{name}"))


def _part(t: Text, part: PartRow) -> Markup:
    name = element("th", t("figures.part", name=part.label), scope="row")
    numbers = [_number(t, "before", part.before), _number(t, "after", part.after), _number(t, "difference", part.difference)]
    return element("tr", name, *numbers, element("td"), element("td"), element("td"), class_="wt-part")


def _origin(t: Text, row: FigureRow) -> Markup:
    more = [t("figures.method", method=row.method, version=row.method_version)]
    more += [t("figures.assumes", assumption=assumption) for assumption in row.assumptions]
    is_unknown = row.after == text("word.unknown", t.language)
    notes = [note for note in (row.missing, *row.remarks) if note]
    shown, inside = (notes[:1], notes[1:]) if is_unknown and row.missing else ([], notes)
    opened = element("details", element("summary", t("figures.origin")), bullet_list([*more, *inside], class_="wt-plain"))
    return joined([*(element("p", note) for note in shown), element("p", row.source), opened])


# ----------------------------------------------------------------------------------------------------------------- downloads
def download(t: Text, found: Scenario, told: Sequence[Assessment]) -> None:
    """The figures as a file for a spreadsheet, in the way of writing of the visitor's language."""
    dialect = CsvDialect.DUTCH if t.language == "nl" else CsvDialect.INTERNATIONAL
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    content = figures_csv(told, found, t.language, computed_on=today, dialect=dialect)
    plans = "-".join(plan.plan_id for plan in found.ordered_plans)[:60]
    name = "-".join(part for part in ("wijktwin", t("figures.file_name"), plans, today.isoformat()) if part)
    st.download_button(t("figures.download"), content, file_name=f"{name}.csv", mime="text/csv", key="figures_csv", on_click="ignore")
