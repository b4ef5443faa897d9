"""What a walker in the scene meets and what a text about the picture can name: ground, outlines of buildings, middles, streets.

All of it in decimetres from the south-west corner of the ground, in whole numbers, with the sum that turns degrees into metres: it
is fetched once, and small. Heights are above the reference ground of the frame, in centimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.prepared import Prepared
from layers.terrain import polygons_of
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan

FloatArray = NDArray[np.float64]

PER_METRE: Final = 10
"""Steps in which places are told. [1/m]"""
PER_METRE_UP: Final = 100
OUTLINE_TOLERANCE: Final = 0.2
"""How far a simplified outline may lie from the true one. [m]"""
STREET_TOLERANCE: Final = 1.0
HEAD_ROOM: Final = 2.3
"""One walks under what begins higher above the ground. [m]"""
FITTED_AT: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where along both sides of the ground the sum from degrees to metres is fitted."""
TERM_DECIMALS: Final = 2


def in_view_data(neighbourhood: Neighbourhood, prepared: Prepared) -> dict[str, Any]:
    """For a text about what is in the picture: the ground as it is drawn, middles of buildings by row (null: not known), and streets."""
    footprints = [neighbourhood.buildings.footprint(row) for row in range(len(neighbourhood.buildings))]
    middles = [None if outline is None or outline.is_empty else shapely.get_coordinates(outline.centroid)[0] for outline in footprints]
    terrain = prepared.terrain
    above = (terrain.surface - prepared.frame.reference_ground) * PER_METRE_UP
    return {
        **_frame(prepared),
        "ground": {
            "cell": round(terrain.cell, 3),
            "columns": terrain.surface.shape[1],
            "heights": np.round(above).astype(int).ravel().tolist(),
            "isKnown": terrain.is_known,
        },
        "middles": [None if middle is None else _steps(middle[None], prepared)[0].tolist() for middle in middles],
        "streets": _streets(neighbourhood, prepared),
    }


def walk_data(neighbourhood: Neighbourhood, prepared: Prepared) -> dict[str, Any]:
    """For a walk: the outlines that stop a walker, by row of the building."""
    return {"outlines": [_rings(neighbourhood.buildings.footprint(row), prepared) for row in range(len(neighbourhood.buildings))]}


def plan_data(plan: Plan, neighbourhood: Neighbourhood, prepared: Prepared) -> dict[str, Any]:
    """What a plan changes for a walker and for the text.

    Returns
    -------
    data
        ``outlines`` of what is built at the height of people; ``middles`` of everything that is built above ground; ``others``: where it
        changes the ground or plants; ``gone``: the rows of the buildings that go.
    """
    rows = neighbourhood.buildings.rows
    above = [volume for volume in plan.volumes if not volume.is_below_ground]
    changed = [*(change.footprint for change in plan.ground_changes), *(tree.point for tree in plan.planted)]
    return {
        "outlines": [_rings(volume.footprint, prepared) for volume in above if volume.base < HEAD_ROOM],
        "middles": _points([volume.footprint for volume in above], prepared),
        "others": _points(changed, prepared),
        "gone": sorted(rows[building_id] for building_id in plan.demolishes if building_id in rows),
    }


def _frame(prepared: Prepared) -> dict[str, Any]:
    """The corner that places are counted from, in degrees, and how degrees from it become metres.

    ``metres`` has a row for x and one for y: factors of longitude, latitude, their product and both their squares. The second order is
    needed because a degree of longitude grows shorter to the north: over 3 km that is most of a metre.
    """
    west, south, east, north = prepared.terrain.bounds
    xy = np.array([(west + (east - west) * across, south + (north - south) * along) for across in FITTED_AT for along in FITTED_AT])
    lonlat = np.array([prepared.frame.lonlat(float(x), float(y)) for x, y in xy])
    x, y = (lonlat - lonlat[0]).T
    factors, *_ = np.linalg.lstsq(np.column_stack([x, y, x * y, x * x, y * y]), xy - xy[0], rcond=None)
    return {
        "corner": lonlat[0].round(8).tolist(),
        "metres": np.round(factors.T, TERM_DECIMALS).tolist(),
        "size": [round(east - west, 1), round(north - south, 1)],
    }


def _steps(xy: FloatArray, prepared: Prepared) -> NDArray[np.int64]:
    """Real coordinates as whole steps from the corner, shape (n, 2)."""
    west, south, _, _ = prepared.terrain.bounds
    return np.asarray(np.round((np.asarray(xy)[:, :2] - (west, south)) * PER_METRE), dtype=np.int64)


def _points(geometries: Sequence[BaseGeometry], prepared: Prepared) -> list[list[int]]:
    known = [geometry.representative_point() for geometry in geometries if not geometry.is_empty]
    found: list[list[int]] = _steps(shapely.get_coordinates(known).reshape(-1, 2), prepared).tolist()
    return found


def _rings(outline: BaseGeometry | None, prepared: Prepared) -> list[list[int]]:
    """The rings of an outline, holes too, each as its first corner and then the steps to every next one."""
    simple = None if outline is None else shapely.simplify(outline, OUTLINE_TOLERANCE)
    rings = [ring for polygon in polygons_of(simple) for ring in (polygon.exterior, *polygon.interiors)]
    return [_walked(_steps(shapely.get_coordinates(ring)[:-1], prepared)) for ring in rings]


def _streets(neighbourhood: Neighbourhood, prepared: Prepared) -> dict[str, list[list[int]]]:
    """The lines of every street that has a name, within the ground."""
    table = neighbourhood.street_table
    if table is None:
        return {}
    within = shapely.box(*prepared.terrain.bounds)
    found: dict[str, list[list[int]]] = {}
    for name, line in zip(table["street"].tolist(), table.geometry.tolist(), strict=True):
        if name and line is not None:
            parts = shapely.get_parts(shapely.intersection(shapely.simplify(line, STREET_TOLERANCE), within))
            lines = [_walked(_steps(shapely.get_coordinates(part), prepared)) for part in parts if part.geom_type == "LineString"]
            found.setdefault(name, []).extend(lines)
    return {name: lines for name, lines in sorted(found.items()) if lines}


def _walked(steps: NDArray[np.int64]) -> list[int]:
    """The first place, and from there the steps from each place to the next, in one row."""
    found: list[int] = np.concatenate([steps[:1], np.diff(steps, axis=0)]).ravel().tolist()
    return found
