"""How far it is along the streets from every home to the nearest school, shop, green and main road, now and then.

On foot and by bicycle a way counts from door to door: the straight line to the street is part of it. By car it counts from the place
in the street where the car gets on, there and back together, for a one-way street makes one of the two longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.destinations import Destinations, destinations_now, destinations_then
from wijktwin.impacts.dwellings import dwelling_addresses
from wijktwin.impacts.kept import kept
from wijktwin.model.network import Mode, Segments, Stops, attached, graph, joined_stops, segments_of, topology
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import DestinationKind

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.network import Graph, Topology
    from wijktwin.model.scenario import Scenario

RESTS_ON: Final = ("main_road_speed", "green_path", "green_narrowest")
"""Assumptions that decide what is a place to go to."""

ON_THE_EDGE: Final = 0.01
"""Where a street comes to the edge of a green place is within this distance of that edge. [m]"""

Key = tuple[Mode, DestinationKind]


@dataclass(frozen=True, eq=False)
class Homes:
    """Addresses that are dwellings of the neighbourhood itself, one row each."""

    address_ids: NDArray[np.str_]
    streets: NDArray[np.str_]
    building_ids: NDArray[np.str_]
    tenures: NDArray[np.str_]
    dwelling_types: NDArray[np.str_]
    points: NDArray[np.object_]

    def __len__(self) -> int:
        """How many."""
        return len(self.points)


@dataclass(frozen=True, eq=False)
class Ways:
    """Lengths of the shortest ways, shape (n_homes,) for every mode and kind of place that is known.

    Infinite where there is no way, NaN for a home that no street of the data leads to. [m]
    """

    there: Mapping[Key, FloatArray]
    back: Mapping[Key, FloatArray]

    def length(self, key: Key) -> FloatArray:
        """There on foot and by bicycle; there and back by car. [m]"""
        return self.there[key] + self.back[key] if key[0] is Mode.DRIVE else self.there[key]


@dataclass(frozen=True, eq=False)
class Baseline:
    """What holds of a neighbourhood without any plan, worked out once."""

    segments: Segments
    homes: Homes
    stops: Mapping[Mode, Stops]
    destinations: Destinations
    ways: Ways

    @property
    def is_connected(self) -> Mapping[Mode, BoolArray]:
        """Which homes have a street of each mode within reach."""
        return {mode: stops.is_connected for mode, stops in self.stops.items()}


@dataclass(frozen=True, eq=False)
class Comparison:
    """The ways of the homes that stay, before and after.

    Parameters
    ----------
    stays
        Which homes are not demolished, shape (n_homes,).
    after
        The very object of before where no plan changes any way.
    """

    baseline: Baseline
    stays: BoolArray
    after: Ways
    segments: Segments
    destinations: Destinations

    @property
    def before(self) -> Ways:
        """The ways today."""
        return self.baseline.ways

    def keys_of(self, mode: Mode) -> list[Key]:
        """The kinds of places that are known now, for one mode."""
        return [key for key in self.before.there if key[0] is mode]

    def longer(self, mode: Mode) -> FloatArray:
        """By how much the way of each home to one of the kinds of places becomes longer at most, shape (n_homes,). [m]

        Negative where all become shorter; NaN for homes that go, that are not connected or of which nothing can be compared.
        """
        with np.errstate(invalid="ignore"):  # no way before and none after
            changes = [self._then(key) - self.before.length(key) for key in self.keys_of(mode)]
            compared = np.array([np.where(np.isfinite(each), each, np.nan) for each in changes]).reshape(len(changes), len(self.stays))
        known = np.isfinite(compared).any(axis=0) & self.stays
        found = np.full(len(self.stays), np.nan)
        highest = np.where(np.isfinite(compared), compared, -np.inf).max(axis=0, initial=-np.inf)
        lowest = np.where(np.isfinite(compared), compared, np.inf).min(axis=0, initial=np.inf)
        found[known] = np.where(highest[known] > 0, highest[known], lowest[known])
        return found

    def lost(self, mode: Mode) -> Mapping[DestinationKind, BoolArray]:
        """Which homes can get to a kind of place today and no longer then, shape (n_homes,) each."""
        return {key[1]: np.isfinite(self.before.length(key)) & np.isinf(self._then(key)) & self.stays for key in self.keys_of(mode)}

    def _then(self, key: Key) -> FloatArray:
        return self.after.length(key) if key in self.after.there else np.where(self.baseline.is_connected[key[0]], np.inf, np.nan)


def baseline(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> Baseline | None:
    """The ways of today, kept for as long as the neighbourhood is; None where the data hold no streets or no dwellings."""
    key = ("ways", *(assumptions[name].value for name in RESTS_ON))
    return kept(neighbourhood, key, lambda: _baseline(neighbourhood, assumptions=assumptions))


def _baseline(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> Baseline | None:
    homes = homes_of(neighbourhood)
    table = neighbourhood.street_table
    if table is None or why_not(neighbourhood):
        return None
    segments = segments_of(table)
    stops = {mode: attached(homes.points, segments, _usable(segments, mode), names=homes.streets) for mode in Mode}
    places = destinations_now(neighbourhood, segments, assumptions=assumptions)
    return Baseline(segments, homes, stops, places, shortest_ways(segments, stops, places))


def is_derived(neighbourhood: Neighbourhood) -> bool:
    """Whether any street was derived from the ground: then directions are not known."""
    table = neighbourhood.street_table
    return kept(neighbourhood, "streets derived", lambda: table is not None and bool((table["kind"] == Kind.CALCULATED.value).any()))


def why_not(neighbourhood: Neighbourhood) -> str:
    """Why there are no ways: the key of the reason; "" where there are."""
    table = neighbourhood.street_table
    if table is None or not len(table):
        return "no_streets"
    return "" if len(homes_of(neighbourhood)) else "no_addresses"


def homes_of(neighbourhood: Neighbourhood) -> Homes:
    """The dwellings of the neighbourhood itself, without those of the halo."""
    return kept(neighbourhood, "homes with tenure", lambda: _homes_of(neighbourhood))


def _homes_of(neighbourhood: Neighbourhood) -> Homes:
    chosen = dwelling_addresses(neighbourhood)
    table = neighbourhood.addresses
    own = table.iloc[:0] if chosen is None else table.loc[chosen.index]
    return Homes(
        address_ids=own["address_id"].to_numpy(dtype=np.str_),
        streets=own["street"].to_numpy(dtype=np.str_),
        building_ids=own["building_id"].to_numpy(dtype=np.str_),
        tenures=own["tenure"].to_numpy(dtype=np.str_),
        dwelling_types=own["dwelling_type"].to_numpy(dtype=np.str_),
        points=own.geometry.to_numpy(),
    )


def compared(scenario: Scenario, *, assumptions: Assumptions) -> Comparison | None:
    """The ways before and after the plans of a scenario; None where the data hold no streets or no dwellings."""
    key = ("ways", *(assumptions[name].value for name in RESTS_ON))
    return kept(scenario, key, lambda: _compared(scenario, assumptions=assumptions))


def _compared(scenario: Scenario, *, assumptions: Assumptions) -> Comparison | None:
    now = baseline(scenario.neighbourhood, assumptions=assumptions)
    if now is None:
        return None
    stays = ~np.isin(now.homes.building_ids, sorted(scenario.demolished))
    places = destinations_then(scenario, now.destinations, assumptions=assumptions)
    changes_streets = any(plan.street_changes for plan in scenario.plans) or bool(scenario.flooded)
    if places is now.destinations and not changes_streets:
        return Comparison(now, stays, now.ways, now.segments, places)
    traffic = scenario.streets["oneway"].to_numpy(dtype=np.str_)
    segments = replace(now.segments, traffic=traffic) if changes_streets else now.segments
    ways = shortest_ways(segments, now.stops, places, flooded=scenario.flooded, before=now.segments)
    return Comparison(now, stays, ways, segments, places)


def shortest_ways(
    segments: Segments,
    stops: Mapping[Mode, Stops],
    places: Destinations,
    *,
    flooded: frozenset[str] = frozenset(),
    before: Segments | None = None,
) -> Ways:
    """The shortest ways from all homes to the nearest place of each kind that is known.

    Parameters
    ----------
    stops
        Where the homes get on, by mode.
    before
        The segments as they are today: a place stays in its street where that closes. By default ``segments``.
    """
    there: dict[Key, FloatArray] = {}
    back: dict[Key, FloatArray] = {}
    edges = _where_streets_meet(places, segments)
    for mode in Mode:
        if mode is Mode.CYCLE and (segments.may[mode] == segments.may[Mode.WALK]).all():  # the very same streets
            there |= {(mode, kind): there[Mode.WALK, kind] for _, kind in list(there)}
            back |= {(mode, kind): back[Mode.WALK, kind] for _, kind in list(back)}
            continue
        homes = stops[mode]
        kinds = [kind for kind in DestinationKind if kind in places.points]
        doors = {kind: _doors(places, kind, segments if before is None else before, segments, mode) for kind in kinds}
        cut = topology(segments, joined_stops(homes, *doors.values(), edges.chosen(_usable(segments, mode)[edges.segment])))
        along, against = segments.directions(mode, flooded=flooded)
        found = graph(cut, along, against)
        is_open = along | against if mode is Mode.DRIVE else ~np.isin(segments.street_ids, sorted(flooded))
        at, start = cut.stop_nodes[: len(homes)], len(homes)
        own = np.zeros(len(homes)) if mode is Mode.DRIVE else homes.gap
        for kind in kinds:
            nodes, gaps = cut.stop_nodes[start : start + len(doors[kind])], doors[kind].gap
            start += len(nodes)
            on = nodes >= 0
            _add(there, back, (mode, kind), found, at, nodes[on], None if mode is Mode.DRIVE else gaps[on], own)
        for kind in (DestinationKind.GREEN, DestinationKind.MAIN_ROAD):
            if kind not in kinds and places.is_known(kind):
                _add(there, back, (mode, kind), found, at, _reached(cut, places, kind, is_open), None, own)
    return Ways(there, back)


def _doors(places: Destinations, kind: DestinationKind, before: Segments, after: Segments, mode: Mode) -> Stops:
    """Where one gets off for each place of a kind: as today for those that are there, as it will be for those that plans bring."""
    points, names, n = places.points[kind], places.streets[kind], len(places.points[kind]) - places.n_new.get(kind, 0)
    here = attached(points[:n], before, _usable(before, mode), names=names[:n])
    return here if n == len(points) else joined_stops(here, attached(points[n:], after, _usable(after, mode), names=names[n:]))


def _add(  # noqa: PLR0917 - one row of a table
    there: dict[Key, FloatArray], back: dict[Key, FloatArray], key: Key, found: Graph,
    at: NDArray[np.int64], nodes: NDArray[np.int64], gaps: FloatArray | None, own: FloatArray,
) -> None:  # fmt: skip
    to_there = found.to_nearest(nodes, gaps=gaps)
    from_there = found.from_nearest(nodes, gaps=gaps) if key[0] is Mode.DRIVE else to_there
    on = at >= 0
    for table, distance in ((there, to_there), (back, from_there)):
        table[key] = np.where(on, distance[np.maximum(at, 0)] + own, np.nan)


def _reached(cut: Topology, places: Destinations, kind: DestinationKind, is_open: BoolArray) -> NDArray[np.int64]:
    """The nodes where somebody is at a green place, or on a main road that is open there (``is_open``, shape (n_segments,))."""
    if kind is DestinationKind.MAIN_ROAD:
        own = (places.on_main_road & is_open)[cut.segment]
        return np.unique(np.concatenate([cut.tails[own], cut.heads[own]]))
    x, y = shapely.get_coordinates(cut.node_points()).T
    reached = np.zeros(cut.n_nodes, dtype=np.bool_)
    for place in shapely.buffer(places.green, ON_THE_EDGE, quad_segs=1):
        shapely.prepare(place)
        reached |= shapely.contains_xy(place, x, y)
    return np.flatnonzero(reached)


def _where_streets_meet(places: Destinations, segments: Segments) -> Stops:
    """Where streets come to the edge of a green place."""
    rows: list[int] = []
    stations: list[float] = []
    if len(places.green):
        line, place = shapely.STRtree(places.green).query(segments.lines, predicate="intersects")
        crossings = shapely.intersection(segments.lines[line], shapely.boundary(places.green)[place])
        parts, of = shapely.get_parts(crossings, return_index=True)
        is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
        rows = line[of[is_point]].tolist()
        stations = shapely.line_locate_point(segments.lines[rows], parts[is_point]).tolist() if len(rows) else []
    n = len(rows)
    return Stops(np.array(rows, dtype=np.int64), np.array(stations, dtype=np.float64), np.zeros(n), np.zeros(n, dtype=np.bool_))


def _usable(segments: Segments, mode: Mode) -> BoolArray:
    along, against = segments.directions(mode)
    usable: BoolArray = along | against
    return usable
