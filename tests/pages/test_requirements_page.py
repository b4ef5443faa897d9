"""Requirements on their page: outcomes for each plan, trying another limit, files; and claims beside what we find."""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.pages.visiting import REQUIREMENTS, elements, notices, page_text, press, visit
from ui import asked, cache
from ui.settings import settings
from wijktwin.export.assessments_json import assessments_document
from wijktwin.impacts.assessment import Margin, Place, Unit, Where
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.claims import checked_claims
from wijktwin.impacts.requirement_files import read_requirements, requirements_beside, requirements_csv, requirements_toml
from wijktwin.impacts.requirements import Operator, judge, judged
from wijktwin.model.scenario import Scenario
from wijktwin.places import example_folder
from wijktwin.words.judgements import outcome_text, requirement_title


def table(visitor: Any) -> str:
    return next(str(one.proto.body) for one in elements(visitor) if one.type == "html" and "wt-asked" in one.proto.body)


def outcomes(visitor: Any) -> dict[str, list[str]]:
    """What each plan comes to, by requirement."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', table(visitor), flags=re.DOTALL)
    return {html.unescape(row.split("<")[0]): re.findall(r"<strong>(.*?)</strong>", row.split("<td", 1)[1]) for row in rows}


def test_the_outcomes_are_those_of_the_figures_of_each_plan_by_itself() -> None:
    shown = cache.published(settings())
    plans = ["vogeltorens-toegestaan", "vogeltorens", "vogelhof"]
    told = {name: assess(Scenario(shown.neighbourhood, frozenset({shown.plans[name]}))) for name in plans}
    expected = {
        requirement_title(one, "nl"): [outcome_text(judge(one, shown.plans[name], told[name]), "nl").capitalize() for name in plans]
        for one in requirements_beside(example_folder()).items
    }
    visitor = visit(REQUIREMENTS)
    assert outcomes(visitor) == expected
    shown_words, table_of_server = page_text(visitor), requirements_beside(example_folder())
    for name in plans:
        plan = shown.plans[name]
        judgements, claims = judged(table_of_server.items, plan, told[name]), checked_claims(plan, told[name])
        document = assessments_document((), Scenario(shown.neighbourhood, frozenset({plan})), judgements=judgements, claims=claims)
        for one in (*document["requirements"]["judgements"], *document["claims"]):
            assert all(line in shown_words for line in one["told"]["nl"]), one
    assert expected["Deel sociale huur van de nieuwe woningen"] == ["Niet te beoordelen", "Voldoet niet", "Voldoet"]
    assert "Gevonden: 34,5%. Gevraagd: ten minste 35%." in html.unescape(table(visitor))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_outcome_says_why_by_which_rule_and_whose_it_is(language: str) -> None:
    visitor = visit(REQUIREMENTS, language=language)
    shown = table(visitor)
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', shown, flags=re.DOTALL)
    assert len(rows) == 8
    for row in rows:
        assert "Gemeente Voorbeeldstad (fictief)" in row
        assert {"nl": "Hoe zeker dit de regel is", "en": "How sure it is that this is the rule"}[language] in row
        for cell in row.split("<td")[1:]:
            assert "<p>" in cell
            assert ("wt-mark-" in cell) == ("<details>" in cell), "a value says how it is known and what it rests on"
    assert {"nl": "Deze eisen zijn verzonnen", "en": "These requirements are made up"}[language] in page_text(visitor)


def test_on_a_phone_every_requirement_is_a_fold_that_says_what_each_plan_comes_to() -> None:
    visitor = visit(REQUIREMENTS)
    shown = next(str(one.proto.body) for one in elements(visitor) if one.type == "html" and "wt-asked-folds" in one.proto.body)
    folds = re.findall(r"<details><summary>(.*?)</summary>(<table.*?</table>)</details>", shown, flags=re.DOTALL)
    told = {
        html.unescape(re.findall(r"<strong>(.*?)<span", summary)[0]): re.findall(r"</span><strong>(.*?)</strong>", summary)
        for summary, _ in folds
    }
    assert told == outcomes(visitor)
    for summary, inside in folds:
        said = re.findall(r"<strong>(.*?)</strong>", inside.split("<td", 1)[1])
        assert said == re.findall(r"</span><strong>(.*?)</strong>", summary), "opened it says why"


def test_another_limit_is_tried_beside_the_rule_and_taken_back() -> None:
    visitor = visit(REQUIREMENTS)
    visitor.number_input(key="requirement_value_hoogte").set_value(60.0)
    press(visitor, "requirement_try")
    assert outcomes(visitor)["Hoogte van het hoogste nieuwe gebouw"] == ["Voldoet"] * 3
    assert "uw proef; de regel zegt hooguit 10,5" in html.unescape(table(visitor)).replace("\u00a0", " ")
    assert "U kijkt met een eigen tabel" in page_text(visitor)
    assert outcomes(visit(REQUIREMENTS))["Hoogte van het hoogste nieuwe gebouw"] == ["Voldoet", "Voldoet niet", "Voldoet niet"]
    server = requirements_beside(example_folder())
    trial = asked.with_limit(server, "hoogte", operator=Operator.AT_MOST, value=60.0)
    for name, content in (("proef.toml", requirements_toml(trial).encode()), ("proef.csv", requirements_csv(trial))):
        again = upload(visit(REQUIREMENTS), name, content)
        assert "uw proef; de regel zegt hooguit 10,5" in html.unescape(table(again)).replace("\u00a0", " "), name
        assert outcomes(again) == outcomes(visitor), "what was downloaded is what was seen"
    press(visitor, "requirement_undo")
    assert "uw proef" not in table(visitor)
    press(visitor, "requirement_remove")
    assert "Hoogte van het hoogste nieuwe gebouw" not in outcomes(visitor)
    press(visitor, "requirements_back")
    assert len(outcomes(visitor)) == 8


def test_a_requirement_is_added_only_with_its_source() -> None:
    visitor = visit(REQUIREMENTS)
    visitor.selectbox(key="requirement_subject").set_value("floor_space_index")
    visitor.number_input(key="requirement_new_value").set_value(2.0)
    add = next(one for one in visitor.button if one.label == "Voeg de eis toe")
    add.click().run()
    assert "zonder bron is het geen eis" in "".join(notices(visitor))
    visitor.text_input(key="requirement_rule").set_value("Nota [hoogbouw](https://elsewhere.example)")
    visitor.text_input(key="requirement_owner").set_value("Gemeente <b>X</b>")
    next(one for one in visitor.button if one.label == "Voeg de eis toe").click().run()
    assert outcomes(visitor)["Vloeroppervlak per m² plangebied (FSI)"][2:] == ["Voldoet niet", "Voldoet"]
    assert table(visitor).count("uw eigen eis; in de tabel van de gemeente staat die niet") == 1
    assert "<b>X</b>" not in table(visitor)
    assert 'href="https://elsewhere' not in table(visitor)


def upload(visitor: Any, name: str, content: bytes) -> Any:
    visitor.file_uploader(key="requirements_upload").set_value((name, content, "application/octet-stream"))
    return visitor.run()


def test_a_table_of_ones_own_takes_the_place_of_the_servers_for_this_visitor() -> None:
    visitor = visit(REQUIREMENTS)
    rows = "id;subject;value;rule;owner;date;certainty\nlaag;height;30;Nota;Gemeente;2024;L\n"
    upload(visitor, "eisen.csv", rows.encode())
    assert list(outcomes(visitor)) == ["Hoogte van het hoogste nieuwe gebouw"]
    upload(visitor, "kapot.csv", b"id;subject\nx;height\n")
    assert "kapot.csv" in "".join(notices(visitor))
    assert list(outcomes(visitor)) == ["Hoogte van het hoogste nieuwe gebouw"], "what was there is still there"


def test_a_table_that_cannot_be_read_is_told_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "buurt"
    shutil.copytree(example_folder(), folder)
    (folder / "requirements.toml").write_text("[[requirement]]\nid = 3\n", encoding="utf-8")
    monkeypatch.setenv("WIJKTWIN_DATA", str(folder))
    visitor = visit(REQUIREMENTS)
    assert "requirements.toml" in "".join(notices(visitor))
    assert "geen tabel met eisen" in page_text(visitor)
    assert "Wat er over plannen gezegd wordt" in page_text(visitor)


def test_claims_stand_beside_what_we_find_each_with_its_owner() -> None:
    visitor = visit(REQUIREMENTS)
    cards = re.findall(
        r"<article.*?</article>", next(one.proto.body for one in elements(visitor) if "wt-claims" in getattr(one.proto, "body", ""))
    )
    shown = [html.unescape(re.sub(r"<[^>]+>", " ", card)) for card in cards]
    owners = [card.partition(" zegt ")[0] for card in shown]
    assert [("De Zwerm" in owner, "Bewonersgroep" in owner) for owner in owners] == [(True, False)] * 2 + [(False, True)] * 2
    for card, words in zip(cards, shown, strict=True):
        assert ("Wij berekenen: " in words) == ("wt-mark-" in card) == ("Marge: " in words), "what we find says how sure it is"
    assert "Niet wat wij berekenen" in shown[1]
    assert "Past bij wat wij berekenen" in shown[2]
    assert "het is niet in getallen gezegd" in shown[3]


def test_a_claim_about_shade_is_held_against_the_sun_once_that_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cache.published(settings())
    scenario = Scenario(shown.neighbourhood, frozenset({shown.plans["vogeltorens"]}))
    base = next(one for one in assess(scenario) if one.impact == "height.new")
    day = Where(Place.DAY, "2026-03-21")
    losing = replace(base, impact="sunlight.losing", unit=Unit.COUNT, after=80.0, margin=Margin(9.0, 9.0, "roof_fit"), where=day)
    most = replace(base, impact="sunlight.most_lost", unit=Unit.MINUTES, after=55.0, margin=Margin(9.0, 9.0, "roof_fit"), where=day)
    monkeypatch.setattr("ui.long_figures.of_scenarios", lambda _t, scenarios: [(losing, most)] * len(scenarios))
    told = page_text(visit(REQUIREMENTS)).replace("\u00a0", " ")
    assert "Gezegd: hooguit 21. Wij berekenen: 80. Binnen de marge kan het 71 tot 89 zijn." in told
    assert "Gezegd: hooguit 1 uur. Wij berekenen: 55 minuten." in told


def test_trying_changes_nothing_that_was_read() -> None:
    table_of_server = requirements_beside(example_folder())
    tried = asked.with_limit(table_of_server, "hoogte", operator=Operator.AT_MOST, value=99.0)
    assert tried.items[0].changed_from == table_of_server.items[0]
    again = asked.with_limit(tried, "hoogte", operator=Operator.AT_LEAST, value=98.0)
    assert again.items[0].changed_from == table_of_server.items[0]
    back = asked.with_limit(again, "hoogte", operator=Operator.AT_MOST, value=10.5)
    assert back == table_of_server
    assert read_requirements(b"", name="x.toml").items == ()
