"""What kind of file a plan is, and its document: every format ends in the same checked `PlanDocument`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from wijktwin.errors import InputError, LimitError
from wijktwin.sources.cityjson.limits import MEGABYTE, Limits
from wijktwin.sources.opening import FOREIGN, UTF8_MARK, megabytes, open_source
from wijktwin.sources.plans.city_model import read_city_drawing
from wijktwin.sources.plans.columns import rows_of_csv
from wijktwin.sources.plans.document import PlanDocument, checked_feature, document_from_geojson, parse_document
from wijktwin.sources.plans.drawing import Drawing, with_drawing
from wijktwin.sources.plans.dxf import read_dxf_drawing
from wijktwin.sources.plans.geopackage import document_from_geopackage

PLAN_LIMITS: Final = Limits(
    max_bytes=20 * MEGABYTE, max_unpacked_bytes=100 * MEGABYTE, max_ratio=100.0, max_depth=64, max_objects=5_000, max_vertices=1_000_000,
    max_seconds=30.0, max_memory_bytes=1_000 * MEGABYTE,
)  # fmt: skip
"""For plan files of anybody: a plan is small."""
HEAD: Final = 8_192
FACTS_SUFFIX: Final = ".plan.geojson"
TABLE_SUFFIX: Final = ".csv"
_CITY_JSON: Final = re.compile(rb'"type"\s*:\s*"CityJSON')
_DXF: Final = re.compile(rb"\s*(?:999\s*\r?\n[^\n]*\r?\n\s*)*0\s*\r?\n\s*SECTION\b")


@dataclass(frozen=True, slots=True)
class Companions:
    """Files that belong to a drawing (CityJSON, DXF).

    Parameters
    ----------
    facts
        A plan as GeoJSON whose features may leave the geometry to the drawing.
    table
        CSV with a row for each volume.
    """

    facts: bytes | None = None
    table: bytes | None = None


class PlanFormat(StrEnum):
    """Kinds of files that a plan can be."""

    GEOJSON = "geojson"
    GEOPACKAGE = "geopackage"
    CITYJSON = "cityjson"
    DXF = "dxf"


def plan_format(head: bytes, *, source: str) -> PlanFormat:
    """The format of a file by its first bytes; its name means nothing.

    Raises
    ------
    InputError
        It is none of the formats that a plan can be.
    """
    if head.startswith(b"SQLite format 3\x00"):
        return PlanFormat.GEOPACKAGE
    if head.startswith((b"AutoCAD Binary DXF", b"AC10")):
        raise InputError("plans.binary_drawing", source=source)
    if _DXF.match(head):
        return PlanFormat.DXF
    kind = next((kind for magic, kind in FOREIGN if head.startswith(magic)), None)
    if kind is not None:
        raise InputError("plans.foreign", source=source, kind=kind)
    return PlanFormat.CITYJSON if _CITY_JSON.search(head) else PlanFormat.GEOJSON


def read_document(given: Path | bytes, *, source: str, companions: Companions | None = None, limits: Limits = PLAN_LIMITS) -> PlanDocument:
    """The document of a plan in any format.

    Parameters
    ----------
    source
        What to call the file in messages.
    companions
        The files that belong to a drawing.

    Raises
    ------
    InputError
        It is no plan, or something in it is not as the schema asks.
    LimitError
        It is larger or deeper than allowed.
    """
    data = file_bytes(given, source=source, limits=limits)
    beside = companions or Companions()
    kind = plan_format(data[:HEAD], source=source)
    if kind is PlanFormat.GEOPACKAGE:
        return document_from_geopackage(data, source=source)
    if kind is PlanFormat.DXF:
        return _with_facts(read_dxf_drawing(data, source=source), _parsed(beside.facts, facts_name(source)), beside, source=source)
    with open_source(data, name=source, limits=limits) as stream:
        text = stream.read_all()
    if _CITY_JSON.search(text[:HEAD]):
        drawing, carried = read_city_drawing(text, source=source, limits=limits)
        given_facts = _parsed(beside.facts, facts_name(source))
        return _with_facts(drawing, carried if given_facts is None else given_facts, beside, source=source)
    return document_from_geojson(parse_document(text, source=source), source=source)


def file_bytes(given: Path | bytes, *, source: str, limits: Limits = PLAN_LIMITS) -> bytes:
    """The bytes of a file or upload.

    Raises
    ------
    InputError
        There is no such file, or it is empty or cannot be opened.
    LimitError
        It is too large.
    """
    if isinstance(given, Path):
        if given.is_dir():
            raise InputError("reading.is_folder", source=source)
        try:
            size = given.stat().st_size
            data = given.read_bytes() if size <= limits.max_bytes else b""
        except FileNotFoundError:
            raise InputError("reading.no_such_file", source=str(given)) from None
        except OSError as error:
            raise InputError("reading.cannot_open", source=source, reason=error.strerror or type(error).__name__) from None
    else:
        size, data = len(given), given
    if size > limits.max_bytes:
        raise LimitError("reading.too_large", source=source, max_mb=megabytes(limits.max_bytes))
    if not size:
        raise InputError("reading.empty", source=source)
    return data


def facts_name(source: str) -> str:
    """What the file with the facts of a drawing is called, beside it."""
    return source + FACTS_SUFFIX


def table_name(source: str) -> str:
    """What the table with the volumes of a drawing is called, beside it."""
    return source + TABLE_SUFFIX


def _parsed(facts: bytes | None, source: str) -> Any:  # noqa: ANN401
    return None if facts is None else parse_document(facts.removeprefix(UTF8_MARK), source=source)


def _with_facts(drawing: Drawing, facts: Any, beside: Companions, *, source: str) -> PlanDocument:  # noqa: ANN401
    """The document of a drawing and its facts.

    Raises
    ------
    InputError
        There are no facts, or nobody says in which CRS the drawing is.
    """
    if facts is None:
        raise InputError("plans.no_facts_beside", source=source, facts=facts_name(source))
    name = source if beside.facts is None else facts_name(source)
    if drawing.reference_system is None and "crs" not in facts:
        raise InputError("plans.drawing_without_crs", source=name, drawing=source)
    document = document_from_geojson(facts, source=name)
    if beside.table is not None:
        table = table_name(source)
        rows = [
            checked_feature({"feature": "volume", **row}, None, number, source=table, layer=table)
            for number, row in enumerate(rows_of_csv(beside.table, source=table), start=1)
        ]
        document = replace(document, features=(*document.features, *rows))
    return with_drawing(document, drawing)
