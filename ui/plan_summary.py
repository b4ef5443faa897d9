"""Plans in short, for a meeting: the same questions in the same order for each, side by side under one fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui.markup import Markup, bullet_list, element
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.words.summary import plan_summary
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.summary import Part


def side_by_side(
    t: Text, scenarios: Sequence[Scenario], told: Sequence[Sequence[Assessment]], names: Sequence[str], *, is_waiting: bool
) -> None:
    """A summary of every scenario that has plans; nothing where none has.

    Parameters
    ----------
    is_waiting
        Figures that take long are still being computed: the summary says which.
    """
    shown = [place for place, scenario in enumerate(scenarios) if not scenario.is_baseline]
    if not shown:
        return
    with st.expander(text("summary.title", t.language), key="in_short"):
        for place, column in zip(shown, st.columns(len(shown), gap="medium"), strict=True):
            with column:
                st.html(_markup(t, told[place], names[place], is_waiting=is_waiting))
        st.html(element("p", text("summary.below", t.language), class_="wt-small"))


def brief(t: Text, scenario: Scenario, told: Sequence[Assessment], *, is_waiting: bool) -> None:
    """The summary of the one plan that is on, above its figures; nothing where none is, or several are. ``is_waiting`` as above."""
    if len(scenario.plans) != 1:
        return
    parts = _parts(t, told, is_waiting=is_waiting)
    blocks = (element("section", element("h3", part.title), bullet_list(part.sentences)) for part in parts)
    st.html(element("div", *blocks, class_="wt-card wt-brief") + element("p", text("summary.below", t.language), class_="wt-small"))


def large(t: Text, told: Sequence[Assessment], *, is_waiting: bool) -> None:
    """The summary of one plan in large letters, for a room; ``is_waiting`` as in `side_by_side`."""
    parts = _parts(t, told, is_waiting=is_waiting)
    blocks = [
        element("section", element("h2", part.title), element("ul", *(element("li", each) for each in part.sentences))) for part in parts
    ]
    st.html(
        element("div", *blocks, class_="wt-large") + element("p", t("evening.in_short_below", page=t("nav.scenarios")), class_="wt-small")
    )


def _parts(t: Text, told: Sequence[Assessment], *, is_waiting: bool) -> tuple[Part, ...]:
    return plan_summary(told, t.language, waiting=tuple(IN_BACKGROUND) if is_waiting else ())


def _markup(t: Text, told: Sequence[Assessment], name: str, *, is_waiting: bool) -> Markup:
    blocks = [
        element("div", element("h4", part.title), element("ul", *(element("li", each) for each in part.sentences)))
        for part in _parts(t, told, is_waiting=is_waiting)
    ]
    return element("article", element("h3", name), *blocks, class_="wt-card")
