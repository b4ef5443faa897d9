"""Figures that take long, on the pages of planners: what stands there meanwhile, stopping, beginning, and when they are ready."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.visiting import COMPARE, SCENARIOS, elements, visit
from tests.ui.test_background import NOW, OURS, STRIP, TOWERS, Bench
from ui import long_figures
from ui.text import Text

NOT_YET = "nog niet berekend"


class Rerun(Exception):  # noqa: N818 - no error: how a page stops to begin anew
    """Ends what runs, as the real one does."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A background whose work is done when the test says so, begun by the pages themselves."""
    made = Bench()
    monkeypatch.setattr(long_figures, "BACKGROUND", made.background)
    monkeypatch.delenv(long_figures.VARIABLE, raising=False)
    return made


def words(visitor: AppTest) -> str:
    return " ".join(str(getattr(each, "body", "") or getattr(getattr(each, "proto", None), "text", "")) for each in elements(visitor))


def button(visitor: AppTest, key: str) -> bool:
    return any(each.key == key for each in visitor.button)


def test_a_page_never_waits_and_shows_what_is_ready(bench: Bench) -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    assert not visitor.exception
    assert "Er wordt gewacht op een andere berekening." in words(visitor)
    assert button(visitor, "background_stop")
    n_figures = words(visitor).count("<tr")
    visitor.button(key="background_stop").click().run()
    assert NOT_YET in words(visitor)
    assert bench.background._jobs == {}
    visitor.button(key="background_begin").click().run()
    assert button(visitor, "background_stop")
    bench.started.pop(0)()
    visitor.run()
    assert not visitor.exception
    assert not any(each.key.startswith("background") for each in visitor.button if each.key)
    assert words(visitor).count("<tr") > n_figures, "the figures joined the table"
    assert len(bench.slow.computed) == 1


@pytest.mark.parametrize("tells_each", [True, False])
def test_a_page_is_made_anew_when_all_are_ready_or_as_soon_as_one_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tells_each: bool
) -> None:
    """Three scenarios, of which one is ready when the page is made, and another one after that."""
    wanted = [(scenario, OURS) for scenario in (NOW, TOWERS, STRIP)]
    watched: list[tuple[Callable[..., None], tuple[object, ...]]] = []
    reruns: list[str] = []

    def rerun() -> None:
        reruns.append(bench.slow.computed[-1])
        raise Rerun

    def look() -> None:
        watch, given = watched[0]
        with contextlib.suppress(Rerun):
            watch(*given)

    monkeypatch.setattr(st, "fragment", lambda watch, **_: lambda *told: watched.append((watch, told)))
    monkeypatch.setattr(st, "rerun", rerun)
    bench.ask(NOW)
    bench.work()
    told = long_figures.of_all(Text("nl"), wanted, tells_each=tells_each)
    assert [bool(figures) for figures in told] == [True, False, False]
    look()
    assert not reruns, "nothing is new"
    bench.slow.meanwhile = lambda: look() if TOWERS.key in bench.slow.computed else None
    bench.work()
    assert reruns == ([TOWERS.key] if tells_each else []), "while the third was being computed"
    look()
    assert reruns[-1] == STRIP.key


def test_both_sides_are_compared_when_both_are_ready(bench: Bench) -> None:
    visitor = visit(COMPARE, plans="vogeltorens")
    assert button(visitor, "background_stop")
    rows = words(visitor).count("<tr")
    bench.work()
    visitor.run()
    assert not visitor.exception
    assert len(bench.slow.computed) == 2
    assert words(visitor).count("<tr") >= rows
    assert not button(visitor, "background_stop")


def test_where_the_server_was_told_to_wait_a_visitor_begins_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(long_figures.VARIABLE, long_figures.ASKED)
    visitor = visit(SCENARIOS, plans="vogeltorens")
    assert NOT_YET in words(visitor)
    assert not bench.started
    visitor.button(key="background_begin").click().run()
    assert len(bench.started) == 1


def test_a_failure_is_told_and_can_be_tried_again(bench: Bench) -> None:
    def fails() -> None:
        raise RuntimeError("no memory")

    bench.slow.meanwhile = fails
    visitor = visit(SCENARIOS, plans="vogeltorens")
    bench.work()
    visitor.run()
    assert not visitor.exception
    assert "konden niet worden berekend" in words(visitor)
    bench.slow.meanwhile = lambda: None
    visitor.button(key="background_again").click().run()
    bench.work()
    visitor.run()
    assert not button(visitor, "background_again")
