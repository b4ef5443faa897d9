"""Shade through a hot afternoon: boxes and crowns by hand, points against rays, and the part against the whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.test_green import trees_at, with_trees
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import EAST, NAN, NORTH, RD, numbers, parts, plan, point, rectangle, sides, tower, village
from wijktwin import sun as suns
from wijktwin.impacts.afternoon import _shaded_at, afternoon, hours, walked_on
from wijktwin.impacts.assessment import EXACT, Assessment, Margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.cool_places import CoolAtHomes, cool_at_homes, cool_places
from wijktwin.impacts.green_places import public_green
from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.ground_shadow import ShadowCaster
from wijktwin.impacts.home_counts import margin_of_near
from wijktwin.impacts.shade import crown_shadows, joined_within, shaded
from wijktwin.model.building import Buildings
from wijktwin.model.plan import GroundChange, PlantedTree
from wijktwin.model.provenance import Kind
from wijktwin.model.scenario import Scenario
from wijktwin.model.surroundings import GROUND_COLUMNS, STREET_COLUMNS, GroundKind, geographic_table
from wijktwin.model.volume_mesh import joined, raised
from wijktwin.sun import Sun

LIGHT = default_assumptions()["crown_light"]
CROWN = default_assumptions()["crown_begins"]
BEGINS = CROWN.value
ENDS = (("value", "value"), ("high", "high"), ("low", "low"))
"""Where crowns begin and how much light they let through: as taken, with the least shade and with the most."""
SQUARE = rectangle(-500, -500, 500, 500)
ORIGIN = np.array([EAST, NORTH, 0.0])


def array(*shapes: Any) -> Any:
    return np.array([*shapes, None], dtype=object)[:-1]


def square_world(*, with_box: bool, trees: Any = None, kind: GroundKind = GroundKind.SQUARE) -> Any:
    """A square of a square kilometre, empty or with one box of 10 x 10 m and 20 m high in its middle, on level ground at 3 m NAP."""
    ground = geographic_table(
        GROUND_COLUMNS, {"surface_id": ["square"], "kind": [kind.value]}, [SQUARE.difference(BOX) if with_box else SQUARE], RD
    )
    chosen = [BOX] if with_box else []
    buildings = Buildings(
        building_ids=tuple("box" for _ in chosen),
        numbers={"ground_height": np.full(len(chosen), 3.0), "height": np.full(len(chosen), 20.0)},
        texts={},
        flags={},
        footprints=array(*chosen),
    )
    mesh = joined([raised(one, bottom=3.0, top=23.0, origin=ORIGIN) for one in chosen], origin=ORIGIN)
    table = trees_at() if trees is None else trees
    return village(buildings=buildings, mesh=mesh, ground_table=ground, tree_table=table, address_table=None)


BOX = rectangle(0, 0, 10, 10)


def the_suns() -> list[Sun]:
    place = suns.Place.at(EAST, NORTH, village().reference_system, time_zone="Europe/Amsterdam")
    return [place.sun(place.moment(dt.date(2026, 7, 1), hour)) for hour in (12, 13, 14, 15, 16, 17, 18)]


def box_shade(height: float, side: float = 10.0) -> float:
    """Mean over the hours: a square drawn along a vector v covers side x (|v_x| + |v_y|) more than itself. [m²]"""
    found = []
    for sun in the_suns():
        azimuth = np.radians(sun.grid_azimuth)
        found.append(side * height * sun.shadow_per_metre * (abs(np.sin(azimuth)) + abs(np.cos(azimuth))))
    return float(np.mean(found))


def figures(neighbourhood: Any, *plans: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("heat", neighbourhood.with_plans(plans))}


# ----------------------------------------------------------------------------------------------------------------- boxes
def test_the_afternoon_is_every_whole_hour_from_12_to_18() -> None:
    assert hours() == (12, 13, 14, 15, 16, 17, 18)
    altitudes = [sun.altitude for sun in the_suns()]
    assert max(altitudes) == altitudes[2]  # 14:00 summer time: the sun is highest at about 13:42 in Amersfoort
    assert altitudes[0] == pytest.approx(55.0, abs=0.8)  # 21 June, 12:00: 55.5 degrees


def test_a_box_shades_the_square_as_worked_out_by_hand() -> None:
    found = figures(square_world(with_box=True))
    area = 1_000_000 - 100
    assert found["heat.shaded_area"].after == pytest.approx(box_shade(20.0), rel=1e-3)
    assert found["heat.shade"].after == pytest.approx(100 * box_shade(20.0) / area, rel=1e-3)


def test_a_plan_brings_shade_and_a_demolition_takes_it_away() -> None:
    box = tower(footprint=BOX, height=20.0, ground_level=3.0)
    brings = figures(square_world(with_box=False), plan("box", volumes=(box,)))["heat.shaded_area"]
    assert brings.before == 0
    assert brings.after == pytest.approx(box_shade(20.0), rel=1e-3)
    takes = figures(square_world(with_box=True), plan("gone", demolishes=frozenset({"box"})))["heat.shaded_area"]
    assert takes.before == pytest.approx(box_shade(20.0), rel=1e-3)
    assert takes.after == 0
    higher = plan("higher", volumes=(replace(box, height=40.0),), demolishes=frozenset({"box"}))
    both = figures(square_world(with_box=True), higher)["heat.shaded_area"]
    assert both.after == pytest.approx(box_shade(40.0), rel=1e-3)


def test_only_what_people_walk_on_counts() -> None:
    for kind in (GroundKind.GREEN, GroundKind.CARRIAGEWAY, GroundKind.GARDEN):
        assert figures(square_world(with_box=True, kind=kind))["heat.shade"].missing == "no_walking_surface"
    paved = plan("paved", ground_changes=(GroundChange("p", rectangle(100, 100, 110, 110), GroundKind.PAVEMENT),))
    before, after = afternoon(square_world(with_box=True).with_plans([paved]), begins=BEGINS)
    assert before.area == pytest.approx(after.area)
    green = plan("green", ground_changes=(GroundChange("g", rectangle(-500, -500, 500, -20), GroundKind.GREEN),))
    found = figures(square_world(with_box=True), green)
    assert found["heat.shaded_area"].after == pytest.approx(box_shade(20.0), rel=1e-3), "all the shade falls north of y = -20"
    assert found["heat.shade"].after == pytest.approx(100 * box_shade(20.0) / (1000 * 520 - 100), rel=1e-3)


# ---------------------------------------------------------------------------------------------------------------- crowns
def test_the_shadow_of_a_crown_is_an_ellipse_worked_out_by_hand() -> None:
    """Sun at 45 degrees in the south: 10 m high, crown from 2 to 10 m and 4 m wide: half axes 2 and sqrt(4 + 16), 6 m to the north."""
    trees = trees_at((0, 0, 4.0))
    trees["height"] = 10.0
    (shadow,) = crown_shadows(trees, Sun(45.0, 180.0, 180.0), begins=0.2)
    along = np.sqrt(4 + 16)
    assert shadow.area == pytest.approx(np.pi * 2 * along, rel=1e-9)
    assert (shadow.centroid.x - EAST, shadow.centroid.y - NORTH) == pytest.approx((0, 6), abs=1e-6)
    x0, y0, x1, y1 = shadow.bounds
    assert (x1 - x0, y1 - y0) == pytest.approx((4, 2 * along), rel=0.01)


@settings(max_examples=40)
@given(st.floats(10, 80), st.floats(0, 359), st.floats(3, 25), st.floats(1, 15), st.floats(0.0, 0.8))
def test_every_point_of_a_crown_casts_its_shadow_into_the_ellipse(
    altitude: float, azimuth: float, height: float, width: float, begins: float
) -> None:
    trees = trees_at((0, 0, width))
    trees["height"] = height
    sun = Sun(altitude, azimuth, azimuth)
    (shadow,) = crown_shadows(trees, sun, begins=begins)
    rng = np.random.default_rng(3)
    on_ball = rng.normal(size=(400, 3))
    on_ball /= np.linalg.norm(on_ball, axis=1, keepdims=True)
    half = height * (1 - begins) / 2
    points = on_ball * [width / 2, width / 2, half] + [0, 0, height - half]
    along = -np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))]) / np.tan(np.radians(altitude))
    ground = points[:, :2] + points[:, 2:] * along + [EAST, NORTH]
    assert shapely.contains_xy(shadow.buffer(0.02 * max(width, height)), ground).all()
    hull = shapely.convex_hull(shapely.multipoints(ground))
    assert hull.area > 0.9 * shadow.area


def test_a_tree_of_unknown_size_and_a_sun_below_the_horizon_cast_nothing() -> None:
    trees = trees_at((0, 0, 4.0), (10, 0, NAN))
    trees["height"] = [NAN, 9.0]
    assert crown_shadows(trees, Sun(45.0, 180.0, 180.0), begins=0.2).tolist() == [None, None]
    assert crown_shadows(trees_at((0, 0, 4.0)), Sun(-1.0, 180.0, 180.0), begins=0.2).tolist() == [None]


def test_where_a_building_shades_a_crown_adds_nothing() -> None:
    surface, shadow, crown = rectangle(0, 0, 10, 10), rectangle(0, 0, 10, 4), rectangle(0, 3, 10, 6)
    one = shaded(array(surface), array(shadow, None), array(crown, crown))
    assert (one.by_buildings[0], one.by_crowns[0]) == pytest.approx((40, 20))
    assert joined_within(array(surface), array(shadow, crown))[0].area == pytest.approx(60)
    assert joined_within(array(surface), array(None))[0].is_empty


def test_light_through_crowns_is_no_shade_and_where_they_begin_is_in_the_margin_too() -> None:
    """A crown 6 m wide on a tree of 9 m, by hand: darkest where it begins lowest and lets least light through."""
    world = square_world(with_box=False, trees=trees_at((0, 0, 6.0)))
    found = figures(world)["heat.shaded_area"]

    def dark(begins: float, light: float) -> float:
        half = 9.0 * (1 - begins) / 2
        ellipses = [np.pi * 3 * np.sqrt(9 + (sun.shadow_per_metre * half) ** 2) for sun in the_suns()]
        return float((1 - light) * np.mean(ellipses))

    middle, least, most = (dark(getattr(CROWN, begins), getattr(LIGHT, light)) for begins, light in ENDS)
    assert found.after == pytest.approx(middle, rel=1e-6)
    assert sides(found.margin) == pytest.approx((middle - least, most - middle), rel=1e-6)
    assert found.margin.reason == "crowns_assumed"
    assert {each.name for each in found.assumptions} == {"crown_light", "crown_begins"}
    unknown = figures(square_world(with_box=False, trees=trees_at((0, 0, 6.0), (50, 50, NAN))))["heat.shaded_area"]
    assert (unknown.margin.above, unknown.margin.reason) == (None, "crowns_partly_known")
    assert "heat.trees_unknown_one" in {note.key for note in unknown.remarks}


def test_a_planted_tree_and_a_felled_one_change_the_shade_by_its_own() -> None:
    world = square_world(with_box=False, trees=trees_at((0, 0, 6.0)))
    one = figures(world)["heat.shaded_area"].after
    assert one is not None
    felled = figures(world, plan("fell", felled=frozenset({"t0"})))["heat.shaded_area"]
    assert (felled.before, felled.after) == pytest.approx((one, 0))
    far = PlantedTree("n", point(200, 200), height=9.0, crown_diameter=6.0)
    both = figures(world, plan("plant", planted=(far,)))["heat.shaded_area"]
    assert both.after == pytest.approx(2 * one)


# ----------------------------------------------------------------------------------------------------------- cool places
def test_a_cool_place_is_crowns_that_touch_over_public_green() -> None:
    green = array(rectangle(0, 0, 100, 100))
    assert len(cool_places(trees_at((50, 50, 15.0)), green)) == 0, "177 m²"
    assert len(cool_places(trees_at((50, 50, 16.0)), green)) == 1, "201 m²"
    assert len(cool_places(trees_at((50, 50, 12.0), (61, 50, 12.0)), green)) == 1, "two that overlap: 113 + 113 less 5"
    assert len(cool_places(trees_at((50, 50, 12.0), (63, 50, 12.0)), green)) == 0, "two that do not touch"
    assert len(cool_places(trees_at((0, 50, 16.0)), green)) == 0, "half of it is not over green"


def test_homes_near_a_cool_place_and_who_loses_it() -> None:
    world = with_trees((50.0, 75.0, 16.0))  # on the field; the edge is 8 m from the trunk
    found = figures(world)["heat.cool_place"]
    assert numbers(found) == (10, 10)
    at = cool_at_homes(world.with_plans())
    assert not isinstance(at, str)
    assert at.before[0] == pytest.approx(np.hypot(45, 50) - 8, abs=0.1)  # from (5, 25)
    lost = figures(world, plan("fell", felled=frozenset({"t0"})))["heat.cool_place"]
    assert parts(lost) == {"keeps": (0, 0), "loses": (10, 0), "gone": (0, 0), "gains": (0, 0)}
    gone = figures(world, plan("gone", demolishes=frozenset({"flat"})))["heat.cool_place"]
    assert parts(gone) == {"keeps": (2, 2), "loses": (0, 0), "gone": (8, 0), "gains": (0, 0)}


def kerkstraat() -> Any:
    """One street along y = 45 from west to east, for walking."""
    columns = {
        "street_id": ["s"],
        "street": ["Kerkstraat"],
        "from_node": ["a"],
        "to_node": ["b"],
        "oneway": ["both"],
        "modes": ["walk drive"],
    }
    line = shapely.LineString([(EAST, NORTH + 45), (EAST + 100, NORTH + 45)])
    return geographic_table(STREET_COLUMNS, columns, [line], RD)


def on_foot(*plans: Any, trees: tuple[tuple[float, float, float], ...] = ((50.0, 75.0, 16.0),), **options: Any) -> Any:
    found = cool_at_homes(Scenario(with_trees(*trees, street_table=kerkstraat()), frozenset(plans), **options))
    assert not isinstance(found, str)
    return found


def test_the_way_to_a_cool_place_runs_along_the_street() -> None:
    """From (5, 25) 20 m to the street, and from there straight to the edge, 8 m from the trunk at (50, 75); and so on."""
    found = on_foot()
    assert found.on_foot
    assert found.n_unconnected == 0
    straight = [np.hypot(along, 30) - 8 for along in (45, 35, 10)]
    assert found.before.tolist() == pytest.approx([20 + straight[0], 20 + straight[1], *[19 + straight[2]] * 8], abs=0.1)
    far = on_foot(trees=((90.0, 75.0, 16.0),)).before[0]
    leaves = 90 - np.sqrt(58**2 - 30**2)  # 50 m from the edge: only from here on may it be walked straight
    assert far == pytest.approx(20 + (leaves - 5) + 50, abs=1.0)
    note = figures(with_trees((50.0, 75.0, 16.0), street_table=kerkstraat()))["heat.cool_place"].remarks[0]
    assert note.key == "heat.cool_rule_on_foot"
    assert figures(with_trees((50.0, 75.0, 16.0)))["heat.cool_place"].remarks[0].key == "heat.cool_rule_straight"


def test_on_foot_a_door_is_known_less_well_than_an_outline() -> None:
    """All ways are 43 to 66 m, far within the 300 m: sure. At 280 m a door 25 m off decides, at 299.8 m an outline 30 cm off."""
    on_street = figures(with_trees((50.0, 75.0, 16.0), street_table=kerkstraat()))["heat.cool_place"]
    assert on_street.margin is EXACT
    assert [each.name for each in on_street.assumptions] == ["smallest_detour"]
    assert [each.name for each in figures(with_trees((50.0, 75.0, 16.0)))["heat.cool_place"].assumptions] == ["outline_precision"]
    ways = np.array([100.0, 280.0, 299.8, 310.0, np.inf])
    assert margin_of_near(ways, 300.0, off=25.0, reason="doors_not_known") == Margin(2.0, 1.0, "doors_not_known")
    assert margin_of_near(ways, 300.0, off=0.3) == Margin(1.0, 0.0, "outlines")
    assert margin_of_near(ways, 200.0, off=25.0) is EXACT


def test_the_change_is_unsure_only_for_homes_whose_way_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three ways near the limit stay as they are; one goes from 290 m to 400 m: today it may lie beyond the limit already."""
    ways = np.array([100.0, 290.0, 295.0, 310.0, 290.0])
    then = np.array([100.0, 290.0, 295.0, 310.0, 400.0])
    found = CoolAtHomes(("a", "b", "c", "d", "e"), ways, then, np.ones(5, dtype=np.bool_), on_foot=True)
    monkeypatch.setattr("wijktwin.impacts.heat.cool_at_homes", lambda _: found)
    figure = figures(with_trees((50.0, 75.0, 16.0)), plan("fell", felled=frozenset({"t0"})))["heat.cool_place"]
    assert numbers(figure) == (4, 3)
    assert figure.before_margin == Margin(3.0, 1.0, "doors_not_known")
    assert figure.margin == Margin(2.0, 1.0, "doors_not_known")
    assert figure.difference_margin == Margin(0.0, 1.0, "doors_not_known")


