"""The last few things: each made once, none forgotten that was asked for just now, and nobody waits to look."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wijktwin.impacts.last_few import LastFew


def refused() -> int:
    raise AssertionError("made again")


def test_what_nobody_asked_for_longest_goes() -> None:
    few: LastFew[str, int] = LastFew(2)
    few.put("a", 1)
    few.put("b", 2)
    assert few.find("a") == 1
    few.put("c", 3)
    assert [few.find(key) for key in "abc"] == [1, None, 3]
    assert few.of("a", refused) == 1
    assert few.of("d", lambda: 4) == 4
    assert [few.find(key) for key in "acd"] == [1, None, 4]


def test_who_asks_at_once_makes_it_once_and_who_looks_does_not_wait() -> None:
    few: LastFew[str, int] = LastFew(2)
    begun, goes_on, made = threading.Event(), threading.Event(), []

    def slow() -> int:
        made.append(1)
        begun.set()
        assert goes_on.wait(10)
        return 5

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(few.of, "a", slow) for _ in range(3)]
        assert begun.wait(10)
        assert few.find("a") is None, "while it is being made"
        goes_on.set()
        assert [each.result() for each in asked] == [5, 5, 5]
    assert len(made) == 1


def test_what_could_not_be_made_leaves_nothing_behind() -> None:
    few: LastFew[str, int] = LastFew(2)
    with pytest.raises(AssertionError, match="made again"):
        few.of("a", refused)
    assert few.find("a") is None
    assert few.of("a", lambda: 7) == 7
