"""Footprints of buildings as polygons, and footprints raised to a block."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.cityjson.surfaces import Surfaces

Polygons = NDArray[np.object_]
SMALLEST = 0.01
"""Outlines smaller than this are no outlines. [m²]"""


def polygons_of(surfaces: Surfaces, chosen: IndexArray, origin: FloatArray) -> Polygons:
    """Chosen surfaces seen from above, in real coordinates; valid or not."""
    if not len(chosen):
        return np.zeros(0, dtype=object)
    is_chosen = np.zeros(len(surfaces.kind), dtype=bool)
    is_chosen[chosen] = True
    ring_surface = np.repeat(np.arange(len(surfaces.kind)), np.diff(surfaces.surface_start))
    ring_chosen = is_chosen[ring_surface]
    sizes = surfaces.ring_sizes
    points = surfaces.corner[np.repeat(ring_chosen, sizes), :2] + origin[:2]
    rings: Any = shapely.linearrings(points, indices=np.repeat(np.arange(int(ring_chosen.sum())), sizes[ring_chosen]))
    number = np.cumsum(is_chosen) - 1
    polygons: Any = shapely.polygons(rings, indices=number[ring_surface[ring_chosen]])
    found: Polygons = polygons
    return found


def merged(polygons: Polygons, rows: IndexArray, n_rows: int) -> Polygons:
    """One valid outline per row, None where there is none.

    Parameters
    ----------
    polygons
        Shape (n,).
    rows
        Row of each polygon, ascending, shape (n,).
    """
    outlines: Polygons = np.full(n_rows, None, dtype=object)
    if not len(polygons):
        return outlines
    with np.errstate(all="ignore"):  # coordinates of a broken object may be of any size
        single = np.bincount(rows, minlength=n_rows)[rows] == 1
        valid = shapely.is_valid(polygons)
        simple = single & valid & (shapely.area(polygons) > SMALLEST)
        outlines[rows[simple]] = polygons[simple]
        rest = np.flatnonzero(~(single & valid))
        if len(rest):
            sound: Any = polygons.copy()
            sound[~valid] = shapely.make_valid(polygons[~valid], method="structure", keep_collapsed=False)
            begins = rest[np.flatnonzero(np.diff(rows[rest], prepend=-1))]
            ends = np.searchsorted(rows, rows[begins], side="right")
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
                outlines[rows[begin]] = _polygonal(shapely.union_all(sound[begin:end]))
    return outlines


def _polygonal(geometry: Any) -> Any:  # noqa: ANN401 - shapely's geometries have no common type with an area
    """The part of a geometry that has an area, None where that is nothing."""
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        parts = [part for part in shapely.get_parts(geometry) if part.geom_type in {"Polygon", "MultiPolygon"}]
        geometry = shapely.union_all(parts)
    return geometry if geometry.area > SMALLEST and geometry.geom_type in {"Polygon", "MultiPolygon"} else None


def areas(outlines: Polygons) -> FloatArray:
    """Area of each outline, NaN where there is none. [m²]"""
    missing: BoolArray = shapely.is_missing(outlines)
    return np.where(missing, np.nan, shapely.area(outlines))


def raised(outline: shapely.Geometry, bottom: float, top: float) -> tuple[dict[str, Any], list[tuple[float, float, float]]]:
    """A block on an outline, as a CityJSON MultiSolid with semantics and its vertices.

    Parameters
    ----------
    outline
        Polygon or MultiPolygon.
    bottom, top
        Heights of floor and roof. [m]
    """
    vertices: list[tuple[float, float, float]] = []
    solids: list[list[list[list[list[int]]]]] = []
    values: list[list[list[int]]] = []
    for polygon in shapely.get_parts(shapely.orient_polygons(outline)):
        floor: list[list[int]] = []
        roof: list[list[int]] = []
        walls: list[list[list[int]]] = []
        for ring in (polygon.exterior, *polygon.interiors):
            points = [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)[:-1]]
            below = list(range(len(vertices), len(vertices) + len(points)))
            above = [index + len(points) for index in below]
            vertices.extend((x, y, bottom) for x, y in points)
            vertices.extend((x, y, top) for x, y in points)
            floor.append(below[::-1])
            roof.append(above)
            following = below[1:] + below[:1]
            walls.extend([[here, there, there + len(points), here + len(points)]] for here, there in zip(below, following, strict=True))
        solids.append([[floor, roof, *walls]])
        values.append([[0, 1, *([2] * len(walls))]])
    surfaces = [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}]
    semantics = {"surfaces": surfaces, "values": values}
    return {"type": "MultiSolid", "lod": "0", "boundaries": solids, "semantics": semantics}, vertices
