"""Look around: choose a plan, see it, read in plain sentences what changes, find your own street."""

import streamlit as st

from ui import cards, compare, figures, frame, picture, plan_choice, search, spot, state, take_home
from ui.markup import bullet_list, element, label
from wijktwin.words.methods import not_computed_texts

t = state.text()
seen = state.world()

offered = plan_choice.for_residents(seen)
frame.lead(t, "look", words="lead" if offered else "lead_no_plans")
plan_choice.cards(t, seen)
frame.refusal(t, seen)
scenario = state.scenario()

scene_column, words_column = st.columns([2, 1], gap="medium")
with scene_column:
    picture.draw(t, scenario, seen)
    with st.container(horizontal=True, key="from_here"):
        compare.button(t, seen)
        take_home.button(t)
    spot.choose(t)
with words_column:
    cards.selection_beside(t, scenario)
    spot.told(t, [scenario])
    told = figures.of_scenario(t, scenario)
    if scenario.is_baseline:
        picture.in_words(t, scenario)
        if offered:
            frame.heading(t("look.what_changes"))
            st.html(element("p", t("look.nothing_on")))
    else:
        frame.heading(t("look.what_changes"))
        figures.changes(t, told, scenario)
with words_column if scenario.is_baseline else scene_column, st.container(key="my_street"):  # beside a plan its words need the room
    frame.heading(t("street.title"))
    search.streets(t, scenario, seen, tell=lambda name: figures.of_street(t, told, name))

plan_column, limits_column = st.columns([2, 1], gap="medium")
with plan_column:
    if scenario.plans:
        frame.heading(t("look.whose"))
    for plan in scenario.ordered_plans:
        with st.expander(label(t("look.about_plan", title=plan.title)), expanded=len(scenario.plans) == 1, key=f"about_{plan.plan_id}"):
            cards.plan(t, plan)
    frame.heading(t("list.title"))
    search.everything(t, scenario, seen)
with limits_column:
    if scenario.plans:
        picture.in_words(t, scenario)
    frame.heading(t("look.not_computed"))
    st.html(element("p", t("look.not_computed_lead")) + bullet_list(not_computed_texts(t.language), class_="wt-plain wt-columns"))
    st.html(element("p", t("look.how_text", page=t("nav.sources_and_methods"))))
