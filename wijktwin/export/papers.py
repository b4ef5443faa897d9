"""The sizes that a picture can have: of a screen, and of paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from wijktwin.export.letters import POINTS_PER_INCH

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL: Final = 9.5
"""Size of the text on a screen. [pt]"""


class Size(StrEnum):
    """The sizes by name."""

    SCREEN = "screen"
    A4 = "a4"
    A3 = "a3"
    A2 = "a2"


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet that lies down.

    Parameters
    ----------
    width, height
        [px]
    dpi
        Pixels per inch.
    letters
        Size of the text; titles are larger. [pt]
    """

    width: int
    height: int
    dpi: int
    letters: float

    def pixels(self, points: float) -> float:
        """How many pixels a length in points measures."""
        return points * self.dpi / POINTS_PER_INCH

    def pixels_with_letters(self, points: float) -> float:
        """Idem of what stands among words: it grows where letters are larger than `USUAL`, for who stands farther away."""
        return self.pixels(points) * max(1.0, self.letters / USUAL)


PAPERS: Final[Mapping[Size, Paper]] = MappingProxyType(
    {
        Size.SCREEN: Paper(1600, 1000, 96, USUAL),
        Size.A4: Paper(3508, 2480, 300, 8.0),
        Size.A3: Paper(2480, 1754, 150, 10.5),
        Size.A2: Paper(3508, 2480, 150, 14.0),
    }
)
