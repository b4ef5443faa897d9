"""What is drawn of each building of a chunk: its most detailed geometry that can be drawn, round after round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely

from wijktwin.model.mesh import BoolArray, FloatArray, SurfaceKind
from wijktwin.sources.cityjson import outlines
from wijktwin.sources.cityjson.boundaries import BoundaryCollector, ReadyPieces, in_order_of_owner
from wijktwin.sources.cityjson.choosing import Option, choose_again, options_of
from wijktwin.sources.cityjson.chunk import Chunk
from wijktwin.sources.cityjson.lifted_geometries import LiftedGeometries
from wijktwin.sources.cityjson.lifting_geometry import TYPES
from wijktwin.sources.cityjson.outlines import Polygons
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.cityjson.shaping import Shape, shape_of
from wijktwin.sources.cityjson.shells import crowded
from wijktwin.sources.cityjson.surfaces import surfaces_of

RAISED_TO: Final = ("roof_height_p70", "roof_height_median", "roof_height_max", "roof_height_min")
"""How high a footprint is raised, in order of preference: 3D BAG too makes its LoD 1.2 blocks as high as the 70th percentile of
the roof points (R. Peters et al., "Automated 3D reconstruction of LoD2 and LoD1 models for all 10 million buildings of the
Netherlands", PE&RS 88 (2022), doi:10.14358/PERS.21-00032R2)."""


SAME_PLACE: Final = 0.9
"""A Building and its parts are two views of one thing when their boxes share this much of the space they take together."""


@dataclass(frozen=True, eq=False)
class Round:
    """Pieces that were shaped together.

    Parameters
    ----------
    shape
        What came of them.
    row, member, rank, lod
        Row of each piece, which member of the building it is of, and its LoD as in `choosing.Option`, shape (n,).
    ready
        Which of the lifted geometries the first pieces are.
    options
        What the others are.
    kept
        Which are drawn, shape (n,).
    """

    shape: Shape
    row: IndexArray
    member: IndexArray
    rank: FloatArray
    lod: FloatArray
    ready: IndexArray
    options: list[Option]
    kept: BoolArray

    def option(self, piece: int, lifted: LiftedGeometries | None) -> Option:
        """One piece as an option; of a lifted geometry only what it takes to know it again, and to collect it."""
        if piece >= len(self.ready) or lifted is None:
            return self.options[piece - len(self.ready)]
        geometry = {"boundaries": int(lifted.records[self.ready[piece], 2]), "type": TYPES[lifted.records[self.ready[piece], 0]]}
        return Option(float(self.rank[piece]), float(self.lod[piece]), int(self.member[piece]), geometry)


@dataclass(slots=True)
class Drawn:
    """What is drawn of each row, shape (n_rows,) each."""

    n_rows: int
    rounds: list[Round] = field(default_factory=list)
    lod: FloatArray = field(default_factory=lambda: np.zeros(0))
    is_raised: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    n_lowered: int = 0
    n_bad_semantics: int = 0

    def rows_with(self, name: str) -> BoolArray:
        """Rows of which some piece that is drawn has a flag of `Shape`."""
        found = np.zeros(self.n_rows, dtype=bool)
        for one in self.rounds:
            found[one.row[one.kept & getattr(one.shape, name)]] = True
        return found

    def is_drawn(self) -> BoolArray:
        """Rows of which anything is drawn."""
        return self.rows_with("is_usable")

    def volume(self) -> FloatArray:
        """Volume of all pieces; NaN where nothing is drawn or one of them holds none. [m³]"""
        total = np.where(self.is_drawn(), 0.0, np.nan)
        for one in self.rounds:
            np.add.at(total, one.row[one.kept], one.shape.volume[one.kept])
        return total

    def heights(self) -> tuple[FloatArray, FloatArray]:
        """Height of the lowest and highest corner, NaN where nothing is drawn. [m, vertical datum of the file]"""
        lowest, highest = np.full(self.n_rows, np.nan), np.full(self.n_rows, np.nan)
        for one in self.rounds:
            rows = one.row[one.kept]
            np.fmin.at(lowest, rows, one.shape.lowest[one.kept])
            np.fmax.at(highest, rows, one.shape.highest[one.kept])
        return lowest, highest

    def codes(self) -> dict[int, tuple[str, ...]]:
        """Our own findings per row that has any."""
        found: dict[int, set[str]] = {}
        for one in self.rounds:
            for piece, codes in one.shape.codes.items():
                if one.kept[piece]:
                    found.setdefault(int(one.row[piece]), set()).update(codes)
        return {row: tuple(sorted(codes)) for row, codes in found.items()}

    def crowded_rows(self, wanted: BoolArray) -> list[int]:
        """Which of some rows have a solid with an edge of more than two faces."""
        found: set[int] = set()
        for one in self.rounds:
            pieces = one.kept & one.shape.is_solid & wanted[one.row]
            if pieces.any():
                found.update(one.row[crowded(one.shape.surfaces, one.shape.surface_piece, pieces)].tolist())
        return sorted(found)

    def geometry_from(self) -> list[str]:
        """What was drawn, as in `wijktwin.model.building.TEXT_FIELDS`."""
        drawn, is_open = self.is_drawn(), np.zeros(self.n_rows, dtype=bool)
        for one in self.rounds:
            is_open[one.row[one.kept & ~one.shape.is_solid]] = True
        words = np.where(is_open, "surfaces", "solid")
        words = np.where(self.is_raised, "footprint raised", words)
        found: list[str] = np.where(drawn, words, "none").tolist()
        return found


def draw(chunk: Chunk) -> Drawn:
    """Shape the most detailed geometry of each building, and the next where one cannot be drawn."""
    n_rows = len(chunk.entries)
    drawn = Drawn(n_rows, lod=np.full(n_rows, np.nan), is_raised=np.zeros(n_rows, dtype=bool))
    pending = [(row, option) for row, entry in enumerate(chunk.entries) for option in entry.first]
    ready = chunk.ready_pieces()
    while pending or ready is not None:
        this, n_bad = _round(chunk, pending, ready)
        ready = None
        drawn.n_bad_semantics += n_bad
        if drawn.rounds:
            drawn.n_lowered += len(np.unique(this.row[this.kept]))
        elif len(np.unique(this.row)) < len(this.row):
            _leave_out_repeats(this)
        drawn.rounds.append(this)
        failed = np.unique(this.row[~this.shape.is_usable]).tolist()
        pending = [(row, option) for row in failed for option in _next_options(chunk, drawn, row)]
    _set_lods(drawn)
    return drawn


def _round(chunk: Chunk, pending: list[tuple[int, Option]], ready: tuple[ReadyPieces, IndexArray, IndexArray] | None) -> tuple[Round, int]:
    """Shape some pieces; also how many have semantics that do not fit."""
    none = np.zeros(0, dtype=np.int64)
    pieces, geometry, ready_member = ready if ready is not None else (None, none, none)
    ready_row = none if pieces is None else pieces.owner
    n_ready = len(ready_row)
    collector = BoundaryCollector(chunk.arrays, None if pieces is None else replace(pieces, owner=pieces.piece))
    for piece, (row, option) in enumerate(pending):
        entry = chunk.entries[row]
        chunk.collect(collector, option, owner=n_ready + piece, offset=entry.offset, limit=entry.limit)
    n_pieces = n_ready + len(pending)
    shape = shape_of(collector.finish(), chunk.coordinates(), n_pieces)
    options = [option for _, option in pending]
    rank, lod = np.array([option.rank for option in options]), np.array([option.lod for option in options])
    if chunk.geometries is not None and n_ready:
        rank, lod = np.concatenate([chunk.geometries.ranks[geometry], rank]), np.concatenate([chunk.geometries.lod_of(geometry), lod])
    made = Round(
        shape=shape,
        row=np.concatenate([ready_row, np.array([row for row, _ in pending], dtype=np.int64)]),
        member=np.concatenate([ready_member, np.array([option.member for option in options], dtype=np.int64)]),
        rank=rank.astype(np.float64),
        lod=lod.astype(np.float64),
        ready=geometry,
        options=options,
        kept=shape.is_usable.copy(),
    )
    return made, collector.n_bad_semantics


def _next_options(chunk: Chunk, drawn: Drawn, row: int) -> list[Option]:
    """What to try of a building after what was tried so far."""
    tried: list[Option] = []
    members: set[int] = set()
    for one in drawn.rounds:
        for piece in np.flatnonzero(one.row == row).tolist():
            option = one.option(piece, chunk.geometries)
            tried.append(option)
            if one.kept[piece]:
                members.add(option.member)
    options, _ = options_of(chunk.entries[row].record, chunk)
    return choose_again(options, tried, members)


def _set_lods(drawn: Drawn) -> None:
    """The LoD of each row: that of its least detailed piece, NaN where that does not say."""
    for one in drawn.rounds:
        order = np.flatnonzero(one.kept)
        order = order[np.argsort(-one.rank[order], kind="stable")]
        drawn.lod[one.row[order]] = one.lod[order]


def _leave_out_repeats(this: Round) -> None:
    """Where a Building and its parts, equally detailed, take the same space, draw the parts only. Changes ``kept`` in place."""
    members: dict[int, list[int]] = {}
    for piece, row in enumerate(this.row.tolist()):
        if this.kept[piece]:
            members.setdefault(row, []).append(piece)
    for pieces in members.values():
        own = [piece for piece in pieces if this.member[piece] == 0]
        parts = [piece for piece in pieces if this.member[piece] != 0]
        if own and parts and _shared(_box(this.shape, own), _box(this.shape, parts)) > SAME_PLACE:
            this.kept[own] = False


def _box(shape: Shape, pieces: list[int]) -> FloatArray:
    """Smallest and largest coordinates of some pieces, shape (2, 3). [m]"""
    chosen = np.isin(shape.surface_piece, pieces)[shape.surfaces.corner_surface]
    corners = shape.surfaces.corner[chosen]
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _shared(one: FloatArray, other: FloatArray) -> float:
    """How much of the space that two boxes take together they both take."""
    low, high = np.maximum(one[0], other[0]), np.minimum(one[1], other[1])
    both = float(np.prod(np.maximum(high - low, 0.0)))
    together = float(np.prod(one[1] - one[0]) + np.prod(other[1] - other[0])) - both
    return both / together if together > 0 else 0.0


def stated_footprints(chunk: Chunk, drawn: Drawn) -> Polygons:
    """Outlines from LoD 0, and from geometry that has no height."""
    flat_pieces: dict[int, list[Option]] = {}
    for one in drawn.rounds:
        for piece in np.flatnonzero(one.shape.is_flat).tolist():
            flat_pieces.setdefault(int(one.row[piece]), []).append(one.option(piece, chunk.geometries))
    ready = chunk.ready_footprints()
    has_one = set() if ready is None else set(ready.owner.tolist())
    collector = BoundaryCollector(chunk.arrays, ready)
    rows = [row for row, entry in enumerate(chunk.entries) if entry.footprints]
    for row in sorted({*rows, *(set(flat_pieces) - has_one)}):
        entry = chunk.entries[row]
        for option in entry.footprints or flat_pieces[row]:
            chunk.collect(collector, option, owner=row, offset=entry.offset, limit=entry.limit)
    flat = in_order_of_owner(collector.finish())
    if not len(flat.indices):
        return np.full(drawn.n_rows, None, dtype=object)
    coordinates = chunk.coordinates()
    if not np.isfinite(coordinates).all():
        coordinates = np.nan_to_num(coordinates, posinf=0.0, neginf=0.0)
    surfaces = surfaces_of(flat, coordinates)
    polygons = outlines.polygons_of(surfaces, np.arange(len(surfaces.kind)), chunk.origin)
    return outlines.merged(polygons, flat.shell_owner[surfaces.shell_of], drawn.n_rows)


def raise_footprints(chunk: Chunk, drawn: Drawn, footprints: Polygons, numbers: Mapping[str, FloatArray], above_ground: FloatArray) -> None:
    """Blocks for buildings of which nothing else can be drawn, where a height is known. Changes ``drawn`` in place.

    Parameters
    ----------
    above_ground
        Height above the ground where the source gives that, shape (n_rows,). [m]
    """
    collector = BoundaryCollector(chunk.arrays)
    rows: list[int] = []
    for row in np.flatnonzero(~drawn.is_drawn()).tolist():
        if footprints[row] is None:
            continue
        stated = numbers["ground_height"][row]
        ground = 0.0 if np.isnan(stated) else float(stated)
        tops = [numbers[name][row] for name in RAISED_TO]
        top = next((float(one) for one in (*tops, ground + above_ground[row]) if one > ground), None)
        if top is None:
            continue
        geometry, vertices = outlines.raised(footprints[row], ground, top)
        offset = chunk.add_vertices(np.array(vertices))
        collector.add(geometry, owner=len(rows), offset=offset, limit=len(vertices))
        rows.append(row)
    if not rows:
        return
    shape = shape_of(collector.finish(), chunk.coordinates(), len(rows))
    zeros, none = np.zeros(len(rows)), np.zeros(0, dtype=np.int64)
    row_of = np.array(rows, dtype=np.int64)
    blank = [Option(0.0, 0.0, 0, {})] * len(rows)
    drawn.rounds.append(Round(shape, row_of, zeros.astype(np.int64), zeros, zeros, none, blank, shape.is_usable.copy()))
    done = np.array(rows)[shape.is_usable]
    drawn.lod[done] = 0.0
    drawn.is_raised[done] = True


def missing_footprints(chunk: Chunk, drawn: Drawn, footprints: Polygons) -> None:
    """Outlines from the ground surfaces of what is drawn, or from everything that looks up or down. Changes in place."""
    missing = shapely.is_missing(footprints)
    for one in drawn.rounds:
        shape = one.shape
        wanted = (one.kept & missing[one.row])[shape.surface_piece]
        if not wanted.any():
            continue
        surface_row = one.row[shape.surface_piece]
        is_ground = shape.kind == SurfaceKind.GROUND
        has_ground = np.zeros(drawn.n_rows, dtype=bool)
        has_ground[surface_row[is_ground]] = True
        lying = np.abs(shape.surfaces.normal[:, 2]) > 1e-3 * np.linalg.norm(shape.surfaces.normal, axis=1)
        chosen = np.flatnonzero(wanted & lying & (is_ground | ~has_ground[surface_row]))
        order = np.argsort(surface_row[chosen], kind="stable")
        found = outlines.merged(outlines.polygons_of(shape.surfaces, chosen, chunk.origin)[order], surface_row[chosen][order], drawn.n_rows)
        filled = missing & ~shapely.is_missing(found)
        footprints[filled] = found[filled]
