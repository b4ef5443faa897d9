"""Key figures per dwelling: ranges by tenure and kind of dwelling from ``data/norms``, with their source and how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from wijktwin.errors import InputError, Note
from wijktwin.model.provenance import LocalText, Source
from wijktwin.norm_tables import is_number, norm_table

if TYPE_CHECKING:
    from wijktwin.model.plan import Dwellings

Kinds = tuple[str, str]
"""Tenure and type of dwelling, "" where nobody knows."""
CERTAINTIES: Final = ("H", "M", "L")
TEXTS: Final = ("title", "source", "published", "read_on", "certainty", "status", "unit")


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high; `middle` is what is taken where one number is asked."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Halfway."""
        return (self.low + self.high) / 2.0

    def __add__(self, other: Range) -> Range:
        """Both together."""
        return Range(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Range:
        """So many of it."""
        return Range(self.low * factor, self.high * factor)


NOTHING: Final = Range(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """What is usual per dwelling, by tenure and type.

    Parameters
    ----------
    source
        Where it was read, and how well.
    certainty
        H (read in a good source), M (second-hand) or L (to be confirmed by the municipality).
    status
        What it is in law.
    """

    title: LocalText
    source: Source
    certainty: str
    status: LocalText
    unit: str
    rows: Mapping[Kinds, Range]

    def how_sure(self, what: str) -> Note:
        """How sure the numbers are, beside every figure made of them; ``what`` is "movements" or "places"."""
        return Note(f"streets.{what}_key_figure_{self.certainty}")

    def of(self, tenure: str, dwelling_type: str) -> Range:
        """The range of one dwelling; where its tenure or type is not known, from the lowest to the highest of those it may be."""
        own = self.rows.get((tenure, dwelling_type))
        if own is not None:
            return own
        fitting = [
            each
            for (one, other), each in self.rows.items()
            if (one and other) and (not tenure or one == tenure) and (not dwelling_type or other == dwelling_type)
        ]
        if not fitting:
            return self.rows["", ""]
        return Range(min(each.low for each in fitting), max(each.high for each in fitting))

    def together(self, dwellings: Iterable[Dwellings]) -> Range:
        """The range of all dwellings of a plan together."""
        total = NOTHING
        for group in dwellings:
            total += self.of(group.tenure, group.dwelling_type).times(group.count)
        return total


@cache
def key_figures(file_name: str, name: str) -> KeyFigures:
    """One table of a file of ``data/norms``.

    Raises
    ------
    InputError
        Something is missing in it.
    """
    return key_figures_from(norm_table(file_name).get(name, {}), source=file_name, where=name)


def key_figures_from(table: Mapping[str, Any], *, source: str, where: str) -> KeyFigures:
    """Key figures from a table of a TOML file: title, source, published, read_on, certainty, status, unit and ``rows`` with low and high.

    Raises
    ------
    InputError
        Something is missing, or a range is upside down; the row for dwellings of which nothing is known has to be there.
    """
    for key in TEXTS:
        if not table.get(key):
            raise InputError("streets.key_figure_incomplete", source=source, where=where, missing=key)
    if table["certainty"] not in CERTAINTIES:
        raise InputError("streets.key_figure_incomplete", source=source, where=where, missing="certainty: H, M, L")
    rows: dict[Kinds, Range] = {}
    for number, row in enumerate(table.get("rows", []), start=1):
        low, high = row.get("low"), row.get("high")
        if not (is_number(low) and is_number(high) and 0 <= low <= high):
            raise InputError("streets.key_figure_incomplete", source=source, where=f"{where}.rows[{number}]", missing="low, high")
        rows[str(row.get("tenure", "")), str(row.get("dwelling_type", ""))] = Range(float(low), float(high))
    if ("", "") not in rows:
        raise InputError("streets.key_figure_incomplete", source=source, where=where, missing='rows: tenure = "", dwelling_type = ""')
    return KeyFigures(
        title=LocalText.from_value(table["title"]),
        source=Source(title=str(table["source"]), owner="CROW", vintage=str(table["published"]), url=table.get("url")),
        certainty=str(table["certainty"]),
        status=LocalText.from_value(table["status"]),
        unit=str(table["unit"]),
        rows=MappingProxyType(rows),
    )
