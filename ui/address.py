"""The address of a page as a link: what it says, what it is read as, and how it follows what a visitor does.

The browser writes it, not Streamlit: `st.query_params` makes a new entry in the history for whatever changes, also for the sun and
for what the menu left out. Here a new entry stands for another choice of plans, pair or language, which going back undoes; all else
is written over. Where the camera is (``view``) and who walks (``walk``) is added by the scene itself (ui/scene/link.js) and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import streamlit as st

from ui import own_kept
from ui.text import as_language
from wijktwin import clock_times

if TYPE_CHECKING:
    from wijktwin.errors import Language

VERSION: Final = "v"
LANGUAGE: Final = "lang"
PLANS: Final = "plans"
COMPARE: Final = "compare"
SUN: Final = "sun"
STREET: Final = "street"
"""At most a street stands in an address, never a house."""
LINK_VERSION: Final = "1"
BETWEEN: Final = "|"
MOST_LINKED: Final = 20
LONGEST: Final = 2000
"""A longer address is not read. [characters]"""
LONGEST_STREET: Final = 120
"""[characters]"""
KEY: Final = "address"
HEARD: Final = "address_heard"
"""Which of the messages of the browser about its address was heard last: a run that began before says nothing about it."""

_JS: Final = """
const CAMERA = ['view', 'walk'];
const KEPT = ['embed', 'embed_options'];
const NUMBERS = /^-?\\d+(\\.\\d+)?(,-?\\d+(\\.\\d+)?){3,4}$/;
const REST = 150; // milliseconds
const known = { visit: null, address: null, entry: null, path: null, waiting: null, hasPopped: false, nTold: 0, isHeard: true };
addEventListener('popstate', () => { known.hasPopped = true; });

/** What of an address is the server's to say. */
function own(search) {
  const all = new URLSearchParams(search);
  return [...new Set([...all.keys()])].filter((name) => !CAMERA.includes(name) && !KEPT.includes(name)).sort()
    .map((name) => `${name}=${all.getAll(name).at(-1)}`).join('&');
}

function camera(all) {
  return CAMERA.filter((name) => NUMBERS.test(all.get(name) ?? '')).map((name) => `${name}=${all.getAll(name).at(-1)}`);
}

function write(data, isNew) {
  const { pathname, search, hash } = location;
  const all = new URLSearchParams(search);
  const kept = KEPT.filter((name) => all.has(name)).map((name) => `${name}=${encodeURIComponent(all.get(name))}`);
  const wanted = `?${[data.address, ...(data.keepsCamera ? camera(all) : []), ...kept].join('&')}`;
  if (wanted !== search) history[isNew ? 'pushState' : 'replaceState'](history.state, '', pathname + wanted + hash);
  Object.assign(known, { address: data.address, entry: data.entry, path: pathname, isHeard: true, hasPopped: false });
}

/** What the address says is to be heard by the server, which went on without it. */
function isAstray(data, isAnswer) {
  const isBegunAnew = known.visit !== null && data.visit !== known.visit; // the server forgot the visit: what is in the address goes on
  const isAway = known.hasPopped && (isAnswer || data.address === known.address); // somebody went back (again)
  return isBegunAnew || isAway;
}

