"""The scene on a page: pydeck decks drawn by the renderer that pydeck itself brings, with one camera that outlives every rerun.

`show` is all that a page needs::

    prepared = prepared_scene(neighbourhood, offered_plans)
    seen = scene.show([scenario], prepared, offered=offered_plans, key="scene", alt=..., language="nl", ...)
    if seen.picked: ...
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeGuard

import orjson
import streamlit as st
from babel.dates import format_date

from layers.cameras import browser_camera
from layers.deck import Picked, build_deck, picked
from layers.pointing import ground_point
from layers.prepared import Prepared, Thing
from ui.geometry_store import STORE, GeometryStore, PrivateStore
from ui.scene import assets
from ui.scene.around import scene_around
from ui.scene.drawing import drawing, known
from ui.scene.packing import packed
from ui.scene.preparing import PIECES, Pieces, plan_view_address, prepared_scene
from ui.scene.tips import scene_tips
from ui.scene.words import scene_words
from ui.shade import ROUTE as SHADE_ROUTE
from ui.shade import SHADE
from ui.street_views import ROUTE as STREET_VIEWS_ROUTE
from ui.street_views import STREET_VIEWS
from wijktwin import appearance
from wijktwin.appearance import Camera, View
from wijktwin.errors import Language
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

__all__ = ["GoTo", "Renderer", "Seen", "SourceLine", "SunChoice", "Window", "prepared_scene", "show"]

MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
"""A clock time, as it stands in the address of a page."""
RENDERER_VARIABLE: Final = "WIJKTWIN_SCENE"
DEFAULT_HEIGHT: Final = 620
"""[px] On a phone it is never more than 62 % of the screen."""

_LOADER: Final = """
const fetched = {};
export default async function (component) {
  const at = (address) => new URL(address, document.baseURI).href;
  const address = component.data.known;
  const asked = fetched[address] ??= fetch(at(address)).then((answer) => answer.json());
  asked.catch(() => { delete fetched[address]; });
  const [{ mount }, known] = await Promise.all([import(at(component.data.module)), asked]);
  return mount(component, known);
}
"""
_COMPONENT: Final = st.components.v2.component("wijktwin_scene", html="<span hidden></span>", js=_LOADER, isolate_styles=True)


class Renderer(StrEnum):
    """What draws the scene."""

    COMPONENT = "component"
    """Our own component: everything."""
    PYDECK_CHART = "pydeck"
    """`st.pydeck_chart` with the same deck: where the component cannot load. No north arrow, no clicks, no camera."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source below the picture, with a link where there is one."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class GoTo:
    """Fly the camera somewhere, once: again only when ``key`` changes."""

    camera: Camera
    key: str


@dataclass(frozen=True, slots=True)
class Window:
    """A place to look from.

    Parameters
    ----------
    x, y
        Real coordinates. [m]
    bearing
        Which way one looks, clockwise from true north. [°]
    eye
        Height of the eye, from where nobody walks away [m NAP]; None for who stands on the ground as it is drawn.
    above
        Of the eye above the ground, as it is told. [m]
    """

    x: float
    y: float
    bearing: float
    eye: float | None = None
    above: float = 1.6


