"""Light that was computed before, kept on the disk: found by everything that went into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from wijktwin.impacts.array_store import AnyArray, Arrays, ArrayStore, array_key
from wijktwin.impacts.sunlight.light import Light, Mixed
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import SLOT, SLOTS_PER_CLOSE_LOOK, SunGrid

FORMAT: Final = "light-1"
"""Changes when what is computed from the same rays changes, or how it is written."""
CROWNS_FORMAT: Final = "crowns-1"
"""The same of what crowns shade."""
MOST_BYTES: Final = 2 * 1024**3


def light_key(points: Points, grid: SunGrid, *, casters: Sequence[Float32Array]) -> str:
    """Hash of everything that light follows from (hex).

    Parameters
    ----------
    casters
        Corners of the triangles that cast shadow, in groups that are asked apart: today's buildings that stay, and volumes of plans.

    Notes
    -----
    Data, plans and settings are hashed as the numbers that rays are made of, days and lowest sun of a norm as the suns that they
    give: another answer can only come from another key.
    """
    told = f"{FORMAT};{SLOT};{SLOTS_PER_CLOSE_LOOK};{version('embreex')};{grid.place.time_zone};{grid.days}"
    suns = (grid.seconds, grid.towards, grid.slot_day, grid.samples)
    return array_key(told, [points.origins, points.facing, *suns, *casters])


def behind_key(light: Light, points: Points, *, told: str, arrays: Sequence[AnyArray]) -> str:
    """Hash of everything that lit slots behind crowns follow from (hex): the light itself, the points, and all that is told of crowns."""
    lit = (light.bits, light.mixed.keys, light.mixed.masks, light.grid.seconds, light.grid.towards, light.grid.slot_day, light.grid.samples)
    return array_key(f"{CROWNS_FORMAT};{SLOT};{told}", [points.origins, *lit, *arrays])


class LightStore:
    """A folder of light, and of what crowns shade of it.

    Parameters
    ----------
    folder, most_bytes
        As of `ArrayStore`.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._store = ArrayStore(folder, most_bytes=most_bytes, is_compressed=True)

    def light(self, key: str, grid: SunGrid, n_points: int, compute: Callable[[], Light]) -> Light:
        """The light under a key, computed where it is not there yet (`ArrayStore.arrays`)."""

        def arrays() -> Arrays:
            light = compute()
            return {"bits": light.bits, "keys": light.mixed.keys, "masks": light.mixed.masks}

        def is_right(found: Arrays) -> bool:
            if not {"bits", "keys", "masks"} <= found.keys():
                return False
            bits = found["bits"]
            is_whole = bits.shape == (grid.n_samples, -(-n_points // 8)) and bits.dtype == np.uint8
            return is_whole and found["keys"].shape == found["masks"].shape

        found = self._store.arrays(key, arrays, is_right=is_right)
        return Light(grid, n_points, found["bits"], Mixed(found["keys"], found["masks"]))

    def behind(self, key: str, names: Sequence[str], shape: tuple[int, int], compute: Callable[[], Arrays]) -> Arrays:
        """Counts of slots behind crowns under a key, by name and of one shape, computed where they are not there yet."""

        def is_right(found: Arrays) -> bool:
            return set(names) <= found.keys() and all(found[name].shape == shape and found[name].dtype == np.int32 for name in names)

        return self._store.arrays(key, compute, is_right=is_right)
