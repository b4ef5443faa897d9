"""One small tree as a binary glTF, drawn many times: a trunk and a crown of few triangles that share their corners.

The light is baked in: every corner has a place on a ramp from the crown's shade to its light, and the colour runs from corner to corner,
so that a crown of 42 triangles looks round. Where a tree is a few pixels high, a simpler one looks the same.
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

TRUNK, FOOT, CROWN = range(3)
"""What a tree is made of, in this order."""
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
LEAVES: Final = 32
"""Pixels across the ramp, around half a crown and back: clumps of leaves, a little darker or lighter than the ramp."""
FIRST_LEAVES: Final = 4
"""Rows of the picture before those of the crown: two of bark, two of the shade at the foot."""
CLUMPS: Final = 0.17
"""How far a clump may differ from its surroundings, as a share of its light."""
CLUMP_CELLS: Final = (9, 8)
"""Clumps around half a crown, and from its shade to its light."""
CLUMP_SEED: Final = 12
FOOT_SIDES: Final = 5
FOOT_RADIUS: Final = 0.36
"""How far the soft shade at the foot reaches, of a crown of diameter 1. It shows where a tree stands, it is no computed shadow."""
FOOT_HEIGHT: Final = 0.024
"""How high it lies, as a share of the tree's height: above the ground as it is drawn."""
FOOT_SHADE: Final = (44, 58, 42)
FOOT_OPACITY: Final = 130
"""At the trunk; from there it runs out to nothing."""
FAR_SIDES: Final = 4
FAR_RINGS: Final = ((0.50, 0.20), (0.50, 0.80))
"""Idem `CROWN_RINGS` for a tree of a few pixels. It is seen from above: its crown has no underside, and its foot no shade."""
FAR_LIGHT: Final = 1.055
"""Few large faces show less of the light than many small ones: so much lighter their corners are."""


@cache
def tree_model() -> bytes:
    """The tree as GLB: z upward, crown diameter 1, height 1, standing on the origin."""
    parts = [_trunk(), _foot(), _crown()]
    sizes = [len(points) for points, _ in parts]
    trunk, foot, crown = (points for points, _ in parts)
    own = np.repeat([TRUNK, FOOT, CROWN], sizes)
    points = np.concatenate([trunk, foot, crown])
    faces = np.concatenate([faces + first for (_, faces), first in zip(parts, np.cumsum([0, *sizes[:-1]]), strict=True)])
    normals = np.concatenate(
        [_outward(trunk, np.array([0.0, 0.0, np.nan])), np.tile([0.0, 0.0, 1.0], (len(foot), 1)), _crown_normals(crown)]
    )
    lit = appearance.light_on(normals).mean(axis=1)
    lit[own == CROWN] *= 1.0 - DEEPEST * (1.0 - (crown[:, 2] - CROWN_FOOT) / (1.0 - CROWN_FOOT))
    lit[own == FOOT] = np.linalg.norm(foot[:, :2], axis=1) / FOOT_RADIUS  # along its own ramp: from the trunk outward
    darkest, lightest = (np.array([limit(lit[own == kind]) for kind in (TRUNK, FOOT, CROWN)]) for limit in (np.min, np.max))
    share = (lit - darkest[own]) / (lightest - darkest)[own]
    around = np.abs(np.arctan2(points[:, 1], points[:, 0])) / np.pi  # there and back, so that it has no seam
    row = np.choose(own, [np.full_like(around, 0.5), np.full_like(around, 2.5), FIRST_LEAVES + around * (LEAVES - 1)])
    uv = np.column_stack([(0.5 + share * (RAMP - 1)) / RAMP, (row + 0.5) / (FIRST_LEAVES + LEAVES)])
    bark = _ramp(appearance.TRUNK, darkest[TRUNK], lightest[TRUNK])
    leaves = _leaves(_ramp(appearance.CROWN, darkest[CROWN], lightest[CROWN]))
    palette = np.full((FIRST_LEAVES + LEAVES, RAMP, 4), 255, dtype=np.uint8)
    palette[:2, :, :3], palette[FIRST_LEAVES:, :, :3] = bark, leaves
    palette[2:4] = np.column_stack([np.tile(FOOT_SHADE, (RAMP, 1)), np.rint(np.linspace(FOOT_OPACITY, 0, RAMP))])
    return binary_gltf(Primitive.TRIANGLES, {"POSITION": points, "NORMAL": normals, "TEXCOORD_0": uv}, faces, palette=palette)


