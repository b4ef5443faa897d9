"""Whether a plan fits where it is drawn: not in buildings that stay, not in itself; and what is worth a note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wijktwin.errors import Figure, InputError, Note
from wijktwin.model.conflicts import ground_drawn_twice
from wijktwin.model.space import collisions, inside_volumes, outside_boundary, overlap_within
from wijktwin.sources.plans.form import is_closed

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.sources.plans.document import PlanDocument


def check_fit(plan: Plan, document: PlanDocument, neighbourhood: Neighbourhood) -> None:
    """Refuse what cannot stand there.

    Raises
    ------
    InputError
        A volume overlaps a building that is not demolished or another volume; changed grounds lie over each other.
    """
    for collision in collisions(plan.volumes, neighbourhood, demolished=plan.demolishes):
        key = "plans.volume_under_building" if collision.is_below else "plans.volume_in_building"
        raise InputError(key, source=document.source, where=_where(document, collision.volume.volume_id), building_id=collision.building_id)
    overlap = overlap_within(plan.volumes)
    if overlap is not None:
        where = _where(document, overlap[1].volume_id)
        raise InputError("plans.volumes_share_space", source=document.source, where=where, second=overlap[0].volume_id)
    dispute = ground_drawn_twice(plan.ground_changes)
    if dispute is not None:
        one, other = dispute
        area = Figure(round(one.footprint.intersection(other.footprint).area))
        where = _where(document, other.change_id)
        raise InputError("plans.grounds_share_area", source=document.source, where=where, second=one.change_id, area=area)


def with_notes(plan: Plan, neighbourhood: Neighbourhood) -> Plan:
    """The plan with notes on what its maker may have overlooked."""
    return replace(plan, notes=(*plan.notes, *_trees_in_the_way(plan, neighbourhood), *outside_boundary(plan), *_open_forms(plan)))


def _trees_in_the_way(plan: Plan, neighbourhood: Neighbourhood) -> list[Note]:
    table = neighbourhood.tree_table
    if table is None or not plan.volumes:
        return []
    standing = table["tree_id"].to_numpy()[inside_volumes(table.geometry.to_numpy(), plan.volumes)]
    return [Note("plans.tree_must_go", tree_id=tree_id) for tree_id in sorted(set(standing) - plan.felled)]


def _open_forms(plan: Plan) -> list[Note]:
    return [Note("plans.form_open", volume=v.title) for v in plan.volumes if v.mesh is not None and not is_closed(v.mesh)]


def _where(document: PlanDocument, name: str) -> Note:
    fields = ("volume_id", "change_id")
    return next(feature.where for feature in document.features if name in {feature.properties.get(field) for field in fields})
