"""What takes longer than a page can wait, made beside the pages by a few hands, and kept until its visitor fetches it.

A visitor orders one thing at a time, under a name that only this visitor has; nobody is told anything of somebody else's. What waits for
something else gives its hand back meanwhile (`NotYet`). What is under way is never thrown out; of what is ready, the oldest goes first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from wijktwin.errors import NotFoundError, WijktwinError
from wijktwin.export.sets import Failure
from wijktwin.impacts.progress import CancelledError

HANDS: Final = 2
"""So many orders are made at the same time."""
MOST_UNDER_WAY: Final = 12
"""Who orders while so many others wait or are made is told to come back."""
MOST_READY: Final = 8
MOST_BYTES: Final = 256 * 1024 * 1024
"""What is ready takes no more room than this together, but for the newest."""
MOST_TOLD: Final = 256
"""Orders that are over, and of which is still known how they ended."""
PAUSE: Final = 0.5
"""So long later is looked again whether what an order waits for is there. [s]"""
Work = Callable[[], None]
Start = Callable[[Work, float], None]
"""Starts work beside the caller, so many seconds later."""
_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far an order is."""

    NONE = "none"
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    STOPPED = "stopped"
    REFUSED = "refused"
    """It cannot be made; `Standing.why` says why in a sentence."""
    FAILED = "failed"
    GONE = "gone"
    """It was ready, and made room for what others ordered later."""


class Listen(Protocol):
    """Hears how far the work is: so much of so much. Raises `CancelledError` where nobody waits for it any more."""

    def __call__(self, done: float, total: float = 1.0) -> None:
        """Hear it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came of an order.

    Parameters
    ----------
    content, name
        The file; no content where nothing of it could be made.
    preview
        A small picture of it; empty for none.
    failures
        Parts that are not in it.
    """

    content: bytes
    name: str
    preview: bytes = b""
    failures: tuple[Failure, ...] = ()

    @property
    def size(self) -> int:
        """Room that it takes. [bytes]"""
        return len(self.content) + len(self.preview)


@dataclass(frozen=True, slots=True)
class NotYet:
    """The work waits for something that is made elsewhere: it is called again in a moment."""


