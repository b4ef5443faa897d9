"""One at a time, also between processes: a lock on a file that the system takes off when its holder dies."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

POLL_SECONDS: Final = 0.05


@contextlib.contextmanager
def locked(path: Path, *, max_seconds: float) -> Iterator[None]:
    """Hold a lock for as long as the ``with`` lasts.

    Parameters
    ----------
    path
        Lock file; made where it is not there, and left behind.
    max_seconds
        How long to wait for it. [s]

    Raises
    ------
    TimeoutError
        Somebody else held it all that time.
    OSError
        The file cannot be made.
    """
    deadline = time.monotonic() + max_seconds
    with path.open("a+b") as file:
        while not _try(file):
            if time.monotonic() > deadline:
                raise TimeoutError(path.name)
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            _release(file)


if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
