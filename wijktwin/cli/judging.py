"""Requirements and claims for ``wijktwin assess``: each plan by itself, held against what is asked and said of it, as the pages do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.claims import ClaimCheck
    from wijktwin.impacts.requirements import Judgement, Measure, Requirements
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

Alone = Callable[["Plan", Sequence[str]], Sequence["Assessment"]]
"""Figures of a plan by itself, of some impacts."""


def requirements_of(data: Path, named: Path | None) -> Requirements:
    """The table that was named, else the one beside the data.

    Raises
    ------
    InputError
        It cannot be used.
    """
    from wijktwin.impacts.requirement_files import read_requirements, requirements_beside

    return requirements_beside(data) if named is None else read_requirements(named)


def held_against(
    scenario: Scenario, told: Sequence[Assessment], table: Requirements, *, asked: Sequence[str], alone: Alone
) -> tuple[list[Judgement], list[ClaimCheck]]:
    """Every plan of a scenario against its requirements and its claims; by plan, in the order of the table and of the plan file.

    Parameters
    ----------
    told
        Figures of the scenario: those of a plan that is alone in it.
    asked
        Impacts that may be computed; of the others nothing is judged.
    alone
        Computes the figures of a plan that is in it with others.
    """
    from wijktwin.impacts.claims import checked_claims
    from wijktwin.impacts.requirements import judged

    judgements: list[Judgement] = []
    claims: list[ClaimCheck] = []
    for plan in scenario.ordered_plans:
        needed = _impacts(_measures(plan, table))
        figures = told if len(scenario.plans) == 1 else alone(plan, [name for name in asked if name in needed])
        judgements += judged(table.items, plan, figures, asked=asked)
        claims += checked_claims(plan, figures, asked=asked)
    return judgements, claims


def _measures(plan: Plan, table: Requirements) -> Iterable[Measure]:
    from wijktwin.impacts.claims import statements

    yield from (one.measure for one in table.items if one.is_about(plan))
    yield from (statement.measure for claim in plan.claims for statement in statements(claim.checkable))


def _impacts(measures: Iterable[Measure]) -> set[str]:
    return {name.partition(".")[0] for measure in measures for name in (measure.impact, measure.per) if name}
