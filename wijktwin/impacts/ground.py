"""Paved ground, green, water and what is built on, in the area that changes and in the whole neighbourhood.

Ground counts by what the map says it is, ``PAVED_KINDS`` and ``GREEN_KINDS`` of `wijktwin.model.surroundings`; what a building
covers counts as built, not as paved. What a plan draws beyond the ground and buildings of the neighbourhood does not count. Gardens
count as green as they are on the map: nobody measured which part of them is tiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.kept import kept
from wijktwin.impacts.outlines import outline_margin
from wijktwin.impacts.shared import WHOLE, Assessments, assessed_buildings, counted, data_sources, with_plans
from wijktwin.model.ground_after import TOUCHED_SHARE
from wijktwin.model.provenance import Kind
from wijktwin.model.space import MIN_SHARED_AREA
from wijktwin.model.surroundings import GREEN_KINDS, PAVED_KINDS, GroundKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("ground", "1.2")
ASSUMPTION: Final = "outline_precision"
CHANGED: Final = Where(Place.PLAN_AREA, "changed_area")
WITHIN_BOUNDARY: Final = Where(Place.PLAN_AREA, "plan_boundary")
"""The plan area that all plans draw alike: figures of plans for one place can be compared with each other."""
OWN_AREAS: Final = frozenset({CHANGED.identifier, WITHIN_BOUNDARY.identifier})
"""Areas of a scenario rather than of one plan; they have no name of their own."""
UNSTATED: Final = "ground.unstated"
BUILT: Final = "ground.built"

IMPACT_OF_KIND: Final[Mapping[str, str]] = {
    **{kind.value: "ground.other" for kind in GroundKind},
    **{kind.value: "ground.paved" for kind in PAVED_KINDS},
    **{kind.value: "ground.green" for kind in GREEN_KINDS},
    GroundKind.WATER.value: "ground.water",
}
"""Which figure each kind of ground counts in."""

SLIVER: Final = 0.001
"""Less ground is the rounding of coordinates. [m²]"""

GRID: Final = 0.001
"""Coordinates are taken to this before shapes are compared, so that a shared edge is one edge. [m]"""

ALWAYS: Final = frozenset({"ground.paved", "ground.green"})
"""Figures that are given of the area that changes even where they are zero before and after."""

IMPACTS: Final = ("ground.paved", "ground.green", "ground.water", BUILT, "ground.other")


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """Pieces of ground with what each is: a `GroundKind` or "built"; both of shape (n,)."""

    shapes: NDArray[np.object_]
    kinds: NDArray[np.str_]

    def within(self, area: BaseGeometry) -> Surfaces:
        """What of them lies in an area; what only touches it, slivers of rounding included, is left out."""
        tree = shapely.STRtree(self.shapes)
        rows = np.sort(tree.query(area, predicate="intersects"))
        clipped = shapely.intersection(self.shapes[rows], area)
        inside = shapely.area(clipped) > SLIVER
        return Surfaces(clipped[inside], self.kinds[rows][inside])

    def areas(self) -> dict[str, float]:
        """Area of each kind. [m²]"""
        kinds, row = np.unique(self.kinds, return_inverse=True)
        return dict(zip(kinds.tolist(), np.bincount(row, weights=shapely.area(self.shapes)).tolist(), strict=True))

    def counts_in(self, *impacts: str) -> BoolArray:
        """Which pieces count in one of some figures, shape (n,)."""
        return np.isin(self.kinds, [kind for kind in np.unique(self.kinds).tolist() if impact_of(kind) in impacts])

    def of_impact(self, *impacts: str) -> NDArray[np.object_]:
        """The pieces that count in one of some figures."""
        return self.shapes[self.counts_in(*impacts)]


def impact_of(kind: str) -> str:
    """The figure that a kind of ground counts in."""
    return BUILT if kind == "built" else IMPACT_OF_KIND.get(kind, "ground.other")


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """Ground by use in the neighbourhood and, where a plan changes any, within the plan area or in the area that changes."""
    table = scenario.neighbourhood.ground_table
    if table is None or not len(table):
        return tuple(_unknown(scenario, impact) for impact in IMPACTS)
    before = surfaces_now(scenario)
    if not changes_ground(scenario):
        return tuple(_figure(scenario, impact, WHOLE, before, before, touched=None, assumptions=assumptions) for impact in IMPACTS)
    after = surfaces_then(scenario)
    area, where = _own_area(scenario)
    before_there, after_there = before.within(area), after.within(area)
    changes = {impact: exchanged(before_there, after_there, impact) for impact in IMPACTS}
    outside = outside_remarks(scenario)

    def figure(impact: str, around: Where, now: Surfaces, then: Surfaces) -> Assessment:
        return _figure(scenario, impact, around, now, then, touched=changes[impact], assumptions=assumptions, outside=outside)

    there = [impact for impact in IMPACTS if impact in ALWAYS or len(before_there.of_impact(impact)) or len(after_there.of_impact(impact))]
    return (
        *(figure(impact, where, before_there, after_there) for impact in there),
        *_unstated(scenario, where, assumptions),
        *(figure(impact, WHOLE, before, after) for impact in IMPACTS),
    )


def surfaces_now(scenario: Scenario) -> Surfaces:
    """Ground and buildings of the neighbourhood as they are; nothing where no ground is known."""
    neighbourhood = scenario.neighbourhood
    return kept(neighbourhood, "surfaces", lambda: _surfaces(neighbourhood.ground, _existing_outlines(scenario, remaining=False)))


def surfaces_then(scenario: Scenario) -> Surfaces:
    """Ground and buildings after the plans, as far as they lie in the neighbourhood."""
    if not changes_ground(scenario):
        return surfaces_now(scenario)
    outlines = [*_existing_outlines(scenario, remaining=True), *_new_outlines(scenario)]
    return kept(scenario, "surfaces", lambda: _surfaces(ground_within(scenario), outlines))


def exchanged(before: Surfaces, after: Surfaces, *impacts: str) -> list[BaseGeometry]:
    """Everything that starts or stops counting in a figure, or in several together, as single polygons.

    What one kind of ground loses another gains, so both have the same outlines and therefore the same margin.
    """
    one, other = (merged(each, *impacts) for each in (before, after))
    pieces = _polygons(shapely.symmetric_difference(one, other, grid_size=GRID))
    return [piece.simplify(GRID) for piece in pieces if piece.area > SLIVER]


def merged(surfaces: Surfaces, *impacts: str) -> BaseGeometry:
    """Everything that counts in a figure, or in several together, as one shape of polygons."""
    return shapely.union_all(_polygons(surfaces.of_impact(*impacts)), grid_size=GRID)


def _polygons(shapes: BaseGeometry | NDArray[np.object_]) -> list[BaseGeometry]:
    """All single polygons in shapes and collections of them; lines and points are left out."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(shapes, dtype=object))))
    return [part for part in parts if part.geom_type == "Polygon"]


