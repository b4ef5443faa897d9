"""The server: Streamlit with routes, headers and guards of our own. Started by ``wijktwin run`` or ``streamlit run asgi.py``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import streamlit as st
from starlette.middleware import Middleware

from ui import serving, warming
from ui.first_page import FirstPage
from ui.geometry_store import STORE
from ui.lost import LostPages
from ui.scene import base_path
from wijktwin import places

SECONDS_BETWEEN_CLEANING: Final = 300.0


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """See that the settings hold, make the first visit and first cards, and keep memory clean until the server stops."""
    serving.check_settings()
    await warming.first_visit()
    warming.prepare_cards()
    cleaning = asyncio.create_task(_clean())
    try:
        yield
    finally:
        cleaning.cancel()


async def _clean() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_CLEANING)
        STORE.drop_expired()


app = st.App(
    places.house_folder() / "app.py",
    lifespan=lifespan,
    routes=serving.routes(base=base_path()),
    middleware=[
        Middleware(serving.SafeHeaders),
        Middleware(LostPages, base=base_path()),
        Middleware(serving.UploadGuard),
        Middleware(serving.NoMetrics),
        Middleware(serving.PackedStatic, base=base_path()),
        Middleware(FirstPage),
    ],
)
