"""What is told once about the surroundings of a walker: read back the way the browser reads it, and compared with the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from layers.prepared import Prepared, prepare
from layers.standalone import Inside
from layers.surroundings import HEAD_ROOM, in_view_data, plan_data, walk_data
from layers.terrain import Terrain
from tests.layers.small_town import GROUND, SOUTH, STREET_NAME, WEST, low_block, sloping_town, small_town, tower
from wijktwin.model.neighbourhood import Neighbourhood


def prepared(town: Neighbourhood) -> Prepared:
    return prepare(town, [], publish=Inside())


def metres(told: dict[str, Any], lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from the corner, as the browser works them out."""
    x, y = (lonlat - told["corner"]).T
    found: NDArray[np.float64] = np.column_stack([x, y, x * y, x * x, y * y]) @ np.array(told["metres"]).T
    return found


def polygon(rings: list[list[int]]) -> shapely.Polygon:
    corners = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 10 for ring in rings]
    return shapely.Polygon(corners[0], corners[1:])


@pytest.mark.parametrize("side", [100.0, 4000.0])
def test_degrees_become_metres_to_a_centimetre_also_over_kilometres(side: float) -> None:
    found = prepared(small_town())
    wide = replace(found, terrain=Terrain(WEST, SOUTH, side / 20, np.full((21, 21), GROUND)))
    told = in_view_data(small_town(), wide)
    assert told["size"] == [side, side]
    places = np.random.default_rng(1).uniform(0, side, (50, 2))
    lonlat = np.array([wide.frame.lonlat(WEST + x, SOUTH + y) for x, y in places])
    assert np.abs(metres(told, lonlat) - places).max() < 0.01


@pytest.mark.parametrize("town", [small_town(), sloping_town()], ids=["level", "slope"])
def test_the_ground_is_that_of_the_picture(town: Neighbourhood) -> None:
    found = prepared(town)
    flat = found.terrain
    bent = replace(flat, heights=flat.heights + np.random.default_rng(2).uniform(0.0, 0.1, flat.heights.shape))
    for terrain in (flat, bent):
        ground = in_view_data(town, replace(found, terrain=terrain))["ground"]
        assert ground["cell"] == pytest.approx(terrain.cell)
        assert ground["isKnown"]
        heights = np.array(ground["heights"]).reshape(-1, ground["columns"]) / 100 + found.frame.reference_ground
        rows, columns = heights.shape
        x, y = np.meshgrid(terrain.west + terrain.cell * np.arange(columns), terrain.south + terrain.cell * np.arange(rows))
        drawn = terrain.at(np.column_stack([x.ravel(), y.ravel()])).reshape(rows, columns)
        assert np.abs(heights - drawn).max() <= 0.005 + 1e-9


def test_outlines_and_middles_are_those_of_the_buildings_in_their_order() -> None:
    town = small_town()
    with_court = shapely.Polygon(shapely.box(0, 0, 20, 20).exterior, [shapely.box(5, 5, 15, 15).exterior])
    footprints = town.buildings.footprints.copy()
    footprints[2] = shapely.affinity.translate(with_court, WEST + 20, SOUTH)
    footprints[5] = None
    town = replace(town, buildings=replace(town.buildings, footprints=footprints))
    found = prepared(town)
    west, south, _, _ = found.terrain.bounds
    walked, seen = walk_data(town, found)["outlines"], in_view_data(town, found)["middles"]
    assert walked[5] == []
    assert seen[5] is None
    for row in (0, 2, 7):
        true = shapely.affinity.translate(footprints[row], -west, -south)
        assert shapely.hausdorff_distance(polygon(walked[row]).boundary, true.boundary) < 0.1
        assert np.hypot(*(np.array(seen[row]) / 10 - shapely.get_coordinates(true.centroid)[0])) < 0.1
    assert not polygon(walked[2]).contains(shapely.Point(WEST + 30 - west, SOUTH + 10 - south)), "a court is not a building"


def test_a_street_is_told_by_its_name_where_it_runs() -> None:
    found = prepared(small_town())
    lines = in_view_data(small_town(), found)["streets"]
    assert list(lines) == [STREET_NAME]
    west, south, _, _ = found.terrain.bounds
    line = np.cumsum(np.array(lines[STREET_NAME][0]).reshape(-1, 2), axis=0) / 10 + (west, south)
    assert line == pytest.approx(np.array([[WEST - 10, SOUTH - 9], [WEST + 90, SOUTH - 9]]), abs=0.05)
    nameless = replace(small_town(), street_table=None)
    assert in_view_data(nameless, found)["streets"] == {}


def test_a_plan_stops_a_walker_where_it_builds_at_the_height_of_people() -> None:
    found = prepared(small_town())
    told = plan_data(tower(), small_town(), found)
    assert len(told["outlines"]) == 1, "a garage below the ground stops nobody"
    assert len(told["middles"]) == 1
    assert told["gone"] == [3, 4]
    assert len(told["others"]) == 2
    bridge = replace(low_block(), volumes=tuple(replace(volume, base=HEAD_ROOM) for volume in low_block().volumes))
    raised = plan_data(bridge, small_town(), found)
    assert (raised["outlines"], len(raised["middles"])) == ([], 1)
