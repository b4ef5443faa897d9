"""The sun on ground that only becomes a garden, playground or square with a plan: there is no today to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.sunlight.on_ground import KINDS, GroundUse
from wijktwin.impacts.sunlight.points import SunPoints, points_on_surfaces
from wijktwin.impacts.sunlight.ranges import SunRange
from wijktwin.impacts.sunlight.study import SunStudy
from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.scenario import Scenario

NEW_USES: Final = (GroundUse.GARDENS, GroundUse.PLAYGROUNDS, GroundUse.SQUARES)
"""Uses of which the sun is told where they are new."""
KINDS_OF: Final = {use: [str(kind) for kind, each in KINDS.items() if each is use] for use in NEW_USES}


class SunOnNewGround:
    """The sun on all points that get a use with the plans of a scenario which they do not have today.

    Parameters
    ----------
    days
        Of the local clock.
    lowest
        Altitude above which the sun counts. [°]
    spacing
        Side of the square that each point stands for. [m]
    roof_error
        How far the roof of each building may be off, shape (n_buildings,). [m]
    """

    def __init__(
        self, scenario: Scenario, days: Sequence[date], *, lowest: float, spacing: float, roof_error: FloatArray, n_threads: int = 2
    ) -> None:
        self.spacing = spacing
        self.days = tuple(days)
        self.points, self._use = _points(scenario, spacing)
        self._after: list[SunRange] = []
        if len(self.points):
            study = SunStudy(scenario.neighbourhood, self.points, days, lowest=lowest, roof_error=roof_error, n_threads=n_threads)
            self._after = [SunRange.on(study, scenario, row) for row in range(len(self.days))]

    def rows(self, use: GroundUse) -> BoolArray:
        """Points of one use, shape (n,)."""
        found: BoolArray = self._use[self.points.target] == use
        return found

    def after(self, day: date) -> SunRange:
        """With the plans; where there is no such ground nobody asks."""
        return self._after[self.days.index(day)]


def _points(scenario: Scenario, spacing: float) -> tuple[SunPoints, NDArray[np.object_]]:
    """Points on what changes into another use, and the use of each surface; only within the neighbourhood."""
    neighbourhood, table = scenario.neighbourhood, ground_within(scenario)
    table = table[(table["change"] == "changed") & table["kind"].isin(sorted({kind for kinds in KINDS_OF.values() for kind in kinds}))]
    now, uses, new = neighbourhood.ground, [], []
    for kind, outline in zip(table["kind"], table.geometry, strict=True):
        use = KINDS[GroundKind(kind)]
        alike = now.geometry.to_numpy()[now["kind"].isin(KINDS_OF[use]).to_numpy()]
        there = shapely.union_all(alike[shapely.intersects(alike, outline)])
        uses.append(use)
        new.append(shapely.difference(outline, there))
    shapes, use_of = (np.array([*each, None], dtype=object)[:-1] for each in (new, uses))
    keep = ~shapely.is_empty(shapes)
    table = table.set_geometry(shapes)[keep]
    built = neighbourhood.buildings.footprints[scenario.remaining_rows]
    return points_on_surfaces(neighbourhood, table, built=built, spacing=spacing), use_of[keep]
