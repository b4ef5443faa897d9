"""Ear cutting of faces without holes, compiled: thousands of small faces in one call."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.compiled import compiled

FLAT_TURN: Final = 1e-10
"""Corners that turn less than this share of their face's area count as straight."""


def cut_ears(corner: FloatArray, start: IndexArray, size: IndexArray, normal: FloatArray) -> tuple[IndexArray, NDArray[np.bool_]]:
    """Triangles of faces without holes, in the direction of their normal.

    Corner after corner whose triangle holds no other corner is cut off (G. H. Meisters, "Polygons have ears", American
    Mathematical Monthly 82 (1975), doi:10.2307/2319703). Straight corners are never cut off themselves, so neighbouring faces
    keep sharing all their corners and no triangle is without area.

    Parameters
    ----------
    corner
        Corners of all rings, shape (k, 3). [m]
    start, size
        First corner and number of corners of each face, shape (f,).
    normal
        Newell's normal of each face, not zero, shape (f, 3).

    Returns
    -------
    triangles
        Positions in ``corner``, shape (sum(size - 2), 3): those of one face next to each other, in order of the faces.
    is_cut
        Faces that were cut wholly, shape (f,); the triangles of the others mean nothing.
    """
    triangles = np.zeros((int(np.maximum(size - 2, 0).sum()), 3), dtype=np.int64)
    is_cut = np.zeros(len(start), dtype=np.bool_)
    if len(start):
        longest = int(size.max())
        scratch = np.zeros((2, longest), dtype=np.int64)
        flat = np.zeros((2, longest), dtype=np.float64)
        _cut_all(corner, start, size, normal, triangles, is_cut, scratch, flat)
    return triangles, is_cut


@compiled
def _cut_all(
    corner: FloatArray,
    start: IndexArray,
    size: IndexArray,
    normal: FloatArray,
    triangles: IndexArray,
    is_cut: NDArray[np.bool_],
    scratch: IndexArray,
    flat: FloatArray,
) -> None:
    """Every face in turn; seen along the axis in which its normal is longest, mirrored where that turns it round."""
    before, after, u, v = scratch[0], scratch[1], flat[0], flat[1]
    written = np.int64(0)
    for face in range(start.size):
        n, first = size[face], start[face]
        if n < 3:
            continue
        x, y, z = abs(normal[face, 0]), abs(normal[face, 1]), abs(normal[face, 2])
        axis = 0 if x >= y and x >= z else (1 if y >= z else 2)
        p, q = (axis + 1) % 3, (axis + 2) % 3
        if normal[face, axis] < 0.0:
            p, q = q, p
        u0, v0 = corner[first, p], corner[first, q]
        for i in range(n):
            u[i], v[i] = corner[first + i, p] - u0, corner[first + i, q] - v0
            before[i], after[i] = i - 1, i + 1
        before[0], after[n - 1] = n - 1, 0
        smallest = FLAT_TURN * (x + y + z)
        is_cut[face] = _cut_one(u, v, before, after, n, first, smallest, triangles, written)
        written += n - 2


@compiled
def _cut_one(
    u: FloatArray,
    v: FloatArray,
    before: IndexArray,
    after: IndexArray,
    n: np.int64,
    first: np.int64,
    smallest: float,
    triangles: IndexArray,
    row: np.int64,
) -> bool:
    """Cut one face; False where no ear is found, as in rings that cross themselves."""
    zero = np.int64(0)
    left, here, tried = n, zero, zero
    while left > 3:
        a, c = before[here], after[here]
        if _is_ear(u, v, after, a, here, c, smallest):
            triangles[row, 0], triangles[row, 1], triangles[row, 2] = first + a, first + here, first + c
            row += 1
            after[a], before[c] = c, a
            left -= 1
            tried = zero
            here = after[c]  # not the next one: fewer slivers
        else:
            tried += 1
            if tried >= left:
                return False
            here = c
    a, c = before[here], after[here]
    triangles[row, 0], triangles[row, 1], triangles[row, 2] = first + a, first + here, first + c
    turn: float = (u[here] - u[a]) * (v[c] - v[a]) - (v[here] - v[a]) * (u[c] - u[a])
    return turn > smallest


@compiled
def _is_ear(u: FloatArray, v: FloatArray, after: IndexArray, a: np.int64, b: np.int64, c: np.int64, smallest: float) -> bool:
    """Whether a corner turns left and no other corner that is left lies in or on its triangle."""
    au, av, bu, bv, cu, cv = u[a], v[a], u[b], v[b], u[c], v[c]
    if not (bu - au) * (cv - av) - (bv - av) * (cu - au) > smallest:
        return False
    k = after[c]
    while k != a:
        pu, pv = u[k], v[k]
        if (
            (bu - au) * (pv - av) - (bv - av) * (pu - au) >= -smallest
            and (cu - bu) * (pv - bv) - (cv - bv) * (pu - bu) >= -smallest
            and (au - cu) * (pv - cv) - (av - cv) * (pu - cu) >= -smallest
        ):
            return False
        k = after[k]
    return True
