"""The compiled pass of `lifting`, its innermost part: one array of whole numbers."""

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
VERTICES, BOUNDARIES, VALUES = 2, 5, 7
"""What an array is: decides which ones are regular."""
QUOTE, BACKSLASH, COLON, COMMA, NEWLINE, MINUS, ZERO, NINE = b'"\\:,\n-09'
OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT = b"[]{}"


@compiled
def after_space(text: Bytes, i: np.uint64, lines: bool) -> np.uint64:  # noqa: FBT001 - compiled
    """The next byte that is no white space (and no line end, where lines are values)."""
    n = np.uint64(text.size)
    while i < n:
        c = text[i]
        if not (c == 0x20 or c == 0x09 or c == 0x0D or (c == NEWLINE and not lines)):  # noqa: PLR1714 - quicker than a set
            break
        i += np.uint64(1)
    return i


@compiled
def read_array(  # noqa: C901, PLR0911, PLR0912, PLR0915, PLR0917 - one pass, one state; compiled functions take no keywords
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
        if (wants_value and ZERO <= c <= NINE) or c == MINUS:
            if bottom == 0:
                bottom = level
            if level != bottom or not wants_value:
                return nowhere, zero
            is_negative = c == MINUS
            if is_negative:
                i += one
                if kind == VALUES or i >= n:
                    return nowhere, zero
            first = i
            value = np.int64(0)
            while i < n:
                digit = np.int64(text[i]) - ZERO
                if digit < 0 or digit > 9:
                    break
                value = value * 10 + digit
                i += one
            n_digits = np.int64(i - first)
            if n_digits == 0 or n_digits > LONGEST or (n_digits > 1 and text[first] == ZERO):
                return nowhere, zero
            numbers[n_numbers] = -value if is_negative else value
            n_numbers += one
            length += 1
            wants_value = False
            continue
        i += one
        if c == COMMA:
            if wants_value:
                return nowhere, zero
            wants_value = True
        elif c == OPEN:
            if not wants_value or level == DEEPEST or (bottom > 0 and level == bottom):
                return nowhere, zero
            lengths[level] = length
            length = zero
            level += 1
        elif c == CLOSE:
            if wants_value or (kind == VERTICES and level == 2 and length != 3):
                return nowhere, zero
            sizes[level, size_start[after, level]] = length
            size_start[after, level] += 1
            level -= 1
            if level == 0:
                if bottom != 2 if kind == VERTICES else (kind == BOUNDARIES and bottom < 3):
                    return nowhere, zero  # points, lines and places of templates are few and stay where they are
                depth[number] = bottom
                number_start[after] = np.int64(n_numbers)
                return i, n_lines
            length = lengths[level] + 1
        elif c == 0x6E and wants_value and kind == VALUES:  # null
            if bottom == 0:
                bottom = level
            if level != bottom or i + one + one >= n or text[i] != 0x75 or text[i + one] != 0x6C or text[i + one + one] != 0x6C:
                return nowhere, zero
            i += one + one + one
            numbers[n_numbers] = NULL
            n_numbers += one
            length += 1
            wants_value = False
        elif c == NEWLINE and not lines:
            n_lines += 1
        elif not (c == 0x20 or c == 0x09 or c == 0x0D):  # noqa: PLR1714 - quicker than a set
            return nowhere, zero
    return nowhere, zero
