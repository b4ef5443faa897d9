"""The scripts of the scene, with the hash of what they hold in their address: browsers keep them until they change."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pydeck

from wijktwin.errors import NotFoundError

ROUTE: Final = "/scene"
FOLDER: Final = Path(__file__).resolve().parent
OWN_FILES: Final = (
    "scene.js", "ahead.js", "camera.js", "controls.js", "distance.js", "flat.js", "handle.js", "in_view.js", "kept.js", "link.js",
    "moving.js", "names.js", "packing.js", "painting.js", "pointing.js", "rows.js", "snapshot.js", "standing.js",
    "sun.js", "surroundings.js", "walk.js", "scene.css",
)  # fmt: skip
RENDERER: Final = Path(pydeck.__file__).resolve().parent / "nbextension" / "static" / "index.js"
"""deck.gl with all its layers, as the pydeck wheel carries it for notebooks; nothing of it is copied into this project."""
BEFORE_RENDERER: Final = b"""(() => {
  const names = ['deck', 'luma'];
  const others = names.filter((name) => name in globalThis).map((name) => [name, globalThis[name]]);
  others.forEach(([name]) => delete globalThis[name]);
  try {
"""
AFTER_RENDERER: Final = b"""
  } finally {
    names.forEach((name) => delete globalThis[name]);
    others.forEach(([name, library]) => { globalThis[name] = library; });
  }
})();
"""
"""Around the renderer: deck.gl leaves these names on the page and refuses to start where another version of it has left them. They are
put aside in the same breath in which it starts, so that nothing can come in between."""
MEDIA_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
COMPRESSION: Final = 9
HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent, gzip-compressed once."""

    packed: bytes = field(repr=False)
    media_type: str
    tag: str


@cache
def own_hash() -> str:
    """Hash over all own files together: they belong together."""
    digest = hashlib.sha256()
    for name in OWN_FILES:
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()[:HASH_LENGTH]


@cache
def renderer_hash() -> str:
    """Hash of pydeck's renderer as it is sent.

    Raises
    ------
    NotFoundError
        This pydeck does not bring it.
    """
    try:
        return hashlib.sha256(_renderer()).hexdigest()[:HASH_LENGTH]
    except OSError:
        raise NotFoundError("scene.no_renderer", path=RENDERER) from None


def _renderer() -> bytes:
    return BEFORE_RENDERER + RENDERER.read_bytes() + AFTER_RENDERER


def own_address(name: str) -> str:
    """Path of one of the own files on the server."""
    return f"{ROUTE}/{own_hash()}/{name}"


def renderer_address() -> str:
    """Path of pydeck's renderer on the server."""
    return f"{ROUTE}/renderer-{renderer_hash()}.js"


@cache
def asset(path: str) -> Asset:
    """What lies under a path below `ROUTE`.

    Raises
    ------
    NotFoundError
        Nothing does.
    """
    if path == renderer_address().removeprefix(f"{ROUTE}/"):
        return _packed(_renderer(), RENDERER.suffix)
    folder, _, name = path.partition("/")
    if folder != own_hash() or name not in OWN_FILES:
        raise NotFoundError("scene.no_such_geometry", name=path)
    return _packed((FOLDER / name).read_bytes(), Path(name).suffix)


def _packed(content: bytes, suffix: str) -> Asset:
    return Asset(gzip.compress(content, COMPRESSION, mtime=0), MEDIA_TYPES[suffix], hashlib.sha256(content).hexdigest())
