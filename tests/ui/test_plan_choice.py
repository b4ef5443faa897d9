from __future__ import annotations

import pytest

from tests.model.small_world import plan, square, volume
from ui.plan_choice import alternatives
from ui.varying import varied
from wijktwin.errors import InputError
from wijktwin.model.plan import Plan, PlanRole
from wijktwin.model.plan_groups import in_order


def ids(groups: list[list[Plan]]) -> list[list[str]]:
    return [[each.plan_id for each in group] for group in groups]


def test_plans_that_cannot_stand_together_are_one_choice_and_the_others_stand_beside() -> None:
    tower = plan("tower", volumes=(volume(),))
    low = plan("low", volumes=(volume(height=6.0),), role=PlanRole.ALTERNATIVE)
    street = plan("street")
    assert ids(alternatives([street, low, tower])) == [["tower", "low"], ["street"]]


def test_plans_that_exclude_each_other_by_way_of_a_third_are_one_choice() -> None:
    one = plan("one", excludes=frozenset({"two"}))
    two = plan("two")
    three = plan("three", excludes=frozenset({"two"}))
    far = plan("far", volumes=(volume("v", square(200, 200)),))
    also_far = plan("also-far", volumes=(volume("w", square(205, 205)),))
    assert ids(alternatives([three, two, one, far, also_far])) == [["also-far", "far"], ["one", "three", "two"]]


def test_what_is_allowed_comes_before_the_plan_and_the_alternative_after() -> None:
    roles = [PlanRole.ALTERNATIVE, PlanRole.PROPOSAL, PlanRole.ALLOWED, PlanRole.PROPOSAL]
    found = in_order([plan(f"p{place}", role=role) for place, role in enumerate(roles)])
    assert [each.plan_id for each in found] == ["p2", "p1", "p3", "p0"]


def test_nothing_asked_is_no_variant() -> None:
    whole = plan("p", volumes=(volume("a"), volume("b", square(43, 43))))
    assert varied(whole, whole.volumes[0], storeys=4) is whole
    assert varied(whole, None) is whole


def test_all_that_is_asked_is_done_together() -> None:
    whole = plan("p", volumes=(volume("a"), volume("b", square(43, 43))))
    made = varied(whole, whole.volumes[0], storeys=2, step=(5.0, -3.0), degrees=90.0)
    first, second = made.volume("a"), made.volume("b")
    assert first is not None
    assert second is not None
    assert (first.storeys, first.height) == (2, 6.0)
    centre, before = first.footprint.centroid, whole.volumes[0].footprint.centroid
    assert (centre.x - before.x, centre.y - before.y) == pytest.approx((5.0, -3.0))
    assert second == whole.volumes[1]
    assert made.variant_of == "p"
    assert not made.published_by_server


def test_without_a_building_nothing_else_is_asked_of_it() -> None:
    whole = plan("p", volumes=(volume("a"), volume("b", square(43, 43))))
    made = varied(whole, whole.volumes[0], storeys=99, without=True)
    assert [each.volume_id for each in made.volumes] == ["b"]


def test_all_buildings_move_together() -> None:
    whole = plan("p", volumes=(volume("a"), volume("b", square(43, 43))))
    made = varied(whole, None, step=(10.0, 0.0))
    assert [round(v.footprint.bounds[0] - o.footprint.bounds[0], 3) for v, o in zip(made.volumes, whole.volumes, strict=True)] == [
        10.0,
        10.0,
    ]


def test_too_far_is_refused_in_one_sentence() -> None:
    whole = plan("p", volumes=(volume("a"),))
    with pytest.raises(InputError):
        varied(whole, None, step=(1e9, 0.0))
