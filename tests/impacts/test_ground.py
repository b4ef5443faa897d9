"""Ground by use: the village by hand, and nothing is lost when it changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.village import half_strip, numbers, parts, plan, rectangle, sides, tower, towers, village
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.ground import CHANGED, GRID, IMPACT_OF_KIND, IMPACTS, UNSTATED, Surfaces, changed_area, impact_of, merged
from wijktwin.impacts.outlines import outline_margin
from wijktwin.model.plan import GroundChange
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GREEN_KINDS, PAVED_KINDS, GroundKind


def figures(*plans: Any, changed: bool = False, **changes: Any) -> dict[str, Assessment]:
    found = assess_impact("ground", village(**changes).with_plans(plans))
    return {each.impact: each for each in found if (each.where == CHANGED) is changed and each.impact != UNSTATED}


def test_the_ground_of_the_village_by_hand() -> None:
    found = figures()
    by_hand = {"paved": 1000 + 200 + 50, "green": 2144 + 4750, "water": 1000, "built": 856, "other": 0}
    for name, area in by_hand.items():
        assert numbers(found[f"ground.{name}"]) == pytest.approx((area, area))
        assert found[f"ground.{name}"].difference == 0
    assert sum(by_hand.values()) == 100 * 100
    assert parts(found["ground.paved"]) == {"carriageway": (1000, 1000), "parking": (200, 200), "pavement": (50, 50)}


def test_lines_that_clipping_leaves_are_no_ground() -> None:
    """GEOS fails on the difference of nothing and a collection with lines in it."""
    clipped = shapely.GeometryCollection([shapely.box(0, 0, 2, 1), shapely.LineString([(2, 0), (3, 0)])])
    surfaces = Surfaces(np.array([clipped, None], dtype=object)[:1], np.array(["grass"]))
    found = merged(surfaces, impact_of("grass"))
    assert shapely.equals(found, shapely.box(0, 0, 2, 1))
    assert shapely.area(shapely.difference(shapely.GeometryCollection(), found, grid_size=GRID)) == 0.0


def test_every_kind_of_ground_counts_in_one_figure() -> None:
    assert set(IMPACT_OF_KIND) == {kind.value for kind in GroundKind}
    assert {kind for kind, impact in IMPACT_OF_KIND.items() if impact == "ground.paved"} == set(PAVED_KINDS)
    assert {kind for kind, impact in IMPACT_OF_KIND.items() if impact == "ground.green"} == set(GREEN_KINDS)
    assert set(IMPACT_OF_KIND.values()) | {"ground.built"} == set(IMPACTS)


def test_a_parking_strip_becomes_green() -> None:
    found, there = figures(towers()), figures(towers(), changed=True)
    assert numbers(found["ground.paved"]) == pytest.approx((1250, 1150))
    assert numbers(found["ground.green"]) == pytest.approx((6894, 6994))
    assert numbers(there["ground.paved"]) == pytest.approx((100, 0))
    assert numbers(there["ground.green"]) == pytest.approx((0, 100))
    assert numbers(there["ground.built"]) == pytest.approx((400, 400))  # the hall, then the tower
    assert set(there) == {"ground.paved", "ground.green", "ground.built"}
    assert found["ground.paved"].kind is Kind.STATED
    assert found["ground.paved"].before_kind is Kind.CALCULATED


def test_the_margin_of_a_change_is_that_of_the_ground_that_changes() -> None:
    found = figures(towers())
    strip = 0.3 * np.hypot(40, 2.5)
    assert sides(found["ground.paved"].difference_margin) == pytest.approx((strip, strip))
    assert sides(found["ground.green"].difference_margin) == pytest.approx((strip, strip)), "what stone loses green gains"
    assert found["ground.paved"].margin.below is not None
    assert found["ground.paved"].margin.below > strip


def test_pieces_of_one_surface_have_margins_as_well() -> None:
    """A surface in several parts is as uncertain as the same parts one by one."""
    squares = [rectangle(0, 60, 20, 80), rectangle(30, 60, 50, 80)]
    apart, together = outline_margin(squares, precision=0.3), outline_margin([shapely.MultiPolygon(squares)], precision=0.3)
    assert together == pytest.approx(apart)
    assert together == pytest.approx(0.3 / 2 * np.sqrt(2 * 4 * 2 * 20**2))
    assert outline_margin([shapely.GeometryCollection([shapely.MultiPolygon(squares), shapely.Point(0, 0)])], precision=0.3) == together


@settings(max_examples=15, deadline=None)
@given(st.floats(1, 40), st.floats(54, 60), st.floats(2, 50), st.floats(2, 35))
def test_what_green_loses_stone_gains_with_the_same_margin(x: float, y: float, width: float, depth: float) -> None:
    square = GroundChange("square", rectangle(x, y, x + width, y + depth), GroundKind.SQUARE)
    for changed in (False, True):
        found = figures(plan(ground_changes=(square,)), changed=changed)
        lost, gained = (found[f"ground.{name}"] for name in ("green", "paved"))
        assert lost.difference == pytest.approx(-width * depth, abs=0.05)
        assert gained.difference == pytest.approx(width * depth, abs=0.05)
        assert sides(lost.difference_margin) == pytest.approx(sides(gained.difference_margin), rel=1e-3)
        assert sides(lost.difference_margin)[0] == pytest.approx(0.3 * np.hypot(width, depth), rel=1e-2)


def test_green_in_two_parts_is_lost_with_a_margin() -> None:
    """852 m² on both sides of the street: the size of the margin that two rough rectangles have."""
    parts_of_it = shapely.MultiPolygon([rectangle(0, 10, 30, 14.2), rectangle(0, 60, 30, 84.2)])
    found = figures(plan(ground_changes=(GroundChange("both", parts_of_it, GroundKind.SQUARE),)), changed=True)
    assert found["ground.green"].difference == pytest.approx(-852, abs=0.1)
    assert 10 < sides(found["ground.green"].difference_margin)[0] < 18


def test_what_a_new_building_covers_counts_as_built() -> None:
    on_the_field = plan("field", volumes=(tower(footprint=rectangle(10, 60, 30, 80), use="shop"),))
    found = figures(on_the_field)
    assert numbers(found["ground.built"]) == pytest.approx((856, 1256))
    assert numbers(found["ground.green"]) == pytest.approx((6894, 6494))
    raised = plan("field", volumes=(tower(footprint=rectangle(10, 60, 30, 80), use="shop", base=6.0),))
    assert numbers(figures(raised)["ground.built"]) == pytest.approx((856, 856)), "an arcade leaves the ground as it is"


def test_where_a_building_goes_and_nothing_is_said_the_ground_is_other() -> None:
    found = figures(plan(demolishes=frozenset({"hall"})))
    assert numbers(found["ground.other"]) == pytest.approx((0, 400))
    assert numbers(found["ground.built"]) == pytest.approx((856, 456))
    assert found["ground.other"].remarks[0].key == "impacts.uncovered_ground_one"
    assert parts(found["ground.other"])["other"] == pytest.approx((0, 400))


def test_without_ground_nothing_is_known() -> None:
    for table in (None, village().ground.iloc[:0]):
        found = figures(towers(), ground_table=table)
        assert all(numbers(each) == (None, None) and each.missing == "no_ground" for each in found.values())
        assert set(found) == set(IMPACTS)


rectangles = st.tuples(st.floats(0, 90), st.floats(0, 90), st.floats(1, 10), st.floats(1, 10))


@settings(max_examples=15)
@given(st.lists(st.tuples(rectangles, st.sampled_from(GroundKind)), min_size=1, max_size=4), st.booleans())
def test_no_ground_is_lost_or_made(changes: list[tuple[tuple[float, float, float, float], GroundKind]], demolish: bool) -> None:
    ground = tuple(GroundChange(f"c{at}", rectangle(x, y, x + w, y + h), kind) for at, ((x, y, w, h), kind) in enumerate(changes))
    one = plan("one", ground_changes=ground, demolishes=frozenset({"hall"} if demolish else set()))
    for changed in (False, True):
        found = figures(one, changed=changed)
        before, after = (sum(numbers(each)[side] for each in found.values()) for side in (0, 1))
        assert after == pytest.approx(before, abs=0.05)
        for each in found.values():
            if each.breakdown:
                assert sum(pair[1] or 0.0 for pair in each.breakdown.values()) == pytest.approx(each.after)
    there, whole = figures(one, changed=True), figures(one)
    for name, each in there.items():
        assert whole[name].difference == pytest.approx(each.difference, abs=0.05), "only there anything changes"


def test_the_area_that_changes_is_everything_that_is_touched() -> None:
    scenario = village().with_plans([towers(), half_strip()])
    assert changed_area(scenario).area == pytest.approx(400 + 100 + 50)


def test_ground_that_a_plan_leaves_unsaid_has_a_figure_of_its_own() -> None:
    def unsaid(**facts: Any) -> list[Assessment]:
        found = assess_impact("ground", village().with_plans([plan(demolishes=frozenset({"hall"}), **facts)]))
        return [each for each in found if each.impact == UNSTATED]

    (one,) = unsaid()
    assert one.before is None
    assert one.after == pytest.approx(400)
    assert sides(one.margin) == pytest.approx((0.3 * np.hypot(20, 20),) * 2)
    (half,) = unsaid(volumes=(tower(footprint=rectangle(70, 15, 80, 35)),))
    assert half.after == pytest.approx(200)
    assert unsaid(volumes=(tower(),)) == []


def test_what_a_plan_draws_outside_the_neighbourhood_does_not_count() -> None:
    over_the_edge = plan(
        "edge",
        volumes=(tower(footprint=rectangle(90, 60, 110, 80), use="shop"),),
        ground_changes=(GroundChange("square", rectangle(90, 85, 130, 95), GroundKind.SQUARE),),
    )
    found, there = figures(over_the_edge), figures(over_the_edge, changed=True)
    assert numbers(found["ground.built"]) == pytest.approx((856, 1056))
    assert found["ground.green"].difference == pytest.approx(-300, abs=0.01)
    assert numbers(found["ground.paved"]) == pytest.approx((1250, 1350))
    assert sum(each.difference or 0.0 for each in found.values()) == pytest.approx(0, abs=0.01)
    assert sum(each.difference or 0.0 for each in there.values()) == pytest.approx(0, abs=0.01)
    assert changed_area(village().with_plans([over_the_edge])).area == pytest.approx(300)
    remark = there["ground.built"].remarks[0].sentence("nl")
    assert remark == "Het plan “Leeg plan” tekent 500 m² buiten de buurt: dat deel telt hier niet mee."
