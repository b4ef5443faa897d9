"""Places with a value each add up to their figure, and every place lies where it should."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.impacts.street_village import street_village
from tests.impacts.sunlight.test_figures import MARCH, PLANS, desk
from tests.impacts.test_green import BEFORE_HOUSE_1, with_trees
from tests.impacts.test_heat import square_world
from tests.impacts.village import half_strip, plan, rectangle, tower, towers, village
from wijktwin.impacts.assessment import Assessment, Place
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.place_values import PlaceValues, What, place_values
from wijktwin.impacts.sunlight.figures import figures_of
from wijktwin.impacts.view.desk import ViewDesk
from wijktwin.impacts.view.figures import figures_of as figures_of_views
from wijktwin.model.plan import PlantedTree
from wijktwin.model.scenario import Scenario
from wijktwin.model.street_variants import StreetUse, street_variant

A = default_assumptions()


def of(impact: str, scenario: Scenario) -> PlaceValues:
    found = place_values(impact, "", scenario, assumptions=A)
    assert found is not None
    return found


def figure(impact: str, scenario: Scenario) -> Assessment:
    return next(
        one for one in assess_impact(impact.split(".", maxsplit=1)[0], scenario, assumptions=A)
        if one.impact == impact and one.where.place is Place.NEIGHBOURHOOD
    )  # fmt: skip


@pytest.mark.parametrize("impact", ["ground.green", "ground.paved", "water.on_paved"])
def test_pieces_that_change_add_up_to_the_change_of_their_figure(impact: str) -> None:
    scenario = village().with_plans([towers(), half_strip()])
    found, one = of(impact, scenario), figure(impact, scenario)
    assert found.is_change
    assert found.values.sum() == pytest.approx(one.difference, abs=0.01)
    assert (found.unit, len(found.shapes)) == (one.unit, len(found.values))
    assert (np.sign(found.values) != 0).all()


def test_rain_of_today_lies_on_all_that_is_paved_and_ground_has_no_change_to_show() -> None:
    today = village().with_plans()
    found = of("water.on_paved", today)
    assert not found.is_change
    assert found.values.sum() == pytest.approx(figure("water.on_paved", today).after, abs=0.01)
    assert place_values("ground.green", "", today, assumptions=A) is None
    for impact in ("density.area", "fair_share.social_missing", "wind.study", "sunlight.gardens", "sunlight.losing"):
        assert place_values(impact, "2026-06-21", today, assumptions=A) is None


def test_shade_of_all_pieces_together_is_that_of_the_figure() -> None:
    today = square_world(with_box=True).with_plans()
    found = of("heat.shade", today)
    area = shapely.area(found.shapes)
    assert (found.values * area).sum() / area.sum() == pytest.approx(figure("heat.shade", today).after, rel=1e-6)
    higher = plan("higher", volumes=(tower(footprint=rectangle(200, 200, 210, 210), height=40.0, ground_level=3.0),))
    assert np.isnan(of("heat.shade", square_world(with_box=True).with_plans([higher])).values).all(), "drawn otherwise: nothing to compare"
    assert place_values("heat.shade", "", village().with_plans(), assumptions=A) is None, "houses without a form cast no shade"


def test_trees_that_go_and_come_are_places() -> None:
    table = village().trees
    felled = str(table["tree_id"].iloc[0])
    tree = PlantedTree("new", shapely.Point(*village().ground.geometry.iloc[0].centroid.coords[0]), crown_diameter=6.0)
    scenario = village().with_plans([plan("bomen", felled=frozenset({felled}), planted=(tree,))])
    found = of("trees.total", scenario)
    assert found.values.tolist() == [-1.0, 1.0]
    assert found.shapes[1].area == pytest.approx(np.pi * 9, rel=0.02)
    assert found.shapes[0].contains(table.geometry.iloc[0])


def test_each_building_has_the_longest_way_of_its_homes_and_what_is_lost_has_no_end() -> None:
    streets = street_village()
    today = of("reachability.walk_school", streets.with_plans())
    assert (today.what, today.is_change, len(today.values)) == (What.WAY, False, 3), "two houses and a flat"
    one_way = streets.with_plans([street_variant(streets, "x", [("Kerkstraat", StreetUse.AWAY)])])
    longer = of("reachability.drive_longer", one_way)
    around = 100 + 100 + 100 + 100  # east to the Oostlaan, north, west along the Hoofdweg, and south again
    assert sorted(longer.values) == pytest.approx([around - 2 * (62 - x) for x in (5, 15, 40)]), "shop and back, instead of there and back"
    assert figure("reachability.drive_longest", one_way).after == pytest.approx(longer.values.max())
    wet = streets.with_plans([street_variant(streets, "x", [("Kerkstraat", StreetUse.FLOODED)])])
    assert np.isinf(of("reachability.walk_lost", wet).values).all()
    buildings = streets.buildings
    houses = shapely.union_all([buildings.footprint(buildings.rows[name]) for name in ("house-1", "house-2", "flat")])
    assert shapely.union_all(longer.shapes).buffer(0.01).covers(houses)


def test_homes_have_their_large_trees_and_what_a_plan_takes_of_them() -> None:
    leafy = with_trees(*BEFORE_HOUSE_1)
    today = of("green.three_trees", leafy.with_plans())
    assert (today.what, today.is_change) == (What.LARGE_TREES, False)
    assert sorted(today.values) == [0, 2, 3], "two houses and a flat, as worked out by hand"
    bare = leafy.with_plans([plan("kaal", felled=frozenset(leafy.trees["tree_id"]))])
    gone = of("green.three_trees", bare)
    assert (gone.is_change, sorted(gone.values)) == (True, [-3, -2, 0])
    assert of("green.canopy", bare).what is What.TREES


@pytest.mark.exhaustive
def test_homes_lose_the_sun_and_the_view_that_their_figures_count(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = desk().neighbourhood.with_plans(PLANS["wall"])
    monkeypatch.setattr("wijktwin.impacts.home_values.sunlight_desk", lambda *_args, **_options: desk())
    figures = figures_of(desk().sunlight(scenario), assumptions=A)
    told = {(one.impact, one.where.identifier): one for one in figures}
    seen = 0
    for (impact, day), one in told.items():
        if impact in {"sunlight.losing", "sunlight.most_lost", "sunlight.losing_with_trees"}:
            found = place_values(impact, day, scenario, assumptions=A)
            assert found is not None
            assert (found.what, found.is_change) == (What.SUN_AT_HOME, True)
            assert (found.values <= 0).all(), "a wall takes sun"
            if impact == "sunlight.most_lost":
                assert -found.values.min() == pytest.approx(one.after, abs=0.5)
            elif one.after:
                assert found.values.min() < 0
            seen += 1
        if impact.endswith("_met"):
            assert place_values(impact, "", scenario, assumptions=A).what is What.SUN_OF_NORM  # type: ignore[union-attr]
    assert seen >= 3
    views = ViewDesk(scenario.neighbourhood, assumptions=A, store=None)
    monkeypatch.setattr("wijktwin.impacts.home_values.view_desk", lambda *_args, **_options: views)
    assert place_values("view.sky", "", scenario, assumptions=A) is None, "nobody has computed it yet"
    for one in figures_of_views(views.views(scenario), assumptions=A):
        found = place_values(one.impact, one.where.identifier, scenario, assumptions=A)
        if one.impact in {"view.homes_seeing_plan", "view.homes_losing_sky", "view.homes_looked_at"}:
            assert found is not None
            assert np.count_nonzero(np.nan_to_num(found.values)) <= len(found.values)
            assert (one.after == 0) <= (not np.nan_to_num(found.values).any()) or one.impact == "view.homes_losing_sky"
            assert one.after == 0 or np.nan_to_num(found.values).any()


@pytest.mark.exhaustive
def test_sun_of_the_gardens_is_the_mean_of_their_points(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = desk().neighbourhood.with_plans(PLANS["wall"])
    monkeypatch.setattr("wijktwin.impacts.place_values.sunlight_desk", lambda *_args, **_options: desk())
    day = MARCH.isoformat()
    unseen = desk().neighbourhood.with_plans([plan("nobody-asked-for-this")])
    assert place_values("sunlight.gardens", day, unseen, assumptions=A) is None, "nobody has computed it yet"
    one = next(each for each in figures_of(desk().sunlight(scenario), assumptions=A) if each.impact == "sunlight.gardens")
    found = place_values("sunlight.gardens", one.where.identifier, scenario, assumptions=A)
    assert found is not None
    assert (found.what, found.is_change) == (What.SUN, True)
    area = shapely.area(found.shapes)
    assert (found.values * area).sum() / area.sum() == pytest.approx(one.difference, rel=0.05)
    assert found.values.max() <= 0, "a wall takes sun"
    in_leaf = next(each for each in figures_of(desk().sunlight(scenario), assumptions=A) if each.impact == "sunlight.gardens_with_trees")
    leafy = place_values("sunlight.gardens_with_trees", in_leaf.where.identifier, scenario, assumptions=A)
    assert leafy is not None
    assert (leafy.values * area).sum() / area.sum() == pytest.approx(in_leaf.difference, rel=0.05)
    assert place_values("sunlight.gardens", "2026-01-02", scenario, assumptions=A) is None, "no such day"
