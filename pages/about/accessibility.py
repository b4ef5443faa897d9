"""What is done so that everybody can look along, what does not work yet, and the statement about it."""

import streamlit as st

from ui import about, frame, state, statement
from ui.markup import bullet_list, element

t = state.text()

frame.lead(t, "access")
st.html(element("p", t("access.goal")))

for part in ("without_3d", "colour"):
    frame.heading(t(f"access.{part}"))
    st.html(element("p", t(f"access.{part}_text")))

frame.heading(t("access.keyboard"))
st.html(bullet_list(about.split(t, "access.keyboard_items"), class_="wt-plain"))

statement.statement(t)
