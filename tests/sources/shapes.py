"""Solids and documents with one building, for tests of what is drawn of them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from wijktwin.model.city_model import CityModel
from wijktwin.sources.cityjson import read_city_model

FloatArray = NDArray[np.float64]

PLACE: Final = (155_000.0, 463_000.0, 2.0)
"""Where every test building stands. [m, EPSG:7415]"""
STEP: Final = 0.0001
"""Grid of the coordinates: fine, so that turned shapes keep their size. [m]"""
BUILDING: Final = "pand-1"
Faces = list[list[FloatArray]]
"""Surfaces, each an outer ring and holes, each ring of shape (n, 3)."""


def prism(outline: shapely.Polygon, bottom: float, top: float) -> Faces:
    """A closed, outward oriented block: floor, roof, walls; holes of the outline become courts."""
    outline = shapely.orient_polygons(outline)
    rings = [np.array(ring.coords)[:-1, :2] for ring in (outline.exterior, *outline.interiors)]

    def at(ring: FloatArray, height: float) -> FloatArray:
        return np.column_stack([ring, np.full(len(ring), height)])

    walls = []
    for ring in rings:
        for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            walls.append([np.array([[*a, bottom], [*b, bottom], [*b, top], [*a, top]])])
    return [[at(ring, bottom)[::-1] for ring in rings], [at(ring, top) for ring in rings], *walls]


def moved(faces: Faces, matrix: FloatArray, by: FloatArray) -> Faces:
    """Every point turned by a matrix, then moved."""
    return [[ring @ matrix.T + by for ring in rings] for rings in faces]


def turned_round(faces: Faces) -> Faces:
    """Every face seen from its other side."""
    return [[ring[::-1] for ring in rings] for rings in faces]


class Vertices:
    """Vertices of a document, each place once."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, ...], int] = {}

    def shell(self, faces: Faces) -> list[list[list[int]]]:
        """Boundaries of a shell (or MultiSurface)."""
        return [[[self.number(point) for point in ring] for ring in rings] for rings in faces]

    def number(self, point: FloatArray) -> int:
        """Number of a place."""
        row = tuple(round(float(value) / STEP) for value in point)
        return self.rows.setdefault(row, len(self.rows))


def building_document(
    geometries: list[dict[str, Any]], vertices: Vertices, *, attributes: dict[str, Any] | None = None, version: str = "2.0", **more: Any
) -> dict[str, Any]:
    """A document with one Building that has some geometries."""
    whole = {"type": "Building", "geometry": geometries, "attributes": attributes or {}}
    return document({BUILDING: whole}, vertices, version=version, **more)


def document(objects: dict[str, Any], vertices: Vertices, *, version: str = "2.0", **more: Any) -> dict[str, Any]:
    """A document with some objects."""
    return {
        "type": "CityJSON",
        "version": version,
        "transform": {"scale": [STEP, STEP, STEP], "translate": list(PLACE)},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": objects,
        "vertices": [list(row) for row in vertices.rows],
        **more,
    }


def solid(shells: list[list[list[list[int]]]], *, lod: Any = "2.2", **more: Any) -> dict[str, Any]:
    """A Solid of some shells."""
    return {"type": "Solid", "lod": lod, "boundaries": shells, **more}


def read(made: dict[str, Any]) -> CityModel:
    """The model of a document."""
    return read_city_model(orjson.dumps(made), name="made.city.json")


def drawn(faces: Faces, **more: Any) -> CityModel:
    """The model of one building with one solid."""
    vertices = Vertices()
    return read(building_document([solid([vertices.shell(faces)], **more)], vertices))


def only(model: CityModel, name: str) -> float:
    """One number of the only building."""
    return float(model.buildings.numbers[name][0])


def note_keys(model: CityModel) -> list[str]:
    """What the notes are about."""
    return [note.key for note in model.notes]