@cache
def far_tree_model() -> bytes:
    """The tree as it is drawn where it is a few pixels high, in the colours of `tree_model`: 15 triangles in the place of 53."""
    angle = 2 * np.pi * (np.arange(2 * FAR_SIDES) % FAR_SIDES + 0.5 * (np.arange(2 * FAR_SIDES) // FAR_SIDES)) / FAR_SIDES
    radius, height = np.repeat(FAR_RINGS, FAR_SIDES, axis=0).T
    crown = np.concatenate([np.column_stack([radius * np.cos(angle), radius * np.sin(angle), height]), [[0.0, 0.0, 1.0]]])
    crown[:, 2] = CROWN_FOOT + (1.0 - CROWN_FOOT) * crown[:, 2]
    n, side = FAR_SIDES, np.arange(FAR_SIDES)
    following = (side + 1) % n
    sides = [np.column_stack(corners) for corners in ((side, following, n + side), (following, n + following, n + side))]
    faces = np.concatenate([*sides, np.column_stack([n + side, n + following, np.full(n, 2 * n)])])
    trunk = np.concatenate([_trunk()[0][:TRUNK_SIDES], [[0.0, 0.0, CROWN_FOOT + 0.12]]])
    spike = np.array([(corner, (corner + 1) % TRUNK_SIDES, TRUNK_SIDES) for corner in range(TRUNK_SIDES)])
    lit = (
        FAR_LIGHT
        * appearance.light_on(_crown_normals(crown)).mean(axis=1)
        * (1.0 - DEEPEST * (crown[-1, 2] - crown[:, 2]) / (1.0 - CROWN_FOOT))
    )
    bark = appearance.light_on(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])).mean()
    share = np.concatenate([np.full(len(trunk), 0.5), (lit - lit.min()) / (lit.max() - lit.min())])
    uv = np.column_stack([(0.5 + share * (RAMP - 1)) / RAMP, np.repeat([0.25, 0.75], [len(trunk), len(crown)])])
    palette = np.full((4, RAMP, 4), 255, dtype=np.uint8)
    palette[:2, :, :3], palette[2:, :, :3] = _ramp(appearance.TRUNK, bark, bark), _ramp(appearance.CROWN, lit.min(), lit.max())
    points, up = np.concatenate([trunk, crown]), np.tile([0.0, 0.0, 1.0], (len(trunk) + len(crown), 1))
    return binary_gltf(
        Primitive.TRIANGLES,
        {"POSITION": points, "NORMAL": up, "TEXCOORD_0": uv},
        np.concatenate([spike, faces + len(trunk)]),
        palette=palette,
    )


def _foot() -> tuple[FloatArray, IntArray]:
    """A flat disc around the trunk."""
    angle = 2 * np.pi * np.arange(FOOT_SIDES) / FOOT_SIDES
    rim = FOOT_RADIUS * np.column_stack([np.cos(angle), np.sin(angle)])
    side = np.arange(FOOT_SIDES)
    faces = np.column_stack([np.zeros(FOOT_SIDES, dtype=np.int64), 1 + side, 1 + (side + 1) % FOOT_SIDES])
    return np.column_stack([np.concatenate([np.zeros((1, 2)), rim]), np.full(FOOT_SIDES + 1, FOOT_HEIGHT)]), faces


def _ramp(colour: appearance.Colour, darkest: float, lightest: float) -> NDArray[np.uint8]:
    """A colour from the least light to the most, shape (pixels, 3): shade is a little bluer, light a little warmer."""
    light = np.linspace(darkest, lightest, RAMP)[:, None]
    warmth = np.linspace(-1.0, 1.0, RAMP)[:, None] * np.array([0.05, 0.01, -0.06])
    return np.asarray(np.clip(np.rint(np.array(colour, dtype=np.float64) * light * (1.0 + warmth)), 0, 255), dtype=np.uint8)


def _leaves(ramp: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ramp of a crown many times, lighter and darker in clumps, shape (`LEAVES`, `RAMP`, 3)."""
    clumps = np.random.default_rng(CLUMP_SEED).uniform(-1.0, 1.0, CLUMP_CELLS)
    rows, columns = (np.linspace(0.0, n - 1.0, m) for n, m in zip(CLUMP_CELLS, (LEAVES, RAMP), strict=True))
    along = np.stack([np.interp(columns, np.arange(CLUMP_CELLS[1]), row) for row in clumps])
    both = np.stack([np.interp(rows, np.arange(CLUMP_CELLS[0]), column) for column in along.T], axis=1)
    return np.asarray(np.clip(np.rint(ramp[None] * (1.0 + CLUMPS * both[..., None])), 0, 255), dtype=np.uint8)


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
