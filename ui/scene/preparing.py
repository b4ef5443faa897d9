"""Prepared geometry for all visitors of this process: every piece is made once, also when many ask for it at the same moment."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from typing import Any, Final

from layers.plan_view import plan_view
from layers.prepared import Prepared, prepare
from ui.geometry_store import ROUTE, STORE, GeometryStore, PrivateStore
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan

SVG: Final = "image/svg+xml"
MOST_PIECES: Final = 512


class Pieces:
    """What was made before, by key; a piece whose geometry is no longer kept is made anew.

    Parameters
    ----------
    store
        Where the geometry of the pieces lies.
    """

    def __init__(self, store: GeometryStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def __call__(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever `make` makes
        """What ``make`` gives; whoever asks while it is being made waits for it."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                with self._lock:
                    made = self._made.get(key)
                if made is not None and all(self._store.has(address) for address in addresses(made)):
                    return made
                made = make()
                with self._lock:
                    self._made[key] = made
                    self._made.move_to_end(key)
                    while len(self._made) > MOST_PIECES:
                        self._made.popitem(last=False)
                return made
        finally:
            with self._lock:
                self._making.pop(key, None)


def addresses(piece: Any) -> Iterator[str]:  # noqa: ANN401  a dataclass of any kind, or one address
    """The addresses in a piece."""
    held = [piece] if isinstance(piece, str) else [getattr(piece, field.name) for field in dataclasses.fields(piece)]
    values = (value for one in held for value in (one if isinstance(one, tuple) else (one,)))
    return (value for value in values if isinstance(value, str) and value.startswith(f"{ROUTE}/"))


PIECES: Final = Pieces(STORE)


def prepared_scene(
    neighbourhood: Neighbourhood, plans: Iterable[Plan] = (), *, store: GeometryStore = STORE, pieces: Pieces = PIECES
) -> Prepared:
    """The geometry of a neighbourhood with the plans that are offered to this visitor, published and ready to draw.

    Parameters
    ----------
    plans
        All that the visitor can switch on. What the server publishes (`Plan.published_by_server`) is prepared once for everybody;
        a visitor's own plans lie under addresses that nobody can guess.
    """
    offered = list(plans)
    make = partial(prepare, neighbourhood, offered, publish=store.put, publish_privately=store.put_private, remember=pieces)
    if isinstance(store, PrivateStore) or not all(plan.published_by_server for plan in offered):
        return make()  # some of it is forgotten after a while: every piece is asked for
    made: Prepared = pieces(("scene", neighbourhood.key, tuple((plan.plan_id, plan.content_key) for plan in offered)), make)
    return made


def plan_view_address(
    neighbourhood: Neighbourhood, plans: Iterable[Plan], prepared: Prepared, *, store: GeometryStore = STORE, pieces: Pieces = PIECES
) -> str:
    """Address of the map for whoever's browser draws no 3D."""
    ordered = sorted(plans, key=lambda plan: plan.plan_id)
    publish = store.put if all(plan.published_by_server for plan in ordered) else store.put_private
    key = ("plan view", neighbourhood.key, tuple(plan.content_key for plan in ordered))
    address: str = pieces(key, lambda: publish(plan_view(neighbourhood, ordered, prepared), SVG))
    return address
