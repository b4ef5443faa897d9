"""Volumes of a plan file: heights from what is stated, and marked where they had to be calculated or assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely

from wijktwin.errors import InputError
from wijktwin.model.plan import DEFAULT_STOREY_HEIGHT, Latitude, Volume
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.sources.plans.document import Feature, PlanDocument
from wijktwin.sources.plans.geometry import GeometryReader

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from wijktwin.model.mesh import Mesh
    from wijktwin.model.neighbourhood import Neighbourhood

MAX_GROUND_DIFFERENCE: Final = 20.0
"""A stated ground level this far from the ground around it is in another height system, or a height by mistake. [m]"""


@dataclass(frozen=True, slots=True)
class Heights:
    """What the height fields of one volume come to."""

    base: float
    base_kind: Kind
    height: float
    height_kind: Kind
    storey_height: float | None
    storey_height_kind: Kind


def read_volumes(
    document: PlanDocument, reader: GeometryReader, neighbourhood: Neighbourhood, *, meshes: Mapping[str, Mesh]
) -> tuple[Volume, ...]:
    """All volumes of a document, in its order.

    Raises
    ------
    InputError
        Heights are missing or contradict each other, an identifier is used twice, or a polygon is wrong.
    """
    features: dict[str, Feature] = {}
    for feature in document.features:
        if feature.kind == "volume":
            name = feature.properties["volume_id"]
            if name in features:
                raise InputError("plans.duplicate_id", source=document.source, where=feature.where, name=name, feature="volume")
            features[name] = feature
    footprints = {name: reader.polygon(feature) for name, feature in features.items()}
    grounds = _ground_levels(footprints, neighbourhood)
    return tuple(_volume(feature, footprints[name], grounds[name], document, meshes.get(name)) for name, feature in features.items())


def _ground_levels(footprints: Mapping[str, Polygon | MultiPolygon], neighbourhood: Neighbourhood) -> dict[str, float]:
    """Ground level under each volume from the buildings around it; one for volumes that stand together, so that storeys meet. [m NAP]"""
    levels: dict[str, float] = {}
    for group in _standing_together(list(footprints.items())):
        centre = shapely.union_all([footprint for _, footprint in group]).centroid
        level = round(neighbourhood.ground_height_at(centre.x, centre.y), 3)
        levels.update({name: level for name, _ in group})
    return levels


def _standing_together(named: Sequence[tuple[str, Polygon | MultiPolygon]]) -> list[list[tuple[str, Polygon | MultiPolygon]]]:
    groups: list[list[tuple[str, Polygon | MultiPolygon]]] = []
    for item in named:
        touching = [group for group in groups if any(shapely.dwithin(item[1], other, 0.5) for _, other in group)]
        merged = [member for group in touching for member in group]
        groups = [group for group in groups if group not in touching] + [[*merged, item]]
    return groups


def _volume(feature: Feature, footprint: Polygon | MultiPolygon, ground: float, document: PlanDocument, mesh: Mesh | None) -> Volume:
    told = feature.properties
    heights = _heights(told, feature, document)
    kinds = {f"{name}_kind": Kind(kind) for name, kind in told.get("kinds", {}).items()}
    ground_level, ground_kind = _ground_level(told, ground, feature, document)
    figures: dict[str, Any] = {
        "ground_level_kind": ground_kind,
        "base_kind": heights.base_kind,
        "height_kind": heights.height_kind,
        "storey_height_kind": heights.storey_height_kind,
        **kinds,
    }
    return Volume(
        volume_id=told["volume_id"],
        title=LocalText.from_value(told.get("title", told["volume_id"])),
        footprint=footprint,
        ground_level=ground_level,
        base=heights.base,
        height=heights.height,
        storeys=int(told["storeys"]) if "storeys" in told else None,
        storeys_below=int(told.get("storeys_below", 0)),
        storey_height=heights.storey_height,
        use=told.get("use", ""),
        floor_area=_number(told.get("floor_area")),
        parking_places=_number(told.get("parking_places")),
        bicycle_places=_number(told.get("bicycle_places")),
        under_existing=told.get("under_existing", False),
        latitude=Latitude(told.get("latitude", Latitude.UNSTATED)),
        mesh=mesh,
        **figures,
    )


def _ground_level(told: Mapping[str, Any], ground: float, feature: Feature, document: PlanDocument) -> tuple[float, Kind]:
    if "ground_level" not in told:
        return ground, Kind.ASSUMED
    stated = float(told["ground_level"])
    if abs(stated - ground) > MAX_GROUND_DIFFERENCE:
        raise InputError("plans.ground_level_far", source=document.source, where=feature.where, value=f"{stated:g}",
                         difference=f"{abs(stated - ground):.0f}", ground=f"{ground:.1f}")
    return stated, Kind.STATED


def _heights(told: Mapping[str, Any], feature: Feature, document: PlanDocument) -> Heights:
    storeys, below = int(told.get("storeys", 0)), int(told.get("storeys_below", 0))
    if "height" not in told and not storeys and not below:
        raise InputError("plans.no_height", source=document.source, where=feature.where)
    is_needed = ("height" not in told and storeys > 0) or ("base" not in told and below > 0)
    is_stated = "storey_height" in told
    storey_height = float(told["storey_height"]) if is_stated else DEFAULT_STOREY_HEIGHT if is_needed else None
    step = storey_height or DEFAULT_STOREY_HEIGHT
    derived = Kind.CALCULATED if is_stated else Kind.ASSUMED
    base = float(told["base"]) if "base" in told else -round(below * step, 3) if below else 0.0
    height = float(told["height"]) if "height" in told else round(max(base, 0.0) + storeys * step, 3)
    where = {"source": document.source, "where": feature.where}
    if height <= base:
        raise InputError("plans.height_below_base", height=f"{height:g}", base=f"{base:g}", **where)
    if is_stated and storeys and "height" in told and storeys * step > height - max(base, 0.0) + step:
        figures = {"storeys": storeys, "storey_height": f"{step:g}", "base": f"{max(base, 0.0):g}", "height": f"{height:g}"}
        raise InputError("plans.storeys_do_not_fit", **figures, **where)
    return Heights(
        base=base,
        base_kind=derived if "base" not in told and below else Kind.STATED,
        height=height,
        height_kind=derived if "height" not in told and storeys else Kind.STATED,
        storey_height=storey_height,
        storey_height_kind=Kind.STATED if is_stated or storey_height is None else Kind.ASSUMED,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
