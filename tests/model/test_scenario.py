from __future__ import annotations

import itertools
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from tests.model.small_world import GROUND, PARKING_PLACES, X0, Y0, plan, rectangle, small_neighbourhood, square, volume
from wijktwin.errors import PlanConflictError
from wijktwin.model.dwelling_balance import weakest
from wijktwin.model.plan import Dwellings, GroundChange, Plan, PlanStatus, PlantedTree, StreetChange, Traffic
from wijktwin.model.provenance import Kind, Source
from wijktwin.model.surroundings import GROUND_COLUMNS, STREET_COLUMNS, TREE_COLUMNS, GroundKind

WORLD = small_neighbourhood()


def area_by_kind(ground: Any) -> dict[str, float]:
    found: dict[str, float] = ground.assign(area=ground.area).groupby("kind")["area"].sum().to_dict()
    return found


def overlap_area(ground: Any) -> float:
    shapes = ground.geometry.to_numpy()
    return float(shapely.area(shapes).sum() - shapely.union_all(shapes).area)


def test_a_scenario_without_plans_is_the_neighbourhood() -> None:
    scenario = WORLD.with_plans()
    assert scenario.is_baseline
    assert scenario.demolished == scenario.felled == frozenset()
    assert scenario.volumes == ()
    assert scenario.volume_mesh.n_triangles == 0
    assert scenario.remaining_rows.all()
    assert scenario.ground[list(GROUND_COLUMNS)].equals(WORLD.ground[list(GROUND_COLUMNS)])
    assert scenario.ground.geometry.equals(WORLD.ground.geometry)
    assert scenario.trees[list(TREE_COLUMNS)].equals(WORLD.trees[list(TREE_COLUMNS)])
    assert scenario.streets[list(STREET_COLUMNS)].equals(WORLD.streets[list(STREET_COLUMNS)])
    assert scenario.addresses.equals(WORLD.addresses)
    assert all(row.lost == 0 and row.added == 0 and row.after == row.before for row in scenario.dwellings)
    assert sum(row.before or 0 for row in scenario.dwellings) == 17
    assert scenario.notes == ()


def test_what_is_demolished_takes_its_addresses_and_dwellings() -> None:
    scenario = WORLD.with_plans({plan(demolishes=frozenset({"b00", "b22"}), dwellings=(Dwellings(30, "social_rent", "apartment"),))})
    assert scenario.remaining_rows.sum() == 7
    assert [WORLD.buildings.building_ids[row] for row in np.flatnonzero(~scenario.remaining_rows)] == ["b00", "b22"]
    assert set(scenario.addresses["building_id"]) == set(WORLD.buildings.building_ids) - {"b00", "b22"}
    balance = {row.tenure: row for row in scenario.dwellings}
    assert (balance["social_rent"].before, balance["social_rent"].lost, balance["social_rent"].after) == (6, 2, 34)
    assert (balance["owner"].before, balance["owner"].lost, balance["owner"].after) == (11, 1, 10)


def test_dwellings_before_are_unknown_where_there_are_no_addresses() -> None:
    bare = replace(WORLD, address_table=None)
    (row,) = bare.with_plans({plan(dwellings=(Dwellings(5, "owner", kind=Kind.ASSUMED), Dwellings(7, "owner")))}).dwellings
    assert (row.before, row.lost, row.after, row.added, row.kind) == (None, None, None, 12, Kind.ASSUMED)


def test_changed_ground_is_cut_out_of_what_it_covers() -> None:
    trees_for_places = GroundChange("strip", rectangle(0, -7, 10, -2), GroundKind.GREEN)
    ground = WORLD.with_plans({plan(ground_changes=(trees_for_places,))}).ground
    before, after = area_by_kind(WORLD.ground), area_by_kind(ground)
    assert after["parking"] == pytest.approx(before["parking"] - 50)
    assert after["green"] == pytest.approx(before["green"] + 50)
    assert after["carriageway"] == pytest.approx(before["carriageway"])
    assert overlap_area(ground) == pytest.approx(0, abs=1e-6)
    parking = ground[ground["surface_id"] == "parking"].iloc[0]
    assert parking["parking_places"] == pytest.approx(PARKING_PLACES * 3 / 4)
    assert (parking["change"], parking["parking_places_kind"]) == ("cut", "assumed")
    new = ground[ground["surface_id"] == "p/strip"].iloc[0]
    assert (new["plan_id"], new["change"], new["kind"]) == ("p", "changed", "green")
    assert np.isnan(new["parking_places"])
    assert new["ground_height"] == pytest.approx(WORLD.ground_height_at(X0 + 5, Y0 - 4.5))


