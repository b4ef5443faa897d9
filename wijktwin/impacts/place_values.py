"""What a figure is made of, place by place: homes, gardens, streets, trees and pieces of ground with a value each, for a map in colours.

Only figures that have a value for every place are here; a figure of the neighbourhood as a whole has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.afternoon import Walked, afternoon
from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.built_values import AROUND, built_values
from wijktwin.impacts.cool_places import cool_at_homes
from wijktwin.impacts.ground import GRID, changed_area, changes_ground, merged, surfaces_now, surfaces_then
from wijktwin.impacts.ground import IMPACTS as GROUND_FIGURES
from wijktwin.impacts.heat import BEGINS, COOL, LIGHT, SHADE, SHADED, nothing_to_shade
from wijktwin.impacts.home_values import home_values
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.reachability import longer_by_home
from wijktwin.impacts.routes import compared
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.sunlight.on_ground import GroundUse
from wijktwin.impacts.sunlight.tree_figures import WITH_TREES, ground_with_trees
from wijktwin.impacts.water import MILLIMETRE, ON_PAVED, PAVED
from wijktwin.impacts.water import NORMS as RAIN
from wijktwin.model.mesh import FloatArray
from wijktwin.model.network import Mode
from wijktwin.model.surroundings import DestinationKind

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.new_ground import SunOnNewGround
    from wijktwin.impacts.sunlight.points import SunPoints
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.scenario import Scenario

Shapes = NDArray[np.object_]

TREE_RADIUS: Final = 2.0
"""How a tree is shown of which nobody knows the crown. [m]"""
SMALLEST_CHANGE: Final = 0.5
"""Smaller changes of shade or sun are none: no figure is shown that finely. [% or min]"""
NEW: Final = "new_"
"""How figures begin about ground that is new."""
SMALLEST_PIECE: Final = 0.5
"""Smaller pieces of ground are the rounding of outlines. [m²]"""


class What(StrEnum):
    """What the value of a place is; keys of words."""

    DETOUR = "detour"
    WAY = "way"
    SHADE = "shade"
    COOL = "cool"
    GROUND = "ground"
    RAIN = "rain"
    TREES = "trees"
    SUN = "sun"
    SUN_AT_HOME = "sun_at_home"
    SUN_OF_NORM = "sun_of_norm"
    SKY_IN_VIEW = "sky_in_view"
    GREEN_IN_VIEW = "green_in_view"
    PLAN_IN_VIEW = "plan_in_view"
    LOOKED_AT = "looked_at"
    LARGE_TREES = "large_trees"
    GREEN_PLACE = "green_place"
    DWELLINGS = "dwellings"
    SOCIAL_SHARE = "social_share"
    FLOOR_AREA = "floor_area"
    BUILT_AREA = "built_area"
    STOREYS = "storeys"
    HEIGHT = "height"
    WIND = "wind"
    PARKING = "parking"


@dataclass(frozen=True, slots=True, eq=False)
class PlaceValues:
    """Places with a value each.

    Parameters
    ----------
    shapes
        In real coordinates, shape (n,).
    values
        In ``unit``, shape (n,); infinite where something cannot be reached (any more), NaN where nobody knows.
    is_change
        The values are differences with today.
    """

    what: What
    shapes: Shapes
    values: FloatArray
    unit: Unit
    is_change: bool


def place_values(impact: str, identifier: str, scenario: Scenario, *, assumptions: Assumptions) -> PlaceValues | None:
    """The places of a figure; None where it has no value for each of its places, or nobody has computed it yet.

    Parameters
    ----------
    identifier
        Of what the figure is about: a day for hours of sun.
    """
    group, _, name = impact.partition(".")
    make: Mapping[str, Callable[[], PlaceValues | None]] = {
        "reachability": lambda: _ways(name, scenario, assumptions),
        "heat": lambda: _heat(impact, scenario, assumptions),
        "ground": lambda: _pieces(What.GROUND, (impact,), 1.0, Unit.SQUARE_METRES, scenario) if impact in GROUND_FIGURES else None,
        "water": lambda: _rain(impact, scenario),
        "trees": lambda: _trees(scenario),
        "green": lambda: _trees(scenario) if name == "canopy" else None,
        "sunlight": lambda: _sun(name, identifier, scenario, assumptions),
    }
    found = make[group]() if group in make else None
    found = _homes(impact, identifier, scenario, assumptions) if found is None else found
    found = _built(impact, scenario, assumptions) if found is None else found
    return found if found is not None and len(found.values) else None


# ---------------------------------------------------------------------------------------------------------------- homes
def _homes(impact: str, identifier: str, scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    found = home_values(impact, identifier, scenario, assumptions=assumptions)
    if found is None:
        return None
    ids, what = np.array(found.building_ids, dtype=np.str_), What(found.what)
    return _of_homes(what, found.values, ids, scenario, is_change=found.is_change, unit=found.unit)


def _built(impact: str, scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    found = built_values(impact, scenario, assumptions=assumptions)
    if found is None:
        return None
    shapes = np.zeros(len(found.places), dtype=object)
    shapes[:] = [shape for shape, _ in found.places]
    return PlaceValues(What(found.what), shapes, np.array([value for _, value in found.places]), found.unit, found.is_change)


def _ways(name: str, scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    mode_word, _, what = name.partition("_")
    mode = Mode(mode_word)
    found = compared(scenario, assumptions=assumptions)
    if found is None:
        return None
    if what not in set(DestinationKind):
        longer = longer_by_home(scenario, mode, assumptions=assumptions)
        values = np.array([longer.get(str(each), np.nan) for each in found.baseline.homes.address_ids])
        return _of_homes(What.DETOUR, values, found.baseline.homes.building_ids, scenario, is_change=True)
    key = (mode, DestinationKind(what))
    if key not in found.before.there or key not in found.after.there:
        return None
    before, after = found.before.length(key), found.after.length(key)
    with np.errstate(invalid="ignore"):
        values = after if scenario.is_baseline else after - before
    values = np.where(found.stays, values, np.nan)
    return _of_homes(What.WAY, values, found.baseline.homes.building_ids, scenario, is_change=not scenario.is_baseline)


def _of_homes(
    what: What, values: FloatArray, building_ids: NDArray[np.str_], scenario: Scenario, *, is_change: bool, unit: Unit = Unit.METRES
) -> PlaceValues:
    """The largest value of the homes in each building, as a strip around it; what is smaller than none is the lowest."""
    buildings = scenario.neighbourhood.buildings
    largest: dict[str, float] = {}
    for name, value in zip(building_ids.tolist(), values.tolist(), strict=True):
        if not np.isnan(value) and name not in scenario.demolished:
            known = largest.get(name)
            largest[name] = value if known is None or abs(value) > abs(known) else known
    told = {name: value for name, value in largest.items() if name in buildings and buildings.footprint(buildings.rows[name]) is not None}
    shapes = np.zeros(len(told), dtype=object)
    shapes[:] = [shapely.buffer(buildings.footprint(buildings.rows[name]), AROUND) for name in told]
    return PlaceValues(what, shapes, np.array(list(told.values()), dtype=np.float64), unit, is_change)


def _heat(impact: str, scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    if impact in {SHADE, SHADED}:
        return _shade(scenario, assumptions)
    if impact != COOL:
        return None
    found = cool_at_homes(scenario)
    if isinstance(found, str):
        return None
    with np.errstate(invalid="ignore"):
        values = found.after if scenario.is_baseline else found.after - found.before
    table = scenario.neighbourhood.addresses.set_index("address_id")["building_id"]
    ids = table.loc[list(found.address_ids)].to_numpy(dtype=np.str_)
    return _of_homes(What.COOL, np.where(found.is_there, values, np.nan), ids, scenario, is_change=not scenario.is_baseline)


# --------------------------------------------------------------------------------------------------------------- ground
def _shade(scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    """Which share of the afternoon each piece of what people walk on lies in the shade; of a change only pieces drawn as they are now."""
    if nothing_to_shade(scenario):
        return None
    before, after = afternoon(scenario, begins=assumptions[BEGINS].value)
    light = assumptions[LIGHT].value
    then = _shares(after, light)
    if scenario.is_baseline:
        return PlaceValues(What.SHADE, after.shapes, then, Unit.PER_CENT, is_change=False)
    now = dict(zip(shapely.to_wkb(before.shapes).tolist(), _shares(before, light).tolist(), strict=True))
    known = np.array([now.get(each, np.nan) for each in shapely.to_wkb(after.shapes).tolist()], dtype=np.float64)
    return PlaceValues(What.SHADE, after.shapes, _told(then - known), Unit.PER_CENT, is_change=True)


def _told(changes: FloatArray) -> FloatArray:
    """Changes, none where one is smaller than any figure is shown."""
    return np.where(np.abs(changes) < SMALLEST_CHANGE, 0.0, changes)


def _shares(walked: Walked, light: float) -> FloatArray:
    if not walked.by_buildings.size:
        return np.zeros(len(walked.areas))
    shaded = (walked.by_buildings + (1.0 - light) * walked.by_crowns).mean(axis=0)
    share: FloatArray = 100.0 * shaded / np.maximum(walked.areas, SMALLEST_PIECE)
    return share


def _pieces(what: What, impacts: tuple[str, ...], per_square_metre: float, unit: Unit, scenario: Scenario) -> PlaceValues | None:
    """Pieces of ground that begin or end to count in a figure; for rain without plans, all that do."""
    table = scenario.neighbourhood.ground_table
    if table is None or not len(table):
        return None
    now = surfaces_now(scenario)
    if not changes_ground(scenario):
        if what is What.GROUND or not scenario.is_baseline:
            return None
        own = now.of_impact(*impacts)
        return PlaceValues(what, own, shapely.area(own) * per_square_metre, unit, is_change=False)
    area = changed_area(scenario)
    one, other = (merged(each.within(area), *impacts) for each in (now, surfaces_then(scenario)))
    shapes, values = [], []
    gone, new = (shapely.difference(*pair, grid_size=GRID) for pair in ((one, other), (other, one)))
    for changed, sign in ((gone, -1.0), (new, 1.0)):
        for piece in shapely.get_parts(changed):
            if piece.geom_type == "Polygon" and piece.area >= SMALLEST_PIECE:
                shapes.append(piece)
                values.append(sign * piece.area * per_square_metre)
    return PlaceValues(what, np.array([*shapes, None], dtype=object)[:-1], np.array(values), unit, is_change=True)


def _rain(impact: str, scenario: Scenario) -> PlaceValues | None:
    if impact != ON_PAVED:
        return None
    depth = norm_value(RAIN, "shower").value * MILLIMETRE
    return _pieces(What.RAIN, PAVED, depth, Unit.CUBIC_METRES, scenario)


def _trees(scenario: Scenario) -> PlaceValues | None:
    """Trees that go and that come."""
    now, then = scenario.neighbourhood.tree_table, scenario.trees
    if now is None or scenario.is_baseline:
        return None
    gone, new = now[now["tree_id"].isin(scenario.felled)], then[then["plan_id"] != ""]
    shapes = [
        point.buffer(diameter / 2.0 if diameter > 0 else TREE_RADIUS)
        for table in (gone, new)
        for point, diameter in zip(table.geometry, table["crown_diameter"], strict=True)
    ]
    values = np.array([-1.0] * len(gone) + [1.0] * len(new))
    return PlaceValues(What.TREES, np.array([*shapes, None], dtype=object)[:-1], values, Unit.COUNT, is_change=True)


def _sun(name: str, identifier: str, scenario: Scenario, assumptions: Assumptions) -> PlaceValues | None:
    """Mean sun on each garden, playground, square or pavement on a day, where it has been computed."""
    has_trees = name.endswith(WITH_TREES)
    use, is_new = name.removesuffix(WITH_TREES).removesuffix("_losing").removeprefix(NEW), name.startswith(NEW)
    if use not in set(GroundUse):
        return None
    ready = sunlight_desk(scenario.neighbourhood, assumptions=assumptions).ready(scenario)
    if ready is None:
        return None
    ground, day = ready.ground, date.fromisoformat(identifier)
    if day not in ground.days:
        return None
    if is_new:
        return None if ready.new_ground is None else _sun_on_new(ready.new_ground, GroundUse(use), day, scenario)
    hours, points = ground.hours(day), ground.study.points
    minutes = hours.before if scenario.is_baseline else hours.after - hours.before
    if has_trees:
        sun, at = ground_with_trees(ground, assumptions=assumptions), ground.days.index(day)
        minutes = sun.before[at].minutes if scenario.is_baseline else np.where(ground.is_built_over, np.nan, sun.change[at].minutes)
    shapes, mean = _by_surface(points, minutes, ground.rows(GroundUse(use)) & ground.is_left, scenario.neighbourhood.ground)
    return PlaceValues(What.SUN, shapes, mean if scenario.is_baseline else _told(mean), Unit.MINUTES, is_change=not scenario.is_baseline)


def _sun_on_new(ground: SunOnNewGround, use: GroundUse, day: date, scenario: Scenario) -> PlaceValues:
    """The same on ground that is new: there is no today."""
    shapes, mean = _by_surface(ground.points, ground.after(day).minutes, ground.rows(use), scenario.ground)
    return PlaceValues(What.SUN, shapes, mean, Unit.MINUTES, is_change=False)


def _by_surface(points: SunPoints, minutes: FloatArray, counts: BoolArray, table: gpd.GeoDataFrame) -> tuple[Shapes, FloatArray]:
    """Outlines of the surfaces with points that count, and the mean on each, each of shape (n,)."""
    chosen = np.flatnonzero(counts & np.isfinite(minutes))
    total = np.bincount(points.target[chosen], weights=minutes[chosen], minlength=len(points.targets))
    count = np.bincount(points.target[chosen], minlength=len(points.targets))
    outlines = dict(zip(table["surface_id"], table.geometry, strict=True))
    rows = np.flatnonzero(count)
    shapes = np.zeros(len(rows), dtype=object)
    shapes[:] = [outlines[points.targets[row].identifier] for row in rows]
    return shapes, total[rows] / count[rows]
