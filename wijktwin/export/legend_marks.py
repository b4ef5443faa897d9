"""The marks of a legend on a sheet: the colour, edge and hatching of what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import ImageDraw

from wijktwin.appearance import GROUND, Colour, Outline

PAPER: Final[Colour] = (255, 255, 255)
EDGE: Final[Colour] = (120, 128, 132)
STROKES: Final = 3
"""Of hatching, over one mark."""


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One line of a legend, in words.

    Parameters
    ----------
    fill
        Red, green, blue and perhaps opacity.
    outline
        Colour of the edge; None for a thin grey one.
    is_round
        Stands for a tree.
    is_on_ground
        Lies on ground where it lets something through.
    ground
        The colour of that ground.
    """

    words: str
    fill: tuple[int, ...]
    outline: tuple[int, ...] | None = None
    pattern: Outline = Outline.SOLID
    is_hatched: bool = False
    is_round: bool = False
    is_on_ground: bool = False
    ground: Colour = GROUND["green"]

    @property
    def seen(self) -> Colour:
        """The colour of its middle, with what shines through."""
        opacity = self.fill[3] / 255.0 if len(self.fill) > 3 else 1.0
        below = self.ground if self.is_on_ground else PAPER
        red, green, blue = (round(over * opacity + under * (1.0 - opacity)) for over, under in zip(self.fill[:3], below, strict=True))
        return red, green, blue


def draw_mark(pen: ImageDraw.ImageDraw, line: LegendLine, place: tuple[float, float, float]) -> None:
    """A mark with its upper left corner in a place, and a size. [px]"""
    x, y, size = place
    width = max(1, round(size / 9)) if line.outline else max(1, round(size / 20))
    edge: Colour = (line.outline[0], line.outline[1], line.outline[2]) if line.outline else EDGE
    box = (x, y, x + size * (1.0 if line.is_round else 1.3), y + size)
    if line.is_round:
        pen.ellipse(box, fill=line.seen)
    else:
        pen.rectangle(box, fill=line.seen)
    if line.is_hatched:
        for stroke in range(1, STROKES + 1):
            across = box[0] + (box[2] - box[0]) * stroke / (STROKES + 1)
            pen.line([(across - size / 4, box[3]), (across + size / 4, box[1])], fill=edge, width=max(1, width // 2))
    if line.is_round:
        _ring(pen, box, edge, width, line.pattern)
    else:
        _frame(pen, box, edge, width, line.pattern)


def _strokes(length: float, pattern: Outline, size: float) -> list[tuple[float, float]]:
    """Where along a length something is drawn, from and to."""
    if pattern is Outline.SOLID:
        return [(0.0, length)]
    dash, gap = (size * 0.32, size * 0.2) if pattern is Outline.DASHED else (size * 0.12, size * 0.16)
    n = max(1, round((length + gap) / (dash + gap)))
    step = (length + gap) / n
    return [(number * step, number * step + step - gap) for number in range(n)]


def _frame(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], edge: Colour, width: int, pattern: Outline) -> None:
    left, top, right, foot = box
    corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)]
    for (x0, y0), (x1, y1) in pairwise(corners):
        length = abs(x1 - x0) + abs(y1 - y0)
        for begin, end in _strokes(length, pattern, foot - top):
            along = [(x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length) for at in (begin, end)]
            pen.line(along, fill=edge, width=width)


def _ring(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], edge: Colour, width: int, pattern: Outline) -> None:
    for begin, end in _strokes(360.0, pattern, 90.0):
        pen.arc(box, begin, end, fill=edge, width=width)
