"""Uploaded plans are read in a process apart; what comes back is a document as JSON, checked again by the parent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wijktwin import crs
from wijktwin.errors import Note
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.plans.document import PlanDocument, checked_facts, checked_feature, named_crs
from wijktwin.sources.plans.formats import Companions, read_document
from wijktwin.sources.told_values import from_json, to_json

if TYPE_CHECKING:
    from pyproj import CRS


def plan_document(given: Path, result: Path, *, name: str, limits: Limits, facts: str | None = None, table: str | None = None) -> Any:  # noqa: ANN401, ARG001
    """What the process apart does with an uploaded plan: read it in any format and give its document as JSON.

    Raises
    ------
    InputError, LimitError
        As `read_document`.
    """
    companions = Companions(None if facts is None else facts.encode(), None if table is None else table.encode())
    return document_as_json(read_document(given, source=name, companions=companions, limits=limits))


def document_as_json(document: PlanDocument) -> dict[str, Any]:
    """A document as JSON values."""
    return {
        "source": document.source,
        "crs": _code(document.reference_system),
        "facts": document.facts,
        "features": [
            {
                "index": feature.index,
                "layer": feature.layer,
                "crs": None if feature.reference_system is None else _code(feature.reference_system),
                "properties": feature.properties,
                "geometry": feature.geometry,
            }
            for feature in document.features
        ],
        "notes": [{"key": note.key, "values": to_json(note.values)} for note in document.notes],
    }


def document_from_json(told: Mapping[str, Any]) -> PlanDocument:
    """The document that a process apart gave, checked again as if a stranger had sent it.

    Raises
    ------
    InputError
        It is not what `document_as_json` makes of a plan.
    """
    source = str(told["source"])
    return PlanDocument(
        source=source,
        reference_system=named_crs(told["crs"], source=source),
        facts=checked_facts(told["facts"], source=source),
        features=tuple(
            checked_feature(
                feature["properties"], feature["geometry"], int(feature["index"]), source=source, layer=str(feature["layer"]),
                reference_system=None if feature["crs"] is None else named_crs(feature["crs"], source=source),
            )
            for feature in told["features"]
        ),
        notes=tuple(Note(str(note["key"]), **from_json(note["values"])) for note in told["notes"]),
    )  # fmt: skip


def _code(system: CRS) -> str:
    return crs.label(system)
