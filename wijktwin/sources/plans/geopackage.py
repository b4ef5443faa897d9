"""Plans as GeoPackage: a layer for each kind of feature, a table ``plan`` with one row, and tables for what there is more of."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from wijktwin import crs
from wijktwin.errors import InputError, Note
from wijktwin.sources.plans.columns import facts_of_row, members_of_row
from wijktwin.sources.plans.document import (
    MAX_FEATURES,
    Feature,
    PlanDocument,
    check_count,
    checked_facts,
    checked_feature,
    named_crs,
    where_feature,
)
from wijktwin.sources.plans.schema import nearest_name

FEATURE_LAYERS: Final[Mapping[str, str]] = {
    "volumes": "volume", "ground": "ground", "trees": "tree", "felled_trees": "felled_tree", "demolition": "demolition",
    "boundary": "boundary",
}  # fmt: skip
"""Layer to kind of feature; the kind itself is understood as a name too."""
FACTS_LAYER: Final = "plan"
LIST_TABLES: Final = ("changes", "dwellings", "streets", "settled", "works", "claims")
IGNORED: Final = ("layer_styles", "qgis_projects", "gpkg_", "rtree_", "sqlite_")
_SPATIAL_INDEX: Final = re.compile(r"\bUSING\s+rtree\s*\(", re.IGNORECASE)
_VIRTUAL_TABLES: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND coalesce(rootpage, 0) = 0"
MAX_LAYERS: Final = 50
Rows = list[tuple[dict[str, Any], Any]]


def document_from_geopackage(data: bytes, *, source: str) -> PlanDocument:
    """A plan from a GeoPackage.

    Raises
    ------
    InputError
        It cannot be opened, has no table ``plan``, or something in it is not as the schema asks.
    LimitError
        It has too many layers or rows.
    """
    refuse_virtual_tables(data, source=source)
    layers = _layers(data, source=source)
    if FACTS_LAYER not in layers:
        raise InputError("plans.no_facts_table", source=source, layers=", ".join(sorted(layers)) or "–")
    facts = _facts(data, layers, source=source)
    features: list[Feature] = []
    for layer, kind in layers.items():
        if kind in FEATURE_LAYERS.values():
            features.extend(_features(data, layer, kind, source=source))
    check_count("features", len(features), MAX_FEATURES, source=source)
    return PlanDocument(source=source, reference_system=crs.WGS84, facts=checked_facts(facts, source=source), features=tuple(features))


def refuse_virtual_tables(data: bytes, *, source: str) -> None:
    """Refuse tables that are not in the file itself: they could make SQLite or GDAL read other files. Spatial indices are let through.

    Raises
    ------
    InputError
        There are such tables, or it is no database.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        path.write_bytes(data)
        try:
            with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                found = database.execute(_VIRTUAL_TABLES).fetchall()
        except sqlite3.Error:
            raise InputError("plans.cannot_open", source=source) from None
    for name, sql in found:
        if not (str(name).startswith("rtree_") and _SPATIAL_INDEX.search(str(sql))):
            raise InputError("plans.virtual_table", source=source, layer=name)


def _layers(data: bytes, *, source: str) -> dict[str, str]:
    """What each layer holds, by its name: a kind of feature, "plan", or the name of a list."""
    with _quietly(source):
        names = [str(name) for name in pyogrio.list_layers(data)[:, 0]]
    check_count("layers", len(names), MAX_LAYERS, source=source)
    known: dict[str, str] = {name: name for name in (FACTS_LAYER, *LIST_TABLES, *FEATURE_LAYERS.values())} | dict(FEATURE_LAYERS)
    found: dict[str, str] = {}
    for name in names:
        if name.lower().startswith(IGNORED):
            continue
        if name.lower() not in known:
            nearest, choices = nearest_name(name, known) or FACTS_LAYER, ", ".join([FACTS_LAYER, *FEATURE_LAYERS, *LIST_TABLES])
            raise InputError("plans.unknown_layer", source=source, layer=name, nearest=nearest, choices=choices)
        found[name] = known[name.lower()]
    return found


def _facts(data: bytes, layers: Mapping[str, str], *, source: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for layer, kind in layers.items():
        if kind == FACTS_LAYER:
            rows, _ = _read(data, layer, source=source)
            if len(rows) != 1:
                raise InputError("plans.one_row", source=source, layer=layer, count=len(rows))
            facts = facts_of_row(rows[0][0], source=source) | facts
        elif kind in LIST_TABLES:
            rows, _ = _read(data, layer, source=source)
            wheres = [where_feature(number, "", {}, layer=layer) for number in range(1, len(rows) + 1)]
            facts[kind] = [members_of_row(row, source=source, where=where) for (row, _), where in zip(rows, wheres, strict=True)]
    return facts


def _features(data: bytes, layer: str, kind: str, *, source: str) -> list[Feature]:
    rows, reference_system = _read(data, layer, source=source)
    features = []
    for number, (row, geometry) in enumerate(rows, start=1):
        where = where_feature(number, kind, {}, layer=layer)
        told = {"feature": kind, **members_of_row(row, source=source, where=where)}
        shape = None if geometry is None else _geojson(geometry, source=source, where=where)
        system = None if shape is None else _layer_crs(reference_system, layer, source=source)
        features.append(checked_feature(told, shape, number, source=source, layer=layer, reference_system=system))
    return features


def _layer_crs(reference_system: str | None, layer: str, *, source: str) -> CRS:
    try:
        return named_crs(reference_system, source=source)
    except InputError:
        raise InputError("plans.layer_crs", source=source, layer=layer) from None


def _read(data: bytes, layer: str, *, source: str) -> tuple[Rows, str | None]:
    """Rows of one layer with their geometry (WKB or None), and its CRS."""
    with _quietly(source):
        meta, _, geometries, columns = pyogrio.raw.read(data, layer=layer, max_features=MAX_FEATURES + 1, force_2d=True)
    names = [str(name) for name in meta["fields"]]
    n_rows = len(columns[0]) if len(columns) else 0 if geometries is None else len(geometries)
    check_count(layer, n_rows, MAX_FEATURES, source=source)
    shapes = np.full(n_rows, None, dtype=np.object_) if geometries is None else geometries
    rows = [({name: column[row] for name, column in zip(names, columns, strict=True)}, shapes[row]) for row in range(n_rows)]
    return rows, meta.get("crs")


def _geojson(wkb: bytes, *, source: str, where: Note) -> dict[str, Any]:
    try:
        shape = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise InputError("plans.bad_coordinates", source=source, where=where, expected=Note("plans.expect_polygon"))
    geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(shape))
    return geometry


@contextlib.contextmanager
def _quietly(source: str) -> Iterator[None]:
    """GDAL's warnings are nobody's business; its errors become one sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (DataSourceError, DataLayerError, UnicodeDecodeError):
            raise InputError("plans.cannot_open", source=source) from None
