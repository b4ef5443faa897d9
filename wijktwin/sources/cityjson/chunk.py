"""A chunk of a CityJSON input: some thousands of features, or one whole document, to rows and surfaces."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from wijktwin.errors import Note
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.boundaries import (
    DRAWABLE_TYPES,
    BoundaryCollector,
    Geometry,
    IndexArray,
    all_indices,
    checked_indices,
    vertex_rows,
)
from wijktwin.sources.cityjson.checks import Transform, vertex_array
from wijktwin.sources.cityjson.choosing import Option, options_of
from wijktwin.sources.cityjson.faults import Context, SetAside, judge_objects, kind_of
from wijktwin.sources.cityjson.lod import lod_label
from wijktwin.sources.cityjson.objects import BuildingRecord, CityObject, SortedObjects, TroubleError, sort_families, sort_objects

_TROUBLES: Final = (TroubleError, TypeError, KeyError, ValueError, IndexError, AttributeError, OverflowError)


class Feature(NamedTuple):
    """Some CityObjects with their own vertices: a CityJSONFeature, or a whole document."""

    objects: dict[str, CityObject]
    vertices: Any


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
    n_bad_semantics: int = 0
    n_vertices: int = 0


class Entry(NamedTuple):
    """One building of a chunk, with where its vertices are and what could be drawn of it."""

    record: BuildingRecord
    offset: int
    limit: int
    options: list[Option]
    footprints: list[Option]


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
    origin
        Local origin of the coordinates, shape (3,). [m]
    """

    def __init__(self, header: Header, origin: FloatArray) -> None:
        self.header = header
        self.origin = origin
        self.entries: list[Entry] = []
        self.others: list[Other] = []
        self.n_orphans = 0
        self.n_ambiguous = 0
        self.objects_by_type: Counter[str] = Counter()
        self.lods: Counter[str] = Counter()
        self._written: array[float] = array("d")
        self._loose: list[int] = []
        self._loose_lengths: list[int] = []
        self._loose_limits: list[int] = []

    @property
    def n_vertices(self) -> int:
        """How many vertices so far."""
        return len(self._written) // 3

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
        self._written.extend(feature.vertices if judged else vertex_rows(feature.vertices))
        limit = self.n_vertices - offset
        found: SortedObjects = sort_families(feature.objects) if judged else sort_objects(feature.objects)
        self.n_orphans += len(found.orphans)
        templates = self.header.templates
        lods: list[Any] = []
        for city_object in feature.objects.values():
            self.objects_by_type[city_object["type"]] += 1
            if not isinstance(city_object.get("attributes"), _OBJECT_OR_NULL):
                raise TroubleError
            n_before = len(lods)
            for geometry in city_object.get("geometry") or ():
                lods.append(geometry.get("lod"))
                if geometry["type"] in _CHECKED:
                    indices = all_indices(geometry)
                    self._loose.extend(indices)
                    self._loose_lengths.append(len(indices))
                    self._loose_limits.append(limit)
                elif not isinstance(geometry["type"], str):
                    raise TroubleError
            if len(set(lods[n_before:])) < len(lods) - n_before:
                self._note_ambiguity(city_object)
        self.lods.update(map(lod_label, lods))
        for record in found.buildings:
            options, footprints = options_of(record, templates)
            self.entries.append(Entry(record, offset, limit, options, footprints))
        self.others.extend(Other(object_id, city_object, offset, limit) for object_id, city_object in found.others)

    def _note_ambiguity(self, city_object: CityObject) -> None:
        """Count an object that has two solids, or two sets of surfaces, of one LoD: nobody knows which is meant."""
        kinds = [(geometry["type"], geometry.get("lod")) for geometry in city_object["geometry"] if geometry["type"] in DRAWABLE_TYPES]
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

    def coordinates(self) -> FloatArray:
        """Of all vertices, shape (n, 3). [m from origin]"""
        transform = self.header.transform
        written: FloatArray = np.frombuffer(self._written, dtype=np.float64).reshape(-1, 3)
        with np.errstate(over="ignore", invalid="ignore"):
            return written * transform.scale + (transform.translate - self.origin)

    def coordinates_at(self, vertex: IndexArray) -> FloatArray:
        """Of some vertices, shape (len(vertex), 3). [m from origin]"""
        transform = self.header.transform
        written: FloatArray = np.frombuffer(self._written, dtype=np.float64).reshape(-1, 3)[vertex]
        return written * transform.scale + (transform.translate - self.origin)

    def add_placed(self, option: Option, *, offset: int) -> int:
        """Vertices of a geometry template where one instance stands; returns where they begin."""
        instance = option.instance or {}
        matrix = np.array(instance["transformationMatrix"], dtype=np.float64).reshape(4, 4)
        anchor = np.frombuffer(self._written, dtype=np.float64).reshape(-1, 3)[offset + instance["boundaries"][0]].copy()
        transform = self.header.transform
        points = self.header.template_vertices @ matrix[:3, :3].T + matrix[:3, 3] + anchor * transform.scale + transform.translate
        return self.add_vertices(points)

    def add_vertices(self, points: FloatArray) -> int:
        """Further vertices in real coordinates, shape (n, 3); returns where they begin. [m]"""
        begin = self.n_vertices
        transform = self.header.transform
        self._written.extend(((np.asarray(points) - transform.translate) / transform.scale).ravel().tolist())
        return begin

    def collect(self, collector: BoundaryCollector, entry: Entry, option: Option, *, owner: int) -> None:
        """Hand one geometry of one building to a collector, its template placed where it is an instance."""
        offset, limit = entry.offset, entry.limit
        if option.instance is not None:
            offset = self.add_placed(option, offset=offset)
            limit = len(self.header.template_vertices)
        collector.add(option.geometry, owner=owner, offset=offset, limit=limit)


