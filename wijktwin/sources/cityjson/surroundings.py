"""Ground and trees from the objects of a CityJSON file that are no buildings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from wijktwin.model.mesh import FloatArray
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GROUND_COLUMNS, TREE_COLUMNS, GroundKind, geographic_table
from wijktwin.sources.cityjson.boundaries import DRAWABLE_TYPES, BoundaryCollector, Geometry
from wijktwin.sources.cityjson.choosing import Option, choose
from wijktwin.sources.cityjson.chunk import Chunk, Other
from wijktwin.sources.cityjson.lod import lod_rank, parse_lod
from wijktwin.sources.cityjson.outlines import merged, polygons_of
from wijktwin.sources.cityjson.surfaces import Surfaces, sums, surfaces_of

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

GROUND_TYPES: Final[Mapping[str, GroundKind]] = {
    "TINRelief": GroundKind.TERRAIN,
    "LandUse": GroundKind.OTHER,
    "Road": GroundKind.CARRIAGEWAY,
    "Railway": GroundKind.RAILWAY,
    "TransportSquare": GroundKind.SQUARE,
    "Waterway": GroundKind.WATER,
    "WaterBody": GroundKind.WATER,
    "PlantCover": GroundKind.GREEN,
}
"""CityJSON types that lie on the ground, and what they are where their attributes say nothing more."""

TREE_TYPE: Final = "SolitaryVegetationObject"

GROUND_WORDS: Final = (
    (re.compile(r"parkeer|parking", re.IGNORECASE), GroundKind.PARKING),
    (re.compile(r"voetpad|voetganger|trottoir|stoep|footway|footpath|sidewalk|pavement|pedestrian", re.IGNORECASE), GroundKind.PAVEMENT),
    (re.compile(r"fietspad|cycle", re.IGNORECASE), GroundKind.CYCLE_PATH),
    (re.compile(r"rijbaan|inrit|carriageway|ov-baan|driveway", re.IGNORECASE), GroundKind.CARRIAGEWAY),
    (re.compile(r"spoor|rail", re.IGNORECASE), GroundKind.RAILWAY),
    (re.compile(r"speel|playground", re.IGNORECASE), GroundKind.PLAYGROUND),
    (re.compile(r"^tuin|garden", re.IGNORECASE), GroundKind.GARDEN),
    (re.compile(r"^erf|yard", re.IGNORECASE), GroundKind.YARD),
    (re.compile(r"groen|gras|heester|bos|struik|berm|grass|park|green|forest|scrub|meadow", re.IGNORECASE), GroundKind.GREEN),
    (re.compile(r"water|sloot|vijver|greppel", re.IGNORECASE), GroundKind.WATER),
    (re.compile(r"plein|square", re.IGNORECASE), GroundKind.SQUARE),
    (re.compile(r"verharding|paved", re.IGNORECASE), GroundKind.SQUARE),
)
"""Words of the BGT (IMGeo) and of English models in the attributes of `KIND_ATTRIBUTES`; the first that fits decides."""

KIND_ATTRIBUTES: Final = ("function", "usage", "class", "bgt_functie", "bgt_fysiekvoorkomen", "plus_fysiekvoorkomen", "kind")
MATERIAL_ATTRIBUTES: Final = ("surfacematerial", "surfaceMaterial", "material", "plus_fysiekvoorkomenwegdeel", "bgt_fysiekvoorkomen")
STREET_ATTRIBUTES: Final = ("street", "straatnaam", "openbareruimtenaam")
SPECIES_ATTRIBUTES: Final = ("species", "boomsoort", "soort")
HEIGHT_ATTRIBUTES: Final = ("height", "hoogte", "boomhoogte", "measuredHeight")
CROWN_ATTRIBUTES: Final = ("crownDiameter", "crown_diameter", "kroondiameter", "kroonDiameter")
_GROUND_KINDS: Final = frozenset(kind.value for kind in GroundKind)
_SAYS_NOTHING: Final = frozenset({"", "waardeonbekend", "geenwaarde", "unknown", "onbekend"})


@dataclass(slots=True)
class Surroundings:
    """Rows of the ground and tree tables, and what was kept out of the picture."""

    ground: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in (*GROUND_COLUMNS, "geometry")})
    trees: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in (*TREE_COLUMNS, "geometry")})
    aside: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        """Take in the objects of a chunk that are no buildings."""
        ground = [other for other in chunk.others if other.city_object["type"] in GROUND_TYPES]
        if ground:
            self._add_ground(chunk, ground)
        for other in chunk.others:
            kind = other.city_object["type"]
            if kind == TREE_TYPE:
                self._add_tree(chunk, other)
            elif kind not in GROUND_TYPES:
                self.aside[kind] = self.aside.get(kind, 0) + 1

    def _add_ground(self, chunk: Chunk, others: Sequence[Other]) -> None:
        surfaces, owner = _surfaces(chunk, others)
        polygons = polygons_of(surfaces, np.arange(len(surfaces.kind)), chunk.origin)
        outlines = merged(polygons, owner, len(others))
        level = _middle_heights(surfaces, owner, len(others))
        for number, other in enumerate(others):
            kind = other.city_object["type"]
            if outlines[number] is None:
                self.aside[kind] = self.aside.get(kind, 0) + 1
                continue
            attributes = other.city_object.get("attributes") or {}
            values = {
                "surface_id": other.object_id,
                "kind": ground_kind(kind, attributes).value,
                "street": _first_text(attributes, STREET_ATTRIBUTES),
                "material": _first_text(attributes, MATERIAL_ATTRIBUTES),
                "parking_places": _first_number(attributes, ("parking_places", "parkingPlaces")),
                "ground_height": float(level[number]),
                "geometry": outlines[number],
            }
            for name, value in values.items():
                self.ground[name].append(value)

    def _add_tree(self, chunk: Chunk, other: Other) -> None:
        attributes = other.city_object.get("attributes") or {}
        points = _points(chunk, other)
        height, crown = _first_number(attributes, HEIGHT_ATTRIBUTES), _first_number(attributes, CROWN_ATTRIBUTES)
        if not len(points) or not np.isfinite(points).all():
            self.aside[TREE_TYPE] = self.aside.get(TREE_TYPE, 0) + 1
            return
        low, high = points.min(axis=0), points.max(axis=0)
        is_stated = not math.isnan(height)
        if not is_stated and high[2] > low[2]:
            height = float(high[2] - low[2])
        if math.isnan(crown) and len(points) > 2:
            crown = float(max(high[0] - low[0], high[1] - low[1])) or math.nan
        values = {
            "tree_id": other.object_id,
            "species": _first_text(attributes, SPECIES_ATTRIBUTES),
            "height": height,
            "crown_diameter": crown,
            "ground_height": float(low[2]),
            "kind": (Kind.MEASURED if is_stated else Kind.CALCULATED).value,
            "geometry": shapely.Point((low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0),
        }
        for name, value in values.items():
            self.trees[name].append(value)

    def ground_table(self, crs: CRS | None) -> gpd.GeoDataFrame | None:
        """Ground surfaces with the columns of `GROUND_COLUMNS`, None where there are none."""
        return _table(self.ground, GROUND_COLUMNS, crs)

    def tree_table(self, crs: CRS | None) -> gpd.GeoDataFrame | None:
        """Trees with the columns of `TREE_COLUMNS`, None where there are none."""
        return _table(self.trees, TREE_COLUMNS, crs)


def ground_kind(object_type: str, attributes: Mapping[str, Any]) -> GroundKind:
    """What a piece of ground is used for, by its attributes, else by its type."""
    for name in KIND_ATTRIBUTES:
        value = attributes.get(name)
        if isinstance(value, str) and value.lower() not in _SAYS_NOTHING:
            if value in _GROUND_KINDS:
                return GroundKind(value)
            for words, kind in GROUND_WORDS:
                if words.search(value):
                    return kind
    return GROUND_TYPES[object_type]


def _table(rows: dict[str, list[Any]], columns: Mapping[str, str], crs: CRS | None) -> gpd.GeoDataFrame | None:
    if not rows["geometry"]:
        return None
    return geographic_table(columns, {name: rows[name] for name in columns}, rows["geometry"], crs)


def _surfaces(chunk: Chunk, others: Sequence[Other]) -> tuple[Surfaces, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Surfaces of the most detailed geometry of each object, and the number of the object that each belongs to."""
    collector = BoundaryCollector(chunk.arrays)
    for number, other in enumerate(others):
        for option in choose(_options(chunk, other)):
            chunk.collect(collector, option, owner=number, offset=other.offset, limit=other.limit)
    flat = collector.finish()
    coordinates = chunk.coordinates()
    surfaces = surfaces_of(flat, np.where(np.abs(coordinates) < 1e8, coordinates, 0.0))
    return surfaces, flat.shell_owner[surfaces.shell_of]


