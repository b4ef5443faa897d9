"""The register of assumptions: another value as a named set, which figures change, and that they say so wherever they are shown."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.pages.figures_told import faults
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
from ui import cache, long_figures
from ui.assumed import MOST_SETS
from ui.background import Background, Work
from ui.register import changed_pairs
from ui.settings import settings
from wijktwin.errors import Note
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.catalogue import IMPACTS, assess
from wijktwin.impacts.progress import UNHEARD, Progress
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
    assert {other.impact for _, other in pairs if other is not None} >= {"density.floor_space_index", "density.mean_storeys"}
    (table,) = tables(visitor, "wt-changed")
    rows = re.findall(r'<th scope="row">(.*?)<', table)
    assert len(rows) == len(pairs)
    assert table.count(MARK) == len(pairs), "every figure that changed names the assumption that did it"
    folds = [one for one in visitor.expander if "aanname" in one.label]
    assert [one.label for one in folds][:2] == ["Veranderd in “Hoge huizen” (1 aanname)", "Gebouwen en verdiepingen (8 aannames)"]
    assert [one.proto.expanded for one in folds] == [True, *(False for _ in folds[1:])], "what was changed stands first, and is open"
    register = "".join(tables(visitor, "wt-register"))
    assert all(register.count(html.escape(one.label.nl)) for one in default_assumptions().values())
    assert register.count('<th scope="row">') == len(default_assumptions()), "every assumption stands in one fold"


def test_half_as_many_cars_tells_both_numbers_of_every_figure_about_cars_and_where_they_come_from() -> None:
    visitor = visit(ASSUMPTIONS, plans="vogeltorens")
    visitor.selectbox(key="register_choice").set_value("car_use").run()
    press(visitor, "register_half")
    visitor.text_input(key="register_name").set_value("Half zoveel auto's")
    press(visitor, "register_compute")
    (table,) = tables(visitor, "wt-changed")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", html.unescape(table))
    assert {row.split("<")[0] for row in rows} == {
        "Autoritten van alle woningen op een werkdag",
        "Autoritten van de nieuwe woningen op een werkdag",
        "Autoritten van bewoners door de straat op een werkdag",
    }
    for row in rows:
        cells = row.split("<td")[1:]
        assert len(cells) == 2
        for cell in cells:
            assert "wt-mark-assumed" in cell
            assert "versie" in cell
            assert re.search(r"\[\d+\]", cell), "each value says by number whose data it rests on"
    assert not faults(visitor, "nl")
    shown = page_text(visitor)
    assert "Geen reden gegeven." in shown, "our reason is not that of somebody else's value"
    assert "Onze waarde: 1 ×. Het kencijfer zegt wat gewoon is." in shown
    new = next(row for row in rows if "nieuwe woningen" in row)
    assert re.findall(r"<strong>(.*?)</strong>", new) == ["700", "350"]


class OfCrowns:
    """An impact that takes long, whose one figure is how much shines through a crown."""

    METHOD = IMPACTS["trees"].METHOD

    def assess(self, scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
        progress.tell(Note("sunlight.with_plans"), 0.5)
        one = IMPACTS["trees"].assess(scenario, assumptions=assumptions)[0]
        light = assumptions["crown_light"].value
        return (replace(one, impact="heat.shade", before=None, after=light, assumptions=assumptions.used("crown_light")),)


def test_figures_that_take_long_join_the_changes_once_both_sides_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Work] = []
    monkeypatch.setattr(long_figures, "BACKGROUND", Background({"crowns": OfCrowns()}, start=started.append))
    monkeypatch.delenv(long_figures.VARIABLE, raising=False)
    visitor = try_value(visit(ASSUMPTIONS, plans="vogeltorens"), 0.2, assumption="crown_light")
    assert "Deze cijfers duren langer, en staan hier nog niet bij" in page_text(visitor)
    assert not tables(visitor, "wt-changed")
    assert "Van de cijfers die er al zijn, verandert er geen" in "".join(notices(visitor))
    started.pop()()
    visitor.run()
    (table,) = tables(visitor, "wt-changed")
    assert table.count('<th scope="row">') == 1
    assert "nog niet bij" not in page_text(visitor)


def test_a_figure_that_is_told_on_one_side_only_is_a_change() -> None:
    shown = cache.published(settings())
    one, other = assess(Scenario(shown.neighbourhood))[:2]
    assert changed_pairs([one, other], [other]) == [(one, None)]
    assert changed_pairs([other], [one, other]) == [(None, one)]


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
    table = "".join(tables(visitor, "wt-told"))
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
