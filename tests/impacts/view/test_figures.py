"""Views of the village: figures and homes that can be worked out with a ruler and a table of tangents."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.impacts.sunlight.test_points import addresses, solid_village
from tests.impacts.view.test_overlooking import garden_table
from tests.impacts.view.test_shares import corner
from tests.impacts.village import half_strip, numbers, parts, plan, point, rectangle, sides, tower, towers, village
from wijktwin.errors import LANGUAGES, NotFoundError
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.progress import CancelledError, Progress
from wijktwin.impacts.sunlight.places import LIFT
from wijktwin.impacts.sunlight.points import sine_behind_reveal
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.desk import ASSUMED, ViewDesk, view_desk
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.figures import METHOD, STEP, assess, figures_of
from wijktwin.impacts.view.homes import HomeView, Seen, ViewAtHomes, home_view
from wijktwin.impacts.view.settings import plan_grid, sampling_error
from wijktwin.impacts.view.shares import InView
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlantedTree
from wijktwin.model.provenance import Kind
from wijktwin.words.texts import has_text

ASSUMPTIONS = default_assumptions()
STOREY, EYE = (ASSUMPTIONS[name].value for name in ("storey_height_dwelling", "eye_height_seated"))
UP = 3 * STOREY + EYE
"""Eyes of who sits on the third floor, above the ground. [m]"""
THIRD = ("flat", 3.0, "E", 50.0, 26.0)
"""A home on the third floor of the flat; its window looks at the hall: a wall 20 m away, 11 m to one side and 9 to the other."""
WEST = ("house-1", 0.0, "W", 5.0, 25.0)
"""A home that looks away from everything."""
TOWER = plan("tower", volumes=(tower(),), demolishes=frozenset({"hall"}))
OFF = sampling_error(Field.WINDOW)


def town(*homes: tuple[str, float, str, float, float], **rows: Any) -> Neighbourhood:
    return solid_village(address_table=addresses(*homes), **rows)


def figures(place: Neighbourhood, *plans: Plan) -> dict[str, Assessment]:
    found = assess(place.with_plans(plans), assumptions=ASSUMPTIONS)
    return {each.impact: each for each in found}


def home(place: Neighbourhood, *plans: Plan, number: int = 0) -> HomeView:
    return home_view(place.with_plans(plans), f"a{number}", assumptions=ASSUMPTIONS)


def in_view(*parts_of_it: tuple[float, float]) -> float:
    """Share of the view that a wall 20 m ahead takes, in parts beside straight ahead (width, height). [%]"""
    before_glass = 2 * math.pi * (1 - sine_behind_reveal(ASSUMPTIONS))
    return 100.0 * sum(corner(width, height, 20 - LIFT) for width, height in parts_of_it) / before_glass


def test_a_tower_of_thirty_metres_at_twenty_metres() -> None:
    seen = home(town(THIRD), TOWER).plans["tower"]
    assert (seen.seen, seen.is_sure, seen.hidden_by_leaves) == (Seen.CERTAINLY, True, False)
    above, below = math.degrees(math.atan((30 - UP) / 20)), math.degrees(math.atan(UP / 20))
    row, column = (above + below) / plan_grid()[1], 53.0 / plan_grid()[0]
    assert seen.top is not None
    assert seen.height is not None
    assert seen.width is not None
    assert seen.distance is not None
    assert seen.top.least == seen.top.most == pytest.approx(above, abs=row)
    assert seen.height.most == pytest.approx(above + below, abs=2.5 * row)
    assert seen.width.most == pytest.approx(math.degrees(math.atan(11 / 20) + math.atan(9 / 20)), abs=2 * column)
    assert seen.distance.least == pytest.approx(20, abs=0.3)
    assert seen.share.least == pytest.approx(in_view((11, 30 - UP), (9, 30 - UP), (11, UP), (9, UP)), abs=OFF)


def test_the_sky_that_it_takes_is_the_part_of_it_above_the_eyes() -> None:
    found = home(town(THIRD), TOWER)
    assert found.before is not None
    assert found.after is not None
    lost = found.before[InView.SKY].least - found.after[InView.SKY].least
    halo = in_view((26 / 5, (30 - UP) / 5)) - in_view((6 / 5, (30 - UP) / 5))  # stood behind it: 100 m away, 6 to 26 m aside
    assert lost == pytest.approx(in_view((11, 30 - UP), (9, 30 - UP)) - halo, abs=OFF)
    assert lost > ASSUMPTIONS[STEP].value + OFF
    assert found.before[InView.NEW].most == 0
    assert sum(each.least for each in found.after.values()) == pytest.approx(100.0)


def test_homes_are_counted_that_see_it_lose_sky_and_are_looked_at() -> None:
    found = figures(town(THIRD, WEST), TOWER)
    assert numbers(found["view.homes_seeing_plan"]) == (None, 1)
    assert parts(found["view.homes_seeing_plan"]) == {"also_in_leaf": (None, 1), "behind_leaves": (None, 0)}
    assert sides(found["view.homes_seeing_plan"].margin) == (0, 0)
    assert numbers(found["view.homes_losing_sky"]) == (None, 1)
    assert numbers(found["view.homes_gaining_sky"]) == (None, 0)
    looked_at = found["view.homes_looked_at"]
    assert numbers(looked_at) == (None, 1)
    assert sides(looked_at.margin) == (None, 0), "where windows come is not known: it is at most so many"
    assert looked_at.kind is Kind.ASSUMED
    assert found["view.homes_losing_sky"].kind is Kind.STATED
    assert found["view.homes_seeing_plan"].remarks[0].values["distance"].value == 20  # type: ignore[attr-defined]


def test_windows_look_in_from_every_storey_that_is_within_the_angle() -> None:
    """Windows at 1.6 m above floors of 3 m: the third (10.6 m) is nearest to eyes at 9.6 m; 26.25 m north is nearest to 26."""
    (looked,) = home(town(THIRD), TOWER).room.values()
    assert looked.storeys == tuple(range(10)), "the tenth is 19 m higher, less than 45 degrees"
    assert looked.distance == pytest.approx(math.hypot(20, 0.25, 3 * 3 + 1.6 - UP), abs=0.01)
    assert looked.angle == pytest.approx(math.degrees(math.acos(20 / looked.distance)), abs=0.2)
    higher = replace(TOWER, volumes=(tower(height=45.0, storeys=15),))
    assert home(town(THIRD), higher).room["tower"].storeys == tuple(range(10)), "the eleventh (31.6 m) is 22 m higher"


def test_a_garden_in_view_counts_for_its_home() -> None:
    """The home looks away, but its garden lies 10 m from the tower; another garden has no home."""
    ground = garden_table((0, 30, 10, 40), (50, 36, 60, 46))
    homes = (("house-1", 0.0, "W", 5.0, 25.0), ("hall", 0.0, "N", 80.0, 25.0))
    near = plan("near", volumes=(tower(footprint=rectangle(15, 32, 25, 42), height=9.0, storeys=3),))
    found = figures(town(*homes, ground_table=ground), near)["view.homes_looked_at"]
    assert parts(found) == {"living_room": (None, 0), "garden": (None, 1), "both": (None, 0)}
    assert [each.key for each in found.remarks] == ["view.within_distance", "view.gardens_of_no_home_one"]
    garden = home(town(*homes, ground_table=ground), near).garden["near"]
    assert garden.storeys[0] == 0
    assert garden.distance < 6.5
    gone = replace(near, demolishes=frozenset({"house-1"}))
    assert figures(town(*homes, ground_table=ground), gone)["view.homes_looked_at"].after == 0, "who looks at a house that goes?"


def test_a_home_of_which_nobody_knows_the_side_sees_it_possibly() -> None:
    unknown = ("flat", 3.0, "", 40.0, 26.0)
    place = town(unknown, ("flat", 3.0, "W", 40.0, 26.0))
    found = home(place, TOWER)
    assert found.n_places == 4
    assert found.plans["tower"].seen is Seen.POSSIBLY
    assert found.before is not None
    assert found.before[InView.SKY].least < found.before[InView.SKY].most
    count = figures(place, TOWER)["view.homes_seeing_plan"]
    assert numbers(count) == (None, 1)
    assert sides(count.margin) == (1, 0), "perhaps none at all"
    assert count.margin.reason == "view_places"
    assert count.kind is Kind.ASSUMED


def test_homes_that_go_or_are_built_against_are_left_out_and_that_is_said() -> None:
    place = town(THIRD, ("hall", 0.0, "S", 80.0, 20.0), WEST)
    against = plan("against", volumes=(tower(footprint=rectangle(50.3, 20, 60, 32)),), demolishes=frozenset({"hall"}))
    found = figures(place, against)
    assert numbers(found["view.homes_seeing_plan"]) == (None, 0)
    assert found["view.homes_seeing_plan"].remarks[-1].key == "view.homes_left_out"
    assert home(place, against).missing == "view_built_against"
    assert home(place, against).after is None
    assert home(place, against).before is not None
    assert home(place, against, number=1).missing == "view_demolished"
    assert has_text("reason.view_demolished")
    assert has_text("reason.view_built_against")


def test_an_empty_plan_changes_nothing_at_all() -> None:
    place = town(THIRD, WEST)
    now, empty = figures(place), figures(place, plan())
    for found in (now, empty):
        assert set(found) == {"view.sky", "view.green", "view.sky_on_streets"}
        assert all(
            each.difference == 0 and each.difference_margin is not None and each.difference_margin.is_exact for each in found.values()
        )
    assert all(now[name].before == empty[name].before for name in now)


def test_the_order_of_plans_means_nothing() -> None:
    place = town(THIRD, WEST)
    third = plan("third", planted=(PlantedTree("n", point(55, 60), height=10.0, crown_diameter=6.0),))
    first, *others = (figures(place, *order) for order in itertools.permutations([towers(), half_strip(), third]))
    for other in others:
        assert {name: replace(each, plans=()) for name, each in other.items()} == {
            name: replace(each, plans=()) for name, each in first.items()
        }


def test_a_tree_before_the_window_is_green_and_no_loss_of_sky() -> None:
    tree = plan("tree", planted=(PlantedTree("n", point(58, 26), height=14.0, crown_diameter=8.0),))
    place = town(THIRD)
    found = figures(place, tree)
    assert found["view.green"].difference is not None
    assert found["view.green"].difference > 10
    assert "view.homes_losing_sky" not in found, "nothing is built"
    both = figures(place, tree, plan("far", volumes=(tower(footprint=rectangle(0, 80, 10, 90)),)))
    assert both["view.homes_losing_sky"].after == 0
    assert home(place, tree, TOWER).plans["tower"].seen is Seen.CERTAINLY


def test_demolition_gives_sky_back() -> None:
    ground_floor = ("flat", 0.0, "E", 50.0, 26.0)
    high = solid_village(address_table=addresses(ground_floor))
    found = figures(high, plan("gone", demolishes=frozenset({"hall"})))
    hall = in_view((11, 6 - EYE), (9, 6 - EYE))
    halo = in_view((26 / 5, 6 - EYE)) - in_view((6 / 5, 6 - EYE))  # what stands 100 m away comes into view behind it
    shed = in_view((11, 2 * (2.5 - EYE))) - in_view((26 / 5, 2 * (2.5 - EYE)))  # and a shed at 10 m stays before it
    lifted = hall - halo - shed
    assert found["view.sky"].difference == pytest.approx(lifted, abs=OFF / 2)
    assert found["view.homes_gaining_sky"].after == int(lifted > ASSUMPTIONS[STEP].value)
    assert found["view.homes_losing_sky"].after == 0


def test_streets_beside_a_tower_have_less_sky_and_those_built_on_do_not_count() -> None:
    place = town(THIRD)
    found = assess(place.with_plans([TOWER]), assumptions=ASSUMPTIONS)
    (street,) = [each for each in found if each.impact == "view.sky_on_street"]
    assert street.where.identifier == "Kerkstraat"
    assert street.difference is not None
    assert street.difference < -0.5
    assert all(-100 < (each.difference or 0.0) <= 0 for each in found if each.impact.startswith("view.sky"))
    over = plan("over", volumes=(tower(footprint=rectangle(0, 40, 100, 52.5)),))
    built = {each.impact: each for each in assess(place.with_plans([over]), assumptions=ASSUMPTIONS)}["view.sky_on_streets"]
    assert built.after is None
    assert has_text(f"reason.{built.missing}")


def test_roofs_that_may_be_off_widen_the_margin() -> None:
    """From house 2 the flat hides up to 47 degrees, or 34 if its roof lies 4 m lower; the tower behind it rises to 41."""
    buildings = village().buildings
    place = town(("house-2", 0.0, "E", 15.0, 25.0))
    rough = replace(buildings, numbers={**buildings.numbers, "roof_fit_rmse": np.full(len(buildings), 4.0)})
    low = plan("low", volumes=(tower(height=45.0, storeys=15),), demolishes=frozenset({"hall"}))
    sure = figures(place, low)["view.homes_seeing_plan"]
    unsure = figures(replace(place, buildings=rough), low)["view.homes_seeing_plan"]
    assert sides(sure.margin) == (0, 0)
    assert unsure.margin.above == 1
    assert unsure.margin.reason == "view_roofs"
    seen = home(replace(place, buildings=rough), low).plans["low"]
    assert (seen.seen, seen.is_sure) == (Seen.NOT, False)


def test_what_nobody_can_say_is_said() -> None:
    bare = village(ground_table=None, tree_table=None, address_table=None)
    found = figures(bare, TOWER)
    assert found["view.homes_seeing_plan"].missing == "no_addresses"
    assert found["view.homes_seeing_plan"].after is None
    assert found["view.sky"].missing == "no_ground"
    assert found["view.sky_on_streets"].missing == "no_ground"
    flat_map = figures(village(), TOWER)["view.homes_seeing_plan"]
    assert flat_map.missing == "view_no_place", "without walls nobody knows where windows are"
    no_trees = figures(town(THIRD, tree_table=None))
    assert no_trees["view.green"].missing == "no_trees"
    assert no_trees["view.sky"].before is not None
    with pytest.raises(NotFoundError, match="Lijsterlaan"):
        ViewAtHomes(view_desk(bare, assumptions=ASSUMPTIONS).views(bare.with_plans())).home("Lijsterlaan 1")


def test_every_figure_carries_what_a_sceptical_reader_asks_for() -> None:
    for figure in assess(town(THIRD, WEST, ("flat", math.nan, "", 40, 26)).with_plans([TOWER, half_strip()]), assumptions=ASSUMPTIONS):
        assert figure.method == METHOD
        assert figure.sources
        assert figure.assumptions
        assert has_text(f"impact.{figure.impact}")
        assert has_text(f"reason.{figure.margin.reason}")
        assert all(remark.sentence(language) for remark in figure.remarks for language in LANGUAGES)
        if figure.breakdown:
            assert sum(after or 0.0 for _, after in figure.breakdown.values()) == figure.after


def test_another_step_of_sky_is_another_count() -> None:
    wide = ASSUMPTIONS.with_values({STEP: 5.0}, variant="grof", owner="raad", date="2026-11-22")
    place = town(THIRD)
    far = plan("far", volumes=(tower(footprint=rectangle(95, 20, 100, 30)),))
    scenario = place.with_plans([far])
    views = view_desk(place, assumptions=ASSUMPTIONS).views(scenario)
    lost = -float(ViewAtHomes(views).sky_change(Roofs.AS_DRAWN)[0])
    assert lost < 5.0 - OFF
    (fine,) = [each for each in figures_of(views, assumptions=ASSUMPTIONS) if each.impact == "view.homes_losing_sky"]
    (rough,) = [each for each in figures_of(views, assumptions=wide) if each.impact == "view.homes_losing_sky"]
    assert fine.after == int(lost > ASSUMPTIONS[STEP].value)
    assert rough.after == 0
    assert {one.name for one in fine.assumptions} >= {STEP, "eye_height_seated"}
    assert STEP not in ASSUMED, "it changes the count, not what is computed"


def test_progress_is_told_in_sentences_and_can_be_stopped() -> None:
    told: list[float] = []

    def listen(note: Any, share: float) -> None:
        assert note.sentence("nl")
        told.append(share)
        if share > 0.5:
            raise CancelledError

    place = town(THIRD)
    desk = ViewDesk(place, assumptions=ASSUMPTIONS, store=None)
    with pytest.raises(CancelledError):
        desk.views(place.with_plans([TOWER]), progress=Progress(listen))
    assert told == sorted(told)
    found = desk.views(place.with_plans([TOWER]))
    assert desk.views(place.with_plans([TOWER])) is found, "kept"
