"""Where things of a plan or a street lie on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

STREET_WIDTH: Final = 4.0
"""How wide a street is shown of which the data have no surface. [m]"""


def plan_area(plan: Plan, neighbourhood: Neighbourhood) -> BaseGeometry:
    """Everything that a plan changes on the map: what it builds, demolishes, paves, plants and fells, and streets with other traffic."""
    buildings, trees, streets = neighbourhood.buildings, neighbourhood.tree_table, neighbourhood.street_table
    parts: list[BaseGeometry | None] = [
        *(volume.footprint for volume in plan.volumes),
        *(change.footprint for change in plan.ground_changes),
    ]
    parts += [buildings.footprint(buildings.rows[building_id]) for building_id in plan.demolishes if building_id in buildings]
    parts += [tree.point for tree in plan.planted]
    if trees is not None and plan.felled:
        parts += list(trees.geometry[trees["tree_id"].isin(plan.felled)])
    if streets is not None and (plan.street_changes or plan.flooded):
        parts += list(streets.geometry[streets["street_id"].isin({change.street_id for change in plan.street_changes} | plan.flooded)])
    return shapely.union_all([part for part in parts if part is not None])


def street_shape(name: str, found: Scenario) -> BaseGeometry | None:
    """The ground of a street by its name, else a strip along its lines; None where the data have neither."""
    ground = found.neighbourhood.ground
    own = ground.geometry[ground["street"] == name]
    if len(own):
        return shapely.union_all(own.to_numpy())
    streets = found.neighbourhood.streets
    lines = streets.geometry[streets["street"] == name]
    return shapely.union_all(lines.to_numpy()).buffer(STREET_WIDTH / 2, cap_style="flat") if len(lines) else None
