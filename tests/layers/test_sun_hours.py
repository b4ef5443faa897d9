"""Hours of sun as colours on the ground: every place its step, nothing where nothing was computed, and colours that all can tell apart."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from layers.deck import build_deck
from layers.frame import Frame
from layers.ground_colours import LAYER, tinted_rows
from layers.prepared import prepare
from layers.sun_hours import HOURS, Shown, SunStep, shapes, steps
from layers.terrain import build_terrain
from tests.layers.small_town import small_town
from wijktwin.impacts.sunlight.on_ground import GroundHours

LEAST = 30.0


def hours(before: list[float], after: list[float]) -> GroundHours:
    """Squares of a metre in a row, eastward from the corner of the small town."""
    x0, y0, _, _ = small_town().extent
    positions = np.array([[np.floor(x0) + n + 0.5, np.floor(y0) + 0.5, 0.0] for n in range(len(before))])
    then = np.array(after) * 60.0
    now = np.array(before) * 60.0
    return GroundHours(date(2026, 3, 21), positions, now, then, 1.0)


def coloured(found: GroundHours, shown: Shown) -> list[SunStep | None]:
    """The step of each square, looked up in the shapes."""
    drawn = shapes(found, shown, least_change=LEAST)
    answers: list[SunStep | None] = []
    for x, y, _ in found.positions.tolist():
        there = [step for step, shape in drawn if shape.contains(shapely.Point(x, y))]
        assert len(there) <= 1, "no place has two colours"
        answers.append(there[0] if there else None)
    return answers


def test_every_place_has_the_step_of_its_hours() -> None:
    values = [0.0, 0.99, 1.0, 1.99, 2.0, 3.9, 4.0, 6.0, 8.0, 9.99, 10.0, 15.0]
    expected = [next(s for s in HOURS if (s.lowest or 0) <= v and (s.highest is None or v < s.highest)) for v in values]
    assert coloured(hours(values, values), Shown.BEFORE) == expected
    assert coloured(hours(values[::-1], values), Shown.AFTER) == expected


def test_a_loss_and_a_gain_of_the_same_size_lie_equally_far_from_the_middle() -> None:
    changes = [-3.0, -2.0, -1.5, -1.0, -0.5, -0.49, 0.0, 0.49, 0.5, 1.0, 1.5, 2.0, 3.0]
    scale: list[SunStep | None] = list(steps(Shown.DIFFERENCE, least_change=LEAST))
    found = coloured(hours([5.0] * len(changes), [5.0 + change for change in changes]), Shown.DIFFERENCE)
    assert [None if step is None else scale.index(step) for step in found] == [0, 0, 1, 1, 2, None, None, None, 3, 4, 4, 5, 5]


def test_where_a_plan_builds_there_is_no_colour_with_it() -> None:
    built = hours([5.0, 5.0], [np.nan, 5.0])
    assert [step is None for step in coloured(built, Shown.AFTER)] == [True, False]
    assert coloured(built, Shown.DIFFERENCE) == [None, None]
    assert None not in coloured(built, Shown.BEFORE)


def test_the_surfaces_cover_what_was_computed_and_lie_on_the_ground() -> None:
    town = small_town()
    found = hours([0.5, 0.5, 7.0], [0.5, 0.5, 7.0])
    laid = [(step.colour, [shape]) for step, shape in shapes(found, Shown.BEFORE, least_change=LEAST)]
    rows = tinted_rows(laid, build_terrain(town), Frame.of(town))
    assert [tuple(row["c"]) for row in rows] == [HOURS[0].colour, HOURS[4].colour]
    assert sum(shape.area for _, shape in shapes(found, Shown.BEFORE, least_change=LEAST)) == pytest.approx(3.0)


def test_the_deck_has_them_below_the_shade_of_a_moment_and_only_when_asked() -> None:
    town = small_town()
    prepared = prepare(town, [], publish=lambda content, kind: f"/geometry/{len(content)}.{kind[-4:]}")
    ids = [layer.id for layer in build_deck(town.with_plans(), prepared, ground_colours="/geometry/sun.json").layers]
    assert ids.index(LAYER) == ids.index("shade") - 1
    assert LAYER not in [layer.id for layer in build_deck(town.with_plans(), prepared).layers]


@pytest.mark.parametrize("shown", [Shown.BEFORE, Shown.DIFFERENCE])
def test_neighbouring_colours_differ_for_eyes_that_see_no_red_or_no_green(shown: Shown) -> None:
    """Neighbours differ by more than is just noticeable, also to dichromats (F. Viénot, H. Brettel, J. D. Mollon, 1999)."""
    seen_by = {
        "protanope": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
        "deuteranope": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
    }
    colours = np.array([step.colour for step in steps(shown, least_change=LEAST)]) / 255.0
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    for matrix in (np.eye(3), *seen_by.values()):
        there = np.clip(linear @ matrix.T, 0, 1)
        lab = _lab(there)
        assert np.linalg.norm(np.diff(lab, axis=0), axis=1).min() > 8.0


def _lab(linear: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """CIE 1976 L*a*b* of linear sRGB."""
    xyz = linear @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T / [0.9505, 1.0, 1.089]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.column_stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])])
