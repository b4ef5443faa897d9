"""A page that people have a link to."""

import streamlit as st

st.text("the second page")
