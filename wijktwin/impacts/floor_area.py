"""Gross floor area (bvo) of buildings and proposed volumes: an estimate, for no register holds it.

BAG knows the use area (gebruiksoppervlakte) of dwellings, not the gross floor area of NEN 2580 ("all floors, measured along the
outside of the outer walls"). What is computed here is footprint times storeys, or volume over storey height.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.impacts.assessment import weakest
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.plan import Use
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wijktwin.impacts.assumptions import Assumption, Assumptions
    from wijktwin.model.building import Buildings
    from wijktwin.model.plan import Volume

STOREY_HEIGHT_OF_USE: Final[Mapping[str, str]] = MappingProxyType({"dwelling": "storey_height_dwelling", "": "storey_height_unknown"})
"""Which assumption holds for which use of a building; every other use takes "storey_height_other"."""

LOWEST_ROOM: Final = 2.0
"""Nobody stands upright in what is lower than this: it may hold no floor. [m]"""
STOREY_HEIGHTS: Final = ("storey_height_dwelling", "storey_height_other", "storey_height_unknown")


@dataclass(frozen=True, slots=True, eq=False)
class FloorAreas:
    """Gross floor area above ground of many buildings, with the range it may lie in.

    Parameters
    ----------
    value, low, high
        Shape (n,); NaN where neither storeys nor volume nor height is known. [m²]
    used
        Names of the assumptions that went in.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    used: frozenset[str]


def estimated_floor_areas(
    footprint_area: FloatArray,
    volume: FloatArray,
    storeys: FloatArray,
    *,
    use: Sequence[str],
    is_block: BoolArray,
    assumptions: Assumptions,
) -> FloorAreas:
    """Gross floor area above ground of existing buildings.

    Where the storeys are known: footprint x storeys x fill (the share of the footprint that a storey fills). Else volume / storey
    height, at least one storey; the margin follows from the range of the storey height, and reaches down to a single storey for
    what is not known to hold dwellings, for it may be a hall. Greenhouses and warehouses (``is_block``) count as one storey.
    Roy et al. (2023, doi:10.1080/13658816.2022.2160454) find that height over storey height gives the right number of storeys for
    less than 70 % of Dutch dwellings: hence a margin, and no rounding to whole storeys.

    Parameters
    ----------
    footprint_area, volume, storeys
        Shape (n,); NaN where unknown. [m², m³, -]
    use
        Per building "dwelling" (one of its addresses is), "" where nobody knows, anything else for other uses.
    is_block
        Shape (n,): whether it is a greenhouse or warehouse.
    """
    fill, known = assumptions["storey_fill"], storeys > 0
    height_name = np.array([STOREY_HEIGHT_OF_USE.get(each, "storey_height_other") for each in use], dtype=np.str_)
    measurable = (volume > 0) & (footprint_area > 0)

    def over(which: Callable[[Assumption], float]) -> FloatArray:
        height = np.ones(len(height_name))
        for name in STOREY_HEIGHTS:
            height[height_name == name] = which(assumptions[name])
        return np.where(measurable, np.fmax(footprint_area, volume / height), np.nan)

    is_dwelling = height_name == "storey_height_dwelling"
    value = np.where(known, footprint_area * storeys * fill.value, np.where(is_block, footprint_area, over(lambda each: each.value)))
    low = np.where(known, footprint_area * storeys * fill.low, np.where(is_dwelling, over(lambda each: each.high), footprint_area))
    high = np.where(known, footprint_area * storeys * fill.high, over(lambda each: each.low))
    unknown = ~np.isfinite(value)
    low, high = np.where(unknown, np.nan, low), np.where(unknown, np.nan, np.fmax(high, value))
    used = {name for name in STOREY_HEIGHTS if (~known & ~unknown & (height_name == name)).any()}
    return FloorAreas(value, low, high, frozenset(used | ({"storey_fill"} if known.any() else set())))


