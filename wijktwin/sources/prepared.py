"""Open a neighbourhood wherever it lies: read once, prepared in the state folder, reopened in a moment ever after.

The prepared copy belongs to the bytes of the file and to this version of the code: when either changes it is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from wijktwin import places
from wijktwin.errors import InputError, LimitError
from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.file_lock import locked
from wijktwin.sources.folder import folder_fingerprint, read_folder
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.opening import open_source
from wijktwin.sources.place_names import place_name
from wijktwin.sources.prepared_folder import is_prepared, read_prepared, write_prepared
from wijktwin.sources.whole_files import write_whole

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood

__all__ = ["is_prepared", "open_neighbourhood", "read_prepared", "write_prepared"]

LOCK_SECONDS: Final = OPERATOR_LIMITS.max_seconds
"""How long to wait while another process prepares the same file. [s]"""
N_KEPT: Final = 30
"""How many prepared neighbourhoods are kept; the one that was not opened for longest goes first."""
SETTLED_SECONDS: Final = 2.0
"""A file that changed less long ago than this is hashed again next time: its time stamp proves nothing. [s]"""
SUFFIXES: Final = (".gz", ".jsonl", ".json", ".city", ".cityjson", ".cityjsonseq")

_log = logging.getLogger(__name__)


def open_neighbourhood(path: Path, *, state_dir: Path, crs: str | int | None = None, name: str | None = None) -> Neighbourhood:
    """The neighbourhood in a CityJSON file, in a neighbourhood folder, or in a folder that was prepared before.

    Parameters
    ----------
    path
        A CityJSON file (plain or gzip), a folder as in docs/neighbourhood-folder.md (the embedded example is one), or a folder of
        `write_prepared`. A folder says its own name and reference system.
    state_dir
        The prepared copy lies below it, in ``prepared/``. When it cannot be written to, the file is read every time.
    crs
        Reference system for a file that states none.
    name
        What people call the neighbourhood; by default the file name without its endings.

    Raises
    ------
    InputError
        The file cannot be used.
    LimitError
        Another process has been preparing the same file for too long.
    """
    if is_prepared(path):
        return read_prepared(path)
    is_folder = path.is_dir()
    shown = name or place_name(_without_suffixes(path.name))

    def read() -> Neighbourhood:
        return read_folder(path) if is_folder else neighbourhood_from([read_city_model(path, crs=crs)], name=shown, crs=crs)

    try:
        return _prepared_once(path, read, state_dir / "prepared", facts=[shown, None if is_folder else crs])
    except OSError as error:
        _log.warning("%s is read without a prepared copy: %s", path.name, error)
        return read()


def _without_suffixes(file_name: str) -> str:
    shown = file_name
    while shown.lower().endswith(SUFFIXES):
        shown = shown[: shown.rindex(".")]
    return shown or file_name


def _prepared_once(path: Path, read: Callable[[], Neighbourhood], shelf: Path, *, facts: list[object]) -> Neighbourhood:
    """The prepared copy, made first where there is none; one process at a time makes it.

    Raises
    ------
    OSError
        The shelf cannot be written to.
    """
    shelf.mkdir(parents=True, exist_ok=True)
    key = folder_fingerprint(path) if path.is_dir() else _file_key(path, shelf)
    parts = [key, code_version(), *facts]
    folder = shelf / hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]
    found = _opened(folder)
    if found is not None:
        return found
    try:
        with locked(shelf / f"{folder.name}.lock", max_seconds=LOCK_SECONDS):
            found = _opened(folder)  # whoever held the lock before may have made it
            if found is not None:
                return found
            write_prepared(read(), folder)
            _forget_oldest(shelf)
    except TimeoutError:
        raise LimitError("reading.busy", source=path.name, seconds=round(LOCK_SECONDS)) from None
    return read_prepared(folder)


def _opened(folder: Path) -> Neighbourhood | None:
    """What lies there, None where there is nothing or nothing sound."""
    if not folder.is_dir():
        return None
    try:
        found = read_prepared(folder)
    except InputError as error:
        _log.warning("%s: %s", folder, error)
        return None
    with contextlib.suppress(OSError):
        os.utime(folder)
    return found


def _file_key(path: Path, shelf: Path) -> str:
    """SHA-256 of a file (hex); remembered for as long as its size and time stamps stay the same."""
    stat = path.stat()
    place = str(path.resolve())
    stamp = [place, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    memory = shelf / f"{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.seen"
    with contextlib.suppress(OSError, orjson.JSONDecodeError, ValueError, TypeError, KeyError):
        remembered = orjson.loads(memory.read_bytes())
        if remembered["stamp"] == stamp:
            return str(remembered["key"])
    with open_source(path) as source:
        key = source.key()
    if time.time() - max(stat.st_mtime, stat.st_ctime) > SETTLED_SECONDS:
        write_whole(memory, orjson.dumps({"stamp": stamp, "key": key}))
    return key


@cache
def code_version() -> str:
    """Hash of the code that reads and prepares (hex): a copy made by other code is not used."""
    digest = hashlib.sha256()
    for room in ("model", "sources"):
        for module in sorted((places.PACKAGE / room).rglob("*.py")):
            digest.update(module.read_bytes())
    digest.update((places.PACKAGE / "crs.py").read_bytes())
    return digest.hexdigest()


def _forget_oldest(shelf: Path) -> None:
    """Remove what was not opened for longest, beyond `N_KEPT`."""
    with contextlib.suppress(OSError):
        folders = sorted((folder for folder in shelf.iterdir() if folder.is_dir()), key=lambda folder: folder.stat().st_mtime)
        for folder in folders[:-N_KEPT]:
            shutil.rmtree(folder, ignore_errors=True)
            (shelf / f"{folder.name}.lock").unlink(missing_ok=True)
