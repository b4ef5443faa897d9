"""Figures that take long: computed beside the pages, once for everybody, stopped when nobody waits.

No thread, no clock: the work is done when the test says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.impacts.village import half_strip, plan, towers, village
from ui.background import MOST_WAITING, Background, Standing, State, Work
from wijktwin.errors import Note
from wijktwin.impacts import trees
from wijktwin.impacts.assessment import Assessment, Method
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.catalogue import IN_BACKGROUND
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.model.scenario import Scenario

OURS = default_assumptions()
NOW, TOWERS, STRIP = village().with_plans(), village().with_plans([towers()]), village().with_plans([half_strip()])


class Slow:
    """An impact that tells three times how far it is; ``meanwhile`` happens at the second time."""

    METHOD = Method("slow", "1.0")

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.meanwhile = meanwhile
        self.computed: list[str] = []

    def assess(self, scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
        progress.tell(Note("sunlight.finding_places"), 0.0)
        self.meanwhile()
        progress.tell(Note("sunlight.with_plans"), 0.5)
        self.computed.append(scenario.key)
        return trees.assess(scenario, assumptions=assumptions)


class Bench:
    """A background whose work lies ready until somebody does it."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None, **options: int) -> None:
        self.started: list[Work] = []
        self.slow = Slow(meanwhile)
        self.background = Background({"slow": self.slow}, start=self.started.append, **options)

    def ask(self, *scenarios: Scenario, visitor: str = "anna", begin: bool = True, assumptions: Assumptions = OURS) -> list[Standing]:
        return self.background.ask([(scenario, assumptions) for scenario in scenarios], visitor, begin=begin)

    def state(self, scenario: Scenario) -> State:
        return self.ask(scenario, visitor="somebody who only looks", begin=False)[0].state

    def work(self) -> None:
        assert len(self.started) == 1, "one worker at a time"
        self.started.pop()()


def test_who_asks_is_told_at_once_and_everybody_gets_what_was_computed_once() -> None:
    bench = Bench()
    (first,) = bench.ask(TOWERS)
    assert (first.state, first.figures, first.is_on_its_way) == (State.WAITING, (), True)
    assert bench.ask(TOWERS, visitor="bert")[0].state is State.WAITING
    bench.work()
    assert bench.slow.computed == [TOWERS.key]
    for visitor in ("anna", "bert", "carla"):
        (standing,) = bench.ask(village().with_plans([towers()]), visitor=visitor)
        assert standing == Standing(State.READY, trees.assess(TOWERS, assumptions=OURS))
    assert not bench.started


def test_it_says_what_is_computed_and_how_far_it_is() -> None:
    seen: list[Standing] = []
    bench = Bench(lambda: seen.extend(bench.ask(TOWERS, visitor="bert")))
    bench.ask(TOWERS)
    bench.work()
    assert [(one.state, one.note, one.share) for one in seen] == [(State.COMPUTING, Note("sunlight.finding_places"), 0.0)]
    two = Background({"one": bench.slow, "other": bench.slow}, start=bench.started.append)
    bench.slow.meanwhile = lambda: seen.extend(two.ask([(STRIP, OURS)], "bert"))
    two.ask([(STRIP, OURS)], "anna")
    bench.work()
    assert [one.share for one in seen[1:]] == [0.0, 0.5], "each of two impacts is half of the whole"


def test_what_nobody_waits_for_is_stopped_and_can_be_begun_again() -> None:
    bench = Bench(lambda: bench.background.stop("anna"))
    bench.ask(TOWERS)
    bench.work()
    assert bench.slow.computed == []
    assert bench.state(TOWERS) is State.STOPPED
    bench.slow.meanwhile = lambda: None
    assert bench.ask(TOWERS)[0].state is State.WAITING
    bench.work()
    assert bench.state(TOWERS) is State.READY


def test_it_goes_on_for_others_when_one_stops() -> None:
    bench = Bench(lambda: bench.background.stop("anna"))
    bench.ask(TOWERS)
    bench.ask(TOWERS, visitor="bert")
    bench.work()
    assert bench.state(TOWERS) is State.READY


