"""What stands in the way of a view, today and with plans: buildings and volumes that stand in the ground, and crowns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.crowns import Crowns, crowns_of
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.study import FOOT, with_roofs_moved
from wijktwin.impacts.view.first_hits import SightScene, without
from wijktwin.impacts.view.ground_in_view import GroundMap
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

KEPT_SCENES: Final = 4
ROOT: Final = 5.0
"""What stands on the ground is drawn this far into it, so that nobody looks under it where the ground lies a little lower. [m]"""
RAISED: Final = 1.0
"""A building whose lowest point is higher above its ground than this stands on something else. [m]"""


@dataclass(frozen=True, eq=False)
class Standing:
    """Everything that stands in a neighbourhood today.

    Parameters
    ----------
    roofs
        How much the roof of each building is taken to lie higher than drawn, shape (n_buildings,). [m]
    """

    neighbourhood: Neighbourhood
    assumptions: Assumptions
    roofs: FloatArray | None = None

    @cached_property
    def buildings(self) -> Solids:
        """Buildings and the halo, rooted in the ground."""
        solids = Solids.of_mesh(self.neighbourhood.mesh, len(self.neighbourhood.buildings))
        if self.roofs is not None:
            solids = Solids(with_roofs_moved(solids, self.roofs).astype(np.float32), solids.owner, solids.n_solids)
        ground = self.neighbourhood.buildings.numbers["ground_height"] - self.neighbourhood.mesh.origin[2]
        return rooted(solids, ~(solids.boxes[:, 0, 2] > ground + RAISED))

    def scene_left(self, scenario: Scenario) -> SightScene:
        """The buildings that stay; kept for the last few sets of buildings that go."""
        return self._scenes.of(scenario.demolished, lambda: SightScene(without(self.buildings, ~scenario.remaining_rows)))

    @cached_property
    def _scenes(self) -> LastFew[frozenset[str], SightScene]:
        return LastFew(KEPT_SCENES)

    def crown_scene(self, scenario: Scenario) -> SightScene:
        """The crowns that stand with plans; kept for the last few scenarios."""
        return self._crown_scenes.of(scenario.key, lambda: SightScene(self.crowns_with(scenario).solids()))

    @cached_property
    def _crown_scenes(self) -> LastFew[str, SightScene]:
        return LastFew(KEPT_SCENES)

    @cached_property
    def ground(self) -> GroundMap:
        """Where there is green ground today."""
        return GroundMap(self.neighbourhood.ground, origin=self.neighbourhood.mesh.origin)

    @cached_property
    def crowns(self) -> Crowns:
        """Crowns of the trees of today."""
        return self.crowns_with(self.neighbourhood.with_plans())

    def crowns_with(self, scenario: Scenario) -> Crowns:
        """Crowns when plans fell, plant, build and demolish."""
        return crowns_of(scenario, begins=self.assumptions["crown_begins"].value)


def added_solids(scenario: Scenario) -> Solids:
    """The volumes of plans that stand above ground, rooted; solid i is ``scenario.volumes[i]``."""
    touches = np.array([volume.touches_ground for _, volume in scenario.volumes], dtype=np.bool_)
    return rooted(volumes_above_ground(scenario), touches)


def volumes_above_ground(scenario: Scenario) -> Solids:
    """The same as they are, without roots."""
    solids = Solids.of_plans(scenario)
    shown = np.array([not volume.is_below_ground for _, volume in scenario.volumes], dtype=np.bool_)
    keep = shown[solids.owner] if len(solids.owner) else np.zeros(0, dtype=np.bool_)
    return Solids(solids.corners[keep], solids.owner[keep], solids.n_solids)


def rooted(solids: Solids, stands: BoolArray) -> Solids:
    """Solids of which those that stand on the ground reach into it, shape of ``stands`` (n_solids,)."""
    if not len(solids.corners):
        return solids
    corners = solids.corners.copy()
    foot = solids.boxes[:, 0, 2][solids.owner]
    low = (corners[:, :, 2] <= (foot + FOOT)[:, None]) & stands[solids.owner][:, None]
    corners[:, :, 2] = np.where(low, (foot - ROOT).astype(np.float32)[:, None], corners[:, :, 2])
    return Solids(corners, solids.owner, solids.n_solids)
