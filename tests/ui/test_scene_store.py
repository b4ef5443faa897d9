"""Prepared geometry in memory: compressed once, found by content, a visitor's own gone after a while."""

from __future__ import annotations

import gzip
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.layers.small_town import low_block, small_town, tower
from ui.geometry_store import ROUTE, GeometryStore
from ui.scene.preparing import Pieces, addresses, plan_view_address, prepared_scene
from wijktwin.errors import LimitError, NotFoundError

JSON = "application/json"


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def key_of(address: str) -> str:
    assert address.startswith(f"{ROUTE}/")
    return address.rpartition("/")[2]


@given(st.binary(max_size=2000))
def test_what_is_put_comes_back(content: bytes) -> None:
    store = GeometryStore()
    blob = store.get(key_of(store.put(content, JSON)))
    assert blob.content() == content
    assert gzip.decompress(blob.packed) == content
    assert blob.is_shared


def test_the_same_content_has_one_address_and_is_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = 0
    compress = gzip.compress

    def counted(*args: object, **options: object) -> bytes:
        nonlocal times
        times += 1
        return compress(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("ui.geometry_store.gzip.compress", counted)
    store = GeometryStore()
    first = store.put(b"[1]" * 1000, JSON)
    assert store.put(b"[1]" * 1000, JSON) == first
    assert store.put(b"[2]" * 1000, JSON) != first
    for _ in range(5):
        store.get(key_of(first))
    assert times == 2


def test_address_of_what_a_visitor_tries_cannot_be_guessed() -> None:
    store = GeometryStore()
    keys = {key_of(store.put_private(b"[]", JSON)) for _ in range(200)}
    assert len(keys) == 200, "the same content has another address every time"
    assert all(re.fullmatch(r"[\w-]{32}\.json", key) for key in keys)
    assert not store.get(next(iter(keys))).is_shared
    shared = key_of(store.put(b"[]", JSON))
    assert shared not in keys


def test_what_a_visitor_tries_expires_after_it_was_last_asked_for() -> None:
    clock = Clock()
    store = GeometryStore(seconds_private=100, now=clock)
    asked, unasked = (key_of(store.put_private(content, JSON)) for content in (b"[1]", b"[2]"))
    clock.now += 90
    store.get(asked)
    clock.now += 20
    assert store.get(asked).content() == b"[1]"
    with pytest.raises(NotFoundError, match="reload"):
        store.get(unasked)
    clock.now += 101
    store.drop_expired()
    assert store.sizes == (0, 0)


def test_shared_geometry_does_not_expire() -> None:
    clock = Clock()
    store = GeometryStore(seconds_private=1, now=clock)
    key = key_of(store.put(b"[1]", JSON))
    clock.now += 1e9
    store.drop_expired()
    assert store.get(key).content() == b"[1]"


def test_memory_for_visitors_is_bounded_and_the_oldest_goes_first() -> None:
    size = len(gzip.compress(b"[0]", 6, mtime=0))
    store = GeometryStore(most_private_bytes=3 * size)
    first, second, third = (key_of(store.put_private(f"[{n}]".encode(), JSON)) for n in range(3))
    store.get(first)
    fourth = key_of(store.put_private(b"[3]", JSON))
    assert store.has(f"{ROUTE}/{first}")
    assert not store.has(f"{ROUTE}/{second}")
    assert store.has(f"{ROUTE}/{third}")
    assert store.has(f"{ROUTE}/{fourth}")
    assert store.sizes[1] <= 3 * size
    with pytest.raises(LimitError):
        store.put_private(bytes(range(256)) * 10, JSON)


def test_more_shared_geometry_than_the_limit_is_refused_in_a_sentence() -> None:
    store = GeometryStore(most_shared_bytes=30)
    store.put(b"[]", JSON)
    with pytest.raises(LimitError, match="no room for more geometry"):
        store.put(bytes(range(256)), JSON)


def test_many_threads_at_once() -> None:
    store = GeometryStore(most_private_bytes=4000)
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for place in range(50):
                address = store.put(f"[{place}]".encode(), JSON)
                assert store.get(key_of(address)).content() == f"[{place}]".encode()
                store.put_private(f"[{number},{place}]".encode(), JSON)
        except BaseException as fault:  # noqa: BLE001  told below, in the thread of the test
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert store.sizes[0] == sum(len(gzip.compress(f"[{place}]".encode(), 6, mtime=0)) for place in range(50))
    assert store.sizes[1] <= 4000


# --------------------------------------------------------------------------------------------------------------- preparing
def test_a_piece_is_made_once_even_when_many_ask_at_the_same_moment() -> None:
    pieces = Pieces(GeometryStore())
    gate, times = threading.Barrier(5), []

    def make() -> str:
        times.append(1)
        return "made"

    def ask() -> None:
        gate.wait()
        assert pieces("key", make) == "made"

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 1


def test_a_fault_while_making_is_not_remembered() -> None:
    pieces = Pieces(GeometryStore())
    with pytest.raises(ZeroDivisionError):
        pieces("key", lambda: 1 / 0)
    assert pieces("key", lambda: "made") == "made"


def test_scene_is_prepared_once_and_again_when_a_visitors_part_of_it_has_gone() -> None:
    clock = Clock()
    store = GeometryStore(seconds_private=100, now=clock)
    pieces = Pieces(store)
    own = low_block(published=False)
    first = prepared_scene(small_town(), [tower(), own], store=store, pieces=pieces)
    again = prepared_scene(small_town(), [tower(), own], store=store, pieces=pieces)
    assert again == first
    assert first.plans["low-block"].volumes != ""
    clock.now += 200
    later = prepared_scene(small_town(), [tower(), own], store=store, pieces=pieces)
    assert later.plans["tower"] == first.plans["tower"]
    assert later.plans["low-block"].volumes != first.plans["low-block"].volumes
    for piece in (*later.buildings, *later.trees, *later.plans.values()):
        assert all(store.has(address) for address in addresses(piece))


def test_map_of_a_visitors_plan_lies_apart() -> None:
    store = GeometryStore()
    pieces = Pieces(store)
    shared = prepared_scene(small_town(), [tower()], store=store, pieces=pieces)
    assert store.get(key_of(plan_view_address(small_town(), [tower()], shared, store=store, pieces=pieces))).is_shared
    own = low_block(published=False)
    mixed = prepared_scene(small_town(), [tower(), own], store=store, pieces=pieces)
    assert not store.get(key_of(plan_view_address(small_town(), [tower(), own], mixed, store=store, pieces=pieces))).is_shared
