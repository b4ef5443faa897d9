"""One input as batches of features: a document, a sequence of lines, or an answer of the 3D BAG API."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from wijktwin.errors import InputError, Note
from wijktwin.sources.cityjson.checks import check_document, check_repeated_keys, transform_of, version_of, vertex_array
from wijktwin.sources.cityjson.chunk import Header
from wijktwin.sources.cityjson.faults import Context, geometry_fault, kind_of
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.opening import OpenSource
from wijktwin.sources.strict_json import check_depth, parse_json, structure_of

Json = dict[str, Any]

BATCH_BYTES: Final = 8_000_000
"""How much text of a sequence is shaped at once: about 2,000 3D BAG buildings."""
BUFFER: Final = 1 << 20


@dataclass(slots=True)
class Batch:
    """Some features of one input.

    Parameters
    ----------
    header
        The CityJSON object with version, transform and metadata.
    features
        Objects with ``CityObjects`` and ``vertices``.
    known
        Faults that show in the text only (repeated keys), by object.
    notes
        What was left out.
    is_odd
        Whether something in the text asks for a closer look.
    """

    header: Json
    features: list[Json]
    known: Mapping[str, Note] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    is_odd: bool = False


def batches(opened: OpenSource, *, limits: Limits) -> Iterator[Batch]:
    """One input as batches, at least one.

    Raises
    ------
    InputError
        It is not JSON, not CityJSON, or of a version that is not read.
    """
    reader = io.BufferedReader(opened, BUFFER)
    try:
        yield from _batches(reader, source=opened.source_name, limits=limits)
    finally:
        if not opened.closed:
            reader.detach()  # or it would close the source when it goes


def _batches(reader: io.BufferedReader, *, source: str, limits: Limits) -> Iterator[Batch]:
    first, n_skipped = b"", 0
    while not first.strip():
        first = reader.readline()
        n_skipped += 1
        if not first:
            raise InputError("reading.empty", source=source)
    header = _single_line(first)
    if header is not None and header.get("type") == "CityJSON":
        following, n_blank = b"", 0
        while not following.strip():
            following = reader.readline()
            n_blank += 1
            if not following:
                break
        if following.strip():
            yield from _sequence(first, following, reader, source=source, limits=limits, line=n_skipped, n_blank=n_blank)
            return
        yield _document(first, source=source, limits=limits)
        return
    yield _document(first + reader.read(), source=source, limits=limits)


def _single_line(line: bytes) -> Json | None:
    try:
        value = parse_json(line, source="")
    except InputError:
        return None
    return value if isinstance(value, dict) else None


def _document(text: bytes, *, source: str, limits: Limits) -> Batch:
    value = parse_json(text, source=source)
    structure = structure_of(text)
    check_depth(structure, source=source, max_depth=limits.max_depth)
    if isinstance(value, dict) and isinstance(value.get("metadata"), dict) and value["metadata"].get("type") == "CityJSON":
        features = value.get("features", [value.get("feature")])
        if isinstance(features, list) and all(_is_feature(one) for one in features):
            return Batch(check_document(value["metadata"], source=source), features, is_odd=structure.has_truth_in_list)
    document = check_document(value, source=source)
    if not isinstance(document.get("vertices", []), list):
        raise InputError("reading.wrong_type", source=source, where="vertices", found=kind_of(document["vertices"]), expected="[…]")
    return Batch(document, [document], check_repeated_keys(structure.repeated, source=source), is_odd=structure.has_truth_in_list)


def _sequence(
    first: bytes, second: bytes, reader: io.BufferedReader, *, source: str, limits: Limits, line: int, n_blank: int
) -> Iterator[Batch]:
    header = check_document(parse_json(first, source=source, line=line, is_last=False), source=source)
    check_depth(structure_of(first), source=source, max_depth=limits.max_depth)
    if header["CityObjects"]:
        yield Batch(header, [header])
    pending = second
    line += n_blank
    n_features = 0
    failures: list[InputError] = []
    while True:
        lines = [pending, *reader.readlines(BATCH_BYTES)]
        pending = reader.readline()
        batch, n_lines = Batch(header, []), len(lines)
        text = b"".join(lines)
        structure = structure_of(text, lines=True)
        check_depth(structure, source=source, max_depth=limits.max_depth, line=line)
        batch.known = check_repeated_keys(structure.repeated, source=source)
        batch.is_odd = structure.has_truth_in_list
        for position, one in enumerate(lines):
            if not one.strip():
                continue
            is_last = not pending and position == n_lines - 1
            try:
                feature = parse_json(one, source=source, line=line + position, is_last=is_last)
                if not _is_feature(feature):
                    raise InputError("reading.not_a_feature", source=source, line=line + position)
                root = feature.get("id")
                if isinstance(root, str) and root not in feature["CityObjects"]:
                    raise InputError("reading.root_missing", source=source, where=root)
            except InputError as error:
                if error.key == "reading.cut":
                    raise
                failures.append(error)
                reason = Note(error.key, **error.values)
                batch.notes.append(Note("reading.line_left_out", source=source, line=line + position, reason=reason))
            else:
                batch.features.append(feature)
        n_features += len(batch.features)
        if not pending and failures and not n_features and not header["CityObjects"]:
            raise failures[0]
        yield batch
        line += n_lines
        if not pending:
            return


def _is_feature(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "CityJSONFeature" and isinstance(value.get("CityObjects"), dict)


def metadata_of(header: Mapping[str, Any]) -> Json:
    """The metadata of a document, {} where it has none."""
    metadata = header.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def header_of(header: Json, *, source: str) -> Header:
    """Version, transform and templates of a document.

    Raises
    ------
    InputError
        The version is not read, or the transform is missing or useless.
    """
    version = version_of(header, source=source)
    transform = transform_of(header, version=version, source=source)
    stated = header.get("geometry-templates")
    if not isinstance(stated, dict):
        return Header(source, version, transform)
    vertices = vertex_array(stated.get("vertices-templates", []), source=source, where="vertices-templates")
    unusable = np.isnan(vertices).any(axis=1)
    templates = stated.get("templates")
    within = Context(source=source, n_vertices=len(vertices), unusable=unusable)
    sound: list[Any] = []
    for number, template in enumerate(templates if isinstance(templates, list) else ()):
        fault = geometry_fault(f"geometry-templates[{number}]", template, within)
        sound.append(NO_TEMPLATE if fault is not None or template.get("type") == "GeometryInstance" else template)
    return Header(source, version, transform, sound, np.nan_to_num(vertices))


NO_TEMPLATE: Final = {"type": "MultiPoint", "boundaries": []}
"""Stands in for a template that cannot be used: nothing to draw."""
