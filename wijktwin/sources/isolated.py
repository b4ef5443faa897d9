"""Hostile input is read in a process of its own, that may crash, fill its memory or run for ever without taking anybody along.

The child gets the bytes in a file and one function to call; it answers with a folder of files and a JSON text, never with a
pickle. On POSIX it lives under limits of memory, processor time and file size; on Windows only the time limit holds, because the
system has no such limits for a plain process. At most two children run at once: others wait their turn.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from wijktwin import errors, places
from wijktwin.errors import InputError, LimitError, WijktwinError
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS, Limits
from wijktwin.sources.opening import megabytes
from wijktwin.sources.told_values import from_json

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood

N_AT_ONCE: Final = 2
WAIT_SECONDS: Final = 45.0
"""How long an upload waits for its turn before its sender is asked to come back. [s]"""
STARTING_SECONDS: Final = 60.0
"""How long a child may take to load its own libraries, on top of the time for reading. [s]"""
ABANDONED_SECONDS: Final = 7_200.0
"""A work folder older than this belongs to nobody any more. [s]"""
POLL_SECONDS: Final = 0.02
PLAN_FUNCTIONS: Final = "wijktwin.sources."
"""Only functions below this name are called in a child."""

JOB, GIVEN, OUTCOME, PROGRESS, RESULT = "job.json", "given", "outcome.json", "progress", "result"
_MAX_OUTCOME: Final = 64_000_000

_turns = threading.BoundedSemaphore(N_AT_ONCE)


class Stage(StrEnum):
    """What an upload is doing, for a progress bar."""

    WAITING = "waiting"
    STARTING = "starting"
    READING = "reading"
    DONE = "done"


Progress = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child gave back.

    Parameters
    ----------
    value
        The JSON value that the function returned.
    folder
        The files that it wrote; gone when the ``with`` of `run_isolated` ends.
    """

    value: Any
    folder: Path


def read_upload(
    data: bytes,
    *,
    name: str,
    state_dir: Path,
    crs: str | int | None = None,
    limits: Limits = UPLOAD_LIMITS,
    progress: Progress | None = None,
) -> Neighbourhood:
    """A neighbourhood from a CityJSON file that somebody uploaded, read in a process apart. Nothing of it stays on the disk.

    Parameters
    ----------
    data
        The bytes as they were sent.
    name
        File name as the sender gave it; only shown, never used as a path.
    state_dir
        Folder in which the work is done.
    crs
        Reference system for a file that states none.
    progress
        Told of every `Stage` when it begins.

    Raises
    ------
    InputError
        The file cannot be used, or reading it crashed.
    LimitError
        It is too large, takes too long or too much memory, or too many others are reading.
    """
    from wijktwin.sources.prepared_folder import read_prepared  # noqa: PLC0415 - geopandas is not needed for the other uploads

    arguments = {"crs": crs}
    with run_isolated(
        "wijktwin.sources.upload_reading:prepare_city_model",
        data=data, name=name, arguments=arguments, limits=limits, state_dir=state_dir, progress=progress,
    ) as answer:  # fmt: skip
        try:
            return read_prepared(answer.folder / "neighbourhood", in_memory=True)
        except InputError:
            raise InputError("reading.crashed", source=name) from None


@contextlib.contextmanager
def run_isolated(
    function: str,
    *,
    data: bytes,
    name: str,
    state_dir: Path,
    arguments: Mapping[str, Any] | None = None,
    limits: Limits = UPLOAD_LIMITS,
    progress: Progress | None = None,
) -> Iterator[Answer]:
    """Call one function on some bytes in a process apart.

    Parameters
    ----------
    function
        ``package.module:function`` below `wijktwin.sources`. It is called with ``(given, result, *, name, limits, **arguments)``:
        the path of the bytes, an empty folder for its files, the file name for sentences; it returns a JSON value.
    data
        What to read.
    name
        File name as the sender gave it; only shown.
    state_dir
        Folder below which a temporary one is made, and removed at the end.
    arguments
        JSON values.
    progress
        Told of every `Stage` when it begins.

    Raises
    ------
    WijktwinError
        Whatever the function raised of that kind, as it was.
    InputError
        The child crashed.
    LimitError
        The input is too large, the child took too long or too much memory, or no turn came.
    """
    if not function.startswith(PLAN_FUNCTIONS):
        msg = f"{function} is not below {PLAN_FUNCTIONS}"
        raise ValueError(msg)
    if len(data) > limits.max_bytes:
        raise LimitError("reading.too_large", source=name, max_mb=megabytes(limits.max_bytes))
    tell = progress or _tell_nobody
    with _a_turn(name, tell), _work_folder(state_dir) as folder:
        (folder / GIVEN).write_bytes(data)
        job = {"function": function, "name": name, "arguments": dict(arguments or {}), "limits": _as_json(limits)}
        (folder / JOB).write_bytes(orjson.dumps(job))
        _run_child(folder, name=name, limits=limits, tell=tell)
        value = _outcome(folder, name=name)
        tell(Stage.DONE)
        yield Answer(value=value, folder=folder / RESULT)


