"""The shade of buildings on the ground at one moment, laid on it as computed: what stays, what plans add, what they take away."""

from __future__ import annotations

from typing import Final

import shapely

from layers.encoding import Row
from layers.frame import Frame
from layers.ground import Sheet, laid_rows
from layers.plate import plate_outline
from layers.terrain import Terrain
from wijktwin import appearance
from wijktwin.impacts.ground_shadow import GroundShadow
from wijktwin.model.neighbourhood import Neighbourhood

LAYER: Final = "shade"
LIFT: Final = 0.36
"""How much higher than the bare ground shade is drawn: above a plan's ground, and above the soft shade at the feet of buildings. [m]"""


def shade_rows(shadow: GroundShadow, neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> list[Row]:
    """The three parts of a shadow as surfaces laid on the ground, each in its own colour, cut off where the model ends."""
    outline = plate_outline(neighbourhood)
    shapely.prepare(outline)
    parts = [(shadow.stays, appearance.SHADE_STAYS), (shadow.comes, appearance.SHADE_COMES), (shadow.goes, appearance.SHADE_GOES)]
    sheets = [
        Sheet(piece if shapely.contains_properly(outline, piece) else shapely.intersection(piece, outline), colour, 0, LIFT)
        for shape, colour in parts
        for piece in shapely.get_parts(shape)
    ]
    return laid_rows(sheets, terrain, frame)
