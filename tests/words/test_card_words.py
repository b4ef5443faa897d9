"""What a card says where little is known, where something failed, and where words could say more than a figure does."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import plan, rectangle, tower
from tests.words.test_cards import ASSUMPTIONS, facts, full, lines, scenario_of, towers_here, village_of_flats
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts import traffic
from wijktwin.impacts.assessment import Margin, Unit, unknown_margin
from wijktwin.impacts.home import Home
from wijktwin.model.plan import PlanStatus
from wijktwin.model.provenance import LocalText
from wijktwin.places import house_folder
from wijktwin.words.card_home import cars_part, parking_part
from wijktwin.words.card_lines import Lines
from wijktwin.words.cards import Subject, Waits, make_card


def test_of_a_flat_with_one_facade_built_against_the_other_facades_are_still_told() -> None:
    """The flat stands from 30, 20 to 50, 32: a block that touches its north side takes those windows, and leaves the others."""
    block = plan("north", title=LocalText("Noord", "North"), volumes=(tower(footprint=rectangle(30, 32, 50, 40), height=20.0),))
    told = full(Home("a1"), block)
    own = lines(told)
    assert told.top[0].text == "Komt het plan “Noord” er, dan komt er een gebouw tegen een gevel van uw huis aan."
    assert own["sun.against"].text == "Gevels waar een gebouw tegenaan komt, tellen hier niet mee."
    for line in told.parts[0].lines:
        assert line.figure is None or line.figure.after is not None, line.key
    assert "sun.against" not in lines(full(Home("a1"), towers_here()))


def test_a_building_against_the_home_is_not_said_to_be_no_metres_away() -> None:
    """How far the home reaches in the flat around its address nobody knows: that is the 3 metres."""
    for gap_, told in ((0.0, "tegen uw huis aan, of op hooguit 3 meter ervan."), (12.0, "op ongeveer 12 meter van uw huis.")):
        near = plan("near", title=LocalText("Dichtbij", "Near"), volumes=(tower(footprint=rectangle(30, 32 + gap_, 50, 52 + gap_)),))
        line = lines(make_card(scenario_of(near), Home("a1"), language="nl", assumptions=ASSUMPTIONS))["new_building.away.near"]
        assert line.text.endswith(told), line.text
        assert "0,0" not in line.text + line.value
        assert line.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_failed_or_stands_still_says_so_and_what_a_person_can_do(language: Language) -> None:
    scenario = village_of_flats().with_plans([towers_here()])
    cards = {waits: lines(make_card(scenario, Home("a1"), language=language, assumptions=ASSUMPTIONS, waits=waits)) for waits in Waits}
    for key in ("sun", "view", "overlooking", "green.cool", "top.still"):
        said = [told[key].text for told in cards.values()]
        assert len(set(said)) == len(Waits), key
        assert all(told[key].is_waiting for told in cards.values())
    being = {"nl": "wordt nog berekend", "en": "still being computed"}[language]
    for waits in (Waits.STOPPED, Waits.FAILED):
        assert not [key for key, line in cards[waits].items() if being in line.text]
    words = templates_of_pages(language)
    assert f"“{words['background.begin']}”" in cards[Waits.STOPPED]["top.still"].text, "the button that is on the page"
    assert f"“{words['background.again']}”" in cards[Waits.FAILED]["top.still"].text


def templates_of_pages(language: Language) -> dict[str, str]:
    table = tomllib.loads((house_folder() / "ui" / "locales" / language / "background.toml").read_text(encoding="utf-8"))
    return {f"{name}.{key}": text for name, texts in table.items() for key, text in texts.items()}


@pytest.mark.parametrize(("at_most", "said"), [
    (4.0, "een verschil van minder dan 10 autoritten per dag."), (12.2, "Het kan oplopen tot 15 per dag."),
    (None, "Hoe precies dat is, weten wij niet."),
])  # fmt: skip
def test_of_few_cars_it_is_said_how_many_they_may_be(at_most: float | None, said: str) -> None:
    street = facts(Home("a1"), towers_here()).street
    few = replace(street, cars=None, no_cars="", is_main_road=False, at_most=at_most)
    assert cars_part(few, Lines(Subject.CARS, "nl", is_today=False)).lines[0].text.endswith(said)


def test_no_street_of_which_few_cars_are_told_changes_by_more_than_is_said() -> None:
    scenario = example().with_plans([example_plan("vogeltorens")])
    most = traffic.most_change(scenario, assumptions=ASSUMPTIONS)
    told = [one for one in traffic.assess(scenario, assumptions=ASSUMPTIONS) if one.impact == "traffic.street"]
    assert told
    for one in told:
        margin, size = one.margin_of_change, one.difference or 0.0
        assert most[one.where.identifier] == pytest.approx(max(abs(size - (margin.below or 0.0)), abs(size + (margin.above or 0.0))))
    assert len(most) > len(told)


def test_a_draft_without_a_date_is_a_draft_and_not_published() -> None:
    line = lines(full(Home("a1"), plan("own", title=LocalText("Mijn plan", "My plan"), status=PlanStatus.DRAFT, dates={})))
    assert line["dates.status.own"].text.startswith("Het plan “Mijn plan” is een concept. Sinds wanneer, zegt het niet.")


def test_a_wide_range_stands_in_the_sentence_and_a_narrow_one_behind_it() -> None:
    found = facts(Home("a1"), towers_here())
    assert found.sun is not None
    own, figures = found.sun.days[0].figure, Lines(Subject.SUN, "nl", is_today=False)
    figure = replace(own, before=300.0, after=180.0, margin=Margin(5, 5, "outlines"), before_margin=Margin(5, 5, "outlines"))
    wide, narrow = (figures.figure("x", replace(figure, difference_margin=Margin(off, off, "outlines"))) for off in (60.0, 10.0))
    assert "Het is ten minste 1 uur en hooguit 3 uur." in wide.text
    assert "ten minste" not in narrow.text
    assert narrow.margin.startswith("Het is ten minste 1 uur en 50 minuten")


@pytest.mark.parametrize(
    ("margin", "is_said"),
    [(unknown_margin("as_many_cars"), False), (Margin(5.0, 5.0, "counted"), True), (Margin(25.0, 5.0, "counted"), False)],
)
def test_more_cars_than_places_is_said_only_where_the_margin_leaves_no_doubt(margin: Margin, *, is_said: bool) -> None:
    """Where a plan changes the places, nobody knows how many cars there will be."""
    street = facts(Home("a1"), towers_here()).street
    assert street.parking is not None
    counted = replace(
        street.parking, impact="parking.pressure", unit=Unit.PER_CENT, before=None, after=120.0, margin=margin, before_margin=None,
        difference_margin=None, missing="only_after", breakdown={}, remarks=(),
    )  # fmt: skip
    told = " ".join(
        line.text for line in parking_part(replace(street, pressure=counted), Lines(Subject.PARKING, "nl", is_today=False)).lines
    )
    assert ("Dat zijn meer auto's dan plaatsen." in told) is is_said
