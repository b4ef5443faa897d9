"""Colours on the ground that mean something, as rows of a layer: hours of sun, or a figure that every place has for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from layers.ground import Sheet, laid_rows
from layers.terrain import Terrain, polygons_of

if TYPE_CHECKING:
    from layers.encoding import Row
    from layers.frame import Frame
    from wijktwin.export.ground_colours import Tint

LAYER: Final = "ground-colours"
LIFT: Final = 0.35
"""How much higher than the bare ground they are drawn: above a plan's ground, below the shade of a moment. [m]"""


def tinted_rows(tints: Sequence[Tint], terrain: Terrain, frame: Frame) -> list[Row]:
    """Surfaces laid on the ground, in the order given, for the layer `LAYER` of `layers.deck.build_deck`."""
    sheets = [Sheet(piece, colour, 0, LIFT) for colour, shapes in tints for shape in shapes for piece in polygons_of(shape)]
    return laid_rows(sheets, terrain, frame)
