"""What changes for one home, in the very words."""

from __future__ import annotations

import pytest

from tests.impacts.street_village import ONE_WAY, street_plan, street_village
from tests.impacts.village import plan
from wijktwin.errors import LANGUAGES
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.reachability import home_ways
from wijktwin.model.plan import Plan, Traffic
from wijktwin.words.home_ways import home_distances, home_way_sentences
from wijktwin.words.readability import NORMAL, flesch_douma

DEFAULT = default_assumptions()


def told(address_id: str, *plans: Plan, flooded: tuple[str, ...] = (), language: str = "nl") -> tuple[str, ...]:
    scenario = street_village().with_plans(plans, flooded=flooded)
    return home_way_sentences(home_ways(scenario, address_id, assumptions=DEFAULT), language, assumptions=DEFAULT)  # type: ignore[arg-type]


def test_a_longer_way_names_where_to_how_much_and_both_lengths() -> None:
    assert told("a0", ONE_WAY) == (
        "Met de auto wordt de weg naar een winkel en terug ongeveer 290 meter langer. Nu is het 110 meter, dan 400 meter.",
        "Met de auto wordt de weg naar een school en terug ongeveer 250 meter langer. Nu is het 150 meter, dan 400 meter.",
        "Met de auto wordt de weg naar de hoofdweg en terug ongeveer 90 meter langer. Nu is het 210 meter, dan 300 meter.",
        "Dat hebben wij berekend over de straten in onze gegevens, op ongeveer 25 meter precies.",
    )


def test_what_is_lost_comes_first() -> None:
    found = told("a0", flooded=("k2", "w"))
    assert found[:2] == ("Lopend kunt u dan niet meer bij een school komen.", "Lopend kunt u dan niet meer bij een winkel komen.")
    assert told("a0", street_plan("closed", k1=Traffic.CLOSED), language="en")[0] == "By car, you can no longer get to a school then."


def test_where_nothing_changes_that_is_said_with_what_was_looked_at() -> None:
    assert told("f0", plan()) == (
        "Uw wegen naar een school, een winkel en de hoofdweg worden niet langer dan nu.",
        "Dat hebben wij berekend over de straten in onze gegevens, op ongeveer 25 meter precies.",
    )
    assert told("nobody") == ("Wij kennen bij dit adres geen straat, dus weten wij niet hoe ver het is.",)


def test_a_way_that_becomes_shorter_is_told_too() -> None:
    opened = street_plan("opened", k1=Traffic.BOTH)
    rows = home_ways(street_village().with_plans([opened]), "a0", assumptions=DEFAULT)
    turned = tuple(type(one)(one.mode, one.kind, (one.before or 0.0) + 100.0, one.after, one.minutes, one.minutes) for one in rows)
    found = home_way_sentences(turned, "nl", assumptions=DEFAULT)
    assert "Lopend wordt de weg naar een school ongeveer 100 meter korter. Nu is het 220 meter, dan 120 meter." in found


def test_how_far_it_is() -> None:
    ways = home_ways(street_village().with_plans(), "a0", assumptions=DEFAULT)
    assert home_distances(ways, "nl", assumptions=DEFAULT)[0] == "Lopen naar een school: 120 meter, ongeveer 1 minuut."
    assert home_distances(ways, "en", assumptions=DEFAULT)[-1] == "By car to the main road and back: 210 metres, about 1 minute."
    lost = street_village().with_plans(flooded=["k1"])
    assert home_distances(home_ways(lost, "a0", assumptions=DEFAULT), "nl", assumptions=DEFAULT) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole_and_residents_can_read_it(language: str) -> None:
    cases = [told(each, ONE_WAY, language=language) for each in ("a0", "f0")] + [told("a0", flooded=("k2",), language=language)]
    for words in (each for case in cases for each in case):
        assert words[0].isupper()
        assert words.endswith(".")
        assert "{" not in words
    if language == "nl":
        assert min(flesch_douma(" ".join(case)) for case in cases) >= NORMAL
