"""What is done so that everybody can look along, and what does not work yet."""

import streamlit as st

from ui import about, frame, state
from ui.markup import bullet_list, element

t = state.text()

frame.lead(t, "access")
st.html(element("p", t("access.goal")))

for part in ("without_3d", "colour"):
    frame.heading(t(f"access.{part}"))
    st.html(element("p", t(f"access.{part}_text")))

frame.heading(t("access.keyboard"))
st.html(bullet_list(about.split(t, "access.keyboard_items"), class_="wt-plain"))

frame.heading(t("access.known"))
st.html(bullet_list(about.split(t, "access.known_items"), class_="wt-plain"))

frame.heading(t("access.help"))
st.html(element("p", t("access.help_text")))
