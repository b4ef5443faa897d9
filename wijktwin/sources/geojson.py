"""GeoJSON as others write it: the collection in a file, its CRS, and shapes that may be anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely.geometry
from shapely.errors import ShapelyError

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError
from wijktwin.sources.opening import open_source
from wijktwin.sources.strict_json import check_depth, parse_json, structure_of

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

MAX_DEPTH: Final = 24


def read_collection(path: Path) -> Mapping[str, Any]:
    """A FeatureCollection of which ``features`` is a list; what is in the list is not looked at.

    Raises
    ------
    InputError
        The file holds something else.
    LimitError
        It is larger or nested deeper than allowed.
    """
    with open_source(path, name=path.name) as stream:
        text = stream.read_all()
    check_depth(structure_of(text), source=path.name, max_depth=MAX_DEPTH)
    document = parse_json(text, source=path.name)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection" or not isinstance(document.get("features"), list):
        raise InputError("folder.not_a_table", source=path.name)
    return document


def declared_crs(document: Mapping[str, Any], source: str) -> CRS:
    """The horizontal CRS of the member ``crs``; WGS 84 where there is none (RFC 7946).

    Raises
    ------
    InputError
        It is no CRS that anybody knows.
    """
    member = document.get("crs")
    if member is None:
        return reference_systems.WGS84
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else member
    if isinstance(name, str) and name.upper().endswith("CRS84"):
        return reference_systems.WGS84
    found = reference_systems.parse_reference_system(name, source=source)
    return reference_systems.WGS84 if found is None else reference_systems.horizontal(found)


def shape_of(drawn: object) -> BaseGeometry | None:
    """A geometry as a shape, empty or not; None where it cannot be read."""
    try:
        return shapely.geometry.shape(dict(drawn)) if isinstance(drawn, Mapping) else None
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def first_value(properties: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """What a feature says under the first of some names that is filled in; None where it says nothing."""
    return next((properties[name] for name in names if properties.get(name) is not None), None)
