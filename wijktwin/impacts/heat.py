"""Heat, as a screening: shade on what people walk on through a hot afternoon, and a cool place near home.

This is no heat model: air temperature, wind and health are not computed. Shade decides most of how hot a sunny street feels, and where
it comes and goes can be checked; how hot it becomes is on the official map (Klimaateffectatlas).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Figure, Note
from wijktwin.impacts.afternoon import NORMS, Walked, afternoon, hours
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Unit, margin_between, unknown_margin, weakest
from wijktwin.impacts.cool_places import cool_at_homes
from wijktwin.impacts.home_counts import HomeCount, counted_homes, margin_of_near, unknown_homes
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.routes import is_derived
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, plans_of_surroundings, tree_kind, with_plans
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("heat", "1.2")
SHADE: Final = "heat.shade"
SHADED: Final = "heat.shaded_area"
COOL: Final = "heat.cool_place"
UNITS: Final = {SHADE: Unit.PER_CENT, SHADED: Unit.SQUARE_METRES}
LIGHT: Final = "crown_light"
BEGINS: Final = "crown_begins"
PRECISION: Final = "outline_precision"
SMALLEST: Final = "smallest_detour"
DERIVED: Final = "derived_streets_off"


def assess(scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> Assessments:
    """Shade as a share and in square metres, and homes with a cool place nearby."""
    progress.tell(Note("heat.computing_shade"))
    shade = _shade(scenario, assumptions)
    progress.tell(Note("heat.computing_places"), 0.9)
    return (*shade, _cool_place(scenario, assumptions))


def _shade(scenario: Scenario, assumptions: Assumptions) -> Assessments:
    missing = nothing_to_shade(scenario)
    if missing:
        return tuple(_unknown(scenario, impact, missing) for impact in (SHADE, SHADED))
    before, after = afternoon(scenario, begins=assumptions[BEGINS].value)
    if not before.area or not after.area:
        return tuple(_unknown(scenario, impact, "no_walking_surface") for impact in (SHADE, SHADED))
    return (
        _figure(scenario, SHADE, before, after, assumptions=assumptions),
        _figure(scenario, SHADED, before, after, assumptions=assumptions),
    )


def nothing_to_shade(scenario: Scenario) -> str:
    """Why there can be no figure."""
    neighbourhood = scenario.neighbourhood
    if neighbourhood.ground_table is None or not len(neighbourhood.ground_table):
        return "no_ground"
    if len(neighbourhood.buildings) and not len(neighbourhood.mesh.surface_object):
        return "no_forms"
    return ""


def shade_share(walked: Walked, *, light: float) -> float:
    """Share of what people walk on that lies in the shade. [%]"""
    return 100.0 * walked.mean_shade(light=light) / walked.area


def _figure(scenario: Scenario, impact: str, before: Walked, after: Walked, *, assumptions: Assumptions) -> Assessment:
    light, measure = assumptions[LIGHT], shade_share if impact == SHADE else Walked.mean_shade
    ends = [(measure(before, light=end), measure(after, light=end)) for end in (light.value, light.high, light.low)]
    (now, then), (low_now, low_then), (high_now, high_then) = ends
    n_unknown = _trees_of_unknown_size(scenario)
    changes = [high_then - high_now, low_then - low_now]
    plans = plans_of_surroundings(scenario)
    first, last = hours()[0], hours()[-1]
    remarks = [Note("heat.afternoon", first=first, last=last), Note("heat.no_model")]
    if n_unknown:
        remarks.append(counted("heat.trees_unknown", n_unknown))
    is_same = now == then and changes == [0.0, 0.0]
    own = Kind.ASSUMED if _has_crowns(before) or _has_crowns(after) else Kind.CALCULATED
    return Assessment(
        impact=impact,
        before=now,
        after=then,
        unit=UNITS[impact],
        where=WHOLE,
        margin=_margin(then, low_then, high_then, scenario, n_unknown),
        before_margin=_margin(now, low_now, high_now, scenario, n_unknown),
        difference_margin=EXACT if is_same else Margin(then - now - min(changes), max(changes) - (then - now), "crown_light"),
        kind=weakest((own, Kind.STATED)) if plans else own,
        before_kind=own,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "buildings", "ground", "trees"), plans),
        plans=plans,
        remarks=tuple(remarks),
        assumptions=assumptions.used(LIGHT, BEGINS),
    )


def _has_crowns(walked: Walked) -> bool:
    return bool(walked.by_crowns.any())


def _margin(value: float, low: float, high: float, scenario: Scenario, n_unknown: int) -> Margin:
    """From how much light crowns let through; open upwards where there are trees of unknown size, or none are known at all."""
    table = scenario.neighbourhood.tree_table
    if table is None or not len(table):
        return Margin(value - low, None, "no_trees")
    if n_unknown:
        return Margin(value - low, None, "crowns_partly_known")
    return Margin(value - low, high - value, "crown_light")


def _trees_of_unknown_size(scenario: Scenario) -> int:
    table = scenario.trees
    return int((~np.isfinite(table["height"]) | ~np.isfinite(table["crown_diameter"])).sum())


def _cool_place(scenario: Scenario, assumptions: Assumptions) -> Assessment:
    found = cool_at_homes(scenario)
    changing = plans_of_surroundings(scenario)
    plans = tuple(plan for plan in scenario.ordered_plans if plan in changing or plan.flooded)
    if isinstance(found, str):
        return unknown_homes(scenario, COOL, found, method=METHOD, sources=("addresses", "trees", "ground"), plans=plans)
    rule, size = norm_value(NORMS, "cool_distance"), norm_value(NORMS, "cool_size")
    reason = "doors_not_known" if found.on_foot else "outlines"
    decides: tuple[str, ...] = (SMALLEST if found.on_foot else PRECISION,)
    off = assumptions[decides[0]].value
    if found.on_foot and is_derived(scenario.neighbourhood):
        decides, reason = (SMALLEST, DERIVED), "streets_derived"
        off = max(off, rule.value * assumptions[DERIVED].value / 100.0)

    def margin(distance: FloatArray) -> Margin:
        return margin_of_near(distance, rule.value, off=off, reason=reason)

    left = np.where(found.is_there, found.after, np.inf)
    moved = found.before != left
    own = weakest((Kind.CALCULATED, tree_kind(scenario.neighbourhood.tree_table)))
    then = [own, *([Kind.STATED] if changing else []), *([Kind.ASSUMED] if scenario.flooded and found.on_foot else [])]
    key = "heat.cool_rule_on_foot" if found.on_foot else "heat.cool_rule_straight"
    remarks = [Note(key, norm=rule.title, distance=Figure(rule.value), area=Figure(size.value), status=rule.status)]
    if found.n_unconnected:
        remarks.append(counted("heat.homes_unconnected", found.n_unconnected))
    return counted_homes(
        scenario,
        HomeCount(COOL, found.before <= rule.value, left <= rule.value, found.is_there),
        method=METHOD,
        margin=margin(left),
        before_margin=margin(found.before),
        difference_margin=margin_between(margin(found.before[moved]), margin(left[moved])),
        kinds=(own, weakest(then)),
        sources=("addresses", "trees", "ground", *(("streets",) if found.on_foot else ())),
        plans=plans,
        remarks=tuple(remarks),
        assumptions=assumptions.used(*decides),
    )


def _unknown(scenario: Scenario, impact: str, missing: str) -> Assessment:
    plans = plans_of_surroundings(scenario)
    return Assessment(
        impact=impact,
        before=None,
        after=None,
        unit=UNITS[impact],
        where=WHOLE,
        margin=unknown_margin(missing),
        kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "buildings", "ground", "trees"), plans),
        plans=plans,
        missing=missing,
    )
