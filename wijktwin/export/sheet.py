"""A sheet around a picture: title, what is shown, legend, north, scale, the sun, sources and how to get back to it.

`layout` decides where everything stands before the picture is drawn, so that the picture is drawn as large as it will be. Nothing is cut:
text is wrapped, and made smaller where it would take too much of the sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from wijktwin import appearance
from wijktwin.export.drawn import ByteArray, Shot
from wijktwin.export.legend_marks import LegendLine, draw_mark
from wijktwin.export.letters import Block, font, wrapped
from wijktwin.export.papers import Paper
from wijktwin.export.qr import QUIET_ZONE, n_modules, qr_code

Room = tuple[int, int]
"""From which row of pixels to which there is a picture on a sheet. [px]"""

INK: Final[appearance.Colour] = (28, 42, 48)
PALE: Final[appearance.Colour] = (92, 104, 110)
WHITE: Final[appearance.Colour] = (255, 255, 255)
SAND: Final[appearance.Colour] = (255, 243, 204)
SAND_LINE: Final[appearance.Colour] = (138, 97, 0)
NEEDLE: Final[appearance.Colour] = (178, 58, 44)
TAIL: Final[appearance.Colour] = (140, 151, 156)

TITLE: Final = 1.9
"""Size of the title, in sizes of the text."""
MARGIN: Final = 14.0
"""Around everything. [pt]"""
GAP: Final = 8.0
"""Between things. [pt]"""
MOST_BELOW: Final = 0.36
"""What stands below the picture may take this share of the sheet; text is made smaller until it does."""
SHRINKING: Final = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
COLUMN: Final = 112.0
"""A column of the legend is at least so wide. [pt]"""
LEGEND_SHARE: Final = 0.40
"""Of the width below the picture."""
QR_SIZE: Final = 84.0
"""[pt]"""
SMALLEST_MODULE: Final = 3
"""Readers of codes find one with smaller modules only now and then. [px]"""
ARROW: Final = 34.0
"""[pt]"""
SCALE_ROOM: Final = 110.0
"""A scale is at most so long. [pt]"""
DIGITS: Final = (5, 2, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """All that a sheet says in words.

    Parameters
    ----------
    title, subtitle
        Above the picture.
    notes
        Sentences below it: the sun, how it was made, sources.
    legend_title, legend
        What colours and lines mean.
    banner
        "" where nothing is fictional.
    north
        The letter in the arrow.
    scale_note
        What the scale holds for; "" draws none.
    link
        Where the picture can be seen on a screen; "" for nowhere. With a QR code where it begins with http.
    link_text
        How the link is told.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    legend_title: str
    legend: tuple[LegendLine, ...]
    banner: str = ""
    north: str = "N"
    scale_note: str = ""
    link: str = ""
    link_text: str = ""

    @property
    def has_code(self) -> bool:
        """Whether the link is an address that a phone can open."""
        return self.link.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of text and its upper left corner. [px]"""

    block: Block
    x: float
    y: float
    colour: appearance.Colour = INK

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and foot. [px]"""
        return self.x, self.y, self.x + self.block.width, self.y + self.block.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands on a sheet.

    Parameters
    ----------
    picture
        Left, top, width and height of the picture. [px]
    texts
        All that is written, but for the length of the scale and the letter of the arrow.
    marks
        The colours of the legend: left, top and size of each. [px]
    share
        How large letters are, of what they are where there is room.
    """

    paper: Paper
    told: Told
    picture: tuple[int, int, int, int]
    texts: tuple[Placed, ...]
    marks: tuple[tuple[LegendLine, float, float, float], ...]
    banner_height: float
    arrow: tuple[float, float, float]
    scale: tuple[float, float, float]
    code: tuple[float, float, float] | None
    share: float = 1.0

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the picture to be drawn. [px]"""
        return self.picture[2], self.picture[3]


def layout(told: Told, paper: Paper, room: Room | None = None) -> Layout:
    """Where everything stands; text gets smaller until enough room is left for the picture.

    Parameters
    ----------
    room
        From `shared_room`, for a sheet among others.
    """
    found = _laid_out(told, paper, SHRINKING[0], None)
    for share in SHRINKING[1:]:
        if found.picture[1] + found.picture[3] >= (1.0 - MOST_BELOW) * paper.height:
            break
        found = _laid_out(told, paper, share, None)
    return found if room is None else _laid_out(told, paper, found.share, room)


