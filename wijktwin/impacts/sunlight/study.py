"""One computation of today's sun, asked about many plans."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import shapely

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.sunlight.incremental import with_changes
from wijktwin.impacts.sunlight.light import Light
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import SunPoints
from wijktwin.impacts.sunlight.possible_sun import possible_sun
from wijktwin.impacts.sunlight.rays import Float32Array, RayScene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.store import LightStore, light_key
from wijktwin.impacts.sunlight.suns import SunGrid
from wijktwin.impacts.sunlight.walls import CLEARANCE
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

KEPT: Final = 16
"""Scenarios of which the light is kept."""
FOOT: Final = 0.5
"""Corners this close to the lowest of a building are its foot and stay where they are when its roof is moved. [m]"""


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
    store
        Where light is kept on the disk; None where it is not.
    """

    def __init__(
        self,
        neighbourhood: Neighbourhood,
        points: SunPoints,
        days: Sequence[date],
        *,
        lowest: float,
        n_threads: int = 2,
        store: LightStore | None = None,
    ) -> None:
        self.neighbourhood = neighbourhood
        self.points = points
        self.grid = SunGrid.of(sun_place(neighbourhood), days, lowest=lowest)
        self.solids = Solids.of_mesh(neighbourhood.mesh, len(neighbourhood.buildings))
        self._n_threads = n_threads
        self._store = store
        self._kept: OrderedDict[str, Light] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    @cached_property
    def now(self) -> Light:
        """Today."""
        points, corners = self.points.points, self.solids.corners
        return self._stored([corners], lambda: possible_sun(points, RayScene(corners), self.grid, n_threads=self._n_threads))

    def light(self, scenario: Scenario) -> Light:
        """With plans; kept, so that switching back to a plan costs nothing.

        Parameters
        ----------
        scenario
            Of the neighbourhood that this was made for.
        """
        if scenario.is_baseline:
            return self.now
        with self._one_at_a_time:
            found = self._kept.pop(scenario.key, None)
            if found is None:
                found = self._with_plans(scenario)
            self._kept[scenario.key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found

    def _with_plans(self, scenario: Scenario) -> Light:
        gone, added = ~scenario.remaining_rows, Solids.of_plans(scenario)
        return self._stored(
            [self.solids.corners[~gone[self.solids.owner]], added.corners],
            lambda: with_changes(self.points.points, self.now, self.solids, gone, added, n_threads=self._n_threads),
        )

    def _stored(self, casters: Sequence[Float32Array], compute: Callable[[], Light]) -> Light:
        if self._store is None:
            return compute()
        key = light_key(self.points.points, self.grid, casters=casters)
        return self._store.light(key, self.grid, len(self.points), compute)

    def with_roofs_moved(self, scenario: Scenario, days: Sequence[date], *, by: FloatArray) -> FloatArray:
        """Possible sun per day and point when the roofs of buildings lie higher or lower; volumes of plans stay as they are said.

        Parameters
        ----------
        days
            Days to look at.
        by
            How much each roof is moved up, shape (n_buildings,). [m]

        Returns
        -------
        minutes
            Shape (n_days, n_points).
        """
        grid = SunGrid.of(self.grid.place, days, lowest=self.grid.lowest)
        corners = with_roofs_moved(self.solids, by)[scenario.remaining_rows[self.solids.owner]]
        everything = np.concatenate([corners, Solids.of_plans(scenario).corners])
        return possible_sun(self.points.points, RayScene(everything), grid, n_threads=self._n_threads).minutes

    def on_open_field(self, days: Sequence[date]) -> FloatArray:
        """Sun per day and point if nothing else stood there: what the side of a facade allows, shape (n_days, n_points). [min]"""
        grid = SunGrid.of(self.grid.place, days, lowest=self.grid.lowest)
        points: Points = self.points.points
        nothing = RayScene(np.zeros((0, 3, 3), dtype=np.float32))
        return possible_sun(points, nothing, grid, n_threads=self._n_threads).minutes

    def is_taken(self, scenario: Scenario) -> BoolArray:
        """Which points lie inside or against a volume of a plan, so that the wall they are on is no longer free, shape (n,)."""
        flat = self.points.points.positions + self.neighbourhood.mesh.origin
        places = np.asarray(shapely.points(flat[:, :2]), dtype=np.object_)
        taken = np.zeros(len(flat), dtype=np.bool_)
        for _, volume in scenario.volumes:
            between = (flat[:, 2] >= volume.bottom) & (flat[:, 2] <= volume.top)
            taken[between] |= shapely.dwithin(places[between], volume.footprint, CLEARANCE)
        return taken


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
