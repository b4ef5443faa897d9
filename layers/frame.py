"""From metres in the neighbourhood's CRS to what deck.gl draws: longitude, latitude and height above the reference ground."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from wijktwin import crs
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

DEGREE_DECIMALS: Final = 7
"""Half a step of 1e-7° is at most 5.6 mm on the ground."""
HEIGHT_DECIMALS: Final = 2
EARTH: Final = 40_030_000.0
"""Length of the circle around the earth by which deck.gl measures. [m]"""
OFFSET_STEPS: Final = 64
"""Offsets in metres are rounded to this part of a metre, 1.6 cm: numbers that a computer writes shortly."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the scene's coordinates are counted from.

    Parameters
    ----------
    reference_system
        The neighbourhood's CRS.
    reference_ground
        Height that z = 0 of the scene stands for; the camera turns around it. [m NAP]
    anchor
        Longitude and latitude that models in metres are counted from. [°]
    """

    reference_system: CRS
    reference_ground: float
    anchor: tuple[float, float] = (0.0, 0.0)

    @staticmethod
    def of(neighbourhood: Neighbourhood) -> Frame:
        """The frame of a neighbourhood: z = 0 is the median ground height, or the lowest vertex where no ground is known."""
        samples = neighbourhood.ground_samples
        if len(samples):
            level = float(np.median(samples[:, 2]))
        elif len(neighbourhood.mesh.vertices):
            level = float(neighbourhood.mesh.vertices[:, 2].min() + neighbourhood.mesh.origin[2])
        else:
            level = 0.0
        west, south, east, north = neighbourhood.extent
        longitude, latitude = _lonlat(neighbourhood.reference_system, (west + east) / 2, (south + north) / 2)
        anchor = (round(longitude, DEGREE_DECIMALS), round(latitude, DEGREE_DECIMALS))
        return Frame(neighbourhood.reference_system, round(level, HEIGHT_DECIMALS), anchor)

    def positions(self, points: FloatArray) -> FloatArray:
        """Scene positions of points: longitude and latitude rounded to 1e-7°, height to a centimetre.

        Parameters
        ----------
        points
            Shape (n, 3), real coordinates: x, y [m], z [m NAP].

        Returns
        -------
        positions
            Shape (n, 3): longitude [°], latitude [°], height above the reference ground [m].
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 3)
        lonlat = np.round(crs.to_wgs84(points, self.reference_system), DEGREE_DECIMALS)
        height = np.round(points[:, 2] - self.reference_ground, HEIGHT_DECIMALS)
        return np.column_stack([lonlat, height + 0.0])

    def offsets(self, points: FloatArray, steps: int = OFFSET_STEPS) -> FloatArray:
        """Where points lie from the anchor, in the metres that deck.gl counts there, so that they meet what is drawn in degrees.

        Parameters
        ----------
        points
            Shape (n, 3), real coordinates: x, y [m], z [m NAP].
        steps
            Offsets are rounded to this part of a metre.

        Returns
        -------
        offsets
            Shape (n, 3): east and north of the anchor on web Mercator's plane, height above the reference ground. [m]
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 3)
        lonlat = np.radians(crs.to_wgs84(points, self.reference_system))
        longitude, latitude = np.radians(self.anchor)
        radius = EARTH * math.cos(latitude) / (2.0 * math.pi)
        east = radius * (lonlat[:, 0] - longitude)
        north = radius * (np.arctanh(np.sin(lonlat[:, 1])) - math.atanh(math.sin(latitude)))
        height = np.round(points[:, 2] - self.reference_ground, HEIGHT_DECIMALS)
        return np.asarray(np.round(np.column_stack([east, north, height]) * steps) / steps, dtype=np.float64)

    def snapped(self, xy: FloatArray, decimals: int) -> FloatArray:
        """Real coordinates moved to whole steps of a degree, shape (n, 2). [m]"""
        return crs.from_wgs84(np.round(crs.to_wgs84(xy, self.reference_system), decimals), self.reference_system)

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of one point. [°]"""
        return _lonlat(self.reference_system, x, y)

    def xy(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Real coordinates of one point in degrees. [m]"""
        x, y = crs.from_wgs84(np.array([[longitude, latitude]]), self.reference_system)[0]
        return float(x), float(y)


@lru_cache(maxsize=4096)
def _lonlat(reference_system: CRS, x: float, y: float) -> tuple[float, float]:
    """Kept, because every thread has to make PROJ's transformation anew (50 ms), and every run of a page is a thread."""
    lon, lat = crs.to_wgs84(np.array([[x, y]]), reference_system)[0]
    return float(lon), float(lat)
