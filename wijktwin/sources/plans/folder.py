"""The folder in which the plans of a server lie: one broken plan does not lose the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wijktwin.errors import Note, PlanConflictError, WijktwinError
from wijktwin.sources.plans.formats import FACTS_SUFFIX, TABLE_SUFFIX
from wijktwin.sources.plans.reading import published, read_plan

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

SUFFIXES: Final = (".geojson", ".json", ".jsonl", ".gpkg", ".dxf", ".geojson.gz", ".json.gz", ".jsonl.gz")


def plan_paths(folder: Path) -> list[Path]:
    """The plan files in a folder, by name; hidden files and what belongs to a drawing left out. Empty where there is no folder."""
    if not folder.is_dir():
        return []
    names = {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    chosen = [name for name in names if name.lower().endswith(SUFFIXES) and not _is_companion(name, names)]
    return [folder / name for name in sorted(chosen)]


def read_plan_folder(folder: Path, *, neighbourhood: Neighbourhood) -> tuple[tuple[Plan, ...], tuple[WijktwinError, ...]]:
    """The plans that whoever runs the server put in a folder, by plan id, and what is wrong with those that could not be read.

    Drafts and withdrawn plans are among them: `Plan.is_for_residents` says who may see them, and a withdrawn plan cannot be put in a
    scenario. A plan that refers to plans that are not there (or to itself in a circle) says so in a note.
    """
    plans: dict[str, Plan] = {}
    errors: list[WijktwinError] = []
    for path in plan_paths(folder):
        try:
            plan = read_plan(path, neighbourhood=neighbourhood)
            if plan.plan_id in plans:
                raise PlanConflictError("plans.id_taken", source=path.name, plan_id=plan.plan_id)
            plans[plan.plan_id] = published(plan)
        except WijktwinError as error:
            errors.append(error)
    return tuple(with_reference_notes(plans[plan_id], plans.values()) for plan_id in sorted(plans)), tuple(errors)


def with_reference_notes(plan: Plan, plans: Iterable[Plan]) -> Plan:
    """The plan with notes on other plans that it names and that are not there, and on variants that go round in a circle."""
    known = {other.plan_id: other for other in plans}
    notes = [Note("plans.unknown_exclusion", other=other) for other in sorted(plan.excludes - known.keys())]
    if plan.variant_of is not None and plan.variant_of not in known:
        notes.append(Note("plans.unknown_original", other=plan.variant_of))
    seen, current = [plan.plan_id], plan.variant_of
    while current is not None and current in known and current not in seen:
        seen.append(current)
        current = known[current].variant_of
    if current is not None and current in seen:
        notes.append(Note("plans.variant_circle", plans=", ".join(seen)))
    return replace(plan, notes=(*plan.notes, *notes)) if notes else plan


def _is_companion(name: str, names: set[str]) -> bool:
    return any(name.endswith(suffix) and name.removesuffix(suffix) in names for suffix in (FACTS_SUFFIX, TABLE_SUFFIX))
