from __future__ import annotations

import dataclasses

import pytest
from shapely import Point

from layers.prepared import Thing
from tests.model.small_world import X0, Y0, plan, rectangle, small_neighbourhood, square, volume
from ui import lists
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import GroundChange, StreetChange, Traffic
from wijktwin.model.provenance import LocalText
from wijktwin.model.street_names import folded
from wijktwin.model.surroundings import GroundKind
from wijktwin.model.whereabouts import plan_area


def with_streets() -> Neighbourhood:
    """The small world with the lower row on the Merelstraat, the two rows above on the Koekoekstraat, and the last without address."""
    world = small_neighbourhood()
    table = world.addresses
    table["street"] = ["Merelstraat" if building.startswith("b0") else "Koekoekstraat" for building in table["building_id"]]
    table["number"] = [
        number if street == "Merelstraat" else number * 2 for number, street in zip(table["number"], table["street"], strict=True)
    ]
    table["postcode"] = "1234 AB"
    table = table[table["building_id"] != "b22"].reset_index(drop=True)
    return dataclasses.replace(world, key="streets", address_table=table)


def names(found: list[lists.Entry]) -> list[str]:
    return [entry.name for entry in found]


@pytest.mark.parametrize(("words", "plain"), [("Vogel-hof, Eén!", "vogel hof een"), ("  Straße 12a ", "strasse 12a"), ("…", "")])
def test_words_are_compared_without_accents_signs_and_capitals(words: str, plain: str) -> None:
    assert folded(words) == plain


def test_buildings_are_named_by_their_address_and_ordered_as_along_the_street() -> None:
    found = lists.building_entries(with_streets(), "nl")
    assert names(found)[:2] == ["Koekoekstraat 14 tot en met 16", "Koekoekstraat 18 tot en met 20"]
    assert names(found)[-2:] == ["Merelstraat 5 tot en met 6", "Pand b22"], "without an address comes last"
    assert {entry.picked.thing for entry in found} == {Thing.BUILDING}
    assert {entry.picked.thing_id for entry in found} == set(with_streets().buildings.building_ids)


def test_names_by_row_match_the_buildings() -> None:
    world = with_streets()
    by_row = lists.building_names(world, "en")
    assert by_row[world.buildings.rows["b00"]] == "Merelstraat 1 to 2"
    assert by_row[world.buildings.rows["b22"]] == "Building b22"


@pytest.mark.parametrize(
    ("question", "first", "n"),
    [
        ("merel", "Merelstraat 1 tot en met 2", 3),
        ("merelstraat 4", "Merelstraat 3 tot en met 4", 1),
        ("1234ab", "Koekoekstraat 14 tot en met 16", 8),
        ("B22", "Pand b22", 1),
    ],
)
def test_what_is_typed_is_found(question: str, first: str, n: int) -> None:
    found = lists.found(lists.building_entries(with_streets(), "nl"), question)
    assert len(found) == n
    assert found[0].name == first


def test_a_whole_number_comes_before_a_longer_one() -> None:
    found = lists.found(lists.building_entries(with_streets(), "nl"), "koekoekstraat 2")
    assert found
    assert all(" 2" in f" {entry.words}" for entry in found)


def test_nothing_asked_gives_everything_and_nonsense_gives_nothing() -> None:
    entries = lists.building_entries(with_streets(), "nl")
    assert lists.found(entries, " ") == entries
    assert lists.found(entries, "merelstraat giraffe") == []


def test_the_last_digits_of_a_long_number_are_enough() -> None:
    world = small_neighbourhood()
    ids = tuple(f"NL.IMBAG.Pand.03071000000{row:05d}" for row in range(9))
    numbered = dataclasses.replace(world, buildings=dataclasses.replace(world.buildings, building_ids=ids), address_table=None)
    entries = lists.building_entries(numbered, "nl")
    assert names(lists.found(entries, "00007")) == ["Pand …00000007"]


