"""The sun at the homes in a building that a planner clicked."""

from __future__ import annotations

import pytest

from layers.deck import Picked
from layers.prepared import Thing
from tests.impacts.sunlight.test_figures import MARCH, PLANS, desk
from tests.impacts.sunlight.test_points import addresses, solid_village
from tests.impacts.test_real_figures import example
from tests.pages.test_long_figures import words
from tests.pages.visiting import SCENARIOS, session, visit
from ui import building_sun
from ui.text import Text
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.sunlight.points import dwelling_points
from wijktwin.words.day_strip import strip_text
from wijktwin.words.texts import sentence_case


@pytest.mark.parametrize("language", LANGUAGES)
def test_strips_of_a_home_stand_in_words_with_their_margin(language: Language) -> None:
    homes = desk().sunlight(desk().neighbourhood.with_plans(PLANS["wall"])).homes
    for name in ("a0", "a5"):
        said = str(building_sun.told(Text(language), homes, name, MARCH))
        strips = homes.strips(name, MARCH)
        assert all(sentence_case(strip_text(strip, language)) in said for strip in strips)
        assert said.count("<figure") == len(strips) == (1 if name == "a0" else 4)
        day = next(each for each in homes.home(name).days if each.day == MARCH)
        assert day.after is not None
        assert day.before.highest - day.before.lowest > 10
        assert ("Nu is er" if language == "nl" else "Now there is") in said
    nowhere = str(building_sun.told(Text(language), homes, "a3", MARCH))
    assert "<figure" not in nowhere
    gone = desk().sunlight(desk().neighbourhood.with_plans(PLANS["gone"])).homes
    goes = "het pand verdwijnt" if language == "nl" else "the building disappears"
    assert goes in str(building_sun.told(Text(language), gone, "a0", MARCH))


def test_of_a_building_around_the_neighbourhood_nothing_is_told() -> None:
    town = solid_village(address_table=addresses(("halo", 0.0, "S", 140.0, 20.0), ("house-1", 0.0, "E", 5.0, 25.0)))
    known = {target.identifier for target in dwelling_points(town, assumptions=default_assumptions()).targets}
    shown = {name for building_id in town.buildings.building_ids for name in building_sun.homes_in(town.with_plans(), building_id)}
    assert shown == known == {"a1"}


def test_a_planner_finds_them_beside_the_building_that_was_clicked() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    assert "Zon bij de woningen in dit pand" not in [each.label for each in visitor.expander]
    table = example().addresses
    building_id = str(table[table["use"] == "dwelling"]["building_id"].iloc[0])
    session(visitor).selected = Picked(Thing.BUILDING, building_id)
    visitor.run()
    assert not visitor.exception
    assert "Zon bij de woningen in dit pand" in [each.label for each in visitor.expander]
    assert "De zon wordt nog berekend." in words(visitor)
