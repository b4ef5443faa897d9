"""What a report is made of: headings, paragraphs, lists, tables and pictures, as plain data for the typesetter.

Everything is JSON: the typesetter gets texts as values and never as something to interpret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wijktwin.export.legend_marks import EDGE

if TYPE_CHECKING:
    from wijktwin.export.legend_marks import LegendLine

Block = dict[str, Any]
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the report.

    Parameters
    ----------
    content
        PNG, JPEG or SVG; ``suffix`` says which ("png").
    alt
        What is to be seen, for whoever does not see it.
    """

    name: str
    content: bytes = field(repr=False)
    suffix: str
    alt: str
    caption: str

    @property
    def file_name(self) -> str:
        """Under which the typesetter finds it."""
        return f"{self.name}.{self.suffix}"


def heading(words: str, *, level: int = 1, breaks: bool = False) -> Block:
    """A heading; ``breaks`` begins a new page with it."""
    return {"kind": "heading", "text": words, "level": level, "breaks": breaks}


def paragraph(words: str, *, style: str = "") -> Block:
    """A paragraph; ``style`` is "lead", "small", "formula", "label" (which stays with what follows) or ""."""
    return {"kind": "paragraph", "text": words, "style": style}


def bullets(lines: Iterable[str], *, style: str = "") -> Block:
    """A list."""
    return {"kind": "bullets", "lines": list(lines), "style": style}


def contents(title: str) -> Block:
    """The chapters with their pages."""
    return {"kind": "contents", "title": title}


def box(title: str, lines: Iterable[str]) -> Block:
    """A framed remark."""
    return {"kind": "box", "title": title, "lines": list(lines)}


def kept(parts: Sequence[Block]) -> Block:
    """Blocks that stay on one page."""
    return {"kind": "kept", "parts": list(parts)}


def columns(parts: Sequence[Sequence[Block]]) -> Block:
    """Blocks beside each other, two in a row."""
    return {"kind": "columns", "parts": [list(part) for part in parts]}


def beside(first: Block, others: Sequence[Block], *, share: float) -> Block:
    """One block at the left and others at its right; ``share`` is the width of the first in per cent of the text."""
    return {"kind": "beside", "first": first, "others": list(others), "share": share}


def figure(picture: Picture, *, width: float = 100.0) -> Block:
    """A picture with its caption; ``width`` in per cent of the text."""
    return {"kind": "figure", "file": picture.file_name, "alt": picture.alt, "caption": picture.caption, "width": width}


def pictures(title: str, caption: str, shown: Iterable[tuple[str, Picture | None, str]]) -> Block:
    """Pictures of one place beside each other, two in a row, each with its title; a sentence where there is no picture."""
    items = [
        {"title": name, "file": "" if picture is None else picture.file_name, "alt": "" if picture is None else picture.alt, "why": why}
        for name, picture, why in shown
    ]
    return {"kind": "pictures", "title": title, "caption": caption, "items": items}


def legend(title: str, lines: Iterable[LegendLine], *, n: int = 1) -> Block:
    """What colours and lines mean, in so many columns where there are many."""
    told = [
        {
            "text": line.words,
            "fill": _hex(line.seen),
            "edge": _hex(line.outline or EDGE),
            "has_edge": line.outline is not None,
            "dash": line.pattern.value,
            "is_round": line.is_round,
            "is_hatched": line.is_hatched,
        }
        for line in lines
    ]
    return {"kind": "legend", "title": title, "lines": told, "n": n}


def _hex(colour: Sequence[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in colour[:3])


def cell(*lines: str, small: Iterable[str] = (), bold: str = "") -> Cell:
    """A cell of a table: one bold line, plain lines, small lines; empty ones are left out."""
    told = [*((bold, "bold"),), *((line, "") for line in lines), *((line, "small") for line in small)]
    return {"lines": [[words, style] for words, style in told if words]}


def row(*cells: Cell | str) -> Block:
    """One row."""
    return {"cells": [cell(each) if isinstance(each, str) else each for each in cells]}


def group(words: str) -> Block:
    """A heading over the rows that follow it."""
    return {"group": words}


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Block], *, widths: Sequence[float], numbers: Iterable[int] = (), style: str = ""
) -> Block:
    """A table with a row of headings; the first cell of each row is its heading too.

    Parameters
    ----------
    widths
        Shares of the width of the text.
    numbers
        Columns, from 0, whose cells stand to the right.
    """
    return {
        "kind": "table",
        "caption": caption,
        "heads": list(heads),
        "rows": list(rows),
        "widths": list(widths),
        "numbers": list(numbers),
        "style": style,
    }
