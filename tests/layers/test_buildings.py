"""Rows of buildings: every surface that can be seen, where it is, turned the right way, in the light."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from layers.buildings import (
    ROOTED,
    SKIRT,
    between_neighbours,
    building_edges,
    building_rows,
    building_stroke_rows,
    mesh_rows,
    surface_colours,
)
from layers.frame import Frame
from layers.terrain import build_terrain
from tests.layers.glb import read_glb
from tests.layers.small_town import EAVES, GROUND, RIDGE, SOUTH, WEST, houses, small_town
from wijktwin import appearance, crs
from wijktwin.model.mesh import SurfaceKind
from wijktwin.model.volume_mesh import mesh_of_faces

FRAME = Frame.of(small_town())
TERRAIN = build_terrain(small_town())


def rings_of(row: dict[str, Any]) -> list[NDArray[np.float64]]:
    """Rings of a row in metres from the corner of the town, and above its ground."""
    polygon = row["p"]
    flat = np.array(polygon["positions"] if isinstance(polygon, dict) else polygon).reshape(-1, 3)
    starts = [start // 3 for start in polygon["holeIndices"]] if isinstance(polygon, dict) else []
    xy = crs.from_wgs84(flat[:, :2], crs.RD_NAP) - [WEST, SOUTH]
    return np.split(np.column_stack([xy, flat[:, 2]]), starts)


def normal_of(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newell's normal of a ring, of length 1."""
    normal = np.cross(ring - ring[0], np.roll(ring, -1, axis=0) - ring[0]).sum(axis=0)
    return np.asarray(normal / np.linalg.norm(normal), dtype=np.float64)


def test_every_surface_but_the_floor_is_drawn_once_for_its_building() -> None:
    rows = building_rows(small_town(), TERRAIN, FRAME)
    assert Counter(row["__source"]["index"] for row in rows) == dict.fromkeys(range(8), 6)
    some = building_rows(small_town(), TERRAIN, FRAME, [2, 5])
    assert Counter(row["__source"]["index"] for row in some) == {2: 6, 5: 6}
    assert some == [row for row in rows if row["__source"]["index"] in (2, 5)]


def test_roofs_are_where_they_are_and_face_outward() -> None:
    roofs = [rings_of(row)[0] for row in building_rows(small_town(), TERRAIN, FRAME, [0]) if len(row["c"]) == 3]
    assert len(roofs) == 2
    south = next(ring for ring in roofs if ring[:, 1].min() < 1)
    expected = [(0, 0, EAVES), (6, 0, EAVES), (6, 4.5, RIDGE), (0, 4.5, RIDGE)]
    assert np.abs(south - np.array(expected)).max() < 0.01
    assert normal_of(south) == pytest.approx(np.array([0, -(RIDGE - EAVES), 4.5]) / np.hypot(RIDGE - EAVES, 4.5), abs=0.01)


def test_all_faces_look_away_from_the_middle_of_their_house() -> None:
    for row in building_rows(small_town(), TERRAIN, FRAME, [3]):
        ring = rings_of(row)[0]
        assert normal_of(ring) @ (ring.mean(axis=0) - np.array([33.0, 4.5, 3.0])) > 0


def test_a_wall_between_two_houses_is_drawn_only_while_one_of_them_goes() -> None:
    town = houses(3)
    vertices = town.mesh.vertices.copy()
    vertices[vertices[:, 0] > 8.0, 0] -= 4.0  # the second and the third house stand against each other, the first too
    vertices[vertices[:, 0] > 14.0, 0] -= 4.0
    object.__setattr__(town, "mesh", dataclasses.replace(town.mesh, vertices=vertices))
    assert between_neighbours(town.mesh).sum() == 4
    terrain, frame = build_terrain(town), Frame.of(town)
    together = Counter(row["__source"]["index"] for row in building_rows(town, terrain, frame))
    assert together == {0: 5, 1: 4, 2: 5}
    apart = Counter(row["__source"]["index"] for rows in ([0, 2], [1]) for row in building_rows(town, terrain, frame, rows))
    assert apart == dict.fromkeys(range(3), 6)


def test_walls_reach_into_the_ground_and_grow_darker_there() -> None:
    walls = [row for row in building_rows(small_town(), TERRAIN, FRAME, [0]) if len(row["c"]) > 3]
    assert len(walls) == 4
    for row in walls:
        ring, colours = rings_of(row)[0], np.array(row["c"]).reshape(-1, 4)
        low = ring[:, 2] < 0
        assert ring[low, 2] == pytest.approx(-SKIRT, abs=0.01)
        assert ring[~low, 2].min() == pytest.approx(EAVES, abs=0.01)
        assert colours[low, :3].max() < colours[~low, :3].min() or colours[low, :3].sum() < colours[~low, :3].sum()
        assert set(colours[:, 3]) == {255}


def test_ground_of_its_own_is_kept_on_a_slope() -> None:
    town = houses(5, slope=1.0)
    frame, terrain = Frame.of(town), build_terrain(town)
    tops = [max(rings_of(row)[0][:, 2].max() for row in building_rows(town, terrain, frame, [house])) for house in range(5)]
    assert tops == pytest.approx([RIDGE + house - 2 for house in range(5)], abs=0.01)


