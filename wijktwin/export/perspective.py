"""Where deck.gl's eye stands for a camera on the map, and where things appear in its picture.

The scene in the browser is a `MapView`: web Mercator, seen in perspective from so many heights of the picture above what is looked at
(deck.gl, `WebMercatorViewport`). The same sums are here without a browser. Places are longitude, latitude and height above the
reference ground; they are drawn in metres from an anchor, on Mercator's plane as it is scaled there (`Anchor`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EARTH: Final = 40_030_000.0
"""Length of the circle around the earth by which deck.gl measures. [m]"""
TILE: Final = 512
"""Pixels that the world measures at zoom 0. [px]"""
EYE_DISTANCE: Final = 1.5
"""How far deck.gl's eye is from what it looks at, in heights of the picture."""
FIELD: Final = math.degrees(2.0 * math.atan(0.5 / EYE_DISTANCE))
"""What is seen from top to bottom, where nobody walks. [°]"""
WALKING_FIELD: Final = 60.0
"""What who walks sees from top to bottom. [°]"""
AHEAD: Final = 20.0
"""How far before who walks lies what is looked at. [m]"""
EYE_HEIGHT: Final = 1.6
"""Of who walks, above the ground. [m]"""
SCREEN: Final = (1200, 700)
"""The picture on a screen, where its real size is not known: zoom means pixels of this one. [px]"""
NEAREST: Final = 0.2
"""Nothing nearer is drawn for who walks. [m]"""
FARTHEST: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class MapView:
    """A camera as a link to the scene says it.

    Parameters
    ----------
    longitude, latitude
        What is looked at. [°]
    zoom
        log2 of the pixels of the screen that the world measures there, `TILE` for 0.
    pitch
        0 looks straight down, 90 along the ground. [°]
    bearing
        Direction looked in, clockwise from true north. [°]
    height
        Of what is looked at, above the reference ground. [m]
    field
        What is seen from top to bottom. [°]
    screen_width, screen_height
        Size of the picture that zoom counts the pixels of. [px]
    """

    longitude: float
    latitude: float
    zoom: float
    pitch: float = 0.0
    bearing: float = 0.0
    height: float = 0.0
    field: float = FIELD
    screen_height: float = SCREEN[1]
    screen_width: float = SCREEN[0]

    @property
    def is_level(self) -> bool:
        """Whether somebody stands on the ground and looks around."""
        return self.field == WALKING_FIELD

    @property
    def scale(self) -> float:
        """Pixels of the screen that a metre measures where is looked at. [px/m]"""
        return TILE * math.pow(2.0, self.zoom) / (EARTH * math.cos(math.radians(self.latitude)))

    @property
    def distance(self) -> float:
        """From the eye to what is looked at. [m]"""
        return 0.5 / math.tan(math.radians(self.field) / 2.0) * self.screen_height / self.scale


def walking_view(
    longitude: float, latitude: float, *, bearing: float, up: float = 0.0, eye: float, screen_height: float = SCREEN[1]
) -> MapView:
    """The view of who stands somewhere, as ``viewOf`` in ui/scene/walk.js.

    Parameters
    ----------
    bearing, up
        Where is looked, clockwise from north and above the horizon. [°]
    eye
        Height of the eye above the reference ground. [m]
    """
    scale = 0.5 / math.tan(math.radians(WALKING_FIELD) / 2.0) * screen_height / AHEAD
    level = AHEAD * math.cos(math.radians(up))
    degree = EARTH / 360.0
    east, north = level * math.sin(math.radians(bearing)), level * math.cos(math.radians(bearing))
    return MapView(
        longitude + east / (degree * math.cos(math.radians(latitude))), latitude + north / degree,
        math.log2(scale * EARTH * math.cos(math.radians(latitude)) / TILE), 90.0 + up, bearing,
        eye + AHEAD * math.sin(math.radians(up)), WALKING_FIELD, screen_height,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anchor:
    """What drawn metres are counted from: longitude and latitude. [°]"""

    longitude: float
    latitude: float

    def metres(self, positions: FloatArray) -> FloatArray:
        """Drawn metres east, north and up of positions (longitude, latitude, height), shape (n, 3)."""
        positions = np.asarray(positions, dtype=np.float64).reshape(-1, 3)
        radius = EARTH * math.cos(math.radians(self.latitude)) / (2.0 * math.pi)
        east = radius * np.radians(positions[:, 0] - self.longitude)
        north = radius * (np.arctanh(np.sin(np.radians(positions[:, 1]))) - math.atanh(math.sin(math.radians(self.latitude))))
        return np.column_stack([east, north, positions[:, 2]])

    def upright(self, latitude: float) -> float:
        """How many drawn metres a metre of height measures in a picture that looks at a latitude: Mercator grows to the north."""
        return math.cos(math.radians(self.latitude)) / math.cos(math.radians(latitude))


@dataclass(frozen=True, slots=True)
class Eye:
    """A perspective in drawn metres, heights already multiplied with ``upright``.

    Parameters
    ----------
    place, towards
        Where the eye is, and what it looks at, shape (3,). [m]
    up
        Direction that is up in the picture, shape (3,).
    field
        What is seen from top to bottom. [°]
    upright
        What heights are multiplied with.
    """

    place: FloatArray
    towards: FloatArray
    up: FloatArray
    field: float
    upright: float

    @staticmethod
    def of(view: MapView, anchor: Anchor, *, wider: float = 1.0) -> Eye:
        """The eye of a view.

        Parameters
        ----------
        wider
            So many times as much is seen from top to bottom as on the screen, from the same place.
        """
        upright = anchor.upright(view.latitude)
        towards = anchor.metres(np.array([[view.longitude, view.latitude, view.height]]))[0]
        towards[2] *= upright
        pitch, bearing = math.radians(view.pitch), math.radians(view.bearing)
        ahead = np.array([math.sin(bearing), math.cos(bearing), 0.0])
        zenith = np.array([0.0, 0.0, 1.0])
        back = zenith * math.cos(pitch) - ahead * math.sin(pitch)
        up = ahead * math.cos(pitch) + zenith * math.sin(pitch)
        field = math.degrees(2.0 * math.atan(wider * math.tan(math.radians(view.field) / 2.0)))
        return Eye(towards + view.distance * upright * back, towards, up, field, upright)

    @property
    def axes(self) -> FloatArray:
        """Right, up and towards what is looked at, as rows, shape (3, 3)."""
        ahead = (self.towards - self.place) / np.linalg.norm(self.towards - self.place)
        return np.stack([np.cross(ahead, self.up), self.up, ahead])

    def seen(self, points: FloatArray, size: tuple[int, int]) -> FloatArray:
        """Where drawn points appear: pixels from the left and from above, and metres before the eye; shape (n, 3).

        Parameters
        ----------
        points
            From `Anchor.metres`, heights not multiplied yet, shape (n, 3). [m]
        size
            Width and height of the picture. [px]

        Returns
        -------
        seen
            The first two are not a number for what is not before the eye.
        """
        scaled = np.asarray(points, dtype=np.float64).reshape(-1, 3) * (1.0, 1.0, self.upright)
        along = (scaled - self.place) @ self.axes.T
        reach = size[1] / 2.0 / math.tan(math.radians(self.field) / 2.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            across = np.where(along[:, 2] > 0, along[:, 0] / along[:, 2], np.nan)
            above = np.where(along[:, 2] > 0, along[:, 1] / along[:, 2], np.nan)
        return np.column_stack([size[0] / 2.0 + reach * across, size[1] / 2.0 - reach * above, along[:, 2]])
