"""Where a link looks from, as a view of a picture: a place of this neighbourhood, and no nearer or steeper than the scene allows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from layers.cameras import HIGHEST_ZOOM, LOWEST_ZOOM
from ui.scene.drawing import LIMIT_SHARE
from wijktwin.appearance import STEEPEST_PITCH
from wijktwin.errors import InputError

if TYPE_CHECKING:
    from layers.stills import Studio
    from wijktwin.export.eye_places import EyePlace
    from wijktwin.export.links import LinkTold
    from wijktwin.export.perspective import MapView

UP: Final = (-45.0, 60.0)
"""How far down and up who walks can look, as in ui/scene/walk.js. [°]"""


def view_of(studio: Studio, told: LinkTold, *, screen: tuple[float, float] | None = None) -> MapView | None:
    """What is seen by who follows a link; None where it says nothing of that.

    Parameters
    ----------
    screen
        Width and height of the picture on the screen, where they are known. [px]

    Raises
    ------
    InputError
        It looks at another part of the world.
    """
    walker, view = told.walker, told.view
    if walker is not None:
        _check(studio, walker.longitude, walker.latitude)
        view = studio.standing(replace(walker, up=_within(walker.up, *UP)))
    elif view is not None:
        _check(studio, view.longitude, view.latitude)
        view = replace(view, zoom=_within(view.zoom, LOWEST_ZOOM, HIGHEST_ZOOM), pitch=_within(view.pitch, 0.0, STEEPEST_PITCH))
    if view is None or screen is None:
        return view
    width, height = screen
    zoom = view.zoom + math.log2(height / view.screen_height) if view.is_level else view.zoom  # who walks stands still on any screen
    return replace(view, zoom=zoom, screen_width=width, screen_height=height)


def view_from(studio: Studio, place: EyePlace) -> MapView:
    """What is seen from a place that somebody copied.

    Raises
    ------
    InputError
        It lies in another part of the world.
    """
    _check(studio, *studio.prepared.frame.lonlat(place.x, place.y), refusal="place_elsewhere")
    return studio.looking(place)


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _check(studio: Studio, longitude: float, latitude: float, *, refusal: str = "elsewhere") -> None:
    west, south, east, north = studio.prepared.terrain.bounds
    around = LIMIT_SHARE * max(east - west, north - south)  # as far as one can move in the scene
    x, y = studio.prepared.frame.xy(longitude, latitude)
    if not (west - around <= x <= east + around and south - around <= y <= north + around):
        raise InputError(f"stills.{refusal}", name=studio.neighbourhood.name)
