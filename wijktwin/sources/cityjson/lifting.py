"""Whole-number arrays lifted out of CityJSON text before it is parsed.

Two thirds of a CityJSON file are vertices, boundaries and semantic values: whole numbers in nested arrays. One compiled pass over the
text reads them straight into flat arrays and leaves a number in their place, so that the JSON parser has only the rest to build
objects for. The pass is strict: what is not a regular nest of whole numbers stays in the text as it was, for the parser to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.sources.cityjson.segments import IndexArray, positions
from wijktwin.sources.compiled import compiled

LONGEST: Final = 15
"""Whole numbers of more digits stay in the text: they would not be exact as coordinates."""
DEEPEST: Final = 5
"""Levels of the boundaries of a MultiSolid."""
SHORTEST: Final = len(b'"values":[0],')
"""No array that is lifted takes less text."""
NULL: Final = -1
"""Stands for null among semantic values."""

_NONE, _OBJECTS, _VERTICES, _GEOMETRY, _BOUNDARIES, _SEMANTICS, _VALUES = range(7)
_QUOTE, _BACKSLASH, _COLON, _COMMA, _OPEN, _CLOSE, _NEWLINE, _MINUS, _ZERO, _NINE = b'"\\:,[]\n-09'


@dataclass(frozen=True, eq=False)
class LiftedArrays:
    """Arrays that were lifted from one text; array i is what the number i in the text stands for.

    Parameters
    ----------
    numbers
        Of all arrays back to back, shape (n,).
    number_start
        First number of each array, and n, shape (a + 1,).
    depth
        Levels of nesting of each array: 2 for vertices, 3 for a MultiSurface, 4 for a Solid, shape (a,).
    sizes
        Lengths of all arrays on level d (1 is the outermost), in the order in which they close: row d, shape (DEEPEST + 1, …).
    size_start
        Where the lengths of each array begin on each level, and where they end, shape (a + 1, DEEPEST + 1).
    """

    numbers: NDArray[np.int64]
    number_start: NDArray[np.int64]
    depth: NDArray[np.int64]
    sizes: NDArray[np.int32]
    size_start: NDArray[np.int64]

    def numbers_of(self, number: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The numbers of some arrays back to back, and how many each has."""
        start = self.number_start[number]
        count = self.number_start[number + 1] - start
        return self.numbers[positions(start, count)], count

    def sizes_of(self, number: IndexArray, level: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The lengths of the inner arrays of some arrays on one level each, back to back, and how many each has there."""
        start = self.size_start[number, level]
        count = self.size_start[number + 1, level] - start
        flat = self.sizes.ravel()
        return flat[positions(start + level * self.sizes.shape[1], count)].astype(np.int64), count

    def are_below(self, limits: IndexArray) -> bool:
        """Whether all numbers of every array are at least 0 and below its limit; arrays whose limit is negative are not looked at.

        Parameters
        ----------
        limits
            One per array, shape (a,).
        """
        return bool(_are_below(self.numbers, self.number_start, limits))

    def nested(self, number: int) -> list[Any]:
        """One array as the nested lists that it was."""
        lo, hi = self.number_start[number], self.number_start[number + 1]
        items: list[Any] = [None if value == NULL else value for value in self.numbers[lo:hi].tolist()]
        for level in range(int(self.depth[number]), 1, -1):
            first, last = self.size_start[number, level], self.size_start[number + 1, level]
            rest = iter(items)
            items = [list(islice(rest, size)) for size in self.sizes[level, first:last].tolist()]
        return items


@dataclass(frozen=True, eq=False)
class Lifted:
    """A text whose arrays were lifted.

    Parameters
    ----------
    text
        What is left: the same JSON with a number in place of each lifted array; as many lines as before.
    odd_lines
        Lines (counted from 0) in which a number already stood where an array belongs: read those from the text as it was.
    depth
        Deepest nesting of arrays and objects in the text as it was.
    is_odd
        Whether some object may have a key twice, or a truth value stands in a list: look closer with `strict_json.structure_of`.
    arrays
        What was lifted.
    """

    text: bytes
    odd_lines: frozenset[int]
    depth: int
    is_odd: bool
    arrays: LiftedArrays


def lift(text: bytes, *, longest_line: int = 0) -> Lifted:
    """Take the arrays of ``vertices``, ``boundaries`` and ``semantics.values`` out of CityJSON text.

    Parameters
    ----------
    longest_line
        The text is one JSON value a line, the longest this long; a broken line does not spoil the next. 0: it is one value.
    """
    data = np.frombuffer(text, dtype=np.uint8)
    n = len(data)
    left = np.empty(n + 32, dtype=np.uint8)
    numbers = np.empty(n // 2 + 2, dtype=np.int64)
    n_arrays = n // SHORTEST + 2  # far too many, but memory that is never touched costs nothing
    number_start = np.zeros(n_arrays + 1, dtype=np.int64)
    depth = np.zeros(n_arrays, dtype=np.int64)
    sizes = np.empty((DEEPEST + 1, n // 2 + 2), dtype=np.int32)
    size_start = np.zeros((n_arrays + 1, DEEPEST + 1), dtype=np.int64)
    odd = np.zeros(n_arrays, dtype=np.int64)
    keys = np.zeros(1 << max(8, ((longest_line or n) // 15).bit_length()), dtype=np.uint64)
    written, count, n_odd, deepest, is_odd = _lift(
        data, longest_line > 0, left, numbers, number_start, depth, sizes, size_start, odd, keys, OUTSIDE, WITHIN, _WORD_BYTES
    )
    longest = int(size_start[count].max())
    return Lifted(
        text=left[:written].tobytes(),
        odd_lines=frozenset(odd[:n_odd].tolist()),
        depth=int(deepest),
        is_odd=bool(is_odd),
        arrays=LiftedArrays(
            numbers=numbers[: number_start[count]].copy(),
            number_start=number_start[: count + 1],
            depth=depth[:count],
            sizes=sizes[:, :longest].copy(),
            size_start=size_start[: count + 1],
        ),
    )


def _classes() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What each byte means outside strings (0 nothing, 1 a quote, 2 opens, 3 closes, 4 a line end, 5 t or f), and whether it matters within."""
    outside, within = np.zeros(256, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
    outside[_QUOTE], outside[_NEWLINE] = 1, 4
    outside[[_OPEN, 0x7B]] = 2
    outside[[_CLOSE, 0x7D]] = 3
    outside[[0x74, 0x66]] = 5
    within[[_QUOTE, _BACKSLASH, _NEWLINE]] = 1
    return outside, within


OUTSIDE, WITHIN = _classes()
_WORDS: Final = b"CityObjectsverticesgeometryboundariessemanticsvalues"
_WORD_BYTES: Final = np.frombuffer(_WORDS, dtype=np.uint8)
_SMALLEST_TABLE: Final = 256


@compiled
def _are_below(numbers: IndexArray, start: IndexArray, limits: IndexArray) -> bool:
    for array in range(limits.size):
        limit = limits[array]
        if limit >= 0:
            for i in range(start[array], start[array + 1]):
                if numbers[i] < 0 or numbers[i] >= limit:
                    return False
    return True


@compiled
def _is_word(text: NDArray[np.uint8], start: np.uint64, words: NDArray[np.uint8], first: int, n: int) -> bool:
    """Whether a word stands at a place in the text."""
    for i in range(n):
        if text[start + np.uint64(i)] != words[first + i]:
            return False
    return True


@compiled
def _key_kind(text: NDArray[np.uint8], start: np.uint64, n: int, level: int, words: NDArray[np.uint8]) -> int:
    """Which of the keys that we look for stands at a place, on a level of nesting."""
    if level == 1:
        if n == 11 and _is_word(text, start, words, 0, 11):
            return _OBJECTS
        return _VERTICES if n == 8 and _is_word(text, start, words, 11, 8) else _NONE
    if level == 3:
        return _GEOMETRY if n == 8 and _is_word(text, start, words, 19, 8) else _NONE
    if level == 5:
        if n == 10 and _is_word(text, start, words, 27, 10):
            return _BOUNDARIES
        return _SEMANTICS if n == 9 and _is_word(text, start, words, 37, 9) else _NONE
    return _VALUES if level == 6 and n == 6 and _is_word(text, start, words, 46, 6) else _NONE


@compiled
def _fingerprint(text: NDArray[np.uint8], start: np.uint64, n: np.uint64) -> np.uint64:
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
def _is_new(keys: NDArray[np.uint64], h: np.uint64) -> bool:
    """Put a fingerprint into the table; False where it was there."""
    mask = np.uint64(keys.size - 1)
    h ^= h >> np.uint64(32)
    h = h * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
    slot = (h >> np.uint64(20)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == h:
            return False
        slot = (slot + np.uint64(1)) & mask
    keys[slot] = h
    return True


@compiled
def _after_space(text: NDArray[np.uint8], i: np.uint64, lines: bool) -> np.uint64:  # noqa: FBT001 - compiled
    """The next byte that is no white space (and no line end, where lines are values)."""
    n = np.uint64(text.size)
    while i < n:
        c = text[i]
        if not (c == 0x20 or c == 0x09 or c == 0x0D or (c == _NEWLINE and not lines)):
            break
        i += np.uint64(1)
    return i


@compiled
def _lift(  # noqa: C901, PLR0912, PLR0915 - one pass, one state
    text: NDArray[np.uint8],
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    left: NDArray[np.uint8],
    numbers: NDArray[np.int64],
    number_start: NDArray[np.int64],
    depth: NDArray[np.int64],
    sizes: NDArray[np.int32],
    size_start: NDArray[np.int64],
    odd: NDArray[np.int64],
    keys: NDArray[np.uint64],
    outside: NDArray[np.uint8],
    within: NDArray[np.uint8],
    words: NDArray[np.uint8],
) -> tuple[int, int, int, int, bool]:
    """One pass over the text; returns bytes left, arrays lifted, odd lines, deepest nesting, and whether something is odd.

    Places in the text are unsigned: that halves the time, since nothing has to be checked for counting from the end.
    """
    one, n = np.uint64(1), np.uint64(text.size)
    kinds = np.zeros(8, dtype=np.int64)
    objects = np.zeros(64, dtype=np.uint64)
    is_list = np.zeros(64, dtype=np.bool_)
    n_objects = np.uint64(0)
    level = count = written = n_odd = line = deepest = n_keys = 0
    room = keys.size // 2
    copied = np.uint64(0)
    is_odd = False
    i = np.uint64(0)
    while i < n:
        what = outside[text[i]]
        if what == 0:
            i += one
            continue
        i += one
        if what == 2:
            level += 1
            deepest = max(deepest, level)
            n_objects += one
            if level < 64:
                objects[level] = n_objects
                is_list[level] = text[i - one] == _OPEN
                if level < 8:
                    kinds[level] = _NONE
            continue
        if what == 3:
            level = max(level - 1, 0)
            continue
        if what == 4:
            line += 1
            if lines:
                level = 0
                if n_keys > 0:
                    keys[:] = np.uint64(0)
                    n_keys = 0
            continue
        if what == 5:  # true or false: no list of CityJSON's own holds any
            is_odd = is_odd or (0 < level < 64 and is_list[level])
            i += np.uint64(3)
            continue
        start = i
        is_escaped = False
        while i < n:
            if within[text[i]] == 0:
                i += one
                continue
            c = text[i]
            if c == _QUOTE or (c == _NEWLINE and lines):
                break
            if c == _BACKSLASH:
                is_escaped = True
                i += one
            i += one
        if i >= n or text[i] != _QUOTE:
            continue
        end = i
        i += one
        k = _after_space(text, i, lines)
        if k >= n or text[k] != _COLON or level < 1:
            continue
        n_keys += 1
        if level >= 64 or n_keys > room or is_escaped:  # an escaped key may equal a plain one: not for us to tell
            is_odd = True
        elif not _is_new(keys, _fingerprint(text, start, end - start) ^ objects[level] * np.uint64(0x9FB21C651E98DF25)):
            is_odd = True
        if level > 6:
            continue
        kind = _key_kind(text, start, np.int64(end - start), level, words)
        kinds[level] = kind
        if kind == _NONE or kind == _OBJECTS or kind == _GEOMETRY or kind == _SEMANTICS:
            continue
        if kind != _VERTICES and not (kinds[1] == _OBJECTS and kinds[3] == _GEOMETRY and (kind == _BOUNDARIES or kinds[5] == _SEMANTICS)):
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
            stop, n_lines = _array(text, k, kind, lines, count, numbers, number_start, depth, sizes, size_start)
            if stop > k:
                while i < k:
                    line += text[i] == _NEWLINE
                    i += one
                piece = np.int64(k - copied)
                left[written : written + piece] = text[np.int64(copied) : np.int64(k)]
                written += piece
                written += _write_number(left, written, count)
                for _ in range(n_lines):  # as many lines as before, so that places in messages stay true
                    left[written] = _NEWLINE
                    written += 1
                line += n_lines
                deepest = max(deepest, level + depth[count])
                count += 1
                i = copied = stop
    piece = np.int64(n - copied)
    left[written : written + piece] = text[np.int64(copied) :]
    return written + piece, count, n_odd, deepest, is_odd


@compiled
def _write_number(left: NDArray[np.uint8], written: int, value: int) -> int:
    """Decimal digits; returns how many."""
    n, rest = 1, value
    while rest >= 10:
        rest //= 10
        n += 1
    rest = value
    for i in range(n):
        left[written + n - 1 - i] = _ZERO + rest % 10
        rest //= 10
    return n


@compiled
def _array(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one pass, one state
    text: NDArray[np.uint8],
    begin: np.uint64,
    kind: int,
    lines: bool,  # noqa: FBT001 - compiled functions take no keywords
    number: int,
    numbers: NDArray[np.int64],
    number_start: NDArray[np.int64],
    depth: NDArray[np.int64],
    sizes: NDArray[np.int32],
    size_start: NDArray[np.int64],
) -> tuple[np.uint64, int]:
    """One regular array of whole numbers: where it ends and over how many line ends it runs; (0, 0) where it is not regular."""
    one, n = np.uint64(1), np.uint64(text.size)
    nowhere = np.uint64(0)
    n_numbers = np.uint64(number_start[number])
    size_end = size_start[number + 1]
    size_end[:] = size_start[number]
    lengths = np.zeros(DEEPEST + 1, dtype=np.int32)
    level = bottom = n_lines = 0
    length = 0
    wants_value = True
    i = begin
    while i < n:
        c = text[i]
        if wants_value and _ZERO <= c <= _NINE or c == _MINUS:
            if bottom == 0:
                bottom = level
            if level != bottom or not wants_value:
                return nowhere, 0
            is_negative = c == _MINUS
            if is_negative:
                i += one
                if kind == _VALUES or i >= n:
                    return nowhere, 0
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
                return nowhere, 0
            numbers[n_numbers] = -value if is_negative else value
            n_numbers += one
            length += 1
            wants_value = False
            continue
        i += one
        if c == _COMMA:
            if wants_value:
                return nowhere, 0
            wants_value = True
        elif c == _OPEN:
            if not wants_value or level == DEEPEST or (bottom > 0 and level == bottom):
                return nowhere, 0
            lengths[level] = length
            length = 0
            level += 1
        elif c == _CLOSE:
            if wants_value or (kind == _VERTICES and level == 2 and length != 3):
                return nowhere, 0
            sizes[level, size_end[level]] = length
            size_end[level] += 1
            level -= 1
            if level == 0:
                if bottom != 2 if kind == _VERTICES else (kind == _BOUNDARIES and bottom < 3):
                    return nowhere, 0  # points, lines and places of templates are few and stay where they are
                depth[number] = bottom
                number_start[number + 1] = np.int64(n_numbers)
                return i, n_lines
            length = lengths[level] + 1
        elif c == 0x6E and wants_value and kind == _VALUES:  # null
            if bottom == 0:
                bottom = level
            if level != bottom or i + one + one >= n or text[i] != 0x75 or text[i + one] != 0x6C or text[i + one + one] != 0x6C:
                return nowhere, 0
            i += one + one + one
            numbers[n_numbers] = NULL
            n_numbers += one
            length += 1
            wants_value = False
        elif c == _NEWLINE and not lines:
            n_lines += 1
        elif not (c == 0x20 or c == 0x09 or c == 0x0D):
            return nowhere, 0
    return nowhere, 0
