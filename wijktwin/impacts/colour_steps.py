"""A figure that every place has for itself, as colours on the ground: which colour each place gets, and what the colours mean.

Colours are steps with round ends, so that each can be named in a legend; both scales are told apart by people who see no red or no green
(ColorBrewer YlGnBu and PuOr: C. A. Brewer, Guidelines for use of the perceptual dimensions of color, 1994; colorbrewer2.org).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Colour = tuple[int, int, int]

LESS: Final[tuple[Colour, ...]] = ((178, 171, 210), (128, 115, 172), (84, 39, 136))
MORE: Final[tuple[Colour, ...]] = ((253, 184, 99), (224, 130, 20), (179, 88, 6))
"""From a small to a large change."""
SAME: Final[Colour] = (247, 247, 247)
LOST: Final[Colour] = (32, 32, 32)
"""What can no longer be reached at all: darker than every step, so that lightness alone tells it."""
AMOUNTS: Final[tuple[Colour, ...]] = ((237, 248, 177), (199, 233, 180), (127, 205, 187), (29, 145, 192), (34, 94, 168))
"""From little to much."""
ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
NOISE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its value: real coordinates [m], and a number in the unit of the figure."""

    shape: BaseGeometry
    value: float


@dataclass(frozen=True, slots=True)
class ColourStep:
    """One colour: values above ``lowest`` and up to ``highest``, of a change below zero the other way round; both ends are 0 for no change.

    Of an amount, 0 lies in the first step.
    """

    lowest: float
    highest: float
    colour: Colour

    @property
    def is_lost(self) -> bool:
        """Whether it stands for what can no longer be reached."""
        return math.isinf(self.highest)

    def holds(self, value: float) -> bool:
        """Whether a value has this colour."""
        if self.is_lost:
            return value == math.inf
        if self.highest <= 0 and self.lowest < 0:
            return self.lowest - NOISE <= value < self.highest - NOISE
        if self.lowest == self.highest == 0:
            return abs(value) <= NOISE
        return self.lowest + NOISE < value <= self.highest + NOISE


def steps(values: Sequence[float], *, is_change: bool) -> tuple[ColourStep, ...]:
    """The colours for some values, from low to high; of a change the same number of steps on both sides of none.

    Parameters
    ----------
    is_change
        The values are differences: less and more have colours of their own, and none has another.
    """
    most = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if most <= NOISE:
        return (ColourStep(0.0, 0.0, SAME),)
    finest = 1.0 if all(value == round(value) for value in values if math.isfinite(value)) else 0.0  # no half trees
    if not is_change:
        ends = _ends(most, len(AMOUNTS), finest)
        amounts = [ColourStep(low, high, colour) for (low, high), colour in zip(ends, AMOUNTS, strict=True)]
        return (ColourStep(0.0, 0.0, SAME), *(step for step in amounts if step.lowest < most - NOISE))
    ends = _ends(most, len(MORE), finest)
    up = [ColourStep(low, high, colour) for (low, high), colour in zip(ends, MORE, strict=True)]
    down = [ColourStep(-high, -low, colour) for (low, high), colour in zip(ends, LESS, strict=True)]
    return (*reversed(down), ColourStep(0.0, 0.0, SAME), *up)


def _ends(most: float, n: int, finest: float) -> list[tuple[float, float]]:
    """Steps of one round width from zero, ``finest`` at least, the last of which holds the largest value."""
    power = 10.0 ** math.floor(math.log10(most / n))
    widths = (factor * power * 10.0**more for more in range(2) for factor in ROUND)
    width = max(next(each for each in widths if each * n >= most - NOISE and not (each > finest > 0 and each % finest)), finest)
    return [(place * width, (place + 1) * width) for place in range(n)]


def coloured(places: Sequence[Place], *, is_change: bool) -> list[tuple[ColourStep, list[Place]]]:
    """The steps that occur, each with its places; places whose value is no number have none, infinite ones a step of their own."""
    known = [place for place in places if not math.isnan(place.value) and place.value != -math.inf]
    finite = [each.value for each in known if math.isfinite(each.value)]
    own_steps = [*(steps(finite, is_change=is_change) if finite else ()), ColourStep(math.inf, math.inf, LOST)]
    found = [(step, [place for place in known if step.holds(place.value)]) for step in own_steps]
    return [(step, own) for step, own in found if own]
