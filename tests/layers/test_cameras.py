"""Cameras: the whole box in the picture, and no farther off than need be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.cameras import EQUATOR, FILL, TILE, box_corners, browser_camera, fitted, projected, scenario_cameras, view_state
from layers.frame import Frame
from tests.layers.small_town import SOUTH, WEST, small_town, tower
from wijktwin.appearance import Camera, View
from wijktwin.model.scenario import Scenario

FRAME = Frame.of(small_town())


@given(st.tuples(*[st.floats(20, 3000)] * 2), st.floats(0, 150), st.floats(-180, 180), st.floats(0, 70), st.booleans())
@example((20.0, 20.0), 46.0, 0.0, 1.0, False)
def test_the_box_fits_the_picture_and_touches_it(
    size: tuple[float, float],
    height: float,
    bearing: float,
    pitch: float,
    wide: bool,
) -> None:
    picture = (1280, 600) if wide else (358, 523)
    camera = Camera((0.0, 0.0, *size), height, bearing, pitch)
    fit = fitted(camera, picture)
    seen = projected(box_corners(camera) - np.array([fit.east, fit.north, 0.0]), camera, fit.scale, picture[1])
    share = np.abs(seen).max(axis=0) / (np.array(picture) * FILL / 2)
    assert share.max() <= 1.0 + 1e-6
    assert share.max() == pytest.approx(1.0, abs=1e-6)
    middle = (seen.max(axis=0) + seen.min(axis=0)) / 2 / np.array(picture)
    assert np.abs(middle).max() < 1e-3


def test_from_straight_above_a_metre_is_a_metre() -> None:
    camera = Camera((WEST, SOUTH, WEST + 200, SOUTH + 100))
    view = view_state(camera, FRAME, picture=(1000, 1000))
    pixels_per_metre = TILE * 2 ** view["zoom"] / (EQUATOR * math.cos(math.radians(view["latitude"])))
    assert pixels_per_metre == pytest.approx(1000 * FILL / 200, rel=2e-3)
    longitude, latitude = FRAME.lonlat(WEST + 100, SOUTH + 50)
    assert (view["longitude"], view["latitude"]) == pytest.approx((longitude, latitude), abs=2e-6)


def test_looking_from_the_north_is_looking_south() -> None:
    cameras = scenario_cameras(Scenario(small_town()))
    assert {view: camera.bearing % 360 for view, camera in cameras.items() if view not in (View.WHOLE, View.ABOVE)} == {
        View.FROM_NORTH: 180,
        View.FROM_EAST: 270,
        View.FROM_SOUTH: 0,
        View.FROM_WEST: 90,
    }


def test_there_is_a_camera_for_a_plan_only_where_there_is_one() -> None:
    assert View.PLAN not in scenario_cameras(Scenario(small_town()))
    camera = scenario_cameras(Scenario(small_town(), frozenset({tower()})))[View.PLAN]
    assert camera.height == 36.0
    assert camera.bounds[0] <= WEST + 30
    assert camera.bounds[2] >= WEST + 46
    assert camera.bounds[3] >= SOUTH + 18


def test_the_browser_gets_the_same_box() -> None:
    told = browser_camera(Camera((WEST, SOUTH, WEST + 200, SOUTH + 100), 30.0, 12.0, 50.0), FRAME)
    assert (told["height"], told["bearing"], told["pitch"]) == (30, 12, 50)
    assert sorted(told["corners"]) == [[-100, -50], [-100, 50], [100, -50], [100, 50]]
    assert FRAME.xy(told["longitude"], told["latitude"]) == pytest.approx((WEST + 100, SOUTH + 50), abs=0.02)
