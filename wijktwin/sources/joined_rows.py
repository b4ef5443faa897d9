"""Chosen rows of several sequences as one sequence, nothing unpacked before it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, overload

from numpy.typing import NDArray


class JoinedRows(Sequence[Mapping[str, Any]]):
    """Chosen rows of several sequences, one behind the other.

    Parameters
    ----------
    parts
        Sequences, each with the rows chosen from it.
    """

    def __init__(self, parts: Sequence[tuple[Sequence[Mapping[str, Any]], NDArray[Any]]]) -> None:
        self._parts = list(parts)
        self._ends = list(accumulate(len(rows) for _, rows in self._parts))

    def __len__(self) -> int:
        """How many rows."""
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        """One row, or several."""
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        row = index + len(self) if index < 0 else index
        if not 0 <= row < len(self):
            raise IndexError(index)
        part = bisect_right(self._ends, row)
        sequence, rows = self._parts[part]
        return sequence[int(rows[row - (self._ends[part - 1] if part else 0)])]

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Every row, one after the other."""
        return (self[row] for row in range(len(self)))
