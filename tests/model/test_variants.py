from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.small_world import plan, small_neighbourhood, square, volume
from tests.model.test_volume_mesh import is_watertight
from wijktwin.errors import InputError, NotFoundError, PlanConflictError
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.model.plan import Change, Claim, Dwellings, Party, Plan, PlanRole, PlanStatus
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.variants import moved, turned, with_height, with_storeys, without_volume
from wijktwin.model.volume_mesh import mesh_of_faces, volume_mesh

WORLD = small_neighbourhood()
ORIGIN = WORLD.mesh.origin


def gabled(x: float, y: float, *, ground: float = 2.0, eaves: float = 9.0, ridge: float = 12.0) -> Mesh:
    """A house of 10 by 10 m with a ridge from west to east."""
    points = np.array(
        [(x, y, ground), (x + 10, y, ground), (x + 10, y + 10, ground), (x, y + 10, ground),
         (x, y, ground + eaves), (x + 10, y, ground + eaves), (x + 10, y + 10, ground + eaves), (x, y + 10, ground + eaves),
         (x, y + 5, ground + ridge), (x + 10, y + 5, ground + ridge)]
    )  # fmt: skip
    faces = [
        (SurfaceKind.GROUND, [[0, 3, 2, 1]]), (SurfaceKind.WALL, [[0, 1, 5, 4]]), (SurfaceKind.WALL, [[2, 3, 7, 6]]),
        (SurfaceKind.WALL, [[1, 2, 6, 9, 5]]), (SurfaceKind.WALL, [[3, 0, 4, 8, 7]]),
        (SurfaceKind.ROOF, [[4, 5, 9, 8]]), (SurfaceKind.ROOF, [[6, 7, 8, 9]]),
    ]  # fmt: skip
    return mesh_of_faces(points, faces, origin=ORIGIN)


def towers(**facts: Any) -> Plan:
    """Two towers and a garage: 165 dwellings, some of them stated for the small tower."""
    told = {
        "volumes": (
            volume("high", square(13, 13), height=60.0, storeys=20, use="dwelling", floor_area=2000.0, bicycle_places=200.0),
            volume("low", square(43, 13), height=24.0, storeys=8, storey_height=None, use="mixed", floor_area=800.0),
            volume("garage", square(43, 43), base=-3.0, height=0.0, storeys=None, use="parking", parking_places=90.0),
        ),
        "dwellings": (Dwellings(57, "social_rent", "apartment"), Dwellings(108, "middle_rent", "apartment")),
        **facts,
    }
    return plan("towers", **told)


def counts(told: Plan) -> list[float]:
    return [row.count for row in told.dwellings]


def test_fewer_storeys_rescale_what_follows_and_mark_it() -> None:
    lower = with_storeys(towers(), "high", 10)
    high = lower.volume("high")
    assert high is not None
    assert (high.storeys, high.storeys_kind, high.height, high.height_kind) == (10, Kind.STATED, 30.0, Kind.CALCULATED)
    assert (high.floor_area, high.floor_area_kind) == (1000.0, Kind.ASSUMED)
    assert (high.bicycle_places, high.bicycle_places_kind) == (100.0, Kind.ASSUMED)
    assert lower.volume("low") == towers().volume("low")
    # 2,000 of 2,800 m2 stood in the high tower; half of that goes
    assert counts(lower) == [37, 69], "36.6 and 69.4 in whole dwellings, with the sum of 106.07 rounded"
    assert {row.kind for row in lower.dwellings} == {Kind.ASSUMED}
    assert counts(lower)[0] / sum(counts(lower)) == pytest.approx(57 / 165, abs=0.5 / 106)


def test_a_height_from_an_unstated_storey_height_is_assumed() -> None:
    low = with_storeys(towers(), "low", 6).volume("low")
    assert low is not None
    assert (low.height, low.height_kind, low.storey_height, low.storey_height_kind) == (18.0, Kind.ASSUMED, 3.0, Kind.ASSUMED)


