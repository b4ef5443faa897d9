"""What one home sees, who can look in, and the trees and green around it, as figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.green import METHOD as METHOD_OF_GREEN
from wijktwin.impacts.green_homes import NORMS as GREEN
from wijktwin.impacts.green_homes import REACH, green_at_homes
from wijktwin.impacts.heat import METHOD as METHOD_OF_HEAT
from wijktwin.impacts.home import places_of
from wijktwin.impacts.home_figures import HomeFigures
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.shared import plans_of_surroundings, tree_kind
from wijktwin.impacts.sunlight.points import Origin
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.figures import METHOD, OF_LOOKING, OF_TREES, PLACES, ROOFS, WINDOWS
from wijktwin.impacts.view.homes import HomeView, LookedAt, Range, ViewAtHomes
from wijktwin.impacts.view.settings import sampling_error, spacing
from wijktwin.impacts.view.shares import InView
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.impacts.assessment import Assessment, Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.cool_places import CoolAtHomes
    from wijktwin.impacts.green_homes import GreenAtHomes
    from wijktwin.impacts.home import Home, HomeAddress
    from wijktwin.impacts.sunlight.suns import IndexArray
    from wijktwin.impacts.view.desk import Views
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

SKY: Final = "view.sky_at_home"
PLAN: Final = "view.plan_at_home"
ROOM: Final = "view.windows_at_room"
GARDEN: Final = "view.windows_at_garden"
TREES: Final = "green.trees_at_home"
PLACE: Final = "green.place_at_home"
COOL: Final = "heat.cool_place_at_home"
PRECISION: Final = "outline_precision"
SMALLEST: Final = "smallest_detour"
GOES: Final = "home_goes"
SUBJECTS: Final = ("buildings", "addresses", "ground", "trees")


@dataclass(frozen=True, slots=True)
class HomeSurroundings:
    """What one home sees.

    Parameters
    ----------
    view
        As `ViewAtHomes.home` gives it, of the places that are left.
    sky
        How much of the view is sky.
    plans
        How much of the view each plan takes, by plan id.
    room, garden
        The distance of the nearest new window that looks in, by plan id; only plans with such windows.
    has_garden
        Whether the data know a garden of this home: else nobody looked who looks into it.
    """

    view: HomeView
    sky: Assessment
    plans: dict[str, Assessment]
    room: dict[str, Assessment]
    garden: dict[str, Assessment]
    has_garden: bool


def view_at_home(views: Views, home: Home, address: HomeAddress, *, assumptions: Assumptions) -> HomeSurroundings | None:
    """The view of one home; None where nobody looked from there (it is no dwelling, or lies in the halo)."""
    at = kept(views.scenario, ("views", id(views)), lambda: _Looked(views, ViewAtHomes(views))).at
    targets = views.homes.places.targets
    number = kept(views.homes, "rows of homes", lambda: {target.identifier: n for n, target in enumerate(targets)}).get(address.address_id)
    if number is None:
        return None
    rows = places_of(views.homes.places, number, home, views.scenario.neighbourhood)
    about = _About(at, rows, address, targets[number].origin is Origin.ASSUMED and len(rows) != 1, assumptions)
    view = at.home(address.address_id, places=rows)
    titles = {plan.plan_id: plan for plan in views.scenario.ordered_plans}
    return HomeSurroundings(
        view=view,
        sky=about.sky(view),
        plans={plan_id: about.plan(titles[plan_id], seen.share) for plan_id, seen in view.plans.items()},
        room={plan_id: about.windows(ROOM, titles[plan_id], looked) for plan_id, looked in view.room.items()},
        garden={plan_id: about.windows(GARDEN, titles[plan_id], looked) for plan_id, looked in view.garden.items()},
        has_garden=address.address_id in views.gardens.address_ids,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """Views and who asks them; the views are held so that no others get their id."""

    views: Views
    at: ViewAtHomes


@dataclass(frozen=True, slots=True, eq=False)
class _About:
    """One home in one scenario, and the places that are left of it."""

    at: ViewAtHomes
    rows: IndexArray
    address: HomeAddress
    is_assumed: bool
    assumptions: Assumptions

    @property
    def scenario(self) -> Scenario:
        return self.at.views.scenario

    def sky(self, view: HomeView) -> Assessment:
        """How much of the view is sky, trees in leaf; of several places the one in the middle."""
        left = self.rows[self.at.free[self.rows]] if len(self.rows) else self.rows
        where, missing = self.address.where, view.missing
        if not len(self.rows):
            return self._figure(SKY, where, None, None, margin=unknown_margin(missing), missing=missing)
        views = self.at.views
        now = 100.0 * views.before.of[:, InView.SKY]
        before_row = _middle(self.rows, now)
        if not len(left):
            return self._figure(
                SKY, where, float(now[before_row]), None, margin=unknown_margin(missing), missing=missing,
                before_margin=self._margin(now, self.rows, before_row, side=0),
            )  # fmt: skip
        then = 100.0 * views.after.of[:, InView.SKY]
        row = _middle(left, then - now)
        return self._figure(
            SKY, where, float(now[row]), float(then[row]),
            margin=self._margin(then, left, row, side=1),
            before_margin=self._margin(now, left, row, side=0),
            difference_margin=self._margin_of_change(then - now, left, row),
        )  # fmt: skip

    def plan(self, plan: Plan, share: Range) -> Assessment:
        """How much of the view a plan takes."""
        value, off = (share.least + share.most) / 2.0, sampling_error(Field.WINDOW) if share.most else 0.0
        margin = Margin(min(value, value - share.least + off), share.most - value + off, self._reason)
        return self._figure(PLAN, self.address.about(plan.title), None, value, margin=margin, missing="only_after", plans=(plan,))

    def windows(self, impact: str, plan: Plan, looked: LookedAt) -> Assessment:
        """The nearest new window that looks in: where they come nobody knows, so it may be nearer or farther."""
        nearer = min(spacing("new_window"), looked.distance)
        return self._figure(
            impact,
            self.address.about(plan.title),
            None,
            looked.distance,
            unit=Unit.METRES,
            margin=Margin(nearer, None, WINDOWS),
            missing="only_after",
            plans=(plan,),
            kind=Kind.ASSUMED,
            used=OF_LOOKING,
            remarks=(Note("view.within_distance", distance=Figure(self.assumptions["overlooking_distance"].value)),),
        )

    @property
    def _reason(self) -> str:
        return ROOFS if len(self.rows) == 1 else PLACES

    def _margin(self, of: FloatArray, rows: IndexArray, row: int, *, side: int) -> Margin:
        """From the least to the most of all places, with roofs as far off as they may be and so many directions looked at."""
        drawn = self.at.views.open_sky[Roofs.AS_DRAWN][side][rows]
        moved = [100.0 * (self.at.views.open_sky[roofs][side][rows] - drawn) for roofs in Roofs]
        off = sampling_error(Field.WINDOW)
        low, high = (of[rows] + np.min(moved, axis=0)).min() - off, (of[rows] + np.max(moved, axis=0)).max() + off
        return Margin(float(min(of[row], of[row] - low)), float(max(high - of[row], 0.0)), self._reason)

    def _margin_of_change(self, change: FloatArray, rows: IndexArray, row: int) -> Margin:
        """The same of the change; none where no place has any change, wherever roofs lie."""
        found = [self.at.sky_change(roofs)[rows] for roofs in Roofs]
        if not change[rows].any() and not np.any(found):
            return EXACT
        moved = [each - found[list(Roofs).index(Roofs.AS_DRAWN)] for each in found]
        off = sampling_error(Field.WINDOW)
        low, high = (change[rows] + np.min(moved, axis=0)).min() - off, (change[rows] + np.max(moved, axis=0)).max() + off
        return Margin(float(change[row] - low), float(high - change[row]), self._reason)

    def _figure(
        self, impact: str, where: Where, before: float | None, after: float | None, *, margin: Margin, unit: Unit = Unit.PER_CENT,
        before_margin: Margin | None = None, difference_margin: Margin | None = None, missing: str = "",
        plans: tuple[Plan, ...] | None = None, kind: Kind | None = None, used: tuple[str, ...] = OF_TREES, remarks: tuple[Note, ...] = (),
    ) -> Assessment:  # fmt: skip
        return HomeFigures(self.scenario, self.assumptions, SUBJECTS).make(
            impact,
            where,
            before,
            after,
            unit=unit,
            method=METHOD,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            own=kind or (Kind.ASSUMED if self.is_assumed else Kind.CALCULATED),
            missing=missing,
            plans=plans_of_surroundings(self.scenario) if plans is None else plans,
            remarks=remarks if unit is Unit.METRES else (*remarks, Note("view.in_leaf")),
            used=used,
        )


def _middle(rows: IndexArray, values: FloatArray) -> int:
    """The place with the middle value."""
    return int(rows[np.argsort(values[rows], kind="stable")[(len(rows) - 1) // 2]])


# --------------------------------------------------------------------------------------------------------------- green
def green_around_home(scenario: Scenario, address: HomeAddress, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """Large trees in view and the nearest green place of one home; nothing where the neighbourhood does not know it as a dwelling."""
    reach = assumptions[REACH]
    found = [green_at_homes(scenario, assumptions=assumptions, reach=each) for each in (reach.value, reach.low, reach.high)]
    sides = [pair for pair in found if pair is not None]
    row = None if len(sides) < len(found) else row_of_dwelling(scenario, sides[0][0].homes.address_ids, address)
    if row is None:
        return ()
    (before, after), maker = sides[0], _Green(scenario, address, assumptions, bool(sides[0][1].is_there[row]))
    counts = [[_trees(each, row) for each in pair] for pair in sides]
    distances = [None if each.distance is None else float(each.distance[row]) for each in (before, after)]
    place = maker.distance(
        PLACE, distances, off=assumptions[PRECISION].value, reason="outlines", nothing="no_green_near_home", method=METHOD_OF_GREEN,
        used=(PRECISION, "green_path", "green_narrowest"),
    )  # fmt: skip
    return maker.trees(counts), place


def cool_place_near_home(
    scenario: Scenario, address: HomeAddress, found: CoolAtHomes | str, *, assumptions: Assumptions
) -> Assessment | None:
    """How far it is to a cool place; None where the neighbourhood does not know the home as a dwelling."""
    if isinstance(found, str):
        maker = _Green(scenario, address, assumptions, is_there=True)
        return maker.distance(COOL, (None, None), off=0.0, reason=found, nothing=found, method=METHOD_OF_HEAT, used=())
    row = row_of_dwelling(scenario, found.address_ids, address)
    if row is None:
        return None
    maker = _Green(scenario, address, assumptions, is_there=bool(found.is_there[row]))
    decides, reason = (SMALLEST, "doors_not_known") if found.on_foot else (PRECISION, "outlines")
    return maker.distance(
        COOL, (float(found.before[row]), float(found.after[row])), off=assumptions[decides].value, reason=reason, nothing="no_cool_place",
        method=METHOD_OF_HEAT, used=(decides,),
    )  # fmt: skip


def row_of_dwelling(scenario: Scenario, address_ids: tuple[str, ...], address: HomeAddress) -> int | None:
    """The row of a home among the dwellings of its neighbourhood, which stand in one order everywhere."""
    rows = kept(scenario.neighbourhood, "rows of dwellings", lambda: {name: n for n, name in enumerate(address_ids)})
    return rows.get(address.address_id)


class _Trees(NamedTuple):
    """Trees in view that are large, and of those that nobody measured how many may be."""

    large: float
    maybe: float


def _trees(found: GreenAtHomes, row: int) -> _Trees | None:
    if found.trees is None or found.trees_of_unknown_size is None:
        return None
    return _Trees(float(found.trees[row]), float(found.trees_of_unknown_size[row]))


@dataclass(frozen=True, slots=True, eq=False)
class _Green:
    scenario: Scenario
    address: HomeAddress
    assumptions: Assumptions
    is_there: bool

    def trees(self, counts: Sequence[Sequence[_Trees | None]]) -> Assessment:
        """Large trees in view, before and after, as far as the home reaches and as it may reach at least and at most."""
        radius = norm_value(GREEN, "tree_distance").value
        where = self.address.about(LocalText(f"{radius:g} meter", f"{radius:g} metres"))
        now, then = ([each for each in side if each is not None] for side in zip(*counts, strict=True))
        if not (now and then):
            missing = "no_trees"
            return self._figure(TREES, where, None, None, unit=Unit.COUNT, margin=unknown_margin(missing), missing=missing)
        before = _margin_of_trees(now)
        if not self.is_there:
            gone = unknown_margin(GOES)
            return self._figure(TREES, where, now[0].large, None, unit=Unit.COUNT, margin=gone, before_margin=before, missing=GOES)
        changes = [_Trees(b.large - a.large, b.maybe - a.maybe) for a, b in zip(now, then, strict=True)]
        change = then[0].large - now[0].large
        ends = [end for each in changes for end in (each.large + min(each.maybe, 0.0), each.large + max(each.maybe, 0.0))]
        off = Margin(change - min(ends), max(ends) - change, "crowns_partly_known" if any(e.maybe for e in changes) else REACH)
        return self._figure(
            TREES, where, now[0].large, then[0].large, unit=Unit.COUNT, margin=_margin_of_trees(then), before_margin=before,
            difference_margin=EXACT if off.is_exact else off, used=(REACH,),
        )  # fmt: skip

    def distance(
        self, impact: str, values: Sequence[float | None], *, off: float, reason: str, nothing: str, method: Method, used: tuple[str, ...]
    ) -> Assessment:
        """How far something is, before and after, as a straight line or along the streets; infinite where there is none."""
        before, after = (None if value is None or not np.isfinite(value) else value for value in values)
        missing = "" if before is not None and after is not None else nothing
        if not self.is_there:
            after, missing = None, GOES
        return self._figure(
            impact, self.address.where, before, after, unit=Unit.METRES, missing=missing, used=used, method=method,
            margin=unknown_margin(missing) if after is None else Margin(min(off, after), off, reason),
            before_margin=None if before is None else Margin(min(off, before), off, reason),
            difference_margin=EXACT if before == after else Margin(2.0 * off, 2.0 * off, reason),
        )  # fmt: skip

    def _figure(
        self, impact: str, where: Where, before: float | None, after: float | None, *, unit: Unit, margin: Margin,
        before_margin: Margin | None = None, difference_margin: Margin | None = None, missing: str = "", used: tuple[str, ...] = (),
        method: Method = METHOD_OF_GREEN,
    ) -> Assessment:  # fmt: skip
        is_same = before is not None and before == after and (difference_margin is None or difference_margin.is_exact)
        plans = () if is_same else plans_of_surroundings(self.scenario)
        trees = kept(self.scenario.neighbourhood, "kind of trees", lambda: tree_kind(self.scenario.neighbourhood.tree_table))
        return HomeFigures(self.scenario, self.assumptions, SUBJECTS).make(
            impact,
            where,
            before,
            after,
            unit=unit,
            method=method,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin if before is not None and after is not None else None,
            own=Kind.CALCULATED if impact == PLACE else weakest((Kind.CALCULATED, trees)),
            missing=missing,
            plans=plans,
            used=used,
        )


def _margin_of_trees(counts: Sequence[_Trees]) -> Margin:
    """From the fewest to the most of some counts, and those of unknown size; the first is the one that is told."""
    low, high = min(each.large for each in counts), max(each.large + each.maybe for each in counts)
    told = counts[0].large
    off = Margin(told - low, high - told, "crowns_partly_known" if any(each.maybe for each in counts) else REACH)
    return EXACT if off.is_exact else off
