"""Today's buildings: one row per surface with its true form, and a colour in which the light is baked."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.edges import crease_edges, creases, line_rows, lines_model, same_places, strokes
from layers.encoding import Row, surface_row
from layers.frame import Frame
from layers.terrain import Terrain
from layers.uses import building_uses
from wijktwin import appearance
from wijktwin.appearance import Outline
from wijktwin.model.mesh import Mesh, SurfaceKind, subset
from wijktwin.model.neighbourhood import Neighbourhood

FloatArray = NDArray[np.float64]
ByteArray = NDArray[np.uint8]
IntArray = NDArray[np.int64]

FLAT: Final = np.cos(np.deg2rad(11.0))
"""Roofs that slope less than this are flat."""
TILED_SHARE: Final = 0.3
"""Share of a roof's area that has to be pitched for it to be drawn as tiles."""
TINT: Final = 0.035
"""How far the colour of two like buildings may differ, so that a row of houses reads as houses."""
UPRIGHT: Final = 0.35
"""Vertical part of the normal below which a face is a wall."""
SKIRT: Final = 1.2
"""How far walls are drawn on below their foot, where nobody sees them: so nothing floats where the ground slopes. [m]"""
ROOTED: Final = 0.4
"""How far below the drawn ground walls reach at least. [m]"""
SHORTEST_STROKED: Final = 2.0
"""Shorter edges of what goes are not drawn, or small parts would be all strokes. [m]"""
SHORTEST_CORNER: Final = 0.5
"""Shorter upright corners are not drawn at eye level. [m]"""
STEEP: Final = 0.95
"""Height by length from which an edge is an upright corner: the hip of a roof is never so steep."""
FOOT_REACH: Final = 0.35
"""Vertices this close to the foot of their building belong to the foot. [m]"""
FOOT_SHADE: Final = 0.80
"""Walls grow a little darker towards the ground, as forms do under an even sky."""


def building_rows(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame, rows: Sequence[int] | None = None) -> list[Row]:
    """Rows for the surfaces of some buildings, or of all.

    Parameters
    ----------
    terrain
        Walls reach into it, also where it falls away below the foot of their building.
    rows
        Rows of the buildings in ``neighbourhood.buildings``; picking answers with these numbers.
    """
    mesh = _part(neighbourhood.mesh, rows, len(neighbourhood.buildings))
    colours = appearance.shaded(surface_colours(neighbourhood, mesh), mesh.surface_normals())
    return mesh_rows(mesh, frame, colours, terrain=terrain, hidden=between_neighbours(mesh))


def building_edges(neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame, rows: Sequence[int] | None = None) -> tuple[bytes, bytes]:
    """The edges of some buildings, or of all, as models of lines; b"" where there are none.

    Returns
    -------
    roofs
        Ridges, eaves and gables.
    corners
        The upright corners of walls, down into the drawn ground. They are for who stands between the buildings: from farther off the
        light on the walls tells them apart, and lines would only scratch.
    """
    mesh = _part(neighbourhood.mesh, rows, len(neighbourhood.buildings))
    segments, owner, has_roof = creases(mesh)
    return lines_model(segments[has_roof] + mesh.origin, frame), lines_model(_corners(mesh, segments, owner, terrain) + mesh.origin, frame)


def _corners(mesh: Mesh, segments: FloatArray, owner: IntArray, terrain: Terrain) -> FloatArray:
    """Those of the edges that are upright, with their feet in the ground, shape (n, 2, 3). [m from origin]"""
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    is_upright = (np.abs(segments[:, 1, 2] - segments[:, 0, 2]) > STEEP * length) & (length >= SHORTEST_CORNER)
    ends = segments[is_upright].reshape(-1, 3)
    foot = np.repeat(_feet(mesh)[owner[is_upright]], 2)
    at_foot = ends[:, 2] < foot + FOOT_REACH
    ends[at_foot, 2] = _rooted(ends[at_foot], foot[at_foot], mesh.origin, terrain)
    return np.asarray(ends.reshape(-1, 2, 3), dtype=np.float64)