def test_a_place_far_from_every_street_is_not_reached_on_foot() -> None:
    assert np.isfinite(on_foot(trees=((50.0, 90.0, 16.0),)).before).all()  # the edge 37 m from the street
    south = (60.0, -40.0, 16.0)
    green = plan("park", ground_changes=(GroundChange("park", rectangle(40, -60, 80, -20), GroundKind.GREEN),))
    assert np.isinf(on_foot(green, trees=(south,)).after).all(), "77 m away, and outside the neighbourhood"


def test_under_water_there_is_no_way() -> None:
    found = on_foot(flooded=frozenset({"s"}))
    assert np.isinf(found.after).all()
    assert np.isfinite(found.before).all()
    wet = plan("wet", flooded=frozenset({"s"}))
    figure = figures(with_trees((50.0, 75.0, 16.0), street_table=kerkstraat()), wet)["heat.cool_place"]
    assert (numbers(figure), figure.kind, figure.plans) == ((10, 0), Kind.ASSUMED, (wet,)), "somebody supposes it, and it says who"
    assert figure.before_kind is not Kind.ASSUMED


def test_along_derived_streets_a_way_is_off_by_more_than_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = np.array([100.0, 262.0, 310.0, 338.0, 400.0])
    found = CoolAtHomes(("a", "b", "c", "d", "e"), ways, ways, np.ones(5, dtype=np.bool_), on_foot=True)
    monkeypatch.setattr("wijktwin.impacts.heat.cool_at_homes", lambda _: found)
    derived = kerkstraat().assign(kind="calculated")
    figure = figures(with_trees((50.0, 75.0, 16.0), street_table=derived))["heat.cool_place"]
    off = 300.0 * default_assumptions()["derived_streets_off"].value / 100.0
    assert off > 38.0, "so that two ways and one more may lie on the other side of the limit"
    assert figure.margin == Margin(1.0, 2.0, "streets_derived")
    assert {each.name for each in figure.assumptions} == {"smallest_detour", "derived_streets_off"}


