"""Colours, lights and cameras: how things look, shared by the scene in the browser and by stills.

Nothing here depends on a drawing library. Colours are red, green, blue from 0 to 255; directions are east, north, up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
FloatArray = NDArray[np.float64]
ByteArray = NDArray[np.uint8]

# ---------------------------------------------------------------------------------------------------------------- colours
SKY: Final[Colour] = (222, 232, 240)
"""Behind everything, at the top; it fades into `HORIZON`."""
HORIZON: Final[Colour] = (246, 244, 239)
SKY_STOPS: Final[tuple[tuple[float, Colour], ...]] = ((0.0, SKY), (0.62, HORIZON))
"""The sky from the top of the picture (0) to its foot (1), as scene.css draws it."""
LOW_SKY_STOPS: Final[tuple[tuple[float, Colour], ...]] = ((0.0, (213, 224, 236)), (0.46, (247, 227, 200)), (0.7, (246, 240, 230)))
"""The sky with a low sun."""

WALLS: Final[Mapping[str, Colour]] = MappingProxyType(
    {
        "": (241, 239, 235),
        "dwelling": (243, 232, 213),
        "shop": (247, 219, 166),
        "school": (186, 214, 222),
        "office": (205, 212, 226),
        "industry": (212, 209, 206),
        "other": (226, 221, 214),
    }
)
"""Facades by use of the building; "" where nobody knows the use."""

PITCHED_ROOF: Final[Colour] = (204, 137, 108)
FLAT_ROOF: Final[Colour] = (226, 223, 217)
FLAT_ROOF_SHARE: Final = 0.5
"""How much of a flat roof's colour comes from the facade: a school keeps its colour when it is seen from above."""
UNDERSIDE: Final[Colour] = (188, 184, 177)
UNCERTAIN: Final[Colour] = (217, 208, 226)
"""Buildings whose model is not right: invalid solids, or only a footprint raised to a known height."""

BUILDING_EDGE: Final[Colour] = (92, 84, 76)
HIGHLIGHT: Final[Colour] = (255, 196, 0)

SHADE_STAYS: Final = (38, 42, 66, 120)
"""Ground in the shade today and with the plans; the last number is how much it covers, of 255."""
SHADE_COMES: Final = (74, 30, 122, 175)
"""Ground in the shade with the plans only."""
SHADE_GOES: Final = (255, 206, 40, 150)
"""Ground in the shade today only: sun that plans bring."""
LIGHT_OVER: Final[Colour] = (255, 255, 255)
"""Over what is proposed when it is pointed at: it keeps the colour of its plan, only lighter."""

STREET_NAME: Final[Colour] = (44, 52, 58)
STREET_NAME_EDGE: Final[Colour] = (255, 255, 255)
"""Around the letters, so that they can be read on any ground."""

GROUND: Final[Mapping[str, Colour]] = MappingProxyType(
    {
        "carriageway": (190, 191, 194),
        "pavement": (220, 216, 209),
        "cycle_path": (207, 160, 145),
        "parking": (203, 203, 211),
        "square": (227, 219, 205),
        "playground": (233, 213, 170),
        "green": (183, 200, 160),
        "garden": (200, 212, 178),
        "yard": (217, 212, 202),
        "water": (158, 197, 214),
        "railway": (190, 183, 174),
        "terrain": (215, 219, 191),
        "other": (222, 214, 197),
    }
)
"""Ground by the values of `wijktwin.model.surroundings.GroundKind`."""

GROUND_ORDER: Final = (
    "terrain", "other", "green", "garden", "yard", "water", "railway", "carriageway", "parking", "cycle_path", "pavement", "square",
    "playground",
)  # fmt: skip
"""Which ground is painted over which, from below to above."""

GROUND_EDGE: Final[Colour] = (62, 74, 84)
"""Thin lines along water and roads, where the data has such an edge."""

PLATE: Final[Colour] = (197, 202, 202)
"""The plate under the model, where the data has no ground: it says nothing about what lies there."""
PLATE_SIDE: Final[Colour] = (158, 157, 151)
PLATE_THICKNESS: Final = 4.0
"""How thick the plate is drawn. [m]"""

