"""Solids from roof pieces: closed, looking outwards, and exactly as large as their pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.example.polyhedra import crowded_edges, enclosed_volume, open_edges
from wijktwin.example.dice import Dice
from wijktwin.example.forms import Form, shared_wall_area, side_profile
from wijktwin.example.houses import HouseForm, house_form, infill_type, lived_in, row_type
from wijktwin.example.solids import GROUND, INNER_WALL, OUTER_WALL, ROOF, Face, Piece, flat_piece, outline, rectangle, solid, straightened

steps = st.integers(400, 9000)
heights = st.integers(200, 3000).map(lambda tens: tens * 10)


def numbered(faces: list[Face]) -> tuple[list[list[list[int]]], np.ndarray]:
    numbers: dict[tuple[int, int, int], int] = {}
    shell = [[[numbers.setdefault(spot, len(numbers)) for spot in ring] for ring in face.rings] for face in faces]
    return shell, np.array(list(numbers), dtype=np.float64)


@st.composite
def grids(draw: st.DrawFn) -> list[Piece]:
    """A rectangle cut into columns, and every column into cells of its own, each with a roof: T-junctions everywhere."""
    columns = [0, *np.cumsum(draw(st.lists(steps, min_size=1, max_size=4))).tolist()]
    deep = draw(st.integers(4000, 12_000))
    pieces: list[Piece] = []
    for x0, x1 in pairwise(columns):
        cuts = sorted({0, deep, *draw(st.lists(st.integers(300, deep - 300), max_size=3))})
        pieces += [flat_piece(rectangle(x0, y0, x1, y1), draw(heights), block=draw(st.integers(0, 1))) for y0, y1 in pairwise(cuts)]
    return pieces


@given(pieces=grids())
def test_any_flat_roofs_side_by_side_make_a_closed_solid(pieces: list[Piece]) -> None:
    shell, vertices = numbered(solid(pieces))
    assert not open_edges(shell)
    assert enclosed_volume(shell, vertices) == pytest.approx(sum(piece.volume() for piece in pieces), rel=1e-9)


@given(pieces=grids())
def test_the_outline_has_the_area_of_the_pieces_and_no_vertex_too_many(pieces: list[Piece]) -> None:
    rings = outline(pieces)
    assert len(rings) == 1
    assert len(rings[0]) == 4
    assert straightened(rings[0]) == rings[0]


@given(pieces=grids())
def test_roofs_and_ground_cover_the_same_plan(pieces: list[Piece]) -> None:
    plan = {GROUND: 0.0, OUTER_WALL: 0.0, INNER_WALL: 0.0, ROOF: 0.0}
    for face in solid(pieces):
        for ring in face.rings:
            plan[face.kind] += 0.5 * sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*ring, ring[0])))
    assert plan[ROOF] == pytest.approx(sum(piece.plan_area() for piece in pieces))
    assert plan[GROUND] == pytest.approx(-plan[ROOF])
    assert plan[OUTER_WALL] == pytest.approx(0.0, abs=1e-3)
    assert plan[INNER_WALL] == pytest.approx(0.0, abs=1e-3)


def test_a_tower_in_the_middle_leaves_a_hole_in_the_roof_around_it() -> None:
    window = rectangle(3000, 3000, 6000, 6000)
    pieces = [flat_piece(rectangle(0, 0, 9000, 9000), 5000, holes=(window[::-1],)), flat_piece(window, 9000)]
    faces = solid(pieces)
    shell, vertices = numbered(faces)
    assert not open_edges(shell)
    assert not crowded_edges(shell)
    assert enclosed_volume(shell, vertices) == pytest.approx(81e6 * 5000 + 9e6 * 4000)
    assert [len(face.rings) for face in faces if face.kind == ROOF] == [2, 1]


def test_a_courtyard_has_walls_that_look_into_it() -> None:
    around = [
        rectangle(0, 0, 9000, 3000),
        rectangle(0, 6000, 9000, 9000),
        rectangle(0, 3000, 3000, 6000),
        rectangle(6000, 3000, 9000, 6000),
    ]
    faces = solid([flat_piece(ring, 4000) for ring in around])
    shell, vertices = numbered(faces)
    assert not open_edges(shell)
    assert enclosed_volume(shell, vertices) == pytest.approx(72e6 * 4000)
    assert len(faces[0].rings) == 2
    assert sum(face.kind == OUTER_WALL for face in faces) == 8


def test_planes_that_cross_on_an_edge_are_refused() -> None:
    up = Piece(rectangle(0, 0, 1000, 1000), (3000.0, 0.0, 1.0))
    down = Piece(rectangle(1000, 0, 2000, 1000), (4000.0, 0.0, -1.0))
    with pytest.raises(ValueError, match="cross"):
        solid([up, down])


def test_pieces_that_touch_in_a_point_are_refused() -> None:
    with pytest.raises(ValueError, match="single point"):
        outline([flat_piece(rectangle(0, 0, 1000, 1000), 3000), flat_piece(rectangle(1000, 1000, 2000, 2000), 3000)])


def test_pieces_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="one whole"):
        outline([flat_piece(rectangle(0, 0, 1000, 1000), 3000), flat_piece(rectangle(3000, 0, 4000, 1000), 3000)])


def every_level_is_sound(form: Form) -> None:
    vertices = np.column_stack([form.plan[form.plan_index], form.heights]).astype(np.float64)
    for level in form.levels.values():
        assert not open_edges(level.shell)
        assert not crowded_edges(level.shell)
        assert enclosed_volume(level.shell, vertices) == pytest.approx(level.volume, rel=2e-4)
        assert len(level.values) == len(level.shell)
        assert max(level.values) == 2 + len(level.roofs)


@given(seed=st.integers(0, 10_000), width=st.sampled_from([5400, 5700, 6000]), infill=st.booleans())
def test_every_house_that_anybody_lives_in_is_sound(seed: int, width: int, infill: bool) -> None:
    dice = Dice(seed)
    kind = infill_type(dice, width=width, year=2004) if infill else row_type(dice, width=width, year=1962)
    every_level_is_sound(house_form(lived_in(dice, kind, changes=1.0)))


def test_dormers_and_extensions_add_what_they_measure() -> None:
    plain = HouseForm(5700, 8800, 5600, 5600, 8800, 4400)
    built_on = HouseForm(5700, 8800, 5600, 5600, 8800, 4400, extension=(0, 3500, 2500), extension_height=3000)
    difference = house_form(built_on).levels["2.2"].volume - house_form(plain).levels["2.2"].volume
    assert difference == pytest.approx(3500 * 2500 * 3000)
    assert house_form(plain).levels["2.2"].volume == pytest.approx(5700 * 8800 * (5600 + 8800) / 2)


def test_measures_of_a_saddle_roof_by_hand() -> None:
    form = house_form(HouseForm(6000, 8000, 5000, 5000, 8000, 4000))
    assert form.footprint_area == 48e6
    assert (form.roof_height(0.0), form.roof_height(0.5), form.roof_height(1.0)) == pytest.approx((5000, 6500, 8000))
    assert form.sloped_roof_area == pytest.approx(2 * 6000 * 5000)
    assert form.flat_roof_area == 0.0
    assert form.ridge == 8000
    assert form.levels["1.2"].volume == pytest.approx(48e6 * 7100)
    assert form.outer_wall_area == pytest.approx(2 * 6000 * 5000 + 2 * (8000 * 5000 + 8000 * 3000 / 2))


def test_the_wall_that_neighbours_share_is_the_lower_of_the_two() -> None:
    low, high = HouseForm(6000, 8000, 5000, 5000, 8000, 4000), HouseForm(6000, 9000, 9500, 9500, 9500, 4500)
    shared = shared_wall_area(house_form(low).side_profile(6000), house_form(high).side_profile(0))
    assert shared == pytest.approx(8000 * 5000 + 8000 * 3000 / 2)
    crossing = side_profile([Piece(rectangle(0, 0, 1000, 4000), (2000.0, 0.0, 1.0))], 0)
    level = side_profile([flat_piece(rectangle(0, 0, 1000, 4000), 4000)], 0)
    assert shared_wall_area(crossing, level) == pytest.approx(2000 * 3000 + 2000 * 4000)
