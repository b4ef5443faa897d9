"""What fetching tells while it is busy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How far one part of the work is.

    Parameters
    ----------
    what
        The part: a service and what is asked of it; never an address or a street.
    done, total
        How many objects were received of how many; ``total`` is None where the service does not say.
    is_finished
        Whether this part is complete.
    waiting
        How long is waited before asking again, 0 where nothing went wrong. [s]
    """

    what: str
    done: int
    total: int | None = None
    is_finished: bool = False
    waiting: float = 0.0


Progress = Callable[[Step], None]


def in_silence(_step: Step) -> None:
    """Tell nothing."""
