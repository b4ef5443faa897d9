"""Calm messages on a page: what was done, what was refused and the way out, what is good to know. Always plain text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import streamlit as st

from ui.markup import EMPTY, bullet_list, element

SIGNS: Final = {"done": "✓", "refused": "!", "told": "i"}
"""Before the words, so that the tone is not told by colour alone."""


class Tone(StrEnum):
    """What kind of message it is."""

    DONE = "done"
    REFUSED = "refused"
    TOLD = "told"


def notice(words: str, *, title: str = "", tone: Tone = Tone.TOLD, more: Sequence[str] = ()) -> None:
    """One message; a refusal is read out at once by a screen reader, the others when there is time."""
    inside = element(
        "div",
        element("strong", title) if title else EMPTY,
        element("p", words),
        bullet_list(more, class_="wt-plain") if len(more) > 1 else element("p", *more) if more else EMPTY,
    )
    sign = element("span", SIGNS[tone], class_="wt-sign", aria_hidden="true")
    role = "alert" if tone is Tone.REFUSED else "status"
    st.html(element("div", sign, inside, class_=f"wt-notice wt-notice-{tone}", role=role))
