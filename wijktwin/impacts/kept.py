"""Keeping what takes long to compute for as long as what it was computed of is there, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

LARGEST: Final = 32
"""How many results are kept of one thing: other choices of assumptions make other results."""

_KEPT: Final[WeakKeyDictionary[Any, dict[Hashable, Any]]] = WeakKeyDictionary()


def kept(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, computed once for a frozen ``owner`` (a neighbourhood, a scenario) and a key.

    Two threads that ask at once may both compute it; both get the same answer.
    """
    own = _KEPT.setdefault(owner, {})
    if key not in own:
        made = make()
        while len(own) >= LARGEST:
            own.pop(next(iter(own), key), None)
        own[key] = made
    found: T = own[key]
    return found
