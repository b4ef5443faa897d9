"""The view from a spot in the open as figures: what is in view today and with plans, and how each plan is seen from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Place, Unit, Where, weakest
from wijktwin.impacts.shared import data_sources, with_plans
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.figures import METHOD, ROOFS
from wijktwin.impacts.view.settings import sampling_error
from wijktwin.impacts.view.shares import InView
from wijktwin.impacts.view.spots import PlanFromSpot, SpotView, view_from
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

TOLD: Final = {InView.SKY: "sky", InView.GREEN: "green", InView.EXISTING: "existing", InView.NEW: "new"}
RESTS_ON: Final = ("eye_height_standing", "crown_begins", "roof_fit_unknown")
SUBJECTS: Final = ("buildings", "ground", "trees")
ALL: Final = 100.0


def spot_figures(
    scenario: Scenario, x: float, y: float, *, assumptions: Assumptions, facing: float | None = None
) -> tuple[Assessment, ...]:
    """Share of sky, green, existing and new buildings in view from a spot, and how each plan is seen; trees in leaf.

    Roofs are looked at as they are drawn, and as much higher and lower as they may be: that is the margin, with the limited number of
    directions.

    Parameters
    ----------
    x, y, facing
        As of `view_from`.

    Raises
    ------
    InputError
        The spot is not in the neighbourhood.
    """
    seen = {roofs: view_from(scenario, x, y, assumptions=assumptions, facing=facing, roofs=roofs) for roofs in Roofs}
    about = _About(scenario, x, y, facing, seen, assumptions)
    shares = [about.share(kind, name) for kind, name in TOLD.items()]
    plans = [plan for plan in scenario.ordered_plans if plan.plan_id in seen[Roofs.AS_DRAWN].plans]
    return (*shares, *(about.plan(plan) for plan in plans))


class _About:
    """What every figure is about."""

    def __init__(  # noqa: PLR0917 - one row of a table
        self, scenario: Scenario, x: float, y: float, facing: float | None, seen: Mapping[Roofs, SpotView], assumptions: Assumptions
    ) -> None:
        self._scenario = scenario
        self._seen = seen
        self._assumptions = assumptions
        self._off = sampling_error(Field.ALL_ROUND if facing is None else Field.WINDOW)
        self._name = ",".join(f"{each:g}" for each in (x, y, *(() if facing is None else (facing,))))

    def share(self, kind: InView, name: str) -> Assessment:
        """Share of what is in view."""
        before = {roofs: each.before[kind] for roofs, each in self._seen.items()}
        after = {roofs: each.after[kind] for roofs, each in self._seen.items()}
        change = {roofs: after[roofs] - before[roofs] for roofs in Roofs}
        plans = self._scenario.ordered_plans
        return self._figure(
            f"view.spot_{name}",
            before[Roofs.AS_DRAWN],
            after[Roofs.AS_DRAWN],
            where=Where(Place.POINT, self._name, LocalText(self._name)),
            margin=self._margin(after),
            before_margin=self._margin(before),
            difference_margin=EXACT if not any(change.values()) else self._margin(change, lowest=-ALL),
            plans=plans,
        )

    def plan(self, plan: Plan) -> Assessment:
        """How much of the view a plan takes, how high it rises and how near it is."""
        found = {roofs: each.plans[plan.plan_id] for roofs, each in self._seen.items()}
        share = {roofs: each.share for roofs, each in found.items()}
        return self._figure(
            "view.spot_plan",
            None,
            share[Roofs.AS_DRAWN],
            where=Where(Place.POINT, f"{self._name}/{plan.plan_id}", plan.title),
            margin=self._margin(share),
            missing="only_after",
            remarks=(_how_seen(found[Roofs.AS_DRAWN]),),
            plans=(plan,),
        )

    def _margin(self, shares: Mapping[Roofs, float], *, lowest: float = 0.0) -> Margin:
        value = shares[Roofs.AS_DRAWN]
        low, high = max(min(shares.values()) - self._off, lowest), min(max(shares.values()) + self._off, ALL)
        return Margin(value - low, high - value, ROOFS)

    def _figure(
        self, impact: str, before: float | None, after: float, *, where: Where, margin: Margin, plans: tuple[Plan, ...],
        before_margin: Margin | None = None, difference_margin: Margin | None = None, missing: str = "", remarks: tuple[Note, ...] = (),
    ) -> Assessment:  # fmt: skip
        return Assessment(
            impact=impact,
            before=before,
            after=after,
            unit=Unit.PER_CENT,
            where=where,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            kind=weakest((Kind.CALCULATED, *([Kind.STATED] if plans else []))),
            before_kind=Kind.CALCULATED,
            method=METHOD,
            sources=with_plans(data_sources(self._scenario.neighbourhood, *SUBJECTS), plans),
            plans=plans,
            remarks=(Note("view.in_leaf"), *remarks),
            assumptions=self._assumptions.used(*RESTS_ON),
            missing=missing,
        )


def _how_seen(found: PlanFromSpot) -> Note:
    if found.top is None or found.width is None or found.distance is None:
        return Note("view.not_seen_from_spot")
    high, wide, near = (Figure(float(round(each))) for each in (found.top, found.width, found.distance))
    return Note("view.seen_from_spot", high=high, wide=wide, near=near)
