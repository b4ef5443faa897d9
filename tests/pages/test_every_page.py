"""Every page in both languages: whole, in words, with what belongs on every page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.impacts.sunlight.test_figures import HOMES
from tests.impacts.sunlight.test_points import solid_village
from tests.impacts.village import towers
from tests.pages.addresses import address
from tests.pages.figures_told import faults, faults_in, read
from tests.pages.visiting import (
    ACCESSIBILITY,
    COMPARE,
    MY_STREET,
    PAGES,
    SCENARIOS,
    SOURCES,
    elements,
    labels,
    notices,
    page_text,
    press,
    session,
    texts,
    visit,
)
from ui import cache as published_cache
from ui.settings import settings
from ui.text import templates
from wijktwin.errors import LANGUAGES, Language, messages
from wijktwin.impacts import heat
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.sunlight.desk import SunlightDesk
from wijktwin.impacts.sunlight.figures import figures_without_trees
from wijktwin.impacts.view import figures as view
from wijktwin.words.methods import method_texts, not_computed_texts
from wijktwin.words.texts import name_of
from wijktwin.words.texts import templates as words

TELLS_OF_METHODS = {SOURCES}
"""Numbers there are of methods and assumptions, not of this neighbourhood."""
PLANS = ("", "vogeltorens", "groene-straat,vogelhof")


@cache
def figures_that_take_long() -> tuple[Assessment, ...]:
    """Of sun, view and heat: of a village that is soon computed."""
    ours, village = default_assumptions(), solid_village(address_table=HOMES.iloc[:2])
    scenario = village.with_plans([towers()])
    of_sun = figures_without_trees(SunlightDesk(village, assumptions=ours, store=None).sunlight(scenario), assumptions=ours)
    return (*heat.assess(scenario, assumptions=ours), *of_sun, *view.assess(scenario, assumptions=ours))


@pytest.mark.parametrize(
    ("language", "plans"),
    [
        pytest.param(language, plans, marks=pytest.mark.exhaustive if language == "en" and plans == PLANS[0] else ())
        for language in LANGUAGES
        for plans in PLANS
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole_and_speaks_one_language(page: str, language: Language, plans: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the towers also what is computed beside the page, and the card of a home."""
    if has_more := plans == PLANS[1]:
        monkeypatch.setattr("ui.long_figures.of_all", lambda _t, wanted, **_: [figures_that_take_long()] * len(wanted))
    visitor = visit(page, language=language, plans=plans)
    if has_more and page == MY_STREET:
        visitor.text_input(key="home_question").input("Kuifmeesstraat 12")
        press(visitor, "home_search")
        assert sum(one.proto.body.count('class="wt-line"') for one in elements(visitor) if one.type == "html") > 20
    shown = page_text(visitor)
    assert not (has_more and page in {SCENARIOS, COMPARE}) or name_of("impact", "sunlight.tno_light_met", language) in shown
    assert not visitor.exception
    assert len(notices(visitor)) == int(page == ACCESSIBILITY), "only the statement says something by itself: that it is a model"
    assert "Traceback" not in shown
    assert templates(language)["frame.fault"] not in shown
    headings = [one.proto.body for one in elements(visitor) if one.type == "html" and "<h1" in one.proto.body]
    assert len(headings) == 1
    other = "nl" if language == "en" else "en"
    longer = {key for key, text in templates(other).items() if len(text) > 30 and "{" not in text and text != templates(language)[key]}
    assert not [key for key in longer if templates(other)[key] in shown]
    if page not in TELLS_OF_METHODS:
        names = {plan.title.in_language(language) for plan in published_cache.published(settings()).plans.values()}
        assert not faults(visitor, language, names=names), "every figure says its margin, how it is known and whose data it rests on"


ROW = (
    '<table class="wt-figures wt-told"><tbody><tr><th>Bomen</th><td>12</td><td data-label="Marge">precies geteld</td>'
    '<td><span class="wt-mark-measured"></span>gemeten</td><td>[1]<details>versie 1.0</details></td></tr></tbody></table>'
)


