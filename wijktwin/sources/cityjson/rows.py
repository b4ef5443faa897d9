"""Rows of buildings from a chunk: geometry chosen, shaped and tried again, attributes, heights and footprints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS
from wijktwin.model.mesh import BoolArray, ByteArray, FloatArray, SurfaceKind
from wijktwin.model.provenance import Kind
from wijktwin.sources import bag3d
from wijktwin.sources.cityjson import columns, outlines
from wijktwin.sources.cityjson.boundaries import BoundaryCollector, IndexArray
from wijktwin.sources.cityjson.choosing import Option, choose
from wijktwin.sources.cityjson.chunk import Chunk
from wijktwin.sources.cityjson.outlines import Polygons
from wijktwin.sources.cityjson.shaping import Shape, shape_of
from wijktwin.sources.cityjson.surfaces import surfaces_of

RAISED_TO: Final = ("roof_height_p70", "roof_height_median", "roof_height_max", "roof_height_min")
"""How high a footprint is raised, in order of preference: 3D BAG too makes its LoD 1.2 blocks as high as the 70th percentile of
the roof points (R. Peters et al., "Automated 3D reconstruction of LoD2 and LoD1 models for all 10 million buildings of the
Netherlands", PE&RS 88 (2022), doi:10.14358/PERS.21-00032R2)."""


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


@dataclass(slots=True)
class Rows:
    """Some buildings with their columns and surfaces."""

    building_ids: list[str]
    numbers: dict[str, FloatArray]
    texts: dict[str, list[str]]
    flags: dict[str, BoolArray]
    footprints: Polygons
    invalid_codes: list[tuple[str, ...]]
    packed: list[bytes]
    mesh: MeshPart
    is_told: BoolArray
    n_lowered: int
    n_bad_semantics: int


@dataclass(slots=True)
class _Drawn:
    """What came out of the rounds of choosing: one shape per round, and which rows it may keep."""

    shapes: list[tuple[Shape, BoolArray]]
    lod: FloatArray
    geometry_from: list[str]
    n_lowered: int
    n_bad_semantics: int


def rows_of(chunk: Chunk) -> Rows:
    """The buildings of a chunk as rows.

    Every building is drawn from its most detailed geometry that can be drawn, else from its footprint raised to a height that is
    known, else not at all; its row says which.
    """
    n_rows = len(chunk.entries)
    attributes = [columns.attributes_of(entry.record) for entry in chunk.entries]
    present = columns.names_present(attributes)
    numbers = {field: columns.number_column(attributes, names, present) for field, names in bag3d.FIELD_MAP.items()}
    drawn = _draw(chunk)
    footprints = _stated_footprints(chunk, drawn)
    _raise_footprints(chunk, drawn, footprints, numbers, columns.number_column(attributes, bag3d.HEIGHT_ABOVE_GROUND, present))
    _missing_footprints(chunk, drawn, footprints)
    numbers |= columns.lod_columns(attributes, drawn.lod, present)
    numbers["lod"] = drawn.lod
    numbers["footprint_area"] = outlines.areas(footprints)
    texts = {field: columns.text_column(attributes, names, present) for field, names in bag3d.TEXT_MAP.items()}
    texts["geometry_from"] = drawn.geometry_from
    texts["object_type"] = [entry.record.members[0]["type"] for entry in chunk.entries]
    texts["height_kind"], texts["ground_kind"] = _heights(drawn, numbers)
    numbers["volume"] = _combined(drawn, "volume", n_rows, np.nan)
    codes, is_valid = _validity(drawn, attributes)
    flags = {field: columns.flag_column(attributes, names, present) for field, names in bag3d.FLAG_MAP.items()}
    if "b3_extrusie" in present:
        flags["is_block"] |= np.array([row.get("b3_extrusie") in bag3d.BLOCK_EXTRUSIONS for row in attributes], dtype=bool)
    flags["is_valid"] = is_valid
    flags["is_halo"] = np.zeros(n_rows, dtype=bool)
    flags["is_repaired"] = _combined(drawn, "is_turned", n_rows, fill=False).astype(bool)
    return Rows(
        building_ids=[entry.record.building_id for entry in chunk.entries],
        numbers={name: numbers[name] for name in FLOAT_FIELDS},
        texts={name: texts[name] for name in TEXT_FIELDS},
        flags={name: flags[name] for name in FLAG_FIELDS},
        footprints=footprints,
        invalid_codes=codes,
        packed=[columns.packed(row) for row in attributes],
        mesh=_mesh_part(chunk, drawn),
        is_told=_combined(drawn, "is_told", n_rows, fill=False).astype(bool),
        n_lowered=drawn.n_lowered,
        n_bad_semantics=drawn.n_bad_semantics,
    )


def _draw(chunk: Chunk) -> _Drawn:
    """Shape the most detailed geometry of each building, and the next for those where it cannot be drawn."""
    n_rows = len(chunk.entries)
    drawn = _Drawn([], np.full(n_rows, np.nan), ["none"] * n_rows, 0, 0)
    pending = {row: math.inf for row, entry in enumerate(chunk.entries) if entry.options}
    is_first = True
    while pending:
        collector = BoundaryCollector(chunk.arrays)
        ranks: dict[int, tuple[float, float]] = {}
        for row, below in pending.items():
            entry = chunk.entries[row]
            choice = choose(entry.options, below)
            if choice is not None:
                ranks[row] = choice.rank, choice.lod
                for option in choice.options:
                    chunk.collect(collector, entry, option, owner=row)
        shape = shape_of(collector.finish(), chunk.coordinates(), n_rows)
        drawn.n_bad_semantics += collector.n_bad_semantics
        usable = shape.is_usable
        drawn.shapes.append((shape, usable))
        for row, (_, lod) in ranks.items():
            if usable[row]:
                drawn.lod[row] = lod
                drawn.geometry_from[row] = "solid" if shape.is_solid[row] else "surfaces"
        drawn.n_lowered += 0 if is_first else sum(bool(usable[row]) for row in ranks)
        pending = {row: rank for row, (rank, _) in ranks.items() if not usable[row]}
        is_first = False
    return drawn


def _stated_footprints(chunk: Chunk, drawn: _Drawn) -> Polygons:
    """Outlines from LoD 0, and from geometry that has no height."""
    n_rows = len(chunk.entries)
    flat_rows = np.zeros(n_rows, dtype=bool)
    for shape, _ in drawn.shapes:
        flat_rows |= shape.is_flat
    collector = BoundaryCollector(chunk.arrays)
    for row, entry in enumerate(chunk.entries):
        options: list[Option] = entry.footprints
        if not options and flat_rows[row]:
            choice = choose(entry.options)
            options = choice.options if choice is not None else []
        for option in options:
            chunk.collect(collector, entry, option, owner=row)
    flat = collector.finish()
    if not len(flat.indices):
        return np.full(n_rows, None, dtype=object)
    coordinates = chunk.coordinates()
    coordinates = np.where(np.isfinite(coordinates), coordinates, 0.0)
    surfaces = surfaces_of(flat, coordinates)
    polygons = outlines.polygons_of(surfaces, np.arange(len(surfaces.kind)), chunk.origin)
    return outlines.merged(polygons, flat.shell_owner[surfaces.shell_of], n_rows)


def _raise_footprints(chunk: Chunk, drawn: _Drawn, footprints: Polygons, numbers: dict[str, FloatArray], above_ground: FloatArray) -> None:
    """Blocks for buildings of which nothing else can be drawn, where a height is known. Changes ``drawn`` in place."""
    collector = BoundaryCollector(chunk.arrays)
    rows: list[int] = []
    for row, kind in enumerate(drawn.geometry_from):
        if kind != "none" or footprints[row] is None:
            continue
        ground = numbers["ground_height"][row]
        ground = 0.0 if np.isnan(ground) else ground
        tops = [numbers[name][row] for name in RAISED_TO]
        top = next((one for one in (*tops, ground + above_ground[row]) if one > ground), math.nan)
        if math.isnan(top):
            continue
        geometry, vertices = outlines.raised(footprints[row], float(ground), float(top))
        offset = chunk.add_vertices(np.array(vertices))
        collector.add(geometry, owner=row, offset=offset, limit=len(vertices))
        rows.append(row)
    if not rows:
        return
    shape = shape_of(collector.finish(), chunk.coordinates(), len(drawn.lod))
    drawn.shapes.append((shape, shape.is_usable))
    for row in rows:
        if shape.is_usable[row]:
            drawn.lod[row] = 0.0
            drawn.geometry_from[row] = "footprint raised"


def _missing_footprints(chunk: Chunk, drawn: _Drawn, footprints: Polygons) -> None:
    """Outlines from the ground surfaces of what is drawn, or from everything that looks up or down. Changes in place."""
    for shape, kept in drawn.shapes:
        wanted = kept & np.equal(footprints, None).astype(bool)
        if not wanted.any():
            continue
        level = shape.kind == SurfaceKind.GROUND
        has_ground = np.zeros(len(wanted), dtype=bool)
        has_ground[shape.surface_row[level]] = True
        lying = np.abs(shape.surfaces.normal[:, 2]) > 1e-3 * np.linalg.norm(shape.surfaces.normal, axis=1)
        chosen = np.flatnonzero(wanted[shape.surface_row] & np.where(has_ground[shape.surface_row], level & lying, lying))
        polygons = outlines.polygons_of(shape.surfaces, chosen, chunk.origin)
        found = outlines.merged(polygons, shape.surface_row[chosen], len(wanted))
        footprints[wanted] = found[wanted]


def _combined(drawn: _Drawn, name: str, n_rows: int, fill: float) -> FloatArray:
    """One value per row from the shape that the row is drawn from."""
    column = np.full(n_rows, fill, dtype=np.float64)
    for shape, kept in drawn.shapes:
        column[kept] = getattr(shape, name)[kept]
    return column


def _heights(drawn: _Drawn, numbers: dict[str, FloatArray]) -> tuple[list[str], list[str]]:
    """Fill ground height and height; returns how sure each is."""
    n_rows = len(drawn.lod)
    lowest = _combined(drawn, "lowest", n_rows, np.nan)
    highest = _combined(drawn, "highest", n_rows, np.nan)
    ground = numbers["ground_height"]
    is_stated = ~np.isnan(ground)
    numbers["ground_height"] = ground = np.where(is_stated, ground, lowest)
    is_block = ~(drawn.lod >= 2.0)
    stated_top = numbers["roof_height_max"]
    from_roof = is_block & ~np.isnan(stated_top) & ~(highest > stated_top)
    top = np.where(from_roof, stated_top, highest)
    numbers["height"] = np.maximum(top - ground, 0.0)
    known = ~np.isnan(numbers["height"])
    height_kind = np.where(known, np.where(from_roof & is_stated, Kind.MEASURED, Kind.CALCULATED), "")
    ground_kind = np.where(is_stated, Kind.MEASURED, np.where(np.isnan(ground), "", Kind.CALCULATED))
    return height_kind.tolist(), ground_kind.tolist()


def _validity(drawn: _Drawn, attributes: list[dict[str, Any]]) -> tuple[list[tuple[str, ...]], BoolArray]:
    """What is wrong with each solid: in the source's own words where it has any, else what we find."""
    n_rows = len(attributes)
    codes: list[tuple[str, ...]] = [()] * n_rows
    found: dict[int, tuple[str, ...]] = {}
    for shape, kept in drawn.shapes:
        found |= {row: ours for row, ours in shape.codes.items() if kept[row]}
    for row, lod in enumerate(drawn.lod.tolist()):
        stated = bag3d.stated_codes(attributes[row], lod)
        codes[row] = found.get(row, ()) if stated is None else stated
    return codes, np.array([not one for one in codes], dtype=bool)


def _mesh_part(chunk: Chunk, drawn: _Drawn) -> MeshPart:
    """The surfaces of all rows in order of rows, turned where they have to be."""
    parts = [_part_of(shape, kept) for shape, kept in drawn.shapes]
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return MeshPart(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64), empty, empty, empty, empty, np.zeros(0, dtype=np.uint8), empty)
    part = parts[0] if len(parts) == 1 else _in_order(parts)
    used = np.zeros(chunk.n_vertices, dtype=bool)
    used[part.ring_vertices] = True
    number = np.cumsum(used) - 1
    part.vertices = chunk.coordinates()[used]
    part.ring_vertices = number[part.ring_vertices]
    part.triangles = number[part.triangles]
    return part


