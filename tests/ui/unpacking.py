"""Messages of the scene as the browser reads them."""

from __future__ import annotations

import json
from typing import Any

from ui.geometry_store import STORE, GeometryStore
from ui.scene.packing import KNOWN


def unpacked(message: dict[str, Any], store: GeometryStore = STORE) -> dict[str, Any]:
    """What a message says, with what its table says of it."""
    table = json.loads(store.get(message["known"].rpartition("/")[2]).content())["table"]
    found: dict[str, Any] = full(message, table)
    return found


def full(value: Any, table: list[Any]) -> Any:
    """A value with what is in the table in the place of its numbers."""
    match value:
        case list():
            return [full(one, table) for one in value]
        case dict() if KNOWN in value:
            return full(table[value[KNOWN]], table)
        case dict():
            return {name: full(one, table) for name, one in value.items()}
        case _:
            return value
