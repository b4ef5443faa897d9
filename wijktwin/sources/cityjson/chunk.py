"""A chunk of a CityJSON input: some thousands of features, or one whole document, to rows and surfaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from wijktwin.errors import Note
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.boundaries import (
    DRAWABLE_TYPES,
    NESTING,
    SURFACE_TYPES,
    BoundaryCollector,
    Geometry,
    all_indices,
    checked_indices,
    vertex_rows,
)
from wijktwin.sources.cityjson.checks import Transform, vertex_array
from wijktwin.sources.cityjson.choosing import UNREFINED, Look, Option, first_options
from wijktwin.sources.cityjson.columns import Attributes, attributes_of, packed
from wijktwin.sources.cityjson.faults import Context, SetAside, instance_fault, judge_objects, kind_of
from wijktwin.sources.cityjson.lifting import Lifted
from wijktwin.sources.cityjson.lod import RANKS, lod_label, lod_rank
from wijktwin.sources.cityjson.objects import BuildingRecord, CityObject, TroubleError, sort_families, sort_objects
from wijktwin.sources.cityjson.segments import IndexArray, rows_with_gaps

SANE_COORDINATE: Final = 1e12
_TROUBLES: Final = (TroubleError, TypeError, KeyError, ValueError, IndexError, AttributeError, OverflowError)


class WrittenLines:
    """Lines of text as they stand in a file, taken apart only when somebody wants one."""

    def __init__(self, text: bytes) -> None:
        self._text: bytes | None = text
        self._lines: list[bytes] = []

    @staticmethod
    def single(text: bytes) -> WrittenLines:
        """One text of any number of lines."""
        whole = WrittenLines(b"")
        whole._text, whole._lines = None, [text]
        return whole

    def _all(self) -> list[bytes]:
        if self._text is not None:
            self._lines, self._text = self._text.split(b"\n"), None
        return self._lines

    def __len__(self) -> int:
        """How many lines."""
        return len(self._all())

    def __getitem__(self, position: int) -> bytes:
        """One line, without its end."""
        return self._all()[position]

    def after(self, position: int) -> list[bytes]:
        """The lines that follow one."""
        return self._all()[position + 1 :]


class Feature(NamedTuple):
    """Some CityObjects with their own vertices: a CityJSONFeature, or a whole document."""

    objects: dict[str, CityObject]
    vertices: Any
    """A list, or the number of a lifted array."""
    written: tuple[WrittenLines, int] | None = None
    """The lines and which of them it was read from, where arrays were lifted out of it."""
    first_span: int = -1
    """Where the attributes of its first object are among those of the lifted text; -1 where nothing was lifted."""


@dataclass(slots=True)
class Header:
    """What a document says once for all of its objects."""

    source: str
    version: str
    transform: Transform
    templates: list[Any] = field(default_factory=list)
    template_vertices: FloatArray = field(default_factory=lambda: np.zeros((0, 3)))


@dataclass(slots=True)
class Tally:
    """What is counted over all chunks."""

    objects_by_type: Counter[str] = field(default_factory=Counter)
    lods: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    n_orphans: int = 0
    n_ambiguous: int = 0
    n_groupless: int = 0
    n_bad_semantics: int = 0
    n_vertices: int = 0


class Entry(NamedTuple):
    """One building of a chunk, with where its vertices are and what could be drawn of it."""

    record: BuildingRecord
    offset: int
    limit: int
    first: list[Option]
    """What to draw, if it can be drawn."""
    footprints: list[Option]
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
            if geometries:
                looks[id(city_object)] = self._look_at(geometries, limit)
        for record in found.buildings:
            attributes, is_own = attributes_of(record)
            if is_own and feature.first_span >= 0:
                begin, end = self._spans[spans[record.building_id]]
                text = self._text[begin:end]
            else:
                text = packed(attributes)
            first, footprints = first_options(record, [looks.get(id(member)) for member in record.members], self.header.templates)
            self.entries.append(Entry(record, offset, limit, first, footprints, attributes, text))
        if found.others:
            self.others.extend(Other(object_id, city_object, offset, limit) for object_id, city_object in found.others)

    def _vertices_of(self, vertices: Any, *, judged: bool) -> NDArray[Any]:  # noqa: ANN401
        """Vertices as written, flat."""
        if type(vertices) is int:
            return self.arrays.numbers[self._ranges[vertices] : self._ranges[vertices + 1]]  # type: ignore[union-attr]
        return np.array(vertices, dtype=np.float64) if judged else np.frombuffer(vertex_rows(vertices), dtype=np.float64)

    def _add_block(self, block: NDArray[Any]) -> None:
        self._blocks.append(block)
        self.n_vertices += len(block) // 3
        self._coordinates = None

    def _look_at(self, geometries: list[Geometry], limit: int) -> Look:
        """Note LoD and vertex indices of an object's geometries, whether they will be drawn or not, and find the best of them."""
        best: Geometry | None = None
        footprint: Geometry | None = None
        best_rank = 0.0
        is_plain = True
        depths, limits, lods = self._depths, self._array_limits, self._lods
        for geometry in geometries:
            kind, lod, boundaries = geometry["type"], geometry.get("lod"), geometry.get("boundaries")
            lods.append(lod)
            rank = RANKS.get(lod)
            if rank is None:
                rank = RANKS[lod] = lod_rank(lod)
            if type(boundaries) is int:
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
        if not is_plain:
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
        if self.arrays is not None and not self.arrays.are_below(np.array(self._array_limits, dtype=np.int64)):
            raise TroubleError
        self.objects_by_type, self.lods = Counter(self._types), Counter(map(lod_label, self._lods))

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


