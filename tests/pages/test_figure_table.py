"""The planners' table of figures: where it stands, its numbered sources, and what stays the same."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.pages.visiting import SCENARIOS, elements, press, visit
from ui import cache
from ui.settings import settings
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import source_text

BOX = "figures_unchanged"


def table_of(visitor: Any) -> str:
    return next(str(one.proto.body) for one in elements(visitor) if one.type == "html" and "wt-figures" in one.proto.body)


def part_rows(table: str) -> list[tuple[str, str, str]]:
    """Now, then and difference of every row that is a part of a figure."""
    return re.findall(r'<tr class="wt-part">.*?data-label="Nu">(.*?)</td>.*?">(.*?)</td>.*?">(.*?)</td>', table)


def test_the_figures_come_right_after_the_scene_and_the_plans() -> None:
    order = list(elements(visit(SCENARIOS, plans="vogeltorens")))
    places = {
        "scene": next(place for place, one in enumerate(order) if one.type == "bidi_component"),
        "vary": next(place for place, one in enumerate(order) if (getattr(one, "key", None) or "").startswith("vary_")),
        "table": next(place for place, one in enumerate(order) if one.type == "html" and "wt-figures" in one.proto.body),
        "words": next(place for place, one in enumerate(order) if one.type == "html" and "In woorden: wat u ziet" in one.proto.body),
        "search": next(place for place, one in enumerate(order) if getattr(one, "key", None) == "search"),
    }
    assert sorted(places, key=places.__getitem__) == ["scene", "vary", "table", "words", "search"]


def test_sources_stand_once_below_the_table_and_every_figure_names_its_own_by_number() -> None:
    table = table_of(visit(SCENARIOS, plans="vogeltorens"))
    listed = re.findall(r"<li>(.*?)</li>", re.findall(r'<ol class="wt-numbered">(.*?)</ol>', table)[0])
    shown = cache.published(settings())
    told = assess(Scenario(shown.neighbourhood, frozenset({shown.plans["vogeltorens"]})))
    named = [[int(number) for number in re.findall(r"\[(\d+)\]", refs)] for refs in re.findall(r'class="wt-refs">(.*?)</p>', table)]
    expected = [list(dict.fromkeys(source_text(source, "nl") for source in one.sources)) for one in told]
    assert [[html.unescape(listed[number - 1]) for number in numbers] for numbers in named] == [names for names in expected if names]
    assert len(set(listed)) == len(listed)
    rows = table.split('<ol class="wt-numbered">')[0]
    assert not [name for name in listed if name in rows], "a source is not repeated in the rows"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_parts_that_stay_the_same_are_hidden_behind_a_box_that_counts_them(language: str) -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens", language=language)
    hidden = table_of(visitor)
    (box,) = [one for one in visitor.checkbox if one.key == BOX]
    assert not box.value
    n_hidden = int(re.findall(r"\d+", box.label)[0])
    box.check().run()
    whole = table_of(visitor)
    assert n_hidden > 5
    assert whole.count('class="wt-part"') - hidden.count('class="wt-part"') == n_hidden
    if language == "nl":
        assert all(before != after for before, after, _ in part_rows(hidden))
        assert sum(before == after for before, after, _ in part_rows(whole)) == n_hidden


def test_without_a_plan_nothing_is_hidden_and_there_is_no_box() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    press(visitor, "all_off")
    assert not [one for one in visitor.checkbox if one.key == BOX]
    assert 'class="wt-part"' in table_of(visitor)