def building_stroke_rows(neighbourhood: Neighbourhood, frame: Frame, rows: Sequence[int] | None = None) -> list[Row]:
    """Rows for dashes along every long edge of some buildings, or of all."""
    mesh = _part(neighbourhood.mesh, rows, len(neighbourhood.buildings))
    segments, _ = crease_edges(mesh, shortest=SHORTEST_STROKED)
    return line_rows(strokes(segments, Outline.DASHED) + mesh.origin, frame)


def mesh_rows(
    mesh: Mesh,
    frame: Frame,
    colours: ByteArray,
    *,
    index: int | None = None,
    terrain: Terrain | None = None,
    has_floor: bool = False,
    hidden: NDArray[np.bool_] | None = None,
) -> list[Row]:
    """Rows for all surfaces of a mesh that have an area and can be seen from outside.

    Parameters
    ----------
    colours
        One colour in the light per surface, shape (s, 3).
    index
        What picking answers for all of them; the object's row where None.
    terrain
        Walls reach into this ground and grow darker towards it; None for what hangs above it.
    has_floor
        The underside can be seen.
    hidden
        Surfaces that are not drawn, shape (s,).
    """
    if not mesh.n_surfaces:
        return []
    is_wall = np.abs(mesh.surface_normals()[:, 2]) < UPRIGHT
    points, at_foot = (
        _standing(mesh, is_wall, terrain) if terrain else (mesh.vertices[mesh.ring_vertices], np.zeros(len(mesh.ring_vertices), dtype=bool))
    )
    flat = frame.positions(points + mesh.origin).ravel().tolist()
    seen = (
        (has_floor | (mesh.surface_kind != SurfaceKind.GROUND))
        & (mesh.surface_kind != SurfaceKind.INTERIOR)
        & (mesh.surface_areas() > 1e-4)
    )
    if hidden is not None:
        seen &= ~hidden
    begin = 3 * mesh.ring_start
    first = np.searchsorted(mesh.ring_surface, np.arange(mesh.n_surfaces + 1))
    plain = colours.tolist()
    found = []
    for surface in np.flatnonzero(seen):
        lo, hi = first[surface], first[surface + 1]
        if lo == hi:
            continue
        rings = [flat[begin[ring] : begin[ring + 1]] for ring in range(lo, hi)]
        colour: list[int] = plain[surface]
        low = at_foot[mesh.ring_start[lo] : mesh.ring_start[hi]]
        if low.any():
            dark = [round(channel * FOOT_SHADE) for channel in colour]
            colour = [channel for is_low in low for channel in (*(dark if is_low else colour), 255)]
        found.append(surface_row(rings, colour, int(mesh.surface_object[surface]) if index is None else index))
    return found


def between_neighbours(mesh: Mesh) -> NDArray[np.bool_]:
    """Walls that two objects have in common, corner for corner: nobody sees them while both stand; shape (s,)."""
    hidden = np.zeros(mesh.n_surfaces, dtype=bool)
    same = same_places(mesh)[mesh.ring_vertices]
    n_rings = np.bincount(mesh.ring_surface, minlength=mesh.n_surfaces)
    is_candidate = (n_rings == 1) & (mesh.surface_kind == SurfaceKind.WALL)
    faces: dict[tuple[int, ...], int] = {}
    for ring in np.flatnonzero(is_candidate[mesh.ring_surface]):
        surface = int(mesh.ring_surface[ring])
        corners = tuple(sorted(same[mesh.ring_start[ring] : mesh.ring_start[ring + 1]].tolist()))
        other = faces.setdefault(corners, surface)
        if mesh.surface_object[other] != mesh.surface_object[surface]:
            hidden[[other, surface]] = True
    return hidden


