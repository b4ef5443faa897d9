"""Hours of sun on the ground, switched on by a planner."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from layers.sun_hours import Shown, SunShown, steps
from tests.pages.test_long_figures import words
from tests.pages.visiting import SCENARIOS, visit
from ui import picture, sun_map
from ui.colour_words import sun_step_words
from ui.geometry_store import STORE
from ui.text import Text
from wijktwin.errors import LANGUAGES
from wijktwin.impacts.sunlight.on_ground import GroundHours
from wijktwin.model.scenario import Scenario

MARCH = date(2026, 3, 21)


def test_it_says_so_as_long_as_they_are_not_there() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    visitor.radio(key=sun_map.SHOWN).set_value(Shown.BEFORE).run()
    assert not visitor.exception
    assert "De zonuren zijn er nog niet." in words(visitor)


def test_what_plans_change_is_drawn_with_its_legend(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    days: list[date] = []

    def some_hours(found: Scenario, shown: SunShown) -> GroundHours:
        asked.append(shown.in_trees)
        days.append(shown.day)
        x0, y0, x1, y1 = found.neighbourhood.extent
        middle = [np.floor((x0 + x1) / 2) + 0.5, np.floor((y0 + y1) / 2) + 0.5, 3.0]
        change = np.array([-90.0, 45.0])
        return GroundHours(shown.day, np.array([middle, [middle[0] + 5, middle[1], 3.0]]), np.full(2, 300.0), 300.0 + change, 1.0)

    drawn: list[str] = []
    monkeypatch.setattr(sun_map, "hours_of", some_hours)
    monkeypatch.setattr(picture, "draw", lambda *_, ground_colours: drawn.append(ground_colours))
    visitor = visit(SCENARIOS, plans="vogeltorens")
    assert drawn[-1] == ""
    visitor.radio(key=sun_map.SHOWN).set_value(Shown.DIFFERENCE).run()
    visitor.selectbox(key=sun_map.DAY).set_value(MARCH).run()
    assert not visitor.exception
    said = words(visitor)
    assert "1 tot 2 uur minder" in said
    assert "0,5 tot 1 uur erbij" in said
    assert "minder dan 30 minuten" in said
    content = STORE.get(drawn[-1].rsplit("/", 1)[-1]).content()
    assert b"[128,115,172]" in content
    assert b"[253,184,99]" in content
    assert "zonder bomen" in said
    visitor.checkbox(key=sun_map.TREES).check().run()
    assert not visitor.exception
    assert asked[0] is False
    assert asked[-1] is True
    assert "met kale bomen. Wij nemen aan dat een kroon 50 procent van de zon doorlaat; het kan 35 tot 75 procent zijn." in words(visitor)
    visitor.selectbox(key=sun_map.DAY).set_value(sun_map.OTHER).run()
    visitor.date_input(key=sun_map.OTHER_DAY).set_value(date(2026, 7, 4)).run()
    assert not visitor.exception
    assert days[-1] == date(2026, 7, 4)
    assert "met bomen in blad" in words(visitor)
    visitor.radio(key=sun_map.SHOWN).set_value(sun_map.NOTHING).run()
    assert drawn[-1] == ""
    visitor.query_params["plans"] = ""


def test_without_plans_there_is_nothing_to_compare() -> None:
    visitor = visit(SCENARIOS)
    assert visitor.radio(key=sun_map.SHOWN).options == ["Niet tonen", "Nu"]


def test_every_step_has_words_of_its_own() -> None:
    for language in LANGUAGES:
        t = Text(language)
        for shown in (Shown.BEFORE, Shown.DIFFERENCE):
            told = [sun_step_words(t, step) for step in steps(shown, least_change=30.0)]
            assert len(set(told)) == len(told)
            assert all(told)
    nl = Text("nl")
    assert [sun_step_words(nl, step) for step in steps(Shown.DIFFERENCE, least_change=30.0)] == [
        "2 uur of meer minder", "1 tot 2 uur minder", "0,5 tot 1 uur minder",
        "0,5 tot 1 uur erbij", "1 tot 2 uur erbij", "2 uur of meer erbij",
    ]  # fmt: skip
