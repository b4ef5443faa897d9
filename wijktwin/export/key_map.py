"""The key map of a set: from above, with a number in every place where a picture was made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from wijktwin.appearance import Colour
from wijktwin.export.drawn import ByteArray, Shot, Stills
from wijktwin.export.letters import font
from wijktwin.export.links import Walker
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.perspective import Anchor
from wijktwin.export.picture import Wanted, as_png
from wijktwin.export.sheet import composed, layout
from wijktwin.export.telling import Teller
from wijktwin.model.scenario import Scenario

MARK: Final[Colour] = (178, 58, 44)
INSIDE: Final[Colour] = (255, 255, 255)
RADIUS: Final = 9.0
"""Of a mark. [pt]"""


def key_map(
    stills: Stills, scenario: Scenario, wanted: Wanted, *, walkers: Sequence[Walker], teller: Teller, size: Size, anchor: Anchor
) -> bytes:
    """The map as PNG."""
    paper = PAPERS[size]
    place = layout(teller.told(scenario, Shot(wanted.view, (paper.width, paper.height)), title=wanted.title, notes=wanted.notes), paper)
    shot = Shot(wanted.view, place.picture_size)
    pixels = marked(stills.draw(scenario, shot), shot, walkers, anchor, paper.pixels(RADIUS))
    return as_png(
        composed(pixels, place, shot), paper, title=place.told.title, description=" ".join([*wanted.notes, place.told.banner]).strip()
    )


def marked(pixels: ByteArray, shot: Shot, walkers: Sequence[Walker], anchor: Anchor, radius: float) -> ByteArray:
    """A picture from above with a numbered mark for each walker, whose point shows where is looked. Radius: [px]."""
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    letters = font(radius * 1.15, is_bold=True)
    eye = shot.eye(anchor)
    for number, walker in enumerate(walkers, start=1):
        ((x, y, _),) = eye.seen(anchor.metres(np.array([[walker.longitude, walker.latitude, 0.0]])), shot.size).tolist()
        bearing = math.radians(walker.bearing - shot.view.bearing)

        def turned(angle: float, away: float, x: float = x, y: float = y) -> tuple[float, float]:
            return x + away * math.sin(angle), y - away * math.cos(angle)

        edge = max(2, round(radius / 5))
        pen.polygon([turned(bearing, 2.1 * radius), turned(bearing + 0.75, radius), turned(bearing - 0.75, radius)], fill=MARK)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=INSIDE, outline=MARK, width=edge)
        pen.text((x, y), str(number), font=letters, fill=MARK, anchor="mm")
    return np.asarray(picture, dtype=np.uint8)
