"""Averages of shares over homes and over places on streets, with how far they may be off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wijktwin.impacts.assessment import Margin
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.settings import average_error, change_error
from wijktwin.model.mesh import BoolArray, FloatArray

BeforeAfter = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Average:
    """An average before and after. [%]

    Parameters
    ----------
    after
        None where nothing is left to average over.
    field
        How it was looked at: that decides how far it may be off because so many ways are looked at and no more.
    roofs
        How much lower and higher it is when roofs lie higher or lower: before, after, and of the difference.
    places
        How much lower and higher it is over the places that are possible: before, after, and of the difference.
    changes
        Whether anything changes at any point.
    """

    before: float
    after: float | None
    field: Field
    roofs: tuple[tuple[float, float], ...]
    places: tuple[tuple[float, float], ...]
    changes: bool

    def before_margin(self, reason: str) -> Margin:
        """Of before."""
        return self._margin(0, reason)

    def margin(self, reason: str) -> Margin:
        """Of after."""
        return self._margin(1, reason)

    def difference_margin(self, reason: str) -> Margin:
        """Of the difference: what both have in common falls away."""
        return self._margin(2, reason)

    def is_clear(self, reason: str) -> bool:
        """Whether there is an average after, and the difference cannot be none."""
        if self.after is None:
            return False
        change, margin = self.after - self.before, self.difference_margin(reason)
        return change > (margin.below or 0.0) or -change > (margin.above or 0.0)

    def _margin(self, which: int, reason: str) -> Margin:
        (low_roofs, high_roofs), (low_places, high_places) = self.roofs[which], self.places[which]
        sampling = change_error(self.field) if which == 2 else average_error(self.field)
        return Margin(sampling + low_roofs + low_places, sampling + high_roofs + high_places, reason)


NOWHERE = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))


def average_over_points(shares: Mapping[Roofs, BeforeAfter], there: tuple[BoolArray, BoolArray]) -> Average:
    """Over places on the ground.

    Parameters
    ----------
    shares
        Before and after at each place, by where roofs are taken to be, shape (n,). [%]
    there
        Which places count before, and which after.
    """
    before, after = shares[Roofs.AS_DRAWN]
    changes = bool((before != after)[there[0]].any() or (there[0] != there[1]).any())
    if not there[1].any():
        return Average(float(before[there[0]].mean()), None, Field.SKY_FACTOR, NOWHERE, NOWHERE, changes)
    means = {roofs: (float(one[there[0]].mean()), float(other[there[1]].mean())) for roofs, (one, other) in shares.items()}
    return Average(*means[Roofs.AS_DRAWN], Field.SKY_FACTOR, _spread(means), NOWHERE, changes)


def average_over_homes(
    shares: BeforeAfter, moved: Mapping[Roofs, BeforeAfter], target: IndexArray, there: tuple[BoolArray, BoolArray]
) -> Average:
    """Over homes; of a home with several possible places the middle of their least and most counts.

    Parameters
    ----------
    shares
        Before and after at each place. [%]
    moved
        Shares that say how much roofs matter, by where they are taken to be. [%]
    target
        Home of each place, shape (n,).
    there
        Which places count before, and which after.
    """
    before, after = shares
    one, other = _over_homes(before, target, there[0]), _over_homes(after, target, there[1])
    changes = bool((before != after)[there[0]].any() or (there[0] != there[1]).any())
    if one is None or other is None:
        return Average(0.0 if one is None else one[1], None, Field.WINDOW, NOWHERE, NOWHERE, changes)
    means = {}
    for roofs, (was, becomes) in moved.items():
        first, second = _over_homes(was, target, there[0]), _over_homes(becomes, target, there[1])
        means[roofs] = (one[1] if first is None else first[1], other[1] if second is None else second[1])
    change = _over_homes(after - before, target, there[1])
    of_change = (0.0, 0.0) if change is None else (change[1] - change[0], change[2] - change[1])
    spans = ((one[1] - one[0], one[2] - one[1]), (other[1] - other[0], other[2] - other[1]), of_change)
    return Average(one[1], other[1], Field.WINDOW, _spread(means), spans, changes)


def _spread(means: Mapping[Roofs, tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """How far averages lie below and above those with roofs as drawn: before, after, and of the difference."""
    values = [(before, after, after - before) for before, after in means.values()]
    drawn = means[Roofs.AS_DRAWN]
    own = (*drawn, drawn[1] - drawn[0])
    return tuple((own[at] - min(each[at] for each in values), max(each[at] for each in values) - own[at]) for at in range(3))


def _over_homes(values: FloatArray, target: IndexArray, there: BoolArray) -> tuple[float, float, float] | None:
    """Averages over homes of the least, the middle and the most of their places; None where there is no place at all."""
    rows = np.flatnonzero(there)
    if not len(rows):
        return None
    rows = rows[np.argsort(target[rows], kind="stable")]
    begins = np.flatnonzero(np.append(True, np.diff(target[rows]) != 0))
    least, most = np.minimum.reduceat(values[rows], begins), np.maximum.reduceat(values[rows], begins)
    return float(least.mean()), float(((least + most) / 2.0).mean()), float(most.mean())
