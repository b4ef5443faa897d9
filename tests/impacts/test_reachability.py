"""Ways before and after streets change: the village by hand, and what holds whatever the streets."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.street_village import ONE_WAY, STREETS, address_table, places, street_plan, street_table, street_village
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import NAN, numbers, parts, plan, rectangle, sides, tower, towers, village
from wijktwin.errors import LANGUAGES, NotFoundError
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.reachability import home_ways, longer_by_home
from wijktwin.impacts.routes import compared
from wijktwin.model.network import Mode
from wijktwin.model.plan import GroundChange, Plan, Traffic
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import DestinationKind, GroundKind
from wijktwin.words.sentences import sentence

DEFAULT = default_assumptions()
SCHOOL, SHOP, GREEN, MAIN = DestinationKind.SCHOOL, DestinationKind.SHOP, DestinationKind.GREEN, DestinationKind.MAIN_ROAD


def figures(*plans: Plan, flooded: tuple[str, ...] = (), **changes: Any) -> dict[str, Assessment]:
    found = assess_impact("reachability", street_village(**changes).with_plans(plans, flooded=flooded))
    return {each.impact.removeprefix("reachability."): each for each in found}


def ways(address_id: str, *plans: Plan, flooded: tuple[str, ...] = (), **changes: Any) -> dict[Any, Any]:
    scenario = street_village(**changes).with_plans(plans, flooded=flooded)
    return {(one.mode, one.kind): (one.before, one.after) for one in home_ways(scenario, address_id, assumptions=DEFAULT)}


# ------------------------------------------------------------------------------------------------------------------- today
def test_every_way_of_a_house_by_hand() -> None:
    """House 1: 20 m to the Kerkstraat, 5 m from its western end; school 80 m and shop 62 m along, 20 and 23 m off the street."""
    found = {key: before for key, (before, _) in ways("a0").items()}
    assert found[Mode.WALK, SCHOOL] == pytest.approx(20 + 75 + 20)
    assert found[Mode.CYCLE, SCHOOL] == pytest.approx(115)
    assert found[Mode.DRIVE, SCHOOL] == pytest.approx(2 * 75)
    assert found[Mode.WALK, SHOP] == pytest.approx(20 + 57 + 23)
    assert found[Mode.WALK, MAIN] == pytest.approx(20 + 5 + 100)
    assert found[Mode.DRIVE, MAIN] == pytest.approx(2 * 105)
    assert (Mode.WALK, GREEN) not in found, "the field is 4750 m², and that is no green place to go to"


def test_the_middle_way_of_ten_homes() -> None:
    found = figures()
    assert numbers(found["walk_school"]) == pytest.approx((19 + 40 + 20,) * 2), "the flats, eight of ten"
    assert numbers(found["walk_shop"]) == pytest.approx((19 + 22 + 23,) * 2)
    assert numbers(found["drive_main_road"]) == pytest.approx((280, 280))
    assert numbers(found["walk_green"]) == (None, None)
    assert found["walk_green"].missing == "no_green"
    assert set(found) == {"walk_school", "walk_shop", "walk_green", "drive_main_road"}, "nothing changes, so nothing is longer"
    assert found["walk_school"].kind is Kind.CALCULATED
    assert [note.key for note in found["walk_school"].remarks] == ["streets.only_in_the_data"]


def test_a_list_of_places_counts_before_what_is_derived() -> None:
    listed = places(("school", 20, 45), ("green", 100, 100))
    found = figures(destination_table=listed)
    assert found["walk_school"].after == pytest.approx(19 + 20), "the school of the addresses is not on the list"
    assert found["walk_shop"].after == pytest.approx(19 + 22 + 23), "shops are not on the list: those of the addresses count"
    assert found["walk_green"].after == pytest.approx(19 + 60 + 55), "from the flats to the end of the street, and up the Oostlaan"
    main = places(("main_road", 50, 145))
    assert figures(destination_table=main)["drive_main_road"].after == pytest.approx(2 * (40 + 100 + 50)), "the path is not for cars"


def test_green_is_reached_where_a_street_comes_near_it() -> None:
    ground = village().ground
    field = ground["surface_id"] == "field"
    ground.loc[field, "geometry"] = rectangle(10, 70, 90, 140)  # 5600 m²; 25 m from the Kerkstraat, 10 m from the two lanes
    found = ways("a0", ground_table=ground)
    # the strip of 20 m around it begins at y = 50 in the middle and is rounded at its corners: at x = 0 it begins where
    # 10² + dy² = 20², 17.32 m before y = 70
    assert found[Mode.WALK, GREEN][0] == pytest.approx(20 + 5 + (70 - 17.32 - 45), abs=0.5)
    ground.loc[field, "geometry"] = rectangle(10, 60, 90, 140)  # 15 m from the Kerkstraat: whoever is in the street is there
    assert ways("f0", ground_table=ground)[Mode.WALK, GREEN][0] == pytest.approx(19)


# ----------------------------------------------------------------------------------------------------------------- one-way
def test_a_one_way_street_by_hand() -> None:
    """Back from the school everybody drives 20 + 100 + 100 + 100 m around, and then to the home: 400 m there and back for all."""
    for address_id, along in (("a0", 5), ("a1", 15), ("f0", 40)):
        found = ways(address_id, ONE_WAY)
        assert found[Mode.DRIVE, SCHOOL] == pytest.approx((2 * (80 - along), 400))
        assert found[Mode.DRIVE, SHOP] == pytest.approx((2 * (62 - along), 400))
        assert found[Mode.DRIVE, MAIN] == pytest.approx((2 * (100 + along), 300)), "out in the east, in from the west"
        assert found[Mode.WALK, SCHOOL][0] == found[Mode.WALK, SCHOOL][1]
        assert found[Mode.CYCLE, SHOP][0] == found[Mode.CYCLE, SHOP][1]


def test_the_figures_of_a_one_way_street() -> None:
    found = figures(ONE_WAY)
    longer = found["drive_longer"]
    assert numbers(longer) == (None, 10)
    assert parts(longer) == {"Kerkstraat": (None, 10)}
    assert sides(longer.margin) == (0, 0), "even a detour of 100 m would count"
    assert longer.kind is Kind.STATED
    assert found["drive_longest"].after == pytest.approx(400 - 2 * 22), "the flats, to the shop"
    assert found["drive_middle"].after == pytest.approx(356)
    delay = found["drive_delay"]
    assert delay.after == pytest.approx(356 / (20_000 / 60))
    assert sides(delay.margin) == pytest.approx((356 * 60 / 20_000 - 356 * 60 / 30_000, 356 * 60 / 12_000 - 356 * 60 / 20_000))
    assert delay.kind is Kind.ASSUMED
    assert "driving_speed" in {used.name for used in delay.assumptions}
    assert numbers(found["drive_lost"]) == numbers(found["walk_lost"]) == numbers(found["walk_longer"]) == (0, 0)
    assert "cycle_longer" not in found, "on a bicycle nothing changes, as on foot"
    assert numbers(found["drive_main_road"]) == pytest.approx((280, 300))
    assert found["drive_main_road"].plans == (ONE_WAY,)


def test_what_counts_as_longer_is_an_assumption() -> None:
    scenario = street_village(destination_table=places(("school", 900, 900), ("shop", 900, 900))).with_plans([ONE_WAY])
    by_default = longer_by_home(scenario, Mode.DRIVE, assumptions=DEFAULT)
    assert by_default == pytest.approx({"a0": 300 - 210, "a1": 300 - 230}), "for the flats it is 20 m, there and back"
    finer = DEFAULT.with_values({"smallest_detour": 20.0}, variant="20 m", owner="Wijktwin", date="2026-11-22")
    assert len(longer_by_home(scenario, Mode.DRIVE, assumptions=finer)) == 10
    longer = next(each for each in assess_impact("reachability", scenario) if each.impact == "reachability.drive_longer")
    assert numbers(longer) == (None, 2)
    assert sides(longer.margin) == (2, 8), "from 100 m on none is longer, from 1 m on all are"


def test_a_street_that_opens_makes_ways_shorter() -> None:
    rows = [(*row[:4], "forward" if row[0] == "k1" else row[4], *row[5:]) for row in STREETS]
    found = figures(street_plan("both", k1=Traffic.BOTH), street_table=street_table(rows))
    assert numbers(found["drive_shorter"]) == (None, 10)
    assert numbers(found["drive_longer"]) == (0, 0)
    assert found["drive_main_road"].difference == pytest.approx(280 - 300)


# ---------------------------------------------------------------------------------------------------------- closed, flooded
def test_homes_in_a_closed_street_cannot_be_reached_by_car() -> None:
    found = figures(street_plan("closed", k1=Traffic.CLOSED))
    assert numbers(found["drive_lost"]) == (None, 10)
    assert numbers(found["drive_longer"]) == (0, 0), "there is no longer way: there is none"
    assert numbers(found["walk_lost"]) == (0, 0)
    assert [note.key for note in found["drive_lost"].remarks] == [
        "streets.lost_school_drive", "streets.lost_shop_drive", "streets.lost_main_road_drive",
    ]  # fmt: skip
    assert found["drive_main_road"].after is None
    assert found["drive_main_road"].missing == "no_way"
    told = ways("f0", street_plan("closed", k1=Traffic.CLOSED))
    assert told[Mode.DRIVE, SCHOOL] == (pytest.approx(80), None)


def test_a_flooded_street_is_in_the_way_of_everybody() -> None:
    found = figures(flooded=("k2",))
    for mode in ("walk", "cycle", "drive"):
        assert numbers(found[f"{mode}_lost"]) == (None, 10), "school and shop stand in the water"
    assert found["walk_lost"].kind is Kind.ASSUMED
    assert found["walk_lost"].plans == ()
    assert "streets.supposed_flooded_one" in [note.key for note in found["walk_lost"].remarks]
    west = figures(flooded=("w",))
    told = ways("a0", flooded=("w",))
    assert told[Mode.WALK, MAIN] == pytest.approx((125, 20 + 45 + 100)), "along the path"
    assert told[Mode.DRIVE, MAIN] == pytest.approx((210, 390))
    assert numbers(west["walk_longer"]) == (None, 1), "house 2 has 20 m more, and the flats always went along the path"
    assert numbers(west["drive_longer"]) == (None, 10)
    assert longer_by_home(street_village().with_plans(flooded=["k1"]), Mode.WALK, assumptions=DEFAULT)["a0"] == np.inf


def test_a_flooded_street_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError, match="k9"):
        street_village().with_plans(flooded=["k9"])
    with pytest.raises(NotFoundError, match="k1"):
        village().with_plans(flooded=["k1"])
    dry, wet = street_village().with_plans(), street_village().with_plans(flooded=["k1"])
    assert dry.key != wet.key
    assert not wet.is_baseline


# ------------------------------------------------------------------------------------------------ what plans build and demolish
def test_a_school_that_goes_is_a_place_that_is_lost_and_one_that_comes_is_near() -> None:
    gone = plan("gone", demolishes=frozenset({"hall"}))
    found = figures(gone)
    assert numbers(found["walk_lost"]) == numbers(found["cycle_lost"]) == numbers(found["drive_lost"]) == (None, 10)
    assert [note.key for note in found["walk_lost"].remarks] == ["streets.lost_school_walk"]
    assert found["walk_school"].before == pytest.approx(79)
    assert found["walk_school"].after is None
    new = plan("new", demolishes=frozenset({"hall"}), volumes=(tower(footprint=rectangle(75, 55, 85, 65), use="school", height=6.0),))
    told = figures(new)
    assert numbers(told["walk_lost"]) == (0, 0)
    assert told["walk_school"].after == pytest.approx(19 + 40 + 15), "15 m north of the street, 80 m along it"
    assert numbers(told["walk_longer"]) == (0, 0), "it is nearer than the old one was"


def test_homes_that_go_are_not_among_those_with_a_longer_way() -> None:
    flat_goes = plan("flat", demolishes=frozenset({"flat"}))
    found = figures(ONE_WAY, flat_goes)
    assert numbers(found["drive_longer"]) == (None, 2)
    assert found["drive_main_road"].after == pytest.approx(300)
    assert ways("f0", flat_goes) == {}


def test_green_that_a_plan_takes_makes_the_way_to_green_longer() -> None:
    ground = village().ground
    ground.loc[ground["surface_id"] == "field", "geometry"] = rectangle(10, 60, 90, 140)
    paved = plan("paved", ground_changes=(GroundChange("square", rectangle(10, 60, 50, 140), GroundKind.SQUARE),))
    assert ways("a0", paved, ground_table=ground)[Mode.WALK, GREEN] == (pytest.approx(20, abs=1.5), None), "3200 m² is too small"
    assert ways("a0", ONE_WAY, ground_table=ground)[Mode.WALK, GREEN][1] == pytest.approx(20, abs=1.5)


# ------------------------------------------------------------------------------------------------------ what the data lack
def test_without_streets_or_addresses_nothing_is_computed() -> None:
    for changes, reason in (({"street_table": None}, "no_streets"), ({"address_table": None}, "no_addresses")):
        found = assess_impact("reachability", street_village(**changes).with_plans())
        assert [(each.impact, each.after, each.missing) for each in found] == [("reachability.drive_longer", None, reason)]
        assert home_ways(street_village(**changes).with_plans(), "a0", assumptions=DEFAULT) == ()
        assert longer_by_home(street_village(**changes).with_plans(), Mode.WALK, assumptions=DEFAULT) == {}


def test_pieces_that_do_not_hang_together_and_homes_without_a_street_are_told() -> None:
    apart = [*STREETS, ("x", "Verweg", "X0", "X1", "both", "walk cycle drive", 30.0, (400, 400), (430, 400))]
    lonely = [("far-off", "house-1", "dwelling", "owner", "house", 900, 900)]
    from tests.impacts.street_village import HOMES

    found = figures(street_table=street_table(apart), address_table=address_table([*HOMES, *lonely]))
    remarks = {note.key: note for note in found["drive_main_road"].remarks}
    assert remarks["streets.loose_pieces_drive"].values == {"n": 1, "metres": 30}
    assert "streets.homes_not_connected_one" in remarks
    assert found["drive_main_road"].after == pytest.approx(280), "a home without a street is left out"
    assert ways("far-off", address_table=address_table([*HOMES, *lonely])) == {}


def test_slow_streets_make_no_main_road() -> None:
    rows = [(*row[:6], 30.0, *row[7:]) for row in STREETS]
    found = figures(street_table=street_table(rows))
    assert found["drive_main_road"].missing == "no_main_road"
    nobody_says = figures(street_table=street_table([(*row[:6], NAN, *row[7:]) for row in STREETS]))["drive_main_road"]
    assert nobody_says.missing == "no_speeds"
    assert "van geen enkele straat is de maximumsnelheid bekend" in sentence(nobody_says, "nl")


# ----------------------------------------------------------------------------------------------------------- what always holds
CHANGES = st.dictionaries(st.sampled_from([row[0] for row in STREETS]), st.sampled_from(Traffic), max_size=4)


@given(CHANGES)
@settings(max_examples=40)
def test_closing_more_never_makes_a_way_shorter(changes: dict[str, Traffic]) -> None:
    """Every street change of a map that is open both ways only takes away."""
    neighbourhood = street_village()
    shut = {**changes, "k2": Traffic.CLOSED}
    one, other = (compared(neighbourhood.with_plans([street_plan("some", **each)]), assumptions=DEFAULT) for each in (changes, shut))
    assert one is not None
    assert other is not None
    for key in one.before.there:
        assert (one.after.length(key) >= one.before.length(key) - 1e-6).all()
        assert (other.after.length(key) >= one.after.length(key) - 1e-6).all()
        if key[0] is not Mode.DRIVE:
            assert (one.after.length(key) == one.before.length(key)).all()


@given(st.sets(st.sampled_from([row[0] for row in STREETS])))
@settings(max_examples=30)
def test_more_water_never_makes_a_way_shorter_and_no_water_changes_nothing(flooded: set[str]) -> None:
    neighbourhood = street_village()
    found = compared(neighbourhood.with_plans(flooded=flooded), assumptions=DEFAULT)
    assert found is not None
    for key in found.before.there:
        assert (found.after.length(key) >= found.before.length(key) - 1e-6).all()
        if not flooded:
            assert (found.after.length(key) == found.before.length(key)).all()


def test_an_empty_plan_changes_nothing_and_the_order_of_plans_means_nothing() -> None:
    empty = {each.impact: numbers(each) for each in assess_impact("reachability", street_village().with_plans([plan()]))}
    today = {each.impact: numbers(each) for each in assess_impact("reachability", street_village().with_plans())}
    assert {name: value for name, value in empty.items() if name in today} == today
    assert {value for name, value in empty.items() if name not in today} == {(0.0, 0.0)}
    plans = [ONE_WAY, towers(demolishes=frozenset({"hall"})), street_plan("west", w=Traffic.FORWARD)]
    told = [[(each.impact, numbers(each)) for each in figures(*order).values()] for order in itertools.permutations(plans)]
    assert all(one == told[0] for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_words(language: str) -> None:
    found = figures(ONE_WAY)
    told = {name: sentence(each, language) for name, each in found.items()}  # type: ignore[arg-type]
    if language == "nl":
        assert told["drive_longer"].startswith("Voor 10 woningen wordt de weg met de auto langer.")
        assert told["walk_longer"].startswith("Voor geen enkele woning wordt de weg te voet langer.")
        assert told["drive_longest"].startswith("De grootste omweg met de auto is ongeveer 360 meter, heen en terug samen.")
        assert told["walk_school"].startswith("Naar een school is het voor de helft van de woningen hooguit ongeveer 80 meter lopen.")
    else:
        assert told["drive_longer"].startswith("For 10 homes, the way by car becomes longer.")


# ----------------------------------------------------------------------------------------------------------------- the example
def test_the_green_street_of_the_example() -> None:
    """The Buidelmeesstraat from the quay to the avenue only: its 32 homes come back around by the next street, no other home does."""
    scenario = example().with_plans([example_plan("groene-straat")])
    longer = longer_by_home(scenario, Mode.DRIVE, assumptions=DEFAULT)
    addresses = example().addresses.set_index("address_id")
    assert set(addresses.loc[list(longer), "street"]) == {"Buidelmeesstraat"}
    assert len(longer) == 32 == int((addresses["street"] == "Buidelmeesstraat").sum())
    assert longer_by_home(scenario, Mode.WALK, assumptions=DEFAULT) == longer_by_home(scenario, Mode.CYCLE, assumptions=DEFAULT) == {}
    for figure in assess_impact("reachability", scenario):
        assert figure.after is not None


def test_the_way_to_school_and_back_in_the_green_street_from_the_street_table_alone() -> None:
    """There by the avenue as before. Back not by the avenue, but by the quay, that is as far as the nearest street beside it goes."""
    streets = example().streets.set_index("street_id")
    own, next_north, next_south = (streets.loc[each] for each in ("wegvak-000044", "wegvak-000043", "wegvak-000045"))
    quay_north, quay_south = streets.loc["wegvak-000037"], streets.loc["wegvak-000038"]
    assert (quay_north["to_node"], quay_south["from_node"]) == (own["from_node"],) * 2
    assert quay_north["from_node"] == next_north["from_node"]
    assert quay_south["to_node"] == next_south["from_node"]
    avenue = streets[streets["street"] == "Boomkleverlaan"]
    school = example().addresses.loc[lambda table: table["use"] == "school"].geometry.iloc[0]
    nearest = avenue.loc[avenue.distance(school).idxmin()]
    on_avenue = nearest.geometry.project(school)

    def along_avenue(node: str) -> float:
        """From the school to a node of the avenue, piece by piece."""
        for towards, start in (("from_node", on_avenue), ("to_node", nearest.geometry.length - on_avenue)):
            at, far, behind = nearest[towards], start, {nearest.name}
            while at != node:
                steps = [row for row in avenue.itertuples() if row.Index not in behind and at in (row.from_node, row.to_node)]
                if len(steps) != 1:
                    break
                behind.add(steps[0].Index)
                far += steps[0].geometry.length
                at = steps[0].to_node if steps[0].from_node == at else steps[0].from_node
            if at == node:
                return float(far)
        raise AssertionError(node)

    to_east = along_avenue(own["to_node"])
    to_west = min(
        along_avenue(next_north["to_node"]) + next_north.geometry.length + quay_north.geometry.length,
        along_avenue(next_south["to_node"]) + next_south.geometry.length + quay_south.geometry.length,
    )
    scenario = example().with_plans([example_plan("groene-straat")])
    homes = example().addresses.loc[lambda table: table["street"] == "Buidelmeesstraat"]
    for home in homes.itertuples():
        s = own.geometry.project(home.geometry)
        east = own.geometry.length - s
        (found,) = (w for w in home_ways(scenario, home.address_id, assumptions=DEFAULT) if (w.mode, w.kind) == (Mode.DRIVE, SCHOOL))
        assert found.before == pytest.approx(2 * min(east + to_east, s + to_west), abs=0.01)
        assert found.after == pytest.approx(east + to_east + s + to_west, abs=0.01)
