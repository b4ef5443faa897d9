"""Today, what is allowed, the plan and its alternative in one table: every figure of each, with its own difference from today."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import pytest

from tests.pages.visiting import COMPARE, elements, visit
from ui import cache as published
from ui import plan_choice
from ui.settings import settings
from ui.text import Text
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario
from wijktwin.words.beside import Line
from wijktwin.words.beside import lines as beside_lines

PLANS = ("vogeltorens-toegestaan", "vogeltorens", "vogelhof")


@cache
def scenario(plan_id: str) -> Scenario:
    shown = published.published(settings())
    return Scenario(shown.neighbourhood, frozenset({shown.plans[plan_id]} if plan_id else ()))


@cache
def told(plan_id: str) -> tuple[Assessment, ...]:
    return assess(scenario(plan_id))


@cache
def lines() -> tuple[Line, ...]:
    every = ("", *PLANS)
    return tuple(beside_lines([scenario(name) for name in every], [told(name) for name in every], "nl"))


def test_every_figure_of_every_plan_is_there_once() -> None:
    for column, plan_id in enumerate(PLANS):
        cells = [line.cells[column] for line in lines()]
        own = [id(pair.second.figure) for pair in cells if pair is not None and pair.second.figure is not None]
        assert len(set(own)) == len(own)
        assert {id(one) for one in told(plan_id)} <= set(own)


def test_a_line_is_about_one_thing_and_has_one_value_for_today() -> None:
    for line in lines():
        impacts = {figure.impact for figure in line.figures}
        assert len(impacts) == 1, line.label
        today = {pair.first.value for pair in line.cells if pair is not None and pair.first.figure is not None and pair.difference != "–"}
        assert len(today) <= 2, "rounded as beside each plan"


def test_differences_are_those_of_the_plan_by_itself() -> None:
    by_impact = {line.figures[0].impact: line for line in lines() if line.figures[0].where.place == "neighbourhood"}
    dwellings = by_impact["dwellings.total"]
    assert [pair.difference if pair else None for pair in dwellings.cells][1:] == ["+165", "+120"]
    assert dwellings.now is not None
    assert dwellings.now.value == "1.109"
    assert by_impact["trees.total"].changes


def test_what_changes_under_none_of_them_is_folded_away() -> None:
    for line in lines():
        figures = [pair.second.figure for pair in line.cells if pair is not None and pair.second.figure is not None]
        same = all(one.before is not None and one.before == one.after and all(a == b for a, b in one.breakdown.values()) for one in figures)
        assert line.changes != same, line.label
    assert any(not line.changes for line in lines())


def tables(visitor: Any) -> list[str]:
    """The table of what changes, all folds of it, and the table of what stays."""
    *changing, same = [one.proto.body for one in elements(visitor) if one.type == "html" and "wt-pairs wt-beside" in one.proto.body]
    return ["".join(changing), same]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_has_a_column_for_each_and_every_value_says_how_it_is_known(language: str) -> None:
    changing, same = tables(visit(COMPARE, language=language))
    heads = [html.unescape(name) for name in re.findall(r'<th scope="col" class="wt-number">(.*?)</th>', changing.split("</thead>")[0])]
    t = Text(language)  # type: ignore[arg-type]
    shown = published.published(settings())
    names = plan_choice.card_names(t, [shown.plans[name] for name in PLANS])
    assert heads == [t("look.now"), *(names[name] for name in PLANS)]
    unknown = {"nl": "niet bekend", "en": "not known"}[language]
    for cell in re.findall(r"<td.*?</td>", changing + same, flags=re.DOTALL):
        if "<strong>" in cell:
            value = re.findall(r"<strong>(.*?)</strong>", cell)[0]
            assert "wt-mark-" in cell or value == unknown, cell
            assert "<details>" in cell
            assert re.search(r"\[\d+\]", cell), f"names its sources: {cell}"
            assert len(re.findall(r"<p>", cell)) >= 3 or value == unknown, f"margin, method, sources: {cell}"


def test_a_difference_that_cannot_be_seen_is_not_shown_as_a_zero() -> None:
    changing, _ = tables(visit(COMPARE))
    shown = re.findall(r'class="wt-difference">(.*?)</span>', changing)
    assert len(shown) > 20
    assert not [words for words in shown if re.fullmatch(r"[+−]?0(,0+)?\D*", words)]
