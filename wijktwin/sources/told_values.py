"""The values of notes and errors as JSON and back, so that a note on the disk or from another process speaks both languages still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wijktwin.errors import Figure, Note
from wijktwin.model.provenance import LocalText

NOTE: Final = "$note"
TEXT: Final = "$text"
FIGURE: Final = "$figure"


def to_json(values: Mapping[str, object]) -> dict[str, Any]:
    """Values of a note or error as JSON values; what JSON has no word for becomes text."""
    return {name: _to_json(value) for name, value in values.items()}


def _to_json(value: object) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Note):
        return {NOTE: [value.key, to_json(value.values)]}
    if isinstance(value, LocalText):
        return {TEXT: [value.nl, value.en]}
    if isinstance(value, Figure):
        return {FIGURE: [value.value, None]}
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def from_json(values: Mapping[str, Any]) -> dict[str, object]:
    """The values again.

    Raises
    ------
    ValueError, TypeError
        They are not what `to_json` made.
    """
    return {name: _from_json(value) for name, value in values.items()}


def _from_json(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, dict):
        ((kind, (first, second)),) = value.items()
        if kind == FIGURE:
            return Figure(float(first))
        return Note(str(first), **from_json(second)) if kind == NOTE else LocalText(nl=str(first), en=str(second))
    return value
