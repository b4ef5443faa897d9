"""Footprints of a plan as DXF: closed lines on layers that are called by the identifiers of the facts."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import orjson
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from wijktwin.errors import InputError
from wijktwin.sources.plans.document import check_count
from wijktwin.sources.plans.drawing import Drawing, Drawn

DRIVER: Final = "DXF"
MAX_ENTITIES: Final = 200_000
CLOSING_GAP: Final = 0.001
"""Lines whose ends lie this close are closed, in the unit of the drawing."""


def can_read_dxf() -> bool:
    """Whether the GDAL at hand reads DXF; the wheels of pyogrio do."""
    return "r" in pyogrio.list_drivers().get(DRIVER, "")


def read_dxf_drawing(data: Path | bytes, *, source: str) -> Drawing:
    """What lies closed on each layer of a DXF drawing, or as single points (trees). DXF knows no CRS.

    Closed polylines, hatches and circles become polygons, several on one layer one multipolygon; a ring inside another is a hole.
    Blocks are taken apart. Everything else in the drawing is left alone.

    Raises
    ------
    InputError
        The GDAL at hand has no DXF, or the drawing cannot be opened.
    LimitError
        It has more than `MAX_ENTITIES`.
    """
    if not can_read_dxf():
        raise InputError("plans.no_dxf_here", source=source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, geometries, columns = pyogrio.raw.read(data, max_features=MAX_ENTITIES + 1, force_2d=True, columns=["Layer"])
    except (DataSourceError, DataLayerError, UnicodeDecodeError):
        raise InputError("plans.cannot_open", source=source) from None
    check_count("entities", len(geometries), MAX_ENTITIES, source=source)
    by_layer: dict[str, list[BaseGeometry]] = defaultdict(list)
    names = columns[list(meta["fields"]).index("Layer")]
    for layer, wkb in zip(names, geometries, strict=True):
        if wkb is not None:
            by_layer[str(layer)].append(shapely.from_wkb(wkb, on_invalid="ignore"))
    drawn = {layer: _drawn(shapes) for layer, shapes in by_layer.items()}
    things = {layer: Drawn(orjson.loads(shapely.to_geojson(shape))) for layer, shape in drawn.items() if shape is not None}
    return Drawing(source, things, None, all_are_volumes=False)


def _drawn(shapes: Iterable[BaseGeometry | None]) -> BaseGeometry | None:
    """The areas on one layer, or its one point; None where there is neither."""
    parts = [part for shape in shapes if shape is not None for part in _simple_parts(shape)]
    areas = [area for part in parts if (area := _area(part)) is not None]
    if areas:
        return _nested(areas)
    points = [part for part in parts if isinstance(part, Point)]
    return points[0] if len(points) == 1 else shapely.MultiPoint(points) if points else None


def _simple_parts(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shape)
    if len(parts) == 1 and parts[0].geom_type == shape.geom_type:
        return [shape]
    return [piece for part in parts for piece in _simple_parts(part)]


def _area(part: BaseGeometry) -> Polygon | None:
    if isinstance(part, Polygon):
        return None if part.is_empty else part
    if not isinstance(part, LineString) or len(part.coords) < 4:
        return None
    xy = shapely.get_coordinates(part)
    if not np.isfinite(xy).all() or np.hypot(*(xy[0] - xy[-1])) > CLOSING_GAP:
        return None
    xy[-1] = xy[0]
    return Polygon(xy)


def _nested(areas: list[Polygon]) -> BaseGeometry:
    """One outline with holes where rings lie within each other, side by side otherwise; crossing rings stay for the checks to refuse."""
    if len(areas) == 1 or not all(area.is_valid for area in areas):
        return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
    result: BaseGeometry = Polygon()
    for area in sorted(areas, key=lambda area: -area.area):
        result = result.difference(area) if result.covers(area) else result.union(area)
    return result
