"""Volumes of a plan as CityJSON: every Building is a volume with its true form; facts in ``+wijktwin-plan`` or beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import shapely

from wijktwin import crs
from wijktwin.errors import InputError
from wijktwin.model.content import to_millimetre
from wijktwin.model.mesh import subset
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.plans.document import check_count
from wijktwin.sources.plans.drawing import Drawing, Drawn
from wijktwin.sources.plans.form import form_of_mesh
from wijktwin.sources.plans.schema import field_names
from wijktwin.sources.plans.volumes import MAX_VOLUMES
from wijktwin.sources.strict_json import parse_json

if TYPE_CHECKING:
    from wijktwin.model.city_model import CityModel

FACTS_MEMBER: Final = "+wijktwin-plan"
"""Member of the CityJSON object (first line of a CityJSONSeq) that holds the facts as GeoJSON; extra members begin with "+"."""


def read_city_drawing(text: bytes, *, source: str, limits: Limits) -> tuple[Drawing, Any]:
    """The volumes of a CityJSON file, and the facts in it (None where there are none).

    Raises
    ------
    InputError
        It is no usable CityJSON, says no CRS, or a building has no form.
    LimitError
        It has more buildings than a plan can have volumes.
    """
    model = read_city_model(text, name=source, limits=limits)
    if model.reference_system is None:
        raise InputError("plans.city_model_without_crs", source=source)
    check_count("Building", len(model.buildings), MAX_VOLUMES, source=source)
    documents = list(_documents(text, source=source))
    attributes = _attributes(documents)
    things = {
        building_id: _drawn(model, row, attributes.get(building_id, {}), source=source)
        for row, building_id in enumerate(model.buildings.building_ids)
    }
    drawing = Drawing(source, things, crs.horizontal(model.reference_system), all_are_volumes=True, notes=model.notes)
    return drawing, next((document[FACTS_MEMBER] for document in documents if FACTS_MEMBER in document), None)


def _documents(text: bytes, *, source: str) -> Iterator[Mapping[str, Any]]:
    """The one document, or every line of a sequence."""
    try:
        yield orjson.loads(text)
    except orjson.JSONDecodeError:
        for line in text.splitlines():
            if line.strip():
                yield parse_json(line, source=source)


def _attributes(documents: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the buildings themselves say in fields of our schema; everything else is the city model's own business."""
    names = set(field_names("volume")) - {"feature", "volume_id", "form"}
    found: dict[str, dict[str, Any]] = {}
    for document in documents:
        for identifier, city_object in document.get("CityObjects", {}).items():
            told = city_object.get("attributes") or {}
            found[identifier] = {name: value for name, value in told.items() if name in names}
    return found


def _drawn(model: CityModel, row: int, attributes: Mapping[str, Any], *, source: str) -> Drawn:
    building_id = model.buildings.building_ids[row]
    footprint = model.buildings.footprints[row]
    keep = np.zeros(len(model.buildings), dtype=np.bool_)
    keep[row] = True
    mesh = subset(model.mesh, keep)
    if footprint is None or footprint.is_empty or mesh.n_triangles == 0:
        raise InputError("plans.building_without_form", source=source, building_id=building_id)
    anchor = shapely.get_coordinates(to_millimetre(footprint.centroid))[0]
    form = form_of_mesh(mesh, anchor_here=anchor, anchor_in_file=anchor.tolist())
    return Drawn(geometry=orjson.loads(shapely.to_geojson(to_millimetre(footprint))), properties={**attributes, "form": form})
