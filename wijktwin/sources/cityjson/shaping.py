"""The chosen geometries of many buildings, made into surfaces and triangles and looked over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.model.mesh import BoolArray, ByteArray, FloatArray, SurfaceKind
from wijktwin.sources.cityjson.boundaries import FlatBoundaries, IndexArray
from wijktwin.sources.cityjson.shells import examine_shells
from wijktwin.sources.cityjson.surfaces import Surfaces, flatness, sums, surfaces_of
from wijktwin.sources.cityjson.triangulation import triangulate

FLATTEST: Final = 0.01
"""A building lower than this is no building but an outline. [m]"""
MAX_COORDINATE: Final = 1e8
"""Larger than twice round the earth: no place in any projected CRS. [m]"""
PLANARITY: Final = 0.01
"""How far a corner may lie from the plane of its face: val3dity's own default. [m]"""
STEEPEST_ROOF: Final = 0.1
"""Upward part of a unit normal below which a face counts as a wall (84° and steeper)."""
FLUX_AGREEMENT: Final = 0.01
"""Surfaces with open edges hold a volume when the volumes from their three directions agree this well."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Geometry of some buildings, one round of choosing. Rows are those of the chunk.

    Parameters
    ----------
    surfaces
        With their rings as the file has them.
    triangles, triangle_surface
        Positions in ``surfaces.corner`` and surface of each triangle.
    surface_row
        Building of each surface, shape (s,), ascending.
    turned
        Surfaces that are to be turned round, shape (s,).
    kind
        A `SurfaceKind` per surface, told from its direction where the file does not say, shape (s,).
    volume
        Per row; NaN for surfaces that do not close, shape (n,). [m³]
    lowest, highest
        Height of the lowest and highest corner per row, NaN where there is none, shape (n,). [m, vertical datum of the file]
    is_usable
        Whether there is anything to draw, shape (n,).
    is_flat
        Whether it has surfaces but no height, shape (n,).
    is_solid
        Whether it says that it is closed, shape (n,).
    codes
        Our own findings per row that has any, as val3dity numbers.
    is_turned, is_told
        Whether faces were turned; whether the kind of its surfaces was told from their direction, shape (n,).
    """

    surfaces: Surfaces
    triangles: IndexArray
    triangle_surface: IndexArray
    surface_row: IndexArray
    turned: BoolArray
    kind: ByteArray
    volume: FloatArray
    lowest: FloatArray
    highest: FloatArray
    is_usable: BoolArray
    is_flat: BoolArray
    is_solid: BoolArray
    codes: dict[int, tuple[str, ...]]
    is_turned: BoolArray
    is_told: BoolArray


def shape_of(flat: FlatBoundaries, coordinates: FloatArray, n_rows: int) -> Shape:
    """Everything that can be told of the geometry of some buildings.

    Parameters
    ----------
    flat
        Chosen geometries; ``shell_owner`` is the building's row.
    coordinates
        Of all vertices, shape (n, 3). [m from origin]
    n_rows
        How many buildings there are, also those without geometry here.
    """
    sane = (np.abs(coordinates) < MAX_COORDINATE).all(axis=1)
    wild = np.zeros(n_rows, dtype=bool)
    if not sane.all():
        corner_owner = np.repeat(np.repeat(flat.shell_owner, flat.shell_sizes), flat.surface_sizes)
        wild[np.repeat(corner_owner, flat.ring_sizes)[~sane[flat.indices]]] = True
        coordinates = np.where(sane[:, None], coordinates, 0.0)
    surfaces = surfaces_of(flat, coordinates)
    triangles, triangle_surface = triangulate(surfaces)
    shells = examine_shells(surfaces, triangles, triangle_surface, flat)
    surface_row = flat.shell_owner[surfaces.shell_of]
    is_solid = np.zeros(n_rows, dtype=bool)
    is_solid[flat.shell_owner[flat.shell_is_solid]] = True
    lowest, highest = _heights(surfaces, surface_row, n_rows)
    has_area = np.bincount(surface_row[triangle_surface], minlength=n_rows) > 0
    is_flat = has_area & ~(highest - lowest >= FLATTEST)
    closed_row = np.bincount(flat.shell_owner[~shells.is_closed], minlength=n_rows) == 0
    volume = sums(flat.shell_owner, shells.volume, n_rows)
    open_rows = np.flatnonzero(~closed_row)
    if len(open_rows):
        volume[open_rows] = _flux_volumes(surfaces, triangles, triangle_surface, surface_row, n_rows)[open_rows]
    kind, is_told = _kinds(surfaces, surface_row, shells.turned, lowest, closed_row)
    return Shape(
        surfaces=surfaces,
        triangles=triangles,
        triangle_surface=triangle_surface,
        surface_row=surface_row,
        turned=shells.turned,
        kind=kind,
        volume=volume,
        lowest=lowest,
        highest=highest,
        is_usable=has_area & ~is_flat & ~wild,
        is_flat=is_flat & ~wild,
        is_solid=is_solid,
        codes=_codes(surfaces, surface_row, flat, shells.is_closed),
        is_turned=np.bincount(surface_row[shells.turned], minlength=n_rows) > 0,
        is_told=is_told,
    )


