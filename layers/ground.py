"""The plate under the model, and the ground laid on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.encoding import Row, surface_row
from layers.frame import Frame
from layers.plate import plate_outline
from layers.terrain import Terrain
from wijktwin import appearance
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]
Outlines = NDArray[np.object_]

OVERHANG: Final = 0.4
"""How far the sides of the plate stand back, so that those on the far side are not seen through its edge. [m]"""
PLATE_DROP: Final = 0.10
"""How much lower than the ground the plate is drawn, so that it never comes through what lies on it. [m]"""
OUTLINE_TOLERANCE: Final = 0.05
"""Corners are left out of the drawn ground that cut off less than the square of this, the same ones for both neighbours. [m]"""
SNAPPED: Final = 6
"""Decimals of the degrees of a corner of the ground: half a step is at most 5.6 cm. Buildings, plans and changed ground have one more."""
PAINT_STEP: Final = 0.015
"""How much higher each kind of ground is drawn than the kind below it, so that they do not flicker. [m]"""
CHANGE_LIFT: Final = 0.25
"""How much higher than all of today's ground a plan's ground is drawn. [m]"""
UPWARD: Final = np.array([[0.0, 0.0, 1.0]])


def plate_rows(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> list[Row]:
    """The plate that the model stands on: its upper side follows the ground, its sides are upright."""
    outline = plate_outline(neighbourhood)
    top = appearance.shaded(np.array(appearance.PLATE, dtype=np.float64), UPWARD)[0].tolist()
    rows = laid_rows([Sheet(outline, tuple(top), 0, -PLATE_DROP)], terrain, frame)
    return rows + _plate_sides(outline, terrain, frame)


def _plate_sides(outline: shapely.Polygon, terrain: Terrain, frame: Frame) -> list[Row]:
    corners = shapely.get_coordinates(outline.buffer(-OVERHANG, join_style="mitre").exterior)
    corners = corners if shapely.is_ccw(shapely.LinearRing(corners)) else corners[::-1]
    bottom = float(terrain.at(corners).min()) - appearance.PLATE_THICKNESS
    side = np.array(appearance.PLATE_SIDE, dtype=np.float64)
    rows = []
    for start, end in pairwise(corners):
        xy = shapely.get_coordinates(shapely.segmentize(shapely.LineString([start, end]), terrain.cell))
        edge = np.column_stack([xy, terrain.at(xy) - PLATE_DROP])
        foot = edge[[-1, 0]].copy()
        foot[:, 2] = bottom
        along = (end - start) / np.linalg.norm(end - start)
        colour = appearance.shaded(side, np.array([[along[1], -along[0], 0.0]]))[0].tolist()
        rows.append(surface_row([frame.positions(np.concatenate([edge, foot])).ravel().tolist()], colour, 0))
    return rows


def ground_rows(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame, outlines: Outlines | None = None) -> list[Row]:
    """All ground surfaces, laid on the ground in painting order; picking answers with their row in the ground table.

    Parameters
    ----------
    outlines
        From `drawn_outlines`, where they are known already.
    """
    table = neighbourhood.ground_table
    if table is None or not len(table):
        return []
    kinds = table["kind"].tolist()
    outlines = drawn_outlines(neighbourhood, frame) if outlines is None else outlines
    sheets = [
        Sheet(outlines[index], ground_colour(kinds[index]), index, lift_of(kinds[index]))
        for index in sorted(range(len(table)), key=lambda index: (_painting_place(kinds[index]), index))
    ]
    return laid_rows(sheets, terrain, frame)


def drawn_outlines(neighbourhood: Neighbourhood, frame: Frame) -> Outlines:
    """Outlines of the ground with fewer corners, on whole steps of `SNAPPED` degrees: what two have in common stays in common."""
    table = neighbourhood.ground_table
    if table is None:
        return np.zeros(0, dtype=object)
    outlines = table.geometry.to_numpy()
    simple = shapely.coverage_simplify(outlines, OUTLINE_TOLERANCE)
    snapped = shapely.transform(simple, lambda xy: frame.snapped(xy, SNAPPED))
    return np.asarray(np.where(shapely.is_valid(snapped) & ~shapely.is_empty(snapped), snapped, simple), dtype=object)


def lift_of(kind: str | None) -> float:
    """How high above the ground a kind of ground is drawn; None for the plate itself. [m]"""
    return -PLATE_DROP if kind is None else PAINT_STEP * (1 + _painting_place(kind))


def _painting_place(kind: str) -> int:
    return appearance.GROUND_ORDER.index(kind) if kind in appearance.GROUND_ORDER else 1


def ground_colour(kind: str) -> tuple[int, int, int]:
    """Colour of one kind of ground in the light."""
    colour = np.array(appearance.GROUND.get(kind, appearance.GROUND["other"]), dtype=np.float64)
    red, green, blue = appearance.shaded(colour, UPWARD)[0].tolist()
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Sheet:
    """A polygon to be laid on the ground, ``lift`` metres above it."""

    outline: BaseGeometry
    colour: tuple[int, ...]
    index: int
    lift: float


def laid_rows(sheets: Sequence[Sheet], terrain: Terrain, frame: Frame) -> list[Row]:
    """Rows for polygons laid on the ground, in the order given."""
    pieces = [(rings, sheet) for sheet in sheets for rings in terrain.pieces(sheet.outline)]
    lifts = [sheet.lift for _, sheet in pieces]
    laid = _laid([rings for rings, _ in pieces], lifts, terrain, frame)
    return [surface_row(positions, sheet.colour, sheet.index) for positions, (_, sheet) in zip(laid, pieces, strict=True)]


def _laid(pieces: Sequence[list[FloatArray]], lifts: Sequence[float], terrain: Terrain, frame: Frame) -> list[list[list[float]]]:
    """Flat scene positions of the rings of pieces, all reckoned at once."""
    rings = [ring for piece in pieces for ring in piece]
    if not rings:
        return []
    xy = np.concatenate(rings)
    lift = np.repeat([lift for piece, lift in zip(pieces, lifts, strict=True) for _ in piece], [len(ring) for ring in rings])
    flat = frame.positions(np.column_stack([xy, terrain.at(xy) + lift])).ravel().tolist()
    ends = (3 * np.cumsum([len(ring) for ring in rings])).tolist()
    found = iter([flat[begin:end] for begin, end in zip([0, *ends], ends, strict=False)])
    return [[next(found) for _ in piece] for piece in pieces]
