"""What each home has or loses by figures that count homes: sun, sky, a plan in view, trees and green, for a map in colours.

A building takes the home of which the value is farthest from none, as a figure that counts homes would count that one first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.green_homes import green_at_homes
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.sunlight.tree_figures import WITH_TREES, homes_with_trees
from wijktwin.impacts.view.desk import view_desk
from wijktwin.impacts.view.homes import ViewAtHomes
from wijktwin.impacts.view.shares import InView

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.homes import SunAtHomes
    from wijktwin.impacts.sunlight.suns import IndexArray
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.scenario import Scenario

SUN_FIGURES: Final = frozenset({"losing", "gaining", "most_lost"})
NORM_FIGURES: Final = ("_met", "_not_met")
IN_VIEW: Final = {"sky": InView.SKY, "green": InView.GREEN}
GREEN_FIGURES: Final = {"three_trees": "trees", "all_three": "trees", "near_place": "distance"}


@dataclass(frozen=True, slots=True, eq=False)
class HomeValues:
    """A value for each home.

    Parameters
    ----------
    what
        A key of words: what the value is.
    building_ids
        Of the homes, shape (n,).
    values
        In ``unit``, shape (n,); NaN where nothing can be said.
    is_change
        The values are differences with today.
    """

    what: str
    building_ids: tuple[str, ...]
    values: FloatArray
    unit: Unit
    is_change: bool


def home_values(impact: str, identifier: str, scenario: Scenario, *, assumptions: Assumptions) -> HomeValues | None:
    """The value of each home by a figure; None where it has none, or nobody has computed it yet.

    Parameters
    ----------
    identifier
        Of what the figure is about: a day, a day before a time, or a plan.
    """
    group, _, name = impact.partition(".")
    if group == "sunlight":
        return _sun(name, identifier, scenario, assumptions)
    if group == "view":
        return _view(name, identifier, scenario, assumptions)
    return _green(name, scenario, assumptions) if group == "green" else None


# ------------------------------------------------------------------------------------------------------------------- sun
def _sun(name: str, identifier: str, scenario: Scenario, assumptions: Assumptions) -> HomeValues | None:
    figure, has_trees = name.removesuffix(WITH_TREES), name.endswith(WITH_TREES)
    is_norm = figure.endswith(NORM_FIGURES)
    if figure not in SUN_FIGURES and not is_norm:
        return None
    ready = sunlight_desk(scenario.neighbourhood, assumptions=assumptions).ready(scenario)
    if ready is None:
        return None
    if is_norm:
        return _norm(figure, ready.homes)
    moment = _moment(identifier)
    if moment is None or moment.date() not in ready.homes.days or scenario.is_baseline:
        return None
    day, before = moment.date(), moment.time() if "T" in identifier else None
    if has_trees:
        sun = homes_with_trees(ready.homes, assumptions=assumptions)
        least, most, _, _ = ready.homes.by_home(sun.change[sun.days.index(day)])
    else:
        least, most, _, _ = ready.homes.change_on(day, before=before)
    change = np.maximum(least, 0.0) if figure == "gaining" else most  # what changes wherever the room may be
    values = np.where(ready.homes.counts, np.round(change), np.nan)
    return HomeValues("sun_at_home", _buildings(ready.homes), values, Unit.MINUTES, is_change=True)


def _norm(figure: str, homes: SunAtHomes) -> HomeValues | None:
    """Sun on the worst day of a norm, of the place that has least: with plans what changes, today what there is."""
    norm_id = next((norm_id for norm_id in homes.tests if figure in {norm_id + end for end in NORM_FIGURES}), None)
    if norm_id is None:
        return None
    tests, is_change = homes.tests[norm_id], not homes.scenario.is_baseline
    before = np.array([np.nan if one.before is None else one.before.least for one in tests])
    after = np.array([np.nan if one.after is None else one.after.least for one in tests])
    ids = tuple(one.target.building_id for one in tests)
    return HomeValues("sun_of_norm", ids, np.round(after - before if is_change else before), Unit.MINUTES, is_change)


def _moment(identifier: str) -> datetime | None:
    """A day, or a day before a time."""
    try:
        return datetime.fromisoformat(identifier)
    except ValueError:
        return None


def _buildings(homes: SunAtHomes) -> tuple[str, ...]:
    return tuple(target.building_id for target in homes.study.points.targets)


# ------------------------------------------------------------------------------------------------------------------ view
def _view(name: str, identifier: str, scenario: Scenario, assumptions: Assumptions) -> HomeValues | None:
    views = view_desk(scenario.neighbourhood, assumptions=assumptions).ready(scenario)
    if views is None:
        return None
    at, target = ViewAtHomes(views), views.homes.places.target
    ids = tuple(each.building_id for each in at.targets)

    def most(values: FloatArray) -> FloatArray:
        return _farthest(values, target, at.free, len(ids))

    if name in IN_VIEW:
        kind = IN_VIEW[name]
        before, after = (100.0 * shares.of[:, kind] for shares in (views.before, views.after))
        is_change = not scenario.is_baseline
        return HomeValues(f"{name}_in_view", ids, most(after - before if is_change else before), Unit.PER_CENT, is_change)
    if name in {"homes_losing_sky", "homes_gaining_sky"}:
        sign = -1.0 if name == "homes_losing_sky" else 1.0
        change = sign * np.maximum(sign * at.sky_change(Roofs.AS_DRAWN), 0.0)
        return HomeValues("sky_in_view", ids, most(change), Unit.PER_CENT, is_change=True)
    if identifier not in at.plan_ids():
        return None
    if name == "homes_seeing_plan":
        rows = [row for row, (plan, _) in enumerate(scenario.volumes) if plan.plan_id == identifier]
        share = np.where(at.sees(identifier), 100.0 * views.after.of_volumes[:, rows].sum(axis=1), 0.0)
        return HomeValues("plan_in_view", ids, most(share), Unit.PER_CENT, is_change=False)
    if name == "homes_looked_at":
        gardens = at.homes_with(at.gardens_looked_at(identifier)) & ~at.is_gone
        ways = at.rooms_looked_at(identifier).astype(np.float64) + gardens
        return HomeValues("looked_at", ids, np.where(at.is_gone, np.nan, ways), Unit.COUNT, is_change=False)
    return None


def _farthest(values: FloatArray, target: IndexArray, is_there: BoolArray, n: int) -> FloatArray:
    """Of the places of each home the value that is farthest from none, shape (n,); NaN where no place is left."""
    rows = np.flatnonzero(is_there)
    order = rows[np.argsort(np.abs(values[rows]), kind="stable")]
    found = np.full(n, np.nan)
    found[target[order]] = values[order]
    return found


# ----------------------------------------------------------------------------------------------------------------- green
def _green(name: str, scenario: Scenario, assumptions: Assumptions) -> HomeValues | None:
    of = GREEN_FIGURES.get(name)
    found = None if of is None else green_at_homes(scenario, assumptions=assumptions)
    if found is None:
        return None
    before, after = (each.trees if of == "trees" else each.distance for each in found)
    if before is None or after is None:
        return None
    is_change = not scenario.is_baseline
    with np.errstate(invalid="ignore"):  # no green place now and none then
        change = np.where(found[1].is_there, after.astype(np.float64) - before if is_change else before, np.nan)
    what, unit = ("large_trees", Unit.COUNT) if of == "trees" else ("green_place", Unit.METRES)
    return HomeValues(what, found[1].homes.building_ids, change, unit, is_change)