def _heights(surfaces: Surfaces, surface_row: IndexArray, n_rows: int) -> tuple[FloatArray, FloatArray]:
    lowest, highest = np.full(n_rows, np.nan), np.full(n_rows, np.nan)
    if len(surface_row):
        first_surface = np.flatnonzero(np.diff(surface_row, prepend=-1))
        first_corner = surfaces.ring_start[surfaces.surface_start[first_surface]]
        rows = surface_row[first_surface]
        lowest[rows] = np.minimum.reduceat(surfaces.corner[:, 2], first_corner)
        highest[rows] = np.maximum.reduceat(surfaces.corner[:, 2], first_corner)
    return lowest, highest


def _flux_volumes(
    surfaces: Surfaces, triangles: IndexArray, triangle_surface: IndexArray, surface_row: IndexArray, n_rows: int
) -> FloatArray:
    """Volume of surfaces with open edges where they close for all that matters, else NaN. [m³]

    By the divergence theorem the fluxes of (x, 0, 0), (0, y, 0) and (0, 0, z) through a closed surface all equal its volume,
    also where neighbouring faces do not share their corners. A missing wall or floor makes them differ.
    """
    corners = surfaces.corner[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    row = surface_row[triangle_surface]
    middle = corners.mean(axis=1)
    count = np.maximum(np.bincount(row, minlength=n_rows), 1)
    fluxes = np.empty((3, n_rows))
    for axis in range(3):
        centre = sums(row, middle[:, axis], n_rows) / count
        fluxes[axis] = sums(row, (middle[:, axis] - centre[row]) * cross[:, axis] / 2.0, n_rows)
    mean = fluxes.mean(axis=0)
    spread = fluxes.max(axis=0) - fluxes.min(axis=0)
    return np.where((mean > 0) & (spread <= FLUX_AGREEMENT * np.abs(mean)), mean, np.nan)


def _kinds(
    surfaces: Surfaces, surface_row: IndexArray, turned: BoolArray, lowest: FloatArray, closed_row: BoolArray
) -> tuple[ByteArray, BoolArray]:
    """Surface kinds; where a building says nothing of any of its surfaces, told from their direction and height."""
    n_rows = len(lowest)
    said = np.bincount(surface_row[surfaces.kind != SurfaceKind.UNKNOWN], minlength=n_rows) > 0
    is_told = ~said & (np.bincount(surface_row, minlength=n_rows) > 0)
    silent = np.flatnonzero(is_told[surface_row])
    if not len(silent):
        return surfaces.kind, is_told
    kind = surfaces.kind.copy()
    normal = surfaces.normal[silent] * np.where(turned[silent], -1.0, 1.0)[:, None]
    up = np.divide(normal[:, 2], np.linalg.norm(normal, axis=1), out=np.zeros(len(silent)), where=(normal != 0).any(axis=1))
    first = surfaces.ring_start[surfaces.surface_start[silent]]
    at_bottom = surfaces.corner[first, 2] <= lowest[surface_row[silent]] + FLATTEST
    looks_down = np.where(closed_row[surface_row[silent]], up < 0, at_bottom)
    told = np.where(looks_down, np.where(at_bottom, SurfaceKind.GROUND, SurfaceKind.OUTER_CEILING), SurfaceKind.ROOF)
    kind[silent] = np.where(np.abs(up) < STEEPEST_ROOF, SurfaceKind.WALL, told)
    return kind, is_told


def _codes(surfaces: Surfaces, surface_row: IndexArray, flat: FlatBoundaries, is_closed: BoolArray) -> dict[int, tuple[str, ...]]:
    """What we ourselves find wrong, per row, as val3dity numbers: 101 too few points, 203 not flat, 302 shell not closed."""
    found: dict[int, set[str]] = {}
    for code, rows in (
        ("101", flat.shell_owner[surfaces.n_dropped > 0]),
        ("203", surface_row[flatness(surfaces) > PLANARITY]),
        ("302", flat.shell_owner[flat.shell_is_solid & ~is_closed]),
    ):
        for row in np.unique(rows).tolist():
            found.setdefault(row, set()).add(code)
    return {row: tuple(sorted(codes)) for row, codes in found.items()}
