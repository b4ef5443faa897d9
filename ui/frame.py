"""What stands on every page: whose neighbourhood it is, the other language, that it is made up, sources, where else to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed, state
from ui.markup import Markup, element, label
from ui.notices import Tone, notice
from ui.text import LANGUAGE_NAMES, offered_languages
from wijktwin.errors import WijktwinError
from wijktwin.words.view import source_line

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

    from ui.text import Text
    from ui.visit import World

HEADER_KEY: Final = "page_header"
ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1d5f86"/>'
    '<path d="M5 26V16l6-5 6 5v10zM19 26V7h8v19z" fill="#fff"/></svg>'
)
"""A house and a tower. An icon by name would be fetched from another host."""


def header(t: Text) -> World | None:
    """The top of every page; None, with one sentence on the page, where the server's data cannot be used."""
    with st.container(key=HEADER_KEY, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        name = st.container(width="stretch")
        for language in offered_languages():
            if language != t.language:
                st.button(LANGUAGE_NAMES[language], key=f"language_{language}", on_click=state.speak, args=(language,))
    try:
        with name, st.spinner(t("frame.opening")):
            seen = state.world()
    except WijktwinError as error:
        st.html(element("h1", t("frame.no_data_title")))
        notice(t.about(error), tone=Tone.REFUSED, more=[t("frame.no_data_help")])
        return None
    name.html(_title(t, seen))
    if seen.neighbourhood.fictional:
        words = element("span", t("frame.fictional", name=seen.neighbourhood.name), class_="wt-wide")
        short = element("span", t("frame.fictional_short"), class_="wt-narrow")
        st.html(element("p", element("strong", t("frame.fictional_word")), " ", words, short, class_="wt-fictional", role="note"))
    if seen.is_own:
        with st.container(key="own_neighbourhood", horizontal=True, vertical_alignment="center"):
            st.html(element("p", t("frame.own_neighbourhood", name=seen.neighbourhood.name), class_="wt-own", role="note"))
            st.button(label(t("frame.leave_own", name=seen.shown.neighbourhood.name)), key="leave_own", on_click=state.close_own)
    assumed.banner(t)
    _link_faults(t)
    return seen


def _title(t: Text, seen: World) -> Markup:
    return element("p", element("strong", t("app.name"), " · "), seen.neighbourhood.name, class_="wt-name")


def _link_faults(t: Text) -> None:
    unknown = state.visit().unknown_plans
    if unknown:
        notice(t("frame.unknown_plans", plans=", ".join(unknown)))
    now = state.visit()
    if now.lost_plans:
        notice(t("frame.lost_plans", plans=", ".join(now.lost_plans)))
    if now.lost_file:
        notice(t("frame.lost_file", name=now.lost_file))


def refusal(t: Text, seen: World) -> None:
    """Why a plan could not be switched on, and what can be done about it."""
    refused = state.visit().refusal
    if refused is None:
        return
    notice(t.about(refused.why), title=t("refusal.title"), tone=Tone.REFUSED, more=[t("refusal.kept")])
    wanted = seen.plans.get(refused.wanted)
    away = [seen.plans[plan_id] for plan_id in refused.instead_of if plan_id in seen.plans]
    with st.container(horizontal=True, key="refusal_buttons"):
        if wanted is not None and away:
            titles = " · ".join(t.of(plan.title) for plan in away)
            st.button(
                label(t("refusal.instead", wanted=wanted.title, away=titles)), key="refusal_instead", on_click=state.switch_instead,
                args=(refused.wanted, refused.instead_of),
            )  # fmt: skip
        st.button(t("refusal.leave"), key="refusal_leave", on_click=state.forget_refusal)


def footer(t: Text, seen: World | None, pages: Sequence[Page]) -> None:
    """The foot of every page: sources, and links to the other pages in the visitor's language."""
    with st.container(key="page_footer"):
        if seen is not None:
            st.html(element("p", source_line(seen.neighbourhood, t.language), class_="wt-sources wt-foot"))
        st.html(element("h2", t("nav.more"), class_="wt-more"))
        with st.container(horizontal=True, key="page_links"):
            for page in pages:
                st.page_link(page)


def fault(t: Text) -> None:
    """What is said where something went wrong that nobody foresaw."""
    notice(t("frame.fault"), tone=Tone.REFUSED)


def lead(t: Text, section: str, *, words: str = "lead") -> None:
    """Title and first sentence of a page."""
    st.html(element("div", element("h1", t(f"{section}.title")), element("p", t(f"{section}.{words}"), class_="wt-lead"), class_="wt-top"))


def heading(words: str) -> None:
    """A heading of a part of a page."""
    st.html(element("h2", words))