def shared_room(sheets: Iterable[Told], paper: Paper) -> Room:
    """The part of the paper that the words of none of these sheets need: with the same size, pictures show the same part of the world."""
    found = [layout(told, paper).picture for told in sheets]
    return max(top for _, top, _, _ in found), min(top + height for _, top, _, height in found)


def composed(pixels: ByteArray, place: Layout, shot: Shot) -> Image.Image:
    """The whole sheet.

    Parameters
    ----------
    pixels
        The picture in the size of `Layout.picture_size`.
    """
    paper, told = place.paper, place.told
    sheet = Image.new("RGB", (paper.width, paper.height), WHITE)
    pen = ImageDraw.Draw(sheet)
    if place.banner_height:
        pen.rectangle((0, 0, paper.width, place.banner_height), fill=SAND)
        pen.rectangle((0, 0, paper.pixels(4), place.banner_height), fill=SAND_LINE)
    sheet.paste(Image.fromarray(pixels), place.picture[:2])
    for placed in place.texts:
        placed.block.draw(pen, placed.x, placed.y, placed.colour)
    for line, x, y, size in place.marks:
        draw_mark(pen, line, (x, y, size))
    draw_north(pen, place.arrow, shot.view.bearing, told.north)
    if told.scale_note:
        draw_scale(pen, place.scale, place.paper, shot)
    if place.code is not None:
        _code(sheet, told.link, place.code)
    return sheet


# ------------------------------------------------------------------------------------------------------------ where it stands
def _laid_out(told: Told, paper: Paper, share: float, asked: Room | None) -> Layout:
    size = paper.pixels(paper.letters) * share
    margin, gap = paper.pixels(MARGIN), paper.pixels(GAP)
    room = paper.width - 2 * margin
    texts: list[Placed] = []
    top = 0.0
    if told.banner:
        banner = wrapped(told.banner, room, size, is_bold=True)
        texts.append(Placed(banner, margin, gap / 2))
        top = banner.height + gap
    banner_height = top
    for words, scale, is_bold, colour in ((told.title, TITLE, True, INK), (told.subtitle, 1.15, False, INK)):
        block = wrapped(words, room, size * scale, is_bold=is_bold)
        texts.append(Placed(block, margin, top + gap / 2, colour))
        top += block.height + gap / 2
    top += gap
    below = _Below(told, paper, size)
    first, last = asked or (math.ceil(top), math.floor(paper.height - below.height - margin - gap))
    picture = (round(margin), first, round(room), max(1, last - first))
    foot = last + gap
    moved = [Placed(one.block, one.x, one.y + foot, one.colour) for one in below.texts]
    marks = tuple((line, x, y + foot, extent) for line, x, y, extent in below.marks)
    code = None if below.code is None else (below.code[0], below.code[1] + foot, below.code[2])
    arrow = (margin, foot, paper.pixels_with_letters(ARROW))
    scale_at = (margin + arrow[2] + 2 * gap, foot + arrow[2] / 2, size)
    return Layout(paper, told, picture, (*texts, *moved), marks, banner_height, arrow, scale_at, code, share)


