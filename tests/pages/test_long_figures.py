"""Figures that take long, on the pages of planners: what stands there meanwhile, stopping, beginning, and when they are ready."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visiting import COMPARE, SCENARIOS, elements, visit
from tests.ui.test_background import Bench
from ui import long_figures

NOT_YET = "nog niet berekend"


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
