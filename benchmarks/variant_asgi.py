"""The real server with one thing undone, named in ``WIJKTWIN_BENCHMARK_WITHOUT``: to see what that thing is worth."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import streamlit as st

from benchmarks.servers import WITHOUT_VARIABLE, Without


def nothing_kept(function: Callable[..., Any] | None = None, /, **_options: object) -> Callable[..., Any]:
    """Stands where ``st.cache_resource`` stands, and keeps nothing."""
    return nothing_kept if function is None else function


without = Without(os.environ.get(WITHOUT_VARIABLE, ""))
if without is Without.CACHE:
    setattr(st, "cache_resource", nothing_kept)  # noqa: B010 - the type checker knows that this is not meant to be done

import asgi  # noqa: E402
from ui import serving  # noqa: E402

if without is Without.GC_SETTING:
    serving.NEEDED["runner.postScriptGC"] = True

app = asgi.app
