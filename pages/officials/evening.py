"""The screen in front on an evening with residents: one large view after the other."""

import streamlit as st

from ui import evening, state

t = state.text()
seen = state.world()

evening.dress()
with st.container(key="evening"):
    step = evening.controls(t, evening.programme(t, seen), seen)
    evening.show(t, step, seen)
evening.phone_test(t)
