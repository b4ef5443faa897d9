"""Volumes of a plan file: heights from what is stated, and marked where they had to be calculated or assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from wijktwin.errors import Figure, InputError
from wijktwin.model.plan import DEFAULT_STOREY_HEIGHT, Latitude, Volume
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.sources.plans.document import Feature, PlanDocument, check_count
from wijktwin.sources.plans.form import mesh_of_form
from wijktwin.sources.plans.geometry import GeometryReader
from wijktwin.sources.plans.schema import plan_schema

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from wijktwin.model.mesh import Mesh
    from wijktwin.model.neighbourhood import Neighbourhood

MAX_VOLUMES: Final = 500
MAX_GROUND_DIFFERENCE: Final = 20.0
"""A stated ground level this far from the ground around it is in another height system, or a height by mistake. [m]"""
FORM_GROUND_DIFFERENCE: Final = 1.5
"""A true form whose underside lies this close to the ground around it stands on the ground: its underside is ground level. [m]"""
FORM_HEIGHT_DIFFERENCE: Final = 0.5
"""A stated height may differ this much from that of the true form, for a parapet or a cap. [m]"""
LOWEST_WITH_STOREY: Final = 2.0
"""What rises more than this above ground has a storey; a plinth or a deck over a garage need not have one. [m]"""
TOGETHER: Final = 0.5
"""Volumes this close to each other stand on the same ground level, so that their storeys meet. [m]"""


@dataclass(frozen=True, slots=True)
class Heights:
    """What the height fields of one volume come to; see `Volume`."""

    ground_level: float
    ground_level_kind: Kind
    base: float
    base_kind: Kind
    height: float
    height_kind: Kind
    storey_height: float | None
    storey_height_kind: Kind


def read_volumes(document: PlanDocument, reader: GeometryReader, neighbourhood: Neighbourhood) -> tuple[Volume, ...]:
    """All volumes of a document, in its order.

    Raises
    ------
    InputError
        Heights are missing or contradict each other, an identifier is used twice, or a polygon is wrong.
    LimitError
        There are more than `MAX_VOLUMES`.
    """
    features: dict[str, Feature] = {}
    for feature in document.features:
        if feature.kind == "volume":
            name = feature.properties["volume_id"]
            if name in features:
                raise InputError("plans.duplicate_id", source=document.source, where=feature.where, name=name, feature="volume")
            features[name] = feature
    check_count("volume", len(features), MAX_VOLUMES, source=document.source)
    footprints = {name: reader.polygon(feature) for name, feature in features.items()}
    grounds = _ground_levels(footprints, neighbourhood)
    return tuple(_volume(feature, footprints[name], grounds[name], reader) for name, feature in features.items())


def _ground_levels(footprints: Mapping[str, Polygon | MultiPolygon], neighbourhood: Neighbourhood) -> dict[str, float]:
    """Ground level under each volume from the buildings around it; one for volumes that stand together, so that storeys meet. [m NAP]"""
    if not footprints:
        return {}
    shapes = np.array(list(footprints.values()), dtype=np.object_)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOGETHER)
    n = len(shapes)
    _, group = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(n, n)), directed=False)
    centres = [shapely.union_all(shapes[group == number]).centroid for number in range(group.max() + 1)]
    levels = [round(neighbourhood.ground_height_at(centre.x, centre.y), 3) for centre in centres]
    return {name: levels[number] for name, number in zip(footprints, group, strict=True)}


def _volume(feature: Feature, footprint: Polygon | MultiPolygon, ground: float, reader: GeometryReader) -> Volume:
    told, source = feature.properties, reader.document.source
    mesh = mesh_of_form(told["form"], feature, reader) if "form" in told else None
    heights = _heights(told, ground, feature, source) if mesh is None else _heights_of_form(mesh, told, ground, feature, source)
    volume = Volume(
        volume_id=told["volume_id"],
        title=LocalText.from_value(told.get("title", told["volume_id"])),
        footprint=footprint,
        **{name: getattr(heights, name) for name in Heights.__dataclass_fields__},
        storeys=int(told["storeys"]) if "storeys" in told else None,
        storeys_below=int(told.get("storeys_below", 0)),
        use=told.get("use", ""),
        floor_area=_number(told.get("floor_area")),
        parking_places=_number(told.get("parking_places")),
        bicycle_places=_number(told.get("bicycle_places")),
        under_existing=told.get("under_existing", False),
        latitude=Latitude(told.get("latitude", Latitude.UNSTATED)),
        mesh=mesh,
    )
    stated = {name: kind for name, kind in told.get("kinds", {}).items() if name in told}  # what we had to assume stays assumed
    kinds: dict[str, Any] = {f"{name}_kind": Kind(kind) for name, kind in stated.items()}
    return replace(volume, **kinds)


def _ground_level(told: Mapping[str, Any], ground: float, feature: Feature, source: str) -> tuple[float, Kind]:
    if "ground_level" not in told:
        return ground, Kind.ASSUMED
    stated = float(told["ground_level"])
    if abs(stated - ground) > MAX_GROUND_DIFFERENCE:
        raise InputError(
            "plans.ground_level_far",
            source=source,
            where=feature.where,
            value=Figure(stated),
            difference=Figure(round(abs(stated - ground))),
            ground=Figure(round(ground, 1)),
        )
    return stated, Kind.STATED


def _heights(told: Mapping[str, Any], ground: float, feature: Feature, source: str) -> Heights:
    """Heights of a raised footprint: as stated, else from storeys, else refused."""
    storeys, below = int(told.get("storeys", 0)), int(told.get("storeys_below", 0))
    if "height" not in told and not storeys and not below:
        raise InputError("plans.no_height", source=source, where=feature.where)
    is_needed = ("height" not in told and storeys > 0) or ("base" not in told and below > 0)
    is_stated = "storey_height" in told
    storey_height = float(told["storey_height"]) if is_stated else DEFAULT_STOREY_HEIGHT if is_needed else None
    step = storey_height or DEFAULT_STOREY_HEIGHT
    derived = Kind.CALCULATED if is_stated else Kind.ASSUMED
    base = float(told["base"]) if "base" in told else -round(below * step, 3) if below else 0.0
    height = float(told["height"]) if "height" in told else round(max(base, 0.0) + storeys * step, 3)
    place = {"source": source, "where": feature.where}
    _check_limits(base, height, place=place)
    _check_storeys(base, height, told.get("storeys"), place=place)
    _check_heights(base, height, storeys, step if is_stated and "height" in told else None, place=place)
    ground_level, ground_level_kind = _ground_level(told, ground, feature, source)
    return Heights(
        ground_level=ground_level,
        ground_level_kind=ground_level_kind,
        base=base,
        base_kind=derived if "base" not in told and below else Kind.STATED,
        height=height,
        height_kind=derived if "height" not in told and storeys else Kind.STATED,
        storey_height=storey_height,
        storey_height_kind=Kind.STATED if is_stated or storey_height is None else Kind.ASSUMED,
    )


def _heights_of_form(mesh: Mesh, told: Mapping[str, Any], ground: float, feature: Feature, source: str) -> Heights:
    """Heights of a true form, above the stated ground level, or above its own underside where that lies on the ground."""
    bottom, top = (round(float(z), 3) for z in (mesh.vertices[:, 2].min() + mesh.origin[2], mesh.vertices[:, 2].max() + mesh.origin[2]))
    ground_level, kind = _ground_level(told, ground, feature, source)
    if kind is Kind.ASSUMED and abs(bottom - ground_level) <= FORM_GROUND_DIFFERENCE:
        ground_level, kind = bottom, Kind.CALCULATED
    found = {"base": round(bottom - ground_level, 3), "height": round(top - ground_level, 3)}
    for name, value in found.items():
        if name in told and abs(told[name] - value) > FORM_HEIGHT_DIFFERENCE:
            figures = {"value": Figure(told[name]), "found": Figure(value)}
            raise InputError("plans.form_height", source=source, where=feature.where, field=name, **figures)
    place = {"source": source, "where": feature.where}
    _check_limits(found["base"], found["height"], place=place)
    _check_storeys(found["base"], found["height"], told.get("storeys"), place=place)
    _check_heights(found["base"], found["height"], int(told.get("storeys", 0)), told.get("storey_height"), place=place)
    return Heights(
        ground_level=ground_level, ground_level_kind=kind, base=found["base"], base_kind=Kind.CALCULATED, height=found["height"],
        height_kind=Kind.CALCULATED, storey_height=_number(told.get("storey_height")), storey_height_kind=Kind.STATED,
    )  # fmt: skip


def _check_limits(base: float, height: float, *, place: Mapping[str, object]) -> None:
    """What was calculated from storeys or taken from a form keeps to the limits of what may be stated."""
    limits = plan_schema()["$defs"]["volume"]["properties"]
    for name, value in (("base", base), ("height", height)):
        lowest, highest = limits[name]["minimum"], limits[name]["maximum"]
        if not lowest <= value <= highest:
            key, limit = ("plans.too_small", lowest) if value < lowest else ("plans.too_large", highest)
            raise InputError(key, field=name, value=Figure(value), limit=f"{limit} m", **place)


def _check_storeys(base: float, height: float, storeys: float | None, *, place: Mapping[str, object]) -> None:
    if storeys == 0 and height - max(base, 0.0) > LOWEST_WITH_STOREY:
        raise InputError("plans.no_storeys", height=Figure(height), **place)


def _check_heights(base: float, height: float, storeys: int, storey_height: float | None, *, place: Mapping[str, object]) -> None:
    if height <= base:
        raise InputError("plans.height_below_base", height=Figure(height), base=Figure(base), **place)
    if storey_height is not None and storeys * storey_height > height - max(base, 0.0) + storey_height:
        figures = {"storey_height": Figure(storey_height), "base": Figure(max(base, 0.0)), "height": Figure(height)}
        raise InputError("plans.storeys_do_not_fit", storeys=storeys, **{**figures, **place})


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
