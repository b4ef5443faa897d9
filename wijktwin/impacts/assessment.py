"""What an impact yields: a figure that carries everything a sceptical reader asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wijktwin.errors import Note
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source


UNNAMED: Final = LocalText("")


class Unit(StrEnum):
    """Units of figures; the words around them are in `wijktwin.words`."""

    COUNT = "count"
    METRES = "m"
    SQUARE_METRES = "m2"
    CUBIC_METRES = "m3"
    RATIO = "ratio"
    PER_CENT = "%"
    MINUTES = "min"
    DEGREES = "deg"


class Place(StrEnum):
    """What a figure is about."""

    NEIGHBOURHOOD = "neighbourhood"
    PLAN_AREA = "plan_area"
    BUILDING = "building"
    VOLUME = "volume"
    STREET = "street"
    ADDRESS = "address"
    POINT = "point"
    DAY = "day"
    """The neighbourhood on one day; the identifier is its ISO date."""
    PART_OF_DAY = "part_of_day"
    """The neighbourhood on one day before a moment; the identifier is its date and local time ("2026-03-21T16:00")."""


@dataclass(frozen=True, slots=True)
class Where:
    """The thing or area a figure is about; ``label`` is what people call it, empty where words has the name."""

    place: Place
    identifier: str = ""
    label: LocalText = UNNAMED


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the true value may lie below and above the figure, in its own unit; ``reason`` is a key of `wijktwin.words`.

    An exact count has a margin of 0 with the reason "exact"; where nobody can say, ``below`` and ``above`` are None and the
    reason tells why.
    """

    below: float | None
    above: float | None
    reason: str

    @property
    def is_known(self) -> bool:
        """Whether anybody can say how far the figure may be off."""
        return self.below is not None and self.above is not None

    @property
    def is_exact(self) -> bool:
        """Whether the figure is what it says: a count, or something taken exactly as stated."""
        return self.below == 0 and self.above == 0


EXACT: Final = Margin(0.0, 0.0, "exact")
"""A complete count of what the source holds."""

AS_STATED: Final = Margin(0.0, 0.0, "as_stated")
"""Taken over exactly as somebody said it; whether that is right was not checked."""


def unknown_margin(reason: str) -> Margin:
    """A margin that nobody can give; ``reason`` is a key of words."""
    return Margin(None, None, reason)


def margin_between(before: Margin, after: Margin) -> Margin:
    """Margin of after minus before where the two have nothing in common: the worst of both together."""
    if after.below is None or after.above is None:
        return unknown_margin(after.reason)
    if before.below is None or before.above is None:
        return unknown_margin(before.reason)
    return Margin(after.below + before.above, after.above + before.below, before.reason if after.is_exact else after.reason)


WEAKER: Final = (Kind.MEASURED, Kind.CALCULATED, Kind.STATED, Kind.ASSUMED)
"""From strong to weak: what was measured, computed by us, only said by somebody, or chosen because nobody knows."""


def weakest(kinds: Iterable[Kind]) -> Kind:
    """The weakest link of a chain; measured where the chain is empty."""
    return max(kinds, key=WEAKER.index, default=Kind.MEASURED)


@dataclass(frozen=True, slots=True)
class Method:
    """How a figure was computed; its paragraph stands in `wijktwin.words` under ``method_id``."""

    method_id: str
    version: str


@dataclass(frozen=True, slots=True)
class UsedAssumption:
    """A named value that nobody measured, with who chose it, why and when.

    ``low`` and ``high`` are the range it may reasonably lie in; ``variant`` names the set of choices it belongs to, "" for ours.
    """

    name: str
    value: float
    unit: str
    owner: str
    reason: LocalText
    date: str
    label: LocalText = UNNAMED
    low: float | None = None
    high: float | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One figure of an impact, before and after.

    Parameters
    ----------
    impact
        Dotted name, for example "density.floor_space_index" or "green.trees".
    before, after
        Unrounded values in ``unit``; None where the figure can't be given, and then ``missing`` says why (a key of words).
    kind
        The weakest link in the chain decides: measured, calculated, assumed or stated.
    margin, before_margin, difference_margin
        Of ``after``; of ``before`` and of `difference` where they differ from it: a change that was stated exactly has no margin,
        however rough the estimate of the whole.
    before_kind, difference_kind
        Where they differ from ``kind``.
    missing
        Why ``after`` is None, or, where ``after`` is there, why ``before`` is.
    plans
        The plans that went into it, by id: whose statements these are. Their sources are among ``sources``.
    remarks
        What a reader has to know beside the figure: what was left out, which boundary, how many things nobody counted.
    breakdown
        The same figure split up, key to (before, after), for example dwellings by tenure. Sums to the whole.
    """

    impact: str
    before: float | None
    after: float | None
    unit: Unit
    where: Where
    margin: Margin
    kind: Kind
    method: Method
    sources: tuple[Source, ...]
    before_margin: Margin | None = None
    before_kind: Kind | None = None
    difference_margin: Margin | None = None
    difference_kind: Kind | None = None
    plans: tuple[Plan, ...] = ()
    remarks: tuple[Note, ...] = ()
    assumptions: tuple[UsedAssumption, ...] = ()
    breakdown: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    missing: str = ""

    @property
    def group(self) -> str:
        """What it is about: the first part of ``impact``, under which all figures of an impact stand together."""
        return self.impact.partition(".")[0]

    @property
    def difference(self) -> float | None:
        """After minus before; None where either is not known."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def margin_now(self) -> Margin:
        """Of ``before``: its own, else that of ``after``."""
        return self.margin if self.before_margin is None else self.before_margin

    @property
    def margin_of_change(self) -> Margin:
        """Of `difference`: its own, else that of ``after``."""
        return self.margin if self.difference_margin is None else self.difference_margin

    @property
    def kind_now(self) -> Kind:
        """How ``before`` is known: by itself, else as ``after`` is."""
        return self.kind if self.before_kind is None else self.before_kind

    @property
    def kind_of_change(self) -> Kind:
        """How `difference` is known: by itself, else as ``after`` is."""
        return self.kind if self.difference_kind is None else self.difference_kind
