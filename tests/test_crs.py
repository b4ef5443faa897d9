"""Reference systems: every spelling, degrees and back, north, clocks, and coordinates that cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj.network
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from wijktwin import crs
from wijktwin.errors import InputError

OGC = "http://www.opengis.net/def/crs/EPSG/0/"
RD_X, RD_Y = st.floats(20_000, 275_000), st.floats(320_000, 610_000)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("https://www.opengis.net/def/crs/EPSG/0/7415", 7415), ("http://www.opengis.net/def/crs/EPSG/0/7415", 7415),
        ("http://www.opengis.net/def/crs/EPSG/9.8.15/7415", 7415), ("urn:ogc:def:crs:EPSG::7415", 7415),
        ("urn:ogc:def:crs:EPSG:6.9:28992", 28992),
        ("EPSG:7415", 7415), ("epsg:28992", 28992), (" EPSG:7415 ", 7415), ("7415", 7415), (25832, 25832),
        ("urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5709", 7415),
        (f"https://www.opengis.net/def/crs-compound?1={OGC}28992&2={OGC}5709", 7415),
        (CRS.from_epsg(31370), 31370),
    ],
)  # fmt: skip
def test_every_spelling_is_understood(stated: Any, code: int) -> None:
    found = crs.parse_reference_system(stated, source="a.city.json")
    assert found is not None
    assert crs.label(found) == f"EPSG:{code}"


@pytest.mark.parametrize("stated", [None, "", "  "])
def test_nothing_said_is_nothing_known(stated: Any) -> None:
    assert crs.parse_reference_system(stated, source="a.city.json") is None


@pytest.mark.parametrize("stated", ["EPSG:999999", "ergens in Amersfoort", True, 4.5, ["EPSG:7415"], {"name": "EPSG:7415"}, -3])
def test_what_nobody_knows_is_refused_by_name(stated: Any) -> None:
    with pytest.raises(InputError, match=r"a\.city\.json"):
        crs.parse_reference_system(stated, source="a.city.json")


def test_the_tower_of_amersfoort_lies_where_kadaster_says() -> None:
    """RD origin: the Onze Lieve Vrouwetoren, 155,000 / 463,000; ETRS89 from RDNAPTRANS2018, within the metre without its grids."""
    lon, lat = crs.to_wgs84(np.array([[155_000.0, 463_000.0, 3.0]]), crs.RD_NAP)[0]
    metres = Geod(ellps="GRS80").inv(lon, lat, 5.387203657, 52.155172897)[2]
    assert metres < 1.0


@given(x=RD_X, y=RD_Y, z=st.floats(-7, 322))
def test_degrees_and_back_is_the_same_place_whatever_the_height(x: float, y: float, z: float) -> None:
    lonlat = crs.to_wgs84(np.array([[x, y, z]]), crs.RD_NAP)
    np.testing.assert_array_equal(lonlat, crs.to_wgs84(np.array([[x, y]]), crs.RD_NEW))
    np.testing.assert_allclose(crs.from_wgs84(lonlat, crs.RD_NAP), [[x, y]], atol=0.01)


@given(x=RD_X, y=RD_Y)
def test_adding_the_convergence_to_grid_north_gives_true_north(x: float, y: float) -> None:
    here, there = crs.to_wgs84(np.array([[x, y], [x, y + 100.0]]), crs.RD_NEW)
    azimuth = Geod(ellps="WGS84").inv(*here, *there)[0]
    assert crs.meridian_convergence(x, y, crs.RD_NAP) == pytest.approx(azimuth, abs=0.002)


@pytest.mark.parametrize(
    ("code", "zone"),
    [(7415, "Europe/Amsterdam"), (28992, "Europe/Amsterdam"), (25832, "Europe/Berlin"), (31370, "Europe/Brussels"),
     (27700, "Europe/London"), (2056, "Europe/Zurich"), (3857, None), (2193, None)],
)  # fmt: skip
def test_the_clock_of_an_area(code: int, zone: str | None) -> None:
    assert crs.time_zone(CRS.from_epsg(code)) == zone


@pytest.mark.parametrize(
    ("code", "metric"), [(7415, True), (28992, True), (25832, True), (4326, False), (4979, False), (2263, False), (5709, False)]
)
def test_only_metres_are_metric(code: int, metric: bool) -> None:
    assert crs.is_metric(CRS.from_epsg(code)) == metric


def test_the_plane_of_a_compound_system() -> None:
    assert crs.horizontal(crs.RD_NAP).to_epsg() == 28992
    assert crs.horizontal(crs.RD_NEW).to_epsg() == 28992


@pytest.mark.parametrize(
    ("extent", "far", "local"),
    [
        ((155_000, 463_000, 156_000, 464_000), False, False), ((-30_000, 300_000, -20_000, 310_000), False, False),
        ((690_953, 5_335_962, 691_054, 5_336_105), True, False), ((0, 0, 500, 500), True, True), ((4.9, 52.3, 5.0, 52.4), True, True),
        ((463_000, 155_000, 464_000, 156_000), True, False),
    ],
)  # fmt: skip
def test_coordinates_that_cannot_be_in_the_netherlands(extent: tuple[float, float, float, float], far: bool, local: bool) -> None:
    assert crs.is_far_outside(extent, crs.RD_NAP) == far
    assert crs.is_local(extent, crs.RD_NAP) == local


def test_no_network_is_asked_for_grids() -> None:
    assert not pyproj.network.is_network_enabled()  # type: ignore[attr-defined]
