"""Reference systems: read from any spelling, turned into degrees for the map, and checked against the coordinates.

Heights never take part in a change of CRS: NAP is not an ellipsoidal height, and a datum change would move every roof by more
than forty metres. Everything here works without network; PROJ's grid download is switched off.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyproj.network
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from wijktwin.errors import InputError

FloatArray = NDArray[np.float64]

pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

RD_NAP: Final = CRS.from_epsg(7415)
"""Amersfoort / RD New with heights in NAP: the home of every Dutch neighbourhood."""
RD_NEW: Final = CRS.from_epsg(28992)
"""Amersfoort / RD New, without a height."""
WGS84: Final = CRS.from_epsg(4326)
"""Longitude and latitude in degrees; every function here gives longitude first."""

LOCAL_RADIUS: Final = 10_000.0
"""Coordinates this close to (0, 0) in a CRS whose area lies elsewhere are local ones (or degrees), not that CRS's. [m]"""
FAR_MARGIN: Final = 100_000.0
"""How far beyond the area of use of its CRS a dataset may lie before the CRS is called wrong. [m]"""

_CODE: Final = re.compile(r"EPSG(?:/0/|/[\d.]+/|::|:[\d.]+:|:)(\d{4,6})(?!\d)", re.IGNORECASE)
_COUNTRY_ZONES: Final = {
    "Netherlands": "Europe/Amsterdam", "Belgium": "Europe/Brussels", "Luxembourg": "Europe/Luxembourg", "Germany": "Europe/Berlin",
    "France": "Europe/Paris", "Switzerland": "Europe/Zurich", "Liechtenstein": "Europe/Vaduz", "Austria": "Europe/Vienna",
    "Italy": "Europe/Rome", "Denmark": "Europe/Copenhagen", "Norway": "Europe/Oslo", "Sweden": "Europe/Stockholm",
    "Finland": "Europe/Helsinki", "Estonia": "Europe/Tallinn", "Latvia": "Europe/Riga", "Lithuania": "Europe/Vilnius",
    "Poland": "Europe/Warsaw", "Czechia": "Europe/Prague", "Czech Republic": "Europe/Prague", "Slovakia": "Europe/Bratislava",
    "Slovenia": "Europe/Ljubljana", "Croatia": "Europe/Zagreb", "Hungary": "Europe/Budapest", "Malta": "Europe/Malta",
    "Spain": "Europe/Madrid", "Portugal": "Europe/Lisbon", "Ireland": "Europe/Dublin", "United Kingdom": "Europe/London",
    "UK": "Europe/London", "Great Britain": "Europe/London", "Iceland": "Atlantic/Reykjavik", "Greece": "Europe/Athens",
    "Bulgaria": "Europe/Sofia", "Romania": "Europe/Bucharest", "Serbia": "Europe/Belgrade", "Albania": "Europe/Tirane",
    "Singapore": "Asia/Singapore", "Japan": "Asia/Tokyo",
}  # fmt: skip
"""Countries as PROJ's areas of use name them, with the clock of their capital (IANA); only countries with one clock, islands apart."""


def parse_reference_system(value: object, *, source: str) -> CRS | None:
    """The CRS that a CityJSON ``referenceSystem`` (or a person) means; None where it says nothing.

    Understood are OGC URLs (``https://www.opengis.net/def/crs/EPSG/0/7415``), URNs (``urn:ogc:def:crs:EPSG::7415``), compound
    URLs and URNs, ``EPSG:7415``, a bare code, a `pyproj.CRS`, and whatever else PROJ reads.

    Raises
    ------
    InputError
        There is something, but it is no CRS that anybody knows.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, CRS):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError("reading.crs_unknown", source=source, crs=value)
    try:
        return _known(value.strip() if isinstance(value, str) else value)
    except CRSError:
        raise InputError("reading.crs_unknown", source=source, crs=value) from None


@cache
def _known(value: str | int) -> CRS:
    if isinstance(value, int):
        return CRS.from_epsg(value)
    if value.isdecimal():
        return CRS.from_epsg(int(value))
    codes = _CODE.findall(value)
    if len(codes) == 1:
        return CRS.from_epsg(int(codes[0]))
    if len(codes) == 2:
        return _normalised(CRS.from_user_input(f"EPSG:{codes[0]}+{codes[1]}"))
    return _normalised(CRS.from_user_input(value))


def _normalised(crs: CRS) -> CRS:
    """RD New + NAP under its own code, however it was put together."""
    if crs.is_compound and [part.to_epsg() for part in crs.sub_crs_list] == [28992, 5709]:
        return RD_NAP
    return crs


def label(crs: CRS) -> str:
    """Short name for messages: ``EPSG:7415``, or the CRS's own name where it has no code."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def horizontal(crs: CRS) -> CRS:
    """The two-dimensional part (EPSG:28992 of EPSG:7415)."""
    return crs.sub_crs_list[0] if crs.is_compound else crs


