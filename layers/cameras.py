"""From a camera that looks at a box to a deck.gl view state in which the box fits the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layers.frame import Frame
from layers.plate import assessed_corners
from wijktwin import appearance
from wijktwin.appearance import Camera, View
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

FloatArray = NDArray[np.float64]

TILE: Final = 512
"""Pixels that the world measures at zoom 0. [px]"""
EQUATOR: Final = 40_075_016.68557849
"""Length of the equator on the sphere of web Mercator. [m]"""
EYE_DISTANCE: Final = 1.5
"""How far deck.gl's eye is from what it looks at, in heights of the picture."""
PICTURE: Final = (1200, 700)
"""Where the real size of the picture is not known; the scene in the browser fits a camera again to its own size. [px]"""
FILL: Final = 0.96
"""Share of the picture that the box may fill."""
LOWEST_ZOOM: Final = 12.0
HIGHEST_ZOOM: Final = 21.5
USUAL_HEIGHT: Final = 15.0
"""What fits in the picture is at least this high. [m]"""
CENTRING_STEPS: Final = 60
CHOOSING_STEPS: Final = 8
"""Idem, while directions are compared only."""
CLEARLY_MORE: Final = 1.3
"""The usual direction stays unless what has to fit fills so many times more of the picture in another one."""
SMALLEST_BOX: Final = 20.0
"""A box is never taken smaller than this. [m]"""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where to look, in which direction, and how large.

    Parameters
    ----------
    east, north
        What is looked at, from the middle of the box. [m]
    scale
        Pixels per metre there.
    filled
        How much of the picture the ground of what has to fit takes. [px2]
    """

    east: float
    north: float
    scale: float
    bearing: float
    filled: float


@lru_cache(maxsize=256)
def fitted(camera: Camera, picture: tuple[int, int]) -> Fit:
    """The nearest place from which the camera's whole box is in the picture, in the direction that fills this picture best.

    The scene in the browser does the same (`fit` in ui/scene/camera.js). Kept, because every run of a page asks for the same few.

    Parameters
    ----------
    picture
        Width and height. [px]
    """
    if camera.bearings:
        usual = _fitted(camera, picture, CHOOSING_STEPS)
        best = max(
            (_fitted(replace(camera, bearing=bearing), picture, CHOOSING_STEPS) for bearing in camera.bearings), key=lambda fit: fit.filled
        )
        camera = replace(camera, bearing=best.bearing if best.filled > CLEARLY_MORE * usual.filled else camera.bearing)
    return _fitted(camera, picture, CENTRING_STEPS)


def _fitted(camera: Camera, picture: tuple[int, int], steps: int) -> Fit:
    """The nearest place in the camera's own direction."""
    corners = box_corners(camera)
    east = north = 0.0
    scale = _largest_scale(corners, camera, picture)
    for _ in range(steps):
        shifted = corners - np.array([east, north, 0.0])
        seen = projected(shifted, camera, scale, picture[1])
        right, up = (seen.min(axis=0) + seen.max(axis=0)) / 2
        bearing, flatness = math.radians(camera.bearing), max(math.cos(math.radians(camera.pitch)), 0.2)
        largest = scale * _enlargement(shifted, camera, scale, picture[1])
        across, forward = right / largest, up / largest / flatness
        east += across * math.cos(bearing) + forward * math.sin(bearing)
        north += -across * math.sin(bearing) + forward * math.cos(bearing)
        scale = _largest_scale(corners - np.array([east, north, 0.0]), camera, picture)
    ground = corners[::2] - np.array([east, north, 0.0])
    return Fit(east, north, scale, camera.bearing, _area(projected(ground, camera, scale, picture[1])))


def _area(ring: FloatArray) -> float:
    """Area inside a ring of points, shape (n, 2)."""
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def box_corners(camera: Camera) -> FloatArray:
    """Corners of what has to fit, below and above, in metres from its middle on the ground, shape (2 n, 3): 8 of a box."""
    return np.array([(x, y, z) for x, y in _ground_corners(camera) for z in (0.0, max(camera.height, 0.0))])


def _ground_corners(camera: Camera) -> list[tuple[float, float]]:
    """Corners, in turn, of what has to fit in metres from the middle of its bounds; never a box smaller than `SMALLEST_BOX`."""
    west, south, east, north = camera.bounds
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = max(east - west, SMALLEST_BOX) / 2, max(north - south, SMALLEST_BOX) / 2
    if camera.corners and min(half_x, half_y) > SMALLEST_BOX / 2:
        return [(corner_x - x, corner_y - y) for corner_x, corner_y in camera.corners]
    return [(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)]


def projected(points: FloatArray, camera: Camera, scale: float, picture_height: int) -> FloatArray:
    """Where points appear, shape (n, 2), right and up from the middle of the picture [px]; infinite behind the eye.

    Parameters
    ----------
    points
        Metres east, north and up from what is looked at, shape (n, 3).
    scale
        Pixels per metre where is looked at.
    """
    seen = scale * _from_the_eye(points, camera)
    eye = EYE_DISTANCE * picture_height
    distance = eye - seen[:, 2]
    factor = np.divide(eye, distance, out=np.full_like(distance, np.inf), where=distance > 0)
    return np.asarray(seen[:, :2] * factor[:, None], dtype=np.float64)


