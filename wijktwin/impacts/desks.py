"""Desks: where what takes long is computed for whoever asks, one for each neighbourhood and set of assumptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from wijktwin.impacts.last_few import LastFew

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood

Desk = TypeVar("Desk")

MOST_DESKS: Final = 2
"""Neighbourhoods, each with one set of assumptions, of which desks of one kind are kept."""
MOST_RESULTS: Final = 8
"""Scenarios of which a desk keeps what it computed."""


class Desks(Generic[Desk]):
    """The desks of one kind, shared by everybody who asks for the same neighbourhood with the same assumptions.

    Parameters
    ----------
    open_desk
        Makes the desk of a neighbourhood; a desk holds its neighbourhood, so that no other can get its id.
    assumed
        Assumptions that decide what is computed there.
    """

    def __init__(self, open_desk: Callable[[Neighbourhood, Assumptions], Desk], *, assumed: Sequence[str]) -> None:
        self._open = open_desk
        self._assumed = assumed
        self._desks: LastFew[tuple[int, tuple[float, ...]], Desk] = LastFew(MOST_DESKS)

    def of(self, neighbourhood: Neighbourhood, assumptions: Assumptions) -> Desk:
        """The desk of a neighbourhood."""
        key = id(neighbourhood), tuple(assumptions[name].value for name in self._assumed)
        return self._desks.of(key, lambda: self._open(neighbourhood, assumptions))
