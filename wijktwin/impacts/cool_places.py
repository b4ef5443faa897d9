"""Cool green places, and how far each home is from one.

A cool place is public green beneath tree crowns that touch or overlap, of at least the size in ``data/norms/heat.toml``. Distances are
straight lines from the address to its edge: walking is further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.dwellings import dwelling_addresses
from wijktwin.impacts.green_places import crowns, public_green
from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.model.mesh import BoolArray, FloatArray

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.model.scenario import Scenario

NORMS: Final = "heat.toml"
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class CoolAtHomes:
    """How far each home is from a cool place, in the order of the address table.

    Parameters
    ----------
    address_ids
        Length n.
    before, after
        Shape (n,); infinite where there is no cool place at all. [m]
    is_there
        False for homes whose building goes, shape (n,).
    """

    address_ids: tuple[str, ...]
    before: FloatArray
    after: FloatArray
    is_there: BoolArray


def cool_at_homes(scenario: Scenario) -> CoolAtHomes | str:
    """Every home's distance to a cool place now and after the plans; where that is not known, the key of the reason."""
    neighbourhood = scenario.neighbourhood
    chosen, table = dwelling_addresses(neighbourhood), neighbourhood.address_table
    if chosen is None or table is None:
        return "no_addresses"
    if neighbourhood.ground_table is None or not len(neighbourhood.ground_table):
        return "no_ground"
    trees = neighbourhood.tree_table
    if trees is None or not len(trees):
        return "no_trees"
    if not np.isfinite(scenario.trees["crown_diameter"]).all():
        return "crowns_not_known" if not np.isfinite(trees["crown_diameter"]).all() else "crowns_not_stated"
    points = np.asarray(table.geometry.loc[chosen.index].to_numpy(), dtype=object)
    before = kept(neighbourhood, "cool", lambda: _distances(points, cool_places(trees, public_green(neighbourhood.ground))))
    after = kept(scenario, "cool", lambda: _then(scenario, points)) if _changes(scenario) else before
    is_there = ~chosen["building_id"].isin(scenario.demolished).to_numpy()
    return CoolAtHomes(tuple(table["address_id"].loc[chosen.index]), before, after, is_there)


def cool_places(trees: gpd.GeoDataFrame, green: Shapes) -> Shapes:
    """Public green beneath crowns that touch or overlap, as polygons of at least the size of a cool place.

    Parameters
    ----------
    green
        Outlines of public green, shape (n,).
    """
    discs = crowns(trees)
    if not len(discs) or not len(green):
        return np.zeros(0, dtype=object)
    disc, outline = shapely.STRtree(green).query(discs, predicate="intersects")
    parts = shapely.get_parts(shapely.union_all(shapely.intersection(discs[disc], green[outline])))
    return np.asarray(parts[shapely.area(parts) >= norm_value(NORMS, "cool_size").value], dtype=object)


def _changes(scenario: Scenario) -> bool:
    """Whether any plan has a hand in trees or ground."""
    return any(plan.felled or plan.planted or plan.ground_changes or plan.volumes for plan in scenario.plans)


def _then(scenario: Scenario, points: Shapes) -> FloatArray:
    return _distances(points, cool_places(scenario.trees, public_green(ground_within(scenario))))


def _distances(points: Shapes, places: Shapes) -> FloatArray:
    found = np.full(len(points), np.inf)
    if len(places) and len(points):
        row, distance = shapely.STRtree(places).query_nearest(points, return_distance=True, all_matches=False)
        found[row[0]] = distance
    return found
