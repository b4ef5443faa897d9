"""A scene in one HTML file that needs no server and asks nobody for anything: geometry and renderer are inside."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pydeck as pdk

from layers.prepared import JSON
from wijktwin import appearance

RENDERER: Final = Path(pdk.__file__).resolve().parent / "nbextension" / "static" / "index.js"
INSIDE: Final = "inside:"


class Inside:
    """A `Publish` that keeps everything, to be put inside a file."""

    def __init__(self) -> None:
        self.contents: list[tuple[bytes, str]] = []
        self._places: dict[tuple[bytes, str], int] = {}

    def __call__(self, content: bytes, media_type: str) -> str:
        """Keep content and give the name it has inside the file."""
        place = self._places.setdefault((content, media_type), len(self.contents))
        if place == len(self.contents):
            self.contents.append((content, media_type))
        return f"{INSIDE}{place}"


def standalone_html(deck: pdk.Deck, inside: Inside, *, title: str, notes: Sequence[str], language: str) -> str:
    """The whole page.

    Parameters
    ----------
    deck
        Made from geometry that was prepared with ``publish=inside``.
    notes
        Sentences below the picture: sources with licences, the date, and that it is fictional where it is.
    """
    drawn = json.loads(deck.to_json())
    drawn["layers"] = [_with_contents(layer, inside) for layer in drawn["layers"]]
    renderer = RENDERER.read_text(encoding="utf-8").replace("</script", "<\\/script")
    sky, horizon = (f"rgb{colour}" for colour in (appearance.SKY, appearance.HORIZON))
    lines = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        'img-src data: blob:; connect-src data: blob:; worker-src blob:">'
        f"<style>html,body{{margin:0;height:100%;font:14px system-ui,sans-serif}}#scene{{position:absolute;inset:0 0 4rem;"
        f"background:linear-gradient({sky},{horizon} 62%)}}footer{{position:absolute;inset:auto 0 0;height:4rem;overflow:auto;"
        f"padding:.25rem .75rem;box-sizing:border-box}}p{{margin:.125rem 0}}</style></head><body>"
        f'<main id="scene" role="img" aria-label="{html.escape(title)}"></main><footer>{lines}</footer>'
        f"<script>{renderer}</script><script>{_starter(drawn)}</script></body></html>"
    )


def _with_contents(layer: dict[str, Any], inside: Inside) -> dict[str, Any]:
    filled = dict(layer)
    for name in ("data", "scenegraph"):
        address = layer.get(name)
        if not (isinstance(address, str) and address.startswith(INSIDE)):
            continue
        content, media_type = inside.contents[int(address.removeprefix(INSIDE))]
        filled[name] = json.loads(content) if media_type == JSON else f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    return filled


def _starter(drawn: dict[str, Any]) -> str:
    text = json.dumps(drawn, separators=(",", ":")).replace("</", "<\\/")
    return f"createDeck({{container:document.getElementById('scene'),jsonInput:{text},tooltip:null}});"
