"""Hours of sun on the ground in the scene: which day, today or with the plans or what changes, and what the colours mean."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.encoding import to_json
from layers.frame import Frame
from layers.ground_colours import tinted_rows
from layers.sun_hours import Shown, SunShown
from layers.terrain import build_terrain
from ui import assumed, picture, shown_colours
from ui.background import key_of
from ui.colour_words import sun_notes, sun_step_words, sun_steps, sun_tints
from ui.markup import element, joined
from ui.shown_colours import hours_of
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.sunlight.norms import ground_days, reference_year
from wijktwin.words.numbers import format_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.markup import Markup
    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.scenario import Scenario

NOTHING: Final = "nothing"
SHOWN: Final = "sun_map_shown"
DAY: Final = "sun_map_day"
TREES: Final = "sun_map_trees"
OTHER: Final = "other"
OTHER_DAY: Final = "sun_map_other_day"
ADDRESSES: Final = "sun_map_addresses"
MOST_ADDRESSES: Final = 24
JSON: Final = "application/json"


def choose(t: Text, found: Scenario, seen: World) -> str:
    """What a visitor wants to see of the hours of sun; the address of its surfaces, "" for none or while they are being computed."""
    days = ground_days(reference_year())
    offered = [NOTHING, Shown.BEFORE, *([] if found.is_baseline else [Shown.AFTER, Shown.DIFFERENCE])]
    if st.session_state.get(SHOWN) not in offered:
        st.session_state[SHOWN] = NOTHING
    shown_colours.remember(None)
    with st.container(horizontal=True, key="sun_map"):
        shown = st.radio(
            t("sun_map.title"), offered, key=SHOWN, horizontal=True, format_func=lambda each: t(f"sun_map.{each}"), help=t("sun_map.help")
        )
        if shown == NOTHING:
            return ""
        day = _day(t, days)
        has_trees = bool(len(found.neighbourhood.trees) or len(found.trees))
        in_trees = has_trees and st.checkbox(t("sun_map.with_trees"), key=TREES, wrap=True, help=t("sun_map.with_trees_help"))
    asked = SunShown(Shown(shown), day, in_trees=in_trees)
    address = _address(t, found, seen, asked)
    if not address:
        st.html(element("p", t("sun_map.not_yet"), class_="wt-how", role="status"))
        return ""
    shown_colours.remember(asked)
    st.html(legend(t, asked))
    return address


def _day(t: Text, days: Sequence[date]) -> date:
    """One of the usual days, or any other of the year of which the sun is taken."""
    words = {day: format_day(day.isoformat(), t.language) for day in days}
    choices: list[date | str] = [*days, OTHER]
    name = t("sun_map.another")
    chosen = st.selectbox(
        t("sun_map.day"), choices, key=DAY, format_func=lambda each: words[each] if isinstance(each, date) else name, width=200
    )
    if isinstance(chosen, date):
        return chosen
    year = reference_year()
    first, last = date(year, 1, 1), date(year, 12, 31)
    return st.date_input(t("sun_map.other_day"), first.replace(month=5), first, last, key=OTHER_DAY, format="DD-MM-YYYY", width=200)


def legend(t: Text, asked: SunShown) -> Markup:
    """What the colours mean, in words."""
    rows = [
        element("li", element("span", "", style=f"{SWATCH};background:rgb{step.colour}", aria_hidden="true"), f" {sun_step_words(t, step)}")
        for step in sun_steps(asked.shown)
    ]
    notes = sun_notes(t, asked.shown, asked.day, in_trees=asked.in_trees, assumptions=assumed.chosen())
    return joined([element("ul", *rows, style=LIST, class_="wt-plain"), element("p", notes, class_="wt-how")])


SWATCH: Final = "display:inline-block;width:1.1em;height:1.1em;border:1px solid #6a6259;vertical-align:text-bottom"
LIST: Final = "display:flex;flex-wrap:wrap;gap:.2em 1.2em;list-style:none;padding:0"


def _address(t: Text, found: Scenario, seen: World, asked: SunShown) -> str:
    """Where the surfaces lie, "" while they are being computed; made once for as long as this visit keeps their address."""
    kept: LastFew[tuple[object, ...], str] = st.session_state.setdefault(ADDRESSES, LastFew(MOST_ADDRESSES))
    key = (*key_of(found, assumed.chosen()), asked)
    address = kept.find(key)
    if address is not None:
        return address
    with st.spinner(t("sun_map.drawing")):
        hours = hours_of(found, asked)
        if hours is None:
            return ""
        store, _ = picture.shelf_of(seen)
        is_shared = not seen.is_own and all(plan.published_by_server for plan in found.plans)
        neighbourhood = found.neighbourhood
        rows = tinted_rows(sun_tints(hours, asked.shown), build_terrain(neighbourhood), Frame.of(neighbourhood))
        put = store.put if is_shared else store.put_private
        address = put(to_json(rows), JSON)
    kept.put(key, address)
    return address
