"""What is kept: computed once per owner and key, never too many, and gone with its owner."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

from wijktwin.impacts.kept import LARGEST, kept


@dataclass(frozen=True, eq=False)
class Owner:
    """Something that results are kept of."""

    name: str = ""


def test_a_result_is_computed_once_for_each_owner_and_key() -> None:
    asked: list[tuple[Owner, str]] = []

    def ask(owner: Owner, key: str) -> object:
        def make() -> object:
            asked.append((owner, key))
            return object()

        return kept(owner, key, make)

    one, other = Owner(), Owner()
    first = ask(one, "a")
    assert ask(one, "a") is first
    assert len({id(each) for each in (first, ask(one, "b"), ask(other, "a"))}) == 3
    assert asked == [(one, "a"), (one, "b"), (other, "a")]


def test_nothing_is_a_result_as_well() -> None:
    owner, asked = Owner(), list[int]()
    assert [kept(owner, "a", lambda: asked.append(1)) for _ in range(3)] == [None] * 3
    assert asked == [1]


def test_the_oldest_results_make_room() -> None:
    owner, asked = Owner(), list[int]()

    def ask(key: int) -> int:
        def make() -> int:
            asked.append(key)
            return key

        return kept(owner, key, make)

    for key in range(LARGEST + 1):
        assert ask(key) == key
    assert ask(1) == 1
    assert len(asked) == LARGEST + 1
    assert ask(0) == 0
    assert asked[-1] == 0


def test_a_result_that_refers_to_its_owner_does_not_keep_it() -> None:
    owner = Owner()
    seen = weakref.ref(owner)
    assert kept(owner, "self", lambda: (owner,)) == (owner,)  # noqa: F821 - deleted below
    del owner
    gc.collect()
    assert seen() is None
