"""One input as batches of features: a document, a sequence of lines, or an answer of the 3D BAG API."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson

from wijktwin.errors import InputError, Note
from wijktwin.sources.cityjson.checks import check_document, check_repeated_keys, transform_of, version_of, vertex_array
from wijktwin.sources.cityjson.chunk import Feature, Header
from wijktwin.sources.cityjson.faults import Context, geometry_fault, kind_of
from wijktwin.sources.cityjson.lifting import Lifted, LiftedArrays, lift
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.opening import OpenSource
from wijktwin.sources.strict_json import Structure, check_depth, parse_json, structure_of

Json = dict[str, Any]

BATCH_BYTES: Final = 8_000_000
"""How much text of a sequence is shaped at once: about 2,000 3D BAG buildings."""
BUFFER: Final = 1 << 20
LIFTED_FROM: Final = 100_000
"""Shorter texts are parsed as they are: there is nothing to gain, and nothing has to be compiled for them. [bytes]"""
DEEPEST_UNSEEN: Final = 32
"""Text that is nested deeper is looked at closely, whatever the limit is."""


@dataclass(slots=True)
class Batch:
    """Some features of one input.

    Parameters
    ----------
    header
        The CityJSON object with version, transform and metadata.
    features
        CityObjects with their vertices.
    known
        Faults that show in the text only (repeated keys), by object.
    notes
        What was left out.
    is_odd
        Whether something in the text asks for a closer look.
    arrays
        What was lifted from the text of the features.
    """

    header: Json
    features: list[Feature]
    known: Mapping[str, Note] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    is_odd: bool = False
    arrays: LiftedArrays | None = None


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
    following, n_blank = b"", 0
    while not following.strip():
        following = reader.readline()
        n_blank += 1
        if not following:
            break
    if following.strip() and _is_header(first):
        yield from _sequence(first, following, reader, source=source, limits=limits, line=n_skipped, n_blank=n_blank)
        return
    yield _document(b"".join([first, b"\n" * (n_blank - 1), following, reader.read()]), source=source, limits=limits, line=n_skipped)


def _is_header(line: bytes) -> bool:
    """Whether a line is a CityJSON object by itself: then the others are its features."""
    try:
        value = parse_json(line, source="")
    except InputError:
        return False
    return isinstance(value, dict) and value.get("type") == "CityJSON"


def _document(text: bytes, *, source: str, limits: Limits, line: int) -> Batch:
    lifted = lift(text) if len(text) >= LIFTED_FROM else None
    structure = _structure(text, lifted, lines=False)
    value = None
    if lifted is not None and not lifted.odd_lines:
        value = _parsed_or_none(lifted.text)
    is_lifted = isinstance(value, dict) and value.get("type") == "CityJSON"
    if not is_lifted:
        value = parse_json(text, source=source, line=line)
    check_depth(structure, source=source, max_depth=limits.max_depth, line=line)
    if isinstance(value, dict) and isinstance(value.get("metadata"), dict) and value["metadata"].get("type") == "CityJSON":
        features = value.get("features", [value.get("feature")])
        if isinstance(features, list) and all(_is_feature(one) for one in features):
            found = [Feature(one["CityObjects"], one.get("vertices", [])) for one in features]
            return Batch(check_document(value["metadata"], source=source), found, is_odd=structure.has_truth_in_list)
    document = check_document(value, source=source)
    vertices = document.get("vertices", [])
    if not (isinstance(vertices, list) or (is_lifted and type(vertices) is int)):
        raise InputError("reading.wrong_type", source=source, where="vertices", found=kind_of(vertices), expected="[…]")
    known = check_repeated_keys(structure.repeated, source=source)
    feature = Feature(document["CityObjects"], vertices, text if is_lifted else None)
    arrays = lifted.arrays if is_lifted and lifted is not None else None
    return Batch(document, [feature], known, is_odd=structure.has_truth_in_list, arrays=arrays)


def _structure(text: bytes, lifted: Lifted | None, *, lines: bool) -> Structure:
    """Depth and repeated keys: from lifting where that saw nothing odd, else from a closer look."""
    if lifted is None or lifted.is_odd or lifted.depth > DEEPEST_UNSEEN:
        return structure_of(text, lines=lines)
    return Structure(lifted.depth, 1, ())


def _parsed_or_none(text: bytes) -> Any:  # noqa: ANN401
    """The value of a text, None where it does not parse: the text as it was will say why."""
    try:
        return parse_json(text, source="")
    except InputError:
        return None


def _sequence(
    first: bytes, second: bytes, reader: io.BufferedReader, *, source: str, limits: Limits, line: int, n_blank: int
) -> Iterator[Batch]:
    header = check_document(parse_json(first, source=source, line=line, is_last=False), source=source)
    check_depth(structure_of(first), source=source, max_depth=limits.max_depth)
    if header["CityObjects"]:
        yield Batch(header, [Feature(header["CityObjects"], header.get("vertices", []))])
    pending = second
    line += n_blank
    n_features = 0
    failures: list[InputError] = []
    while True:
        lines = [pending, *reader.readlines(BATCH_BYTES)]
        pending = reader.readline()
        batch = _lines_batch(header, lines, failures, source=source, limits=limits, line=line, is_end=not pending)
        n_features += len(batch.features)
        if not pending and failures and not n_features and not header["CityObjects"]:
            raise failures[0]
        yield batch
        line += len(lines)
        if not pending:
            return


def _lines_batch(
    header: Json, lines: list[bytes], failures: list[InputError], *, source: str, limits: Limits, line: int, is_end: bool
) -> Batch:
    """The features of some lines; what is wrong with the others is noted and added to ``failures``."""
    text = b"".join(lines)
    lifted = lift(text, longest_line=max(map(len, lines))) if len(text) >= LIFTED_FROM else None
    structure = _structure(text, lifted, lines=True)
    check_depth(structure, source=source, max_depth=limits.max_depth, line=line)
    known = check_repeated_keys(structure.repeated, source=source)
    batch = Batch(header, [], known, is_odd=structure.has_truth_in_list, arrays=lifted.arrays if lifted is not None else None)
    left = lifted.text.split(b"\n") if lifted is not None else []
    odd = lifted.odd_lines if lifted is not None else frozenset()
    for position, one in enumerate(lines):
        feature = None
        if left and position not in odd:
            try:
                feature = orjson.loads(left[position])
                batch.features.append(_feature(feature, one, source=source, line=line + position))
                continue
            except (orjson.JSONDecodeError, InputError):
                pass
        if not one.strip():
            continue
        try:
            feature = parse_json(one, source=source, line=line + position, is_last=is_end and position == len(lines) - 1)
            batch.features.append(_feature(feature, None, source=source, line=line + position))
        except InputError as error:
            if error.key == "reading.cut":
                raise
            failures.append(error)
            reason = Note(error.key, **error.values)
            batch.notes.append(Note("reading.line_left_out", source=source, line=line + position, reason=reason))
    return batch


def _feature(value: Any, text: bytes | None, *, source: str, line: int) -> Feature:  # noqa: ANN401
    """One line of a sequence.

    Raises
    ------
    InputError
        It is no feature, or not about an object that it has.
    """
    if not _is_feature(value):
        raise InputError("reading.not_a_feature", source=source, line=line)
    objects = value["CityObjects"]
    root = value.get("id")
    if isinstance(root, str) and root not in objects:
        raise InputError("reading.root_missing", source=source, where=root)
    return Feature(objects, value.get("vertices", []), text)


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
