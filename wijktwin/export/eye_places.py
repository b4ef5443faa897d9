"""A place to look from as somebody copies it from below a picture: coordinates, the height of the eye, and a direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from wijktwin.errors import InputError
from wijktwin.export.links import Walker

CENTIMETRES: Final = 2
"""Decimals of metres: what is told is what is drawn."""
TENTHS: Final = 1
"""Decimals of degrees."""


@dataclass(frozen=True, slots=True)
class EyePlace:
    """Where an eye is, and which way it looks, level.

    Parameters
    ----------
    x, y
        In the CRS of the neighbourhood. [m]
    direction
        Clockwise from true north. [°]
    eye
        Height of the eye as heights of the data are counted; None for somebody who stands on the ground as it is drawn. [m]
    """

    x: float
    y: float
    direction: float
    eye: float | None = None

    @property
    def written(self) -> tuple[str, str]:
        """Place and direction as ``--from`` and ``--direction`` take them."""
        numbers = [self.x, self.y, *([] if self.eye is None else [self.eye])]
        return ",".join(f"{number:.{CENTIMETRES}f}" for number in numbers), f"{self.direction:.{TENTHS}f}"

    def walker(self, longitude: float, latitude: float) -> Walker | None:
        """Who stands there, as links say it; None where the eye is higher than that of somebody who stands."""
        return Walker(longitude, latitude, self.direction, 0.0) if self.eye is None else None


def read_eye_place(place: str, direction: float) -> EyePlace:
    """A place and a direction as somebody types them: ``x,y`` or ``x,y,height``, with dots in the numbers.

    Raises
    ------
    InputError
        There are not two or three numbers, or one of them or the direction is none.
    """
    try:
        numbers = [float(part) for part in place.split(",")]
    except ValueError as error:
        raise InputError("stills.no_place", place=place) from error
    if len(numbers) not in {2, 3} or not all(math.isfinite(number) for number in (*numbers, direction)):
        raise InputError("stills.no_place", place=place)
    return EyePlace(numbers[0], numbers[1], direction % 360.0, numbers[2] if len(numbers) == 3 else None)
