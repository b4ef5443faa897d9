"""Car traffic of homes: how many movements a working day they make, and how many more or fewer come through a street.

Key figures per dwelling are ranges and no counts; that everybody takes the shortest way to a main road is an assumption. So every
figure is a range, and none tells how busy a street is: cars of visitors, shops and schools and cars that only drive through are not
among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin
from wijktwin.impacts.destinations import why_no_main_road
from wijktwin.impacts.dwellings import may_hold_unstated_dwellings
from wijktwin.impacts.kept import kept
from wijktwin.impacts.key_figures import key_figures
from wijktwin.impacts.routes import RESTS_ON, compared, homes_of, is_derived, why_not
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, plan_area, with_plans
from wijktwin.impacts.traffic_flows import entries, flows
from wijktwin.model.network import Mode, joined_stops, topology
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumption, Assumptions
    from wijktwin.impacts.key_figures import KeyFigures
    from wijktwin.impacts.routes import Comparison, Homes
    from wijktwin.impacts.traffic_flows import Flows
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("traffic", "1.3")
FACTOR: Final = "working_day_factor"
CAR_USE: Final = "car_use"
SMALLEST_TOLD: Final = 10.0
"""A street that changes by fewer movements a day wherever within the margin is not told: the key figures are not that good."""


def key_figures_of_traffic() -> KeyFigures:
    """Movements per dwelling on an average day of the week."""
    return key_figures("traffic.toml", "movements")


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """Movements of all homes, of each plan's dwellings, and through each street where that changes."""
    about = _About(scenario, assumptions[FACTOR], assumptions)
    figures = [_total(about, homes_of(scenario.neighbourhood))]
    figures += [_of_plan(about, plan) for plan in scenario.ordered_plans if plan.dwellings or may_hold_unstated_dwellings(plan)]
    if scenario.is_baseline:
        return tuple(figures)
    found = compared(scenario, assumptions=assumptions)
    reason = _why_not_streets(scenario, found)
    return (*figures, *(_unknown_streets(about, reason) if found is None or reason else _through_streets(about, found)))


@dataclass(frozen=True, slots=True)
class _About:
    """What every figure is about."""

    scenario: Scenario
    factor: Assumption
    assumptions: Assumptions

    def on_working_days(self, low: float, middle: float, high: float) -> tuple[float, float, float]:
        """Lowest, middle and highest number on a working day of numbers of an average day."""
        each = zip((low, middle, high), self.factors, strict=True)
        lowest, middling, highest = (float(number * factor) for number, factor in each)
        return lowest, middling, highest

    @property
    def factors(self) -> tuple[float, float, float]:
        """Of the lowest, middle and highest number of an average day, for a working day."""
        used = self.assumptions[CAR_USE].value
        return self.factor.low * used, self.factor.value * used, self.factor.high * used

    def figure(
        self, impact: str, where: Where, before: float | None, after: float | None, *, margin: Margin,
        before_margin: Margin | None = None, difference_margin: Margin | None = None, plans: tuple[Plan, ...] = (),
        missing: str = "", remarks: tuple[Note, ...] = (), names: tuple[str, ...] = (), subjects: tuple[str, ...] = ("addresses",),
    ) -> Assessment:  # fmt: skip
        """One figure with all that is the same for each."""
        figures = key_figures_of_traffic()
        sources = with_plans((*data_sources(self.scenario.neighbourhood, *subjects), figures.source), plans)
        return Assessment(
            impact=impact,
            before=before,
            after=after,
            unit=Unit.COUNT,
            where=where,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            kind=Kind.ASSUMED,
            method=METHOD,
            sources=sources,
            plans=plans,
            missing=missing,
            remarks=(figures.how_sure("movements"), *remarks),
            assumptions=self.assumptions.used(FACTOR, CAR_USE, *names),
        )


def _ranges(homes: Homes) -> FloatArray:
    """Lowest, middle and highest number of movements of every home on an average day, shape (n, 3)."""
    figures = key_figures_of_traffic()
    kinds, row = np.unique(np.stack([homes.tenures, homes.dwelling_types], axis=1), axis=0, return_inverse=True)
    own = [figures.of(str(tenure), str(dwelling_type)) for tenure, dwelling_type in kinds]
    table = np.array([(each.low, each.middle, each.high) for each in own]).reshape(len(own), 3)
    found: FloatArray = table[row.reshape(-1)]
    return found


