"""The view from a spot in the open as figures: what is in view today and with plans, and how each plan is seen from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.shared import counted, data_sources, with_plans
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.desk import view_desk
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.figures import METHOD, ROOFS
from wijktwin.impacts.view.settings import sampling_error
from wijktwin.impacts.view.shares import InView
from wijktwin.impacts.view.spots import PlanFromSpot, SpotView, views_from
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

TOLD: Final = {InView.SKY: "sky", InView.GREEN: "green", InView.EXISTING: "existing", InView.NEW: "new"}
RESTS_ON: Final = ("eye_height_standing", "crown_begins", "roof_fit_unknown")
SUBJECTS: Final = ("buildings", "ground", "trees")
ALL: Final = 100.0
BUILT_OVER: Final = "spot_built_over"
IN_BUILDING: Final = "spot_in_building_now"


def spot_figures(
    scenario: Scenario, x: float, y: float, *, assumptions: Assumptions, facing: float | None = None
) -> tuple[Assessment, ...]:
    """Share of sky, green, existing and new buildings in view from a spot, and how each plan is seen; trees in leaf.

    Roofs are looked at as they are drawn, and as much higher and lower as they may be: that is the margin, with the limited number of
    directions.

    Parameters
    ----------
    x, y, facing
        As of `views_from`.

    Raises
    ------
    InputError
        The spot is not in the neighbourhood, or within a building both today and with the plans.
    """
    about = _About(scenario, x, y, facing, views_from(scenario, x, y, assumptions=assumptions, facing=facing), assumptions)
    return (*(about.share(kind, name) for kind, name in TOLD.items()), *about.of_plans())


class _About:
    """What every figure is about."""

    def __init__(  # noqa: PLR0917 - one row of a table
        self, scenario: Scenario, x: float, y: float, facing: float | None, seen: Mapping[Roofs, SpotView], assumptions: Assumptions
    ) -> None:
        self._scenario = scenario
        self._seen = seen
        self._assumptions = assumptions
        self._off = sampling_error(Field.ALL_ROUND if facing is None else Field.WINDOW)
        self._name = ",".join(f"{each:.12g}" for each in (x, y, *(() if facing is None else (facing,))))
        self._n_unknown = view_desk(scenario.neighbourhood, assumptions=assumptions).standing[Roofs.AS_DRAWN].crowns.n_unknown

    def share(self, kind: InView, name: str) -> Assessment:
        """Share of what is in view."""
        before = {roofs: None if each.before is None else each.before[kind] for roofs, each in self._seen.items()}
        after = {roofs: None if each.after is None else each.after[kind] for roofs, each in self._seen.items()}
        change = {roofs: _less(after[roofs], before[roofs]) for roofs in Roofs}
        is_new, plans = kind is InView.NEW, self._scenario.ordered_plans
        adds = any(not volume.is_below_ground for _, volume in self._scenario.volumes)
        return self._figure(
            f"view.spot_{name}",
            before[Roofs.AS_DRAWN],
            after[Roofs.AS_DRAWN],
            where=Where(Place.POINT, self._name, LocalText(self._name)),
            margin=EXACT if is_new and not adds and after[Roofs.AS_DRAWN] is not None else self._margin(after, BUILT_OVER),
            before_margin=EXACT if is_new and before[Roofs.AS_DRAWN] is not None else self._margin(before, IN_BUILDING),
            difference_margin=None if None in change.values() else self._margin_of_change(change),
            plans=plans,
            remarks=(Note("view.in_leaf"), *self._trees_not_drawn()),
            missing=BUILT_OVER if after[Roofs.AS_DRAWN] is None else IN_BUILDING if before[Roofs.AS_DRAWN] is None else "",
        )

    def of_plans(self) -> Iterator[Assessment]:
        """How much of the view each plan takes, and how high it rises."""
        for plan in self._scenario.ordered_plans:
            if plan.plan_id in self._seen[Roofs.AS_DRAWN].plans:
                found = {roofs: each.plans[plan.plan_id] for roofs, each in self._seen.items()}
                yield self._share_of_plan(plan, found)
                if found[Roofs.AS_DRAWN].top is not None:
                    yield self._height_of_plan(plan, found)

    def _share_of_plan(self, plan: Plan, found: Mapping[Roofs, PlanFromSpot]) -> Assessment:
        share = {roofs: each.share for roofs, each in found.items()}
        is_unseen = not any(share.values()) and all(each.top is None for each in found.values())
        return self._figure(
            "view.spot_plan",
            None,
            share[Roofs.AS_DRAWN],
            where=self._plan(plan),
            margin=EXACT if is_unseen else self._margin(share, BUILT_OVER),
            missing="only_after",
            remarks=(Note("view.in_leaf"), *self._trees_not_drawn(), *(() if is_unseen else _how_seen(found))),
            plans=(plan,),
        )

    def _height_of_plan(self, plan: Plan, found: Mapping[Roofs, PlanFromSpot]) -> Assessment:
        """Altitude of the highest part that is seen; nothing of it where the roofs in the way may hide it altogether."""
        drawn = found[Roofs.AS_DRAWN]
        top = _above(drawn.top)
        low = min(_above(None if each.top is None else each.top - each.top_off) for each in found.values())
        high = max(_above(None if each.top is None else each.top + each.top_off) for each in found.values())
        return self._figure(
            "view.spot_plan_height",
            None,
            top,
            where=self._plan(plan),
            margin=Margin(top - low, high - top, ROOFS),
            unit=Unit.DEGREES,
            missing="only_after",
            remarks=(Note("view.bare_trees_at_spot"),),
            plans=(plan,),
        )

    def _plan(self, plan: Plan) -> Where:
        return Where(Place.POINT, f"{self._name}/{plan.plan_id}", plan.title)

    def _trees_not_drawn(self) -> tuple[Note, ...]:
        return (counted("view.trees_not_drawn", self._n_unknown),) if self._n_unknown else ()

    def _margin(self, shares: Mapping[Roofs, float | None], missing: str) -> Margin:
        known = [each for each in shares.values() if each is not None]
        value = shares[Roofs.AS_DRAWN]
        if value is None:
            return unknown_margin(missing)
        return Margin(value - max(min(known) - self._off, 0.0), min(max(known) + self._off, ALL) - value, ROOFS)

    def _margin_of_change(self, changes: Mapping[Roofs, float | None]) -> Margin:
        """None where no line of sight meets anything else and none of the plans is seen: what is smaller than lines are apart may be."""
        known = [each for each in changes.values() if each is not None]
        value = changes[Roofs.AS_DRAWN] or 0.0
        is_seen = any(plan.top is not None for each in self._seen.values() for plan in each.plans.values())
        scenario = self._scenario
        may_be_between = scenario.felled or scenario.demolished or any(plan.planted or plan.ground_changes for plan in scenario.plans)
        if not any(known) and not is_seen and not may_be_between:
            return EXACT
        return Margin(value - min(known) + self._off, max(known) + self._off - value, ROOFS)

    def _figure(
        self, impact: str, before: float | None, after: float | None, *, where: Where, margin: Margin, plans: tuple[Plan, ...],
        before_margin: Margin | None = None, difference_margin: Margin | None = None, unit: Unit = Unit.PER_CENT,
        remarks: tuple[Note, ...] = (), missing: str = "",
    ) -> Assessment:  # fmt: skip
        return Assessment(
            impact=impact,
            before=before,
            after=after,
            unit=unit,
            where=where,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            kind=weakest((Kind.CALCULATED, *([Kind.STATED] if plans else []))),
            before_kind=Kind.CALCULATED,
            method=METHOD,
            sources=with_plans(data_sources(self._scenario.neighbourhood, *SUBJECTS), plans),
            plans=plans,
            remarks=remarks,
            assumptions=self._assumptions.used(*RESTS_ON),
            missing=missing,
        )


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _above(altitude: float | None) -> float:
    """How far above the horizon something is seen that lies at an altitude, 0 for what lies below it or is not seen. [°]"""
    return max(altitude or 0.0, 0.0)


def _how_seen(found: Mapping[Roofs, PlanFromSpot]) -> tuple[Note, ...]:
    drawn = found[Roofs.AS_DRAWN]
    if drawn.top is None or drawn.width is None or drawn.distance is None:
        perhaps = any(each.top is not None or each.share for each in found.values())
        return (Note("view.perhaps_seen_from_spot" if perhaps else "view.not_seen_from_spot"),)
    high, wide, near = (Figure(float(round(each))) for each in (_above(drawn.top), drawn.width, drawn.distance))
    return (Note("view.seen_from_spot", high=high, wide=wide, near=near),)
