"""Lines of sight that were followed before, kept on the disk: found by everything they follow from, never half written, never too much.

Only what stands today is kept: of plans nothing goes to the disk.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.first_hits import Sight
from wijktwin.sources.file_lock import locked

FORMAT: Final = "view-1"
"""Changes when what is computed from the same lines changes, or how it is written."""
LONGEST_WAIT: Final = 1800.0
"""How long somebody else may compute the same before we give up waiting. [s]"""
LARGEST: Final = 1_000_000_000
"""What is kept together; the longest unused goes first. [bytes]"""

Arrays = Mapping[str, NDArray[Any]]
AnyArray = NDArray[Any]


def sight_key(sight: Sight, *parts: Solids | AnyArray | str) -> str:
    """Hash of from where one looks, which ways, and everything else that an answer follows from (hex)."""
    digest = hashlib.sha256(f"{FORMAT};{version('embreex')};{sight.directions.field};{sight.directions.count};".encode())
    arrays: list[AnyArray] = [sight.points.origins, sight.points.normals, sight.points.sun_above]
    for part in parts:
        if isinstance(part, str):
            digest.update(f"{part};".encode())
        else:
            arrays += [part.corners, part.owner] if isinstance(part, Solids) else [part]
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class ViewStore:
    """A folder of arrays.

    Parameters
    ----------
    folder
        Made where it is not there.
    largest
        What is kept together. [bytes]
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self.folder = folder
        self._largest = largest

    def arrays(self, key: str, shape: tuple[int, ...], compute: Callable[[], Arrays]) -> Arrays:
        """The arrays under a key, computed where they are not there yet: by one at a time, also between processes.

        A file that cannot be read, or holds arrays of another shape, is computed and written again. Where the folder cannot be
        written, nothing is kept.
        """
        found = self._read(key, shape)
        if found is not None:
            return found
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder / f"{key}.lock", max_seconds=LONGEST_WAIT):
                found = self._read(key, shape)
                if found is None:
                    found = compute()
                    self._write(key, found)
                    self._tidy()
                return found
        except (OSError, TimeoutError):
            return compute() if found is None else found

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def _read(self, key: str, shape: tuple[int, ...]) -> Arrays | None:
        try:
            with np.load(io.BytesIO(self._path(key).read_bytes()), allow_pickle=False) as kept:
                found = {name: kept[name] for name in kept.files}
            os.utime(self._path(key))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        return found if found and all(each.shape == shape for each in found.values()) else None

    def _write(self, key: str, arrays: Arrays) -> None:
        """Written beside its place and moved there when it is whole."""
        number, name = tempfile.mkstemp(prefix=f"{key}.", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(number, "wb") as file:
                np.savez(file, **dict(arrays))  # type: ignore[arg-type]  # its other option is a flag
            Path(name).replace(self._path(key))
        finally:
            Path(name).unlink(missing_ok=True)

    def _tidy(self) -> None:
        """What was not used for longest goes, until the rest is not too much."""
        files = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("*.npz")), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > self._largest:
                path.unlink(missing_ok=True)
                path.with_suffix(".lock").unlink(missing_ok=True)
