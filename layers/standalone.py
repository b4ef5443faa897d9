"""A scene in one HTML file that needs no server and asks nobody for anything: geometry and renderer are inside."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pydeck as pdk

from layers.legend import LegendEntry
from layers.prepared import JSON
from wijktwin import appearance

RENDERER: Final = Path(pdk.__file__).resolve().parent / "nbextension" / "static" / "index.js"
INSIDE: Final = "inside:"
OPEN_WHERE_WIDE: Final = "if(innerWidth>640)document.querySelector('details')?.setAttribute('open','');"
"""On a phone the legend is closed at first: it would hide the picture."""


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


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the picture.

    Parameters
    ----------
    title
        What is seen: the place and the scenario.
    notes
        Sentences below the picture: what is in it, sources with licences, the date.
    banner
        That it is fictional, where it is.
    description
        What is in the picture, for whoever does not see it; the title where empty.
    legend_title, legend
        What the colours mean, each with its words.
    """

    title: str
    notes: Sequence[str] = ()
    banner: str = ""
    description: str = ""
    legend_title: str = ""
    legend: Sequence[tuple[LegendEntry, str]] = ()


def standalone_html(deck: pdk.Deck, inside: Inside, around: Around, *, language: str) -> str:
    """The whole page: one file that opens without a server and without internet.

    Parameters
    ----------
    deck
        Made from geometry that was prepared with ``publish=inside``.
    """
    drawn = json.loads(deck.to_json())
    drawn["layers"] = [_with_contents(layer, inside) for layer in drawn["layers"]]
    renderer = RENDERER.read_text(encoding="utf-8").replace("</script", "<\\/script")
    title, described = html.escape(around.title), html.escape(around.description or around.title)
    lines = "".join(f"<p>{html.escape(note)}</p>" for note in around.notes)
    banner = f'<p class="banner" role="note">{html.escape(around.banner)}</p>' if around.banner else ""
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        'img-src data: blob:; connect-src data: blob:; worker-src blob:">'
        f"<style>{_style()}</style></head><body><header><h1>{title}</h1>{banner}</header>"
        f'<main><div id="scene" role="img" aria-label="{described}"></div>{_legend(around)}</main>'
        f"<footer>{lines}</footer><script>{renderer}</script><script>{OPEN_WHERE_WIDE}{_starter(drawn)}</script></body></html>"
    )


def _style() -> str:
    sky, horizon = (f"rgb{colour}" for colour in (appearance.SKY, appearance.HORIZON))
    return (
        "html,body{margin:0;height:100%;font:14px/1.4 system-ui,sans-serif;color:#1c2a30}body{display:flex;flex-direction:column}"
        "header{padding:.5rem .75rem}h1{font-size:1.25rem;margin:0}p{margin:.125rem 0}.banner{font-weight:600;background:#fff1c9;"
        "padding:.25rem .5rem;border-left:4px solid #b97700}main{flex:1;position:relative;min-height:16rem}"
        f"#scene{{position:absolute;inset:0;background:linear-gradient({sky},{horizon} 62%)}}"
        "details{position:absolute;top:.5rem;left:.5rem;max-width:min(20rem,70%);max-height:calc(100% - 1rem);overflow:auto;"
        "background:rgba(255,255,255,.92);padding:.25rem .5rem;border-radius:4px}summary{font-weight:600;cursor:pointer}"
        "ul{list-style:none;margin:.25rem 0;padding:0}li{margin:.125rem 0}li span{display:inline-block;width:1.1em;height:1.1em;"
        "margin-right:.5em;vertical-align:text-bottom;box-sizing:border-box}"
        "footer{max-height:9rem;overflow:auto;padding:.25rem .75rem;border-top:1px solid #c5caca}"
    )


def _legend(around: Around) -> str:
    if not around.legend:
        return ""
    items = "".join(f'<li><span style="{_swatch(entry)}"></span>{html.escape(words)}</li>' for entry, words in around.legend)
    return f"<details><summary>{html.escape(around.legend_title)}</summary><ul>{items}</ul></details>"


def _swatch(entry: LegendEntry) -> str:
    """The colour of an entry as it is drawn: filled, with its own edge."""
    fill = (*entry.fill, 255)[:4]
    edge = appearance.BUILDING_EDGE if entry.outline is None else entry.outline
    colour = f"rgba({fill[0]},{fill[1]},{fill[2]},{fill[3] / 255:.3g})"
    if entry.is_hatched:
        colour = f"repeating-linear-gradient(45deg,rgb({edge[0]},{edge[1]},{edge[2]}) 0 1px,{colour} 1px 5px)"
    return f"background:{colour};border:2px {entry.pattern} rgb({edge[0]},{edge[1]},{edge[2]})"


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
