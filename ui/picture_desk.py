"""Pictures that take minutes, made beside the pages: one set after the other, each told how far it is, and each can be stopped."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wijktwin.errors import WijktwinError
from wijktwin.export.sets import Failure, Job, make_set, zipped
from wijktwin.impacts.progress import CancelledError

if TYPE_CHECKING:
    from wijktwin.errors import Note

FOLDER: Final = "pictures"
"""In the state folder."""
MOST_FOLDERS: Final = 16
"""Sets that are kept, so that one that was stopped goes on where it was."""
MOST_WAITING: Final = 8
Work = Callable[[], None]
_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far a set is."""

    NONE = "none"
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    STOPPED = "stopped"
    FAILED = "failed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the set of one visitor is.

    Parameters
    ----------
    kind
        What was asked for.
    content, file_name
        Where it is ready: the one picture, or an archive of all.
    failures
        What could not be made.
    error
        Why nothing could be made.
    """

    state: State
    kind: str = ""
    done: int = 0
    total: int = 0
    content: bytes = b""
    file_name: str = ""
    failures: tuple[Failure, ...] = ()
    error: WijktwinError | Note | None = None

    @property
    def is_on_its_way(self) -> bool:
        """Whether waiting helps."""
        return self.state in {State.WAITING, State.MAKING}


@dataclass(eq=False)
class _Order:
    kind: str
    key: str
    jobs_of: Callable[[], Sequence[Job]]
    is_kept: bool = True
    state: State = State.WAITING
    done: int = 0
    total: int = 0
    content: bytes = b""
    file_name: str = ""
    failures: tuple[Failure, ...] = ()
    error: WijktwinError | None = None
    is_stopped: bool = field(default=False)

    def standing(self) -> Standing:
        return Standing(self.state, self.kind, self.done, self.total, self.content, self.file_name, self.failures, self.error)


class PictureDesk:
    """Makes what is ordered, one at a time in the order in which it was asked for; safe to use from many threads.

    Parameters
    ----------
    folder
        Where sets are kept, asked for with every order.
    start
        Starts work beside the caller; by default in a thread that dies with the process.
    """

    def __init__(self, folder: Callable[[], Path], *, start: Callable[[Work], None] | None = None) -> None:
        self._folder = folder
        self._start = _in_thread if start is None else start
        self._lock = threading.Lock()
        self._orders: dict[str, _Order] = {}
        self._queue: list[_Order] = []
        self._is_working = False
        self._secret = secrets.token_hex(16)

    def order(self, visitor: str, kind: str, told: object, jobs_of: Callable[[], Sequence[Job]], *, is_kept: bool = True) -> Standing:
        """Have a set made, instead of what this visitor ordered before.

        Parameters
        ----------
        told
            Says what the set is made of: two orders that say the same go on with the same files.
        jobs_of
            Gives its files, when its turn comes.
        is_kept
            The files stay on the disk, for who orders the same again. False for what only one visitor may see.
        """
        key = hashlib.sha256(repr((self._secret, kind, told)).encode()).hexdigest()[:32]
        with self._lock:
            self._stop(visitor)
            if len(self._queue) >= MOST_WAITING:
                return Standing(State.BUSY, kind)
            order = self._orders[visitor] = _Order(kind, key, jobs_of, is_kept)
            self._queue.append(order)
            starts, self._is_working = not self._is_working, True
        if starts:
            self._start(self._work)
        return self.look(visitor)

    def look(self, visitor: str) -> Standing:
        """How far the set of a visitor is."""
        with self._lock:
            order = self._orders.get(visitor)
            return Standing(State.NONE) if order is None else order.standing()

    def stop(self, visitor: str) -> None:
        """Stop making what a visitor ordered; what is made already is kept for the next time."""
        with self._lock:
            self._stop(visitor)

    def _stop(self, visitor: str) -> None:
        order = self._orders.get(visitor)
        if order is not None and order.state in {State.WAITING, State.MAKING}:
            order.is_stopped, order.state = True, State.STOPPED
            if order in self._queue:
                self._queue.remove(order)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._is_working = False
                    return
                order = self._queue.pop(0)
                order.state = State.MAKING
            self._make(order)

    def _make(self, order: _Order) -> None:
        def report(done: int, total: int, _name: str) -> None:
            with self._lock:
                if order.is_stopped:
                    raise CancelledError
                order.done, order.total = done, total

        folder = self._folder() / FOLDER / order.key
        try:
            self._make_room(order.key)
            made = make_set(order.jobs_of(), folder, report=report)
            is_one = len(made.files) == 1 and not made.failures
            content = made.files[0].read_bytes() if is_one else zipped(made.files) if made.files else b""
            name = made.files[0].name if is_one else f"wijktwin-{order.kind}.zip"
        except CancelledError:
            return
        except WijktwinError as error:
            with self._lock:
                order.state, order.error = State.FAILED, error
        except Exception:  # noqa: BLE001 - whatever it is: the page says that it failed, the log says why, others are still made
            _log.exception("pictures could not be made")
            with self._lock:
                order.state = State.FAILED
        else:
            with self._lock:
                order.content, order.file_name, order.failures = content, name, made.failures
                order.state = State.STOPPED if order.is_stopped else State.READY
        finally:
            if not order.is_kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _make_room(self, key: str) -> None:
        """The sets that were made longest ago go where there are too many."""
        folder = self._folder() / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted((each for each in folder.iterdir() if each.is_dir() and each.name != key), key=lambda each: each.stat().st_mtime)
        for each in others[: max(0, len(others) - MOST_FOLDERS + 1)]:
            shutil.rmtree(each, ignore_errors=True)


def _in_thread(work: Work) -> None:
    threading.Thread(target=work, name="pictures", daemon=True).start()
