"""A tablet that is passed on: after a minute of silence it asks whether somebody is still there, then forgets all and begins again.

Only where the server was started for an evening, and only in a browser tab that was opened with ``?kiosk=1`` (the code for tablets has
it): a phone is its owner's. What was chosen lives in the visit (`ui.state`, `ui.home`), so loading the first page anew forgets it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import public_link
from ui.settings import settings
from wijktwin import places

if TYPE_CHECKING:
    from ui.text import Text

PARAMETER: Final = "kiosk"
ASKED: Final = "kiosk_asked"
"""In the visit: what its first address said of it."""
PAGE: Final = "my_street"
"""Where a tablet begins."""
SILENCE: Final = 60
"""How long nobody touches a tablet before it forgets. [s]"""
WARNING: Final = 15
"""How long it asks before it forgets. [s]"""

_JS: Final = """
const FLAG = 'wijktwin-kiosk';
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];
const EVERY = 1000; // milliseconds
const known = { data: null, dialog: null, last: Date.now(), isBegun: false, timer: null };

function forget() {
  clearInterval(known.timer); // the next page may take longer than a second to come
  sessionStorage.clear();
  sessionStorage.setItem(FLAG, '1');
  location.replace(known.data.start);
}

function stay() {
  known.last = Date.now();
  if (known.dialog?.open) known.dialog.close();
}

function dialog() {
  if (known.dialog) return known.dialog;
  const made = document.createElement('dialog');
  made.className = 'wt-kiosk';
  made.setAttribute('aria-labelledby', 'wt-kiosk-asks');
  const asks = document.createElement('p');
  asks.id = 'wt-kiosk-asks';
  const more = document.createElement('p');
  const button = document.createElement('button');
  button.type = 'button';
  button.addEventListener('click', stay);
  made.addEventListener('close', stay);
  made.append(asks, more, button);
  document.body.append(made);
  return known.dialog = Object.assign(made, { asks, more, button });
}

function ask(seconds) {
  const shown = dialog();
  const { words } = known.data;
  shown.asks.textContent = words.asks;
  shown.more.textContent = words.more.replace('%seconds%', seconds);
  shown.button.textContent = words.stay;
  if (!shown.open) shown.showModal();
}

function look() {
  const silent = (Date.now() - known.last) / 1000;
  const left = Math.ceil(known.data.silence - silent);
  if (left <= 0) forget();
  else if (left <= known.data.warning) ask(left);
}

function begin() {
  known.isBegun = true;
  known.last = Date.now();
  const touched = () => { if (!known.dialog?.open) known.last = Date.now(); };
  SIGNS.forEach((sign) => addEventListener(sign, touched, { capture: true, passive: true }));
  addEventListener('pageshow', (event) => { if (event.persisted) forget(); }); // gone back to what somebody else looked at
  known.timer = setInterval(look, EVERY);
}

export default function ({ data }) {
  known.data = data;
  if (data.asked === '1') sessionStorage.setItem(FLAG, '1');
  if (data.asked === '0') sessionStorage.removeItem(FLAG);
  if (sessionStorage.getItem(FLAG) === '1' && !known.isBegun) begin();
}
"""
_component = st.components.v2.component("wijktwin_kiosk", js=_JS)


def silence() -> int:
    """How long nobody touches a tablet before it forgets, as whoever runs the server decided. [s]"""
    told = os.environ.get(places.SILENCE_VARIABLE, "")
    return max(int(told), places.SHORTEST_SILENCE) if told.isascii() and told.isdigit() else SILENCE


def watch(t: Text) -> None:
    """Let a tablet forget; nothing where the server was not started for an evening. Takes no room on the page."""
    if not settings().is_evening:
        return
    asked = st.session_state.setdefault(ASKED, str(st.query_params.get(PARAMETER, "")))  # the page writes another address soon
    words = {"asks": t("kiosk.asks"), "more": t("kiosk.more"), "stay": t("kiosk.stay")}
    start = public_link.within(PAGE, language=t.language)
    data = {"asked": asked, "silence": silence(), "warning": WARNING, "words": words, "start": start}
    _component(data=data, key="kiosk", height="content")
