"""Every assumption with value, owner, reason, date and range; another value as a named set, and which figures it changes."""

import streamlit as st

from ui import about, assumed, frame, plan_choice, register, state
from ui.markup import element

t = state.text()
seen = state.world()

frame.lead(t, "register")
frame.refusal(t, seen)
try_column, plan_column = st.columns([3, 2], gap="medium")
with try_column:
    frame.heading(t("register.try"))
    st.html(element("p", t("register.try_lead")))
    register.choose(t)
    register.form(t)
with plan_column:
    frame.heading(t("plans.tab_choose"))
    plan_choice.layers(t, seen)

frame.heading(t("register.changes"))
register.changes(t, state.scenario())

frame.heading(t("register.all"))
about.assumptions(t, chosen=assumed.chosen())
