"""What council and board take home of the plans that are on: one section for each kind of thing."""

import streamlit as st

from ui import frame, plan_choice, state, take_home, take_home_data, take_home_pictures, take_home_report

t = state.text()
seen = state.world()

frame.lead(t, "take_home")
frame.refusal(t, seen)
scenario = state.scenario()
plan_column, things_column = st.columns([1, 2], gap="medium")  # on a phone the choice comes first
with plan_column:
    frame.heading(t("plans.tab_choose"))
    plan_choice.layers(t, seen)
with things_column:
    take_home.which(t, scenario)
    take_home_pictures.section(t, scenario, seen)
    take_home_report.section(t, scenario, seen)
    take_home_data.section(t, scenario, seen)
