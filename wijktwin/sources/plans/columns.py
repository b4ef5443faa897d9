"""Rows of tables (GeoPackage, CSV) as the members that the schema asks for: ``title_nl`` becomes ``title: {nl: ...}``."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from wijktwin.errors import InputError, Note
from wijktwin.sources.plans.document import check_count
from wijktwin.sources.plans.schema import field_names, plan_schema
from wijktwin.sources.strict_json import parse_json

LANGUAGE_SUFFIXES: Final = ("_nl", "_en")
LISTS: Final = ("demolishes", "felled", "flooded", "excludes")
"""Facts that fit in one cell, divided by commas."""
TRUTHS: Final = frozenset({"under_existing", "fictional", "source_fictional"})
"""Columns that a GIS may keep as 0 and 1."""
MAX_ROWS: Final = 5_000
TRUE_WORDS: Final = frozenset({"true", "1", "ja", "yes"})
FALSE_WORDS: Final = frozenset({"false", "0", "nee", "no"})


def members_of_row(row: Mapping[str, Any], *, source: str, where: Note) -> dict[str, Any]:
    """The members that a row of columns means; empty cells are left out.

    ``<text>_nl`` and ``<text>_en`` are the two languages of a text, ``date_<status>`` members of ``dates``, ``source_<field>`` members of
    ``source``, ``<figure>_kind`` members of ``kinds``; ``checkable`` is JSON.

    Raises
    ------
    InputError
        A cell holds what no plan can hold.
    """
    members: dict[str, Any] = {}
    for column, cell in row.items():
        value = plain_value(cell, source=source, where=where, field=column)
        if value is None:
            continue
        if column in TRUTHS and value in (0, 1):
            value = bool(value)
        outer, inner = _place(column)
        if column == "checkable" and isinstance(value, str):
            value = parse_json(value.encode(), source=source)
        if inner is None:
            members[outer] = value
        else:
            members.setdefault(outer, {})[inner] = value
    return members


def facts_of_row(row: Mapping[str, Any], *, source: str) -> dict[str, Any]:
    """The facts in the one row of a table ``plan``; lists of identifiers are divided by commas."""
    facts = members_of_row(row, source=source, where=Note("plans.where_facts"))
    for name in LISTS:
        if isinstance(facts.get(name), str):
            text = facts[name]
            parts = [part.strip() for part in text.split(",") if part.strip()]
            facts[name] = parse_json(text.encode(), source=source) if text.startswith("[") else parts
    if "schema_version" in facts:
        facts["schema_version"] = str(facts["schema_version"])
    return facts


def _place(column: str) -> tuple[str, str | None]:
    for suffix in LANGUAGE_SUFFIXES:
        if column.endswith(suffix):
            return column.removesuffix(suffix), suffix[1:]
    if column.startswith("date_"):
        return "dates", column.removeprefix("date_")
    if column.startswith("source_"):
        return "source", column.removeprefix("source_")
    if column.endswith("_kind") and column != "kind":
        return "kinds", column.removesuffix("_kind")
    return column, None


def plain_value(cell: Any, *, source: str, where: Note, field: str) -> Any:  # noqa: ANN401
    """A cell as JSON would hold it, None where it is empty.

    Raises
    ------
    InputError
        It is infinite, or bytes.
    """
    if cell is None or cell is np.ma.masked:
        return None
    if isinstance(cell, np.datetime64):
        return None if np.isnat(cell) else str(cell.astype("datetime64[D]"))
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        if math.isfinite(cell):
            return int(cell) if cell.is_integer() else cell
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool | int):
        return cell
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    raise InputError("plans.not_as_described", source=source, where=where, field=field)


def rows_of_csv(text: bytes, *, source: str) -> Iterator[dict[str, Any]]:
    """Rows of a table of volumes, as a spreadsheet writes it: semicolons with decimal commas, or commas with decimal points.

    Raises
    ------
    InputError
        It is no such table.
    LimitError
        It has too many rows.
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = text.decode("cp1252", "replace")
    head = decoded.split("\n", 1)[0]
    delimiter = ";" if ";" in head else "\t" if "\t" in head else ","
    reader = csv.DictReader(io.StringIO(decoded), delimiter=delimiter)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        rows = list(zip(range(MAX_ROWS + 1), reader, strict=False))
    except csv.Error:
        raise InputError("plans.not_a_table", source=source) from None
    if "volume_id" not in names:
        raise InputError("plans.not_a_table", source=source)
    check_count("volume", len(rows), MAX_ROWS, source=source)
    for number, row in rows:
        where = Note("plans.where_feature", index=number + 1)
        if None in row or None in row.values():
            raise InputError("plans.ragged_row", source=source, where=where, count=len(names))
        cells = {name.strip(): _cell(name.strip(), cell, decimal_comma=delimiter == ";") for name, cell in row.items()}
        yield members_of_row(cells, source=source, where=where)


def _cell(column: str, text: str, *, decimal_comma: bool) -> Any:  # noqa: ANN401
    """A cell as the schema's type for this column, or the text itself where it is not: the schema then says what is wrong."""
    kind = plan_schema()["$defs"]["volume"]["properties"].get(column, {}).get("type") if column in field_names("volume") else None
    text = text.strip()
    if kind in {"number", "integer"} and text:
        try:
            return float(text.replace(",", ".") if decimal_comma else text)
        except ValueError:
            return text
    if kind == "boolean" and text.lower() in TRUE_WORDS | FALSE_WORDS:
        return text.lower() in TRUE_WORDS
    return text
