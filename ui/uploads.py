"""Who may send files to the server: visitors of a page that asks for one, a few at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from streamlit.runtime.scriptrunner import get_script_run_ctx

SECONDS_OPEN: Final = 3600.0
"""How long after a page was last shown its visitor may still send a file. [s]"""
SECONDS_WINDOW: Final = 600.0
MOST_FILES: Final = 30
"""Within the window, by one visitor."""
MOST_BYTES: Final = 100 * 1024 * 1024
"""Idem."""
MOST_VISITS: Final = 20_000


@dataclass(slots=True)
class _Visit:
    until: float
    page: str = ""
    sent: list[tuple[float, int]] = field(default_factory=list)


class UploadGate:
    """Knows which sessions are on a page with an uploader, and how much each has sent.

    Parameters
    ----------
    now
        Seconds that only go up; replaced in tests.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._visits: dict[str, _Visit] = {}
        self._now = now

    def open(self, session_id: str, *, page: str = "") -> None:
        """From now on this session may send files, as long as it is on this page."""
        with self._lock:
            self._forget_old()
            visit = self._visits.setdefault(session_id, _Visit(0.0))
            visit.until, visit.page = self._now() + SECONDS_OPEN, page

    def close(self, session_id: str, *, page: str = "") -> None:
        """The session left the page that asked for a file; what it sent still counts.

        Parameters
        ----------
        page
            Where it is now: a page that is only made anew keeps asking, for a file may arrive meanwhile.
        """
        with self._lock:
            visit = self._visits.get(session_id)
            if visit is not None and not (page and page == visit.page):
                visit.until = 0.0

    def may_send(self, session_id: str) -> bool:
        """Whether a page of this session asks for a file."""
        with self._lock:
            visit = self._visits.get(session_id)
            return visit is not None and visit.until > self._now()

    def has_room(self, session_id: str) -> bool:
        """Whether it has not sent too many or too much in the last minutes."""
        with self._lock:
            visit = self._visits.get(session_id)
            if visit is None:
                return False
            self._drop_old(visit)
            return len(visit.sent) < MOST_FILES and sum(size for _, size in visit.sent) < MOST_BYTES

    def sent(self, session_id: str, size: int) -> None:
        """Count what a session has sent. [bytes]"""
        with self._lock:
            visit = self._visits.get(session_id)
            if visit is not None:
                visit.sent.append((self._now(), size))

    def _drop_old(self, visit: _Visit) -> None:
        since = self._now() - SECONDS_WINDOW
        visit.sent = [(when, size) for when, size in visit.sent if when > since]

    def _forget_old(self) -> None:
        if len(self._visits) < MOST_VISITS:
            return
        for session_id, visit in list(self._visits.items()):
            self._drop_old(visit)
            if visit.until <= self._now() and not visit.sent:
                del self._visits[session_id]


GATE: Final = UploadGate()


def expect_upload() -> None:
    """Say, on a page with an uploader, that this visitor may send files."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        GATE.open(context.session_id, page=context.page_script_hash)


def expect_no_upload() -> None:
    """Say, before any page runs, that this visitor may not, unless it is the page that asked; one that wants a file says otherwise."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        GATE.close(context.session_id, page=context.page_script_hash)
