"""What each building, new building, plan and street has of figures about building: dwellings, floors, heights, wind and parking.

A figure of the neighbourhood is shown as what it is made of: what goes and what comes where the figure adds up, else what there is then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.dwellings import dwelling_addresses
from wijktwin.impacts.floor_area import building_floor_areas, footprint_areas, volume_floor_area
from wijktwin.impacts.parking import supply_today
from wijktwin.impacts.shared import assessed_buildings, building_uses, main_buildings
from wijktwin.impacts.wind import Decision, judged_buildings
from wijktwin.model.plan import Tenure
from wijktwin.model.whereabouts import plan_area, street_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.plan import Volume
    from wijktwin.model.scenario import Scenario

AROUND: Final = 1.5
"""How wide a building's own strip of colour lies around it: its roof hides the ground under it. [m]"""
AROUND_NEW: Final = 5.0
"""The same around a new building: there are few of them, and they are tall. [m]"""
WIND_CLASSES: Final = (Decision.NONE, Decision.OPEN, Decision.EXPERT, Decision.STUDY)
"""From least to most; a value is the place of its class."""
DWELLINGS: Final = frozenset({"total", "by_type", "new", "removed"})
FLOORS: Final = frozenset({"gross_floor_area", "new_floor_area", "floor_space_index", "open_space_ratio"})
HEIGHTS: Final = frozenset({"tallest", "median"})

Place = tuple["BaseGeometry", float]


@dataclass(frozen=True, slots=True)
class BuiltValues:
    """Places with a value each; ``what`` is a key of words."""

    what: str
    unit: Unit
    places: tuple[Place, ...]
    is_change: bool


def built_values(impact: str, scenario: Scenario, *, assumptions: Assumptions) -> BuiltValues | None:
    """The places that a figure about building is made of; None where it has none."""
    group, _, name = impact.partition(".")
    make: Mapping[str, Callable[[], BuiltValues | None]] = {
        "dwellings": lambda: _dwellings(name, scenario),
        "density": lambda: _density(name, scenario, assumptions),
        "height": lambda: _heights(scenario, assumptions) if name in HEIGHTS else None,
        "wind": lambda: _wind(scenario),
        "parking": lambda: _parking_today(scenario) if name == "street_total" else None,
    }
    found = make[group]() if group in make else None
    return found if found is not None and found.places else None


def strip_around(volume: Volume) -> BaseGeometry:
    """The ground on which a new building is coloured."""
    return volume.footprint.buffer(AROUND_NEW)


def _of_buildings(values: FloatArray, rows: BoolArray, scenario: Scenario) -> list[Place]:
    """The buildings of some rows that have an outline and a value, each as a strip around it."""
    outlines = scenario.neighbourhood.buildings.footprints
    return [
        (outlines[row].buffer(AROUND), float(values[row]))
        for row in np.flatnonzero(rows & np.isfinite(values))
        if outlines[row] is not None
    ]


def _above_ground(scenario: Scenario) -> list[Volume]:
    return [volume for _, volume in scenario.volumes if not volume.is_below_ground]


def _gone_and_new(values: FloatArray, new: list[Place], scenario: Scenario, counted: BoolArray) -> tuple[tuple[Place, ...], bool]:
    """What goes, below none, and what comes; today all there is. And whether that is a change."""
    if scenario.is_baseline:
        return tuple(_of_buildings(values, counted, scenario)), False
    gone = _of_buildings(-values, counted & ~scenario.remaining_rows, scenario)
    return tuple(place for place in (*gone, *new) if place[1]), True


# ------------------------------------------------------------------------------------------------------------- dwellings
def _dwellings(name: str, scenario: Scenario) -> BuiltValues | None:
    table = dwelling_addresses(scenario.neighbourhood)
    if table is None:
        return None
    buildings = scenario.neighbourhood.buildings
    if name == "social_share":
        known = table[table["tenure"] != ""]
        share = (known["tenure"] == Tenure.SOCIAL_RENT.value).groupby(known["building_id"]).mean()
        values: FloatArray = 100.0 * _by_building(share, buildings.building_ids)
        stays = _of_buildings(values, scenario.remaining_rows, scenario)
        return BuiltValues("social_share", Unit.PER_CENT, (*stays, *_new_shares(scenario)), is_change=False)
    if name not in DWELLINGS:
        return None
    n = _by_building(table["building_id"].value_counts(sort=False), buildings.building_ids)
    everywhere = np.ones(len(n), dtype=np.bool_)
    return BuiltValues("dwellings", Unit.COUNT, *_gone_and_new(n, _new_dwellings(scenario), scenario, everywhere))


