"""Names of streets in a still, by the rules of the scene in the browser (ui/scene/names.js)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wijktwin import appearance
from wijktwin.export.drawn import ByteArray, Drawing, Faces, Shot
from wijktwin.export.letters import font
from wijktwin.export.perspective import Eye

LETTERS: Final = 14.0
"""[px of the screen]"""
APART: Final = 14.0
"""Room that stays free around a name. [px of the screen]"""
ROOM: Final = 45_000.0
"""Of the picture for every name. [px² of the screen]"""
MOST, FEWEST = 14, 3
OF_STREET: Final = 0.6
"""A street shows at least this share of the length of its name."""
HALF_LINE: Final = 0.7
EDGE: Final = 8.0
"""No name comes nearer to the edge. [px of the screen]"""
HALO: Final = 2.4


@dataclass(frozen=True, slots=True)
class Written:
    """A name, the middle of where it is written and the box around it. [px]"""

    text: str
    x: float
    y: float
    box: tuple[float, float, float, float]


def named(pixels: ByteArray, drawing: Drawing, shot: Shot) -> ByteArray:
    """A picture with the names of streets that there is room for; none where somebody stands on the ground."""
    found = chosen(drawing, shot)
    if not found:
        return pixels
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    letters = font(LETTERS * shot.ratio, is_bold=True)
    for name in found:
        pen.text(
            (name.x, name.y), name.text, font=letters, fill=appearance.STREET_NAME, anchor="mm",
            stroke_width=max(1, round(HALO * shot.ratio)), stroke_fill=appearance.STREET_NAME_EDGE,
        )  # fmt: skip
    return np.asarray(picture, dtype=np.uint8)


def chosen(drawing: Drawing, shot: Shot) -> list[Written]:
    """Each name once, the longest street first, at the first of its places that is free."""
    if shot.view.is_level or not drawing.names:
        return []
    width, height = shot.size
    ratio, eye = shot.ratio, shot.eye(drawing.anchor)
    most = min(max(int(width * height / ratio**2 / ROOM), FEWEST), MOST)
    letters = font(LETTERS * ratio, is_bold=True)
    built = _built(drawing, eye, shot.size)
    seen = eye.seen(np.array([name.place for name in drawing.names]), shot.size)
    scale = shot.size[1] / 2.0 / math.tan(math.radians(eye.field) / 2.0)
    found: dict[str, Written] = {}
    for name, (x, y, away) in zip(drawing.names, seen.tolist(), strict=True):
        if len(found) >= most:
            break
        half, tall = letters.getlength(name.text) / 2.0, LETTERS * ratio * HALF_LINE
        if name.text in found or not away > 0 or name.length * scale / away < 2 * half * OF_STREET:
            continue
        box = (x - half, y - tall, x + half, y + tall)
        if _is_free(box, found.values(), shot) and not _is_over(built, box):
            found[name.text] = Written(name.text, x, y, box)
    return list(found.values())


def _is_free(box: tuple[float, float, float, float], others: Iterable[Written], shot: Shot) -> bool:
    edge, apart = EDGE * shot.ratio, APART * shot.ratio
    left, top, right, foot = box
    if left < edge or top < edge or right > shot.size[0] - edge or foot > shot.size[1] - edge:
        return False
    taken = [other.box for other in others]
    return not any(left - apart < o[2] and o[0] < right + apart and top - apart < o[3] and o[1] < foot + apart for o in taken)


def _built(drawing: Drawing, eye: Eye, size: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Where new buildings of plans stand in the picture, a quarter of its size; None where there are none."""
    pieces = [piece for piece in drawing.pieces if isinstance(piece, Faces) and piece.key in drawing.built]
    if not pieces:
        return None
    mask = Image.new("1", (max(1, size[0] // 4), max(1, size[1] // 4)))
    pen = ImageDraw.Draw(mask)
    for piece in pieces:
        seen = eye.seen(piece.points.astype(np.float64), size)[:, :2] / 4.0
        for triangle in seen[piece.triangles]:
            if np.isfinite(triangle).all():
                pen.polygon([(float(x), float(y)) for x, y in triangle], fill=1)
    return np.asarray(mask, dtype=np.bool_)


def _is_over(mask: NDArray[np.bool_] | None, box: tuple[float, float, float, float]) -> bool:
    """Whether any of a box lies over what is built."""
    if mask is None:
        return False
    left, top, right, foot = (max(int(edge // 4), 0) for edge in box)
    return bool(mask[top : foot + 1, left : right + 1].any())
