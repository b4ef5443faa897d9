"""Ground, trees, addresses and streets as rows with our own column names, and as GeoJSON with one feature on a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import shapely

from wijktwin.example.features import ANCHOR, MUNICIPALITY, address_id, building_id, first_number
from wijktwin.example.quarter import ground_height
from wijktwin.example.town import Settlement
from wijktwin.model.provenance import Kind

CRS_NAME: Final = "urn:ogc:def:crs:EPSG::28992"
CITY: Final = "Voorbeeldstad"
LETTERS: Final = "ABCDEGHJKLMNPRTVWXZ"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: what is known, and where it is (GeoJSON geometry in RD New)."""

    properties: Mapping[str, Any]
    geometry: Mapping[str, Any]


def real(point: Sequence[float]) -> list[float]:
    """A point of the generator in RD New, in whole millimetres. [m]"""
    return [round(ANCHOR[0] + point[0] * 0.001, 3), round(ANCHOR[1] + point[1] * 0.001, 3)]


def polygon_geometry(polygon: shapely.Polygon) -> dict[str, Any]:
    """A polygon as GeoJSON: outer ring counter-clockwise, holes clockwise (RFC 7946)."""
    turned = shapely.orient_polygons(polygon)
    rings = [turned.exterior, *turned.interiors]
    return {"type": "Polygon", "coordinates": [[real(point) for point in ring.coords] for ring in rings]}


def ground_rows(settlement: Settlement) -> Iterator[Row]:
    """Ground surfaces."""
    start = first_number(settlement.quarter.index)
    for offset, surface in enumerate(settlement.surfaces):
        known: dict[str, Any] = {"surface_id": f"vlak-{start + offset:06d}", "kind": surface.kind.value}
        if surface.street:
            known["street"] = surface.street
        known["material"] = surface.material
        if surface.places > 0:
            known["parking_places"] = int(surface.places)
        known["ground_height"] = surface.ground / 1000
        yield Row(known, polygon_geometry(surface.polygon))


def tree_rows(settlement: Settlement) -> Iterator[Row]:
    """Trees."""
    start = first_number(settlement.quarter.index)
    for offset, tree in enumerate(settlement.trees):
        known = {
            "tree_id": tree_id(start + offset),
            "species": tree.species,
            "height": tree.height,
            "crown_diameter": tree.crown,
            "ground_height": ground_height(tree.point) / 1000,
            "kind": Kind.MEASURED.value,
        }
        yield Row(known, {"type": "Point", "coordinates": real(tree.point)})


def tree_id(number: int) -> str:
    """The id of a tree."""
    return f"boom-{number:06d}"


def address_rows(settlement: Settlement) -> Iterator[Row]:
    """Addresses; every dwelling has one."""
    start = first_number(settlement.quarter.index)
    codes = postcodes([numbered.dwelling.street for numbered in settlement.addresses], settlement.quarter.index)
    for offset, numbered in enumerate(settlement.addresses):
        dwelling = numbered.dwelling
        known = {
            "address_id": address_id(start + offset),
            "street": dwelling.street,
            "number": numbered.number,
            "postcode": codes[dwelling.street],
            "city": CITY,
            "building_id": building_id(start + dwelling.building),
            "storey": dwelling.storey,
            "side": dwelling.side,
            "use": dwelling.use,
            "floor_area": dwelling.floor_area,
        }
        if dwelling.tenure:
            known |= {"tenure": dwelling.tenure, "dwelling_type": dwelling.dwelling_type}
        yield Row(known, {"type": "Point", "coordinates": real(dwelling.point)})


def postcodes(streets: Iterable[str], index: int) -> dict[str, str]:
    """A postcode for each street; Dutch postcodes never begin with a 0, so these are nobody's."""
    names = sorted(set(streets))
    size = len(LETTERS)
    return {name: f"0{999 - index % 900:03d} {LETTERS[number // size]}{LETTERS[number % size]}" for number, name in enumerate(names)}


def street_rows(settlement: Settlement) -> Iterator[Row]:
    """Segments of the street network between nodes."""
    start = first_number(settlement.quarter.index)
    for offset, segment in enumerate(settlement.segments):
        profile = segment.street.profile
        known: dict[str, Any] = {
            "street_id": street_id(start + offset),
            "street": segment.street.name,
            "from_node": node_id(segment.nodes[0]),
            "to_node": node_id(segment.nodes[1]),
            "oneway": "closed" if segment.street.is_path else "both",
            "modes": profile.modes,
        }
        if not segment.street.is_path:
            known["max_speed"] = profile.max_speed
        yield Row(known, {"type": "LineString", "coordinates": [real(point) for point in segment.line]})


COUNTED_PARTS: Final[Mapping[str, tuple[float, float]]] = {"west 1": (0.8, 0.9), "west 2": (0.5, 0.67), "west 3": (0.85, 0.95)}
"""Streets in which the fictional municipality counted parked cars: the share of bays taken in the evening and at night."""
COUNTED_AT: Final = ("2025-03-11 22:00", "2025-03-13 03:00")


def parking_count_rows(settlement: Settlement) -> Iterator[Row]:
    """Counts of parked cars, along the line of each counted street; nobody counted the others."""
    number = first_number(settlement.quarter.index)
    for part, shares in COUNTED_PARTS.items():
        street = settlement.plan.streets[part][0]
        places = sum(surface.places > 0 for surface in settlement.surfaces if surface.street == street.name)
        line = {"type": "LineString", "coordinates": [real(point) for point in street.line]}
        for moment, share in zip(COUNTED_AT, shares, strict=True):
            counted = {"street": street.name, "moment": moment, "parked": round(share * places), "places": places}
            if places:
                yield Row({"count_id": f"telling-{number:06d}", **counted}, line)
                number += 1


def street_id(number: int) -> str:
    """The id of a street segment."""
    return f"wegvak-{number:06d}"


def node_id(point: tuple[int, int]) -> str:
    """The id of a node: where it lies, so that neighbourhoods that meet there share it."""
    return f"knoop-{point[0]}-{point[1]}"


def write_geojson(path: Path, rows: Iterable[Row], *, name: str) -> int:
    """Write rows as a GeoJSON FeatureCollection in RD New, one feature on a line; gives how many.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    count = 0
    with path.open("wb") as stream:
        crs = orjson.dumps({"type": "name", "properties": {"name": CRS_NAME}})
        stream.write(b'{"type":"FeatureCollection","name":' + orjson.dumps(name) + b',"crs":' + crs + b',"features":[\n')
        for row in rows:
            if count:
                stream.write(b",\n")
            stream.write(orjson.dumps({"type": "Feature", "properties": row.properties, "geometry": row.geometry}))
            count += 1
        stream.write(b"\n]}\n")
    return count


__all__ = [
    "CITY",
    "MUNICIPALITY",
    "Row",
    "address_rows",
    "ground_rows",
    "parking_count_rows",
    "street_rows",
    "tree_rows",
    "write_geojson",
]
