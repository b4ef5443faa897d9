"""Loops compiled by numba, kept on the disk once compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: Final = {"nogil": True, "fastmath": False, "boundscheck": False, "error_model": "numpy"}


def compiled(function: F) -> F:
    """The function, compiled when it is first called (seconds), read back from numba's cache ever after (milliseconds).

    Where numba finds no folder to keep it in, every new process compiles anew.
    """
    try:
        made: F = njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:
        made = njit(**_OPTIONS)(function)
    return made
