"""Many files in one go, in a folder: what is there already is kept, what fails does not stop the rest, and it can be stopped."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.stills import NoDrawingError
from wijktwin.impacts.progress import CancelledError
from wijktwin.sources.whole_files import write_whole

INDEX: Final = "pictures.json"
"""Which file was made from what; beside the pictures."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,149}")
_log = logging.getLogger(__name__)

Report = Callable[[int, int, str], None]
"""Told how many of how many files are ready, and the name of the one that is made now. What it raises (`CancelledError`) ends the work."""


def _nobody(done: int, total: int, name: str) -> None:
    """Nobody listens."""


class SetKind(StrEnum):
    """Which set a file belongs to; the name of the command that makes it."""

    PACK = "pack"
    SHADOWS = "shadows"


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a file of a set shows, and from what it was made.

    Parameters
    ----------
    plans
        The plans that it shows, by id; none for today.
    state
        Key of the scenario: another for other data, and for plans that say something else.
    """

    kind: SetKind
    plans: frozenset[str]
    state: str


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be made.

    Parameters
    ----------
    name
        Of the file, in plain letters.
    key
        Other whenever the file would be another.
    make
        Gives its content.
    made_from
        What it shows, for whoever asks later whether it is of now; None where it shows several scenarios.
    """

    name: str
    key: str
    make: Callable[[], bytes]
    made_from: MadeFrom | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be made, and why."""

    name: str
    error: WijktwinError | None


@dataclass(frozen=True)
class Made:
    """What became of a set.

    Parameters
    ----------
    files
        All files that are there now, in order.
    kept
        Names of those that were there already.
    """

    folder: Path
    files: tuple[Path, ...]
    kept: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = field(default=())


def make_set(jobs: Sequence[Job], folder: Path, *, report: Report = _nobody) -> Made:
    """Make every file that is not there yet.

    Raises
    ------
    InputError
        Nothing can be written in the folder.
    NoDrawingError
        This machine has nothing to draw with: none was made yet, and all would fail.
    """
    for job in jobs:
        if not _NAME.fullmatch(job.name):
            msg = f"{job.name!r} is no name for a file of a set"
            raise ValueError(msg)
    _make_folder(folder)
    told = _entries(folder)
    index = _keys(told)
    files: list[Path] = []
    kept: list[str] = []
    failures: list[Failure] = []
    n_made = 0
    for done, job in enumerate(jobs):
        report(done, len(jobs), job.name)
        path = folder / job.name
        if index.get(job.name) == job.key and path.is_file():
            kept.append(job.name)
        else:
            try:
                content = job.make()
            except NoDrawingError as error:
                if error.key == "stills.no_drawing" and not n_made:
                    raise  # else it drew before: what drew stopped at this picture, and is begun again for the next
                failures.append(Failure(job.name, error))
                continue
            except WijktwinError as error:
                failures.append(Failure(job.name, error))
                continue
            except CancelledError:
                raise
            except Exception:  # noqa: BLE001 - whatever it is: the list says which, the log says why, the rest is still made
                _log.exception("%s could not be made", job.name)
                failures.append(Failure(job.name, None))
                continue
            n_made += 1
            _write(path, content)
            told[job.name] = _entry(job)
            _write(folder / INDEX, json.dumps(told, indent=1, sort_keys=True).encode())
        files.append(path)
    report(len(jobs), len(jobs), "")
    return Made(folder, tuple(files), tuple(kept), tuple(failures))


def read_index(folder: Path) -> dict[str, str]:
    """Which files were made from what, as one key for each; nothing where nobody can say."""
    return _keys(_entries(folder))


def read_made_from(folder: Path) -> dict[str, MadeFrom]:
    """What the files of a folder show and from which state they were made, by name; those of which nobody can say are left out."""
    found = {}
    for name, told in _entries(folder).items():
        one = told if isinstance(told, dict) else {}
        kind, plans, state = one.get("set"), one.get("plans"), one.get("state")
        if kind in set(SetKind) and isinstance(plans, list) and isinstance(state, str):
            found[name] = MadeFrom(SetKind(kind), frozenset(map(str, plans)), state)
    return found


def _entry(job: Job) -> str | dict[str, Any]:
    made = job.made_from
    return job.key if made is None else {"key": job.key, "set": made.kind, "plans": sorted(made.plans), "state": made.state}


def _keys(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(one["key"] if isinstance(one, dict) else one) for name, one in told.items()}


def _entries(folder: Path) -> dict[str, Any]:
    """What the index says of each file: its key, or the key with what it shows."""
    try:
        told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): one for name, one in told.items() if not isinstance(one, dict) or "key" in one} if isinstance(told, dict) else {}


def zipped(files: Sequence[Path]) -> bytes:
    """Files in one archive; pictures are packed already."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in files:
            archive.write(path, path.name)
    return content.getvalue()


def key_for(*told: Any) -> str:  # noqa: ANN401 - whatever says what a file is made from
    """Hash of what a file is made from."""
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError("stills.not_a_folder", source=folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("stills.cannot_write", source=folder, reason=error.strerror or type(error).__name__) from error


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise InputError("stills.cannot_write", source=path, reason=error.strerror or type(error).__name__) from error
