"""What every home has of trees and green places: the 3 and the 300 of 3-30-300, home by home.

Homes are the addresses that are dwellings. Dwellings that a plan adds are not among them: a plan does not say where their windows are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.dwellings import dwelling_addresses
from wijktwin.impacts.green_clusters import clustered_green_places
from wijktwin.impacts.green_places import nearest_distance, public_green
from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.impacts.sight_lines import OUTSIDE, home_shapes, near_and_seen
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.surroundings import GroundKind

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

NORMS: Final = "green.toml"
REACH: Final = "home_reach"
PATH: Final = "green_path"
NARROWEST: Final = "green_narrowest"
IndexArray = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """Where homes are, in the order of the address table.

    Parameters
    ----------
    address_ids, building_ids
        Length n.
    points, shapes
        Address and the part of the map that the home takes, shape (n,). [real coordinates]
    own
        Row of the building, `sight_lines.OUTSIDE` where it is not known, shape (n,).
    """

    address_ids: tuple[str, ...]
    building_ids: tuple[str, ...]
    points: Shapes
    shapes: Shapes
    own: IndexArray

    def __len__(self) -> int:
        """How many."""
        return len(self.address_ids)


@dataclass(frozen=True, slots=True, eq=False)
class GreenAtHomes:
    """What each home has, all of shape (n,); ``is_there`` is False for homes whose building goes.

    Parameters
    ----------
    trees, trees_of_unknown_size
        Large trees in view, and trees in view that may be large; None where no trees are known.
    distance
        To the nearest green place that is large enough, in a straight line from the address [m]; infinite where there is none;
        None where no ground is known.
    """

    homes: Homes
    is_there: BoolArray
    trees: IndexArray | None
    trees_of_unknown_size: IndexArray | None
    distance: FloatArray | None

    def has_trees(self) -> BoolArray | None:
        """Which homes have as many large trees in view as the rule asks."""
        return None if self.trees is None else self.is_there & (self.trees >= norm_value(NORMS, "trees").value)

    def may_have_trees(self) -> BoolArray | None:
        """The same if every tree of unknown size is a large one."""
        if self.trees is None or self.trees_of_unknown_size is None:
            return None
        return self.is_there & (self.trees + self.trees_of_unknown_size >= norm_value(NORMS, "trees").value)

    def has_green_near(self) -> BoolArray | None:
        """Which homes have a green place within the distance of the rule."""
        return None if self.distance is None else self.is_there & (self.distance <= norm_value(NORMS, "place_distance").value)


def green_at_homes(scenario: Scenario, *, assumptions: Assumptions, reach: float | None = None) -> tuple[GreenAtHomes, GreenAtHomes] | None:
    """What every home has now and after the plans; None where no addresses are known.

    For one address: ``row = before.homes.address_ids.index(address_id)``.

    Parameters
    ----------
    reach
        Another reach of a home around its address [m]; distances are the same whatever it is.
    """
    own = assumptions[REACH].value if reach is None else reach
    chosen = (own, assumptions[PATH].value, assumptions[NARROWEST].value)
    neighbourhood = scenario.neighbourhood
    homes = homes_with_reach(neighbourhood, chosen[0])
    if homes is None:
        return None
    before = kept(neighbourhood, ("green at homes", chosen), lambda: _now(neighbourhood, homes, chosen))
    return before, kept(scenario, ("green at homes", chosen), lambda: _then(scenario, before, chosen))


def homes_with_reach(neighbourhood: Neighbourhood, reach: float) -> Homes | None:
    """All homes as they lie when each reaches so far around its address [m]; None where no addresses are known."""
    return kept(neighbourhood, ("homes", reach), lambda: _homes(neighbourhood, reach=reach))


def _homes(neighbourhood: Neighbourhood, *, reach: float) -> Homes | None:
    chosen = dwelling_addresses(neighbourhood)
    table = neighbourhood.address_table
    if chosen is None or table is None:
        return None
    rows = neighbourhood.buildings.rows
    own = np.array([rows.get(each, OUTSIDE) for each in chosen["building_id"]], dtype=np.int64)
    points = np.asarray(table.geometry.loc[chosen.index].to_numpy(), dtype=object)
    shapes = home_shapes(points, own, neighbourhood.buildings.footprints, reach=reach)
    return Homes(tuple(table["address_id"].loc[chosen.index]), tuple(chosen["building_id"]), points, shapes, own)


def _now(neighbourhood: Neighbourhood, homes: Homes, chosen: tuple[float, ...]) -> GreenAtHomes:
    trees, unknown = _trees_seen(homes, np.arange(len(homes)), neighbourhood.tree_table, neighbourhood.buildings.footprints)
    distance = None
    if neighbourhood.ground_table is not None and len(neighbourhood.ground_table):
        table = neighbourhood.ground_table
        distance = kept(neighbourhood, ("green distance", chosen[1:]), lambda: _distances(homes, public_green(table), chosen))
    return GreenAtHomes(homes, np.ones(len(homes), dtype=np.bool_), trees, unknown, distance)


def _then(scenario: Scenario, before: GreenAtHomes, chosen: tuple[float, ...]) -> GreenAtHomes:
    homes, gone = before.homes, scenario.demolished
    is_there = np.fromiter((each not in gone for each in homes.building_ids), dtype=np.bool_, count=len(homes))
    after = replace(before, is_there=is_there)
    if scenario.is_baseline:
        return after
    if before.trees is not None and before.trees_of_unknown_size is not None:
        near = _homes_near_change(scenario, homes)
        if len(near):
            trees, unknown = before.trees.copy(), before.trees_of_unknown_size.copy()
            seen = _trees_seen(homes, near, scenario.trees, _outlines_then(scenario))
            if seen[0] is None or seen[1] is None:
                seen = (np.zeros(len(near), dtype=np.int64), np.zeros(len(near), dtype=np.int64))
            trees[near], unknown[near] = seen
            after = replace(after, trees=trees, trees_of_unknown_size=unknown)
    if before.distance is not None and changes_public_green(scenario):
        places = ("green distance", chosen[1:])
        distance = kept(scenario, places, lambda: _distances(homes, public_green(ground_within(scenario)), chosen))
        after = replace(after, distance=distance)
    return after


def changes_public_green(scenario: Scenario) -> bool:
    """Whether any plan lays something on public green, or makes some."""
    changes = [change for plan in scenario.plans for change in plan.ground_changes]
    if any(change.kind is GroundKind.GREEN for change in changes):
        return True
    drawn = [change.footprint for change in changes]
    drawn += [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
    table = scenario.neighbourhood.ground_table
    if not drawn or table is None:
        return False
    return bool(len(shapely.STRtree(public_green(table)).query(np.array(drawn, dtype=object), predicate="intersects")[0]))


def _outlines_then(scenario: Scenario) -> Shapes:
    """Outlines of what stands after the plans: those of buildings by their rows, None for those that go, then new volumes."""
    outlines = np.array(scenario.neighbourhood.buildings.footprints, dtype=object)
    outlines[~scenario.remaining_rows] = None
    new = [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
    return np.concatenate([outlines, np.array([*new, None], dtype=object)[:-1]])


def _homes_near_change(scenario: Scenario, homes: Homes) -> IndexArray:
    """Homes whose view of trees a plan may change: near trees that come or go, volumes, and buildings that go."""
    table, changed = scenario.neighbourhood.tree_table, []
    if table is not None:
        changed += list(table.geometry.to_numpy()[table["tree_id"].isin(scenario.felled).to_numpy()])
    changed += [tree.point for plan in scenario.plans for tree in plan.planted]
    changed += [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
    changed += [each for each in scenario.neighbourhood.buildings.footprints[~scenario.remaining_rows] if each is not None]
    if not changed:
        return np.zeros(0, dtype=np.int64)
    tree = shapely.STRtree(homes.shapes)
    near = tree.query(np.array(changed, dtype=object), predicate="dwithin", distance=norm_value(NORMS, "tree_distance").value)
    return np.asarray(np.unique(near[1]), dtype=np.int64)


def _trees_seen(
    homes: Homes, rows: IndexArray, table: gpd.GeoDataFrame | None, obstacles: Shapes
) -> tuple[IndexArray, IndexArray] | tuple[None, None]:
    """Large trees in view of some homes, and those that may be large, both of the shape of ``rows``."""
    if table is None or not len(table):
        return None, None
    crown = table["crown_diameter"].to_numpy(dtype=np.float64)
    needed = norm_value(NORMS, "tree_crown").value
    may_count = np.flatnonzero(~(np.pi / 4.0 * crown**2 < needed))
    points = np.asarray(table.geometry.to_numpy()[may_count], dtype=object)
    distance = norm_value(NORMS, "tree_distance").value
    pairs = near_and_seen(homes.shapes[rows], homes.own[rows], points, obstacles, distance=distance)
    is_known = np.isfinite(crown[may_count])[pairs.tree]
    sure, maybe = (
        np.bincount(pairs.home[pairs.is_seen & chosen], minlength=len(rows)).astype(np.int64) for chosen in (is_known, ~is_known)
    )
    return sure, maybe


def _distances(homes: Homes, outlines: Shapes, chosen: tuple[float, ...]) -> FloatArray:
    """Straight line from each address to the nearest green place that is large enough, of outlines of public green, shape (n,). [m]"""
    _, path, narrowest = chosen
    smallest = norm_value(NORMS, "place_size").value
    return nearest_distance(homes.points, clustered_green_places(outlines, path=path, narrowest=narrowest, smallest=smallest))
