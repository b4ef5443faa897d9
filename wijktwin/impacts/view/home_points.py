"""From where homes look: the places where the window of a living room may be, at the height of the eyes of who sits there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import SunPoints, dwelling_points
from wijktwin.model.mesh import FloatArray
from wijktwin.model.neighbourhood import Neighbourhood

ASSUMED_HERE: Final = ("eye_height_seated", "storey_height_dwelling", "window_reveal", "window_width")


@dataclass(frozen=True, eq=False)
class HomePoints:
    """Places to look from; several of one home are possibilities.

    Parameters
    ----------
    places
        The points with the home that each belongs to.
    drop
        How high each lies above the ground, shape (n_points,). [m]
    """

    places: SunPoints
    drop: FloatArray

    @property
    def points(self) -> Points:
        """The places alone."""
        return self.places.points


def home_points(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> HomePoints:
    """The same places as for sunlight, at eye level instead of at the sill."""
    eye = assumptions["eye_height_seated"].value
    at_eye_level = replace(assumptions["window_sill_height"], value=eye)
    register = MappingProxyType({**assumptions.register, "window_sill_height": at_eye_level})
    places = dwelling_points(neighbourhood, assumptions=replace(assumptions, register=register))
    return HomePoints(places, places.storey.astype(np.float64) * assumptions["storey_height_dwelling"].value + eye)