@dataclass(frozen=True, slots=True)
class SunChoice:
    """What a visitor can choose of sun and shade.

    Parameters
    ----------
    year
        The year of the usual days that are one press away.
    moment
        What is shown first: ``2026-03-21T12:00``, a clock time of the place; "" for no shade.
    """

    year: int
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the visitor did in the scene since the last run.

    Parameters
    ----------
    picked
        What was clicked; None when nothing was, or bare ground.
    point
        Where was clicked, real coordinates [m]: where the line of sight first meets the ground as it is drawn.
    scenario
        Which of the scenarios was clicked in.
    camera
        Longitude, latitude, zoom, pitch, bearing and the bounds of what is in view; None before the visitor did anything.
    has_failed
        The picture could not be drawn; then the page's own text has to do.
    asks_view
        Who walks there wants to know what is seen from the point.
    """

    picked: Picked | None = None
    point: tuple[float, float] | None = None
    scenario: int = 0
    camera: Mapping[str, Any] | None = None
    has_failed: bool = False
    asks_view: bool = False


def show(
    scenarios: Sequence[Scenario],
    prepared: Prepared,
    *,
    offered: Sequence[Plan] = (),
    key: str,
    alt: str,
    language: Language,
    sources: Sequence[SourceLine],
    banner: str = "",
    titles: Sequence[str] = (),
    names: Sequence[str] = (),
    alts: Sequence[str] = (),
    plan_names: Mapping[str, str] | None = None,
    plan_parties: Mapping[str, str] | None = None,
    selected: Picked | None = None,
    first_view: View = View.WHOLE,
    go_to: GoTo | None = None,
    height: int = DEFAULT_HEIGHT,
    reads_camera: bool = False,
    on_pick: Callable[[Seen], None] | None = None,
    sun: SunChoice | None = None,
    on_sun: Callable[[str], None] | None = None,
    ground_colours: str = "",
    camera_key: str = "",
    keeps_camera_in_link: bool = False,
    keeps_camera_in_tab: bool = False,
    answers_views: bool = False,
    window: Window | None = None,
    renderer: Renderer | None = None,
    store: GeometryStore = STORE,
    pieces: Pieces = PIECES,
) -> Seen:
    """Draw scenarios of one neighbourhood, side by side when there are two, and tell what the visitor points at.

    Parameters
    ----------
    prepared
        From `prepared_scene`, with the plans of ``offered``.
    offered
        All plans that can be switched on, as given to `prepared_scene`.
    key
        Of the scene; the camera is kept under it, over pages too.
    alt
        What is in the picture, in a sentence or two, for whoever cannot see it.
    banner
        Said on the picture: that the neighbourhood is fictional.
    titles
        One on each picture, and on the buttons that choose one of them on a small screen.
    names
        What each picture shows, said on it when it is saved; ``titles`` where left out.
    alts
        What is in each picture, where there are two.
    plan_names
        What plans are called in the text about what is in view, and whose they are, by id; their title where left out.
    plan_parties
        What plans are and whose, without their title, by id: said in the legend.
    selected
        Lights up.
    reads_camera
        The page wants to know where the camera is whenever it has come to rest; each time costs a run.
    on_pick
        Called before the next run, with what was clicked.
    sun
        Lets the visitor choose a day and a time, and shows the shade of that moment on the ground.
    on_sun
        Called before the next run, with the moment that was chosen (``2026-03-21T12:00``, a clock time), or "" for none.
    ground_colours
        Address of colours on the ground that mean something, as `layers.deck.build_deck` takes it; "" for none.
    camera_key
        Under which name the camera is kept; ``key`` where left out. Scenes with the same name share one camera, over pages too.
    keeps_camera_in_link
        The address of the page says where the camera is (``view=``), and an address that says so moves it; costs no run.
    keeps_camera_in_tab
        The tab of the browser remembers where the camera was, for the page to take home from (`ui.take_home_tab`); costs no run.
    answers_views
        Who walks can ask what is seen from there: ``on_pick`` hears of the point (`Seen.asks_view`).
    window
        Where one looks from when the picture is first drawn; another one needs another ``key``.
    store, pieces
        As given to `prepared_scene`: those of the visitor for a neighbourhood that only this visitor sees.
    """
    chosen = renderer or Renderer(os.environ.get(RENDERER_VARIABLE, Renderer.COMPONENT))
    decks = [build_deck(scenario, prepared, selected=selected, ground_colours=ground_colours) for scenario in scenarios]
    if chosen is Renderer.PYDECK_CHART or st.session_state.get(_failed_key(key)):
        return _show_chart(decks, titles, key=key, height=height, alt=alt, has_failed=chosen is Renderer.COMPONENT)
    parties = plan_parties or {}
    shown = drawing(scenarios, decks, prepared, language=language, parties=parties)
    table = known(scenarios[0].neighbourhood, offered, prepared, language=language, parties=parties, store=store, pieces=pieces)
    words = scene_words(language)
    neighbourhood = scenarios[0].neighbourhood
    base = base_path()
    is_public = not isinstance(store, PrivateStore)
    all_public = is_public and all(plan.published_by_server for found in scenarios for plan in found.plans)
    on_street = STREET_VIEWS.offer(scenarios, prepared, is_shared=all_public)
    data = {
        **shown,
        "known": table.address,
        "module": base + assets.own_address("scene.js"),
        "style": base + assets.own_address("scene.css"),
        "renderer": base + assets.renderer_address(),
        "key": key,
        "cameraKey": camera_key or key,
        "inLink": keeps_camera_in_link,
        "inTab": keeps_camera_in_tab,
        "answersViews": answers_views,
        "deckKey": hashlib.sha256(orjson.dumps([deck["layers"] for deck in shown["decks"]])).hexdigest()[:16],
        "planView": plan_view_address(neighbourhood, offered, prepared, store=store, pieces=pieces),
        "plans": [sorted(plan.plan_id for plan in scenario.plans) for scenario in scenarios],
        "around": scene_around(scenarios, prepared, plan_names or {}, language=language, store=store, pieces=pieces),
        "titles": [_at(titles, place) for place in range(len(decks))],
        "names": [_at(names, place) or _at(titles, place) for place in range(len(decks))],
        "alts": [_at(alts, place) for place in range(len(decks))],
        "place": neighbourhood.name,
        "labels": _labels(scenarios, words["control"]),
        "language": language,
        "alt": alt,
        "sources": [{"text": source.text, "url": source.url} for source in sources],
        "banner": banner,
        "tips": scene_tips(neighbourhood, offered, prepared, language=language, store=store, pieces=pieces),
        "first": str(first_view) if str(first_view) in shown["views"] else str(View.WHOLE),
        "target": {"camera": browser_camera(go_to.camera, prepared.frame), "key": go_to.key} if go_to else None,
        "height": height,
        "readCamera": reads_camera,
        "sun": _sun(sun, scenarios, prepared, language, is_public=is_public) if sun else None,
        "streetViews": f"{base}{STREET_VIEWS_ROUTE}/{on_street}" if on_street else "",
        "window": _window(window, prepared) if window else None,
    }

    def told() -> None:
        if on_pick:
            seen = _seen(st.session_state.get(key), scenarios, prepared)
            if seen.picked or seen.point:
                on_pick(seen)

    def failed() -> None:
        st.session_state[_failed_key(key)] = True

    def turned() -> None:
        if on_sun:
            moment = (st.session_state.get(key) or {}).get("moment")
            on_sun(moment if isinstance(moment, str) and (not moment or MOMENT.fullmatch(moment)) else "")

    result = _COMPONENT(
        data=packed(data, table),
        key=key,
        height="content",
        on_picked_change=told,
        on_fault_change=failed,
        on_camera_change=lambda: None,
        on_moment_change=turned,
    )
    return _seen(result, scenarios, prepared)


def _sun(choice: SunChoice, scenarios: Sequence[Scenario], prepared: Prepared, language: Language, *, is_public: bool) -> dict[str, Any]:
    """What the controls of sun and shade need; a scenario with a visitor's own plan has a name that nobody can guess."""
    names = [
        SHADE.offer(scenario, prepared, is_shared=is_public and all(plan.published_by_server for plan in scenario.plans))
        for scenario in scenarios
    ]
    day, _, time = choice.moment.partition("T")
    return {
        "route": base_path() + SHADE_ROUTE,
        "names": names,
        "days": [
            {"day": day.isoformat(), "text": format_date(day, "d MMMM", locale=language), "hours": usual.hours}
            for usual in shadow_days()
            for day in [usual.in_year(choice.year)]
        ],
        "chosen": {"day": day, "time": time} if choice.moment else None,
        "colours": {"stays": appearance.SHADE_STAYS, "comes": appearance.SHADE_COMES, "goes": appearance.SHADE_GOES},
    }


