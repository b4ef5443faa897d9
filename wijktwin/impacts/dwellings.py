"""Dwellings by tenure and type: how many there are, how many come and go, and which share is social rent.

Counted are addresses with the use "dwelling"; what a plan adds is what its maker states. Shares are not rounded: 57 of 165 is
34.545... %, and that is less than 35 %. No norm is tested here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.shared import WHOLE, Assessments, assessed_buildings, data_sources, dwelling_rows, plan_area, with_plans
from wijktwin.model.plan import Tenure, Use
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Dwellings, Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("dwellings", "1.1")
UNSTATED: Final = "unknown"
"""Key of what has no tenure or type in a breakdown."""

MAY_HOLD_DWELLINGS: Final = frozenset({Use.DWELLING.value, Use.MIXED.value, ""})

Breakdown = dict[str, tuple[float | None, float | None]]


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """All figures about dwellings: of the whole, and of each plan that adds or removes some."""
    present = dwelling_addresses(scenario.neighbourhood)
    found = [_total(scenario, present, name="tenure"), _total(scenario, present, name="dwelling_type"), _social_share(scenario, present)]
    for plan in scenario.ordered_plans:
        if plan.dwellings or may_hold_unstated_dwellings(plan):
            found += [_new(plan), _social_share_of_new(plan)]
        if plan.demolishes:
            found.append(_removed(scenario.neighbourhood, plan, present))
    return tuple(found)


def dwelling_addresses(neighbourhood: Neighbourhood) -> pd.DataFrame | None:
    """Addresses that are dwellings in the neighbourhood itself (no halo); None where no addresses are known at all.

    Returns
    -------
    addresses
        Columns ``building_id``, ``tenure`` and ``dwelling_type``.
    """
    table = neighbourhood.address_table
    if table is None or not len(table):
        return None
    buildings = neighbourhood.buildings
    halo = {buildings.building_ids[row] for row in np.flatnonzero(~assessed_buildings(neighbourhood))}
    rows = dwelling_rows(neighbourhood)
    found: pd.DataFrame = rows.loc[~rows["building_id"].isin(halo), ["building_id", "tenure", "dwelling_type"]]
    return found


def may_hold_unstated_dwellings(plan: Plan) -> bool:
    """Whether a plan has building volumes that may hold dwellings, but does not say how many."""
    return not plan.dwellings and any(not volume.is_below_ground and volume.use in MAY_HOLD_DWELLINGS for volume in plan.volumes)


def social_share(tenures: Mapping[str, float]) -> tuple[float | None, float]:
    """Share of social rent, and how much higher it may be because some tenures are not known. [%]

    Unrounded; None where there are no dwellings, or no tenure is known at all.
    """
    total = sum(tenures.values())
    unknown = tenures.get(UNSTATED, 0.0)
    if total <= 0 or unknown >= total:
        return None, 0.0
    return 100.0 * tenures.get(Tenure.SOCIAL_RENT.value, 0.0) / total, 100.0 * unknown / total


def _count(table: pd.DataFrame, name: str) -> dict[str, float]:
    return {str(key) or UNSTATED: float(count) for key, count in table[name].value_counts(sort=False).items()}


def _stated(dwellings: tuple[Dwellings, ...], name: str) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for group in sorted(dwellings, key=lambda each: (each.tenure, each.dwelling_type, each.count)):
        counts[getattr(group, name) or UNSTATED] += group.count  # type: ignore[assignment]
    return {key: float(count) for key, count in counts.items()}


def _plans_with_dwellings(scenario: Scenario) -> tuple[Plan, ...]:
    """Plans that add or may add dwellings, or demolish."""
    return tuple(plan for plan in scenario.ordered_plans if plan.dwellings or plan.demolishes or may_hold_unstated_dwellings(plan))


def share_change_margin(before: Mapping[str, float], after: Mapping[str, float], added: Mapping[str, float]) -> Margin:
    """Margin of the change in the share of social rent where some tenures are not known. [percentage points]

    Dwellings of unknown tenure that stay are the same before and after; those that go and those that are added stand apart. The
    extremes lie where each of the three groups is wholly social rent or not at all.
    """
    unknown_before, unknown_added = before.get(UNSTATED, 0.0), added.get(UNSTATED, 0.0)
    staying = after.get(UNSTATED, 0.0) - unknown_added
    n_before, n_after = sum(before.values()), sum(after.values())
    social_before, social_after = (each.get(Tenure.SOCIAL_RENT.value, 0.0) for each in (before, after))
    figure = social_after / n_after - social_before / n_before
    ends = [
        (social_after + kept * staying + new * unknown_added) / n_after
        - (social_before + kept * staying + gone * (unknown_before - staying)) / n_before
        for kept in (0, 1)
        for new in (0, 1)
        for gone in (0, 1)
    ]
    return Margin(100.0 * (figure - min(ends)), 100.0 * (max(ends) - figure), "tenure_partly_known")


def _margin_of(plans: tuple[Plan, ...]) -> Margin:
    groups = [group for plan in plans for group in plan.dwellings]
    if any(group.kind is Kind.ASSUMED for group in groups):
        return unknown_margin("rescaled")
    return AS_STATED if groups else EXACT


def _kind_of(plans: tuple[Plan, ...]) -> Kind:
    return weakest(group.kind for plan in plans for group in plan.dwellings)


def _after(scenario: Scenario, present: pd.DataFrame, name: str) -> dict[str, float]:
    counts = _count(present[~present["building_id"].isin(scenario.demolished)], name)
    for plan in scenario.ordered_plans:
        for key, count in _stated(plan.dwellings, name).items():
            counts[key] = counts.get(key, 0.0) + count
    return counts


def _added(plans: tuple[Plan, ...]) -> dict[str, float]:
    return _stated(tuple(group for plan in plans for group in plan.dwellings), "tenure")


def _breakdown(before: Mapping[str, float] | None, after: Mapping[str, float] | None, *, order: Callable[[str], object]) -> Breakdown:
    keys = sorted({*(before or {}), *(after or {})}, key=lambda key: (key == UNSTATED, order(key)))
    return {
        key: (None if before is None else before.get(key, 0.0), None if after is None else after.get(key, 0.0))
        for key in keys
    }  # fmt: skip


def _total(scenario: Scenario, present: pd.DataFrame | None, *, name: str) -> Assessment:
    plans = _plans_with_dwellings(scenario)
    is_open = any(may_hold_unstated_dwellings(plan) for plan in plans)
    missing = "no_addresses" if present is None else "dwellings_not_stated" if is_open else ""
    before = None if present is None else _count(present, name)
    after = None if present is None or is_open else _after(scenario, present, name)
    return Assessment(
        impact="dwellings.total" if name == "tenure" else "dwellings.by_type",
        before=None if before is None else sum(before.values()),
        after=None if after is None else sum(after.values()),
        unit=Unit.COUNT,
        where=WHOLE,
        margin=unknown_margin(missing) if missing else _margin_of(plans),
        before_margin=unknown_margin(missing) if present is None else EXACT,
        kind=_kind_of(plans),
        before_kind=Kind.MEASURED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "addresses"), plans),
        plans=plans,
        breakdown={} if after is None else _breakdown(before, after, order=lambda key: key),
        missing=missing,
    )


def _social_share(scenario: Scenario, present: pd.DataFrame | None) -> Assessment:
    plans = _plans_with_dwellings(scenario)
    is_open = any(may_hold_unstated_dwellings(plan) for plan in plans)
    now = {} if present is None else _count(present, "tenure")
    then = {} if present is None or is_open else _after(scenario, present, "tenure")
    before, before_above = social_share(now)
    after, above = social_share(then)
    is_known = before is not None and after is not None
    change = share_change_margin(now, then, _added(plans)) if is_known and (above or before_above) else None
    if not plans and is_known:
        change = EXACT
    missing = "" if is_known else "tenure_not_known" if after is None else "only_after"
    if is_open or present is None:
        missing = "dwellings_not_stated" if is_open else "no_addresses"
    known = Margin(0.0, above, "tenure_partly_known") if above else _margin_of(plans)
    return Assessment(
        impact="dwellings.social_share",
        before=before,
        after=after,
        unit=Unit.PER_CENT,
        where=WHOLE,
        margin=unknown_margin(missing) if after is None else known,
        before_margin=Margin(0.0, before_above, "tenure_partly_known") if before_above else EXACT,
        difference_margin=change,
        kind=weakest((Kind.CALCULATED, _kind_of(plans))),
        before_kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "addresses"), plans),
        plans=plans,
        missing=missing,
    )


def _new(plan: Plan) -> Assessment:
    tenures = _stated(plan.dwellings, "tenure")
    stated = bool(plan.dwellings)
    margin = _margin_of((plan,)) if stated else unknown_margin("dwellings_not_stated")
    return Assessment(
        impact="dwellings.new",
        before=None,
        after=sum(tenures.values()) if stated else None,
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=margin,
        kind=weakest((Kind.STATED, _kind_of((plan,)))),
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        breakdown=_breakdown(None, tenures, order=lambda key: key),
        missing="only_after" if stated else "dwellings_not_stated",
    )


def _social_share_of_new(plan: Plan) -> Assessment:
    share, above = social_share(_stated(plan.dwellings, "tenure"))
    missing = "dwellings_not_stated" if not plan.dwellings else "tenure_not_known" if share is None else "only_after"
    known = Margin(0.0, above, "tenure_partly_known") if above else _margin_of((plan,))
    return Assessment(
        impact="dwellings.social_share_of_new",
        before=None,
        after=share,
        unit=Unit.PER_CENT,
        where=plan_area(plan),
        margin=unknown_margin(missing) if share is None else known,
        kind=weakest((Kind.STATED, _kind_of((plan,)))),
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        missing=missing,
    )


def _removed(neighbourhood: Neighbourhood, plan: Plan, present: pd.DataFrame | None) -> Assessment:
    gone = None if present is None else present[present["building_id"].isin(plan.demolishes)]
    tenures = None if gone is None else _count(gone, "tenure")
    return Assessment(
        impact="dwellings.removed",
        before=None,
        after=None if tenures is None else sum(tenures.values(), start=0.0),
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=unknown_margin("no_addresses") if gone is None else EXACT,
        kind=weakest((Kind.MEASURED, Kind.STATED)),
        method=METHOD,
        sources=with_plans(data_sources(neighbourhood, "addresses"), (plan,)),
        plans=(plan,),
        breakdown={} if tenures is None else _breakdown(None, tenures, order=lambda key: key),
        missing="no_addresses" if tenures is None else "only_after",
    )
