"""A plan as a GeoJSON file in our own schema: what a visitor takes home, and what reads back as the same plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import shapely

from wijktwin import crs
from wijktwin.model.content import to_millimetre
from wijktwin.model.plan import Claim, Dwellings, GroundChange, Latitude, Plan, PlantedTree, Volume, Works
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.sources.plans.form import form_of_mesh

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.neighbourhood import Neighbourhood

SCHEMA_VERSION: Final = "1"
DECIMALS: Final = 9
"""A tenth of a millimetre in degrees: enough to come back to the same millimetre."""
MARKED_FIGURES: Final = ("ground_level", "base", "height", "storeys", "storey_height", "floor_area", "parking_places", "bicycle_places")


def write_plan(plan: Plan, path: Path, *, neighbourhood: Neighbourhood) -> None:
    """Write a plan as GeoJSON in longitude and latitude (RFC 7946); `read_plan` gives the same plan back, to the millimetre.

    Not written are the notes (they are found again), the plan object that a variant comes from (its id is), and whether the server
    published it.
    """
    path.write_bytes(plan_geojson(plan, neighbourhood=neighbourhood))


def plan_file_name(plan: Plan) -> str:
    """What to call the file: the plan id is safe in any file system."""
    return f"{plan.plan_id}.geojson"


def plan_geojson(plan: Plan, *, neighbourhood: Neighbourhood) -> bytes:
    """The bytes of `write_plan`: the same plan gives the same bytes."""
    home = neighbourhood.horizontal_crs
    lines = [orjson.dumps(_feature(*feature, home=home)).decode() for feature in plan_features(plan, home)]
    facts = json.dumps(plan_facts(plan), indent=2, ensure_ascii=False).replace("\n", "\n  ")
    body = "\n    " + ",\n    ".join(lines) + "\n  " if lines else ""
    return f'{{\n  "type": "FeatureCollection",\n  "plan": {facts},\n  "features": [{body}]\n}}\n'.encode()


def plan_facts(plan: Plan) -> dict[str, Any]:
    """The member ``plan``: everything that has no place on the map. Sets are sorted, what was not stated is left out."""
    return _filled(
        {
            "schema_version": SCHEMA_VERSION,
            "plan_id": plan.plan_id,
            "title": _text(plan.title),
            "summary": _text(plan.summary),
            "proposer": plan.proposer,
            "party": str(plan.party),
            "role": str(plan.role),
            "status": str(plan.status),
            "variant_of": plan.variant_of,
            "fictional": plan.fictional or None,
            "dates": {str(status): day.isoformat() for status, day in plan.dates.items()},
            "changes": [{"date": change.date.isoformat(), "text": _text(change.text)} for change in plan.changes],
            "dwellings": [_dwellings(row) for row in plan.dwellings],
            "demolishes": sorted(plan.demolishes),
            "felled": sorted(plan.felled),
            "flooded": sorted(plan.flooded),
            "streets": [
                _filled({"street_id": change.street_id, "traffic": str(change.traffic), "latitude": _latitude(change.latitude)})
                for change in plan.street_changes
            ],
            "settled": [{"subject": _text(row.subject), "latitude": str(row.latitude)} for row in plan.settled],
            "works": [_works(one) for one in plan.works],
            "water_storage": _number(plan.water_storage),
            "excludes": sorted(plan.excludes),
            "claims": [_claim(claim) for claim in plan.claims],
            "source": _source(plan.source),
        }
    )


def plan_features(plan: Plan, home: CRS) -> Iterator[tuple[str, dict[str, Any], BaseGeometry]]:
    """Kind, properties and geometry (in ``home``, to the millimetre) of everything in a plan that has a place on the map."""
    for volume in plan.volumes:
        yield "volume", _volume(volume, home), _drawn(volume.footprint)
    for change in plan.ground_changes:
        yield "ground", _ground(change), _drawn(change.footprint)
    for tree in plan.planted:
        yield "tree", _tree(tree), _drawn(tree.point)
    if plan.boundary is not None:
        yield "boundary", {}, _drawn(plan.boundary)


def _drawn(geometry: BaseGeometry) -> BaseGeometry:
    drawn: BaseGeometry = shapely.orient_polygons(to_millimetre(geometry).normalize())
    return drawn


def _feature(kind: str, properties: Mapping[str, Any], geometry: BaseGeometry, *, home: CRS) -> dict[str, Any]:
    degrees = shapely.transform(geometry, lambda xy: _degrees(xy, home))
    return {"type": "Feature", "properties": {"feature": kind, **properties}, "geometry": orjson.loads(shapely.to_geojson(degrees))}


def _volume(volume: Volume, home: CRS) -> dict[str, Any]:
    kinds = {name: str(getattr(volume, f"{name}_kind")) for name in MARKED_FIGURES if getattr(volume, name) is not None}
    return _filled(
        {
            "volume_id": volume.volume_id,
            "title": _text(volume.title),
            "ground_level": _number(volume.ground_level),
            "base": _number(volume.base),
            "height": _number(volume.height),
            "storeys": volume.storeys,
            "storeys_below": volume.storeys_below or None,
            "storey_height": _number(volume.storey_height),
            "use": volume.use or None,
            "floor_area": _number(volume.floor_area),
            "parking_places": _number(volume.parking_places),
            "bicycle_places": _number(volume.bicycle_places),
            "under_existing": volume.under_existing or None,
            "latitude": _latitude(volume.latitude),
            "kinds": {name: kind for name, kind in kinds.items() if kind != Kind.STATED or volume.mesh is not None},
            "form": None if volume.mesh is None else _form(volume, home),
        }
    )


def _form(volume: Volume, home: CRS) -> dict[str, Any] | None:
    if volume.mesh is None:
        return None
    anchor = to_millimetre(volume.footprint.centroid)
    here = shapely.get_coordinates(anchor)
    return form_of_mesh(volume.mesh, anchor_here=here[0], anchor_in_file=_degrees(here, home)[0].tolist())


def _degrees(xy: FloatArray, home: CRS) -> FloatArray:
    """Longitude and latitude that read back as these points, shape (n, 2).

    PROJ's way back from RD New is up to a millimetre off (a Helmert transformation with linearised rotations is not its own inverse):
    what is missing is added once more.
    """
    degrees = crs.to_wgs84(xy, home)
    missing = xy - crs.from_wgs84(degrees, home)
    return np.round(crs.to_wgs84(xy + missing, home), DECIMALS)


def _ground(change: GroundChange) -> dict[str, Any]:
    return _filled(
        {
            "change_id": change.change_id,
            "kind": str(change.kind),
            "title": _text(change.title),
            "parking_places": _number(change.parking_places),
            "latitude": _latitude(change.latitude),
        }
    )


def _tree(tree: PlantedTree) -> dict[str, Any]:
    return _filled(
        {
            "tree_id": tree.tree_id,
            "species": tree.species or None,
            "height": _number(tree.height),
            "crown_diameter": _number(tree.crown_diameter),
            "latitude": _latitude(tree.latitude),
        }
    )


def _dwellings(row: Dwellings) -> dict[str, Any]:
    return _filled(
        {
            "count": _number(row.count),
            "tenure": row.tenure or None,
            "dwelling_type": row.dwelling_type or None,
            "volume_id": row.volume_id,
            "floor_area": _number(row.floor_area),
            "kind": None if row.kind is Kind.STATED else str(row.kind),
        }
    )


def _works(works: Works) -> dict[str, Any]:
    return _filled(
        {
            "begin": works.begin.isoformat(),
            "end": works.end.isoformat(),
            "title": _text(works.title),
            "first_hour": _number(works.first_hour),
            "last_hour": _number(works.last_hour),
        }
    )


def _claim(claim: Claim) -> dict[str, Any]:
    return _filled(
        {
            "claim_id": claim.claim_id,
            "owner": claim.owner,
            "party": str(claim.party),
            "text": _text(claim.text),
            "date": None if claim.date is None else claim.date.isoformat(),
            "source": None if claim.source is None else _source(claim.source),
            "checkable": dict(claim.checkable),
        }
    )


def _source(source: Source) -> dict[str, Any]:
    told = {name: getattr(source, name) for name in ("title", "owner", "vintage", "licence", "url", "version")}
    return _filled({**told, "fictional": source.fictional or None})


def _text(text: LocalText) -> str | dict[str, str] | None:
    if not text.en:
        return text.nl or None
    return {"nl": text.nl, "en": text.en} if text.nl else {"en": text.en}


def _latitude(latitude: Latitude) -> str | None:
    return None if latitude is Latitude.UNSTATED else str(latitude)


def _number(value: float | None) -> float | int | None:
    """A number without the decimals that it does not need."""
    return None if value is None else int(value) if float(value).is_integer() else value


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that say something: no None, no empty list or table."""
    return {name: value for name, value in members.items() if value is not None and value not in ([], {})}
