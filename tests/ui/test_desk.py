"""What is made beside the pages: in turn, by a few hands, stopped, put off, kept for its visitor, and thrown out oldest first."""

from __future__ import annotations

import gc
import io
import weakref
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from ui.desk import MOST_UNDER_WAY, Desk, Listen, Make, NotYet, Parcel, State
from ui.picture_parcel import MOST_FOLDERS, PREVIEW_WIDTH, key_of, picture_parcel
from wijktwin.errors import InputError, NotFoundError
from wijktwin.export.sets import Job
from wijktwin.impacts.progress import CancelledError


class Hands:
    """Work beside the caller that waits until the test does it, and how many seconds later it was to be done."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], None], float]] = []

    def __call__(self, work: Callable[[], None], seconds: float) -> None:
        self.waiting.append((work, seconds))

    def work(self) -> None:
        """All that waits, whatever comes of it too."""
        while self.waiting:
            self.waiting.pop(0)[0]()


def gives(content: bytes, name: str = "a.pdf") -> Make:
    """Work that is done at once."""
    return lambda _: Parcel(content, name)


def test_an_order_is_ready_when_it_is_made_and_never_goes_back() -> None:
    hands = Hands()
    desk = Desk(start=hands)
    assert desk.look("a").state is State.NONE
    shares = []

    def make(listen: Listen) -> Parcel:
        for share in (0.5, 0.25, 0.75):
            listen(share)
            shares.append(desk.look("a").share)
        listen(3, 16)
        assert (desk.look("a").done, desk.look("a").total) == (3, 16)
        return Parcel(b"%PDF", "a.pdf")

    assert desk.order("a", "report", make)
    assert (desk.look("a").state, desk.look("a").kind) == (State.WAITING, "report")
    hands.work()
    ready = desk.look("a")
    assert (ready.state, ready.parcel) == (State.READY, Parcel(b"%PDF", "a.pdf"))
    assert shares == [0.5, 0.5, 0.75]
    assert desk.content("a", ready.number) == b"%PDF"
    for visitor, number in (("b", ready.number), ("a", ready.number + 1)):
        with pytest.raises(NotFoundError):
            desk.content(visitor, number)


def test_what_was_ordered_before_is_given_up_also_while_it_is_made() -> None:
    hands = Hands()
    desk = Desk(start=hands)
    told: list[object] = []

    def first(listen: Listen) -> Parcel:
        desk.order("a", "second", gives(b"second"))
        try:
            listen(0.9)
        except CancelledError as error:
            told.append(error)
            raise
        return Parcel(b"first", "first.pdf")

    desk.order("a", "first", first)
    hands.work()
    assert len(told) == 1
    assert desk.look("a").parcel == Parcel(b"second", "a.pdf")
    desk.order("a", "never", lambda _: pytest.fail("nobody waits for it"))
    desk.stop("a")
    hands.work()
    assert desk.look("a").state is State.STOPPED

    def late(_: Listen) -> Parcel:
        desk.stop("a")
        return Parcel(b"late", "late.pdf")

    desk.order("a", "late", late)
    hands.work()
    assert (desk.look("a").state, desk.look("a").parcel) == (State.STOPPED, None)


@pytest.mark.parametrize(("fault", "state"), [(InputError("report.no_plans"), State.REFUSED), (ZeroDivisionError(), State.FAILED)])
def test_what_cannot_be_made_says_so_and_others_are_made(fault: Exception, state: State) -> None:
    hands = Hands()
    desk = Desk(start=hands, hands=1)

    def make(_: Listen) -> Parcel:
        raise fault

    desk.order("a", "report", make)
    desk.order("b", "report", gives(b"b"))
    hands.work()
    assert desk.look("a").state is state
    assert (desk.look("a").why is fault) == (state is State.REFUSED)
    assert desk.look("b").state is State.READY


def test_there_are_no_more_hands_than_said_and_equal_orders_wait_for_each_other() -> None:
    hands = Hands()
    desk = Desk(start=hands, hands=2)
    made: list[str] = []

    def nested(_: Listen) -> Parcel:
        made.append("a begins")
        hands.waiting.pop(0)[0]()  # the other hand works meanwhile
        made.append("a ends")
        return Parcel(b"", "")

    def make(name: str) -> Make:
        def work(_: Listen) -> Parcel:
            made.append(name)
            return Parcel(b"", "")

        return work

    desk.order("a", "set", nested, alone="x")
    desk.order("b", "set", make("b"), alone="x")
    desk.order("c", "set", make("c"))
    assert len(hands.waiting) == 2
    hands.work()
    assert made == ["a begins", "c", "a ends", "b"]
    desk.order("d", "set", make("d"), alone="x")
    hands.work()
    assert made[-1] == "d", "hands that had nothing to do begin again"


def test_what_waits_for_something_else_holds_no_hand() -> None:
    hands = Hands()
    desk = Desk(start=hands, hands=1)
    answers: list[Parcel | NotYet] = [NotYet(), NotYet(), Parcel(b"a", "a")]

    def make(listen: Listen) -> Parcel | NotYet:
        listen(0.2)
        return answers.pop(0)

    desk.order("a", "report", make)
    desk.order("b", "report", gives(b"b"))
    hands.waiting.pop(0)[0]()
    assert desk.look("b").state is State.READY
    assert (desk.look("a").state, desk.look("a").share) == (State.MAKING, 0.2)
    (_, seconds), *others = hands.waiting
    assert seconds > 0
    assert not others
    hands.work()
    assert desk.look("a").state is State.READY
    desk.order("a", "report", lambda _: NotYet())
    hands.waiting.pop(0)[0]()
    desk.stop("a")
    hands.work()
    assert desk.look("a").state is State.STOPPED


def test_of_what_is_ready_the_oldest_goes_and_nothing_that_is_under_way() -> None:
    hands = Hands()
    desk = Desk(start=hands, most_ready=3, most_bytes=100)
    desk.order("slow", "set", lambda _: NotYet())
    hands.waiting.pop(0)[0]()
    slow = hands.waiting.pop()
    for visitor in "abcd":
        desk.order(visitor, "set", gives(b"1"))
        hands.work()
    assert [desk.look(visitor).state for visitor in "abcd"] == [State.GONE, State.READY, State.READY, State.READY]
    with pytest.raises(NotFoundError):
        desk.content("a", desk.look("a").number)
    desk.order("e", "set", gives(b"1" * 99))
    hands.work()
    assert [desk.look(visitor).state for visitor in "bcde"] == [State.GONE, State.GONE, State.READY, State.READY]
    desk.order("f", "set", gives(b"1" * 1000))
    hands.work()
    assert [desk.look(visitor).state for visitor in "def"] == [State.GONE, State.GONE, State.READY], "the newest can be fetched"
    assert desk.look("slow").state is State.MAKING
    desk.stop("slow")
    slow[0]()


def test_what_an_order_was_made_from_is_let_go_when_it_is_over() -> None:
    class Studio:
        """Something large."""

    def order(visitor: str) -> weakref.ref[Studio]:
        large = Studio()
        desk.order(visitor, "set", lambda _: Parcel(repr(large).encode(), "a.pdf"))
        return weakref.ref(large)

    hands = Hands()
    desk = Desk(start=hands)
    made, stopped = order("a"), order("b")
    desk.stop("b")
    hands.work()
    assert desk.look("a").parcel is not None
    gc.collect()
    assert (made(), stopped()) == (None, None)


def test_who_comes_when_many_wait_keeps_what_there_is() -> None:
    hands = Hands()
    desk = Desk(start=hands)
    desk.order("late", "set", gives(b"mine"))
    hands.work()
    for number in range(MOST_UNDER_WAY):
        assert desk.order(f"visitor {number}", "set", gives(b""))
    assert len(hands.waiting) == 2, "not a thread for each"
    assert not desk.order("late", "set", gives(b"other"))
    assert desk.look("late").parcel == Parcel(b"mine", "a.pdf")
    assert desk.order("visitor 3", "set", gives(b"again")), "who waits already may order something else"
    hands.work()
    assert desk.order("late", "set", gives(b"other"))


@cache
def png(colour: int) -> bytes:
    """A picture of one colour."""
    content = io.BytesIO()
    Image.new("RGB", (1200, 600), (colour, colour, colour)).save(content, "PNG")
    return content.getvalue()


def test_pictures_are_one_file_with_a_small_picture_of_it_and_go_on_where_they_were_stopped(tmp_path: Path) -> None:
    hands = Hands()
    desk = Desk(start=hands)
    made: list[str] = []

    def job(name: str, colour: int, *, then: Callable[[], object] = list, fails: Exception | None = None) -> Job:
        def make() -> bytes:
            then()
            if fails is not None:
                raise fails
            made.append(name)
            return png(colour)

        return Job(name, "1", make)

    def order(jobs: Callable[[], list[Job]], *, is_kept: bool = True, key: str = key_of("x")) -> None:
        desk.order(
            "a", "pack", lambda listen: picture_parcel(jobs, listen, name="set", key=key, state=tmp_path, is_kept=is_kept), alone=key
        )
        hands.work()

    order(lambda: [job("b.png", 50, then=lambda: desk.stop("a")), job("a.png", 200)])
    assert (desk.look("a").state, made) == (State.STOPPED, ["b.png"])
    bad = InputError("stills.no_plan_to_see")
    order(lambda: [job("b.png", 50), job("a.png", 200), job("c.png", 0, fails=bad)])
    assert made == ["b.png", "a.png"]
    ready = desk.look("a").parcel
    assert ready is not None
    assert (ready.name, [each.error for each in ready.failures]) == ("set.zip", [bad])
    archive = zipfile.ZipFile(io.BytesIO(ready.content))
    assert {name: archive.read(name) for name in archive.namelist()} == {"b.png": png(50), "a.png": png(200)}
    small = Image.open(io.BytesIO(ready.preview))
    assert small.size == (PREVIEW_WIDTH, PREVIEW_WIDTH // 2)
    assert abs(small.getpixel((5, 5))[0] - 200) < 3, "the first by name"  # type: ignore[index]
    order(lambda: [job("own.png", 90)], is_kept=False, key=key_of("own"))
    one = desk.look("a").parcel
    assert one is not None
    assert (one.name, one.content) == ("set.png", png(90))
    assert not list(tmp_path.rglob("own.png")), "what only one visitor may see does not stay"
    order(lambda: (_ for _ in ()).throw(bad), key=key_of("bad"))
    assert desk.look("a").why is bad
    for number in range(MOST_FOLDERS + 3):
        order(lambda: [Job("d.png", "1", lambda: b"no picture")], key=key_of(number))
    damaged = desk.look("a").parcel
    assert damaged is not None
    assert (damaged.content, damaged.preview) == (b"no picture", b"")
    assert len(list((tmp_path / "pictures").iterdir())) == MOST_FOLDERS