def _part_of(shape: Shape, kept: BoolArray) -> MeshPart:
    surfaces = shape.surfaces
    has_area = np.zeros(len(surfaces.kind), dtype=bool)
    has_area[shape.triangle_surface] = True
    surface_kept = kept[shape.surface_row] & has_area
    ring_surface = np.repeat(np.arange(len(surfaces.kind)), np.diff(surfaces.surface_start))
    sizes = surfaces.ring_sizes
    ring_vertices = surfaces.vertex
    turned_rings = shape.turned[ring_surface]
    if turned_rings.any():
        position = np.arange(len(ring_vertices))
        turned = np.repeat(turned_rings, sizes)
        first, last = np.repeat(surfaces.ring_start[:-1], sizes), np.repeat(surfaces.ring_start[1:] - 1, sizes)
        ring_vertices = ring_vertices[np.where(turned, first + last - position, position)]
    triangles = surfaces.vertex[shape.triangles]
    turned_triangles = shape.turned[shape.triangle_surface]
    triangles[turned_triangles] = triangles[turned_triangles][:, ::-1]
    number = np.cumsum(surface_kept) - 1
    ring_kept, triangle_kept = surface_kept[ring_surface], surface_kept[shape.triangle_surface]
    return MeshPart(
        vertices=np.zeros((0, 3)),
        triangles=triangles[triangle_kept],
        triangle_surface=number[shape.triangle_surface[triangle_kept]],
        ring_vertices=ring_vertices[np.repeat(ring_kept, sizes)],
        ring_sizes=sizes[ring_kept],
        ring_surface=number[ring_surface[ring_kept]],
        surface_kind=shape.kind[surface_kept],
        surface_row=shape.surface_row[surface_kept],
    )


