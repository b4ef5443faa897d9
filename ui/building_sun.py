"""From when until when the sun shines at the homes in the building that was clicked: a strip for every place of the living room."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.prepared import Thing
from ui import assumed, state
from ui.home_strip import strip_markup
from ui.markup import element, joined
from wijktwin.impacts.home import ready
from wijktwin.words.amounts import minutes_text
from wijktwin.words.numbers import format_day
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from datetime import date

    from ui.markup import Markup
    from ui.text import Text
    from wijktwin.impacts.sunlight.homes import HomeSun, Minutes, SunAtHomes
    from wijktwin.model.scenario import Scenario

HOME: Final = "building_sun_home"
DAY: Final = "building_sun_day"
MOST_STRIPS: Final = 8
"""A home of which nobody knows storey and side has many possible places; so many are shown, and how many there are is said."""


@cache
def _style_sheet() -> str:
    return (resources.files("ui") / "strip.css").read_text(encoding="utf-8")


def strips(t: Text, found: Scenario) -> None:
    """The strips of one home and one day, both to be chosen; nothing where no building with homes is selected."""
    chosen = state.visit().selected
    if chosen is None or chosen.thing is not Thing.BUILDING:
        return
    known = homes_in(found, chosen.thing_id)
    if not known:
        return
    with st.expander(t("building_sun.title"), key="building_sun"):
        sunlight = ready(found, assumptions=assumed.chosen()).sunlight
        if sunlight is None:
            st.html(element("p", t("building_sun.not_yet"), class_="wt-how", role="status"))
            return
        homes = sunlight.homes
        name = next(iter(known))
        if len(known) > 1:
            name = st.selectbox(t("building_sun.home"), list(known), key=HOME, format_func=known.__getitem__)
        day = st.selectbox(t("building_sun.day"), homes.days, key=DAY, format_func=lambda each: format_day(each.isoformat(), t.language))
        with st.container(key="unseen_strip", gap=None):  # alone: what comes first in a text is not taken as a style
            st.html(f"<style>{_style_sheet()}</style>")
        st.html(told(t, homes, name, day))


def homes_in(found: Scenario, building_id: str) -> dict[str, str]:
    """Names of the dwellings in a building, by address; none in one around the neighbourhood: nothing is computed there."""
    buildings = found.neighbourhood.buildings
    if building_id not in buildings or buildings.flags["is_halo"][buildings.rows[building_id]]:
        return {}
    table = found.neighbourhood.addresses
    own = table[(table["building_id"] == building_id) & (table["use"] == "dwelling")]
    columns = zip(own["address_id"], own["street"], own["number"], own["suffix"], strict=True)
    return {str(address_id): f"{street} {number}{suffix}".strip() for address_id, street, number, suffix in columns}


def told(t: Text, homes: SunAtHomes, address_id: str, day: date) -> Markup:
    """How much sun there is on a day, with its margin, and the strips."""
    home = homes.home(address_id)
    found = homes.strips(address_id, day)
    if not found:
        return element("p", t("building_sun.nowhere", reason=text(f"reason.{home.missing}", t.language)), class_="wt-how")
    shown = [strip_markup(t, strip) for strip in found[:MOST_STRIPS]]
    places = t("building_sun.places", n=len(found), shown=len(shown)) if len(found) > 1 else t("building_sun.one_place")
    return joined([
        element("p", _minutes(t, home, day)),
        *shown,
        element("p", f"{places} {t('building_sun.known', reason=text(f'reason.{home.why_range}', t.language))}", class_="wt-how"),
    ])  # fmt: skip


def _minutes(t: Text, home: HomeSun, day: date) -> str:
    (one,) = [each for each in home.days if each.day == day]
    now = t("building_sun.now", **_span(t, one.before))
    if one.after is None:
        return f"{now} {t('building_sun.gone', reason=text(f'reason.{home.missing}', t.language))}"
    return f"{now} {t('building_sun.then', **_span(t, one.after))}" if one.after != one.before else f"{now} {t('building_sun.same')}"


def _span(t: Text, minutes: Minutes) -> dict[str, str]:
    return {name: minutes_text(round(getattr(minutes, name)), t.language) for name in ("lowest", "highest")}
