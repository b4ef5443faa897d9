"""What lies around the buildings: ground, trees, addresses and streets, as geographic tables with fixed columns."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from wijktwin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS


class GroundKind(StrEnum):
    """What the ground is used for; decides colour, and whether rain can soak in."""

    CARRIAGEWAY = "carriageway"
    PAVEMENT = "pavement"
    CYCLE_PATH = "cycle_path"
    PARKING = "parking"
    SQUARE = "square"
    PLAYGROUND = "playground"
    GREEN = "green"
    GARDEN = "garden"
    YARD = "yard"
    WATER = "water"
    RAILWAY = "railway"
    TERRAIN = "terrain"
    OTHER = "other"


class DestinationKind(StrEnum):
    """Where people go from home every day."""

    SCHOOL = "school"
    SHOP = "shop"
    GREEN = "green"
    MAIN_ROAD = "main_road"


class RoadClass(StrEnum):
    """Whether a street carries cars beyond the neighbourhood, where somebody says so."""

    MAIN = "main"
    LOCAL = "local"


PAVED_KINDS: Final = frozenset(
    {
        GroundKind.CARRIAGEWAY,
        GroundKind.PAVEMENT,
        GroundKind.CYCLE_PATH,
        GroundKind.PARKING,
        GroundKind.SQUARE,
        GroundKind.YARD,
    }
)
GREEN_KINDS: Final = frozenset({GroundKind.GREEN, GroundKind.GARDEN})

GROUND_COLUMNS: Final[Mapping[str, str]] = {
    "surface_id": "str",
    "kind": "str",
    "street": "str",
    "material": "str",
    "parking_places": "float64",
    "ground_height": "float64",
}
"""Polygons. ``kind`` is a `GroundKind`; ``parking_places`` NaN where not counted; ``ground_height`` [m NAP], NaN where unknown."""

TREE_COLUMNS: Final[Mapping[str, str]] = {
    "tree_id": "str",
    "species": "str",
    "height": "float64",
    "crown_diameter": "float64",
    "ground_height": "float64",
    "kind": "str",
}
"""Points. ``height`` above ground and ``crown_diameter`` in m, NaN where unknown; ``kind`` is a `provenance.Kind`."""

ADDRESS_COLUMNS: Final[Mapping[str, str]] = {
    "address_id": "str",
    "street": "str",
    "number": "int64",
    "suffix": "str",
    "postcode": "str",
    "city": "str",
    "building_id": "str",
    "storey": "float64",
    "side": "str",
    "use": "str",
    "floor_area": "float64",
    "tenure": "str",
    "dwelling_type": "str",
}
"""Points. ``storey`` counts from 0 at ground level, NaN where unknown; ``side`` is the main facade's compass direction or "";
``use`` is "dwelling", "shop", "school", "office", "other"; ``floor_area`` the use area (gebruiksoppervlakte) [m²];
``dwelling_type`` is "house" or "apartment"; ``tenure`` "social_rent", "middle_rent", "rent", "owner" or ""."""

STREET_COLUMNS: Final[Mapping[str, str]] = {
    "street_id": "str",
    "street": "str",
    "from_node": "str",
    "to_node": "str",
    "oneway": "str",
    "modes": "str",
    "max_speed": "float64",
    "road": "str",
    "kind": "str",
}
"""Lines. ``oneway`` is "both", "forward" (from_node to to_node), "backward" or "closed" (to motor traffic);
``modes`` a space separated subset of "walk cycle drive"; ``max_speed`` [km/h]; ``road`` is a `RoadClass`, or "" where only
the speed can tell; ``kind`` is a `provenance.Kind` or "": "calculated" for lines that were derived from the ground, of which nobody knows
directions."""


DESTINATION_COLUMNS: Final[Mapping[str, str]] = {"destination_id": "str", "kind": "str", "name": "str"}
"""Points. ``kind`` is a `DestinationKind`: where people go, as somebody listed it."""

PARKING_COUNT_COLUMNS: Final[Mapping[str, str]] = {
    "count_id": "str",
    "street": "str",
    "moment": "str",
    "parked": "float64",
    "places": "float64",
}
"""Any shape. One count of parked cars in one street at one moment ("2026-05-12 22:00"); ``places`` that there were, NaN where not said."""


def geographic_table(columns: Mapping[str, str], rows: Mapping[str, object], geometry: object, crs: CRS | str | None) -> gpd.GeoDataFrame:
    """A GeoDataFrame with exactly the given columns; columns that were left out are empty or NaN.

    Parameters
    ----------
    columns
        Name to dtype, one of the ``*_COLUMNS`` of this module.
    rows
        Name to values, each of length n.
    geometry
        n shapely geometries in real coordinates of ``crs``.

    Raises
    ------
    InputError
        A name is not among ``columns``.
    """
    unknown = set(rows) - set(columns)
    if unknown:
        raise InputError("model.unknown_columns", names=", ".join(sorted(unknown)), allowed=", ".join(columns))
    shapes = gpd.array.from_shapely(np.asarray(list(geometry), dtype=np.object_), crs=crs)  # type: ignore[call-overload]
    index = pd.RangeIndex(len(shapes))
    blank: dict[str, object] = {"str": "", "float64": float("nan"), "int64": 0}
    values = {name: pd.Series(rows.get(name, blank[dtype]), index=index, dtype=dtype) for name, dtype in columns.items()}
    return gpd.GeoDataFrame(values, geometry=shapes, index=index, crs=crs)


def empty_table(columns: Mapping[str, str], crs: CRS | str | None) -> gpd.GeoDataFrame:
    """A table without rows."""
    return geographic_table(columns, {}, [], crs)


def stacked(*tables: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows of tables with the same columns and CRS, one below the other and numbered anew; at least one table."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return tables[0].reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=tables[0].crs)
