"""The plate under the model, the ground laid on it, and the soft shade where buildings stand on the ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.encoding import Row, surface_row
from layers.frame import Frame
from layers.terrain import Terrain, polygons_of
from wijktwin import appearance
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

PAINT_STEP: Final = 0.015
"""How much higher each kind of ground is drawn than the kind below it, so that they do not flicker. [m]"""
CHANGE_LIFT: Final = 0.25
"""How much higher than all of today's ground a plan's ground is drawn. [m]"""
CONTACT_LIFT: Final = 0.30
CONTACT_REACH: Final = 3.0
"""How far from a facade the ground is a little darker. [m]"""
CONTACT_SHADE: Final = (70, 62, 54)
CONTACT_OPACITY: Final = 95
UPWARD: Final = np.array([[0.0, 0.0, 1.0]])


def plate_rows(terrain: Terrain, frame: Frame) -> list[Row]:
    """The plate that the model stands on: its upper side follows the ground, its sides are upright."""
    top = terrain.triangles()
    normals = np.cross(top[:, 1] - top[:, 0], top[:, 2] - top[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    colours = appearance.shaded(np.array(appearance.PLATE, dtype=np.float64), normals).tolist()
    flat = frame.positions(top.reshape(-1, 3)).reshape(-1, 9).tolist()
    rows = [surface_row([ring], colour, 0) for ring, colour in zip(flat, colours, strict=True)]
    return rows + _plate_sides(terrain, frame)


def _plate_sides(terrain: Terrain, frame: Frame) -> list[Row]:
    x0, y0, x1, y1 = terrain.bounds
    heights = terrain.heights
    xs = np.linspace(x0, x1, heights.shape[1])
    ys = np.linspace(y0, y1, heights.shape[0])
    bottom = float(heights.min()) - appearance.PLATE_THICKNESS
    sides = (
        (np.column_stack([xs, np.full_like(xs, y0), heights[0]]), (0.0, -1.0, 0.0)),
        (np.column_stack([np.full_like(ys, x1), ys, heights[:, -1]]), (1.0, 0.0, 0.0)),
        (np.column_stack([xs, np.full_like(xs, y1), heights[-1]])[::-1], (0.0, 1.0, 0.0)),
        (np.column_stack([np.full_like(ys, x0), ys, heights[:, 0]])[::-1], (-1.0, 0.0, 0.0)),
    )
    rows = []
    for edge, normal in sides:
        if np.ptp(edge[:, 2]) < 1e-9:
            edge = edge[[0, -1]]  # noqa: PLW2901  a level edge needs its ends only
        foot = edge[::-1].copy()
        foot[:, 2] = bottom
        ring = frame.positions(np.concatenate([edge, foot])).ravel().tolist()
        colour = appearance.shaded(np.array(appearance.PLATE_SIDE, dtype=np.float64), np.array([normal]))[0].tolist()
        rows.append(surface_row([ring], colour, 0))
    return rows


def ground_rows(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> list[Row]:
    """All ground surfaces, laid on the ground in painting order; picking answers with their row in the ground table."""
    table = neighbourhood.ground_table
    if table is None or not len(table):
        return []
    kinds = table["kind"].tolist()
    outlines = table.geometry.tolist()
    order = {kind: place for place, kind in enumerate(appearance.GROUND_ORDER)}
    rows: list[Row] = []
    for index in sorted(range(len(table)), key=lambda index: (order.get(kinds[index], 1), index)):
        lift = PAINT_STEP * (1 + order.get(kinds[index], 1))
        rows.extend(laid_rows(outlines[index], ground_colour(kinds[index]), index, lift=lift, terrain=terrain, frame=frame))
    return rows


def ground_colour(kind: str) -> list[int]:
    """Colour of one kind of ground in the light."""
    colour = np.array(appearance.GROUND.get(kind, appearance.GROUND["other"]), dtype=np.float64)
    return [int(channel) for channel in appearance.shaded(colour, UPWARD)[0]]


def laid_rows(outline: BaseGeometry, colour: Sequence[int], index: int, *, lift: float, terrain: Terrain, frame: Frame) -> list[Row]:
    """Rows for one polygon laid on the ground, ``lift`` metres above it."""
    rows = []
    for rings in terrain.laid_down(outline):
        positions = [frame.positions(ring + np.array([0.0, 0.0, lift])).ravel().tolist() for ring in rings]
        rows.append(surface_row(positions, colour, index))
    return rows


def contact_rows(footprints: Iterable[BaseGeometry | None], terrain: Terrain, frame: Frame) -> list[Row]:
    """A soft shade around buildings, darkest at their feet: it shows where they meet the ground, it is no computed shadow."""
    standing = shapely.union_all([outline for outline in footprints if outline is not None and not outline.is_empty])
    if standing.is_empty:
        return []
    standing = shapely.simplify(standing, 0.05)
    around = shapely.difference(shapely.buffer(standing, CONTACT_REACH, quad_segs=2), standing)
    shapely.prepare(standing)
    rows = []
    for piece in polygons_of(around):
        for rings in terrain.laid_down(piece):
            xy = np.concatenate(rings)
            share = np.clip(1.0 - shapely.distance(shapely.points(xy[:, :2]), standing) / CONTACT_REACH, 0.0, 1.0)
            opacity = np.rint(CONTACT_OPACITY * share).astype(int).tolist()
            colour = [channel for alpha in opacity for channel in (*CONTACT_SHADE, alpha)]
            positions = [frame.positions(ring + np.array([0.0, 0.0, CONTACT_LIFT])).ravel().tolist() for ring in rings]
            rows.append(surface_row(positions, colour, 0))
    return rows
