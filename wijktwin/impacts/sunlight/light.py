"""Bits: which points are lit at which sample, and the few samples after which something changes before the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.loops import bit_counts, lit_slots, replaced_masks
from wijktwin.impacts.sunlight.suns import SLOT, IndexArray, SunGrid
from wijktwin.model.mesh import BoolArray, FloatArray

MaskArray = NDArray[np.uint16]
BitArray = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Mixed:
    """Slots of some samples of some points, as bits: bit k is slot k after the sample.

    Parameters
    ----------
    keys
        Sample times number of points plus point, ascending, shape (m,).
    masks
        Shape (m,).
    """

    keys: IndexArray
    masks: MaskArray

    @staticmethod
    def of(sample: IndexArray, point: IndexArray, masks: MaskArray, *, n_points: int) -> Mixed:
        """From samples and points in any order, each pair once."""
        keys = sample * n_points + point
        order = np.argsort(keys, kind="stable")
        return Mixed(keys[order], masks[order])

    def at(self, keys: IndexArray) -> tuple[BoolArray, MaskArray]:
        """Whether pairs are among them, and their slots (0 where not), each of shape (n,)."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.bool_), np.zeros(len(keys), dtype=np.uint16)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[place] == keys
        return there, np.where(there, self.masks[place], 0).astype(np.uint16)

    def without(self, keys: IndexArray) -> Mixed:
        """Those of other pairs; ``keys`` in any order."""
        keep = np.ones(len(self.keys), dtype=np.bool_)
        if len(self.keys):
            place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            keep[place[self.keys[place] == keys]] = False
        return Mixed(self.keys[keep], self.masks[keep])

    def replaced(self, keys: IndexArray, other: Mixed) -> Mixed:
        """Those of other pairs than ``keys``, and those of ``other``, which are among them; ``keys`` ascending."""
        return Mixed(*replaced_masks(self.keys, self.masks, keys, other.keys, other.masks))

    def joined(self, other: Mixed) -> Mixed:
        """Those of both; what both have is united. Quick where ``other`` is the smaller."""
        place = np.searchsorted(self.keys, other.keys)
        there = np.zeros(len(place), dtype=np.bool_)
        inside = place < len(self.keys)
        there[inside] = self.keys[place[inside]] == other.keys[inside]
        masks = self.masks
        if there.any():
            masks = masks.copy()
            masks[place[there]] |= other.masks[there]
        new = ~there
        return Mixed(np.insert(self.keys, place[new], other.keys[new]), np.insert(masks, place[new], other.masks[new]))


