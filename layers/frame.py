"""From metres in the neighbourhood's CRS to what deck.gl draws: longitude, latitude and height above the reference ground."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Frame:
    """What the scene's coordinates are counted from.

    Parameters
    ----------
    reference_system
        The neighbourhood's CRS.
    reference_ground
        Height that z = 0 of the scene stands for; the camera turns around it. [m NAP]
    """

    reference_system: CRS
    reference_ground: float

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
        return Frame(neighbourhood.reference_system, round(level, HEIGHT_DECIMALS))

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
