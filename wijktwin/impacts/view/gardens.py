"""Gardens as people use them: places in them, and whose they are.

Nobody registers whose a garden is: it is taken to belong to the building whose wall it runs along for the longest, and to a home
where that building holds one home only. A garden at a building with several homes is counted as a garden, of no home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.shared import dwelling_rows
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import ground_points
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.settings import spacing
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.surroundings import GroundKind

AGAINST: Final = 0.3
"""A garden this close to a wall lies against it: outlines on the map are no more exact. [m]"""
LONGEST_AT_LEAST: Final = 1.0
"""A garden that touches a wall for less than this does not belong to it. [m]"""
NOBODY: Final = -1


@dataclass(frozen=True, eq=False)
class Gardens:
    """Gardens with places in them.

    Parameters
    ----------
    surface_ids
        Of the ground surfaces, length n.
    address_ids
        The home that each belongs to, "" where nobody knows or there are several.
    building_ids
        The building that each belongs to, "" where there is none.
    points
        Places at the height of the eyes of who sits there.
    garden
        Row of ``surface_ids`` of each point.
    """

    surface_ids: tuple[str, ...]
    address_ids: tuple[str, ...]
    building_ids: tuple[str, ...]
    points: Points
    garden: IndexArray


def gardens_of(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> Gardens:
    """All gardens of a neighbourhood."""
    found = ground_points(neighbourhood, kinds=(GroundKind.GARDEN,), spacing=spacing("garden"))
    up = np.array([0.0, 0.0, assumptions["eye_height_seated"].value])
    points = Points(found.points.positions + up, found.points.normals, found.points.sun_above)
    surface_ids = tuple(target.identifier for target in found.targets)
    buildings = _building_of_each(neighbourhood, surface_ids)
    names = neighbourhood.buildings.building_ids
    homes = _only_home(neighbourhood)
    ids = tuple("" if row == NOBODY else names[row] for row in buildings.tolist())
    return Gardens(surface_ids, tuple(homes.get(each, "") for each in ids), ids, points, found.target)


def _building_of_each(neighbourhood: Neighbourhood, surface_ids: tuple[str, ...]) -> IndexArray:
    """Row of the building with a home that each garden lies along for the longest; `NOBODY` where there is none."""
    table = neighbourhood.ground.set_index("surface_id")
    outlines = shapely.buffer(table.geometry.loc[list(surface_ids)].to_numpy(), AGAINST)
    footprints = neighbourhood.buildings.footprints
    lived_in = set(dwelling_rows(neighbourhood)["building_id"])
    rows = np.array(
        [row for row, each in enumerate(footprints) if each is not None and neighbourhood.buildings.building_ids[row] in lived_in],
        dtype=np.int64,
    )
    found = np.full(len(surface_ids), NOBODY, dtype=np.int64)
    if not len(rows) or not len(surface_ids):
        return found
    garden, near = shapely.STRtree(footprints[rows]).query(outlines, predicate="intersects")
    along = shapely.length(shapely.intersection(shapely.boundary(footprints[rows[near]]), outlines[garden]))
    order = np.lexsort([-rows[near], along])  # the longest last, and of equals the first building
    long = order[along[order] >= LONGEST_AT_LEAST]
    found[garden[long]] = rows[near[long]]
    return found


def _only_home(neighbourhood: Neighbourhood) -> dict[str, str]:
    """The home in each building that holds one only."""
    table = dwelling_rows(neighbourhood)
    alone = table[~table["building_id"].duplicated(keep=False)]
    return {str(building): str(address) for building, address in zip(alone["building_id"], alone["address_id"], strict=True) if building}
