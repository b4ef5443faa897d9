"""A soft shade on the ground around buildings: it shows where they meet the ground, it is no computed shadow."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.encoding import Row, surface_row
from layers.frame import Frame
from layers.glb import Primitive, binary_gltf, shared
from layers.terrain import Terrain, polygons_of

FloatArray = NDArray[np.float64]

LIFT: Final = 0.30
"""[m]"""
REACH: Final = 2.2
"""How far from a facade the ground is a little darker. [m]"""
SHADE: Final = (62, 56, 52)
OPACITY: Final = 92
"""At the foot of a facade; from there it runs out to nothing."""
OUTLINE_TOLERANCE: Final = 0.15
"""How far the shaded outline may lie from the true one. [m]"""
LONGEST: Final = 20.0
"""A strip is cut in lengths of at most this, so that it follows the ground. [m]"""
OFFSET_STEPS: Final = 16
"""A soft shade need not lie to the centimetre."""
SHARPEST: Final = 1.6
"""How far a strip reaches at a corner, in times its width."""


def contact_strips(footprints: Iterable[BaseGeometry | None], terrain: Terrain) -> FloatArray:
    """Strips along the feet of buildings that stand together.

    Returns
    -------
    strips
        Corners of each strip, shape (n, 4, 3): along the facade, then back at a distance. [m, m NAP]
    """
    standing = shapely.union_all([outline for outline in footprints if outline is not None and not outline.is_empty])
    rings = [ring for polygon in polygons_of(shapely.simplify(standing, OUTLINE_TOLERANCE)) for ring in _rings(polygon)]
    if not rings:
        return np.zeros((0, 4, 3))
    flat = np.concatenate([_strips(ring) for ring in rings])
    heights = terrain.at(flat.reshape(-1, 2)).reshape(-1, 4, 1) + LIFT
    return np.concatenate([flat, heights], axis=2)


def contact_rows(footprints: Iterable[BaseGeometry | None], terrain: Terrain, frame: Frame) -> list[Row]:
    """The strips as rows: for a few buildings that come at once with something else."""
    strips = contact_strips(footprints, terrain)
    colours = [*SHADE, OPACITY] * 2 + [*SHADE, 0] * 2
    return [surface_row([frame.positions(strip).ravel().tolist()], colours, 0) for strip in strips]


def contact_model(footprints: Iterable[BaseGeometry | None], terrain: Terrain, frame: Frame) -> bytes:
    """The strips of many buildings as one model in metres from the anchor of the frame; b"" where nothing stands."""
    strips = contact_strips(footprints, terrain)
    if not len(strips):
        return b""
    ramp = np.zeros((2, 64, 4), dtype=np.uint8)
    ramp[..., :3] = SHADE
    ramp[..., 3] = np.rint(np.linspace(OPACITY, 0.0, 64))
    across = np.tile([0.5 / 64, 0.5 / 64, 63.5 / 64, 63.5 / 64], len(strips))
    vertices = np.column_stack([frame.offsets(strips.reshape(-1, 3), OFFSET_STEPS), across])
    unique, place = shared(vertices)
    faces = place.reshape(-1, 4)[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    uv = np.column_stack([unique[:, 3], np.full(len(unique), 0.5)])
    up = np.tile([0.0, 0.0, 1.0], (len(unique), 1))
    return binary_gltf(Primitive.TRIANGLES, {"POSITION": unique[:, :3], "NORMAL": up, "TEXCOORD_0": uv}, faces, palette=ramp)


def _rings(polygon: shapely.Polygon) -> list[FloatArray]:
    """Closed rings with the polygon on their left."""
    turned = shapely.orient_polygons(polygon)
    return [shapely.get_coordinates(ring) for ring in (turned.exterior, *turned.interiors)]


def _strips(ring: FloatArray) -> FloatArray:
    """Strips along one ring, seen from above anticlockwise, shape (n, 4, 2)."""
    along = np.diff(ring, axis=0)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    outward = np.column_stack([along[:, 1], -along[:, 0]]) / np.maximum(length, 1e-9)
    both = outward + np.roll(outward, 1, axis=0)
    reach = REACH * np.minimum(2.0 / np.maximum((both**2).sum(axis=1, keepdims=True), 1e-9), SHARPEST)
    aside = ring[:-1] + reach * both
    outer = np.concatenate([aside, aside[:1]])
    found = []
    for (start, end), (far_start, far_end) in zip(pairwise(ring), pairwise(outer), strict=True):
        n = max(1, int(np.ceil(np.linalg.norm(end - start) / LONGEST)))
        share = np.linspace(0.0, 1.0, n + 1)[:, None]
        near, far = start + share * (end - start), far_start + share * (far_end - far_start)
        found.append(np.stack([near[1:], near[:-1], far[:-1], far[1:]], axis=1))
    return np.concatenate(found)
