"""A list that somebody opened stays open when the page moves by itself.

Streamlit's lists close as soon as the page around them scrolls. Figures that arrive above a list change how high the page is, the browser
scrolls along so that what is read stays where it is, and the list was gone; so was one that was pressed just after the page had moved.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

_JS: Final = """
const LIST = '[role="listbox"]';
const FIELD = '.stSelectbox, .stMultiSelect';
const OPEN = '[role="combobox"][aria-expanded="true"]';

function listen() {
  let isTheirs = true; // whether the visitor moves the page; then a list closes, as everywhere
  const within = (event, selector) => event.target instanceof Element && event.target.closest(selector) !== null;
  const pressed = (event) => { isTheirs = !within(event, `${LIST}, ${FIELD}`); };
  const moved = (event) => { isTheirs ||= !within(event, LIST); };
  for (const name of ['pointerdown', 'keydown']) window.addEventListener(name, pressed, { capture: true, passive: true });
  for (const name of ['wheel', 'touchmove']) window.addEventListener(name, moved, { capture: true, passive: true });
  window.addEventListener('scroll', (event) => {
    const field = document.querySelector(OPEN);
    if (field && !isTheirs && event.target instanceof Node && event.target.contains(field)) event.stopImmediatePropagation();
  }, { capture: true }); // before the list hears of it: it listens from when it opens, this from the beginning
  return true;
}

export default function () {
  globalThis.wijktwinOpenLists ??= listen();
}
"""
_component = st.components.v2.component("wijktwin_open_lists", js=_JS)


def keep_open() -> None:
    """Let lists close when the visitor scrolls, and not when the page does. Takes no room on the page."""
    _component(key="open_lists", height="content")
