"""Where everything comes from, how figures are computed, what is assumed, and what nobody computed."""

import streamlit as st

from ui import about, cards, frame, state
from ui.markup import bullet_list, element
from wijktwin import __version__
from wijktwin.words.methods import not_computed_texts

t = state.text()
seen = state.world()

frame.lead(t, "sources")

frame.heading(t("sources.data"))
about.outdated(t, seen)
about.sources(t, seen.neighbourhood.sources)
frame.heading(t("sources.plans"))
about.plans(t, seen)

frame.heading(t("sources.quality"))
about.data_quality(t, seen.neighbourhood)

frame.heading(t("sources.kinds"))
st.html(cards.kinds_legend(t))

frame.heading(t("sources.methods"))
about.methods(t)

frame.heading(t("sources.assumptions"))
about.assumptions(t)

frame.heading(t("sources.not_computed"))
st.html(element("p", t("look.not_computed_lead")) + bullet_list(not_computed_texts(t.language), class_="wt-plain wt-columns"))

frame.heading(t("sources.software"))
st.html(element("p", t("sources.software_text", version=__version__)))
