"""Which area a neighbourhood covers: an official wijk or buurt, a rectangle, a circle round a street, or an outline of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError
from wijktwin.sources.fetching.client import changed
from wijktwin.sources.fetching.ogc_features import RD_AREA, fetch_features
from wijktwin.sources.fetching.pages import Asker
from wijktwin.sources.fetching.progress import Progress
from wijktwin.sources.fetching.services import Service, Services
from wijktwin.sources.fetching.tally import Box, Tally
from wijktwin.sources.geojson import declared_crs, read_collection, shape_of

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.mesh import FloatArray

CODE: Final = re.compile(r"(WK|BU)(\d{4})\d{2,4}")
POINT: Final = re.compile(r"POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)")
CODE_NAMES: Final = ("wijkcode", "buurtcode", "statcode")
NAME_NAMES: Final = ("wijknaam", "buurtnaam", "statnaam")
CIRCLE_SEGMENTS: Final = 16
"""Straight pieces per quarter of a circle: 0.2 % less area than the circle itself."""
MOST_STREETS: Final = 20
LARGEST_DEGREE: Final = 360.0


@dataclass(frozen=True, slots=True)
class Area:
    """The area of a neighbourhood.

    Parameters
    ----------
    name
        What people call it.
    polygon
        In RD New (of `wijktwin prepare`: in the plane of the buildings). [m]
    facts
        How it was chosen, for the provenance; a street at most, never an address.
    tallies
        What was asked to know it.
    """

    name: str
    polygon: Any
    facts: Mapping[str, object]
    tallies: tuple[Tally, ...] = field(default=())

    @property
    def box(self) -> Box:
        """The rectangle round it, widened to whole metres."""
        x0, y0, x1, y1 = self.polygon.bounds
        return float(np.floor(x0)), float(np.floor(y0)), float(np.ceil(x1)), float(np.ceil(y1))

    def with_buildings(self, own: frozenset[str], around: frozenset[str]) -> Callable[[str, BaseGeometry], bool]:
        """Whether an address belongs to it, by the id of its building: own, around it, or else by its point."""
        return lambda building_id, point: building_id in own or (building_id not in around and bool(self.polygon.intersects(point)))


def area_of_box(box: Box) -> Area:
    """A rectangle in RD New.

    Raises
    ------
    InputError
        It is empty, or lies outside the Netherlands.
    """
    x0, y0, x1, y1 = box
    if not (RD_AREA[0] <= x0 < x1 <= RD_AREA[2] and RD_AREA[1] <= y0 < y1 <= RD_AREA[3]):
        raise InputError("fetch.bad_box")
    return Area(f"{x0:.0f}, {y0:.0f}", shapely.box(x0, y0, x1, y1), {"kind": "bbox", "bbox": list(box)})


def area_of_code(code: str, asker: Asker, services: Services, *, progress: Progress) -> Area:
    """A wijk (WK030710) or buurt (BU03071001) as CBS draws it.

    Raises
    ------
    InputError
        It is no such code, CBS does not know it, or the service fails.
    """
    service = services["cbs"]
    found = CODE.fullmatch(code.strip().upper())
    if found is None or len(found.group()) != {"WK": 8, "BU": 10}[found.group(1)]:
        raise InputError("fetch.bad_code", code=code)
    collection = "wijken" if found.group(1) == "WK" else "buurten"
    received = fetch_features(asker, service, collection, progress=progress, where={"gemeentecode": f"GM{found.group(2)}"})
    chosen = [
        feature
        for feature in received.features
        if _text(feature["properties"], CODE_NAMES[:1] if collection == "wijken" else CODE_NAMES[1:]) == found.group()
    ]
    if not received.features or not chosen:
        raise InputError("fetch.no_such_code", code=found.group(), service=service.title)
    tally = Tally("cbs", collection, received.asked, received.got, kept=len(chosen), rows=1, fetched=received.fetched)
    tally.leave_out("another_code", received.got - len(chosen))
    polygon = _polygon(*(feature.get("geometry") for feature in chosen))
    if polygon is None:
        raise changed(service, "geometry")
    name = _text(chosen[0]["properties"], NAME_NAMES[:1] if collection == "wijken" else NAME_NAMES[1:]) or found.group()
    return Area(name, polygon, {"kind": collection[:-2], "code": found.group()}, (tally,))


def area_around(street: str, radius: float, asker: Asker, services: Services) -> Area:
    """A circle round the middle of a street, "street, place".

    Raises
    ------
    InputError
        There is no such street, or in several places; the sentence never repeats what was typed.
    """
    service = services["locatieserver"]
    parameters: dict[str, object] = {"q": street, "fq": "type:weg", "rows": MOST_STREETS, "fl": "*"}
    answer = asker.ask(service, "/free", parameters, lambda found: _check_streets(found, service), keep=False)
    streets = answer.document["response"]["docs"]
    if not streets:
        raise InputError("fetch.no_such_street")
    first = streets[0]
    name, place = str(first["straatnaam"]), str(first["woonplaatsnaam"])
    typed = street.casefold()
    same_name = {str(each["woonplaatsnaam"]) for each in streets if each["straatnaam"] == name}
    if place.casefold() not in typed and len(same_name) > 1:
        raise InputError("fetch.which_place", places=", ".join(sorted(same_name)[:5]))
    found = POINT.fullmatch(str(first["centroide_rd"]).strip())
    if found is None:
        raise changed(service, "centroide_rd")
    x, y = float(found.group(1)), float(found.group(2))
    circle = shapely.Point(x, y).buffer(radius, quad_segs=CIRCLE_SEGMENTS)
    facts = {"kind": "circle", "street": name, "place": place, "centre": [x, y], "radius": radius}
    tally = Tally("locatieserver", "free", None, len(streets), kept=1, rows=1, fetched=(answer.fetched, answer.fetched))
    tally.leave_out("another_street", len(streets) - 1)
    return Area(f"{name}, {place}", circle, facts, (tally,))


def _check_streets(found: Any, service: Service) -> None:  # noqa: ANN401
    response = found.get("response") if isinstance(found, dict) else None
    streets = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(streets, list):
        raise changed(service, "response.docs")
    for each in streets:
        for member in ("straatnaam", "woonplaatsnaam", "centroide_rd"):
            if not isinstance(each, dict) or not isinstance(each.get(member), str):
                raise changed(service, member)


def area_of_file(path: Path, *, code: str | None = None) -> Area:
    """The polygons in a GeoJSON file, in RD New; of a file of wijken or buurten the one with a code.

    Raises
    ------
    InputError
        There is no polygon in it, or no such code.
    """
    document = read_collection(path)
    features = document["features"]
    if not all(isinstance(each, dict) for each in features):
        raise InputError("folder.not_a_table", source=path.name)
    chosen = [each for each in features if code is None or _text(each.get("properties") or {}, CODE_NAMES) == code]
    if not chosen and code is not None:
        raise InputError("fetch.no_such_code", code=code, service=path.name)
    polygon = _polygon(*(each.get("geometry") for each in chosen))
    if polygon is None:
        raise InputError("fetch.no_polygon", source=path.name)
    declared = declared_crs(document, path.name)
    if declared == reference_systems.WGS84 and max(abs(value) for value in polygon.bounds) > LARGEST_DEGREE:
        declared = reference_systems.RD_NEW  # files in metres that do not say so
    if declared != reference_systems.RD_NEW:
        polygon = shapely.transform(polygon, lambda points: _in_rd(points, declared))
    name = _text(chosen[0].get("properties") or {}, NAME_NAMES) or path.stem
    return Area(name, polygon, {"kind": "file", "file": path.name, **({"code": code} if code else {})})


def _in_rd(points: FloatArray, crs: CRS) -> FloatArray:
    degrees = points if crs == reference_systems.WGS84 else reference_systems.to_wgs84(points, crs)
    return reference_systems.from_wgs84(degrees, reference_systems.RD_NEW)


def _polygon(*drawn: object) -> Any:  # noqa: ANN401
    """Some polygons as one; None where one of them is none."""
    shapes = [shape for each in drawn if (shape := shape_of(each)) is not None]
    are_polygons = all(shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty for shape in shapes)
    if len(shapes) != len(drawn) or not shapes or not are_polygons:
        return None
    return shapely.force_2d(shapely.union_all([shapely.make_valid(shape, method="structure", keep_collapsed=False) for shape in shapes]))


def _text(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of some properties that is there."""
    return next((str(properties[name]).strip() for name in names if isinstance(properties.get(name), str)), "")
