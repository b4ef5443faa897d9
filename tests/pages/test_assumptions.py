"""The register of assumptions: another value as a named set, which figures change, and that they say so wherever they are shown."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.pages.visiting import (
    ASSUMPTIONS,
    COMPARE,
    LOOK_AROUND,
    REQUIREMENTS,
    SCENARIOS,
    elements,
    go,
    notices,
    page_text,
    press,
    visit,
)
from ui import cache
from ui.assumed import MOST_SETS
from ui.register import changed_pairs
from ui.settings import settings
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario

NAME = "storey_height_dwelling"
MARK = "Gerekend met uw aannames “Hoge huizen”"


def try_value(visitor: Any, value: float, *, name: str = "Hoge huizen", why: str = "", assumption: str = NAME) -> Any:
    visitor.selectbox(key="register_choice").set_value(assumption).run()
    visitor.number_input(key=f"register_value_{assumption}").set_value(value)
    visitor.text_input(key="register_name").set_value(name)
    visitor.text_input(key="register_reason").set_value(why)
    return press(visitor, "register_compute")


def tables(visitor: Any, kind: str) -> list[str]:
    return [one.proto.body for one in elements(visitor) if one.type == "html" and kind in one.proto.body]


def test_every_figure_that_changes_is_told_with_both_values_and_no_other() -> None:
    visitor = try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 3.1)
    assert "gerekend met “Hoge huizen”" in "".join(notices(visitor))
    shown = cache.published(settings())
    scenario = Scenario(shown.neighbourhood, frozenset({shown.plans["vogeltorens"]}))
    theirs = default_assumptions().with_values({NAME: 3.1}, variant="Hoge huizen", owner="bezoeker", date="2026-01-01")
    pairs = changed_pairs(assess(scenario), assess(scenario, assumptions=theirs))
    assert {other.impact for _, other in pairs} >= {"density.floor_space_index", "density.mean_storeys"}
    (table,) = tables(visitor, "wt-changed")
    rows = re.findall(r'<th scope="row">(.*?)<', table)
    assert len(rows) == len(pairs)
    assert table.count(MARK) == len(pairs), "every figure that changed names the assumption that did it"


def test_figures_say_with_which_assumptions_wherever_they_are_shown_until_one_goes_back() -> None:
    visitor = try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 3.1)
    for page in (SCENARIOS, COMPARE, REQUIREMENTS, LOOK_AROUND):
        go(visitor, page)
        assert "U ziet cijfers met uw eigen aannames “Hoge huizen”" in page_text(visitor), page
        assert not visitor.exception
        if page in {SCENARIOS, COMPARE}:
            assert MARK in page_text(visitor), page
    press(visitor, "assumptions_ours")
    go(visitor, SCENARIOS)
    assert "Hoge huizen" not in page_text(visitor)


def test_figures_that_do_not_rest_on_it_are_not_marked() -> None:
    visitor = go(try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 3.1), SCENARIOS)
    table = tables(visitor, "wt-figures")[0]
    marked = [row for row in table.split("<tr") if MARK in row]
    assert marked
    assert all("3,1" in html.unescape(row) for row in marked), "the value stands among what the figure rests on"
    trees = next(row for row in table.split("<tr") if "Bomen die worden gekapt" in row or "gekapt" in row)
    assert MARK not in trees


def test_nobody_else_sees_it_and_ours_stays_as_it_is() -> None:
    visitor = try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 3.1)
    assert "veranderd in “Hoge huizen”" in page_text(visitor)
    assert "Hoge huizen" not in page_text(visit(ASSUMPTIONS, plans="vogeltorens"))
    assert "Hoge huizen" not in page_text(visit(SCENARIOS, plans="vogeltorens"))
    assert default_assumptions()[NAME].value == 2.8
    assert "Hoge" not in str(dict(visitor.query_params))


def test_half_and_double_and_ours_fill_in_the_value() -> None:
    visitor = visit(ASSUMPTIONS)
    visitor.selectbox(key="register_choice").set_value(NAME).run()
    field = f"register_value_{NAME}"
    for button, value in (("half", 1.4), ("double", 5.6), ("ours", 2.8)):
        press(visitor, f"register_{button}")
        assert visitor.number_input(key=field).value == pytest.approx(value)


def test_outside_the_range_a_reason_is_asked_and_then_kept() -> None:
    visitor = try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 5.6)
    assert "geef een waarde daartussen" in "".join(notices(visitor))
    assert "uw eigen aannames" not in page_text(visitor).split("Welke cijfers")[0].split("Een andere waarde")[0]
    try_value(visitor, 5.6, why="Zo staat het op de tekening.")
    assert "gerekend met “Hoge huizen”" in "".join(notices(visitor))
    assert "Zo staat het op de tekening." in page_text(visitor)


def test_a_set_without_a_name_is_refused() -> None:
    visitor = try_value(visit(ASSUMPTIONS), 3.0, name="   ")
    assert "heeft een naam nodig" in "".join(notices(visitor))


def test_several_sets_are_kept_one_is_on_and_they_can_be_removed() -> None:
    visitor = try_value(visit(ASSUMPTIONS), 3.0, name="een")
    try_value(visitor, 2.9, name="twee")
    radio = visitor.radio(key="assumption_set")
    assert radio.value == "twee"
    radio.set_value("een").run()
    assert "Mijn" not in "".join(notices(visitor))
    assert "eigen aannames “een”" in page_text(visitor)
    press(visitor, "register_forget")
    assert "eigen aannames" not in page_text(visitor).split("Alle aannames")[0].split("Een andere waarde proberen")[0]
    for n in range(MOST_SETS + 1):
        try_value(visitor, 3.0, name=f"set {n}")
    assert f"{MOST_SETS} keer eigen aannames" in "".join(notices(visitor))
