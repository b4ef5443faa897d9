"""Colours on the ground that mean something, for a picture: which ground has which colour, and in words what the colours mean."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from wijktwin.appearance import Colour
from wijktwin.export.legend_marks import LegendLine

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Tint = tuple[Colour, Sequence["BaseGeometry"]]
"""A colour, and the ground that has it in real coordinates. [m]"""


@dataclass(frozen=True, eq=False)
class GroundColours:
    """What is coloured, and how.

    Parameters
    ----------
    title
        What is coloured, as one sentence.
    tints
        From below to above.
    lines
        What each colour means, from low to high; colours that do not occur may be among them.
    notes
        Sentences on what the colours leave out and take for granted.
    """

    title: str
    tints: tuple[Tint, ...] = field(repr=False)
    lines: tuple[LegendLine, ...]
    notes: tuple[str, ...] = ()
    key: str = field(init=False)
    """Hash of what is drawn; told by `repr`, by which files are kept."""

    def __post_init__(self) -> None:
        found = hashlib.sha256()
        for colour, shapes in self.tints:
            found.update(repr(tuple(colour)).encode())
            for content in shapely.to_wkb(list(shapes)):
                found.update(content)
        object.__setattr__(self, "key", found.hexdigest())
