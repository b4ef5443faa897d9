"""What the tab of the browser remembers for the page to take home from: where its visitor looked last, and what was ordered.

The camera of the scene is the browser's own, and moving it costs no run of a page. Here the tab tells where it was (ui/scene/link.js
wrote that down), and gives back the name under which something was ordered, so that a page that is loaded anew still finds it. That name
cannot be guessed and stands in no link; where a scene is nobody else's business, nothing of it is remembered.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import streamlit as st

from ui import picture
from wijktwin.errors import InputError
from wijktwin.export.links import LinkTold, read_link

if TYPE_CHECKING:
    from ui.visit import World

KEY: Final = "take_home_tab"
VISITOR: Final = "take_home_visitor"
TOLD: Final = "take_home_told"
"""What the tab said of its camera."""
HAS_HEARD: Final = "take_home_heard"
NAME: Final = re.compile(r"[0-9a-f]{32}")
LONGEST: Final = 100
"""Of a camera in words. [characters]"""
SCREEN: Final = (100, 10_000)
"""A side of a picture on a screen lies between these. [px]"""

_JS: Final = """
const VIEW = 'wijktwin-view';
const ORDERED = 'wijktwin-ordered';
let said = '';
let telling = null;
addEventListener('wijktwin-view', () => telling?.()); // once: of a component only the last cleanup is called

function inTab(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function putInTab(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch { /* then a page that is loaded anew knows nothing of it */ }
}

export default function ({ data, setTriggerValue }) {
  const tell = () => {
    const ordered = inTab(ORDERED);
    const isOther = Boolean(ordered) && ordered !== data.visitor;
    if (!isOther || data.hasHeard) putInTab(ORDERED, data.visitor);
    const told = { view: inTab(VIEW), ordered: isOther && !data.hasHeard ? ordered : null };
    const words = JSON.stringify([told, data.visitor]);
    const isNews = told.ordered !== null || (told.view !== null && JSON.stringify(told.view) !== JSON.stringify(data.view));
    if (!isNews || words === said) return;
    said = words;
    setTriggerValue('told', told);
  };
  telling = tell;
  tell();
  return () => { if (telling === tell) telling = null; };
}
"""
_component = st.components.v2.component("wijktwin_take_home_tab", js=_JS)


@dataclass(frozen=True, slots=True)
class LastView:
    """Where a visitor looked last.

    Parameters
    ----------
    told
        The camera or the walk, as a link says it.
    screen
        Width and height of the picture on the screen. [px]
    """

    told: LinkTold
    screen: tuple[float, float]


def visitor() -> str:
    """The name under which this tab orders; known to nobody else."""
    name: str = st.session_state.setdefault(VISITOR, secrets.token_hex(16))
    return name


def listen() -> None:
    """Let the tab tell what it remembers. Takes no room on the page."""
    data = {"visitor": visitor(), "view": st.session_state.get(TOLD), "hasHeard": bool(st.session_state.get(HAS_HEARD))}
    _component(data=data, key=KEY, height="content", on_told_change=_heard)


def last_view(seen: World) -> LastView | None:
    """Where this visitor looked last in this neighbourhood; None for nowhere."""
    return read_view(st.session_state.get(TOLD), key=picture.camera_key(seen))


def read_view(told: object, *, key: str) -> LastView | None:
    """What a tab says of the camera with a key; None for another's, and for nonsense: it comes from the browser."""
    if not isinstance(told, Mapping) or told.get("key") != key:
        return None
    view, walk = (told.get(name) for name in ("view", "walk"))
    sides: list[Any] = [told.get(name) for name in ("width", "height")]
    if not all(isinstance(camera, str) and len(camera) <= LONGEST for camera in (view, walk)):
        return None
    if not all(isinstance(side, int | float) and not isinstance(side, bool) and SCREEN[0] <= side <= SCREEN[1] for side in sides):
        return None
    try:
        found = read_link(f"?{urlencode({'view': view} | ({'walk': walk} if walk else {}))}")
    except InputError:
        return None
    return LastView(found, (float(sides[0]), float(sides[1])))


def _heard() -> None:
    told: Any = (st.session_state.get(KEY) or {}).get("told")
    if not isinstance(told, Mapping):
        return
    st.session_state[TOLD] = told.get("view")
    ordered = told.get("ordered")
    if not st.session_state.get(HAS_HEARD) and isinstance(ordered, str) and NAME.fullmatch(ordered):
        st.session_state[VISITOR] = ordered
    st.session_state[HAS_HEARD] = True
