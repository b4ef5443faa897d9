"""A plan as a GeoPackage: for planners who draw in a GIS. Reads back as the same plan, true forms of volumes left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from wijktwin import crs
from wijktwin.export.plan_file import plan_facts, plan_features
from wijktwin.sources.plans.columns import LISTS
from wijktwin.sources.plans.geometry import reprojected
from wijktwin.sources.plans.geopackage import FACTS_LAYER, FEATURE_LAYERS, LIST_TABLES
from wijktwin.sources.plans.schema import field_names, plan_schema

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

POINTS: Final = frozenset({"tree", "felled_tree", "demolition"})
"""Kinds of features that are points; all others are polygons."""
COLUMN_TYPES: Final = {"number": "float64", "integer": "Int64", "boolean": "boolean"}
LEFT_OUT: Final = ("feature", "form")


def write_plan_geopackage(plan: Plan, path: Path, *, neighbourhood: Neighbourhood) -> None:
    """Write a plan as GeoPackage in the neighbourhood's CRS, every layer with all its columns, so that a GIS shows what can be filled in.

    Parameters
    ----------
    path
        A new file; one that is there is replaced.
    """
    path.unlink(missing_ok=True)
    facts = plan_facts(plan)
    home = neighbourhood.horizontal_crs if neighbourhood.horizontal_crs.to_epsg() else crs.WGS84
    tables = {name: facts.pop(name, []) for name in LIST_TABLES}
    facts |= {name: _in_one_cell(facts[name]) for name in LISTS if name in facts}
    _write_table([facts], path, FACTS_LAYER, "plan", skipped=LIST_TABLES)
    for name, rows in tables.items():
        _write_table(rows, path, name, name)
    drawn: dict[str, list[tuple[dict[str, Any], Any]]] = {kind: [] for kind in FEATURE_LAYERS.values()}
    for kind, properties, geometry in plan_features(plan, neighbourhood.horizontal_crs):
        drawn[kind].append((properties, reprojected(geometry, neighbourhood.horizontal_crs, home)))
    for layer, kind in FEATURE_LAYERS.items():
        frame = _frame([properties for properties, _ in drawn[kind]], kind)
        shapes = gpd.GeoSeries([geometry for _, geometry in drawn[kind]], crs=home)
        pyogrio.write_dataframe(
            gpd.GeoDataFrame(frame, geometry=shapes), path, layer=layer, driver="GPKG",
            geometry_type="Point" if kind in POINTS else "MultiPolygon", promote_to_multi=kind not in POINTS,
        )  # fmt: skip


def _in_one_cell(identifiers: Sequence[str]) -> str:
    return json.dumps(identifiers) if any("," in identifier for identifier in identifiers) else ", ".join(identifiers)


def _write_table(rows: Sequence[Mapping[str, Any]], path: Path, layer: str, part: str, *, skipped: Sequence[str] = ()) -> None:
    frame = _frame(rows, part, skipped=skipped)
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")


def _frame(rows: Sequence[Mapping[str, Any]], part: str, *, skipped: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as a table with one column for each field of the schema, objects spread over columns."""
    fields = {field: schema for field, schema in _fields(part).items() if field not in (*skipped, *LEFT_OUT)}
    columns = dict(column for field, schema in fields.items() for column in _columns(field, schema))
    cells = [dict(_cells(row)) for row in rows]
    return pd.DataFrame({name: pd.Series([row.get(name) for row in cells], dtype=kind) for name, kind in columns.items()})


def _fields(part: str) -> Mapping[str, Mapping[str, Any]]:
    if part in LIST_TABLES:
        found: Mapping[str, Mapping[str, Any]] = plan_schema()["$defs"]["plan"]["properties"][part]["items"]["properties"]
        return found
    return {name: plan_schema()["$defs"][part]["properties"][name] for name in field_names(part)}


def _columns(field: str, schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    kind = schema.get("type")
    if isinstance(kind, list):  # a text in two languages
        return [(f"{field}_nl", "str"), (f"{field}_en", "str")]
    if kind == "object" and field != "checkable":
        names = {"dates": "date_{}", "source": "source_{}", "kinds": "{}_kind"}[field]
        return [(names.format(inner), COLUMN_TYPES.get(item.get("type", ""), "str")) for inner, item in schema["properties"].items()]
    return [(field, COLUMN_TYPES.get(kind or "", "str"))]


def _cells(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What `wijktwin.sources.plans.columns` reads back as the row."""
    cells: list[tuple[str, Any]] = []
    for field, value in row.items():
        if field == "checkable":
            cells.append((field, json.dumps(value, ensure_ascii=False)))
        elif field in {"dates", "source", "kinds"}:
            names = {"dates": "date_{}", "source": "source_{}", "kinds": "{}_kind"}[field]
            cells += [(names.format(inner), item) for inner, item in value.items()]
        elif field in {"title", "summary", "text", "subject"}:
            texts = {"nl": value} if isinstance(value, str) else value
            cells += [(f"{field}_{language}", text) for language, text in texts.items()]
        else:
            cells.append((field, value))
    return cells
