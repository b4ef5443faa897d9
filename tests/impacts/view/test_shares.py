"""Shares of what is in view against formulas from the literature, and what counts as what."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.impacts.view.worlds import ORIGIN, solids_of, window
from wijktwin.impacts.crowns import Crowns
from wijktwin.impacts.sunlight.places import LIFT, Points
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.directions import Directions, Field
from wijktwin.impacts.view.first_hits import FirstHits, Sight, first_hits
from wijktwin.impacts.view.ground_in_view import GroundMap, ground_classes
from wijktwin.impacts.view.settings import directions, sampling_error
from wijktwin.impacts.view.shares import InView, Seen, shares
from wijktwin.model.surroundings import GROUND_COLUMNS, geographic_table

NONE = solids_of()
WINDOW, SKY = directions(Field.WINDOW), directions(Field.SKY_FACTOR)
OFF = sampling_error(Field.WINDOW) / 100.0
ON_GROUND = Points.on_ground(np.zeros((1, 3)))


def ground_map(*surfaces: tuple[str, shapely.Polygon]) -> GroundMap:
    columns: dict[str, object] = {"surface_id": [str(n) for n in range(len(surfaces))], "kind": [kind for kind, _ in surfaces]}
    return GroundMap(geographic_table(GROUND_COLUMNS, columns, [shape for _, shape in surfaces], "EPSG:28992"), origin=ORIGIN)


def in_view(
    points: Points, solids: Solids, *, eye: float, trees: Solids = NONE, ground: GroundMap | None = None, ways: Directions = WINDOW
) -> NDArray[np.float64]:
    """Shares of one point."""
    sight, drop = Sight(points, ways), np.array([eye])
    hits = first_hits(sight, solids)
    green = ground_classes(sight, drop, ground or ground_map())
    found: NDArray[np.float64] = shares(sight, Seen(hits, first_hits(sight, trees), green, drop), n_existing=solids.n_solids).of[0]
    return found


def corner(width: float, height: float, distance: float) -> float:
    """Solid angle of a rectangle seen from straight before one of its corners."""
    return math.atan(width * height / (distance * math.sqrt(width**2 + height**2 + distance**2)))


def opening(width: float, depth: float, height: float) -> float:
    """View factor of a rectangle above one of its corners (J. R. Howell, Catalog of Radiation Heat Transfer Configuration Factors, B-3)."""
    a, b = width / height, depth / height
    one, two = math.sqrt(1 + a * a), math.sqrt(1 + b * b)
    return (a / one * math.atan(b / one) + b / two * math.atan(a / two)) / (2 * math.pi)


def sky_factor(points: Points, solids: Solids) -> float:
    found: FirstHits = first_hits(Sight(points, SKY), solids)
    return float((found.owner < 0).mean())


def test_an_open_field_is_half_sky_half_ground() -> None:
    found = in_view(window(0, 0, 1.2), NONE, eye=1.2)
    assert found == pytest.approx([0.5, 0, 0, 0, 0.5], abs=OFF)


@pytest.mark.parametrize(("height", "distance"), [(6.0, 10.0), (12.0, 12.0), (30.0, 20.0), (9.0, 80.0)])
def test_an_endless_wall_leaves_sky_above_its_angle(height: float, distance: float) -> None:
    """Before a window, planes through a level line along it share its half of everything out by their angle."""
    eye = 1.5
    wall = solids_of((shapely.box(-9000, distance, 9000, distance + 5), -5.0, height))
    found = in_view(window(0, 0, eye), wall, eye=eye)
    up, down = math.atan((height - eye) / (distance - LIFT)), math.atan(eye / (distance - LIFT))
    assert found[InView.SKY] == pytest.approx(0.5 - up / math.pi, abs=OFF)
    assert found[InView.EXISTING] == pytest.approx((up + down) / math.pi, abs=OFF)
    assert found[InView.OTHER_GROUND] == pytest.approx(0.5 - down / math.pi, abs=OFF)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("width", "height", "distance", "eye"), [(20, 12, 15, 1.5), (8, 30, 40, 1.2), (60, 9, 25, 4.0), (12, 60, 90, 1.6)])
def test_a_box_in_an_open_field_takes_its_solid_angle(width: float, height: float, distance: float, eye: float) -> None:
    box = solids_of((shapely.box(-width / 2, distance, width / 2, distance + 10), 0.0, height))
    found = in_view(window(0, 0, eye), box, eye=eye)
    far = distance - LIFT
    angle = 2 * (corner(width / 2, height - eye, far) + corner(width / 2, eye, far))
    assert found[InView.EXISTING] == pytest.approx(angle / (2 * math.pi), abs=OFF)
    assert found[InView.SKY] == pytest.approx(0.5 - 2 * corner(width / 2, height - eye, far) / (2 * math.pi), abs=OFF)


@pytest.mark.parametrize(("height", "distance"), [(8.0, 10.0), (20.0, 10.0), (6.0, 40.0)])
def test_the_sky_view_factor_before_a_wall_and_in_a_street(height: float, distance: float) -> None:
    """(1 + cos b) / 2 at an endless wall, cos b in the middle of a street (T. R. Oke, Canyon geometry and the nocturnal urban heat
    island, Journal of Climatology 1, 1981), with b the angle to the top of the wall."""
    north, south = shapely.box(-9000, distance, 9000, distance + 5), shapely.box(-9000, -distance - 5, 9000, -distance)
    cosine = math.cos(math.atan((height - LIFT) / distance))
    off = sampling_error(Field.SKY_FACTOR) / 100.0
    assert sky_factor(ON_GROUND, solids_of((north, 0, height))) == pytest.approx((1 + cosine) / 2, abs=off)
    assert sky_factor(ON_GROUND, solids_of((north, 0, height), (south, 0, height))) == pytest.approx(cosine, abs=off)


@pytest.mark.parametrize(("width", "depth", "height"), [(20, 20, 10), (10, 30, 12), (60, 40, 9), (12, 12, 30)])
def test_the_sky_view_factor_in_a_courtyard(width: float, depth: float, height: float) -> None:
    court = shapely.box(-width, -depth, width, depth).difference(shapely.box(-width / 2, -depth / 2, width / 2, depth / 2))
    exact = 4 * opening(width / 2, depth / 2, height - LIFT)
    assert sky_factor(ON_GROUND, solids_of((court, 0, height))) == pytest.approx(exact, abs=sampling_error(Field.SKY_FACTOR) / 100)


def test_the_sky_view_factor_in_a_round_well() -> None:
    """cos² b at the bottom of a basin (T. R. Oke, Boundary Layer Climates, 1987)."""
    well = shapely.Point(0, 0).buffer(30, quad_segs=64).difference(shapely.Point(0, 0).buffer(10, quad_segs=64))
    exact = math.cos(math.atan((12.0 - LIFT) / 10.0)) ** 2
    assert sky_factor(ON_GROUND, solids_of((well, 0, 12.0))) == pytest.approx(exact, abs=sampling_error(Field.SKY_FACTOR) / 100)


@pytest.mark.parametrize(("radius", "distance"), [(3.0, 8.0), (5.0, 20.0), (2.0, 4.0)])
def test_a_round_crown_takes_the_cap_of_a_ball(radius: float, distance: float) -> None:
    crown = Crowns(("t",), np.array([[0.0, distance, 6.0]]), np.array([[radius, radius]]), 0)
    found = in_view(window(0, 0, 6.0), NONE, eye=6.0, trees=crown.solids())
    cap = 1.0 - math.cos(math.asin(radius / (distance - LIFT)))
    assert found[InView.GREEN] == pytest.approx(cap, abs=OFF + 0.02 * cap)


def test_a_crown_hides_a_building_behind_it_and_not_one_before_it() -> None:
    crown = Crowns(("t",), np.array([[0.0, 20.0, 5.0]]), np.array([[3.0, 3.0]]), 0).solids()
    behind = solids_of((shapely.box(-50, 30, 50, 32), 0, 40))
    before = solids_of((shapely.box(-50, 10, 50, 12), 0, 40))
    assert in_view(window(0, 0, 5), behind, eye=5, trees=crown)[InView.GREEN] > 0.01
    assert in_view(window(0, 0, 5), before, eye=5, trees=crown)[InView.GREEN] == 0


def test_green_ground_is_green_and_water_and_what_is_beyond_the_map_is_not() -> None:
    """Grass up to 10 m, water up to 20: from 2 m high their edges lie at 11.3 and 5.7 degrees below the horizon."""
    ground = ground_map(("green", shapely.box(-9000, -9, 9000, 10)), ("water", shapely.box(-9000, 10, 9000, 20)))
    found = in_view(window(0, 0, 2.0), NONE, eye=2.0, ground=ground)
    edge = math.atan(2.0 / 10.0)
    assert found[InView.GREEN] == pytest.approx(0.5 - edge / math.pi, abs=OFF)
    assert found[InView.OTHER_GROUND] == pytest.approx(edge / math.pi, abs=OFF)


def test_all_round_a_field_is_half_sky() -> None:
    spot = Points.on_ground(np.array([[0.0, 0.0, 1.6]]))
    found = in_view(spot, solids_of((shapely.box(-5, 20, 5, 30), 0, 20)), eye=1.6, ways=directions(Field.ALL_ROUND))
    up = 2 * corner(5, 18.4 - LIFT, 20)
    assert found[InView.SKY] == pytest.approx(0.5 - up / (4 * math.pi), abs=sampling_error(Field.ALL_ROUND) / 100)
    assert found[InView.EXISTING] > 0


def test_the_errors_that_are_stated_hold_for_walls_and_courtyards_of_any_size() -> None:
    dice = np.random.default_rng(5)
    worst, sky = 0.0, 0.0
    for _ in range(120):
        left, right, height = dice.uniform(2, 60, 3)
        distance, eye = dice.uniform(3, 150), dice.uniform(0.5, 1.5)
        found = first_hits(Sight(window(0, 0, eye), WINDOW), solids_of((shapely.box(-left, distance, right, distance + 0.001), 0, height)))
        far = distance - LIFT
        angle = sum(corner(width, part, far) for width in (left, right) for part in (height - eye, eye))
        worst = max(worst, abs((found.owner >= 0).mean() - angle / (2 * math.pi)))
        sides, height = dice.uniform(2, 60, 4), dice.uniform(2, 60)
        court = shapely.box(-99, -99, 99, 99).difference(shapely.box(-sides[0], -sides[1], sides[2], sides[3]))
        exact = sum(opening(a, b, height - LIFT) for a in sides[::2] for b in sides[1::2])
        sky = max(sky, abs(sky_factor(ON_GROUND, solids_of((court, 0, height))) - exact))
    assert 100 * worst < sampling_error(Field.WINDOW)
    assert 100 * sky < sampling_error(Field.SKY_FACTOR)
    assert 100 * worst > sampling_error(Field.WINDOW) / 4, "what is stated is no guess"
