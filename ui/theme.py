"""How pages look: one style sheet on top of Streamlit's own theme."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

import streamlit as st

from ui.text import Text

OWN_WORDS: Final = ("upload.button", "upload.drop", "nav.rest", "nav.skip")
"""What Streamlit knows in English only."""


@cache
def style_sheet() -> str:
    """The rules of ``theme.css``."""
    return (resources.files("ui") / "theme.css").read_text(encoding="utf-8")


def dress(t: Text) -> None:
    """Put the style sheet on this page, with the few words that Streamlit knows in English only."""
    words = "".join(f"--wt-{key.replace('.', '-')}: '{t(key)}';" for key in OWN_WORDS)
    st.html(f"<style>:root {{{words}}}\n{style_sheet()}</style>")
