"""How much is held by surfaces that do not close, where what is missing can only be upright, or can only be a level floor.

By the divergence theorem the flux of (0, 0, z - z0) through a closed surface is its volume, whatever z0 is. Upright faces have no part
in it, and level faces at the height z0 have none either: neither has to be there for the volume to be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.cityjson.shells import same_places
from wijktwin.sources.cityjson.surfaces import Surfaces, sums

OPEN_BALANCE: Final = 0.001
"""Only upright faces are missing when the ground below what looks up and that above what looks down differ by no more, as a part of
both together. What that leaves uncertain is this part of the box around the piece at most, since z is counted from half-way up."""
LEVEL: Final = 0.01
"""Edges of which both ends lie within this of the lowest corner lie in the floor. [m]"""
STEEPEST_WALL: Final = 0.05
"""A wall is a face whose unit normal has an upright part no larger than this."""


@dataclass(frozen=True, eq=False)
class OpenVolumes:
    """Volume of each piece with open edges, shape (n,).

    Parameters
    ----------
    volume
        NaN where it cannot be known. [m³]
    lacks_walls, lacks_floor
        Pieces of which it is known although upright faces, or the floor, are missing.
    """

    volume: FloatArray
    lacks_walls: BoolArray
    lacks_floor: BoolArray


def open_volumes(
    surfaces: Surfaces,
    triangles: IndexArray,
    triangle_surface: IndexArray,
    *,
    surface_piece: IndexArray,
    turned: BoolArray,
    is_open: BoolArray,
    lowest: FloatArray,
    highest: FloatArray,
) -> OpenVolumes:
    """Volumes of pieces with open edges.

    Parameters
    ----------
    triangles, triangle_surface
        Positions in ``surfaces.corner`` and surface of each triangle.
    surface_piece, turned
        Piece of each surface, and whether it looks the wrong way, shape (s,).
    is_open, lowest, highest
        Which pieces are wanted, and the heights of their lowest and highest corners, shape (n,). [m]
    """
    n_pieces = len(is_open)
    chosen = is_open[surface_piece[triangle_surface]]
    corners, surface = surfaces.corner[triangles[chosen]], triangle_surface[chosen]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    ground = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2.0 * np.where(turned[surface], -1.0, 1.0)
    piece, height = surface_piece[surface], corners[:, :, 2].mean(axis=1)
    balance, cover = sums(piece, ground, n_pieces), sums(piece, np.abs(ground), n_pieces)
    half_way = sums(piece, (height - ((lowest + highest) / 2.0)[piece]) * ground, n_pieces)
    from_floor = sums(piece, (height - lowest[piece]) * ground, n_pieces)
    lacks_walls = is_open & (half_way > 0) & (np.abs(balance) <= OPEN_BALANCE * cover)
    lacks_floor = is_open & ~lacks_walls & (from_floor > 0) & (balance > 0)
    if lacks_floor.any():
        lacks_floor &= _ends_in_walls(surfaces, surface_piece, lacks_floor, lowest)
    return OpenVolumes(np.where(lacks_walls, half_way, np.where(lacks_floor, from_floor, np.nan)), lacks_walls, lacks_floor)


def _ends_in_walls(surfaces: Surfaces, surface_piece: IndexArray, wanted: BoolArray, lowest: FloatArray) -> BoolArray:
    """Pieces whose every open edge is the foot of a wall, all at the level of their lowest corner, shape (n,)."""
    corner_piece = surface_piece[surfaces.corner_surface]
    chosen = np.flatnonzero(wanted[corner_piece])
    position = np.full(len(corner_piece), -1)
    position[chosen] = np.arange(len(chosen))
    start = same_places(surfaces.corner[chosen])
    following = position[surfaces.following[chosen]]
    end = start[following]
    order = np.lexsort((np.maximum(start, end), np.minimum(start, end), corner_piece[chosen]))
    edges = np.stack([corner_piece[chosen], np.minimum(start, end), np.maximum(start, end)])[:, order]
    number = np.concatenate([[0], np.cumsum((np.diff(edges) != 0).any(axis=0))])
    is_open = np.empty(len(order), dtype=bool)
    is_open[order] = (np.bincount(number, weights=np.sign(end - start)[order]) != 0)[number]
    normal = surfaces.normal[surfaces.corner_surface[chosen]]
    is_wall = np.abs(normal[:, 2]) <= STEEPEST_WALL * np.linalg.norm(normal, axis=1)
    top = np.maximum(surfaces.corner[chosen, 2], surfaces.corner[chosen[following], 2])
    is_foot = is_wall & (top <= lowest[corner_piece[chosen]] + LEVEL)
    n_elsewhere = np.bincount(corner_piece[chosen], weights=is_open & ~is_foot, minlength=len(wanted))
    ends: BoolArray = wanted & (n_elsewhere == 0)
    return ends
