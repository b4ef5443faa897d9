"""A chunk of a CityJSON input: some thousands of features, or one whole document, to rows and surfaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.boundaries import (
    DRAWABLE_TYPES,
    NESTING,
    SURFACE_TYPES,
    BoundaryCollector,
    Geometry,
    ReadyPieces,
    all_indices,
    checked_indices,
    vertex_rows,
)
from wijktwin.sources.cityjson.choosing import Look, Option, first_options
from wijktwin.sources.cityjson.columns import Attributes, attributes_of, packed
from wijktwin.sources.cityjson.faults import Context, instance_fault
from wijktwin.sources.cityjson.feature import Feature, Header
from wijktwin.sources.cityjson.lifting import Lifted
from wijktwin.sources.cityjson.lod import UNREFINED, lod_label, lod_rank
from wijktwin.sources.cityjson.objects import BuildingRecord, CityObject, TroubleError, sort_families, sort_objects
from wijktwin.sources.cityjson.segments import IndexArray

SANE_COORDINATE: Final = 1e12


class Entry(NamedTuple):
    """One building of a chunk, with where its vertices are and what could be drawn of it."""

    record: BuildingRecord
    offset: int
    limit: int
    first: list[Option]
    """What to draw, if it can be drawn, beside what `Chunk.ready_pieces` says."""
    footprints: list[Option]
    """What may be its footprint, beside what `Chunk.ready_footprints` says."""
    attributes: Attributes
    packed: bytes
    """The same as JSON."""


class Other(NamedTuple):
    """One object that is no building, with where its vertices are."""

    object_id: str
    city_object: CityObject
    offset: int
    limit: int


class Chunk:
    """Buildings and other objects of some features, with their vertices; everything checked, nothing shaped yet.

    Parameters
    ----------
    header
        What holds for all of them.
    lifted
        The text of the features without what was lifted from it.
    """

    def __init__(self, header: Header, lifted: Lifted | None = None) -> None:
        self.header = header
        self.arrays = arrays = lifted.arrays if lifted is not None else None
        self._text = lifted.text if lifted is not None else b""
        self.geometries = lifted.geometries if lifted is not None else None
        self._opened: dict[int, list[Geometry]] = {}
        self._list_limits: list[int] = []
        self._best: list[int] = []
        self._flat: list[int] = []
        self._is_plain: list[bool] = []
        if self.geometries is not None:
            looks = self.geometries.looks()
            self._best, self._flat, self._is_plain = looks.best.tolist(), looks.footprint.tolist(), looks.is_plain.tolist()
            self._list_limits = [-1] * len(self._best)
        self._ready: tuple[list[int], ...] = ([], [], [], [])
        self._ready_footprints: tuple[list[int], ...] = ([], [], [])
        self._spans = lifted.attributes.tolist() if lifted is not None else []
        self.origin: FloatArray = np.zeros(3)
        self.entries: list[Entry] = []
        self.others: list[Other] = []
        self.n_orphans = 0
        self.n_ambiguous = 0
        self.objects_by_type: Counter[str] = Counter()
        self.lods: Counter[str] = Counter()
        self._types: list[str] = []
        self._lods: list[Any] = []
        self._blocks: list[NDArray[Any]] = []
        self._coordinates: FloatArray | None = None
        self.n_vertices = 0
        self._loose: list[int] = []
        self._loose_lengths: list[int] = []
        self._loose_limits: list[int] = []
        self._array_limits = [-1] * (len(arrays.depth) if arrays is not None else 0)
        self._ranges = arrays.number_start.tolist() if arrays is not None else []
        self._depths = arrays.depth.tolist() if arrays is not None else []

    def add(self, feature: Feature, *, judged: bool = False) -> None:
        """Take in one feature.

        Parameters
        ----------
        judged
            `faults.judge_objects` has looked at it: families may be of any shape, vertices may be NaN.

        Raises
        ------
        TroubleError, TypeError, KeyError, …
            Something is not as it should be; the chunk is spoilt.
        """
        offset = self.n_vertices
        is_lifted = feature.first_span >= 0
        if type(feature.vertices) is int and not is_lifted:
            raise TroubleError
        self._add_block(self._vertices_of(feature.vertices, judged=judged))
        limit = self.n_vertices - offset
        objects = feature.objects
        found = sort_families(objects) if judged else sort_objects(objects)
        self.n_orphans += len(found.orphans)
        span = feature.first_span
        spans: dict[str, int] = {}
        looks: dict[int, Look] = {}
        for object_id, city_object in objects.items():
            self._types.append(city_object["type"])
            attributes = city_object.get("attributes")
            if attributes is not None:
                if type(attributes) is not dict:
                    raise TroubleError
                spans[object_id] = span
                span += 1
            geometries = city_object.get("geometry")
            if type(geometries) is int:
                if not is_lifted:
                    raise TroubleError
                self._list_limits[geometries] = limit
            elif geometries:
                if not is_lifted and self.arrays is not None:
                    _refuse_numbers(geometries)
                looks[id(city_object)] = self._look_at(geometries, limit)
        for record in found.buildings:
            attributes, is_own = attributes_of(record)
            if is_own and is_lifted:
                begin, end = self._spans[spans[record.building_id]]
                text = self._text[begin:end]
            else:
                text = packed(attributes)
            is_ready = self._make_ready(record, offset)
            first, footprints = ([], []) if is_ready else self._first_options(record, looks, limit)
            self.entries.append(Entry(record, offset, limit, first, footprints, attributes, text))
        if found.others:
            self.others.extend(Other(object_id, city_object, offset, limit) for object_id, city_object in found.others)

    def _make_ready(self, record: BuildingRecord, offset: int) -> bool:
        """Put down what to draw of a building of which every geometry was lifted; False where there is a choice to make."""
        holder = best = flat = -1
        for position, member in enumerate(record.members):
            number = member.get("geometry")
            if number is None:
                continue
            if type(number) is not int or not self._is_plain[number]:
                return False
            if self._best[number] >= 0:
                if holder >= 0:
                    return False
                holder, best = position, self._best[number]
            if self._flat[number] >= 0:
                if flat >= 0:
                    return False
                flat = self._flat[number]
        row = len(self.entries)
        if best >= 0:
            rows, geometries, offsets, members = self._ready
            rows.append(row)
            geometries.append(best)
            offsets.append(offset)
            members.append(holder)
        if flat >= 0:
            rows, geometries, offsets = self._ready_footprints
            rows.append(row)
            geometries.append(flat)
            offsets.append(offset)
        return True

    def _first_options(self, record: BuildingRecord, looks: dict[int, Look], limit: int) -> tuple[list[Option], list[Option]]:
        """What to draw of a building of which some geometry is out of the ordinary."""
        found: list[Look | None] = []
        for member in record.members:
            if type(member.get("geometry")) is int:
                found.append(self._look_at(self.geometries_of(member), limit, count=False))
            else:
                found.append(looks.get(id(member)))
        return first_options(record, found, self)

    def geometries_of(self, city_object: CityObject) -> list[Geometry]:
        """The geometries of an object, also where they were lifted."""
        number = city_object.get("geometry")
        return self._opened_list(number) if type(number) is int else number or []

    def _opened_list(self, number: int) -> list[Geometry]:
        if self.geometries is None:
            raise TroubleError
        if number not in self._opened:
            self._opened[number] = self.geometries.as_objects(number)
        return self._opened[number]

    def keep(self, rows: Sequence[int]) -> None:
        """Leave out every building but those in some rows (ascending)."""
        new_row = np.full(len(self.entries), -1)
        new_row[rows] = np.arange(len(rows))
        self.entries = [self.entries[row] for row in rows]
        for columns in (self._ready, self._ready_footprints):
            kept = [place for place, row in enumerate(columns[0]) if new_row[row] >= 0]
            for column in columns:
                column[:] = [column[place] for place in kept]
            columns[0][:] = new_row[columns[0]].tolist()

    def ready_pieces(self) -> tuple[ReadyPieces, IndexArray, IndexArray] | None:
        """What to draw of buildings whose geometries were all lifted: the pieces, which geometry each is, and which member has it."""
        if self.geometries is None or not self._ready[0]:
            return None
        row, geometry, offset, member = (np.array(column, dtype=np.int64) for column in self._ready)
        return self._pieces(row, geometry, offset), geometry, member

    def ready_footprints(self) -> ReadyPieces | None:
        """The footprints of those buildings."""
        if self.geometries is None or not self._ready_footprints[0]:
            return None
        row, geometry, offset = (np.array(column, dtype=np.int64) for column in self._ready_footprints)
        return self._pieces(row, geometry, offset)

    def _pieces(self, owner: IndexArray, geometry: IndexArray, offset: IndexArray) -> ReadyPieces:
        lifted = self.geometries
        if lifted is None:
            raise TroubleError
        _, _, number, values, begin, end = lifted.records[geometry].T
        return ReadyPieces(
            number=number,
            piece=np.arange(len(owner)),
            owner=owner,
            offset=offset,
            values=values,
            is_solid=lifted.is_solid[geometry],
            table_start=begin,
            table_size=end - begin,
            codes=lifted.codes,
        )

    def _vertices_of(self, vertices: Any, *, judged: bool) -> NDArray[Any]:  # noqa: ANN401
        """Vertices as written, flat."""
        if type(vertices) is int:
            return self.arrays.numbers[self._ranges[vertices] : self._ranges[vertices + 1]]  # type: ignore[union-attr]
        return np.array(vertices, dtype=np.float64) if judged else np.frombuffer(vertex_rows(vertices), dtype=np.float64)

    def _add_block(self, block: NDArray[Any]) -> None:
        self._blocks.append(block)
        self.n_vertices += len(block) // 3
        self._coordinates = None

    def _look_at(self, geometries: list[Geometry], limit: int, *, count: bool = True) -> Look:
        """Note LoD and vertex indices of an object's geometries, whether they will be drawn or not, and find the best of them.

        Parameters
        ----------
        count
            Whether they are to be counted by LoD; those of lifted lists are counted all at once.
        """
        best: Geometry | None = None
        footprint: Geometry | None = None
        best_rank = 0.0
        is_plain = True
        depths, limits, lods = self._depths, self._array_limits, self._lods
        for geometry in geometries:
            kind, lod, boundaries = geometry["type"], geometry.get("lod"), geometry.get("boundaries")
            if count:
                lods.append(lod)
            rank = lod_rank(lod)
            if type(boundaries) is int and depths:
                if NESTING.get(kind) != depths[boundaries]:
                    raise TroubleError
                limits[boundaries] = limit
            else:
                self._look_at_nested(geometry, limit)
                if kind not in DRAWABLE_TYPES or boundaries == []:
                    is_plain = is_plain and kind != "GeometryInstance"
                    continue
            if rank < UNREFINED:
                is_plain = is_plain and footprint is None and kind in SURFACE_TYPES
                footprint = geometry
            elif rank > best_rank:
                best, best_rank = geometry, rank
            elif rank == best_rank:
                is_plain = False
        if count and len(geometries) > 1:
            self._note_ambiguity(geometries)
        return best_rank, best, footprint, is_plain

    def _look_at_nested(self, geometry: Geometry, limit: int) -> None:
        """Note the vertex indices of a geometry whose boundaries were not lifted."""
        kind = geometry["type"]
        if kind in NESTING:
            if kind == "GeometryInstance":
                self._check_instance(geometry)
            indices = all_indices(geometry)
            self._loose.extend(indices)
            self._loose_lengths.append(len(indices))
            self._loose_limits.append(limit)
        elif not isinstance(kind, str):
            raise TroubleError

    def _check_instance(self, geometry: Geometry) -> None:
        """Raise where a geometry template cannot be placed."""
        within = Context(source=self.header.source, n_vertices=0, n_templates=len(self.header.templates))
        if instance_fault("", geometry, within) is not None:
            raise TroubleError

    def _note_ambiguity(self, geometries: list[Geometry]) -> None:
        """Count an object that has two solids, or two sets of surfaces, of one LoD: nobody knows which is meant."""
        kinds = [(geometry["type"], geometry.get("lod")) for geometry in geometries if geometry["type"] in DRAWABLE_TYPES]
        self.n_ambiguous += len(set(kinds)) < len(kinds)

    def check(self) -> None:
        """Look at every vertex index at once.

        Raises
        ------
        TroubleError
            One is no integer, is negative, or has no vertex.
        """
        limits = np.repeat(np.array(self._loose_limits, dtype=np.int64), np.array(self._loose_lengths, dtype=np.int64))
        checked_indices(self._loose, limits)
        self._loose, self._loose_lengths, self._loose_limits = [], [], []
        self.objects_by_type, self.lods = Counter(self._types), Counter(map(lod_label, self._lods))
        if self.arrays is None or self.geometries is None:
            return
        array_limits = np.array(self._array_limits, dtype=np.int64)
        limit = np.array(self._list_limits, dtype=np.int64)[self.geometries.owner]
        array_limits[self.geometries.records[:, 2]] = limit
        if not self.arrays.are_below(array_limits):
            raise TroubleError
        spelled, which = self.geometries.lods
        for one, how_many in zip(spelled, np.bincount(which[limit >= 0], minlength=len(spelled)).tolist(), strict=True):
            if how_many:
                self.lods[lod_label(one)] += how_many
        for number, (is_plain, list_limit) in enumerate(zip(self._is_plain, self._list_limits, strict=True)):
            if not is_plain and list_limit >= 0:  # a plain list has no two of one LoD
                self._note_ambiguity(self._opened_list(number))

    def _written(self) -> NDArray[Any]:
        """All vertices as written, shape (n, 3)."""
        if len(self._blocks) != 1:
            self._blocks = [np.concatenate(self._blocks) if self._blocks else np.zeros(0)]
        return self._blocks[0].reshape(-1, 3)

    def indices_of(self, geometry: Geometry) -> IndexArray:
        """Every vertex index of a geometry as written, flat; none where it has no boundaries."""
        boundaries = geometry.get("boundaries", [])
        if type(boundaries) is int and self.arrays is not None:
            return self.arrays.numbers[self._ranges[boundaries] : self._ranges[boundaries + 1]]
        return np.array(all_indices(geometry) if boundaries and geometry["type"] in NESTING else [], dtype=np.int64)

    @property
    def templates(self) -> list[Any]:
        """Geometry templates of the document."""
        return self.header.templates

    def first_place(self) -> FloatArray:
        """A whole number of metres near the first vertex: a good origin for what lies around it."""
        place = self._transformed(self._written()[:1]).ravel()
        if not len(place) or not (np.abs(place) < SANE_COORDINATE).all():
            return np.zeros(3)
        return np.array([np.round(place[0]), np.round(place[1]), 0.0])

    def coordinates(self) -> FloatArray:
        """Of all vertices, shape (n, 3). [m from origin]"""
        if self._coordinates is None:
            self._coordinates = self._transformed(self._written())
        return self._coordinates

    def coordinates_at(self, vertex: IndexArray) -> FloatArray:
        """Of some vertices, shape (len(vertex), 3). [m from origin]"""
        return self._transformed(self._written()[vertex])

    def _transformed(self, written: NDArray[Any]) -> FloatArray:
        transform = self.header.transform
        with np.errstate(over="ignore", invalid="ignore"):
            moved: FloatArray = written * transform.scale
            moved += transform.translate - self.origin
        return moved

    def add_placed(self, option: Option, *, offset: int) -> int:
        """Vertices of a geometry template where one instance stands; returns where they begin."""
        instance = option.instance or {}
        matrix = np.array(instance["transformationMatrix"], dtype=np.float64).reshape(4, 4)
        anchor = self.coordinates_at(np.array([offset + instance["boundaries"][0]]))[0] + self.origin
        points = self.header.template_vertices @ matrix[:3, :3].T + matrix[:3, 3] + anchor
        return self.add_vertices(points)

    def add_vertices(self, points: FloatArray) -> int:
        """Further vertices in real coordinates, shape (n, 3); returns where they begin. [m]"""
        begin = self.n_vertices
        transform = self.header.transform
        self._add_block(((np.asarray(points) - transform.translate) / transform.scale).ravel())
        return begin

    def collect(self, collector: BoundaryCollector, option: Option, *, owner: int, offset: int, limit: int) -> None:
        """Hand one geometry to a collector, its template placed where it is an instance.

        Parameters
        ----------
        offset, limit
            Where the vertices of its object begin, and how many there are.
        """
        if option.instance is not None:
            offset = self.add_placed(option, offset=offset)
            limit = len(self.header.template_vertices)
        collector.add(option.geometry, owner=owner, offset=offset, limit=limit)


def _refuse_numbers(geometries: Any) -> None:  # noqa: ANN401 - anything may stand there
    """Raise where a number stands for a list in text that nothing was lifted from: it must not be taken for that of a lifted one."""
    for geometry in geometries:
        semantics = geometry.get("semantics")
        if type(geometry.get("boundaries")) is int or (type(semantics) is dict and type(semantics.get("values")) is int):
            raise TroubleError
