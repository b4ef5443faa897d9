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
    from collections.abc import Sequence

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("heat", "1.3")
SHADE: Final = "heat.shade"
SHADED: Final = "heat.shaded_area"
COOL: Final = "heat.cool_place"
UNITS: Final = {SHADE: Unit.PER_CENT, SHADED: Unit.SQUARE_METRES}
LIGHT: Final = "crown_light"
BEGINS: Final = "crown_begins"
CROWNS: Final = "crowns_assumed"
"""Reason of a margin: where a crown begins, and how much sun shines through it."""
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
    begins = assumptions[BEGINS]
    taken = before, after = afternoon(scenario, begins=begins.value)
    if not before.area or not after.area:
        return tuple(_unknown(scenario, impact, "no_walking_surface") for impact in (SHADE, SHADED))
    ends = [taken]
    if _has_crowns(before) or _has_crowns(after):
        ends += [afternoon(scenario, begins=end) for end in (begins.high, begins.low)]
    return tuple(_figure(scenario, impact, ends, assumptions=assumptions) for impact in (SHADE, SHADED))


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


def _figure(scenario: Scenario, impact: str, crowns: Sequence[tuple[Walked, Walked]], *, assumptions: Assumptions) -> Assessment:
    """One figure of the shade now and then.

    Parameters
    ----------
    crowns
        Now and then with crowns as they are taken to be, and at the ends of where they may begin.
    """
    light, measure = assumptions[LIGHT], shade_share if impact == SHADE else Walked.mean_shade
    before, after = crowns[0]
    now, then = (measure(each, light=light.value) for each in (before, after))
    ends = [(measure(one, light=end), measure(other, light=end)) for one, other in crowns for end in (light.value, light.high, light.low)]
    all_now, all_then = zip(*ends, strict=True)
    n_unknown = _trees_of_unknown_size(scenario)
    changes = [last - first for first, last in ends]
    plans = plans_of_surroundings(scenario)
    first, last = hours()[0], hours()[-1]
    remarks = [Note("heat.afternoon", first=first, last=last), Note("heat.no_model")]
    if n_unknown:
        remarks.append(counted("heat.trees_unknown", n_unknown))
    is_same = not any(changes)
    own = Kind.ASSUMED if _has_crowns(before) or _has_crowns(after) else Kind.CALCULATED
    return Assessment(
        impact=impact,
        before=now,
        after=then,
        unit=UNITS[impact],
        where=WHOLE,
        margin=_margin(then, min(all_then), max(all_then), scenario, n_unknown),
        before_margin=_margin(now, min(all_now), max(all_now), scenario, n_unknown),
        difference_margin=EXACT if is_same else Margin(then - now - min(changes), max(changes) - (then - now), CROWNS),
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
    """From what is assumed of crowns; open upwards where there are trees of unknown size, or none are known at all."""
    table = scenario.neighbourhood.tree_table
    if table is None or not len(table):
        return Margin(value - low, None, "no_trees")
    if n_unknown:
        return Margin(value - low, None, "crowns_partly_known")
    return Margin(value - low, high - value, CROWNS)


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
