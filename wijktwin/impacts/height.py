"""Height of what is built against what stands around it.

Height is the highest point above local ground. Volumes of a plan that touch are one building, as high as the highest of them. Sheds
and garages are left out of what stands around, for with them any surroundings would seem low. No norm is tested: the 1.5 times that
Rotterdam uses to ask for a study is its own practice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import AS_STATED, Assessment, Margin, Method, Place, Unit, Where, margin_between, unknown_margin, weakest
from wijktwin.impacts.shared import WHOLE, Assessments, assessed_buildings, counted, data_sources, main_buildings, with_plans
from wijktwin.model.provenance import Kind
from wijktwin.model.space import new_buildings

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.building import Buildings
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.plan import Plan, Volume
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("height", "1.1")
ASSUMPTION: Final = "outbuilding_footprint"
RADIUS: Final = "surroundings_radius"
KINDS: Final = frozenset(Kind)
ROOF_FIT_FACTOR: Final = 2.0
"""Margin of a roof height in units of the root mean square distance between roof and measured points: about 95 in 100 lie within."""


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """The tallest and the median building of the neighbourhood, and the highest volume of each plan against its surroundings."""
    is_main = main_buildings(scenario.neighbourhood, assumptions=assumptions)
    found = [_whole("height.tallest", scenario, is_main, assumptions), _whole("height.median", scenario, is_main, assumptions)]
    for plan in scenario.ordered_plans:
        volume = highest_volume(plan)
        if volume is not None:
            found += _against_surroundings(scenario, plan, volume, is_main, assumptions)
    return tuple(found)


def highest_volume(plan: Plan) -> Volume | None:
    """The volume of a plan that reaches highest above its ground, the first by id of equals; None where nothing stands above ground."""
    above = sorted((volume for volume in plan.volumes if not volume.is_below_ground), key=lambda each: (-each.height, each.volume_id))
    return above[0] if above else None


@dataclass(frozen=True, slots=True)
class HeightFigure:
    """A height taken from one or two of many, with its margin and kind; None where there was nothing to take it from."""

    value: float | None
    margin: Margin
    kind: Kind
    missing: str = ""


def tallest(heights: FloatArray, roof_fit: FloatArray, kinds: list[Kind], *, missing: str) -> HeightFigure:
    """The largest height with the margin of that building. Unknown heights (NaN) are left out.

    Parameters
    ----------
    heights, roof_fit
        Shape (n,). [m] ``roof_fit`` NaN where nobody knows, 0 for what was stated.
    """
    if not np.isfinite(heights).any():
        return HeightFigure(None, unknown_margin(missing), Kind.CALCULATED, missing)
    row = int(np.nanargmax(heights))
    return HeightFigure(float(heights[row]), roof_margin(roof_fit[[row]]), kinds[row])


def median(heights: FloatArray, roof_fit: FloatArray, kinds: list[Kind], *, missing: str) -> HeightFigure:
    """The height that half of the buildings stay below; the mean of the middle two for an even number. Arguments as of `tallest`."""
    rows = np.flatnonzero(np.isfinite(heights))
    if not len(rows):
        return HeightFigure(None, unknown_margin(missing), Kind.CALCULATED, missing)
    ranked = rows[np.argsort(heights[rows], kind="stable")]
    middle = ranked[(len(ranked) - 1) // 2 : len(ranked) // 2 + 1]
    kind = weakest((Kind.CALCULATED, *(kinds[row] for row in middle)))
    return HeightFigure(float(heights[middle].mean()), roof_margin(roof_fit[middle]), kind)


def roof_margin(roof_fit: FloatArray) -> Margin:
    """Margin of roof heights from how well the roofs fit the measured points (root mean square distance, shape (n,)). [m]"""
    if np.isnan(roof_fit).any():
        return unknown_margin("roof_fit_not_known")
    widest = ROOF_FIT_FACTOR * float(roof_fit.max())
    return Margin(widest, widest, "roof_fit") if widest else AS_STATED


def around(buildings: Buildings, volume: Volume, chosen: BoolArray, *, radius: float) -> BoolArray:
    """Which of the chosen buildings stand within ``radius`` [m] of a volume, from edge to edge, shape (n,)."""
    distance = shapely.distance(buildings.footprints, volume.footprint)
    return chosen & (distance <= radius)


def building_kinds(buildings: Buildings) -> list[Kind]:
    """How each building's height came about; calculated where its source does not say."""
    return [building_kind(buildings, row) for row in range(len(buildings.texts["height_kind"]))]


def building_kind(buildings: Buildings, row: int) -> Kind:
    """The same of one building."""
    said = buildings.texts["height_kind"][row]
    return Kind(said) if said in KINDS else Kind.CALCULATED


def _volume_roof_fit(volumes: list[Volume]) -> FloatArray:
    return np.array([np.nan if volume.height_kind is Kind.ASSUMED else 0.0 for volume in volumes], dtype=np.float64)