export default function ({ data, setTriggerValue }) {
  clearTimeout(known.waiting);
  keepOwn({ ...data.own, visit: data.visit }, setTriggerValue);
  const [there, wanted] = [own(location.search), own(data.address)];
  const isLink = new URLSearchParams(location.search).has('v');
  const isAnswer = !known.isHeard && data.heard === known.nTold;
  if (isAnswer) known.isHeard = true;
  if (isAstray(data, isAnswer)) Object.assign(known, { nTold: known.nTold + 1, isHeard: false, hasPopped: false });
  known.visit = data.visit;
  if (isLink && there !== wanted && !known.isHeard) { // also when this run began before the server heard
    known.waiting = setTimeout(() => { // another page may be on its way
      setTriggerValue('back', { search: location.search, number: known.nTold });
    }, REST);
  } else {
    write(data, isLink && known.path === location.pathname && there !== wanted && data.entry !== known.entry);
  }
}
"""
_component = st.components.v2.component("wijktwin_address", js=own_kept.JS + _JS)


@dataclass(frozen=True, slots=True)
class Link:
    """What an address asks for.

    Parameters
    ----------
    language
        None where it names none of ours.
    plan_ids
        As they stand there; nobody looked whether they exist.
    moment
        Of the sun: ``2026-03-21T12:00``, a clock time; "" for none.
    pair
        The two that are compared, "" for today; None for no pair.
    street
        As it stands there; nobody looked whether there is such a street.
    """

    language: Language | None = None
    plan_ids: tuple[str, ...] = ()
    moment: str = ""
    pair: tuple[str, str] | None = None
    street: str = ""


def read_link(told: Mapping[str, Sequence[str]]) -> Link:
    """What the parts of an address ask for; nonsense asks for nothing."""

    def last(name: str) -> str:
        return (told.get(name) or [""])[-1]

    plan_ids = [name for part in told.get(PLANS, ()) for name in part.split(",") if name]
    return Link(
        as_language(last(LANGUAGE)),
        tuple(dict.fromkeys(plan_ids))[:MOST_LINKED],
        as_moment(last(SUN)),
        as_pair(last(COMPARE)),
        last(STREET)[:LONGEST_STREET],
    )


def read_search(search: object) -> Link | None:
    """What a part of an address after its question mark asks for; None for what is none: it comes from the browser."""
    if not isinstance(search, str) or len(search) > LONGEST:
        return None
    return read_link(parse_qs(search.removeprefix("?"), keep_blank_values=True, max_num_fields=100))


def as_moment(told: str) -> str:
    """A clock time as it stands in a link (``2026-03-21T12:00``); "" where it is none."""
    moment = clock_times.read_clock_time(told)
    return "" if moment is None else clock_times.written(moment)


def as_pair(told: str) -> tuple[str, str] | None:
    """Two plan ids as they stand in a link (``vogeltorens|vogelhof``, nothing for today); None where that is no pair."""
    names = told.split(BETWEEN)
    return (names[0].strip(), names[1].strip()) if len(names) == 2 else None


def keep(
    address: str,
    *,
    visit: str,
    run: int,
    entry: int,
    keeps_camera: bool,
    on_back: Callable[[Link], None],
    own: Mapping[str, Any],
    on_kept: Callable[[object], None],
) -> None:
    """Let the browser say an address from now on. Takes no room on the page.

    Parameters
    ----------
    address
        Names and values, encoded, without a question mark.
    visit
        Of which visit: when it is another, the server forgot the one before, and the browser tells what its address says.
    run
        Other in every run, so that the browser hears of each.
    entry
        Counts the entries in the history: a new one is made when it has grown.
    keeps_camera
        Where the camera is and who walks stays in it.
    on_back
        Called before the next run with what the address says, when somebody went back or forward.
    own
        What the tab keeps of the visitor's own (`ui.own_kept`).
    on_kept
        Called before the next run with what the tab kept of a visit that the server does not know.
    """

    def went() -> None:
        told: Any = (st.session_state.get(KEY) or {}).get("back")
        if not isinstance(told, dict):  # it comes from the browser
            return
        st.session_state[HEARD] = told.get("number")
        link = read_search(told.get("search"))
        if link is not None:
            on_back(link)

    def given_back() -> None:
        on_kept((st.session_state.get(KEY) or {}).get("kept"))

    _component(
        data={
            "own": own,
            "address": address,
            "visit": visit,
            "run": run,
            "entry": entry,
            "keepsCamera": keeps_camera,
            "heard": st.session_state.get(HEARD),
        },
        key=KEY,
        height="content",
        on_back_change=went,
        on_kept_change=given_back,
    )
