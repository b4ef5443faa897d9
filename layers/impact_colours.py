"""A figure that every place has for itself, as surfaces on the ground in the colours of `wijktwin.impacts.colour_steps`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from layers.ground import Sheet, laid_rows
from layers.terrain import Terrain, polygons_of
from wijktwin.impacts.colour_steps import Place, coloured

if TYPE_CHECKING:
    from layers.encoding import Row
    from layers.frame import Frame

LIFT: Final = 0.3
"""How much higher than the bare ground they are drawn: above a plan's ground, below the shade of a moment. [m]"""


def impact_rows(places: Sequence[Place], terrain: Terrain, frame: Frame, *, is_change: bool) -> list[Row]:
    """Surfaces on the ground, for the layer of `layers.deck.build_deck` that colours the ground."""
    sheets = [
        Sheet(piece, step.colour, 0, LIFT)
        for step, own in coloured(places, is_change=is_change)
        for place in own
        for piece in polygons_of(place.shape)
    ]
    return laid_rows(sheets, terrain, frame)
