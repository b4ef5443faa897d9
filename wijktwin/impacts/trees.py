"""Trees: how many there are, are felled and are planted, and how much ground their crowns cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, plan_area, tree_kind, with_plans
from wijktwin.model.provenance import Kind
from wijktwin.model.space import inside_volumes

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.errors import Note
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("trees", "1.2")


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """All figures about trees: of the whole, and of each plan that fells or plants some."""
    table = scenario.neighbourhood.tree_table
    present = table if table is not None and len(table) else None
    found = [_total(scenario, present), _crown_area(scenario, present)]
    for plan in scenario.ordered_plans:
        n_in_the_way = len(_in_the_way(scenario, plan))
        if plan.felled or n_in_the_way:
            remarks = (counted("impacts.trees_must_go", n_in_the_way),) if n_in_the_way else ()
            found.append(_of_plan("trees.felled", plan, len(plan.felled) + n_in_the_way, remarks))
        if plan.planted:
            found.append(_of_plan("trees.planted", plan, len(plan.planted)))
        if present is not None and plan.boundary is not None and (plan.felled or plan.planted or n_in_the_way):
            found.append(_crowns_within(scenario, plan, present))
    return tuple(found)


def crown_area(crown_diameter: FloatArray) -> float:
    """Ground below round crowns, pi / 4 x diameter squared, summed; where crowns overlap, both count. [m²]"""
    return float(np.pi / 4.0 * (crown_diameter**2).sum())


def _in_the_way(scenario: Scenario, plan: Plan) -> frozenset[str]:
    """Ids of the trees that stand where this plan builds, though it does not say that they are felled."""
    table = scenario.neighbourhood.tree_table
    if table is None or not plan.volumes:
        return frozenset()
    return frozenset(table["tree_id"].to_numpy()[inside_volumes(table.geometry.to_numpy(), plan.volumes)]) - plan.felled


def _turnover(scenario: Scenario, present: gpd.GeoDataFrame) -> dict[str, tuple[float | None, float | None]]:
    """Trees that stay, are felled and are planted: a net number would hide what is felled."""
    after = scenario.trees
    n_planted = float((after["plan_id"] != "").sum())
    n_stays = float(len(after)) - n_planted
    return {"stays": (n_stays, n_stays), "felled": (len(present) - n_stays, 0.0), "planted": (0.0, n_planted)}


def _total(scenario: Scenario, present: gpd.GeoDataFrame | None) -> Assessment:
    plans = plans_with_trees(scenario)
    kind = tree_kind(present)
    own = unknown_margin("trees_assumed") if kind is Kind.ASSUMED else EXACT
    if present is None:
        own = unknown_margin("no_trees")
    n_must_go = len(scenario.felled_for_volumes)
    return Assessment(
        impact="trees.total",
        before=None if present is None else float(len(present)),
        after=None if present is None else float(len(scenario.trees)),
        unit=Unit.COUNT,
        where=WHOLE,
        margin=AS_STATED if plans and own is EXACT else own,
        before_margin=own,
        difference_margin=AS_STATED if plans else EXACT,
        kind=weakest((kind, Kind.STATED)) if plans else kind,
        before_kind=kind,
        difference_kind=Kind.STATED if plans else kind,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "trees"), plans),
        plans=tuple(plans),
        remarks=(counted("impacts.trees_must_go", n_must_go),) if n_must_go else (),
        breakdown=_turnover(scenario, present) if plans and present is not None else {},
        missing="no_trees" if present is None else "",
    )


def plans_with_trees(scenario: Scenario) -> list[Plan]:
    """Plans that fell or plant trees, or build where trees stand."""
    builds = bool(scenario.felled_for_volumes)
    return [plan for plan in scenario.ordered_plans if plan.felled or plan.planted or (builds and plan.volumes)]


def _crown_area(scenario: Scenario, present: gpd.GeoDataFrame | None) -> Assessment:
    plans = plans_with_trees(scenario)
    crowns = np.zeros(0) if present is None else present["crown_diameter"].to_numpy(dtype=np.float64)
    trees = scenario.trees
    after = trees["crown_diameter"].to_numpy(dtype=np.float64)
    n_planted = int((trees["plan_id"] != "").sum())
    is_known, stays_known = bool(len(crowns) and np.isfinite(crowns).all()), bool(np.isfinite(after).all())
    reason = "no_trees" if present is None else "crowns_not_known" if not is_known else "" if stays_known else "crowns_not_stated"
    kind = weakest((Kind.CALCULATED, tree_kind(present)))
    return Assessment(
        impact="trees.crown_area",
        before=crown_area(crowns) if is_known else None,
        after=crown_area(after) if is_known and stays_known else None,
        unit=Unit.SQUARE_METRES,
        where=WHOLE,
        margin=unknown_margin(reason or "crowns_measured_how"),
        difference_margin=None if plans else EXACT,
        kind=weakest((kind, Kind.STATED)) if n_planted else kind,
        before_kind=kind,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "trees"), plans),
        plans=tuple(plans),
        remarks=(counted("impacts.crowns_when_grown", n_planted),) if n_planted else (),
        missing=reason,
    )


def _crowns_within(scenario: Scenario, plan: Plan, present: gpd.GeoDataFrame) -> Assessment:
    """Ground under the crowns of the trees that stand in the area of a plan."""
    before, after = (
        table["crown_diameter"].to_numpy(dtype=np.float64)[shapely.contains(plan.boundary, table.geometry.to_numpy())]
        for table in (present, scenario.trees)
    )
    is_known, stays_known = bool(np.isfinite(before).all()), bool(np.isfinite(after).all())
    reason = "crowns_not_known" if not is_known else "" if stays_known else "crowns_not_stated"
    kind = weakest((Kind.CALCULATED, tree_kind(present)))
    return Assessment(
        impact="trees.crown_area_of_plan",
        before=crown_area(before) if is_known else None,
        after=crown_area(after) if is_known and stays_known else None,
        unit=Unit.SQUARE_METRES,
        where=plan_area(plan),
        margin=unknown_margin(reason or "crowns_measured_how"),
        kind=weakest((kind, Kind.STATED)),
        before_kind=kind,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "trees"), (plan,)),
        plans=(plan,),
        remarks=(counted("impacts.crowns_when_grown", len(plan.planted)),) if plan.planted else (),
        missing=reason,
    )


def _of_plan(impact: str, plan: Plan, count: int, remarks: tuple[Note, ...] = ()) -> Assessment:
    return Assessment(
        impact=impact,
        before=None,
        after=float(count),
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=AS_STATED,
        kind=Kind.STATED,
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        remarks=remarks,
        missing="only_after",
    )
