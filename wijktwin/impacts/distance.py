"""Distance from what a plan builds to what stays: the nearest building, and the nearest building with a home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.assessment import Assessment, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.shared import Assessments, building_uses, data_sources, main_buildings, plan_area, with_plans
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("distance", "1.0")
PRECISION: Final = "outline_precision"
SIZE: Final = "outbuilding_footprint"
DWELLING: Final = "dwelling"


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """Both distances of every plan that builds above ground; buildings around the neighbourhood count too."""
    plans = [plan for plan in scenario.ordered_plans if any(not volume.is_below_ground for volume in plan.volumes)]
    if not plans:
        return ()
    stays = ~np.isin(np.array(scenario.neighbourhood.buildings.building_ids, dtype=object), list(scenario.demolished))
    counted = stays & main_buildings(scenario.neighbourhood, assumptions=assumptions)
    uses = np.array(building_uses(scenario.neighbourhood), dtype=object)
    homes = stays & (uses == DWELLING)
    found: list[Assessment] = []
    for plan in plans:
        found.append(_of_plan("distance.nearest_building", scenario, plan, counted, assumptions, missing="no_footprints"))
        missing = "no_uses" if not (uses != "").any() else "no_homes_around"
        found.append(_of_plan("distance.nearest_dwelling", scenario, plan, homes, assumptions, missing=missing))
    return tuple(found)


def _of_plan(impact: str, scenario: Scenario, plan: Plan, rows: BoolArray, assumptions: Assumptions, *, missing: str) -> Assessment:
    value = nearest(scenario, plan, rows)
    precision = assumptions[PRECISION].value
    margin = unknown_margin(missing) if value is None else Margin(min(value, precision), precision, "outlines")
    return Assessment(
        impact=impact,
        before=None,
        after=value,
        unit=Unit.METRES,
        where=plan_area(plan),
        margin=margin,
        kind=weakest((Kind.CALCULATED, Kind.STATED)),
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "buildings", "addresses"), [plan]),
        plans=(plan,),
        assumptions=assumptions.used(PRECISION, *([SIZE] if impact == "distance.nearest_building" else [])),
        missing="only_after" if value is not None else missing,
    )


def nearest(scenario: Scenario, plan: Plan, rows: BoolArray) -> float | None:
    """Shortest distance on the map from the new buildings of a plan to some of the buildings that are there; None where there are none. [m]

    Parameters
    ----------
    rows
        Which buildings, shape (n,).
    """
    outlines = scenario.neighbourhood.buildings.footprints[rows]
    there = outlines[[outline is not None and not outline.is_empty for outline in outlines]]
    if not len(there):
        return None
    new = shapely.union_all([volume.footprint for volume in plan.volumes if not volume.is_below_ground])
    return float(shapely.distance(new, there).min())
