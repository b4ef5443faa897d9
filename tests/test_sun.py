"""The sun: against the table of the field, on both sides of the clock change, and turned to the grid."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from wijktwin.crs import RD_NAP, WGS84, _transformer
from wijktwin.sun import Place, Sun

AMERSFOORT = Place(5.41, 52.165, 0.0, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "hour", "altitude", "azimuth", "shadow_of_60_m"),
    [
        (date(2026, 3, 21), 12, 37.3, 165.6, 79),
        (date(2026, 6, 21), 12, 55.5, 136.7, 41),
        (date(2026, 6, 21), 18, 33.5, 265.7, None),
        (date(2026, 12, 22), 12, 14.0, 171.3, 241),
        (date(2026, 12, 22), 9, 0.9, None, None),
        (date(2026, 2, 19), 12, 25.7, 165.8, None),
    ],
)
def test_positions_are_those_of_the_noaa_formulas(
    day: date, hour: int, altitude: float, azimuth: float | None, shadow_of_60_m: int | None
) -> None:
    sun = AMERSFOORT.sun(AMERSFOORT.moment(day, hour))
    assert sun.altitude == pytest.approx(altitude, abs=0.06)
    assert azimuth is None or sun.azimuth == pytest.approx(azimuth, abs=0.06)
    assert shadow_of_60_m is None or 60 * sun.shadow_per_metre == pytest.approx(shadow_of_60_m, abs=0.6)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 2, 19), "09:05", "16:41"),
        (date(2026, 10, 21), "09:32", "17:13"),
        (date(2026, 12, 22), "10:38", "14:36"),
    ],
)
def test_sun_above_ten_degrees(day: date, first: str, last: str) -> None:
    found = AMERSFOORT.daylight(day, lowest=10.0)
    assert found is not None
    for moment, said in zip(found, (first, last), strict=True):
        expected = datetime.combine(day, datetime.strptime(said, "%H:%M").time(), tzinfo=moment.tzinfo)  # noqa: DTZ007
        assert abs(moment - expected) <= timedelta(seconds=90)
        assert AMERSFOORT.sun(moment).altitude == pytest.approx(10.0, abs=0.01)


@pytest.mark.parametrize(("day", "is_forward"), [(date(2026, 3, 29), True), (date(2026, 10, 25), False)])
def test_the_clock_changes_and_the_sun_does_not(day: date, is_forward: bool) -> None:
    before, after = AMERSFOORT.moment(day - timedelta(days=1), 12), AMERSFOORT.moment(day, 12)
    assert AMERSFOORT.is_summer_time(after) is is_forward
    assert AMERSFOORT.is_summer_time(before) is not is_forward
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23 if is_forward else 25)
    hour_angle = 15.0 * (1 if is_forward else -1)
    moved = AMERSFOORT.sun(after).azimuth - AMERSFOORT.sun(before).azimuth
    assert -moved / hour_angle == pytest.approx(1.2, abs=0.2), "noon by the clock is an hour earlier in the sky in summer time"


def test_a_day_of_the_clock_change_has_its_own_length() -> None:
    lengths = []
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)):
        found = AMERSFOORT.daylight(day)
        assert found is not None
        rises, sets = (moment.astimezone(UTC) for moment in found)
        lengths.append((sets - rises).total_seconds())
    assert np.diff(lengths) == pytest.approx([lengths[1] - lengths[0]] * 2, abs=10), "days lengthen evenly, whatever the clock does"
    assert 200 < lengths[1] - lengths[0] < 300


@given(st.floats(5_000, 280_000), st.floats(310_000, 610_000), st.sampled_from([0, 6, 11]), st.integers(8, 16))
def test_a_shadow_on_the_grid_falls_where_true_north_says(x: float, y: float, month: int, hour: int) -> None:
    """Walking against the sun on the ellipsoid and on the grid ends at the same place."""
    place = Place.at(x, y, RD_NAP, time_zone="Europe/Amsterdam")
    sun = place.sun(datetime(2026, month + 1, 21, hour, tzinfo=UTC))
    geographic = RD_NAP.sub_crs_list[0].geodetic_crs
    to_degrees = _transformer(RD_NAP.sub_crs_list[0], geographic)
    lon, lat = to_degrees.transform(x, y)
    ellipsoid = Geod(ellps="bessel")
    there_lon, there_lat, _ = ellipsoid.fwd(lon, lat, sun.azimuth, 100.0)
    east, north = np.array(to_degrees.transform(there_lon, there_lat, direction="INVERSE")) - (x, y)
    assert math.degrees(math.atan2(east, north)) % 360 == pytest.approx(sun.grid_azimuth, abs=0.01)
    assert _transformer(WGS84, geographic).transform(place.longitude, place.latitude) == pytest.approx((lon, lat), abs=1e-6)


def test_convergence_is_what_norms_lead_one_to_expect() -> None:
    assert Place.at(84_500, 447_500, RD_NAP, time_zone="Europe/Amsterdam").convergence == pytest.approx(-0.8, abs=0.05)  # Delft
    assert Place.at(155_000, 463_000, RD_NAP, time_zone="Europe/Amsterdam").convergence == pytest.approx(0.0, abs=1e-3)


def test_the_direction_is_a_unit_vector_to_the_sun() -> None:
    towards = Sun(30.0, 91.0, 90.0).towards
    assert towards == pytest.approx([math.cos(math.radians(30)), 0.0, 0.5])
    assert Sun(-1.0, 0.0, 0.0).shadow_per_metre == math.inf


def test_local_time_is_never_taken_for_another() -> None:
    with pytest.raises(ValueError, match="which clock"):
        AMERSFOORT.sun(datetime(2026, 6, 21, 12))  # noqa: DTZ001


def test_beyond_the_polar_circle_there_are_days_without_sun_and_without_night() -> None:
    tromso = Place(18.96, 69.65, 0.0, "Europe/Oslo")
    assert tromso.daylight(date(2026, 12, 22)) is None
    found = tromso.daylight(date(2026, 6, 21))
    assert found is not None
    assert found[1] - found[0] == timedelta(days=1)
