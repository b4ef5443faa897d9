"""The view of each home, today and with plans, asked by address: what is in view, how a plan is seen, and who can look in.

Where several places are possible for a living room, every figure is a range over them, and a plan may be in view for certain (from
all of them), possibly (from some), or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.errors import NotFoundError
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.kept import kept
from wijktwin.impacts.sunlight.points import Target
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.desk import Views, view_desk
from wijktwin.impacts.view.overlooking import SightLines
from wijktwin.impacts.view.plan_in_view import VolumeInView
from wijktwin.impacts.view.shares import InView
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.scenario import Scenario

NO_PLACE: Final = "view_no_place"
GONE: Final = "view_demolished"
BUILT_AGAINST: Final = "view_built_against"
FULL: Final = 360.0


class Seen(StrEnum):
    """Whether something is in view of a home."""

    CERTAINLY = "certainly"
    """From every place where the living room may be."""
    POSSIBLY = "possibly"
    """From some of them."""
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most over the places that are possible."""

    least: float
    most: float

    @staticmethod
    def of(values: FloatArray) -> Range:
        """Of at least one value."""
        return Range(float(values.min()), float(values.max()))


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """How a plan is seen from a home.

    Parameters
    ----------
    seen
        With roofs as drawn.
    is_sure
        Whether it stays so when the roofs in the way lie as much higher or lower as they may be off.
    share
        Of what is in view. [%]
    height, width
        How much of it is seen up and aside, of the possible places that see it; its highest building counts for the height. [°]
    top
        Altitude of its highest part that is seen. [°]
    distance
        To its nearest part that is seen. [m]
    hidden_by_leaves
        Whether trees in leaf hide all of it from every place that sees it in winter.
    """

    seen: Seen
    is_sure: bool
    share: Range
    height: Range | None
    width: Range | None
    top: Range | None
    distance: Range | None
    hidden_by_leaves: bool


@dataclass(frozen=True, slots=True)
class LookedAt:
    """From which new windows one looks straight at a home or its garden.

    Parameters
    ----------
    storeys
        Of the windows, ascending, from 0 at the bottom of the building.
    n_windows
        How many of the assumed windows.
    distance
        Of the nearest. [m]
    angle
        With straight ahead, of the window that looks straightest. [°]
    """

    storeys: tuple[int, ...]
    n_windows: int
    distance: float
    angle: float


@dataclass(frozen=True, slots=True)
class HomeView:
    """What is known of the view of one home.

    Parameters
    ----------
    n_places
        In how many places its living room may be.
    before, after
        Share of each `InView`, trees in leaf. [%] None where it is not known, or there is no home any more; ``missing`` says why.
    plans
        How each plan is seen, by id; only plans that build above ground.
    room, garden
        Who looks at its living room and its garden, by plan id; only plans that do.
    """

    target: Target
    n_places: int
    before: Mapping[InView, Range] | None
    after: Mapping[InView, Range] | None
    plans: Mapping[str, PlanSeen]
    room: Mapping[str, LookedAt]
    garden: Mapping[str, LookedAt]
    missing: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ByHome:
    """Something that holds at points, per home: from any of its places, and from all of them; both of shape (n_homes,)."""

    any: BoolArray
    all: BoolArray