def _tell_nobody(_stage: Stage) -> None:
    pass


def _as_json(limits: Limits) -> dict[str, float]:
    return {field: getattr(limits, field) for field in limits.__dataclass_fields__}


@contextlib.contextmanager
def _a_turn(name: str, tell: Progress) -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        tell(Stage.WAITING)
        if not _turns.acquire(timeout=WAIT_SECONDS):
            raise LimitError("reading.busy", source=name, seconds=round(WAIT_SECONDS))
    try:
        yield
    finally:
        _turns.release()


@contextlib.contextmanager
def _work_folder(state_dir: Path) -> Iterator[Path]:
    shelf = state_dir / "reading"
    _remove_abandoned(shelf)
    folder = shelf / secrets.token_hex(12)
    folder.mkdir(parents=True, mode=0o700)
    (folder / RESULT).mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(shelf: Path) -> None:
    """Remove what a server that was killed in the middle of an upload left behind: nobody's upload stays on the disk."""
    with contextlib.suppress(OSError):
        for folder in shelf.iterdir():
            if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _run_child(folder: Path, *, name: str, limits: Limits, tell: Progress) -> None:
    """Start the child, wait for it, and end it with all it started when its time is over."""
    tell(Stage.STARTING)
    with subprocess.Popen(  # noqa: S603 - our own interpreter with our own module
        [sys.executable, "-P", "-m", "wijktwin.sources.isolated_child", str(folder)],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            _wait(child, folder, name=name, limits=limits, tell=tell)
        finally:
            _end(child)
    if child.returncode != 0 and not (folder / OUTCOME).exists():
        raise _sentence_for_exit(child.returncode, name=name, limits=limits)


def _wait(child: subprocess.Popen[bytes], folder: Path, *, name: str, limits: Limits, tell: Progress) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    before: int | None = None
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=POLL_SECONDS)
            return
        resident = _resident_bytes(child.pid)
        if before is None and (folder / PROGRESS).exists():
            before = resident
            deadline = time.monotonic() + limits.max_seconds
            tell(Stage.READING)
        if before is not None and resident - before > limits.max_memory_bytes:
            raise LimitError("reading.too_much_memory", source=name, max_mb=megabytes(limits.max_memory_bytes))
        if time.monotonic() > deadline:
            raise LimitError("reading.too_slow", source=name, seconds=round(limits.max_seconds))


def _resident_bytes(process: int) -> int:
    """Memory that a process really uses [bytes]; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") if sys.platform != "win32" else 0


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        if sys.platform == "win32":
            child.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _sentence_for_exit(code: int, *, name: str, limits: Limits) -> InputError:
    cpu_time = getattr(signal, "SIGXCPU", None)
    if cpu_time is not None and code == -cpu_time:
        return LimitError("reading.too_slow", source=name, seconds=round(limits.max_seconds))
    if sys.platform != "win32" and code in {-signal.SIGKILL, -signal.SIGABRT}:  # what a system or library short of memory does
        return LimitError("reading.too_much_memory", source=name, max_mb=megabytes(limits.max_memory_bytes))
    return InputError("reading.crashed", source=name)


def _environment(folder: Path) -> dict[str, str]:
    """What the child needs of ours: where its code and caches are, one thread, and no secrets."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "NUMBA_CACHE_DIR", "PROJ_DATA", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    ours = {name: os.environ[name] for name in kept if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    return ours | threads | temporary | {"PYTHONPATH": str(places.PACKAGE.parent), "PYTHONIOENCODING": "utf-8"}


def _outcome(folder: Path, *, name: str) -> Any:  # noqa: ANN401
    """What the child says: a value, or one of our errors by name, key and values."""
    try:
        path = folder / OUTCOME
        if path.stat().st_size > _MAX_OUTCOME:
            raise InputError("reading.crashed", source=name)
        outcome = orjson.loads(path.read_bytes())
        if "error" not in outcome:
            return outcome["value"]
        kind = getattr(errors, str(outcome["error"]), InputError)
        error = kind(outcome["key"], **from_json(outcome["values"]))
        error.sentence("en")  # the child may not invent a key
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError("reading.crashed", source=name) from None
    if not isinstance(error, WijktwinError):
        raise InputError("reading.crashed", source=name)
    raise error
