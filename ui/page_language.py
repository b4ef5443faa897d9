"""Says in which language a page is: Streamlit itself always says English."""

from __future__ import annotations

from typing import Final

import streamlit as st

from wijktwin.errors import Language

_JS: Final = """
export default function ({ data }) {
  const page = document.documentElement;
  if (page.lang !== data.language) page.lang = data.language;
  page.setAttribute('translate', 'no');
}
"""
_component = st.components.v2.component("wijktwin_page_language", js=_JS)


def say_language(language: Language) -> None:
    """Set the language of the document, so that a screen reader pronounces it rightly. Takes no room on the page."""
    _component(data={"language": language}, key="page_language", height="content")
