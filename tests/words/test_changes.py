"""What a plan does that is no figure is told as well: buildings that go, streets that change."""

from __future__ import annotations

from dataclasses import replace

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import plan, towers, village
from wijktwin.model.plan import PlanRole
from wijktwin.words.changes import change_sentences, demolition_sentences, street_sentences
from wijktwin.words.numbers import NO_BREAK
from wijktwin.words.plan_card import plan_card


def test_a_building_without_an_address_goes_with_its_size() -> None:
    (told,) = demolition_sentences(towers(), village(), "nl")
    assert told.replace(NO_BREAK, " ") == "1 gebouw (400 m²) wordt gesloopt."


def test_a_building_with_an_address_is_named() -> None:
    (told,) = demolition_sentences(plan(demolishes=frozenset({"flat"})), village(), "en")
    assert told.replace(NO_BREAK, " ") == "Kerkstraat 4 to 11 (housing, 240 m²) will be demolished."


def test_what_is_only_allowed_is_not_told_as_if_it_will_happen() -> None:
    allowed = replace(towers(), role=PlanRole.ALLOWED)
    assert "zou verdwijnen" in demolition_sentences(allowed, village(), "nl")[0]


def test_streets_that_close_or_become_one_way_are_named() -> None:
    nl = street_sentences(example_plan("vogeltorens"), example(), "nl")
    assert len(nl) == 1
    assert "Tapuitplein" in nl[0]
    assert nl[0].endswith("gaat dicht voor auto's.")
    one_way = street_sentences(example_plan("groene-straat"), example(), "nl")
    assert len(one_way) == 1
    assert "de Buidelmeesstraat rijden auto's nog maar één kant op." in one_way[0]
    assert "will be one-way for cars." in street_sentences(example_plan("groene-straat"), example(), "en")[0]


def test_the_changes_of_a_scenario_say_who_says_so_and_where_detours_stand() -> None:
    found = change_sentences(example().with_plans([example_plan("vogeltorens")]), "nl", brief=True)
    assert len(found) == 2
    assert found[0][0].endswith("wordt gesloopt.")
    assert found[1][1] == "Dat zegt de ontwikkelaar. Wie daardoor een langere weg krijgt, staat bij Bereikbaarheid."
    assert change_sentences(village().with_plans(), "nl") == ()


def test_a_card_names_what_goes_and_what_closes() -> None:
    told = {fact.label: fact.value for fact in plan_card(example_plan("vogeltorens"), "nl", neighbourhood=example()).facts}
    assert "Tapuitplein (dicht voor auto's)" in told["Straten die veranderen"]
    assert "m²" in told["Panden die verdwijnen"]
    bare = {fact.label: fact.value for fact in plan_card(example_plan("vogeltorens"), "nl").facts}
    assert bare["Panden die verdwijnen"] == "1"
