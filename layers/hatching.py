"""Slanting strokes over the faces of a volume: how what people can still choose is told from what is fixed, without colour."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString

from wijktwin.model.mesh import Mesh

FloatArray = NDArray[np.float64]

SPACING: Final = 5.0
"""Between two strokes, across them. [m]"""
FINEST: Final = 0.75
"""Strokes stand closer on a face that is too small for two of them, but never closer than this. [m]"""
GAP: Final = 0.1
"""How far before a face its strokes are drawn, so that the face does not hide them. [m]"""
SHORTEST: Final = 0.05
"""[m]"""
UPRIGHT: Final = np.array([0.0, 0.0, 1.0])


def hatching(mesh: Mesh) -> FloatArray:
    """Strokes at 45° over every face that is not seen from below.

    Returns
    -------
    segments
        Both ends of each stroke, shape (n, 2, 3), from the mesh's origin. [m]
    """
    found = [_face(mesh.surface_rings(surface), normal) for surface, normal in enumerate(mesh.surface_normals()) if _is_seen(normal)]
    return np.concatenate(found) if found else np.zeros((0, 2, 3))


def _is_seen(normal: FloatArray) -> bool:
    """Whether a face has an area, and does not look down."""
    return bool(normal.any() and normal[2] > -0.5)


def _face(rings: list[FloatArray], normal: FloatArray) -> FloatArray:
    """The strokes over one flat face."""
    across = np.cross(UPRIGHT, normal)
    length = float(np.linalg.norm(across))
    across = across / length if length > 1e-3 else np.array([1.0, 0.0, 0.0])
    upward = np.cross(normal, across)
    plane = np.stack([across, upward])
    start = rings[0][0]
    flat = [(ring - start) @ plane.T for ring in rings]
    face = shapely.make_valid(shapely.Polygon(flat[0], flat[1:]))
    segments = _straight(shapely.intersection(face, _strokes(face.bounds)))
    return np.asarray(start + segments @ plane + normal * GAP, dtype=np.float64)


def _strokes(bounds: tuple[float, float, float, float]) -> MultiLineString:
    """Parallel lines at 45° over a box."""
    west, south, east, north = bounds
    step = math.sqrt(2.0) * max(FINEST, min(SPACING, (east - west) / 3, (north - south) / 3))
    starts = np.arange(west - (north - south) + step / 2, east, step)
    height = north - south
    return shapely.multilinestrings([[(start, south), (start + height, north)] for start in starts])


def _straight(geometry: shapely.geometry.base.BaseGeometry) -> FloatArray:
    """The straight pieces of an intersection, shape (n, 2, 2)."""
    lines = [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString" and part.length > SHORTEST]
    return np.array([shapely.get_coordinates(line)[[0, -1]] for line in lines]).reshape(-1, 2, 2)