def test_holes_are_kept() -> None:
    points = np.array([(0, 0, 5), (9, 0, 5), (9, 9, 5), (0, 9, 5), (3, 3, 5), (3, 6, 5), (6, 6, 5), (6, 3, 5)], dtype=np.float64)
    mesh = mesh_of_faces(points, [(SurfaceKind.ROOF, [[0, 1, 2, 3], [4, 5, 6, 7]])], origin=np.array([WEST, SOUTH, 0.0]))
    (row,) = mesh_rows(mesh, FRAME, np.zeros((1, 3), dtype=np.uint8))
    outer, hole = rings_of(row)
    assert np.abs(outer[:, :2] - points[:4, :2]).max() < 0.01
    assert np.abs(hole[:, :2] - points[4:, :2]).max() < 0.01


def test_use_validity_and_slope_decide_the_colour() -> None:
    town = small_town()
    colours = surface_colours(town, town.mesh)
    pitched = town.mesh.surface_kind == SurfaceKind.ROOF
    assert np.abs(colours[pitched] - np.array(appearance.PITCHED_ROOF)).max() < 0.05 * 255
    walls = town.mesh.surface_kind == SurfaceKind.WALL
    for house, use in ((0, "dwelling"), (1, "shop"), (4, "")):
        mine = colours[walls & (town.mesh.surface_object == house)]
        ratio = mine / np.array(appearance.WALLS[use], dtype=float)
        assert np.ptp(ratio) < 1e-9
        assert ratio[0, 0] == pytest.approx(1.0, abs=0.04)


def test_light_makes_forms_readable() -> None:
    normals = np.array([[0, 0, 1], [0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0], [0, 0, -1]], dtype=np.float64)
    up, south, north, west, east, down = appearance.light_on(normals).mean(axis=1)
    assert 0.97 < up < 1.08
    assert up > south > west > east > north
    assert down < north
    assert min(south - north, west - north) > 0.1
    assert appearance.shaded(np.array([255.0, 255, 255]), normals).max() <= 255


def test_edges_of_what_goes_are_strokes() -> None:
    dashed = building_stroke_rows(small_town(), FRAME, [3])
    assert len(dashed) > 20
    assert min(row["s"][2] for row in dashed) == pytest.approx(0.0, abs=0.01)


def test_edges_of_a_roof_are_lines_in_metres_where_the_roof_is() -> None:
    model = read_glb(building_edges(small_town(), TERRAIN, FRAME, [3])[0])
    assert len(model.indices) == 7
    assert len(model.positions) == 6, "ends are shared"
    ends = {tuple(np.round(place, 2)) for place in model.positions}
    corners = {
        (x, y, z) for x, y, z in [(30, 0, EAVES), (36, 0, EAVES), (36, 9, EAVES), (30, 9, EAVES), (30, 4.5, RIDGE), (36, 4.5, RIDGE)]
    }
    expected = FRAME.offsets(np.array(sorted(corners)) + np.array([WEST, SOUTH, GROUND]))
    assert ends == {tuple(np.round(place, 2)) for place in expected}


def test_a_line_that_two_houses_have_is_drawn_once() -> None:
    one, other = houses(2), houses(2)
    mesh = other.mesh.vertices.copy()
    mesh[mesh[:, 0] > 8.0, 0] -= 4.0  # the second house leans against the first
    object.__setattr__(other, "mesh", dataclasses.replace(other.mesh, vertices=mesh))
    apart, together = (len(read_glb(building_edges(town, TERRAIN, FRAME)[0]).indices) for town in (one, other))
    assert (apart, together) == (14, 12)


@pytest.mark.parametrize("slope", [0.0, 4.0])
def test_upright_corners_run_from_the_eaves_into_the_ground_and_ridges_are_none_of_them(slope: float) -> None:
    town = houses(2, slope=slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    lines = read_glb(building_edges(town, terrain, frame, [1])[1])
    ends = np.sort(lines.positions[lines.indices].reshape(-1, 2, 3), axis=1)
    mesh = town.mesh
    own = mesh.vertices[mesh.ring_vertices][mesh.surface_object[np.repeat(mesh.ring_surface, np.diff(mesh.ring_start))] == 1] + mesh.origin
    corners = np.unique(own[own[:, 2] == own[:, 2].min()][:, :2], axis=0)
    assert len(ends) == len(corners) == 4
    places = {tuple(np.round(place, 1)) for place in frame.offsets(np.column_stack([corners, np.zeros(4)]))[:, :2]}
    assert {tuple(np.round(end[:2], 1)) for line in ends for end in line} == places
    foot = own[:, 2].min() - frame.reference_ground
    low, high = lines.positions[:, 2].min(), lines.positions[:, 2].max()
    assert high == pytest.approx(foot + EAVES, abs=0.02)
    assert low <= foot - SKIRT + 0.02
    assert low <= terrain.at(corners).min() - frame.reference_ground - ROOTED + 0.02


@pytest.mark.parametrize("slope", [0.0, 0.5, 4.0])
def test_walls_reach_into_the_ground_wherever_it_is(slope: float) -> None:
    town = houses(8, slope=slope)
    frame, terrain = Frame.of(town), build_terrain(town)
    for row in building_rows(town, terrain, frame):
        if len(row["c"]) == 3:
            continue
        ring, colours = rings_of(row)[0], np.array(row["c"]).reshape(-1, 4)
        low = ring[colours[:, :3].sum(axis=1) < colours[:, :3].sum(axis=1).max()]
        ground = terrain.at(low[:, :2] + [WEST, SOUTH]) - frame.reference_ground
        assert (low[:, 2] <= ground - ROOTED + 0.02).all()


def test_ground_height_of_the_town() -> None:
    assert FRAME.reference_ground == GROUND
