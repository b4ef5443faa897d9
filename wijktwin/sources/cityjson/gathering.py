"""Features as a chunk: quick where all is as it should be, else every one looked at closely and the faulty set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import orjson

from wijktwin.errors import Note
from wijktwin.sources.cityjson.checks import vertex_array
from wijktwin.sources.cityjson.chunk import Chunk
from wijktwin.sources.cityjson.faults import Context, SetAside, judge_objects, kind_of
from wijktwin.sources.cityjson.feature import Feature, Header
from wijktwin.sources.cityjson.lifting import Lifted
from wijktwin.sources.cityjson.objects import TroubleError
from wijktwin.sources.cityjson.segments import rows_with_gaps

_TROUBLES: Final = (TroubleError, TypeError, KeyError, ValueError, IndexError, AttributeError, OverflowError)


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
