"""The shade of buildings on the ground at one moment: today, and what plans add to it or take away.

Level ground is assumed under every building, at the height on which it stands, and so is a clear sky. Trees are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wijktwin.impacts.assessment import Method
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.silhouettes import Casters, Shapes
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario
from wijktwin.sun import Sun

METHOD: Final = Method("ground_shadow", "1.0")
SLIVER: Final = 0.01
"""Pieces of difference smaller than this come from rounding. [m²]"""


@dataclass(frozen=True, slots=True)
class GroundShadow:
    """Shade on the ground at one moment, in real coordinates [m]; the three parts do not overlap.

    Parameters
    ----------
    moment, sun
        When, and where the sun stands then.
    stays
        In the shade today and with the plans.
    comes
        In the shade with the plans only.
    goes
        In the shade today only: what casts it is demolished.
    """

    moment: datetime
    sun: Sun
    stays: BaseGeometry
    comes: BaseGeometry
    goes: BaseGeometry


class ShadowCaster:
    """Shadows of one neighbourhood: its buildings are prepared once and asked for many moments and plans."""

    def __init__(self, neighbourhood: Neighbourhood) -> None:
        self.neighbourhood = neighbourhood
        self._buildings = Casters.of(neighbourhood.mesh, neighbourhood.buildings.numbers["ground_height"])
        self.place = sun_place(neighbourhood)

    def today(self, sun: Sun) -> Shapes:
        """The shadow of every building, the halo included, shape (n_buildings,); None where there is none."""
        return self._buildings.shadows(sun)

    def of_plans(self, scenario: Scenario, sun: Sun) -> Shapes:
        """The shadow of every proposed volume, in the order of ``scenario.volumes``; None where there is none."""
        ground = np.array([volume.ground_level for _, volume in scenario.volumes], dtype=np.float64)
        return Casters.of(scenario.volume_mesh, ground).shadows(sun)

    def at(self, scenario: Scenario, moment: datetime, *, today: Shapes | None = None) -> GroundShadow:
        """The shade on the ground at a moment.

        Parameters
        ----------
        scenario
            Of the neighbourhood that this was made for.
        today
            What `today` gave for the same moment, when somebody kept it.
        """
        sun = self.place.sun(moment)
        buildings = self.today(sun) if today is None else today
        new = _united(self.of_plans(scenario, sun))
        remaining = scenario.remaining_rows
        gone = _united(buildings[~remaining])
        left = buildings[remaining]
        comes = _without(new, left, gone)
        goes = _without(gone, left, new)
        stays = _united(np.append(left, [shapely.intersection(gone, new)]))
        return GroundShadow(moment, sun, stays, comes, goes)


def _united(shapes: NDArray[np.object_]) -> BaseGeometry:
    return shapely.union_all(shapes[~shapely.is_missing(shapes)])


def _without(shape: BaseGeometry, others: NDArray[np.object_], further: BaseGeometry) -> BaseGeometry:
    """What a shape covers and none of the others does; only those that meet it are looked at."""
    if shape.is_empty:
        return shape
    near = others[shapely.intersects(shape, others)]
    rest = shapely.difference(shape, shapely.union_all([*near, further]))
    parts = shapely.get_parts(rest)
    return shapely.union_all(parts[shapely.area(parts) > SLIVER])
