"""The register of assumptions on its page: try another value as a named set, and see which figures change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed, state
from ui.assumed import OURS
from ui.figure_table import plan_titles, variant_words
from ui.markup import Markup, element, label, scrollable
from ui.notices import Tone, notice
from wijktwin.errors import WijktwinError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.words.numbers import format_date
from wijktwin.words.rows import ONLY_THEN, figure_row
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumption
    from wijktwin.model.scenario import Scenario

OUTCOME: Final = "register_outcome"
NAME, REASON, CHOICE = "register_name", "register_reason", "register_choice"
HALF, DOUBLE = 0.5, 2.0
Kept = tuple[str, float | None, float | None, float | None, float | None]


def choose(t: Text) -> None:
    """Which set figures are computed with."""
    now = assumed.sets()
    if not now.by_name:
        return
    key = "assumption_set"
    st.session_state[key] = now.on
    names = {OURS: t("register.ours")} | {name: label(name) for name in now.by_name}
    st.radio(t("register.which"), list(names), key=key, format_func=names.__getitem__, on_change=_use, args=(key,), horizontal=True)
    if now.on != OURS:
        st.button(label(t("register.forget", name=now.on)), key="register_forget", on_click=assumed.forget, args=(now.on,))


def _use(key: str) -> None:
    assumed.use(st.session_state[key])


def form(t: Text) -> None:
    """Another value for one assumption, as part of a named set."""
    register = assumed.chosen()
    labels = {one.name: one.label.in_language(t.language) for one in register.values()}
    name = st.selectbox(t("register.assumption"), sorted(labels, key=labels.__getitem__), format_func=labels.__getitem__, key=CHOICE)
    one = register[name]
    st.html(_about(t, one))
    key = _value_key(name)
    st.session_state.setdefault(key, one.value)
    st.number_input(t("register.value", unit=one.unit), min_value=0.0, key=key, format="%g")
    with st.container(horizontal=True, key="register_factors"):
        st.button(t("register.half"), key="register_half", on_click=_times, args=(key, one.value, HALF))
        st.button(t("register.double"), key="register_double", on_click=_times, args=(key, one.value, DOUBLE))
        st.button(t("register.ours_again"), key="register_ours", on_click=_times, args=(key, default_assumptions()[name].value, 1.0))
    st.session_state.setdefault(NAME, register.variant or t("register.first_name"))
    st.text_input(t("register.name"), key=NAME, max_chars=assumed.LONGEST_NAME)
    st.text_input(t("register.why"), key=REASON, max_chars=300)
    st.button(t("register.compute"), key="register_compute", type="primary", on_click=_keep, args=(t, name))
    told = st.session_state.pop(OUTCOME, None)
    if told is not None:
        notice(told[0], tone=told[1])


def _value_key(name: str) -> str:
    return f"register_value_{name}"


def _times(key: str, value: float, factor: float) -> None:
    st.session_state[key] = value * factor


def _about(t: Text, one: Assumption) -> Markup:
    """What is taken now, the range, why, whose and since when."""
    values = {"value": one.value, "low": one.low, "high": one.high}
    told = {name: assumed.number(t, value) for name, value in values.items()}
    lines = [
        t("register.now", **told, unit=one.unit),
        one.reason.in_language(t.language),
        t("register.whose", owner=one.owner, date=format_date(one.date, t.language)),
    ]
    return element("div", *(element("p", line) for line in lines), class_="wt-lines")


def _keep(t: Text, name: str) -> None:
    value = st.session_state[_value_key(name)]
    try:
        made = assumed.keep(st.session_state[NAME], {name: value}, owner=t("register.visitor"), reason=st.session_state.get(REASON, ""))
    except WijktwinError as error:
        st.session_state[OUTCOME] = (t.about(error), Tone.REFUSED)
    else:
        st.session_state[OUTCOME] = (t("register.kept", name=made.variant), Tone.DONE)


# ------------------------------------------------------------------------------------------------------------- what changes
def changes(t: Text, found: Scenario) -> None:
    """The figures that change with the set that is on: with ours, with theirs."""
    if not assumed.is_own():
        st.html(element("p", t("register.nothing_tried")))
        return
    with st.spinner(t("figures.computing")):
        ours, theirs = state.figures(found), assumed.figures(found)
    pairs = changed_pairs(ours, theirs)
    n_same = len(theirs) - len(pairs)
    apart = ", ".join(text(f"impact_group.{name}", t.language) for name in IN_BACKGROUND)
    st.html(element("p", t("register.in_background", impacts=apart), class_="wt-small"))
    if not pairs:
        notice(t("register.no_change"))
        return
    columns = ("figure", "ours_column", "theirs_column")
    name = assumed.chosen().variant
    heads = [t(f"register.{column}", name=name) if column != "figure" else t("figures.figure") for column in columns]
    head = element("tr", *(element("th", words, scope="col") for words in heads))
    rows = [_row(t, one, other, heads) for one, other in pairs]
    caption = element("caption", t("register.caption", n=len(pairs), plans=plan_titles(t, found)))
    table = element("table", caption, element("thead", head), element("tbody", *rows), class_="wt-table wt-figures wt-changed")
    st.html(scrollable(t("register.changes"), table) + element("p", t("register.same", n=n_same), class_="wt-small"))


def changed_pairs(ours: Sequence[Assessment], theirs: Sequence[Assessment]) -> list[tuple[Assessment | None, Assessment]]:
    """The figures that are not the same, matched by what they are about; None where ours has no such figure."""
    known = {_key(one): one for one in ours}
    return [(known.get(_key(other)), other) for other in theirs if _told(known.get(_key(other))) != _told(other)]


def _key(one: Assessment) -> tuple[str, str, str]:
    return one.impact, str(one.where.place), one.where.identifier


def _told(one: Assessment | None) -> Kept | None:
    return None if one is None else (one.missing, one.before, one.after, one.margin.below, one.margin.above)


def _row(t: Text, one: Assessment | None, other: Assessment, heads: Sequence[str]) -> Markup:
    row = figure_row(other, t.language)
    return element(
        "tr",
        element("th", row.label, element("span", row.where, class_="wt-how"), variant_words(row.variant), scope="row"),
        element("td", _values(t, one), data_label=heads[1]),
        element("td", _values(t, other), data_label=heads[2]),
    )


def _values(t: Text, one: Assessment | None) -> Markup:
    """A figure now and with the plans, its difference and margin; a dash where there is none."""
    if one is None:
        return element("span", ONLY_THEN)
    row = figure_row(one, t.language)
    parts = [element("strong", row.after if one.before is None else t("register.from_to", before=row.before, after=row.after))]
    if one.difference:
        parts.append(element("span", t("register.difference", difference=row.difference), class_="wt-how"))
    return element("span", *parts, element("span", row.margin, class_="wt-how"))
