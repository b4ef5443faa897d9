"""The tables of a neighbourhood folder: GeoJSON or GeoPackage with our column names, checked row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyogrio
import shapely
import shapely.geometry
from pyogrio.errors import DataSourceError

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError, Note
from wijktwin.model.plan import Traffic
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import (
    ADDRESS_COLUMNS,
    DESTINATION_COLUMNS,
    GROUND_COLUMNS,
    PARKING_COUNT_COLUMNS,
    STREET_COLUMNS,
    TREE_COLUMNS,
    DestinationKind,
    GroundKind,
    RoadClass,
    geographic_table,
)
from wijktwin.sources.geojson import declared_crs, read_collection, shape_of

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

MAX_DEGREES: Final = 360.0
NODE_GRID: Final = 0.01
"""Ends of streets closer together than this are one node where the table names none. [m]"""
WINDS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW", "")
USES: Final = ("dwelling", "shop", "school", "office", "other", "")
TENURES: Final = ("social_rent", "middle_rent", "rent", "owner", "")
DWELLING_TYPES: Final = ("house", "apartment", "")

Shapes = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True, slots=True)
class TableForm:
    """What one table asks of its rows.

    Parameters
    ----------
    columns
        Name to dtype.
    shapes
        Geometry types of GeoJSON that are taken.
    required
        Columns that every row must have.
    choices
        Columns with a closed set of values.
    id_column, id_word
        The column of identifiers, and what made-up ones begin with where the table has none.
    """

    columns: Mapping[str, str]
    shapes: tuple[str, ...]
    required: tuple[str, ...]
    choices: Mapping[str, Sequence[str]]
    id_column: str
    id_word: str


TABLES: Final[Mapping[str, TableForm]] = {
    "ground": TableForm(
        GROUND_COLUMNS, ("Polygon", "MultiPolygon"), ("kind",), {"kind": [kind.value for kind in GroundKind]}, "surface_id", "surface"
    ),
    "trees": TableForm(TREE_COLUMNS, ("Point",), (), {"kind": [*(kind.value for kind in Kind), ""]}, "tree_id", "tree"),
    "addresses": TableForm(
        ADDRESS_COLUMNS, ("Point",), ("street", "number"),
        {"side": WINDS, "use": USES, "tenure": TENURES, "dwelling_type": DWELLING_TYPES}, "address_id", "address",
    ),
    "streets": TableForm(
        STREET_COLUMNS, ("LineString", "MultiLineString"), (),
        {
            "oneway": [*(traffic.value for traffic in Traffic), ""],
            "road": [*(road.value for road in RoadClass), ""],
            "kind": [*(kind.value for kind in Kind), ""],
        }, "street_id", "street",
    ),
    "destinations": TableForm(
        DESTINATION_COLUMNS, ("Point",), ("kind",), {"kind": [kind.value for kind in DestinationKind]}, "destination_id", "destination"
    ),
    "parking_counts": TableForm(
        PARKING_COUNT_COLUMNS, ("Point", "LineString", "Polygon"), ("street", "moment", "parked"), {}, "count_id", "count"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows as they lie in a file: what is said of each, its shape as GeoJSON, and the horizontal CRS of all."""

    source: str
    properties: list[Mapping[str, Any]]
    shapes: list[Any]
    crs: CRS


def read_table(path: Path, name: str, plane: CRS) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """One table of a neighbourhood, in the plane of its buildings, with notes on what was left out or repaired.

    Parameters
    ----------
    name
        One of `TABLES`.
    plane
        Horizontal CRS of the neighbourhood.

    Raises
    ------
    InputError
        The sentence names the file, the row (from 1), the column and the way out.
    LimitError
        The file is larger than allowed.
    """
    form = TABLES[name]
    raw = rows_of_geopackage(path, name) if path.suffix == ".gpkg" else _from_geojson(path)
    notes: list[Note] = []
    unknown = sorted({column for row in raw.properties for column in row} - set(form.columns))
    if unknown:
        notes.append(Note("folder.columns_ignored", source=raw.source, columns=", ".join(unknown), allowed=", ".join(form.columns)))
    properties, shapes, repaired = _rows(raw, form)
    if repaired:
        notes.append(Note("folder.shapes_repaired", source=raw.source, count=repaired))
    columns = {column: [row[column] for row in properties] for column in form.columns}
    placed = _placed(np.array(shapes, dtype=object), raw, plane)
    columns = _filled(columns, form, placed)
    _check_ids(columns[form.id_column], form, raw.source)
    return geographic_table(form.columns, columns, placed, plane), notes


def _from_geojson(path: Path) -> RawRows:
    document = read_collection(path)
    properties: list[Mapping[str, Any]] = []
    shapes: list[Any] = []
    for row, feature in enumerate(document["features"], start=1):
        known = feature.get("properties") if isinstance(feature, dict) else None
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(known, dict | None) or not isinstance(shape, dict):
            raise InputError("folder.no_shape", source=path.name, row=row)
        properties.append(known or {})
        shapes.append(shape)
    return RawRows(path.name, properties, shapes, declared_crs(document, path.name))


