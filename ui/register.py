"""The register of assumptions on its page: try another value as a named set, and see which figures change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed, long_figures, state
from ui.assumed import OURS
from ui.cards import kind_mark
from ui.figure_table import above_sources, plan_titles, variant_words
from ui.markup import Markup, element, joined, label, scrollable
from ui.notices import Tone, notice
from wijktwin.errors import WijktwinError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.words.figure_sources import numbered_sources, source_texts
from wijktwin.words.numbers import format_date
from wijktwin.words.rows import figure_row
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment, Margin
    from wijktwin.impacts.assumptions import Assumption
    from wijktwin.model.scenario import Scenario

OUTCOME: Final = "register_outcome"
NAME, REASON, CHOICE = "register_name", "register_reason", "register_choice"
HALF, DOUBLE = 0.5, 2.0
Kept = tuple[str, float | None, float | None, "Margin", "Margin", "Margin"]


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
    ours = default_assumptions()[one.name]
    if one.value != ours.value:
        said = ours.reason.in_language(t.language)
        lines.append(t("register.our_value", value=assumed.number(t, ours.value), unit=ours.unit, reason=said))
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
    """The figures that change with the set that is on: with ours, with theirs; those that take long as soon as both are ready."""
    if not assumed.is_own():
        st.html(element("p", t("register.nothing_tried")))
        return
    with st.spinner(t("figures.computing")):
        ours, theirs = state.figures(found), assumed.figures(found)
    late = long_figures.of_all(t, [(found, default_assumptions()), (found, assumed.chosen())])
    is_waiting = not all(late)
    if is_waiting:
        apart = ", ".join(text(f"impact_group.{name}", t.language) for name in IN_BACKGROUND)
        st.html(element("p", t("register.in_background", impacts=apart), class_="wt-small"))
    else:
        ours, theirs = ours + late[0], theirs + late[1]
    pairs = changed_pairs(ours, theirs)
    if not pairs:
        notice(t("register.no_change_yet" if is_waiting else "register.no_change"))
        return
    sources = numbered_sources([each for pair in pairs for each in pair if each is not None], t.language)
    columns = ("figure", "ours_column", "theirs_column")
    name = assumed.chosen().variant
    heads = [t(f"register.{column}", name=name) if column != "figure" else t("figures.figure") for column in columns]
    head = element("tr", *(element("th", words, scope="col") for words in heads))
    rows = [_row(t, one, other, heads, sources) for one, other in pairs]
    caption = element("caption", t("register.caption", n=len(pairs), plans=plan_titles(t, found)))
    table = element("table", caption, element("thead", head), element("tbody", *rows), class_="wt-table wt-figures wt-changed")
    n_same = len(theirs) - sum(other is not None for _, other in pairs)
    same = element("p", t("register.same", n=n_same), class_="wt-small")
    st.html(above_sources(t, joined([scrollable(t("register.changes"), table), same]), sources))


def changed_pairs(ours: Sequence[Assessment], theirs: Sequence[Assessment]) -> list[tuple[Assessment | None, Assessment | None]]:
    """The figures that are not the same, matched by what they are about; None on the side that has no such figure."""
    known, there = {_key(one): one for one in ours}, {_key(other) for other in theirs}
    pairs: list[tuple[Assessment | None, Assessment | None]] = [
        (known.get(_key(other)), other) for other in theirs if _told(known.get(_key(other))) != _told(other)
    ]
    return pairs + [(one, None) for one in ours if _key(one) not in there]


def _key(one: Assessment) -> tuple[str, str, str]:
    return one.impact, str(one.where.place), one.where.identifier


def _told(one: Assessment | None) -> Kept | None:
    return None if one is None else (one.missing, one.before, one.after, one.margin, one.margin_now, one.margin_of_change)


def _row(t: Text, one: Assessment | None, other: Assessment | None, heads: Sequence[str], sources: Mapping[str, int]) -> Markup:
    row = next(figure_row(each, t.language) for each in (other, one) if each is not None)
    return element(
        "tr",
        element("th", row.label, element("span", row.where, class_="wt-how"), variant_words(row.variant), scope="row"),
        element("td", _values(t, one, sources), data_label=heads[1]),
        element("td", _values(t, other, sources), data_label=heads[2]),
    )


def _values(t: Text, one: Assessment | None, sources: Mapping[str, int]) -> Markup:
    """A figure now and with the plans, its difference, how it is known and its margin; its method and sources can be opened."""
    if one is None:
        return element("span", t("register.not_among_them"))
    row = figure_row(one, t.language)
    parts = [element("strong", row.after if one.before is None else t("register.from_to", before=row.before, after=row.after))]
    if one.difference:
        parts.append(element("span", t("register.difference", difference=row.difference), class_="wt-how"))
    if row.kind_key:
        parts.append(element("span", kind_mark(row.kind_key), row.kind, class_="wt-how"))
    parts.append(element("span", row.margin if one.after is not None else row.missing, class_="wt-how"))
    refs = " ".join(f"[{sources[name]}]" for name in source_texts(one, t.language))
    lines = [t("figures.method", method=row.method, version=row.method_version), *row.remarks, refs]
    opened = element("details", element("summary", t("figures.origin")), *(element("p", line) for line in lines if line))
    return joined([element("span", *parts), opened])
