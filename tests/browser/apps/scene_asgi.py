"""The server of the real project around `scene_app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

import asgi
from ui import serving

app = st.App(
    Path(__file__).with_name("scene_app.py"),
    lifespan=asgi.lifespan,
    routes=serving.routes(),
    middleware=[Middleware(serving.SafeHeaders), Middleware(serving.UploadGuard), Middleware(serving.PackedStatic)],
)
