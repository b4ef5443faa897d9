"""Choices that look random and are the same on every system, for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

T = TypeVar("T")
DRAWN_AT_ONCE: Final = 64
UNIT: Final = 2.0**-53


class Dice:
    """A stream of choices that belongs to a key of whole numbers.

    Only the raw 64-bit words of PCG64 are used: NumPy promises that this stream never changes, which it does not promise of the
    distributions of `numpy.random.Generator`. Every street and row has dice of its own, so that a change in one does not
    shake the others.

    Parameters
    ----------
    key
        Whole numbers, zero or more: seed, neighbourhood, street, row.
    """

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(list(key)))
        self._words: list[int] = []

    def number(self) -> float:
        """A number in [0, 1)."""
        if not self._words:
            self._words = self._bits.random_raw(DRAWN_AT_ONCE).tolist()[::-1]
        return (self._words.pop() >> 11) * UNIT

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.number() < probability

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.number()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` up to and including ``high``."""
        return low + int(self.number() * (high - low + 1))

    def step(self, low: int, high: int, step: int) -> int:
        """One of low, low + step, ... up to and including ``high``."""
        return low + step * self.whole(0, (high - low) // step)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self.number() * len(choices))]

    def weighted(self, choices: Mapping[T, float]) -> T:
        """One of the choices, in proportion to its weight."""
        left = self.number() * sum(choices.values())
        for choice, weight in choices.items():
            left -= weight
            if left < 0:
                return choice
        return next(reversed(choices.keys()))  # type: ignore[call-overload,no-any-return]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All items in another order."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.whole(0, last)
            order[last], order[other] = order[other], order[last]
        return order