def changed_area(scenario: Scenario) -> BaseGeometry:
    """Everything that plans lay on or take away from the ground of the neighbourhood.

    Changed surfaces, volumes that touch the ground, and demolished buildings; not what of them lies outside the neighbourhood.
    """
    buildings = scenario.neighbourhood.buildings
    gone = [buildings.footprints[buildings.rows[each]] for each in sorted(scenario.demolished & buildings.rows.keys())]
    changed = [change.footprint for plan in scenario.ordered_plans for change in plan.ground_changes]
    touched = shapely.union_all([*_new_outlines(scenario), *changed, *(each for each in gone if each is not None)])
    return shapely.intersection(touched, scenario.neighbourhood.covered_ground)


def _own_area(scenario: Scenario) -> tuple[BaseGeometry, Where]:
    """Where the ground is compared: the plan area, where all plans that change ground draw the same one and keep to it."""
    changed = changed_area(scenario)
    drawn = [plan.boundary for plan in scenario.ordered_plans if plan.ground_changes or plan.volumes or plan.demolishes]
    first = drawn[0] if drawn else None
    if first is None or any(each is None or shapely.symmetric_difference(each, first).area > MIN_SHARED_AREA for each in drawn):
        return changed, CHANGED
    if shapely.difference(changed, first).area > MIN_SHARED_AREA:
        return changed, CHANGED
    return shapely.intersection(first, scenario.neighbourhood.covered_ground), WITHIN_BOUNDARY


def _unstated(scenario: Scenario, where: Where, assumptions: Assumptions) -> Assessments:
    """Ground of which no plan says what it becomes: where buildings go."""
    table = scenario.ground
    outlines = table.geometry.to_numpy()[(table["change"] == "uncovered").to_numpy()]
    area = float(shapely.area(outlines).sum())
    if area <= MIN_SHARED_AREA:
        return ()
    plans = tuple(plan for plan in scenario.ordered_plans if plan.demolishes)
    figure = Assessment(
        impact=UNSTATED,
        before=None,
        after=area,
        unit=Unit.SQUARE_METRES,
        where=where,
        margin=_margin(outlines, assumptions[ASSUMPTION].value),
        kind=weakest((Kind.CALCULATED, Kind.STATED)),
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground", "buildings"), plans),
        plans=plans,
        assumptions=assumptions.used(ASSUMPTION),
        missing="only_after",
    )
    return (figure,)


def changes_ground(scenario: Scenario) -> bool:
    """Whether any plan lays something on the ground, or takes a building away."""
    return bool(scenario.demolished or _new_outlines(scenario) or any(plan.ground_changes for plan in scenario.plans))


def _new_outlines(scenario: Scenario) -> list[BaseGeometry]:
    """Footprints of what comes to stand on the ground, as far as they lie within the neighbourhood."""
    within = scenario.neighbourhood.covered_ground
    outlines = [shapely.intersection(volume.footprint, within) for _, volume in scenario.volumes if volume.touches_ground]
    return [outline for outline in outlines if outline.area > SLIVER]


