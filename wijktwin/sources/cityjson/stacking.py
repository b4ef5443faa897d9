"""Rows of many chunks stacked into one table of buildings and one mesh."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.mesh import FloatArray, IntArray, Mesh
from wijktwin.sources.cityjson.columns import PackedAttributes
from wijktwin.sources.cityjson.rows import Rows
from wijktwin.sources.cityjson.segments import IndexArray


def stacked(rows: Sequence[Rows], origin: FloatArray) -> tuple[Buildings, Mesh]:
    """All rows as one.

    Parameters
    ----------
    origin
        From where the vertices are counted, shape (3,). [m]
    """
    return _buildings(rows), _mesh(rows, origin)


def _buildings(rows: Sequence[Rows]) -> Buildings:
    if not rows:
        return Buildings(building_ids=(), numbers={}, texts={}, flags={}, footprints=np.zeros(0, dtype=object))
    return Buildings(
        building_ids=tuple(building_id for part in rows for building_id in part.building_ids),
        numbers={name: np.concatenate([part.numbers[name] for part in rows]) for name in FLOAT_FIELDS},
        texts={name: [text for part in rows for text in part.texts[name]] for name in TEXT_FIELDS},
        flags={name: np.concatenate([part.flags[name] for part in rows]) for name in FLAG_FIELDS},
        footprints=np.concatenate([part.footprints for part in rows]),
        invalid_codes=tuple(codes for part in rows for codes in part.invalid_codes),
        other=PackedAttributes([one for part in rows for one in part.packed]),
    )


def _mesh(rows: Sequence[Rows], origin: FloatArray) -> Mesh:
    """One mesh round the middle of its own extent, so that float32 is fine enough wherever it is needed."""
    parts = [part.mesh for part in rows if len(part.mesh.surface_kind)]
    if not parts:
        return Mesh.empty(origin)
    low = np.min([part.vertices.min(axis=0) for part in parts], axis=0)
    high = np.max([part.vertices.max(axis=0) for part in parts], axis=0)
    shift = np.array([*np.round((low[:2] + high[:2]) / 2.0), 0.0])
    is_filled = np.array([len(part.mesh.surface_kind) > 0 for part in rows])
    row_offsets = _offsets([len(part.building_ids) for part in rows])[is_filled]
    vertex_offsets = _offsets([len(part.vertices) for part in parts])
    surface_offsets = _offsets([len(part.surface_kind) for part in parts])
    sizes = np.concatenate([part.ring_sizes for part in parts])
    return Mesh(
        origin=origin + shift,
        vertices=np.concatenate([part.vertices for part in parts]) - shift,
        triangles=_joined([part.triangles for part in parts], vertex_offsets),
        triangle_surface=_joined([part.triangle_surface for part in parts], surface_offsets),
        ring_vertices=_joined([part.ring_vertices for part in parts], vertex_offsets),
        ring_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        ring_surface=_joined([part.ring_surface for part in parts], surface_offsets),
        surface_kind=np.concatenate([part.surface_kind for part in parts]).astype(np.uint8),
        surface_object=_joined([part.surface_row for part in parts], row_offsets),
    )


def _offsets(sizes: Sequence[int]) -> IndexArray:
    """Where each of some stretches begins when they lie back to back."""
    return np.cumsum([0, *sizes], dtype=np.int64)[:-1]


def _joined(parts: Sequence[IndexArray], offsets: IndexArray) -> IntArray:
    return np.concatenate([(part + offset).astype(np.int32) for part, offset in zip(parts, offsets, strict=True)])
