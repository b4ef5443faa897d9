"""What the server prepares by itself: after a first card in a scenario nothing that is the same for all homes is left to compute."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tests.impacts.test_real_figures import example, example_plan
from ui import long_figures, warming
from ui.cache import Published, published_scenario
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home
from wijktwin.model.scenario import Scenario
from wijktwin.words.cards import make_card

PLAN = "groene-straat"


def kept_of(*owners: object) -> list[set[str]]:
    return [{repr(key) for key in vars(owner).get("_kept", {})} for owner in owners]


def test_a_second_card_finds_everything_that_all_homes_share() -> None:
    neighbourhood, plan = example(), replace(example_plan(PLAN), published_by_server=True)
    shown = Published(neighbourhood, {PLAN: plan}, ())
    published_scenario.clear()  # others were here before, with a neighbourhood of the same key
    warming.make_first_cards(shown)
    scenario = published_scenario(shown, neighbourhood.key, ((PLAN, plan.content_key),))
    assert isinstance(scenario, Scenario)
    before = kept_of(neighbourhood, scenario)
    assert all(before)
    other = Home(str(neighbourhood.addresses["address_id"].iloc[-1]))
    make_card(scenario, other, language="nl", assumptions=default_assumptions())
    assert kept_of(neighbourhood, scenario) == before


@pytest.mark.parametrize(("asked", "n_begun"), [("", 1), (long_figures.ASKED, 0)])
def test_a_server_that_was_told_to_wait_prepares_nothing(asked: str, n_begun: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: begun.append(thread.name))
    monkeypatch.setenv(long_figures.VARIABLE, asked)
    warming.prepare_cards()
    assert begun == ["first cards"] * n_begun
