"""Where water meets its banks and where roads meet the kerb: thin lines along the edges that the ground of the data has."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.edges import lines_model
from layers.frame import Frame
from layers.ground import Outlines
from layers.terrain import Terrain
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]

LINED: Final[tuple[tuple[str, ...], ...]] = (("water",), ("carriageway", "parking"))
"""Kinds of ground that have a line around them; between kinds that are named together there is none."""
LIFT: Final = 0.20
"""How high above the bare ground a line lies: above every kind that it can run along. [m]"""
TOLERANCE: Final = 0.1
"""How far a line may lie from the edge that is drawn. [m]"""
SLIT: Final = 0.06
"""Half the width of a gap between two pieces that is none in the street. [m]"""
BEND: Final = 0.03
"""A line is cut where the ground below it bends more than this. [m]"""
STEPS: Final = 16
"""Lines of a pixel need not lie to the centimetre."""


def ground_edge_segments(neighbourhood: Neighbourhood, terrain: Terrain, outlines: Outlines) -> FloatArray:
    """Both ends of every line, shape (n, 2, 3), real coordinates. [m, m NAP]

    Parameters
    ----------
    outlines
        The ground as it is drawn, from `layers.ground.drawn_outlines`.
    """
    table = neighbourhood.ground_table
    if table is None or not len(table):
        return np.zeros((0, 2, 3))
    kinds = table["kind"].to_numpy()
    joined = [_closed(shapely.union_all(outlines[np.isin(kinds, together)])) for together in LINED]
    lines = [line for area in joined for line in shapely.get_parts(shapely.boundary(shapely.simplify(area, TOLERANCE)))]
    flat = [_laid(shapely.get_coordinates(line), terrain) for line in lines if not line.is_empty]
    return np.concatenate(flat) if flat else np.zeros((0, 2, 3))


def ground_edges_model(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame, outlines: Outlines) -> bytes:
    """The lines as one model in metres from the anchor of the frame; b"" where there are none."""
    segments = ground_edge_segments(neighbourhood, terrain, outlines)
    return lines_model(segments, frame, STEPS) if len(segments) else b""


def _closed(area: BaseGeometry) -> BaseGeometry:
    """Without the slits between pieces that hardly touch: no kerb crosses a road."""
    return shapely.buffer(shapely.buffer(area, SLIT, join_style="mitre"), -SLIT, join_style="mitre")


def _laid(corners: FloatArray, terrain: Terrain) -> FloatArray:
    """One line laid on the ground: its own corners, and more between two of them only where the ground bends there."""
    cut = shapely.get_coordinates(shapely.segmentize(shapely.LineString(corners), terrain.cell))
    height = terrain.at(cut)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(cut, axis=0), axis=1))])
    own = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    is_own = np.zeros(len(cut), dtype=bool)
    is_own[np.clip(np.searchsorted(along, own - 1e-6), 0, len(cut) - 1)] = True
    bends = np.abs(height - np.interp(along, along[is_own], height[is_own])) > BEND
    piece = np.cumsum(is_own)
    keep = is_own | np.isin(piece, piece[bends])
    points = np.column_stack([cut[keep], height[keep] + LIFT])
    return np.stack([points[:-1], points[1:]], axis=1)
