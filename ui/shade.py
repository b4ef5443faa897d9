"""Shade for the scene in the browser: a scenario is offered under a name, and moments of it are computed when somebody asks.

What only holds published plans has a name that is the same for everybody and may be kept for good; what holds a visitor's own plan
has one that nobody can guess. One shadow is computed at a time, each only once as long as it is kept.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import orjson

from layers.encoding import to_json
from layers.prepared import Prepared
from layers.shadows import shade_rows
from ui.geometry_store import Blob
from ui.offers import Offers
from wijktwin.errors import LimitError, NotFoundError
from wijktwin.impacts.ground_shadow import METHOD, ShadowCaster
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.silhouettes import LOWEST_SUN
from wijktwin.model.scenario import Scenario

ROUTE: Final = "/_wijktwin/shade"
STEP: Final = 10
"""Moments lie so far apart. [min]"""
YEARS: Final = range(1950, 2101)
COMPRESSION: Final = 5
MOST_CASTERS: Final = 4
MOST_KEPT_BYTES: Final = 192 * 1024 * 1024
MOST_WAITING: Final = 24
"""Who asks while so many wait is asked to come back."""
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Offer:
    """A scenario whose shade can be asked for."""

    scenario: Scenario
    prepared: Prepared
    is_shared: bool


class ShadeService:
    """Shade of offered scenarios, for one process; safe to use from many threads.

    Parameters
    ----------
    most_kept_bytes
        What is computed is kept until it is together larger than this; what nobody asked for longest goes first.
    """

    def __init__(self, *, most_kept_bytes: int = MOST_KEPT_BYTES) -> None:
        self._lock = threading.Lock()
        self._computing = threading.Lock()
        self._n_waiting = 0
        self._offers = Offers[Offer]()
        self._casters = LastFew[str, ShadowCaster](MOST_CASTERS)
        self._kept: OrderedDict[tuple[str, int], Blob] = OrderedDict()
        self._kept_bytes = 0
        self._most_kept_bytes = most_kept_bytes

    def offer(self, scenario: Scenario, prepared: Prepared, *, is_shared: bool) -> str:
        """The name under which the shade of a scenario can be asked for, until many others were offered after it."""
        return self._offers.offer(f"{scenario.key}/{METHOD.version}", Offer(scenario, prepared, is_shared), is_shared=is_shared)

    def day(self, name: str, day: date) -> bytes:
        """The moments of a day at which the sun is high enough to draw shade, as JSON.

        Returns
        -------
        day
            ``moments``: a list of [minutes since 1970, hour and minute of the clock, is it summer time, altitude, azimuth from true
            north] [°]; ``rises`` and ``sets``: clock times, or null.

        Raises
        ------
        NotFoundError
            Nobody offered this, or the day is out of reach.
        """
        place = self._caster(self._offers.find(name)).place
        if day.year not in YEARS:
            raise NotFoundError("scene.no_such_geometry", name=day.isoformat())
        light, drawn = place.daylight(day), place.daylight(day, lowest=LOWEST_SUN)
        found: dict[str, Any] = {"rises": None, "sets": None, "moments": []}
        if light is not None:
            found |= {"rises": f"{light[0]:%H:%M}", "sets": f"{light[1]:%H:%M}"}
        if drawn is not None:
            first, last = (int(moment.timestamp() // 60) for moment in drawn)
            minutes = range(-(-first // STEP) * STEP, last + 1, STEP)
            moments = [_moment(minute).astimezone(drawn[0].tzinfo) for minute in minutes]
            found["moments"] = [
                [minute, f"{moment:%H:%M}", place.is_summer_time(moment), round(sun.altitude, 1), round(sun.azimuth, 1)]
                for minute, moment, sun in zip(minutes, moments, place.suns(moments), strict=True)
            ]
        return orjson.dumps(found)

    def moment(self, name: str, minute: int) -> Blob:
        """The shade at one moment, as rows for the layer `layers.shadows.LAYER`.

        Parameters
        ----------
        minute
            Since 1970 in UTC, a multiple of `STEP`.

        Raises
        ------
        NotFoundError
            Nobody offered this, or there is no such moment.
        LimitError
            Too many wait for shade that nobody asked for before.
        """
        offer = self._offers.find(name)
        if minute % STEP or not abs(minute) < 70_000_000 or _moment(minute).year not in YEARS:
            raise NotFoundError("scene.no_such_geometry", name=str(minute))
        kept = self._look(name, minute)
        if kept is not None:
            return kept
        with self._lock:
            if self._n_waiting >= MOST_WAITING:
                raise LimitError("scene.shade_busy", limit=MOST_WAITING)
            self._n_waiting += 1
        try:
            with self._computing:
                return self._look(name, minute) or self._compute(name, minute, offer)
        finally:
            with self._lock:
                self._n_waiting -= 1

    def _compute(self, name: str, minute: int, offer: Offer) -> Blob:
        neighbourhood = offer.scenario.neighbourhood
        shadow = self._caster(offer).at(offer.scenario, _moment(minute))
        content = to_json(shade_rows(shadow, neighbourhood, offer.prepared.terrain, offer.prepared.frame))
        tag = hashlib.sha256(content).hexdigest()
        blob = Blob(gzip.compress(content, COMPRESSION, mtime=0), JSON, tag, is_shared=offer.is_shared)
        with self._lock:
            self._kept[name, minute] = blob
            self._kept_bytes += len(blob.packed)
            while self._kept_bytes > self._most_kept_bytes and len(self._kept) > 1:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1].packed)
        return blob

    def _look(self, name: str, minute: int) -> Blob | None:
        with self._lock:
            found = self._kept.get((name, minute))
            if found is not None:
                self._kept.move_to_end((name, minute))
            return found

    def _caster(self, offer: Offer) -> ShadowCaster:
        neighbourhood = offer.scenario.neighbourhood
        return self._casters.of(neighbourhood.key, lambda: ShadowCaster(neighbourhood))


def _moment(minute: int) -> datetime:
    """A moment by its minutes since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


SHADE: Final = ShadeService()
"""The one service of this process: pages offer scenarios, the server gives out their shade."""
