"""Parking places: on the street, in the buildings of a plan, and for bicycles; what a plan needs, and how full the street is.

Four things are kept apart: the key figure (CROW), the norm of the municipality, what it requires of this plan (`parking_demand`),
and the pressure (`parking_pressure`: how full the street is in the evening, where somebody has counted). This module counts places.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import Note
from wijktwin.impacts.assessment import AS_STATED, EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.ground import ground_within, outside_remarks
from wijktwin.impacts.kept import kept
from wijktwin.impacts.parking_demand import demand_figures
from wijktwin.impacts.parking_pressure import fullest_counts, pressure_figures
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, plan_area, with_plans
from wijktwin.model.plan import Use
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("parking", "1.2")
NO_STREET: Final = "unknown"
STREET_REACH: Final = 25.0
"""Changed ground belongs to the street of the nearest ground with a street name, within this distance. [m]"""


@dataclass(frozen=True, slots=True)
class Supply:
    """Places in one street or in all.

    Parameters
    ----------
    places
        Those that were counted or stated.
    n_shared
        Surfaces that a plan covers in part: their places are shared out by area, so possibly one more or less each.
    n_uncounted
        Parking surfaces of which nobody counted the places.
    n_stated
        Surfaces of which a plan states the places.
    made
        Those of the places that plans make.
    """

    places: float = 0.0
    n_shared: int = 0
    n_uncounted: int = 0
    n_stated: int = 0
    made: float = 0.0

    def __add__(self, other: Supply) -> Supply:
        """Both together."""
        return Supply(*(getattr(self, name) + getattr(other, name) for name in Supply.__slots__))

    @property
    def margin(self) -> Margin:
        """One place up or down for every surface that was shared out; at least this many where some were not counted."""
        if self.n_uncounted:
            return Margin(float(self.n_shared), None, "parking_partly_counted")
        if self.n_shared:
            return Margin(float(self.n_shared), float(self.n_shared), "parking_shared_out")
        return AS_STATED if self.n_stated else EXACT

    @property
    def kind(self) -> Kind:
        """Measured, unless a plan states some or cuts through a surface."""
        return Kind.ASSUMED if self.n_shared else Kind.STATED if self.n_stated else Kind.MEASURED


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:  # noqa: ARG001 - every impact is asked the same way
    """Places in the streets, in each street that changes, in the buildings of each plan; how full it is, and what each plan needs."""
    on_the_street = _on_the_street(scenario)
    total, streets = on_the_street[0], on_the_street[1:]
    supply = {name: before or 0.0 for name, (before, _) in total.breakdown.items()}
    found = [*on_the_street, *pressure_figures(scenario, streets, supply, method=METHOD)]
    for plan in scenario.ordered_plans:
        if plan.volumes:
            found += [_in_plan(plan, "parking.in_buildings", "parking_places"), _in_plan(plan, "parking.bicycles", "bicycle_places")]
    return (*found, *demand_figures(scenario, total, method=METHOD))


def supply_today(neighbourhood: Neighbourhood) -> Mapping[str, Supply]:
    """Places in each street today, worked out once for a neighbourhood."""

    def count() -> Mapping[str, Supply]:
        ground = neighbourhood.with_plans().ground
        return supply_by_street(ground, streets_of(ground, ground))

    return kept(neighbourhood, "parking supply", count)


def supply_by_street(ground: gpd.GeoDataFrame, streets: NDArray[np.str_]) -> dict[str, Supply]:
    """Places per street.

    Parameters
    ----------
    ground
        Columns ``kind``, ``parking_places``, ``change`` and ``parking_places_kind``.
    streets
        Street of each surface, "" where it belongs to none, shape (n,).
    """
    found: dict[str, Supply] = {}
    rows = zip(streets, ground["kind"], ground["parking_places"], ground["change"], ground["parking_places_kind"], strict=True)
    for street, kind, places, change, places_kind in rows:
        is_counted = bool(np.isfinite(places))
        if not is_counted and kind != GroundKind.PARKING.value:
            continue
        own = Supply(
            places=float(places) if is_counted else 0.0,
            n_shared=int(places_kind == Kind.ASSUMED.value),
            n_uncounted=int(not is_counted),
            n_stated=int(change == "changed"),
            made=float(places) if is_counted and change == "changed" else 0.0,
        )
        key = str(street) or NO_STREET
        found[key] = found.get(key, Supply()) + own
    return found


def streets_of(ground: gpd.GeoDataFrame, named: gpd.GeoDataFrame) -> NDArray[np.str_]:
    """The street that each surface belongs to: its own, else that of the nearest surface that has one; "" beyond `STREET_REACH`.

    Where several are equally near (changed ground lies over parts of them), the one it shares most area with.
    """
    streets = ground["street"].to_numpy(dtype=object).copy()
    sources = named[named["street"] != ""]
    if len(sources):
        shapes, names = sources.geometry.to_numpy(), sources["street"].to_numpy(dtype=object)
        tree, outlines = shapely.STRtree(shapes), ground.geometry.to_numpy()
        for row in np.flatnonzero((streets == "") & holds_places(ground)):
            near = tree.query_nearest(outlines[row], max_distance=STREET_REACH)
            streets[row] = _most_shared(outlines[row], shapes[near], names[near])
    named_streets: NDArray[np.str_] = streets.astype(np.str_)
    return named_streets


def holds_places(ground: gpd.GeoDataFrame) -> BoolArray:
    """Which surfaces hold parking places, or may: those with a number, and those that are for parking, shape (n,)."""
    held: BoolArray = (ground["parking_places"].notna() | (ground["kind"] == GroundKind.PARKING.value)).to_numpy(dtype=np.bool_)
    return held


def _most_shared(outline: BaseGeometry, shapes: NDArray[np.object_], names: NDArray[np.object_]) -> str:
    shared: dict[str, float] = {}
    for shape, name in zip(shapes, names, strict=True):
        shared[name] = shared.get(name, 0.0) + float(outline.intersection(shape).area)
    return min(shared, key=lambda name: (-shared[name], name), default="")


def _on_the_street(scenario: Scenario) -> list[Assessment]:
    table = scenario.neighbourhood.ground_table
    plans = tuple(plan for plan in scenario.ordered_plans if _touches_ground(plan))
    sources = with_plans(data_sources(scenario.neighbourhood, "ground"), plans)
    if table is None or not len(table):
        return [_unknown("no_ground", sources)]
    before = scenario.neighbourhood.with_plans().ground
    now = supply_today(scenario.neighbourhood)
    if not any(supply.places for supply in now.values()):
        return [_unknown("parking_not_counted", sources)]
    after = ground_within(scenario)
    then = supply_by_street(after, streets_of(after, before)) if plans else now
    names = sorted({*now, *then}, key=lambda name: (name == NO_STREET, name))
    pairs = {name: (now.get(name, Supply()), then.get(name, Supply())) for name in names}
    whole_now, whole_then = (sum((pair[side] for pair in pairs.values()), start=Supply()) for side in (0, 1))
    outside = outside_remarks(scenario) if plans else ()
    counted_streets = fullest_counts(scenario.neighbourhood, {name: supply.places for name, supply in now.items()})
    told = (*outside, Note("streets.pressure_is_counted_in_part")) if counted_streets else outside
    split: dict[str, tuple[float | None, float | None]] = {name: (pair[0].places, pair[1].places) for name, pair in pairs.items()}
    return [
        _figure("parking.street_total", WHOLE, whole_now, whole_then, sources=sources, plans=plans, breakdown=split, told=told),
        *(
            _figure(
                "parking.street",
                Where(Place.STREET, name, LocalText(name)),
                *pair,
                sources=sources,
                plans=_in_street(plans, before, name),
                breakdown=_lost_and_made(*pair),
                told=(Note("streets.pressure_is_counted"),) if name in counted_streets else (),
            )
            for name, pair in pairs.items()
            if name != NO_STREET and _is_changed(*pair)
        ),
    ]


def _lost_and_made(before: Supply, after: Supply) -> Mapping[str, tuple[float | None, float | None]]:
    """Places that stay, go and come: the difference alone would hide what goes."""
    kept = after.places - after.made
    return {"stays": (kept, kept), "goes": (before.places - kept, 0.0), "comes": (0.0, after.made)}


def _in_street(plans: tuple[Plan, ...], before: gpd.GeoDataFrame, street: str) -> tuple[Plan, ...]:
    """The plans that lay something over the ground of one street, or all of them where nobody knows which."""
    ground = shapely.union_all(before.geometry.to_numpy()[(before["street"] == street).to_numpy()])
    shapely.prepare(ground)
    found = tuple(plan for plan in plans if any(shapely.intersects(ground, outline) for outline in _laid_on_ground(plan)))
    return found or plans


def _laid_on_ground(plan: Plan) -> list[BaseGeometry]:
    changed = (change.footprint for change in plan.ground_changes)
    return [*changed, *(volume.footprint for volume in plan.volumes if volume.touches_ground)]


def _is_changed(before: Supply, after: Supply) -> bool:
    """Whether there is another number of places, or of surfaces that nobody counted."""
    return before.places != after.places or before.n_uncounted != after.n_uncounted


def _touches_ground(plan: Plan) -> bool:
    return bool(_laid_on_ground(plan))


def _figure(
    impact: str,
    where: Where,
    before: Supply,
    after: Supply,
    *,
    sources: tuple[Source, ...],
    plans: tuple[Plan, ...],
    breakdown: Mapping[str, tuple[float | None, float | None]] = MappingProxyType({}),
    told: tuple[Note, ...] = (),
) -> Assessment:
    is_same, new_shared = not _is_changed(before, after), after.n_shared - before.n_shared
    change = EXACT if is_same else AS_STATED
    if new_shared:
        change = Margin(float(new_shared), float(new_shared), "parking_shared_out")
    if before.n_uncounted != after.n_uncounted:
        change = unknown_margin("parking_partly_counted")
    return Assessment(
        impact=impact,
        before=before.places,
        after=after.places,
        unit=Unit.COUNT,
        where=where,
        margin=AS_STATED if after.margin.is_exact and not is_same else after.margin,
        before_margin=before.margin,
        difference_margin=change,
        kind=after.kind if is_same else weakest((after.kind, Kind.STATED)),
        before_kind=before.kind,
        method=METHOD,
        sources=sources,
        plans=plans,
        breakdown=breakdown,
        remarks=(*told, counted("impacts.parking_uncounted", after.n_uncounted)) if after.n_uncounted else told,
    )


def _unknown(reason: str, sources: tuple[Source, ...]) -> Assessment:
    return Assessment(
        impact="parking.street_total",
        before=None,
        after=None,
        unit=Unit.COUNT,
        where=WHOLE,
        margin=unknown_margin(reason),
        kind=Kind.MEASURED,
        method=METHOD,
        sources=sources,
        missing=reason,
    )


def _in_plan(plan: Plan, impact: str, field: str) -> Assessment:
    stated = [volume for volume in plan.volumes if getattr(volume, field) is not None]
    kind = weakest((Kind.STATED, *(getattr(volume, f"{field}_kind") for volume in stated)))
    n_silent = sum(volume.use != Use.OTHER and getattr(volume, field) is None for volume in plan.volumes) if stated else 0
    margin = Margin(0.0, None, "places_partly_stated") if n_silent else AS_STATED
    if kind is Kind.ASSUMED:
        margin = unknown_margin("rescaled")
    return Assessment(
        impact=impact,
        before=None,
        after=float(sum(getattr(volume, field) for volume in stated)) if stated else None,
        unit=Unit.COUNT,
        where=plan_area(plan),
        margin=margin if stated else unknown_margin("places_not_stated"),
        kind=kind,
        method=METHOD,
        sources=(plan.source,),
        plans=(plan,),
        remarks=(counted("impacts.places_unstated", n_silent),) if n_silent else (),
        missing="only_after" if stated else "places_not_stated",
    )
