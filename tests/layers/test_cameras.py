"""Cameras: the whole box in the picture, and no farther off than need be."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import example, given
from hypothesis import strategies as st

from layers.cameras import EQUATOR, FILL, TILE, box_corners, browser_camera, fitted, projected, scenario_cameras, view_state
from layers.frame import Frame
from layers.plate import assessed_corners
from tests.layers.small_town import HOUSE, SOUTH, WEST, house, houses, small_town, tower
from wijktwin.appearance import OTHER_BEARINGS, Camera, View
from wijktwin.model.scenario import Scenario
from wijktwin.model.volume_mesh import joined

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


ELL = ((0.0, 0.0), (900.0, 0.0), (900.0, 150.0), (150.0, 150.0), (150.0, 900.0), (0.0, 900.0))
"""Buildings that stand in an L. [m]"""


def share_of_picture(camera: Camera, corners: tuple[tuple[float, float], ...], picture: tuple[int, int]) -> float:
    """How much of the picture the hull of some corners takes when a camera shows what it has to."""
    fit = fitted(camera, picture)
    middle = ((camera.bounds[0] + camera.bounds[2]) / 2 + fit.east, (camera.bounds[1] + camera.bounds[3]) / 2 + fit.north)
    points = np.array([(x - middle[0], y - middle[1], 0.0) for x, y in corners])
    seen = projected(points, replace(camera, bearing=fit.bearing), fit.scale, picture[1])
    assert (np.abs(seen) <= np.array(picture) / 2).all(), "all of it is in the picture"
    return float(shapely.MultiPoint(seen).convex_hull.area / (picture[0] * picture[1]))


@pytest.mark.parametrize("picture", [(900, 530), (390, 520), (600, 900)])
@pytest.mark.parametrize("turn", [0, 50, 110])
def test_an_l_or_a_strip_fills_more_of_the_picture_than_its_rectangle_would(turn: int, picture: tuple[int, int]) -> None:
    for shape in (ELL, ((0.0, 0.0), (1000.0, 0.0), (1000.0, 120.0), (0.0, 120.0))):
        turned = shapely.affinity.rotate(shapely.Polygon(shape), turn)
        corners = tuple(map(tuple, shapely.get_coordinates(turned.convex_hull)[:-1].tolist()))
        box = tuple(map(tuple, shapely.get_coordinates(shapely.box(*turned.bounds))[:-1].tolist()))
        usual = Camera(turned.bounds, 20.0, -28.0, 52.0, box)
        chosen = replace(usual, corners=corners, bearings=OTHER_BEARINGS)
        assert share_of_picture(chosen, corners, picture) > 0.99 * share_of_picture(usual, corners, picture)
    assert share_of_picture(chosen, corners, picture) > 0.1, "a strip lies along the picture or across it, never as a thread"


def test_a_square_is_looked_at_in_the_usual_direction_but_straight_where_the_picture_is_narrow() -> None:
    square = Camera((0.0, 0.0, 500.0, 500.0), 20.0, -28.0, 52.0, bearings=OTHER_BEARINGS)
    assert fitted(square, (900, 530)).bearing == -28.0
    usual, chosen = fitted(replace(square, bearings=()), (390, 520)), fitted(square, (390, 520))
    assert chosen.bearing in OTHER_BEARINGS
    assert chosen.filled > 1.3 * usual.filled


def test_what_has_to_fit_is_the_hull_of_what_is_assessed() -> None:
    row = houses(3)
    places = np.array([(0.0, 0.0), (300.0, 0.0), (0.0, 300.0)])
    mesh = joined([house(x, y) for x, y in places], origin=np.array([WEST, SOUTH, 0.0]))
    corners = np.array(assessed_corners(replace(row, mesh=mesh, key="ell"))) - (WEST, SOUTH)
    hull = shapely.Polygon(corners)
    assert hull.distance(shapely.Point(305, 305)) > 200, "nothing stands there"
    for x, y in places:
        assert hull.distance(shapely.box(x, y, x + HOUSE[0], y + HOUSE[1])) == 0
        assert shapely.hausdorff_distance(hull, shapely.union_all([hull, shapely.box(x, y, x + HOUSE[0], y + HOUSE[1])])) < 0.011 * 309


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
