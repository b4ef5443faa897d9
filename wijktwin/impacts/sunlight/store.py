"""Light that was computed before, kept on the disk: found by everything that went into it, computed once, never half written."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.light import Light, Mixed
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.rays import Float32Array
from wijktwin.impacts.sunlight.suns import SLOT, SLOTS_PER_CLOSE_LOOK, SunGrid
from wijktwin.sources.file_lock import locked

FORMAT: Final = "light-1"
"""Changes when what is computed from the same rays changes, or how it is written."""
MOST_BYTES: Final = 2 * 1024**3
LONGEST_WAIT: Final = 1800.0
"""How long somebody else may compute the same before we give up waiting. [s]"""


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
    digest = hashlib.sha256(f"{FORMAT};{SLOT};{SLOTS_PER_CLOSE_LOOK};{version('embreex')};{grid.place.time_zone};{grid.days}".encode())
    arrays: list[NDArray[Any]] = [points.origins, points.facing, grid.seconds, grid.towards, grid.slot_day, grid.samples, *casters]
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class LightStore:
    """A folder of light.

    Parameters
    ----------
    folder
        Made where it is not there.
    most_bytes
        When it is larger than this, what nobody asked for longest goes.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def light(self, key: str, grid: SunGrid, n_points: int, compute: Callable[[], Light]) -> Light:
        """The light under a key, computed where it is not there yet: by one at a time, also between processes.

        A file that cannot be read is computed and written again. Where the folder cannot be written, nothing is kept.
        """
        found = self._read(key, grid, n_points)
        if found is not None:
            return found
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder / f"{key}.lock", max_seconds=LONGEST_WAIT):
                found = self._read(key, grid, n_points)
                if found is None:
                    found = compute()
                    self._write(key, found)
                return found
        except (OSError, TimeoutError):
            return compute() if found is None else found

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def _read(self, key: str, grid: SunGrid, n_points: int) -> Light | None:
        try:
            with np.load(io.BytesIO(self._path(key).read_bytes()), allow_pickle=False) as kept:
                bits, keys, masks = kept["bits"], kept["keys"], kept["masks"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        with contextlib.suppress(OSError):
            self._path(key).touch()  # asked for just now
        is_whole = bits.shape == (grid.n_samples, -(-n_points // 8)) and bits.dtype == np.uint8 and keys.shape == masks.shape
        return Light(grid, n_points, bits, Mixed(keys, masks)) if is_whole else None

    def _write(self, key: str, light: Light) -> None:
        """Written beside its place and moved there when it is whole."""
        number, name = tempfile.mkstemp(prefix=f"{key}.", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(number, "wb") as file:
                np.savez_compressed(file, bits=light.bits, keys=light.mixed.keys, masks=light.mixed.masks)
            Path(name).replace(self._path(key))
        finally:
            Path(name).unlink(missing_ok=True)
        self._make_room(but=self._path(key))

    def _make_room(self, *, but: Path) -> None:
        """Let the oldest go until the rest is small enough; what was just written stays."""
        found = [(each.stat().st_mtime_ns, each.stat().st_size, each) for each in self.folder.glob("*.npz") if each != but]
        size = sum(each for _, each, _ in found) + but.stat().st_size
        for _, own, path in sorted(found):
            if size <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)
            size -= own
