"""Views as figures: homes that see a plan, homes with less or more sky, homes that new windows look at, and the sky on streets.

These are measures of our own: no Dutch law or practice sets a norm for a view. Today is looked at once for a neighbourhood (`desk`),
which takes seconds; so the catalogue has it computed in the background.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.shared import WHOLE, counted, data_sources, plan_area, with_plans
from wijktwin.impacts.sunlight.points import kind_of
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.averages import Average, average_over_homes, average_over_points
from wijktwin.impacts.view.desk import Views, view_desk
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.home_points import ASSUMED_HERE
from wijktwin.impacts.view.homes import NO_PLACE, ViewAtHomes
from wijktwin.impacts.view.new_windows import WITHOUT_WINDOWS
from wijktwin.impacts.view.overlooking import ASSUMED_HERE as ASSUMED_OF_LOOKING
from wijktwin.impacts.view.settings import missed_share, sampling_error
from wijktwin.impacts.view.shares import InView
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("view", "1.0")
STEP: Final = "sky_share_step"
ROOFS: Final = "view_roofs"
PLACES: Final = "view_places"
SURE: Final = "view_same_everywhere"
WINDOWS: Final = "view_windows_assumed"
OF_HOMES: Final = (*ASSUMED_HERE, "roof_fit_unknown")
OF_TREES: Final = (*OF_HOMES, "crown_begins")
OF_LOOKING: Final = tuple(sorted({*ASSUMED_HERE, *ASSUMED_OF_LOOKING, "roof_fit_unknown"}))


def assess(scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
    """All figures about views.

    Parameters
    ----------
    progress
        Told what is being computed; the computation ends when it raises.
    """
    views = view_desk(scenario.neighbourhood, assumptions=assumptions).views(scenario, progress=progress)
    return figures_of(views, assumptions=assumptions)


def figures_of(views: Views, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """What was computed, as figures."""
    make = _Maker(ViewAtHomes(views), assumptions)
    builds = [plan for plan in views.scenario.ordered_plans if any(not volume.is_below_ground for volume in plan.volumes)]
    found = [make.homes_seeing(plan) for plan in builds]
    if builds or views.scenario.demolished:
        found += [make.homes_with_other_sky("view.homes_losing_sky", -1.0), make.homes_with_other_sky("view.homes_gaining_sky", 1.0)]
    found += [make.homes_looked_at(plan) for plan in builds if _has_windows(plan)]
    found += [make.in_view("view.sky", InView.SKY), make.in_view("view.green", InView.GREEN)]
    return (*found, make.on_streets(), *make.by_street())


def _has_windows(plan: Plan) -> bool:
    return any(not volume.is_below_ground and volume.use not in WITHOUT_WINDOWS for volume in plan.volumes)


class _Maker:
    """Makes figures of one scenario: what all of them have in common."""

    def __init__(self, at: ViewAtHomes, assumptions: Assumptions) -> None:
        self._at = at
        self._views = at.views
        self._scenario = at.views.scenario
        self._assumptions = assumptions

    # ------------------------------------------------------------------------------------------------------------- homes
    def homes_seeing(self, plan: Plan) -> Assessment:
        """From how many homes a part of a plan is seen."""
        at, name = self._at, "view.homes_seeing_plan"
        sees = {roofs: at.by_home(at.sees(plan.plan_id, roofs)) for roofs in Roofs}
        seen = sees[Roofs.AS_DRAWN].any
        n, n_in_leaf = int(seen.sum()), int((seen & at.by_home(at.sees_in_leaf(plan.plan_id)).any).sum())
        low, high = min(int(each.all.sum()) for each in sees.values()), max(int(each.any.sum()) for each in sees.values())
        return self._count(
            name,
            n,
            plans=(plan,),
            margin=self._range(n, low, high + round(missed_share() * n)),
            breakdown={"also_in_leaf": (None, float(n_in_leaf)), "behind_leaves": (None, float(n - n_in_leaf))} if n else {},
            remarks=self._largest(plan),
            assumptions=OF_TREES,
        )

    def homes_with_other_sky(self, name: str, sign: float) -> Assessment:
        """How many homes get less (-1) or more (1) sky in view, by more than a step; trees are not counted."""
        at, step, off = self._at, self._assumptions[STEP].value, sampling_error(Field.WINDOW)
        change = {roofs: sign * at.sky_change(roofs) for roofs in Roofs}
        n = int(at.by_home(change[Roofs.AS_DRAWN] > step).any.sum())
        low = min(int(at.by_home(each > step + off).all.sum()) for each in change.values())
        high = max(int(at.by_home(each > max(step - off, 0.0)).any.sum()) for each in change.values())
        plans = self._scenario.ordered_plans
        step_said = Note("view.counted_from", step=Figure(step))
        return self._count(name, n, plans=plans, margin=self._range(n, low, high), remarks=(step_said,), assumptions=(*OF_HOMES, STEP))

    def homes_looked_at(self, plan: Plan) -> Assessment:
        """How many homes have a living room or a garden that new windows look straight at."""
        at = self._at
        n_in = {}
        for roofs in self._views.looking:
            rooms = at.rooms_looked_at(plan.plan_id, roofs)
            gardens = at.homes_with(at.gardens_looked_at(plan.plan_id, roofs)) & ~at.is_gone
            n_in[roofs] = (int((rooms & ~gardens).sum()), int((~rooms & gardens).sum()), int((rooms & gardens).sum()))
        room, garden, both = n_in[Roofs.AS_DRAWN]
        n = room + garden + both
        above = float(max(sum(n_in[Roofs.LOWER]) - n, 0))
        distance = Note("view.within_distance", distance=Figure(self._assumptions["overlooking_distance"].value))
        parts = {"living_room": room, "garden": garden, "both": both}
        return self._count(
            "view.homes_looked_at",
            n,
            plans=(plan,),
            margin=Margin(None if n else 0.0, above, WINDOWS),
            breakdown={key: (None, float(count)) for key, count in parts.items()} if n else {},
            remarks=(distance, *self._gardens_of_no_home(plan)),
            assumptions=OF_LOOKING,
            kind=Kind.ASSUMED,
        )

    def in_view(self, name: str, kind: InView) -> Assessment:
        """Average share of the view of living rooms, trees in leaf."""
        views, at, neighbourhood = self._views, self._at, self._scenario.neighbourhood
        missing = "" if neighbourhood.ground_table is not None else "no_ground"
        missing = missing or self._missing() or ("no_trees" if neighbourhood.tree_table is None and kind is InView.GREEN else "")
        if missing:
            return self._unknown(name, missing, ("buildings", "addresses", "ground", "trees"))
        everywhere = np.ones(len(at.free), dtype=np.bool_)
        moved = {roofs: (100.0 * before, 100.0 * after) for roofs, (before, after) in views.open_sky.items()}
        found = average_over_homes(
            (100.0 * views.before.of[:, kind], 100.0 * views.after.of[:, kind]), moved, views.homes.places.target, (everywhere, at.free)
        )
        subjects = ("buildings", "addresses", "ground", "trees")
        return self._average(name, found, WHOLE, subjects, assumptions=OF_TREES, remarks=self._about_trees())

    # ----------------------------------------------------------------------------------------------------------- streets
    def on_streets(self) -> Assessment:
        """How much of the sky there is on streets, pavements and squares."""
        if not len(self._views.streets):
            return self._unknown("view.sky_on_streets", "no_ground", ("buildings", "ground"))
        rows = np.ones(len(self._views.streets), dtype=np.bool_)
        return self._average("view.sky_on_streets", self._on(rows), WHOLE, ("buildings", "ground"), assumptions=("roof_fit_unknown",))

    def by_street(self) -> tuple[Assessment, ...]:
        """The same in each street in which it clearly changes."""
        views = self._views
        before, after = views.street_sky[Roofs.AS_DRAWN]
        names = np.array([target.label for target in views.streets.targets], dtype=np.object_)
        label = names[views.streets.target] if len(names) else names
        changed = sorted({str(each) for each in label[(before != after) | views.street_taken]} - {""})
        found = [(street, self._on(label == street)) for street in changed]
        where = {street: Where(Place.STREET, street, LocalText(street, street)) for street in changed}
        return tuple(
            self._average("view.sky_on_street", each, where[street], ("buildings", "ground"), assumptions=("roof_fit_unknown",))
            for street, each in found
            if each.is_clear(ROOFS)
        )

    def _on(self, rows: BoolArray) -> Average:
        sky = {roofs: (100.0 * before, 100.0 * after) for roofs, (before, after) in self._views.street_sky.items()}
        return average_over_points(sky, (rows, rows & ~self._views.street_taken))

    # ------------------------------------------------------------------------------------------------------- in common
    def _range(self, n: int, low: int, high: int) -> Margin:
        """How far a count may be off, and why."""
        below, above = float(max(n - low, 0)), float(max(high - n, 0))
        several = bool((np.bincount(self._views.homes.places.target) > 1).any())
        return Margin(below, above, PLACES if several else ROOFS if below or above else SURE)

    def _missing(self) -> str:
        """Why nothing can be said about homes; "" where something can."""
        return "no_addresses" if not self._at.targets else "" if len(self._at.free) else NO_PLACE

    def _largest(self, plan: Plan) -> tuple[Note, ...]:
        """From how near a plan is seen, and how high it rises for the home that sees it highest."""
        rows = [row for row, (owner, _) in enumerate(self._scenario.volumes) if owner.plan_id == plan.plan_id]
        volumes = [self._views.volumes[Roofs.AS_DRAWN][row] for row in rows]
        there = self._at.free & self._at.sees(plan.plan_id)
        if not there.any():
            return ()
        top = max(float(each.top[there & (each.visible > 0)].max(initial=0.0)) for each in volumes)
        near = min(float(each.distance[there].min()) for each in volumes)
        return (Note("view.largest", degrees=Figure(float(round(top))), distance=Figure(float(round(near)))),)

    def _gardens_of_no_home(self, plan: Plan) -> tuple[Note, ...]:
        looked_at = np.flatnonzero(self._at.gardens_looked_at(plan.plan_id)).tolist()
        n = sum(not self._views.gardens.address_ids[row] for row in looked_at)
        return (counted("view.gardens_of_no_home", n),) if n else ()

    def _about_trees(self) -> tuple[Note, ...]:
        n = self._views.trees_not_drawn
        return (Note("view.in_leaf"), *((counted("view.trees_not_drawn", n),) if n else ()), *self._left_out())

    def _left_out(self) -> tuple[Note, ...]:
        n = int((~self._at.known).sum())
        return (counted("view.homes_left_out", n),) if n else ()

    def _sources(self, *subjects: str, plans: tuple[Plan, ...]) -> tuple[Source, ...]:
        return with_plans(data_sources(self._scenario.neighbourhood, *subjects), plans)

    def _count(
        self,
        name: str,
        n: int,
        *,
        plans: tuple[Plan, ...],
        margin: Margin,
        remarks: tuple[Note, ...],
        assumptions: tuple[str, ...],
        breakdown: Mapping[str, tuple[float | None, float | None]] | None = None,
        kind: Kind | None = None,
    ) -> Assessment:
        missing = self._missing()
        where = plan_area(plans[0]) if name in OF_ONE_PLAN else WHOLE
        return Assessment(
            impact=name,
            before=None,
            after=None if missing else float(n),
            unit=Unit.COUNT,
            where=where,
            margin=unknown_margin(missing) if missing else margin,
            kind=weakest((kind or kind_of(self._at.targets), Kind.STATED)),
            method=METHOD,
            sources=self._sources("buildings", "addresses", "trees", "ground", plans=plans),
            plans=plans,
            remarks=() if missing else (*remarks, *self._left_out()),
            assumptions=self._assumptions.used(*assumptions),
            breakdown={} if missing else breakdown or {},
            missing=missing or "only_after",
        )

    def _average(
        self,
        name: str,
        found: Average,
        where: Where,
        subjects: tuple[str, ...],
        *,
        assumptions: tuple[str, ...],
        remarks: tuple[Note, ...] = (),
    ) -> Assessment:
        plans = self._scenario.ordered_plans
        kind = kind_of(self._at.targets) if "addresses" in subjects else Kind.CALCULATED
        missing = "" if found.after is not None else NO_PLACE
        return Assessment(
            impact=name,
            before=found.before,
            after=found.after,
            unit=Unit.PER_CENT,
            where=where,
            margin=found.margin(ROOFS) if not missing else unknown_margin(missing),
            before_margin=found.before_margin(ROOFS),
            difference_margin=EXACT if not found.changes else found.difference_margin(ROOFS),
            kind=weakest((kind, Kind.STATED)) if plans else kind,
            before_kind=kind,
            method=METHOD,
            sources=self._sources(*subjects, plans=plans),
            plans=plans,
            remarks=remarks,
            assumptions=self._assumptions.used(*assumptions),
            missing=missing,
        )

    def _unknown(self, name: str, missing: str, subjects: tuple[str, ...]) -> Assessment:
        plans = self._scenario.ordered_plans
        return Assessment(
            impact=name,
            before=None,
            after=None,
            unit=Unit.PER_CENT,
            where=WHOLE,
            margin=unknown_margin(missing),
            kind=Kind.CALCULATED,
            method=METHOD,
            sources=self._sources(*subjects, plans=plans),
            plans=plans,
            missing=missing,
        )


OF_ONE_PLAN: Final = frozenset({"view.homes_seeing_plan", "view.homes_looked_at"})
"""Figures that are about one plan, whatever else is switched on."""
