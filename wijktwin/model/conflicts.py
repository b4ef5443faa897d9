"""Why plans cannot stand together, or a plan cannot stand in a neighbourhood; the same whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wijktwin.errors import PlanConflictError
from wijktwin.model.space import collisions, overlap_between, overlap_within, touching_pairs

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import GroundChange, Plan

MIN_SHARED_GROUND: Final = 1.0
"""Changed grounds that share less are drawn next to each other. [m²]"""


def check_together(plans: Sequence[Plan], neighbourhood: Neighbourhood) -> None:
    """Refuse plans that cannot be one scenario.

    Parameters
    ----------
    plans
        In a fixed order (by id), so that the same set always gives the same sentence.

    Raises
    ------
    PlanConflictError
        A plan was withdrawn or has volumes in each other, two plans exclude each other or want the same space, or a volume stands in a
        building that stays.
    """
    for plan in plans:
        if plan.is_withdrawn:
            raise PlanConflictError("plans.withdrawn", plan=plan.title)
        overlap = overlap_within(plan.volumes)
        if overlap is not None:
            raise PlanConflictError("plans.volumes_collide", plan=plan.title, volume=overlap[0].title, second=overlap[1].title)
    for one, other in combinations(plans, 2):
        conflict = conflict_between(one, other)
        if conflict is not None:
            raise conflict
    demolished = frozenset[str]().union(*(plan.demolishes for plan in plans))
    for plan in plans:
        for collision in collisions(plan.volumes, neighbourhood, demolished=demolished):
            key = "plans.under_building" if collision.is_below else "plans.in_building"
            raise PlanConflictError(key, plan=plan.title, volume=collision.volume.title, building_id=collision.building_id)


def conflict_between(one: Plan, other: Plan) -> PlanConflictError | None:
    """Why two plans cannot stand together, None where they can.

    They exclude each other by name, are variants of one plan, want the same space, or make different things of the same ground or
    street.
    """
    one, other = sorted((one, other), key=lambda plan: plan.plan_id)
    titles = {"one": one.title, "other": other.title}
    if one.plan_id == other.plan_id:
        return None if one.content_key == other.content_key else PlanConflictError("plans.same_id", plan_id=one.plan_id)
    if one.root_id == other.root_id:
        return PlanConflictError("plans.variants_together", **titles)
    if not {other.plan_id, other.root_id}.isdisjoint(one.excludes) or not {one.plan_id, one.root_id}.isdisjoint(other.excludes):
        return PlanConflictError("plans.exclude_each_other", **titles)
    shared = overlap_between(one, other)
    if shared is not None:
        return PlanConflictError("plans.volumes_overlap", volume=shared[0].title, second=shared[1].title, **titles)
    if _disputed_ground(one, other) is not None:
        return PlanConflictError("plans.ground_overlaps", **titles)
    street = _disputed_street(one, other)
    return None if street is None else PlanConflictError("plans.streets_differ", street=street, **titles)


def ground_drawn_twice(changes: Sequence[GroundChange]) -> tuple[GroundChange, GroundChange] | None:
    """The first two changes of one plan that lie over each other, None where there are none."""
    footprints = [change.footprint for change in changes]
    pairs = ((changes[i], changes[j]) for i, j in touching_pairs(footprints, footprints) if i < j)
    return next((pair for pair in pairs if _shared_area(*pair) > MIN_SHARED_GROUND), None)


def _disputed_ground(one: Plan, other: Plan) -> tuple[GroundChange, GroundChange] | None:
    """The first changes of two plans that make different things of the same ground, None where there are none."""
    ones, others = one.ground_changes, other.ground_changes
    touching = touching_pairs([change.footprint for change in ones], [change.footprint for change in others])
    pairs = ((ones[i], others[j]) for i, j in touching)
    return next((pair for pair in pairs if not _is_same_use(*pair) and _shared_area(*pair) > MIN_SHARED_GROUND), None)


def _is_same_use(one: GroundChange, other: GroundChange) -> bool:
    """Whether two changes make the same of the ground, without places that would be counted twice."""
    return one.kind is other.kind and one.parking_places is None and other.parking_places is None


def _shared_area(one: GroundChange, other: GroundChange) -> float:
    return float(one.footprint.intersection(other.footprint).area)


def _disputed_street(one: Plan, other: Plan) -> str | None:
    wanted = {change.street_id: change.traffic for change in one.street_changes}
    return next((c.street_id for c in other.street_changes if wanted.get(c.street_id, c.traffic) is not c.traffic), None)
