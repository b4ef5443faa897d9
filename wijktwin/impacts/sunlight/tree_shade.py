"""Crowns of trees in the sun: when they stand between points and the sun, today and with plans, apart from everything built.

Light among buildings (`light`) is never touched: norms are tested without trees. Counted is how many of its lit slots lie behind
a crown. Crowns are spheroids, asked exactly, every two minutes. Where roofs are taken to be higher, trees are as large as they may be,
and where lower as small: more of either never gives more sun, so everything lies between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.impacts.crowns import Crowns, crowns_of
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.sunlight.crown_loops import CountArray, Looks, behind_crowns, differing_points
from wijktwin.impacts.sunlight.light import Light
from wijktwin.impacts.sunlight.norms import evergreen_genera
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.store import behind_key
from wijktwin.impacts.sunlight.study import KEPT, Roofs, SunStudy
from wijktwin.impacts.sunlight.suns import SLOT, IndexArray
from wijktwin.impacts.tree_sizes import ASSUMED_SIZES, Size, are_evergreen, sized
from wijktwin.model.mesh import BoolArray, FloatArray

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

BEGINS: Final = "crown_begins"
ASSUMED_SHAPE: Final = (BEGINS, *ASSUMED_SIZES)
"""Assumptions that decide where crowns are."""
SIZES: Final = {Roofs.AS_DRAWN: Size.AS_TAKEN, Roofs.HIGHER: Size.LARGE, Roofs.LOWER: Size.SMALL}
NAMES: Final = ("slots", "evergreen", "turns")
GROUPS: Final = (64, 16, 4, 1)
WIDEST: Final = 20.0
"""Points of a group lie within this, most of the time. [m]"""
LOWEST_CROWN: Final = {Roofs.AS_DRAWN: Size.AS_TAKEN, Roofs.HIGHER: Size.SMALL, Roofs.LOWER: Size.LARGE}
"""A crown that begins lower is larger."""


@dataclass(frozen=True, eq=False)
class BehindCrowns:
    """Lit slots that lie behind crowns; arrays of shape (n_days, n_points).

    Parameters
    ----------
    slots, evergreen
        Behind any crown, and behind one that keeps its leaves.
    turns
        How often a point goes into or out of the shade of a crown while nothing built shades it.
    """

    slots: CountArray
    evergreen: CountArray
    turns: CountArray


class TreeShade:
    """What crowns shade of the points of a study on some of its days; safe to ask from several threads.

    Parameters
    ----------
    study
        Its light says when points are lit.
    step
        So many slots are looked at together.
    """

    def __init__(self, study: SunStudy, days: Sequence[date], *, step: int, assumptions: Assumptions) -> None:
        self.study = study
        self.rows = study.rows_of(days)
        self._size, self._boxes = groups_of(study.points.points.origins)
        self._all = np.arange(len(self._boxes))
        self._step = step
        self._looks = [Looks.of(study.grid, row, step=step) for row in self.rows]
        self._assumptions = assumptions
        self._crowns: LastFew[tuple[str, Roofs], tuple[Crowns, BoolArray]] = LastFew(KEPT)
        self._kept: LastFew[tuple[str, Roofs], BehindCrowns] = LastFew(KEPT)
        self._today: LastFew[Roofs, BehindCrowns] = LastFew(len(Roofs))

    @property
    def per_turn(self) -> float:
        """How far off the moment is at which a crown begins or ends to shade, at most. [min]"""
        return self._step * SLOT / 2 / 60.0

    def today(self, roofs: Roofs) -> BehindCrowns:
        """Without any plan; kept for as long as this is, and on the disk with the light."""
        return self._today.of(roofs, lambda: self._stored(roofs))

    def _stored(self, roofs: Roofs) -> BehindCrowns:
        scenario, store = self.study.neighbourhood.with_plans(), self.study.store
        if store is None:
            return self.counted_again(scenario, roofs)
        crowns, evergreen = self.crowns(scenario, roofs)
        points, told = self.study.points.points, f"{self._step};{list(self.rows)}"
        key = behind_key(self.study.today(roofs), points, told=told, arrays=(crowns.centres, crowns.radii, evergreen))
        shape = (len(self.rows), len(self.study.points))
        found = store.behind(key, NAMES, shape, lambda: vars(self.counted_again(scenario, roofs)))
        return BehindCrowns(*(found[name] for name in NAMES))

    def with_plans(self, scenario: Scenario, roofs: Roofs) -> BehindCrowns:
        """With plans: only points whose light changes, or that crowns can reach which come or go, are counted again."""
        if scenario.is_baseline:
            return self.today(roofs)
        return self._kept.of((scenario.key, roofs), lambda: self._changed(scenario, roofs))

    def counted_again(self, scenario: Scenario, roofs: Roofs) -> BehindCrowns:
        """The same from the beginning, from nothing that is kept."""
        return self._counted(self.study.light(scenario, roofs), *self.crowns(scenario, roofs), self._all)

    def crowns(self, scenario: Scenario, roofs: Roofs) -> tuple[Crowns, BoolArray]:
        """The crowns, and which of them keep their leaves, shape (n_trees,)."""
        return self._crowns.of((scenario.key, roofs), lambda: self._made(scenario, roofs))

    def _made(self, scenario: Scenario, roofs: Roofs) -> tuple[Crowns, BoolArray]:
        trees = sized(scenario.trees, SIZES[roofs], assumptions=self._assumptions)
        begins = LOWEST_CROWN[roofs].of(self._assumptions[BEGINS])
        return crowns_of(scenario, begins=begins, trees=trees), are_evergreen(trees["species"], evergreen_genera())

    def _changed(self, scenario: Scenario, roofs: Roofs) -> BehindCrowns:
        today, n = self.today(roofs), len(self.study.points)
        point = self._lit_otherwise(scenario, roofs)
        before, after = self.crowns(self.study.neighbourhood.with_plans(), roofs), self.crowns(scenario, roofs)
        for one, other in ((before, after), (after, before)):
            changed = one[0].that_differ_from(other[0])
            if changed.any():  # where the light is as today, only slots that are lit today count
                point |= self._counted(self.study.today(roofs), one[0].only(changed), one[1][changed], self._all).slots.any(axis=0)
        again = np.logical_or.reduceat(point, np.arange(0, n, self._size)) if n else point
        if not again.any():
            return today
        part = self._counted(self.study.light(scenario, roofs), *after, np.flatnonzero(again))
        of_point = np.repeat(again, self._size)[:n]
        return BehindCrowns(*(
            np.where(of_point, getattr(part, name), getattr(today, name)) for name in NAMES
        ))  # fmt: skip

    def _counted(self, light: Light, crowns: Crowns, evergreen: BoolArray, groups: IndexArray) -> BehindCrowns:
        if not len(groups):
            return BehindCrowns(*(np.zeros((len(self.rows), len(self.study.points)), np.int32) for _ in range(3)))
        centres, radii = crowns.centres.astype(np.float32), crowns.radii.astype(np.float32)
        found = [
            behind_crowns(
                groups, self._size, self._boxes, self.study.points.points.origins, centres, radii, evergreen, self._reach(crowns),
                day.suns, day.span, day.sample, day.steep, day.order, day.turned, light.bits, light.mixed.keys, light.mixed.masks,
            )
            for day in self._looks
        ]  # fmt: skip
        return BehindCrowns(*(np.array(each) for each in zip(*found, strict=True)))

    def _reach(self, crowns: Crowns) -> FloatArray:
        """How far the shadow of each crown reaches when the sun is at its lowest, shape (n,). [m]"""
        floor = float(self._boxes[:, 0, 2].min()) if len(self._boxes) else 0.0
        top = np.maximum(crowns.centres[:, 2] + crowns.radii[:, 1] - floor, 0.0)
        reach: FloatArray = crowns.radii[:, 0] + top / np.tan(np.radians(self.study.grid.lowest))
        return reach

    def _lit_otherwise(self, scenario: Scenario, roofs: Roofs) -> BoolArray:
        """Points whose light the plans change, shape (n_points,)."""
        now, then = self.study.today(roofs), self.study.light(scenario, roofs)
        n = len(self.study.points)
        bytes_ = np.zeros(now.bits.shape[1], dtype=np.uint8)
        for row in self.rows:
            own = self.study.grid.samples_of(row)
            bytes_ |= np.bitwise_or.reduce(now.bits[own] ^ then.bits[own], axis=0)
        point = np.unpackbits(bytes_, bitorder="little")[:n].astype(np.bool_)
        point |= differing_points(now.mixed.keys, now.mixed.masks, then.mixed.keys, then.mixed.masks, n)
        return point


def groups_of(origins: Float32Array) -> tuple[int, FloatArray]:
    """How many points that follow each other are asked together, so that they lie beside each other; and the box of each such group.

    Returns
    -------
    size
        Points in a group.
    boxes
        Lowest and highest corners, shape (n_groups, 2, 3). [m from the local origin]
    """
    for size in GROUPS:
        begins = np.arange(0, len(origins), size)
        if not len(begins):
            break
        low, high = (extreme.reduceat(origins.astype(np.float64), begins) for extreme in (np.minimum, np.maximum))
        if size == 1 or np.median(np.hypot(*(high - low)[:, :2].T)) <= WIDEST:
            return size, np.stack([low, high], axis=1)
    return 1, np.zeros((0, 2, 3))


def tree_shade(study: SunStudy, days: Sequence[date], *, step: int, assumptions: Assumptions) -> TreeShade:
    """The shade of crowns on the points of a study, shared by everybody who asks with the same assumptions about crowns."""
    told = tuple((one.value, one.low, one.high) for one in (assumptions[name] for name in ASSUMED_SHAPE))
    return study.lately(("tree shade", tuple(days), step, told), lambda: TreeShade(study, days, step=step, assumptions=assumptions))
