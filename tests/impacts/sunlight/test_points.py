"""Where sun is counted: on the side a dwelling has, never inside or against something else, and every possibility where nobody knows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.impacts.village import BUILDINGS, EAST, NORTH, RD, point, rectangle, village
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.sunlight.points import (
    Origin,
    dwelling_points,
    facade_points,
    ground_points,
    sine_behind_reveal,
)
from wijktwin.impacts.sunlight.walls import compass
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.surroundings import ADDRESS_COLUMNS, GroundKind, geographic_table
from wijktwin.model.volume_mesh import joined, raised

ASSUMPTIONS = default_assumptions()
STOREY, SILL = ASSUMPTIONS["storey_height_dwelling"].value, ASSUMPTIONS["window_sill_height"].value
ORIGIN = np.array([EAST, NORTH, 0.0])


def solid_village(**rows: Any) -> Neighbourhood:
    """The village with its buildings as solids; the address table can be another."""
    meshes = [raised(rectangle(*row[0]), bottom=3.0, top=3.0 + row[1], origin=ORIGIN) for row in BUILDINGS.values()]
    given: dict[str, Any] = {"mesh": joined(meshes, origin=ORIGIN)}
    return village(**{**given, **rows})


def addresses(*rows: tuple[str, float, str, float, float]) -> Any:
    """Addresses: building, storey, side, and where."""
    columns: dict[str, object] = {
        "address_id": [f"a{number}" for number in range(len(rows))],
        "street": "Kerkstraat",
        "number": list(range(1, len(rows) + 1)),
        "building_id": [row[0] for row in rows],
        "use": "dwelling",
        "storey": [row[1] for row in rows],
        "side": [row[2] for row in rows],
    }
    return geographic_table(ADDRESS_COLUMNS, columns, [point(row[3], row[4]) for row in rows], RD)


def positions(neighbourhood: Neighbourhood, target: int) -> NDArray[np.float64]:
    found = dwelling_points(neighbourhood, assumptions=ASSUMPTIONS)
    return found.points.positions[found.rows_of(target)]


def test_a_known_storey_and_side_is_one_point_in_front_of_the_address() -> None:
    town = solid_village(address_table=addresses(("flat", 2.0, "S", 38.0, 26.0)))
    found = dwelling_points(town, assumptions=ASSUMPTIONS)
    assert found.points.positions == pytest.approx(np.array([[38.0, 20.0, 3.0 + 2 * STOREY + SILL]]))
    assert found.points.normals == pytest.approx(np.array([[0.0, -1.0, 0.0]]))
    assert found.points.sun_above == pytest.approx([sine_behind_reveal(ASSUMPTIONS)])
    assert found.targets[0].origin is Origin.KNOWN
    assert found.targets[0].label == "Kerkstraat 1"


def test_where_nobody_knows_there_is_a_point_for_every_possibility() -> None:
    town = solid_village(address_table=addresses(("flat", math.nan, "", 38.0, 26.0), ("flat", 1.0, "N", 38.0, 26.0)))
    found = dwelling_points(town, assumptions=ASSUMPTIONS)
    mine = found.rows_of(0)
    assert found.targets[0].origin is Origin.ASSUMED
    assert len(mine) == 4 * 4, "four storeys, four sides"
    assert sorted(set(found.storey[mine].tolist())) == [0, 1, 2, 3]
    assert len(found.rows_of(1)) == 1


def test_a_dwelling_alone_in_its_building_is_on_the_ground_floor() -> None:
    town = solid_village(address_table=addresses(("house-2", math.nan, "S", 15.0, 25.0)))
    found = dwelling_points(town, assumptions=ASSUMPTIONS)
    assert found.storey.tolist() == [0]
    assert found.targets[0].origin is Origin.DERIVED


def test_party_walls_have_no_points_and_the_wall_above_a_lower_neighbour_does() -> None:
    """House 1 (8 m high) stands in the west against house 2 (9 m): no windows between them."""
    town = solid_village(address_table=addresses(("house-1", math.nan, "", 5.0, 25.0), ("house-2", 0.0, "W", 15.0, 25.0)))
    assert {tuple(each) for each in positions(town, 0)[:, :2].round(6).tolist()} == {(5.0, 20.0), (5.0, 30.0), (0.0, 25.0)}
    assert len(positions(town, 1)) == 0, "the only wall on that side is a party wall"
    low = {**BUILDINGS, "house-1": ((0, 20, 10, 30), 4.0, 400.0, 1.0, 0.1, 1965.0)}
    meshes = [raised(rectangle(*row[0]), bottom=3.0, top=3.0 + row[1], origin=ORIGIN) for row in low.values()]
    upstairs = solid_village(mesh=joined(meshes, origin=ORIGIN), address_table=addresses(("house-2", 1.0, "W", 15.0, 25.0)))
    assert len(positions(upstairs, 0)) == 0, "3.55 m above the floor is below the roof of 4 m"
    higher = solid_village(mesh=joined(meshes, origin=ORIGIN), address_table=addresses(("house-2", 2.0, "W", 15.0, 25.0)))
    assert len(positions(higher, 0)) == 1


def test_no_point_lies_inside_or_against_another_solid() -> None:
    town = solid_village()
    found = facade_points(town, range(len(BUILDINGS)), assumptions=ASSUMPTIONS)
    assert len(found) > 60
    flat = found.points.positions + ORIGIN
    for name, (outline, height, *_) in BUILDINGS.items():
        own = np.array([found.targets[row].building_id == name for row in found.target])
        near = shapely.dwithin(np.asarray(shapely.points(flat[:, :2]), dtype=object), rectangle(*outline), 0.5)
        assert not (near & ~own & (flat[:, 2] < 3.0 + height)).any(), name
        outside = found.points.origins.astype(np.float64)[own] + ORIGIN
        assert not shapely.contains_xy(rectangle(*outline), outside[:, 0], outside[:, 1]).any()
    assert len(found.targets) == len(found), "every place on a facade is judged by itself"
    assert set(found.target.tolist()) == set(range(len(found)))


def test_points_on_the_ground_are_a_metre_apart_and_never_in_a_building() -> None:
    town = solid_village()
    found = ground_points(town, kinds=(GroundKind.GARDEN, GroundKind.PAVEMENT))
    area = {"gardens": 100 * 30 - (100 + 100 + 240 + 16 + 400), "pavement": 20 * 2.5}
    counts = {target.identifier: len(found.rows_of(row)) for row, target in enumerate(found.targets)}
    assert counts["gardens"] == area["gardens"]
    assert counts["pavement"] == pytest.approx(area["pavement"], abs=20)
    flat = (found.points.positions + ORIGIN)[:, :2]
    for outline, *_ in BUILDINGS.values():
        assert not shapely.contains_xy(rectangle(*outline), flat[:, 0], flat[:, 1]).any()
    assert found.points.positions[:, 2] == pytest.approx(3.0), "the ground of the buildings around"
    assert (found.points.normals == [0.0, 0.0, 1.0]).all()
    assert len(ground_points(town, kinds=(GroundKind.GARDEN,), spacing=0.5)) == 4 * area["gardens"]


def test_buildings_of_the_halo_have_no_points() -> None:
    town = solid_village(address_table=addresses(("halo", 0.0, "S", 160.0, 10.0)))
    assert dwelling_points(town, assumptions=ASSUMPTIONS).targets == ()


def test_sides_are_those_of_the_compass() -> None:
    assert compass("E") == pytest.approx(np.array([1.0, 0.0]))
    assert compass("SW") == pytest.approx(np.array([-1.0, -1.0]) / math.sqrt(2))
    assert compass("") is None