def test_a_variant_is_nobodys_proposal() -> None:
    claim = Claim("c", "De Merel", Party.DEVELOPER, LocalText("hooguit een uur schaduw"))
    change = Change(dt.date(2026, 1, 1), LocalText("lager"))
    told = towers(claims=(claim,), changes=(change,), excludes=frozenset({"school"}), status=PlanStatus.FROZEN, published_by_server=True)
    variant = with_storeys(told, "high", 10)
    assert (variant.party, variant.status, variant.role) == (Party.VISITOR, PlanStatus.DRAFT, PlanRole.ALTERNATIVE)
    assert variant.variant_of == "towers"
    assert "Merel" not in variant.proposer + variant.source.owner
    assert variant.claims == ()
    assert variant.changes == ()
    assert variant.dates == {}
    assert variant.excludes == {"school"}
    assert not variant.published_by_server
    assert variant.title.nl == "Plan towers (variant)"
    assert with_storeys(variant, "high", 9).title.nl == "Plan towers (variant)"
    assert variant.summary.nl == "“high”: 10 bouwlagen in plaats van 20. “high”: 30 m hoog in plaats van 60 m."
    assert told.claims == (claim,)


def test_the_same_change_has_the_same_address_and_another_change_another() -> None:
    one, again = with_storeys(towers(), "high", 10), with_storeys(with_storeys(towers(), "high", 15), "high", 10)
    assert one.plan_id == again.plan_id
    assert one.content_key == again.content_key
    others = {one.plan_id, "towers", with_storeys(towers(), "high", 11).plan_id, with_storeys(towers(), "low", 7).plan_id,
              moved(towers(), 1, 0).plan_id, turned(towers(), 5).plan_id, without_volume(towers(), "low").plan_id,
              with_height(towers(), "high", 31).plan_id}  # fmt: skip
    assert len(others) == 8
    assert all(plan_id.replace("-", "").isalnum() and plan_id == plan_id.lower() for plan_id in others)


EDITS: dict[str, Callable[[Plan, str, int], Plan]] = {
    "storeys": lambda told, name, value: with_storeys(told, name, 1 + value % 40),
    "height": lambda told, name, value: with_height(told, name, 5 + value),
    "moved": lambda told, name, value: moved(told, value / 7, -value / 3, volume_id=name),
    "turned": lambda told, name, value: turned(told, value * 3.7, volume_id=name),
    "without": lambda told, name, _value: without_volume(told, name),
}


@settings(max_examples=60)
@given(
    first=st.sampled_from(sorted(EDITS)), second=st.sampled_from(sorted(EDITS)), a=st.integers(1, 60), b=st.integers(1, 60),
    with_rows=st.booleans(),
)  # fmt: skip
def test_edits_on_different_volumes_commute(first: str, second: str, a: int, b: int, with_rows: bool) -> None:
    rows = (Dwellings(60, "social_rent", volume_id="low"), Dwellings(105, "middle_rent"))
    told = towers(**({"dwellings": rows} if with_rows else {}))
    one = EDITS[second](EDITS[first](told, "high", a), "low", b)
    other = EDITS[first](EDITS[second](told, "low", b), "high", a)
    assert one.content_key == other.content_key
    assert one.plan_id == other.plan_id
    assert counts(one) == counts(other)


@settings(max_examples=60)
@given(storeys=st.lists(st.integers(1, 120), min_size=1, max_size=3))
def test_back_to_the_stated_storeys_is_back_to_the_stated_figures(storeys: list[int]) -> None:
    told = towers()
    variant = told
    for n in storeys:
        variant = with_storeys(variant, "low", n)
        changed = variant.volume("low")
        assert changed is not None
        assert changed.storeys == n
        assert changed.floor_area == pytest.approx(800 * n / 8)
        assert changed.height > 0
    back = with_storeys(variant, "low", 8)
    assert back.volumes == told.volumes
    assert back.dwellings == told.dwellings
    assert with_height(with_height(told, "high", 33.3), "high", 60.0).volumes == told.volumes


@settings(max_examples=40)
@given(dx=st.floats(-500, 500), dy=st.floats(-500, 500), degrees=st.floats(-720, 720))
def test_moving_and_turning_keep_the_form_and_the_way_back_is_exact(dx: float, dy: float, degrees: float) -> None:
    told = towers()
    there = moved(told, dx, dy)
    for before, after in zip(told.volumes, there.volumes, strict=True):
        assert after.footprint.area == pytest.approx(before.footprint.area, abs=0.01)
        assert after.footprint.centroid.x - before.footprint.centroid.x == pytest.approx(dx, abs=0.001)
        assert after.footprint.centroid.y - before.footprint.centroid.y == pytest.approx(dy, abs=0.001)
    assert moved(there, -dx, -dy).volumes == told.volumes
    around = turned(told, degrees)
    together = shapely.union_all([v.footprint for v in told.volumes]).centroid
    for before, after in zip(told.volumes, around.volumes, strict=True):
        assert after.footprint.area == pytest.approx(before.footprint.area, abs=0.05)
        assert after.footprint.centroid.distance(together) == pytest.approx(before.footprint.centroid.distance(together), abs=0.002)
    assert turned(around, -degrees).volumes == told.volumes


