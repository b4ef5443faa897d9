"""Where a home is: pointing at it in the picture, its street, a plain map, and the picture itself; each only when it is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.deck import Picked
from layers.prepared import Thing
from ui import assumed, figures, home_link, home_search, home_view, lists, picture, search, state
from ui.home_map import map_markup
from ui.markup import element, label
from ui.visit import NOW

if TYPE_CHECKING:
    from ui.home_card import Column
    from ui.scene import Seen
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.home import Home
    from wijktwin.model.address_search import AddressBook
    from wijktwin.model.scenario import Scenario

POINTED: Final = "home_pointed_at"
OF_VISIT: Final = "home_visit"
"""Of this visit to this home: what a picture from it is called follows from it."""
SCENE: Final = "home-scene"
"""The camera of this page is its own, and its place never stands in the link: it would tell where somebody lives."""


@cache
def _style_sheet() -> str:
    return "".join((resources.files("ui") / name).read_text(encoding="utf-8") for name in ("home.css", "strip.css"))


def dress() -> None:
    """Put the rules of this page on it."""
    with st.container(key="unseen_home", gap=None):
        st.html(f"<style>{_style_sheet()}</style>")


# ---------------------------------------------------------------------------------------------------------- before there is one
def point(t: Text, addresses: AddressBook, seen: World) -> None:
    """The picture, to point at home in; it is fetched when somebody asks for it."""
    with st.container(key="home_point"):
        if st.toggle(t("home.point"), key="home_pointing"):
            st.html(element("p", t("home.point_lead"), class_="wt-small"))
            home_search.pointed_at(t, addresses, st.session_state.get(POINTED))
            today = state.scenario_of(NOW, seen)
            picture.draw(t, today, seen, private=picture.Private(SCENE, _point, _pointed(today)))


def _pointed(found: Scenario) -> Picked | None:
    clicked: Picked | None = st.session_state.get(POINTED)
    return clicked if clicked is not None and clicked.thing_id in found.neighbourhood.buildings else None


def _point(what: Seen) -> None:
    st.session_state[POINTED] = what.picked


def street(t: Text, seen: World) -> None:
    """What is known of the street that was chosen: plans near it, what changes in it, and the link to give to neighbours."""
    name = state.visit().street
    there = lists.street(seen.neighbourhood, name) if name else None
    if there is None:
        return
    st.html(element("h2", there.name))
    found = state.scenario()
    search.plans_near(t, there, found, seen)
    figures.of_street(t, figures.of_scenario(t, found), there.name)
    if not seen.is_own:
        home_link.share(t, there.name)


# ----------------------------------------------------------------------------------------------------------- when there is one
def pictures(t: Text, addresses: AddressBook, seen: World, shown: Sequence[Column], now: Home) -> None:
    """The surroundings with one of the plans: as a plain map with the same in words, and in the picture when somebody asks for it."""
    with st.expander(t("home.map_title"), key="home_map"):
        names = [label(column.title) for column in shown]
        place = st.radio(
            t("home.map_plan"),
            range(len(shown)),
            key="home_plan",
            format_func=names.__getitem__,
            horizontal=True,
            index=min(1, len(shown) - 1),
        )
        column = shown[place or 0]
        st.html(map_markup(t, seen.neighbourhood, [column.plan] if column.plan is not None else [], now))
        if not st.toggle(t("home.scene_show"), key="home_scene_on"):
            st.html(element("p", t("home.scene_lead"), class_="wt-small"))
            return
        _from_home(t, addresses, seen, column.scenario, now)


def _from_home(t: Text, addresses: AddressBook, seen: World, found: Scenario, now: Home) -> None:
    """The picture from above or from the home, and what anyone needs to make it again."""
    offered = home_view.viewpoints(seen.neighbourhood, now, assumptions=assumed.chosen())
    names = [t("home_view.above"), *(viewpoint.name(t) for viewpoint in offered)]
    place = st.selectbox(t("home_view.from"), range(len(names)), key="home_from", format_func=names.__getitem__)
    viewpoint = offered[place - 1] if place else None
    building, clicked = home_building(addresses, seen, now), st.session_state.get(POINTED)
    if clicked != building:
        home_search.pointed_at(t, addresses, clicked)
    if viewpoint is None:
        picture.draw(t, found, seen, private=picture.Private(SCENE, _point, building))
        return
    key = f"{SCENE}-{viewpoint.key(st.session_state.setdefault(OF_VISIT, secrets.token_bytes(16)))}"
    picture.draw(t, found, seen, private=picture.Private(key, _point, window=viewpoint.window))
    moment = state.visit().moment
    st.html(
        element("p", home_view.line(t, viewpoint, found, moment=moment), class_="wt-small")
        + home_view.again(t, viewpoint, found, moment=moment)
    )
    if viewpoint.what == "window":
        st.html(element("p", t("home_view.assumed"), class_="wt-small"))


def home_building(addresses: AddressBook, seen: World, now: Home) -> Picked | None:
    """The building that a home is in, to light up."""
    building_id = addresses.by_id[now.address_id].building_id
    return Picked(Thing.BUILDING, building_id) if building_id in seen.neighbourhood.buildings else None
