"""Reports that are made beside the pages: one at a time, with word of how far each is, kept until its visitor asks for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from wijktwin.errors import WijktwinError
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.progress import CancelledError

MOST_KEPT: Final = 8
"""Reports that are kept; each takes a few megabytes."""
Listen = Callable[[float], None]
"""Hears which share is done, and raises `CancelledError` where nobody waits any more."""
Make = Callable[[Listen], bytes]
Start = Callable[[Callable[[], None]], None]
_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far a report is."""

    MAKING = "making"
    READY = "ready"
    REFUSED = "refused"
    """It cannot be made; `Standing.why` says why in a sentence."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a report is, and what came of it."""

    state: State
    share: float = 0.0
    content: bytes = b""
    name: str = ""
    why: WijktwinError | None = None


class ReportDesk:
    """Makes what visitors order, one after the other; safe to use from many threads.

    Parameters
    ----------
    start
        Starts work beside the caller; by default in a thread that dies with the process.
    """

    def __init__(self, *, start: Start | None = None) -> None:
        self._start = _in_thread if start is None else start
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._orders: dict[str, int] = {}
        self._standing: LastFew[str, Standing] = LastFew(MOST_KEPT)
        self._n = 0

    def order(self, visitor: str, make: Make, *, name: str) -> None:
        """Begin a report; what this visitor ordered before is given up."""
        with self._lock:
            self._n += 1
            number = self._orders[visitor] = self._n
        self._standing.put(visitor, Standing(State.MAKING, name=name))
        self._start(lambda: self._make(visitor, number, make))

    def standing(self, visitor: str) -> Standing | None:
        """How far it is; None where nothing was ordered."""
        return self._standing.find(visitor)

    def give_up(self, visitor: str) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._orders.pop(visitor, None)
        self._standing.drop(visitor)

    def _make(self, visitor: str, number: int, make: Make) -> None:
        def listen(share: float) -> None:
            if not self._is_wanted(visitor, number):
                raise CancelledError
            self._tell(visitor, share=share)

        with self._turn:
            try:
                listen(0.0)
                content = make(listen)
                listen(1.0)
            except CancelledError:
                return
            except WijktwinError as error:
                self._end(visitor, number, state=State.REFUSED, why=error)
            except Exception:  # noqa: BLE001 - whatever it is: the page says that it failed, the log says why
                _log.exception("a report could not be made")
                self._end(visitor, number, state=State.FAILED)
            else:
                self._end(visitor, number, state=State.READY, content=content)

    def _is_wanted(self, visitor: str, number: int) -> bool:
        with self._lock:
            return self._orders.get(visitor) == number

    def _tell(self, visitor: str, *, share: float) -> None:
        now = self._standing.find(visitor)
        if now is not None and now.state is State.MAKING:
            self._standing.put(visitor, replace(now, share=max(now.share, min(share, 1.0))))

    def _end(self, visitor: str, number: int, *, state: State, content: bytes = b"", why: WijktwinError | None = None) -> None:
        now = self._standing.find(visitor)
        if now is not None and self._is_wanted(visitor, number):
            self._standing.put(visitor, replace(now, state=state, content=content, why=why))


def _in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="report", daemon=True).start()


DESK: Final = ReportDesk()
"""The one of this process."""
