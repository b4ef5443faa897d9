"""The programme of an evening: which views are shown to a room full of people, in which order.

Whoever presents can write a programme (``evening.toml`` beside the data, read by `wijktwin.sources.programme_file`); without one,
`usual_programme` goes through the plans there are: today, each plan, the shade of each, plans against each other, what each comes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wijktwin.model.plan import NO_TEXT, PlanRole
from wijktwin.model.plan_groups import in_order

if TYPE_CHECKING:
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import LocalText

TODAY: Final = ""
"""Stands for none of the plans."""


class StepKind(StrEnum):
    """What a step shows."""

    WELCOME = "welcome"
    """Whose evening it is, and how to look along on a phone."""
    PICTURE = "picture"
    """The neighbourhood with one plan, or as it is."""
    COMPARE = "compare"
    """Two pictures beside each other."""
    IN_SHORT = "in_short"
    """What one plan changes, in a few sentences."""
    STREETS = "streets"
    """The code with which everybody opens their own street."""


@dataclass(frozen=True, slots=True)
class Step:
    """One view of an evening.

    Parameters
    ----------
    plan_id
        The plan that is on; `TODAY` for none. In a comparison the first of the two.
    other_id
        The second of a comparison.
    moment
        Of the sun, clock time of the place: ``2026-03-21T12:00``; "" without shade.
    title, say
        Words of whoever presents; empty where the page says its own.
    """

    kind: StepKind
    plan_id: str = TODAY
    other_id: str = TODAY
    moment: str = ""
    title: LocalText = NO_TEXT
    say: LocalText = NO_TEXT

    @property
    def plan_ids(self) -> tuple[str, ...]:
        """The plans that it shows."""
        wanted = (self.plan_id, self.other_id) if self.kind is StepKind.COMPARE else (self.plan_id,)
        return tuple(plan_id for plan_id in wanted if plan_id != TODAY)


def usual_programme(plans: Sequence[Plan], *, moment: str = "") -> tuple[Step, ...]:
    """A programme of all plans that are given, in the order in which people ask for them.

    Parameters
    ----------
    moment
        When the shade of each plan is shown; "" shows none.
    """
    ordered = in_order(plans)
    steps = [Step(StepKind.WELCOME), Step(StepKind.PICTURE)]
    for plan in ordered:
        steps.append(Step(StepKind.PICTURE, plan.plan_id))
        if moment and plan.volumes:
            steps.append(Step(StepKind.PICTURE, plan.plan_id, moment=moment))
        steps.append(Step(StepKind.IN_SHORT, plan.plan_id))
    steps += [Step(StepKind.COMPARE, TODAY, plan.plan_id) for plan in ordered if plan.role is PlanRole.PROPOSAL]
    steps += [Step(StepKind.COMPARE, one, other) for one, other in _against_each_other(ordered)]
    return (*steps, Step(StepKind.STREETS))


def _against_each_other(plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """A plan and its alternative: of different roles, and one of them says that they cannot both be built."""
    built = [plan for plan in plans if plan.role is not PlanRole.ALLOWED]
    return [
        (one.plan_id, other.plan_id)
        for one, other in combinations(built, 2)
        if one.role is not other.role and (other.plan_id in one.excludes or one.plan_id in other.excludes)
    ]