def is_metric(crs: CRS) -> bool:
    """Whether it is projected, with metres along both horizontal axes and, where it has heights, along those too."""
    return horizontal(crs).is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)


def to_wgs84(points: FloatArray, crs: CRS) -> FloatArray:
    """Longitude and latitude of points; heights, if there are any, are left out.

    Parameters
    ----------
    points
        Shape (n, 2) or (n, 3), in ``crs``. [m]

    Returns
    -------
    lonlat
        Shape (n, 2), longitude first. [°]
    """
    return _transformed(np.asarray(points, dtype=np.float64), _transformer(horizontal(crs), WGS84))


def from_wgs84(lonlat: FloatArray, crs: CRS) -> FloatArray:
    """Coordinates in ``crs`` of points in degrees.

    Parameters
    ----------
    lonlat
        Shape (n, 2) or (n, 3), longitude first [°]; a third column is left out.

    Returns
    -------
    points
        Shape (n, 2). [m]
    """
    return _transformed(np.asarray(lonlat, dtype=np.float64), _transformer(WGS84, horizontal(crs)))


def _transformed(points: FloatArray, transformer: Transformer) -> FloatArray:
    flat = points.reshape(-1, points.shape[-1] if points.ndim > 1 else 2)
    x, y = transformer.transform(flat[:, 0], flat[:, 1])
    return np.column_stack([x, y])


@cache
def _transformer(start: CRS, end: CRS) -> Transformer:
    return Transformer.from_crs(start, end, always_xy=True)


def meridian_convergence(x: float, y: float, crs: CRS) -> float:
    """Angle from true north to grid north at a point, clockwise positive. [°]

    A direction measured from grid north becomes one from true north by adding it. Zero on the CRS's central meridian;
    about -0.4° at Amsterdam and +1.3° at the eastern border in RD New.
    """
    plane = horizontal(crs)
    lon, lat = to_wgs84(np.array([[x, y]]), plane)[0]
    geographic = plane.geodetic_crs
    if geographic is not None:
        lon, lat = _transformer(WGS84, geographic).transform(lon, lat)
    try:
        factors: Any = Proj(plane).get_factors(lon, lat)
    except ProjError:
        return 0.0
    return float(factors.meridian_convergence)


@cache
def time_zone(crs: CRS) -> str | None:
    """IANA name of the clock in the area of use of a CRS; None where it has several clocks or nobody knows: then ask.

    Areas of several countries (EPSG:25832) count when all those that are known share their clock all year.
    """
    area = horizontal(crs).area_of_use
    if area is None:
        return None
    zones = [zone for country, zone in _COUNTRY_ZONES.items() if re.search(rf"\b{country}\b", area.name)]
    if not zones:
        return None
    moments = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7)]
    clocks = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments) for zone in zones}
    return zones[0] if len(clocks) == 1 else None


@cache
def area_bounds(crs: CRS) -> tuple[float, float, float, float] | None:
    """Min x, min y, max x, max y of the CRS's area of use in its own coordinates [m]; None where it has none."""
    plane = horizontal(crs)
    area = plane.area_of_use
    if area is None:
        return None
    try:
        bounds = _transformer(WGS84, plane).transform_bounds(area.west, area.south, area.east, area.north, densify_pts=21)
    except ProjError:
        return None
    if not all(math.isfinite(value) for value in bounds):
        return None
    x0, y0, x1, y1 = (float(value) for value in bounds)
    return x0, y0, x1, y1


def is_far_outside(extent: tuple[float, float, float, float], crs: CRS) -> bool:
    """Whether a dataset lies more than `FAR_MARGIN` beyond where its CRS is meant to be used.

    Parameters
    ----------
    extent
        Min x, min y, max x, max y in ``crs``. [m]
    """
    bounds = area_bounds(crs)
    if bounds is None:
        return False
    x0, y0, x1, y1 = extent
    return x0 < bounds[0] - FAR_MARGIN or y0 < bounds[1] - FAR_MARGIN or x1 > bounds[2] + FAR_MARGIN or y1 > bounds[3] + FAR_MARGIN


def is_local(extent: tuple[float, float, float, float], crs: CRS) -> bool:
    """Whether coordinates lie round (0, 0) although the area of the CRS does not: local coordinates, or degrees.

    Parameters
    ----------
    extent
        Min x, min y, max x, max y. [m]
    """
    return max(abs(value) for value in extent) <= LOCAL_RADIUS and is_far_outside(extent, crs)