def _window(window: Window, prepared: Prepared) -> dict[str, Any]:
    """Where one looks from, as the browser takes it: the height of the eye from the ground that all heights are counted from."""
    longitude, latitude = prepared.frame.lonlat(window.x, window.y)
    eye = 0.0 if window.eye is None else window.eye - prepared.frame.reference_ground
    return {
        "longitude": longitude,
        "latitude": latitude,
        "bearing": window.bearing,
        "up": 0,
        "eye": eye,
        "above": round(window.above, 1),
        "isWindow": window.eye is not None,
    }


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _labels(scenarios: Sequence[Scenario], words: Mapping[str, str]) -> dict[str, str]:
    """The words that depend on what is shown, all others are fetched once: of more plans than one no button speaks as "the" plan."""
    n_plans = len({plan.plan_id for found in scenarios for plan in found.plans})
    return {"view_plan": words["view_plans" if n_plans > 1 else "view_plan"]}


def base_path() -> str:
    """What comes before every address on this server: "" or "/wijktwin", as ``server.baseUrlPath`` says."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _failed_key(key: str) -> str:
    return f"{key}:failed"


def _seen(result: Any, scenarios: Sequence[Scenario], prepared: Prepared) -> Seen:  # noqa: ANN401  Streamlit's own kind of mapping
    """What came back from the browser: nothing in it is trusted."""
    event = (result or {}).get("picked")
    camera = (result or {}).get("camera")
    camera = camera if isinstance(camera, Mapping) else None
    if not isinstance(event, Mapping):
        return Seen(camera=camera)
    pane, layer, index = (event.get(name) for name in ("pane", "layer", "index"))
    place = pane if isinstance(pane, int) and 0 <= pane < len(scenarios) else 0
    found = None
    if isinstance(layer, str) and isinstance(index, int):
        found = picked(scenarios[place], prepared, layer, index)
    point = None
    sight = event.get("sight")
    if _is_sight(sight):
        point = ground_point(sight, prepared, kind=_ground_kind(scenarios[place], found))
    told = event.get("camera")
    asks_view = point is not None and event.get("asksView") is True
    return Seen(found, point, place, told if isinstance(told, Mapping) else camera, asks_view=asks_view)


def _is_sight(told: object) -> TypeGuard[Sequence[Sequence[float]]]:
    """Whether something is two places: longitude, latitude [°] and height [m]."""
    if not isinstance(told, list | tuple) or len(told) != 2:
        return False
    limits = (180.0, 90.0, 10_000.0)
    return all(
        isinstance(end, list | tuple)
        and len(end) == 3
        and all(isinstance(value, int | float) and abs(value) <= most for value, most in zip(end, limits, strict=True))
        for end in told
    )


def _ground_kind(scenario: Scenario, found: Picked | None) -> str | None:
    """The kind of today's ground that was pointed at; None for anything else."""
    table = scenario.neighbourhood.ground_table
    if found is None or found.thing is not Thing.GROUND or table is None:
        return None
    kinds = table["kind"][table["surface_id"] == found.thing_id].tolist()
    return str(kinds[0]) if kinds else None


def _show_chart(decks: Sequence[Any], titles: Sequence[str], *, key: str, height: int, alt: str, has_failed: bool) -> Seen:
    columns = st.columns(len(decks)) if len(decks) > 1 else [st.container()]
    for place, (deck, column) in enumerate(zip(decks, columns, strict=True)):
        with column:
            if place < len(titles) and titles[place]:
                st.text(titles[place])
            st.pydeck_chart(deck, key=f"{key}:chart:{place}", height=height)
    st.text(alt)
    return Seen(has_failed=has_failed)
