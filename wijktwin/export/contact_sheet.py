"""All moments of a shadow set on one sheet: a row for each moment, a column for each scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from wijktwin.export.drawn import ByteArray, Shot, Stills
from wijktwin.export.letters import Block, wrapped
from wijktwin.export.papers import Paper
from wijktwin.export.perspective import MapView
from wijktwin.export.picture import as_png
from wijktwin.export.sheet import INK, PALE, SAND, WHITE
from wijktwin.export.telling import VERY_LOW, Teller
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import text

CELL: Final = (440, 200)
"""One picture. [px]"""
LETTERS: Final = 15.0
"""[px]"""
MARGIN: Final = 36
GAP: Final = 10
DPI: Final = 150
MOST_IN_BLOCK: Final = 8
"""Rows under each other before a new block begins beside them."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One picture: a scenario at a moment."""

    label: str
    scenario: Scenario
    moment: datetime


class Thumbnails:
    """Draws stills, and keeps each of them small for the sheet, so that no picture is drawn twice."""

    def __init__(self, stills: Stills) -> None:
        self._stills = stills
        self._small: dict[tuple[str, datetime | None, MapView], ByteArray] = {}

    def draw(self, scenario: Scenario, shot: Shot) -> ByteArray:
        """The picture, shape (height, width, 3)."""
        key = scenario.key, shot.moment, shot.view
        if shot.size == CELL and key in self._small:
            return self._small[key]
        pixels = self._stills.draw(scenario, shot)
        if shot.size[0] * CELL[1] < shot.size[1] * CELL[0]:
            return pixels  # made small it would show less above and below than one that is drawn for the sheet
        small = ImageOps.fit(Image.fromarray(pixels), CELL, Image.Resampling.LANCZOS)
        self._small[key] = np.asarray(small, dtype=np.uint8)
        return pixels


def contact_sheet(stills: Stills, cells: Sequence[Cell], view: MapView, teller: Teller, *, title: str, columns: int) -> bytes:
    """The sheet as PNG; cells come row after row, ``columns`` to a row."""
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    n_blocks = math.ceil(len(rows) / MOST_IN_BLOCK)
    per_block = math.ceil(len(rows) / n_blocks)
    block_width = columns * (CELL[0] + GAP) + 3 * GAP
    width = 2 * MARGIN + n_blocks * block_width
    room = width - 2 * MARGIN
    labels = [wrapped(cell.label, CELL[0] - GAP, LETTERS, is_bold=True) for cell in rows[0]]
    captions = [wrapped(" ".join(teller.sun_notes(row[0].moment)[:1]), block_width - 4 * GAP, LETTERS) for row in rows]
    banner = teller.banner(*(cell.scenario for cell in cells))
    head = _head(teller, title, room, rows, banner)
    foot = _foot(teller, cells, room)
    label_height = max(label.height for label in labels) + GAP
    heights = [caption.height + CELL[1] + 2 * GAP for caption in captions]
    blocks = [range(first, min(first + per_block, len(rows))) for first in range(0, len(rows), per_block)]
    tallest = max(label_height + sum(heights[row] for row in block) for block in blocks)
    top = MARGIN + sum(block.height + GAP for block in head)
    sheet = Image.new("RGB", (width, math.ceil(top + tallest + sum(block.height + GAP for block in foot) + MARGIN)), WHITE)
    pen = ImageDraw.Draw(sheet)
    if banner:
        pen.rectangle((0, 0, width, MARGIN + head[0].height), fill=SAND)
    _under(pen, head, MARGIN, MARGIN - GAP)
    for number, block in enumerate(blocks):
        left, y = MARGIN + number * block_width, float(top)
        for column, label in enumerate(labels):
            label.draw(pen, left + column * (CELL[0] + GAP), y, INK)
        y += label_height
        for row in block:
            captions[row].draw(pen, left, y, PALE)
            for column, cell in enumerate(rows[row]):
                pixels = stills.draw(cell.scenario, Shot(view, CELL, cell.moment))
                sheet.paste(Image.fromarray(pixels), (left + column * (CELL[0] + GAP), round(y + captions[row].height + GAP / 2)))
            y += heights[row]
    _under(pen, foot, MARGIN, top + tallest)
    return as_png(
        sheet, Paper(sheet.width, sheet.height, DPI, LETTERS), title=title, description=" ".join(block.lines[0] for block in head)
    )


def _head(teller: Teller, title: str, room: float, rows: Sequence[Sequence[Cell]], banner: str) -> list[Block]:
    made_up = [wrapped(banner, room, LETTERS * 1.1, is_bold=True)] if banner else []
    lowest = any(teller.sun(row[0].moment).altitude < VERY_LOW for row in rows)
    note = [wrapped(text("export_pack.low_sun_note", teller.language), room, LETTERS)] if lowest else []
    limits = wrapped(text("export_picture.shade_limits", teller.language), room, LETTERS)
    return [*made_up, wrapped(title, room, LETTERS * 2, is_bold=True), limits, *note]


def _foot(teller: Teller, cells: Sequence[Cell], room: float) -> list[Block]:
    scenarios = list(dict.fromkeys(cell.scenario for cell in cells))
    return [wrapped(note, room, LETTERS) for note in teller.origin_notes(*scenarios)]


def _under(pen: ImageDraw.ImageDraw, blocks: Sequence[Block], x: float, y: float) -> None:
    for block in blocks:
        block.draw(pen, x, y, INK)
        y += block.height + GAP
