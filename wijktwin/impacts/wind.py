"""Wind: what the decision tree of NEN 8100 says of each new building, with what went into it. No wind is computed.

A building of 30 m and more needs a study; below 15 m and sheltered none; everything between is for an expert to judge. Sheltered is what
stands among buildings that cover enough of the ground around it, and that it does not tower over (``data/norms/wind.toml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import AS_STATED, Assessment, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.shared import Assessments, data_sources, plan_area, with_plans
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.space import new_buildings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("wind", "1.0")
NORMS: Final = "wind.toml"
STUDY: Final = "wind.study"
EXPERT: Final = "wind.expert"


class Decision(StrEnum):
    """What the tree says."""

    STUDY = "study"
    EXPERT = "expert"
    NONE = "none"
    OPEN = "open"
    """None or an expert: nobody can say from these data whether the building stands sheltered."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a new building.

    Parameters
    ----------
    cover_low, cover_high
        Share of the ground around that is built on; high counts all that the data do not reach as built. [%]
    mean_height
        Of what is built there, by footprint [m]; None where no height is known.
    nearest
        Distance to the nearest of them [m]; None where there is none.
    """

    cover_low: float
    cover_high: float
    mean_height: float | None
    nearest: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the tree says of one new building; ``building`` are its volumes, the highest first."""

    building: tuple[Volume, ...]
    around: Surroundings
    decision: Decision


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """For how many new buildings of each plan a study is needed, and for how many an expert."""
    return tuple(figure for plan in scenario.ordered_plans if new_buildings(plan.volumes) for figure in _of_plan(scenario, plan))


def judged_buildings(scenario: Scenario, plan: Plan) -> tuple[Judged, ...]:
    """What the tree says of each new building of a plan."""
    around = ((building, surroundings(scenario, building)) for building in new_buildings(plan.volumes))
    return tuple(Judged(building, each, decision(building[0].height, each)) for building, each in around)


def decision(height: float, around: Surroundings) -> Decision:
    """What the tree says of a building. [m]"""
    if height >= norm_value(NORMS, "study_from").value:
        return Decision.STUDY
    if height >= norm_value(NORMS, "free_below").value:
        return Decision.EXPERT
    sheltered = is_sheltered(height, around)
    return Decision.OPEN if sheltered is None else Decision.NONE if sheltered else Decision.EXPERT


def is_sheltered(height: float, around: Surroundings) -> bool | None:
    """Whether a building stands sheltered; None where the data do not tell."""
    enough = norm_value(NORMS, "cover").value
    if around.cover_high < enough:
        return False
    if around.mean_height is None or around.nearest is None:
        return None if around.cover_high > around.cover_low else False
    if height > norm_value(NORMS, "times_mean").value * around.mean_height:
        return False
    if around.nearest > norm_value(NORMS, "nearest").value * around.mean_height:
        return False
    return True if around.cover_low >= enough else None


def surroundings(scenario: Scenario, building: tuple[Volume, ...]) -> Surroundings:
    """What stands around a new building once the plans are there: buildings that stay, the halo included, and other new ones."""
    buildings = scenario.neighbourhood.buildings
    own = shapely.union_all([volume.footprint for volume in building])
    circle = shapely.difference(shapely.buffer(own, norm_value(NORMS, "around").value, quad_segs=32), own)
    rows = [row for row in scenario.neighbourhood.rows_near(circle) if scenario.remaining_rows[row]]
    others = [v for _, v in scenario.volumes if v.touches_ground and all(v is not each for each in building)]
    shapes = np.array([*buildings.footprints[rows], *(each.footprint for each in others), None], dtype=object)[:-1]
    heights = np.array([*buildings.numbers["height"][rows], *(each.height for each in others)], dtype=np.float64)
    inside = shapely.intersection(shapes, circle)
    areas = shapely.area(inside)
    there = areas > 0
    built, area = float(shapely.union_all(inside[there]).area) if there.any() else 0.0, float(circle.area)
    known = kept(scenario.neighbourhood, "known area", lambda: _known_area(scenario.neighbourhood))
    unknown = float(shapely.difference(circle, known).area)
    weights = np.where(np.isfinite(heights), areas, 0.0)
    mean = float((np.nan_to_num(heights) * weights).sum() / weights.sum()) if weights.sum() > 0 else None
    nearest = float(shapely.distance(shapes[there], own).min()) if there.any() else None
    return Surroundings(100.0 * built / area, 100.0 * (built + unknown) / area, mean, nearest)


def _known_area(neighbourhood: Neighbourhood) -> BaseGeometry:
    """As far as the data reach: everything between the ground and all buildings, the halo included."""
    table = neighbourhood.ground_table
    shapes = [each for each in neighbourhood.buildings.footprints if each is not None]
    shapes += [] if table is None else list(table.geometry.to_numpy())
    return shapely.convex_hull(shapely.GeometryCollection(shapes))


def _of_plan(scenario: Scenario, plan: Plan) -> Assessments:
    judged = judged_buildings(scenario, plan)
    decisions = [each.decision for each in judged]
    n_open = decisions.count(Decision.OPEN)
    remarks = (*(_told(each.building[0], each.around, each.decision) for each in judged), Note("wind.no_model"))
    kind = weakest((Kind.CALCULATED, *(each.building[0].height_kind for each in judged)))
    rough = any(each.building[0].height_kind is Kind.ASSUMED for each in judged)
    open_margin = Margin(0.0, float(n_open), "shelter_not_known") if n_open else AS_STATED
    margins = {STUDY: AS_STATED, EXPERT: open_margin}
    counts = {STUDY: decisions.count(Decision.STUDY), EXPERT: decisions.count(Decision.EXPERT)}
    return tuple(
        Assessment(
            impact=impact,
            before=None,
            after=float(count),
            unit=Unit.COUNT,
            where=plan_area(plan),
            margin=unknown_margin("storey_height") if rough else margins[impact],
            kind=weakest((kind, Kind.STATED)),
            method=METHOD,
            sources=with_plans(data_sources(scenario.neighbourhood, "buildings"), (plan,)),
            plans=(plan,),
            remarks=remarks,
            missing="only_after",
        )
        for impact, count in counts.items()
    )


def _told(volume: Volume, around: Surroundings, found: Decision) -> Note:
    """One line of the tree with what went into it."""
    given = {"building": volume.title, "height": _rounded(volume.height), "status": norm_value(NORMS, "study_from").status}
    if found is Decision.STUDY:
        return Note("wind.tells_study", **given, limit=Figure(norm_value(NORMS, "study_from").value))
    low, high = _rounded(around.cover_low), _rounded(around.cover_high)
    cover = LocalText(low.in_language("nl"), low.in_language("en"))
    if low != high:
        cover = LocalText(f"{low.in_language('nl')} tot {high.in_language('nl')}", f"{low.in_language('en')} to {high.in_language('en')}")
    mean = around.mean_height
    shown = LocalText("niet bekend", "not known") if mean is None else _rounded(mean)
    return Note(f"wind.tells_{found}", **given, cover=cover, mean=shown)


def _rounded(value: float) -> Figure:
    return Figure(float(round(value, 1)))