def test_nobody_walks_less_than_the_straight_line() -> None:
    found = cool_at_homes(example().with_plans())
    assert not isinstance(found, str)
    table = example().addresses.set_index("address_id")
    points = table.geometry.loc[list(found.address_ids)].to_numpy()
    places = cool_places(example().trees, public_green(example().ground))
    straight = shapely.STRtree(places).query_nearest(points, return_distance=True, all_matches=False)[1]
    assert (found.before >= straight - 1e-6).all()
    assert (found.before > straight + 1.0).mean() > 0.5


# ------------------------------------------------------------------------------------------------------------ properties
def test_what_is_not_known_says_why() -> None:
    assert figures(village())["heat.shade"].missing == "no_forms", "the village has outlines only"
    assert figures(village(ground_table=None))["heat.shade"].missing == "no_ground"
    assert figures(village(tree_table=None))["heat.cool_place"].missing == "no_trees"
    assert figures(village())["heat.cool_place"].missing == "crowns_not_known"
    unstated = plan("new", planted=(PlantedTree("n", point(50, 70)),))
    assert figures(with_trees((50.0, 75.0, 16.0)), unstated)["heat.cool_place"].missing == "crowns_not_stated"
    without_trees = figures(replace(square_world(with_box=True), tree_table=None))["heat.shade"]
    assert (without_trees.margin.above, without_trees.margin.reason) == (None, "no_trees")