def test_stated_places_under_a_building_that_stays_are_shared_out() -> None:
    lot = GroundChange("lot", rectangle(-10, 0, 10, 10), GroundKind.PARKING, parking_places=8)  # building b00 stands on half of it
    ground = WORLD.with_plans({plan(ground_changes=(lot,))}).ground.set_index("surface_id")
    assert ground.loc["p/lot"].geometry.area == pytest.approx(100)
    assert ground.loc["p/lot", "parking_places"] == pytest.approx(4)
    assert ground.loc["p/lot", "parking_places_kind"] == "assumed"
    gone = WORLD.with_plans({plan(ground_changes=(lot,), demolishes=frozenset({"b00"}))}).ground.set_index("surface_id")
    assert (gone.loc["p/lot", "parking_places"], gone.loc["p/lot", "parking_places_kind"]) == (8, "stated")


def test_stated_places_are_kept_and_a_touch_costs_none() -> None:
    touch = GroundChange("touch", rectangle(-5, -2.01, 5, 0), GroundKind.PAVEMENT)
    lot = GroundChange("lot", rectangle(60, -7, 80, -2), GroundKind.PARKING, parking_places=8)
    ground = WORLD.with_plans({plan(ground_changes=(touch, lot))}).ground.set_index("surface_id")
    assert ground.loc["parking", "parking_places"] == PARKING_PLACES
    assert ground.loc["parking", "parking_places_kind"] == ""
    assert (ground.loc["p/lot", "parking_places"], ground.loc["p/lot", "parking_places_kind"]) == (8, "stated")


def test_volumes_on_the_ground_cut_it_and_those_above_or_below_do_not() -> None:
    before = area_by_kind(WORLD.ground)["green"]
    on, above, below = volume(), volume(base=4.0), volume(base=-6.0, height=0.0, storeys=None)
    assert area_by_kind(WORLD.with_plans({plan(volumes=(on,))}).ground)["green"] == pytest.approx(before - 100)
    assert area_by_kind(WORLD.with_plans({plan(volumes=(above, below))}).ground)["green"] == pytest.approx(before)


def test_ground_under_a_demolished_building_is_there_and_of_no_known_kind() -> None:
    half = GroundChange("half", rectangle(0, 0, 5, 10), GroundKind.GREEN)
    ground = WORLD.with_plans({plan(demolishes=frozenset({"b00"}), ground_changes=(half,))}).ground
    uncovered = ground[ground["change"] == "uncovered"]
    assert uncovered.area.tolist() == pytest.approx([50])
    assert uncovered["kind"].tolist() == ["other"]
    assert ground.area.sum() == pytest.approx(WORLD.ground.area.sum() + 100)
    assert overlap_area(ground) == pytest.approx(0, abs=1e-6)


def test_changed_ground_stops_at_buildings_that_stay() -> None:
    paved = GroundChange("square", rectangle(-10, -2, 25, 25), GroundKind.SQUARE)
    scenario = WORLD.with_plans({plan(ground_changes=(paved,))})
    assert area_by_kind(scenario.ground)["square"] == pytest.approx(35 * 27 - 100)
    assert overlap_area(scenario.ground) == pytest.approx(0, abs=1e-6)


@settings(max_examples=40)
@given(
    boxes=st.lists(st.tuples(st.floats(-15, 60), st.floats(-12, 60), st.floats(1, 40), st.floats(1, 40)), min_size=1, max_size=4),
    demolishes=st.sets(st.sampled_from(WORLD.buildings.building_ids), max_size=4),
)
def test_no_ground_is_lost_and_none_is_there_twice(boxes: list[tuple[float, float, float, float]], demolishes: set[str]) -> None:
    changes = tuple(GroundChange(f"c{i}", rectangle(x, y, x + w, y + h), GroundKind.GREEN) for i, (x, y, w, h) in enumerate(boxes))
    scenario = WORLD.with_plans({plan(ground_changes=changes, demolishes=frozenset(demolishes))})
    ground = scenario.ground
    assert overlap_area(ground) == pytest.approx(0, abs=1e-3)
    gone = shapely.union_all([WORLD.buildings.footprints[WORLD.buildings.rows[name]] for name in demolishes])
    staying = shapely.union_all([f for f, stays in zip(WORLD.buildings.footprints, scenario.remaining_rows, strict=True) if stays])
    expected = shapely.union_all([*WORLD.ground.geometry, gone, *(change.footprint for change in changes)]).difference(staying)
    assert shapely.union_all(ground.geometry.to_numpy()).symmetric_difference(expected).area == pytest.approx(0, abs=0.1)
    covered = shapely.union_all([change.footprint for change in changes])
    assert ground[ground["change"].isin(["none", "cut"])].geometry.intersection(covered).area.sum() == pytest.approx(0, abs=0.1)


