"""All moments of a shadow set on one sheet: a row for each moment, a column for each scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from wijktwin.export.drawn import ByteArray, Shot, Stills
from wijktwin.export.legend_marks import LegendLine, draw_mark
from wijktwin.export.letters import POINTS_PER_INCH, Block, wrapped
from wijktwin.export.papers import Paper
from wijktwin.export.perspective import MapView
from wijktwin.export.picture import as_png
from wijktwin.export.sheet import INK, PALE, SAND, WHITE, draw_north, draw_scale
from wijktwin.export.telling import Teller
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import text

CELL: Final = (440, 200)
"""One picture. [px]"""
LETTERS: Final = 15.0
"""[px]"""
MARGIN: Final = 36
GAP: Final = 10
DPI: Final = 150
ARROW: Final = 70.0
"""[px]"""
SCALE_WIDTH: Final = 330.0
"""Room for the scale and what it holds for. [px]"""
LEGEND_COLUMN: Final = 260.0
"""[px]"""
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
    captions = [wrapped(teller.sun_caption(row[0].moment), block_width - 4 * GAP, LETTERS) for row in rows]
    banner = teller.banner(*(cell.scenario for cell in cells))
    head = _head(teller, title, room, rows, banner)
    paper = Paper(width, width, DPI, LETTERS * POINTS_PER_INCH / DPI)
    shot = Shot(view, CELL)
    key = _Key(teller, cells, paper, shot)
    foot = _foot(teller, cells, room)
    label_height = max(label.height for label in labels) + GAP
    heights = [caption.height + CELL[1] + 3 * GAP for caption in captions]
    blocks = [range(first, min(first + per_block, len(rows))) for first in range(0, len(rows), per_block)]
    tallest = max(label_height + sum(heights[row] for row in block) for block in blocks)
    top = MARGIN + sum(block.height + GAP for block in head)
    below = top + tallest + key.height
    sheet = Image.new("RGB", (width, math.ceil(below + sum(block.height + GAP for block in foot) + MARGIN)), WHITE)
    pen = ImageDraw.Draw(sheet)
    if banner:
        pen.rectangle((0, 0, width, MARGIN - GAP / 2 + head[0].height), fill=SAND)
    _under(pen, head, MARGIN, MARGIN - GAP)
    for number, block in enumerate(blocks):
        left, y = MARGIN + number * block_width, float(top)
        for column, label in enumerate(labels):
            label.draw(pen, left + column * (CELL[0] + GAP), y, INK)
        y += label_height
        for row in block:
            captions[row].draw(pen, left, y, PALE)
            for column, cell in enumerate(rows[row]):
                pixels = stills.draw(cell.scenario, replace(shot, moment=cell.moment))
                sheet.paste(Image.fromarray(pixels), (left + column * (CELL[0] + GAP), round(y + captions[row].height + GAP / 2)))
            y += heights[row]
    key.draw(pen, top + tallest)
    _under(pen, foot, MARGIN, below)
    return as_png(sheet, paper, title=title, description=" ".join(line for block in head for line in block.lines))


class _Key:
    """North, a scale and what colours mean: the same for all pictures on the sheet."""

    def __init__(self, teller: Teller, cells: Sequence[Cell], paper: Paper, shot: Shot) -> None:
        self._paper, self._shot, self._north = paper, shot, text("export_picture.north", teller.language)
        self._note = None if shot.view.is_level else wrapped(teller.scale_note(shot), SCALE_WIDTH, LETTERS * 0.85)
        lines = dict.fromkeys(line for cell in cells for line in teller.legend.get((cell.scenario.key, True), ()))
        self._title = wrapped(text("export_picture.legend", teller.language), LEGEND_COLUMN, LETTERS, is_bold=True)
        blocks = [(line, wrapped(line.words, LEGEND_COLUMN - 2.6 * LETTERS, LETTERS)) for line in lines]
        self._left = MARGIN + SCALE_WIDTH + 3 * GAP
        per_row = max(1, int((paper.width - MARGIN - self._left) // LEGEND_COLUMN))
        self._rows = [blocks[first : first + per_row] for first in range(0, len(blocks), per_row)]
        legend = sum(self._row_height(row) for row in self._rows) + (self._title.height + GAP / 2 if blocks else 0.0)
        self.height = max(legend, ARROW + 2 * GAP + (self._note.height if self._note else 0.0)) + 2 * GAP

    @staticmethod
    def _row_height(row: Sequence[tuple[LegendLine, Block]]) -> float:
        return max(*(block.height for _, block in row), LETTERS * 1.3) + GAP / 2

    def draw(self, pen: ImageDraw.ImageDraw, top: float) -> None:
        """All of it, from a height down. [px]"""
        draw_north(pen, (MARGIN, top, ARROW), self._shot.view.bearing, self._north)
        if self._note is not None:
            draw_scale(pen, (MARGIN + ARROW + 2 * GAP, top + ARROW / 2, LETTERS), self._paper, self._shot)
            self._note.draw(pen, MARGIN, top + ARROW + 2 * GAP, PALE)
        if not self._rows:
            return
        self._title.draw(pen, self._left, top, INK)
        y = top + self._title.height + GAP / 2
        for row in self._rows:
            for column, (line, block) in enumerate(row):
                x = self._left + column * LEGEND_COLUMN
                draw_mark(pen, line, (x, y + LETTERS * 0.1, LETTERS * 1.1))
                block.draw(pen, x + 2 * LETTERS, y, INK)
            y += self._row_height(row)


def _head(teller: Teller, title: str, room: float, rows: Sequence[Sequence[Cell]], banner: str) -> list[Block]:
    made_up = [wrapped(banner, room, LETTERS * 1.1, is_bold=True)] if banner else []
    lowest = any(teller.is_very_low(row[0].moment) for row in rows)
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
