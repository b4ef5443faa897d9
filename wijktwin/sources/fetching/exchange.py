"""Putting a new folder in the place of an old one: written beside it, then exchanged at once. Until then the old one is untouched.

What somebody put into the folder (plans, tables of their own) comes along; what somebody changed in a file of ours is not
overwritten but refused.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from wijktwin.errors import InputError
from wijktwin.sources.fetching.contents import FOR_PEOPLE, FOR_PROGRAMS, MARK, digest

CURRENT_FOLDER: Final = -100  # AT_FDCWD of Linux
EXCHANGE: Final = 2  # RENAME_EXCHANGE of Linux


def check_place(folder: Path) -> None:
    """Refuse a folder that is somebody's: only one that is new, empty, or was made by us and not changed since.

    Raises
    ------
    InputError
        It holds other things, or files of ours were changed by hand.
    """
    put_back(folder)
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise InputError("fetch.not_a_folder", source=folder.name)
        if not any(folder.iterdir()):
            return
        made = _made_files(folder)
        changed = [name for name, known in made.items() if (folder / name).is_file() and digest(folder / name) != known]
    except OSError as error:
        raise InputError("command.cannot_write", source=folder, reason=error.strerror or type(error).__name__) from None
    if not made:
        raise InputError("fetch.somebodys_folder", source=folder.name)
    if changed:
        raise InputError("fetch.changed_by_hand", source=folder.name, file=changed[0])


def _check_names(folder: Path, files: Mapping[str, bytes | Path], *, own: set[str]) -> None:
    """Refuse to write over a file that somebody put beside ours, under a name that we did not use before."""
    for name in files:
        if name not in own and (folder / name).exists():
            raise InputError("fetch.changed_by_hand", source=folder.name, file=name)


def _made_files(folder: Path) -> dict[str, str]:
    """The files that an earlier run wrote here, with their hashes; empty where there was none."""
    with contextlib.suppress(OSError, ValueError):
        told: Any = orjson.loads((folder / FOR_PROGRAMS).read_bytes())
        if isinstance(told, dict) and str(told.get("made_by", "")).startswith(MARK) and isinstance(told.get("files"), dict):
            return {str(name): str(known) for name, known in told["files"].items() if Path(str(name)).name == name}
    return {}


def replace_folder(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write the files into a new folder beside, and put that in the place of the old one.

    Parameters
    ----------
    files
        Content of each file, or the file to copy it from.

    Raises
    ------
    InputError
        It cannot be written; the old folder is as it was.
    """
    check_place(folder)
    own = {*_made_files(folder), FOR_PROGRAMS, FOR_PEOPLE}
    _check_names(folder, files, own=own)
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
        fresh.chmod(0o777 & ~_umask())
        for name, content in files.items():
            _write(fresh / name, content)
        if folder.is_dir():
            _bring_along(folder, fresh, own=own)
        _swap(fresh, folder)
    except OSError as error:
        raise InputError("command.cannot_write", source=folder, reason=error.strerror or type(error).__name__) from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(path: Path, content: bytes | Path) -> None:
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            with content.open("rb") as source:
                shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())


def _bring_along(old: Path, fresh: Path, *, own: set[str]) -> None:
    """Copy what somebody put there: plans, and tables that we did not write."""
    for entry in sorted(old.iterdir()):
        if entry.name in own:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


def _swap(fresh: Path, folder: Path) -> None:
    """Put one folder in the place of another; the old one is then where the new one was, or gone."""
    if not folder.exists():
        fresh.replace(folder)
    elif not _exchanged(fresh, folder):
        old = _aside(folder)
        folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in a single step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(CURRENT_FOLDER, os.fsencode(one), CURRENT_FOLDER, os.fsencode(other), EXCHANGE) == 0)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def put_back(folder: Path) -> None:
    """Where an exchange in two steps was cut between them: the old folder back in its place."""
    old = _aside(folder)
    with contextlib.suppress(OSError):
        if old.is_dir() and not folder.exists():
            old.rename(folder)
