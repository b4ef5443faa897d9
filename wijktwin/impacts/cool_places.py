"""Cool green places, and how far each home is from one: along the streets where the data hold them, else in a straight line.

A cool place is public green beneath tree crowns that touch or overlap, of at least the size in ``data/norms/heat.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.dwellings import dwelling_addresses
from wijktwin.impacts.green_places import crowns, nearest_distance, public_green
from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.kept import kept
from wijktwin.impacts.norm_values import norm_value
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.network import Mode, Segments, Stops, attached, graph, joined_stops, segments_of, topology

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.model.scenario import Scenario

NORMS: Final = "heat.toml"
Shapes = NDArray[np.object_]

FROM_THE_STREET: Final = 50.0
"""Somebody walks straight from a street to a cool place that lies within this distance of it. [m]"""
APART: Final = 2.5
"""Along such a street people can leave it every so many metres, and where it comes nearest to the place. [m]"""


@dataclass(frozen=True, slots=True, eq=False)
class CoolAtHomes:
    """How far each home is from a cool place, in the order of the address table.

    Parameters
    ----------
    address_ids
        Length n.
    before, after
        Shape (n,); infinite where there is no cool place, or no way to one. [m]
    is_there
        False for homes whose building goes, shape (n,).
    on_foot
        Whether distances run along the streets; else they are straight lines.
    n_unconnected
        Homes with no street near enough: they have no way to anywhere.
    """

    address_ids: tuple[str, ...]
    before: FloatArray
    after: FloatArray
    is_there: BoolArray
    on_foot: bool
    n_unconnected: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Homes:
    """Addresses, with where they get on the streets; ``segments`` is None where the data hold no streets to walk."""

    points: Shapes
    segments: Segments | None
    stops: Stops | None


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
    own = table.loc[chosen.index]
    homes = kept(neighbourhood, "homes on streets", lambda: _homes_on(own, neighbourhood.street_table))
    before = kept(neighbourhood, "cool", lambda: distances(homes, cool_places(trees, public_green(neighbourhood.ground))))
    after = kept(scenario, "cool", lambda: _then(scenario, homes)) if _changes(scenario) else before
    is_there = ~chosen["building_id"].isin(scenario.demolished).to_numpy()
    n_unconnected = 0 if homes.stops is None else int((~homes.stops.is_connected).sum())
    return CoolAtHomes(tuple(own["address_id"]), before, after, is_there, homes.stops is not None, n_unconnected)


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
    parts = shapely.get_parts(shapely.disjoint_subset_union_all(shapely.intersection(discs[disc], green[outline])))
    return np.asarray(parts[shapely.area(parts) >= norm_value(NORMS, "cool_size").value], dtype=object)


def _homes_on(table: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None) -> _Homes:
    points = np.asarray(table.geometry.to_numpy(), dtype=object)
    if streets is None or not len(streets):
        return _Homes(points, None, None)
    segments = segments_of(streets)
    usable = segments.may[Mode.WALK]
    if not usable.any():
        return _Homes(points, None, None)
    return _Homes(points, segments, attached(points, segments, usable, names=table["street"].to_numpy(dtype=np.str_)))


def _changes(scenario: Scenario) -> bool:
    """Whether any plan has a hand in trees or ground, or streets lie under water."""
    return bool(scenario.flooded) or any(plan.felled or plan.planted or plan.ground_changes or plan.volumes for plan in scenario.plans)


def _then(scenario: Scenario, homes: _Homes) -> FloatArray:
    places = cool_places(scenario.trees, public_green(ground_within(scenario)))
    return distances(homes, places, flooded=scenario.flooded)


def distances(homes: _Homes, places: Shapes, *, flooded: frozenset[str] = frozenset()) -> FloatArray:
    """From each address to the nearest place, shape (n,); infinite where there is none, or no way. [m]

    Along the streets: from the address straight to its street, along the streets people may walk, and straight to the edge of a place
    that lies within `FROM_THE_STREET`.
    """
    if homes.segments is None or homes.stops is None:
        return nearest_distance(homes.points, places)
    found = np.full(len(homes.points), np.inf)
    if not len(places) or not len(found):
        return found
    along, against = homes.segments.directions(Mode.WALK, flooded=flooded)
    doors = _doors(places, homes.segments, along)
    cut = topology(homes.segments, joined_stops(homes.stops, doors))
    at, to = cut.stop_nodes[: len(found)], cut.stop_nodes[len(found) :]
    away = graph(cut, along, against).to_nearest(to, gaps=doors.gap)
    on = at >= 0
    found[on] = away[at[on]] + homes.stops.gap[on]
    return found


def _doors(places: Shapes, segments: Segments, usable: BoolArray) -> Stops:
    """Where people can leave a street for a place, as stops with what is left to walk straight.

    All along a street that lies near a place, `APART` from each other: who lives at its other end does not first walk to where it comes
    nearest.
    """
    rows = np.flatnonzero(usable)
    place, near = shapely.STRtree(segments.lines[rows]).query(places, predicate="dwithin", distance=FROM_THE_STREET)
    segment = rows[near]
    links = shapely.shortest_line(segments.lines[segment], places[place])
    nearest = shapely.line_locate_point(segments.lines[segment], shapely.get_point(links, 0))
    n = np.floor(segments.lengths[segment] / APART).astype(np.int64) + 1
    pair = np.repeat(np.arange(len(n)), n)
    along = (np.arange(len(pair)) - np.repeat(np.cumsum(n) - n, n)) * APART
    gap = shapely.distance(shapely.line_interpolate_point(segments.lines[segment[pair]], along), places[place[pair]])
    reached = gap <= FROM_THE_STREET
    return Stops(
        np.concatenate([segment, segment[pair[reached]]]),
        np.concatenate([nearest, along[reached]]),
        np.concatenate([shapely.length(links), gap[reached]]),
        np.zeros(len(segment) + int(reached.sum()), dtype=np.bool_),
    )