class _Below:
    """What stands below the picture, counted from its own top: arrow and scale at the left, the legend, and sentences with the code."""

    def __init__(self, told: Told, paper: Paper, size: float) -> None:
        self._paper, self._size = paper, size
        self._margin, self._gap = paper.pixels(MARGIN), paper.pixels(GAP)
        self.texts: list[Placed] = []
        self.marks: list[tuple[LegendLine, float, float, float]] = []
        self.code: tuple[float, float, float] | None = None
        left = paper.pixels_with_letters(ARROW + SCALE_ROOM) + 2 * self._gap
        room = paper.width - 2 * self._margin
        legend_room = room * LEGEND_SHARE
        first = self._margin + left + self._gap
        second = first + legend_room + 2 * self._gap
        self.height = max(
            self._scale_note(told, left),
            self._legend(told, first, legend_room),
            self._notes(told, second, paper.width - self._margin - second),
        )

    def _scale_note(self, told: Told, room: float) -> float:
        top = self._paper.pixels_with_letters(ARROW) + 1.6 * self._gap
        if not told.scale_note:
            return top
        block = wrapped(told.scale_note, room, self._size * 0.85)
        self.texts.append(Placed(block, self._margin, top, PALE))
        return top + block.height

    def _legend(self, told: Told, left: float, room: float) -> float:
        if not told.legend:
            return 0.0
        head = wrapped(told.legend_title, room, self._size, is_bold=True)
        self.texts.append(Placed(head, left, 0.0))
        mark = self._size * 1.1
        share = self._size / self._paper.pixels(self._paper.letters)
        longest = Block(tuple(word for line in told.legend for word in line.words.split()), self._size * 0.9).width
        narrowest = max(self._paper.pixels_with_letters(COLUMN) * share, longest + 2.2 * mark)
        n_columns = max(1, int(room // narrowest))
        column = room / n_columns
        blocks = [wrapped(line.words, column - 2.2 * mark, self._size * 0.9) for line in told.legend]
        rows = [max(block.height, mark * 1.15) + self._size * 0.25 for block in blocks]
        tallest = sum(rows) / n_columns
        place, x, y, lowest = 0, left, head.height, head.height
        for line, block, row in zip(told.legend, blocks, rows, strict=True):
            if y > head.height and y + row / 2 - head.height > tallest and place < n_columns - 1:
                place, x, y = place + 1, x + column, head.height
            self.marks.append((line, x, y + self._size * 0.1, mark))
            self.texts.append(Placed(block, x + 1.6 * mark, y))
            y += row
            lowest = max(lowest, y)
        return lowest

    def _notes(self, told: Told, left: float, room: float) -> float:
        y = 0.0
        code = max(self._paper.pixels_with_letters(QR_SIZE), SMALLEST_MODULE * _width_of(told.link)) if told.has_code else 0.0
        if code:
            self.code = (left + room - code, 0.0, code)
        for words in (*told.notes, told.link_text):
            if not words:
                continue
            narrow = room - code - self._gap if code and y < code else room
            block = wrapped(words, narrow, self._size * 0.9)
            self.texts.append(Placed(block, left, y))
            y += block.height + self._size * 0.35
        return max(y, code)


# --------------------------------------------------------------------------------------------------------------- north and scale
def draw_north(pen: ImageDraw.ImageDraw, place: tuple[float, float, float], bearing: float, letter: str) -> None:
    """The needle, turned as the picture is: left, top and size [px], and where is looked, clockwise from north [°]."""
    x, y, size = place
    middle = (x + size / 2, y + size / 2)
    angle = math.radians(-bearing)

    def turned(across: float, up: float) -> tuple[float, float]:
        return (
            middle[0] + size * (across * math.cos(angle) + up * math.sin(angle)),
            middle[1] + size * (across * math.sin(angle) - up * math.cos(angle)),
        )

    width = max(1, round(size / 30))
    pen.ellipse((x, y, x + size, y + size), outline=TAIL, width=width)
    pen.polygon([turned(0, 0.36), turned(0.13, 0), turned(-0.13, 0)], fill=NEEDLE)
    pen.polygon([turned(0, -0.36), turned(0.13, 0), turned(-0.13, 0)], fill=TAIL)
    letters = font(size * 0.28, is_bold=True)
    pen.text(turned(0, 0.36 + 0.22), letter, font=letters, fill=INK, anchor="mm", stroke_width=max(1, round(size / 24)), stroke_fill=WHITE)


def scale_length(metres_per_pixel: float, most_pixels: float) -> float:
    """A round length that is drawn in at most so many pixels. [m]"""
    most = metres_per_pixel * most_pixels
    power = 10.0 ** math.floor(math.log10(most))
    return next((digit * power for digit in DIGITS if digit * power <= most), power)


def draw_scale(pen: ImageDraw.ImageDraw, place: tuple[float, float, float], paper: Paper, shot: Shot) -> None:
    """A scale for the middle of a picture: left, height of its line, and size of its letters. [px]"""
    x, y, size = place
    metres_per_pixel = 1.0 / (shot.view.scale * shot.ratio)
    metres = scale_length(metres_per_pixel, paper.pixels_with_letters(SCALE_ROOM))
    length, tick = metres / metres_per_pixel, size * 0.5
    width = max(1, round(paper.pixels(1.2)))
    pen.line([(x, y - tick), (x, y), (x + length, y), (x + length, y - tick)], fill=INK, width=width)
    shown = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    pen.text((x + length / 2, y + tick * 0.6), shown, font=font(size), fill=INK, anchor="ma")


_width_of = lru_cache(maxsize=256)(n_modules)


def _code(sheet: Image.Image, link: str, place: tuple[float, float, float]) -> None:
    """A QR code of whole pixels per module."""
    code = qr_code(link)
    rows = [list(row) for row in code.matrix_iter(border=QUIET_ZONE)]
    step = int(place[2] // len(rows))
    picture = Image.new("1", (len(rows), len(rows)))
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    side = step * len(rows)
    sheet.paste(picture.resize((side, side), Image.Resampling.NEAREST).convert("RGB"), (round(place[0] + place[2] - side), round(place[1])))
