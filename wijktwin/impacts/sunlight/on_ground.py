"""The sun on gardens, playgrounds, squares and pavements on stated days, today and with plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.ranges import SunChange, SunRange
from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    from wijktwin.impacts.sunlight.study import SunStudy
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.scenario import Scenario

STANDS_ON: Final = 2.0
"""A volume whose underside is higher than this above the ground leaves the ground below it free. [m]"""


class GroundUse(StrEnum):
    """Ground that is told together."""

    GARDENS = "gardens"
    PLAYGROUNDS = "playgrounds"
    SQUARES = "squares"
    PAVEMENTS = "pavements"


KINDS: Final = MappingProxyType(
    {
        GroundKind.GARDEN: GroundUse.GARDENS,
        GroundKind.YARD: GroundUse.GARDENS,
        GroundKind.PLAYGROUND: GroundUse.PLAYGROUNDS,
        GroundKind.SQUARE: GroundUse.SQUARES,
        GroundKind.PAVEMENT: GroundUse.PAVEMENTS,
    }
)


@dataclass(frozen=True, eq=False)
class GroundHours:
    """The sun on points of the ground on one day.

    Parameters
    ----------
    positions
        Real coordinates and height, shape (n, 3). [m]
    before, after
        Shape (n,); ``after`` NaN where a plan builds. [min]
    spacing
        Side of the square that each point stands for. [m]
    """

    day: date
    positions: FloatArray
    before: FloatArray
    after: FloatArray
    spacing: float


class SunOnGround:
    """The sun on all points of a study on the ground.

    Parameters
    ----------
    study
        Of points on the ground (`points.ground_points`).
    spacing
        Side of the square that each point stands for. [m]
    """

    def __init__(self, study: SunStudy, scenario: Scenario, *, spacing: float) -> None:
        self.study = study
        self.scenario = scenario
        self.spacing = spacing
        self.days = study.grid.days
        today = study.neighbourhood.with_plans()
        rows = range(len(self.days))
        self._before = study.of_today("ranges", lambda: [SunRange.on(study, today, row) for row in rows])
        self._after = self._before if scenario.is_baseline else [SunRange.on(study, scenario, row) for row in rows]
        self._change = [SunChange.on(study, scenario, row) for row in rows]

    @cached_property
    def use(self) -> NDArray[np.object_]:
        """`GroundUse` of each point, shape (n,)."""
        table = self.study.neighbourhood.ground
        uses = {name: KINDS.get(GroundKind(kind)) for name, kind in zip(table["surface_id"], table["kind"], strict=True)}
        of_target = np.array([uses[target.identifier] for target in self.study.points.targets], dtype=object)
        return of_target[self.study.points.target] if len(of_target) else np.zeros(0, dtype=object)

    @cached_property
    def is_built_over(self) -> BoolArray:
        """Points on which a volume of a plan stands, shape (n,): ground no longer."""
        return built_over(self.study, self.scenario)

    @cached_property
    def is_left(self) -> BoolArray:
        """Points that stay what they are counted as, shape (n,): no plan builds there or gives the ground another use."""
        stays = ~self.is_built_over
        if any(plan.ground_changes for plan in self.scenario.plans):
            table = self.scenario.ground
            changed = table[table["change"] == "changed"]
            flat = (self.study.points.points.positions + self.study.neighbourhood.mesh.origin)[:, :2]
            for kind, outline in zip(changed["kind"], changed.geometry, strict=True):
                x0, y0, x1, y1 = outline.bounds
                near = np.flatnonzero((flat[:, 0] >= x0) & (flat[:, 0] <= x1) & (flat[:, 1] >= y0) & (flat[:, 1] <= y1))
                within = near[shapely.contains_xy(outline, flat[near, 0], flat[near, 1])]
                stays[within] &= self.use[within] == KINDS.get(GroundKind(kind))
        return stays

    def rows(self, use: GroundUse) -> BoolArray:
        """Points of one use, shape (n,)."""
        found: BoolArray = self.use == use
        return found

    def before(self, day: date) -> SunRange:
        """Today."""
        return self._before[self.days.index(day)]

    def after(self, day: date) -> SunRange:
        """With the plans; where they build it means nothing (`is_built_over`)."""
        return self._after[self.days.index(day)]

    def change(self, day: date) -> SunChange:
        """What the plans change."""
        return self._change[self.days.index(day)]

    def hours(self, day: date) -> GroundHours:
        """All points of a day, as a map shows them."""
        return GroundHours(
            day,
            self.study.points.points.positions + self.study.neighbourhood.mesh.origin,
            self.before(day).minutes,
            np.where(self.is_built_over, np.nan, self.after(day).minutes),
            self.spacing,
        )


def built_over(study: SunStudy, scenario: Scenario) -> BoolArray:
    """Points of a study on the ground on which a volume of a plan stands, shape (n,)."""
    flat = study.points.points.positions + study.neighbourhood.mesh.origin
    built = np.zeros(len(flat), dtype=np.bool_)
    for _, volume in scenario.volumes:
        near = np.flatnonzero((volume.top > flat[:, 2]) & (volume.bottom < flat[:, 2] + STANDS_ON))
        built[near] |= shapely.contains_xy(volume.footprint, flat[near, 0], flat[near, 1])
    return built


def hours_on(study: SunStudy, scenario: Scenario, day: date, *, spacing: float) -> GroundHours:
    """All points of one day of a study on the ground, roofs as drawn and without trees."""
    (row,) = study.rows_of([day])
    positions = study.points.points.positions + study.neighbourhood.mesh.origin
    after = np.where(built_over(study, scenario), np.nan, study.light(scenario).minutes_on(row))
    return GroundHours(day, positions, study.now.minutes_on(row), after, spacing)
