"""Choosing plans, streets and buildings: what is refused, what is kept, what is read."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from layers.deck import Picked
from layers.prepared import Thing
from tests.pages.addresses import address
from tests.pages.visiting import (
    ACCESSIBILITY,
    LOOK_AROUND,
    ROOT,
    SCENARIOS,
    TAKE_HOME,
    elements,
    go,
    labels,
    notices,
    page_text,
    press,
    session,
    visit,
)
from ui import cache, plan_choice
from ui.settings import settings
from ui.text import Text
from wijktwin.model.plan import Party, PlanRole
from wijktwin.model.provenance import LocalText

EXAMPLE = ROOT / "data" / "example" / "plans"


def cards(visitor: object) -> list[str]:
    return [one.proto.body for one in elements(visitor) if one.type == "html" and "wt-card" in one.proto.body]  # type: ignore[arg-type]


def test_residents_choose_between_now_allowed_plan_and_alternative() -> None:
    visitor = visit()
    choice = visitor.radio[0]
    assert choice.options == ["Zoals het nu is", "Wat hier al mag", "Plan van de ontwikkelaar", "Alternatief van bewoners"]
    assert choice.value == ""
    choice.set_value("vogeltorens").run()
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert "165 woningen" in page_text(visitor)
    visitor.radio[0].set_value("vogelhof").run()
    assert session(visitor).plan_ids == {"vogelhof"}, "another choice takes its place without a fuss"
    assert not notices(visitor)
    visitor.checkbox[0].check().run()
    assert session(visitor).plan_ids == {"vogelhof", "groene-straat"}
    visitor.radio[0].set_value("").run()
    assert session(visitor).plan_ids == {"groene-straat"}, "what can be seen beside it stays"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "Plan van de ontwikkelaar"),
        ({"party": Party.MUNICIPALITY, "role": PlanRole.ALTERNATIVE}, "Alternatief van de gemeente"),
        ({"party": Party.OTHER, "proposer": "Stichting De Merel"}, "Plan van Stichting De Merel"),
        ({"party": Party.OTHER, "proposer": ""}, "Het plan"),
        ({"party": Party.OTHER, "proposer": "", "role": PlanRole.ALTERNATIVE}, "Een alternatief"),
        ({"role": PlanRole.ALLOWED}, "Wat hier al mag"),
    ],
)
def test_a_card_names_whose_plan_it_is_as_far_as_the_plan_says(change: dict[str, Any], name: str) -> None:
    whole = cache.published(settings()).plans["vogeltorens"]
    assert plan_choice.card_name(Text("nl"), dataclasses.replace(whole, **change)) == name


def test_two_plans_of_one_party_are_called_by_their_titles() -> None:
    whole = cache.published(settings()).plans["vogeltorens"]
    other = dataclasses.replace(whole, plan_id="anders", title=LocalText("Anders"))
    third = dataclasses.replace(whole, plan_id="derde", party=Party.RESIDENTS)
    assert plan_choice.card_names(Text("en"), [whole, other, third]) == {
        "vogeltorens": "Vogeltorens: two towers with 165 dwellings", "anders": "Anders", "derde": "Plan by residents",
    }  # fmt: skip


def test_what_can_be_seen_beside_it_says_whose_it_is() -> None:
    assert visit().checkbox[0].label == "Laat ook zien: Buidelmeesstraat: van parkeren naar bomen (plan van de gemeente)"


def test_what_changes_is_told_in_sentences_that_say_how_we_know() -> None:
    visitor = visit(plans="vogeltorens")
    lists = [one.proto.body for one in elements(visitor) if one.type == "html" and "wt-changes" in one.proto.body]
    first = re.findall(r"<li>(.*?)</li>", lists[0], flags=re.DOTALL)
    assert 4 <= len(first) <= 10, "few enough to read"
    assert all("wt-how" in item for item in first)
    assert "In dit plan komen 165 woningen." in first[0]
    assert "In dit plan komen 2 nieuwe gebouwen, van 24 en 60 meter hoog." in first[1]
    (parking,) = [item for item in first if "parkeerplaatsen" in item]
    assert parking.index("van de 995 parkeerplaatsen op straat") < parking.index("ten minste 100 parkeerplaatsen in de gebouwen")
    assert "Voor wie ze zijn, is niet bekend." in parking
    assert "330 fietsen" in parking, "everything about parking is said in one block"


def test_planners_are_refused_calmly_and_shown_the_way_out() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens,groene-straat")
    visitor.checkbox(key="layer_vogelhof").check().run()
    assert session(visitor).plan_ids == {"vogeltorens", "groene-straat"}, "nothing is lost"
    assert not visitor.checkbox(key="layer_vogelhof").value
    (told,) = notices(visitor)
    assert "Dat kan niet samen" in told
    assert 'role="alert"' in told
    way_out = visitor.button(key="refusal_instead")
    assert "Vogelhof" in way_out.label
    press(visitor, "refusal_instead")
    assert session(visitor).plan_ids == {"vogelhof", "groene-straat"}
    assert not notices(visitor)


def test_a_refusal_can_be_left_alone() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    visitor.checkbox(key="layer_vogelhof").check().run()
    press(visitor, "refusal_leave")
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert not notices(visitor)


def test_a_plan_says_whose_it_is_how_far_and_what_it_excludes() -> None:
    shown = page_text(visit(SCENARIOS))
    for words in (
        "gepubliceerd · sinds 15 september 2025",
        "gewijzigd op 10 november 2025",
        "Van Bewonersgroep Vogelbuurt (fictief)",
        "Kan niet samen met:",
    ):
        assert words in shown


def test_all_off_is_one_button_and_pages_share_what_is_on() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens,groene-straat")
    go(visitor, ACCESSIBILITY)
    assert address(visitor)["plans"] == "groene-straat,vogeltorens"
    go(visitor, SCENARIOS)
    press(visitor, "all_off")
    assert session(visitor).plan_ids == frozenset()
    go(visitor, LOOK_AROUND)
    assert visitor.radio[0].value == ""


# ------------------------------------------------------------------------------------------------------- streets and lists
def test_a_street_is_found_with_the_plans_near_it() -> None:
    visitor = visit()
    visitor.selectbox(key="street").select("Buidelmeesstraat").run()
    shown = page_text(visitor)
    assert "panden met" in shown
    assert "“Buidelmeesstraat: van parkeren naar bomen” verandert iets in uw straat." in shown
    assert session(visitor).target is not None, "the camera flies there"
    press(visitor, "show_groene-straat")
    assert session(visitor).plan_ids == {"groene-straat"}
    assert "In uw straat verdwijnen 8 van de" in page_text(visitor)
    press(visitor, "language_en")
    assert session(visitor).street == "Buidelmeesstraat"
    assert "in your street" in page_text(visitor).lower()


@pytest.mark.parametrize("page", [LOOK_AROUND, SCENARIOS])
def test_a_building_is_found_by_address_and_its_card_shown_where_it_was_chosen(page: str) -> None:
    visitor = visit(page)
    visitor.text_input(key="search").input("appelvinkstraat 12").run()
    (button,) = [one for one in visitor.button if (one.key or "").startswith("found_buildings_")]
    assert button.label == "Appelvinkstraat 12"
    button.click().run()
    chosen = session(visitor).selected
    assert chosen is not None
    assert chosen.thing is Thing.BUILDING
    (card,) = cards(visitor)[:1]
    for words in ("Appelvinkstraat 12", "Hoogte boven de grond", "berekend", "Hoe goed het dak past", "Jaar van de meting", "Bouwjaar"):
        assert words in card
    assert session(visitor).target is not None
    press(visitor, "let_go")
    assert session(visitor).selected is None
    assert not [one for one in cards(visitor) if "Appelvinkstraat 12" in one]


def test_what_is_selected_stays_over_pages_and_languages() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    visitor.text_input(key="search").input("hoge toren").run()
    next(one for one in visitor.button if (one.key or "").startswith("found_volumes_")).click().run()
    assert session(visitor).selected == Picked(Thing.VOLUME, "hoge-toren", "vogeltorens")
    press(visitor, "language_en")
    go(visitor, LOOK_AROUND)
    assert session(visitor).selected == Picked(Thing.VOLUME, "hoge-toren", "vogeltorens")
    visitor.radio[0].set_value("").run()
    assert not visitor.exception


def test_nothing_found_says_what_to_do() -> None:
    visitor = visit()
    visitor.text_input(key="search").input("giraffe").run()
    assert "Niets gevonden. Typ een ander woord, of maak het vak leeg." in page_text(visitor)


# ------------------------------------------------------------------------------------------------- plans that the server has
def served(monkeypatch: pytest.MonkeyPatch, folder: Path, **changes: tuple[str, str]) -> None:
    """Serve the example's plans with changes in some of the files."""
    shutil.copytree(EXAMPLE, folder)
    for name, (old, new) in changes.items():
        path = folder / f"{name.replace('_', '-')}.geojson"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setenv("WIJKTWIN_PLANS", str(folder))


