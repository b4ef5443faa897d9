"""Colours of a figure on the ground of a picture: drawn where they belong, told in the legend, and the same as on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
import streamlit as st

from layers.figure_places import ToColour
from layers.stills import Studio
from layers.sun_hours import Shown, SunShown, steps
from tests.impacts.village import towers, village
from tests.layers.small_town import small_town, tower
from ui import shown_colours
from ui.colour_words import figure_colours, sun_colours
from ui.text import Text
from wijktwin.appearance import View
from wijktwin.errors import LANGUAGES, Language, NotFoundError
from wijktwin.export.drawn import Shot
from wijktwin.export.ground_colours import GroundColours
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.picture import Wanted, words_around
from wijktwin.export.telling import Teller
from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.colour_steps import LESS, MORE, Place
from wijktwin.impacts.place_values import What
from wijktwin.impacts.sunlight.on_ground import GroundHours
from wijktwin.model.scenario import Scenario

DAY = date(2026, 3, 21)


def two_strips() -> ToColour:
    """Shade that goes along the south of the town and comes along the north, where nothing is built."""
    x0, y0, x1, y1 = small_town().extent
    south, north = (shapely.box(x0 + 5, low, x1 - 5, low + 4) for low in (y0 - 12, y1 + 20))
    return ToColour((Place(south, -4.0), Place(north, 4.0)), is_change=True, unit="%", what=What.SHADE)


def test_the_ground_has_the_colours_that_the_legend_says_and_only_where_they_are_asked_for() -> None:
    town, scenario = small_town(), Scenario(small_town(), frozenset([tower()]))
    told = two_strips()
    colours = figure_colours(Text("nl"), told)
    studio = Studio.of(town, [tower()])
    view = studio.view([scenario], View.ABOVE)
    plain = studio.draw(scenario, Shot(view, (500, 400))).astype(int)
    coloured = studio.draw(scenario, Shot(view, (500, 400), colours=colours)).astype(int)
    assert [line.fill for line in colours.lines] == [LESS[1], MORE[1]]
    where = []
    for line in colours.lines:
        is_there = np.abs(coloured - line.fill).max(axis=2) <= 2
        assert not (np.abs(plain - line.fill).max(axis=2) <= 2).any(), "the scene has no such colour of its own"
        assert is_there.sum() > 100
        where.append(np.flatnonzero(is_there.any(axis=1)).mean())
    assert where[0] > where[1] + 50, "what lies in the south stands below what lies in the north"


def test_what_is_drawn_has_a_key_of_its_own() -> None:
    told = two_strips()
    one, other = (
        figure_colours(Text("nl"), told),
        figure_colours(Text("nl"), ToColour(told.places[:1], told.is_change, told.unit, told.what)),
    )
    assert one.key == figure_colours(Text("en"), told).key
    assert one.key != other.key
    assert repr(one) == repr(figure_colours(Text("nl"), told)), "two orders of the same picture share a folder"
    assert repr(one) != repr(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_says_what_is_coloured_and_that_the_link_has_no_colours(language: Language) -> None:
    town, scenario = small_town(), Scenario(small_town(), frozenset([tower()]))
    hours = GroundHours(DAY, np.array([[10.0, 10.0, 0.0], [20.0, 10.0, 0.0]]), np.full(2, 300.0), np.array([210.0, 345.0]), 1.0)
    t = Text(language)
    colours = sun_colours(t, hours, Shown.DIFFERENCE, in_trees=False, assumptions=default_assumptions())
    assert [colour for colour, _ in colours.tints] == [(128, 115, 172), (253, 184, 99)]
    assert [line.fill for line in colours.lines] == [step.colour for step in steps(Shown.DIFFERENCE, least_change=30.0)]
    teller = Teller(town, language, date(2026, 11, 22))
    view = Studio.of(town, [tower()]).view([scenario], View.ABOVE)
    paper = PAPERS[Size.SCREEN]
    told = words_around(scenario, Wanted(view, link="/?v=1", colours=colours), teller, paper)
    assert {"nl": "mogelijke zonuren op 21 maart", "en": "possible hours of sun on 21 March"}[language] in told.subtitle
    assert told.legend[: len(colours.lines)] == colours.lines
    assert any("30" in note for note in told.notes)
    assert any("link" in note for note in told.notes)
    without = words_around(scenario, Wanted(view, link="/?v=1"), teller, paper)
    assert without.subtitle in told.subtitle
    assert len(without.notes) == len(told.notes) - 3


def test_what_a_visitor_saw_last_is_offered_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    today, planned = Scenario(small_town()), Scenario(small_town(), frozenset([tower()]))
    assert shown_colours.last(planned) is None
    shown_colours.remember(SunShown(Shown.DIFFERENCE, DAY))
    assert shown_colours.last(today) is None, "today nothing changes"
    assert shown_colours.last(planned) == SunShown(Shown.DIFFERENCE, DAY)
    assert "21 maart" in shown_colours.named(Text("nl"), SunShown(Shown.DIFFERENCE, DAY))
    shown_colours.remember("trees.total|neighbourhood|")
    assert shown_colours.last(today) == "trees.total|neighbourhood|"
    monkeypatch.setattr("ui.assumed.figures", lambda _: ())
    monkeypatch.setattr("ui.long_figures.ready", lambda _: ())
    monkeypatch.setattr("ui.assumed.chosen", default_assumptions)
    with pytest.raises(NotFoundError, match="nothing to colour"):
        shown_colours.colours_of(Text("nl"), planned, "distance.nowhere|neighbourhood|")
    found = shown_colours.colours_of(Text("nl"), planned, "trees.total|neighbourhood|")
    assert isinstance(found, GroundColours)
    assert found.tints


def test_a_small_number_of_homes_is_in_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The towers make three homes lose sun: nobody reads from a picture which."""
    scenario = village().with_plans([towers()])
    one = next(one for one in assess(scenario) if one.impact == "dwellings.total")
    told = tuple(
        replace(one, impact=impact, unit=Unit.COUNT, before=before, after=after, breakdown={}, remarks=())
        for impact, before, after in (("dwellings.addresses", 40.0, 40.0), ("sunlight.losing", None, 3.0))
    )
    coloured = ToColour(two_strips().places, is_change=True, unit="min", what=What.SUN_AT_HOME)
    monkeypatch.setattr(shown_colours, "to_colour", lambda *_, **__: coloured)
    monkeypatch.setattr("ui.assumed.chosen", default_assumptions)
    monkeypatch.setattr("ui.assumed.figures", lambda _: told[:1])
    monkeypatch.setattr("ui.long_figures.ready", lambda _: ())
    with pytest.raises(NotFoundError, match="not there yet"):
        shown_colours.colours_of(Text("nl"), scenario, "sunlight.losing|neighbourhood|")
    for n_losing, is_told in ((3.0, False), (30.0, True)):
        late = (replace(told[1], after=n_losing),)
        monkeypatch.setattr("ui.long_figures.ready", lambda _, late=late: late)
        if is_told:
            assert shown_colours.colours_of(Text("nl"), scenario, "sunlight.losing|neighbourhood|").tints
            continue
        with pytest.raises(NotFoundError, match="fewer than five homes"):
            shown_colours.colours_of(Text("nl"), scenario, "sunlight.losing|neighbourhood|")
