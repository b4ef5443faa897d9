"""Heights that are calculated keep to the limits of what may be stated; nought storeys are no storeys."""

from __future__ import annotations

import pytest

from tests.model.small_world import plan, volume
from tests.sources.plan_documents import document, read, refused, tower
from tests.sources.test_plan_formats import city_model
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.floor_area import volume_floor_area
from wijktwin.model.variants import with_height


@pytest.mark.parametrize(("top", "is_refused"), [(400, False), (401, True), (998, True)])
def test_a_true_form_is_no_higher_than_a_stated_height_may_be(top: int, is_refused: bool) -> None:
    model = city_model()
    lowest, highest = (pick(vertex[2] for vertex in model["vertices"]) for pick in (min, max))
    for vertex in model["vertices"]:
        if vertex[2] == highest:
            vertex[2] = lowest + top * 1000
    if is_refused:
        error = refused(model)
        assert (error.key, error.values["field"]) == ("plans.too_large", "height")
    else:
        assert read(model).volumes[0].height == top


@pytest.mark.parametrize(("storeys", "step", "is_refused"), [(40, 10, False), (41, 10, True), (120, 10, True)])
def test_storeys_do_not_add_up_to_more_than_a_stated_height_may_be(storeys: int, step: int, is_refused: bool) -> None:
    told = document(tower(storeys=storeys, storey_height=step))
    told["features"][0]["properties"].pop("height")
    if is_refused:
        assert refused(told).key == "plans.too_large"
    else:
        assert read(told).volumes[0].height == 400


def test_nor_below_ground() -> None:
    told = document(tower(height=0, storeys_below=20, storey_height=6))
    assert refused(told).key == "plans.too_small"


@pytest.mark.parametrize(("height", "is_refused"), [(60, True), (2.5, True), (2, False), (0.4, False)])
def test_what_stands_above_ground_has_more_than_nought_storeys(height: float, is_refused: bool) -> None:
    told = document(tower(height=height, storeys=0))
    if is_refused:
        assert refused(told).key == "plans.no_storeys"
    else:
        assert read(told).volumes[0].storeys == 0


def test_a_form_with_nought_storeys_is_refused() -> None:
    model = city_model()
    model["CityObjects"]["house"]["attributes"]["storeys"] = 0
    assert refused(model).key == "plans.no_storeys"


def test_nought_storeys_are_reckoned_as_unknown() -> None:
    nought, unknown = (volume(storeys=storeys, storey_height=None) for storeys in (0, None))
    areas = [volume_floor_area(each, assumptions=default_assumptions()) for each in (nought, unknown)]
    assert areas[0] == areas[1]
    assert areas[0].value > 100
    higher = with_height(plan(volumes=(nought,)), "v", 24.0).volume("v")
    assert higher is not None
    assert (higher.height, higher.storeys) == (24.0, None)
    assert higher.top == 26.0
