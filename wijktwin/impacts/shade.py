"""How much of some ground lies in the shade of buildings and of tree crowns at a moment: areas, not pictures.

Level ground and a clear sky are assumed, as in `ground_shadow`. A crown is a spheroid from where it begins to the top of its tree; on
level ground its shadow is an ellipse: a horizontal radius a and a vertical radius b at the height z cast one around the point z / tan(h)
away from the sun, with the half axes a across and sqrt(a² + (b / tan(h))²) along the sunbeams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.model.mesh import BoolArray, FloatArray

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.sun import Sun

Shapes = NDArray[np.object_]
SIDES: Final = 32
"""Corners of the ellipse of a crown; its area is that of the ellipse."""
EMPTY: Final = shapely.Polygon()


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """Shaded parts of surfaces, both of shape (n,): by buildings, and by crowns where no building shades them. [m²]"""

    by_buildings: FloatArray
    by_crowns: FloatArray


def crown_shadows(trees: gpd.GeoDataFrame, sun: Sun, *, begins: float) -> Shapes:
    """The shadow of each crown on level ground, shape (n_trees,); None where height or crown are not known.

    Parameters
    ----------
    begins
        Where a crown begins, as a share of the height of its tree.
    """
    height, diameter = (trees[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))
    found = np.full(len(trees), None, dtype=object)
    known = np.flatnonzero(np.isfinite(height) & np.isfinite(diameter) & (height > 0) & (diameter > 0))
    if not len(known) or not sun.is_up:
        return found
    azimuth, length = np.radians(sun.grid_azimuth), sun.shadow_per_metre
    away = -np.array([np.sin(azimuth), np.cos(azimuth)])
    across = np.array([-away[1], away[0]])
    half_width, half_height = diameter[known] / 2.0, height[known] * (1.0 - begins) / 2.0
    middle = height[known] - half_height
    angles = np.linspace(0.0, 2.0 * np.pi, SIDES, endpoint=False)
    wider = np.sqrt(2.0 * np.pi / (SIDES * np.sin(2.0 * np.pi / SIDES)))
    along = np.sqrt(half_width**2 + (length * half_height) ** 2)
    centre = shapely.get_coordinates(trees.geometry.to_numpy()[known]) + np.outer(length * middle, away)
    outline = (
        centre[:, None]
        + wider * along[:, None, None] * np.cos(angles)[None, :, None] * away
        + wider * half_width[:, None, None] * np.sin(angles)[None, :, None] * across
    )
    found[known] = shapely.polygons(outline)
    return found


def shaded(surfaces: Shapes, buildings: Shapes, crowns: Shapes) -> Shade:
    """How much of each surface lies in the shade.

    Parameters
    ----------
    surfaces
        Valid polygons, shape (n,).
    buildings, crowns
        Shadows as polygons, any number; None where there is none.
    """
    dark = joined_within(surfaces, buildings)
    green = joined_within(surfaces, crowns)
    return Shade(shapely.area(dark), shapely.area(shapely.difference(green, dark)))


def joined_within(surfaces: Shapes, shapes: Shapes) -> Shapes:
    """What shapes cover together of each surface, shape (n,); empty where nothing does."""
    found = np.full(len(surfaces), EMPTY, dtype=object)
    there = shapes[~shapely.is_missing(shapes)]
    if not len(surfaces) or not len(there):
        return found
    surface, shape = shapely.STRtree(there).query(surfaces, predicate="intersects")
    order = np.argsort(surface, kind="stable")
    surface, shape = surface[order], shape[order]
    clipped = shapely.intersection(surfaces[surface], there[shape])
    for pieces, row in zip(*_groups(clipped, surface), strict=True):
        polygons = [part for part in shapely.get_parts(pieces) if part.geom_type == "Polygon"]
        found[row] = shapely.union_all(polygons) if len(polygons) > 1 else polygons[0] if polygons else EMPTY
    return found


def _groups(items: Shapes, keys: NDArray[np.int64]) -> tuple[list[Shapes], list[int]]:
    """Items by their ascending keys."""
    if not len(keys):
        return [], []
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return np.split(items, begins[1:]), keys[begins].tolist()


def touched(surfaces: Shapes, shapes: Shapes) -> BoolArray:
    """Which surfaces any of the shapes meets, shape (n,)."""
    found = np.zeros(len(surfaces), dtype=np.bool_)
    there = shapes[~shapely.is_missing(shapes)]
    if len(there) and len(surfaces):
        found[np.unique(shapely.STRtree(surfaces).query(there, predicate="intersects")[1])] = True
    return found
