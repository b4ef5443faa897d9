"""What buildings, plans and streets have adds up to their figures, and lies on them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import half_strip, plan, rectangle, tower, towers, village
from wijktwin.impacts.assessment import Assessment, Place, Unit
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.built_values import WIND_CLASSES, BuiltValues, built_values
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.wind import Decision
from wijktwin.model.scenario import Scenario
from wijktwin.model.whereabouts import street_shape

A = default_assumptions()


def of(impact: str, scenario: Scenario) -> BuiltValues:
    found = built_values(impact, scenario, assumptions=A)
    assert found is not None
    return found


def figure(impact: str, scenario: Scenario) -> Assessment:
    return next(one for one in assess_impact(impact.partition(".")[0], scenario, assumptions=A) if one.impact == impact)


def total(found: BuiltValues) -> float:
    return sum(value for _, value in found.places)


def with_towers() -> Scenario:
    return example().with_plans([example_plan("vogeltorens")])


@pytest.mark.parametrize("impact", ["dwellings.total", "density.gross_floor_area"])
@pytest.mark.parametrize("name", ["vogeltorens", "vogelhof"])
def test_what_goes_and_comes_adds_up_to_the_change_and_today_to_what_there_is(impact: str, name: str) -> None:
    scenario = example().with_plans([example_plan(name)])
    change, one = of(impact, scenario), figure(impact, scenario)
    assert change.is_change
    assert one.difference is not None
    assert total(change) == pytest.approx(one.difference)
    today = of(impact, example().with_plans())
    assert not today.is_change
    assert total(today) == pytest.approx(one.before)


def test_homes_lie_in_the_building_that_the_plan_names_and_else_in_the_whole_plan() -> None:
    found = of("dwellings.new", with_towers())
    volumes = {volume.volume_id: volume.footprint for volume in example_plan("vogeltorens").volumes}
    assert sorted(value for _, value in found.places) == [48, 117]
    (high,) = [shape for shape, value in found.places if value == 117]
    assert high.contains(volumes["hoge-toren"])
    assert not high.intersects(volumes["lage-toren"])
    unplaced = of("dwellings.new", village().with_plans([towers()]))
    assert total(unplaced) == sum(group.count for group in towers().dwellings)


def test_the_highest_place_is_the_tallest_building() -> None:
    scenario = with_towers()
    found = of("height.tallest", scenario)
    assert max(value for _, value in found.places) == figure("height.tallest", scenario).after
    assert float(np.median([value for _, value in found.places])) == pytest.approx(figure("height.median", scenario).after)
    assert found.unit is Unit.METRES


def test_wind_says_of_each_new_building_what_its_figures_count() -> None:
    scenario = with_towers()
    found = of("wind.study", scenario)
    said = [WIND_CLASSES[int(value)] for _, value in found.places]
    assert said.count(Decision.STUDY) == figure("wind.study", scenario).after == 1
    assert said.count(Decision.EXPERT) == figure("wind.expert", scenario).after == 1
    low = plan("low", volumes=(tower(footprint=rectangle(40, 60, 50, 70), height=6.0),))
    assert next(value for _, value in of("wind.study", village().with_plans([low])).places) < WIND_CLASSES.index(Decision.STUDY)
    assert built_values("wind.study", village().with_plans(), assumptions=A) is None


def test_places_on_the_street_lie_on_their_street_and_add_up() -> None:
    today = example().with_plans()
    found, one = of("parking.street_total", today), figure("parking.street_total", today)
    assert total(found) == one.before
    for shape, value in found.places:
        assert value == 0 or not shape.is_empty
    ground = example().ground_table
    assert ground is not None
    streets = {name for name in ground["street"] if name}
    drawn = [street_shape(name, today) for name in streets]
    assert all(any(shape.equals(one) for one in drawn if one is not None) for shape, _ in found.places), "each is a street as it is drawn"
    assert built_values("parking.street_total", with_towers(), assumptions=A) is None, "each street that changes has its own figure"


def test_social_rent_of_a_plan_lies_on_the_plan_and_shares_are_shares() -> None:
    found = of("dwellings.social_share", with_towers())
    assert all(0 <= value <= 100 for _, value in found.places)
    own = next(one for one in assess_impact("dwellings", with_towers(), assumptions=A) if one.impact == "dwellings.social_share_of_new")
    assert own.where.place is Place.PLAN_AREA
    assert any(value == pytest.approx(own.after) for _, value in found.places)


def test_an_empty_plan_colours_nothing_and_storeys_are_floors_over_footprint() -> None:
    empty = village().with_plans([plan()])
    assert built_values("density.gross_floor_area", empty, assumptions=A) is None
    assert built_values("dwellings.total", empty, assumptions=A) is None
    square = plan("square", volumes=(tower(footprint=rectangle(40, 60, 50, 70), height=12.0, storeys=4, floor_area=400.0),))
    found = of("density.mean_storeys", village().with_plans([square]))
    (own,) = [value for shape, value in found.places if shape.contains(shapely.box(*rectangle(40, 60, 50, 70).bounds))]
    assert own == 4.0
    built = of("density.ground_space_index", village().with_plans([square, half_strip()]))
    assert 100.0 in [value for _, value in built.places]
