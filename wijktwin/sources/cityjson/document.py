"""One input as batches of features: a document, a sequence of lines, or an answer of the 3D BAG API."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson

from wijktwin.errors import InputError, LimitError, Note
from wijktwin.sources.cityjson.checks import check_document, check_repeated_keys, transform_of, version_of, vertex_array
from wijktwin.sources.cityjson.faults import Context, LinesLeftOut, geometry_fault, kind_of
from wijktwin.sources.cityjson.feature import Feature, Header, WrittenLines
from wijktwin.sources.cityjson.lifting import Lifted, lift
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.cityjson.segments import rows_with_gaps
from wijktwin.sources.opening import OpenSource
from wijktwin.sources.strict_json import Structure, check_depth, parse_json, structure_of

Json = dict[str, Any]

BATCH_BYTES: Final = 4_000_000
"""How much text of a sequence is shaped at once: about 1,000 3D BAG buildings."""
BUFFER: Final = 1 << 20
LIFTING: Final = "lifting"
"""Name of the thread that reads ahead."""
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
    lifted
        The text of the features without what was lifted from it.
    n_lines
        How many lines of the file it takes.
    """

    header: Json
    features: list[Feature]
    known: dict[str, Note] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    is_odd: bool = False
    lifted: Lifted | None = None
    n_lines: int = 0


def batches(opened: OpenSource, *, limits: Limits) -> Iterator[Batch]:
    """One input as batches, at least one.

    Raises
    ------
    InputError
        It is not JSON, not CityJSON, or of a version that is not read.
    """
    reader: io.BufferedReader = io.BufferedReader(opened, BUFFER)
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
    value = _parsed_or_none(lifted.text) if lifted is not None and not lifted.odd_lines else None
    is_lifted = isinstance(value, dict) and value.get("type") == "CityJSON" and "transform" in value
    if not is_lifted:
        value = parse_json(text, source=source, line=line)
    structure = _structure(text, lifted)
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
    if not is_lifted:
        return Batch(document, [Feature(document["CityObjects"], vertices)], known, is_odd=structure.has_truth_in_list)
    feature = Feature(document["CityObjects"], vertices, (WrittenLines.single(text), 0), first_span=0)
    return Batch(document, [feature], known, is_odd=structure.has_truth_in_list, lifted=lifted)


def _structure(text: bytes, lifted: Lifted | None) -> Structure:
    """Depth and repeated keys: from lifting where that saw nothing odd, else from a closer look."""
    if lifted is None or lifted.is_odd or lifted.depth > DEEPEST_UNSEEN:
        return structure_of(text)
    return Structure(lifted.depth, 1, ())


def _parsed_or_none(text: bytes) -> Any:  # noqa: ANN401
    """The value of a text, None where it does not parse: the text as it was will say why."""
    try:
        return parse_json(text, source="")
    except InputError:
        return None


@dataclass(slots=True)
class _Block:
    """Whole lines of a sequence, lifted already."""

    text: bytes
    lifted: Lifted | None
    is_end: bool


def _blocks(reader: io.BufferedReader, begun: bytes) -> Generator[_Block, None, None]:
    """The lines of a sequence in blocks. While one is worked on, the next is read, hashed and lifted in a thread beside it."""

    def next_block(begun: bytes) -> tuple[_Block, bytes]:
        parts = [begun, reader.read(BATCH_BYTES)]
        while parts[-1] and b"\n" not in parts[-1]:
            parts.append(reader.read(BATCH_BYTES))
        text = b"".join(parts)
        is_end = not parts[-1]
        cut = len(text) if is_end else text.rfind(b"\n") + 1
        lines, rest = text[:cut], text[cut:]
        return _Block(lines, lift(lines, lines=True) if len(lines) >= LIFTED_FROM else None, is_end), rest

    beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix=LIFTING)
    try:
        coming: Future[tuple[_Block, bytes]] = beside.submit(next_block, begun)
        while True:
            block, rest = coming.result()
            if not block.is_end:
                coming = beside.submit(next_block, rest)
            yield block
            if block.is_end:
                return
    finally:  # of a reading that was given up the last word may come in any thread, also in the one beside
        beside.shutdown(wait=not threading.current_thread().name.startswith(LIFTING), cancel_futures=True)