def ground_within(scenario: Scenario) -> gpd.GeoDataFrame:
    """The ground after the plans, without what they change beyond the neighbourhood; stated parking places are shared out by area."""
    table = scenario.ground
    shapes, rows = table.geometry.to_numpy().copy(), np.flatnonzero((table["change"] == "changed").to_numpy())
    if not len(rows):
        return table
    whole = shapes[rows]
    shapes[rows] = shapely.intersection(whole, scenario.neighbourhood.covered_ground)
    share = shapely.area(shapes[rows]) / shapely.area(whole)
    cut = rows[(1.0 - share >= TOUCHED_SHARE) & np.isfinite(table["parking_places"].to_numpy()[rows])]
    table.loc[table.index[cut], "parking_places"] *= share[np.isin(rows, cut)]
    table.loc[table.index[cut], "parking_places_kind"] = str(Kind.ASSUMED)
    left = shapely.area(shapes) > SLIVER
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))[left]


def outside_remarks(scenario: Scenario) -> tuple[Note, ...]:
    """How much of what each plan draws on the ground lies outside the neighbourhood."""
    within, found = scenario.neighbourhood.covered_ground, []
    for plan in scenario.ordered_plans:
        drawn = [change.footprint for change in plan.ground_changes]
        drawn += [volume.footprint for volume in plan.volumes if volume.touches_ground]
        beyond = float(shapely.difference(shapely.union_all(drawn), within).area)
        if beyond > MIN_SHARED_AREA:
            found.append(Note("impacts.plan_outside_neighbourhood", plan=plan.title, area=Figure(float(round(beyond)))))
    return tuple(found)


def _existing_outlines(scenario: Scenario, *, remaining: bool) -> list[BaseGeometry]:
    chosen = assessed_buildings(scenario.neighbourhood)
    if remaining:
        chosen = chosen & scenario.remaining_rows
    return [each for each in scenario.neighbourhood.buildings.footprints[chosen] if each is not None]


def _surfaces(table: gpd.GeoDataFrame, outlines: list[BaseGeometry]) -> Surfaces:
    """Ground and footprints together; footprints that overlap count once."""
    covered = shapely.get_parts(shapely.disjoint_subset_union_all(outlines)) if outlines else np.zeros(0, dtype=object)
    shapes = np.concatenate([shapely.make_valid(table.geometry.to_numpy()), covered])
    kinds = np.concatenate([table["kind"].to_numpy(dtype=np.str_), np.full(len(covered), "built")])
    return Surfaces(shapes, kinds)


def _figure(
    scenario: Scenario,
    impact: str,
    where: Where,
    before: Surfaces,
    after: Surfaces,
    *,
    touched: list[BaseGeometry] | None,
    assumptions: Assumptions,
    outside: tuple[Note, ...] = (),
) -> Assessment:
    then, now = after.areas(), before.areas()
    kinds = sorted(kind for kind in {*now, *then} if impact_of(kind) == impact)
    split = {kind: (now.get(kind, 0.0), then.get(kind, 0.0)) for kind in kinds}
    precision = assumptions[ASSUMPTION].value
    n_uncovered = 0 if touched is None or impact != "ground.other" else int((scenario.ground["change"] == "uncovered").sum())
    return Assessment(
        impact=impact,
        before=sum((pair[0] for pair in split.values()), start=0.0),
        after=sum((pair[1] for pair in split.values()), start=0.0),
        unit=Unit.SQUARE_METRES,
        where=where,
        margin=_margin(after.of_impact(impact), precision),
        before_margin=_margin(before.of_impact(impact), precision),
        difference_margin=EXACT if touched is None else _margin(touched, precision, drawn=AS_STATED),
        kind=weakest((Kind.CALCULATED, Kind.STATED)) if touched else Kind.CALCULATED,
        before_kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground", "buildings"), scenario.ordered_plans),
        plans=scenario.ordered_plans,
        assumptions=assumptions.used(ASSUMPTION),
        remarks=(counted("impacts.uncovered_ground", n_uncovered), *outside) if n_uncovered else outside,
        breakdown={} if impact == BUILT else split,
    )


def _margin(outlines: list[BaseGeometry] | NDArray[np.object_], precision: float, *, drawn: Margin = EXACT) -> Margin:
    """How far off the area within these outlines may be; ``drawn`` where there are none."""
    off = outline_margin(outlines, precision=precision)
    return Margin(off, off, "outlines") if off else drawn


def _unknown(scenario: Scenario, impact: str) -> Assessment:
    return Assessment(
        impact=impact,
        before=None,
        after=None,
        unit=Unit.SQUARE_METRES,
        where=WHOLE,
        margin=unknown_margin("no_ground"),
        kind=Kind.CALCULATED,
        method=METHOD,
        sources=with_plans(data_sources(scenario.neighbourhood, "ground"), scenario.ordered_plans),
        plans=scenario.ordered_plans,
        missing="no_ground",
    )