def surface_colours(neighbourhood: Neighbourhood, mesh: Mesh) -> FloatArray:
    """Colour of each surface before the light falls on it, shape (s, 3).

    Walls and flat roofs by the use of the building, pitched roofs as roof tiles. Walls and flat roofs of buildings whose solid is
    not right, or that are only a raised footprint, have a colour of their own.

    Parameters
    ----------
    mesh
        The neighbourhood's mesh, or a part of it with the same object rows.
    """
    buildings = neighbourhood.buildings
    owner = mesh.surface_object
    wall = np.array(
        [appearance.WALLS.get(use, appearance.WALLS["other"]) for use in building_uses(neighbourhood)], dtype=np.float64
    ).reshape(-1, 3)
    doubtful = ~buildings.flags["is_valid"] | (np.array(buildings.texts["geometry_from"], dtype=object) == "footprint raised")
    wall[doubtful.astype(bool)] = appearance.UNCERTAIN
    tint = np.array([zlib.crc32(building_id.encode()) % 1000 / 999.0 for building_id in buildings.building_ids])
    colours = wall[owner]
    upward = mesh.surface_normals()[:, 2]
    is_roof = (mesh.surface_kind == SurfaceKind.ROOF) | ((mesh.surface_kind == SurfaceKind.UNKNOWN) & (upward > UPRIGHT))
    is_flat = is_roof & (upward > FLAT)
    is_pitched = is_roof & ~is_flat & _has_tiles(mesh, is_roof, is_flat, len(buildings))[owner]
    share = appearance.FLAT_ROOF_SHARE
    colours[is_flat] = share * colours[is_flat] + (1 - share) * np.array(appearance.FLAT_ROOF)
    colours[is_pitched] = appearance.PITCHED_ROOF
    colours[(upward < -0.5)] = appearance.UNDERSIDE
    return np.asarray(colours * (1.0 + TINT * (2.0 * tint[owner] - 1.0))[:, None], dtype=np.float64)


def _has_tiles(mesh: Mesh, is_roof: NDArray[np.bool_], is_flat: NDArray[np.bool_], n_buildings: int) -> NDArray[np.bool_]:
    """Buildings whose roof is for a good part pitched, shape (n,): a skylight or a ramp on a hall is not tiled."""
    area = mesh.surface_areas()
    roof = np.bincount(mesh.surface_object, weights=area * is_roof, minlength=n_buildings)
    pitched = np.bincount(mesh.surface_object, weights=area * (is_roof & ~is_flat), minlength=n_buildings)
    return np.asarray(pitched > TILED_SHARE * roof, dtype=np.bool_)


def _part(mesh: Mesh, rows: Sequence[int] | None, n_objects: int) -> Mesh:
    if rows is None:
        return mesh
    keep = np.zeros(n_objects, dtype=bool)
    keep[list(rows)] = True
    return subset(mesh, keep)


def _feet(mesh: Mesh) -> FloatArray:
    """Lowest height of every object, shape (highest object row + 1,). [m from origin]"""
    owner = np.repeat(mesh.surface_object[mesh.ring_surface], np.diff(mesh.ring_start))
    feet = np.full(int(owner.max(initial=-1)) + 1, np.inf)
    np.minimum.at(feet, owner, mesh.vertices[mesh.ring_vertices, 2])
    return feet


def _standing(mesh: Mesh, is_wall: NDArray[np.bool_], terrain: Terrain) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Every ring vertex [m from origin] with the feet of walls drawn on into the ground, and which of them those are."""
    points = mesh.vertices[mesh.ring_vertices]
    surface = np.repeat(mesh.ring_surface, np.diff(mesh.ring_start))
    foot = _feet(mesh)[mesh.surface_object[surface]]
    at_foot = is_wall[surface] & (points[:, 2] < foot + FOOT_REACH)
    points[at_foot, 2] = _rooted(points[at_foot], foot[at_foot], mesh.origin, terrain)
    return points, at_foot


def _rooted(points: FloatArray, foot: FloatArray, origin: FloatArray, terrain: Terrain) -> FloatArray:
    """How deep walls are drawn at points of their foot, shape (n,). [m from origin]"""
    ground = terrain.at(points[:, :2] + origin[:2]) - origin[2]
    return np.asarray(np.minimum(foot - SKIRT, ground - ROOTED), dtype=np.float64)
