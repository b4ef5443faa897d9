"""A row of figures leads to what it is about, and colours the places that have the figure each for itself."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest
import shapely

from layers.deck import Picked
from layers.figure_places import ToColour, place_of, places, row_key, to_colour
from layers.prepared import Thing
from tests.impacts.village import half_strip, towers, village
from ui import cache as published
from ui.colour_words import figure_title, step_words
from ui.settings import settings
from ui.text import Text
from wijktwin.impacts.assessment import Assessment, Place, Where
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.colour_steps import Place as ColouredPlace
from wijktwin.impacts.colour_steps import coloured, steps
from wijktwin.impacts.place_values import What
from wijktwin.model.scenario import Scenario


@cache
def example() -> Scenario:
    shown = published.published(settings())
    return Scenario(shown.neighbourhood, frozenset({shown.plans["vogeltorens"], shown.plans["groene-straat"]}))


@cache
def told() -> tuple[Assessment, ...]:
    return assess(example())


def test_every_figure_of_the_example_leads_somewhere_inside_it() -> None:
    x0, y0, x1, y1 = example().neighbourhood.extent
    around = shapely.box(x0 - 100, y0 - 100, x1 + 100, y1 + 100)
    for one in told():
        target = place_of(one, example())
        assert target is not None, row_key(one)
        if isinstance(target, Picked):
            assert target.thing in {Thing.VOLUME, Thing.BUILDING}
        else:
            assert not target.is_empty
            assert around.contains(target)


def test_a_new_building_is_selected_and_a_plan_is_flown_to() -> None:
    by_key = {row_key(one): one for one in told()}
    tower = place_of(by_key["height.new|volume|vogeltorens/hoge-toren"], example())
    assert tower == Picked(Thing.VOLUME, "hoge-toren", "vogeltorens")
    plan = next(plan for plan in example().plans if plan.plan_id == "vogeltorens")
    area = place_of(by_key["dwellings.new|plan_area|vogeltorens"], example())
    assert isinstance(area, shapely.Geometry)
    assert all(area.buffer(0.01).covers(volume.footprint) for volume in plan.volumes)


def test_a_street_is_the_ground_that_bears_its_name() -> None:
    scenario = village().with_plans([towers()])
    one = next(one for one in assess(scenario) if one.where.place is Place.STREET and one.where.identifier == "Kerkstraat")
    shape = place_of(one, scenario)
    assert isinstance(shape, shapely.Geometry)
    assert shape.area == pytest.approx(100 * 10 + 100 * 2.5)


def test_places_have_the_change_where_now_is_known_of_all_of_them() -> None:
    scenario = village().with_plans([towers(), half_strip()])
    figures = assess(scenario)
    shown, is_change = places("parking.street", figures, scenario)
    assert is_change
    assert [place.value for place in shown] == [-12.0], "8 of the east strip and 4 of the west strip"
    assert places("dwellings.total", figures, scenario) == ([], False)
    heights, is_change = places("height.new", figures, scenario)
    assert not is_change
    assert [(round(place.value), place.shape.area > towers().volumes[0].footprint.area) for place in heights] == [(30, True)]


def test_what_can_no_longer_be_reached_is_a_step_of_its_own_in_words() -> None:
    shown = coloured([ColouredPlace(shapely.Point(0, 0), value) for value in (120.0, math.inf)], is_change=True)
    assert [step_words(Text("nl"), step, is_change=True) for step, _ in shown] == ["100 tot 150 meer", "niet meer te bereiken"]
    assert step_words(Text("nl"), shown[-1][0], is_change=False) == "niet te bereiken", "what nobody can reach today is not lost"


@pytest.mark.parametrize("impact", [
    "height.new|volume|vogeltorens/hoge-toren", "wind.study|plan_area|vogeltorens", "dwellings.total|neighbourhood|",
    "trees.total|neighbourhood|", "parking.street|street|Tapuitplein", "ground.green|neighbourhood|",
])  # fmt: skip
def test_where_a_strip_stands_for_a_building_that_is_said_and_nowhere_else(impact: str) -> None:
    """Every coloured surface of such a figure lies around a building that stands or comes; of another figure some do not."""
    found = to_colour(impact, told(), example(), assumptions=default_assumptions())
    assert found is not None
    buildings = [each for each in example().neighbourhood.buildings.footprints if each is not None]
    outlines = shapely.STRtree([*buildings, *(volume.footprint for _, volume in example().volumes)])
    around = [bool(len(outlines.query(place.shape, predicate="contains"))) for place in found.places]
    is_strips = impact.startswith(("height.", "wind.", "dwellings."))
    assert found.is_around_buildings is is_strips
    assert all(around) is is_strips


def test_keys_of_rows_are_unique() -> None:
    keys = [row_key(one) for one in told()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("values", "is_change", "words"),
    [
        (
            [-22.0, 4.0],
            True,
            ["20 tot 30 minder", "10 tot 20 minder", "tot 10 minder", "geen", "tot 10 meer", "10 tot 20 meer", "20 tot 30 meer"],
        ),
        ([0.9], False, ["geen", "tot 0,2", "0,2 tot 0,4", "0,4 tot 0,6", "0,6 tot 0,8", "0,8 tot 1"]),
    ],
)
def test_the_legend_says_every_step_in_words(values: list[float], is_change: bool, words: list[str]) -> None:
    assert [step_words(Text("nl"), step, is_change=is_change) for step in steps(values, is_change=is_change)] == words


@pytest.mark.parametrize(
    ("key", "what", "values"),
    [
        ("parking.street_total|neighbourhood|", "", [-22.0, -8.0]),
        ("traffic.new|plan_area|vogeltorens", "", None),
        ("wind.study|plan_area|vogeltorens", "wind", [2.0, 3.0]),
        ("dwellings.new|plan_area|vogeltorens", "dwellings", [48.0, 117.0]),
        ("nuisance.days|plan_area|vogeltorens", "", [700.0]),
        ("water.storage|plan_area|vogeltorens", "", [150.0]),
        ("fair_share.neighbourhood_missing|neighbourhood|", None, None),
        ("parking.short|neighbourhood|", None, None),
    ],
)
def test_figures_colour_the_streets_buildings_and_plans_that_hold_them_and_no_others(
    key: str, what: str | None, values: list[float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.assumed.chosen", default_assumptions)
    found = to_colour(key, told(), example(), assumptions=default_assumptions())
    assert (found is None) == (what is None)
    if found is not None:
        assert found.what == what
        assert all(each.shape.area > 0 for each in found.places)
        assert values is None or sorted(each.value for each in found.places) == values
    if what == "wind":
        shown = [step for step, _ in coloured(found.places, is_change=False)] if found else []
        assert [step_words(Text("nl"), step, is_change=False, what="wind") for step in shown] == [
            "een windexpert moet ernaar kijken", "onderzoek naar wind nodig",
        ]  # fmt: skip


def test_colours_of_a_day_say_which_day() -> None:
    shown = ToColour(
        (ColouredPlace(shapely.box(0, 0, 9, 9), 30.0),), is_change=True, unit="min", what=What.SUN, where=Where(Place.DAY, "2026-03-21")
    )
    assert figure_title(Text("nl"), shown).endswith("op 21 maart")
    assert figure_title(Text("en"), shown).endswith("on 21 March")
    assert "maart" not in figure_title(Text("nl"), replace(shown, where=None))
