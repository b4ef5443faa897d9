"""Surfaces of some buildings as the arrays of a mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wijktwin.model.mesh import BoolArray, ByteArray, FloatArray
from wijktwin.sources.cityjson.segments import IndexArray, positions
from wijktwin.sources.cityjson.shaping import Shape


@dataclass(slots=True)
class MeshPart:
    """Surfaces of some rows, as the arrays of `wijktwin.model.mesh.Mesh`; vertices from the reader's own origin."""

    vertices: FloatArray
    triangles: IndexArray
    triangle_surface: IndexArray
    ring_vertices: IndexArray
    ring_sizes: IndexArray
    ring_surface: IndexArray
    surface_kind: ByteArray
    surface_row: IndexArray


def part_of(shape: Shape, kept: BoolArray, piece_row: IndexArray) -> MeshPart:
    """The surfaces of the pieces that are kept, turned where they have to be; vertices still numbered as in the chunk.

    Parameters
    ----------
    kept
        One flag per piece, shape (n_pieces,).
    piece_row
        Row of each piece, shape (n_pieces,).
    """
    surfaces = shape.surfaces
    has_area = np.zeros(len(surfaces.kind), dtype=bool)
    has_area[shape.triangle_surface] = True
    surface_kept = kept[shape.surface_piece] & has_area
    ring_surface = np.repeat(np.arange(len(surfaces.kind)), np.diff(surfaces.surface_start))
    sizes, ring_vertices = surfaces.ring_sizes, surfaces.vertex
    triangles = surfaces.vertex[shape.triangles]
    if shape.turned.any():
        turned = np.repeat(shape.turned[ring_surface], sizes)
        position = np.arange(len(ring_vertices))
        first, last = np.repeat(surfaces.ring_start[:-1], sizes), np.repeat(surfaces.ring_start[1:] - 1, sizes)
        ring_vertices = ring_vertices[np.where(turned, first + last - position, position)]
        turned_triangles = shape.turned[shape.triangle_surface]
        triangles[turned_triangles] = triangles[turned_triangles][:, ::-1]
    triangle_surface, surface_row = shape.triangle_surface, piece_row[shape.surface_piece]
    if surface_kept.all():
        return MeshPart(np.zeros((0, 3)), triangles, triangle_surface, ring_vertices, sizes, ring_surface, shape.kind, surface_row)
    number = np.cumsum(surface_kept) - 1
    ring_kept, triangle_kept = surface_kept[ring_surface], surface_kept[triangle_surface]
    return MeshPart(
        vertices=np.zeros((0, 3)),
        triangles=triangles[triangle_kept],
        triangle_surface=number[triangle_surface[triangle_kept]],
        ring_vertices=ring_vertices[np.repeat(ring_kept, sizes)],
        ring_sizes=sizes[ring_kept],
        ring_surface=number[ring_surface[ring_kept]],
        surface_kind=shape.kind[surface_kept],
        surface_row=surface_row[surface_kept],
    )


def in_order(parts: Sequence[MeshPart]) -> MeshPart:
    """Several parts as one, surfaces in order of their rows."""
    if len(parts) == 1 and (np.diff(parts[0].surface_row) >= 0).all():
        return parts[0]
    offsets = np.cumsum([0, *(len(part.surface_kind) for part in parts)])
    row = _joined([part.surface_row for part in parts])
    order = np.argsort(row, kind="stable")
    number = np.empty(len(row), dtype=np.int64)
    number[order] = np.arange(len(row))
    ring_surface = number[_joined([part.ring_surface + offset for part, offset in zip(parts, offsets[:-1], strict=True)])]
    triangle_surface = number[_joined([part.triangle_surface + offset for part, offset in zip(parts, offsets[:-1], strict=True)])]
    sizes = _joined([part.ring_sizes for part in parts])
    ring_order, triangle_order = np.argsort(ring_surface, kind="stable"), np.argsort(triangle_surface, kind="stable")
    corners = positions((np.cumsum(sizes) - sizes)[ring_order], sizes[ring_order])
    triangles = np.concatenate([np.zeros((0, 3), dtype=np.int64), *(part.triangles for part in parts)])
    return MeshPart(
        vertices=np.zeros((0, 3)),
        triangles=triangles[triangle_order],
        triangle_surface=triangle_surface[triangle_order],
        ring_vertices=_joined([part.ring_vertices for part in parts])[corners],
        ring_sizes=sizes[ring_order],
        ring_surface=ring_surface[ring_order],
        surface_kind=np.concatenate([np.zeros(0, dtype=np.uint8), *(part.surface_kind for part in parts)])[order],
        surface_row=row[order],
    )


def _joined(arrays: Sequence[IndexArray]) -> IndexArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def with_vertices(part: MeshPart, coordinates: FloatArray) -> MeshPart:
    """The same part with only the vertices that it uses.

    Parameters
    ----------
    coordinates
        Of all vertices of the chunk, shape (n, 3). [m from the reader's origin]
    """
    used = np.zeros(len(coordinates), dtype=bool)
    used[part.ring_vertices] = True
    number = np.cumsum(used) - 1
    part.vertices = coordinates[used]
    part.ring_vertices = number[part.ring_vertices]
    part.triangles = number[part.triangles]
    return part