CROWN: Final[Colour] = (128, 165, 101)
TRUNK: Final[Colour] = (134, 112, 92)
PLANTED: Final[Colour] = (64, 160, 88)
FELLED: Final[Colour] = (176, 74, 58)

DEMOLISHED: Final[Colour] = (176, 74, 58)
"""What goes: a ghost in this colour with dashed edges."""

PLAN_FACES: Final[Mapping[str, Colour]] = MappingProxyType(
    {
        "proposal": (118, 166, 232),
        "alternative": (92, 196, 186),
        "allowed": (180, 164, 214),
    }
)
"""Proposed volumes by the values of `wijktwin.model.plan.PlanRole`; no colour of today's buildings comes near."""
PLAN_EDGES: Final[Mapping[str, Colour]] = MappingProxyType(
    {
        "proposal": (15, 48, 107),
        "alternative": (6, 70, 66),
        "allowed": (66, 50, 104),
    }
)
OPEN_LIGHTER: Final = 0.28
"""How far the faces of what is still open in a plan go towards white."""
CHANGED_GROUND_EDGE: Final[Colour] = (15, 48, 107)


class Outline(StrEnum):
    """How an edge is drawn, so that nothing is told by colour alone."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


OUTLINES: Final[Mapping[str, Outline]] = MappingProxyType({
    "proposal": Outline.SOLID, "alternative": Outline.DASHED, "allowed": Outline.DOTTED, "demolished": Outline.DASHED,
})  # fmt: skip
DASHES: Final[Mapping[Outline, tuple[float, float]]] = MappingProxyType({Outline.DASHED: (1.6, 1.0), Outline.DOTTED: (0.5, 0.7)})
"""Length of a stroke and of the gap after it. [m]"""


def lighter(colour: Colour, share: float = OPEN_LIGHTER) -> Colour:
    """A colour with a share of white mixed in."""
    red, green, blue = (round(channel + (255 - channel) * share) for channel in colour)
    return red, green, blue


# ----------------------------------------------------------------------------------------------------------------- lights
@dataclass(frozen=True, slots=True)
class Light:
    """A far light that shines from a direction.

    Parameters
    ----------
    azimuth
        Where it stands, clockwise from north. [°]
    elevation
        How high it stands. [°]
    colour
        Strength in red, green and blue; 1 lights a white face fully.
    """

    azimuth: float
    elevation: float
    colour: tuple[float, float, float]

    def direction(self) -> FloatArray:
        """Unit vector towards the light, shape (3,)."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(elevation)
        return np.array([math.sin(azimuth) * flat, math.cos(azimuth) * flat, math.sin(elevation)])


DAYLIGHT: Final = (Light(212.0, 46.0, (0.455, 0.435, 0.39)), Light(70.0, 20.0, (0.085, 0.09, 0.10)))
"""A calm afternoon with a little light from the other side. It only makes forms readable: it is no computed sun."""
FROM_THE_SKY: Final = np.array([0.66, 0.67, 0.695])
FROM_THE_GROUND: Final = np.array([0.64, 0.625, 0.60])


def light_on(normals: FloatArray, *, lights: tuple[Light, ...] = DAYLIGHT) -> FloatArray:
    """Light that faces receive, by Lambert's law, under an even sky and a bright ground.

    Parameters
    ----------
    normals
        Unit outward normals, shape (n, 3).

    Returns
    -------
    light
        Share of red, green and blue that a face sends back, shape (n, 3); about 1 for level roofs.
    """
    upward = (1.0 + normals[:, 2:3]) / 2.0
    light = FROM_THE_SKY * upward + FROM_THE_GROUND * (1.0 - upward)
    for lamp in lights:
        light = light + np.maximum(normals @ lamp.direction(), 0.0)[:, None] * np.array(lamp.colour)
    return np.asarray(light, dtype=np.float64)


