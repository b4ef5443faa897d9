"""What people said of plans and what was done with it, as a table that the municipality keeps: TOML or CSV."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from wijktwin.errors import InputError, LimitError

FILE_NAMES: Final = ("reactions.toml", "reactions.csv")
MOST: Final = 500
"""So many rows at most."""
MOST_BYTES: Final = 1_000_000
LONGEST: Final = 2_000
"""Characters of one cell."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One thing that came in; of who said it only the group is told, never a name.

    Parameters
    ----------
    said
        What came in, in short.
    group
        Who said it: "bewoners", "school", "winkeliers".
    date
        When it came in.
    answer
        What was done with it.
    reason
        Why, or where it can be read.
    """

    said: str
    group: str = ""
    date: str = ""
    answer: str = ""
    reason: str = ""


FIELDS: Final = tuple(each.name for each in fields(Reaction))


def reactions_beside(data: Path) -> tuple[Reaction, ...]:
    """What came in, from the neighbourhood folder (``reactions.toml`` or ``reactions.csv``); nothing where there is no such file.

    Raises
    ------
    InputError
        See `read_reactions`.
    """
    path = next((found for name in FILE_NAMES if (found := data / name).is_file()), None)
    return () if path is None else read_reactions(path)


def read_reactions(path: Path) -> tuple[Reaction, ...]:
    """The rows of a file: ``[[reaction]]`` tables of a TOML file, or a CSV file with the same names in its first line.

    Raises
    ------
    InputError
        The file cannot be read, or a row says nothing or something that has no place.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("report.unreadable", source=path.name, reason=error.strerror or type(error).__name__) from error
    if len(content) > MOST_BYTES:
        raise LimitError("report.too_many_reactions", source=path.name, limit=MOST)
    try:
        words = content.decode("utf-8-sig")
        rows = _from_toml(words) if path.suffix.lower() == ".toml" else _from_csv(words)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error, TypeError) as error:
        raise InputError("report.no_reactions", source=path.name, reason=error) from error
    if len(rows) > MOST:
        raise LimitError("report.too_many_reactions", source=path.name, limit=MOST)
    return tuple(_reaction(row, number, path.name) for number, row in enumerate(rows, start=1))


def _from_toml(words: str) -> list[Mapping[str, Any]]:
    rows = tomllib.loads(words).get("reaction", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = "[[reaction]]"
        raise TypeError(message)
    return rows


def _from_csv(words: str) -> list[Mapping[str, Any]]:
    first = words.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    rows = csv.DictReader(io.StringIO(words, newline=""), delimiter=separator, strict=True, restkey="?")
    return [row for row in rows if any(row.values())]


def _reaction(row: Mapping[str, Any], number: int, source: str) -> Reaction:
    told = {str(name).strip().lower(): "" if value is None else str(value).strip() for name, value in row.items()}
    unknown = sorted(told.keys() - set(FIELDS))
    if unknown:
        raise InputError("report.reaction_field", source=source, number=number, name=unknown[0], allowed=", ".join(FIELDS))
    if not told.get("said"):
        raise InputError("report.reaction_empty", source=source, number=number)
    too_long = next((name for name, value in told.items() if len(value) > LONGEST), None)
    if too_long is not None:
        raise LimitError("report.reaction_long", source=source, number=number, name=too_long, limit=LONGEST)
    return Reaction(**told)
