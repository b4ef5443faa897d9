"""Two plans in short on the page that compares: the same questions for both, and nothing of today."""

from __future__ import annotations

import html

from tests.pages.visiting import COMPARE, page_text, visit
from wijktwin.words.texts import text

QUESTIONS = ("comes", "loses", "gains", "unknown")


def test_each_plan_is_told_in_short_with_the_same_questions() -> None:
    visitor = visit(COMPARE, plans="vogeltorens")
    assert not visitor.exception
    shown = html.unescape(page_text(visitor))
    heads = [shown.count(text(f"summary.{name}", "nl")) for name in QUESTIONS]
    assert len(set(heads)) == 1
    assert heads[0] in {1, 2}, "today has no summary"
    assert "In dit plan komen 165 woningen." in shown
    assert text("summary.title", "nl") in [each.label for each in visitor.expander]
