"""JSON without surprises: what `orjson` lets pass is found here, and what it refuses becomes a sentence.

`orjson` already refuses NaN, numbers that overflow, lone surrogates, control characters and nesting beyond 1,024. It keeps the
last of two equal keys in silence: `structure_of` looks for those at memory speed, without building anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from wijktwin.errors import InputError, LimitError
from wijktwin.sources.compiled import compiled

Text = bytes | bytearray | memoryview
KeyPath = tuple[str, ...]
"""The keys that lead to a member, list positions left out: ("CityObjects", "id-1", "attributes", "storeys")."""

PARSER_DEPTH: Final = 1_024
MAX_REPEATED: Final = 1_000
"""How many repeated keys are told apart; a file with more of them is hopeless anyway."""
_PATH_LENGTH: Final = 8
_NOT_A_NUMBER: Final = re.compile(rb"-?(?:NaN|nan|Infinity|inf)\b")
_NEXT_OBJECT: Final = re.compile(rb'\{\s*"type"\s*:\s*"CityJSON')
_LONG_NUMBER: Final = re.compile(rb"-?\d[\d.eE+-]*")


@dataclass(frozen=True, slots=True)
class Structure:
    """What a scan of JSON text shows without parsing it.

    Parameters
    ----------
    depth
        Deepest nesting of arrays and objects.
    deepest_line
        Line on which the nesting first became that deep, counted from 1.
    repeated
        Key path of each member whose key was already in its object.
    has_truth_in_list
        Whether true or false stands in a list: no list of CityJSON's own holds any, and both pass for 1 and 0 in Python.
    """

    depth: int
    deepest_line: int
    repeated: tuple[KeyPath, ...]
    has_truth_in_list: bool = False


def parse_json(text: Text, *, source: str, line: int = 1, is_last: bool = True) -> Any:  # noqa: ANN401
    """The value of one JSON text.

    Parameters
    ----------
    text
        UTF-8 without byte-order mark.
    source
        Name of the file, for the sentence.
    line
        Line of the file on which the text begins, counted from 1.
    is_last
        Whether the file ends where the text ends: if so, text that stops half-way was cut off.

    Raises
    ------
    InputError
        It is not JSON: the sentence says what stands where.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise syntax_error(bytes(text), error, source=source, line=line, is_last=is_last) from None


def structure_of(text: Text) -> Structure:
    """Depth and repeated keys of JSON text that parses."""
    data = np.frombuffer(text, dtype=np.uint8)
    slots = np.zeros(_table_size(len(data)), dtype=np.uint64)
    paths = np.full((MAX_REPEATED, _PATH_LENGTH), -1, dtype=np.int64)
    while True:
        depth, deepest, n_repeated, has_escapes, has_truth, is_full = _scan(data, slots, paths)
        if not is_full:
            break
        slots = np.zeros(4 * len(slots), dtype=np.uint64)
    line = 1 + int(np.count_nonzero(data[:deepest] == ord("\n")))
    if has_escapes and depth <= PARSER_DEPTH:  # "\u0061" and "a" are one key: compare what they say, not how they are written
        return Structure(depth, line, _repeated_by_value(bytes(text)), has_truth)
    whole = bytes(text) if n_repeated else b""
    return Structure(depth, line, tuple(_key_path(whole, row) for row in paths[:n_repeated]), has_truth)


def check_depth(structure: Structure, *, source: str, max_depth: int, line: int = 1) -> None:
    """Refuse what is nested too deeply.

    Raises
    ------
    LimitError
        It is nested deeper than ``max_depth``.
    """
    if structure.depth > max_depth:
        raise LimitError(
            "reading.too_deep", source=source, depth=structure.depth, max_depth=max_depth, line=line + structure.deepest_line - 1
        )


