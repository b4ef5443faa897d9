"""The instants at which the sun is looked for: ten-minute samples, and between them slots of 40 seconds that everybody shares.

Slots are whole multiples of 40 seconds of UTC, so every computation of a day uses the same instants, whatever it is for. A day is
that of the local clock, which has 23 or 25 hours when the clock changes. A *sample* stands for itself and the slots up to the next
sample: 15 at most. Where the sun passes the lowest altitude that counts, the first and last slot above it are samples too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sun import Place

IndexArray = NDArray[np.int64]

SLOT: Final = 40
"""Length of a slot. [s]"""
SAMPLE: Final = 600
"""Time between two samples. [s]"""
SLOTS_PER_SAMPLE: Final = SAMPLE // SLOT
NIGHT_STEP: Final = 30
"""Every so manieth slot is looked at to find the night: 20 minutes."""
CLIMB: Final = 5.5
"""The sun moves no more than this along the sky in that time: 15.04° in an hour. [°]"""
SLOTS_PER_CLOSE_LOOK: Final = 3
"""Where the boxes of a plan are crossed, every so manieth slot is looked at: two minutes."""


@dataclass(frozen=True, eq=False)
class SunGrid:
    """The instants of some days at one place, and where the sun stands then.

    Parameters
    ----------
    place
        Where the sun is seen from: one for a neighbourhood. (Over 5 km the sun moves 0.05°, twelve seconds of its way.)
    days
        Days of the local clock.
    lowest
        The sun counts above this altitude of its centre, without refraction. [°]
    seconds
        Of each slot, since the beginning of 1970 in UTC, shape (n_slots,), ascending within a day.
    altitude
        Of the sun in each slot, shape (n_slots,). [°]
    towards
        Unit vector to the sun in each slot, on the grid, shape (n_slots, 3).
    slot_day
        Row of ``days`` of each slot, shape (n_slots,).
    samples
        Slot of each sample, shape (n_samples,), ascending.
    """

    place: Place
    days: tuple[date, ...]
    lowest: float
    seconds: IndexArray
    altitude: FloatArray
    towards: Float32Array
    slot_day: IndexArray
    samples: IndexArray

    @staticmethod
    def of(place: Place, days: Sequence[date], *, lowest: float) -> SunGrid:
        """The grid of some days.

        Parameters
        ----------
        lowest
            See above. [°] At 0 and below every shadow is endless.
        """
        if lowest <= 0:
            raise ValueError("a sun that has not risen casts no shadow that ends: count it from an altitude above 0")
        return _grid(place, tuple(days), lowest)

    @property
    def n_samples(self) -> int:
        """How many samples, all days together."""
        return len(self.samples)

    @cached_property
    def lengths(self) -> IndexArray:
        """Slots that each sample stands for, itself included, shape (n_samples,), 1 to 15."""
        return np.diff(np.append(self.samples, len(self.seconds)))

    @cached_property
    def goes_on(self) -> BoolArray:
        """Whether the next sample follows without a night between, shape (n_samples,): what lies between is looked at."""
        after = np.minimum(self.samples + self.lengths, max(len(self.seconds) - 1, 0))
        same_day = self.slot_day[after] == self.slot_day[self.samples]
        follows = self.seconds[after] - self.seconds[self.samples] == self.lengths * SLOT
        is_last = np.arange(self.n_samples) == self.n_samples - 1
        goes_on: BoolArray = same_day & follows & ~is_last
        return goes_on

    @cached_property
    def sample_day(self) -> IndexArray:
        """Row of ``days`` of each sample, shape (n_samples,)."""
        return self.slot_day[self.samples]

    def samples_of(self, day: int) -> slice:
        """The samples of one row of ``days``."""
        lo, hi = np.searchsorted(self.sample_day, [day, day + 1]).tolist()
        return slice(lo, hi)

    def moment(self, slot: int) -> datetime:
        """The instant of a slot on the local clock."""
        return datetime.fromtimestamp(int(self.seconds[slot]), tz=UTC).astimezone(ZoneInfo(self.place.time_zone))


def _slots_of(day: date, time_zone: str) -> IndexArray:
    """Slots of a day of the local clock, night included. [s since 1970, UTC]"""
    zone = ZoneInfo(time_zone)
    after = day + timedelta(days=1)
    begin, end = (datetime(each.year, each.month, each.day, tzinfo=zone).timestamp() for each in (day, after))
    return np.arange(-(-int(begin) // SLOT), -(-int(end) // SLOT), dtype=np.int64) * SLOT


@lru_cache(maxsize=8)
def _grid(place: Place, days: tuple[date, ...], lowest: float) -> SunGrid:
    """See `SunGrid.of`; the sun of a year takes seconds, and many ask for the same."""
    spans = _by_day(place, [_slots_of(day, place.time_zone) for day in days], lowest) if days else []
    seconds = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
    slot_day = np.repeat(np.arange(len(spans)), [len(span) for span in spans])
    altitude, azimuth = place.positions(seconds)
    up = altitude > lowest
    seconds, slot_day, altitude, azimuth = seconds[up], slot_day[up], altitude[up], azimuth[up]
    rise, turn = np.radians(altitude), np.radians(azimuth)
    towards = np.column_stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)]).astype(np.float32)
    first = np.append(True, (np.diff(seconds) != SLOT) | (np.diff(slot_day) != 0))[: len(seconds)]
    last = np.append(first[1:], True)[: len(seconds)]
    samples = np.flatnonzero(first | last | (seconds % SAMPLE == 0))
    return SunGrid(place, tuple(days), lowest, seconds, altitude, towards, slot_day, samples)


def _by_day(place: Place, seconds: Sequence[IndexArray], lowest: float) -> list[IndexArray]:
    """The slots of each day without most of those of the night: in so many slots the sun climbs no more than it turns."""
    looked = [np.append(span[::NIGHT_STEP], span[-1]) for span in seconds]
    altitude, _ = place.positions(np.concatenate(looked) if looked else np.zeros(0, dtype=np.int64))
    found = []
    for span, heights in zip(seconds, np.split(altitude, np.cumsum([len(each) for each in looked])[:-1]), strict=True):
        near = heights > lowest - CLIMB
        found.append(span[(near[:-1] | near[1:])[np.arange(len(span)) // NIGHT_STEP]])
    return found
