"""Tables of requirements as files: TOML for people who keep them, CSV for spreadsheets. See ``docs/requirements.md``."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from wijktwin.errors import InputError, LimitError
from wijktwin.impacts.requirements import (
    MEASURES,
    Certainty,
    Measure,
    Operator,
    Requirement,
    Requirements,
    Scope,
    Subject,
)
from wijktwin.model.provenance import LocalText, Source
from wijktwin.norm_tables import is_number

FILE_STEM: Final = "requirements"
SUFFIXES: Final = (".toml", ".csv")
MOST: Final = 200
LONGEST_TEXT: Final = 500
MOST_BYTES: Final = 500_000
TABLE: Final = "requirement"
HEAD: Final = ("municipality", "fictional", TABLE)
NEEDED: Final = ("id", "subject", "value", "rule", "owner", "date", "certainty")
FIELDS: Final = (
    "id", "subject", "operator", "value", "unit", "rule", "owner", "date", "url", "certainty", "title_nl", "title_en",
    "status_nl", "status_en", "scope", "plans", "figure", "per", "fictional", "rule_operator", "rule_value", "own",
)  # fmt: skip
"""The fields of one requirement, in the order in which they are written."""
NUMBERS: Final = ("value", "rule_value")
LISTED: Final = ("at_most", "at_least")
IDENTIFIER: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
DAY: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

E = TypeVar("E", bound=StrEnum)


def requirements_beside(data: Path) -> Requirements:
    """The table in a neighbourhood folder: ``requirements.toml`` or ``requirements.csv``; an empty one where there is none.

    Raises
    ------
    InputError
        It cannot be used, or there are two.
    """
    found = requirement_path(data)
    return Requirements() if found is None else read_requirements(found)


def requirement_path(data: Path) -> Path | None:
    """The file in a folder; None where there is none, or where ``data`` is a single file.

    Raises
    ------
    InputError
        There are two.
    """
    if not data.is_dir():
        return None
    there = [path for suffix in SUFFIXES if (path := data / f"{FILE_STEM}{suffix}").is_file()]
    if len(there) > 1:
        raise InputError("tables.requirements_twice", source=data.name, one=there[0].name, other=there[1].name)
    return there[0] if there else None


def read_requirements(source: Path | bytes, *, name: str = "") -> Requirements:
    """A table from a file or its bytes; what the name ends in says which of the two kinds it is.

    Raises
    ------
    InputError
        It cannot be read, or a requirement is incomplete or contradicts itself: one sentence names the file, the requirement and the field.
    LimitError
        It is larger than allowed.
    """
    shown = name or (source.name if isinstance(source, Path) else "upload.toml")
    text = _text(source, shown)
    head, rows = _csv_rows(text, shown) if shown.lower().endswith(".csv") else _toml_rows(text, shown)
    if len(rows) > MOST:
        raise LimitError("tables.too_many_requirements", source=shown, n=len(rows), limit=MOST)
    fictional = _flag(head.get("fictional", False), "fictional", shown, TABLE)
    items = tuple(_requirement(row, shown, number, fictional=fictional) for number, row in enumerate(rows, start=1))
    seen: set[str] = set()
    for item in items:
        if item.requirement_id in seen:
            raise InputError("tables.same_requirement", source=shown, name=item.requirement_id)
        seen.add(item.requirement_id)
    return Requirements(str(head.get("municipality", "")), fictional, items)


def _text(source: Path | bytes, shown: str) -> str:
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise InputError("tables.requirements_unreadable", source=shown, reason=error.strerror or type(error).__name__) from error
    if len(data) > MOST_BYTES:
        raise LimitError("tables.requirements_too_large", source=shown, limit=MOST_BYTES // 1000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("tables.requirements_not_utf8", source=shown) from error


def _toml_rows(text: str, shown: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:  # the latter where lists stand in lists in lists
        raise InputError("tables.requirements_not_toml", source=shown, reason=error) from error
    rows = document.get(TABLE, [])
    unknown = sorted(document.keys() - set(HEAD))
    if unknown or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("tables.requirements_not_as_described", source=shown, field=unknown[0] if unknown else TABLE)
    return document, [_flat(row) for row in rows]


def _flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """``title = {nl, en}`` as ``title_nl`` and ``title_en``."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name in {"title", "status"}:
            words = value if isinstance(value, dict) else {"nl": value}
            told |= {f"{name}_{language}": text for language, text in words.items()}
        else:
            told[name] = value
    return told


