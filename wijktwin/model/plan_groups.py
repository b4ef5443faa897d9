"""Plans in the order in which people ask for them, and which of them are alternatives to each other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wijktwin.model.conflicts import conflict_between
from wijktwin.model.plan import PlanRole

if TYPE_CHECKING:
    from wijktwin.model.plan import Plan

ROLE_ORDER: Final = (PlanRole.ALLOWED, PlanRole.PROPOSAL, PlanRole.ALTERNATIVE)
"""As people ask: today, what may be built already, the plan, the alternative."""


def in_order(plans: Iterable[Plan]) -> list[Plan]:
    """What is allowed, plans, alternatives; by id within each."""
    return sorted(plans, key=lambda plan: (ROLE_ORDER.index(plan.role), plan.plan_id))


def building(plans: Iterable[Plan]) -> list[Plan]:
    """Those that build something and are not withdrawn: of which there is something to draw."""
    return [plan for plan in plans if plan.volumes and not plan.is_withdrawn]


def alternatives(plans: Iterable[Plan]) -> list[list[Plan]]:
    """Plans in groups: within one, some cannot stand together (directly, or by way of another); between groups all can."""
    ordered = in_order(plans)
    group_of = {plan.plan_id: {plan.plan_id} for plan in ordered}
    for one, other in combinations(ordered, 2):
        if group_of[one.plan_id] is not group_of[other.plan_id] and conflict_between(one, other) is not None:
            both = group_of[one.plan_id] | group_of[other.plan_id]
            group_of |= dict.fromkeys(both, both)
    groups = {id(group): [plan for plan in ordered if plan.plan_id in group] for group in group_of.values()}
    return sorted(groups.values(), key=lambda group: (len(group) == 1, ordered.index(group[0])))
