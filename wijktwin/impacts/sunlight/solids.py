"""What casts shadow: triangles with the solid that each belongs to, and the box around each solid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import IndexArray
from wijktwin.model.mesh import BoolArray, FloatArray, Mesh
from wijktwin.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Solids:
    """Triangles of several solids.

    Parameters
    ----------
    corners
        Shape (m, 3, 3). [m from the local origin]
    owner
        Solid of each triangle, shape (m,).
    n_solids
        How many there are; some may have no triangles.
    """

    corners: Float32Array
    owner: IndexArray
    n_solids: int

    @staticmethod
    def of_mesh(mesh: Mesh, n_solids: int) -> Solids:
        """The objects of a mesh."""
        return Solids(mesh.triangle_corners().astype(np.float32), mesh.triangle_object().astype(np.int64), n_solids)

    @staticmethod
    def of_plans(scenario: Scenario) -> Solids:
        """The volumes of a scenario, in the order of ``scenario.volumes``."""
        return Solids.of_mesh(scenario.volume_mesh, len(scenario.volumes))

    @cached_property
    def boxes(self) -> FloatArray:
        """Lowest and highest corner of each solid, shape (n_solids, 2, 3); inside out where it has no triangles. [m]"""
        low, high = np.full((self.n_solids, 3), np.inf), np.full((self.n_solids, 3), -np.inf)
        if len(self.corners):
            order = np.argsort(self.owner, kind="stable")
            owner, corners = self.owner[order], self.corners[order].astype(np.float64)
            begins = np.flatnonzero(np.append(True, np.diff(owner) != 0))
            low[owner[begins]] = np.minimum.reduceat(corners.min(axis=1), begins)
            high[owner[begins]] = np.maximum.reduceat(corners.max(axis=1), begins)
        return np.stack([low, high], axis=1)

    def may_matter(self, boxes: FloatArray, among: BoolArray, *, lowest: float, floor: float) -> BoolArray:
        """Which solids may shade a point whose ray to the sun crosses one of some boxes, shape (n_solids,).

        Parameters
        ----------
        boxes
            Shape (n, 2, 3). [m from the local origin]
        among
            Only these are asked for, shape (n_solids,).
        lowest
            Altitude of the lowest sun. [°]
        floor
            Height of the lowest point. [m]
        """
        per_metre = 1.0 / np.tan(np.radians(lowest))
        own = np.maximum(self.boxes[:, 1, 2] - floor, 0.0) * per_metre
        found = np.zeros(self.n_solids, dtype=np.bool_)
        with np.errstate(invalid="ignore"):
            for low, high in boxes:
                gap = np.maximum(np.maximum(low[:2] - self.boxes[:, 1, :2], self.boxes[:, 0, :2] - high[:2]), 0.0)
                found |= np.hypot(*gap.T) <= own + max(high[2] - floor, 0.0) * per_metre + 1.0
        return found & among


NO_SOLIDS: Final = Solids(np.zeros((0, 3, 3), np.float32), np.zeros(0, np.int64), 0)
