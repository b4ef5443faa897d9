"""The compiled pass of `lifting`: one state machine over the bytes of a text."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.sources.cityjson.lifting_arrays import (
    BACKSLASH,
    BOUNDARIES,
    CLOSE,
    CLOSE_OBJECT,
    COLON,
    DEEPEST,
    MINUS,
    NEWLINE,
    NINE,
    OPEN,
    OPEN_OBJECT,
    QUOTE,
    VALUES,
    VERTICES,
    ZERO,
    Bytes,
    after_space,
    read_array,
)
from wijktwin.sources.cityjson.lifting_geometry import read_geometries
from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.compiled import compiled

_NONE, _OBJECTS, _ATTRIBUTES, _GEOMETRY, _SEMANTICS = 0, 1, 3, 4, 6
_KEYS: Final = ("CityObjects", "vertices", "attributes", "geometry", "boundaries", "semantics", "values")
"""Key i + 1, so that the numbers above and those of `lifting_arrays` are theirs."""
_LEVELS: Final = (1, 1, 3, 3, 5, 5, 6)
_WATCHED: Final = 64
"""Levels on which keys are compared and lists known; text that is nested deeper is odd."""


def _tables() -> Bytes:
    """What each byte means outside strings (0 nothing, 1 quote, 2 opens, 3 closes, 4 line end, 5 t or f), and whether within any."""
    tables = np.zeros((2, 256), dtype=np.uint8)
    tables[0, QUOTE], tables[0, NEWLINE] = 1, 4
    tables[0, [OPEN, OPEN_OBJECT]] = 2
    tables[0, [CLOSE, CLOSE_OBJECT]] = 3
    tables[0, [0x74, 0x66]] = 5
    tables[1, [QUOTE, BACKSLASH, NEWLINE]] = 1
    return tables


def _words() -> Bytes:
    """The keys that we look for, one a row: level, length, letters."""
    rows = np.zeros((len(_KEYS), 16), dtype=np.uint8)
    for row, (key, level) in enumerate(zip(_KEYS, _LEVELS, strict=True)):
        rows[row, :2] = level, len(key)
        rows[row, 2 : 2 + len(key)] = np.frombuffer(key.encode(), dtype=np.uint8)
    return rows


TABLES: Final = _tables()
WORDS: Final = _words()


@compiled
def are_below(numbers: IndexArray, start: IndexArray, limits: IndexArray) -> bool:
    """Whether the numbers of each array are at least 0 and below its limit; those with a negative limit are not looked at."""
    for array in range(limits.size):
        limit = limits[array]
        if limit >= 0:
            for i in range(start[array], start[array + 1]):
                if numbers[i] < 0 or numbers[i] >= limit:
                    return False
    return True


@compiled
def _key_kind(text: Bytes, start: np.uint64, n: np.uint64, level: np.uint8, words: Bytes) -> int:
    """Which of the keys that we look for stands at a place, on a level of nesting; 0 for none."""
    for word in range(words.shape[0]):
        if words[word, 0] == level and words[word, 1] == n:
            i = np.uint64(0)
            while i < n and text[start + i] == words[word, i + np.uint64(2)]:
                i += np.uint64(1)
            if i == n:
                return word + 1
    return 0


@compiled
def _fingerprint(text: Bytes, start: np.uint64, n: np.uint64) -> np.uint64:
    """Some of the bytes of a key mixed: equal keys have equal ones, different keys mostly not."""
    eight = np.uint64(8)
    h = n * np.uint64(0x9E3779B97F4A7C15)
    if n <= np.uint64(24):
        word, shift = np.uint64(0), np.uint64(0)
        for i in range(start, start + n):
            word |= np.uint64(text[np.uint64(i)]) << shift
            shift += eight
            if shift == np.uint64(64):
                h = (h ^ word) * np.uint64(0xC2B2AE3D27D4EB4F)
                word, shift = np.uint64(0), np.uint64(0)
        return (h ^ word) * np.uint64(0xD6E8FEB86659FD93)
    for part in (start, start + n // np.uint64(2) - np.uint64(4), start + n - eight):
        word = np.uint64(0)
        for i in range(8):
            word |= np.uint64(text[part + np.uint64(i)]) << np.uint64(8 * i)
        h = (h ^ word) * np.uint64(0xC2B2AE3D27D4EB4F)
    return h


@compiled
def _never_zero(h: np.uint64) -> np.uint64:
    return (h ^ (h >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)


@compiled
def _slot_of(keys: NDArray[np.uint64], fingerprint: np.uint64) -> np.uint64:
    """Where a fingerprint is in the table, or the free place where it belongs."""
    mask = np.uint64(keys.size - 1)
    h = _never_zero(fingerprint)
    slot = (h >> np.uint64(20)) & mask
    while keys[slot] != np.uint64(0) and keys[slot] != h:
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def lift_pass(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one pass, one state; compiled functions take no keywords
    text: Bytes,
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    left: Bytes,
    numbers: IndexArray,
    number_start: IndexArray,
    depth: IndexArray,
    sizes: NDArray[np.int32],
    size_start: IndexArray,
    odd: IndexArray,
    attributes: IndexArray,
    lists: IndexArray,
    records: IndexArray,
    codes: Bytes,
    keys: NDArray[np.uint64],
    used: NDArray[np.uint64],
    tables: Bytes,
    words: Bytes,
    member_rows: Bytes,
    type_rows: Bytes,
    kind_rows: Bytes,
    result: IndexArray,
) -> None:
    """Fill the arrays; ``result``: bytes left, arrays, odd lines, objects with attributes, depth, whether it is odd, lists.

    Places in the text are unsigned: that halves the time, since nothing has to be checked for counting from the end.
    """
    one, n = np.uint64(1), np.uint64(text.size)
    kinds = np.zeros(8, dtype=np.int64)
    objects = np.zeros(_WATCHED, dtype=np.uint64)
    is_list = np.zeros(_WATCHED, dtype=np.bool_)
    lengths = np.zeros(DEEPEST + 1, dtype=np.int64)
    counts = np.zeros(3, dtype=np.int64)
    seen = np.zeros((2, 16), dtype=np.int64)
    zero = np.int64(0)
    n_lists = zero
    level, count, written, n_odd, n_attributes, line, deepest, n_keys = zero, zero, zero, zero, zero, zero, zero, zero
    room = keys.size // 2
    n_objects, copied = np.uint64(0), np.uint64(0)
    is_odd = False
    i = np.uint64(0)
    while i < n:
        what = tables[0, text[i]]
        if what == 0:
            i += one
            continue
        i += one
        if what == 2:
            level += 1
            if level > deepest:  # noqa: PLR1730 - max() takes numba long to compile
                deepest = level
            n_objects += one
            if level < _WATCHED:
                objects[level] = n_objects
                is_list[level] = text[i - one] == OPEN
                if level < 8:
                    kinds[level] = _NONE
            if level == 4 and kinds[3] == _ATTRIBUTES and kinds[1] == _OBJECTS and text[i - one] == OPEN_OBJECT:
                attributes[n_attributes, 0] = written + np.int64(i - one - copied)
            continue
        if what == 3:
            if level == 4 and kinds[3] == _ATTRIBUTES and kinds[1] == _OBJECTS and text[i - one] == CLOSE_OBJECT:
                attributes[n_attributes, 1] = written + np.int64(i - copied)
                n_attributes += 1
            if level > 0:
                level -= 1
            continue
        if what == 4:
            line += 1
            if lines:
                level = zero
                for key in range(n_keys):
                    keys[used[key]] = np.uint64(0)
                n_keys = zero
            continue
        if what == 5:  # true or false: no list of CityJSON's own holds any
            is_odd = bool(is_odd or (0 < level < _WATCHED and is_list[level]))
            continue
        start = i
        is_escaped = False
        while i < n:
            if tables[1, text[i]] == 0:
                i += one
                continue
            c = text[i]
            if c == QUOTE or (c == NEWLINE and lines):
                break
            i += one
            if c == BACKSLASH:
                is_escaped = True
                if i < n and not (lines and text[i] == NEWLINE):
                    i += one
        if i >= n or text[i] != QUOTE:
            continue
        end = i
        i += one
        k = after_space(text, i, lines)
        if k >= n or text[k] != COLON or level < 1:
            continue
        if level >= _WATCHED or n_keys >= room or is_escaped:  # an escaped key may equal a plain one: not for us to tell
            is_odd = True
        else:
            print_of_key = _fingerprint(text, start, end - start) ^ objects[level] * np.uint64(0x9FB21C651E98DF25)
            slot = _slot_of(keys, print_of_key)
            if keys[slot] == np.uint64(0):
                keys[slot] = _never_zero(print_of_key)
                used[n_keys] = slot
                n_keys += 1
            else:
                is_odd = True
        if level > 6:
            continue
        kind = _key_kind(text, start, end - start, np.uint8(level), words)
        kinds[level] = kind
        if kind != VERTICES:
            is_in_geometry = kinds[1] == _OBJECTS and kinds[3] == _GEOMETRY
            is_list_of_geometries = is_in_geometry and kind == _GEOMETRY
            if not (is_list_of_geometries or (is_in_geometry and (kind == BOUNDARIES or (kind == VALUES and kinds[5] == _SEMANTICS)))):
                continue
        k = after_space(text, k + one, lines)
        if k >= n:
            continue
        first = text[k]
        if first == MINUS or ZERO <= first <= NINE:
            if n_odd == 0 or odd[n_odd - 1] != line:
                odd[n_odd] = line
                n_odd += 1
            continue
        if first != OPEN:
            continue
        if kind == _GEOMETRY:
            counts[0] = count
            stop = read_geometries(
                text, k, lines, counts, numbers, number_start, depth, sizes, size_start, lengths, records, codes,
                member_rows, type_rows, kind_rows, seen,
            )  # fmt: skip
            if stop <= k:
                continue
            for record in range(lists[n_lists], counts[1]):
                deepest = max(deepest, level + 2 + depth[records[record, 2]])
                if records[record, 3] >= 0:
                    deepest = max(deepest, level + 3 + depth[records[record, 3]])
            label = n_lists
            count = counts[0]
            n_lists += 1
            lists[n_lists] = counts[1]
        else:
            stop, _ = read_array(text, k, kind, lines, count, numbers, number_start, depth, sizes, size_start, lengths)
            if stop <= k:
                continue
            if level + depth[count] > deepest:  # noqa: PLR1730 - idem
                deepest = level + depth[count]
            label = count
            count += 1
        while i < k:
            line += text[i] == NEWLINE
            i += one
        written = _write_number(left, _copy(text, copied, k, left, written), label)
        if not lines:  # as many lines as before, so that places in messages stay true
            while i < stop:
                if text[i] == NEWLINE:
                    left[written] = NEWLINE
                    written += 1
                    line += 1
                i += one
        i = copied = stop
    result[0] = _copy(text, copied, n, left, written)
    result[1], result[2], result[3], result[4], result[5], result[6] = count, n_odd, n_attributes, deepest, is_odd, n_lists


@compiled
def _copy(text: Bytes, begin: np.uint64, end: np.uint64, left: Bytes, written: np.int64) -> np.int64:
    """Copy a stretch of text; returns where the copy ends."""
    to = np.uint64(written)
    while begin < end:
        left[to] = text[begin]
        begin += np.uint64(1)
        to += np.uint64(1)
    return np.int64(to)


@compiled
def _write_number(left: Bytes, written: np.int64, value: np.int64) -> np.int64:
    """Decimal digits; returns where they end."""
    n, rest = np.int64(1), value
    while rest >= 10:
        rest //= 10
        n += 1
    rest = value
    for i in range(n):
        left[written + n - 1 - i] = ZERO + rest % 10
        rest //= 10
    return written + n
