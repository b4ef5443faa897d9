"""Being looked at: windows of a plan on every storey, distances and angles that can be drawn on paper."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from tests.impacts.sunlight.test_points import ORIGIN, addresses, solid_village
from tests.impacts.view.worlds import solids_of, window
from tests.impacts.village import RD, plan, rectangle, tower
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.view.first_hits import SightScene
from wijktwin.impacts.view.gardens import gardens_of
from wijktwin.impacts.view.new_windows import NewWindows, new_windows
from wijktwin.impacts.view.overlooking import lines_to
from wijktwin.model.plan import Volume
from wijktwin.model.surroundings import GROUND_COLUMNS, geographic_table
from wijktwin.model.volume_mesh import raised

ASSUMPTIONS = default_assumptions()
STANDING, SEATED = ASSUMPTIONS["eye_height_standing"].value, ASSUMPTIONS["eye_height_seated"].value
FAR, WIDE = ASSUMPTIONS["overlooking_distance"].value, ASSUMPTIONS["overlooking_angle"].value
NOTHING = SightScene(solids_of())


def windows_of(*volumes: Volume, demolishes: frozenset[str] = frozenset({"hall"})) -> NewWindows:
    return new_windows(solid_village().with_plans([plan("new", volumes=volumes, demolishes=demolishes)]), assumptions=ASSUMPTIONS)


def one_window(z: float) -> NewWindows:
    return NewWindows(window(0, 0, z), np.zeros(1, np.int64), np.zeros(1, np.int64))


def spot(x: float, y: float, z: float) -> Points:
    return Points.on_ground(np.array([[x, y, z]]))


def test_a_tower_has_windows_on_every_storey_of_every_wall() -> None:
    """Ten storeys of 3 m; four walls of 20 m with eight windows each."""
    found = windows_of(tower())
    assert len(found.points) == 10 * 4 * 8
    assert sorted(set(found.storey.tolist())) == list(range(10))
    heights = found.points.positions[:, 2] + ORIGIN[2]
    assert heights == pytest.approx(3.0 + 3.0 * found.storey + STANDING)
    on_edge = shapely.boundary(rectangle(70, 15, 90, 35))
    flat = found.points.positions[:, :2] + ORIGIN[:2]
    assert shapely.distance(shapely.points(flat), on_edge) == pytest.approx(0.0, abs=1e-6)
    inside = found.points.positions[:, :2] - 0.5 * found.points.normals[:, :2] + ORIGIN[:2]
    assert shapely.contains_xy(rectangle(70, 15, 90, 35), inside[:, 0], inside[:, 1]).all(), "they look outward"


def test_a_car_park_and_what_is_below_ground_have_no_windows() -> None:
    assert len(windows_of(tower(use="parking")).points) == 0
    assert len(windows_of(tower(height=0.0, base=-3.0, storeys=None)).points) == 0


def test_storeys_that_nobody_states_follow_from_the_height() -> None:
    assert sorted(set(windows_of(tower(storeys=None, height=30.0)).storey.tolist())) == list(range(10)), "of 3.0 m by assumption"
    assert set(windows_of(tower(storeys=None, height=2.0)).storey.tolist()) == {0}


def test_a_wall_against_a_building_has_no_windows_below_its_roof() -> None:
    """The flat (12 m high, its eastern wall at x = 50) has a tower built against it: windows there begin on the fifth storey."""
    found = windows_of(tower(footprint=rectangle(50, 20, 60, 32)), demolishes=frozenset())
    west = found.storey[found.points.normals[:, 0] < -0.5]
    assert west.min() == 4, "12 m is above the eyes on the fourth storey (10.6 m) and below those on the fifth (13.6 m)"
    assert found.storey[found.points.normals[:, 0] > 0.5].min() == 0


def test_two_volumes_side_by_side_have_no_windows_between_them() -> None:
    west, east = (
        tower(footprint=rectangle(70, 15, 80, 35)),
        tower(volume_id="east", footprint=rectangle(80, 15, 90, 35), height=15.0, storeys=5),
    )
    found = windows_of(west, east)
    between = np.abs(found.points.positions[:, 0] + ORIGIN[0] - ORIGIN[0] - 80) < 1e-6
    assert set(found.volume[between].tolist()) == {1}, "volumes are in order of their names: tower is the second"
    assert found.storey[between].min() == 5, "above the roof of the lower one"


def test_a_form_of_which_nobody_named_the_walls_has_windows_too() -> None:
    mesh = raised(rectangle(70, 15, 90, 35), bottom=3.0, top=33.0, origin=ORIGIN)
    unnamed = replace(mesh, surface_kind=np.zeros_like(mesh.surface_kind))
    assert len(windows_of(tower(mesh=unnamed)).points) == len(windows_of(tower()).points)


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ((0, FAR - 0.1, 10), True),
        ((0, FAR + 0.1, 10), False),
        ((10 * math.tan(math.radians(WIDE - 1)), 10, 10), True),
        ((10 * math.tan(math.radians(WIDE + 1)), 10, 10), False),
        ((0, 10, 10 - 10 * math.tan(math.radians(WIDE - 1))), True),
        ((0, 10, 10 - 10 * math.tan(math.radians(WIDE + 1))), False),
        ((0, -5, 10), False),
    ],
)
def test_a_line_counts_up_to_a_distance_and_an_angle(place: tuple[float, float, float], *, counts: bool) -> None:
    found = lines_to(one_window(10.0), spot(*place), NOTHING, assumptions=ASSUMPTIONS, are_windows=False)
    assert len(found.distance) == int(counts)
    if counts:
        assert found.distance == pytest.approx([math.dist((0, 0, 10), place)])
        assert found.angle == pytest.approx([math.degrees(math.acos(place[1] / math.dist((0, 0, 10), place)))], abs=1e-6)


def test_a_home_is_looked_into_from_in_front_of_its_window_only() -> None:
    facing, aside, away = (window(0, 15, 10, looks=looks) for looks in ((0, -1), (1, 0), (0, 1)))
    for home, n in ((facing, 1), (aside, 0), (away, 0)):
        assert len(lines_to(one_window(10.0), home, NOTHING, assumptions=ASSUMPTIONS, are_windows=True).distance) == n


def test_a_wall_in_between_hides_and_a_wall_beside_does_not() -> None:
    for x, n in ((-5, 0), (5, 1)):
        wall = SightScene(solids_of((shapely.box(x, 8, x + 8, 8.2), 0, 20)))
        assert len(lines_to(one_window(10.0), spot(0, 15, 10), wall, assumptions=ASSUMPTIONS, are_windows=False).distance) == n


def test_another_distance_is_another_answer() -> None:
    far: Assumptions = ASSUMPTIONS.with_values({"overlooking_distance": 40.0}, variant="ruim", owner="raad", date="2026-11-22")
    place = spot(0, 38, 10)
    assert len(lines_to(one_window(10.0), place, NOTHING, assumptions=ASSUMPTIONS, are_windows=False).distance) == 0
    assert len(lines_to(one_window(10.0), place, NOTHING, assumptions=far, are_windows=False).distance) == 1


def garden_table(*outlines: tuple[float, float, float, float]) -> Any:
    rows: dict[str, object] = {
        "surface_id": [f"g{n}" for n in range(len(outlines))],
        "kind": ["garden"] * len(outlines),
        "ground_height": [3.0] * len(outlines),
    }
    return geographic_table(GROUND_COLUMNS, rows, [rectangle(*each) for each in outlines], RD)


def test_a_garden_belongs_to_the_only_home_of_the_building_it_lies_along() -> None:
    """Behind house 2 and one metre of house 1; behind the flat with two homes; and in the open."""
    homes = addresses(("house-1", 0, "S", 5, 25), ("house-2", 0, "S", 15, 25), ("flat", 0, "S", 35, 26), ("flat", 1, "S", 35, 26))
    town = solid_village(ground_table=garden_table((8.9, 10, 20, 20), (30, 10, 50, 20), (60, 50, 70, 60)), address_table=homes)
    found = gardens_of(town, assumptions=ASSUMPTIONS)
    assert found.surface_ids == ("g0", "g1", "g2")
    assert found.address_ids == ("a1", "", "")
    assert found.building_ids == ("house-2", "flat", "")
    assert np.bincount(found.garden).tolist() == pytest.approx([11.1 * 10 / 4, 50, 25], abs=4), "a place for every 2 x 2 m"
    assert found.points.positions[:, 2] + ORIGIN[2] == pytest.approx(3.0 + SEATED)
