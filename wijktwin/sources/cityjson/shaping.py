"""The chosen geometries of many buildings, made into surfaces and triangles and looked over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.model.mesh import BoolArray, ByteArray, FloatArray, SurfaceKind
from wijktwin.sources.cityjson.boundaries import FlatBoundaries
from wijktwin.sources.cityjson.measures import flatness
from wijktwin.sources.cityjson.open_volumes import open_volumes
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.cityjson.shells import Shells, examine_shells
from wijktwin.sources.cityjson.surfaces import Surfaces, sums, surfaces_of
from wijktwin.sources.cityjson.triangulation import crossing, triangulate

FLATTEST: Final = 0.01
"""A building lower than this is no building but an outline. [m]"""
MAX_COORDINATE: Final = 1e8
"""Larger than twice round the earth: no place in any projected CRS. [m]"""
PLANARITY: Final = 0.01
"""How far a corner may lie from the plane of its face: val3dity's own default. [m]"""
STEEPEST_ROOF: Final = 0.1
"""Upward part of a unit normal below which a face counts as a wall (84° and steeper)."""


@dataclass(frozen=True, eq=False)
class Shape:
    """The geometries of one round of choosing, one piece each.

    Parameters
    ----------
    surfaces
        With their rings as the file has them.
    triangles, triangle_surface
        Positions in ``surfaces.corner`` and surface of each triangle.
    surface_piece
        Piece of each surface, shape (s,), ascending.
    turned
        Surfaces that are to be turned round, shape (s,).
    kind
        A `SurfaceKind` per surface, told from its direction where its piece does not say, shape (s,).
    volume
        Per piece; NaN for surfaces that do not close in a way that leaves no doubt, see `open_volumes`, shape (n,). [m³]
    lowest, highest
        Height of the lowest and highest corner per piece, NaN where there is none, shape (n,). [m, vertical datum of the file]
    is_usable
        Whether there is anything to draw, shape (n,).
    is_flat
        Whether it has surfaces but no height, shape (n,).
    is_solid
        Whether it says that it is closed, shape (n,).
    codes
        Our own findings per piece that has any, as val3dity numbers.
    is_turned, is_told
        Whether faces were turned; whether the kind of its surfaces was told from their direction, shape (n,).
    lacks_walls, lacks_floor
        Whether its volume is known although upright faces, or its floor, are missing, shape (n,).
    """

    surfaces: Surfaces
    triangles: IndexArray
    triangle_surface: IndexArray
    surface_piece: IndexArray
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
    lacks_walls: BoolArray
    lacks_floor: BoolArray


def shape_of(flat: FlatBoundaries, coordinates: FloatArray, n_pieces: int) -> Shape:
    """Everything that can be told of some geometries.

    Parameters
    ----------
    flat
        Their boundaries; ``shell_owner`` is the number of the piece.
    coordinates
        Of all vertices, shape (n, 3). [m from origin]
    n_pieces
        How many pieces there are.
    """
    wild = np.zeros(n_pieces, dtype=bool)
    if len(coordinates) and not (coordinates.max() < MAX_COORDINATE and coordinates.min() > -MAX_COORDINATE):
        sane: BoolArray = np.logical_and.reduce(np.abs(coordinates) < MAX_COORDINATE, axis=1)
        corner_owner = np.repeat(np.repeat(flat.shell_owner, flat.shell_sizes), flat.surface_sizes)
        wild[np.repeat(corner_owner, flat.ring_sizes)[~sane[flat.indices]]] = True
        coordinates = np.where(sane[:, None], coordinates, 0.0)
    surfaces = surfaces_of(flat, coordinates)
    triangles, triangle_surface = triangulate(surfaces)
    shells = examine_shells(surfaces, triangles, triangle_surface, flat)
    surface_piece = flat.shell_owner[surfaces.shell_of]
    is_solid = np.zeros(n_pieces, dtype=bool)
    is_solid[flat.shell_owner[flat.shell_is_solid]] = True
    lowest, highest = _piece_heights(flat.shell_owner, shells, n_pieces)
    has_area = np.bincount(surface_piece[triangle_surface], minlength=n_pieces) > 0
    is_flat = has_area & ~(highest - lowest >= FLATTEST)
    is_closed = np.bincount(flat.shell_owner[~shells.is_closed], minlength=n_pieces) == 0
    volume = sums(flat.shell_owner, shells.volume, n_pieces)
    lacks_walls, lacks_floor = np.zeros(n_pieces, dtype=bool), np.zeros(n_pieces, dtype=bool)
    if not is_closed.all():
        found = open_volumes(
            surfaces,
            triangles,
            triangle_surface,
            surface_piece=surface_piece,
            turned=shells.turned,
            is_open=~is_closed,
            lowest=lowest,
            highest=highest,
        )
        volume, lacks_walls, lacks_floor = np.where(is_closed, volume, found.volume), found.lacks_walls, found.lacks_floor
    kind, is_told = _kinds(surfaces, surface_piece, shells.turned, lowest, is_closed)
    return Shape(
        surfaces=surfaces,
        triangles=triangles,
        triangle_surface=triangle_surface,
        surface_piece=surface_piece,
        turned=shells.turned,
        kind=kind,
        volume=volume,
        lowest=lowest,
        highest=highest,
        is_usable=has_area & ~is_flat & ~wild,
        is_flat=is_flat & ~wild,
        is_solid=is_solid,
        codes=_codes(surfaces, surface_piece, flat, shells.is_closed, crossing(surfaces, triangles, triangle_surface)),
        is_turned=np.bincount(surface_piece[shells.turned], minlength=n_pieces) > 0,
        is_told=is_told,
        lacks_walls=lacks_walls,
        lacks_floor=lacks_floor,
    )