def test_turning_is_clockwise_as_seen_from_above() -> None:
    told = plan(volumes=(volume("east", square(45, 20)), volume("west", square(25, 20))))
    quarter = turned(told, 90)
    east = quarter.volume("east")
    assert east is not None
    centre = shapely.union_all([v.footprint for v in told.volumes]).centroid
    assert (east.footprint.centroid.x, east.footprint.centroid.y) == pytest.approx((centre.x, centre.y - 10), abs=0.01)


def test_a_moved_volume_stands_on_ground_that_nobody_stated() -> None:
    told = plan(volumes=(volume("v", ground_level_kind=Kind.STATED),))
    there = moved(told, 3, 0)
    assert there.volumes[0].ground_level_kind is Kind.ASSUMED
    assert there.summary.nl == "“v”: 3 m verplaatst."
    assert there.summary.en == "“v”: moved by 3 m."
    assert moved(there, -3, 0).volumes[0].ground_level_kind is Kind.STATED
    assert with_storeys(told, "v", 2).volumes[0].ground_level_kind is Kind.STATED


def test_without_a_volume_its_dwellings_go() -> None:
    told = towers(dwellings=(Dwellings(60, "social_rent", volume_id="low"), Dwellings(105, "middle_rent")))
    assert counts(without_volume(told, "low")) == [0, 105]
    assert counts(without_volume(told, "high")) == [60, 0]
    assert counts(without_volume(told, "garage")) == [60, 105]
    assert {row.kind for row in without_volume(told, "garage").dwellings} == {Kind.STATED}
    assert "Zonder “low”." in without_volume(told, "low").summary.nl


def test_without_storeys_height_is_the_measure() -> None:
    told = plan(volumes=(volume("v", height=30.0, storeys=None, storey_height=None),), dwellings=(Dwellings(40, "owner"),))
    assert counts(with_height(told, "v", 15.0)) == [20]
    five = with_storeys(told, "v", 5).volumes[0]
    assert (five.height, five.height_kind, five.storeys) == (15.0, Kind.ASSUMED, 5)
    assert counts(with_storeys(told, "v", 5)) == [20]


def test_storeys_below_ground_count_in_floor_area_and_not_in_dwellings() -> None:
    one = volume("v", base=-3.0, storeys=4, storeys_below=1, floor_area=500.0, parking_places=10.0)
    told = plan(volumes=(one,), dwellings=(Dwellings(8, "owner"),))
    lower = with_storeys(told, "v", 2)
    assert lower.volumes[0].floor_area == pytest.approx(300.0)
    assert lower.volumes[0].parking_places == pytest.approx(6.0)
    assert counts(lower) == [4]


def test_what_stands_above_the_storeys_stays_on_top() -> None:
    """A tower with a plinth and installations: 20 storeys of 3 m in 65 m."""
    told = plan(volumes=(volume("v", height=65.0, storeys=20, storey_height=3.0),))
    assert with_storeys(told, "v", 10).volumes[0].height == 35.0
    assert with_storeys(told, "v", 1).volumes[0].height == 8.0


@settings(max_examples=30)
@given(storeys=st.integers(1, 30), dx=st.floats(-50, 50), degrees=st.floats(-180, 180))
def test_true_forms_follow_and_stay_closed(storeys: int, dx: float, degrees: float) -> None:
    told = plan(volumes=(volume("v", square(13, 13), mesh=gabled(13, 13), storeys=4, height=12.0),))
    variant = with_storeys(turned(moved(told, dx, 0), degrees), "v", storeys)
    (changed,) = variant.volumes
    assert changed.mesh is not None
    mesh = volume_mesh(changed, origin=ORIGIN)
    assert is_watertight(mesh)
    top = mesh.vertices[:, 2].max()
    assert top == pytest.approx(2.0 + changed.height)
    assert mesh.vertices[:, 2].min() == pytest.approx(2.0)
    eaves = changed.height - 3.0
    if eaves >= 1.0:
        assert mesh.object_volumes(1)[0] == pytest.approx(100 * (eaves + 1.5), rel=3e-4)  # corners lie on whole millimetres
    else:
        assert mesh.object_volumes(1)[0] == pytest.approx(1050 * changed.height / 12, rel=3e-4)  # corners lie on whole millimetres
    xy = mesh.vertices[:, :2] + ORIGIN[:2]
    assert changed.footprint.buffer(0.01).covers(shapely.MultiPoint(xy))
    back = with_storeys(turned(moved(turned(variant, -degrees), -dx, 0), 0), "v", 4)
    assert back.volumes[0].mesh is not None
    assert told.volumes[0].mesh is not None
    assert np.allclose(back.volumes[0].mesh.vertices, told.volumes[0].mesh.vertices, atol=0.003)


