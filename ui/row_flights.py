"""A row of a table of figures is a way into the picture: the camera flies to what it is about, and places get the colour of their figure.

Rows carry a real button (`fly_button`), so that a keyboard and a screen reader find it; a small script in the browser tells the page which
one was pressed. Without it the table is still whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import shapely
import streamlit as st

from layers.deck import Picked
from layers.encoding import to_json
from layers.figure_places import ToColour, place_of, row_key, tints_of, to_colour
from layers.frame import Frame
from layers.ground_colours import tinted_rows
from layers.terrain import build_terrain
from ui import assumed, long_figures, picture, shown_colours, state
from ui.background import key_of
from ui.colour_words import figure_title, step_words
from ui.geometry_store import STORE, GeometryStore
from ui.markup import EMPTY, Markup, element, joined
from ui.scene.preparing import PIECES
from wijktwin.impacts.assessment import Place
from wijktwin.impacts.colour_steps import ColourStep

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

KEY: Final = "figure_rows"
CHOSEN: Final = "coloured_impact"
"""In the session: the row that colours the scene (`row_key`); absent for none."""
LONGEST: Final = 300
WIDE: Final = frozenset({Place.NEIGHBOURHOOD, Place.DAY, Place.PART_OF_DAY})
"""What figures of the whole are about."""
HOMES_AROUND: Final = "view.homes_"
"""Figures of a plan whose places lie around it."""
LATER: Final = frozenset({"sunlight", "view"})
"""Impacts of which no place has a value before everything was computed."""
JSON: Final = "application/json"
SWATCH: Final = "display:inline-block;width:1.1em;height:1.1em;border:1px solid #6a6259;vertical-align:text-bottom"
_JS: Final = """
export default function ({ setTriggerValue }) {
  globalThis.wijktwinFigureRows?.abort();
  const listening = globalThis.wijktwinFigureRows = new AbortController();
  document.addEventListener('click', (event) => {
    const row = event.target.closest?.('button[data-figure]');
    if (!row) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    document.querySelector('.st-key-scene')?.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' });
    setTriggerValue('row', row.dataset.figure);
  }, { signal: listening.signal });
  return () => listening.abort();
}
"""
_component = st.components.v2.component("wijktwin_figure_rows", js=_JS)


def fly_button(t: Text, one: Assessment, words: str) -> Markup:
    """The name of a figure as a button that shows it in the picture."""
    return element("button", words, type="button", class_="wt-fly", data_figure=row_key(one), title=t("flights.show"))


def listen(told: Sequence[Assessment], found: Scenario) -> None:
    """Hear which row was pressed; takes no room on the page."""

    def pressed() -> None:
        heard: Any = st.session_state.get(KEY) or {}
        show(heard.get("row"), told, found)

    with st.container(key="unseen_rows", gap=None):
        _component(data={"n": len(told)}, key=KEY, height="content", on_row_change=pressed)


def show(key: object, told: Sequence[Assessment], found: Scenario) -> None:
    """Fly to what a row is about, and colour the places of its figure where each has its own; anything else is passed over."""
    one = next((one for one in told if isinstance(key, str) and len(key) <= LONGEST and row_key(one) == key), None)
    if one is None:
        return
    target = place_of(one, found)
    if isinstance(target, Picked):
        state.select(target, fly=True)
    elif target is not None and not target.is_empty:
        is_wide = one.where.place in WIDE or one.impact.startswith(HOMES_AROUND)
        state.fly_to(target if not is_wide else shapely.union_all([target, *_touched(str(key), told, found)]))
    st.session_state[CHOSEN] = str(key)


def _touched(key: str, told: Sequence[Assessment], found: Scenario) -> list[BaseGeometry]:
    """Around the places that have a value other than none, where a figure of the whole has such places: what its colours show."""
    one = to_colour(key, told, found, assumptions=assumed.chosen())
    shapes = [] if one is None else [each.shape for each in one.places if each.value and not math.isnan(each.value)]
    return [shapely.box(*shapely.total_bounds(shapes))] if shapes else []


def clear() -> None:
    """No colours."""
    st.session_state.pop(CHOSEN, None)


# --------------------------------------------------------------------------------------------------------------- the colours
@dataclass(frozen=True, slots=True)
class _Coloured:
    """The places of a figure in their colours: where the surfaces lie, and which colours there are; none where there is no place."""

    address: str
    steps: tuple[ColourStep, ...]
    meant: ToColour | None = None
    """What is coloured; without its places."""


NOTHING: Final = _Coloured("", ())


def colours(t: Text, found: Scenario) -> str:
    """The address of the colours of the figure that was chosen, "" for none; what they mean stands on the page."""
    chosen = st.session_state.get(CHOSEN)
    if not chosen:
        return ""
    store, pieces = (STORE, PIECES) if state.is_shared(found) and not assumed.is_own() else picture.own_shelf()
    is_there = chosen.partition(".")[0] not in LATER or long_figures.is_ready(found)
    key = ("impact colours", *key_of(found, assumed.chosen()), chosen, is_there)
    drawn: _Coloured = pieces(key, partial(_drawn, chosen, assumed.figures(found), found, store))
    if drawn.meant is None:
        if is_there:
            one = next((one for one in assumed.figures(found) if row_key(one) == chosen), None)
            why = "flights.unknown" if one is not None and one.after is None else "flights.of_the_whole"
            st.html(element("p", t(why), class_="wt-how", role="status"))
        return ""
    shown_colours.remember(chosen)
    with st.container(key="impact_colours", horizontal=True, vertical_alignment="center"):
        around = element("p", t("flights.around_buildings"), class_="wt-how") if drawn.meant.is_around_buildings else EMPTY
        st.html(joined([legend(t, drawn.meant, drawn.steps), around]))
        st.button(t("flights.clear"), key="colours_off", on_click=clear)
    return drawn.address


def _drawn(key: str, told: Sequence[Assessment], found: Scenario, store: GeometryStore) -> _Coloured:
    one = to_colour(key, told, found, assumptions=assumed.chosen())
    by_step = [] if one is None else one.by_step
    if one is None or not by_step:
        return NOTHING
    neighbourhood = found.neighbourhood
    rows = tinted_rows(tints_of(by_step), build_terrain(neighbourhood), Frame.of(neighbourhood))
    return _Coloured(store.put(to_json(rows), JSON), tuple(step for step, _ in by_step), replace(one, places=()))


def legend(t: Text, meant: ToColour, shown: Sequence[ColourStep]) -> Markup:
    """What the colours mean, in words; "no change" and numbers beside each."""
    rows = [
        element(
            "li",
            element("span", style=f"{SWATCH};background:rgb{step.colour}", aria_hidden="true"),
            f" {step_words(t, step, is_change=meant.is_change, what=meant.what)}",
        )
        for step in shown
    ]
    return joined([element("p", figure_title(t, meant), class_="wt-how"), element("ul", *rows, class_="wt-legend")])