LINE = (
    '<details class="wt-line"><summary><span>Het is 50 m naar een groene plek.</span><span class="wt-mark-calculated"></span></summary>'
    '<dl class="facts"><div><dt>Hoe weten wij dit?</dt><dd>Berekend.</dd></div><div><dt>Hoe zeker?</dt><dd>Tussen 49 en 51 m</dd></div>'
    "<div><dt>Manier van rekenen</dt><dd>Op de kaart.</dd></div><div><dt>Bronnen</dt><dd><ul><li>BGT</li></ul></dd></div></dl></details>"
)


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        (ROW, ""),
        (ROW.replace("wt-mark-measured", "wt"), "kind"),
        (ROW.replace("precies geteld", ""), "margin"),
        (ROW.replace("[1]", ""), "source"),
        (ROW.replace("versie", ""), "method"),
        ('<ul class="wt-changes"><li>Er komen 12 bomen bij.<span> Dat is geteld.</span></li></ul>', ""),
        ('<ul class="wt-changes"><li>Er komen 12 bomen bij.</li></ul>', "kind"),
        (LINE, ""),
        (LINE.replace("wt-mark-calculated", "wt"), "kind"),
        (LINE.replace("Hoe weten wij dit?", "x"), "kind"),
        (LINE.replace("Tussen 49 en 51 m", ""), "margin"),
        (LINE.replace("Manier van rekenen", "x"), "method"),
        (LINE.replace("<li>BGT</li>", ""), "source"),
        ("<p>Een toren van 60 m.</p>", "a number by itself"),
        ("<p>Een toren van 60 m (berekend).</p>", ""),
        ("<div><span>34,5%</span> sociale huur</div>", "a number by itself"),
        ("<h3>Twee torens met 165 woningen</h3>", ""),
        ('<div class="wt-claims"><article class="wt-card">Wij berekenen: 34,5%.</article></div>', "kind"),
    ],
)
def test_what_is_missing_beside_a_figure_is_seen(piece: str, fault: str) -> None:
    found = {each.partition(":")[0] for each in faults_in(read(piece), "nl")}
    assert (fault in found) if fault else not found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_no_key_and_no_placeholder_reaches_the_screen(page: str, language: Language) -> None:
    keys = {*templates("nl"), *words("nl"), *messages("nl")}
    for text in texts(visit(page, language=language, plans="vogeltorens,groene-straat")):
        assert not {word.strip(".,;:()“”") for word in text.split()} & keys, text
        assert not re.search(r"\{\w*\}", text), text
        assert "None" not in text.split(), text
        assert "nan" not in text.split(), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_it_is_fictional_and_names_its_sources(page: str, language: Language) -> None:
    shown = page_text(visit(page, language=language))
    assert templates(language)["frame.fictional_word"] in shown
    assert {"nl": "is verzonnen", "en": "is fictional"}[language] in shown
    assert {"nl": "Bronnen: ", "en": "Sources: "}[language] in shown


@pytest.mark.parametrize("page", PAGES)
def test_language_changes_everything_but_what_was_chosen(page: str) -> None:
    visitor = visit(page, plans="vogeltorens")
    assert "Verzonnen buurt." in page_text(visitor)
    press(visitor, "language_en")
    assert "Fictional neighbourhood." in page_text(visitor)
    assert "Verzonnen buurt." not in page_text(visitor)
    assert session(visitor).plan_ids == {"vogeltorens"}
    told = address(visitor)
    assert {name: value for name, value in told.items() if name != "compare"} == {"v": "1", "lang": "en", "plans": "vogeltorens"}
    assert told.get("compare", "|vogeltorens") == "|vogeltorens", "the page that compares says what it compares"
    press(visitor, "language_nl")
    assert session(visitor).language == "nl"
    assert "Verzonnen buurt." in page_text(visitor)


def test_a_link_to_a_plan_that_is_not_there_says_so_and_shows_the_rest() -> None:
    visitor = visit(plans="vogeltorens,luchtkasteel")
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert "luchtkasteel" in "".join(notices(visitor))
    visitor.checkbox[0].check().run()
    assert not notices(visitor), "said once is enough"


def test_a_link_with_plans_that_cannot_stand_together_keeps_the_first() -> None:
    visitor = visit(plans="vogeltorens,vogelhof")
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert "kunnen niet samen" in "".join(notices(visitor))


def test_data_that_cannot_be_read_is_told_in_one_calm_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "kapot.city.json"
    broken.write_text('{"type": "CityJSON", "version": "0.9"', encoding="utf-8")
    monkeypatch.setenv("WIJKTWIN_DATA", str(broken))
    for page in PAGES:
        visitor = visit(page)
        assert not visitor.exception
        assert "kapot.city.json" in "".join(notices(visitor))
        assert "Wie deze website beheert" in page_text(visitor)


def test_every_figure_on_the_planners_page_says_how_it_is_known_and_where_from() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    table = "".join(one.proto.body for one in elements(visitor) if one.type == "html" and "wt-told" in one.proto.body)
    rows = re.findall(r"<tr>(?!<th scope=\"col\")(.*?)</tr>", table, flags=re.DOTALL)
    assert len(rows) > 20
    for row in rows:
        if 'data-label="Met plan">niet bekend<' in row:
            assert re.search(r"<p>[^<]+</p>", row), f"why it is not known: {row}"
        else:
            assert "wt-mark-" in row, row
            assert re.search(r'data-label="Marge">[^<]+</td>', row), row
        assert "<details>" in row, row
        assert "versie" in row, row


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_and_assumption_and_what_was_not_computed_are_told(language: Language) -> None:
    visitor = visit(SOURCES, language=language)
    shown = "\n".join([page_text(visitor), *labels(visitor)])
    told = [assumption.label.in_language(language) for assumption in default_assumptions().values()]
    told += [method.title for method in method_texts(language)] + list(not_computed_texts(language))
    assert len(told) > 20
    assert not [words_shown for words_shown in told if words_shown not in shown]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_ours_is_told_calmly_and_stays_in_the_log(
    language: Language, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr("ui.figure_table.figure_rows", broken)
    visitor = visit(SCENARIOS, language=language)
    shown = page_text(visitor)
    assert not visitor.exception
    assert templates(language)["frame.fault"] in "".join(notices(visitor))
    assert "secret" not in shown
    assert {"nl": "Bronnen: ", "en": "Sources: "}[language] in shown, "the rest of the page is there"
    assert "a secret of the inside" in caplog.text


def test_without_a_picture_everything_is_still_there_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no picture today")

    monkeypatch.setattr("ui.scene.show", broken)
    visitor = visit(plans="vogeltorens")
    assert "Het beeld kon niet worden gemaakt." in "".join(notices(visitor))
    shown = page_text(visitor)
    assert "In dit plan komen 165 woningen." in shown
    assert "Dit plan staat aan: “Vogeltorens: twee torens met 165 woningen”." in shown
