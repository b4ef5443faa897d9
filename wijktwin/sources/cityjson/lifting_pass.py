"""The compiled pass of `lifting`: one state machine over the bytes of a text."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.sources.cityjson.segments import IndexArray
from wijktwin.sources.compiled import compiled

Bytes = NDArray[np.uint8]

LONGEST: Final = 15
"""Whole numbers of more digits stay in the text: they would not be exact as coordinates."""
DEEPEST: Final = 5
"""Levels of the boundaries of a MultiSolid."""
NULL: Final = -1
"""Stands for null among semantic values."""

_NONE, _OBJECTS, _VERTICES, _ATTRIBUTES, _GEOMETRY, _BOUNDARIES, _SEMANTICS, _VALUES = range(8)
_KEYS: Final = ("CityObjects", "vertices", "attributes", "geometry", "boundaries", "semantics", "values")
_LEVELS: Final = (1, 1, 3, 3, 5, 5, 6)
_QUOTE, _BACKSLASH, _COLON, _COMMA, _NEWLINE, _MINUS, _ZERO, _NINE = b'"\\:,\n-09'
_OPEN, _CLOSE, _OPEN_OBJECT, _CLOSE_OBJECT = b"[]{}"
_WATCHED: Final = 64
"""Levels on which keys are compared and lists known; text that is nested deeper is odd."""


def _tables() -> Bytes:
    """What each byte means outside strings (0 nothing, 1 quote, 2 opens, 3 closes, 4 line end, 5 t or f), and whether within any."""
    tables = np.zeros((2, 256), dtype=np.uint8)
    tables[0, _QUOTE], tables[0, _NEWLINE] = 1, 4
    tables[0, [_OPEN, _OPEN_OBJECT]] = 2
    tables[0, [_CLOSE, _CLOSE_OBJECT]] = 3
    tables[0, [0x74, 0x66]] = 5
    tables[1, [_QUOTE, _BACKSLASH, _NEWLINE]] = 1
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
def _after_space(text: Bytes, i: np.uint64, lines: bool) -> np.uint64:  # noqa: FBT001 - compiled
    """The next byte that is no white space (and no line end, where lines are values)."""
    n = np.uint64(text.size)
    while i < n:
        c = text[i]
        if not (c == 0x20 or c == 0x09 or c == 0x0D or (c == _NEWLINE and not lines)):  # noqa: PLR1714 - quicker than a set
            break
        i += np.uint64(1)
    return i


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
    keys: NDArray[np.uint64],
    used: NDArray[np.uint64],
    tables: Bytes,
    words: Bytes,
    result: IndexArray,
) -> None:
    """Fill the arrays; ``result`` becomes bytes left, arrays lifted, odd lines, objects with attributes, depth, whether it is odd.

    Places in the text are unsigned: that halves the time, since nothing has to be checked for counting from the end.
    """
    one, n = np.uint64(1), np.uint64(text.size)
    kinds = np.zeros(8, dtype=np.int64)
    objects = np.zeros(_WATCHED, dtype=np.uint64)
    is_list = np.zeros(_WATCHED, dtype=np.bool_)
    lengths = np.zeros(DEEPEST + 1, dtype=np.int64)
    zero = np.int64(0)
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
                is_list[level] = text[i - one] == _OPEN
                if level < 8:
                    kinds[level] = _NONE
            if level == 4 and kinds[3] == _ATTRIBUTES and kinds[1] == _OBJECTS and text[i - one] == _OPEN_OBJECT:
                attributes[n_attributes, 0] = written + np.int64(i - one - copied)
            continue
        if what == 3:
            if level == 4 and kinds[3] == _ATTRIBUTES and kinds[1] == _OBJECTS and text[i - one] == _CLOSE_OBJECT:
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
            if c == _QUOTE or (c == _NEWLINE and lines):
                break
            i += one
            if c == _BACKSLASH:
                is_escaped = True
                if i < n and not (lines and text[i] == _NEWLINE):
                    i += one
        if i >= n or text[i] != _QUOTE:
            continue
        end = i
        i += one
        k = _after_space(text, i, lines)
        if k >= n or text[k] != _COLON or level < 1:
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
        if kind != _VERTICES:
            is_in_geometry = kinds[1] == _OBJECTS and kinds[3] == _GEOMETRY
            if not (is_in_geometry and (kind == _BOUNDARIES or (kind == _VALUES and kinds[5] == _SEMANTICS))):
                continue
        k = _after_space(text, k + one, lines)
        if k >= n:
            continue
        first = text[k]
        if first == _MINUS or _ZERO <= first <= _NINE:
            if n_odd == 0 or odd[n_odd - 1] != line:
                odd[n_odd] = line
                n_odd += 1
        elif first == _OPEN:
            stop, n_lines = _array(text, k, kind, lines, count, numbers, number_start, depth, sizes, size_start, lengths)
            if stop > k:
                while i < k:
                    line += text[i] == _NEWLINE
                    i += one
                written = _write_number(left, _copy(text, copied, k, left, written), count)
                for _ in range(n_lines):  # as many lines as before, so that places in messages stay true
                    left[written] = _NEWLINE
                    written += 1
                line += n_lines
                if level + depth[count] > deepest:  # noqa: PLR1730 - idem
                    deepest = level + depth[count]
                count += 1
                i = copied = stop
    result[0] = _copy(text, copied, n, left, written)
    result[1], result[2], result[3], result[4], result[5] = count, n_odd, n_attributes, deepest, is_odd


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
        left[written + n - 1 - i] = _ZERO + rest % 10
        rest //= 10
    return written + n


@compiled
def _array(  # noqa: C901, PLR0911, PLR0912, PLR0915, PLR0917 - one pass, one state; compiled functions take no keywords
    text: Bytes,
    begin: np.uint64,
    kind: int,
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    number: np.int64,
    numbers: IndexArray,
    number_start: IndexArray,
    depth: IndexArray,
    sizes: NDArray[np.int32],
    size_start: IndexArray,
    lengths: IndexArray,
) -> tuple[np.uint64, np.int64]:
    """One regular array of whole numbers: where it ends and over how many line ends it runs; (0, 0) where it is not regular."""
    one, n = np.uint64(1), np.uint64(text.size)
    nowhere = np.uint64(0)
    n_numbers = np.uint64(number_start[number])
    zero, after = np.int64(0), number + 1
    for d in range(DEEPEST + 1):
        size_start[after, d] = size_start[number, d]
    level, bottom, n_lines, length = zero, zero, zero, zero
    wants_value = True
    i = begin
    while i < n:
        c = text[i]
        if (wants_value and _ZERO <= c <= _NINE) or c == _MINUS:
            if bottom == 0:
                bottom = level
            if level != bottom or not wants_value:
                return nowhere, zero
            is_negative = c == _MINUS
            if is_negative:
                i += one
                if kind == _VALUES or i >= n:
                    return nowhere, zero
            first = i
            value = np.int64(0)
            while i < n:
                digit = np.int64(text[i]) - _ZERO
                if digit < 0 or digit > 9:
                    break
                value = value * 10 + digit
                i += one
            n_digits = np.int64(i - first)
            if n_digits == 0 or n_digits > LONGEST or (n_digits > 1 and text[first] == _ZERO):
                return nowhere, zero
            numbers[n_numbers] = -value if is_negative else value
            n_numbers += one
            length += 1
            wants_value = False
            continue
        i += one
        if c == _COMMA:
            if wants_value:
                return nowhere, zero
            wants_value = True
        elif c == _OPEN:
            if not wants_value or level == DEEPEST or (bottom > 0 and level == bottom):
                return nowhere, zero
            lengths[level] = length
            length = zero
            level += 1
        elif c == _CLOSE:
            if wants_value or (kind == _VERTICES and level == 2 and length != 3):
                return nowhere, zero
            sizes[level, size_start[after, level]] = length
            size_start[after, level] += 1
            level -= 1
            if level == 0:
                if bottom != 2 if kind == _VERTICES else (kind == _BOUNDARIES and bottom < 3):
                    return nowhere, zero  # points, lines and places of templates are few and stay where they are
                depth[number] = bottom
                number_start[after] = np.int64(n_numbers)
                return i, n_lines
            length = lengths[level] + 1
        elif c == 0x6E and wants_value and kind == _VALUES:  # null
            if bottom == 0:
                bottom = level
            if level != bottom or i + one + one >= n or text[i] != 0x75 or text[i + one] != 0x6C or text[i + one + one] != 0x6C:
                return nowhere, zero
            i += one + one + one
            numbers[n_numbers] = NULL
            n_numbers += one
            length += 1
            wants_value = False
        elif c == _NEWLINE and not lines:
            n_lines += 1
        elif not (c == 0x20 or c == 0x09 or c == 0x0D):  # noqa: PLR1714 - quicker than a set
            return nowhere, zero
    return nowhere, zero