Make = Callable[[Listen], "Parcel | NotYet"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the order of one visitor is.

    Parameters
    ----------
    number
        Of the order; another for every order.
    kind
        What was ordered.
    done, total
        So much of so much; total is 0 before that is known.
    parcel
        Where it is ready, what came of it.
    is_resumed
        Who orders the same again goes on where it was stopped.
    why
        Why nothing can be made.
    """

    state: State
    number: int = 0
    kind: str = ""
    done: float = 0.0
    total: float = 0.0
    parcel: Parcel | None = None
    is_resumed: bool = False
    why: WijktwinError | None = None

    @property
    def is_on_its_way(self) -> bool:
        """Whether waiting helps."""
        return self.state in {State.WAITING, State.MAKING}

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total else 0.0


@dataclass(eq=False, slots=True)
class _Order:
    number: int
    kind: str
    make: Make
    alone: str
    is_resumed: bool
    state: State = State.WAITING
    done: float = 0.0
    total: float = 0.0
    parcel: Parcel | None = field(default=None, repr=False)
    why: WijktwinError | None = None
    ended: int = 0

    def hear(self, done: float, total: float) -> None:
        """So much of so much; it never goes back."""
        self.done, self.total = max(done, self.done) if total == self.total else done, total

    def standing(self) -> Standing:
        return Standing(self.state, self.number, self.kind, self.done, self.total, self.parcel, self.is_resumed, self.why)

    @property
    def is_on_its_way(self) -> bool:
        return self.state in {State.WAITING, State.MAKING}


class Desk:
    """Makes what visitors order, in the order in which it was asked for; safe to use from many threads.

    Parameters
    ----------
    hands
        So many orders are made at the same time.
    start
        Starts work beside the caller; by default in a thread that dies with the process.
    most_ready, most_bytes
        How many things that are ready are kept, and how much room they take together. [bytes]
    """

    def __init__(
        self, *, hands: int = HANDS, start: Start | None = None, most_ready: int = MOST_READY, most_bytes: int = MOST_BYTES
    ) -> None:
        self._hands = hands
        self._start = _in_thread if start is None else start
        self._most_ready, self._most_bytes = most_ready, most_bytes
        self._lock = threading.Lock()
        self._orders: dict[str, _Order] = {}
        self._queue: list[_Order] = []
        self._alone: set[str] = set()
        self._n_working = self._n_orders = self._n_ended = 0

    def order(self, visitor: str, kind: str, make: Make, *, alone: str = "", is_resumed: bool = False) -> bool:
        """Have something made, instead of what this visitor ordered before; False where too many others wait: then nothing changes.

        Parameters
        ----------
        make
            Does the work, and tells how far it is.
        alone
            Orders that say the same here are made one after the other; "" for none.
        is_resumed
            Who orders the same again goes on where it was stopped.
        """
        with self._lock:
            others = sum(one.is_on_its_way for name, one in self._orders.items() if name != visitor)
            if others >= MOST_UNDER_WAY:
                return False
            self._stop(visitor)
            self._n_orders += 1
            order = self._orders[visitor] = _Order(self._n_orders, kind, make, alone, is_resumed)
            self._queue.append(order)
            starts = self._takes_a_hand()
        if starts:
            self._start(self._work, 0.0)
        return True

    def look(self, visitor: str) -> Standing:
        """How far the order of a visitor is."""
        with self._lock:
            order = self._orders.get(visitor)
            return Standing(State.NONE) if order is None else order.standing()

    def content(self, visitor: str, number: int) -> bytes:
        """The file of an order that is ready.

        Raises
        ------
        NotFoundError
            This visitor has no such file (any more).
        """
        with self._lock:
            order = self._orders.get(visitor)
            if order is None or order.number != number or order.parcel is None:
                raise NotFoundError("stills.no_longer_kept")
            return order.parcel.content

    def stop(self, visitor: str) -> None:
        """Stop making what a visitor ordered."""
        with self._lock:
            self._stop(visitor)

    def _stop(self, visitor: str) -> None:
        order = self._orders.get(visitor)
        if order is not None and order.is_on_its_way:
            self._over(order, State.STOPPED)
            if order in self._queue:
                self._queue.remove(order)

    # ------------------------------------------------------------------------------------------------------------- the work
    def _takes_a_hand(self) -> bool:
        """Whether one more hand is to begin; counted at once."""
        is_free = self._n_working < self._hands
        self._n_working += is_free
        return is_free

    def _work(self) -> None:
        while (order := self._next()) is not None:
            self._make(order)

    def _next(self) -> _Order | None:
        with self._lock:
            order = next((one for one in self._queue if one.alone not in self._alone), None)
            if order is None:
                self._n_working -= 1
                return None
            self._queue.remove(order)
            order.state = State.MAKING
            if order.alone:
                self._alone.add(order.alone)
            return order

    def _make(self, order: _Order) -> None:
        def listen(done: float, total: float = 1.0) -> None:
            with self._lock:
                if not order.is_on_its_way:
                    raise CancelledError
                order.hear(done, total)

        try:
            made = order.make(listen)
        except CancelledError:
            self._end(order, State.STOPPED)
        except WijktwinError as error:
            self._end(order, State.REFUSED, why=error)
        except Exception:  # noqa: BLE001 - whatever it is: the page says that it failed, the log says why, others are still made
            _log.exception("%s could not be made", order.kind)
            self._end(order, State.FAILED)
        else:
            if isinstance(made, NotYet):
                self._put_off(order)
            else:
                self._end(order, State.READY, parcel=made)

    def _put_off(self, order: _Order) -> None:
        with self._lock:
            self._alone.discard(order.alone)
        self._start(lambda: self._wake(order), PAUSE)

    def _wake(self, order: _Order) -> None:
        """Its turn again, before others: it was taken before them."""
        with self._lock:
            if not order.is_on_its_way:
                return
            self._queue.insert(0, order)
            works = self._takes_a_hand()
        if works:
            self._work()

    def _end(self, order: _Order, state: State, *, parcel: Parcel | None = None, why: WijktwinError | None = None) -> None:
        with self._lock:
            self._alone.discard(order.alone)
            if order.is_on_its_way:  # else it was stopped
                order.parcel, order.why = parcel, why
                self._over(order, state)

    def _over(self, order: _Order, state: State) -> None:
        """It ended so; what ended longest ago makes room."""
        self._n_ended += 1
        order.state, order.ended, order.make = state, self._n_ended, _nothing  # what it was made from is let go
        over = sorted((one.ended, visitor) for visitor, one in self._orders.items() if not one.is_on_its_way)
        for _, visitor in over[: max(len(over) - MOST_TOLD, 0)]:
            del self._orders[visitor]
        ready = [one for _, visitor in over if (one := self._orders.get(visitor)) is not None and one.parcel is not None]
        taken = sum(one.parcel.size for one in ready if one.parcel is not None)
        for n_left, one in zip(range(len(ready), 1, -1), ready, strict=False):
            if one.parcel is None or (n_left <= self._most_ready and taken <= self._most_bytes):
                break
            taken -= one.parcel.size
            one.parcel, one.state = None, State.GONE


def _nothing(_: Listen) -> NotYet:
    """The work of an order that is over."""
    return NotYet()


def _in_thread(work: Work, seconds: float) -> None:
    thread = threading.Timer(seconds, work) if seconds else threading.Thread(target=work)
    thread.name, thread.daemon = "desk", True
    thread.start()


DESK: Final = Desk()
"""The one of this process."""
