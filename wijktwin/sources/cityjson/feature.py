"""What is taken from a text before it is looked through: features, and what a document says once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.checks import Transform
from wijktwin.sources.cityjson.objects import CityObject


class WrittenLines:
    """Lines of text as they stand in a file, taken apart only when somebody wants one."""

    def __init__(self, text: bytes) -> None:
        self._text: bytes | None = text
        self._lines: list[bytes] = []

    @staticmethod
    def single(text: bytes) -> WrittenLines:
        """One text of any number of lines."""
        whole = WrittenLines(b"")
        whole._text, whole._lines = None, [text]
        return whole

    def _all(self) -> list[bytes]:
        if self._text is not None:
            self._lines, self._text = self._text.split(b"\n"), None
        return self._lines

    def __len__(self) -> int:
        """How many lines."""
        return len(self._all())

    def __getitem__(self, position: int) -> bytes:
        """One line, without its end."""
        return self._all()[position]

    def after(self, position: int) -> list[bytes]:
        """The lines that follow one."""
        return self._all()[position + 1 :]


class Feature(NamedTuple):
    """Some CityObjects with their own vertices: a CityJSONFeature, or a whole document."""

    objects: dict[str, CityObject]
    vertices: Any
    """A list, or the number of a lifted array."""
    written: tuple[WrittenLines, int] | None = None
    """The lines and which of them it was read from, where arrays were lifted out of it."""
    first_span: int = -1
    """Where the attributes of its first object are among those of the lifted text; -1 where nothing was lifted."""


@dataclass(slots=True)
class Header:
    """What a document says once for all of its objects."""

    source: str
    version: str
    transform: Transform
    templates: list[Any] = field(default_factory=list)
    template_vertices: FloatArray = field(default_factory=lambda: np.zeros((0, 3)))