def test_trees_come_and_go() -> None:
    lime = PlantedTree("lime", Point(X0 + 50, Y0 + 50), species="Tilia", height=15.0)
    scenario = WORLD.with_plans({plan(felled=frozenset({"t2"}), planted=(lime,))})
    trees = scenario.trees.set_index("tree_id")
    assert set(trees.index) == {"t0", "t1", "t3", "p/lime"}
    assert (trees.loc["p/lime", "kind"], trees.loc["p/lime", "plan_id"], trees.loc["p/lime", "height"]) == ("stated", "p", 15.0)
    assert (trees.loc["t0", "kind"], trees.loc["t0", "plan_id"]) == ("measured", "")
    assert scenario.felled == {"t2"}


def test_a_tree_where_a_volume_comes_cannot_stay_and_that_is_said() -> None:
    scenario = WORLD.with_plans({plan(volumes=(volume(),))})  # t0 and t1 stand at (15, 15) and (20, 20)
    assert scenario.felled == scenario.felled_for_volumes == {"t0", "t1"}
    assert set(scenario.trees["tree_id"]) == {"t2", "t3"}
    assert [note.key for note in scenario.notes] == ["plans.tree_must_go"] * 2
    assert "t0" in scenario.notes[0].sentence("nl")
    above = WORLD.with_plans({plan(volumes=(volume(base=4.0),))})
    assert above.felled == frozenset()


def test_a_planted_tree_that_another_plan_builds_over_is_not_counted() -> None:
    planted = plan("trees", planted=(PlantedTree("lime", Point(X0 + 14, Y0 + 14)), PlantedTree("oak", Point(X0 + 50, Y0 + 50))))
    scenario = WORLD.with_plans({planted, plan("tower", volumes=(volume(),), felled=frozenset({"t0", "t1"}))})
    assert set(scenario.trees["tree_id"]) == {"t2", "t3", "trees/oak"}
    assert [note.key for note in scenario.notes] == ["plans.tree_built_over"]


def test_streets_change_direction() -> None:
    streets = WORLD.with_plans({plan(street_changes=(StreetChange("s1", Traffic.FORWARD),))}).streets.set_index("street_id")
    assert streets["oneway"].to_dict() == {"s1": "forward", "s2": "both"}
    assert streets["plan_id"].to_dict() == {"s1": "p", "s2": ""}


def test_volumes_become_one_mesh_in_their_order() -> None:
    one = plan("a", volumes=(volume("z", square(13, 13)), volume("y", square(43, 13), height=9.0)))
    other = plan("b", volumes=(volume("x", square(13, 43), height=3.0),))
    scenario = WORLD.with_plans({other, one})
    assert [(p.plan_id, v.volume_id) for p, v in scenario.volumes] == [("a", "y"), ("a", "z"), ("b", "x")]
    assert scenario.volume_mesh.object_volumes(3) == pytest.approx([900, 1200, 300])
    assert scenario.volume_mesh.origin.tolist() == WORLD.mesh.origin.tolist()
    assert scenario.volume_mesh.vertices[:, 2].min() == pytest.approx(GROUND)


# ------------------------------------------------------------------------------------------------------------- conflicts
CONFLICTS: dict[str, tuple[Plan, Plan]] = {
    "plans.exclude_each_other": (plan("a", excludes=frozenset({"b"})), plan("b")),
    "plans.volumes_overlap": (plan("a", volumes=(volume("v"),)), plan("b", volumes=(volume("w", square(20, 20)),))),
    "plans.ground_overlaps": (
        plan("a", ground_changes=(GroundChange("g", square(13, 13), GroundKind.GREEN),)),
        plan("b", ground_changes=(GroundChange("g", square(20, 20), GroundKind.PARKING),)),
    ),
    "plans.streets_differ": (
        plan("a", street_changes=(StreetChange("s1", Traffic.FORWARD),)), plan("b", street_changes=(StreetChange("s1", Traffic.CLOSED),)),
    ),
    "plans.variants_together": (plan("a"), plan("a-v1", variant_of="a")),
    "plans.same_id": (plan("a"), plan("a", proposer="somebody else")),
}  # fmt: skip