def _by_building(values: pd.Series[Any], building_ids: Sequence[str]) -> FloatArray:
    """In the order of the buildings, NaN where there is none."""
    found = values.reindex(list(building_ids))
    return np.asarray(found, dtype=np.float64)


def _new_dwellings(scenario: Scenario) -> list[Place]:
    """In each new building what the plan says is in it; what it does not place, in the whole plan."""
    found: list[Place] = []
    for plan in scenario.ordered_plans:
        by_volume: dict[str | None, float] = {}
        for group in plan.dwellings:
            by_volume[group.volume_id] = by_volume.get(group.volume_id, 0.0) + group.count
        for volume_id, count in by_volume.items():
            volume = None if volume_id is None else plan.volume(volume_id)
            found.append((plan_area(plan, scenario.neighbourhood) if volume is None else strip_around(volume), count))
    return found


def _new_shares(scenario: Scenario) -> list[Place]:
    """Of each plan the share of social rent among its new dwellings of which the plan says the tenure. [%]"""
    found: list[Place] = []
    for plan in scenario.ordered_plans:
        known = [group for group in plan.dwellings if group.tenure]
        total = sum(group.count for group in known)
        if total > 0:
            social = sum(group.count for group in known if group.tenure == Tenure.SOCIAL_RENT.value)
            found.append((plan_area(plan, scenario.neighbourhood), 100.0 * social / total))
    return found


# ------------------------------------------------------------------------------------------------------ floors and heights
def _density(name: str, scenario: Scenario, assumptions: Assumptions) -> BuiltValues | None:
    neighbourhood = scenario.neighbourhood
    counted, outlines = assessed_buildings(neighbourhood), footprint_areas(neighbourhood.buildings)
    standing = [volume for volume in _above_ground(scenario) if volume.touches_ground]
    if name == "ground_space_index":
        new = [(strip_around(volume), float(volume.footprint.area)) for volume in standing]
        return BuiltValues("built_area", Unit.SQUARE_METRES, *_gone_and_new(outlines, new, scenario, counted))
    if name not in FLOORS | {"mean_storeys"}:
        return None
    floors = building_floor_areas(neighbourhood.buildings, use=building_uses(neighbourhood), assumptions=assumptions).value
    areas = [(volume, volume_floor_area(volume, assumptions=assumptions).value) for volume in _above_ground(scenario)]
    if name == "mean_storeys":
        with np.errstate(invalid="ignore", divide="ignore"):
            storeys = np.round(floors / outlines, 1)
        stays = _of_buildings(storeys, counted & scenario.remaining_rows, scenario)
        own = [(strip_around(each), round(area / float(each.footprint.area), 1)) for each, area in areas if each.footprint.area > 0]
        return BuiltValues("storeys", Unit.COUNT, (*stays, *own), is_change=False)
    new = [(strip_around(volume), area) for volume, area in areas]
    return BuiltValues("floor_area", Unit.SQUARE_METRES, *_gone_and_new(floors, new, scenario, counted))


def _heights(scenario: Scenario, assumptions: Assumptions) -> BuiltValues:
    """Of every building that the figures about height look at, and of every new one."""
    neighbourhood = scenario.neighbourhood
    counted = assessed_buildings(neighbourhood) & main_buildings(neighbourhood, assumptions=assumptions) & scenario.remaining_rows
    stays = _of_buildings(scenario.neighbourhood.buildings.numbers["height"], counted, scenario)
    new = [(strip_around(volume), float(volume.height)) for volume in _above_ground(scenario)]
    return BuiltValues("height", Unit.METRES, (*stays, *new), is_change=False)


# ------------------------------------------------------------------------------------------------------- wind and parking
def _wind(scenario: Scenario) -> BuiltValues:
    """What the decision tree says of each new building, as the place of its class in `WIND_CLASSES`."""
    judged = (each for plan in scenario.ordered_plans for each in judged_buildings(scenario, plan))
    places = [(strip_around(volume), float(WIND_CLASSES.index(each.decision))) for each in judged for volume in each.building]
    return BuiltValues("wind", Unit.COUNT, tuple(places), is_change=False)


def _parking_today(scenario: Scenario) -> BuiltValues | None:
    """Places in each street today; with plans each street that changes has a figure of its own."""
    table = scenario.neighbourhood.ground_table
    if not scenario.is_baseline or table is None or not len(table):
        return None
    counted = {name: supply.places for name, supply in supply_today(scenario.neighbourhood).items() if not supply.n_uncounted}
    shapes = ((street_shape(name, scenario), places) for name, places in counted.items())
    return BuiltValues("parking", Unit.COUNT, tuple((shape, places) for shape, places in shapes if shape is not None), is_change=False)
