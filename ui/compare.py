"""Comparing two: which, what each is called, and their figures beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import plan_choice, state
from ui.cards import kind_mark
from ui.figure_folds import FoldRow, TableFrame, alike, folded, homes_first, whole_table
from ui.figure_table import above_sources, variant_words
from ui.markup import EMPTY, Markup, bullet_list, element, joined, scrollable
from ui.notices import notice
from ui.visit import NOW
from wijktwin.model import plan_groups
from wijktwin.words.comparison import Pair, Side, pairs
from wijktwin.words.figure_sources import numbered_sources, source_texts

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

PAGE: Final = "pages/planners/compare.py"
SIDES: Final = ("first", "second")


def button(t: Text, seen: World) -> None:
    """The way to the comparison (`state.compared` says of what); nothing where there is nothing to compare."""
    if comparable(seen) and st.button(t("look.compare"), key="compare"):
        st.switch_page(PAGE)


# ------------------------------------------------------------------------------------------------------------ which of them
def comparable(seen: World) -> list[Plan]:
    """The plans that can be compared: all that this visitor can switch on."""
    return plan_groups.in_order(seen.offered)


def choose(t: Text, seen: World) -> tuple[str, str]:
    """A choice above each picture; gives plan ids, `NOW` for today."""
    plans = comparable(seen)
    chosen = state.compared(seen)
    names = {NOW: t("look.now")} | {plan.plan_id: full_name(t, plan) for plan in plans}
    for name, column, plan_id in zip(SIDES, st.columns(2, gap="small"), chosen, strict=True):
        key = f"compare_{name}"
        st.session_state[key] = plan_id
        with column:
            st.selectbox(t(f"compare.{name}"), list(names), key=key, format_func=names.__getitem__, on_change=_changed)
    if not plans:
        notice(t("compare.none", page=t("nav.scenarios")))
    elif chosen[0] == chosen[1]:
        notice(t("compare.same"))
    return chosen


def _changed() -> None:
    first, second = (st.session_state[f"compare_{name}"] for name in SIDES)
    state.compare(first, second)


def full_name(t: Text, plan: Plan) -> str:
    """What a plan is, whose, and its title."""
    if not plan.published_by_server:
        return t("compare.own", title=plan.title)
    return t("compare.named", whose=plan_choice.card_name(t, plan), title=plan.title)


def titles(t: Text, chosen: tuple[str, str], seen: World) -> tuple[str, str]:
    """What each picture is called: what it is and whose; its title too where two plans would be called the same."""
    names = {NOW: t("look.now")} | short_names(t, comparable(seen))
    return names[chosen[0]], names[chosen[1]]


def short_names(t: Text, plans: Sequence[Plan]) -> dict[str, str]:
    """What plans beside each other are called, by id: what each is and whose; its title where two would be called the same."""
    published = plan_choice.card_names(t, [plan for plan in plans if plan.published_by_server])
    return {plan.plan_id: published.get(plan.plan_id) or full_name(t, plan) for plan in plans}


# -------------------------------------------------------------------------------------------------------------- the figures
def table(
    t: Text,
    scenarios: tuple[Scenario, Scenario],
    told: tuple[Sequence[Assessment], Sequence[Assessment]],
    names: tuple[str, str],
    *,
    title: str = "",
) -> None:
    """The same figures of both, in the same order, in folds by subject: two columns that can be read across, and the difference.

    What is the same in both is behind a panel of its own.

    Parameters
    ----------
    title
        Of a few figures that belong together: they are shown in one table with this name.
    """
    found = pairs(scenarios, told, t.language)
    figures = [figure for pair in found for figure in pair.figures]
    sources = numbered_sources(figures, t.language)
    columns = (t("compare.figure"), *names, t("compare.difference"), t("figures.margin"), t("figures.source"))
    heads = tuple(element("th", name, scope="col", class_="wt-number" if 0 < place < 4 else None) for place, name in enumerate(columns))
    caption = t("compare.caption", name=scenarios[0].neighbourhood.name, first=names[0], second=names[1])
    frame = TableFrame(f"{title}: {names[0]}, {names[1]}" if title else caption, heads, "wt-pairs")
    rows = [(pair, FoldRow(pair.figures[0].group, pair.group, (_row(t, pair, columns, sources),))) for pair in found]
    if title:
        st.html(above_sources(t, scrollable(title, whole_table([row for _, row in rows], frame)), sources))
        return
    same = [row for pair, row in rows if pair.is_same]
    folded(t, t("compare.figures"), [row for pair, row in rows if not pair.is_same], frame, order=homes_first(figures), key="pairs")
    alike(t, "compare.alike", same, frame, key="pairs_same")
    st.html(above_sources(t, EMPTY, sources))


def _row(t: Text, pair: Pair, columns: Sequence[str], sources: Mapping[str, int]) -> Markup:
    wheres = [side.where for side in (pair.first, pair.second) if side.where]
    has_one_place = len(set(wheres)) == 1
    variant = next((row.variant for row in pair.rows if row.variant), "")
    return element(
        "tr",
        element(
            "th", pair.label, element("span", wheres[0], class_="wt-how") if has_one_place else EMPTY, variant_words(variant), scope="row"
        ),
        _cell(pair.first, columns[1], says_where=not has_one_place),
        _cell(pair.second, columns[2], says_where=not has_one_place),
        element("td", pair.difference, class_="wt-number", data_label=columns[3]),
        element("td", _margins(pair, columns), data_label=columns[4]),
        element("td", _origin(t, pair, sources), data_label=columns[5]),
    )


def kind_words(side: Side) -> Markup:
    """How a value is known; nothing where there is none."""
    return element("span", kind_mark(side.kind_key), side.kind, class_="wt-how") if side.kind else EMPTY


def _cell(side: Side, column: str, *, says_where: bool) -> Markup:
    where = element("span", side.where, class_="wt-how") if says_where and side.where else EMPTY
    return element("td", element("strong", side.value), where, kind_words(side), class_="wt-number", data_label=column)


def _margins(pair: Pair, columns: Sequence[str]) -> Markup:
    """How far off both values and their difference may be, or why a value is not known; said once where it is the same."""
    told = dict(zip(columns[1:4], (pair.first.margin, pair.second.margin, pair.difference_margin), strict=True))
    shown = {name: words for name, words in told.items() if words}
    if len(set(shown.values())) == 1:
        return element("span", next(iter(shown.values())))
    return joined(element("p", element("strong", f"{name}: "), words) for name, words in shown.items())


def _origin(t: Text, pair: Pair, sources: Mapping[str, int]) -> Markup:
    own = dict.fromkeys(sources[name] for figure in pair.figures for name in source_texts(figure, t.language))
    lines = [t("figures.method", method=row.method, version=row.method_version) for row in pair.rows]
    lines += [t("figures.assumes", assumption=assumption) for row in pair.rows for assumption in row.assumptions]
    lines += [remark for row in pair.rows for remark in row.remarks]
    opened = element("details", element("summary", t("figures.origin")), bullet_list(dict.fromkeys(lines), class_="wt-plain"))
    refs = " ".join(f"[{number}]" for number in own)
    return joined([element("p", refs, class_="wt-refs") if refs else EMPTY, opened])
