"""The 3-30-300 rule of thumb: three trees in view, 30 per cent crowns in the neighbourhood, 300 metres to a green place.

Counted in homes, by rules that anybody can check on a map; no Dutch law sets them (``data/norms/green.toml``). How many trees there
are, what ground their crowns cover and how much is green or paved stands in `trees` and `ground`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Unit, unknown_margin, weakest
from wijktwin.impacts.green_homes import NARROWEST, NORMS, PATH, REACH, GreenAtHomes, green_at_homes
from wijktwin.impacts.green_places import covered_area, crowns
from wijktwin.impacts.home_counts import HomeCount, counted_homes, margin_of_near, unknown_homes
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, new_homes, plans_of_surroundings, tree_kind, with_plans
from wijktwin.impacts.trees import plans_with_trees
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("green", "1.0")
TREES: Final = "green.three_trees"
CANOPY: Final = "green.canopy"
PLACE: Final = "green.near_place"
ALL: Final = "green.all_three"
PRECISION: Final = "outline_precision"
LEFT_OUT: Final = "green.new_homes_left_out"


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """The three parts of the rule, and how many homes have all of them."""
    found = green_at_homes(scenario, assumptions=assumptions)
    cover = _canopy(scenario)
    if found is None:
        missing = "no_addresses"
        return (_unknown(scenario, TREES, missing), cover, _unknown(scenario, PLACE, missing), _unknown(scenario, ALL, missing))
    before, after = found
    trees = _with_trees(scenario, assumptions)
    return (
        _three_trees(scenario, after, trees, assumptions),
        cover,
        _near_place(scenario, before, after, assumptions),
        _all_three(scenario, found, trees, cover, assumptions=assumptions),
    )


def canopy_share(trees: gpd.GeoDataFrame, area: BaseGeometry) -> float | None:
    """Share of an area beneath tree crowns, overlaps counted once; None where a crown is not known. [%]"""
    diameters = trees["crown_diameter"].to_numpy(dtype=np.float64)
    if area.is_empty or not np.isfinite(diameters).all():
        return None
    return 100.0 * covered_area(crowns(trees), area) / float(area.area)


def _canopy(scenario: Scenario) -> Assessment:
    neighbourhood = scenario.neighbourhood
    area, present = neighbourhood.covered_ground, neighbourhood.tree_table
    missing = "no_ground" if area.is_empty else "no_trees" if present is None or not len(present) else ""
    before = after = None
    changes = plans_with_trees(scenario)
    if not missing and present is not None:
        before = kept(neighbourhood, "canopy", lambda: canopy_share(present, area))
        after = kept(scenario, "canopy", lambda: canopy_share(scenario.trees, area)) if changes else before
        missing = "crowns_not_known" if before is None else "crowns_not_stated" if after is None else ""
    after = None if before is None else after
    n_planted = int((scenario.trees["plan_id"] != "").sum()) if changes else 0
    rule = norm_value(NORMS, "canopy")
    remarks = [counted("impacts.crowns_when_grown", n_planted)] if n_planted else []
    if after is not None:
        verdict = "green.canopy_met" if after >= rule.value else "green.canopy_not_met"
        remarks.append(Note(verdict, norm=rule.title, value=Figure(rule.value), status=rule.status))
    kind = weakest((Kind.CALCULATED, tree_kind(present)))
    return Assessment(
        impact=CANOPY,
        before=before,
        after=after,
        unit=Unit.PER_CENT,
        where=WHOLE,
        margin=unknown_margin(missing or "crowns_measured_how"),
        difference_margin=None if changes else EXACT,
        kind=weakest((kind, Kind.STATED)) if changes else kind,
        before_kind=kind,
        method=METHOD,
        sources=with_plans(data_sources(neighbourhood, "trees", "ground"), changes),
        plans=tuple(changes),
        remarks=tuple(remarks),
        missing=missing,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Homes with enough trees now and then, and the most and fewest that other reaches of a home give."""

    now: BoolArray
    then: BoolArray
    ends: tuple[tuple[float, float], ...]

    @property
    def margins(self) -> tuple[Margin, Margin, Margin]:
        """Of now, then and the difference: the range over how far a home reaches around its address."""
        n_now, n_then = float(self.now.sum()), float(self.then.sum())
        rows = [*self.ends, (n_now, n_then)]
        changes = [then - now for now, then in rows]
        return (
            _range(n_now, [now for now, _ in rows]),
            _range(n_then, [then for _, then in rows]),
            _range(n_then - n_now, changes),
        )


def _range(value: float, values: list[float]) -> Margin:
    below, above = value - min(values), max(values) - value
    return Margin(below, above, "home_reach") if below or above else EXACT


