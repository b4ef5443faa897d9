"""What was asked of a service, what came, and what became of it: the counts that the provenance shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Box = tuple[float, float, float, float]
"""Min x, min y, max x, max y in RD New. [m]"""


@dataclass(frozen=True, slots=True)
class Received:
    """Everything that a service has of one kind within some boxes.

    Parameters
    ----------
    features
        Each object once, in the order of their identifiers.
    asked
        How many there are by the service's own count; None where it does not count.
    got
        How many came, duplicates included.
    duplicates
        How many of them had come before.
    fetched
        Dates on which the answers came, earliest and latest (ISO 8601).
    """

    features: tuple[Mapping[str, Any], ...]
    asked: int | None
    got: int
    duplicates: int
    fetched: tuple[str, str]


@dataclass(slots=True)
class Tally:
    """The counts of one collection: ``got`` is always ``kept`` plus everything that was left out.

    Parameters
    ----------
    service, collection
        Name in `services.NAMES` (or a file), and what was asked of it.
    kept
        How many objects of the service are in the neighbourhood.
    left_out
        Reason to count.
    rows
        How many rows or buildings came of those that were kept: a shape that is cut may give several.
    """

    service: str
    collection: str
    asked: int | None
    got: int
    kept: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    fetched: tuple[str, str] | None = None

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Some objects are not used; of none nothing is noted."""
        if count > 0:
            self.left_out[reason] += count

    def as_json(self) -> dict[str, Any]:
        """For the provenance file."""
        return {
            "collection": self.collection,
            "asked": self.asked,
            "got": self.got,
            "kept": self.kept,
            "left_out": dict(sorted(self.left_out.items())),
            "rows": self.rows,
            "fetched": None if self.fetched is None else {"from": self.fetched[0], "until": self.fetched[1]},
        }
