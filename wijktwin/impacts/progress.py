"""Figures that take longer than a page can wait: they say how far they are, and can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wijktwin.errors import Note

Listener = Callable[["Note", float], None]


class CancelledError(Exception):
    """Nobody waits for these figures any more. Raised by who listens to the progress, so that the computation ends."""


def _nobody(note: Note, share: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells what is being computed and which share of it is done; may be told from any thread.

    Parameters
    ----------
    listener
        Told a sentence and a share from 0 to 1. What it raises (`CancelledError`) ends the computation.
    begin, end
        The part of the whole that is reported here.
    """

    listener: Listener = _nobody
    begin: float = 0.0
    end: float = 1.0

    def tell(self, note: Note, share: float = 0.0) -> None:
        """Say what is being computed, and which share of this part is done."""
        self.listener(note, self.begin + (self.end - self.begin) * min(max(share, 0.0), 1.0))

    def part(self, begin: float, end: float) -> Progress:
        """The progress of a part, from one share of this one to another."""
        width = self.end - self.begin
        return Progress(self.listener, self.begin + width * begin, self.begin + width * end)


UNHEARD: Final = Progress()
"""Nobody waits to hear."""
