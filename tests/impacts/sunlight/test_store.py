"""Light on the disk: the same bits, computed once, found by everything that went into it, never trusted when damaged."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sun_boxes import prisms, some_boxes
from tests.impacts.sunlight.test_norms import ASSUMPTIONS, SHORT, wall_to_the_south
from tests.impacts.sunlight.test_points import addresses, solid_village
from tests.impacts.sunlight.worlds import grid_of, some_points
from wijktwin.impacts.sunlight import study as studies
from wijktwin.impacts.sunlight.light import Light
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import dwelling_points
from wijktwin.impacts.sunlight.possible_sun import possible_sun
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.store import LightStore, light_key
from wijktwin.impacts.sunlight.study import SunStudy

DICE = np.random.default_rng(6)
POINTS = some_points(DICE, 203, size=60.0)
SOLIDS = prisms(some_boxes(DICE, 10, size=60.0))
GRID = grid_of(date(2026, 2, 19))


def computed() -> Light:
    return possible_sun(POINTS, RayScene(SOLIDS.corners), GRID)


def refused() -> Light:
    raise AssertionError("computed again")


def test_what_was_written_is_read_bit_for_bit(tmp_path: Path) -> None:
    store, key = LightStore(tmp_path / "deep" / "store"), light_key(POINTS, GRID, casters=[SOLIDS.corners])
    first = store.light(key, GRID, len(POINTS), computed)
    again = LightStore(tmp_path / "deep" / "store").light(key, GRID, len(POINTS), refused)
    assert again.bits_different(first) == 0
    assert (again.slots == first.slots).all()
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("spoil", [lambda raw: raw[:100], lambda raw: raw[:0], lambda raw: b"x" * len(raw)])
def test_a_damaged_file_is_computed_again(tmp_path: Path, spoil: object) -> None:
    store = LightStore(tmp_path)
    first = store.light("k", GRID, len(POINTS), computed)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert store.light("k", GRID, len(POINTS), computed).bits_different(first) == 0
    assert store.light("k", GRID, len(POINTS), refused).bits_different(first) == 0


def test_light_of_other_points_is_not_taken(tmp_path: Path) -> None:
    store = LightStore(tmp_path)
    store.light("k", GRID, len(POINTS), computed)
    with pytest.raises(AssertionError, match="computed again"):
        store.light("k", GRID, 900, refused)


def test_everything_that_light_follows_from_is_in_its_key() -> None:
    moved = Points(POINTS.positions + np.array([0, 0, 0.01]), POINTS.normals, POINTS.sun_above)
    turned = Points(POINTS.positions, POINTS.normals, POINTS.sun_above + 0.01)
    lower = SOLIDS.corners - np.float32(0.01)
    keys = [
        light_key(POINTS, GRID, casters=[SOLIDS.corners]),
        light_key(moved, GRID, casters=[SOLIDS.corners]),
        light_key(turned, GRID, casters=[SOLIDS.corners]),
        light_key(POINTS, grid_of(date(2026, 2, 20)), casters=[SOLIDS.corners]),
        light_key(POINTS, grid_of(date(2026, 2, 19), lowest=6.0), casters=[SOLIDS.corners]),
        light_key(POINTS, GRID, casters=[lower]),
        light_key(POINTS, GRID, casters=[SOLIDS.corners[:12], SOLIDS.corners[12:]]),
        light_key(POINTS, GRID, casters=[]),
    ]
    assert len(set(keys)) == len(keys)
    assert light_key(POINTS, GRID, casters=[SOLIDS.corners.copy()]) == keys[0]


def test_many_who_ask_at_once_compute_once(tmp_path: Path) -> None:
    made = []

    def slow() -> Light:
        made.append(1)
        return computed()

    with ThreadPoolExecutor(6) as pool:
        lights = list(pool.map(lambda _: LightStore(tmp_path).light("k", GRID, len(POINTS), slow), range(6)))
    assert len(made) == 1
    assert all(each.bits_different(lights[0]) == 0 for each in lights)


def test_where_nothing_can_be_written_the_answer_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder", encoding="utf-8")
    assert LightStore(tmp_path / "taken").light("k", GRID, len(POINTS), computed).bits_different(computed()) == 0


def test_a_study_keeps_today_and_its_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0)))
    points, days = dwelling_points(town, assumptions=ASSUMPTIONS), SHORT.days_in(2026)
    scenario = town.with_plans([replace(wall_to_the_south(12.5), published_by_server=True)])
    first = SunStudy(town, points, days, lowest=5.0, store=LightStore(tmp_path))
    light = first.light(scenario)
    for name in ("possible_sun", "with_changes"):
        monkeypatch.setattr(studies, name, lambda *_args, **_options: refused())
    second = SunStudy(town, points, days, lowest=5.0, store=LightStore(tmp_path))
    assert second.light(scenario).bits_different(light) == 0
    assert second.now.bits_different(first.now) == 0


def test_nothing_of_a_plan_that_a_visitor_brought_is_kept(tmp_path: Path) -> None:
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0)))
    points, days = dwelling_points(town, assumptions=ASSUMPTIONS), SHORT.days_in(2026)
    study = SunStudy(town, points, days, lowest=5.0, store=LightStore(tmp_path))
    study.light(town.with_plans([wall_to_the_south(12.5)]))
    assert len(list(tmp_path.glob("*.npz"))) == 1, "today only"
    study.light(town.with_plans([replace(wall_to_the_south(12.5), published_by_server=True)]))
    assert len(list(tmp_path.glob("*.npz"))) == 1, "the same plan, published: it was in memory"
    study.light(town.with_plans([replace(wall_to_the_south(10.0), published_by_server=True)]))
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_what_nobody_asked_for_longest_goes_when_the_folder_is_full(tmp_path: Path) -> None:
    store = LightStore(tmp_path)
    store.light("a", GRID, len(POINTS), computed)
    size = (tmp_path / "a.npz").stat().st_size
    store.light("b", GRID, len(POINTS), computed)
    for number, name in enumerate("ba"):
        os.utime(tmp_path / f"{name}.npz", (number, number))
    small = LightStore(tmp_path, most_bytes=2 * size + size // 2)
    small.light("c", GRID, len(POINTS), computed)
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["a.npz", "c.npz"]
    assert not (tmp_path / "b.lock").exists()
    os.utime(tmp_path / "c.npz", (2, 2))
    small.light("a", GRID, len(POINTS), refused)
    small.light("d", GRID, len(POINTS), computed)
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["a.npz", "d.npz"], "a was asked for after c was written"
