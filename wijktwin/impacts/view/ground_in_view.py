"""Which lines of sight would end on green ground, and which on other ground, if nothing stood in between.

The ground is taken to be level around each point, at the height of the ground there; what it is there says the map. Beyond the map
nobody knows, and it counts as other ground.
"""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.first_hits import Sight, each_chunk
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.scenario import Scenario
from wijktwin.model.surroundings import GREEN_KINDS

ClassArray = NDArray[np.uint8]
ABOVE: Final = 0
"""The line does not come down."""
OTHER: Final = 1
GREEN: Final = 2
FLATTEST: Final = 1e-9
CHANGED: Final = ("changed", "uncovered")
"""Pieces of ground that plans make."""


class GroundMap:
    """Where there is green ground.

    Parameters
    ----------
    table
        Ground surfaces.
    origin
        Local origin, shape (3,). [m]
    """

    def __init__(self, table: gpd.GeoDataFrame, *, origin: FloatArray) -> None:
        self.origin = origin
        self._shapes = shapely.make_valid(table.geometry.to_numpy())
        self._is_green = table["kind"].isin([str(kind) for kind in GREEN_KINDS]).to_numpy()

    def covers(self, flat: FloatArray) -> tuple[BoolArray, BoolArray]:
        """Whether places lie on one of the surfaces, and on a green one, each of shape (n,); places are local, shape (n, 2). [m]"""
        on, green = np.zeros(len(flat), dtype=np.bool_), np.zeros(len(flat), dtype=np.bool_)
        if len(flat) and len(self._shapes):
            places = shapely.STRtree(
                np.asarray(shapely.points(flat + self.origin[:2]), dtype=np.object_)
            )  # surfaces are prepared, and asked one after the other
            surface, place = places.query(self._shapes, predicate="intersects")
            on[place] = True
            green[place[self._is_green[surface]]] = True
        return on, green

    @property
    def bounds(self) -> FloatArray | None:
        """Least and greatest x and y, shape (4,); None where there are no surfaces. [m from the local origin]"""
        if not len(self._shapes):
            return None
        bounds: FloatArray = shapely.total_bounds(self._shapes) - np.tile(self.origin[:2], 2)
        return bounds


def ground_classes(sight: Sight, drop: FloatArray, ground: GroundMap, *, n_threads: int = 2) -> ClassArray:
    """What each line would end on, shape (n_points, n_directions): `ABOVE`, `OTHER` or `GREEN`.

    Parameters
    ----------
    drop
        How high each point lies above the ground, shape (n_points,). [m]
    """
    found = np.zeros((len(sight.points), sight.directions.count), dtype=np.uint8)

    def one(rows: IndexArray) -> None:
        flat, down = _landing(sight, drop, rows)
        green = ground.covers(flat[down])[1]
        part = np.zeros(len(down), dtype=np.uint8)
        part[down] = np.where(green, GREEN, OTHER)
        found[rows] = part.reshape(len(rows), -1)

    each_chunk(sight, np.arange(len(sight.points)), one, n_threads=n_threads)
    return found


def ground_classes_after(
    sight: Sight, drop: FloatArray, before: ClassArray, scenario: Scenario, *, n_threads: int = 2, everywhere: bool = False
) -> ClassArray:
    """The same when plans change the ground: on what they make it is what they say, elsewhere it stays what it was.

    Parameters
    ----------
    everywhere
        Look at all lines, not only at those that come down near the changed ground: for a test that this gives the same.
    """
    table: Any = scenario.ground
    changes = GroundMap(table[table["change"].isin(CHANGED)], origin=scenario.neighbourhood.mesh.origin)
    bounds = changes.bounds
    if bounds is None:
        return before
    after = before.copy()

    def one(rows: IndexArray) -> None:
        flat, down = _landing(sight, drop, rows)
        inside = (flat >= bounds[:2]).all(axis=1) & (flat <= bounds[2:]).all(axis=1)
        ask = np.flatnonzero(down if everywhere else down & inside)
        on, green = changes.covers(flat[ask])
        at, way = np.divmod(ask[on], sight.directions.count)
        after[rows[at], way] = np.where(green[on], GREEN, OTHER)

    each_chunk(sight, np.arange(len(sight.points)), one, n_threads=n_threads)
    return after


def ground_distance(sight: Sight, drop: FloatArray, rows: IndexArray) -> NDArray[np.float32]:
    """How far the level ground is along each line of some points, shape (n, n_directions); infinite where it does not come down. [m]"""
    falls = -sight.directions.towards(sight.points.taken(rows))[:, :, 2].astype(np.float64)
    down = falls > FLATTEST
    return np.where(down, drop[rows][:, None] / np.where(down, falls, 1.0), np.inf).astype(np.float32)


def _landing(sight: Sight, drop: FloatArray, rows: IndexArray) -> tuple[FloatArray, BoolArray]:
    """Where the lines of some points meet level ground, shape (n, 2) [m from the local origin], and whether they do, shape (n,)."""
    origins, towards = sight.lines(rows)
    far = ground_distance(sight, drop, rows).reshape(-1).astype(np.float64)
    down = np.isfinite(far)
    flat = origins[:, :2].astype(np.float64) + towards[:, :2] * np.where(down, far, 0.0)[:, None]
    return flat, down
