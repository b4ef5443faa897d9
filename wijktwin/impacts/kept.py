"""Keeping what takes long to compute for as long as what it was computed of is there, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

T = TypeVar("T")

LARGEST: Final = 32
"""How many results are kept of one thing: other choices of assumptions make other results."""

PLACE: Final = "_kept"
"""Attribute of the owner that holds its results; they go with it, even those that refer to it."""
_NOTHING: Final = object()


def kept(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, computed once for a frozen ``owner`` (a neighbourhood, a scenario) and a key.

    Two threads that ask at once may both compute it; both get the same answer.
    """
    own: dict[Hashable, Any] = vars(owner).setdefault(PLACE, {})
    found = own.get(key, _NOTHING)
    if found is _NOTHING:
        made = make()
        while len(own) >= LARGEST:
            own.pop(next(iter(list(own)), key), None)
        found = own.setdefault(key, made)
    result: T = found
    return result
