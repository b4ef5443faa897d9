"""The decision tree, branch by branch, and what stands around a building by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shapely import box

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import EAST, NORTH, plan, rectangle, sides, tower, towers, village
from wijktwin.errors import LANGUAGES
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.wind import Decision, Surroundings, decision, is_sheltered, surroundings
from wijktwin.model.building import Buildings
from wijktwin.model.mesh import Mesh
from wijktwin.model.plan import Volume
from wijktwin.model.provenance import Kind, LocalText

SHELTERED = Surroundings(25.0, 25.0, 10.0, 20.0)


def around(**changes: Any) -> Surroundings:
    given: dict[str, Any] = {"cover_low": 25.0, "cover_high": 25.0, "mean_height": 10.0, "nearest": 20.0}
    return Surroundings(**{**given, **changes})


def figures(*plans: Any, neighbourhood: Any = None) -> dict[str, Assessment]:
    world = village() if neighbourhood is None else neighbourhood
    return {each.impact: each for each in assess_impact("wind", world.with_plans(plans))}


@pytest.mark.parametrize(
    ("height", "place", "tells"),
    [
        (30.0, SHELTERED, Decision.STUDY),
        (29.9, SHELTERED, Decision.EXPERT),
        (15.0, SHELTERED, Decision.EXPERT),
        (14.9, SHELTERED, Decision.NONE),
        (14.9, around(cover_low=19.9, cover_high=19.9), Decision.EXPERT),
        (14.9, around(cover_low=19.9, cover_high=20.0), Decision.OPEN),
        (14.9, around(cover_low=20.0, cover_high=90.0), Decision.NONE),
        (15.0, around(mean_height=10.0), Decision.EXPERT),
        (14.9, around(mean_height=9.9), Decision.EXPERT),
        (14.9, around(nearest=100.0), Decision.NONE),
        (14.9, around(nearest=100.1), Decision.EXPERT),
        (60.0, around(cover_low=0.0, cover_high=100.0, mean_height=None), Decision.STUDY),
        (14.9, around(cover_low=0.0, cover_high=100.0, mean_height=None, nearest=None), Decision.OPEN),
        (14.9, around(cover_low=0.0, cover_high=0.0, mean_height=None, nearest=None), Decision.EXPERT),
    ],
)
def test_every_branch_of_the_tree(height: float, place: Surroundings, tells: Decision) -> None:
    assert decision(height, place) is tells


def test_half_again_as_high_as_the_surroundings_is_still_sheltered() -> None:
    assert is_sheltered(15.0, around()) is True
    assert is_sheltered(15.01, around()) is False


def blocks() -> Any:
    """A new building of 10 x 10 m in a field of 800 x 800 m, with one block of 200 x 100 m 8 m high and one of 100 x 100 m 14 m high."""
    outlines = [rectangle(50, 0, 250, 100), rectangle(-200, -100, -100, 0)]
    corner = [box(EAST + x, NORTH + y, EAST + x + 1, NORTH + y + 1) for x, y in ((-400, -400), (400, -400), (400, 400), (-400, 400))]
    ids = ("low", "high", "sw", "se", "ne", "nw")
    buildings = Buildings(
        building_ids=ids,
        numbers={"height": np.array([8.0, 14.0, *[3.0] * 4]), "ground_height": np.full(6, 3.0)},
        texts={},
        flags={},
        footprints=np.array([*outlines, *corner], dtype=object),
    )
    return village(buildings=buildings, mesh=Mesh.empty(), ground_table=None, tree_table=None, address_table=None)


def new(**changes: Any) -> Volume:
    return tower(**{"footprint": rectangle(-5, -5, 5, 5), "height": 12.0, "storeys": 4, **changes})


def test_what_stands_around_by_hand() -> None:
    """All 200 x 100 and 100 x 100 m lie within 300 m: 30,000 of pi x 300² + 4 x 10 x 300 m² around a square of 10 m."""
    scenario = blocks().with_plans([plan("new", volumes=(new(),))])
    found = surroundings(scenario, (scenario.volumes[0][1],))
    area = np.pi * 300**2 + 4 * 10 * 300
    assert found.cover_low == pytest.approx(100 * 30_000 / area, rel=1e-3)
    assert found.cover_high == pytest.approx(found.cover_low), "the corners of the field lie beyond 300 m, and the data reach them"
    assert found.mean_height == pytest.approx((20_000 * 8 + 10_000 * 14) / 30_000)
    assert found.nearest == pytest.approx(45.0)
    assert decision(12.0, found) is Decision.EXPERT, "only 10 per cent of the ground is built on"


def test_what_the_data_do_not_reach_may_be_anything() -> None:
    scenario = village().with_plans([towers(volumes=(tower(height=12.0, storeys=4),))])
    found = surroundings(scenario, (scenario.volumes[0][1],))
    assert found.cover_low < 5
    assert found.cover_high > 90
    told = figures(towers(volumes=(tower(height=12.0, storeys=4),)))["wind.expert"]
    assert (told.after, sides(told.margin)) == (0, (0, 1))
    assert "wind.tells_open" in {note.key for note in told.remarks}


def test_other_new_buildings_shelter_and_demolished_ones_do_not() -> None:
    other = plan("other", volumes=(new(volume_id="o", footprint=rectangle(20, -50, 40, 50)),))
    one = plan("new", volumes=(new(),))
    alone, both = (blocks().with_plans(plans) for plans in ([one], [one, other]))
    own = next(volume for _, volume in both.volumes if volume.volume_id == "tower")
    assert surroundings(both, (own,)).cover_low > surroundings(alone, (own,)).cover_low
    gone = blocks().with_plans([plan("new", volumes=(new(),), demolishes=frozenset({"low"}))])
    assert surroundings(gone, (gone.volumes[0][1],)).mean_height == pytest.approx(14.0)


def test_the_towers_need_a_study_and_an_expert() -> None:
    found = figures(example_plan("vogeltorens"), neighbourhood=example())
    assert (found["wind.study"].after, found["wind.expert"].after) == (1, 1)  # 60 m and 24 m; the garage lies below ground
    lines = {note.key for note in found["wind.study"].remarks}
    assert lines == {"wind.tells_study", "wind.tells_expert", "wind.no_model"}
    for language in LANGUAGES:
        for note in found["wind.study"].remarks:
            assert note.sentence(language)
    assert "60 meter hoog" in next(note for note in found["wind.study"].remarks if "study" in note.key).sentence("nl")


def test_a_height_that_nobody_stated_leaves_the_tree_open() -> None:
    rough = towers(volumes=(tower(height_kind=Kind.ASSUMED, title=LocalText("Toren")),))
    assert figures(rough)["wind.study"].kind is Kind.ASSUMED
    assert not figures(rough)["wind.study"].margin.is_known


def test_a_plan_that_builds_nothing_has_no_line() -> None:
    assert figures(plan("fell", felled=frozenset({"t1"}))) == {}
    assert figures() == {}
