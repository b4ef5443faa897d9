"""Where to stand on the street, on each of four sides of what is planned: the places of the council pack, worked out when somebody asks.

They are those of `wijktwin.export.standpoints`, so a picture on the screen and one on paper are taken from the same place.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from layers.prepared import Prepared
from layers.stills import Studio
from ui.offers import Offers
from wijktwin.appearance import View
from wijktwin.errors import LimitError
from wijktwin.export.standpoints import Lookout, Side
from wijktwin.impacts.last_few import LastFew
from wijktwin.model.scenario import Scenario

ROUTE: Final = "/_wijktwin/street-views"
MOST_KEPT: Final = 32
MOST_WAITING: Final = 12
"""Who asks while so many wait is asked to come back."""
VIEWS: Final = {Side.NORTH: View.FROM_NORTH, Side.EAST: View.FROM_EAST, Side.SOUTH: View.FROM_SOUTH, Side.WEST: View.FROM_WEST}


@dataclass(frozen=True, slots=True)
class _Asked:
    scenarios: tuple[Scenario, ...]
    prepared: Prepared


class StreetViews:
    """Standpoints of offered scenarios, for one process; worked out one after the other, and kept for a while."""

    def __init__(self) -> None:
        self._offers = Offers[_Asked]()
        self._kept = LastFew[str, bytes](MOST_KEPT)
        self._lock = threading.Lock()
        self._n_waiting = 0

    def offer(self, scenarios: Sequence[Scenario], prepared: Prepared, *, is_shared: bool) -> str:
        """The name under which the places can be asked for; "" where there are no streets, or nothing is built above the ground."""
        has_streets = scenarios[0].neighbourhood.street_table is not None
        if not has_streets or all(volume.is_below_ground for found in scenarios for _, volume in found.volumes):
            return ""
        return self._offers.offer("/".join(found.key for found in scenarios), _Asked(tuple(scenarios), prepared), is_shared=is_shared)

    def places(self, name: str) -> bytes:
        """The best place on a street for each side from which the plan is seen at all, as JSON.

        Returns
        -------
        places
            By the name of the view (`wijktwin.appearance.View`): ``longitude``, ``latitude``, ``bearing`` (looked in,
            clockwise from true north) and ``up`` (above the horizon). [°]

        Raises
        ------
        NotFoundError
            Nobody offered this.
        LimitError
            Too many wait already.
        """
        asked = self._offers.find(name)
        kept = self._kept.find(name)
        if kept is not None:
            return kept
        with self._lock:
            if self._n_waiting >= MOST_WAITING:
                raise LimitError("scene.street_views_busy", limit=MOST_WAITING)
            self._n_waiting += 1
        try:
            return self._kept.of(name, lambda: _places(asked))
        finally:
            with self._lock:
                self._n_waiting -= 1


def _places(asked: _Asked) -> bytes:
    studio = Studio(asked.scenarios[0].neighbourhood, asked.prepared, lambda _: b"")  # nothing is drawn
    told = {}
    for one in Lookout(asked.scenarios, studio.ground).on_streets():
        if one.side is not None and one.is_seen:
            walker = studio.walker_at(one.x, one.y, towards=one.towards, up=one.up)
            told[str(VIEWS[one.side])] = {
                "longitude": walker.longitude, "latitude": walker.latitude, "bearing": walker.bearing, "up": walker.up,
            }  # fmt: skip
    return orjson.dumps(told)


STREET_VIEWS: Final = StreetViews()
"""The one service of this process: pages offer scenarios, the server gives out where to stand."""
