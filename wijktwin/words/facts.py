"""What a card says: facts, each with how it is known and from whom, and what a reader should know beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wijktwin.impacts.assessment import Unit
from wijktwin.model.provenance import Kind
from wijktwin.words.numbers import format_margin_side, format_number, format_value
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Margin


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: what it is called, its value, how it is known and whose it is."""

    label: str
    value: str
    kind: str = ""
    kind_key: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FactCard:
    """Everything worth knowing of one building, plan or volume.

    Parameters
    ----------
    facts
        In the order in which they are shown; what nobody knows is left out, but for what everybody asks ("not known").
    remarks
        Full sentences: faults, assumptions, what is made up.
    source
        Where the facts come from, where they all come from the same.
    """

    title: str
    facts: tuple[Fact, ...]
    remarks: tuple[str, ...] = ()
    subtitle: str = ""
    source: str = ""


class FactList:
    """Collects the facts of a card in one language."""

    def __init__(self, language: Language, *, source: str) -> None:
        self.language = language
        self.source = source
        self.facts: list[Fact] = []

    def add(self, name: str, value: str, kind: Kind | None = None, *, source: str | None = None) -> None:
        """A fact whose label is ``card.<name>``; nothing where there is no value."""
        if value:
            label = text(f"card.{name}", self.language)
            self.facts.append(Fact(label, value, *kind_words(kind, self.language), self.source if source is None else source))

    def add_number(self, name: str, value: float | None, unit: Unit, kind: Kind, *, margin: Margin | None = None) -> None:
        """A number with the sign of its unit, and its margin where that is known; nothing where nobody knows the number."""
        if value is None or not math.isfinite(value):
            return
        shown = format_value(value, unit, self.language, margin=margin)
        if margin is not None and margin.above:
            off = format_margin_side(margin.above, unit, self.language, margin=margin)
            shown = text("word.with_margin", self.language, value=shown, margin=off)
        self.add(name, shown, kind)

    def add_unknown(self, name: str) -> None:
        """Something that everybody asks and nobody knows."""
        self.add(name, text("word.unknown", self.language), source="")

    def add_count(self, name: str, count: float | None, kind: Kind | None = Kind.STATED) -> None:
        """A number of things; nothing where there are none or nobody says."""
        if count:
            self.add(name, format_number(float(count), self.language), kind)


def kind_words(kind: Kind | None, language: Language) -> tuple[str, str]:
    """How something is known, in words and as a key; both "" where that does not apply."""
    return ("", "") if kind is None else (text(f"kind.{kind}", language), str(kind))


def kind_of(value: str, *, otherwise: Kind) -> Kind:
    """The kind that a column of text names, or another where it names none."""
    return Kind(value) if value in set(Kind) else otherwise
