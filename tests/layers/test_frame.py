"""Positions lose less than a centimetre, and heights are counted from the reference ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from layers.frame import Frame
from tests.layers.small_town import GROUND, houses, small_town
from wijktwin import crs

GEOD = Geod(ellps="WGS84")


@given(x=st.floats(20_000, 280_000), y=st.floats(306_000, 620_000), z=st.floats(-10, 330))
def test_rounding_moves_nothing_by_more_than_a_centimetre(x: float, y: float, z: float) -> None:
    frame = Frame(crs.RD_NAP, 1.25)
    longitude, latitude, height = frame.positions(np.array([[x, y, z]]))[0]
    exact_longitude, exact_latitude = crs.to_wgs84(np.array([[x, y]]), crs.RD_NAP)[0]
    _, _, moved = GEOD.inv(exact_longitude, exact_latitude, longitude, latitude)
    assert np.hypot(moved, height - (z - 1.25)) < 0.01
    assert round(float(longitude), 7) == longitude
    assert round(float(height), 2) == height


@given(x=st.floats(100_000, 200_000), y=st.floats(400_000, 500_000))
def test_degrees_lead_back_to_metres(x: float, y: float) -> None:
    frame = Frame(crs.RD_NAP, 0.0)
    assert frame.xy(*frame.lonlat(x, y)) == pytest.approx((x, y), abs=1e-3)


def test_zero_is_the_ground_of_the_middle_building() -> None:
    sloping = houses(5, slope=0.5)
    assert Frame.of(sloping).reference_ground == GROUND + 2 * 0.5
    assert Frame.of(small_town()).positions(np.array([[156_000.0, 464_000.0, GROUND]]))[0, 2] == 0.0
