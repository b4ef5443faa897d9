"""The ground as it becomes: what plans change is cut out of what it covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from wijktwin.model.provenance import Kind
from wijktwin.model.space import touching_pairs
from wijktwin.model.surroundings import GROUND_COLUMNS, GroundKind, geographic_table, stacked

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import GroundChange, Plan

MIN_PIECE: Final = 0.01
"""Smaller pieces that are left of a cut surface are dropped. [m²]"""
TOUCHED_SHARE: Final = 0.01
"""A parking surface that loses less than this share of its area keeps all its places: outlines are drawn that exactly, not better."""

CHANGE_COLUMNS: Final[dict[str, str]] = {"plan_id": "str", "change": "str", "parking_places_kind": "str"}
"""Columns beyond `GROUND_COLUMNS`. ``plan_id`` is "" where no plan has a hand in it; ``change`` is "none", "cut" (a part went to a
plan), "changed" (what a plan makes of it) or "uncovered" (where a building goes and no plan says what comes);
``parking_places_kind`` a `Kind`, or "" where the source of the neighbourhood says the number."""


def ground_after(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> gpd.GeoDataFrame:
    """Ground surfaces once the plans are there; columns `GROUND_COLUMNS` and `CHANGE_COLUMNS`.

    Changed ground and volumes that touch the ground are cut out of the surfaces they cover. A parking surface that is partly covered
    keeps places in proportion to the area that is left, marked assumed. Changed ground does not run under volumes or buildings
    that stay. Where a building goes and no plan says what comes, the ground is of kind "other".
    """
    before = neighbourhood.ground
    before[list(CHANGE_COLUMNS)] = ["", "none", ""]
    if not plans:
        return before
    covered = _Covered(neighbourhood, plans)
    return stacked(_cut(before, covered.all), covered.changed, covered.uncovered(before))


class _Covered:
    """What the plans lay over the ground."""

    def __init__(self, neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> None:
        self.neighbourhood = neighbourhood
        self.plans = plans
        self.demolished = frozenset[str]().union(*(plan.demolishes for plan in plans))
        self.volumes = shapely.union_all([volume.footprint for plan in plans for volume in plan.volumes if volume.touches_ground])
        changes = [(plan, change) for plan in plans for change in plan.ground_changes]
        self.all = shapely.union_all([self.volumes, *(change.footprint for _, change in changes)])
        self.changed = self._changed(changes)

    def _changed(self, changes: Sequence[tuple[Plan, GroundChange]]) -> gpd.GeoDataFrame:
        rows: list[dict[str, Any]] = []
        shapes: list[BaseGeometry] = []
        footprints = [change.footprint for _, change in changes]
        drawn_before: dict[int, list[BaseGeometry]] = defaultdict(list)
        for later, earlier in touching_pairs(footprints, footprints):
            if earlier < later:
                drawn_before[later].append(footprints[earlier])
        for number, (plan, change) in enumerate(changes):
            covered = shapely.union_all([self._staying(change), *drawn_before[number]])
            left = _without(_without(change.footprint, self.volumes), covered)
            if left.area <= MIN_PIECE:
                continue
            places, kind = self._places_left(plan, change)
            surface_id = f"{plan.plan_id}/{change.change_id}"
            rows.append(self._row(surface_id, change.kind, left, plan_id=plan.plan_id, change="changed", places=places, places_kind=kind))
            shapes.append(left)
        return self._table(rows, shapes)

    def _places_left(self, plan: Plan, change: GroundChange) -> tuple[float, str]:
        """The stated places; shared out by area where another plan builds on them or a building that stays covers them."""
        if change.parking_places is None:
            return float("nan"), ""
        others = [volume.footprint for other in self.plans if other is not plan for volume in other.volumes if volume.touches_ground]
        covered = shapely.union_all([*others, self._staying(change)])
        lost = change.footprint.intersection(covered).area / change.footprint.area
        if lost < TOUCHED_SHARE:
            return change.parking_places, Kind.STATED
        return change.parking_places * (1.0 - lost), Kind.ASSUMED

    def _staying(self, change: GroundChange) -> BaseGeometry:
        """Footprints of the buildings that stay where ground is changed."""
        buildings = self.neighbourhood.buildings
        rows = [row for row in self.neighbourhood.rows_near(change.footprint) if buildings.building_ids[row] not in self.demolished]
        return shapely.union_all([_valid(buildings.footprints[row]) for row in rows])

    def uncovered(self, before: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Where buildings stood and nothing is stated to come."""
        buildings = self.neighbourhood.buildings
        rows: list[dict[str, Any]] = []
        shapes: list[BaseGeometry] = []
        for building_id in sorted(self.demolished & buildings.rows.keys()):
            footprint = buildings.footprints[buildings.rows[building_id]]
            if footprint is None:
                continue
            lying = before.geometry.iloc[before.sindex.query(footprint, predicate="intersects")]
            left = _without(_without(_valid(footprint), self.all), shapely.union_all(lying.to_numpy()))
            if left.area > MIN_PIECE:
                rows.append(self._row(f"uncovered/{building_id}", GroundKind.OTHER, left, plan_id="", change="uncovered"))
                shapes.append(left)
        return self._table(rows, shapes)

    def _row(
        self, surface_id: str, kind: GroundKind, left: BaseGeometry, *, plan_id: str, change: str,
        places: float = float("nan"), places_kind: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        centre = left.centroid
        return {
            "surface_id": surface_id, "kind": str(kind), "parking_places": places, "plan_id": plan_id, "change": change,
            "parking_places_kind": places_kind, "ground_height": self.neighbourhood.ground_height_at(centre.x, centre.y),
        }  # fmt: skip

    def _table(self, rows: list[dict[str, Any]], shapes: list[BaseGeometry]) -> gpd.GeoDataFrame:
        columns = {**GROUND_COLUMNS, **CHANGE_COLUMNS}
        values = {name: [row[name] for row in rows] for name in columns if rows and name in rows[0]}
        return geographic_table(columns, values, shapes, self.neighbourhood.horizontal_crs)


def _cut(before: gpd.GeoDataFrame, cover: BaseGeometry) -> gpd.GeoDataFrame:
    """Surfaces without what is covered; parking places of what is left shared out by area."""
    if cover.is_empty or not len(before):
        return before
    touched = np.sort(before.sindex.query(cover, predicate="intersects"))
    shapely.prepare(cover)
    shapes = before.geometry.to_numpy().copy()
    whole = np.array([_valid(shape) for shape in shapes[touched]], dtype=np.object_)
    left = np.array([_without(shape, cover) for shape in whole], dtype=np.object_)
    area_before, area_after = shapely.area(whole), shapely.area(left)
    is_cut = area_before - area_after > MIN_PIECE
    shapes[touched[is_cut]] = left[is_cut]
    after = before.set_geometry(gpd.GeoSeries(shapes, index=before.index, crs=before.crs))
    share = np.divide(area_after, area_before, out=np.ones_like(area_after), where=area_before > 0)
    cut_rows = after.index[touched[is_cut]]
    after.loc[cut_rows, "change"] = "cut"
    is_shared = is_cut & (1.0 - share >= TOUCHED_SHARE) & np.isfinite(before["parking_places"].to_numpy()[touched])
    shared_rows = after.index[touched[is_shared]]
    after.loc[shared_rows, "parking_places"] *= share[is_shared]
    after.loc[shared_rows, "parking_places_kind"] = str(Kind.ASSUMED)
    gone = touched[is_cut & (area_after <= MIN_PIECE)]
    return after.drop(index=after.index[gone])


def _without(shape: BaseGeometry, cover: BaseGeometry) -> BaseGeometry:
    """The polygons that are left of a surface."""
    if cover.is_empty or not shape.intersects(cover):
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape.difference(cover)) if part.geom_type == "Polygon"])


def _valid(shape: BaseGeometry) -> BaseGeometry:
    return shape if shape.is_valid else shapely.make_valid(shape)
