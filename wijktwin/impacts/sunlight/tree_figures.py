"""The sun with trees counted too, as figures beside those without: in gardens, on playgrounds and at homes. No norm counts trees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Place, Unit, Where, unknown_margin
from wijktwin.impacts.shared import counted, data_sources, with_plans
from wijktwin.impacts.sunlight.norm_tests import ASSUMED, METHOD
from wijktwin.impacts.sunlight.norms import change_counted, trees_in_leaf
from wijktwin.impacts.sunlight.on_ground import GroundUse, hours_on
from wijktwin.impacts.sunlight.ranges import mean_margin
from wijktwin.impacts.sunlight.suns import SLOTS_PER_CLOSE_LOOK, SLOTS_PER_SAMPLE
from wijktwin.impacts.sunlight.tree_ranges import BARE, IN_LEAF, SunWithTrees
from wijktwin.impacts.sunlight.tree_shade import BEGINS, tree_shade
from wijktwin.impacts.tree_sizes import ASSUMED_SIZES, sizes_assumed
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.sunlight.homes import SunAtHomes
    from wijktwin.impacts.sunlight.on_ground import GroundHours, SunOnGround
    from wijktwin.impacts.sunlight.study import SunStudy
    from wijktwin.model.scenario import Scenario

TREES_MARGIN: Final = "sun_trees"
GROUND_WITH_TREES: Final = (GroundUse.GARDENS, GroundUse.PLAYGROUNDS)
WITH_TREES: Final = "_with_trees"
ASSUMED_OF_TREES: Final = (BEGINS, IN_LEAF, BARE, *ASSUMED_SIZES)
"""What these figures may rest on beside what the sun does without trees."""


def homes_with_trees(homes: SunAtHomes, *, assumptions: Assumptions) -> SunWithTrees:
    """The sun at living rooms with trees, on the days that are told for each home."""
    shade = tree_shade(homes.study, homes.days, step=SLOTS_PER_CLOSE_LOOK, assumptions=assumptions)
    return SunWithTrees(shade, homes.scenario, homes.days, assumptions, is_average=False)


def ground_with_trees(ground: SunOnGround, *, assumptions: Assumptions) -> SunWithTrees:
    """The sun on the ground with trees: for averages over many places, so every ten minutes are enough."""
    shade = tree_shade(ground.study, ground.days, step=SLOTS_PER_SAMPLE, assumptions=assumptions)
    return SunWithTrees(shade, ground.scenario, tuple(ground.days), assumptions, is_average=True)


def hours_with_trees(study: SunStudy, scenario: Scenario, day: date, *, spacing: float, assumptions: Assumptions) -> GroundHours:
    """The sun on all points of a study on the ground with trees, as a map shows it: bare or in leaf as they are on that day."""
    days = tuple(study.grid.days)
    shade = tree_shade(study, days, step=SLOTS_PER_SAMPLE, assumptions=assumptions)
    sun, at = SunWithTrees(shade, scenario, days, assumptions, is_average=True), days.index(day)
    own = hours_on(study, scenario, day, spacing=spacing)
    after = np.where(np.isnan(own.after), np.nan, sun.as_drawn(scenario, at))
    return replace(own, before=sun.as_drawn(study.neighbourhood.with_plans(), at), after=after)


def tree_figures(found: Sunlight, *, assumptions: Assumptions) -> Iterable[Assessment]:
    """All of them; nothing where no tree is known, now or with the plans."""
    scenario = found.scenario
    if not len(scenario.neighbourhood.trees) and not len(scenario.trees):
        return
    make = _Maker(scenario, assumptions)
    if not scenario.is_baseline:
        yield from make.homes_losing(found.homes, homes_with_trees(found.homes, assumptions=assumptions))
    uses = [use for use in GROUND_WITH_TREES if found.ground.rows(use).any()]
    if uses:
        sun = ground_with_trees(found.ground, assumptions=assumptions)
        for use in uses:
            yield from make.ground(found.ground, sun, use)


class _Maker:
    """Makes figures of one scenario."""

    def __init__(self, scenario: Scenario, assumptions: Assumptions) -> None:
        self._scenario = scenario
        self._assumptions = assumptions
        self._plans = tuple(
            plan for plan in scenario.ordered_plans if plan.volumes or plan.demolishes or plan.felled or plan.planted
        )  # fmt: skip

    def homes_losing(self, homes: SunAtHomes, sun: SunWithTrees) -> Iterable[Assessment]:
        """How many homes lose sun on each day, with the trees that plans fell and plant."""
        counts, limit = homes.counts, change_counted().home
        missing = "only_after" if counts.any() else homes.why_none
        for at in range(len(sun.days)):
            _, most, lowest, highest = homes.by_home(sun.change[at])
            n, sure, possible = (int((counts & (-each >= limit)).sum()) for each in (most, highest, lowest))
            yield self._figure(
                "sunlight.losing",
                None,
                float(n) if counts.any() else None,
                at=at,
                sun=sun,
                unit=Unit.COUNT,
                margin=Margin(float(n - sure), float(possible - n), TREES_MARGIN) if counts.any() else unknown_margin(missing),
                remarks=(Note("sunlight.counted_from", minutes=f"{limit:g}"),),
                missing=missing,
                used=ASSUMED,
                subjects=("buildings", "addresses", "trees"),
            )

    def ground(self, ground: SunOnGround, sun: SunWithTrees, use: GroundUse) -> Iterable[Assessment]:
        """The sun on one kind of ground on each day, on average."""
        mine = ground.rows(use)
        stays = mine & ground.is_left
        missing = "" if stays.any() else "sun_ground_gone"
        for at in range(len(sun.days)):
            moved = mean_margin(sun.change[at], stays, TREES_MARGIN) if stays.any() else EXACT
            yield self._figure(
                f"sunlight.{use}",
                float(sun.before[at].minutes[mine].mean()),
                float(sun.after[at].minutes[stays].mean()) if stays.any() else None,
                at=at,
                sun=sun,
                unit=Unit.MINUTES,
                margin=mean_margin(sun.after[at], stays, TREES_MARGIN) if stays.any() else unknown_margin(missing),
                before_margin=mean_margin(sun.before[at], mine, TREES_MARGIN),
                difference_margin=moved if moved.below or moved.above else EXACT,
                missing=missing,
                used=("roof_fit_unknown",),
                subjects=("buildings", "ground", "trees"),
            )

    def _figure(
        self,
        impact: str,
        before: float | None,
        after: float | None,
        *,
        at: int,
        sun: SunWithTrees,
        unit: Unit,
        margin: Margin,
        used: Sequence[str],
        subjects: Sequence[str],
        before_margin: Margin | None = None,
        difference_margin: Margin | None = None,
        remarks: tuple[Note, ...] = (),
        missing: str = "",
    ) -> Assessment:
        day = sun.days[at]
        light = (IN_LEAF,) if trees_in_leaf(day) else (BARE, IN_LEAF)
        sizes = ASSUMED_SIZES if self._n_assumed else ()
        return Assessment(
            impact=f"{impact}{WITH_TREES}",
            before=before,
            after=after,
            unit=unit,
            where=Where(Place.DAY, day.isoformat()),
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin if before is not None and after is not None else None,
            before_kind=Kind.ASSUMED,
            kind=Kind.ASSUMED,  # how much light comes through a crown is assumed, whatever a plan states
            method=METHOD,
            sources=with_plans(data_sources(self._scenario.neighbourhood, *subjects), self._plans),
            plans=self._plans,
            remarks=(*self._remarks(light[0]), *remarks),
            assumptions=self._assumptions.used(*used, BEGINS, *light, *sizes),
            missing=missing,
        )

    @property
    def _n_assumed(self) -> int:
        """Trees of assumed size, now or with the plans."""
        return max(int(sizes_assumed(table).sum()) for table in (self._scenario.neighbourhood.trees, self._scenario.trees))

    def _remarks(self, light: str) -> tuple[Note, ...]:
        """How trees count on a day."""
        share = self._assumptions[light]
        value, low, high = (f"{100.0 * each:g}" for each in (share.value, share.low, share.high))
        n_planted = int((self._scenario.trees["plan_id"] != "").sum())
        return (
            Note("sunlight.trees_in_leaf" if light == IN_LEAF else "sunlight.trees_bare", value=value, low=low, high=high),
            *([counted("sunlight.trees_of_assumed_size", n)] if (n := self._n_assumed) else []),
            *([counted("impacts.crowns_when_grown", n_planted)] if n_planted else []),
        )
