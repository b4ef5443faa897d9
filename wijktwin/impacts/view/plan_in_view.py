"""How much of what plans add is in view from each point: how high, how wide, how near, and what hides it.

Each volume is looked at in columns and rows within the angles that it takes up, so that a slim tower far away is not missed. A line
counts where it meets that volume first and no building stands before it. Whether leaves hide it is told apart: in winter they do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.first_hits import SightScene
from wijktwin.model.mesh import BoolArray, FloatArray

CHUNK: Final = 128
"""Points that are looked from together."""
BEFORE: Final = np.float32(0.01)
"""A building hides a volume when it stands at least this far before it. [m]"""
WHOLE: Final = 2.0 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class VolumeInView:
    """One volume as it is seen from points; arrays of shape (n_points,), 0 or infinite where it is not seen.

    Parameters
    ----------
    visible, in_leaf
        Solid angle that is seen in front of the window, with bare trees and with trees in leaf. [sr]
    unhidden
        The same if nothing stood in the way but the wall of the window itself. [sr]
    height, width
        How much of it is seen up and aside. [°]
    top
        Altitude of the highest part that is seen. [°]
    distance
        To the nearest part that is seen. [m]
    west, east
        Compass directions between which it is seen, clockwise; east may pass 360. [°]
    """

    visible: FloatArray
    in_leaf: FloatArray
    unhidden: FloatArray
    height: FloatArray
    width: FloatArray
    top: FloatArray
    distance: FloatArray
    west: FloatArray
    east: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """The angles within which a volume lies, shape (n_points,) each. [rad] Azimuth clockwise from north, from west to west + wide."""

    west: FloatArray
    wide: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Hiding:
    """What may hide a volume: buildings that stay, and crowns."""

    buildings: SightScene
    crowns: SightScene


def volumes_in_view(points: Points, added: Solids, hiding: Sequence[Hiding], *, grid: tuple[int, int]) -> list[list[VolumeInView]]:
    """How each volume is seen from each point, for each of several sets of what may hide it.

    Lines to the volumes are followed once: only what hides them is looked for anew.

    Parameters
    ----------
    added
        The volumes; each hides the others.
    grid
        Columns and rows in which each is looked at.
    """
    scene = SightScene(added)
    by_volume = [_in_view(points, added, scene, hiding, volume, grid) for volume in range(added.n_solids)]
    return [[found[number] for found in by_volume] for number in range(len(hiding))]


def _in_view(  # noqa: PLR0917 - one volume from all points
    points: Points, added: Solids, scene: SightScene, hiding: Sequence[Hiding], volume: int, grid: tuple[int, int]
) -> list[VolumeInView]:
    n = len(points)
    names = ("visible", "in_leaf", "unhidden", "height", "width", "top", "distance", "west", "east")
    found = [{name: np.full(n, np.inf if name == "distance" else 0.0) for name in names} for _ in hiding]
    corners = added.corners[added.owner == volume].reshape(-1, 3).astype(np.float64)
    if len(corners):
        rows = np.flatnonzero(_in_front(points, np.unique(corners, axis=0)))
        for begin in range(0, len(rows), CHUNK):
            piece = rows[begin : begin + CHUNK]
            for own, part in zip(found, _looked_at(points.taken(piece), corners, scene, hiding, volume, grid), strict=True):
                for name in names:
                    own[name][piece] = part[name]
    return [VolumeInView(**own) for own in found]


def extent_of(eyes: FloatArray, corners: FloatArray) -> Extent:
    """The angles within which a body with these corners lies, from points of shape (n, 3).

    Around a point within its outline it is everything. The upper edge is highest where it is nearest when it is above the eye, and
    where it is farthest when it is below; the lower edge the other way round.
    """
    outline = shapely.MultiPoint(corners[:, :2]).convex_hull
    hull = shapely.get_coordinates(outline)
    step = hull[None] - eyes[:, None, :2]
    near = shapely.distance(shapely.points(eyes[:, :2]), outline)
    far = np.hypot(step[:, :, 0], step[:, :, 1]).max(axis=1)
    middle = hull.mean(axis=0) - eyes[:, :2]
    facing = np.arctan2(middle[:, 0], middle[:, 1])
    turn = np.angle(np.exp(1j * (np.arctan2(step[:, :, 0], step[:, :, 1]) - facing[:, None])))
    inside = near <= 0
    west, east = np.where(inside, -np.pi, turn.min(axis=1)), np.where(inside, np.pi, turn.max(axis=1))
    top, foot = corners[:, 2].max() - eyes[:, 2], corners[:, 2].min() - eyes[:, 2]
    high = np.arctan2(top, np.where(top > 0, near, far))
    low = np.arctan2(foot, np.where(foot > 0, far, near))
    return Extent(facing + west, east - west, low, high)


def _in_front(points: Points, corners: FloatArray) -> BoolArray:
    """Which points have a part of a body in front of their wall; all where every direction counts."""
    found = np.zeros(len(points), dtype=np.bool_)
    for corner in corners:
        step = corner - points.positions
        length = np.maximum(np.linalg.norm(step, axis=1), 1e-9)
        found |= (step * points.normals).sum(axis=1) > (np.minimum(points.sun_above, 0.0) - 1e-6) * length
    return found


def _looked_at(  # noqa: PLR0917 - one volume from some points
    points: Points, corners: FloatArray, scene: SightScene, hiding: Sequence[Hiding], volume: int, grid: tuple[int, int]
) -> Iterator[dict[str, FloatArray]]:
    n_columns, n_rows = grid
    eyes = points.origins.astype(np.float64)
    extent = extent_of(eyes, corners)
    azimuth = extent.west[:, None] + extent.wide[:, None] * (np.arange(n_columns) + 0.5) / n_columns
    tall = extent.high - extent.low
    altitude = extent.low[:, None] + tall[:, None] * (np.arange(n_rows) + 0.5) / n_rows
    towards = _unit(azimuth[:, :, None], altitude[:, None, :])
    slots = towards.shape[:3]
    origins = np.repeat(points.origins, n_columns * n_rows, axis=0)
    flat = towards.reshape(-1, 3)
    ahead = np.einsum("pcra,pa->pcr", towards.astype(np.float64), points.normals)
    front = np.flatnonzero((ahead > points.sun_above[:, None, None]).ravel())
    met, near = _meets(scene, origins, flat, front, volume)
    weight = _solid_angles(extent, altitude, tall, grid)
    unhidden = (_mask(slots, met) * weight).sum(axis=(1, 2))
    for one in hiding:
        hidden = one.buildings.is_hidden(origins[met], flat[met], near - BEFORE)
        clear, far = met[~hidden], near[~hidden]
        leaves = one.crowns.is_hidden(origins[clear], flat[clear], far - BEFORE)
        seen = _mask(slots, clear)
        distance = np.full(slots, np.inf)
        distance.reshape(-1)[clear] = far
        yield {
            **_sizes(seen, extent, altitude, tall),
            "visible": (seen * weight).sum(axis=(1, 2)),
            "in_leaf": (_mask(slots, clear[~leaves]) * weight).sum(axis=(1, 2)),
            "unhidden": unhidden,
            "distance": distance.min(axis=(1, 2)),
        }


def _meets(
    scene: SightScene, origins: Float32Array, towards: Float32Array, ask: IndexArray, volume: int
) -> tuple[IndexArray, Float32Array]:
    """Lines that meet a volume before any other of the plans, and how far it is."""
    near, owner = scene.nearest(origins[ask], towards[ask])
    mine = owner == volume
    return ask[mine], near[mine]


def _mask(shape: tuple[int, ...], at: IndexArray) -> NDArray[np.bool_]:
    found = np.zeros(shape, dtype=np.bool_)
    found.reshape(-1)[at] = True
    return found


def _unit(azimuth: FloatArray, altitude: FloatArray) -> Float32Array:
    azimuth, altitude = np.broadcast_arrays(azimuth, altitude)
    level = np.cos(altitude)
    return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(altitude)], axis=-1).astype(np.float32)


def _solid_angles(extent: Extent, altitude: FloatArray, tall: FloatArray, grid: tuple[int, int]) -> FloatArray:
    """Solid angle of each cell: its width times how much the sine of the altitude grows, shape (n, 1, n_rows). [sr]"""
    half = tall[:, None] / grid[1] / 2.0
    band = np.sin(altitude + half) - np.sin(altitude - half)
    cells: FloatArray = (extent.wide[:, None] / grid[0] * band)[:, None, :]
    return cells


def _sizes(seen: BoolArray, extent: Extent, altitude: FloatArray, tall: FloatArray) -> dict[str, FloatArray]:
    """From the first column and row that is seen to the last."""
    columns, rows = np.asarray(seen.any(axis=2)), np.asarray(seen.any(axis=1))
    n_columns, n_rows = columns.shape[1], rows.shape[1]
    any_seen = np.asarray(columns.any(axis=1))
    first, last = columns.argmax(axis=1), n_columns - columns[:, ::-1].argmax(axis=1)
    bottom, top = rows.argmax(axis=1), n_rows - rows[:, ::-1].argmax(axis=1)
    each, step = extent.wide / n_columns, tall / n_rows
    low = altitude[:, 0] - step / 2.0
    sizes = {
        "height": (top - bottom) * step,
        "width": (last - first) * each,
        "top": low + top * step,
        "west": np.mod(extent.west + first * each, WHOLE),
        "east": np.mod(extent.west + first * each, WHOLE) + (last - first) * each,
    }
    return {name: np.where(any_seen, np.degrees(values), 0.0) for name, values in sizes.items()}
