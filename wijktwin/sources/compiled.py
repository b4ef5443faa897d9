"""Loops compiled by numba, kept on the disk once compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function, compiled when it is first called (seconds), read back from numba's cache ever after (milliseconds).

    Where numba finds no folder to keep it in, every new process compiles anew.
    """
    try:
        return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:
        return cast("F", njit(nogil=True, error_model="numpy")(function))