def _sequence(
    first: bytes, second: bytes, reader: io.BufferedReader, *, source: str, limits: Limits, line: int, n_blank: int
) -> Iterator[Batch]:
    header = check_document(parse_json(first, source=source, line=line, is_last=False), source=source)
    check_depth(structure_of(first), source=source, max_depth=limits.max_depth)
    if header["CityObjects"]:
        yield Batch(header, [Feature(header["CityObjects"], header.get("vertices", []))])
    line += n_blank
    n_features = len(header["CityObjects"])
    left_out = LinesLeftOut(source)
    with contextlib.closing(_blocks(reader, second)) as blocks:
        for block in blocks:
            batch = _lines_batch(header, block, left_out, source=source, limits=limits, line=line, n_before=n_features)
            n_features += len(batch.features)
            if block.is_end:
                if left_out.first is not None and not n_features:
                    raise left_out.first
                batch.notes.extend(left_out.notes())
            yield batch
            line += batch.n_lines


def _lines_batch(header: Json, block: _Block, left_out: LinesLeftOut, *, source: str, limits: Limits, line: int, n_before: int) -> Batch:
    """The features of some lines; what is wrong with the others is noted and added to ``left_out``."""
    lifted = block.lifted
    left, odd, spans = [], frozenset[int](), []
    if lifted is not None and not lifted.is_odd and lifted.depth <= DEEPEST_UNSEEN:
        left, odd = lifted.text.split(b"\n"), lifted.odd_lines
        begins = np.cumsum([0, *map(len, left)]) + np.arange(len(left) + 1)
        spans = np.searchsorted(lifted.attributes[:, 0], begins).tolist()
    batch = Batch(header, [], lifted=lifted, n_lines=max(len(left) - 1, 0) or block.text.count(b"\n"))
    written = WrittenLines(block.text)
    for position in range(len(left) if left else len(written)):
        if left and position not in odd:
            if not left[position]:
                continue
            try:
                found = orjson.loads(left[position])
                objects = found.get("CityObjects")
                if found.get("type") != "CityJSONFeature" or type(objects) is not dict or found.get("id") not in objects:
                    objects = _checked_feature(found, source=source, line=line + position)["CityObjects"]
                batch.features.append(Feature(objects, found.get("vertices", []), (written, position), spans[position]))
                continue
            except (orjson.JSONDecodeError, InputError, AttributeError, TypeError):
                pass
        one = written[position]
        if not one.strip():
            continue
        is_last = block.is_end and not any(rest.strip() for rest in written.after(position))
        try:
            value = parse_json(one, source=source, line=line + position, is_last=is_last)
            if not left:
                _look_closely(one, batch, source=source, limits=limits, line=line + position)
            found = _checked_feature(value, source=source, line=line + position)
            batch.features.append(Feature(found["CityObjects"], found.get("vertices", [])))
        except InputError as error:
            if error.key == "reading.cut" or isinstance(error, LimitError):
                raise
            batch.notes.extend(left_out.add(error, line=line + position, n_sound=n_before + len(batch.features)))
    return batch


def _look_closely(text: bytes, batch: Batch, *, source: str, limits: Limits, line: int) -> None:
    """Depth, repeated keys and truth values of one line."""
    structure = structure_of(text)
    check_depth(structure, source=source, max_depth=limits.max_depth, line=line)
    batch.known |= check_repeated_keys(structure.repeated, source=source)
    batch.is_odd = batch.is_odd or structure.has_truth_in_list


def _checked_feature(value: Any, *, source: str, line: int) -> Json:  # noqa: ANN401
    """One line of a sequence.

    Raises
    ------
    InputError
        It is no feature, or not about an object that it has.
    """
    if not _is_feature(value):
        raise InputError("reading.not_a_feature", source=source, line=line)
    root = value.get("id")
    if isinstance(root, str) and root not in value["CityObjects"]:
        raise InputError("reading.root_missing", source=source, where=root)
    feature: Json = value
    return feature


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
    unusable = rows_with_gaps(vertices)
    templates = stated.get("templates")
    within = Context(source=source, n_vertices=len(vertices), unusable=unusable)
    sound: list[Any] = []
    for number, template in enumerate(templates if isinstance(templates, list) else ()):
        fault = geometry_fault(f"geometry-templates[{number}]", template, within)
        sound.append(NO_TEMPLATE if fault is not None or template.get("type") == "GeometryInstance" else template)
    return Header(source, version, transform, sound, np.nan_to_num(vertices))


NO_TEMPLATE: Final = {"type": "MultiPoint", "boundaries": []}
"""Stands in for a template that cannot be used: nothing to draw."""