_OBJECT_OR_NULL: Final = (dict, type(None))
_CHECKED: Final = frozenset({
    "MultiPoint", "MultiLineString", "MultiSurface", "CompositeSurface", "Solid", "MultiSolid", "CompositeSolid", "GeometryInstance",
})  # fmt: skip


def gather(
    features: Sequence[Feature],
    header: Header,
    origin: FloatArray,
    *,
    aside: SetAside,
    tally: Tally,
    known: Mapping[str, Note],
    closely: bool = False,
) -> Chunk:
    """Features as a chunk; when one of them is not as it should be, every one is looked at closely and the faulty are set aside.

    Parameters
    ----------
    known
        Faults that were found in the text already, by object.
    closely
        Look at every value at once: the text has something odd in it.
    """
    chunk = Chunk(header, origin)
    try:
        if known or closely:
            raise TroubleError
        for feature in features:
            chunk.add(feature)
        chunk.check()
    except _TROUBLES:
        chunk = Chunk(header, origin)
        for feature in features:
            chunk.add(_judged(feature, header, aside, tally, known), judged=True)
        chunk.check()
    tally.objects_by_type.update(chunk.objects_by_type)
    tally.lods.update(chunk.lods)
    tally.n_orphans += chunk.n_orphans
    tally.n_ambiguous += chunk.n_ambiguous
    tally.n_vertices += chunk.n_vertices
    return chunk


def _judged(feature: Feature, header: Header, aside: SetAside, tally: Tally, known: Mapping[str, Note]) -> Feature:
    """A feature without its faulty objects and their families."""
    if not isinstance(feature.vertices, list):
        fault = Note("reading.wrong_type", source=header.source, where="vertices", found=kind_of(feature.vertices), expected="[…]")
        known = {**known, **dict.fromkeys(feature.objects, fault)}
        feature = Feature(feature.objects, [])
    vertices = vertex_array(feature.vertices, source=header.source)
    unusable = np.isnan(vertices).any(axis=1)
    within = Context(
        source=header.source,
        n_vertices=len(vertices),
        unusable=unusable if unusable.any() else None,
        n_templates=len(header.templates),
    )
    verdict = judge_objects(feature.objects, within, known=known)
    aside.add(verdict, feature.objects)
    tally.notes.extend(verdict.notes)
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


__all__ = ["Chunk", "Entry", "Feature", "Header", "IndexArray", "Other", "Tally", "gather", "geometries_of"]
