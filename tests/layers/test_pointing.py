"""Where a line of sight first meets the ground: checked against lines that were laid through known places."""

from __future__ import annotations

import numpy as np
import pytest

from layers.ground import PAINT_STEP, lift_of
from layers.pointing import ground_point
from layers.prepared import Prepared, prepare
from layers.standalone import Inside
from tests.layers.small_town import SOUTH, WEST, sloping_town, small_town
from wijktwin.appearance import GROUND_ORDER
from wijktwin.model.neighbourhood import Neighbourhood


def prepared(town: Neighbourhood) -> Prepared:
    return prepare(town, [], publish=Inside())


def sight(found: Prepared, place: tuple[float, float], direction: tuple[float, float], lift: float) -> list[list[float]]:
    """A line of sight through a place on the ground: so many metres east and north for every metre down."""
    x, y = WEST + place[0], SOUTH + place[1]
    ground = float(found.terrain.at(np.array([[x, y]]))[0]) + lift
    low, high = float(found.terrain.heights.min()) - 1.0, float(found.terrain.heights.max()) + 1.0
    ends = [[x - (z - ground) * direction[0], y - (z - ground) * direction[1], z] for z in (low, high)]
    result: list[list[float]] = found.frame.positions(np.array(ends)).tolist()
    return result


@pytest.mark.parametrize("direction", [(0.0, 0.0), (1.0, 0.0), (-2.0, 1.5), (0.3, -3.0)])
@pytest.mark.parametrize("place", [(20.0, 30.0), (70.0, 15.0), (35.0, -4.0)])
@pytest.mark.parametrize("town", [small_town(), sloping_town()], ids=["level", "slope"])
@pytest.mark.parametrize("kind", [None, "green", "pavement"])
def test_a_place_is_found_again(town: Neighbourhood, place: tuple[float, float], direction: tuple[float, float], kind: str | None) -> None:
    found = prepared(town)
    point = ground_point(sight(found, place, direction, lift_of(kind)), found, kind=kind)
    assert point is not None
    assert np.hypot(point[0] - WEST - place[0], point[1] - SOUTH - place[1]) < 0.05


def test_what_lies_behind_a_hill_is_not_seen() -> None:
    found = prepared(sloping_town())
    line = sight(found, (60.0, 30.0), (6.0, 0.0), lift_of(None))  # looks east, flatter than the hill rises
    point = ground_point(line, found)
    assert point is not None
    assert point[0] == pytest.approx(WEST + 60.0, abs=0.05)
    steep = ground_point(sight(found, (60.0, 30.0), (-8.0, 0.0), lift_of(None)), found)  # looks west along the slope, over the edge
    assert steep is None or steep[0] > WEST + 59.0


def test_a_line_that_meets_nothing_tells_nothing() -> None:
    found = prepared(small_town())
    line = sight(found, (20.0, 30.0), (0.0, 0.0), 0.0)
    assert ground_point([line[1], line[0]], found) is None, "upside down"
    assert ground_point([line[1], [*line[1][:2], line[1][2] + 5.0]], found) is None, "all of it above the ground"
    away = [[longitude + 1.0, latitude, height] for longitude, latitude, height in line]
    assert ground_point(away, found) is None, "beside the model"


def test_kinds_of_ground_are_drawn_above_each_other() -> None:
    lifts = [lift_of(kind) for kind in GROUND_ORDER]
    assert lifts == sorted(set(lifts))
    assert lift_of(None) < 0.0, "the plate lies below all ground"
    assert lift_of("a kind from later") == lift_of("other") == 2 * PAINT_STEP
