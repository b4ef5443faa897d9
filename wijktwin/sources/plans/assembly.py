"""From a checked document to a `Plan`: our names, the neighbourhood's coordinates, and what follows from what was left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from wijktwin.errors import Figure, InputError, Note
from wijktwin.model.plan import (
    Change,
    Claim,
    Dwellings,
    GroundChange,
    Latitude,
    Party,
    Plan,
    PlanRole,
    PlanStatus,
    PlantedTree,
    Settled,
    Volume,
    Works,
)  # fmt: skip
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.surroundings import GroundKind
from wijktwin.sources.plans.document import Feature, PlanDocument, check_count
from wijktwin.sources.plans.geometry import GeometryReader
from wijktwin.sources.plans.identifiers import Finder
from wijktwin.sources.plans.volumes import read_volumes

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from wijktwin.model.neighbourhood import Neighbourhood

MAX_GROUND_CHANGES: Final = 1_000


def plan_from_document(document: PlanDocument, *, neighbourhood: Neighbourhood) -> Plan:
    """The plan that a document describes, placed in a neighbourhood.

    Raises
    ------
    InputError
        A geometry is wrong or lies elsewhere, an identifier is unknown or used twice.
    """
    facts = document.facts
    reader = GeometryReader(document, neighbourhood)
    finder = Finder(document, neighbourhood)
    volumes = read_volumes(document, reader, neighbourhood)
    _check_excludes(document)
    return Plan(
        plan_id=facts["plan_id"],
        title=LocalText.from_value(facts["title"]),
        summary=LocalText.from_value(facts.get("summary", "")),
        proposer=facts["proposer"],
        party=Party(facts["party"]),
        role=PlanRole(facts["role"]),
        status=PlanStatus(facts["status"]),
        source=_plan_source(facts),
        dates={PlanStatus(status): dt.date.fromisoformat(day) for status, day in facts.get("dates", {}).items()},
        changes=tuple(Change(dt.date.fromisoformat(row["date"]), LocalText.from_value(row["text"])) for row in facts.get("changes", ())),
        volumes=volumes,
        demolishes=finder.demolished(_of(document, "demolition"), reader),
        felled=finder.felled(_of(document, "felled_tree"), reader),
        street_changes=finder.street_changes(),
        flooded=finder.flooded(),
        ground_changes=_ground_changes(document, reader),
        planted=_planted(document, reader),
        dwellings=_dwellings(document, volumes),
        settled=tuple(Settled(LocalText.from_value(row["subject"]), Latitude(row["latitude"])) for row in facts.get("settled", ())),
        works=_works(document),
        water_storage=_number(facts.get("water_storage")),
        excludes=frozenset(facts.get("excludes", ())),
        claims=_claims(document),
        boundary=_boundary(document, reader),
        fictional=facts.get("fictional", False),
        variant_of=facts.get("variant_of"),
        notes=document.notes,
    )


def _of(document: PlanDocument, kind: str) -> Iterable[Feature]:
    return (feature for feature in document.features if feature.kind == kind)


def _plan_source(facts: Mapping[str, Any]) -> Source:
    """The source that the plan names, or the plan itself as a document of its proposer."""
    if "source" in facts:
        return Source(**facts["source"])
    dates = facts.get("dates", {})
    vintage = max([*dates.values(), *(change["date"] for change in facts.get("changes", ()))], default=None)
    title = LocalText.from_value(facts["title"]).in_language("nl")
    return Source(title=title, owner=facts["proposer"], vintage=vintage, fictional=facts.get("fictional", False))


def _ground_changes(document: PlanDocument, reader: GeometryReader) -> tuple[GroundChange, ...]:
    changes: dict[str, GroundChange] = {}
    for feature in _of(document, "ground"):
        told = feature.properties
        _refuse_twice(changes, told["change_id"], feature, document)
        changes[told["change_id"]] = GroundChange(
            change_id=told["change_id"],
            footprint=reader.polygon(feature),
            kind=GroundKind(told["kind"]),
            title=LocalText.from_value(told.get("title", "")),
            parking_places=_number(told.get("parking_places")),
            latitude=Latitude(told.get("latitude", Latitude.UNSTATED)),
        )
    check_count("ground", len(changes), MAX_GROUND_CHANGES, source=document.source)
    return tuple(changes.values())


def _planted(document: PlanDocument, reader: GeometryReader) -> tuple[PlantedTree, ...]:
    trees: dict[str, PlantedTree] = {}
    for feature in _of(document, "tree"):
        told = feature.properties
        _refuse_twice(trees, told["tree_id"], feature, document)
        trees[told["tree_id"]] = PlantedTree(
            tree_id=told["tree_id"],
            point=reader.point(feature),
            species=told.get("species", ""),
            height=_number(told.get("height")),
            crown_diameter=_number(told.get("crown_diameter")),
            latitude=Latitude(told.get("latitude", Latitude.UNSTATED)),
        )
    return tuple(trees.values())


def _dwellings(document: PlanDocument, volumes: tuple[Volume, ...]) -> tuple[Dwellings, ...]:
    known = {volume.volume_id for volume in volumes}
    for row in document.facts.get("dwellings", ()):
        if row.get("volume_id") is not None and row["volume_id"] not in known:
            raise InputError(
                "plans.no_volume",
                source=document.source,
                where=Note("plans.where_facts"),
                name=row["volume_id"],
                choices=", ".join(sorted(known)) or "–",
            )
    return tuple(
        Dwellings(
            count=float(row["count"]),
            tenure=row.get("tenure", ""),
            dwelling_type=row.get("dwelling_type", ""),
            volume_id=row.get("volume_id"),
            floor_area=_number(row.get("floor_area")),
            kind=Kind(row.get("kind", Kind.STATED)),
        )
        for row in document.facts.get("dwellings", ())
    )


def _works(document: PlanDocument) -> tuple[Works, ...]:
    found = tuple(
        Works(
            begin=dt.date.fromisoformat(row["begin"]),
            end=dt.date.fromisoformat(row["end"]),
            title=LocalText.from_value(row.get("title", "")),
            first_hour=_number(row.get("first_hour")),
            last_hour=_number(row.get("last_hour")),
        )
        for row in document.facts.get("works", ())
    )
    for one in found:
        if one.end < one.begin:
            raise InputError("nuisance.works_end_first", source=document.source, begin=one.begin, end=one.end)
        if one.first_hour is not None and one.last_hour is not None and one.last_hour <= one.first_hour:
            first, last = Figure(one.first_hour), Figure(one.last_hour)
            raise InputError("nuisance.hours_end_first", source=document.source, first=first, last=last)
    return found


def _claims(document: PlanDocument) -> tuple[Claim, ...]:
    claims: dict[str, Claim] = {}
    for row in document.facts.get("claims", ()):
        if row["claim_id"] in claims:
            where = Note("plans.where_facts")
            raise InputError("plans.duplicate_id", source=document.source, where=where, name=row["claim_id"], feature="claim")
        claims[row["claim_id"]] = Claim(
            claim_id=row["claim_id"],
            owner=row["owner"],
            party=Party(row["party"]),
            text=LocalText.from_value(row["text"]),
            date=dt.date.fromisoformat(row["date"]) if "date" in row else None,
            source=Source(**row["source"]) if "source" in row else None,
            checkable=dict(row.get("checkable", {})),
        )
    return tuple(claims.values())


def _boundary(document: PlanDocument, reader: GeometryReader) -> Polygon | MultiPolygon | None:
    boundary = None
    for feature in _of(document, "boundary"):
        if boundary is not None:
            raise InputError("plans.duplicate_id", source=document.source, where=feature.where, name="boundary", feature="boundary")
        boundary = reader.polygon(feature)
    return boundary


def _check_excludes(document: PlanDocument) -> None:
    if document.facts["plan_id"] in document.facts.get("excludes", ()):
        raise InputError("plans.excludes_itself", source=document.source, where=Note("plans.where_facts"))


def _refuse_twice(seen: Mapping[str, object], name: str, feature: Feature, document: PlanDocument) -> None:
    if name in seen:
        raise InputError("plans.duplicate_id", source=document.source, where=feature.where, name=name, feature=feature.kind)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
