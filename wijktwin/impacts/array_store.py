"""Arrays that were computed before, kept on the disk: found by everything they follow from, computed once, never half written."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.sources.file_lock import locked
from wijktwin.sources.whole_files import whole_file

LONGEST_WAIT: Final = 1800.0
"""How long somebody else may compute the same before we give up waiting. [s]"""

AnyArray = NDArray[Any]
Arrays = Mapping[str, AnyArray]


def array_key(told: str, arrays: Iterable[AnyArray]) -> str:
    """Hash of everything that arrays follow from (hex): what can be said in words, and other arrays to the last bit."""
    digest = hashlib.sha256(told.encode())
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class ArrayStore:
    """A folder of arrays.

    Parameters
    ----------
    folder
        Made where it is not there.
    most_bytes
        When it is larger than this, what nobody asked for longest goes.
    is_compressed
        Whether files are made small, for arrays that repeat themselves; reading and writing takes longer then.
    """

    def __init__(self, folder: Path, *, most_bytes: int, is_compressed: bool) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._is_compressed = is_compressed

    def arrays(self, key: str, compute: Callable[[], Arrays], *, is_right: Callable[[Arrays], bool]) -> Arrays:
        """The arrays under a key, computed where they are not there yet: by one at a time, also between processes.

        A file that cannot be read is computed and written again. Where the folder cannot be written, nothing is kept. What
        ``compute`` raises ends it.

        Parameters
        ----------
        is_right
            Whether what was read are the arrays that are asked for; else they are computed and written again.
        """
        found = self._read(key, is_right)
        if found is not None:
            return found
        with contextlib.ExitStack() as held:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(self._folder / f"{key}.lock", max_seconds=LONGEST_WAIT))
            except OSError:  # no folder, no lock, or somebody else held it all that time
                can_write = False
            else:
                can_write = True
                found = self._read(key, is_right)
            if found is None:
                found = compute()
                if can_write:
                    with contextlib.suppress(OSError):
                        self._write(key, found)
            return found

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"

    def _read(self, key: str, is_right: Callable[[Arrays], bool]) -> Arrays | None:
        try:
            with np.load(io.BytesIO(self._path(key).read_bytes()), allow_pickle=False) as kept:
                found = {name: kept[name] for name in kept.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        with contextlib.suppress(OSError):
            self._path(key).touch()  # asked for just now
        return found if is_right(found) else None

    def _write(self, key: str, arrays: Arrays) -> None:
        save = np.savez_compressed if self._is_compressed else np.savez
        with whole_file(self._path(key)) as file:
            save(file, **dict(arrays))  # type: ignore[arg-type]  # its other option is a flag
        self._make_room(but=self._path(key))

    def _make_room(self, *, but: Path) -> None:
        """Let the oldest go until the rest is small enough; what was just written stays."""
        found = [(each.stat().st_mtime_ns, each.stat().st_size, each) for each in self._folder.glob("*.npz") if each != but]
        size = sum(each for _, each, _ in found) + but.stat().st_size
        for _, own, path in sorted(found):
            if size <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)
            size -= own
