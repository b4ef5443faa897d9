"""A studio for stills of what a visitor may see: its geometry is that of the scene, made once for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.stills import Studio
from ui.geometry_store import STORE
from ui.picture import own_shelf
from ui.scene import prepared_scene
from ui.scene.preparing import PIECES

if TYPE_CHECKING:
    from ui.visit import World


def studio_of(seen: World) -> Studio:
    """For the neighbourhood of a visit and every plan that is not withdrawn; asked for while the page runs, used beside it."""
    store, pieces = own_shelf() if seen.is_own else (STORE, PIECES)
    offered = [plan for plan in seen.plans.values() if not plan.is_withdrawn]
    prepared = prepared_scene(seen.neighbourhood, offered, store=store, pieces=pieces)
    return Studio(seen.neighbourhood, prepared, lambda address: store.get(address.rpartition("/")[2]).content())
