"""Car movements spread over the streets: from every home along the shortest way to a main road, half of them out and half of them in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.model.network import Mode, Stops, attached, graph

if TYPE_CHECKING:
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.network import Graph, Segments, Topology
    from wijktwin.model.scenario import Scenario

IntArray = NDArray[np.int64]

ENTRY_REACH: Final = 150.0
"""A plan gets its cars onto the network at the nearest street that stays open to them, within this distance. [m]"""


@dataclass(frozen=True, eq=False)
class Flows:
    """Movements per day that use a street, over part of it or all: lowest, middle and highest, shape (n_streets, 3).

    Parameters
    ----------
    streets
        Names, sorted; "" for all pieces without a name together.
    nearest
        If everybody takes the nearest main road.
    spread
        If everybody uses all main roads alike.
    unassigned
        Middle number of movements for which there is no way to or from a main road.
    """

    streets: NDArray[np.str_]
    nearest: FloatArray
    spread: FloatArray
    unassigned: float


def entries(scenario: Scenario, segments: Segments) -> Stops:
    """Where each plan with dwellings gets its cars onto the network, by plan id, one row each.

    The nearest street that is open to cars once the plans are there (``segments``), from the middle of the buildings with its
    dwellings, or of all it builds.
    """
    along, against = segments.directions(Mode.DRIVE)
    points = []
    for plan in scenario.ordered_plans:
        if plan.dwellings:
            named = {group.volume_id for group in plan.dwellings if group.volume_id}
            shapes = [v.footprint for v in plan.volumes if v.volume_id in named] or [v.footprint for v in plan.volumes]
            outlines = shapes or ([] if plan.boundary is None else [plan.boundary])
            points.append(shapely.centroid(shapely.union_all(outlines)))
    return attached(np.array(points, dtype=object), segments, along | against, reach=ENTRY_REACH)


def flows(
    segments: Segments, cut: Topology, at: IntArray, movements: FloatArray, on_main_road: BoolArray, *, flooded: Collection[str] = ()
) -> Flows:
    """The movements of homes and plans through every street.

    Parameters
    ----------
    segments
        With the directions that hold; ``cut`` may be made of the same segments with others.
    at
        Node at which each gets on, -1 where it does not, shape (n,).
    movements
        Lowest, middle and highest number of movements per day, shape (n, 3).
    on_main_road
        Which segments belong to a main road, shape (n_segments,).
    flooded
        Segments that are supposed to stand under water, by street id: nobody gets through, and a main road is not reached there.
    """
    along, against = segments.directions(Mode.DRIVE, flooded=flooded)
    found = graph(cut, along, against)
    exits = _exits(cut, segments, on_main_road & (along | against))
    on = at >= 0
    at_node = np.zeros((cut.n_nodes, 3))
    np.add.at(at_node, at[on], movements[on])
    if not exits:
        names = np.unique(segments.streets)
        nothing = np.zeros((len(names), 3))
        return Flows(names, nothing, nothing, float(movements[:, 1].sum()))
    together = np.unique(np.concatenate(exits))
    at_node[together] = 0.0  # who lives on a main road needs no other street
    streets = _Streets(cut, segments)
    nearest, lost = streets.loaded(found, at_node, [together])
    spread, _ = streets.loaded(found, at_node, exits)
    return Flows(streets.names, nearest, spread, lost + float(movements[~on, 1].sum()))


def _exits(cut: Topology, segments: Segments, on_main_road: BoolArray) -> list[IntArray]:
    """Nodes of each main road, by the name of the road."""
    own = on_main_road[cut.segment]
    names = segments.streets[cut.segment]
    rows = [own & (names == name) for name in np.unique(names[own])]
    return [np.unique(np.concatenate([cut.tails[each], cut.heads[each]])) for each in rows]


class _Streets:
    """The street between every two nodes that are joined; of pieces side by side the shortest, as in the graph."""

    def __init__(self, cut: Topology, segments: Segments) -> None:
        self.names, street = np.unique(segments.streets, return_inverse=True)
        self.between: dict[tuple[int, int], int] = {}
        rows = zip(cut.tails.tolist(), cut.heads.tolist(), street[cut.segment].tolist(), strict=True)
        for _, (tail, head, own) in sorted(enumerate(rows), key=lambda row: -cut.lengths[row[0]]):
            self.between[tail, head] = self.between[head, tail] = own

    def loaded(self, found: Graph, at_node: FloatArray, exits: list[IntArray]) -> tuple[FloatArray, float]:
        """Movements that use each street, spread alike over groups of exits, and how many (middle) find no way."""
        through = np.zeros((len(self.names), 3))
        lost, share = 0.0, at_node / (2.0 * len(exits))
        for group in exits:
            for distance, onward in (found.tree_to(group), found.tree_from(group)):
                lost += float(share[~np.isfinite(distance), 1].sum())
                self._add_along_tree(through, share, distance, onward)
        return through, lost

    def _add_along_tree(self, through: FloatArray, share: FloatArray, distance: FloatArray, onward: IntArray) -> None:
        """Add what comes by along a tree of shortest ways, furthest nodes first; a movement counts where it leaves a street."""
        order = np.argsort(-distance, kind="stable")
        order = order[np.isfinite(distance[order]) & (onward[order] >= 0)]
        steps = list(zip(order.tolist(), onward[order].tolist(), strict=True))
        street = np.full(len(distance), -1, dtype=np.int64)
        street[order] = [self.between[step] for step in steps]
        leaves = order[street[order] != street[onward[order]]]
        for column in range(3):
            carried = share[:, column].tolist()
            for node, goal in steps:
                carried[goal] += carried[node]
            np.add.at(through[:, column], street[leaves], np.array(carried)[leaves])
