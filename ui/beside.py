"""Today, what is allowed, the plan and its alternatives in one table: what changes first, each with its difference from today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import figures, plan_choice, state
from ui.compare import comparable, kind_words, short_names
from ui.figure_folds import FoldRow, TableFrame, alike, folded, homes_first
from ui.figure_table import above_sources, variant_words
from ui.markup import EMPTY, Markup, element, joined
from ui.visit import NOW
from wijktwin.words.beside import Line, lines
from wijktwin.words.figure_sources import numbered_sources, source_texts
from wijktwin.words.rows import ONLY_THEN

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.words.comparison import Pair, Side

MOST_COLUMNS: Final = 4
"""So many plans stand beside today at most."""
CHOICE: Final = "beside_choice"


def side_by_side(t: Text, seen: World) -> None:
    """A table for plans of one place that cannot stand together; where there are several places, one is chosen."""
    groups = [group[:MOST_COLUMNS] for group in plan_choice.alternatives(comparable(seen))]
    if not groups:
        st.html(element("p", t("beside.none")))
        return
    place = 0
    if len(groups) > 1:
        names = [" · ".join(t.of(plan.title) for plan in group) for group in groups]
        order = sorted(range(len(groups)), key=lambda at: -len(groups[at]))
        place = st.selectbox(t("beside.which"), order, format_func=names.__getitem__, key=CHOICE)
    group = groups[place]
    scenarios = [state.scenario_of(plan_id, seen) for plan_id in (NOW, *(plan.plan_id for plan in group))]
    told = [figures.of_scenario(t, scenario) for scenario in scenarios]
    found = lines(scenarios, told, t.language)
    heads = (t("look.now"), *short_names(t, group).values())
    figures_told = [one for line in found for one in line.figures]
    sources = numbered_sources(figures_told, t.language)
    cells = (element("th", t("compare.figure"), scope="col"), *(element("th", name, scope="col", class_="wt-number") for name in heads))
    frame = TableFrame(t("beside.caption", name=seen.neighbourhood.name), cells, "wt-pairs wt-beside")
    rows = [(line, FoldRow(line.figures[0].group, line.group, (_row(t, line, heads, sources),))) for line in found]
    changing = [row for line, row in rows if line.changes]
    folded(t, t("beside.title"), changing, frame, order=homes_first(figures_told), key="beside")
    alike(t, "figures.stays", [row for line, row in rows if not line.changes], frame, key="beside_same")
    st.html(above_sources(t, EMPTY, sources))


def _row(t: Text, line: Line, heads: Sequence[str], sources: Mapping[str, int]) -> Markup:
    wheres = list(dict.fromkeys(side.where for pair in line.cells if pair is not None for side in (pair.first, pair.second) if side.where))
    where = element("span", wheres[0], class_="wt-how") if len(wheres) == 1 else EMPTY
    rows = [row for pair in line.cells if pair is not None for row in pair.rows]
    variant = next((row.variant for row in rows if row.variant), "")
    now = element("td", _told(t, line.now, sources), class_="wt-number", data_label=heads[0])
    cells = [
        element("td", _cell(t, pair, sources), class_="wt-number", data_label=head)
        for pair, head in zip(line.cells, heads[1:], strict=True)
    ]
    return element("tr", element("th", line.label, where, variant_words(variant), scope="row"), now, *cells)


def _cell(t: Text, pair: Pair | None, sources: Mapping[str, int]) -> Markup:
    """What a plan comes to, and its difference from today where it is another."""
    if pair is None or pair.second.figure is None:
        return element("span", ONLY_THEN)
    if pair.difference in {ONLY_THEN, ""} or not pair.second.figure.difference:
        return _told(t, pair.second, sources)
    is_seen = any(sign in "123456789" for sign in pair.difference)
    words = t("beside.difference", difference=pair.difference) if is_seen else t("beside.hardly")
    margin = t("beside.margin_of_difference", margin=pair.difference_margin) if pair.difference_margin else ""
    return _told(t, pair.second, sources, difference=words, more=margin)


def _told(t: Text, side: Side | None, sources: Mapping[str, int], *, difference: str = "", more: str = "") -> Markup:
    """A value with how it is known; its margin, method and the numbers of its sources can be opened."""
    if side is None or side.figure is None or side.row is None:
        return element("span", ONLY_THEN)
    refs = " ".join(f"[{sources[name]}]" for name in source_texts(side.figure, t.language) if name in sources)
    lines = [side.margin, more, t("figures.method", method=side.row.method, version=side.row.method_version), refs]
    opened = element("details", element("summary", t("beside.more")), *(element("p", line) for line in lines if line))
    changed = element("span", difference, class_="wt-difference") if difference else EMPTY
    return joined([element("strong", side.value), changed, kind_words(side), opened])
