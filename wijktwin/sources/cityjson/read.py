"""Reading CityJSON: one document or a sequence of features, from a path, bytes or a stream, to a `CityModel`."""

from __future__ import annotations

import gc
import sys
import threading
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from pyproj import CRS

from wijktwin.crs import horizontal
from wijktwin.errors import Note
from wijktwin.model.building import Buildings
from wijktwin.model.city_model import CityModel
from wijktwin.model.mesh import FloatArray
from wijktwin.sources import bag3d
from wijktwin.sources.cityjson import document
from wijktwin.sources.cityjson.checks import check_counts
from wijktwin.sources.cityjson.chunk import Chunk
from wijktwin.sources.cityjson.document import Batch
from wijktwin.sources.cityjson.faults import SetAside
from wijktwin.sources.cityjson.gathering import Tally, gather
from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, Limits
from wijktwin.sources.cityjson.placing import put_in_place, stated_place
from wijktwin.sources.cityjson.rows import Rows, rows_of
from wijktwin.sources.cityjson.stacking import stacked
from wijktwin.sources.cityjson.surroundings import Surroundings
from wijktwin.sources.opening import open_source

MOST_COMING: Final = 2
"""How many batches may wait to be shaped: more would only take memory."""


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
    with open_source(source, name=name, limits=limits) as opened, UNDISTURBED, ThreadPoolExecutor(1, "shaping") as beside:
        batches = document.batches(opened, limits=limits)
        first = next(batches)
        reader = _Reader(first.header, opened.source_name, limits, crs, beside)
        reader.take(first)
        for batch in batches:
            reader.take(batch)
        return reader.finish(key=opened.key())


class _Undisturbed:
    """While anybody reads: no search for reference cycles, and short turns for threads.

    Parsed JSON has no cycles, and the search takes longer than the parsing. A thread that comes back from compiled code waits a
    tenth as long for its turn as Python would let it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_readers = 0
        self._was_on = True
        self._turn = 0.0

    def __enter__(self) -> None:
        """One reader more."""
        with self._lock:
            if self._n_readers == 0:
                self._was_on, self._turn = gc.isenabled(), sys.getswitchinterval()
                gc.disable()
                sys.setswitchinterval(self._turn / 10)
            self._n_readers += 1

    def __exit__(self, *_: object) -> None:
        """One reader less; the last one puts everything back."""
        with self._lock:
            self._n_readers -= 1
            if self._n_readers == 0:
                sys.setswitchinterval(self._turn)
                if self._was_on:
                    gc.enable()


UNDISTURBED: Final = _Undisturbed()


class _Reader:
    """Takes batches of features, gives a model. While one batch is shaped in a thread beside, the next is looked through."""

    def __init__(
        self, header: dict[str, Any], source: str, limits: Limits, crs: str | int | CRS | None, beside: ThreadPoolExecutor
    ) -> None:
        self.beside = beside
        self.coming: deque[Future[Rows]] = deque()
        self.metadata = document.metadata_of(header)
        self.header = document.header_of(header, source=source)
        self.place = stated_place(self.metadata.get("referenceSystem"), crs, source=source)
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
        features = batch.features
        self.tally.notes.extend(batch.notes)
        if not features:
            return
        chunk = gather(
            features, self.header, aside=self.aside, tally=self.tally, known=batch.known, closely=batch.is_odd, lifted=batch.lifted
        )
        if self.origin is None:
            self.origin = chunk.first_place()
        chunk.origin = self.origin
        n_objects = sum(self.tally.objects_by_type.values())
        check_counts(n_objects=n_objects, n_vertices=self.tally.n_vertices, source=self.source, limits=self.limits)
        self._refuse_repeats(chunk)
        self.surroundings.add(chunk)
        if chunk.entries:
            self.coming.append(self.beside.submit(rows_of, chunk))
        self._receive(at_most=MOST_COMING)

    def _receive(self, *, at_most: int) -> None:
        """Take in what was shaped, until no more than some batches are still coming."""
        while len(self.coming) > at_most:
            self.rows.append(self.coming.popleft().result())

    def _refuse_repeats(self, chunk: Chunk) -> None:
        """Set aside buildings whose id was there already, in an earlier feature."""
        ids = {entry.record.building_id for entry in chunk.entries}
        if len(ids) == len(chunk.entries) and self.seen.isdisjoint(ids):
            self.seen |= ids
            return
        kept: list[int] = []
        for row, entry in enumerate(chunk.entries):
            building_id = entry.record.building_id
            if building_id in self.seen:
                self.aside.count("Building")
                self.aside.name(Note("reading.repeated_id", source=self.source, where=building_id))
            else:
                self.seen.add(building_id)
                kept.append(row)
        chunk.keep(kept)

    def finish(self, *, key: str) -> CityModel:
        """Everything taken, as one model."""
        self._receive(at_most=0)
        n_objects = sum(self.tally.objects_by_type.values())
        self.aside.refuse_if_nothing_is_left(n_objects)
        buildings, mesh = stacked(self.rows, np.zeros(3) if self.origin is None else self.origin)
        buildings, mesh, place = put_in_place(buildings, mesh, self.place, source=self.source)
        plane = horizontal(place.reference_system) if place.reference_system is not None else None
        return CityModel(
            name=self.source,
            key=key,
            version=self.header.version,
            reference_system=place.reference_system,
            buildings=buildings,
            mesh=mesh,
            source=bag3d.source_of(self.metadata, name=self.source),
            objects_by_type=dict(self.tally.objects_by_type),
            lods=dict(self.tally.lods),
            set_aside=dict(Counter(self.surroundings.aside) + Counter(self.aside.by_type)),
            ground_table=self.surroundings.ground_table(plane),
            tree_table=self.surroundings.tree_table(plane),
            notes=(*self._notes(buildings), *place.notes),
        )

    def _notes(self, buildings: Buildings) -> list[Note]:
        """What a reader of the figures should know, most important first."""
        notes = list(self.aside.notes())
        counts = {
            "reading.invalid_solids": int((~buildings.flags["is_valid"]).sum()),
            "reading.without_walls": sum(rows.n_without_walls for rows in self.rows),
            "reading.without_floor": sum(rows.n_without_floor for rows in self.rows),
            "reading.turned": int(buildings.flags["is_repaired"].sum()),
            "reading.lowered": sum(rows.n_lowered for rows in self.rows),
            "reading.raised": buildings.texts["geometry_from"].count("footprint raised"),
            "reading.not_drawn": buildings.texts["geometry_from"].count("none"),
            "reading.kinds_told": sum(int(rows.is_told.sum()) for rows in self.rows),
            "reading.bad_semantics": sum(rows.n_bad_semantics for rows in self.rows),
            "reading.ground_unused": sum(rows.n_grounds_unused for rows in self.rows),
            "reading.orphan_parts": self.tally.n_orphans,
            "reading.lod_twice": self.tally.n_ambiguous,
            "reading.group_missing": self.tally.n_groupless,
        }
        notes.extend(Note(key, source=self.source, count=count) for key, count in counts.items() if count)
        if self.surroundings.aside:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(self.surroundings.aside.items()))
            notes.append(Note("reading.not_shown", source=self.source, kinds=kinds))
        return [*notes, *self.tally.notes]