def _csv_rows(text: str, shown: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Rows with a heading; separated as the heading is. A decimal comma is a decimal point; municipality stands in a column of its own."""
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    table = csv.DictReader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[Mapping[str, Any]] = []
    municipality = ""
    try:
        for row in table:
            if None in row or None in row.values():
                raise InputError("tables.requirements_row_length", source=shown, line=table.line_num)
            told = {name.strip(): value.strip() for name, value in row.items()}
            municipality = told.pop("municipality", "") or municipality
            filled: dict[str, Any] = {name: value for name, value in told.items() if value}
            filled |= {field: _decimal(filled[field]) for field in NUMBERS if field in filled}
            if "plans" in filled:
                filled["plans"] = filled["plans"].split()
            if filled:
                rows.append(filled)
    except csv.Error as error:
        raise InputError("tables.requirements_not_csv", source=shown, reason=error) from error
    return {"municipality": municipality}, rows


def _decimal(value: str) -> float | str:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        return value


# ------------------------------------------------------------------------------------------------------------------ one row
def _requirement(row: Mapping[str, Any], shown: str, number: int, *, fictional: bool) -> Requirement:
    where = str(row.get("id") or number)
    unknown = sorted(row.keys() - set(FIELDS))
    if unknown:
        raise InputError("tables.requirement_unknown_field", source=shown, where=where, field=unknown[0], allowed=", ".join(FIELDS))
    for name in NEEDED:
        if row.get(name) in (None, ""):
            raise InputError("tables.requirement_incomplete", source=shown, where=where, field=name)
    for name in set(FIELDS) - {*NUMBERS, "plans", "fictional", "own"}:
        _check_text(row.get(name, ""), name, shown, where)
    if not IDENTIFIER.fullmatch(row["id"]):
        raise InputError("tables.requirement_bad_id", source=shown, where=where)
    if not DAY.fullmatch(row["date"]):
        raise InputError("tables.requirement_bad_date", source=shown, where=where, value=row["date"])
    subject = _choice(Subject, row["subject"], "subject", shown, where)
    measure = _measure(row, subject, shown, where)
    operator = _choice(Operator, row.get("operator", str(measure.operator)), "operator", shown, where, among=LISTED)
    rule = Source(
        row["rule"], row["owner"], vintage=row["date"], url=row.get("url"),
        fictional=_flag(row.get("fictional", fictional), "fictional", shown, where),
    )  # fmt: skip
    made = Requirement(
        requirement_id=row["id"],
        subject=subject,
        measure=measure,
        operator=operator,
        value=_limit(row["value"], shown, where),
        rule=rule,
        certainty=_choice(Certainty, row["certainty"], "certainty", shown, where),
        title=LocalText(row.get("title_nl", ""), row.get("title_en", "")),
        status=LocalText(row.get("status_nl", ""), row.get("status_en", "")),
        scope=_choice(Scope, row.get("scope", str(Scope.PLAN)), "scope", shown, where),
        plans=_plans(row.get("plans", []), shown, where),
        is_own=_flag(row.get("own", False), "own", shown, where),
    )
    original = _as_the_rule_says(made, row, shown, where)
    return made if original == made else replace(made, changed_from=original)


def _as_the_rule_says(made: Requirement, row: Mapping[str, Any], shown: str, where: str) -> Requirement:
    """The requirement before somebody tried another limit; the same where nobody did."""
    operator = _choice(Operator, row.get("rule_operator", str(made.operator)), "rule_operator", shown, where, among=LISTED)
    return replace(made, operator=operator, value=_limit(row.get("rule_value", made.value), shown, where))


def _measure(row: Mapping[str, Any], subject: Subject, shown: str, where: str) -> Measure:
    if subject is Subject.FIGURE:
        for name in ("figure", "unit"):
            if not row.get(name):
                raise InputError("tables.requirement_incomplete", source=shown, where=where, field=name)
        return Measure(row["figure"], row["unit"], per=row.get("per", ""))
    for name in ("figure", "per"):
        if row.get(name):
            raise InputError("tables.requirement_figure_not_asked", source=shown, where=where, field=name, subject=str(Subject.FIGURE))
    measure = MEASURES[subject]
    if row.get("unit", measure.unit) != measure.unit:
        raise InputError("tables.requirement_other_unit", source=shown, where=where, value=row["unit"], expected=str(measure.unit))
    return measure


def _limit(value: object, shown: str, where: str) -> float:
    if not is_number(value) or value < 0:
        raise InputError("tables.requirement_not_a_number", source=shown, where=where, value=value)
    return float(value)


def _plans(value: object, shown: str, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InputError("tables.requirement_bad_plans", source=shown, where=where)
    return frozenset(value)


def _choice(kind: type[E], value: object, field: str, shown: str, where: str, *, among: Sequence[str] = ()) -> E:
    allowed = tuple(among) or tuple(str(member) for member in kind)
    if str(value) not in allowed:
        raise InputError("tables.requirement_not_a_choice", source=shown, where=where, field=field, value=value, allowed=", ".join(allowed))
    return kind(str(value))


def _check_text(value: object, field: str, shown: str, where: str) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InputError("tables.requirement_not_text", source=shown, where=where, field=field, limit=LONGEST_TEXT)


def _flag(value: object, field: str, shown: str, where: str) -> bool:
    known = {"true": True, "false": False}
    found = value if isinstance(value, bool) else known.get(str(value).lower())
    if found is None:
        raise InputError("tables.requirement_not_a_choice", source=shown, where=where, field=field, value=value, allowed="true, false")
    return found


# ------------------------------------------------------------------------------------------------------------------ writing
def requirement_row(one: Requirement) -> dict[str, Any]:
    """A requirement by the fields of a file; what is left to its default is left out."""
    row: dict[str, Any] = {
        "id": one.requirement_id,
        "subject": str(one.subject),
        "operator": str(one.operator),
        "value": one.value,
        "unit": str(one.measure.unit),
        "rule": one.rule.title,
        "owner": one.rule.owner,
        "date": one.rule.vintage or "",
        "url": one.rule.url or "",
        "certainty": str(one.certainty),
        "title_nl": one.title.nl,
        "title_en": one.title.en,
        "status_nl": one.status.nl,
        "status_en": one.status.en,
        "scope": str(one.scope),
        "plans": sorted(one.plans),
        "fictional": one.rule.fictional,
    }
    if one.changed_from is not None:
        row |= {"rule_operator": str(one.changed_from.operator), "rule_value": one.changed_from.value}
    if one.is_own:
        row["own"] = True
    if one.subject is Subject.FIGURE:
        row |= {"figure": one.measure.impact, "per": one.measure.per}
    return {name: row[name] for name in FIELDS if row.get(name) not in ("", [], None)}


def requirements_toml(table: Requirements) -> str:
    """A table as TOML; reading it gives the same table."""
    lines = [f"municipality = {_quoted(table.municipality)}"] if table.municipality else []
    lines += ["fictional = true"] if table.fictional else []
    for one in table.items:
        lines += ["", f"[[{TABLE}]]", *(f"{name} = {_toml(value)}" for name, value in requirement_row(one).items())]
    return "\n".join(lines).strip() + "\n"


def requirements_csv(table: Requirements) -> bytes:
    """A table as CSV with semicolons and decimal commas, as a spreadsheet set to Dutch opens it; reading it gives the same requirements."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*FIELDS, "municipality"])
    for one in table.items:
        row = requirement_row(one)
        writer.writerow([*(_cell(row.get(name, "")) for name in FIELDS), table.municipality])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace(".", ",")
    return " ".join(value) if isinstance(value, list) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    return repr(value) if isinstance(value, float) else _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string of TOML: control characters escaped."""
    held = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(character if character.isprintable() else f"\\U{ord(character):08x}" for character in held) + '"'
