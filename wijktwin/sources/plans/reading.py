"""Plans from files and uploads, checked and placed in a neighbourhood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wijktwin.errors import InputError
from wijktwin.sources.plans.assembly import plan_from_document
from wijktwin.sources.plans.fit import check_fit, with_notes
from wijktwin.sources.plans.formats import PLAN_LIMITS, Companions, facts_name, file_bytes, read_document, table_name
from wijktwin.sources.plans.upload import document_from_json

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.sources.cityjson.limits import Limits
    from wijktwin.sources.isolated import Progress
    from wijktwin.sources.plans.document import PlanDocument

ISOLATED_FUNCTION = "wijktwin.sources.plans.upload:plan_document"


def read_plan(
    source: Path | bytes, *, neighbourhood: Neighbourhood, name: str | None = None, companions: Companions | None = None,
    limits: Limits = PLAN_LIMITS,
) -> Plan:  # fmt: skip
    """The plan in a file of our own, checked and placed in a neighbourhood; see ``docs/plan-schema.md``.

    GeoJSON, GeoPackage, CityJSON or DXF, told by the content. For what a visitor sent, use `read_uploaded_plan`.

    Parameters
    ----------
    source
        A path, or the bytes.
    name
        What to call it in messages; by default the file name.
    companions
        Files that belong to a drawing; by default, for a path, those that lie beside it: ``<file>.plan.geojson`` with the facts
        and ``<file>.csv`` with the volumes.

    Raises
    ------
    InputError
        It is no plan, or something in it is wrong: one sentence that names the file, the feature, the field and the way out.
    LimitError
        It is larger or deeper than allowed.
    """
    shown = name or (source.name if isinstance(source, Path) else "upload")
    if companions is None and isinstance(source, Path):
        companions = companions_of(source)
    return placed_plan(read_document(source, source=shown, companions=companions, limits=limits), neighbourhood=neighbourhood)


def read_uploaded_plan(
    data: bytes, *, name: str, neighbourhood: Neighbourhood, state_dir: Path, companions: Companions | None = None,
    limits: Limits = PLAN_LIMITS, progress: Progress | None = None,
) -> Plan:  # fmt: skip
    """The plan in a file that a visitor sent: the file is opened in a process apart, under limits of memory and time.

    Parameters
    ----------
    data
        The bytes as they were sent.
    name
        File name as the sender gave it; only shown, never used as a path.
    state_dir
        Folder in which the work is done; nothing of it stays.
    progress
        Told of every stage when it begins.

    Raises
    ------
    InputError
        As `read_plan`; also when reading it crashed.
    LimitError
        It is too large, takes too long or too much memory, or too many others are reading.
    """
    from wijktwin.sources.isolated import run_isolated  # noqa: PLC0415 - whoever reads files of his own needs no other process

    beside = companions or Companions()
    arguments = {"facts": _text(beside.facts, facts_name(name)), "table": _text(beside.table, table_name(name))}
    with run_isolated(
        ISOLATED_FUNCTION, data=data, name=name, state_dir=state_dir, arguments=arguments, limits=limits, progress=progress
    ) as answer:
        try:
            document = document_from_json(answer.value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError("reading.crashed", source=name) from None
    return placed_plan(document, neighbourhood=neighbourhood)


def placed_plan(document: PlanDocument, *, neighbourhood: Neighbourhood) -> Plan:
    """The plan that a document describes, if it fits in the neighbourhood.

    Raises
    ------
    InputError
        A geometry is wrong or lies elsewhere, an identifier is unknown, or a volume stands in a building that stays.
    """
    plan = plan_from_document(document, neighbourhood=neighbourhood)
    check_fit(plan, document, neighbourhood)
    return with_notes(plan, neighbourhood)


def companions_of(path: Path) -> Companions:
    """The files beside a drawing: its facts and its table, where they are there."""
    facts, table = (path.with_name(called(path.name)) for called in (facts_name, table_name))
    return Companions(
        facts=file_bytes(facts, source=facts.name) if facts.is_file() else None,
        table=file_bytes(table, source=table.name) if table.is_file() else None,
    )


def published(plan: Plan) -> Plan:
    """The plan as one that whoever runs the server put there."""
    return replace(plan, published_by_server=True)


def _text(data: bytes | None, name: str) -> str | None:
    if data is None:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if name.endswith(".csv"):
            return data.decode("cp1252", "replace")
        raise InputError("plans.not_utf8", source=name) from None
