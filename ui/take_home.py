"""The frame of the page to take home from. Each part of it is a module ``ui/take_home_<part>.py`` with ``section(t, scenario, seen)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.markup import element

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.model.scenario import Scenario


PAGE: Final = "pages/officials/take_home.py"


def button(t: Text) -> None:
    """The way from a scene to this page, which begins with what is looked at now (`ui.take_home_tab`)."""
    if st.button(t("take_home.this_view"), key="take_this_view"):
        st.switch_page(PAGE)


def which(t: Text, scenario: Scenario) -> None:
    """What everything on the page is about."""
    about = " + ".join(t.of(plan.title) for plan in scenario.ordered_plans) or t("take_home.today")
    st.html(element("p", t("take_home.which"), ": ", element("strong", about), ".", class_="wt-lead wt-lines"))
