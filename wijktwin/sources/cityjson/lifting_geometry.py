"""The compiled pass of `lifting`, its middle part: the plain list of geometries of one object.

Plain are lists of MultiSurface, CompositeSurface, Solid, MultiSolid and CompositeSolid that say no more than their type, LoD,
boundaries and semantics, every value of a form that needs no second thought: regular arrays, ASCII text without escapes, numbers
without exponent. Everything else stays in the text for the parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.model.mesh import SurfaceKind
from wijktwin.sources.cityjson.lifting_arrays import (
    BOUNDARIES,
    CLOSE,
    CLOSE_OBJECT,
    COLON,
    COMMA,
    MINUS,
    NINE,
    OPEN,
    OPEN_OBJECT,
    QUOTE,
    VALUES,
    ZERO,
    Bytes,
    after_space,
    read_array,
)
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.compiled import compiled

TYPES: Final = ("MultiSurface", "CompositeSurface", "Solid", "MultiSolid", "CompositeSolid")
NESTINGS: Final = (3, 3, 4, 5, 5)
KINDS: Final[Mapping[str, SurfaceKind]] = {
    "GroundSurface": SurfaceKind.GROUND,
    "WallSurface": SurfaceKind.WALL,
    "RoofSurface": SurfaceKind.ROOF,
    "OuterCeilingSurface": SurfaceKind.OUTER_CEILING,
    "OuterFloorSurface": SurfaceKind.OUTER_FLOOR,
    "ClosureSurface": SurfaceKind.CLOSURE,
    "Window": SurfaceKind.WINDOW,
    "Door": SurfaceKind.DOOR,
    "InteriorWallSurface": SurfaceKind.INTERIOR,
    "CeilingSurface": SurfaceKind.INTERIOR,
    "FloorSurface": SurfaceKind.INTERIOR,
}
"""Semantics of CityJSON 1.0 to 2.0; anything else is unknown."""
LONGEST_LOD: Final = 7
NUMBER_LOD: Final = 1 << 60
"""Added to the key of a LoD that is written as a number."""
_MOST_KEYS: Final = 16
_LONGEST_NUMBER: Final = 40
_MEMBERS: Final = ("type", "lod", "boundaries", "semantics")
_TYPE, _LOD, _BOUNDARIES, _SEMANTICS = range(4)


def _rows(words: tuple[str, ...], values: tuple[int, ...]) -> Bytes:
    """Words, one a row: what it stands for, length, letters."""
    rows = np.zeros((len(words), 24), dtype=np.uint8)
    for row, (word, value) in enumerate(zip(words, values, strict=True)):
        rows[row, :2] = value, len(word)
        rows[row, 2 : 2 + len(word)] = np.frombuffer(word.encode(), dtype=np.uint8)
    return rows


MEMBER_ROWS: Final = _rows((*_MEMBERS, "surfaces", "values"), tuple(range(6)))
TYPE_ROWS: Final = _rows(TYPES, NESTINGS)
KIND_ROWS: Final = _rows(tuple(KINDS), tuple(int(kind) for kind in KINDS.values()))
_SURFACES_ROW, _VALUES_ROW = 4, 5


@compiled
def _row_of(text: Bytes, start: np.uint64, end: np.uint64, rows: Bytes) -> int:
    """Which of some words stands in a place; -1 for none."""
    n = end - start
    for row in range(rows.shape[0]):
        if rows[row, 1] == n:
            i = np.uint64(0)
            while i < n and text[start + i] == rows[row, i + np.uint64(2)]:
                i += np.uint64(1)
            if i == n:
                return row
    return -1


@compiled
def _text_end(text: Bytes, start: np.uint64) -> np.uint64:
    """Where a plain string ends (at its quote); 0 where it is not plain."""
    i, n = start, np.uint64(text.size)
    while i < n:
        c = text[i]
        if c == QUOTE:
            return i
        if c < 0x20 or c > 0x7E or c == 0x5C:
            break
        i += np.uint64(1)
    return np.uint64(0)


@compiled
def _number_end(text: Bytes, start: np.uint64) -> np.uint64:
    """Where a plain number ends; 0 where it is not plain."""
    one, n = np.uint64(1), np.uint64(text.size)
    nowhere = np.uint64(0)
    i = start + one if text[start] == MINUS else start
    first = i
    while i < n and ZERO <= text[i] <= NINE:
        i += one
    if i == first or (i - first > one and text[first] == ZERO):
        return nowhere
    if i < n and text[i] == 0x2E:
        i += one
        first = i
        while i < n and ZERO <= text[i] <= NINE:
            i += one
        if i == first:
            return nowhere
    if i >= n or text[i] == 0x65 or text[i] == 0x45 or i - start > np.uint64(_LONGEST_NUMBER):
        return nowhere
    return i


@compiled
def _word_end(text: Bytes, start: np.uint64) -> np.uint64:
    """Where true, false or null ends; 0 where it is none of them."""
    one, n = np.uint64(1), np.uint64(text.size)
    if start + np.uint64(5) >= n:
        return np.uint64(0)
    a, b, c, d = text[start], text[start + one], text[start + np.uint64(2)], text[start + np.uint64(3)]
    if (a == 0x74 and b == 0x72 and c == 0x75 and d == 0x65) or (a == 0x6E and b == 0x75 and c == 0x6C and d == 0x6C):
        return start + np.uint64(4)
    if a == 0x66 and b == 0x61 and c == 0x6C and d == 0x73 and text[start + np.uint64(4)] == 0x65:
        return start + np.uint64(5)
    return np.uint64(0)


@compiled
def _scalar_end(text: Bytes, start: np.uint64) -> np.uint64:
    """Where a plain string, number, true, false or null ends; 0 where it is none."""
    c = text[start]
    if c == QUOTE:
        end = _text_end(text, start + np.uint64(1))
        return end + np.uint64(1) if end > start else end
    if c == MINUS or ZERO <= c <= NINE:
        return _number_end(text, start)
    return _word_end(text, start)


@compiled
def _value_start(text: Bytes, end: np.uint64, lines: bool) -> np.uint64:  # noqa: FBT001 - compiled functions take no keywords
    """Where the value of a key begins whose closing quote is given; 0 where no colon follows."""
    n = np.uint64(text.size)
    i = after_space(text, end + np.uint64(1), lines)
    if i >= n or text[i] != COLON:
        return np.uint64(0)
    i = after_space(text, i + np.uint64(1), lines)
    return i if i < n else np.uint64(0)


@compiled
def _next_member(text: Bytes, i: np.uint64, lines: bool) -> np.uint64:  # noqa: FBT001 - compiled functions take no keywords
    """After a value: where the next key begins, where the object closes, or 0."""
    n = np.uint64(text.size)
    i = after_space(text, i, lines)
    if i < n and text[i] == COMMA:
        i = after_space(text, i + np.uint64(1), lines)
        return i if i < n and text[i] == QUOTE else np.uint64(0)
    return i if i < n and text[i] == CLOSE_OBJECT else np.uint64(0)


@compiled
def _surface(
    text: Bytes,
    begin: np.uint64,
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    rows: Bytes,
    seen: IndexArray,
) -> tuple[np.uint64, np.uint8]:
    """One semantic surface: where it ends and its kind; (0, 0) where it is not plain."""
    one, nowhere, unknown = np.uint64(1), np.uint64(0), np.uint8(0)
    kind, n_seen = unknown, np.int64(0)
    i = after_space(text, begin + one, lines)
    if i < np.uint64(text.size) and text[i] == CLOSE_OBJECT:
        return i + one, unknown
    while i < np.uint64(text.size) and text[i] == QUOTE and n_seen < _MOST_KEYS:
        start = i + one
        end = _text_end(text, start)
        if end == nowhere:
            return nowhere, unknown
        for other in range(n_seen):  # the same key twice: not for us to choose
            if np.uint64(seen[1, other]) == end - start:
                here, there = end, np.uint64(seen[0, other]) + (end - start)
                while here > start and text[here - one] == text[there - one]:  # from behind: names tend to begin alike
                    here -= one
                    there -= one
                if here == start:
                    return nowhere, unknown
        seen[0, n_seen], seen[1, n_seen] = np.int64(start), np.int64(end - start)
        n_seen += 1
        value = _value_start(text, end, lines)
        after = _scalar_end(text, value) if value > end else nowhere
        if after == nowhere:
            return nowhere, unknown
        is_type = end - start == np.uint64(4) and text[start] == 0x74 and text[start + one] == 0x79
        if is_type and text[start + np.uint64(2)] == 0x70 and text[start + np.uint64(3)] == 0x65:
            if text[value] != QUOTE:
                return nowhere, unknown
            row = _row_of(text, value + one, after - one, rows)
            kind = rows[row, 0] if row >= 0 else unknown
        i = _next_member(text, after, lines)
        if i > after - one and text[i] == CLOSE_OBJECT:
            return i + one, kind
    return nowhere, unknown


@compiled
def _surfaces(  # noqa: PLR0917 - compiled functions take no keywords
    text: Bytes,
    begin: np.uint64,
    lines: bool,  # noqa: FBT001 - idem
    codes: Bytes,
    n_codes: np.int64,
    rows: Bytes,
    seen: IndexArray,
) -> tuple[np.uint64, np.int64]:
    """The list of semantic surfaces: where it ends and how many kinds are known then; (0, 0) where it is not plain."""
    one, nowhere, n = np.uint64(1), np.uint64(0), np.uint64(text.size)
    i = after_space(text, begin + one, lines)
    if i < n and text[i] == CLOSE:
        return i + one, n_codes
    while i < n and text[i] == OPEN_OBJECT:
        after, kind = _surface(text, i, lines, rows, seen)
        if after == nowhere or n_codes >= codes.size:
            break
        codes[n_codes] = kind
        n_codes += 1
        i = after_space(text, after, lines)
        if i < n and text[i] == CLOSE:
            return i + one, n_codes
        if i >= n or text[i] != COMMA:
            break
        i = after_space(text, i + one, lines)
    return nowhere, np.int64(0)


@compiled
def _lod_key(text: Bytes, start: np.uint64, end: np.uint64) -> np.int64:
    """Up to seven letters and how many; unique for each spelling."""
    key = np.int64(0)
    for i in range(np.int64(end - start)):
        key |= np.int64(text[start + np.uint64(i)]) << np.int64(8 * i)
    return key | np.int64(end - start) << np.int64(56)


@compiled
def read_geometries(  # noqa: C901, PLR0911, PLR0912, PLR0915, PLR0917 - one parser; compiled functions take no keywords
    text: Bytes,
    begin: np.uint64,
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    counts: IndexArray,
    numbers: IndexArray,
    number_start: IndexArray,
    depth: IndexArray,
    sizes: NDArray[np.int32],
    size_start: IndexArray,
    lengths: IndexArray,
    records: IndexArray,
    codes: Bytes,
    member_rows: Bytes,
    type_rows: Bytes,
    kind_rows: Bytes,
    seen: IndexArray,
) -> np.uint64:
    """A plain list of geometries: where it ends, 0 where it is not plain.

    Parameters
    ----------
    counts
        How many arrays, geometries and kinds there are; brought up to date where the list is plain.
    records
        One row per geometry: row of its type, key of its LoD (0 where it says none), number of its boundaries and of its semantic
        values (-1 for none), and how many kinds there are before and after it.
    """
    one, nowhere, n = np.uint64(1), np.uint64(0), np.uint64(text.size)
    none = np.int64(-1)
    count, n_records, n_codes = counts[0], counts[1], counts[2]
    i = after_space(text, begin + one, lines)
    while i < n and text[i] == OPEN_OBJECT and n_records < records.shape[0]:
        kind, lod, boundaries, values, members = none, np.int64(0), none, none, np.int64(0)
        records[n_records, 4] = n_codes
        i = after_space(text, i + one, lines)
        while i < n and text[i] == QUOTE:
            end = _text_end(text, i + one)
            if end == nowhere:
                return nowhere
            member = _row_of(text, i + one, end, member_rows)
            value = _value_start(text, end, lines)
            if member < 0 or member > _SEMANTICS or members & (np.int64(1) << member) or value == nowhere:
                return nowhere
            members |= np.int64(1) << member
            c = text[value]
            after = nowhere
            if member == _BOUNDARIES and c == OPEN:
                after, _ = read_array(text, value, BOUNDARIES, lines, count, numbers, number_start, depth, sizes, size_start, lengths)
                boundaries = count
                count += 1
            elif member == _SEMANTICS and c == OPEN_OBJECT:
                inner, inner_members = after_space(text, value + one, lines), np.int64(0)
                while inner < n and text[inner] == QUOTE:
                    inner_end = _text_end(text, inner + one)
                    if inner_end == nowhere:
                        return nowhere
                    inner_member = _row_of(text, inner + one, inner_end, member_rows)
                    inner_value = _value_start(text, inner_end, lines)
                    if inner_member < _SURFACES_ROW or inner_members & (np.int64(1) << inner_member) or inner_value == nowhere:
                        return nowhere
                    if text[inner_value] != OPEN:
                        return nowhere
                    inner_members |= np.int64(1) << inner_member
                    if inner_member == _VALUES_ROW:
                        inner_after, _ = read_array(
                            text, inner_value, VALUES, lines, count, numbers, number_start, depth, sizes, size_start, lengths
                        )
                        values = count
                        count += 1
                    else:
                        inner_after, n_codes = _surfaces(text, inner_value, lines, codes, n_codes, kind_rows, seen)
                    if inner_after == nowhere:
                        return nowhere
                    inner = _next_member(text, inner_after, lines)
                if inner >= n or inner == nowhere or text[inner] != CLOSE_OBJECT:
                    return nowhere
                after = inner + one
            elif member == _TYPE and c == QUOTE:
                after = _text_end(text, value + one)
                if after == nowhere:
                    return nowhere
                kind = np.int64(_row_of(text, value + one, after, type_rows))
                after += one
            elif member == _LOD:
                after = _scalar_end(text, value)
                is_truth = c == 0x74 or c == 0x66  # noqa: PLR1714 - quicker than a set
                if after == nowhere or is_truth or after - value > np.uint64(LONGEST_LOD):
                    return nowhere
                if c == QUOTE:
                    lod = _lod_key(text, value + one, after - one)
                elif c != 0x6E:
                    lod = _lod_key(text, value, after) + np.int64(NUMBER_LOD)
            if after == nowhere:
                return nowhere
            i = _next_member(text, after, lines)
            if i == nowhere:
                return nowhere
        if i >= n or text[i] != CLOSE_OBJECT or kind < 0 or boundaries < 0 or depth[boundaries] != type_rows[kind, 0]:
            return nowhere
        records[n_records, 0], records[n_records, 1] = kind, lod
        records[n_records, 2], records[n_records, 3] = boundaries, values
        records[n_records, 5] = n_codes
        n_records += 1
        i = after_space(text, i + one, lines)
        if i < n and text[i] == CLOSE:
            counts[0], counts[1], counts[2] = count, n_records, n_codes
            return i + one
        if i >= n or text[i] != COMMA:
            return nowhere
        i = after_space(text, i + one, lines)
    return nowhere