def test_drafts_are_nobodys_business_unless_the_server_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served(monkeypatch, tmp_path / "plans", vogelhof=('"status": "published"', '"status": "draft"'))
    title = "Vogelhof: het plan van bewoners"
    for page in (LOOK_AROUND, SCENARIOS):
        visitor = visit(page, plans="vogelhof")
        assert title not in page_text(visitor)
        assert session(visitor).plan_ids == frozenset()
    monkeypatch.setenv("WIJKTWIN_DRAFTS", "1")
    assert title in page_text(visit(SCENARIOS))
    assert title not in page_text(visit(LOOK_AROUND)), "residents are shown published plans"


def test_without_plans_a_page_says_where_one_can_be_added(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    monkeypatch.setenv("WIJKTWIN_PLANS", str(tmp_path / "plans"))
    visitor = visit(TAKE_HOME)
    assert "U kunt wel zelf een plan toevoegen, op een andere pagina." in page_text(visitor)
    ways = [one.proto for one in elements(visitor) if one.type == "page_link" and one.proto.label == "Naar “Plannen en cijfers”"]
    assert [way.page for way in ways] == ["scenarios"]


def test_a_withdrawn_plan_is_listed_but_cannot_be_switched_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served(monkeypatch, tmp_path / "plans", vogelhof=('"status": "published"', '"status": "withdrawn"'))
    visitor = visit(SCENARIOS)
    assert visitor.checkbox(key="layer_vogelhof").disabled
    assert "ingetrokken" in page_text(visitor)
    assert "Vogelhof" not in page_text(visit(LOOK_AROUND))
    assert session(visit(plans="vogelhof")).plan_ids == frozenset()


def test_one_broken_plan_file_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served(monkeypatch, tmp_path / "plans", vogelhof=('"status": "published"', '"status": "gepubliceerd"'))
    visitor = visit(SCENARIOS)
    (told,) = notices(visitor)
    assert "vogelhof.geojson" in told
    assert [one.key for one in visitor.checkbox if (one.key or "").startswith("layer_")] == [
        "layer_vogeltorens-toegestaan", "layer_groene-straat", "layer_vogeltorens",
    ]  # fmt: skip


def test_a_title_of_a_plan_is_never_more_than_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nasty = "![torens](https://elsewhere.example/p.png) <img src=x onerror=alert(1)> :red[**ja**]"
    served(monkeypatch, tmp_path / "plans", vogeltorens=("Vogeltorens: twee torens met 165 woningen", nasty))
    for page in (LOOK_AROUND, SCENARIOS):
        visitor = visit(page, plans="vogeltorens")
        html = [one.proto.body for one in elements(visitor) if one.type == "html"]
        assert any("![torens](https://elsewhere.example/p.png) &lt;img src=x onerror=alert(1)&gt;" in body for body in html)
        assert not [body for body in html if "<img" in body]
        named = [words for words in labels(visitor) if "torens" in words and "elsewhere" in words]
        assert named, "the title stands on some button, box or panel"
        for words in named:
            assert r"!\[torens\](https:" in words, words
            assert "https://" not in words, words
            assert r"\<img" in words, words
