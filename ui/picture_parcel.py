"""Pictures as one file to take home: made one after the other in a folder of the server, so that what was stopped goes on from there."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from ui.desk import Listen, Parcel
from wijktwin.export.sets import Job, key_for, make_set, zipped

FOLDER: Final = "pictures"
"""In the state folder."""
MOST_FOLDERS: Final = 16
"""Sets that are kept, so that one that was stopped goes on where it was."""
PREVIEW_WIDTH: Final = 1000
"""[px]"""
JPEG_QUALITY: Final = 85


def key_of(*told: object) -> str:
    """The name of the folder of a set: the same for who orders the same."""
    return key_for(*told)[:32]


def picture_parcel(
    jobs_of: Callable[[], Sequence[Job]], listen: Listen, *, name: str, key: str, state: Path, is_kept: bool
) -> Parcel:  # fmt: skip
    """The one picture, or all of them in an archive; what failed is not in it, and is told.

    Parameters
    ----------
    name
        Of the file, without what says which kind it is.
    key
        From `key_of`.
    state
        Folder in which the server keeps what changes.
    is_kept
        The files stay on the disk, for who orders the same again. False for what only one visitor may see.

    Raises
    ------
    WijktwinError
        Nothing can be made at all.
    """
    folder = state / FOLDER / key
    try:
        _make_room(folder)
        made = make_set(jobs_of(), folder, report=lambda done, total, _: listen(done, total))
        if not made.files:
            return Parcel(b"", "", failures=made.failures)
        first = min(made.files, key=lambda path: path.name)
        is_one = len(made.files) == 1 and not made.failures
        content = first.read_bytes() if is_one else zipped(made.files)
        return Parcel(content, f"{name}{first.suffix if is_one else '.zip'}", preview(first), made.failures)
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def preview(path: Path) -> bytes:
    """A picture, small enough for a page, as JPEG; empty where it is none that can be read."""
    content = io.BytesIO()
    try:
        with Image.open(path) as image:
            small = image.convert("RGB")
    except OSError:
        return b""
    else:
        small.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH))
        small.save(content, "JPEG", quality=JPEG_QUALITY)
        return content.getvalue()


def _make_room(folder: Path) -> None:
    """The sets that somebody asked for longest ago go where there are too many."""
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    others = sorted((each for each in folder.parent.iterdir() if each.is_dir() and each != folder), key=lambda each: each.stat().st_mtime)
    for each in others[: max(0, len(others) - MOST_FOLDERS + 1)]:
        shutil.rmtree(each, ignore_errors=True)