def test_a_variant_and_its_plan_cannot_stand_together() -> None:
    told = towers()
    away = moved(told, 0, 100)
    with pytest.raises(PlanConflictError, match="variants of the same plan"):
        WORLD.with_plans({told, away})
    with pytest.raises(PlanConflictError, match="cannot stand together"):
        WORLD.with_plans({away, plan("school", excludes=frozenset({"towers"}))})
    assert WORLD.with_plans({away}).volumes


def test_a_variant_moved_into_a_building_is_refused() -> None:
    with pytest.raises(PlanConflictError, match="b11"):
        WORLD.with_plans({moved(plan(volumes=(volume(),)), 20, 20)})


def test_a_volume_moved_into_another_of_its_own_plan_is_refused() -> None:
    with pytest.raises(PlanConflictError) as caught:
        WORLD.with_plans({moved(towers(), 25, 0, volume_id="high")})
    assert caught.value.key == "plans.volumes_collide"
    assert "“high” en “low”" in caught.value.sentence("nl")


def test_nothing_changes_the_plan_that_a_variant_comes_from() -> None:
    told = towers()
    key, fresh = told.content_key, towers()
    for edit in EDITS.values():
        edit(told, "high", 10)
    assert told.volumes == fresh.volumes
    assert told.dwellings == fresh.dwellings
    assert fresh.content_key == key


@pytest.mark.parametrize(
    "edit",
    [
        lambda: with_storeys(towers(), "high", 0), lambda: with_storeys(towers(), "high", 121),
        lambda: with_storeys(towers(), "garage", 2),
        lambda: with_height(towers(), "high", 1.0), lambda: with_height(towers(), "high", math.nan),
        lambda: with_height(towers(), "high", 401),
        lambda: with_height(towers(), "garage", 3), lambda: moved(towers(), math.inf, 0), lambda: moved(towers(), 0, 2001),
        lambda: turned(towers(), math.nan),
    ],
)  # fmt: skip
def test_impossible_edits_are_refused_with_a_sentence(edit: Any) -> None:
    with pytest.raises(InputError) as caught:
        edit()
    assert caught.value.sentence("nl").endswith(".")
    assert caught.value.sentence("nl") != caught.value.sentence("en")


def test_an_unknown_volume_is_named_with_those_there_are() -> None:
    for edit in EDITS.values():
        with pytest.raises(NotFoundError, match=r"“middle”; its volumes are: high, low, garage"):
            edit(towers(), "middle", 3)


@settings(max_examples=80)
@given(storeys=st.integers(1, 40), rows=st.lists(st.integers(0, 120), min_size=1, max_size=5))
def test_nobody_lives_in_a_fraction_of_a_dwelling(storeys: int, rows: list[int]) -> None:
    told = towers(dwellings=tuple(Dwellings(n, "owner", volume_id="high") for n in rows))
    lower = with_storeys(told, "high", storeys)
    exact = [n * storeys / 20 for n in rows]
    assert all(count == int(count) for count in counts(lower))
    assert sum(counts(lower)) == math.floor(round(sum(exact), 9) + 0.5), "the whole is the rounded whole"
    assert all(abs(count - wanted) < 1 for count, wanted in zip(counts(lower), exact, strict=True))
    high = lower.volume("high")
    assert high is not None
    assert high.bicycle_places == math.floor(200 * storeys / 20 + 0.5)
    assert without_volume(told, "high").dwellings == tuple(Dwellings(0.0, "owner", volume_id="high", kind=Kind.ASSUMED) for _ in rows)


def test_a_variant_that_leaves_its_plan_area_says_so_like_a_plan_does() -> None:
    told = towers(boundary=square(10, 10, 50))
    assert moved(told, 1, 1, volume_id="high").notes == ()
    out = moved(told, 0, -8, volume_id="high")
    assert [(note.key, note.values["area"]) for note in out.notes] == [("plans.outside_boundary", "50")]
    assert "50 m² buiten de grens van het plan" in out.notes[0].sentence("nl")
    assert moved(out, 0, 8, volume_id="high").notes == ()
