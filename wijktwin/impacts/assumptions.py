"""Assumptions: named values that nobody measured, with owner, reason, date and range, read from ``data/norms/assumptions.toml``."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wijktwin.errors import Figure, InputError, Language, Note, NotFoundError
from wijktwin.impacts.assessment import UsedAssumption
from wijktwin.model.provenance import LocalText
from wijktwin.norm_tables import is_number, read_norm_table
from wijktwin.places import data_folder

FILE_NAME: Final = "assumptions.toml"
NUMBERS: Final = ("value", "low", "high")
TEXTS: Final = ("unit", "owner", "date")
SUBJECTS: Final = ("building", "window", "tree", "ground", "road")
"""What assumptions are about, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A named value that a figure cannot do without.

    Parameters
    ----------
    value, low, high
        What is taken, and the range it may reasonably lie in; all in ``unit``.
    owner, date, reason
        Who chose it, when and why.
    subject
        What it is about, as the register is folded: one of `SUBJECTS`, or "" for none of them.
    certainty
        H (read in a good source), M (second-hand) or L (our own judgement).
    source, source_nl, url
        Where it was read; "" for our own judgement. ``source_nl`` where it says more in Dutch than names.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    owner: str
    date: str
    label: LocalText
    reason: LocalText
    subject: str = ""
    certainty: str = "L"
    source: str = ""
    source_nl: str = ""
    url: str = ""

    def source_in(self, language: Language) -> str:
        """Where it was read, in a language."""
        return (self.source_nl if language == "nl" else "") or self.source


@dataclass(frozen=True, slots=True)
class Assumptions(Mapping[str, Assumption]):
    """All assumptions by name; ``variant`` is what a set of other choices is called, "" for the set that travels with the project."""

    register: Mapping[str, Assumption]
    variant: str = ""
    changed: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> Assumption:
        """One assumption.

        Raises
        ------
        NotFoundError
            There is no such assumption.
        """
        found = self.register.get(name)
        if found is None:
            raise NotFoundError("impacts.no_such_assumption", name=name, allowed=", ".join(self.register))
        return found

    @property
    def key(self) -> Hashable:
        """What tells one set of assumptions from another."""
        return self.variant, tuple((name, self[name].value) for name in sorted(self.changed))

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.register)

    def __len__(self) -> int:
        """How many."""
        return len(self.register)

    def with_values(
        self, values: Mapping[str, float], *, variant: str, owner: str, date: str, reason: LocalText | None = None
    ) -> Assumptions:
        """A named variant in which some values are others; everything else stays as it is.

        Parameters
        ----------
        values
            Name to the new value. A value outside the range widens the range only where ``reason`` says why it may. Without one it is
            said that none was given: our own reason and source are not those of another value.
        variant, owner, date
            What the variant is called, who chose the values, and when (ISO date).

        Raises
        ------
        NotFoundError
            There is no such assumption.
        InputError
            A value is not a finite positive number, or lies outside the range without a reason, or the variant has no name.
        """
        if not variant.strip():
            raise InputError("impacts.variant_without_name")
        replaced = dict(self.register)
        for name, value in values.items():
            old = self[name]
            if not is_number(value) or value <= 0:
                told = Figure(value) if is_number(value) else value
                raise InputError("impacts.assumption_not_a_number", name=old.label, value=told, source=variant)
            if not old.low <= value <= old.high and reason is None:
                raise _out_of_range(old.label, value, old.low, old.high, unit=old.unit)
            replaced[name] = dataclasses.replace(
                old,
                value=float(value),
                low=min(old.low, float(value)),
                high=max(old.high, float(value)),
                owner=owner,
                date=date,
                reason=no_reason_given() if reason is None else reason,
                certainty="L",
                source="",
                source_nl="",
                url="",
            )
        return Assumptions(MappingProxyType(replaced), variant, self.changed | frozenset(values))

    def used(self, *names: str) -> tuple[UsedAssumption, ...]:
        """The named assumptions in the form in which a figure carries them, by name."""
        return tuple(
            UsedAssumption(
                name=one.name,
                value=one.value,
                unit=one.unit,
                owner=one.owner,
                reason=one.reason,
                date=one.date,
                label=one.label,
                low=one.low,
                high=one.high,
                variant=self.variant if one.name in self.changed else "",
            )
            for one in (self[name] for name in sorted(set(names)))
        )


def _out_of_range(name: str | LocalText, value: float, low: float, high: float, *, unit: str) -> InputError:
    return InputError("impacts.assumption_out_of_range", name=name, value=Figure(value), low=Figure(low), high=Figure(high), unit=unit)


def no_reason_given() -> LocalText:
    """Said of a value that somebody chose without saying why."""
    note = Note("impacts.no_reason_given")
    return LocalText(note.sentence("nl"), note.sentence("en"))


@cache
def default_assumptions() -> Assumptions:
    """The assumptions that travel with the project."""
    return read_assumptions(data_folder() / "norms" / FILE_NAME)


def read_assumptions(path: Path) -> Assumptions:
    """Assumptions from a TOML file: one table per name with value, low, high, unit, owner, date, label and reason.

    Raises
    ------
    InputError
        The file cannot be read, or an entry is incomplete or contradicts itself.
    """
    document = read_norm_table(path)
    return Assumptions(MappingProxyType({name: _assumption(name, entry, source=path.name) for name, entry in document.items()}))


def _assumption(name: str, entry: object, *, source: str) -> Assumption:
    table: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    for key in NUMBERS:
        if not is_number(table.get(key)):
            raise InputError("impacts.assumption_not_a_number", name=f"{name}.{key}", value=table.get(key), source=source)
    for key in (*TEXTS, "label", "reason"):
        if not table.get(key):
            raise InputError("impacts.assumption_incomplete", name=name, missing=key, source=source)
    value, low, high = (float(table[key]) for key in NUMBERS)
    if not 0 < low <= value <= high:
        raise _out_of_range(name, value, low, high, unit=str(table["unit"]))
    return Assumption(
        name=name,
        value=value,
        low=low,
        high=high,
        label=LocalText.from_value(table["label"]),
        reason=LocalText.from_value(table["reason"]),
        **{key: str(table[key]) for key in TEXTS},
        **{key: str(table[key]) for key in ("subject", "certainty", "source", "source_nl", "url") if key in table},
    )
