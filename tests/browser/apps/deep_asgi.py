"""`deep_app.py` with the first visit made by the server itself, or without it when ``COLD`` is set."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

import asgi
from ui import serving

app = st.App(
    Path(__file__).with_name("deep_app.py"),
    lifespan=None if os.environ.get("COLD") else asgi.lifespan,
    routes=serving.routes(),
)