class ViewAtHomes:
    """The views of all homes in one scenario."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self.targets = views.homes.places.targets
        self._target = views.homes.places.target

    @cached_property
    def free(self) -> BoolArray:
        """Home points that are still there, shape (n_points,)."""
        return ~self.views.taken & ~self.is_gone[self._target] if len(self._target) else np.zeros(0, dtype=np.bool_)

    @cached_property
    def known(self) -> BoolArray:
        """Homes of which something can be said with the plans, shape (n_homes,)."""
        return np.bincount(self._target[self.free], minlength=len(self.targets)) > 0

    @cached_property
    def is_gone(self) -> BoolArray:
        """Homes whose building goes, shape (n_homes,)."""
        return np.array([target.building_id in self.views.scenario.demolished for target in self.targets], dtype=np.bool_)

    def by_home(self, flags: BoolArray) -> ByHome:
        """Something that holds at points, per home; only points that are still there count."""
        n = len(self.targets)
        there = np.bincount(self._target[self.free], minlength=n)
        holds = np.bincount(self._target[self.free & flags], minlength=n)
        return ByHome(holds > 0, (holds == there) & (there > 0))

    def sees(self, plan_id: str, roofs: Roofs = Roofs.AS_DRAWN) -> BoolArray:
        """Points from which a part of a plan is seen, shape (n_points,)."""
        return self._summed(plan_id, roofs, "visible") > 0

    def sees_in_leaf(self, plan_id: str) -> BoolArray:
        """The same with trees in leaf."""
        return self._summed(plan_id, Roofs.AS_DRAWN, "in_leaf") > 0

    def sky_change(self, roofs: Roofs) -> FloatArray:
        """How much more sky there is in view without trees, shape (n_points,). [percentage points]"""
        before, after = self.views.open_sky[roofs]
        return 100.0 * (after - before)

    def plan_ids(self) -> tuple[str, ...]:
        """Plans that build above ground."""
        return tuple(dict.fromkeys(plan.plan_id for plan, volume in self.views.scenario.volumes if not volume.is_below_ground))

    def rooms_looked_at(self, plan_id: str, roofs: Roofs = Roofs.AS_DRAWN) -> BoolArray:
        """Homes with a living room that windows of a plan look at, shape (n_homes,)."""
        return self.by_home(self._places_of(self.views.looking[roofs].rooms, plan_id, len(self._target))).any

    def gardens_looked_at(self, plan_id: str, roofs: Roofs = Roofs.AS_DRAWN) -> BoolArray:
        """Gardens that windows of a plan look at, shape (n_gardens,)."""
        gardens = self.views.gardens
        points = self._places_of(self.views.looking[roofs].gardens, plan_id, len(gardens.garden))
        return np.bincount(gardens.garden[points], minlength=len(gardens.surface_ids)) > 0

    def homes_with(self, gardens: BoolArray) -> BoolArray:
        """Homes to which one of some gardens belongs, shape (n_homes,)."""
        ids = {self.views.gardens.address_ids[row] for row in np.flatnonzero(gardens).tolist()} - {""}
        return np.array([target.identifier in ids for target in self.targets], dtype=np.bool_)

    def home(self, address_id: str, *, places: IndexArray | None = None) -> HomeView:
        """The view of one home.

        Parameters
        ----------
        places
            The points where its living room is (rows of the home points); None: wherever it may be.

        Raises
        ------
        NotFoundError
            There is no home with this address in the neighbourhood.
        """
        number = self._numbers.get(address_id)
        if number is None:
            raise NotFoundError("view.no_such_home", address_id=address_id)
        target, rows = self.targets[number], np.flatnonzero(self._target == number) if places is None else places
        left = rows[self.free[rows]]
        missing = NO_PLACE if not len(rows) else "" if len(left) else GONE if self.is_gone[number] else BUILT_AGAINST
        plans = {plan_id: self._plan_seen(plan_id, left) for plan_id in self.plan_ids()} if len(left) else {}
        is_left = np.zeros(len(self._target), dtype=np.bool_)
        is_left[left] = True
        room = {} if self.is_gone[number] else self._lookers(self.views.looking[Roofs.AS_DRAWN].rooms, is_left)
        own = self._garden_addresses == address_id
        in_garden = own[self.views.gardens.garden] if len(own) else np.zeros(0, dtype=np.bool_)
        garden = self._lookers(self.views.looking[Roofs.AS_DRAWN].gardens, in_garden)
        before, after = self.views.before.of, self.views.after.of
        return HomeView(target, len(rows), _ranges(before, rows), _ranges(after, left), plans, room, garden, missing)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {target.identifier: number for number, target in enumerate(self.targets)}

    @cached_property
    def _garden_addresses(self) -> NDArray[np.object_]:
        return np.array(self.views.gardens.address_ids, dtype=object)

    def _volumes_of(self, plan_id: str) -> list[int]:
        return [row for row, (plan, _) in enumerate(self.views.scenario.volumes) if plan.plan_id == plan_id]

    def _summed(self, plan_id: str, roofs: Roofs, name: str) -> FloatArray:
        return kept(self, ("summed", plan_id, roofs, name), lambda: self._sum(plan_id, roofs, name))

    def _sum(self, plan_id: str, roofs: Roofs, name: str) -> FloatArray:
        parts = [getattr(self.views.volumes[roofs][row], name) for row in self._volumes_of(plan_id)]
        total: FloatArray = np.sum(parts, axis=0) if parts else np.zeros(len(self._target))
        return total

    def _places_of(self, lines: SightLines, plan_id: str, n_places: int) -> BoolArray:
        """Places that windows of a plan look at, shape (n_places,)."""
        found = np.zeros(n_places, dtype=np.bool_)
        found[lines.place[np.isin(self.views.windows.volume[lines.window], self._volumes_of(plan_id))]] = True
        return found

    def _lookers(self, lines: SightLines, places: BoolArray) -> dict[str, LookedAt]:
        found = {}
        here = lines.taken(places[lines.place])
        volume = self.views.windows.volume[here.window]
        for plan_id in self.plan_ids():
            mine = here.taken(np.isin(volume, self._volumes_of(plan_id)))
            if len(mine.window):
                storeys = tuple(np.unique(self.views.windows.storey[mine.window]).tolist())
                n_windows = len(np.unique(mine.window))
                found[plan_id] = LookedAt(storeys, n_windows, float(mine.distance.min()), float(mine.angle.min()))
        return found

    def _plan_seen(self, plan_id: str, rows: IndexArray) -> PlanSeen:
        volumes = [self.views.volumes[Roofs.AS_DRAWN][row] for row in self._volumes_of(plan_id)]
        verdicts = {roofs: _verdict(self.sees(plan_id, roofs)[rows]) for roofs in Roofs}
        share = 100.0 * self.views.after.of_volumes[rows][:, self._volumes_of(plan_id)].sum(axis=1)
        seen = rows[self.sees(plan_id)[rows]]
        sizes: dict[str, Range | None] = dict.fromkeys(("height", "width", "top", "distance"))
        if len(seen):
            sizes = {
                "height": Range.of(np.max([each.height[seen] for each in volumes], axis=0)),
                "width": Range.of(np.array([covered_width(volumes, row) for row in seen.tolist()])),
                "top": Range.of(np.max([np.where(each.visible[seen] > 0, each.top[seen], -90.0) for each in volumes], axis=0)),
                "distance": Range.of(np.min([each.distance[seen] for each in volumes], axis=0)),
            }
        leaves = bool(len(seen)) and not self.sees_in_leaf(plan_id)[seen].any()
        is_sure = len(set(verdicts.values())) == 1
        return PlanSeen(verdicts[Roofs.AS_DRAWN], is_sure, Range.of(share), hidden_by_leaves=leaves, **sizes)


def home_view(scenario: Scenario, address_id: str, *, assumptions: Assumptions) -> HomeView:
    """The view of one home; what was computed for its scenario before is not computed again.

    Raises
    ------
    NotFoundError
        There is no home with this address in the neighbourhood.
    """
    return ViewAtHomes(view_desk(scenario.neighbourhood, assumptions=assumptions).views(scenario)).home(address_id)


def covered_width(volumes: list[VolumeInView], row: int) -> float:
    """How much of the horizon volumes take up together from one point; where they are behind each other they count once. [°]"""
    spans = sorted((float(each.west[row]), float(each.east[row])) for each in volumes if each.visible[row] > 0)
    pieces = sorted([*spans, *((west - FULL, east - FULL) for west, east in spans if east > FULL)])
    total, reached = 0.0, 0.0
    for west, east in pieces:
        begin, end = max(west, reached), min(east, FULL)
        total += max(end - begin, 0.0)
        reached = max(reached, end)
    return total


def _verdict(flags: BoolArray) -> Seen:
    return Seen.CERTAINLY if flags.all() else Seen.POSSIBLY if flags.any() else Seen.NOT


def _ranges(of: FloatArray, rows: IndexArray) -> dict[InView, Range] | None:
    return {kind: Range.of(100.0 * of[rows, kind]) for kind in InView} if len(rows) else None
