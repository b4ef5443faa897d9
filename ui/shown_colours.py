"""Which colours a visitor saw on the ground last, so that a picture to take home can have them too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.figure_places import to_colour
from layers.sun_hours import Shown, SunShown
from ui import assumed, long_figures
from ui.colour_words import figure_colours, sun_colours, sun_title
from wijktwin.errors import NotFoundError
from wijktwin.export.scenario_layers import shows_few_homes
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.impacts.sunlight.day_hours import hours_of_day
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.words.texts import name_of

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.export.ground_colours import GroundColours
    from wijktwin.impacts.sunlight.on_ground import GroundHours
    from wijktwin.model.scenario import Scenario

LAST: Final = "colours_shown"
Asked = SunShown | str
"""Hours of sun, or the row of a figure (`layers.figure_places.row_key`)."""


def remember(asked: Asked | None) -> None:
    """These colours are on the screen; None for none."""
    st.session_state[LAST] = asked


def last(found: Scenario) -> Asked | None:
    """The colours that this visitor saw last, where they can be there with these plans; None for none."""
    asked: Asked | None = st.session_state.get(LAST)
    is_of_plans = isinstance(asked, SunShown) and asked.shown is not Shown.BEFORE
    return None if is_of_plans and found.is_baseline else asked


def named(t: Text, asked: Asked) -> str:
    """What is coloured, in a few words."""
    if isinstance(asked, SunShown):
        return sun_title(t, asked.shown, asked.day)
    return name_of("impact", asked.partition("|")[0], t.language)


def colours_of(t: Text, found: Scenario, asked: Asked) -> GroundColours:
    """The same colours for a picture.

    Raises
    ------
    NotFoundError
        They are not computed yet, with these plans there is nothing to colour, or a small number of homes could be counted.
    """
    if isinstance(asked, SunShown):
        hours = hours_of(found, asked)
        if hours is None:
            raise NotFoundError("stills.colours_not_yet")
        return sun_colours(t, hours, asked.shown, in_trees=asked.in_trees, assumptions=assumed.chosen())
    late = long_figures.ready(found)
    if not late and asked.partition(".")[0] in IN_BACKGROUND:
        raise NotFoundError("stills.colours_not_yet")
    told = assumed.figures(found)
    one = to_colour(asked, told, found, assumptions=assumed.chosen())
    if one is not None and shows_few_homes(one.what, asked, (*told, *late), found):
        raise NotFoundError("stills.colours_of_few")
    if one is None or not one.by_step:
        raise NotFoundError("stills.no_colours", name=name_of("impact", asked.partition("|")[0], t.language))
    return figure_colours(t, one)


def hours_of(found: Scenario, asked: SunShown) -> GroundHours | None:
    """The hours of sun that a map shows; None while they are being computed."""
    desk = sunlight_desk(found.neighbourhood, assumptions=assumed.chosen())
    ready = desk.ready(found)
    if ready is None and long_figures.is_ready(found):
        ready = desk.sunlight(found)  # today lies on the disk
    return None if ready is None else hours_of_day(desk, ready, asked.day, in_trees=asked.in_trees, assumptions=assumed.chosen())