@pytest.mark.parametrize("name", ["vogeltorens", "vogelhof", "groene-straat"])
def test_the_part_that_is_computed_again_gives_what_the_whole_gives(name: str) -> None:
    scenario = example().with_plans([example_plan(name)])
    _, after = afternoon(scenario, begins=BEGINS)
    caster = ShadowCaster(example())
    moments = [caster.place.moment(dt.date(2026, 7, 1), hour) for hour in hours()[::3]]
    chosen = [caster.place.sun(moment) for moment in moments]
    buildings = [np.concatenate([caster.today(sun)[scenario.remaining_rows], caster.of_plans(scenario, sun)]) for sun in chosen]
    crowns = [crown_shadows(scenario.trees, sun, begins=BEGINS) for sun in chosen]
    whole = _shaded_at(walked_on(ground_within(scenario)), buildings, crowns)
    np.testing.assert_allclose(after.by_buildings[::3], whole.by_buildings, atol=1e-6)
    np.testing.assert_allclose(after.by_crowns[::3], whole.by_crowns, atol=1e-6)


def test_the_shade_of_the_example_at_random_points() -> None:
    """The share of random points on the pavements that lie in any shadow is the share that was computed."""
    before, _ = afternoon(example().with_plans(), begins=BEGINS)
    rng = np.random.default_rng(11)
    x0, y0, x1, y1 = shapely.total_bounds(before.shapes)
    points = rng.uniform((x0, y0), (x1, y1), (60_000, 2))
    tree = shapely.STRtree(before.shapes)
    on = np.unique(tree.query(shapely.points(points), predicate="within")[0])
    caster = ShadowCaster(example())
    sun = caster.place.sun(caster.place.moment(dt.date(2026, 7, 1), 15))
    dark = caster.today(sun)
    dark = dark[~shapely.is_missing(dark)]
    hit = np.zeros(len(points), dtype=np.bool_)
    hit[np.unique(shapely.STRtree(dark).query(shapely.points(points[on]), predicate="within")[0])] = True
    share = before.by_buildings[3].sum() / before.area
    assert hit[: len(on)].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(on)))
