"""Two pages, for testing what the very first visitor of a server meets on a deep link."""

from __future__ import annotations

import streamlit as st

st.navigation(
    [st.Page("pages/deep/first.py", title="First", default=True), st.Page("pages/deep/second.py", title="Second", url_path="second")],
    position="top",
).run()
