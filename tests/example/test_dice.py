"""Dice: the same for ever, fair enough, and their own for every key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.example.dice import Dice

keys = st.lists(st.integers(0, 2**32), min_size=1, max_size=4)


def test_the_stream_is_the_one_that_numpy_promises_never_to_change() -> None:
    assert [Dice(1, 2, 3).number() for _ in range(2)] == [Dice(1, 2, 3).number()] * 2
    dice = Dice(1, 2, 3)
    assert [round(dice.number(), 12) for _ in range(3)] == FIRST_THREE


FIRST_THREE = [0.670472262652, 0.111014636669, 0.511509082395]


@given(key=keys)
def test_one_key_gives_one_stream(key: list[int]) -> None:
    one, other = Dice(*key), Dice(*key)
    assert [one.number() for _ in range(100)] == [other.number() for _ in range(100)]


def test_keys_do_not_share_streams() -> None:
    seen = {Dice(seed, part).number() for seed in range(40) for part in range(40)}
    assert len(seen) == 1600


@given(key=keys, low=st.integers(-50, 50), span=st.integers(0, 50))
def test_whole_numbers_stay_between_their_ends_and_reach_them(key: list[int], low: int, span: int) -> None:
    dice = Dice(*key)
    found = {dice.whole(low, low + span) for _ in range(60 * (span + 1))}
    assert found <= set(range(low, low + span + 1))
    assert {low, low + span} <= found or span > 20


@given(key=keys, size=st.integers(0, 40))
def test_shuffling_keeps_everything(key: list[int], size: int) -> None:
    assert sorted(Dice(*key).shuffled(range(size))) == list(range(size))


def test_weights_are_kept() -> None:
    dice = Dice(5)
    picked = [dice.weighted({"often": 3.0, "seldom": 1.0, "never": 0.0}) for _ in range(4000)]
    assert "never" not in picked
    assert picked.count("often") / len(picked) == pytest.approx(0.75, abs=0.03)
