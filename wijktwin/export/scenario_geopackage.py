"""A scenario with its figures as GeoPackage: layers with their styles for a GIS, and the figures with sources and assumptions as tables.

In the horizontal CRS of the neighbourhood, RD New (EPSG:28992) in the Netherlands. The styles stand in a table ``layer_styles``, where
QGIS looks for them (https://docs.qgis.org, "Save and share layer properties"); GDAL writes the file (https://gdal.org, driver GPKG).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyogrio

from wijktwin.errors import InputError
from wijktwin.export.data_sheets import data_sheets
from wijktwin.export.map_styles import qml, sld
from wijktwin.export.scenario_layers import GEOMETRIES, map_layers
from wijktwin.impacts.assumptions import default_assumptions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wijktwin.errors import Language
    from wijktwin.export.data_sheets import Sheet
    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.export.scenario_layers import MapLayer
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

STYLES: Final = "layer_styles"
TABLE: Final = "table_"
"""Before the names of tables, so that a GIS lists them together."""


def write_scenario_geopackage(
    scenario: Scenario,
    told: Sequence[Assessment],
    path: Path,
    language: Language,
    *,
    computed_on: dt.date,
    assumptions: Assumptions | None = None,
    not_ready: Sequence[str] = (),
    left_out: Sequence[str] = (),
    hidden: Mapping[Key, Veiled] | None = None,
) -> list[str]:
    """Write a scenario with its figures; see `wijktwin.export.data_sheets.data_sheets` for what the parameters mean.

    Parameters
    ----------
    path
        A new file; one that is there is replaced.

    Returns
    -------
    layers
        The names of the layers that were written.

    Raises
    ------
    InputError
        The CRS of the neighbourhood has no EPSG number: a GIS would not know where it lies.
    OSError
        The file cannot be written.
    """
    if scenario.neighbourhood.horizontal_crs.to_epsg() is None:
        raise InputError("tables.no_epsg", source=scenario.neighbourhood.name)
    chosen = default_assumptions() if assumptions is None else assumptions
    sheets = data_sheets(
        told, scenario, language, computed_on=computed_on, assumptions=chosen, not_ready=not_ready, left_out=left_out, hidden=hidden
    )
    figures = next(sheet for sheet in sheets if sheet.key == "figures")
    layers = map_layers(scenario, told, figures, language, assumptions=chosen, hidden={} if hidden is None else hidden)
    path.unlink(missing_ok=True)
    for layer in layers:
        pyogrio.write_dataframe(layer.table, path, layer=layer.name, driver="GPKG", geometry_type=GEOMETRIES[layer.shape])
    for sheet in sheets:
        pyogrio.write_dataframe(_table(sheet), path, layer=f"{TABLE}{sheet.key}", driver="GPKG")
    pyogrio.write_dataframe(_styles(layers, computed_on), path, layer=STYLES, driver="GPKG", layer_options={"FID": "id"})
    _name(path, layers, computed_on)
    return [layer.name for layer in layers]


def _table(sheet: Sheet) -> pd.DataFrame:
    """A sheet with the names of its columns for programs; a column is of numbers where one of its cells is."""
    columns = {}
    for place, name in enumerate(sheet.columns):
        cells = [row[place] for row in sheet.rows]
        columns[name] = pd.Series(cells, dtype="float64" if any(isinstance(cell, float) for cell in cells) else "str")
    return pd.DataFrame(columns)


def _styles(layers: Sequence[MapLayer], computed_on: dt.date) -> pd.DataFrame:
    """The table that QGIS reads styles from, with a row for each layer that has one."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer.name,
            "f_geometry_column": "geom",
            "styleName": layer.name[:30],
            "styleQML": qml(layer.style),
            "styleSLD": sld(layer.style, layer=layer.name),
            "useAsDefault": True,
            "description": layer.title,
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(computed_on, tz="UTC"),
        }
        for layer in layers
        if layer.style is not None
    ]
    return pd.DataFrame(rows)


def _name(path: Path, layers: Sequence[MapLayer], computed_on: dt.date) -> None:
    """Titles for the layers, and the day of the figures instead of the moment of writing: the same figures give the same contents."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (f"{computed_on.isoformat()}T00:00:00.000Z",))
        connection.executemany(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            [(f"{layer.title} ({layer.name})", layer.title, layer.name) for layer in layers],
        )
