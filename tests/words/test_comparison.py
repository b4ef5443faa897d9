"""Figures of two scenarios, matched: nothing lost, nothing compared that is not the same thing, every difference right."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from ui import cache as published
from ui.settings import settings
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, unknown_margin
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario
from wijktwin.words.comparison import Pair, difference_margin, pairs
from wijktwin.words.rows import ONLY_THEN, figure_rows

CHOICES = ("", "groene-straat", "vogelhof", "vogeltorens", "vogeltorens-toegestaan")


@cache
def scenario(plan_id: str) -> Scenario:
    shown = published.published(settings())
    return Scenario(shown.neighbourhood, frozenset({shown.plans[plan_id]} if plan_id else ()))


@cache
def figures(plan_id: str) -> tuple[Assessment, ...]:
    return assess(scenario(plan_id))


@cache
def compared(first: str, second: str) -> tuple[Pair, ...]:
    return pairs((scenario(first), scenario(second)), (figures(first), figures(second)), "nl")


@pytest.mark.parametrize(("first", "second"), [pair for pair in product(CHOICES, CHOICES) if "vogeltorens" in pair or pair[0] == pair[1]])
def test_every_figure_of_both_is_there_once(first: str, second: str) -> None:
    found = compared(first, second)
    for place, plan_id in enumerate((first, second)):
        sides = [pair.first if place == 0 else pair.second for pair in found]
        own = [side.figure for side in sides if side.figure is not None]
        if plan_id:
            assert sorted(map(id, own)) == sorted(map(id, figures(plan_id)))
        else:  # today also tells of the places that the other is about
            assert {id(one) for one in figures("")} <= set(map(id, own))


@pytest.mark.parametrize(("first", "second"), [("vogeltorens", "vogelhof"), ("", "vogelhof"), ("vogeltorens", "groene-straat")])
def test_the_other_way_round_is_the_same_with_other_signs(first: str, second: str) -> None:
    def key(pair: Pair) -> tuple[str, str, str]:
        return pair.label, pair.first.value, pair.second.value

    there = {key(pair): pair.difference for pair in compared(first, second)}
    back = {(pair.label, pair.second.value, pair.first.value): pair.difference for pair in compared(second, first)}
    assert there.keys() == back.keys()
    turned = str.maketrans({"+": "−", "−": "+", "-": "+"})
    for name, difference in there.items():
        if difference != ONLY_THEN:
            assert difference.translate(turned) == back[name], name


def test_beside_today_a_plan_says_what_the_table_of_figures_says() -> None:
    rows = figure_rows(figures("vogeltorens"), "nl")
    told = {(row.label, row.where): row for row in rows}
    for pair in compared("", "vogeltorens"):
        row = told[pair.label, pair.second.where]
        assert pair.second.value == row.after
        if pair.first.figure is not None:
            assert (pair.first.value, pair.difference) == (row.before, row.difference), pair.label


def test_what_is_known_of_both_is_subtracted() -> None:
    dwellings = {pair.second.figure.impact: pair for pair in compared("vogeltorens", "vogelhof") if pair.second.figure is not None}
    assert (dwellings["dwellings.total"].first.value, dwellings["dwellings.total"].second.value) == ("1.274", "1.229")
    assert dwellings["dwellings.total"].difference == "−45"
    assert dwellings["dwellings.new"].difference == "−45"
    assert dwellings["height.new"].difference.startswith("−30")
    assert dwellings["height.times_median"].difference == ONLY_THEN, "around two buildings, that stand in two places"
    assert dwellings["parking.in_buildings"].difference == ONLY_THEN, "the one is not known"


def test_places_that_are_not_the_same_are_not_subtracted() -> None:
    for pair in compared("vogeltorens", "groene-straat"):
        one, other = pair.first.figure, pair.second.figure
        if one is not None and other is not None and one.impact.startswith(("ground.", "density.")) and one.where.place == "plan_area":
            assert pair.difference == ONLY_THEN or one.impact == "density.new_floor_area", pair.label


def test_margin_of_a_difference() -> None:
    base = next(one for one in figures("vogeltorens") if one.impact == "trees.total")
    one = replace(
        base, before=100.0, after=90.0, margin=Margin(9.0, 9.0, "x"), before_margin=Margin(9.0, 9.0, "x"), difference_margin=EXACT
    )
    other = replace(one, after=104.0, difference_margin=Margin(1.0, 2.0, "y"))
    assert difference_margin(one, other) == Margin(1.0, 2.0, "y"), "what is not known of today is in neither change"
    assert difference_margin(other, one) == Margin(2.0, 1.0, "y")
    apart = replace(other, before=120.0)
    assert difference_margin(one, apart).below == 18.0
    today = replace(one, after=100.0, plans=(), difference_margin=None)
    assert difference_margin(today, other) == Margin(1.0, 2.0, "y"), "today changes nothing: the margin and its reason are the plan's"
    assert difference_margin(other, today) == Margin(2.0, 1.0, "y")
    unknown = replace(other, difference_margin=unknown_margin("z"))
    assert not difference_margin(one, unknown).is_known