def rows_of_geopackage(path: Path, name: str) -> RawRows:
    """The rows of the layer of a name, or of the only layer.

    Raises
    ------
    InputError
        It is no GeoPackage, has several layers of other names, or does not say its CRS.
    """
    try:
        layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
        named = [layer for layer in layers if layer.lower() == name]
        layer = named[0] if len(named) == 1 else layers[0] if len(layers) == 1 else None
        if layer is None:
            raise InputError("folder.which_layer", source=path.name, layers=", ".join(layers), name=name)
        meta, _, shapes, values = pyogrio.raw.read(path, layer=layer)
    except DataSourceError as error:
        raise InputError("folder.not_geopackage", source=path.name) from error
    crs = reference_systems.parse_reference_system(meta["crs"], source=path.name)
    if crs is None:
        raise InputError("folder.no_crs", source=path.name)
    columns = [str(column) for column in meta["fields"]]
    properties: list[Mapping[str, Any]] = [
        {column: _plain(value) for column, value in zip(columns, row, strict=True)} for row in zip(*values, strict=True)
    ] or [{} for _ in shapes]
    return RawRows(
        path.name, properties, [shapely.geometry.mapping(shape) for shape in shapely.from_wkb(shapes)], reference_systems.horizontal(crs)
    )


def _plain(value: object) -> object:
    """A value of numpy as a value of Python; None for NaN."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain


def _rows(raw: RawRows, form: TableForm) -> tuple[list[dict[str, Any]], list[Any], int]:
    """Checked rows; polygons and lines of several parts become rows of their own."""
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    repaired = 0
    for number, (known, drawn) in enumerate(zip(raw.properties, raw.shapes, strict=True), start=1):
        row: dict[str, Any] = {column: _value(known.get(column), column, form, source=raw.source, row=number) for column in form.columns}
        shape = _shape(drawn, form, raw.source, number)
        if not shape.is_valid:
            shape, repaired = shapely.make_valid(shape, method="structure", keep_collapsed=False), repaired + 1
        parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
        if len(parts) > 1 and row.get("parking_places", 0.0) > 0:
            raise InputError("folder.places_in_parts", source=raw.source, row=number)
        for index, part in enumerate(parts):
            own_id = f"{row[form.id_column]}/{index + 1}" if index and row[form.id_column] else row[form.id_column]
            rows.append({**row, form.id_column: own_id})
            shapes.append(shapely.force_2d(part))
    return rows, shapes, repaired


def _shape(drawn: Mapping[str, Any], form: TableForm, source: str, row: int) -> Any:  # noqa: ANN401
    if drawn.get("type") not in form.shapes:
        raise InputError("folder.wrong_shape", source=source, row=row, found=drawn.get("type"), expected=form.shapes[0])
    shape = shape_of(drawn)
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise InputError("folder.bad_coordinates", source=source, row=row)
    return shape


def _value(value: object, column: str, form: TableForm, *, source: str, row: int) -> object:
    """One cell as its column asks; "" or NaN where it is empty and may be."""
    where = {"source": source, "row": row, "column": column}
    dtype = form.columns[column]
    if value is None or value == "":
        if column in form.required:
            raise InputError("folder.cell_empty", **where)
        return {"str": "", "float64": math.nan, "int64": 0}[dtype]
    if dtype == "str":
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        if text is None:
            raise InputError("folder.not_text", value=value, **where)
        if column in form.choices and text not in form.choices[column]:
            raise InputError("folder.not_a_choice", value=text, choices=", ".join(c for c in form.choices[column] if c), **where)
        return text
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError("folder.not_a_number", value=value, **where)
    if dtype == "int64" and value != int(value):
        raise InputError("folder.not_a_number", value=value, **where)
    return int(value) if dtype == "int64" else float(value)


def _placed(shapes: Shapes, raw: RawRows, plane: CRS) -> Shapes:
    """The shapes in the plane of the neighbourhood."""
    points = shapely.get_coordinates(shapes)
    if not len(points):
        return shapes
    if raw.crs == reference_systems.WGS84 and np.abs(points).max() > MAX_DEGREES:
        raise InputError("folder.not_degrees", source=raw.source)
    if raw.crs == plane:
        return shapes
    degrees = points if raw.crs == reference_systems.WGS84 else reference_systems.to_wgs84(points, raw.crs)
    moved: Shapes = shapely.set_coordinates(shapes.copy(), reference_systems.from_wgs84(degrees, plane))
    return moved


def _filled(columns: dict[str, list[Any]], form: TableForm, shapes: Shapes) -> dict[str, list[Any]]:
    """Identifiers and nodes for those who have none."""
    width = len(str(len(shapes)))
    names = [own or f"{form.id_word}-{number:0{width}d}" for number, own in enumerate(columns[form.id_column], start=1)]
    filled = {**columns, form.id_column: names}
    if form is TABLES["streets"]:
        ends: tuple[tuple[str, Callable[[Any], Any]], ...] = (
            ("from_node", lambda line: line.coords[0]),
            ("to_node", lambda line: line.coords[-1]),
        )
        for column, end in ends:
            filled[column] = [own or node_name(end(line)) for own, line in zip(columns[column], shapes, strict=True)]
        filled["oneway"] = [own or Traffic.BOTH.value for own in columns["oneway"]]
        filled["modes"] = [own or "walk cycle drive" for own in columns["modes"]]
    return filled


def node_name(point: Iterable[float]) -> str:
    """What the end of a street is called that nobody named: its coordinates, to `NODE_GRID`."""
    x, y = list(point)[:2]
    return f"{round(x / NODE_GRID)},{round(y / NODE_GRID)}"


def _check_ids(names: Sequence[str], form: TableForm, source: str) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(names, start=1):
        if name in seen:
            raise InputError("folder.same_id", source=source, row=row, column=form.id_column, value=name)
        seen[name] = row
