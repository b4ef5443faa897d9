"""Lines of sight from one set of points: followed once for what stands today, and for plans only where they change something."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import numpy as np

from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.first_hits import FirstHits, Sight, first_hits, with_changes
from wijktwin.impacts.view.ground_in_view import ABOVE, ClassArray, ground_classes, ground_classes_after
from wijktwin.impacts.view.shares import Seen, Shares, shares
from wijktwin.impacts.view.standing import Standing, added_solids
from wijktwin.impacts.view.store import ViewStore, sight_key
from wijktwin.model.mesh import FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

T = TypeVar("T")
N_THREADS: Final = 2


class SightStudy:
    """What lines of sight from some points meet, today and with plans; safe to ask from several threads.

    Parameters
    ----------
    standing
        What stands today, with roofs as drawn, higher and lower.
    drop
        How high each point lies above the ground, shape (n_points,). [m]
    store
        Where today is kept on the disk; None where it is not.
    """

    def __init__(
        self,
        sight: Sight,
        standing: Mapping[Roofs, Standing],
        drop: FloatArray,
        *,
        store: ViewStore | None = None,
        n_threads: int = N_THREADS,
    ) -> None:
        self.sight = sight
        self.standing = standing
        self.drop = drop
        self._store = store
        self._n_threads = n_threads
        self._kept: dict[str, FirstHits | ClassArray | Shares] = {}
        self._lock = threading.RLock()

    @property
    def neighbourhood(self) -> Neighbourhood:
        """Where it is."""
        return self.standing[Roofs.AS_DRAWN].neighbourhood

    @property
    def n_buildings(self) -> int:
        """Owners from here on are volumes of plans."""
        return len(self.neighbourhood.buildings)

    def buildings_today(self, roofs: Roofs) -> FirstHits:
        """What lines meet first among the buildings."""
        return self._remembered(f"buildings {roofs}", lambda: self._hits(self.standing[roofs].buildings))

    def crowns_today(self) -> FirstHits:
        """What lines meet first among the crowns of trees."""
        return self._remembered("crowns", lambda: self._hits(self.standing[Roofs.AS_DRAWN].crowns.solids()))

    def ground_today(self) -> ClassArray:
        """What ground lines would end on."""
        return self._remembered("ground", self._ground)

    def buildings_with(self, scenario: Scenario, roofs: Roofs) -> FirstHits:
        """What lines meet first among buildings that stay and volumes that plans add."""
        now = self.buildings_today(roofs)
        gone, solids = ~scenario.remaining_rows, self.standing[roofs].buildings
        left = self.standing[roofs].scene_left(scenario) if gone.any() else None
        return with_changes(self.sight, now, solids, gone, added_solids(scenario), left=left, n_threads=self._n_threads)

    def crowns_with(self, scenario: Scenario) -> FirstHits:
        """What lines meet first among crowns when trees go, come, or get less room."""
        before = self.standing[Roofs.AS_DRAWN].crowns
        after = self.standing[Roofs.AS_DRAWN].crowns_with(scenario)
        gone, added = before.that_differ_from(after), after.only(after.that_differ_from(before)).solids()
        return with_changes(self.sight, self.crowns_today(), before.solids(), gone, added, n_threads=self._n_threads)

    def ground_with(self, scenario: Scenario) -> ClassArray:
        """What ground lines would end on when plans change it."""
        now = self.ground_today()
        return now if scenario.is_baseline else ground_classes_after(self.sight, self.drop, now, scenario, n_threads=self._n_threads)

    def shares_today(self, roofs: Roofs) -> Shares:
        """What points have in view today."""
        return self._remembered(f"shares {roofs}", lambda: self._shares(self.seen_today(roofs), n_added=0))

    def shares_with(self, scenario: Scenario, roofs: Roofs) -> Shares:
        """What points have in view with plans."""
        if scenario.is_baseline:
            return self.shares_today(roofs)
        seen = Seen(self.buildings_with(scenario, roofs), self.crowns_with(scenario), self.ground_with(scenario), self.drop)
        return self._shares(seen, n_added=len(scenario.volumes))

    def seen_today(self, roofs: Roofs) -> Seen:
        """Everything that decides what lines of sight end on today."""
        return Seen(self.buildings_today(roofs), self.crowns_today(), self.ground_today(), self.drop)

    def open_sky_today(self, roofs: Roofs) -> FloatArray:
        """Share of the lines of each point that go up and meet no building, shape (n_points,): trees are not counted."""
        return self._open_share(self.buildings_today(roofs))

    def open_sky_with(self, scenario: Scenario, roofs: Roofs) -> FloatArray:
        """The same with plans."""
        return self.open_sky_today(roofs) if scenario.is_baseline else self._open_share(self.buildings_with(scenario, roofs))

    def _open_share(self, hits: FirstHits) -> FloatArray:
        free = hits.owner < 0
        if self.sight.directions.field is not Field.SKY_FACTOR:
            free &= self.ground_today() == ABOVE
        share: FloatArray = free.mean(axis=1)
        return share

    def _shares(self, seen: Seen, *, n_added: int) -> Shares:
        return shares(self.sight, seen, n_existing=self.n_buildings, n_added=n_added, n_threads=self._n_threads)

    def _ground(self) -> ClassArray:
        table = self.neighbourhood.ground
        ground = self.standing[Roofs.AS_DRAWN].ground

        def compute() -> dict[str, ClassArray]:
            return {"classes": ground_classes(self.sight, self.drop, ground, n_threads=self._n_threads)}

        if self._store is None:
            return compute()["classes"]
        outlines = np.frombuffer(b"".join(table.geometry.to_wkb()), dtype=np.uint8)
        key = sight_key(self.sight, self.drop, outlines, ",".join(table["kind"]))
        return self._store.arrays(key, self._shape, compute)["classes"]

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.sight.points), self.sight.directions.count

    def _hits(self, solids: Solids) -> FirstHits:
        def compute() -> FirstHits:
            return first_hits(self.sight, solids, n_threads=self._n_threads)

        def arrays() -> dict[str, np.ndarray]:
            found = compute()
            return {"distance": found.distance, "owner": found.owner}

        if self._store is None:
            return compute()
        kept = self._store.arrays(sight_key(self.sight, solids), self._shape, arrays)
        return FirstHits(kept["distance"], kept["owner"])

    def _remembered(self, name: str, compute: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = compute()  # type: ignore[assignment]
            return self._kept[name]  # type: ignore[return-value]