@pytest.mark.parametrize("key", CONFLICTS)
def test_conflicting_plans_are_refused_whatever_the_order(key: str) -> None:
    sentences = set()
    for plans in itertools.permutations([*CONFLICTS[key], plan("c")]):
        with pytest.raises(PlanConflictError) as caught:
            WORLD.with_plans(plans)
        assert caught.value.key == key
        sentences |= {caught.value.sentence("nl"), caught.value.sentence("en")}
    assert len(sentences) == 2


def test_a_withdrawn_plan_cannot_be_switched_on() -> None:
    with pytest.raises(PlanConflictError, match="withdrawn"):
        WORLD.with_plans({plan(status=PlanStatus.WITHDRAWN)})


def test_a_volume_in_a_building_is_refused_unless_some_plan_lets_the_building_go() -> None:
    tower = plan("tower", volumes=(volume("v", square(5, 5)),))
    with pytest.raises(PlanConflictError, match="b00"):
        WORLD.with_plans({tower})
    scenario = WORLD.with_plans({tower, plan("clearing", demolishes=frozenset({"b00"}))})
    assert scenario.demolished == {"b00"}


@pytest.mark.parametrize(
    ("figures", "key"),
    [
        ({"base": 6.0}, None),  # stands on the roof
        ({"base": 5.7}, None),  # within what point clouds and drawings differ
        ({"base": 5.0}, "plans.in_building"),
        ({"base": -6.0, "height": 0.0, "storeys": None}, "plans.under_building"),
        ({"base": -6.0, "height": -2.0, "storeys": None, "under_existing": True}, None),
        ({"base": -6.0, "height": 9.0, "under_existing": True}, "plans.in_building"),
    ],
)
def test_volumes_over_and_under_a_building(figures: dict[str, Any], key: str | None) -> None:
    told = plan(volumes=(volume("v", square(1, 1, 8), **figures),))
    if key is None:
        assert WORLD.with_plans({told}).volumes
    else:
        with pytest.raises(PlanConflictError) as caught:
            WORLD.with_plans({told})
        assert caught.value.key == key


def test_outlines_that_share_a_strip_are_neighbours() -> None:
    assert WORLD.with_plans({plan(volumes=(volume("v", square(9.91, 0)),))}).volumes  # 0.9 m2 over b00
    with pytest.raises(PlanConflictError):
        WORLD.with_plans({plan(volumes=(volume("v", square(9.89, 0)),))})  # 1.1 m2


def test_a_building_of_unknown_height_reaches_to_the_sky() -> None:
    numbers = {"ground_height": np.full(9, GROUND)}
    unknown = type(WORLD.buildings)(WORLD.buildings.building_ids, numbers, {}, {}, WORLD.buildings.footprints)
    world = replace(WORLD, buildings=unknown)
    with pytest.raises(PlanConflictError):
        world.with_plans({plan(volumes=(volume("v", square(1, 1, 8), base=50.0, height=60.0),))})


@pytest.mark.parametrize("stated", [GROUND, GROUND - 3.0, GROUND + 0.4])
@pytest.mark.parametrize(("base", "with_form", "is_refused"), [(0.0, True, True), (6.0, True, False), (6.0, False, True)])
def test_a_building_without_height_takes_that_of_its_form(stated: float, base: float, with_form: bool, is_refused: bool) -> None:
    numbers = {"ground_height": np.full(9, GROUND), "roof_height_max": np.full(9, stated), "height": np.zeros(9)}
    flat = type(WORLD.buildings)(WORLD.buildings.building_ids, numbers, {}, {}, WORLD.buildings.footprints)
    world = replace(WORLD, buildings=flat, mesh=WORLD.mesh if with_form else type(WORLD.mesh).empty())
    told = plan(volumes=(volume("v", square(1, 1, 8), base=base, height=base + 9.0),))
    if is_refused:
        with pytest.raises(PlanConflictError) as caught:
            world.with_plans({told})
        assert caught.value.key == "plans.in_building"
    else:
        assert world.with_plans({told}).volumes


# ------------------------------------------------------------------------------------------------------------------ keys
def many_plans() -> list[Plan]:
    return [
        plan("a", volumes=(volume("v"), volume("w", square(43, 13))), dwellings=(Dwellings(3, "owner"), Dwellings(4, "social_rent"))),
        plan("b", demolishes=frozenset({"b11", "b12"}), felled=frozenset({"t2", "t3"})),
        plan("c", ground_changes=(GroundChange("g", rectangle(0, -7, 10, -2), GroundKind.GREEN),)),
    ]