def gather(
    features: Sequence[Feature],
    header: Header,
    *,
    aside: SetAside,
    tally: Tally,
    known: Mapping[str, Note],
    closely: bool = False,
    lifted: Lifted | None = None,
) -> Chunk:
    """Features as a chunk; when one of them is not as it should be, every one is looked at closely and the faulty are set aside.

    Parameters
    ----------
    known
        Faults that were found in the text already, by object.
    closely
        Look at every value at once: the text has something odd in it.
    lifted
        The text of the features without what was lifted from it.
    """
    chunk = Chunk(header, lifted)
    try:
        if known or closely:
            raise TroubleError
        for feature in features:
            chunk.add(feature)
        chunk.check()
    except _TROUBLES:
        chunk = Chunk(header)
        for feature in features:
            chunk.add(_judged(_as_written(feature), header, aside, tally, known), judged=True)
        chunk.check()
    tally.objects_by_type.update(chunk.objects_by_type)
    tally.lods.update(chunk.lods)
    tally.n_orphans += chunk.n_orphans
    tally.n_ambiguous += chunk.n_ambiguous
    tally.n_vertices += chunk.n_vertices
    return chunk


def _as_written(feature: Feature) -> Feature:
    """A feature with every array in its place again."""
    if feature.written is None:
        return feature
    lines, position = feature.written
    value = orjson.loads(lines[position])
    return Feature(value["CityObjects"], value.get("vertices", []))


def _judged(feature: Feature, header: Header, aside: SetAside, tally: Tally, known: Mapping[str, Note]) -> Feature:
    """A feature without its faulty objects and their families."""
    if not isinstance(feature.vertices, list):
        fault = Note("reading.wrong_type", source=header.source, where="vertices", found=kind_of(feature.vertices), expected="[…]")
        known = {**known, **dict.fromkeys(feature.objects, fault)}
        feature = Feature(feature.objects, [])
    vertices = vertex_array(feature.vertices, source=header.source)
    unusable = rows_with_gaps(vertices)
    within = Context(
        source=header.source,
        n_vertices=len(vertices),
        unusable=unusable if unusable.any() else None,
        n_templates=len(header.templates),
    )
    verdict = judge_objects(feature.objects, within, known=known)
    aside.add(verdict, feature.objects)
    tally.n_groupless += verdict.n_groupless
    kept = {key: value for key, value in feature.objects.items() if key not in verdict.left_out}
    return Feature(kept, np.nan_to_num(vertices).ravel().tolist())


def geometries_of(city_object: CityObject, templates: list[Any]) -> list[tuple[Geometry, Geometry | None]]:
    """Every geometry of an object, templates looked up: the geometry and the instance that places it, if any."""
    found: list[tuple[Geometry, Geometry | None]] = []
    for geometry in city_object.get("geometry") or ():
        if geometry["type"] == "GeometryInstance":
            found.append((templates[geometry["template"]], geometry))
        else:
            found.append((geometry, None))
    return found
