"""How much of what is in view is sky, green, building and other ground."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.first_hits import FirstHits, Sight, each_chunk
from wijktwin.impacts.view.ground_in_view import GREEN, ClassArray, ground_distance
from wijktwin.model.mesh import FloatArray


class InView(IntEnum):
    """What a line of sight ends on."""

    SKY = 0
    GREEN = 1
    EXISTING = 2
    NEW = 3
    OTHER_GROUND = 4


N_KINDS: Final = len(InView)


@dataclass(frozen=True, eq=False)
class Shares:
    """What points have in view.

    Parameters
    ----------
    of
        Share of each `InView`, shape (n_points, 5); each row sums to 1.
    of_volumes
        Share of each volume that plans add, shape (n_points, n_volumes): together the column `InView.NEW`.
    """

    of: FloatArray
    of_volumes: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Everything that decides what lines of sight end on; ``drop`` is how high each point lies above the ground, shape (n,). [m]"""

    buildings: FirstHits
    crowns: FirstHits
    ground: ClassArray
    drop: FloatArray


def kinds_in_view(sight: Sight, seen: Seen, rows: IndexArray, *, n_existing: int) -> NDArray[np.uint8]:
    """The `InView` of each line of some points, shape (n, n_directions): whatever is nearest; a building before a crown at one distance."""
    building, crown = seen.buildings.distance[rows], seen.crowns.distance[rows]
    ground = ground_distance(sight, seen.drop, rows)
    met = np.where(seen.buildings.owner[rows] >= n_existing, InView.NEW, InView.EXISTING).astype(np.uint8)
    under = np.where(seen.ground[rows] == GREEN, InView.GREEN, InView.OTHER_GROUND).astype(np.uint8)
    far = np.where(np.isfinite(ground), under, np.uint8(InView.SKY))
    behind = np.where(crown < ground, np.uint8(InView.GREEN), far)
    return np.where((building <= crown) & (building < ground), met, behind)


def shares(sight: Sight, seen: Seen, *, n_existing: int, n_added: int = 0, n_threads: int = 2) -> Shares:
    """What points have in view.

    Parameters
    ----------
    n_existing, n_added
        How many buildings there are today, and how many volumes plans add: owners count on.
    """
    of, of_volumes = np.zeros((len(sight.points), N_KINDS)), np.zeros((len(sight.points), n_added))

    def one(rows: IndexArray) -> None:
        kinds = kinds_in_view(sight, seen, rows, n_existing=n_existing)
        for kind in InView:
            of[rows, kind] = (kinds == kind).mean(axis=1)
        new = kinds == InView.NEW
        owner = seen.buildings.owner[rows]
        for volume in range(n_added if new.any() else 0):
            of_volumes[rows, volume] = (new & (owner == n_existing + volume)).mean(axis=1)

    each_chunk(sight, np.arange(len(sight.points)), one, n_threads=n_threads)
    return Shares(of, of_volumes)
