"""Where people go from home: schools, shops, green and the main road, as far as the data know them.

A list that the municipality gives (``destinations`` in the folder) counts before what we derive: for a kind of place that is on the
list, only the list counts. Nothing is made up: a kind that the data do not hold is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.green_clusters import clustered_green_places
from wijktwin.impacts.green_places import public_green
from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.norm_values import norm_value
from wijktwin.model.network import Mode
from wijktwin.model.plan import Use
from wijktwin.model.surroundings import DestinationKind, RoadClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.network import Segments
    from wijktwin.model.scenario import Scenario

Points = NDArray[np.object_]

BY_ADDRESS: Final = {DestinationKind.SCHOOL: Use.SCHOOL, DestinationKind.SHOP: Use.SHOP}
"""Kinds of places that the use of an address tells."""
AT_THE_GREEN: Final = 20.0
"""Who walks a street within this distance of a green place is there. [m]"""


@dataclass(frozen=True, eq=False)
class Destinations:
    """Places to go to.

    Parameters
    ----------
    points
        Doors and the like by kind, in real coordinates; a kind without any is not there.
    streets
        Name of the street of each point, "" where nobody says.
    green
        Edges of green places, ``AT_THE_GREEN`` wide around them; empty where none is known.
    on_main_road
        Which segments belong to a main road, shape (n_segments,).
    n_new
        How many of the points of a kind, the last ones, are brought by plans.
    """

    points: Mapping[DestinationKind, Points]
    streets: Mapping[DestinationKind, NDArray[np.str_]]
    green: Points
    on_main_road: BoolArray
    n_new: Mapping[DestinationKind, int] = field(default_factory=dict)

    def is_known(self, kind: DestinationKind) -> bool:
        """Whether the data hold a place of this kind."""
        if kind in self.points:
            return True
        if kind is DestinationKind.GREEN:
            return bool(len(self.green))
        return kind is DestinationKind.MAIN_ROAD and bool(self.on_main_road.any())


def destinations_now(neighbourhood: Neighbourhood, segments: Segments, *, assumptions: Assumptions) -> Destinations:
    """The places that there are today."""
    listed, streets = _listed(neighbourhood)
    derived, derived_streets = _by_address(neighbourhood.address_table)
    green = np.zeros(0, dtype=object) if DestinationKind.GREEN in listed else green_edges(neighbourhood.ground, assumptions=assumptions)
    on_main_road = np.zeros(len(segments), dtype=np.bool_)
    if DestinationKind.MAIN_ROAD not in listed:
        on_main_road = main_roads(segments, assumptions["main_road_speed"].value)
    return Destinations({**derived, **listed}, {**derived_streets, **streets}, green, on_main_road)


def main_roads(segments: Segments, speed: float) -> BoolArray:
    """Which segments belong to a main road, shape (n,): what the table says, else those where cars may drive at a speed [km/h] or more."""
    fast = segments.may[Mode.DRIVE] & (np.nan_to_num(segments.max_speed) >= speed)
    return np.where(segments.roads == "", fast, segments.roads == RoadClass.MAIN.value)


def why_no_main_road(segments: Segments) -> str:
    """Key of the reason why there is none: nobody says how fast cars may drive anywhere, or the data have none."""
    driven = segments.may[Mode.DRIVE]
    is_told = np.isfinite(segments.max_speed) | (segments.roads != "")
    return "no_speeds" if driven.any() and not (is_told & driven).any() else f"no_{DestinationKind.MAIN_ROAD}"


def destinations_then(scenario: Scenario, now: Destinations, *, assumptions: Assumptions) -> Destinations:
    """The places once the plans are there: without what is demolished, with schools and shops that come, with the green that is left.

    ``now`` itself where no plan has a hand in any of them.
    """
    listed, _ = _listed(scenario.neighbourhood)
    points, streets, n_new = dict(now.points), dict(now.streets), dict[DestinationKind, int]()
    left, left_streets = _by_address(scenario.addresses if scenario.demolished else scenario.neighbourhood.address_table)
    for kind, use in BY_ADDRESS.items():
        if kind in listed:
            continue
        new = [v.footprint.representative_point() for _, v in scenario.volumes if v.use == use and not v.is_below_ground]
        kept = left.get(kind, np.zeros(0, dtype=object))
        both = np.array([*kept, *new], dtype=object)
        if len(kept) == len(points.get(kind, ())) and not new:
            continue
        n_new[kind] = len(new)
        points.pop(kind, None)
        streets.pop(kind, None)
        if len(both):
            points[kind] = both
            streets[kind] = np.array([*left_streets.get(kind, ()), *("" for _ in new)], dtype=np.str_)
    touches = any(plan.ground_changes or any(v.touches_ground for v in plan.volumes) for plan in scenario.plans)
    changes_green = touches and DestinationKind.GREEN not in listed and scenario.neighbourhood.ground_table is not None
    if not changes_green and not n_new:
        return now
    green = green_edges(ground_within(scenario), assumptions=assumptions) if changes_green else now.green
    return Destinations(points, streets, green, now.on_main_road, n_new)


def green_edges(ground: gpd.GeoDataFrame, *, assumptions: Assumptions) -> Points:
    """Green places that one can go to (`green_places.green_places`), each with a strip of `AT_THE_GREEN` around it."""
    path, narrowest = assumptions["green_path"].value, assumptions["green_narrowest"].value
    smallest = norm_value("green.toml", "place_size").value
    places = clustered_green_places(public_green(ground), path=path, narrowest=narrowest, smallest=smallest)
    edges: Points = shapely.buffer(places, AT_THE_GREEN, quad_segs=8)
    return edges


def _listed(neighbourhood: Neighbourhood) -> tuple[dict[DestinationKind, Points], dict[DestinationKind, NDArray[np.str_]]]:
    table = neighbourhood.destination_table
    if table is None:
        return {}, {}
    kinds = table["kind"].to_numpy()
    found = {kind: table.geometry.to_numpy()[kinds == kind.value] for kind in DestinationKind if (kinds == kind.value).any()}
    return found, {kind: np.full(len(points), "") for kind, points in found.items()}


def _by_address(table: gpd.GeoDataFrame | None) -> tuple[dict[DestinationKind, Points], dict[DestinationKind, NDArray[np.str_]]]:
    if table is None:
        return {}, {}
    uses, points, streets = table["use"].to_numpy(), table.geometry.to_numpy(), table["street"].to_numpy(dtype=np.str_)
    chosen = {kind: uses == use.value for kind, use in BY_ADDRESS.items()}
    found = {kind: points[rows] for kind, rows in chosen.items() if rows.any()}
    return found, {kind: streets[chosen[kind]] for kind in found}