def shaded(colours: FloatArray, normals: FloatArray, *, lights: tuple[Light, ...] = DAYLIGHT) -> ByteArray:
    """Colours of faces in the light, shape (n, 3).

    Parameters
    ----------
    colours
        Shape (n, 3) or (3,), 0 to 255.
    normals
        Unit outward normals, shape (n, 3).
    """
    return np.clip(np.rint(colours * light_on(normals, lights=lights)), 0, 255).astype(np.uint8)


def sunlight(azimuth: float, altitude: float) -> tuple[Light, ...]:
    """The lights with a computed sun in the place of the first lamp of `DAYLIGHT`, as ui/scene/sun.js has them. [°]"""
    first, *others = DAYLIGHT
    return Light(azimuth, altitude, first.colour), *others


# ---------------------------------------------------------------------------------------------------------------- cameras
class View(StrEnum):
    """The places to look from that every scene offers."""

    WHOLE = "whole"
    ABOVE = "above"
    FROM_NORTH = "north"
    FROM_EAST = "east"
    FROM_SOUTH = "south"
    FROM_WEST = "west"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks at a box so that it fits the picture, whatever the picture's size.

    Parameters
    ----------
    bounds
        Min x, min y, max x, max y of what has to fit, in real coordinates of the neighbourhood's CRS. [m]
    height
        How high what has to fit stands above the reference ground. [m]
    bearing
        Direction looked in, clockwise from true north. [°]
    pitch
        0 looks straight down, 90 along the ground. [°]
    corners
        Corners on the ground of what has to fit, where that is no upright rectangle; those of ``bounds`` where empty. [m]
    bearings
        Other directions that may be looked in instead, where the picture is filled better that way. [°]
    """

    bounds: tuple[float, float, float, float]
    height: float = 0.0
    bearing: float = 0.0
    pitch: float = 0.0
    corners: tuple[tuple[float, float], ...] = ()
    bearings: tuple[float, ...] = ()


STEEPEST_PITCH: Final = 80.0
"""Flatter than this one looks along the ground, and the horizon gets in the way. [°]"""

_DIRECTIONS: Final[Mapping[View, tuple[float, float]]] = MappingProxyType(
    {
        View.WHOLE: (-28.0, 52.0),
        View.ABOVE: (0.0, 0.0),
        View.FROM_NORTH: (180.0, 62.0),
        View.FROM_EAST: (-90.0, 62.0),
        View.FROM_SOUTH: (0.0, 62.0),
        View.FROM_WEST: (90.0, 62.0),
        View.PLAN: (-28.0, 58.0),
    }
)
OTHER_BEARINGS: Final = (-73.0, -58.0, -43.0, -13.0, 2.0, 17.0, 32.0, 47.0, 62.0)
"""From where the whole is looked at where it is oblong: always with the lit sides ahead, and north in the upper half. [°]"""


def cameras(
    extent: tuple[float, float, float, float],
    *,
    corners: tuple[tuple[float, float], ...] = (),
    height: float = 15.0,
    plan: tuple[float, float, float, float] | None = None,
    plan_height: float = 15.0,
) -> Mapping[View, Camera]:
    """One camera for each place to look from; without a plan there is none for it.

    Parameters
    ----------
    extent, plan
        Min x, min y, max x, max y of the neighbourhood, and of what the plans change, in real coordinates. [m]
    corners
        Of the neighbourhood, where another shape fits it better than its extent. [m]
    height, plan_height
        How high they stand. [m]
    """
    found: dict[View, Camera] = {
        view: Camera(extent, height, bearing, pitch, corners, OTHER_BEARINGS if view is View.WHOLE else ())
        for view, (bearing, pitch) in _DIRECTIONS.items()
        if view is not View.PLAN
    }
    if plan is not None:
        bearing, pitch = _DIRECTIONS[View.PLAN]
        margin = max(25.0, 0.25 * max(plan[2] - plan[0], plan[3] - plan[1]))
        around = (plan[0] - margin, plan[1] - margin, plan[2] + margin, plan[3] + margin)
        found[View.PLAN] = Camera(around, plan_height, bearing, pitch)
    return MappingProxyType(found)