def _with_trees(scenario: Scenario, assumptions: Assumptions) -> _Counts | None:
    """Homes with enough trees in view, by the rule and at both ends of its assumption."""
    chosen = assumptions[REACH]
    pairs: list[tuple[BoolArray, BoolArray]] = []
    for reach in (chosen.value, chosen.low, chosen.high):
        found = green_at_homes(scenario, assumptions=assumptions, reach=reach)
        both = None if found is None else (found[0].has_trees(), found[1].has_trees())
        if both is None or both[0] is None or both[1] is None:
            return None
        pairs.append((both[0], both[1]))
    (now, then), *others = pairs
    return _Counts(now, then, tuple((float(one.sum()), float(other.sum())) for one, other in others))


def _three_trees(scenario: Scenario, after: GreenAtHomes, found: _Counts | None, assumptions: Assumptions) -> Assessment:
    table = scenario.trees
    n_unknown = int(table["crown_diameter"].isna().sum())
    if found is None:
        return _unknown(scenario, TREES, "no_trees")
    if n_unknown == len(table):
        return _unknown(scenario, TREES, "crowns_not_known")
    rule, size, near = (norm_value(NORMS, name) for name in ("trees", "tree_crown", "tree_distance"))
    given = {"n": Figure(rule.value), "area": Figure(size.value), "distance": Figure(near.value)}
    remarks = [Note("green.trees_rule", norm=rule.title, status=rule.status, **given)]
    margins = found.margins
    if n_unknown:
        remarks.append(counted("green.crowns_unknown", n_unknown))
        margins = (unknown_margin("crowns_partly_known"), unknown_margin("crowns_partly_known"), margins[2])
    return counted_homes(
        scenario,
        HomeCount(TREES, found.now, found.then, after.is_there),
        method=METHOD,
        margin=margins[1],
        before_margin=margins[0],
        difference_margin=margins[2],
        kinds=_kinds(scenario),
        sources=("addresses", "buildings", "trees"),
        plans=plans_of_surroundings(scenario),
        remarks=tuple(remarks) + new_homes(LEFT_OUT, scenario),
        assumptions=assumptions.used(REACH),
    )


def _near_place(scenario: Scenario, before: GreenAtHomes, after: GreenAtHomes, assumptions: Assumptions) -> Assessment:
    if before.distance is None or after.distance is None:
        return _unknown(scenario, PLACE, "no_ground")
    off = assumptions[PRECISION].value
    rule, size = norm_value(NORMS, "place_distance"), norm_value(NORMS, "place_size")
    left = np.where(after.is_there, after.distance, np.inf)
    remark = Note("green.place_rule", norm=rule.title, distance=Figure(rule.value), area=Figure(size.value), status=rule.status)
    return counted_homes(
        scenario,
        HomeCount(PLACE, before.distance <= rule.value, left <= rule.value, after.is_there),
        method=METHOD,
        margin=margin_of_near(left, rule.value, off=off),
        before_margin=margin_of_near(before.distance, rule.value, off=off),
        kinds=_with_plans(Kind.CALCULATED, scenario),
        sources=("addresses", "ground"),
        plans=plans_of_surroundings(scenario),
        remarks=(remark, *new_homes(LEFT_OUT, scenario)),
        assumptions=assumptions.used(PRECISION, PATH, NARROWEST),
    )


def _all_three(
    scenario: Scenario, both: tuple[GreenAtHomes, GreenAtHomes], found: _Counts | None, cover: Assessment, *, assumptions: Assumptions
) -> Assessment:
    near = [each.has_green_near() for each in both]
    if found is None or near[0] is None or near[1] is None:
        return _unknown(scenario, ALL, "no_trees" if found is None else "no_ground")
    if cover.before is None or cover.after is None:
        return _unknown(scenario, ALL, cover.missing)
    enough = norm_value(NORMS, "canopy").value
    now, then = found.now & near[0] & (cover.before >= enough), found.then & near[1] & (cover.after >= enough)
    none = cover.before < enough and cover.after < enough
    return counted_homes(
        scenario,
        HomeCount(ALL, now, then, both[1].is_there),
        method=METHOD,
        margin=EXACT if none else unknown_margin("crowns_measured_how"),
        kinds=_kinds(scenario),
        sources=("addresses", "buildings", "trees", "ground"),
        plans=plans_of_surroundings(scenario),
        remarks=tuple(note for note in cover.remarks if note.key.startswith("green.")) + new_homes(LEFT_OUT, scenario),
        assumptions=assumptions.used(REACH, PATH, NARROWEST),
    )


def _kinds(scenario: Scenario) -> tuple[Kind, Kind]:
    return _with_plans(weakest((Kind.CALCULATED, tree_kind(scenario.neighbourhood.tree_table))), scenario)


def _with_plans(own: Kind, scenario: Scenario) -> tuple[Kind, Kind]:
    return own, weakest((own, Kind.STATED)) if plans_of_surroundings(scenario) else own


def _unknown(scenario: Scenario, impact: str, missing: str) -> Assessment:
    return unknown_homes(
        scenario, impact, missing, method=METHOD, sources=("addresses", "trees", "ground"), plans=plans_of_surroundings(scenario)
    )
