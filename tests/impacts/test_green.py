"""3-30-300: the village by hand, and the example by another way of counting."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import RD, numbers, parts, plan, point, rectangle, sides, tower, village
from wijktwin.errors import NotFoundError
from wijktwin.impacts.assessment import EXACT, Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.green import canopy_share
from wijktwin.impacts.green_homes import green_at_homes
from wijktwin.impacts.green_places import covered_area, discs, green_places
from wijktwin.impacts.norm_values import norm_value, norm_values
from wijktwin.impacts.sight_lines import near_and_seen
from wijktwin.model.plan import Dwellings, GroundChange, PlantedTree
from wijktwin.model.surroundings import TREE_COLUMNS, GroundKind, geographic_table
from wijktwin.places import example_folder

LARGE = 6.0
"""pi / 4 x 6² = 28.27 m²: a crown of 6 m counts, one of 5.9 m (27.34 m²) does not."""


def trees_at(*rows: tuple[float, float, float]) -> gpd.GeoDataFrame:
    columns: dict[str, object] = {
        "tree_id": [f"t{at}" for at in range(len(rows))],
        "crown_diameter": [row[2] for row in rows],
        "height": 9.0,
        "kind": "measured",
    }
    return geographic_table(TREE_COLUMNS, columns, [point(x, y) for x, y, _ in rows], RD)


def with_trees(*rows: tuple[float, float, float], **changes: Any) -> Any:
    """The village with these trees, and every address in its own building."""
    table = village().addresses
    places = {"house-1": point(5, 25), "house-2": point(15, 25), "flat": point(40, 26), "halo": point(160, 10)}
    table["geometry"] = gpd.GeoSeries([places[each] for each in table["building_id"]], index=table.index, crs=RD)
    return village(tree_table=trees_at(*rows), address_table=table, **changes)


def figures(neighbourhood: Any, *plans: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("green", neighbourhood.with_plans(plans))}


def homes(neighbourhood: Any, *plans: Any) -> Any:
    found = green_at_homes(neighbourhood.with_plans(plans), assumptions=default_assumptions())
    assert found is not None
    return found


BEFORE_HOUSE_1 = ((2.0, 35.0, LARGE), (5.0, 35.0, LARGE), (8.0, 35.0, LARGE))


# ----------------------------------------------------------------------------------------------------------- three trees
def test_three_large_trees_before_the_front_of_a_house() -> None:
    found = figures(with_trees(*BEFORE_HOUSE_1))
    before, _ = homes(with_trees(*BEFORE_HOUSE_1))
    assert before.homes.building_ids == ("house-1", "house-2", *["flat"] * 8), "the halo has no homes of ours"
    # the line from house-2 to the tree at (2, 35) begins at (10, 28.3) and runs through house-1; from the flat it is 26 m and more
    assert before.trees.tolist() == [3, 2, *[0] * 8]
    assert numbers(found["green.three_trees"]) == (1, 1)


def test_a_crown_that_is_too_small_does_not_count_and_an_unknown_one_is_told() -> None:
    smaller = figures(with_trees(*BEFORE_HOUSE_1[:2], (8.0, 35.0, 5.9)))["green.three_trees"]
    assert numbers(smaller) == (0, 0)
    unknown = figures(with_trees(*BEFORE_HOUSE_1[:2], (8.0, 35.0, float("nan"))))["green.three_trees"]
    assert numbers(unknown) == (0, 0)
    assert "green.crowns_unknown_one" in {note.key for note in unknown.remarks}
    before, _ = homes(with_trees(*BEFORE_HOUSE_1[:2], (8.0, 35.0, float("nan"))))
    assert before.may_have_trees().tolist() == [True, *[False] * 9]
    none_known = figures(with_trees((8.0, 35.0, float("nan"))))["green.three_trees"]
    assert (none_known.after, none_known.missing) == (None, "crowns_not_known")


def test_a_building_that_comes_between_hides_trees_and_who_loses_them_is_told() -> None:
    between = plan("between", volumes=(tower(footprint=rectangle(0, 31, 3, 34), height=3.0),))
    found = figures(with_trees(*BEFORE_HOUSE_1), between)["green.three_trees"]
    assert numbers(found) == (1, 0)
    assert parts(found) == {"keeps": (0, 0), "loses": (1, 0), "gone": (0, 0), "gains": (0, 0)}


def test_a_felled_tree_a_planted_tree_and_a_house_that_goes() -> None:
    world = with_trees(*BEFORE_HOUSE_1)
    felled = figures(world, plan("fell", felled=frozenset({"t1"})))["green.three_trees"]
    assert numbers(felled) == (1, 0)
    back = PlantedTree("n", point(6, 36), crown_diameter=LARGE)
    replaced = figures(world, plan("new", felled=frozenset({"t1"}), planted=(back,)))["green.three_trees"]
    assert parts(replaced) == {"keeps": (1, 1), "loses": (0, 0), "gone": (0, 0), "gains": (0, 0)}
    assert replaced.difference_margin is EXACT
    gone = figures(world, plan("gone", demolishes=frozenset({"house-1"})))["green.three_trees"]
    assert parts(gone) == {"keeps": (0, 0), "loses": (0, 0), "gone": (1, 0), "gains": (0, 1)}, "the neighbours now see past it"
    row = [PlantedTree(f"n{x}", point(x, 35), crown_diameter=LARGE) for x in (46, 50, 54)]
    gains = figures(world, plan("row", planted=tuple(row)))["green.three_trees"]
    assert parts(gains) == {"keeps": (1, 1), "loses": (0, 0), "gone": (0, 0), "gains": (0, 8)}


def test_the_margin_is_what_other_reaches_of_a_home_give() -> None:
    world = with_trees(*BEFORE_HOUSE_1)
    reach = default_assumptions()["home_reach"]
    counts = {}
    for each in (reach.low, reach.value, reach.high):
        found = green_at_homes(world.with_plans(), assumptions=default_assumptions(), reach=each)
        assert found is not None
        assert found[0].homes.shapes[0].area <= np.pi * each**2
        counts[each] = int(found[0].has_trees().sum())  # type: ignore[union-attr]
    assert counts == {4.0: 1, 6.0: 1, 10.0: 2}, "as far as 10 m, house-2 begins at its corner beside house-1 and sees all three"
    assert sides(figures(world)["green.three_trees"].margin) == (0, 1)


def test_new_homes_are_left_out_and_that_is_said() -> None:
    one = plan("homes", dwellings=(Dwellings(12.0, "social_rent", "apartment"),))
    found = figures(with_trees(*BEFORE_HOUSE_1), one)["green.three_trees"]
    assert "green.new_homes_left_out" in {note.key for note in found.remarks}
    assert "12 nieuwe woningen" in next(note for note in found.remarks if "left_out" in note.key).sentence("nl")


# ---------------------------------------------------------------------------------------------------------------- canopy
def test_crowns_that_overlap_count_once_and_only_over_the_neighbourhood() -> None:
    area = rectangle(0, 0, 100, 100)
    assert canopy_share(trees_at((50, 50, 20.0)), area) == pytest.approx(np.pi * 100 / 100)
    assert canopy_share(trees_at((50, 50, 20.0), (50, 50, 20.0)), area) == pytest.approx(np.pi)
    assert canopy_share(trees_at((0, 50, 20.0)), area) == pytest.approx(np.pi / 2)
    assert canopy_share(trees_at((50, 50, 20.0), (52, 50, 20.0), (0, 50, 20.0)), area) == pytest.approx(
        np.pi * 1.5 + (np.pi - 2 * np.arccos(0.1) + 0.2 * np.sqrt(0.99)), rel=2e-3
    )  # two circles of radius 10 at 2 m: the second adds its area less the lens, r² (2 acos(d/2r) - (d/2r) sqrt(4 - (d/r)²))
    assert canopy_share(trees_at((50, 50, float("nan"))), area) is None


@pytest.mark.parametrize("radius", [0.5, 3.0, 7.77])
def test_a_disc_has_the_area_of_its_circle(radius: float) -> None:
    (disc,) = discs(np.array([point(0, 0)]), np.array([radius]))
    assert disc.area == pytest.approx(np.pi * radius**2, rel=1e-9)


def test_the_share_of_crowns_is_that_of_the_whole_neighbourhood_and_names_its_rule() -> None:
    found = figures(with_trees((50, 75, 20.0)))["green.canopy"]
    assert found.before == pytest.approx(np.pi)  # of 100 x 100 m
    assert found.remarks[-1].key == "green.canopy_not_met"
    many = with_trees(*((x, y, 15.0) for x in range(5, 100, 10) for y in range(5, 100, 10)))
    assert figures(many)["green.canopy"].after == pytest.approx(100, abs=0.2)
    assert figures(many)["green.canopy"].remarks[-1].key == "green.canopy_met"


# ---------------------------------------------------------------------------------------------------------- green places
def test_a_path_joins_and_a_street_divides() -> None:
    west, near, far = rectangle(0, 0, 60, 50), rectangle(63, 0, 123, 50), rectangle(68, 0, 128, 50)
    by = {"path": 4.0, "narrowest": 10.0, "smallest": 5000.0}
    assert len(green_places(np.array([west, near]), **by)) == 1
    assert len(green_places(np.array([west, far]), **by)) == 0
    assert len(green_places(np.array([west, far]), **{**by, "smallest": 2900.0})) == 2


def test_verges_are_no_place_and_a_path_adds_no_green() -> None:
    by = {"path": 4.0, "narrowest": 10.0, "smallest": 5000.0}
    assert len(green_places(np.array([rectangle(0, 0, 2000, 8)]), **by)) == 0
    assert len(green_places(np.array([rectangle(0, 0, 500, 10.5)]), **by)) == 1
    halves = np.array([rectangle(0, 0, 50, 49), rectangle(53, 0, 103, 49)])  # 4900 m² of green, 147 m² of path
    assert len(green_places(halves, **by)) == 0


def test_the_field_of_the_village_is_4750_square_metres_and_too_small() -> None:
    assert numbers(figures(with_trees(*BEFORE_HOUSE_1))["green.near_place"]) == (0, 0)
    larger = GroundChange("street", rectangle(0, 40, 100, 52.5), GroundKind.GREEN)
    found = figures(with_trees(*BEFORE_HOUSE_1), plan("park", ground_changes=(larger,)))["green.near_place"]
    assert numbers(found) == (0, 10), "4750 + 1250 = 6000 m², all of it within 300 m"
    assert parts(found) == {"keeps": (0, 0), "loses": (0, 0), "gone": (0, 0), "gains": (0, 10)}


def test_the_distance_to_a_place_is_straight_and_to_its_edge() -> None:
    larger = plan("park", ground_changes=(GroundChange("street", rectangle(0, 40, 100, 52.5), GroundKind.GREEN),))
    before, after = homes(with_trees(*BEFORE_HOUSE_1), larger)
    assert np.isinf(before.distance).all()
    assert after.distance.tolist() == pytest.approx([15, 15, *[14] * 8])  # from (5, 25), (15, 25) and (40, 26) to y = 40


def test_all_three_needs_all_three() -> None:
    larger = plan("park", ground_changes=(GroundChange("street", rectangle(0, 40, 100, 52.5), GroundKind.GREEN),))
    wood = [(float(x), float(y), 15.0) for x in range(5, 100, 10) for y in range(35, 100, 10)]
    found = figures(with_trees(*wood), larger)
    assert found["green.canopy"].after is not None
    assert found["green.canopy"].after > 30
    assert numbers(found["green.all_three"]) == (0, 10), "before, the field was too small"
    assert numbers(figures(with_trees(*BEFORE_HOUSE_1), larger)["green.all_three"]) == (0, 0), "2.8 per cent crowns"


# ------------------------------------------------------------------------------------------------------------ properties
def test_what_is_not_known_is_not_zero() -> None:
    for missing, changes in (
        ("no_addresses", {"address_table": None}),
        ("no_trees", {"tree_table": None}),
        ("no_ground", {"ground_table": None}),
    ):
        found = {each.impact: each for each in assess_impact("green", village(**changes).with_plans())}
        assert missing in {each.missing for each in found.values() if each.after is None}, missing
        assert numbers(found["green.all_three"]) == (None, None)


def test_the_order_of_addresses_means_nothing() -> None:
    world = with_trees(*BEFORE_HOUSE_1)
    turned = with_trees(*BEFORE_HOUSE_1[::-1])
    assert numbers(figures(world)["green.three_trees"]) == numbers(figures(turned)["green.three_trees"])


def test_norms_say_where_they_come_from() -> None:
    assert {name: one.value for name, one in norm_values("green.toml").items()} == {
        "trees": 3, "tree_crown": 28, "tree_distance": 25, "canopy": 30, "place_distance": 300, "place_size": 5000,
    }  # fmt: skip
    assert all(one.source.en and one.status.nl and one.title.en for one in norm_values("green.toml").values())
    with pytest.raises(NotFoundError, match="tree_crown"):
        norm_value("green.toml", "bushes")


# --------------------------------------------------------------------------------------------------------------- example
def test_homes_of_the_example_with_three_trees_counted_from_its_files_one_by_one() -> None:
    """Straight from the GeoJSON, a loop over homes and trees, for every twenty-fifth address."""
    before, _ = homes(example())
    trees = json.loads((example_folder() / "trees.geojson").read_text(encoding="utf-8"))["features"]
    large = [
        shapely.Point(each["geometry"]["coordinates"]) for each in trees if np.pi / 4 * each["properties"]["crown_diameter"] ** 2 >= 28
    ]
    outlines = example().buildings.footprints
    places = shapely.get_coordinates(large)
    for row in range(0, len(before.homes), 25):
        own = outlines[before.homes.own[row]]
        home = own.intersection(before.homes.points[row].buffer(6.0))
        n = 0
        x, y = before.homes.points[row].x, before.homes.points[row].y
        for tree in (large[at] for at in np.flatnonzero(np.hypot(places[:, 0] - x, places[:, 1] - y) < 40)):
            if home.distance(tree) <= 25.0:
                line = shapely.shortest_line(home, tree)
                others = [outlines[at] for at in example().rows_near(line) if at != before.homes.own[row]]
                inside = [part for part in shapely.get_parts(line.intersection(own)) if part.length > 0.1]
                comes_back = any(part.distance(shapely.Point(line.coords[0])) > 0.1 for part in inside)
                n += not comes_back and not any(line.intersection(each).length > 0.1 for each in others)
        assert before.trees[row] == n, before.homes.address_ids[row]


def test_crowns_of_the_example_by_joining_all_of_them_at_once() -> None:
    found = figures(example())["green.canopy"]
    table = example().tree_table
    assert table is not None
    circles = shapely.buffer(table.geometry.to_numpy(), table["crown_diameter"].to_numpy() / 2, quad_segs=64)
    area = example().covered_ground
    assert found.before == pytest.approx(100 * shapely.union_all(circles).intersection(area).area / area.area, rel=2e-3)


def test_what_is_near_a_plan_is_recomputed_and_the_rest_is_as_it_was() -> None:
    """The part that is computed again gives what computing everything again gives."""
    scenario = example().with_plans([example_plan("vogelhof")])
    _, after = homes(example(), example_plan("vogelhof"))
    outlines = list(example().buildings.footprints[scenario.remaining_rows])
    outlines += [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
    again = scenario.trees
    again["kind"] = "measured"
    table = example().addresses
    stays = table[~table["building_id"].isin(scenario.demolished)]
    built = np.array(outlines, dtype=object)
    large = again[np.pi / 4 * again["crown_diameter"] ** 2 >= 28].geometry.to_numpy()
    rows = np.flatnonzero(after.is_there)
    ids = [name for name, keep in zip(example().buildings.building_ids, scenario.remaining_rows, strict=True) if keep]
    position = {name: at for at, name in enumerate(ids)}
    own = np.array([position[after.homes.building_ids[row]] for row in rows])
    pairs = near_and_seen(after.homes.shapes[rows], own, large, built, distance=25.0)
    counts = np.bincount(pairs.home[pairs.is_seen], minlength=len(rows))
    assert counts.tolist() == after.trees[rows].tolist()
    assert len(stays) >= len(rows)
    assert covered_area(np.zeros(0, dtype=object), rectangle(0, 0, 1, 1)) == 0