def _new(plan: Plan) -> tuple[float, float, float]:
    """Lowest, middle and highest number of movements of a plan's dwellings on an average day."""
    total = key_figures_of_traffic().together(plan.dwellings)
    return total.low, total.middle, total.high


def _margin(low: float, middle: float, high: float) -> Margin:
    return Margin(float(middle - low), float(high - middle), "traffic_key_figures")


def _total(about: _About, homes: Homes) -> Assessment:
    scenario = about.scenario
    plans = tuple(plan for plan in scenario.ordered_plans if plan.dwellings or plan.demolishes or may_hold_unstated_dwellings(plan))
    if not len(homes):
        no_homes = unknown_margin("no_addresses")
        return about.figure("traffic.total", WHOLE, None, None, margin=no_homes, plans=plans, missing="no_addresses")
    each = _ranges(homes)
    gone = np.isin(homes.building_ids, sorted(scenario.demolished))
    now, lost = about.on_working_days(*each.sum(axis=0)), about.on_working_days(*each[gone].sum(axis=0))
    if any(may_hold_unstated_dwellings(plan) for plan in plans):
        missing = unknown_margin("dwellings_not_stated")
        return about.figure(
            "traffic.total", WHOLE, now[1], None, margin=missing, before_margin=_margin(*now), plans=plans, missing=missing.reason
        )
    added = about.on_working_days(*np.sum([(0.0, 0.0, 0.0), *(_new(plan) for plan in plans)], axis=0))
    then = tuple(a - b + c for a, b, c in zip(now, lost, added, strict=True))
    change = Margin(added[1] - added[0] + lost[2] - lost[1], added[2] - added[1] + lost[1] - lost[0], "traffic_key_figures")
    return about.figure(
        "traffic.total",
        WHOLE,
        now[1],
        then[1],
        margin=_margin(*then),
        before_margin=_margin(*now),
        difference_margin=EXACT if not change.below and not change.above else change,
        plans=plans,
    )


def _of_plan(about: _About, plan: Plan) -> Assessment:
    if not plan.dwellings:
        missing = unknown_margin("dwellings_not_stated")
        return about.figure("traffic.new", plan_area(plan), None, None, margin=missing, plans=(plan,), missing=missing.reason, subjects=())
    low, middle, high = about.on_working_days(*_new(plan))
    return about.figure(
        "traffic.new", plan_area(plan), None, middle, margin=_margin(low, middle, high), plans=(plan,), missing="only_after", subjects=()
    )


def _changing(scenario: Scenario) -> tuple[Plan, ...]:
    """Plans that bring or take dwellings, change what cars may do in a street, or suppose it under water."""
    return tuple(
        plan
        for plan in scenario.ordered_plans
        if plan.dwellings or plan.demolishes or plan.street_changes or plan.flooded or may_hold_unstated_dwellings(plan)
    )


def _why_not_streets(scenario: Scenario, found: Comparison | None) -> str:
    """Why nobody can say how many cars come through the streets: the key of the reason; "" where somebody can.

    Where a plan does not say how many dwellings it brings, neither the whole nor any street is known.
    """
    if found is None:
        return why_not(scenario.neighbourhood)
    if not found.baseline.destinations.on_main_road.any():
        return why_no_main_road(found.baseline.segments)
    return "dwellings_not_stated" if any(may_hold_unstated_dwellings(plan) for plan in scenario.plans) else ""


def _unknown_streets(about: _About, reason: str) -> list[Assessment]:
    """That the streets cannot be told, where a plan would change them."""
    plans = _changing(about.scenario)
    if not plans and not about.scenario.flooded:
        return []
    return [about.figure("traffic.street", WHOLE, None, None, margin=unknown_margin(reason), plans=plans, missing=reason)]


@dataclass(frozen=True, slots=True, eq=False)
class _Streets:
    """Movements through streets now and then, and lowest, middle and highest change of each, shape (n,)."""

    now: Flows
    then: Flows
    low: FloatArray
    middle: FloatArray
    high: FloatArray


def _streets(about: _About, found: Comparison) -> _Streets:
    """Computed once for a scenario and a set of assumptions."""
    key = ("movements through streets", about.assumptions.key)
    return kept(about.scenario, key, lambda: _computed_streets(about, found))


