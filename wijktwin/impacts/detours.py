"""Which homes have a longer way or lose a place once plans are there, one by one: what a list of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wijktwin.impacts.reachability import SMALLEST
from wijktwin.impacts.routes import compared
from wijktwin.model.network import Mode
from wijktwin.model.surroundings import DestinationKind

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Detour:
    """One home whose ways change for the worse.

    Parameters
    ----------
    longer
        By how much its ways become longer at most, for the modes by which that counts as longer; by car there and back together. [m]
    lost
        The kinds of places that it can get to today and no longer then, for the modes by which there is any.
    """

    address_id: str
    building_id: str
    longer: Mapping[Mode, float]
    lost: Mapping[Mode, tuple[DestinationKind, ...]]

    @property
    def weight(self) -> tuple[int, float]:
        """How much changes: places that are lost first, then metres."""
        return sum(len(kinds) for kinds in self.lost.values()), max(self.longer.values(), default=0.0)


def detours(scenario: Scenario, *, assumptions: Assumptions) -> tuple[Detour, ...]:
    """The homes that stay and have a longer way or lose a place, those that lose most first."""
    found = compared(scenario, assumptions=assumptions)
    if found is None or scenario.is_baseline:
        return ()
    smallest, homes = assumptions[SMALLEST].value, found.baseline.homes
    longer = {mode: np.nan_to_num(found.longer(mode)) for mode in Mode}
    lost = {mode: found.lost(mode) for mode in Mode}
    changed = np.zeros(len(homes), dtype=np.bool_)
    for mode in Mode:
        changed |= longer[mode] >= smallest
        for rows in lost[mode].values():
            changed |= rows
    told = [
        Detour(
            str(homes.address_ids[row]),
            str(homes.building_ids[row]),
            {mode: float(longer[mode][row]) for mode in Mode if longer[mode][row] >= smallest},
            {mode: kinds for mode in Mode if (kinds := tuple(kind for kind, rows in lost[mode].items() if rows[row]))},
        )
        for row in np.flatnonzero(changed)
    ]
    return tuple(sorted(told, key=lambda one: (-one.weight[0], -one.weight[1], one.address_id)))
