"""What a claim about shade says in its checkable form, and of which moments the sun is told because somebody named them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wijktwin.norm_tables import is_number

if TYPE_CHECKING:
    from wijktwin.model.plan import Plan

SHADE: Final = "sunlight"
"""``impact`` of a claim about shade."""
PARTS: Final = ("max_dwellings", "max_minutes", "from")
DAY: Final = re.compile(r"(0[1-9]|1[0-2])-([0-2][0-9]|3[01])")
CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class ClaimedShade:
    """A claim about shade.

    Parameters
    ----------
    day
        Of the year ("03-21"); "" where it does not say.
    max_dwellings, max_minutes
        At most so many homes lose sun, at most so much [min]; None where it does not say.
    begins
        No home loses sun before this time of the local clock ("16:00"); "" where it does not say.
    """

    day: str = ""
    max_dwellings: float | None = None
    max_minutes: float | None = None
    begins: str = ""


def claimed_shade(checkable: Mapping[str, Any]) -> ClaimedShade | None:
    """What the checkable form of a claim about shade says; None where it is not as described, or says nothing."""
    day, begins = checkable.get("day", ""), checkable.get("from", "")
    numbers = [checkable[part] for part in PARTS[:2] if part in checkable]
    is_as_described = (
        checkable.get("impact") == SHADE
        and checkable.keys() <= {"impact", "day", *PARTS}
        and any(part in checkable for part in PARTS)
        and all(is_number(each) for each in numbers)
        and _is_text(day, DAY, is_optional="day" not in checkable)
        and _is_text(begins, CLOCK, is_optional="from" not in checkable)
    )
    if not is_as_described:
        return None
    homes, minutes = (float(checkable[part]) if part in checkable else None for part in PARTS[:2])
    return ClaimedShade(day, homes, minutes, begins)


def _is_text(value: object, pattern: re.Pattern[str], *, is_optional: bool) -> bool:
    return isinstance(value, str) and (pattern.fullmatch(value) is not None or (is_optional and not value))


def claimed_moments(plans: Iterable[Plan]) -> tuple[tuple[str, str], ...]:
    """The days and times that claims about plans name ("03-21", "16:00"), each once and in order."""
    claimed = [claimed_shade(claim.checkable) for plan in plans for claim in plan.claims]
    return tuple(sorted({(one.day, one.begins) for one in claimed if one is not None and one.day and one.begins}))