def _options(chunk: Chunk, other: Other) -> list[Option]:
    return [
        Option(lod_rank(geometry.get("lod")), parse_lod(geometry.get("lod")), 0, geometry, instance)
        for geometry, instance in _placed(chunk, other)
        if geometry["type"] in DRAWABLE_TYPES and geometry["boundaries"] != []
    ]


def _placed(chunk: Chunk, other: Other) -> list[tuple[Geometry, Geometry | None]]:
    """Every geometry of an object, templates looked up: the geometry and the instance that places it, if any."""
    found: list[tuple[Geometry, Geometry | None]] = []
    for geometry in chunk.geometries_of(other.city_object):
        if geometry["type"] == "GeometryInstance":
            found.append((chunk.templates[geometry["template"]], geometry))
        else:
            found.append((geometry, None))
    return found


def _points(chunk: Chunk, other: Other) -> FloatArray:
    """Real coordinates of every point of an object's most detailed geometry, shape (n, 3). [m]"""
    found: list[tuple[float, FloatArray]] = []
    for geometry, instance in _placed(chunk, other):
        indices = np.unique(chunk.indices_of(geometry))
        if not len(indices):
            continue
        placed = Option(0.0, 0.0, 0, geometry, instance)
        begin = other.offset if instance is None else chunk.add_placed(placed, offset=other.offset)
        found.append((lod_rank(geometry.get("lod")), chunk.coordinates_at(begin + indices) + chunk.origin))
    if not found:
        return np.zeros((0, 3))
    _, points = max(found, key=lambda one: one[0])
    return points


def _middle_heights(surfaces: Surfaces, owner: np.ndarray[tuple[int], np.dtype[np.int64]], n_owners: int) -> FloatArray:
    """Mean height of the corners of each object, NaN where there are none. [m, vertical datum of the file]"""
    corner_owner = owner[surfaces.corner_surface]
    count = np.bincount(corner_owner, minlength=n_owners)
    total = sums(corner_owner, surfaces.corner[:, 2], n_owners)
    middle: FloatArray = np.divide(total, count, out=np.full(n_owners, np.nan), where=count > 0)
    return middle


def _first_text(attributes: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).lower() not in _SAYS_NOTHING:
            return str(value)
    return ""


def _first_number(attributes: Mapping[str, Any], names: Sequence[str]) -> float:
    for name in names:
        value = attributes.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return math.nan
