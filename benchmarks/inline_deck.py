"""A deck with its geometry inside, as somebody would give it to ``st.pydeck_chart``."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

import pydeck as pdk

from layers.standalone import INSIDE

PLAN_ID: Final = "vogeltorens"
"""The plan of the example that is switched."""


def with_contents(deck: pdk.Deck, contents: Sequence[tuple[bytes, str]], kinds: frozenset[str] = frozenset()) -> pdk.Deck:
    """The same deck with what was published inside it (`layers.standalone.Inside`): rows as objects, the model of a tree as base64.

    Parameters
    ----------
    kinds
        First words of the ids of the layers that are kept; all of them where there are none.
    """
    layers = [layer for layer in deck.layers if not kinds or layer.id.partition("/")[0] in kinds]
    for layer in layers:
        if isinstance(layer.data, str):
            layer.data = json.loads(contents[_place(layer.data)][0])
        model = getattr(layer, "scenegraph", None)
        if model is not None:
            content, media_type = contents[_place(str(model).strip("'\""))]
            layer.scenegraph = pdk.types.String(f"data:{media_type};base64,{base64.b64encode(content).decode()}")
    return pdk.Deck(layers, initial_view_state=deck.initial_view_state, views=deck.views, map_provider=None)


def _place(address: str) -> int:
    return int(address.removeprefix(INSIDE))
