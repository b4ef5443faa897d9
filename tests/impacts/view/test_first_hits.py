"""Lines of sight: evenly spread, right against formulas, and bit for bit the same when only what changes is asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.sunlight.worlds import some_points
from tests.impacts.view.worlds import boxes, solids_of, window
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.directions import Directions, Field
from wijktwin.impacts.view.first_hits import FirstHits, Sight, SightScene, computed_again, first_hits, with_changes, without

NONE = solids_of()
GROUND = Points.on_ground(np.zeros((1, 3)))


@pytest.mark.parametrize("field", Field)
@pytest.mark.parametrize("looks", [(0.0, 1.0), (0.6, -0.8), (-1.0, 0.0)])
def test_directions_are_unit_vectors_in_front_and_balanced(field: Field, looks: tuple[float, float]) -> None:
    points = GROUND if field is Field.SKY_FACTOR else window(0, 0, 0, looks=looks)
    found = Directions(field, 2048).towards(points)[0].astype(np.float64)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-6)
    mean = {Field.WINDOW: 0.5, Field.SKY_FACTOR: 2 / 3, Field.ALL_ROUND: 0.0}[field]  # of the cosine to the normal
    assert found.mean(axis=0) == pytest.approx(mean * points.normals[0], abs=0.002)
    if field is not Field.ALL_ROUND:
        assert (found @ points.normals[0] > 0).all()


def test_no_direction_lies_behind_the_reveal_of_a_window() -> None:
    found = Directions(Field.WINDOW, 512).towards(window(0, 0, 0, above=0.25))[0]
    assert found[:, 1].min() > 0.25
    assert found[:, 1].max() < 1.0


def test_directions_of_a_point_do_not_depend_on_who_else_is_asked() -> None:
    points = some_points(np.random.default_rng(1), 40, size=50.0)
    ways = Directions(Field.WINDOW, 200)
    whole = ways.towards(points)
    for row in range(len(points)):
        assert (ways.towards(points.taken(np.array([row])))[0] == whole[row]).all()
    point, way = np.divmod(np.arange(0, 8000, 7), 200)
    assert (ways.towards_pairs(points, point, way) == whole[point, way]).all()


def test_the_first_thing_is_the_nearest_and_it_is_as_far_as_it_is() -> None:
    near, far = shapely.box(-5, 10, 5, 12), shapely.box(-50, 30, 50, 32)
    scene = SightScene(solids_of((far, 0, 20), (near, 0, 3)))
    origins = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]], dtype=np.float32)
    rise = math.hypot(30, 9)
    towards = np.array([[0, 1, 0], [0, 30 / rise, 9 / rise], [0, 0, 1], [0, -1, 0]], dtype=np.float32)
    distance, owner = scene.nearest(origins, towards)
    assert owner.tolist() == [1, 0, -1, -1]
    assert distance == pytest.approx([10, rise, np.inf, np.inf])
    assert scene.is_hidden(origins, towards, np.array([9.9, 30, 1e9, 1e9], np.float32)).tolist() == [False, False, False, False]
    assert scene.is_hidden(origins, towards, np.array([10.1, 32, 1e9, 1e9], np.float32)).tolist() == [True, True, False, False]


def test_without_anything_every_line_goes_on_forever() -> None:
    found = first_hits(Sight(window(0, 0, 1), Directions(Field.WINDOW, 64)), NONE)
    assert np.isinf(found.distance).all()
    assert (found.owner == -1).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), n_gone=st.integers(0, 6), n_added=st.integers(0, 5), field=st.sampled_from(list(Field)))
def test_asking_only_what_changes_gives_every_bit_of_asking_everything(seed: int, n_gone: int, n_added: int, field: Field) -> None:
    dice = np.random.default_rng(seed)
    sight = Sight(some_points(dice, 30, size=60.0), Directions(field, 96))
    solids, added = solids_of(*boxes(dice, 12, size=60.0)), solids_of(*boxes(dice, n_added, size=60.0))
    gone = np.zeros(solids.n_solids, dtype=np.bool_)
    gone[dice.permutation(12)[:n_gone]] = True
    now = first_hits(sight, solids)
    quick = with_changes(sight, now, solids, gone, added)
    assert quick.n_different(computed_again(sight, solids, gone, added), n_solids=solids.n_solids) == 0
    one_scene = _together(without(solids, gone), added)
    assert (first_hits(sight, one_scene).distance == quick.distance).all(), "two scenes give what one with everything gives"
    assert first_hits(sight, solids, n_threads=1).n_different(now, n_solids=12) == 0


def _together(solids: Solids, added: Solids) -> Solids:
    corners, owner = np.concatenate([solids.corners, added.corners]), np.concatenate([solids.owner, added.owner + solids.n_solids])
    return Solids(corners, owner, solids.n_solids + added.n_solids)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_more_buildings_never_make_a_line_longer(seed: int) -> None:
    dice = np.random.default_rng(seed)
    sight = Sight(some_points(dice, 20, size=60.0), Directions(Field.WINDOW, 64))
    solids, added = solids_of(*boxes(dice, 8, size=60.0)), solids_of(*boxes(dice, 3, size=60.0))
    now = first_hits(sight, solids)
    after = with_changes(sight, now, solids, np.zeros(8, dtype=np.bool_), added)
    assert (after.distance <= now.distance).all()
    changed = after.distance < now.distance
    assert (after.owner[changed] >= 8).all()
    assert (after.owner[~changed] == now.owner[~changed]).all()


def test_what_differs_is_counted() -> None:
    now = FirstHits(np.array([[1.0, np.inf, 3.0]], np.float32), np.array([[0, -1, 4]], np.int32))
    other = FirstHits(np.array([[1.0, 2.0, 3.0]], np.float32), np.array([[1, 2, 5]], np.int32))
    assert now.n_different(other, n_solids=3) == 2, "which of today's solids is met means nothing; which of a plan's does"
