"""What if streets close, become one-way or stand under water: a visitor's own variant, made of streets by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import adding, state
from ui.markup import element
from ui.notices import Tone, notice
from wijktwin.errors import WijktwinError
from wijktwin.impacts.kept import kept
from wijktwin.impacts.routes import is_derived
from wijktwin.model.street_variants import ROUNDS, StreetUse, driven_streets, street_names, street_variant

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World

OUTCOME: Final = "try_streets_outcome"
NAME: Final = "try_streets_name"
CHOICES: Final = {StreetUse.CLOSED: "try_streets_closed", StreetUse.AWAY: "try_streets_one_way", StreetUse.FLOODED: "try_streets_flooded"}
"""Keys of the lists; that of `StreetUse.AWAY` holds both directions."""


def form(t: Text, seen: World) -> None:
    """Choose streets and what becomes of them, see it at once."""
    st.html(element("h2", t("try_streets.title"), class_="wt-third") + element("p", t("try_streets.lead"), class_="wt-small"))
    neighbourhood = seen.neighbourhood
    names = kept(neighbourhood, "street names", lambda: street_names(neighbourhood))
    if not names:
        st.text(t("try_streets.none"))
        return
    driven = kept(neighbourhood, "driven streets", lambda: driven_streets(neighbourhood))
    both = {(one.name, use): wind for one in driven for use, wind in ((StreetUse.AWAY, one.away), (StreetUse.TOWARDS, one.towards))}
    to, round_ = "try_streets.one_way_to", "try_streets.one_way_round"
    one_way = {key: t(round_ if wind in ROUNDS else to, street=key[0], wind=t(f"wind.{wind}")) for key, wind in both.items()}
    first = t("try_streets.name_first", n=1 + len(state.visit().own_plans))
    choose = t("try_streets.choose")
    with st.form("try_streets", border=True):
        name = st.text_input(t("try_streets.name"), value=first, max_chars=80, key=NAME)
        closed = st.multiselect(
            t("try_streets.closed"), [one.name for one in driven], key=CHOICES[StreetUse.CLOSED], placeholder=choose, select_all=False
        )
        turned = st.multiselect(
            t("try_streets.one_way"),
            list(one_way),
            format_func=one_way.__getitem__,
            key=CHOICES[StreetUse.AWAY],
            placeholder=choose,
            select_all=False,
        )
        flooded = st.multiselect(
            t("try_streets.flooded"),
            names,
            key=CHOICES[StreetUse.FLOODED],
            placeholder=choose,
            select_all=False,
            help=t("try_streets.flooded_help"),
        )
        if st.form_submit_button(t("try_streets.make"), type="primary", width="stretch"):
            _make(
                t,
                seen,
                name,
                [*((each, StreetUse.CLOSED) for each in closed), *turned, *((each, StreetUse.FLOODED) for each in flooded)],
            )
    _outcome(t)
    if is_derived(neighbourhood):
        st.html(element("p", t("try_streets.derived"), class_="wt-small"))


def _make(t: Text, seen: World, name: str, uses: list[tuple[str, StreetUse]]) -> None:
    try:
        made = street_variant(seen.neighbourhood, name, uses)
        state.add_plan(made, name=t.of(made.title))
        is_on = made.plan_id in state.visit().plan_ids
        words = t("vary.made" if is_on else "vary.made_off", title=made.title)
        st.session_state[OUTCOME] = (f"{words} {t('try_streets.how')}" if is_on else words, Tone.DONE if is_on else Tone.TOLD)
        if is_on:
            adding.fly_to_plan(made.plan_id)
    except WijktwinError as error:
        st.session_state[OUTCOME] = (t.about(error), Tone.REFUSED)
    st.rerun()


def _outcome(t: Text) -> None:
    told = st.session_state.pop(OUTCOME, None)
    if told is not None:
        words, tone = told
        notice(words, tone=tone, title=t("add.failed") if tone is Tone.REFUSED else "")
