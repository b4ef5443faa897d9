"""Minutes of sun with trees counted too, with what their margin allows: for figures beside the norms, never for a norm.

A minute behind a crown counts for the share of the sun that shines through it; however many crowns stand one behind the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.impacts.sunlight.norms import trees_in_leaf, unseen_minutes
from wijktwin.impacts.sunlight.ranges import PER_CHANGE, SunChange, SunRange
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.sunlight.suns import SLOT
from wijktwin.impacts.tree_sizes import Size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.light import Light
    from wijktwin.impacts.sunlight.tree_shade import BehindCrowns, TreeShade
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.scenario import Scenario

IN_LEAF: Final = "crown_light"
BARE: Final = "crown_light_bare"
LIGHT_THROUGH: Final = {Roofs.AS_DRAWN: Size.AS_TAKEN, Roofs.HIGHER: Size.SMALL, Roofs.LOWER: Size.LARGE}
"""Less light comes through where everything else is dark too."""


@dataclass(frozen=True, slots=True)
class Through:
    """Share of the sun that shines through a crown, in leaf and bare."""

    leaf: float
    bare: float


@dataclass(frozen=True, eq=False)
class SunWithTrees:
    """Sun on the points of a study with trees, on some of its days, today and with the plans of a scenario.

    Parameters
    ----------
    shade
        Its days are those that are told.
    is_average
        Whether only averages over many points are asked: moments at which a crown begins or ends to shade are then off to either side.
    """

    shade: TreeShade
    scenario: Scenario
    days: tuple[date, ...]
    assumptions: Assumptions
    is_average: bool

    @cached_property
    def before(self) -> list[SunRange]:
        """Today, per day."""
        return self._ranges(self.shade.study.neighbourhood.with_plans())

    @cached_property
    def after(self) -> list[SunRange]:
        """With the plans, per day."""
        return self.before if self.scenario.is_baseline else self._ranges(self.scenario)

    @cached_property
    def change(self) -> list[SunChange]:
        """What the plans change, per day: roofs, sizes of trees and the light that comes through them are the same before and after."""
        today, ends = self.shade.study.neighbourhood.with_plans(), [self._through(size) for size in Size]
        found: list[SunChange] = []
        for at, row in enumerate(self.shade.rows):
            changes, own = [], []
            for roofs in Roofs:
                (first, first_off), (second, second_off) = (
                    self._minutes(one, roofs, at, [self._through(LIGHT_THROUGH[roofs]), *ends]) for one in (today, self.scenario)
                )
                changes.append(second - first)
                own.append(first_off + second_off)
            touched = np.any([each.any(axis=0) for each in changes], axis=0)
            off = np.where(touched, np.max(own, axis=0) + unseen_minutes(), 0.0)
            most = self.shade.study.open_field[row]
            lowest = np.maximum(np.min(changes, axis=(0, 1)) - off, -most)
            highest = np.minimum(np.max(changes, axis=(0, 1)) + off, most)
            found.append(SunChange(changes[0][0], lowest, highest))
        return found

    def as_drawn(self, scenario: Scenario, at: int) -> FloatArray:
        """Minutes on one day, for a map: roofs as they are drawn and trees as they are taken to be, shape (n_points,)."""
        minutes, _ = self._minutes(scenario, Roofs.AS_DRAWN, at, [self._through(Size.AS_TAKEN)])
        found: FloatArray = minutes[0]
        return found

    def _ranges(self, scenario: Scenario) -> list[SunRange]:
        found: list[SunRange] = []
        for at, row in enumerate(self.shade.rows):
            cases = [self._minutes(scenario, roofs, at, [self._through(LIGHT_THROUGH[roofs])]) for roofs in Roofs]
            minutes = [one[0] for one, _ in cases]
            lowest = np.min([sun - off for sun, (_, off) in zip(minutes, cases, strict=True)], axis=0) - unseen_minutes()
            highest = np.max([sun + off for sun, (_, off) in zip(minutes, cases, strict=True)], axis=0) + unseen_minutes()
            most = np.max([self.shade.study.open_field[row], *minutes], axis=0)
            found.append(SunRange(minutes[0], np.maximum(lowest, 0.0), np.minimum(highest, most)))
        return found

    def _minutes(self, scenario: Scenario, roofs: Roofs, at: int, through: Sequence[Through]) -> tuple[FloatArray, FloatArray]:
        """Minutes on one day by how much light comes through, shape (n, n_points), and how far they are off, shape (n_points,)."""
        row = self.shade.rows[at]
        light, behind = self.shade.study.light(scenario, roofs), self.shade.with_plans(scenario, roofs)
        found = np.array([_minutes(light, behind, row, at, each, is_in_leaf=trees_in_leaf(self.days[at])) for each in through])
        off = np.asarray(light.changes_on(row) * PER_CHANGE, dtype=np.float64)
        if not self.is_average:
            off = off + behind.turns[at] * self.shade.per_turn
        return found, off

    def _through(self, size: Size) -> Through:
        return Through(size.of(self.assumptions[IN_LEAF]), size.of(self.assumptions[BARE]))


def _minutes(light: Light, behind: BehindCrowns, row: int, at: int, through: Through, *, is_in_leaf: bool) -> FloatArray:
    """Sun on each point on one day, shape (n_points,). [min]"""
    through_all = through.leaf if is_in_leaf else through.bare
    held = (behind.slots[at] - behind.evergreen[at]) * (1.0 - through_all) + behind.evergreen[at] * (1.0 - through.leaf)
    found: FloatArray = (light.slots[row] - held) * (SLOT / 60.0)
    return found
