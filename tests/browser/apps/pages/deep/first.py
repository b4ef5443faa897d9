"""The page at the root."""

import streamlit as st

st.text("the first page")
