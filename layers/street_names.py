"""Names of streets, where the data has them: a few places along each street where its name may stand."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from layers.frame import Frame
from layers.terrain import Terrain
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

LIFT: Final = 1.0
"""How high above the ground a name stands. [m]"""
SHARES: Final = (0.5, 0.25, 0.75)
"""Where along a street its name may stand, the best place first."""
SHORTEST: Final = 25.0
"""A street that is shorter gets no name in the picture. [m]"""
MOST_STREETS: Final = 150
POSITION: Final = "p"
NAME: Final = "n"
LENGTH: Final = "l"
SIZE: Final = "z"
LETTERS: Final = 14
"""Size of a name where the camera looks; the scene in the browser evens out what perspective does to it. [px]"""


def street_name_rows(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> list[dict[str, Any]]:
    """Rows for a text layer: long streets first, all places of one street together, the best first.

    Each has the position, the name, how long the street runs on there [m], and the size of its letters [px].
    """
    within = shapely.box(*terrain.bounds)
    longest = sorted(_streets(neighbourhood, within).items(), key=lambda street: (-street[1].length, street[0]))[:MOST_STREETS]
    rows: list[dict[str, Any]] = []
    for name, line in longest:
        xy = shapely.get_coordinates([line.interpolate(share, normalized=True) for share in SHARES])
        positions = frame.positions(np.column_stack([xy, terrain.at(xy) + LIFT])).tolist()
        rows += [{POSITION: position, NAME: name, LENGTH: round(line.length, 1), SIZE: LETTERS} for position in positions]
    return rows


def characters(rows: list[dict[str, Any]]) -> str:
    """Every character that some name needs, so that the renderer draws all of them: é, ë and ĳ are not among its own."""
    return "".join(sorted({character for row in rows for character in row[NAME]}))


def _streets(neighbourhood: Neighbourhood, within: BaseGeometry) -> dict[str, LineString]:
    """The longest unbroken piece of every street that has a name, inside a box."""
    table = neighbourhood.street_table
    if table is None:
        return {}
    pieces: dict[str, list[BaseGeometry]] = {}
    for name, line in zip(table["street"].tolist(), table.geometry.tolist(), strict=True):
        if name and line is not None:
            pieces.setdefault(name, []).append(line)
    found = {}
    for name, lines in pieces.items():
        inside = shapely.intersection(shapely.union_all(lines), within)
        merged = [part for part in shapely.get_parts(_merged(inside)) if part.geom_type == "LineString"]
        longest = max(merged, key=lambda part: part.length, default=None)
        if longest is not None and longest.length >= SHORTEST:
            found[name] = longest
    return found


def _merged(lines: BaseGeometry) -> BaseGeometry:
    return shapely.line_merge(lines) if lines.geom_type == "MultiLineString" else lines
