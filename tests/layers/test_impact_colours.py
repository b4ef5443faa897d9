"""Colours of a figure on the map: every value has the colour that the legend says, and the colours can be told apart."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from layers.figure_places import tints_of
from layers.frame import Frame
from layers.ground_colours import tinted_rows
from layers.terrain import build_terrain
from tests.layers.small_town import small_town
from wijktwin.impacts.colour_steps import AMOUNTS, LESS, LOST, MORE, SAME, Place, coloured, steps

VALUES = st.lists(st.floats(-1e4, 1e4, allow_nan=False).map(lambda value: round(value, 3)), min_size=1, max_size=12)


@given(VALUES, st.booleans())
def test_every_value_has_exactly_one_colour(values: list[float], is_change: bool) -> None:
    told = values if is_change else [abs(value) for value in values]
    found = steps(told, is_change=is_change)
    for value in told:
        assert sum(step.holds(value) for step in found) == 1, (value, found)
    assert all(low.highest <= high.lowest or math.isclose(low.highest, high.lowest) for low, high in itertools.pairwise(found))


def test_steps_end_at_round_numbers() -> None:
    assert [(step.lowest, step.highest) for step in steps([22.0, 8.0], is_change=False)] == [
        (0, 0), (0, 5), (5, 10), (10, 15), (15, 20), (20, 25),
    ]  # fmt: skip
    assert [(step.lowest, step.highest) for step in steps([-22.0, 3.0], is_change=True)] == [
        (-30, -20), (-20, -10), (-10, 0), (0, 0), (0, 10), (10, 20), (20, 30),
    ]  # fmt: skip


def test_less_more_and_the_same_have_colours_of_their_own() -> None:
    found = coloured([Place(box(0, 0, 1, 1), value) for value in (-22.0, -1.0, 0.0, 1.0, 22.0, math.nan)], is_change=True)
    assert [step.colour for step, _ in found] == [LESS[2], LESS[0], SAME, MORE[0], MORE[2]]
    assert [[place.value for place in own] for _, own in found] == [[-22.0], [-1.0], [0.0], [1.0], [22.0]]


def test_what_is_lost_has_a_colour_of_its_own_darker_than_all_others() -> None:
    found = coloured([Place(box(0, 0, 1, 1), value) for value in (30.0, math.inf, -math.inf, math.nan)], is_change=True)
    assert [(step.colour, step.is_lost, len(own)) for step, own in found] == [(MORE[2], False, 1), (LOST, True, 1)]
    assert coloured([Place(box(0, 0, 1, 1), math.inf)], is_change=True)[0][0].is_lost
    for kind in ("protan", "deutan"):
        darkest = min(sum(as_seen(each, kind=kind)) for each in (*LESS, *MORE, *AMOUNTS))
        assert sum(as_seen(LOST, kind=kind)) < 0.5 * darkest


def test_where_nothing_changes_there_is_one_colour() -> None:
    assert [step.colour for step in steps([0.0, 0.0], is_change=True)] == [SAME]
    assert coloured([], is_change=True) == []


def luminance(colour: tuple[int, int, int]) -> float:
    linear = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def as_seen(colour: tuple[int, int, int], *, kind: str) -> tuple[float, ...]:
    """The colour for eyes without one kind of cones (Viénot, Brettel and Mollon 1999), linear."""
    r, g, b = (part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    if kind == "protan":
        return (0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b)
    return (0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b)


@pytest.mark.parametrize("kind", ["protan", "deutan"])
@pytest.mark.parametrize("scale", [AMOUNTS, (*reversed(LESS), SAME, *MORE)])
def test_no_two_colours_of_a_scale_look_alike_without_red_or_green(scale: tuple[tuple[int, int, int], ...], kind: str) -> None:
    seen = [as_seen(colour, kind=kind) for colour in scale]
    assert min(math.dist(one, other) for one, other in itertools.combinations(seen, 2)) > 0.12


def test_larger_is_darker() -> None:
    for scale in (AMOUNTS, LESS, MORE):
        told = [luminance(colour) for colour in scale]
        assert told == sorted(told, reverse=True)


def test_rows_lie_on_the_ground_in_the_colour_of_their_value() -> None:
    town = small_town()
    frame = Frame.of(town)
    x0, y0, x1, y1 = town.extent
    square = box((x0 + x1) / 2, (y0 + y1) / 2, (x0 + x1) / 2 + 8, (y0 + y1) / 2 + 8)
    places = [Place(square, -4.0), Place(square.buffer(-2), 4.0)]
    rows = tinted_rows(tints_of(coloured(places, is_change=True)), build_terrain(town), frame)
    assert {tuple(row["c"][:3]) for row in rows} == {LESS[1], MORE[1]}, "4 is in the second of three steps of 2"


def test_things_that_are_counted_have_no_halves() -> None:
    shown = [step for step, _ in coloured([Place(box(0, 0, 1, 1), value) for value in (-1.0, 1.0)], is_change=True)]
    assert [(step.lowest, step.highest) for step in shown] == [(-1, 0), (0, 1)]
    halves = [step for step, _ in coloured([Place(box(0, 0, 1, 1), value) for value in (-0.5, 1.0)], is_change=True)]
    assert [(step.lowest, step.highest) for step in halves] == [(-0.5, 0), (0.5, 1)]
