"""How a figure of one home is made: what its kind, its sources and its assumptions follow from is the same for every subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wijktwin.impacts.assessment import Assessment, weakest
from wijktwin.impacts.kept import kept
from wijktwin.impacts.shared import data_sources, with_plans
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Margin, Method, Unit, UsedAssumption, Where
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class HomeFigures:
    """Makes the figures of one home in one scenario.

    Parameters
    ----------
    subjects
        What of the data they rest on.
    """

    scenario: Scenario
    assumptions: Assumptions
    subjects: tuple[str, ...]

    def make(
        self,
        impact: str,
        where: Where,
        before: float | None,
        after: float | None,
        *,
        unit: Unit,
        method: Method,
        margin: Margin,
        own: Kind,
        now: Kind | None = None,
        before_margin: Margin | None = None,
        difference_margin: Margin | None = None,
        missing: str = "",
        plans: tuple[Plan, ...] = (),
        remarks: tuple[Note, ...] = (),
        used: tuple[str, ...] = (),
        has_data: bool = True,
    ) -> Assessment:
        """One figure.

        Parameters
        ----------
        own, now
            How it is known by itself, and how it is known today where that differs; computed with plans it is no stronger than stated.
        used
            Names of assumptions.
        has_data
            False where it rests on plans alone.
        """
        return Assessment(
            impact=impact,
            before=before,
            after=after,
            unit=unit,
            where=where,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            kind=weakest((own, Kind.STATED)) if plans and has_data else own,
            before_kind=own if now is None else now,
            method=method,
            sources=self._sources(self.subjects if has_data else None, plans),
            plans=plans,
            remarks=remarks,
            assumptions=self._used(used),
            missing=missing,
        )

    def _sources(self, subjects: tuple[str, ...] | None, plans: tuple[Plan, ...]) -> tuple[Source, ...]:
        shelf: dict[Hashable, tuple[Source, ...]] = kept(self.scenario, "sources of homes", dict)
        key = subjects, tuple(plan.plan_id for plan in plans)
        if key not in shelf:
            data = () if subjects is None else data_sources(self.scenario.neighbourhood, *subjects)
            shelf[key] = with_plans(data, plans)
        return shelf[key]

    def _used(self, names: tuple[str, ...]) -> tuple[UsedAssumption, ...]:
        if not names:
            return ()
        shelf: dict[Hashable, tuple[UsedAssumption, ...]] = kept(self.scenario, ("assumptions of homes", self.assumptions.key), dict)
        if names not in shelf:
            shelf[names] = self.assumptions.used(*names)
        return shelf[names]
