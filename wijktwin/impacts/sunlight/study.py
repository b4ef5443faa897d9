"""One computation of today's sun, asked about many plans; and the same with all roofs as much higher or lower as they may be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar, cast

import numpy as np

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.sunlight.incremental import with_changes
from wijktwin.impacts.sunlight.light import Light
from wijktwin.impacts.sunlight.points import SunPoints
from wijktwin.impacts.sunlight.possible_sun import Tell, possible_sun
from wijktwin.impacts.sunlight.rays import Float32Array, RayScene
from wijktwin.impacts.sunlight.solids import NO_SOLIDS, Solids
from wijktwin.impacts.sunlight.store import LightStore, light_key
from wijktwin.impacts.sunlight.suns import SunGrid
from wijktwin.model.mesh import FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

T = TypeVar("T")

KEPT: Final = 6
"""Lights of scenarios that are kept: two scenarios, each with its roofs in three places."""
KEPT_LATELY: Final = 3
"""Sets of assumptions of which something is kept: ours, and those of two visitors."""
FOOT: Final = 0.5
"""Corners this close to the lowest of a building are its foot and stay where they are when its roof is moved. [m]"""


class Roofs(StrEnum):
    """Where the roofs of today's buildings are taken to be; volumes of plans stay as they are said."""

    AS_DRAWN = "as_drawn"
    HIGHER = "higher"
    LOWER = "lower"


class SunStudy:
    """Possible sun on points of one neighbourhood on some days, today and with plans; safe to ask from several threads.

    Trees are not counted, and the ground casts no shadow.

    Parameters
    ----------
    points
        In the frame of the neighbourhood.
    days
        Of the local clock.
    lowest
        Altitude above which the sun counts. [°]
    roof_error
        How far the roof of each building may be off, shape (n_buildings,). [m] None where nobody asks for a margin.
    store
        Where light is kept on the disk; None where it is not. Of plans that a visitor brought, nothing is kept there.
    """

    def __init__(
        self,
        neighbourhood: Neighbourhood,
        points: SunPoints,
        days: Sequence[date],
        *,
        lowest: float,
        roof_error: FloatArray | None = None,
        n_threads: int = 2,
        store: LightStore | None = None,
    ) -> None:
        self.neighbourhood = neighbourhood
        self.points = points
        self.grid = SunGrid.of(sun_place(neighbourhood), days, lowest=lowest)
        self.solids = Solids.of_mesh(neighbourhood.mesh, len(neighbourhood.buildings))
        self._roof_error = np.zeros(len(neighbourhood.buildings)) if roof_error is None else roof_error
        self._n_threads = n_threads
        self._store = store
        self._today: dict[Roofs, Light] = {}
        self._remembered: dict[Hashable, object] = {}
        self._kept: LastFew[tuple[str, Roofs], Light] = LastFew(KEPT)
        self._lately: LastFew[Hashable, object] = LastFew(KEPT_LATELY)
        self._one_at_a_time = threading.RLock()

    @property
    def store(self) -> LightStore | None:
        """Where light is kept on the disk; None where it is not."""
        return self._store

    @property
    def now(self) -> Light:
        """Today, with roofs as they are drawn."""
        return self.today(Roofs.AS_DRAWN)

    def today(self, roofs: Roofs, *, tell: Tell | None = None) -> Light:
        """Without any plan.

        Parameters
        ----------
        tell
            Told which share is done; what it raises ends the computation.
        """
        with self._one_at_a_time:
            if roofs not in self._today:
                points, corners = self.points.points, self.with_roofs(roofs).corners
                self._today[roofs] = self._stored(
                    [corners], lambda: possible_sun(points, RayScene(corners), self.grid, n_threads=self._n_threads, tell=tell)
                )
            return self._today[roofs]

    def light(self, scenario: Scenario, roofs: Roofs = Roofs.AS_DRAWN) -> Light:
        """With plans; kept, so that switching back to a plan costs nothing.

        Parameters
        ----------
        scenario
            Of the neighbourhood that this was made for.
        """
        if not scenario.volumes and not scenario.demolished:
            return self.today(roofs)
        with self._one_at_a_time:
            return self._kept.of((scenario.key, roofs), lambda: self._with_plans(scenario, roofs))

    def with_roofs(self, roofs: Roofs) -> Solids:
        """What stands today, with its roofs moved by how far they may be off."""
        if roofs is Roofs.AS_DRAWN or not self._roof_error.any():
            return self.solids
        by = self._roof_error if roofs is Roofs.HIGHER else -self._roof_error
        corners = with_roofs_moved(self.solids, by).astype(np.float32)
        return Solids(corners, self.solids.owner, self.solids.n_solids)

    def _with_plans(self, scenario: Scenario, roofs: Roofs) -> Light:
        now, solids = self.today(roofs), self.with_roofs(roofs)
        gone, added = ~scenario.remaining_rows, Solids.of_plans(scenario)
        return self._stored(
            [solids.corners[~gone[solids.owner]], added.corners],
            lambda: with_changes(self.points.points, now, solids, gone, added, n_threads=self._n_threads),
            is_kept=all(plan.published_by_server for plan in scenario.plans),
        )

    def _stored(self, casters: Sequence[Float32Array], compute: Callable[[], Light], *, is_kept: bool = True) -> Light:
        if self._store is None or not is_kept:
            return compute()
        key = light_key(self.points.points, self.grid, casters=casters)
        return self._store.light(key, self.grid, len(self.points), compute)

    @cached_property
    def open_field(self) -> FloatArray:
        """Sun per day and point if nothing else stood there: what the side of a facade allows, shape (n_days, n_points). [min]"""
        return possible_sun(self.points.points, RayScene(NO_SOLIDS.corners), self.grid, n_threads=self._n_threads).minutes

    def of_today(self, what: Hashable, compute: Callable[[], T]) -> T:
        """Something that follows from today alone, computed once."""
        with self._one_at_a_time:
            if what not in self._remembered:
                self._remembered[what] = compute()
            return cast("T", self._remembered[what])

    def lately(self, what: Hashable, make: Callable[[], T]) -> T:
        """Something that rests on more than today, such as what visitors assume: only the last few of such things are kept."""
        return cast("T", self._lately.of(what, make))

    def rows_of(self, days: Iterable[date]) -> list[int]:
        """Rows of some of its days.

        Raises
        ------
        ValueError
            One of them was not looked at.
        """
        return [self.grid.days.index(day) for day in days]


def with_roofs_moved(solids: Solids, by: FloatArray) -> FloatArray:
    """Corners of solids whose upper parts are moved up or down, shape (m, 3, 3); none sinks below its foot. [m]"""
    corners = solids.corners.astype(np.float64)
    foot = solids.boxes[:, 0, 2][solids.owner][:, None]
    height = corners[:, :, 2]
    moved = np.maximum(height + by[solids.owner][:, None], foot)
    corners[:, :, 2] = np.where(height > foot + FOOT, moved, height)
    return corners


def roof_errors(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> FloatArray:
    """How far the roof of each building may be off: its fit to the measured points, or the assumption, shape (n_buildings,). [m]"""
    fit = neighbourhood.buildings.numbers["roof_fit_rmse"]
    return np.where(np.isfinite(fit), fit, assumptions["roof_fit_unknown"].value)
