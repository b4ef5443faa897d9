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

from wijktwin.sources.cityjson.lifted_geometries import LiftedGeometries
from wijktwin.sources.cityjson.lifting_arrays import DEEPEST, NULL
from wijktwin.sources.cityjson.lifting_geometry import KIND_ROWS, MEMBER_ROWS, TYPE_ROWS
from wijktwin.sources.cityjson.lifting_pass import TABLES, WORDS, are_below, lift_pass
from wijktwin.sources.cityjson.segments import IndexArray, positions

LINE_KEYS: Final = 1 << 14
"""Room for twice the keys of the longest line; a line with more is looked at closely."""
SHORTEST: Final = len(b'"values":[0],')
"""No array that is lifted takes less text."""
SHORTEST_GEOMETRY: Final = len('{"type":"Solid","boundaries":[[[[0]]]]}')
SHORTEST_LIST: Final = len('"geometry":[]') + SHORTEST_GEOMETRY
"""No geometry, and no list of them, takes less."""


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
        return bool(are_below(self.numbers, self.number_start, limits))

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
    geometries
        Plain lists of geometries, lifted as a whole; list i is what the number i stands for in the place of a geometry list.
    attributes
        Where the attributes of each CityObject that has any begin and end in ``text``, in the order of the objects, shape (o, 2).
    """

    text: bytes
    odd_lines: frozenset[int]
    depth: int
    is_odd: bool
    arrays: LiftedArrays
    geometries: LiftedGeometries
    attributes: NDArray[np.int64]


def lift(text: bytes, *, lines: bool = False) -> Lifted:
    """Take plain lists of geometries, and the arrays of ``vertices``, ``boundaries`` and ``semantics.values``, out of CityJSON text.

    Parameters
    ----------
    lines
        The text is one JSON value a line; a broken line does not spoil the next.
    """
    data = np.frombuffer(text, dtype=np.uint8)
    n = len(data)
    left = np.empty(n + 32, dtype=np.uint8)
    numbers = np.empty(n // 2 + 2, dtype=np.int64)
    n_arrays = n // SHORTEST + 2  # far too many, but memory that is never touched costs nothing
    number_start = np.empty(n_arrays + 1, dtype=np.int64)
    depth = np.empty(n_arrays, dtype=np.int64)
    sizes = np.empty((DEEPEST + 1, n // 2 + 2), dtype=np.int32)
    size_start = np.empty((n_arrays + 1, DEEPEST + 1), dtype=np.int64)
    odd = np.empty(n_arrays, dtype=np.int64)
    attributes = np.empty((n // len(b'"attributes":{}') + 1, 2), dtype=np.int64)
    n_slots = LINE_KEYS if lines else 1 << max(8, (n // 15).bit_length())
    keys, used = np.zeros(n_slots, dtype=np.uint64), np.empty(n_slots, dtype=np.uint64)
    lists = np.empty(n // SHORTEST_LIST + 2, dtype=np.int64)
    records = np.empty((n // SHORTEST_GEOMETRY + 2, 6), dtype=np.int64)
    codes = np.empty(n // len("{},") + 2, dtype=np.uint8)
    number_start[0], lists[0], size_start[0] = 0, 0, 0
    result = np.zeros(7, dtype=np.int64)
    lift_pass(
        data, lines, left, numbers, number_start, depth, sizes, size_start, odd, attributes, lists, records, codes, keys, used,
        TABLES, WORDS, MEMBER_ROWS, TYPE_ROWS, KIND_ROWS, result,
    )  # fmt: skip
    written, count, n_odd, n_attributes, deepest, is_odd, n_lists = result.tolist()
    n_records = int(lists[n_lists])
    return Lifted(
        text=left[:written].tobytes(),
        odd_lines=frozenset(odd[:n_odd].tolist()),
        depth=deepest,
        is_odd=bool(is_odd),
        arrays=LiftedArrays(
            numbers=numbers[: number_start[count]],
            number_start=number_start[: count + 1],
            depth=depth[:count],
            sizes=sizes,
            size_start=size_start[: count + 1],
        ),
        geometries=LiftedGeometries(list_start=lists[: n_lists + 1], records=records[:n_records], codes=codes),
        attributes=attributes[:n_attributes],
    )