@given(order=st.permutations(range(3)))
@settings(max_examples=6)
def test_the_order_of_plans_does_not_matter(order: list[int]) -> None:
    plans = many_plans()
    one, other = WORLD.with_plans(many_plans()), WORLD.with_plans([plans[i] for i in order])
    assert one.key == other.key
    assert one.ground.equals(other.ground)
    assert one.trees.equals(other.trees)
    assert one.dwellings == other.dwellings
    assert np.array_equal(one.volume_mesh.vertices, other.volume_mesh.vertices)


def test_equal_contents_give_equal_keys_in_whatever_order_they_are_written() -> None:
    volumes, dwellings = many_plans()[0].volumes, many_plans()[0].dwellings
    turned = plan("a", volumes=volumes[::-1], dwellings=dwellings[::-1])
    assert turned.content_key == many_plans()[0].content_key
    assert WORLD.with_plans({turned}).key == WORLD.with_plans({many_plans()[0]}).key
    ring_from_elsewhere = shapely.Polygon(np.roll(square(13, 13).exterior.coords[:-1], 2, axis=0))
    assert plan("a", volumes=(volume("v", ring_from_elsewhere), volumes[1]), dwellings=dwellings).content_key == turned.content_key


@pytest.mark.parametrize(
    "other",
    [
        plan("a", proposer="B"),
        plan("a", volumes=(volume("v", height=12.01),)),
        plan("a", volumes=(volume("v", square(13.01, 13)),)),
        plan("a", volumes=(volume("v", height_kind=Kind.ASSUMED),)),
        plan("a", status=PlanStatus.DRAFT),
        plan("a", source=Source("x", "y")),
        plan("b"),
    ],
)
def test_different_contents_give_different_keys(other: Plan) -> None:
    assert other.content_key != plan("a").content_key
    assert WORLD.with_plans({other}).key != WORLD.with_plans({plan("a")}).key


def test_what_is_no_content_does_not_change_the_key() -> None:
    assert plan("a", published_by_server=True, original=plan("z")).content_key == plan("a").content_key


def test_two_copies_of_one_plan_are_one_plan() -> None:
    scenario = WORLD.with_plans([plan("a", volumes=(volume(),)), plan("a", volumes=(volume(),))])
    assert len(scenario.plans) == 1
    assert len(scenario.volumes) == 1


def test_plans_survive_the_way_between_processes() -> None:
    for told in many_plans():
        assert told.content_key  # computed before, so that a stale copy would be noticed
        again = pickle.loads(pickle.dumps(told))  # noqa: S301
        assert again.content_key == told.content_key
        assert type(again)(**{name: getattr(again, name) for name in Plan.__dataclass_fields__}).content_key == told.content_key


# -------------------------------------------------------------------------------------------------------- nothing changes
def test_nothing_that_is_derived_changes_the_neighbourhood() -> None:
    tables = [WORLD.ground_table, WORLD.tree_table, WORLD.address_table, WORLD.street_table]
    before = [table.to_wkb().to_csv() for table in tables]  # type: ignore[union-attr]
    scenario = WORLD.with_plans(many_plans())
    for table in (scenario.ground, scenario.trees, scenario.streets, scenario.addresses):
        table[table.columns[0]] = "changed by a visitor"
    assert [table.to_wkb().to_csv() for table in tables] == before  # type: ignore[union-attr]
    for table in (scenario.ground, scenario.trees, scenario.streets, scenario.addresses):
        assert not (table[table.columns[0]] == "changed by a visitor").any()
    with pytest.raises(ValueError, match="read-only"):
        scenario.remaining_rows[0] = False


def test_the_weakest_link_decides() -> None:
    assert weakest([Kind.MEASURED, Kind.STATED, Kind.ASSUMED]) is Kind.ASSUMED
    assert weakest([Kind.MEASURED, Kind.CALCULATED]) is Kind.CALCULATED
    assert weakest([]) is Kind.STATED


@pytest.mark.parametrize(("base", "is_on_ground"), [(-3.0, True), (0.0, True), (0.02, True), (0.5, True), (0.51, False), (3.0, False)])
def test_an_underside_a_hand_above_the_ground_stands_on_it(base: float, is_on_ground: bool) -> None:
    told = volume(base=base)
    assert told.touches_ground == is_on_ground
    covered = float(WORLD.with_plans({plan(volumes=(told,))}).ground.area.sum())
    assert float(WORLD.ground.area.sum()) - covered == pytest.approx(100.0 if is_on_ground else 0.0)
