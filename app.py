"""The router: language, look, the pages and what stands on every one of them."""

from __future__ import annotations

import logging

import streamlit as st

from ui import frame, kiosk, open_lists, state
from ui.lost import PAGES
from ui.page_language import say_language
from ui.theme import dress
from ui.uploads import expect_no_upload

st.set_page_config(page_title="Wijktwin", page_icon=frame.ICON, layout="wide", initial_sidebar_state="collapsed")
expect_no_upload()
t = state.text()
with st.container(key="unseen", gap=None):
    dress(t)
    say_language(t.language)
    open_lists.keep_open()
    kiosk.watch(t)

sections = {
    "residents": [
        st.Page("pages/residents/my_street.py", title=t("nav.my_street"), url_path=PAGES["my_street"]),
        st.Page("pages/residents/look_around.py", title=t("nav.look_around"), url_path=PAGES["look_around"], default=True),
    ],
    "planners": [
        st.Page("pages/planners/scenarios.py", title=t("nav.scenarios"), url_path=PAGES["scenarios"]),
        st.Page("pages/planners/compare.py", title=t("nav.compare"), url_path=PAGES["compare"]),
        st.Page("pages/planners/requirements.py", title=t("nav.requirements"), url_path=PAGES["requirements"]),
        st.Page("pages/planners/assumptions.py", title=t("nav.assumptions"), url_path=PAGES["assumptions"]),
    ],
    "officials": [
        st.Page("pages/officials/take_home.py", title=t("nav.take_home"), url_path=PAGES["take_home"]),
        st.Page("pages/officials/evening.py", title=t("nav.evening"), url_path=PAGES["evening"]),
    ],
    "about": [
        st.Page("pages/about/sources_and_methods.py", title=t("nav.sources_and_methods"), url_path=PAGES["sources_and_methods"]),
        st.Page("pages/about/accessibility.py", title=t("nav.accessibility"), url_path=PAGES["accessibility"]),
    ],
}
page = st.navigation({t(f"nav.{section}"): pages for section, pages in sections.items()}, position="top")
seen = None
try:
    seen = frame.header(t)
    if seen is not None:
        page.run()
except Exception:
    logging.getLogger("wijktwin.pages").exception("%s ended in a fault", page.title)
    frame.fault(t)
frame.footer(t, seen, [one for pages in sections.values() for one in pages if one is not page])
state.keep_address()