def building_floor_areas(buildings: Buildings, *, use: Sequence[str], assumptions: Assumptions) -> FloorAreas:
    """`estimated_floor_areas` of all buildings of a neighbourhood.

    The volume is that of the mesh; that of the source where the solid has faults; footprint times height where there is neither.
    """
    footprint = footprint_areas(buildings)
    return estimated_floor_areas(
        footprint,
        usable_volumes(buildings),
        buildings.numbers["storeys"],
        use=use,
        is_block=buildings.flags["is_block"],
        assumptions=assumptions,
    )


def footprint_areas(buildings: Buildings) -> FloatArray:
    """Area of each building's outline on the ground; the source's own figure where there is no outline. [m²]"""
    outline = shapely.area(buildings.footprints)
    return np.where(np.isfinite(outline) & (outline > 0), outline, buildings.numbers["footprint_area"])


def usable_volumes(buildings: Buildings) -> FloatArray:
    """Volume of each building: of its mesh if that is valid, else as its source states it, else footprint times height. [m³]"""
    mesh, stated = buildings.numbers["volume"], buildings.numbers["volume_stated"]
    raised = footprint_areas(buildings) * buildings.numbers["height"]
    trusted = np.where(buildings.flags["is_valid"] & (mesh > 0), mesh, np.where(stated > 0, stated, mesh))
    return np.where(trusted > 0, trusted, raised)


@dataclass(frozen=True, slots=True)
class VolumeFloorArea:
    """Gross floor area above ground of one proposed volume, with its range, kind and assumptions. [m²]"""

    value: float
    low: float
    high: float
    kind: Kind
    used: frozenset[str]


def volume_floor_area(volume: Volume, *, assumptions: Assumptions) -> VolumeFloorArea:
    """Gross floor area above ground of a proposed volume.

    As the plan states it, with the range of the fill where it was rescaled along with the storeys; else footprint x storeys; else
    footprint x height / storey height. Parking storeys above ground count, as in NEN 2580; what lies below ground does not, so that
    a basement garage does not make a plan look denser.
    """
    if volume.is_below_ground:
        return VolumeFloorArea(0.0, 0.0, 0.0, Kind.STATED, frozenset())
    if volume.floor_area is not None:
        return _told_floor_area(volume.floor_area, volume.floor_area_kind, fill=assumptions["storey_fill"])
    footprint, fill = float(volume.footprint.area), assumptions["storey_fill"]
    if volume.storeys:
        floors = footprint * volume.storeys
        kind = weakest((volume.storeys_kind, Kind.ASSUMED))
        return VolumeFloorArea(floors * fill.value, floors * fill.low, floors * fill.high, kind, frozenset({"storey_fill"}))
    body = footprint * (volume.height - max(volume.base, 0.0))
    if volume.storey_height is not None and volume.storey_height_kind is not Kind.ASSUMED:
        floors = body / volume.storey_height
        return VolumeFloorArea(floors * fill.value, floors * fill.low, floors * fill.high, Kind.ASSUMED, frozenset({"storey_fill"}))
    height = assumptions["storey_height_new"]
    ends = [max(footprint, body / each) for each in (height.value, height.high, height.low)]
    if volume.use == Use.OTHER or volume.height - max(volume.base, 0.0) < LOWEST_ROOM:
        ends[1] = 0.0  # a canopy or a deck may hold no floor at all
    return VolumeFloorArea(ends[0], ends[1], ends[2], Kind.ASSUMED, frozenset({"storey_height_new"}))


def _told_floor_area(area: float, kind: Kind, *, fill: Assumption) -> VolumeFloorArea:
    """A floor area that a plan brings: exact where somebody stated it, a range where it only changed along with the storeys."""
    if kind is not Kind.ASSUMED:
        return VolumeFloorArea(area, area, area, kind, frozenset())
    low, high = (area * end / fill.value for end in (fill.low, fill.high))
    return VolumeFloorArea(area, low, high, kind, frozenset({fill.name}))
