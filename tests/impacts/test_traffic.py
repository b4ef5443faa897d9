"""Car movements: the village by hand, a range everywhere, and what holds whatever the plans."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.street_village import ONE_WAY, STREETS, street_plan, street_table, street_village
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import numbers, plan, rescaled, sides, towers, village
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import Assessment, unknown_margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import NOT_COMPUTED, assess_impact
from wijktwin.impacts.key_figures import key_figures, key_figures_from
from wijktwin.impacts.traffic import SMALLEST_TOLD
from wijktwin.model.plan import Dwellings, Plan, Traffic
from wijktwin.model.provenance import Kind
from wijktwin.words.sentences import sentence

#            low    middle  high   of the ten homes of the village on an average day, from data/norms/traffic.toml by hand:
HOMES = (
    3.4 + 5.5 + 4 * 2.2 + 2 * 2.6 + 2 * 2.2,  # social house, owner's house, 4 social flats, 2 mid-range flats, 2 flats of any tenure
    4.5 + 6.85 + 4 * 3.4 + 2 * 4.1 + 2 * 4.6,
    5.6 + 8.2 + 4 * 4.6 + 2 * 5.6 + 2 * 7.0,
)
TOWERS = (57 * 2.2 + 108 * 2.6, 57 * 3.4 + 108 * 4.1, 57 * 4.6 + 108 * 5.6)
LOW, MIDDLE, HIGH = 1.05, 1.11, 1.2
"""Working day against average day."""


def figures(*plans: Plan, flooded: tuple[str, ...] = (), **changes: Any) -> dict[str, Assessment]:
    """By impact, and by the name of the street for streets."""
    found = assess_impact("traffic", street_village(**changes).with_plans(plans, flooded=flooded))
    return {each.where.identifier if each.impact == "traffic.street" else each.impact: each for each in found}


def ends(figure: Assessment, value: float, margin: Any) -> Any:
    return (value - margin.below, value + margin.above)


# ------------------------------------------------------------------------------------------------------------ how many in all
def test_all_homes_by_hand() -> None:
    total = figures()["traffic.total"]
    assert numbers(total) == pytest.approx((MIDDLE * HOMES[1],) * 2)
    assert ends(total, total.after or 0.0, total.margin) == pytest.approx((LOW * HOMES[0], HIGH * HOMES[2]))
    assert total.difference_margin is not None
    assert total.difference_margin.is_exact
    assert total.kind is Kind.ASSUMED
    assert {"streets.movements_key_figure_L"} == {note.key for note in total.remarks}
    assert any("CROW" in source.title for source in total.sources)


def test_the_towers_by_hand() -> None:
    found = figures(towers())
    new = found["traffic.new"]
    assert new.after == pytest.approx(MIDDLE * TOWERS[1]) == pytest.approx(706.626)
    assert ends(new, new.after or 0.0, new.margin) == pytest.approx((LOW * TOWERS[0], HIGH * TOWERS[2]))
    total = found["traffic.total"]
    assert total.difference == pytest.approx(MIDDLE * TOWERS[1])
    assert sides(total.difference_margin) == pytest.approx(sides(new.margin)), "homes that stay have nothing to do with the change"


def test_homes_that_go_take_their_cars_with_them() -> None:
    total = figures(plan("flat", demolishes=frozenset({"flat"})))["traffic.total"]
    assert total.difference == pytest.approx(-MIDDLE * (4 * 3.4 + 2 * 4.1 + 2 * 4.6))
    assert sides(total.difference_margin) == pytest.approx(
        (HIGH * (4 * 4.6 + 2 * 5.6 + 2 * 7.0) + (total.difference or 0.0), -(total.difference or 0.0) - LOW * (4 * 2.2 + 2 * 2.6 + 2 * 2.2))
    )


def test_a_plan_that_does_not_say_how_many_dwellings_leaves_it_open() -> None:
    found = figures(towers(dwellings=()))
    assert found["traffic.new"].missing == found["traffic.total"].missing == "dwellings_not_stated"
    assert found["traffic.total"].before == pytest.approx(MIDDLE * HOMES[1])
    for plans in ((towers(dwellings=()),), (towers(dwellings=()), ONE_WAY)):
        told = figures(*plans)
        assert (told[""].impact, told[""].after, told[""].missing) == ("traffic.street", None, "dwellings_not_stated")
        assert {"Westlaan", "Oostlaan"}.isdisjoint(told), "no street is known where the whole is not"


# ------------------------------------------------------------------------------------------------------------ through the streets
def test_the_cars_of_the_towers_by_street() -> None:
    """They get on 80 m along the Kerkstraat: east is nearest, 20 + 100 m to the Hoofdweg. The homes all go west."""
    found = figures(towers())
    assert set(found) == {"traffic.total", "traffic.new", "Kerkstraat", "Oostlaan"}
    assert numbers(found["Oostlaan"]) == pytest.approx((0, MIDDLE * TOWERS[1]))
    assert numbers(found["Kerkstraat"]) == pytest.approx((MIDDLE * HOMES[1], MIDDLE * (HOMES[1] + TOWERS[1])))
    margin = found["Oostlaan"].difference_margin
    assert ends(found["Oostlaan"], found["Oostlaan"].difference or 0.0, margin) == pytest.approx((LOW * TOWERS[0], HIGH * TOWERS[2]))
    assert "streets.shortest_way" in [note.key for note in found["Oostlaan"].remarks]


def test_a_one_way_street_sends_cars_another_way_out() -> None:
    found = figures(ONE_WAY)
    half = MIDDLE * HOMES[1] / 2
    assert numbers(found["Westlaan"]) == pytest.approx((2 * half, half)), "in from the west, out to the east"
    assert numbers(found["Oostlaan"]) == pytest.approx((0, half))
    assert "Kerkstraat" not in found, "as many as before use the street itself"
    assert found["Westlaan"].plans == (ONE_WAY,)


def test_cars_go_around_a_street_that_stands_under_water_as_ways_do() -> None:
    """The homes all go west; with water there they go east, and with water at their doors they go nowhere."""
    west = figures(flooded=("w",))
    assert numbers(west["Westlaan"]) == pytest.approx((MIDDLE * HOMES[1], 0))
    assert numbers(west["Oostlaan"]) == pytest.approx((0, MIDDLE * HOMES[1]))
    assert "streets.supposed_flooded_one" in [note.key for note in west["Oostlaan"].remarks]
    assert "streets.movements_without_way" not in [note.key for note in west["Oostlaan"].remarks]
    doors = figures(flooded=("k1", "o"))
    assert numbers(doors["Westlaan"]) == pytest.approx((MIDDLE * HOMES[1], 0))
    assert "Oostlaan" not in doors
    note = next(note for note in doors["Westlaan"].remarks if note.key == "streets.movements_without_way")
    assert note.values["n"] == round(MIDDLE * HOMES[1])
    main_road = figures(flooded=("h1",))
    assert numbers(main_road["Westlaan"]) == pytest.approx((MIDDLE * HOMES[1], 0)), "a main road under water is no way out"
    assert numbers(main_road["Oostlaan"]) == pytest.approx((0, MIDDLE * HOMES[1]))


def test_a_second_main_road_makes_the_range_wider() -> None:
    """Where people may go south as well: the nearest road takes all, or both take half."""
    south = [
        ("z1", "Zuidweg", "Z0", "Z1", "both", "walk cycle drive", 50.0, (0, -100), (100, -100)),
        ("zl", "Zuidlaan", "K2", "Z1", "both", "walk cycle drive", 30.0, (100, 45), (100, -100)),
    ]
    found = figures(towers(), street_table=street_table([*STREETS, *south]))
    east = found["Oostlaan"]
    assert east.difference == pytest.approx(MIDDLE * TOWERS[1])
    assert ends(east, east.difference or 0.0, east.difference_margin) == pytest.approx((LOW * TOWERS[0] / 2, HIGH * TOWERS[2]))
    avenue = found["Zuidlaan"]
    assert (avenue.before, avenue.after) == (0, 0), "the nearest road lies to the east"
    assert ends(avenue, 0.0, avenue.difference_margin) == pytest.approx((0, HIGH * TOWERS[2] / 2)), "but half of them may go south"


def test_cars_that_find_no_way_are_told() -> None:
    closed = street_plan("closed", k1=Traffic.CLOSED)
    found = figures(towers(), closed)
    note = next(note for note in found["Oostlaan"].remarks if note.key == "streets.movements_without_way")
    assert note.values["n"] == round(MIDDLE * HOMES[1])
    assert numbers(found["Westlaan"]) == pytest.approx((MIDDLE * HOMES[1], 0))


def test_along_derived_streets_nobody_knows_the_margin() -> None:
    assert figures(ONE_WAY)["Westlaan"].margin.below is not None
    derived = figures(ONE_WAY, street_table=street_table(STREETS).assign(kind="calculated"))["Westlaan"]
    assert {derived.margin, derived.before_margin, derived.difference_margin} == {unknown_margin("streets_derived")}
    assert "streets.derived_drive" in [note.key for note in derived.remarks]


def test_small_differences_in_a_street_are_not_told() -> None:
    one = towers(dwellings=(Dwellings(1.0, "social_rent", "apartment"),))
    assert MIDDLE * 3.4 < SMALLEST_TOLD
    assert set(figures(one)) == {"traffic.total", "traffic.new"}
    three = towers(dwellings=(Dwellings(3.0, "social_rent", "apartment"),))
    assert MIDDLE * 3 * 3.4 > SMALLEST_TOLD
    assert {"Oostlaan", "Kerkstraat"} < set(figures(three))


def test_without_streets_or_main_road_the_streets_are_not_known() -> None:
    slow = street_table([(*row[:6], 30.0, *row[7:]) for row in STREETS])
    silent = street_table([(*row[:6], math.nan, *row[7:]) for row in STREETS])
    for table, reason in ((None, "no_streets"), (slow, "no_main_road"), (silent, "no_speeds")):
        found = figures(towers(), street_table=table)
        assert (found[""].impact, found[""].after, found[""].missing) == ("traffic.street", None, reason)
        assert found["traffic.total"].difference == pytest.approx(MIDDLE * TOWERS[1])
    assert assess_impact("traffic", village(address_table=None).with_plans())[0].missing == "no_addresses"


# ----------------------------------------------------------------------------------------------------------- what always holds
def test_an_empty_plan_changes_nothing_and_the_order_of_plans_means_nothing() -> None:
    assert {name: numbers(each) for name, each in figures(plan()).items()} == {name: numbers(each) for name, each in figures().items()}
    plans = [ONE_WAY, towers(), street_plan("west", o=Traffic.FORWARD)]
    told = [
        [(name, numbers(each), sides(each.margin)) for name, each in figures(*order).items()] for order in itertools.permutations(plans)
    ]
    assert all(one == told[0] for one in told)


@given(st.floats(0.0, 400.0), st.floats(0.0, 400.0))
@settings(max_examples=15)
def test_movements_are_proportional_to_dwellings(one: float, other: float) -> None:
    def extra(n: float) -> float:
        figure = figures(towers(dwellings=(Dwellings(n, "owner", "apartment"),)))["traffic.total"]
        return figure.difference or 0.0

    assert extra(one + other) == pytest.approx(extra(one) + extra(other), abs=1e-6)


def test_half_as_many_cars_is_a_variant() -> None:
    fewer = default_assumptions().with_values({"car_use": 0.5}, variant="rustig", owner="Bewoner", date="2026-11-22")
    ours = figures(towers())
    told = assess_impact("traffic", street_village().with_plans([towers()]), assumptions=fewer)
    assert {one.impact for one in told} == {"traffic.total", "traffic.new", "traffic.street"}
    for one in told:
        other = ours[one.where.identifier if one.impact == "traffic.street" else one.impact]
        halves = [None if each is None else pytest.approx(each / 2) for each in (other.before, other.after)]
        assert [one.before, one.after] == halves
        assert [one.margin.below, one.margin.above] == pytest.approx([(end or 0.0) / 2 for end in (other.margin.below, other.margin.above)])
        assert {used.name: used.variant for used in one.assumptions if used.variant} == {"car_use": "rustig"}


def test_what_a_variant_rescaled_scales_the_cars() -> None:
    assert figures(rescaled(towers()))["traffic.new"].after == pytest.approx(0.6 * MIDDLE * TOWERS[1])


def test_plain_words() -> None:
    found = figures(towers())
    told = sentence(found["Oostlaan"], "nl")
    assert told.startswith("In de Oostlaan komen op een werkdag ongeveer 700 autoritten van bewoners bij. Het ligt tussen 400 en 1.100.")
    assert "Nu zijn het er" not in told, "how many cars drive there today nobody counted"
    assert told.endswith("Dat is een schatting. Hoe druk de straat nu al is, is hier niet geteld.")
    assert sentence(found["traffic.new"], "nl", here=True).startswith(
        "Bij de nieuwe woningen horen op een werkdag ongeveer 700 autoritten."
    )


def test_through_traffic_and_safety_are_named_as_not_computed() -> None:
    assert {"through_traffic", "road_safety", "road_noise", "air_quality"} <= set(NOT_COMPUTED)
    assert "traffic" not in NOT_COMPUTED


# -------------------------------------------------------------------------------------------------------------- key figures
def test_key_figures_are_ranges_with_a_source_and_for_every_kind_of_dwelling() -> None:
    for file_name, name in (("traffic.toml", "movements"), ("parking.toml", "places")):
        found = key_figures(file_name, name)
        assert found.certainty == "L"
        assert "bevestigen" in found.status.nl
        kinds = [(tenure, kind) for tenure in ("social_rent", "middle_rent", "rent", "owner") for kind in ("house", "apartment")]
        assert set(found.rows) == {*kinds, ("", "")}
        for kind in kinds:
            assert 0 < found.of(*kind).low < found.of(*kind).high
        assert found.of("", "apartment").low == min(found.of(tenure, "apartment").low for tenure, kind in kinds if kind == "apartment")
        assert found.of("owner", "") == found.of("owner", "")
        assert (found.of("", "").low, found.of("", "").high) == (
            min(found.of(*kind).low for kind in kinds), max(found.of(*kind).high for kind in kinds),
        )  # fmt: skip


WHOLE: dict[str, Any] = {
    "title": "Ritten", "source": "Tellen", "published": "2026", "read_on": "2026-11-22", "certainty": "H", "status": "geen",
    "unit": "per dag",
    "rows": [{"tenure": "", "dwelling_type": "", "low": 1.0, "high": 2.0}],
}  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        {"title": ""},
        {"source": ""},
        {"rows": []},
        {"rows": [{"low": 2.0, "high": 1.0}]},
        {"rows": [{"low": -1.0, "high": 1.0}]},
        {"rows": [{"low": 1.0}]},
        {"rows": [{"low": True, "high": True}]},
        {"rows": [{"tenure": "owner", "dwelling_type": "house", "low": 1.0, "high": 2.0}]},
    ],
)
def test_a_table_with_something_missing_is_refused(broken: dict[str, Any]) -> None:
    assert key_figures_from(WHOLE, source="own.toml", where="movements").of("owner", "house").middle == 1.5
    for level in ("H", "M", "L"):  # what is said of them follows the table, so that a municipality's own numbers are not doubted
        own = key_figures_from({**WHOLE, "certainty": level}, source="own.toml", where="movements")
        assert {word for word in ("hoog", "middel", "laag") if f"Zekerheid {word}:" in own.how_sure("movements").sentence("nl")} == {
            {"H": "hoog", "M": "middel", "L": "laag"}[level]
        }
    with pytest.raises(InputError, match=r"own\.toml"):
        key_figures_from({**WHOLE, **broken}, source="own.toml", where="movements")


# ----------------------------------------------------------------------------------------------------------------- the example
def test_the_towers_of_the_example_load_the_avenue() -> None:
    """165 dwellings get on at the Tapuitplein, whose only way is the Boomkleverlaan: both carry all of it, to the least and the most."""
    found = assess_impact("traffic", example().with_plans([example_plan("vogeltorens")]))
    streets = {each.where.identifier: each for each in found if each.impact == "traffic.street"}
    assert set(streets) == {"Boomkleverlaan", "Tapuitplein"}
    for each in streets.values():
        assert each.difference == pytest.approx(MIDDLE * TOWERS[1])
        assert ends(each, each.difference or 0.0, each.difference_margin) == pytest.approx((LOW * TOWERS[0], HIGH * TOWERS[2]))


def test_streets_with_one_name_in_two_places_do_not_disturb() -> None:
    rows = [(row[0], "" if row[0] == "w" else row[1], *row[2:]) for row in STREETS]
    found = figures(ONE_WAY, street_table=street_table(rows))
    assert set(found) == {"traffic.total", "Oostlaan"}, "a street without a name is not told"
    assert replace(found["Oostlaan"], sources=()).difference == pytest.approx(MIDDLE * HOMES[1] / 2)
