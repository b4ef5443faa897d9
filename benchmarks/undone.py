"""Streamlit's own command with one thing undone, named in ``WIJKTWIN_BENCHMARK_WITHOUT``: to see what that thing is worth."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.web import cli

from benchmarks.servers import WITHOUT_VARIABLE, Without
from ui import serving


def nothing_kept(function: Callable[..., Any] | None = None, /, **_options: object) -> Callable[..., Any]:
    """Stands where ``st.cache_resource`` stands, and keeps nothing."""
    return nothing_kept if function is None else function


def main() -> None:
    """Undo it, and do as ``streamlit`` does."""
    match Without(os.environ.get(WITHOUT_VARIABLE, "")):
        case Without.CACHE:
            setattr(st, "cache_resource", nothing_kept)  # noqa: B010 - the type checker knows that this is not meant to be done
        case Without.GC_SETTING:
            serving.NEEDED["runner.postScriptGC"] = True
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
