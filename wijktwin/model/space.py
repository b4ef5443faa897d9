"""Where volumes are in each other's way: with buildings that stay, with each other, with trees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from wijktwin.errors import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume

MIN_SHARED_AREA: Final = 1.0
"""Footprints that share less are neighbours whose outlines were drawn with different pens. [m²]"""
MIN_SHARED_HEIGHT: Final = 0.5
"""Volumes and buildings that share less height stand on each other: heights come from point clouds and drawings. [m]"""
MIN_SHARED_HEIGHT_WITHIN_PLAN: Final = 0.1
"""Volumes of one plan are drawn in one system. [m]"""
TOUCHING: Final = 0.1
"""Volumes of one plan whose footprints lie this close to each other are parts of one building: they are drawn in one system. [m]"""


class Collision(NamedTuple):
    """A volume and the building it is in the way of; ``is_below`` when it lies under the building."""

    volume: Volume
    building_id: str
    is_below: bool


def collisions(volumes: Iterable[Volume], neighbourhood: Neighbourhood, *, demolished: frozenset[str]) -> list[Collision]:
    """Volumes that overlap buildings which are not demolished.

    An overlap counts when the footprints share more than `MIN_SHARED_AREA` and the heights more than `MIN_SHARED_HEIGHT`. A volume
    below ground counts too, unless the plan says that it may lie under buildings that stay. A building whose height nobody knows
    counts as reaching to the sky.
    """
    found = []
    buildings = neighbourhood.buildings
    for volume in volumes:
        for row in neighbourhood.rows_near(volume.footprint):
            building_id = buildings.building_ids[row]
            if building_id in demolished or not _share_area(volume.footprint, buildings.footprints[row]):
                continue
            bottom, top = _building_heights(neighbourhood, row)
            if min(volume.top, top) - max(volume.bottom, bottom) > MIN_SHARED_HEIGHT:
                found.append(Collision(volume, building_id, is_below=False))
            elif volume.base < 0 and volume.bottom < bottom and not volume.under_existing:
                found.append(Collision(volume, building_id, is_below=True))
    return found


def overlap_between(one: Plan, other: Plan) -> tuple[Volume, Volume] | None:
    """The first two volumes of different plans that want the same space, None where there are none."""
    touching = touching_pairs([volume.footprint for volume in one.volumes], [volume.footprint for volume in other.volumes])
    pairs = ((one.volumes[i], other.volumes[j]) for i, j in touching)
    return next((pair for pair in pairs if _share_space(*pair, MIN_SHARED_HEIGHT)), None)


def overlap_within(volumes: Sequence[Volume]) -> tuple[Volume, Volume] | None:
    """The first two volumes of one plan that want the same space, None where there are none; they may stand on each other."""
    footprints = [volume.footprint for volume in volumes]
    pairs = ((volumes[i], volumes[j]) for i, j in touching_pairs(footprints, footprints) if i < j)
    return next((pair for pair in pairs if _share_space(*pair, MIN_SHARED_HEIGHT_WITHIN_PLAN)), None)


def touching_pairs(ones: Sequence[BaseGeometry], others: Sequence[BaseGeometry]) -> Iterator[tuple[int, int]]:
    """Positions of the geometries of two lists that meet, in their order; looked up one by one, for most who ask stop at the first."""
    tree = shapely.STRtree(list(others))
    for position, geometry in enumerate(ones):
        for other in sorted(tree.query(geometry, predicate="intersects").tolist()):
            yield position, other


def _share_space(one: Volume, other: Volume, min_height: float) -> bool:
    return min(one.top, other.top) - max(one.bottom, other.bottom) > min_height and _share_area(one.footprint, other.footprint)


def _share_area(one: Polygon | MultiPolygon, other: Polygon | MultiPolygon) -> bool:
    return bool(shapely.intersects(one, other)) and shapely.intersection(_valid(one), _valid(other)).area > MIN_SHARED_AREA


def _valid(footprint: Polygon | MultiPolygon) -> BaseGeometry:
    return footprint if footprint.is_valid else shapely.make_valid(footprint)


def _building_heights(neighbourhood: Neighbourhood, row: int) -> tuple[float, float]:
    """Where a building begins and ends [m NAP]; figures that leave it no height give way to its form, else it reaches to the sky."""
    numbers = neighbourhood.buildings.numbers
    bottom, top, height = (float(numbers[name][row]) for name in ("ground_height", "roof_height_max", "height"))
    if math.isnan(bottom):
        bottom = -math.inf
    if math.isnan(top):
        top = bottom + height if math.isfinite(bottom) and not math.isnan(height) else math.inf
    if top - bottom >= MIN_SHARED_HEIGHT:
        return bottom, top
    heights = neighbourhood.mesh.object_corners(row)[:, 2] + neighbourhood.mesh.origin[2]
    if len(heights) and np.ptp(heights) > MIN_SHARED_HEIGHT:
        return float(heights.min()), float(heights.max())
    return (min(bottom, top) if math.isfinite(top) else bottom), math.inf


def outside(volumes: Iterable[Volume], area: BaseGeometry) -> list[tuple[Volume, float]]:
    """The volumes that lie outside an area for more than `MIN_SHARED_AREA`, each with how much of its footprint does. [m²]"""
    found = [(volume, float(shapely.difference(_valid(volume.footprint), area).area)) for volume in volumes]
    return [(volume, beyond) for volume, beyond in found if beyond > MIN_SHARED_AREA]


def outside_boundary(plan: Plan) -> tuple[Note, ...]:
    """A note on every volume that lies in part outside the plan area that its plan draws; none where it draws none."""
    if plan.boundary is None:
        return ()
    return tuple(
        Note("plans.outside_boundary", volume=volume.title, area=f"{beyond:.0f}") for volume, beyond in outside(plan.volumes, plan.boundary)
    )


def new_buildings(volumes: Iterable[Volume]) -> tuple[tuple[Volume, ...], ...]:
    """Volumes of one plan that stand above ground, by the building they are parts of.

    Volumes whose footprints touch (to `TOUCHING`), next to or on each other, are one building. What lies below ground joins nothing: a
    garage under two towers does not make one building of them.

    Returns
    -------
    buildings
        Each with its highest volume first; the highest building first, equals by the identifier of their highest volume.
    """
    above = sorted((volume for volume in volumes if not volume.is_below_ground), key=lambda each: (-each.height, each.volume_id))
    footprints = [volume.footprint for volume in above]
    building = list(range(len(above)))
    for position, footprint in enumerate(footprints):
        for other in np.flatnonzero(shapely.dwithin(footprints, footprint, TOUCHING)).tolist() if footprints else []:
            one, two = building[position], building[other]
            building = [min(one, two) if each in {one, two} else each for each in building]
    return tuple(tuple(v for v, each in zip(above, building, strict=True) if each == number) for number in sorted(set(building)))


def inside_volumes(points: NDArray[np.object_], volumes: Iterable[Volume]) -> NDArray[np.bool_]:
    """Which points stand where a volume touches the ground.

    Parameters
    ----------
    points
        shapely points, shape (n,).
    """
    inside = np.zeros(len(points), dtype=np.bool_)
    for volume in volumes:
        if volume.touches_ground:
            inside |= shapely.contains(volume.footprint, points)
    return inside
