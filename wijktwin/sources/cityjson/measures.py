"""Normals, flatness, edges and volumes of many surfaces, compiled: one pass over their corners."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.compiled import compiled

_MIX: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0xD6E8FEB86659FD93))


def ring_normals(corner: FloatArray, ring_start: IndexArray) -> FloatArray:
    """Newell's normal of each ring, shape (r, 3): twice its area long, towards the side from which it runs counter-clockwise. [m²]

    Sum of the cross products of neighbouring corners, taken from the ring's first corner so that large coordinates do not
    cancel (M. E. Newell; I. Sutherland, R. Sproull, R. Schumacker, "A characterization of ten hidden-surface algorithms", ACM
    Computing Surveys 6 (1974), doi:10.1145/356625.356626).

    Parameters
    ----------
    corner
        Corners of all rings back to back, shape (k, 3). [m]
    ring_start
        First corner of each ring, and k, shape (r + 1,).
    """
    normal = np.zeros((len(ring_start) - 1, 3))
    _ring_normals(corner, ring_start, normal)
    return normal


@compiled
def _ring_normals(corner: FloatArray, ring_start: IndexArray, normal: FloatArray) -> None:
    for ring in range(ring_start.size - 1):
        lo, hi = ring_start[ring], ring_start[ring + 1]
        x0, y0, z0 = corner[lo, 0], corner[lo, 1], corner[lo, 2]
        nx = ny = nz = 0.0
        ax, ay, az = corner[hi - 1, 0] - x0, corner[hi - 1, 1] - y0, corner[hi - 1, 2] - z0
        for i in range(lo, hi):
            bx, by, bz = corner[i, 0] - x0, corner[i, 1] - y0, corner[i, 2] - z0
            nx += ay * bz - az * by
            ny += az * bx - ax * bz
            nz += ax * by - ay * bx
            ax, ay, az = bx, by, bz
        normal[ring, 0], normal[ring, 1], normal[ring, 2] = nx, ny, nz


def flatness(corner: FloatArray, surface_corner: IndexArray, normal: FloatArray) -> FloatArray:
    """How far a corner of each surface lies from its plane: half the spread along its normal, shape (s,). [m]

    Parameters
    ----------
    surface_corner
        First corner of each surface, and k, shape (s + 1,).
    normal
        Normal of each surface, of any length, shape (s, 3).
    """
    found = np.zeros(len(normal))
    _flatness(corner, surface_corner, normal, found)
    return found


@compiled
def _flatness(corner: FloatArray, surface_corner: IndexArray, normal: FloatArray, found: FloatArray) -> None:
    for surface in range(found.size):
        nx, ny, nz = normal[surface, 0], normal[surface, 1], normal[surface, 2]
        length = np.sqrt(nx * nx + ny * ny + nz * nz)
        if length > 0.0:
            lo = surface_corner[surface]
            x0, y0, z0 = corner[lo, 0], corner[lo, 1], corner[lo, 2]
            lowest = highest = 0.0
            for i in range(lo + 1, surface_corner[surface + 1]):
                away = nx * (corner[i, 0] - x0) + ny * (corner[i, 1] - y0) + nz * (corner[i, 2] - z0)
                lowest, highest = min(lowest, away), max(highest, away)
            found[surface] = (highest - lowest) / (2.0 * length)


class ShellMeasures(NamedTuple):
    """One value per shell, shape (h,)."""

    edge_sum: NDArray[np.uint64]
    """0 where every edge is used as often in one direction as in the other (and by a chance of about 2⁻⁶⁴ elsewhere)."""
    volume: FloatArray
    """Signed volume by the divergence theorem, from the middle of the shell's corners. [m³]"""
    lowest: FloatArray
    """Height of the lowest corner. [m]"""
    highest: FloatArray
    """Height of the highest corner. [m]"""


def shell_measures(
    corner: FloatArray,
    place: IndexArray,
    *,
    ring_start: IndexArray,
    shell_ring: IndexArray,
    triangles: IndexArray,
    shell_triangle: IndexArray,
) -> ShellMeasures:
    """Edges, volume and heights of each shell.

    Parameters
    ----------
    corner, place
        Coordinates of each corner [m], and a number that is the same where the place is, shape (k, 3) and (k,).
    ring_start
        First corner of each ring, and k, shape (r + 1,).
    shell_ring
        First ring of each shell, and r, shape (h + 1,).
    triangles
        Corners of each triangle, shape (m, 3).
    shell_triangle
        First triangle of each shell, and m, shape (h + 1,).
    """
    n_shells = len(shell_ring) - 1
    edge_sum = np.zeros(n_shells, dtype=np.uint64)
    volume, lowest, highest = np.zeros(n_shells), np.full(n_shells, np.inf), np.full(n_shells, -np.inf)
    _shells(corner, place, ring_start, shell_ring, triangles, shell_triangle, edge_sum, volume, lowest, highest)
    return ShellMeasures(edge_sum, volume, lowest, highest)


@compiled
def _mixed(a: np.uint64, b: np.uint64) -> np.uint64:
    """Two numbers mixed into one, the order mattering."""
    mixed = a * _MIX[0]
    mixed ^= mixed >> np.uint64(32)
    mixed += b * _MIX[1]
    mixed *= _MIX[2]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX[1]
    return mixed ^ (mixed >> np.uint64(32))


@compiled
def _shells(  # noqa: PLR0917 - compiled functions take no keywords
    corner: FloatArray,
    place: IndexArray,
    ring_start: IndexArray,
    shell_ring: IndexArray,
    triangles: IndexArray,
    shell_triangle: IndexArray,
    edge_sum: NDArray[np.uint64],
    volume: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
) -> None:
    for shell in range(edge_sum.size):
        first, last = ring_start[shell_ring[shell]], ring_start[shell_ring[shell + 1]]
        if first == last:
            continue
        x = y = z = 0.0
        for i in range(first, last):
            x, y, z = x + corner[i, 0], y + corner[i, 1], z + corner[i, 2]
            lowest[shell], highest[shell] = min(lowest[shell], corner[i, 2]), max(highest[shell], corner[i, 2])
        n = last - first
        x, y, z = x / n, y / n, z / n
        total = np.uint64(0)
        for ring in range(shell_ring[shell], shell_ring[shell + 1]):
            lo, hi = ring_start[ring], ring_start[ring + 1]
            a = np.uint64(place[hi - 1])
            for i in range(lo, hi):
                b = np.uint64(place[i])
                total += _mixed(a, b) - _mixed(b, a)
                a = b
        edge_sum[shell] = total
        held = 0.0
        for t in range(shell_triangle[shell], shell_triangle[shell + 1]):
            i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            ax, ay, az = corner[i, 0] - x, corner[i, 1] - y, corner[i, 2] - z
            bx, by, bz = corner[j, 0] - x, corner[j, 1] - y, corner[j, 2] - z
            cx, cy, cz = corner[k, 0] - x, corner[k, 1] - y, corner[k, 2] - z
            held += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
        volume[shell] = held / 6.0
