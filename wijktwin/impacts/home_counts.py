"""Figures that count homes which have something: how many keep it, lose it and gain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Unit, UsedAssumption, margin_between, unknown_margin
from wijktwin.impacts.shared import WHOLE, data_sources, with_plans
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from wijktwin.errors import Note
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

Breakdown = dict[str, tuple[float | None, float | None]]
KEEPS, LOSES, GONE, GAINS = "keeps", "loses", "gone", "gains"
PARTS: Final = (KEEPS, LOSES, GONE, GAINS)


@dataclass(frozen=True, slots=True, eq=False)
class HomeCount:
    """Which homes have something now and then, both of shape (n,); ``is_there`` is False for homes whose building goes."""

    impact: str
    before: BoolArray
    after: BoolArray
    is_there: BoolArray

    @property
    def is_same(self) -> bool:
        """Whether it is the same for every home, and none goes that had it."""
        return bool((self.before == self.after).all())

    def parts(self) -> Breakdown:
        """Homes that keep it, lose it, go with their building and gain it: a net number would hide who loses."""
        keeps = float((self.before & self.after).sum())
        loses = float((self.before & ~self.after & self.is_there).sum())
        gone = float((self.before & ~self.is_there).sum())
        gains = float((~self.before & self.after).sum())
        return {KEEPS: (keeps, keeps), LOSES: (loses, 0.0), GONE: (gone, 0.0), GAINS: (0.0, gains)}


def margin_of_near(distance: FloatArray, limit: float, *, off: float, reason: str = "outlines") -> Margin:
    """Of a count of homes that have something near: if every distance were off by as much as it may be.

    Parameters
    ----------
    distance
        Of each home to the nearest one, infinite where it has none, shape (n,). [m]
    limit, off
        How near is near, and how far off a distance may be. [m]
    reason
        Why it may be off; by default because of the precision of outlines.
    """
    nearer, within, further = (float((distance <= limit + each).sum()) for each in (-off, 0.0, off))
    return EXACT if nearer == further else Margin(within - nearer, further - within, reason)


def counted_homes(
    scenario: Scenario,
    homes: HomeCount,
    *,
    method: Method,
    margin: Margin,
    kinds: tuple[Kind, Kind],
    sources: tuple[str, ...],
    plans: tuple[Plan, ...],
    remarks: tuple[Note, ...] = (),
    assumptions: tuple[UsedAssumption, ...] = (),
    before_margin: Margin | None = None,
    difference_margin: Margin | None = None,
) -> Assessment:
    """The figure of a `HomeCount`.

    Parameters
    ----------
    kinds
        Of now and then.
    sources
        Subjects of the data it rests on.
    """
    own = margin if before_margin is None else before_margin
    change = margin_between(own, margin) if difference_margin is None else difference_margin
    return Assessment(
        impact=homes.impact,
        before=float(homes.before.sum()),
        after=float(homes.after.sum()),
        unit=Unit.COUNT,
        where=WHOLE,
        margin=margin,
        before_margin=own,
        difference_margin=EXACT if homes.is_same and (difference_margin is None or not plans) else change,
        kind=kinds[1],
        before_kind=kinds[0],
        method=method,
        sources=with_plans(data_sources(scenario.neighbourhood, *sources), plans),
        plans=plans,
        remarks=remarks,
        assumptions=assumptions,
        breakdown=homes.parts() if plans else {},
    )


def unknown_homes(
    scenario: Scenario, impact: str, missing: str, *, method: Method, sources: tuple[str, ...], plans: tuple[Plan, ...]
) -> Assessment:
    """The same where nobody knows."""
    return Assessment(
        impact=impact,
        before=None,
        after=None,
        unit=Unit.COUNT,
        where=WHOLE,
        margin=unknown_margin(missing),
        kind=Kind.CALCULATED,
        method=method,
        sources=with_plans(data_sources(scenario.neighbourhood, *sources), plans),
        plans=plans,
        missing=missing,
    )
