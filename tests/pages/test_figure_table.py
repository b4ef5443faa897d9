"""The planners' table of figures: where it stands, its numbered sources, and what stays the same."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from layers.figure_places import row_key
from tests.pages.visiting import SCENARIOS, elements, labels, press, visit
from ui import cache
from ui.figure_folds import homes_first
from ui.settings import settings
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import source_text, text

BOX = "figures_unchanged"
TABLE = 'class="wt-table wt-figures wt-told'
SOURCES_LIST = '<ol class="wt-numbered"'


def bodies(visitor: Any, kind: str) -> list[str]:
    return [str(one.proto.body) for one in elements(visitor) if one.type == "html" and kind in one.proto.body]


def table_of(visitor: Any) -> str:
    """The tables of what changes and of what stays, and the sources below them."""
    return "".join([*bodies(visitor, TABLE), *bodies(visitor, SOURCES_LIST)])


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
    told = figures("vogeltorens")
    named = {
        html.unescape(key): [html.unescape(listed[int(number) - 1]) for number in re.findall(r"\[(\d+)\]", refs)]
        for key, refs in re.findall(r'data-figure="(.*?)".*?(?:class="wt-refs">(.*?)</p>|</tr>)', table)
    }
    assert named == {row_key(one): list(dict.fromkeys(source_text(source, "nl") for source in one.sources)) for one in told}
    assert len(set(listed)) == len(listed)
    rows = table.split('<ol class="wt-numbered">')[0]
    assert not [name for name in listed if name in rows], "a source is not repeated in the rows"


def figures(plan_id: str) -> tuple[Assessment, ...]:
    shown = cache.published(settings())
    return assess(Scenario(shown.neighbourhood, frozenset({shown.plans[plan_id]})))


def test_what_changes_comes_first_in_folds_and_what_stays_is_behind_a_panel() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    *folds, same = bodies(visitor, TABLE)
    assert len(folds) > 5
    changing = "".join(folds)
    expected = {True: set(), False: set()}  # type: dict[bool, set[str]]
    for one in figures("vogeltorens"):
        is_same = one.before is not None and one.before == one.after and all(now == then for now, then in one.breakdown.values())
        expected[is_same].add(row_key(one))
    assert expected[True]
    assert {html.unescape(key) for key in re.findall(r'data-figure="(.*?)"', changing)} == expected[False]
    assert {html.unescape(key) for key in re.findall(r'data-figure="(.*?)"', same)} == expected[True]
    panel = f"Wat gelijk blijft ({len(expected[True])} cijfers)"
    assert panel in labels(visitor)
    for fold in folds:
        (subject,) = {key.partition(".")[0] for key in re.findall(r'data-figure="(.*?)"', fold)}
        n, title = fold.count('data-figure="'), text(f"impact_group.{subject}", "nl")
        assert f"{title} ({n} cijfer{'s' if n > 1 else ''})" in labels(visitor)
    assert not any("Wat gelijk blijft" in label for label in labels(visit(SCENARIOS))), "without a plan there is nothing to set apart"


def test_whoever_asks_gets_all_that_changes_in_one_table() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    *folds, same = bodies(visitor, TABLE)
    visitor.checkbox(key="figures_whole").check().run()
    whole, same_again = bodies(visitor, TABLE)
    rows = [re.findall(r'data-figure="(.*?)"', one) for one in ("".join(folds), whole)]
    assert rows[0] == rows[1]
    assert same == same_again
    assert whole.count('class="wt-group"') == len(folds)


def test_subjects_in_which_homes_are_counted_come_first() -> None:
    told = assess(Scenario(cache.published(settings()).neighbourhood, frozenset({cache.published(settings()).plans["groene-straat"]})))
    order = homes_first(told)
    assert order[0] == "reachability", "homes make a detour"
    assert sorted(order) == sorted({one.impact.partition(".")[0] for one in told})


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
