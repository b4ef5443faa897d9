"""Reports beside the pages: made once, given up when nobody waits, and refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ui.report_desk import Listen, ReportDesk, State
from wijktwin.errors import InputError


def desk() -> tuple[ReportDesk, list[Callable[[], None]]]:
    """A desk whose work waits until the test does it."""
    waiting: list[Callable[[], None]] = []
    return ReportDesk(start=waiting.append), waiting


def test_a_report_is_ready_when_it_is_made() -> None:
    made, waiting = desk()
    assert made.standing("a") is None
    shares = []

    def make(listen: Listen) -> bytes:
        for share in (0.5, 0.25, 0.75):
            listen(share)
            now = made.standing("a")
            shares.append(0.0 if now is None else now.share)
        return b"%PDF"

    made.order("a", make, name="a.pdf")
    begun = made.standing("a")
    assert begun is not None
    assert (begun.state, begun.name) == (State.MAKING, "a.pdf")
    waiting.pop()()
    ready = made.standing("a")
    assert ready is not None
    assert (ready.state, ready.content) == (State.READY, b"%PDF")
    assert shares == [0.5, 0.5, 0.75], "it never goes back"


def test_what_was_ordered_before_is_given_up() -> None:
    made, waiting = desk()
    made.order("a", lambda _: b"first", name="a.pdf")
    made.order("a", lambda _: b"second", name="b.pdf")
    for work in reversed(waiting):
        work()
    now = made.standing("a")
    assert now is not None
    assert (now.content, now.name) == (b"second", "b.pdf")


def test_nobody_waits_any_more() -> None:
    made, waiting = desk()
    made.order("a", lambda _: pytest.fail("nobody waits for it"), name="a.pdf")
    made.give_up("a")
    waiting.pop()()
    assert made.standing("a") is None


@pytest.mark.parametrize(("fault", "state"), [(InputError("report.no_plans"), State.REFUSED), (ZeroDivisionError(), State.FAILED)])
def test_what_cannot_be_made_says_so(fault: Exception, state: State) -> None:
    made, waiting = desk()

    def make(_: Listen) -> bytes:
        raise fault

    made.order("a", make, name="a.pdf")
    waiting.pop()()
    now = made.standing("a")
    assert now is not None
    assert now.state is state
    assert (now.why is fault) == (state is State.REFUSED)
