"""What an impact yields: a figure that carries everything a sceptical reader asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.model.provenance import Kind, Source


class Unit(StrEnum):
    """Units of figures; the words around them are in `wijktwin.words`."""

    COUNT = "count"
    METRES = "m"
    SQUARE_METRES = "m2"
    CUBIC_METRES = "m3"
    RATIO = "ratio"
    PER_CENT = "%"
    MINUTES = "min"


class Place(StrEnum):
    """What a figure is about."""

    NEIGHBOURHOOD = "neighbourhood"
    PLAN_AREA = "plan_area"
    BUILDING = "building"
    VOLUME = "volume"
    STREET = "street"
    ADDRESS = "address"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Where:
    """The thing or area a figure is about; ``label`` is what people call it."""

    place: Place
    identifier: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the true value may lie below and above the figure, in its own unit; ``reason`` is a key of `wijktwin.words`.

    An exact count has a margin of 0 with the reason "exact"; where nobody can say, ``below`` and ``above`` are None and the
    reason tells why.
    """

    below: float | None
    above: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Method:
    """How a figure was computed; its paragraph stands in `wijktwin.words` under ``method_id``."""

    method_id: str
    version: str


@dataclass(frozen=True, slots=True)
class UsedAssumption:
    """A named value that nobody measured, with who chose it, why and when."""

    name: str
    value: float
    unit: str
    owner: str
    reason: str
    date: str


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
    margin
        Of ``after``; `before_margin` where it differs.
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
    assumptions: tuple[UsedAssumption, ...] = ()
    breakdown: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    missing: str = ""

    @property
    def difference(self) -> float | None:
        """After minus before; None where either is not known."""
        return None if self.before is None or self.after is None else self.after - self.before
