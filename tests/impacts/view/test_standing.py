"""What stands in the way, today and with plans, and what is kept of today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.sunlight.test_points import ORIGIN, addresses, solid_village
from tests.impacts.view.worlds import solids_of, window
from tests.impacts.village import RD, half_strip, plan, point, rectangle, tower, towers
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.crowns import Crowns, crowns_among
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.directions import Directions, Field
from wijktwin.impacts.view.first_hits import FirstHits, Sight, computed_again, first_hits
from wijktwin.impacts.view.ground_in_view import ground_classes_after
from wijktwin.impacts.view.home_points import home_points
from wijktwin.impacts.view.standing import ROOT, Standing, added_solids, rooted, volumes_above_ground
from wijktwin.impacts.view.store import ViewStore, sight_key
from wijktwin.impacts.view.study import SightStudy
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlantedTree
from wijktwin.model.surroundings import TREE_COLUMNS, geographic_table

ASSUMPTIONS = default_assumptions()
BEGINS = ASSUMPTIONS["crown_begins"].value
HOMES = (("flat", 3.0, "E", 50.0, 26.0), ("house-2", 0.0, "S", 15.0, 20.0), ("flat", 1.0, "N", 40.0, 32.0), ("hall", 0.0, "N", 80.0, 35.0))


def trees(*rows: tuple[float, float, float, float]) -> Any:
    """Trees: east, north, height and width of the crown."""
    columns: dict[str, object] = {
        "tree_id": [f"t{n}" for n in range(len(rows))],
        "height": [row[2] for row in rows],
        "crown_diameter": [row[3] for row in rows],
        "ground_height": [3.0] * len(rows),
        "kind": ["measured"] * len(rows),
    }
    return geographic_table(TREE_COLUMNS, columns, [point(row[0], row[1]) for row in rows], RD)


def crowns(*rows: tuple[float, float, float, float], built: tuple[Any, ...] = (), tops: tuple[float, ...] = ()) -> Crowns:
    return crowns_among(trees(*rows), np.array(built, dtype=object), np.array(tops), origin=ORIGIN, begins=BEGINS)


def test_a_crown_reaches_from_where_it_begins_to_the_top() -> None:
    found = crowns((10, 20, 10.0, 6.0))
    assert found.centres[0] == pytest.approx([10, 20, 3 + BEGINS * 10 + (1 - BEGINS) * 5])
    assert found.radii[0] == pytest.approx([3.0, (1 - BEGINS) * 5])
    corners = found.solids().corners.reshape(-1, 3)
    assert corners[:, 2].max() == pytest.approx(13.0, abs=0.3)
    assert corners[:, 2].min() == pytest.approx(3 + BEGINS * 10, abs=0.3)
    assert np.ptp(corners[:, 0]) == pytest.approx(6.0, abs=0.3)


def test_a_crown_goes_through_no_wall_but_over_a_low_roof() -> None:
    """A wall at 2 m: the crown of 6 m wide is 4 m wide there. A shed below the crown leaves it as it is."""
    wall = rectangle(12, 0, 30, 40)
    assert crowns((10, 20, 10.0, 6.0), built=(wall,), tops=(11.0,)).radii[0, 0] == pytest.approx(2.0)
    assert crowns((10, 20, 10.0, 6.0), built=(wall,), tops=(5.0,)).radii[0, 0] == pytest.approx(3.0)
    assert crowns((10, 20, 10.0, 6.0), built=(wall,), tops=(float("nan"),)).radii[0, 0] == pytest.approx(2.0)
    within = crowns((14, 20, 10.0, 6.0), built=(wall,), tops=(11.0,))
    assert within.radii[0, 0] == 0
    assert len(within.solids().corners) == 0


@pytest.mark.parametrize("row", [(10, 20, float("nan"), 6.0), (10, 20, 9.0, float("nan")), (10, 20, 9.0, 0.0)])
def test_a_tree_of_unknown_size_is_not_drawn_and_counted_as_such(row: tuple[float, float, float, float]) -> None:
    found = crowns(row, (40, 40, 8.0, 4.0))
    assert found.n_unknown == 1
    assert set(found.solids().owner.tolist()) == {1}


def test_crowns_differ_where_they_are_other_crowns() -> None:
    one, other = crowns((10, 20, 10.0, 6.0), (40, 40, 8.0, 4.0)), crowns((10, 20, 10.0, 6.0), (40, 40, 8.0, 5.0))
    assert one.that_differ_from(other).tolist() == [False, True]
    assert one.that_differ_from(one).tolist() == [False, False]
    assert one.only(np.array([False, True])).tree_ids == ("t1",)


def test_what_stands_on_the_ground_has_roots_and_what_hangs_has_not() -> None:
    solids = solids_of((shapely.box(0, 0, 5, 5), 0.0, 10.0), (shapely.box(0, 9, 5, 12), 6.0, 10.0))
    found = rooted(solids, np.array([True, False]))
    assert found.boxes[:, 0, 2].tolist() == [-ROOT, 6.0]
    assert found.boxes[:, 1, 2].tolist() == [10.0, 10.0]
    assert solids.boxes[0, 0, 2] == 0.0, "a new one"


def test_a_car_park_under_the_ground_is_in_nobodys_view() -> None:
    scenario = solid_village().with_plans([towers()])
    names = [volume.volume_id for _, volume in scenario.volumes]
    shown = volumes_above_ground(scenario)
    assert set(shown.owner.tolist()) == {names.index("tower")}
    assert shown.n_solids == 2
    assert added_solids(scenario).boxes[names.index("tower"), 0, 2] == pytest.approx(3.0 - ROOT)
    assert shown.boxes[names.index("tower"), 0, 2] == pytest.approx(3.0)


def study(place: Neighbourhood, *, field: Field = Field.WINDOW, count: int = 256, store: ViewStore | None = None) -> SightStudy:
    homes = home_points(place, assumptions=ASSUMPTIONS)
    standing = {roofs: Standing(place, ASSUMPTIONS) for roofs in Roofs}
    return SightStudy(Sight(homes.points, Directions(field, count)), standing, homes.drop, store=store)


PLANS: dict[str, Plan] = {
    "towers": towers(),
    "strip": half_strip(),
    "flat goes": plan("gone", demolishes=frozenset({"flat", "shed"})),
    "trees": plan("trees", planted=(PlantedTree("n", point(60, 45), height=12.0, crown_diameter=8.0),), felled=frozenset({"t1"})),
    "beside a tree": plan("beside", volumes=(tower(footprint=rectangle(57, 30, 66, 38)),)),
}


@settings(max_examples=12)
@given(names=st.sets(st.sampled_from(sorted(PLANS)), max_size=3))
def test_only_what_changes_is_looked_at_and_it_gives_every_bit_of_looking_again(names: set[str]) -> None:
    """Buildings, crowns (which get less room beside what is built) and ground, each against everything from the beginning."""
    place = solid_village(address_table=addresses(*HOMES), tree_table=trees((55, 28, 11.0, 7.0), (56, 34, 9.0, 5.0), (30, 45, 12.0, 9.0)))
    scenario, looked = place.with_plans([PLANS[name] for name in names]), study(place)
    standing = looked.standing[Roofs.AS_DRAWN]
    again = computed_again(looked.sight, standing.buildings, ~scenario.remaining_rows, added_solids(scenario))
    assert looked.buildings_with(scenario, Roofs.AS_DRAWN).n_different(again, n_solids=looked.n_buildings) == 0
    crowns_again = first_hits(looked.sight, standing.crowns_with(scenario).solids())
    assert (looked.crowns_with(scenario).distance == crowns_again.distance).all()
    ground = ground_classes_after(looked.sight, looked.drop, looked.ground_today(), scenario, everywhere=True)
    assert (looked.ground_with(scenario) == ground).all()
    shares = looked.shares_with(scenario, Roofs.AS_DRAWN)
    assert shares.of.sum(axis=1) == pytest.approx(1.0)
    assert shares.of_volumes.sum(axis=1) == pytest.approx(shares.of[:, 3])


def test_a_crown_beside_a_new_wall_gets_less_room_and_more_when_a_wall_goes() -> None:
    place = solid_village(address_table=addresses(*HOMES), tree_table=trees((56, 34, 9.0, 6.0), (52, 26, 9.0, 6.0)))
    standing = Standing(place, ASSUMPTIONS)
    assert standing.crowns.radii[:, 0] == pytest.approx([3.0, 2.0]), "the flat is 2 m from the second"
    beside, gone = (place.with_plans([PLANS[name]]) for name in ("beside a tree", "flat goes"))
    assert standing.crowns_with(beside).radii[:, 0] == pytest.approx([1.0, 2.0])
    assert standing.crowns_with(gone).radii[:, 0] == pytest.approx([3.0, 3.0])


def refused() -> dict[str, np.ndarray]:
    raise AssertionError("computed again")


def hits(n: int = 3) -> FirstHits:
    return first_hits(Sight(window(0, 0, 1.5), Directions(Field.WINDOW, n)), solids_of((shapely.box(-5, 10, 5, 12), 0, 9)))


def arrays() -> dict[str, np.ndarray]:
    found = hits()
    return {"distance": found.distance, "owner": found.owner}


def test_what_was_followed_is_kept_bit_for_bit(tmp_path: Path) -> None:
    first = ViewStore(tmp_path / "deep").arrays("k", (1, 3), arrays)
    again = ViewStore(tmp_path / "deep").arrays("k", (1, 3), refused)
    assert (again["distance"] == first["distance"]).all()
    assert (again["owner"] == first["owner"]).all()
    assert not list(tmp_path.rglob("*.part"))
    with pytest.raises(AssertionError, match="computed again"):
        ViewStore(tmp_path / "deep").arrays("k", (1, 4), refused)


@pytest.mark.parametrize("spoil", [lambda raw: raw[:100], lambda raw: raw[:0], lambda raw: b"x" * len(raw)])
def test_a_damaged_file_is_computed_again(tmp_path: Path, spoil: Any) -> None:
    store = ViewStore(tmp_path)
    store.arrays("k", (1, 3), arrays)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(spoil(path.read_bytes()))
    assert set(store.arrays("k", (1, 3), arrays)) == {"distance", "owner"}
    store.arrays("k", (1, 3), refused)


def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nobody(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    assert set(ViewStore(in_the_way).arrays("k", (1, 3), arrays)) == {"distance", "owner"}


def test_the_longest_unused_goes_when_there_is_too_much(tmp_path: Path) -> None:
    one = ViewStore(tmp_path)
    one.arrays("a", (1, 3), arrays)
    size = next(tmp_path.glob("*.npz")).stat().st_size
    small = ViewStore(tmp_path, largest=2 * size)
    for key in ("b", "c"):
        small.arrays(key, (1, 3), arrays)
    assert {path.stem for path in tmp_path.glob("*.npz")} < {"a", "b", "c"}
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_everything_that_lines_follow_from_is_in_their_key() -> None:
    eye, box = window(0, 0, 1.5), solids_of((shapely.box(-5, 10, 5, 12), 0, 9))
    keys = [
        sight_key(Sight(eye, Directions(Field.WINDOW, 64)), box),
        sight_key(Sight(eye, Directions(Field.WINDOW, 65)), box),
        sight_key(Sight(eye, Directions(Field.ALL_ROUND, 64)), box),
        sight_key(Sight(window(0, 0, 1.6), Directions(Field.WINDOW, 64)), box),
        sight_key(Sight(window(0, 0, 1.5, looks=(0.1, 1)), Directions(Field.WINDOW, 64)), box),
        sight_key(Sight(window(0, 0, 1.5, above=0.1), Directions(Field.WINDOW, 64)), box),
        sight_key(Sight(eye, Directions(Field.WINDOW, 64)), replace(box, corners=box.corners + np.float32(0.01))),
        sight_key(Sight(eye, Directions(Field.WINDOW, 64)), replace(box, owner=box.owner + 1)),
        sight_key(Sight(eye, Directions(Field.WINDOW, 64)), box, "green"),
    ]
    assert len(set(keys)) == len(keys)
    assert sight_key(Sight(eye, Directions(Field.WINDOW, 64)), box) == keys[0]


def test_today_is_read_from_the_folder_by_the_next_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = solid_village(address_table=addresses(*HOMES))
    first = study(place, store=ViewStore(tmp_path)).shares_today(Roofs.AS_DRAWN)
    monkeypatch.setattr("wijktwin.impacts.view.study.first_hits", refused)
    monkeypatch.setattr("wijktwin.impacts.view.study.ground_classes", refused)
    again = study(place, store=ViewStore(tmp_path)).shares_today(Roofs.AS_DRAWN)
    assert (again.of == first.of).all()
    other_map = place.ground
    other_map.loc[other_map["surface_id"] == "field", "kind"] = "water"
    with pytest.raises(TypeError):
        study(replace(place, ground_table=other_map), store=ViewStore(tmp_path)).shares_today(Roofs.AS_DRAWN)
