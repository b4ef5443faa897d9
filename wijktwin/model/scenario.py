"""A scenario: the neighbourhood with a set of plans in it. Computed, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from wijktwin.errors import PlanConflictError

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume


@dataclass(frozen=True, eq=False)
class Scenario:
    """A neighbourhood and the plans that are switched on; their order means nothing.

    Raises
    ------
    PlanConflictError
        Two of the plans exclude each other.
    """

    neighbourhood: Neighbourhood
    plans: frozenset[Plan] = frozenset()

    def __post_init__(self) -> None:
        """Refuse plans that exclude each other, whatever their order."""
        for plan in self.ordered_plans:
            if plan.is_withdrawn:
                raise PlanConflictError("plans.withdrawn", plan=plan.title)
        for one, other in combinations(self.ordered_plans, 2):
            if not {other.plan_id, other.root_id}.isdisjoint(one.excludes) or not {one.plan_id, one.root_id}.isdisjoint(other.excludes):
                raise PlanConflictError("plans.exclude_each_other", one=one.title, other=other.title)

    @property
    def ordered_plans(self) -> tuple[Plan, ...]:
        """The plans by id, so that whatever is made of them does not depend on any order."""
        return tuple(sorted(self.plans, key=lambda plan: plan.plan_id))

    @property
    def demolished(self) -> frozenset[str]:
        """Ids of the buildings that go."""
        return frozenset[str]().union(*(plan.demolishes for plan in self.plans))

    @property
    def felled(self) -> frozenset[str]:
        """Ids of the trees that go."""
        return frozenset[str]().union(*(plan.felled for plan in self.plans))

    @property
    def volumes(self) -> tuple[tuple[Plan, Volume], ...]:
        """All proposed volumes with the plan each belongs to."""
        return tuple((plan, volume) for plan in self.ordered_plans for volume in plan.volumes)
