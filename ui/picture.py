"""The scene on our pages: what is offered in it, its sources, where the camera flies, what a click selects."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

from layers.cameras import scenario_cameras
from layers.deck import Picked
from layers.prepared import Thing
from ui import scene, state
from ui.geometry_store import STORE, GeometryStore, PrivateStore
from ui.markup import element
from ui.notices import Tone, notice
from ui.scene import GoTo, Seen, SourceLine, SunChoice, prepared_scene
from ui.scene.preparing import PIECES, Pieces
from ui.state import Origin
from wijktwin.appearance import Camera, View
from wijktwin.errors import LimitError
from wijktwin.words.view import credit_text, view_description

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ui.state import Target, World
    from ui.text import Text
    from wijktwin.model.scenario import Scenario

KEY: Final = "scene"
OWN_STORE: Final = "own_store"
OWN_PIECES: Final = "own_pieces"
HEIGHT: Final = 600
"""[px]"""
AROUND: Final = 40.0
"""How much around a thing is shown from close by. [m]"""
BEARING: Final = -28.0
PITCH: Final = 55.0
"""Direction in which a thing is looked at, and how steeply. [°]"""
TREE_HEIGHT: Final = 12.0
"""What is framed around a tree or a street. [m]"""

_log = logging.getLogger(__name__)


def draw(t: Text, found: Scenario, seen: World) -> None:
    """The scene with the plans that are on; a click selects what was clicked."""
    offered = [plan for plan in seen.plans.values() if not plan.is_withdrawn]
    store, pieces = _own_shelf() if seen.is_own else (STORE, PIECES)
    try:
        with st.spinner(t("picture.preparing")):
            prepared = prepared_scene(found.neighbourhood, offered, store=store, pieces=pieces)
        scene.show(
            [found],
            prepared,
            offered=offered,
            key=f"{KEY}-{found.neighbourhood.key[:12]}" if seen.is_own else KEY,
            alt=" ".join(view_description(found, t.language)),
            language=t.language,
            sources=source_lines(t, found),
            banner=t("picture.fictional", name=found.neighbourhood.name) if found.neighbourhood.fictional else "",
            selected=state.visit().selected,
            first_view=View.PLAN if found.plans else View.WHOLE,
            go_to=go_to(found, state.visit().target),
            height=HEIGHT,
            on_pick=_select_clicked,
            sun=SunChoice(datetime.now(tz=UTC).year, state.visit().moment),
            on_sun=state.turn_sun,
            store=store,
            pieces=pieces,
        )
    except LimitError as error:
        notice(t.about(error), tone=Tone.REFUSED, more=[t("picture.failed")])
    except Exception:  # noqa: BLE001 - without a picture the page still tells everything in words; the log has the rest
        _log.exception("the picture of %s could not be made", found.key)
        notice(t("picture.failed"), tone=Tone.REFUSED)


def _own_shelf() -> tuple[GeometryStore, Pieces]:
    """Where the geometry of a neighbourhood lies that only this visitor sees: nothing of it at an address that can be guessed."""
    store: GeometryStore = st.session_state.setdefault(OWN_STORE, PrivateStore(STORE))
    pieces: Pieces = st.session_state.setdefault(OWN_PIECES, Pieces(store))
    return store, pieces


def _select_clicked(what: Seen) -> None:
    state.select(what.picked, origin=Origin.SCENE)


def in_words(t: Text, found: Scenario) -> None:
    """What is in the picture, for whoever does not see it and for whoever wants to know what it is."""
    st.html(element("h2", t("picture.in_words")) + element("p", " ".join(view_description(found, t.language))))


def source_lines(t: Text, found: Scenario) -> list[SourceLine]:
    """The sources of what is drawn, those of the plans that are on among them."""
    sources = dict.fromkeys([*found.neighbourhood.sources, *(plan.source for plan in found.ordered_plans)])
    return [SourceLine(credit_text(source, t.language), source.url if _is_web(source.url) else None) for source in sources]


def _is_web(url: str | None) -> bool:
    return url is not None and re.fullmatch(r"https?://[^\s\"'<>]+", url) is not None


# ---------------------------------------------------------------------------------------------------------------- the camera
def go_to(found: Scenario, target: Target | None) -> GoTo | None:
    """Where the visitor asked to fly, None where there is nothing (any more)."""
    if target is None:
        return None
    shape, height = outline(found, target.where) if isinstance(target.where, Picked) else (target.where, target.height or TREE_HEIGHT)
    if shape is None or shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    return GoTo(Camera((west - AROUND, south - AROUND, east + AROUND, north + AROUND), height, BEARING, PITCH), target.key)


def outline(found: Scenario, chosen: Picked) -> tuple[BaseGeometry | None, float]:
    """Where a thing stands, in real coordinates, and how high it is [m]; None where it is not in the scenario."""
    buildings = found.neighbourhood.buildings
    plan = next((plan for plan in found.plans if plan.plan_id == chosen.plan_id), None)
    if chosen.thing is Thing.BUILDING and chosen.thing_id in buildings:
        building = buildings[chosen.thing_id]
        return buildings.footprint(building.row), building.height or 0.0
    if chosen.thing is Thing.VOLUME and plan is not None and (volume := plan.volume(chosen.thing_id)) is not None:
        return volume.footprint, max(volume.height, 0.0)
    if chosen.thing is Thing.TREE:
        table = found.neighbourhood.trees
        rows = table.geometry[table["tree_id"] == chosen.thing_id]
        return (rows.iloc[0], TREE_HEIGHT) if len(rows) else (None, 0.0)
    camera = scenario_cameras(found).get(View.PLAN) if plan is not None else None
    return (shapely.box(*camera.bounds), camera.height) if camera is not None else (None, 0.0)
