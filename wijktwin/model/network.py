"""The street network: what can be walked, cycled and driven, in which direction, and how far it is along the streets.

Segments are cut wherever somebody gets on or off (a home, a school, the edge of a park), so that every such stop is a node of a
graph and distances are exact along the lines. One graph per mode: one-way streets and closed streets hold for motor traffic only,
streets under water for everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from wijktwin.model.plan import Traffic

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.model.mesh import BoolArray, FloatArray

IntArray = NDArray[np.int64]

REACH: Final = 150.0
"""A point further than this from every street it may use is not connected: the way to it is not in the data. [m]"""
SAME_PLACE: Final = 0.001
"""Stops are told apart to this distance along a segment. [m]"""


SMALLEST_GAP: Final = 1e-9
"""A length of zero is no connection in a sparse matrix. [m]"""


class Mode(StrEnum):
    """A way to go; the words of ``modes`` in the street table."""

    WALK = "walk"
    CYCLE = "cycle"
    DRIVE = "drive"


@dataclass(frozen=True, eq=False)
class Segments:
    """Pieces of street between nodes, as columns of n rows.

    Parameters
    ----------
    street_ids, streets
        Identifier of each segment, and the name of its street ("" where it has none).
    lines
        Centre lines in real coordinates, drawn from ``tails`` to ``heads``.
    lengths
        Along the line. [m]
    tails, heads
        Node numbers of both ends, from 0.
    traffic
        A value of `Traffic` each.
    may
        Whether each segment is for a mode at all.
    max_speed
        [km/h], NaN where nobody says.
    roads
        A value of `RoadClass` each, "" where nobody says.
    """

    street_ids: NDArray[np.str_]
    streets: NDArray[np.str_]
    lines: NDArray[np.object_]
    lengths: FloatArray
    tails: IntArray
    heads: IntArray
    n_nodes: int
    traffic: NDArray[np.str_]
    may: Mapping[Mode, BoolArray]
    max_speed: FloatArray
    roads: NDArray[np.str_]

    def __len__(self) -> int:
        """How many."""
        return len(self.lengths)

    def directions(self, mode: Mode, *, flooded: Collection[str] = ()) -> tuple[BoolArray, BoolArray]:
        """Whether each segment may be used along its line, and against it, shape (n,) each.

        What a street is for motor traffic ("forward", "backward", "closed") does not hold for people on foot or on a bicycle; a street
        under water (``flooded``, by street id) is for nobody.
        """
        open_to = self.may[mode] & ~np.isin(self.street_ids, sorted(flooded))
        if mode is not Mode.DRIVE:
            return open_to, open_to.copy()
        along = np.isin(self.traffic, [Traffic.BOTH.value, Traffic.FORWARD.value])
        against = np.isin(self.traffic, [Traffic.BOTH.value, Traffic.BACKWARD.value])
        return open_to & along, open_to & against


def segments_of(streets: gpd.GeoDataFrame) -> Segments:
    """The rows of a street table (columns `STREET_COLUMNS`) as segments."""
    lines = streets.geometry.to_numpy()
    ends = [*streets["from_node"], *streets["to_node"]]
    _, numbers = np.unique(np.array(ends, dtype=np.str_), return_inverse=True)
    modes = [set(str(each).split()) for each in streets["modes"]]
    n = len(streets)
    return Segments(
        street_ids=streets["street_id"].to_numpy(dtype=np.str_),
        streets=streets["street"].to_numpy(dtype=np.str_),
        lines=lines,
        lengths=np.maximum(shapely.length(lines), 2.0 * SAME_PLACE),
        tails=numbers[:n].astype(np.int64),
        heads=numbers[n:].astype(np.int64),
        n_nodes=int(numbers.max()) + 1 if n else 0,
        traffic=streets["oneway"].to_numpy(dtype=np.str_),
        may={mode: np.array([mode.value in each for each in modes], dtype=np.bool_) for mode in Mode},
        max_speed=streets["max_speed"].to_numpy(dtype=np.float64),
        roads=streets["road"].to_numpy(dtype=np.str_),
    )


@dataclass(frozen=True, eq=False)
class Stops:
    """Where points get on the network, one row each.

    Parameters
    ----------
    segment
        Row of the segment; -1 where none lies within reach.
    station
        Distance along the line of that segment. [m]
    gap
        Straight distance from the point to the line; NaN where there is none. [m]
    by_name
        Whether it is the street that the point has in its address.
    """

    segment: IntArray
    station: FloatArray
    gap: FloatArray
    by_name: BoolArray

    def __len__(self) -> int:
        """How many."""
        return len(self.segment)

    @property
    def is_connected(self) -> BoolArray:
        """Which points have a street within reach, shape (n,)."""
        connected: BoolArray = self.segment >= 0
        return connected

    def chosen(self, which: BoolArray) -> Stops:
        """Some of the rows."""
        return Stops(self.segment[which], self.station[which], self.gap[which], self.by_name[which])


def joined_stops(*parts: Stops) -> Stops:
    """All rows of several, behind each other."""
    return Stops(*(np.concatenate([getattr(each, name) for each in parts]) for name in ("segment", "station", "gap", "by_name")))


def attached(
    points: NDArray[np.object_], segments: Segments, usable: BoolArray, *, names: NDArray[np.str_] | None = None, reach: float = REACH
) -> Stops:
    """Where points get on: the nearest usable segment of the street in their address, else the nearest of all.

    Parameters
    ----------
    points
        Points in real coordinates, shape (n,).
    usable
        Which segments may be used, shape (n_segments,).
    names
        Street in the address of each point, "" where it has none.
    reach
        Beyond this distance a point is not connected. [m]
    """
    rows = np.flatnonzero(usable)
    segment, gap = _nearest(points, segments, rows, reach)
    by_name = np.zeros(len(points), dtype=np.bool_)
    named = set() if names is None else set(np.unique(names)) & set(np.unique(segments.streets[rows])) - {""}
    for name in sorted(named):
        own = np.flatnonzero(names == name)
        found, distance = _nearest(points[own], segments, rows[segments.streets[rows] == name], reach)
        has_own = found >= 0
        segment[own[has_own]], gap[own[has_own]], by_name[own[has_own]] = found[has_own], distance[has_own], True
    station = np.zeros(len(points))
    on = segment >= 0
    station[on] = shapely.line_locate_point(segments.lines[segment[on]], points[on])
    return Stops(segment, station, gap, by_name)


def _nearest(points: NDArray[np.object_], segments: Segments, rows: IntArray, reach: float) -> tuple[IntArray, FloatArray]:
    """The nearest of some segments for each point and how far it is; -1 and NaN where none is within reach."""
    segment, gap = np.full(len(points), -1, dtype=np.int64), np.full(len(points), np.nan)
    if not len(rows) or not len(points):
        return segment, gap
    tree = shapely.STRtree(segments.lines[rows])
    (point, near), distance = tree.query_nearest(points, max_distance=reach, return_distance=True, all_matches=True)
    order = np.lexsort((near, np.round(distance, 6), point))
    first = order[np.unique(point[order], return_index=True)[1]]
    segment[point[first]], gap[point[first]] = rows[near[first]], distance[first]
    return segment, gap


@dataclass(frozen=True, eq=False)
class Topology:
    """Segments cut at stops: nodes, and the pieces between them. Which way they may be used is up to `graph`.

    Parameters
    ----------
    n_nodes
        Number of nodes.
    tails, heads, lengths, segment
        Ends, length [m] and segment of each piece, in the direction of its line, shape (n_pieces,).
    stop_nodes
        Node of each stop, -1 where it is not connected, shape (n_stops,).
    node_segment, node_station
        A segment that each node lies on and where, shape (n_nodes,).
    """

    segments: Segments
    n_nodes: int
    tails: IntArray
    heads: IntArray
    lengths: FloatArray
    segment: IntArray
    stop_nodes: IntArray
    node_segment: IntArray
    node_station: FloatArray

    def node_points(self) -> NDArray[np.object_]:
        """Where the nodes lie, in real coordinates, shape (n_nodes,)."""
        points: NDArray[np.object_] = shapely.line_interpolate_point(self.segments.lines[self.node_segment], self.node_station)
        return points


def topology(segments: Segments, stops: Stops) -> Topology:
    """The segments cut at every stop; stops at one place are one node."""
    n, on = len(segments), stops.is_connected
    rows = np.concatenate([np.arange(n), np.arange(n), stops.segment[on]])
    at = np.concatenate([np.zeros(n), segments.lengths, np.minimum(stops.station[on], segments.lengths[stops.segment[on]])])
    order = np.lexsort((at, rows))
    row, station = rows[order], at[order]
    starts = np.diff(row, prepend=-1) > 0
    is_new = starts | (np.diff(np.rint(station / SAME_PLACE), prepend=0.0) > 0)
    place = np.cumsum(is_new) - 1
    row, station = row[is_new], station[is_new]
    begins = np.diff(row, prepend=-1) > 0
    ends = np.diff(row, append=n) > 0
    node = np.empty(len(row), dtype=np.int64)
    between = ~begins & ~ends
    node[begins], node[ends] = segments.tails[row[begins]], segments.heads[row[ends]]
    node[between] = segments.n_nodes + np.arange(int(between.sum()))
    piece = np.flatnonzero(~ends)
    stop_nodes = np.full(len(stops), -1, dtype=np.int64)
    of_input = np.empty(len(order), dtype=np.int64)
    of_input[order] = node[place]
    stop_nodes[on] = of_input[2 * n :]
    n_nodes = segments.n_nodes + int(between.sum())
    node_segment, node_station = np.zeros(n_nodes, dtype=np.int64), np.zeros(n_nodes)
    node_segment[node], node_station[node] = row, station
    return Topology(
        segments=segments,
        n_nodes=n_nodes,
        tails=node[piece],
        heads=node[piece + 1],
        lengths=station[piece + 1] - station[piece],
        segment=row[piece],
        stop_nodes=stop_nodes,
        node_segment=node_segment,
        node_station=node_station,
    )


@dataclass(frozen=True, eq=False)
class Graph:
    """What may be used by one mode: entry (i, j) of ``matrix`` is the length of the piece from node i to node j. [m]"""

    matrix: csr_array
    backwards: csr_array = field(repr=False)

    def to_nearest(self, targets: IntArray, *, gaps: FloatArray | None = None) -> FloatArray:
        """Shortest way from every node to the nearest target node, shape (n_nodes,); infinite where there is none. [m]

        ``gaps`` is what is left from each target node to the target itself [m], none by default.
        """
        return _shortest(self.backwards, targets, gaps)

    def from_nearest(self, sources: IntArray, *, gaps: FloatArray | None = None) -> FloatArray:
        """Shortest way to every node from the nearest source node, shape (n_nodes,); infinite where there is none. [m]"""
        return _shortest(self.matrix, sources, gaps)

    def tree_to(self, targets: IntArray) -> tuple[FloatArray, IntArray]:
        """As `to_nearest`, with the next node on the way, -1 at a target or where there is no way."""
        distance, towards, _ = dijkstra(self.backwards, indices=targets, min_only=True, return_predecessors=True)
        return distance, np.maximum(towards, -1).astype(np.int64)

    def tree_from(self, sources: IntArray) -> tuple[FloatArray, IntArray]:
        """As `from_nearest`, with the node before on the way, -1 at a source or where there is no way."""
        distance, before, _ = dijkstra(self.matrix, indices=sources, min_only=True, return_predecessors=True)
        return distance, np.maximum(before, -1).astype(np.int64)


def graph(cut: Topology, along: BoolArray, against: BoolArray) -> Graph:
    """The graph of one mode.

    Parameters
    ----------
    along, against
        Whether each segment may be used in the direction of its line and against it (`Segments.directions`), shape (n_segments,).
    """
    forward, backward = along[cut.segment], against[cut.segment]
    tails = np.concatenate([cut.tails[forward], cut.heads[backward]])
    heads = np.concatenate([cut.heads[forward], cut.tails[backward]])
    lengths = np.concatenate([cut.lengths[forward], cut.lengths[backward]])
    order = np.lexsort((lengths, heads, tails))
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    shortest = (np.diff(tails, prepend=-1) != 0) | (np.diff(heads, prepend=-1) != 0)  # of segments side by side the shortest
    matrix = csr_array((lengths[shortest], (tails[shortest], heads[shortest])), shape=(cut.n_nodes, cut.n_nodes))
    return Graph(matrix, csr_array(matrix.T))


def _shortest(matrix: csr_array, nodes: IntArray, gaps: FloatArray | None) -> FloatArray:
    n = matrix.shape[0]
    if not len(nodes):
        return np.full(n, np.inf)
    found: FloatArray
    if gaps is None:
        found = dijkstra(matrix, indices=nodes, min_only=True)
        return found
    order = np.lexsort((gaps, nodes))
    first = order[np.unique(nodes[order], return_index=True)[1]]
    further = np.maximum(gaps[first], SMALLEST_GAP)  # a node of its own before all targets, as far from each as its gap
    data, indices = np.concatenate([matrix.data, further]), np.concatenate([matrix.indices, nodes[first]])
    from_outside = csr_array((data, indices, np.append(matrix.indptr, len(data))), shape=(n + 1, n + 1))
    found = dijkstra(from_outside, indices=n)[:n]
    return found


@dataclass(frozen=True, slots=True)
class Pieces:
    """How a network hangs together for one mode.

    Parameters
    ----------
    n_pieces
        Number of pieces that are not joined to each other; 1 for a sound network, 0 where the mode may go nowhere.
    n_stray
        Segments that are not in the largest piece.
    stray_length
        Their length together. [m]
    """

    n_pieces: int
    n_stray: int
    stray_length: float


def pieces(segments: Segments, mode: Mode) -> Pieces:
    """Whether the streets that a mode may use hang together, directions left aside; streets that are closed now count as not usable."""
    piece = piece_of_each(segments, mode)
    stray = piece > 0
    return Pieces(int(piece.max(initial=-1)) + 1, int(stray.sum()), float(segments.lengths[stray].sum()))


def piece_of_each(segments: Segments, mode: Mode) -> IntArray:
    """Which piece each segment is in, shape (n,): 0 for the longest, then 1 and up from long to short; -1 where the mode may not go."""
    along, against = segments.directions(mode)
    used = along | against
    found = np.full(len(segments), -1, dtype=np.int64)
    if not used.any():
        return found
    tails, heads = segments.tails[used], segments.heads[used]
    matrix = csr_array((np.ones(len(tails)), (tails, heads)), shape=(segments.n_nodes, segments.n_nodes))
    _, label = connected_components(matrix, directed=False)
    own, place = np.unique(label[tails], return_inverse=True)
    total = np.bincount(place, weights=segments.lengths[used], minlength=len(own))
    rank = np.empty(len(own), dtype=np.int64)
    rank[np.argsort(-total, kind="stable")] = np.arange(len(own))
    found[used] = rank[place]
    return found