def _enlargement(points: FloatArray, camera: Camera, scale: float, picture_height: int) -> float:
    """How many times larger than at the place that is looked at the nearest of the points appears; a step without it would overshoot."""
    eye = EYE_DISTANCE * picture_height
    return float(max(1.0, eye / (eye - scale * _from_the_eye(points, camera)[:, 2].max())))


def _from_the_eye(points: FloatArray, camera: Camera) -> FloatArray:
    """Points in the directions of the eye: right, up, and towards it; shape (n, 3). [m]"""
    bearing, pitch = math.radians(camera.bearing), math.radians(camera.pitch)
    right = points[:, 0] * math.cos(bearing) - points[:, 1] * math.sin(bearing)
    forward = points[:, 0] * math.sin(bearing) + points[:, 1] * math.cos(bearing)
    up = forward * math.cos(pitch) + points[:, 2] * math.sin(pitch)
    return np.column_stack([right, up, points[:, 2] * math.cos(pitch) - forward * math.sin(pitch)])


def _largest_scale(corners: FloatArray, camera: Camera, picture: tuple[int, int]) -> float:
    """Pixels per metre at which all corners are just in the picture.

    A point a metres aside and c metres towards the eye appears at s a e / (e - s c), with e the distance of the eye and s the scale;
    it is within l pixels as long as s (a e + l c) <= l e.
    """
    seen = _from_the_eye(corners, camera)
    limit = np.array(picture) * FILL / 2
    eye = EYE_DISTANCE * picture[1]
    need = np.abs(seen[:, :2]) * eye + limit * seen[:, 2:]
    return float((limit * eye / np.maximum(need, 1e-9)).min())


def view_state(camera: Camera, frame: Frame, *, picture: tuple[int, int] = PICTURE) -> dict[str, float]:
    """Names and values of a deck.gl view state in which a camera's box fits a picture."""
    west, south, east, north = camera.bounds
    fit = fitted(camera, picture)
    longitude, latitude = frame.lonlat((west + east) / 2 + fit.east, (south + north) / 2 + fit.north)
    zoom = math.log2(fit.scale * EQUATOR * math.cos(math.radians(latitude)) / TILE)
    return {
        "longitude": round(longitude, 7), "latitude": round(latitude, 7), "zoom": round(min(max(zoom, LOWEST_ZOOM), HIGHEST_ZOOM), 3),
        "pitch": camera.pitch, "bearing": fit.bearing, "max_pitch": appearance.STEEPEST_PITCH, "min_zoom": LOWEST_ZOOM,
        "max_zoom": HIGHEST_ZOOM,
    }  # fmt: skip


def browser_camera(camera: Camera, frame: Frame) -> dict[str, Any]:
    """A camera as the scene in the browser takes it, which fits it to its own size: middle, corners in metres from it, direction."""
    west, south, east, north = camera.bounds
    longitude, latitude = frame.lonlat((west + east) / 2, (south + north) / 2)
    return {
        "longitude": round(longitude, 7), "latitude": round(latitude, 7), "height": round(max(camera.height, 0.0), 1),
        "corners": [[round(across, 1), round(along, 1)] for across, along in _ground_corners(camera)],
        "bearing": camera.bearing, "pitch": camera.pitch, "bearings": list(camera.bearings),
    }  # fmt: skip


def scenario_cameras(scenario: Scenario) -> Mapping[View, Camera]:
    """The places to look from in a scenario; `View.PLAN` is among them when its plans change something."""
    boxes = [geometry.bounds for plan in scenario.ordered_plans for geometry in _changed(plan)]
    plan = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        plan = (min(west), min(south), max(east), max(north))
    tallest_new = max((volume.height for _, volume in scenario.volumes), default=USUAL_HEIGHT)
    standing = scenario.neighbourhood.buildings.numbers["height"]
    tallest = max(tallest_new, float(np.nanmax(standing, initial=USUAL_HEIGHT)))
    neighbourhood = scenario.neighbourhood
    return appearance.cameras(
        neighbourhood.extent, corners=assessed_corners(neighbourhood), height=tallest, plan=plan, plan_height=tallest_new
    )


def shared_cameras(scenarios: Sequence[Scenario]) -> Mapping[View, Camera]:
    """The places to look from at several scenarios of one neighbourhood: what any of them shows is in the picture."""
    found: dict[View, Camera] = {}
    for scenario in scenarios:
        for view, camera in scenario_cameras(scenario).items():
            found[view] = _together(found[view], camera) if view in found else camera
    return found


def _together(one: Camera, other: Camera) -> Camera:
    """A camera for what two cameras that look in one direction show."""
    lows, highs = zip(one.bounds[:2], other.bounds[:2], strict=True), zip(one.bounds[2:], other.bounds[2:], strict=True)
    (west, south), (east, north) = (min(pair) for pair in lows), (max(pair) for pair in highs)
    corners = one.corners if one.bounds == other.bounds else ()
    return replace(one, bounds=(west, south, east, north), height=max(one.height, other.height), corners=corners)


def _changed(plan: Plan) -> list[Any]:
    """The geometries of what a plan builds, changes and plants."""
    built = [*(volume.footprint for volume in plan.volumes), *(tree.point for tree in plan.planted)]
    return built + [change.footprint for change in plan.ground_changes]
