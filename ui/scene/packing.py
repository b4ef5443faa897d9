"""Messages of the scene: what other messages of the same neighbourhood say as well is fetched once. ``packing.js`` puts it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

KNOWN: Final = "="
"""The only key of what stands for something in the table: its number."""
SHORTEST: Final = 24
"""What is shorter stands in a message as it is. [bytes of JSON]"""
OWN: Final = frozenset({"id", "data", "scenegraph"})
"""What every layer says for itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """What browsers have fetched.

    Parameters
    ----------
    address
        Where they find it.
    places
        Number of each value, by its JSON.
    """

    address: str
    places: Mapping[bytes, int]


def entries(messages: Iterable[Any]) -> dict[bytes, int]:
    """Number of every list and mapping in some messages, each once, by its JSON; in an entry, numbers stand for earlier entries."""
    places: dict[bytes, int] = {}
    for message in messages:
        _short(message, places, is_growing=True)
    return places


def packed(message: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """A message in which numbers stand for what is in the table.

    With 5,000 buildings and a plan it leaves 3 kB of 38 kB.
    """
    return {name: _short(value, table.places) for name, value in message.items()}


def told_apart(deck: Mapping[str, Any]) -> dict[str, Any]:
    """A deck as JSON, in which each layer has what it says for itself, and under ``like`` what other layers may say too."""
    layers = []
    for layer in deck["layers"]:
        own = {name: value for name, value in layer.items() if name in OWN}
        layers.append({**own, "like": {name: value for name, value in layer.items() if name not in OWN}})
    return {**deck, "layers": layers}


def _short(value: Any, places: dict[bytes, int] | Mapping[bytes, int], *, is_growing: bool = False) -> Any:  # noqa: ANN401  any JSON
    match value:
        case dict():
            inner: Any = {name: _short(one, places, is_growing=is_growing) for name, one in value.items()}
        case list() | tuple():
            inner = [_short(one, places, is_growing=is_growing) for one in value]
        case _:
            return value
    text = orjson.dumps(inner)
    number = places.get(text)
    if number is None and is_growing and len(text) >= SHORTEST and isinstance(places, dict):
        number = places[text] = len(places)
    return inner if number is None else {KNOWN: number}
