"""The last few things that somebody asked for: made once, and what nobody asked for longest goes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class LastFew(Generic[Key, Thing]):
    """Things by key, no more than a number of them; safe to ask from several threads.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._one_at_a_time = threading.RLock()
        self._shelf = threading.Lock()
        self._things: OrderedDict[Key, Thing] = OrderedDict()

    def find(self, key: Key) -> Thing | None:
        """What is kept under a key, None where nothing is; never waits for something that is being made."""
        with self._shelf:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
            return found

    def put(self, key: Key, thing: Thing) -> None:
        """Keep something."""
        with self._shelf:
            self._things[key] = thing
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)

    def drop(self, key: Key) -> None:
        """Keep it no longer."""
        with self._shelf:
            self._things.pop(key, None)

    def of(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """What is kept under a key, made where it is not there: one thing at a time. What ``make`` raises leaves nothing behind."""
        with self._one_at_a_time:
            found = self.find(key)
            if found is None:
                found = make()
                self.put(key, found)
            return found
