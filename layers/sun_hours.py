"""Hours of sun on the ground of one day as surfaces laid on it: today, with plans, or what the plans change; and what the colours mean.

Colours are steps, not a slide, so that each can be named in a legend; both scales are told apart by people who see no red or no green
(ColorBrewer YlGnBu and PuOr: C. A. Brewer, Guidelines for use of the perceptual dimensions of color, 1994; colorbrewer2.org).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wijktwin.impacts.sunlight.on_ground import GroundHours

HOUR: Final = 60.0
SLIVER: Final = 1e-6

Colour = tuple[int, int, int]


class Shown(StrEnum):
    """Which hours."""

    BEFORE = "before"
    AFTER = "after"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class SunShown:
    """A map of hours: which, of which day, and whether trees count."""

    shown: Shown
    day: date
    in_trees: bool = False


@dataclass(frozen=True, slots=True)
class SunStep:
    """One colour.

    Parameters
    ----------
    lowest, highest
        From and up to so many hours, the upper end left out; None where there is no end. Below 0 is a loss. [h]
    """

    lowest: float | None
    highest: float | None
    colour: Colour


HOURS: Final = (
    SunStep(None, 1.0, (8, 29, 88)),
    SunStep(1.0, 2.0, (34, 94, 168)),
    SunStep(2.0, 4.0, (29, 145, 192)),
    SunStep(4.0, 6.0, (127, 205, 187)),
    SunStep(6.0, 8.0, (199, 233, 180)),
    SunStep(8.0, 10.0, (237, 248, 177)),
    SunStep(10.0, None, (255, 255, 229)),
)


def steps(shown: Shown, *, least_change: float) -> tuple[SunStep, ...]:
    """The colours, from little to much sun, or from loss to gain.

    Parameters
    ----------
    least_change
        A smaller change has no colour. [min]
    """
    if shown is not Shown.DIFFERENCE:
        return HOURS
    least = least_change / HOUR
    return (
        SunStep(None, -2.0, (84, 39, 136)),
        SunStep(-2.0, -1.0, (128, 115, 172)),
        SunStep(-1.0, -least, (178, 171, 210)),
        SunStep(least, 1.0, (253, 184, 99)),
        SunStep(1.0, 2.0, (224, 130, 20)),
        SunStep(2.0, None, (179, 88, 6)),
    )


def shapes(hours: GroundHours, shown: Shown, *, least_change: float) -> list[tuple[SunStep, BaseGeometry]]:
    """The ground in each colour, in real coordinates [m]; only colours that occur. What a plan builds on has none with plans."""
    values = {Shown.BEFORE: hours.before, Shown.AFTER: hours.after, Shown.DIFFERENCE: hours.after - hours.before}[shown] / HOUR
    half = hours.spacing / 2
    x, y = hours.positions[:, 0], hours.positions[:, 1]
    found = []
    for step in steps(shown, least_change=least_change):
        inside = _inside(values, step)
        if inside.any():
            squares = shapely.box(x[inside] - half, y[inside] - half, x[inside] + half, y[inside] + half)
            found.append((step, shapely.coverage_union_all(squares)))
    return found


def _inside(values: NDArray[np.float64], step: SunStep) -> NDArray[np.bool_]:
    """Which values have a colour, shape (n,). A loss of exactly one hour is one to two hours, like a gain."""
    low, high = (-np.inf if step.lowest is None else step.lowest), (np.inf if step.highest is None else step.highest)
    size, least, most = (-values, -high, -low) if high < 0 else (values, low, high)
    with np.errstate(invalid="ignore"):
        return np.asarray((size >= least - SLIVER) & (size < most - SLIVER))
