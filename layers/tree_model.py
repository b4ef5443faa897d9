"""One small tree as a binary glTF, drawn many times: a trunk and a crown of few triangles that share their corners.

The light is baked in: every corner has a place on a ramp from the crown's shade to its light, and the colour runs from corner to corner,
so that a crown of 42 triangles looks round.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.glb import Primitive, binary_gltf
from wijktwin import appearance

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TRUNK_SIDES: Final = 3
TRUNK_RADIUS: Final = 0.045
"""Of a crown of diameter 1."""
CROWN_FOOT: Final = 0.22
"""Where the crown begins, as a share of the tree's height."""
CROWN_SIDES: Final = 7
CROWN_RINGS: Final = ((0.39, 0.17), (0.5, 0.47), (0.40, 0.83))
"""Rings of corners of the crown: radius, and height as a share of the crown's, from below to above."""
LUMPS: Final = 0.07
"""How far a corner may stand out or in, so that a crown is no turned piece of wood. Share of its distance to the middle."""
DEEPEST: Final = 0.13
"""How much darker the foot of a crown is than its top: little light comes below leaves."""
RAMP: Final = 64
"""Pixels of the ramp from shade to light."""


@cache
def tree_model() -> bytes:
    """The tree as GLB: z upward, crown diameter 1, height 1, standing on the origin."""
    crown, crown_faces = _crown()
    trunk, trunk_faces = _trunk()
    points = np.concatenate([trunk, crown])
    normals = np.concatenate([_outward(trunk, np.array([0.0, 0.0, np.nan])), _crown_normals(crown)])
    lit = appearance.light_on(normals).mean(axis=1)
    lit[len(trunk) :] *= 1.0 - DEEPEST * (1.0 - (crown[:, 2] - CROWN_FOOT) / (1.0 - CROWN_FOOT))
    own = np.repeat([0, 1], [len(trunk), len(crown)])
    darkest, lightest = (np.array([limit(lit[own == kind]) for kind in (0, 1)]) for limit in (np.min, np.max))
    share = (lit - darkest[own]) / (lightest - darkest)[own]
    uv = np.column_stack([(0.5 + share * (RAMP - 1)) / RAMP, (own + 0.5) / 2])
    palette = np.stack([_ramp(appearance.TRUNK, darkest[0], lightest[0]), _ramp(appearance.CROWN, darkest[1], lightest[1])])
    faces = np.concatenate([trunk_faces, crown_faces + len(trunk)])
    return binary_gltf(Primitive.TRIANGLES, {"POSITION": points, "NORMAL": normals, "TEXCOORD_0": uv}, faces, palette=palette)


def _ramp(colour: appearance.Colour, darkest: float, lightest: float) -> NDArray[np.uint8]:
    """A colour from the least light to the most, shape (pixels, 3): shade is a little bluer, light a little warmer."""
    light = np.linspace(darkest, lightest, RAMP)[:, None]
    warmth = np.linspace(-1.0, 1.0, RAMP)[:, None] * np.array([0.05, 0.01, -0.06])
    return np.asarray(np.clip(np.rint(np.array(colour, dtype=np.float64) * light * (1.0 + warmth)), 0, 255), dtype=np.uint8)


def _crown() -> tuple[FloatArray, IntArray]:
    """Corners, shape (n, 3), and triangles of a closed crown, shape (m, 3), seen from outside anticlockwise."""
    n, last = CROWN_SIDES, 1 + CROWN_SIDES * len(CROWN_RINGS)
    points = [(0.0, 0.0, 0.0)]
    for ring, (radius, height) in enumerate(CROWN_RINGS):
        for side in range(n):
            angle = 2 * np.pi * (side + 0.5 * (ring % 2)) / n
            out = 1.0 + LUMPS * np.sin(2.4 * side + 1.9 * ring) * (ring != 1)
            points.append((out * radius * np.cos(angle), out * radius * np.sin(angle), height + 0.4 * LUMPS * np.cos(3.1 * side + ring)))
    points.append((0.0, 0.0, 1.0))
    faces = [(0, 1 + (side + 1) % n, 1 + side) for side in range(n)]
    for ring in range(len(CROWN_RINGS) - 1):
        low, high = 1 + ring * n, 1 + (ring + 1) * n
        for side in range(n):
            following = (side + 1) % n
            if ring % 2:  # the ring above is turned back
                faces += [(low + side, low + following, high + following), (low + side, high + following, high + side)]
            else:
                faces += [(low + side, low + following, high + side), (low + following, high + following, high + side)]
    faces += [(last, last - n + side, last - n + (side + 1) % n) for side in range(n)]
    crown = np.array(points)
    crown[:, 2] = CROWN_FOOT + (1.0 - CROWN_FOOT) * crown[:, 2]
    return crown, np.array(faces)


def _crown_normals(crown: FloatArray) -> FloatArray:
    """Outward directions at the corners of a crown, as if it were an ellipsoid."""
    middle = np.array([0.0, 0.0, (1.0 + CROWN_FOOT) / 2])
    half = np.array([0.5, 0.5, (1.0 - CROWN_FOOT) / 2])
    return _outward((crown - middle) / half**2, np.zeros(3))


def _outward(points: FloatArray, middle: FloatArray) -> FloatArray:
    """Unit directions from a middle to points; from the axis where the middle has no height."""
    along = points - np.nan_to_num(middle)
    along[:, np.isnan(middle)] = 0.0
    return np.asarray(along / np.linalg.norm(along, axis=1, keepdims=True), dtype=np.float64)


def _trunk() -> tuple[FloatArray, IntArray]:
    """An open tube from the ground into the crown."""
    angle = 2 * np.pi * np.arange(TRUNK_SIDES) / TRUNK_SIDES
    x, y = TRUNK_RADIUS * np.cos(angle), TRUNK_RADIUS * np.sin(angle)
    points = np.concatenate([np.column_stack([x, y, np.full_like(x, height)]) for height in (-0.03, CROWN_FOOT + 0.12)])
    side = np.arange(TRUNK_SIDES)
    following = (side + 1) % TRUNK_SIDES
    first = np.column_stack([side, following, TRUNK_SIDES + following])
    second = np.column_stack([side, TRUNK_SIDES + following, TRUNK_SIDES + side])
    return points, np.concatenate([first, second])
