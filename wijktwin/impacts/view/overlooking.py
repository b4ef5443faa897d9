"""Whom new windows look at: homes and gardens in straight view of a window of a plan, from which storey, how far and how straight.

A line counts where it is no longer than an assumed distance, leaves the new window no farther from straight ahead than an assumed
angle, meets a home from in front of its window, and where no building stands in between. Trees, hedges and fences are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.impacts.view.first_hits import SightScene
from wijktwin.impacts.view.new_windows import NewWindows
from wijktwin.model.mesh import BoolArray, FloatArray

ASSUMED_HERE: Final = ("overlooking_distance", "overlooking_angle", "eye_height_standing", "eye_height_seated", "storey_height_new")
UNDER: Final = 0.02
"""Lines end this far before what is looked at, which may lie on a wall. [m]"""


@dataclass(frozen=True, slots=True, eq=False)
class SightLines:
    """Lines from new windows to places, in order of place and then of length; arrays of shape (n,).

    Parameters
    ----------
    window
        Row of the new windows.
    place
        Row of the places that are looked at.
    distance
        [m]
    angle
        With straight ahead from the new window. [°]
    """

    window: IndexArray
    place: IndexArray
    distance: FloatArray
    angle: FloatArray

    def taken(self, rows: IndexArray | BoolArray) -> SightLines:
        """Some of them."""
        return SightLines(self.window[rows], self.place[rows], self.distance[rows], self.angle[rows])


def lines_to(windows: NewWindows, places: Points, scene: SightScene, *, assumptions: Assumptions, are_windows: bool) -> SightLines:
    """All lines that count.

    Parameters
    ----------
    places
        That are looked at.
    scene
        Everything that may hide them: buildings that stay, and the volumes of all plans.
    are_windows
        Whether a place is seen only from in front of its wall, beyond its reveal; else from all sides.
    """
    reach, widest = assumptions["overlooking_distance"].value, assumptions["overlooking_angle"].value
    window, place = _near(windows.points, places, reach)
    step = places.positions[place] - windows.points.positions[window]
    distance = np.linalg.norm(step, axis=1)
    kept = distance > UNDER
    window, place, distance, towards = window[kept], place[kept], distance[kept], step[kept] / distance[kept][:, None]
    angle = np.degrees(np.arccos(np.clip((towards * windows.points.normals[window]).sum(axis=1), -1.0, 1.0)))
    counts = angle <= widest
    if are_windows:
        counts &= -(towards * places.normals[place]).sum(axis=1) > places.sun_above[place]
    ask = np.flatnonzero(counts)
    hidden = scene.is_hidden(
        windows.points.origins[window[ask]],
        np.ascontiguousarray(towards[ask], dtype=np.float32),
        (distance[ask] - UNDER).astype(np.float32),
    )
    seen = ask[~hidden]
    order = seen[np.lexsort([window[seen], distance[seen], place[seen]])]
    return SightLines(window[order], place[order], distance[order], angle[order])


def _near(windows: Points, places: Points, reach: float) -> tuple[IndexArray, IndexArray]:
    """Pairs no farther apart than a distance, each of shape (n,)."""
    if not len(windows) or not len(places):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    found = cKDTree(places.positions).query_ball_point(windows.positions, reach, return_sorted=True)
    counts = np.array([len(each) for each in found])
    place = np.concatenate([np.asarray(each, dtype=np.int64) for each in found])
    return np.repeat(np.arange(len(windows)), counts), place
