"""Claims: what somebody says of a plan, held beside what we find ourselves. The claim stays its owner's; nothing is overwritten.

A claim can be checked where its plan file says it in numbers (``checkable``, see ``docs/plan-schema.md``)::

    {"impact": "dwellings.social_share_of_new", "operator": "at_least", "value": 35, "unit": "%", "scope": "plan"}

``operator`` is at_most, at_least or about (then ``tolerance`` says how much it may differ on top of our margin); ``per`` divides by
another figure. A claim about shade may be said as ``{"impact": "sunlight", "max_dwellings": 21, "max_minutes": 60, "from": "16:00",
"day": "03-21"}``: then each of its parts is checked, on that day of the year. "From 16:00" holds where no home loses sun before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from wijktwin.impacts.assessment import Method, Unit
from wijktwin.impacts.catalogue import IMPACTS
from wijktwin.impacts.claimed_shade import SHADE, claimed_shade
from wijktwin.impacts.requirements import Absent, Measure, Measured, Operator, Scope, compares, measured
from wijktwin.norm_tables import is_number

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Claim, Plan

METHOD: Final = Method("claims", "1.1")
KNOWN: Final = frozenset({"impact", "operator", "value", "unit", "scope", "per", "tolerance"})
LOSING: Final = "sunlight.losing"


class Finding(StrEnum):
    """What checking a claim comes to."""

    CONFIRMED = "confirmed"
    """It can be so within our margin."""
    OTHERWISE = "otherwise"
    """It is not what we find, wherever in our margin the value lies."""
    OPEN = "open"
    """It can't be checked; the reason says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a claim says in numbers: that a measure is at most, at least or about a value."""

    part: str
    measure: Measure
    operator: Operator
    value: float
    scope: Scope = Scope.PLAN
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Checked:
    """One statement beside what we find.

    Parameters
    ----------
    reason
        Why it can't be checked (a key of words, below ``reason``); ``why`` what the figure itself gives as its reason.
    """

    statement: Statement
    finding: Finding
    measured: Measured | None = None
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """A claim with all that it says; ``reason`` says why nothing of it can be checked."""

    plan: Plan
    claim: Claim
    checked: tuple[Checked, ...] = ()
    reason: str = ""

    @property
    def finding(self) -> Finding:
        """Of the whole: otherwise where a part is; confirmed where all parts are; else it can't be checked."""
        found = {one.finding for one in self.checked}
        if Finding.OTHERWISE in found:
            return Finding.OTHERWISE
        return Finding.CONFIRMED if found == {Finding.CONFIRMED} else Finding.OPEN


def checked_claims(plan: Plan, figures: Sequence[Assessment], *, asked: Collection[str] = IMPACTS) -> tuple[ClaimCheck, ...]:
    """Every claim about a plan, checked.

    Parameters
    ----------
    figures
        Of the neighbourhood with this plan alone.
    asked
        Impacts that were to be computed; of the others it is said that nobody asked for them.
    """
    return tuple(check(claim, plan, figures, asked=asked) for claim in plan.claims)


def check(claim: Claim, plan: Plan, figures: Sequence[Assessment], *, asked: Collection[str] = IMPACTS) -> ClaimCheck:
    """One claim beside what we find."""
    if not claim.checkable:
        return ClaimCheck(plan, claim, reason="no_numbers")
    said = statements(claim.checkable)
    if not said:
        return ClaimCheck(plan, claim, reason="not_as_described")
    return ClaimCheck(plan, claim, tuple(_checked(statement, figures, asked) for statement in said))


def statements(checkable: Mapping[str, Any]) -> tuple[Statement, ...]:
    """What the checkable form of a claim says; nothing where it is not as described."""
    if checkable.get("impact") == SHADE:
        return _about_shade(checkable)
    one = _statement(checkable)
    return () if one is None else (one,)


def _about_shade(checkable: Mapping[str, Any]) -> tuple[Statement, ...]:
    said = claimed_shade(checkable)
    if said is None:
        return ()
    parts = {
        "max_dwellings": (Measure(LOSING, Unit.COUNT, day=said.day), said.max_dwellings),
        "max_minutes": (Measure("sunlight.most_lost", Unit.MINUTES, day=said.day), said.max_minutes),
        "from": (Measure(LOSING, Unit.COUNT, day=said.day, until=said.begins), 0.0 if said.begins else None),
    }
    return tuple(Statement(part, measure, measure.operator, value) for part, (measure, value) in parts.items() if value is not None)


def _statement(checkable: Mapping[str, Any]) -> Statement | None:
    value, tolerance = _number(checkable.get("value")), _number(checkable.get("tolerance", 0.0))
    texts = {name: checkable.get(name, default) for name, default in (("impact", ""), ("unit", ""), ("per", ""))}
    operators, scopes = {str(each) for each in Operator}, {str(each) for each in Scope}
    operator, scope = checkable.get("operator"), checkable.get("scope", str(Scope.PLAN))
    is_as_described = (
        checkable.keys() <= KNOWN
        and value is not None
        and tolerance is not None
        and tolerance >= 0
        and operator in operators
        and scope in scopes
        and all(isinstance(each, str) for each in texts.values())
        and bool(texts["impact"] and texts["unit"])
    )
    if not is_as_described or value is None or tolerance is None:
        return None
    measure = Measure(texts["impact"], texts["unit"], per=texts["per"], operator=Operator(str(operator)))
    return Statement("", measure, Operator(str(operator)), value, Scope(str(scope)), tolerance)


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None


def _checked(statement: Statement, figures: Sequence[Assessment], asked: Collection[str]) -> Checked:
    if statement.part and not statement.measure.day:
        return Checked(statement, Finding.OPEN, reason="no_day")
    found = measured(statement.measure, figures, scope=statement.scope, worst=statement.operator, asked=asked)
    if isinstance(found, Absent) and statement.part == "max_minutes":  # not known which homes lose: for that reason nor how much
        of_homes = measured(replace(statement.measure, impact=LOSING, unit=Unit.COUNT), figures, asked=asked)
        found = of_homes if isinstance(of_homes, Absent) else found
    if isinstance(found, Absent):
        return Checked(statement, Finding.OPEN, reason=found.reason, why=found.why)
    can_be = _can_be(found, statement)
    if can_be is None:
        return Checked(statement, Finding.OPEN, found, reason="margin_unknown", why=found.margin.reason)
    return Checked(statement, Finding.CONFIRMED if can_be else Finding.OTHERWISE, found)


def _can_be(found: Measured, statement: Statement) -> bool | None:
    """Whether the statement holds for some value within the margin; None where nobody knows how far the margin goes."""
    if compares(found.value, statement.operator, statement.value):
        return True
    if statement.operator is Operator.AT_MOST:
        return None if found.low is None else compares(found.low, Operator.AT_MOST, statement.value)
    if statement.operator is Operator.AT_LEAST:
        return None if found.high is None else compares(found.high, Operator.AT_LEAST, statement.value)
    lowest, highest = statement.value - statement.tolerance, statement.value + statement.tolerance
    side = found.low if found.value > highest else found.high if found.value < lowest else found.value
    if side is None:
        return None
    return compares(side, Operator.AT_MOST, highest) if found.value > highest else compares(side, Operator.AT_LEAST, lowest)