def _whole(impact: str, scenario: Scenario, is_main: BoolArray, assumptions: Assumptions) -> Assessment:
    buildings = scenario.neighbourhood.buildings
    pick = tallest if impact == "height.tallest" else median
    heights, fit, kinds = buildings.numbers["height"], buildings.numbers["roof_fit_rmse"], building_kinds(buildings)
    own = assessed_buildings(scenario.neighbourhood) & is_main
    now, stays = np.flatnonzero(own), np.flatnonzero(own & scenario.remaining_rows)
    volumes = [building[0] for plan in scenario.ordered_plans for building in new_buildings(plan.volumes) if _is_inside(building, scenario)]
    before = pick(heights[now], fit[now], [kinds[row] for row in now], missing="no_heights")
    after = pick(
        np.concatenate([heights[stays], [volume.height for volume in volumes]]),
        np.concatenate([fit[stays], _volume_roof_fit(volumes)]),
        [*(kinds[row] for row in stays), *(volume.height_kind for volume in volumes)],
        missing="no_heights",
    )
    plans = [plan for plan in scenario.ordered_plans if plan.volumes or plan.demolishes]
    return Assessment(
        impact=impact,
        before=before.value,
        after=after.value,
        unit=Unit.METRES,
        where=WHOLE,
        margin=after.margin,
        before_margin=before.margin,
        difference_margin=AS_STATED if before.value == after.value else margin_between(before.margin, after.margin),
        kind=after.kind,
        before_kind=before.kind,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "buildings"), plans),
        plans=tuple(plans),
        assumptions=assumptions.used(ASSUMPTION),
        missing=after.missing or before.missing,
    )


def _is_inside(building: tuple[Volume, ...], scenario: Scenario) -> bool:
    """Whether a new building stands, at least in part, in the neighbourhood; where no ground is known nobody can say that it does not."""
    ground = scenario.neighbourhood.covered_ground
    return ground.is_empty or any(volume.footprint.intersects(ground) for volume in building)


def _against_surroundings(
    scenario: Scenario, plan: Plan, volume: Volume, is_main: BoolArray, assumptions: Assumptions
) -> tuple[Assessment, ...]:
    buildings = scenario.neighbourhood.buildings
    radius = assumptions[RADIUS].value
    near = np.flatnonzero(around(buildings, volume, is_main & scenario.remaining_rows, radius=radius))
    heights, fit, kinds = buildings.numbers["height"][near], buildings.numbers["roof_fit_rmse"][near], building_kinds(buildings)
    near_kinds = [kinds[row] for row in near]
    where = Where(Place.VOLUME, f"{plan.plan_id}/{volume.volume_id}", volume.title if volume.title.nl or volume.title.en else plan.title)
    new = HeightFigure(
        volume.height, AS_STATED if volume.height_kind is not Kind.ASSUMED else unknown_margin("storey_height"), volume.height_kind
    )
    highest = tallest(heights, fit, near_kinds, missing="nothing_around")
    middle = median(heights, fit, near_kinds, missing="nothing_around")
    figures = {
        "height.new": new,
        "height.tallest_around": highest,
        "height.median_around": middle,
        "height.times_median": _times(new, middle),
    }
    own = with_plans((), (plan,))
    data = with_plans(data_sources(scenario.neighbourhood, "buildings"), (plan,))
    n_known = int(np.isfinite(heights).sum())
    remark = counted("impacts.buildings_around", n_known, radius=Figure(radius))
    if not n_known:
        remark = Note("impacts.buildings_around_none", n=0, radius=Figure(radius))
    return tuple(
        Assessment(
            impact=impact,
            before=None,
            after=figure.value,
            unit=Unit.RATIO if impact == "height.times_median" else Unit.METRES,
            where=where,
            margin=figure.margin,
            kind=figure.kind,
            method=METHOD,
            sources=own if impact == "height.new" else data,
            plans=(plan,),
            assumptions=() if impact == "height.new" else assumptions.used(ASSUMPTION, RADIUS),
            remarks=() if impact == "height.new" else (remark,),
            missing=figure.missing or "only_after",
        )
        for impact, figure in figures.items()
    )


def _times(new: HeightFigure, middle: HeightFigure) -> HeightFigure:
    """How many times the median around a new volume is."""
    if new.value is None or middle.value is None or middle.value <= 0:
        return HeightFigure(None, unknown_margin("nothing_around"), Kind.CALCULATED, "nothing_around")
    kind, ratio, off = weakest((Kind.CALCULATED, new.kind, middle.kind)), new.value / middle.value, middle.margin
    if not new.margin.is_known or off.below is None or off.above is None:
        return HeightFigure(ratio, unknown_margin((off if new.margin.is_known else new.margin).reason), kind)
    lowest = middle.value - off.below
    above = new.value / lowest - ratio if lowest > 0 else None
    return HeightFigure(ratio, Margin(ratio - new.value / (middle.value + off.above), above, off.reason), kind)
