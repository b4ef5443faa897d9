"""Dwellings before and after, by tenure and type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

DWELLING_USE = "dwelling"


@dataclass(frozen=True, slots=True)
class DwellingBalance:
    """Dwellings of one tenure and type.

    Parameters
    ----------
    tenure, dwelling_type
        As in the address table; "" where nobody says.
    before
        Addresses with the use "dwelling"; None where the neighbourhood has no addresses, and then nothing is known of `lost`.
    lost
        Those of them in buildings that go.
    added
        What the plans state.
    kind
        How `added` came about: STATED, or ASSUMED once a variant rescaled part of it.
    """

    tenure: str
    dwelling_type: str
    before: int | None
    lost: int | None
    added: float
    kind: Kind = Kind.STATED

    @property
    def after(self) -> float | None:
        """Before, less what goes, plus what is added; None where before is not known."""
        return None if self.before is None or self.lost is None else self.before - self.lost + self.added


def dwelling_balance(neighbourhood: Neighbourhood, plans: Sequence[Plan], demolished: frozenset[str]) -> tuple[DwellingBalance, ...]:
    """The balance by tenure and type, in alphabetical order; every combination that occurs before or after once."""
    table = neighbourhood.address_table
    before: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    if table is not None:
        dwellings = table[table["use"] == DWELLING_USE]
        before.update(zip(dwellings["tenure"], dwellings["dwelling_type"], strict=True))
        gone = dwellings[dwellings["building_id"].isin(demolished)]
        lost.update(zip(gone["tenure"], gone["dwelling_type"], strict=True))
    added: dict[tuple[str, str], float] = {}
    kinds: dict[tuple[str, str], set[Kind]] = {}
    for row in (row for plan in plans for row in plan.dwellings):
        group = (row.tenure, row.dwelling_type)
        added[group] = added.get(group, 0.0) + row.count
        kinds.setdefault(group, set()).add(row.kind)
    is_known = table is not None
    return tuple(
        DwellingBalance(
            tenure=group[0],
            dwelling_type=group[1],
            before=before[group] if is_known else None,
            lost=lost[group] if is_known else None,
            added=added.get(group, 0.0),
            kind=weakest(kinds.get(group, ())),
        )
        for group in sorted(before.keys() | added.keys())
    )


def weakest(kinds: Iterable[Kind]) -> Kind:
    """The weakest of several kinds: assumed before stated before calculated before measured; STATED where there are none."""
    found = set(kinds) or {Kind.STATED}
    return next(kind for kind in (Kind.ASSUMED, Kind.STATED, Kind.CALCULATED, Kind.MEASURED) if kind in found)