def _piece_heights(shell_owner: IndexArray, shells: Shells, n_pieces: int) -> tuple[FloatArray, FloatArray]:
    """Height of the lowest and highest corner of each row, NaN where it has none. [m]"""
    lowest, highest = np.full(n_pieces, np.inf), np.full(n_pieces, -np.inf)
    np.minimum.at(lowest, shell_owner, shells.lowest)
    np.maximum.at(highest, shell_owner, shells.highest)
    lowest[np.isinf(lowest)] = np.nan
    highest[np.isinf(highest)] = np.nan
    return lowest, highest


def _kinds(
    surfaces: Surfaces, surface_piece: IndexArray, turned: BoolArray, lowest: FloatArray, is_closed: BoolArray
) -> tuple[ByteArray, BoolArray]:
    """Surface kinds; where a building says nothing of any of its surfaces, told from their direction and height."""
    n_pieces = len(lowest)
    said = np.bincount(surface_piece[surfaces.kind != SurfaceKind.UNKNOWN], minlength=n_pieces) > 0
    is_told = ~said & (np.bincount(surface_piece, minlength=n_pieces) > 0)
    silent = np.flatnonzero(is_told[surface_piece])
    if not len(silent):
        return surfaces.kind, is_told
    kind = surfaces.kind.copy()
    normal = surfaces.normal[silent] * np.where(turned[silent], -1.0, 1.0)[:, None]
    length = np.linalg.norm(normal, axis=1)
    up = np.divide(normal[:, 2], length, out=np.zeros(len(silent)), where=length > 0)
    first = surfaces.ring_start[surfaces.surface_start[silent]]
    at_bottom = surfaces.corner[first, 2] <= lowest[surface_piece[silent]] + FLATTEST
    looks_down = np.where(is_closed[surface_piece[silent]], up < 0, at_bottom)
    told = np.where(looks_down, np.where(at_bottom, SurfaceKind.GROUND, SurfaceKind.OUTER_CEILING), SurfaceKind.ROOF)
    kind[silent] = np.where(np.abs(up) < STEEPEST_ROOF, SurfaceKind.WALL, told)
    return kind, is_told


def _codes(
    surfaces: Surfaces, surface_piece: IndexArray, flat: FlatBoundaries, is_closed: BoolArray, crossed: IndexArray
) -> dict[int, tuple[str, ...]]:
    """What we ourselves find wrong, per piece, as val3dity numbers.

    101 too few points, 104 a ring crosses itself, 201 rings of a face cross each other, 203 not flat, 302 shell not closed.
    """
    has_holes = np.diff(surfaces.surface_start) > 1
    found: dict[int, set[str]] = {}
    for code, rows in (
        ("101", flat.shell_owner[surfaces.n_dropped > 0]),
        ("104", surface_piece[crossed[~has_holes[crossed]]]),
        ("201", surface_piece[crossed[has_holes[crossed]]]),
        ("203", surface_piece[flatness(surfaces.corner, surfaces.surface_corner, surfaces.normal) > PLANARITY]),
        ("302", flat.shell_owner[flat.shell_is_solid & ~is_closed]),
    ):
        for row in np.unique(rows).tolist():
            found.setdefault(row, set()).add(code)
    return {row: tuple(sorted(codes)) for row, codes in found.items()}
