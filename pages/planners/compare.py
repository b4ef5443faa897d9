"""Two pictures with one camera, and their figures side by side."""

import streamlit as st

from ui import beside, cards, compare, figures, frame, long_figures, picture, plan_summary, spot, state
from ui.markup import element
from wijktwin.words.methods import not_computed_texts

t = state.text()
seen = state.world()

frame.lead(t, "compare")
chosen = compare.choose(t, seen)
pair = (state.scenario_of(chosen[0], seen), state.scenario_of(chosen[1], seen))
titles = compare.titles(t, chosen, seen)
picture.draw_pair(t, pair, seen, titles)
cards.selection_beside(t, picture.with_plan_of(pair, state.visit().selected))
spot.choose(t)
spot.told(t, pair, titles)

frame.heading(t("compare.figures"))
st.html(element("p", t("compare.figures_lead")))
late = long_figures.of_scenarios(t, pair)
both = all(late)  # figures of one side alone compare nothing
first, second = (figures.of_scenario(t, one) + (more if both else ()) for one, more in zip(pair, late, strict=True))
plan_summary.side_by_side(t, pair, (first, second), titles, is_waiting=not both)
compare.table(t, pair, (first, second), titles)
with st.expander(t("figures.explain"), key="kinds"):
    st.html(cards.kinds_legend(t))

frame.heading(t("beside.title"))
st.html(element("p", t("beside.lead")))
beside.side_by_side(t, seen)

frame.heading(t("look.not_computed"))
st.html(element("p", t("look.not_computed_lead")))
st.html(element("ul", *(element("li", line) for line in not_computed_texts(t.language)), class_="wt-plain wt-columns"))