def test_begun_again_while_it_is_still_stopping() -> None:
    def stop_and_ask() -> None:
        bench.slow.meanwhile = lambda: None
        bench.background.stop("anna")
        assert bench.ask(TOWERS)[0].state is State.WAITING

    bench = Bench(stop_and_ask)
    bench.ask(TOWERS)
    bench.work()
    assert bench.slow.computed == [TOWERS.key]
    assert bench.state(TOWERS) is State.READY


def test_a_visitor_who_goes_on_to_other_plans_waits_for_those_only() -> None:
    bench = Bench()
    bench.ask(NOW, TOWERS)
    bench.ask(STRIP)
    assert [bench.state(one) for one in (NOW, TOWERS, STRIP)] == [State.STOPPED, State.STOPPED, State.WAITING]
    bench.work()
    assert bench.slow.computed == [STRIP.key]


def test_two_scenarios_are_computed_in_the_order_in_which_they_were_asked_for() -> None:
    bench = Bench()
    bench.ask(NOW, TOWERS)
    bench.work()
    assert bench.slow.computed == [NOW.key, TOWERS.key]
    assert [one.state for one in bench.ask(NOW, TOWERS)] == [State.READY, State.READY]


def test_who_only_looks_begins_nothing() -> None:
    bench = Bench()
    assert bench.ask(TOWERS, begin=False) == [Standing(State.STOPPED)]
    assert not bench.started


def test_a_failure_is_told_and_logged_and_others_are_computed(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        bench.slow.meanwhile = lambda: None
        raise RuntimeError("the disk is full")

    bench = Bench(fails)
    bench.ask(TOWERS)
    bench.ask(STRIP, visitor="bert")
    with caplog.at_level(logging.ERROR):
        bench.work()
    assert "the disk is full" in caplog.text
    assert (bench.state(TOWERS), bench.state(STRIP)) == (State.FAILED, State.READY)
    assert bench.ask(TOWERS)[0].state is State.FAILED, "it is not tried over and over"
    assert not bench.started
    assert not bench.background._jobs, "of what failed nothing is kept but that it did"
    bench.background.forget_failure([(TOWERS, OURS)])
    bench.ask(TOWERS)
    bench.work()
    assert bench.state(TOWERS) is State.READY


def test_too_many_who_wait_are_told_so() -> None:
    bench = Bench()
    for number in range(MOST_WAITING):
        bench.ask(village().with_plans([plan(f"p{number}")]), visitor=f"v{number}")
    (standing,) = bench.ask(TOWERS)
    assert (standing.state, standing.is_on_its_way) == (State.BUSY, True)
    bench.work()
    assert bench.ask(TOWERS)[0].state is State.WAITING


def test_only_so_many_are_kept_and_the_oldest_go_first() -> None:
    bench = Bench(most_kept=2)
    bench.ask(NOW, TOWERS, STRIP)
    bench.work()
    assert [bench.state(one) for one in (NOW, TOWERS, STRIP)] == [State.STOPPED, State.READY, State.READY]


def test_other_assumptions_are_other_figures() -> None:
    bench = Bench()
    name = next(iter(OURS))
    other = OURS.with_values({name: OURS[name].high}, variant="mine", owner="anna", date="2026-11-22")
    both = bench.background.ask([(TOWERS, OURS), (TOWERS, other)], "anna")
    assert [one.state for one in both] == [State.WAITING, State.WAITING], "one visitor may want both"
    bench.work()
    assert len(bench.slow.computed) == 2
    assert [one.state for one in bench.background.ask([(TOWERS, OURS), (TOWERS, other)], "anna")] == [State.READY] * 2
    assert replace(OURS) == OURS


def test_the_thread_of_a_server_does_the_same() -> None:
    computed = threading.Event()
    slow = Slow()
    background = Background({"slow": slow, "end": End(computed)})
    background.ask([(TOWERS, OURS)], "anna")
    assert computed.wait(60)


class End:
    """An impact that says when it was asked."""

    METHOD = Method("end", "1.0")

    def __init__(self, event: threading.Event) -> None:
        self.event = event

    def assess(self, scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:  # noqa: ARG002
        self.event.set()
        return ()


def test_everything_of_the_catalogue_that_takes_long_can_be_told_how_far_it_is() -> None:
    for impact in IN_BACKGROUND.values():
        assert impact.METHOD.method_id in IN_BACKGROUND