@dataclass(frozen=True, eq=False)
class Light:
    """When points are lit.

    Parameters
    ----------
    bits
        Samples by points, eight points in a byte, lowest bit first, shape (n_samples, ceil(n_points / 8)).
    mixed
        Lit slots where they are not all like the sample.
    """

    grid: SunGrid
    n_points: int
    bits: BitArray
    mixed: Mixed

    @staticmethod
    def of(grid: SunGrid, n_points: int, bits: BitArray, found: Sequence[tuple[IndexArray, IndexArray, MaskArray]]) -> Light:
        """From what was found piece by piece."""
        sample, point, masks = (np.concatenate([each[at] for each in found]) if found else np.zeros(0, np.int64) for at in range(3))
        return Light(grid, n_points, bits, Mixed.of(sample, point, masks.astype(np.uint16), n_points=n_points))

    def is_lit_at(self, sample: IndexArray, point: IndexArray) -> BoolArray:
        """State of points at samples, shape (n,)."""
        lit: BoolArray = ((self.bits[sample, point >> 3] >> (point & 7).astype(np.uint8)) & 1).astype(np.bool_)
        return lit

    def masks(self, sample: IndexArray, point: IndexArray) -> MaskArray:
        """Lit slots of points after samples, shape (n,)."""
        whole = np.where(self.is_lit_at(sample, point), (1 << self.grid.lengths[sample]) - 1, 0).astype(np.uint16)
        there, masks = self.mixed.at(sample * self.n_points + point)
        return np.where(there, masks, whole).astype(np.uint16)

    @cached_property
    def slots(self) -> NDArray[np.int32]:
        """Lit slots of each point on each day, shape (n_days, n_points); read-only."""
        grid = self.grid
        total = np.zeros((len(grid.days), self.n_points), dtype=np.int32)
        for day in range(len(grid.days)):
            rows = grid.samples_of(day)
            total[day] = lit_slots(self.bits[rows], grid.lengths[rows], self.n_points)
        sample, point = np.divmod(self.mixed.keys, max(self.n_points, 1))
        plain = np.where(self.is_lit_at(sample, point), grid.lengths[sample], 0)
        np.add.at(total, (grid.sample_day[sample], point), (np.bitwise_count(self.mixed.masks) - plain).astype(np.int32))
        total.flags.writeable = False
        return total

    @property
    def minutes(self) -> FloatArray:
        """Possible sun of each point on each day, shape (n_days, n_points). [min]"""
        return self.slots.astype(np.float64) * (SLOT / 60.0)

    def lit(self, day: int, point: int) -> BoolArray:
        """State of one point in each slot of a day, shape (n,)."""
        rows = np.arange(*self.grid.samples_of(day).indices(self.grid.n_samples))
        masks = self.masks(rows, np.full(len(rows), point))
        lengths = self.grid.lengths[rows]
        slot = np.arange(int(lengths.max(initial=0)))
        lit: BoolArray = ((masks[:, None].astype(np.int64) >> slot) & 1).astype(np.bool_)[slot < lengths[:, None]]
        return lit

    def stretches(self, day: int, point: int) -> tuple[tuple[datetime, datetime], ...]:
        """From when until when the sun reaches a point on a day, on the local clock.

        A slot stands for the time around its instant, 20 seconds to either side.
        """
        lit = self.lit(day, point)
        turns = np.diff(np.concatenate([[0], lit.astype(np.int8), [0]]))
        begin = int(np.searchsorted(self.grid.slot_day, day))
        half = timedelta(seconds=SLOT / 2)
        pairs = zip(np.flatnonzero(turns > 0).tolist(), np.flatnonzero(turns < 0).tolist(), strict=True)
        return tuple((self.grid.moment(begin + lo) - half, self.grid.moment(begin + hi - 1) + half) for lo, hi in pairs)

    def minutes_on(self, day: int, *, before: int | None = None) -> FloatArray:
        """Possible sun of each point on one day, shape (n_points,). [min]

        Parameters
        ----------
        before
            Only what falls before this instant; None: all of the day. [s since 1970, UTC]
        """
        slots = self.slots[day] if before is None else self._slots_before(day, before)
        minutes: FloatArray = slots.astype(np.float64) * (SLOT / 60.0)
        return minutes

    def _slots_before(self, day: int, moment: int) -> NDArray[np.int32]:
        """Lit slots of each point on one day whose instant is before a moment, shape (n_points,)."""
        rows = self.grid.samples_of(day)
        begins = self.grid.seconds[self.grid.samples[rows]]
        lengths = np.clip(-(-(moment - begins) // SLOT), 0, self.grid.lengths[rows])
        total = lit_slots(self.bits[rows], lengths, self.n_points)
        own = slice(*np.searchsorted(self.mixed.keys, [rows.start * self.n_points, rows.stop * self.n_points]).tolist())
        sample, point = np.divmod(self.mixed.keys[own], max(self.n_points, 1))
        length = lengths[sample - rows.start]
        lit = np.bitwise_count(self.mixed.masks[own] & ((1 << length) - 1))
        np.add.at(total, point, (lit - np.where(self.is_lit_at(sample, point), length, 0)).astype(np.int32))
        return total

    def changes_on(self, day: int) -> IndexArray:
        """How often each point changes on one day, shape (n_points,): at every change up to 20 seconds can be off."""
        bits = self.bits[self.grid.samples_of(day)]
        if not len(bits):
            return np.zeros(self.n_points, dtype=np.int64)
        turns = np.concatenate([bits[:1], bits[1:] ^ bits[:-1], bits[-1:]])
        return bit_counts(turns, self.n_points)

    def without(self, shade: Mixed) -> Light:
        """What is left when some slots become dark."""
        sample, point = np.divmod(shade.keys, max(self.n_points, 1))
        masks = self.masks(sample, point) & ~shade.masks
        length = self.grid.lengths[sample]
        lit = (masks & 1).astype(np.bool_)
        bits = self.bits.copy()
        dark = ~lit
        np.bitwise_and.at(bits, (sample[dark], point[dark] >> 3), ~(np.uint8(1) << (point[dark] & 7).astype(np.uint8)))
        is_mixed = masks != np.where(lit, (1 << length) - 1, 0)
        mixed = self.mixed.replaced(shade.keys, Mixed(shade.keys[is_mixed], masks[is_mixed].astype(np.uint16)))
        return replace(self, bits=bits, mixed=mixed)

    def bits_different(self, other: Light) -> int:
        """In how many slots of how many points two answers differ; every slot of every point counts."""
        different = int(np.bitwise_count(self.bits ^ other.bits).sum(dtype=np.int64))
        keys = np.union1d(self.mixed.keys, other.mixed.keys)
        sample, point = np.divmod(keys, max(self.n_points, 1))
        return different + int(np.bitwise_count(self.masks(sample, point) ^ other.masks(sample, point)).sum(dtype=np.int64))


def darkened_slots(shade: Mixed, light: Light) -> NDArray[np.int32]:
    """Slots that a shade takes of each point on each day, shape (n_days, n_points)."""
    sample, point = np.divmod(shade.keys, max(light.n_points, 1))
    lost = np.bitwise_count(light.masks(sample, point) & shade.masks)
    cell = light.grid.sample_day[sample] * light.n_points + point
    total = np.bincount(cell, weights=lost, minlength=len(light.grid.days) * light.n_points)
    return total.reshape(len(light.grid.days), light.n_points).astype(np.int32)