def _in_order(parts: list[MeshPart]) -> MeshPart:
    """Several parts as one, surfaces in order of their rows."""
    offsets = np.cumsum([0, *(len(part.surface_kind) for part in parts)])
    row = np.concatenate([part.surface_row for part in parts])
    order = np.argsort(row, kind="stable")
    number = np.empty(len(row), dtype=np.int64)
    number[order] = np.arange(len(row))
    ring_surface = number[np.concatenate([part.ring_surface + offset for part, offset in zip(parts, offsets[:-1], strict=True)])]
    triangle_surface = number[np.concatenate([part.triangle_surface + offset for part, offset in zip(parts, offsets[:-1], strict=True)])]
    sizes = np.concatenate([part.ring_sizes for part in parts])
    ring_order, triangle_order = np.argsort(ring_surface, kind="stable"), np.argsort(triangle_surface, kind="stable")
    starts = np.cumsum(sizes) - sizes
    new_sizes = sizes[ring_order]
    shift = np.repeat(starts[ring_order] - (np.cumsum(new_sizes) - new_sizes), new_sizes)
    return MeshPart(
        vertices=np.zeros((0, 3)),
        triangles=np.concatenate([part.triangles for part in parts])[triangle_order],
        triangle_surface=triangle_surface[triangle_order],
        ring_vertices=np.concatenate([part.ring_vertices for part in parts])[np.arange(int(sizes.sum())) + shift],
        ring_sizes=new_sizes,
        ring_surface=ring_surface[ring_order],
        surface_kind=np.concatenate([part.surface_kind for part in parts])[order],
        surface_row=row[order],
    )