def _computed_streets(about: _About, found: Comparison) -> _Streets:
    scenario, base, plans = about.scenario, found.baseline, _changing(about.scenario)
    of_homes, with_dwellings = _ranges(base.homes), [plan for plan in plans if plan.dwellings]
    new = np.array([_new(plan) for plan in with_dwellings]).reshape(len(with_dwellings), 3)
    factors = np.array(about.factors)
    stops = joined_stops(base.stops[Mode.DRIVE], entries(scenario, found.segments))
    cut = topology(base.segments, stops)
    on_main_road = base.destinations.on_main_road
    now = flows(base.segments, cut, cut.stop_nodes, np.concatenate([of_homes, 0.0 * new]) * factors, on_main_road)
    staying = of_homes * found.stays[:, None]
    movements = np.concatenate([staying, new]) * factors
    then = flows(found.segments, cut, cut.stop_nodes, movements, on_main_road, flooded=scenario.flooded)
    changes = np.concatenate([then.nearest - now.nearest, then.spread - now.spread], axis=1)
    return _Streets(now, then, changes.min(axis=1), changes[:, 1], changes.max(axis=1))


def most_change(scenario: Scenario, *, assumptions: Assumptions) -> Mapping[str, float | None]:
    """By how many movements a day each street changes at most, wherever within the margin; None where nobody knows the margin.

    Nothing where no street can be told, or where the plans change none.
    """
    about, found = _About(scenario, assumptions[FACTOR], assumptions), compared(scenario, assumptions=assumptions)
    plans = _changing(scenario)
    if scenario.is_baseline or found is None or _why_not_streets(scenario, found) or not (plans or scenario.flooded):
        return {}
    streets, derived = _streets(about, found), is_derived(scenario.neighbourhood)
    most = np.maximum(np.abs(streets.low), np.abs(streets.high)).tolist()
    return {str(name): None if derived else most[row] for row, name in enumerate(streets.now.streets) if name}


def _through_streets(about: _About, found: Comparison) -> list[Assessment]:
    """The streets that more or fewer movements use."""
    scenario, base = about.scenario, found.baseline
    plans, derived = _changing(scenario), is_derived(scenario.neighbourhood)
    if not plans and not scenario.flooded:
        return []
    streets = _streets(about, found)
    now, then, low, middle, high = streets.now, streets.then, streets.low, streets.middle, streets.high
    on_main_road = base.destinations.on_main_road
    main, remarks = set(base.segments.streets[on_main_road]), _remarks(about, then.unassigned - now.unassigned)
    return [
        about.figure(
            "traffic.street",
            Where(Place.STREET, str(name), LocalText(str(name))),
            float(now.nearest[row, 1]),
            float(then.nearest[row, 1]),
            before_margin=_of_street(now.nearest[row], now.spread[row], is_derived=derived),
            margin=_of_street(then.nearest[row], then.spread[row], is_derived=derived),
            difference_margin=unknown_margin("streets_derived")
            if derived
            else Margin(float(middle[row] - low[row]), float(high[row] - middle[row]), "traffic_spread"),
            plans=plans,
            remarks=remarks,
            names=RESTS_ON[:1],
            subjects=("addresses", "streets"),
        )
        for row, name in enumerate(now.streets)
        if name and name not in main and max(abs(low[row]), abs(high[row])) >= SMALLEST_TOLD
    ]


def _of_street(nearest: FloatArray, spread: FloatArray, *, is_derived: bool) -> Margin:
    if is_derived:
        return unknown_margin("streets_derived")
    both = np.concatenate([nearest, spread])
    return Margin(float(nearest[1] - both.min()), float(both.max() - nearest[1]), "traffic_spread")


def _remarks(about: _About, n_unassigned: float) -> tuple[Note, ...]:
    notes = [Note("streets.shortest_way")]
    if is_derived(about.scenario.neighbourhood):
        notes.append(Note(f"streets.derived_{Mode.DRIVE.value}"))
    if about.scenario.flooded:
        notes.append(counted("streets.supposed_flooded", len(about.scenario.flooded)))
    if n_unassigned >= 1.0:
        notes.append(Note("streets.movements_without_way", n=round(n_unassigned)))
    return tuple(notes)
