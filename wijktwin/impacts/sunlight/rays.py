"""Whether something stands between a point and the sun: rays against triangles, in Intel's Embree through embreex.

Embree keeps coordinates as float32, which is a quarter of a millimetre at three kilometres from the local origin but metres in RD
coordinates: everything here is counted from the local origin of the neighbourhood. Scenes are made in Embree's *robust* mode: rays
do not slip between triangles that share an edge, and what one ray meets does not depend on what else is in the scene (S. Woop,
C. Benthin, I. Wald, Watertight ray/triangle intersection, Journal of Computer Graphics Techniques 2(1), 2013).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from wijktwin.model.mesh import BoolArray

Float32Array = NDArray[np.float32]

LIT: Final = -1
"""What embreex gives for a ray that meets nothing."""


def embree_scene(corners: NDArray[np.floating]) -> Any:  # noqa: ANN401  embreex has no types
    """Triangles with corners of shape (m, 3, 3) as a robust scene that several threads may ask; None where there are none."""
    if not len(corners):
        return None
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, np.ascontiguousarray(corners, dtype=np.float32))
    first = np.zeros((1, 3), dtype=np.float32)  # the first question commits the scene: it is asked before there are threads
    scene.run(first, np.array([[0.0, 0.0, 1.0]], dtype=np.float32), query="OCCLUDED")
    return scene


class RayScene:
    """Triangles that rays may meet; safe to ask from several threads.

    Parameters
    ----------
    corners
        Corners of the triangles, shape (m, 3, 3). [m from the local origin]
    """

    def __init__(self, corners: NDArray[np.floating]) -> None:
        self._scene = embree_scene(corners)

    def is_occluded(self, origins: Float32Array, towards: Float32Array) -> BoolArray:
        """Whether a ray meets any triangle, however far away, shape (n,).

        Parameters
        ----------
        origins
            Where rays begin, shape (n, 3). [m from the local origin] Points on a surface are lifted off it first.
        towards
            Unit vectors to the sun, shape (n, 3), or (1, 3) for all.
        """
        if self._scene is None or not len(origins):
            return np.zeros(len(origins), dtype=np.bool_)
        found: BoolArray = self._scene.run(origins, towards, query="OCCLUDED") != LIT
        return found
