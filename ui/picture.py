"""The scene on our pages: what is offered in it, its sources, where the camera flies, what a click selects."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

from layers.cameras import scenario_cameras
from layers.deck import Picked
from layers.prepared import Thing
from ui import plan_choice, scene, state
from ui.geometry_store import STORE, GeometryStore, PrivateStore
from ui.markup import element
from ui.notices import Tone, notice
from ui.scene import GoTo, Seen, SourceLine, SunChoice, Window, prepared_scene
from ui.scene.preparing import PIECES, Pieces
from ui.visit import Origin, Target
from wijktwin.appearance import Camera, View
from wijktwin.errors import LimitError
from wijktwin.words.view import credit_text, view_description

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.plan import Plan
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


@dataclass(frozen=True, slots=True)
class Private:
    """A picture of which nothing comes into the link, not even where its camera is.

    Parameters
    ----------
    key
        Of the picture and of its camera.
    on_pick
        Called with what was clicked, instead of selecting it.
    selected
        Lights up, and is flown to when it is another.
    window
        Where one looks from; a picture from another place has another key.
    """

    key: str
    on_pick: Callable[[Seen], None]
    selected: Picked | None = None
    window: Window | None = None


def draw(
    t: Text, found: Scenario, seen: World, *, ground_colours: str = "", private: Private | None = None, height: int = HEIGHT,
    answers_views: bool = True,
) -> None:  # fmt: skip
    """The scene with the plans that are on; a click selects what was clicked.

    Parameters
    ----------
    ground_colours
        Address of colours on the ground (`ui.sun_map`, `ui.row_flights`); "" for none.
    height
        Of the picture. [px]
    answers_views
        The page tells what is seen from a spot (`ui.spot`).
    """
    key = private.key if private else KEY
    _draw(
        t, [found], seen, key=key, ground_colours=ground_colours, private=private, height=height,
        answers_views=answers_views and private is None,
    )  # fmt: skip


def draw_pair(
    t: Text, pair: tuple[Scenario, Scenario], seen: World, titles: tuple[str, str], *, height: int = HEIGHT, answers_views: bool = True
) -> None:  # fmt: skip
    """Two pictures with one camera, each with its title; a click in either selects what was clicked. All else as in `draw`."""
    _draw(t, pair, seen, key=f"{KEY}-pair", titles=titles, height=height, answers_views=answers_views)


def _draw(
    t: Text,
    pictures: Sequence[Scenario],
    seen: World,
    *,
    key: str,
    titles: Sequence[str] = (),
    ground_colours: str = "",
    private: Private | None = None,
    height: int,
    answers_views: bool,
) -> None:
    offered = seen.offered
    store, pieces = shelf_of(seen)
    neighbourhood, own = seen.neighbourhood, _own(seen)
    alts = [" ".join(view_description(found, t.language)) for found in pictures]
    named = list(zip(titles, alts, strict=False))
    selected = private.selected if private else state.visit().selected
    chosen = with_plan_of(pictures, selected)
    target = Target(selected, f"{key}-{selected.thing_id}") if private and selected else None if private else state.visit().target
    try:
        with st.spinner(t("picture.preparing")):
            prepared = prepared_scene(neighbourhood, offered, store=store, pieces=pieces)
        scene.show(
            pictures,
            prepared,
            offered=offered,
            key=f"{key}{own}",
            alt=" ".join(t("picture.one_of_two", title=title, words=alt) for title, alt in named) if named else alts[0],
            language=t.language,
            sources=source_lines(t, pictures),
            banner=t("picture.fictional", name=neighbourhood.name) if neighbourhood.fictional else "",
            titles=titles,
            names=titles or [scenario_name(t, found) for found in pictures],
            alts=alts,
            plan_names={plan.plan_id: plan_name(t, plan) for plan in offered},
            plan_parties={plan.plan_id: plan_party(t, plan) for plan in offered},
            selected=selected,
            first_view=View.PLAN if any(found.plans for found in pictures) else View.WHOLE,
            go_to=go_to(chosen, target),
            height=height,
            on_pick=private.on_pick if private else _select_clicked,
            sun=SunChoice(datetime.now(tz=UTC).year, state.visit().moment),
            on_sun=state.turn_sun,
            ground_colours=ground_colours,
            camera_key=f"{private.key if private else KEY}{own}",
            keeps_camera_in_link=not seen.is_own and private is None,
            keeps_camera_in_tab=private is None,
            answers_views=answers_views,
            window=private.window if private else None,
            store=store,
            pieces=pieces,
        )
    except LimitError as error:
        notice(t.about(error), tone=Tone.REFUSED, more=[t("picture.failed")])
    except Exception:  # noqa: BLE001 - without a picture the page still tells everything in words; the log has the rest
        _log.exception("the picture of %s could not be made", pictures[-1].key)
        notice(t("picture.failed"), tone=Tone.REFUSED)


def camera_key(seen: World) -> str:
    """Under which name the browser keeps the camera of the pictures of a neighbourhood, but for those that are private."""
    return f"{KEY}{_own(seen)}"


def _own(seen: World) -> str:
    """What tells the pictures of a visitor's own neighbourhood apart from the server's."""
    return f"-{seen.neighbourhood.key[:12]}" if seen.is_own else ""


def scenario_name(t: Text, found: Scenario) -> str:
    """What a picture shows, in a few words."""
    return " + ".join(t.of(plan.title) for plan in found.ordered_plans) or t("picture.now")


def plan_party(t: Text, plan: Plan) -> str:
    """What a plan is, and whose, as it is named in a list of colours; the title of a plan of one's own."""
    if not plan.published_by_server:
        return t("picture.plan_own", title=plan.title)
    name = plan_choice.card_name(t, plan)
    return name[0].lower() + name[1:]


