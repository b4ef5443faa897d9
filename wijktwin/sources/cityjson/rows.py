"""Rows of buildings from a chunk: what is drawn of them, their attributes, heights and footprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.provenance import Kind
from wijktwin.sources import bag3d
from wijktwin.sources.cityjson import columns, outlines
from wijktwin.sources.cityjson.chunk import Chunk
from wijktwin.sources.cityjson.drawing import Drawn, draw, missing_footprints, raise_footprints, stated_footprints
from wijktwin.sources.cityjson.mesh_parts import MeshPart, in_order, part_of, with_vertices
from wijktwin.sources.cityjson.outlines import Polygons

FIRST_WITH_ROOFS = 2.0
"""Below this LoD a building is a block with a flat top, which may lie below its highest point."""
LEAST_HEIGHT = 1.0
"""A stated ground level that leaves less than this of a form that is higher itself, is not the ground it stands on. [m]"""


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
    n_grounds_unused: int = 0
    """Buildings whose stated ground level lies above their roof or nearly so."""
    n_without_walls: int = 0
    n_without_floor: int = 0
    """Buildings whose volume is known although upright faces, or the floor, are missing."""


def rows_of(chunk: Chunk) -> Rows:
    """The buildings of a chunk as rows.

    Every building is drawn from its most detailed geometry that can be drawn, else from its footprint raised to a height that is
    known, else not at all; its row says which.
    """
    attributes = [entry.attributes for entry in chunk.entries]
    present = columns.names_present(attributes)
    numbers = columns.number_columns(attributes, bag3d.FIELD_MAP, present)
    drawn = draw(chunk)
    footprints = stated_footprints(chunk, drawn)
    above_ground = columns.number_column(attributes, bag3d.HEIGHT_ABOVE_GROUND, present)
    raise_footprints(chunk, drawn, footprints, numbers, above_ground)
    missing_footprints(chunk, drawn, footprints)
    numbers |= columns.lod_columns(attributes, drawn.lod, present)
    numbers["lod"] = drawn.lod
    numbers["volume"] = drawn.volume()
    numbers["footprint_area"] = outlines.areas(footprints)
    texts = {field: columns.text_column(attributes, names, present) for field, names in bag3d.TEXT_MAP.items()}
    texts["geometry_from"] = drawn.geometry_from()
    texts["object_type"] = [entry.record.members[0]["type"] for entry in chunk.entries]
    texts["height_kind"], texts["ground_kind"], n_grounds_unused = _heights(drawn, numbers)
    codes = _codes(drawn, attributes, present)
    flags = {field: columns.flag_column(attributes, names, present) for field, names in bag3d.FLAG_MAP.items()}
    if "b3_extrusie" in present:
        flags["is_block"] |= np.array([str(row.get("b3_extrusie")) in bag3d.BLOCK_EXTRUSIONS for row in attributes], dtype=bool)
    flags["is_valid"] = np.array([not one for one in codes], dtype=bool)
    flags["is_halo"] = np.zeros(len(attributes), dtype=bool)
    flags["is_repaired"] = drawn.rows_with("is_turned")
    part = in_order([part_of(one.shape, one.kept, one.row) for one in drawn.rounds])
    return Rows(
        building_ids=[entry.record.building_id for entry in chunk.entries],
        numbers={name: numbers[name] for name in FLOAT_FIELDS},
        texts={name: texts[name] for name in TEXT_FIELDS},
        flags={name: flags[name] for name in FLAG_FIELDS},
        footprints=footprints,
        invalid_codes=codes,
        packed=[entry.packed for entry in chunk.entries],
        mesh=with_vertices(part, chunk.coordinates()),
        is_told=drawn.rows_with("is_told"),
        n_lowered=drawn.n_lowered,
        n_bad_semantics=drawn.n_bad_semantics,
        n_grounds_unused=n_grounds_unused,
        n_without_walls=int((drawn.rows_with("lacks_walls") & np.isfinite(numbers["volume"])).sum()),
        n_without_floor=int((drawn.rows_with("lacks_floor") & np.isfinite(numbers["volume"])).sum()),
    )


def _heights(drawn: Drawn, numbers: dict[str, FloatArray]) -> tuple[list[str], list[str], int]:
    """Fill ground height and height; returns how sure each is, and how many stated ground levels could not be used.

    The highest point is that of what is drawn; of a block it is what the source says of the roof, where that is higher. A stated
    ground level above that point, or less than `LEAST_HEIGHT` below it, gives way to the lowest point of the form.
    """
    lowest, highest = drawn.heights()
    stated, stated_top = numbers["ground_height"], numbers["roof_height_max"]
    from_roof = ~(drawn.lod >= FIRST_WITH_ROOFS) & ~np.isnan(stated_top) & ~(highest > stated_top)
    top = np.where(from_roof, stated_top, highest)
    is_unused = (top < stated) | ((top - stated < LEAST_HEIGHT) & (top - lowest >= LEAST_HEIGHT))
    is_stated = ~np.isnan(stated) & ~is_unused
    numbers["ground_height"] = ground = np.where(is_stated, stated, lowest)
    numbers["height"] = top - ground
    height_kind = np.where(from_roof & is_stated, Kind.MEASURED, Kind.CALCULATED)
    height_kind = np.where(np.isnan(numbers["height"]), "", height_kind)
    ground_kind = np.where(is_stated, Kind.MEASURED, np.where(np.isnan(ground), "", Kind.CALCULATED))
    return height_kind.tolist(), ground_kind.tolist(), int(is_unused.sum())


def _codes(drawn: Drawn, attributes: Sequence[columns.Attributes], present: frozenset[str]) -> list[tuple[str, ...]]:
    """What is wrong with each solid: in the source's own words where it has any, else what we find."""
    found = drawn.codes()
    codes = [found.get(row, ()) for row in range(len(attributes))]
    is_silent = np.ones(len(attributes), dtype=bool)
    for lod in bag3d.REPORTED_LODS:
        rows = np.flatnonzero(drawn.lod == lod).tolist()
        for name in bag3d.code_names(lod):
            if name in present:
                for row in rows:
                    stated = attributes[row].get(name)
                    if stated is not None:
                        codes[row] = bag3d.codes_in(stated)
                        is_silent[row] = False
                break
    for row in drawn.crowded_rows(is_silent) if is_silent.any() else ():
        codes[row] = tuple(sorted({*codes[row], "303"}))
    return codes
