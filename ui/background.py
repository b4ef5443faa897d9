"""Figures that take longer than a page can wait: computed one scenario at a time beside the pages, once for everybody who asks.

Nobody waits: whoever asks is told how far it is (`Standing`). What is ready is kept in memory, and what was computed of sun and views
today on the disk, so that a server that starts again does not begin again. A computation for which nobody waits any more is stopped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.errors import Note
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.progress import CancelledError, Progress
from wijktwin.model.content import content_key

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.catalogue import LongImpact
    from wijktwin.model.scenario import Scenario

MOST_KEPT: Final = 64
"""Scenarios, each with one set of assumptions, whose figures are kept."""
MOST_WAITING: Final = 12
"""Who asks while so many wait is told to come back."""
Work = Callable[[], None]
Wanted = tuple["Scenario", "Assumptions"]
"""A scenario, and the assumptions that its figures are computed with."""
Key = tuple[str, str]
_log = logging.getLogger(__name__)


class State(StrEnum):
    """How far figures are."""

    WAITING = "waiting"
    COMPUTING = "computing"
    READY = "ready"
    STOPPED = "stopped"
    """Nobody asked for them, or they were stopped."""
    BUSY = "busy"
    """Too many others wait."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the figures of one scenario are.

    Parameters
    ----------
    figures
        All of them where they are ready, else none.
    note, share
        What is being computed, and which share of it is done, from 0 to 1.
    """

    state: State
    figures: tuple[Assessment, ...] = ()
    note: Note | None = None
    share: float = 0.0

    @property
    def is_on_its_way(self) -> bool:
        """Whether waiting helps."""
        return self.state in {State.WAITING, State.COMPUTING, State.BUSY}


@dataclass(eq=False)
class _Job:
    scenario: Scenario
    assumptions: Assumptions
    visitors: set[str] = field(default_factory=set)
    state: State = State.WAITING
    note: Note | None = None
    share: float = 0.0


class Background:
    """Computes what is asked for, one job at a time in the order in which it was asked for; safe to use from many threads.

    Parameters
    ----------
    impacts
        What is computed of every scenario, by name.
    start
        Starts work beside the caller; by default in a thread that dies with the process.
    """

    def __init__(
        self, impacts: Mapping[str, LongImpact] = IN_BACKGROUND, *, start: Callable[[Work], None] | None = None, most_kept: int = MOST_KEPT
    ) -> None:
        self._impacts = impacts
        self._start = _in_thread if start is None else start
        self._lock = threading.Lock()
        self._jobs: dict[Key, _Job] = {}
        self._ready: LastFew[Key, tuple[Assessment, ...]] = LastFew(most_kept)
        self._failed: dict[Key, None] = {}
        self._is_working = False

    def ask(self, wanted: Sequence[Wanted], visitor: str, *, begin: bool = True) -> list[Standing]:
        """How far the figures of some scenarios are; what is missing is begun.

        Parameters
        ----------
        visitor
            Who asks. Whatever else this visitor asked for before, nobody waits for it on their behalf any more.
        begin
            False only looks, and begins nothing.
        """
        keys = [key_of(*each) for each in wanted]
        with self._lock:
            if begin:
                self._leave(visitor, but=keys)
            found = [self._standing(key, *each, visitor, begin) for key, each in zip(keys, wanted, strict=True)]
            starts = bool(self._waiting()) and not self._is_working
            self._is_working = self._is_working or starts
        if starts:
            self._start(self._work)
        return found

    def stop(self, visitor: str) -> None:
        """A visitor waits no longer: what nobody else waits for is stopped."""
        with self._lock:
            self._leave(visitor, but=())

    def forget(self, wanted: Iterable[Wanted]) -> None:
        """Let what was computed be computed again: more than its figures is wanted, and that is no longer kept."""
        with self._lock:
            for each in wanted:
                self._ready.drop(key_of(*each))

    def forget_failure(self, wanted: Iterable[Wanted]) -> None:
        """Let what failed be tried again."""
        with self._lock:
            for each in wanted:
                self._failed.pop(key_of(*each), None)

    def _standing(self, key: Key, scenario: Scenario, assumptions: Assumptions, visitor: str, begin: bool) -> Standing:  # noqa: FBT001
        ready = self._ready.find(key)
        if ready is not None:
            return Standing(State.READY, ready)
        if key in self._failed:
            return Standing(State.FAILED)
        job = self._jobs.get(key)
        if job is None or job.state is State.STOPPED:
            if not begin:
                return Standing(State.STOPPED)
            if len(self._waiting()) >= MOST_WAITING:
                return Standing(State.BUSY)
            job = self._jobs[key] = _Job(scenario, assumptions)
        if begin:
            job.visitors.add(visitor)
        return Standing(job.state, (), job.note, job.share)

    def _leave(self, visitor: str, *, but: Sequence[Key]) -> None:
        for key, job in list(self._jobs.items()):
            if key in but or visitor not in job.visitors:
                continue
            job.visitors.discard(visitor)
            if not job.visitors and job.state is State.WAITING:
                del self._jobs[key]
            elif not job.visitors and job.state is State.COMPUTING:
                job.state = State.STOPPED  # heard at the next word of progress

    def _waiting(self) -> list[Key]:
        return [key for key, job in self._jobs.items() if job.state is State.WAITING]

    def _work(self) -> None:
        """Everything that waits, one after the other."""
        while True:
            with self._lock:
                waiting = self._waiting()
                if not waiting:
                    self._is_working = False
                    return
                key = waiting[0]
                job = self._jobs[key]
                job.state = State.COMPUTING
            self._compute(key, job)

    def _compute(self, key: Key, job: _Job) -> None:
        def listen(note: Note, share: float) -> None:
            with self._lock:
                if job.state is State.STOPPED:
                    raise CancelledError
                job.note, job.share = note, max(job.share, share)

        whole, n = Progress(listen), len(self._impacts)
        try:
            figures = tuple(
                figure
                for number, impact in enumerate(self._impacts.values())
                for figure in impact.assess(job.scenario, assumptions=job.assumptions, progress=whole.part(number / n, (number + 1) / n))
            )
        except CancelledError:
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]
        except Exception:  # noqa: BLE001 - whatever it is: pages say that it failed, the log says why, others are still computed
            _log.exception("figures that take long could not be computed")
            with self._lock:
                self._failed = dict.fromkeys([*self._failed, key][-MOST_KEPT:])
                if self._jobs.get(key) is job:
                    del self._jobs[key]
        else:
            with self._lock:
                self._ready.put(key, figures)
                if self._jobs.get(key) is job:
                    del self._jobs[key]


def key_of(scenario: Scenario, assumptions: Assumptions) -> Key:
    """What figures follow from: the scenario, and every value that may have been chosen otherwise, by whom and why."""
    return scenario.key, content_key([assumptions.variant, {name: assumptions[name] for name in assumptions.changed}])


def _in_thread(work: Work) -> None:
    threading.Thread(target=work, name="background figures", daemon=True).start()


BACKGROUND: Final = Background()
"""The one of this process."""
