"""A row of a table of figures is a way into the picture: the camera flies to what it is about, and places get the colour of their figure.

Rows carry a real button (`fly_button`), so that a keyboard and a screen reader find it; a small script in the browser tells the page which
one was pressed. Without it the table is still whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import shapely
import streamlit as st

from layers.deck import Picked
from layers.encoding import to_json
from layers.frame import Frame
from layers.impact_colours import impact_rows
from layers.prepared import Thing
from layers.terrain import build_terrain
from ui import assumed, long_figures, picture, state
from ui.background import key_of
from ui.geometry_store import STORE, GeometryStore
from ui.markup import EMPTY, Markup, element, joined
from ui.scene.preparing import PIECES
from wijktwin.impacts.assessment import Place
from wijktwin.impacts.built_values import AROUND, WIND_CLASSES, strip_around
from wijktwin.impacts.colour_steps import MORE, ColourStep, coloured
from wijktwin.impacts.colour_steps import Place as ColouredPlace
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.impacts.place_values import What, place_values
from wijktwin.model.whereabouts import STREET_WIDTH, plan_area, street_shape
from wijktwin.words.numbers import format_number
from wijktwin.words.texts import name_of, text

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
PER_PLACE: Final = (Place.STREET, Place.BUILDING, Place.VOLUME)
MADE_OF: Final = {
    "parking.street_total": "parking.street",
    "parking.pressure_total": "parking.pressure",
    "traffic.total": "traffic.street",
    "traffic.new": "traffic.street",
}
"""Figures of a whole, and the figures of its streets."""
ON_GROUND: Final = frozenset({What.SHADE, What.GROUND, What.RAIN, What.TREES, What.SUN, What.PARKING})
"""What is coloured on the ground itself; everything else is a strip around a building."""
ABOUT_BUILDINGS: Final = "height."
"""Figures of single buildings."""
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


def row_key(one: Assessment) -> str:
    """What a row is called: its figure and what it is about."""
    return f"{one.impact}|{one.where.place}|{one.where.identifier}"


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
    to_colour = _to_colour(key, told, found)
    shapes = [] if to_colour is None else [each.shape for each in to_colour.places if each.value and not math.isnan(each.value)]
    return [shapely.box(*shapely.total_bounds(shapes))] if shapes else []


def clear() -> None:
    """No colours."""
    st.session_state.pop(CHOSEN, None)


def place_of(one: Assessment, found: Scenario) -> Picked | BaseGeometry | None:
    """What a figure is about: a building or volume, or a piece of ground in real coordinates; None where it is not in the scenario."""
    neighbourhood, name = found.neighbourhood, one.where.identifier
    match one.where.place:
        case Place.BUILDING if name in neighbourhood.buildings:
            return Picked(Thing.BUILDING, name)
        case Place.VOLUME:
            plan_id, _, volume_id = name.partition("/")
            return Picked(Thing.VOLUME, volume_id, plan_id)
        case Place.PLAN_AREA:
            plans = [plan for plan in found.ordered_plans if plan.plan_id == name or name in OWN_AREAS]
            return shapely.union_all([plan_area(plan, neighbourhood) for plan in plans]) if plans else None
        case Place.STREET:
            return street_shape(name, found)
        case Place.NEIGHBOURHOOD | Place.DAY | Place.PART_OF_DAY:
            areas = [plan_area(plan, neighbourhood) for plan in found.ordered_plans]
            return shapely.union_all(areas) if areas else shapely.box(*neighbourhood.extent)
        case _:
            return None


# --------------------------------------------------------------------------------------------------------------- the colours
@dataclass(frozen=True, slots=True)
class _Told:
    """What colours mean: what is coloured in words, and in which unit."""

    places: tuple[ColouredPlace, ...]
    is_change: bool
    unit: str
    what: str = ""
    figure: str = ""
    """Whose places they are, where they are those of another figure."""

    @property
    def is_around_buildings(self) -> bool:
        """Whether each is a strip around a building, of which the roof hides the ground."""
        return self.what not in ON_GROUND if self.what else self.figure.startswith(ABOUT_BUILDINGS)


def _to_colour(key: str, told: Sequence[Assessment], found: Scenario) -> _Told | None:
    """The places of a row with their values: those of the figure itself, else what it is made of; None where there are none."""
    impact, _, rest = key.partition("|")
    made_of = MADE_OF.get(impact, impact)
    shown, is_change = places(made_of, told, found)
    if shown:
        return _of_figures(made_of, shown, told, is_change=is_change)
    made = place_values(impact, rest.partition("|")[2], found, assumptions=assumed.chosen())
    if made is None and rest.partition("|")[0] == Place.PLAN_AREA:
        shown, is_change = places(impact, told, found, of=(Place.PLAN_AREA,))
        return _of_figures(impact, shown, told, is_change=is_change) if shown else None
    if made is None:
        return None
    own = tuple(ColouredPlace(shape, float(value)) for shape, value in zip(made.shapes, made.values, strict=True))
    return _Told(own, made.is_change, made.unit, made.what)


def _of_figures(impact: str, shown: Sequence[ColouredPlace], told: Sequence[Assessment], *, is_change: bool) -> _Told:
    return _Told(tuple(shown), is_change, next(one.unit for one in told if one.impact == impact), figure=impact)


def places(
    impact: str, told: Sequence[Assessment], found: Scenario, *, of: Sequence[Place] = PER_PLACE
) -> tuple[list[ColouredPlace], bool]:
    """The places of a figure with their values, and whether those are changes: where now is known of all, else what is there then."""
    own = [one for one in told if one.impact == impact and one.where.place in of and one.after is not None]
    is_change = not found.is_baseline and bool(own) and all(one.difference is not None for one in own)
    shown: list[ColouredPlace] = []
    for one in own:
        shape, value = _shape(one, found), one.difference if is_change else one.after
        if shape is not None and value is not None:
            shown.append(ColouredPlace(shape, value))
    return shown, is_change


def _shape(one: Assessment, found: Scenario) -> BaseGeometry | None:
    target = place_of(one, found)
    if isinstance(target, Picked) and target.thing is Thing.VOLUME:
        own = [v for plan, v in found.volumes if (plan.plan_id, v.volume_id) == (target.plan_id, target.thing_id)]
        return strip_around(own[0]) if own else None
    if isinstance(target, Picked):
        buildings = found.neighbourhood.buildings
        outline = buildings.footprint(buildings.rows[target.thing_id]) if target.thing_id in buildings else None
        return None if outline is None else outline.buffer(AROUND)
    if one.where.place is Place.PLAN_AREA and target is not None and not target.is_empty and target.area == 0:
        return target.buffer(STREET_WIDTH / 2)  # a plan that only changes streets
    return target


@dataclass(frozen=True, slots=True)
class _Coloured:
    """The places of a figure in their colours: where the surfaces lie, and which colours there are; none where there is no place."""

    address: str
    steps: tuple[ColourStep, ...]
    is_change: bool
    unit: str = ""
    what: str = ""
    figure: str = ""
    is_around_buildings: bool = False


NOTHING: Final = _Coloured("", (), is_change=False)


def colours(t: Text, found: Scenario) -> str:
    """The address of the colours of the figure that was chosen, "" for none; what they mean stands on the page."""
    chosen = st.session_state.get(CHOSEN)
    if not chosen:
        return ""
    store, pieces = (STORE, PIECES) if state.is_shared(found) and not assumed.is_own() else picture.own_shelf()
    is_there = chosen.partition(".")[0] not in LATER or long_figures.is_ready(found)
    key = ("impact colours", *key_of(found, assumed.chosen()), chosen, is_there)
    drawn: _Coloured = pieces(key, partial(_drawn, chosen, assumed.figures(found), found, store))
    if not drawn.steps:
        if is_there:
            one = next((one for one in assumed.figures(found) if row_key(one) == chosen), None)
            why = "flights.unknown" if one is not None and one.after is None else "flights.of_the_whole"
            st.html(element("p", t(why), class_="wt-how", role="status"))
        return ""
    name = t(f"flights.what.{drawn.what}") if drawn.what else name_of("impact", drawn.figure, t.language)
    named = {"figure": name, "unit": text(f"unit.{drawn.unit}", t.language)}
    title = t("flights.change" if drawn.is_change else "flights.amount", **named)
    with st.container(key="impact_colours", horizontal=True, vertical_alignment="center"):
        around = element("p", t("flights.around_buildings"), class_="wt-how") if drawn.is_around_buildings else EMPTY
        st.html(joined([legend(t, title, drawn.steps, is_change=drawn.is_change, what=drawn.what), around]))
        st.button(t("flights.clear"), key="colours_off", on_click=clear)
    return drawn.address


def _drawn(key: str, told: Sequence[Assessment], found: Scenario, store: GeometryStore) -> _Coloured:
    one = _to_colour(key, told, found)
    if one is None:
        return NOTHING
    neighbourhood = found.neighbourhood
    rows = impact_rows(one.places, build_terrain(neighbourhood), Frame.of(neighbourhood), is_change=one.is_change)
    shown = tuple(step for step, _ in coloured(one.places, is_change=one.is_change))
    return _Coloured(store.put(to_json(rows), JSON), shown, one.is_change, one.unit, one.what, one.figure, one.is_around_buildings)


def legend(t: Text, title: str, shown: Sequence[ColourStep], *, is_change: bool, what: str = "") -> Markup:
    """What the colours mean, in words; "no change" and numbers beside each."""
    rows = [
        element(
            "li",
            element("span", style=f"{SWATCH};background:rgb{step.colour}", aria_hidden="true"),
            f" {step_words(t, step, is_change=is_change, what=what)}",
        )
        for step in shown
    ]
    return joined([element("p", title, class_="wt-how"), element("ul", *rows, class_="wt-legend")])


def step_words(t: Text, step: ColourStep, *, is_change: bool, what: str = "") -> str:
    """One step: "5 tot 10 minder", "geen verschil"; of classes each by its name."""
    if what == What.WIND:
        return t(f"flights.wind.{WIND_CLASSES[round(step.highest)]}")
    if step.is_lost:
        return t("flights.lost" if is_change else "flights.unreachable")
    if step.lowest == step.highest == 0:
        return t("flights.none")
    low, high = sorted(abs(end) for end in (step.lowest, step.highest))
    numbers = {"low": _number(t, low), "high": _number(t, high)}
    kind = "less" if step.lowest < 0 else "more" if step.colour in MORE else "between"
    return t(f"flights.{kind}_up_to" if low == 0 else f"flights.{kind}", **numbers)


def _number(t: Text, value: float) -> str:
    decimals = next(n for n in range(4) if n == 3 or round(value, n) == round(value, 6))
    return format_number(value, t.language, decimals=decimals)
