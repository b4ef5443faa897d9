"""Figures on the card of a home, also random ones: no line contradicts its figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.impacts.village import plan
from tests.words.test_cards import facts, full, quick, towers_here
from tests.words.test_contradictions import margins
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Margin, Unit
from wijktwin.impacts.home import Home
from wijktwin.impacts.home_sun import HomeSunlight, SunDay
from wijktwin.words.card_top import top_lines
from wijktwin.words.cards import CardLine
from wijktwin.words.contradictions import contradictions
from wijktwin.words.sentences import sentence_parts


@cache
def home_figures() -> list[CardLine]:
    told = [
        *full(Home("a1"), towers_here()).lines,
        *full(Home("a0"), towers_here()).lines,
        *quick("Buidelmeesstraat 17", "groene-straat").lines,
    ]
    return [line for line in told if line.figure is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_contradicts_its_figure(language: Language) -> None:
    cards = [full(Home(f"a{n}"), *plans, language=language) for n in range(3) for plans in ((), (towers_here(),))]
    told = [line for card in cards for line in card.lines if line.figure is not None]
    assert len(told) > 60
    found = {(line.key, line.told[0]): contradictions(line.figure, line.told, language) for line in told if line.figure is not None}
    assert {key: faults for key, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("language", "words"), [("nl", "bijna geen zon"), ("en", "hardly any sun")])
def test_hardly_any_sun_is_told_as_that(language: Language, words: str) -> None:
    found = facts(Home("a1"), plan()).sun
    assert found is not None
    margin = Margin(0.4, 12.0, "sun_roofs")
    for one in (found.days[0].figure, found.norm.figure if found.norm else found.days[1].figure):
        little = replace(one, before=0.4, after=0.4, margin=margin, before_margin=margin, difference_margin=EXACT)
        parts = sentence_parts(little, language, here=True)
        assert words in parts[0]
        assert contradictions(little, parts, language) == (), parts


LARGEST = {Unit.PER_CENT: 100.0, Unit.MINUTES: 900.0, Unit.METRES: 900.0, Unit.COUNT: 900.0}


@settings(max_examples=120, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(LANGUAGES))
def test_no_random_figure_of_a_home_is_contradicted(data: st.DataObject, language: Language) -> None:
    one = data.draw(st.sampled_from(home_figures())).figure
    assert one is not None
    values = st.floats(0.0, LARGEST[one.unit]).map(lambda value: float(round(value, 0 if one.unit is Unit.COUNT else 3)))
    is_compared, own = one.before is not None, margins(LARGEST[one.unit])
    told = replace(
        one, before=data.draw(values) if is_compared else None, after=data.draw(values), margin=data.draw(own),
        before_margin=data.draw(own) if is_compared else None, difference_margin=data.draw(own) if is_compared else None,
        missing="" if is_compared else "only_after", breakdown={}, remarks=(),
    )  # fmt: skip
    parts = sentence_parts(told, language, here=True)
    assert contradictions(told, parts, language) == (), parts


@settings(max_examples=120, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0, 600), st.floats(0, 600), margins(200.0), st.sampled_from(LANGUAGES))
def test_the_top_says_of_the_sun_what_the_figure_says(before: float, after: float, margin: Any, language: Language) -> None:
    found = facts(Home("a1"), towers_here())
    assert found.sun is not None
    figure = replace(found.sun.days[0].figure, before=before, after=after, difference_margin=margin, margin=EXACT, before_margin=EXACT)
    sun = HomeSunlight((SunDay(date(2026, 2, 19), figure),), None, found.sun.strips_on)
    alone = replace(found, sun=sun, view=None, green=(), new=(), street=replace(found.street, parking=None))
    for line in top_lines(alone, language):
        if line.figure is not None:
            assert contradictions(line.figure, line.told, language) == (), line.text
            assert ("minder" in line.text or "less" in line.text) == (after < before)
