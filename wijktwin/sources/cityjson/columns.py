"""Attributes of many buildings to columns in our names; the rest packed away for the curious."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.sources import bag3d
from wijktwin.sources.cityjson.objects import BuildingRecord

Attributes = dict[str, Any]
_EMPTY: Attributes = {}
_LOWEST = frozenset({"ground_height", "roof_height_min"})


class PackedAttributes(Sequence[Mapping[str, Any]]):
    """The attributes of many buildings that have no name of ours, kept as JSON and unpacked one building at a time.

    A hundred thousand 3D BAG buildings take 130 MB this way, four times less than as dictionaries.
    """

    def __init__(self, packed: Sequence[bytes]) -> None:
        self.packed = tuple(packed)

    def __len__(self) -> int:
        """How many buildings."""
        return len(self.packed)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> PackedAttributes: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | PackedAttributes:
        """The attributes of one building, or of several."""
        if isinstance(index, slice):
            return PackedAttributes(self.packed[index])
        return bag3d.other_attributes(orjson.loads(self.packed[index]))

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """The attributes of every building, one after the other."""
        return (self[row] for row in range(len(self)))


def attributes_of(record: BuildingRecord) -> tuple[Attributes, bool]:
    """The attributes of a building with what only its parts know folded in, and whether they are just its own.

    Numbers of several parts are added up when they are volumes or areas, and become the highest or lowest when they are
    heights; of anything else the first part that knows it speaks.
    """
    own = record.members[0].get("attributes")
    folded: Attributes = {}
    for member in record.members[1:]:
        if member.get("attributes"):
            folded = _known_by_parts(own or _EMPTY, record)
            break
    if own is None or folded:
        return {**(own or _EMPTY), **folded}, False
    return own, True


def _known_by_parts(own: Attributes, record: BuildingRecord) -> Attributes:
    """What only the parts of a building know."""
    parts = [attributes for member in record.members[1:] if (attributes := member.get("attributes"))]
    folded: Attributes = {}
    for name in {name: None for attributes in parts for name in attributes}:
        values = [attributes[name] for attributes in parts if attributes.get(name) is not None]
        if values and own.get(name) is None:
            folded[name] = _folded(name, values)
    return folded


def _folded(name: str, values: list[Any]) -> Any:  # noqa: ANN401
    if len(values) == 1 or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return values[0]
    if "volume" in name or "opp_" in name:
        return sum(values)
    ours = next((field for field, names in bag3d.FIELD_MAP.items() if name in names), None)
    if ours in _LOWEST:
        return min(values)
    return max(values) if ours is not None and "height" in ours else values[0]


LARGEST: Final = 1e7
"""Nothing that is told of one building in numbers is larger (m², m³, years, storeys): what is, is a mistake."""


def number_columns(rows: Sequence[Attributes], fields: Mapping[str, Sequence[str]], present: frozenset[str]) -> dict[str, FloatArray]:
    """One column per field, see `number_column`.

    Parameters
    ----------
    fields
        Our names, each with the foreign names that mean the same.
    """
    plain = {field: found[0] for field, names in fields.items() if len(found := [name for name in names if name in present]) == 1}
    table: NDArray[Any] = np.zeros(0)
    if len(plain) > 1:
        with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
            table = np.array(list(map(itemgetter(*plain.values()), rows)), dtype=np.float64)
    columns: dict[str, FloatArray] = {}
    if table.shape == (len(rows), len(plain)) and len(rows):
        columns = {field: _sane(table[:, position].copy()) for position, field in enumerate(plain)}
    return {field: columns[field] if field in columns else number_column(rows, names, present) for field, names in fields.items()}


def number_column(rows: Sequence[Attributes], names: Sequence[str], present: frozenset[str]) -> FloatArray:
    """The first of some attributes that each building knows, as numbers; NaN where none does.

    Parameters
    ----------
    names
        Foreign names that mean the same, in order of preference.
    present
        All names that occur among the rows.
    """
    column = np.full(len(rows), np.nan)
    for name in names:
        if name in present:
            values = _as_numbers([row.get(name) for row in rows])
            column = np.where(np.isnan(column), values, column)
    return column


def _as_numbers(values: list[Any]) -> FloatArray:
    try:
        numbers = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        numbers = np.array([_as_number(value) for value in values], dtype=np.float64)
    if numbers.ndim != 1:
        numbers = np.array([_as_number(value) for value in values], dtype=np.float64)
    return _sane(numbers)


def _sane(numbers: FloatArray) -> FloatArray:
    numbers[~(np.abs(numbers) <= LARGEST)] = np.nan
    return numbers


def _as_number(value: object) -> float:
    """A number, also where the file writes it as text ("1967", "3,5"); NaN for anything else."""
    if isinstance(value, bool):
        return np.nan
    try:
        return float(value.strip().replace(",", ".") if isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.nan


def text_column(rows: Sequence[Attributes], names: Sequence[str], present: frozenset[str]) -> list[str]:
    """The first of some attributes that each building knows, as text; "" where none does."""
    column = [""] * len(rows)
    for name in names:
        if name in present:
            for position, row in enumerate(rows):
                value = row.get(name)
                if value is not None and not column[position]:
                    column[position] = value if isinstance(value, str) else str(value)
    return column


def flag_column(rows: Sequence[Attributes], names: Sequence[str], present: frozenset[str]) -> BoolArray:
    """Where one of some attributes is true."""
    column = np.zeros(len(rows), dtype=bool)
    for name in names:
        if name in present:
            column |= np.array([row.get(name) is True for row in rows], dtype=bool)
    return column


def lod_columns(rows: Sequence[Attributes], lods: FloatArray, present: frozenset[str]) -> dict[str, FloatArray]:
    """The number fields that the source gives once per LoD, each for the LoD that is drawn."""
    columns = {field: np.full(len(rows), np.nan) for field in bag3d.LOD_FIELD_MAP}
    for lod in bag3d.REPORTED_LODS:
        chosen = np.flatnonzero(lods == lod)
        if not len(chosen):
            continue
        some = [rows[row] for row in chosen.tolist()]
        suffix = bag3d.lod_suffix(lod)
        for field, names in bag3d.LOD_FIELD_MAP.items():
            columns[field][chosen] = number_column(some, [name.format(suffix) for name in names], present)
    return columns


def names_present(rows: Sequence[Attributes]) -> frozenset[str]:
    """All attribute names that occur."""
    return frozenset().union(*rows) if rows else frozenset()


def packed(attributes: Attributes) -> bytes:
    """Attributes as JSON."""
    return orjson.dumps(attributes)
