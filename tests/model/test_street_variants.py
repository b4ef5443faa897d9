"""Streets that a visitor closes, turns or floods: which segments change and how, worked out by hand in the village with streets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shapely import LineString

from tests.impacts.street_village import STREETS, street_table, street_village
from wijktwin.errors import InputError, NotFoundError
from wijktwin.export.plan_file import plan_geojson
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.detours import detours
from wijktwin.model.network import Mode
from wijktwin.model.plan import Party, Plan, Traffic
from wijktwin.model.street_variants import StreetUse, driven_streets, street_names, street_variant
from wijktwin.model.surroundings import DestinationKind
from wijktwin.sources.plan_files import read_plan

A = default_assumptions()


def made(*uses: tuple[str, StreetUse], name: str = "Proef", **changes: Any) -> Plan:
    return street_variant(street_village(**changes), name, uses)


def traffic(plan: Plan) -> dict[str, str]:
    return {change.street_id: str(change.traffic) for change in plan.street_changes}


def test_streets_are_offered_by_name_with_the_direction_in_which_they_run() -> None:
    village = street_village()
    assert street_names(village) == ("Hoofdweg", "Kerkstraat", "Oostlaan", "Pad", "Westlaan")
    told = {one.name: (one.away, one.towards) for one in driven_streets(village)}
    assert told == {"Hoofdweg": ("e", "w"), "Kerkstraat": ("e", "w"), "Oostlaan": ("n", "s"), "Westlaan": ("n", "s")}, "no car on a path"


def test_a_street_is_one_way_over_its_whole_length_however_its_pieces_are_drawn() -> None:
    assert traffic(made(("Kerkstraat", StreetUse.AWAY))) == {"k1": "forward", "k2": "forward"}
    k2 = ("k2", "Kerkstraat", "K2", "K1", "both", "walk cycle drive", 30.0, (100, 45), (50, 45))
    turned = [k2 if row[0] == "k2" else row for row in STREETS]
    village = {"street_table": street_table(turned)}
    assert traffic(made(("Kerkstraat", StreetUse.AWAY), **village)) == {"k1": "forward", "k2": "backward"}
    assert traffic(made(("Kerkstraat", StreetUse.TOWARDS), **village)) == {"k1": "backward", "k2": "forward"}


def test_a_street_that_goes_round_runs_round() -> None:
    """A square of four segments, one drawn the other way, and a loop of one segment: no end lies farthest west."""
    square = [
        ("r1", "Rondweg", "A", "B", "both", "walk cycle drive", 30.0, (0, 0), (0, 50)),
        ("r2", "Rondweg", "C", "B", "both", "walk cycle drive", 30.0, (50, 50), (0, 50)),
        ("r3", "Rondweg", "C", "D", "both", "walk cycle drive", 30.0, (50, 50), (50, 0)),
        ("r4", "Rondweg", "D", "A", "both", "walk cycle drive", 30.0, (50, 0), (0, 0)),
        ("s", "Straat", "D", "E", "both", "walk cycle drive", 30.0, (50, 0), (90, 0)),
    ]
    table = street_table(square)
    village = {"street_table": table}
    told = {one.name: (one.away, one.towards) for one in driven_streets(street_village(**village))}
    assert told == {"Rondweg": ("clockwise", "anticlockwise"), "Straat": ("e", "w")}
    north_first = {"r1": "forward", "r2": "backward", "r3": "forward", "r4": "forward"}
    assert traffic(made(("Rondweg", StreetUse.AWAY), **village)) == north_first
    turned = {"r1": "backward", "r2": "forward", "r3": "backward", "r4": "backward"}
    assert traffic(made(("Rondweg", StreetUse.TOWARDS), **village)) == turned
    loop = street_table([("l", "Hofje", "A", "A", "both", "walk cycle drive", 30.0, (0, 0), (0, 0))])
    x, y = table.geometry.iloc[0].coords[0]
    loop = loop.set_geometry([LineString([(x, y), (x, y + 9), (x + 9, y + 9), (x + 9, y), (x, y)])], crs=table.crs)
    village = {"street_table": loop}
    assert [one.away for one in driven_streets(street_village(**village))] == ["clockwise"]
    assert traffic(made(("Hofje", StreetUse.AWAY), **village)) == {"l": "forward"}


def test_of_a_street_that_ends_in_a_round_only_the_round_is_one_way() -> None:
    """A lollipop: a stem of two pieces up to a square, of which one side is drawn the other way."""
    rows = [
        ("s1", "Hof", "X", "Y", "both", "walk cycle drive", 30.0, (-60, 0), (-30, 0)),
        ("s2", "Hof", "A", "Y", "both", "walk cycle drive", 30.0, (0, 0), (-30, 0)),
        ("r1", "Hof", "A", "B", "both", "walk cycle drive", 30.0, (0, 0), (0, 50)),
        ("r2", "Hof", "C", "B", "both", "walk cycle drive", 30.0, (50, 50), (0, 50)),
        ("r3", "Hof", "C", "D", "both", "walk cycle drive", 30.0, (50, 50), (50, 0)),
        ("r4", "Hof", "D", "A", "both", "walk cycle drive", 30.0, (50, 0), (0, 0)),
    ]
    village = {"street_table": street_table(rows)}
    assert [(one.name, one.away) for one in driven_streets(street_village(**village))] == [("Hof", "clockwise")]
    plan = made(("Hof", StreetUse.AWAY), **village)
    assert traffic(plan) == {"r1": "forward", "r2": "backward", "r3": "forward", "r4": "forward"}, "the stem stays as it is"
    assert "Het deel naar de lus blijft in twee richtingen open: Hof." in plan.summary.in_language("nl")
    through = {"street_table": street_table([*rows, ("t", "Hof", "C", "Z", "both", "walk cycle drive", 30.0, (50, 50), (90, 50))])}
    assert set(traffic(made(("Hof", StreetUse.AWAY), **through))) == {"s1", "s2", "r1", "r2", "r3", "r4", "t"}, "a street that goes on"


def test_closed_one_way_and_flooded_together_are_one_plan_of_nobodys() -> None:
    plan = made(("Oostlaan", StreetUse.CLOSED), ("Westlaan", StreetUse.TOWARDS), ("Pad", StreetUse.FLOODED), name="  Wat   als ")
    assert (plan.title.nl, plan.party, plan.published_by_server) == ("Wat als", Party.VISITOR, False)
    assert traffic(plan) == {"o": "closed", "w": "backward"}
    assert plan.flooded == {"p"}
    assert plan.summary.nl == "Dicht voor auto's: Oostlaan. Eenrichting: Westlaan. Onder water, zo is het aangenomen: Pad."
    scenario = street_village().with_plans([plan])
    assert scenario.flooded == {"p"}
    assert scenario.key != street_village().with_plans([made(("Oostlaan", StreetUse.CLOSED), ("Westlaan", StreetUse.TOWARDS))]).key
    again = made(("Pad", StreetUse.FLOODED), ("Westlaan", StreetUse.TOWARDS), ("Oostlaan", StreetUse.CLOSED), name="Wat als")
    assert (again.plan_id, again.content_key) == (plan.plan_id, plan.content_key), "in any order"


def test_what_is_flooded_stays_in_the_file_of_the_plan(tmp_path: Path) -> None:
    village, plan = street_village(), made(("Kerkstraat", StreetUse.FLOODED), ("Oostlaan", StreetUse.CLOSED))
    path = tmp_path / "proef.geojson"
    path.write_bytes(plan_geojson(plan, neighbourhood=village))
    read = read_plan(path, neighbourhood=village)
    assert read.flooded == {"k1", "k2"}
    assert read.content_key == plan.content_key


def test_lines_of_other_ways_to_go_stand_under_water_with_a_derived_street() -> None:
    rows = [
        ("d", "Kerkstraat", "a", "b", "both", "drive", 30.0, (0, 45), (100, 45)),
        ("beside", "", "c", "d", "both", "walk", 30.0, (0, 48), (100, 49)),
        ("across", "", "e", "f", "both", "walk", 30.0, (50, 0), (50, 100)),
        ("stub", "", "g", "h", "both", "walk", 30.0, (30, 48), (30, 56)),
        ("bend", "", "i", "j", "both", "walk", 30.0, (60, 50), (90, 52)),
    ]
    table = street_table(rows)
    assert made(("Kerkstraat", StreetUse.FLOODED), street_table=table).flooded == {"d"}, "given lines are told apart by their names"
    table["kind"] = "calculated"
    assert made(("Kerkstraat", StreetUse.FLOODED), street_table=table).flooded == {"d", "beside", "bend"}, "what crosses stays dry"


@pytest.mark.parametrize(
    ("uses", "key"),
    [
        ([], "streets.variant_of_nothing"),
        ([("Kerkstraat", StreetUse.CLOSED), ("Kerkstraat", StreetUse.AWAY)], "streets.variant_twice"),
        ([("Nergensweg", StreetUse.CLOSED)], "streets.no_such_street"),
        ([("Pad", StreetUse.CLOSED)], "streets.no_such_street"),
        ([("", StreetUse.FLOODED)], "streets.no_such_street"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(uses: list[tuple[str, StreetUse]], key: str) -> None:
    with pytest.raises((InputError, NotFoundError)) as refused:
        made(*uses)
    assert refused.value.key == key
    assert refused.value.sentence("nl") != refused.value.sentence("en")
    with pytest.raises(InputError, match="name"):
        made(("Kerkstraat", StreetUse.CLOSED), name=" ")


def test_every_home_is_told_with_what_it_loses_and_how_much_longer_its_ways_are() -> None:
    village = street_village()
    assert detours(village.with_plans(), assumptions=A) == ()
    wet = detours(village.with_plans([made(("Kerkstraat", StreetUse.FLOODED))]), assumptions=A)
    assert {one.address_id for one in wet} >= {"a0", "a1", "f0"}
    everywhere = {DestinationKind.SCHOOL, DestinationKind.SHOP, DestinationKind.MAIN_ROAD}
    assert set(wet[0].lost[Mode.WALK]) >= everywhere, "its own street stands under water"
    one_way = detours(village.with_plans([made(("Kerkstraat", StreetUse.AWAY))]), assumptions=A)
    assert all(not one.lost and set(one.longer) == {Mode.DRIVE} for one in one_way)
    assert {one.address_id: round(one.longer[Mode.DRIVE]) for one in one_way}["a0"] == 400 - 2 * 57, "around the block, not there and back"
    assert Traffic.FORWARD in {change.traffic for change in made(("Kerkstraat", StreetUse.AWAY)).street_changes}
