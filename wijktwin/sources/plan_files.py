"""Plan files: one door for whatever a planner made, and for the folder in which a server's plans lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wijktwin.errors import InputError, PlanConflictError, WijktwinError
from wijktwin.sources.opening import open_source
from wijktwin.sources.plans.assembly import plan_from_document
from wijktwin.sources.plans.document import document_from_geojson, parse_document
from wijktwin.sources.plans.fit import check_fit, with_notes

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

PLAN_SUFFIXES: Final = (".geojson", ".json")


def read_plan(source: Path | bytes, *, neighbourhood: Neighbourhood, name: str | None = None) -> Plan:
    """The plan in a file or upload, checked and placed in a neighbourhood.

    Parameters
    ----------
    source
        A path, or the bytes of an upload.
    name
        What to call it in messages; by default the file name.

    Raises
    ------
    InputError
        It is no plan, or something in it is wrong: one sentence that names the file, the feature, the field and the way out.
    LimitError
        It is larger or deeper than allowed.
    """
    shown = name or (source.name if isinstance(source, Path) else "upload")
    with open_source(source, name=shown) as stream:
        text = stream.read_all()
    document = document_from_geojson(parse_document(text, source=shown), source=shown)
    plan = plan_from_document(document, neighbourhood=neighbourhood)
    check_fit(plan, document, neighbourhood)
    return with_notes(plan, neighbourhood)


def read_plan_folder(folder: Path, *, neighbourhood: Neighbourhood) -> tuple[tuple[Plan, ...], tuple[WijktwinError, ...]]:
    """The plans that whoever runs the server put in a folder, by plan id, and what is wrong with those that could not be read.

    Drafts and withdrawn plans are among them: `Plan.is_for_residents` says who may see them, and a withdrawn plan cannot be put
    in a scenario.
    """
    plans: dict[str, Plan] = {}
    errors: list[WijktwinError] = []
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(PLAN_SUFFIXES)) if folder.is_dir() else []
    for path in paths:
        try:
            plan = read_plan(path, neighbourhood=neighbourhood)
            if plan.plan_id in plans:
                raise PlanConflictError("plans.same_id", plan_id=plan.plan_id)
        except (InputError, WijktwinError) as error:
            errors.append(error)
        else:
            plans[plan.plan_id] = replace(plan, published_by_server=True)
    return tuple(plans[plan_id] for plan_id in sorted(plans)), tuple(errors)
