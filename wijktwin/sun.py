"""Where the sun stands: altitude and azimuth at a place and a moment, also as a direction on the grid of a neighbourhood.

Positions are those of the NREL Solar Position Algorithm (I. Reda and A. Andreas, Solar Energy 76(5), 2004), computed by pvlib:
of the centre of the sun, seen from the place itself, **without refraction**. Air lifts a low sun a little (0.16° at 5°, 0.4° at
1°): it then shines some minutes longer than computed here, never shorter.

Azimuths count clockwise. ``azimuth`` is from true north, ``grid_azimuth`` from the north of the grid, which in RD New differs by
the meridian convergence: directions between coordinates are measured from the latter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from wijktwin import crs

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

DAY_STEP: Final = timedelta(minutes=10)
"""Step at which a day is looked through for sunrise and sunset, before the moment itself is sought."""
EXACT_TO: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun at one place and moment.

    Parameters
    ----------
    altitude
        Angle of its centre above the horizon, without refraction. [°]
    azimuth
        Clockwise from true north. [°]
    grid_azimuth
        Clockwise from the north of the grid. [°]
    """

    altitude: float
    azimuth: float
    grid_azimuth: float

    @property
    def is_up(self) -> bool:
        """Whether its centre is above the horizon."""
        return self.altitude > 0

    @property
    def shadow_per_metre(self) -> float:
        """Length of the shadow of one metre of height on level ground; infinite when the sun is down. [m]"""
        return 1.0 / math.tan(math.radians(self.altitude)) if self.is_up else math.inf

    @property
    def towards(self) -> FloatArray:
        """Unit vector from a place to the sun: grid east, grid north, up; shape (3,)."""
        altitude, azimuth = math.radians(self.altitude), math.radians(self.grid_azimuth)
        return np.array([math.sin(azimuth) * math.cos(altitude), math.cos(azimuth) * math.cos(altitude), math.sin(altitude)])


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth, as the sun needs it.

    Parameters
    ----------
    longitude, latitude
        WGS84. [°]
    convergence
        From true north to grid north, clockwise positive (`wijktwin.crs.meridian_convergence`). [°]
    time_zone
        IANA name of its clock.
    """

    longitude: float
    latitude: float
    convergence: float
    time_zone: str

    @staticmethod
    def at(x: float, y: float, reference_system: CRS, *, time_zone: str) -> Place:
        """The place of a point in a projected CRS. [m]"""
        longitude, latitude = crs.to_wgs84(np.array([[x, y]]), reference_system)[0]
        return Place(float(longitude), float(latitude), crs.meridian_convergence(x, y, reference_system), time_zone)

    def moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The moment at which the clock of the place shows a time; in the hour that comes twice in autumn the first, summer time."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(self.time_zone))

    def sun(self, moment: datetime) -> Sun:
        """The sun at a moment.

        Raises
        ------
        ValueError
            The moment has no time zone: local time taken for UTC is an hour or two wrong.
        """
        return self.suns([moment])[0]

    def suns(self, moments: Sequence[datetime]) -> list[Sun]:
        """The sun at several moments; see `sun`."""
        if not moments:
            return []
        altitude, azimuth = _positions(moments, self)
        grid = (azimuth - self.convergence) % 360.0
        return [Sun(*values) for values in zip(altitude.tolist(), azimuth.tolist(), grid.tolist(), strict=True)]

    def positions(self, seconds: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """Altitude and grid azimuth at very many moments at once, two arrays of shape (n,); see `suns`. [°]

        Parameters
        ----------
        seconds
            Since the beginning of 1970 in UTC, shape (n,). [s]
        """
        import pandas as pd  # noqa: PLC0415 - see _positions

        if not len(seconds):
            return np.zeros(0), np.zeros(0)
        altitude, azimuth = _computed(pd.DatetimeIndex(pd.to_datetime(seconds, unit="s", utc=True)), self)
        return altitude, (azimuth - self.convergence) % 360.0

    def is_summer_time(self, moment: datetime) -> bool:
        """Whether the clock of the place is put forward at a moment."""
        return bool(moment.astimezone(ZoneInfo(self.time_zone)).dst())

    def daylight(self, day: date, *, lowest: float = 0.0) -> tuple[datetime, datetime] | None:
        """The first and last moment of a day at which the sun is above an altitude, to a second; None where it never is.

        Parameters
        ----------
        lowest
            Altitude of the centre of the sun, without refraction. [°]
        """
        zone = ZoneInfo(self.time_zone)
        begin = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(ZoneInfo("UTC"))
        after = day + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(ZoneInfo("UTC"))
        moments = [begin + i * DAY_STEP for i in range(int((end - begin) / DAY_STEP) + 1)]
        above = np.array([sun.altitude > lowest for sun in self.suns(moments)])
        if not above.any():
            return None
        first, last = int(above.argmax()), len(above) - 1 - int(above[::-1].argmax())
        rises = moments[first] if first == 0 else self._crossing(moments[first - 1], moments[first], lowest)
        sets = moments[last] if last == len(moments) - 1 else self._crossing(moments[last + 1], moments[last], lowest)
        return rises.astimezone(zone), sets.astimezone(zone)

    def _crossing(self, below: datetime, above: datetime, lowest: float) -> datetime:
        """The moment between two at which the sun is just above an altitude."""
        while abs(above - below) > EXACT_TO:
            middle = below + (above - below) / 2
            if self.sun(middle).altitude > lowest:
                above = middle
            else:
                below = middle
        return above


def _positions(moments: Sequence[datetime], place: Place) -> tuple[FloatArray, FloatArray]:
    """Altitude and azimuth (from true north) at moments, two arrays of shape (n,). [°]"""
    import pandas as pd  # noqa: PLC0415 - pvlib takes a second to import, and most of what the command line does needs no sun

    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a moment without time zone: say which clock it is on")
    return _computed(pd.DatetimeIndex([pd.Timestamp(moment).tz_convert("UTC") for moment in moments]), place)


def _computed(times: pd.DatetimeIndex, place: Place) -> tuple[FloatArray, FloatArray]:
    """Altitude and azimuth (from true north) at times in UTC, two arrays of shape (n,). [°]"""
    from pvlib import solarposition  # noqa: PLC0415

    found = solarposition.spa_python(times, place.latitude, place.longitude)
    return found["elevation"].to_numpy(dtype=np.float64), found["azimuth"].to_numpy(dtype=np.float64)
