"""A studio for stills of what a visitor may see: its geometry is that of the scene, made once for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.stills import Studio
from ui.picture import shelf_of
from ui.scene import prepared_scene

if TYPE_CHECKING:
    from ui.visit import World


def studio_of(seen: World) -> Studio:
    """For the neighbourhood of a visit and every plan that is not withdrawn; asked for while the page runs, used beside it."""
    store, pieces = shelf_of(seen)
    prepared = prepared_scene(seen.neighbourhood, seen.offered, store=store, pieces=pieces)
    return Studio(seen.neighbourhood, prepared, lambda address: store.get(address.rpartition("/")[2]).content())