def plan_name(t: Text, plan: Plan) -> str:
    """What a plan is, whose, and its title, as it is named in a sentence."""
    if not plan.published_by_server:
        return t("picture.plan_own", title=plan.title)
    return t("picture.plan_named", whose=plan_choice.card_name(t, plan), title=plan.title)


def with_plan_of(pictures: Sequence[Scenario], chosen: Picked | None) -> Scenario:
    """The picture that has what was chosen: the one with its plan, else the last."""
    plan_id = None if chosen is None else chosen.plan_id
    return next((found for found in pictures if any(plan.plan_id == plan_id for plan in found.plans)), pictures[-1])


def shelf_of(seen: World) -> tuple[GeometryStore, Pieces]:
    """Where the geometry lies of what a visitor looks at."""
    return own_shelf() if seen.is_own else (STORE, PIECES)


def own_shelf() -> tuple[GeometryStore, Pieces]:
    """Where geometry lies that only this visitor sees: nothing of it at an address that can be guessed."""
    store: GeometryStore = st.session_state.setdefault(OWN_STORE, PrivateStore(STORE))
    pieces: Pieces = st.session_state.setdefault(OWN_PIECES, Pieces(store))
    return store, pieces


def _select_clicked(what: Seen) -> None:
    if what.asks_view:
        state.look_from(what.point)
    is_bare = what.picked is None or what.picked.thing is Thing.GROUND
    state.select(what.picked, origin=Origin.SCENE, point=what.point if is_bare else None)


def in_words(t: Text, found: Scenario) -> None:
    """What is in the picture, for whoever does not see it and for whoever wants to know what it is."""
    st.html(element("h2", t("picture.in_words")) + element("p", " ".join(view_description(found, t.language))))


def source_lines(t: Text, pictures: Sequence[Scenario]) -> list[SourceLine]:
    """The sources of what is drawn, those of the plans that are on among them."""
    sources = dict.fromkeys([*pictures[0].neighbourhood.sources, *(plan.source for found in pictures for plan in found.ordered_plans)])
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
