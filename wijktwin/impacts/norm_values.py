"""Norms that are one number with its source: ``[name]`` tables of the files in ``data/norms``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from wijktwin.errors import InputError, NotFoundError
from wijktwin.model.provenance import LocalText
from wijktwin.norm_tables import norm_table

CERTAINTIES: Final = frozenset({"H", "M", "L"})


@dataclass(frozen=True, slots=True)
class NormDates:
    """The days of a norm, which are never taken for each other; ISO dates or years, "" where not known.

    Parameters
    ----------
    read_on
        When we read it in its source.
    in_force
        Since when it holds.
    published
        When its source appeared.
    """

    read_on: str = ""
    in_force: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class NormValue:
    """One number that somebody set, with who and where.

    Parameters
    ----------
    title
        What people call it.
    status
        What it is in law: mostly nothing.
    certainty
        H (read in a good source), M (second-hand) or L (to be confirmed).
    """

    name: str
    title: LocalText
    value: float
    unit: str
    source: LocalText
    dates: NormDates
    certainty: str
    status: LocalText
    url: str = ""


def source_of(entry: Mapping[str, Any]) -> LocalText:
    """Where a norm was read, in Dutch too where its table says it in Dutch.

    Raises
    ------
    KeyError
        Its table does not say.
    """
    return LocalText(nl=str(entry.get("source_nl", "")), en=str(entry["source"]))


def dates_of(entry: Mapping[str, Any]) -> NormDates:
    """The days of a norm as its table says them; where a norm begins (``begin``) it is in force.

    Raises
    ------
    KeyError
        Its table says none of them.
    """
    found = NormDates(*(str(entry.get(name, "")) for name in ("read_on", "in_force", "published")))
    if "begin" in entry:
        found = replace(found, in_force=str(entry["begin"]))
    if found == NormDates():
        raise KeyError("read_on")
    return found


@cache
def norm_values(file_name: str) -> Mapping[str, NormValue]:
    """All norms of one file that travels with the project, by name.

    Raises
    ------
    InputError
        An entry is incomplete or is no number.
    """
    entries = norm_table(file_name).get("norms", {})
    return MappingProxyType({name: norm_value_from(name, entry, source=file_name) for name, entry in entries.items()})


def norm_value(file_name: str, name: str) -> NormValue:
    """One norm.

    Raises
    ------
    NotFoundError
        There is no such norm.
    """
    found = norm_values(file_name).get(name)
    if found is None:
        raise NotFoundError("impacts.no_such_norm", name=name, allowed=", ".join(norm_values(file_name)))
    return found


def norm_value_from(name: str, entry: Mapping[str, Any], *, source: str) -> NormValue:
    """One norm from a table of a TOML file.

    Raises
    ------
    InputError
        It is incomplete, or its value is not a finite positive number.
    """
    try:
        found = NormValue(
            name=name,
            title=LocalText.from_value(entry["title"]),
            value=float(entry["value"]),
            certainty=str(entry["certainty"]),
            status=LocalText.from_value(entry["status"]),
            source=source_of(entry),
            url=str(entry.get("url", "")),
            unit=str(entry["unit"]),
            dates=dates_of(entry),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError("impacts.norm_incomplete", name=name, source=source, reason=error) from error
    if not (math.isfinite(found.value) and found.value > 0) or found.certainty not in CERTAINTIES:
        raise InputError("impacts.norm_incomplete", name=name, source=source, reason="value, certainty")
    return found
