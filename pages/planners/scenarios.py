"""Plans as layers, files and variants of one's own, and the figures with all that belongs to them."""

import streamlit as st

from ui import (
    adding,
    building_sun,
    cards,
    detours,
    figure_table,
    figures,
    frame,
    long_figures,
    picture,
    plan_choice,
    plan_summary,
    row_flights,
    search,
    spot,
    state,
    sun_map,
    take_home,
    trying_streets,
    varying,
)
from ui.markup import bullet_list, element, label
from wijktwin.words.methods import not_computed_texts

t = state.text()
seen = state.world()

frame.lead(t, "plans")
frame.refusal(t, seen)
scenario = state.scenario()

scene_column, plan_column = st.columns([2, 1], gap="medium")
with scene_column:
    sun_hours = sun_map.choose(t, scenario, seen)
    colours = row_flights.colours(t, scenario)
    picture.draw(t, scenario, seen, ground_colours=colours or sun_hours)
    take_home.button(t)
    spot.choose(t)
with plan_column:
    cards.selection_beside(t, scenario)
    spot.told(t, [scenario])
    building_sun.strips(t, scenario)
    choose, add, vary, streets = st.tabs([t(f"plans.tab_{name}") for name in ("choose", "add", "vary", "streets")], key="plan_tabs")
    with choose:
        plan_choice.layers(t, seen, can_add=True)
        plan_choice.faults(t, seen)
    with add:
        adding.plan(t, seen)
        adding.neighbourhood(t)
        adding.left(t)
    with vary:
        varying.form(t, seen)
        adding.own_plans(t, seen)
    with streets:
        trying_streets.form(t, seen)

frame.heading(t("figures.title"))
st.html(element("p", t("figures.lead")))
late = long_figures.of_scenario(t, scenario)
told = figures.of_scenario(t, scenario) + late
plan_summary.brief(t, scenario, told, is_waiting=not late)
figures.download(t, scenario, told)
figure_table.table(t, scenario, told)
detours.table(t, scenario)
with st.expander(t("figures.explain"), key="kinds"):
    st.html(cards.kinds_legend(t))

view_column, list_column = st.columns(2, gap="medium")
with view_column:
    picture.in_words(t, scenario)
with list_column:
    frame.heading(t("list.title"))
    search.everything(t, scenario, seen)

plan_details, limits = st.columns(2, gap="medium")
with plan_details:
    frame.heading(t("settled.title"))
    st.html(cards.settled_legend(t))
    for plan in scenario.ordered_plans:
        with st.expander(label(t("plans.details", title=plan.title)), key=f"details_{plan.plan_id}"):
            cards.plan(t, plan)
with limits:
    frame.heading(t("look.not_computed"))
    st.html(element("p", t("look.not_computed_lead")) + bullet_list(not_computed_texts(t.language), class_="wt-plain wt-columns"))
