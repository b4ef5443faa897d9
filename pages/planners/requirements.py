"""What a municipality asks of plans, whether each plan meets it, and what people say of plans beside what we find."""

import streamlit as st

from ui import asked, claims, frame, judging, state
from ui.markup import element
from ui.notices import Tone, notice

t = state.text()
seen = state.world()

frame.lead(t, "requirements")
table, fault = asked.table(is_own_neighbourhood=seen.is_own)
if fault is not None:
    notice(t.about(fault), tone=Tone.REFUSED, more=[t("requirements.unreadable")])
judging.heading(t, table)
plans, told = judging.figures_of_each(t, seen)

frame.heading(t("requirements.outcomes"))
st.html(element("p", t("requirements.outcomes_lead")))
judging.outcomes(t, table, plans, told)

frame.heading(t("requirements.trial"))
st.html(element("p", t("requirements.trial_lead")))
judging.trial(t, table)

frame.heading(t("claims.title"))
st.html(element("p", t("claims.lead")))
claims.beside_ours(t, plans, told)