def syntax_error(text: bytes, error: orjson.JSONDecodeError, *, source: str, line: int = 1, is_last: bool = True) -> InputError:
    """The sentence for text that `orjson` refused.

    Parameters
    ----------
    text
        What was given to the parser.
    line
        Line of the file on which the text begins, counted from 1.
    is_last
        Whether the file ends where the text ends.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return InputError(
            "reading.not_utf8", source=source, line=line + text.count(b"\n", 0, wrong.start), byte=f"0x{text[wrong.start]:02X}"
        )
    position = error.pos - 1 if decoded[error.pos - 1 : error.pos] == "-" else error.pos  # at the sign of a number, not behind it
    offset = len(decoded[:position].encode("utf-8"))
    place: dict[str, object] = {"source": source, "line": line + text.count(b"\n", 0, offset), "column": _column(decoded, position)}
    if "depth" in error.msg or "recursion" in error.msg.lower():
        depth = structure_of(text).depth
        return LimitError("reading.too_deep", source=source, depth=depth, max_depth=PARSER_DEPTH, line=place["line"])
    if not text[offset:].strip() or "unexpected end" in error.msg or _is_open_string(text, offset):
        return InputError("reading.cut" if is_last else "reading.unclosed", **place)
    if place["column"] == 1 and _NEXT_OBJECT.match(text, offset) and text[:offset].strip():  # the line before was left open
        before = text[:offset].rstrip()
        return InputError("reading.unclosed", source=source, line=line + before.count(b"\n"), column=_last_column(before))
    return _wrong_value(error.msg, text[offset : offset + 400], place)


def _wrong_value(reason: str, here: bytes, place: Mapping[str, object]) -> InputError:
    """The sentence for what stands at the place where the parser stopped."""
    if "infinity" in reason:
        found = _LONG_NUMBER.match(here)
        return InputError("reading.number_overflows", value=_excerpt(found.group() if found else here, 24), **place)
    if _NOT_A_NUMBER.match(here):
        return InputError("reading.nan", value=_excerpt(here.split(b",", 1)[0].split(b"]", 1)[0], 12), **place)
    if "surrogate" in reason:
        return InputError("reading.lone_surrogate", **place)
    if "after document" in reason:
        return InputError("reading.content_after", **place)
    return InputError("reading.not_json", found=_excerpt(here, 20), **place)


def _last_column(before: bytes) -> int:
    """Column just behind the last character of some text."""
    return len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1


def _column(decoded: str, position: int) -> int:
    return position - (decoded.rfind("\n", 0, position) + 1) + 1


def _is_open_string(text: bytes, offset: int) -> bool:
    """Whether nothing but one unclosed string follows: the text was cut within it."""
    rest = text[offset:]
    return rest.startswith(b'"') and re.fullmatch(rb'"(?:[^"\\]|\\.)*\\?', rest, re.DOTALL) is not None


def _excerpt(here: bytes, length: int) -> str:
    text = here.decode("utf-8", "replace").split("\n", 1)[0].strip()
    return text if len(text) <= length else text[:length] + "…"


def _table_size(n_bytes: int) -> int:
    """A power of two with room for the keys that text of this size usually has (one per 60 bytes), and half empty then."""
    return 1 << max(10, (n_bytes // 30).bit_length())


def _key_path(text: bytes, offsets: NDArray[np.int64]) -> KeyPath:
    """The keys that begin at some places; none of them has an escape in it."""
    return tuple(text[start : text.index(b'"', start)].decode("utf-8", "replace") for start in offsets.tolist() if start >= 0)


class _Members(dict[str, Any]):
    """An object that remembers which keys it was given twice."""

    repeated: tuple[str, ...] = ()


def _remembering(pairs: list[tuple[str, Any]]) -> _Members:
    members = _Members(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        members.repeated = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return members


def _repeated_by_value(text: bytes) -> tuple[KeyPath, ...]:
    """Repeated keys, told by what they say."""
    try:
        value = json.loads(text, object_pairs_hook=_remembering)
    except (ValueError, RecursionError):
        return ()  # text that does not parse is reported by the parser
    found: list[KeyPath] = []
    stack: list[tuple[KeyPath, Any]] = [((), value)]
    while stack and len(found) < MAX_REPEATED:
        path, item = stack.pop()
        if isinstance(item, _Members):
            found.extend((*path, key) for key in item.repeated)
            stack.extend(((*path, key), member) for key, member in item.items())
        elif isinstance(item, list):
            stack.extend((path, member) for member in item)
    return tuple(found[:MAX_REPEATED])


@compiled
def _scan(  # noqa: C901, PLR0912, PLR0915 - one pass, one state
    text: NDArray[np.uint8],
    slots: NDArray[np.uint64],
    paths: NDArray[np.int64],
) -> tuple[int, int, int, bool, bool, bool]:
    """One pass over the bytes: nesting depth, and keys hashed together with the number of the object they stand in."""
    n = text.size
    mask = np.uint64(slots.size - 1)
    room = slots.size // 2
    object_number = np.zeros(PARSER_DEPTH + 1, dtype=np.uint64)
    key_offset = np.full(PARSER_DEPTH + 1, -1, dtype=np.int64)
    is_list = np.zeros(PARSER_DEPTH + 1, dtype=np.bool_)
    n_objects = np.uint64(0)
    depth = deepest_depth = deepest = n_repeated = n_keys = 0
    has_escapes = has_truth = False
    i = 0
    while i < n:
        c = text[i]
        if 0x22 < c < 0x3A:  # digits, commas, signs: nearly all of a city
            i += 1
            continue
        if c == 0x22:  # a string
            start = i + 1
            j = start
            escaped = False
            while j < n and text[j] != 0x22:
                if text[j] == 0x5C:
                    escaped = True
                    j += 1
                j += 1
            i = j + 1
            k = i
            while k < n and (text[k] == 0x20 or text[k] == 0x09 or text[k] == 0x0D or text[k] == 0x0A):
                k += 1
            if k >= n or text[k] != 0x3A or depth < 1 or depth > PARSER_DEPTH:
                continue  # a value, not a key
            i = k + 1
            has_escapes = has_escapes or escaped
            h = np.uint64(14695981039346656037)  # FNV-1a over the key, mixed with its object
            for q in range(start, min(j, n)):
                h = (h ^ np.uint64(text[q])) * np.uint64(1099511628211)
            h ^= object_number[depth] * np.uint64(0x9E3779B97F4A7C15)
            h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
            h ^= h >> np.uint64(32)
            if h == np.uint64(0):
                h = np.uint64(1)
            slot = h & mask
            while slots[slot] != np.uint64(0) and slots[slot] != h:
                slot = (slot + np.uint64(1)) & mask
            key_offset[depth] = start
            if slots[slot] == h:
                if n_repeated < paths.shape[0]:
                    column = 0
                    for level in range(1, depth + 1):
                        if key_offset[level] >= 0 and column < paths.shape[1]:
                            paths[n_repeated, column] = key_offset[level]
                            column += 1
                    n_repeated += 1
            else:
                slots[slot] = h
                n_keys += 1
                if n_keys > room:
                    paths[:] = -1
                    return depth, 0, 0, False, False, True
            continue
        if c in (0x7B, 0x5B):
            depth += 1
            if depth > deepest_depth:
                deepest_depth = depth
                deepest = i
            n_objects += np.uint64(1)
            if 0 < depth <= PARSER_DEPTH:
                object_number[depth] = n_objects
                key_offset[depth] = -1
                is_list[depth] = c == 0x5B
        elif c in (0x7D, 0x5D):
            depth = max(depth - 1, 0)
        elif c in (0x74, 0x66) and 0 < depth <= PARSER_DEPTH and is_list[depth]:
            has_truth = True
            i += 3  # the rest of "true", or of "false" but its last letter
        i += 1
    return deepest_depth, deepest, n_repeated, has_escapes, has_truth, False
