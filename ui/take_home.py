"""The frame of the page to take home from. Each part of it is a module ``ui/take_home_<part>.py`` with ``section(t, scenario, seen)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.markup import element

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.model.scenario import Scenario


def which(t: Text, scenario: Scenario) -> None:
    """What everything on the page is about."""
    about = " + ".join(t.of(plan.title) for plan in scenario.ordered_plans) or t("take_home.today")
    st.html(element("p", t("take_home.which"), ": ", element("strong", about), ".", class_="wt-lead wt-lines"))
