"""What a still is made of: faces, lines and textured models in drawn metres, each piece with a key by which a renderer keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wijktwin import appearance
from wijktwin.export.perspective import Anchor, Eye, MapView
from wijktwin.model.scenario import Scenario

if TYPE_CHECKING:
    from wijktwin.export.ground_colours import GroundColours

Points = NDArray[np.float32]
Indices = NDArray[np.int32]
ByteArray = NDArray[np.uint8]

LOW_SUN: Final = 15.0
"""Below this altitude of the sun the sky is warm. [°]"""


@dataclass(frozen=True, eq=False)
class Faces:
    """Triangles with a colour per corner, seen from both sides, in no light but what is in their colours.

    Parameters
    ----------
    key
        Equal keys stand for equal contents.
    points
        Drawn metres, shape (n, 3).
    triangles
        Shape (m, 3).
    colours
        Red, green, blue and opacity per point, shape (n, 4).
    is_clear
        Some of it lets through what lies behind: drawn after everything that does not, in the order of the drawing.
    facing
        Unit outward normals per point, shape (n, 3), of what follows the sun; None for all else, and once colours are final.
    """

    key: str
    points: Points
    triangles: Indices
    colours: ByteArray
    is_clear: bool = False
    texture: ByteArray | None = None
    places: Points | None = None
    facing: Points | None = None


@dataclass(frozen=True, eq=False)
class Lines:
    """Straight lines of one colour.

    Parameters
    ----------
    segments
        Drawn metres, shape (n, 2, 3).
    colour
        Red, green, blue, opacity.
    width
        On a screen. [px]
    nearer
        How much nearer to the eye they are drawn, as a share of the distance: what they lie on does not hide them.
    """

    key: str
    segments: Points
    colour: tuple[int, int, int, int]
    width: float
    nearer: float


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a street and a place where it may stand.

    Parameters
    ----------
    place
        Drawn metres.
    length
        How long the street runs on there. [m]
    """

    text: str
    place: tuple[float, float, float]
    length: float


@dataclass(frozen=True, eq=False)
class Drawing:
    """All pieces of one scenario at one moment, from below to above.

    Parameters
    ----------
    names
        Of streets, the longest first.
    built
        Keys of the pieces before which no name is written: what plans build.
    """

    anchor: Anchor
    pieces: tuple[Faces | Lines, ...]
    names: tuple[Name, ...] = ()
    sky: tuple[tuple[float, appearance.Colour], ...] = appearance.SKY_STOPS
    built: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to be taken.

    Parameters
    ----------
    view
        From where.
    size
        Width and height. [px]
    moment
        Of the sun, with a time zone; None draws no shade.
    colours
        On the ground; None for those of the scene alone.
    """

    view: MapView
    size: tuple[int, int]
    moment: datetime | None = None
    colours: GroundColours | None = None

    @property
    def wider(self) -> float:
        """How many times as much is seen from top to bottom as on the screen: at the sides nothing of the screen may be lost."""
        return max(1.0, self.view.screen_width * self.size[1] / (self.view.screen_height * self.size[0]))

    @property
    def ratio(self) -> float:
        """Pixels of the picture for one of the screen."""
        return self.size[1] / (self.view.screen_height * self.wider)

    def eye(self, anchor: Anchor) -> Eye:
        """The eye of this picture."""
        return Eye.of(self.view, anchor, wider=self.wider)


class Stills(Protocol):
    """Draws scenarios of one neighbourhood as the scene in the browser does."""

    def draw(self, scenario: Scenario, shot: Shot) -> ByteArray:
        """The picture, shape (height, width, 3)."""
        ...