def test_buildings_around_the_neighbourhood_are_not_listed() -> None:
    world = with_streets()
    flags = dict(world.buildings.flags) | {"is_halo": world.buildings.numbers["ground_height"] > 2.15}
    haloed = dataclasses.replace(world, buildings=dataclasses.replace(world.buildings, flags=flags))
    assert {entry.picked.thing_id for entry in lists.building_entries(haloed, "nl")} == {"b00", "b01", "b10", "b11", "b20", "b21"}


def test_new_buildings_are_found_by_plan_and_proposer() -> None:
    towers = plan("torens", volumes=(volume("hoog"), volume("laag", square(43, 43))), title=LocalText("Torens", "Towers"))
    entries = lists.plan_entries([towers], "en")
    assert [entry.picked.plan_id for entry in entries] == ["torens", "torens"]
    assert [entry.name for entry in lists.found(entries, "towers hoog")] == ["hoog (Towers)"]
    assert len(lists.found(entries, "bouwbedrijf")) == 2
    assert len({entry.key for entry in entries}) == 2


# ----------------------------------------------------------------------------------------------------------------- streets
def test_streets_in_alphabetical_order() -> None:
    assert lists.street_names(with_streets()) == ["Koekoekstraat", "Merelstraat"]
    assert lists.street_names(dataclasses.replace(small_neighbourhood(), address_table=None)) == []


def test_a_street_has_its_buildings() -> None:
    found = lists.street(with_streets(), "Merelstraat")
    assert found is not None
    assert (found.n_addresses, found.building_ids) == (6, ("b00", "b01", "b02"))
    assert found.outline.bounds == (X0, Y0, X0 + 70, Y0 + 10)
    assert lists.street(with_streets(), "Giraffestraat") is None


def test_distance_is_to_the_nearest_building_and_never_shown_smaller_than_it_is() -> None:
    world = with_streets()
    street = lists.street(world, "Merelstraat")
    assert street is not None
    near = plan("near", volumes=(volume("v", rectangle(13, 22, 23, 28)),))
    far = plan("far", volumes=(volume("w", rectangle(0, 400, 10, 410)),))
    assert lists.distances([near, far], street, world) == {"near": 15}


def test_a_plan_that_touches_is_not_at_zero_metres_unless_it_changes_the_street() -> None:
    world = with_streets()
    street = lists.street(world, "Merelstraat")
    assert street is not None
    beside = plan("beside", volumes=(volume("v", rectangle(10, 0, 13, 10)),))
    assert lists.distances([beside], street, world) == {"beside": lists.DISTANCE_STEP}


def test_a_plan_that_changes_traffic_or_ground_of_a_street_changes_the_street() -> None:
    world = with_streets()
    ground = world.ground
    ground["street"] = ["", "", "Merelstraat"]
    world = dataclasses.replace(world, ground_table=ground)
    one_way = plan("one-way", street_changes=(StreetChange("s1", Traffic.FORWARD),))
    trees = plan("trees", ground_changes=(GroundChange("g", rectangle(0, -12, 20, -8), GroundKind.GREEN),))
    other = plan("other", ground_changes=(GroundChange("g", rectangle(0, 12, 20, 18), GroundKind.GREEN),))
    assert [lists.changes_street(each, "Merelstraat", world) for each in (one_way, trees, other)] == [True, True, False]
    street = lists.street(world, "Merelstraat")
    assert street is not None
    assert lists.distances([one_way, trees, other], street, world) == {"one-way": 0, "trees": 0, "other": 5}


def test_the_area_of_a_plan_holds_all_it_does() -> None:
    world = small_neighbourhood()
    whole = plan("whole", volumes=(volume(),), demolishes=frozenset({"b22"}), felled=frozenset({"t2"}))
    area = plan_area(whole, world)
    assert area.intersection(square(13, 13)).area == 100
    assert area.intersection(square(60, 60)).area == 100
    assert area.distance(Point(X0 + 45, Y0 + 15)) == 0
    assert area.bounds == (X0 + 13, Y0 + 13, X0 + 70, Y0 + 70)
    assert plan_area(plan("empty"), world).is_empty
    assert area.area == 200
