"""Letters on pictures: a font whose licence lets it be embedded, and text that is wrapped and never cut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageDraw, ImageFont

POINTS_PER_INCH: Final = 72.0
LINE: Final = 1.32
"""From one line to the next, in sizes of the letters."""
PLAIN, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
"""DejaVu may be used, embedded and passed on freely; matplotlib, which pyvista needs, brings it."""
_FOLDER: Final = Path("mpl-data") / "fonts" / "ttf"


def font_file(name: str = PLAIN) -> Path:
    """Where a font is.

    Raises
    ------
    FileNotFoundError
        It does not come with what is installed.
    """
    found = find_spec("matplotlib")
    places = [] if found is None else [Path(place) / _FOLDER / name for place in found.submodule_search_locations or ()]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(name)


@lru_cache(maxsize=64)
def font(size: float, *, is_bold: bool = False) -> ImageFont.FreeTypeFont:
    """A font in a size. [px]"""
    return ImageFont.truetype(str(font_file(BOLD if is_bold else PLAIN)), size)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text in one size.

    Parameters
    ----------
    size
        Of the letters. [px]
    """

    lines: tuple[str, ...]
    size: float
    is_bold: bool = False

    @property
    def height(self) -> float:
        """From the top of the first line to the foot of the last. [px]"""
        return len(self.lines) * self.size * LINE

    @property
    def width(self) -> float:
        """Of the longest line. [px]"""
        letters = font(self.size, is_bold=self.is_bold)
        return max((letters.getlength(line) for line in self.lines), default=0.0)

    def draw(self, pen: ImageDraw.ImageDraw, x: float, y: float, colour: tuple[int, int, int]) -> None:
        """Write it, with its upper left corner in a place."""
        letters = font(self.size, is_bold=self.is_bold)
        for place, line in enumerate(self.lines):
            pen.text((x, y + place * self.size * LINE), line, font=letters, fill=colour)


def wrapped(text: str, room: float, size: float, *, is_bold: bool = False) -> Block:
    """A text in lines that are not wider than the room; a word that is wider by itself is broken. [px]"""
    letters = font(size, is_bold=is_bold)
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.getlength(longer) <= room:
            lines[-1] = longer
        elif letters.getlength(word) <= room:
            lines.append(word)
        else:
            lines += _broken(word, room, letters)
    return Block(tuple(lines), size, is_bold)


def _broken(word: str, room: float, letters: ImageFont.FreeTypeFont) -> list[str]:
    """A long word in pieces that fit, one letter at least."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and letters.getlength(pieces[-1] + letter) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
