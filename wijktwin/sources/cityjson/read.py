"""Reading CityJSON: one document or a sequence of features, from a path, bytes or a stream, to a `CityModel`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from pyproj import CRS

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError, Note
from wijktwin.model.city_model import CityModel
from wijktwin.model.mesh import FloatArray
from wijktwin.sources import bag3d
from wijktwin.sources.cityjson import document
from wijktwin.sources.cityjson.checks import check_counts
from wijktwin.sources.cityjson.chunk import Chunk, Feature, Header, Tally, gather
from wijktwin.sources.cityjson.document import Batch
from wijktwin.sources.cityjson.faults import SetAside
from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, Limits
from wijktwin.sources.cityjson.rows import Rows, rows_of
from wijktwin.sources.cityjson.stacking import stacked
from wijktwin.sources.cityjson.surroundings import Surroundings
from wijktwin.sources.opening import open_source

REPORTED_ONE_BY_ONE: Final = 5


def read_city_model(
    source: Path | bytes | BinaryIO, *, name: str | None = None, crs: str | int | CRS | None = None, limits: Limits = OPERATOR_LIMITS
) -> CityModel:
    """What one CityJSON file holds: buildings with meshes, ground and trees, in our names and in its own CRS.

    Read are CityJSON 1.0, 1.1 and 2.0, one object, CityJSONSeq (the first line the header, every other line a feature), or the
    answer of the 3D BAG API; plain or gzip.

    Parameters
    ----------
    source
        A path (read as a stream: of a sequence only some thousand features are in memory at once), bytes, or an open binary stream.
    name
        What to call it in messages; by default the file name.
    crs
        Reference system of the coordinates. Needed only where the file does not say; where it says something else this wins, with
        a note.
    limits
        How large the input may be.

    Raises
    ------
    InputError
        It cannot be used; the sentence says why and what to do.
    LimitError
        It is larger than allowed.
    """
    with open_source(source, name=name, limits=limits) as opened:
        batches = document.batches(opened, limits=limits)
        first = next(batches)
        reader = _Reader(first.header, opened.source_name, limits)
        reader.take(first)
        for batch in batches:
            reader.take(batch)
        return reader.finish(key=opened.key(), crs=crs)


class _Reader:
    """Takes batches of features, gives a model."""

    def __init__(self, header: Mapping[str, Any], source: str, limits: Limits) -> None:
        self.metadata = document.metadata_of(header)
        self.header = document.header_of(header, source=source)
        self.limits = limits
        self.source = source
        self.aside = SetAside(source)
        self.tally = Tally()
        self.surroundings = Surroundings()
        self.rows: list[Rows] = []
        self.origin: FloatArray | None = None
        self.seen: set[str] = set()

    def take(self, batch: Batch) -> None:
        """Shape one batch and let its features go."""
        features = [Feature(feature["CityObjects"], feature.get("vertices", [])) for feature in batch.features]
        self.tally.notes.extend(batch.notes)
        if not features:
            return
        if self.origin is None:
            self.origin = _first_origin(features, self.header)
        chunk = gather(features, self.header, self.origin, aside=self.aside, tally=self.tally, known=batch.known, closely=batch.is_odd)
        n_objects = sum(self.tally.objects_by_type.values())
        check_counts(n_objects=n_objects, n_vertices=self.tally.n_vertices, source=self.source, limits=self.limits)
        self._refuse_repeats(chunk)
        self.surroundings.add(chunk)
        if chunk.entries:
            self.rows.append(rows_of(chunk))

    def _refuse_repeats(self, chunk: Chunk) -> None:
        """Set aside buildings whose id was there already, in an earlier feature."""
        ids = [entry.record.building_id for entry in chunk.entries]
        n_before = len(self.seen)
        self.seen.update(ids)
        if len(self.seen) == n_before + len(ids):
            return
        earlier = {building_id for rows in self.rows for building_id in rows.building_ids}
        kept = []
        for entry in chunk.entries:
            building_id = entry.record.building_id
            if building_id in earlier:
                self.aside.count("Building")
                self.aside.name(Note("reading.repeated_id", source=self.source, where=building_id))
            else:
                earlier.add(building_id)
                kept.append(entry)
        chunk.entries = kept

    def finish(self, *, key: str, crs: str | int | CRS | None) -> CityModel:
        """Everything taken, as one model."""
        n_objects = sum(self.tally.objects_by_type.values())
        self.aside.refuse_if_nothing_is_left(n_objects)
        buildings, mesh = stacked(self.rows, np.zeros(3) if self.origin is None else self.origin)
        stated = self.metadata.get("referenceSystem")
        found = reference_systems.parse_reference_system(stated, source=self.source)
        given = reference_systems.parse_reference_system(crs, source=self.source)
        notes = self._notes()
        chosen = given or found
        if given is not None and found is not None and not given.equals(found):
            notes.append(Note("reading.crs_overruled", source=self.source, crs=reference_systems.label(given), stated=reference_systems.label(found)))
        if chosen is not None and not reference_systems.is_metric(chosen):
            raise InputError("reading.crs_not_metric", source=self.source, crs=reference_systems.label(chosen))
        extent = _extent(mesh.vertices, mesh.origin)
        if chosen is not None and extent is not None:
            if given is None and reference_systems.is_local(extent, chosen):
                notes.append(Note("reading.crs_local", source=self.source, crs=reference_systems.label(chosen)))
                chosen = None
            elif reference_systems.is_far_outside(extent, chosen):
                x, y = ((extent[i] + extent[i + 2]) / 2 for i in range(2))
                raise InputError(
                    "reading.far_outside", source=self.source, where="CityObjects", crs=reference_systems.label(chosen), x=f"{x:.0f}", y=f"{y:.0f}"
                )
        elif chosen is None:
            notes.append(Note("reading.no_crs", source=self.source))
        plane = reference_systems.horizontal(chosen) if chosen is not None else None
        return CityModel(
            name=self.source,
            key=key,
            version=self.header.version,
            reference_system=chosen,
            buildings=buildings,
            mesh=mesh,
            source=bag3d.source_of(self.metadata, name=self.source),
            objects_by_type=dict(self.tally.objects_by_type),
            lods=dict(self.tally.lods),
            set_aside={kind: self.surroundings.aside.get(kind, 0) + self.aside.by_type.get(kind, 0) for kind in {**self.surroundings.aside, **self.aside.by_type}},
            ground_table=self.surroundings.ground_table(plane),
            tree_table=self.surroundings.tree_table(plane),
            notes=tuple(notes),
        )

    def _notes(self) -> list[Note]:
        """What a reader of the figures should know, most important first."""
        notes = list(self.aside.notes())
        counts = {
            "reading.invalid_solids": sum(sum(not valid for valid in rows.flags["is_valid"]) for rows in self.rows),
            "reading.turned": sum(int(rows.flags["is_repaired"].sum()) for rows in self.rows),
            "reading.lowered": sum(rows.n_lowered for rows in self.rows),
            "reading.raised": sum(rows.texts["geometry_from"].count("footprint raised") for rows in self.rows),
            "reading.not_drawn": sum(rows.texts["geometry_from"].count("none") for rows in self.rows),
            "reading.kinds_told": sum(int(rows.is_told.sum()) for rows in self.rows),
            "reading.bad_semantics": sum(rows.n_bad_semantics for rows in self.rows),
            "reading.orphan_parts": self.tally.n_orphans,
            "reading.lod_twice": self.tally.n_ambiguous,
        }
        notes.extend(Note(key, source=self.source, count=count) for key, count in counts.items() if count)
        if self.surroundings.aside:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(self.surroundings.aside.items()))
            notes.append(Note("reading.not_shown", source=self.source, kinds=kinds))
        return [*notes, *self.tally.notes]


def _first_origin(features: list[Feature], header: Header) -> FloatArray:
    """A whole number of metres near the first vertex: coordinates are kept from there while reading."""
    transform = header.transform
    for feature in features:
        vertices = feature.vertices
        first: Iterator[Any] = iter(vertices if isinstance(vertices, list) else ())
        for vertex in first:
            if isinstance(vertex, list) and len(vertex) == 3 and all(isinstance(one, int | float) for one in vertex):
                with np.errstate(over="ignore", invalid="ignore"):
                    point = np.array(vertex, dtype=np.float64) * transform.scale + transform.translate
                if np.isfinite(point).all() and (np.abs(point) < 1e12).all():
                    return np.array([np.round(point[0]), np.round(point[1]), 0.0])
                break
    return np.zeros(3)


def _extent(vertices: FloatArray, origin: FloatArray) -> tuple[float, float, float, float] | None:
    """Min x, min y, max x, max y of a mesh in real coordinates [m], None where it is empty."""
    if not len(vertices):
        return None
    low, high = vertices[:, :2].min(axis=0) + origin[:2], vertices[:, :2].max(axis=0) + origin[:2]
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
