"""Floor area and densities: the village by hand, and the formulas by their properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from tests.impacts.village import numbers, rectangle, sides, tower, towers, village
from wijktwin.errors import Figure
from wijktwin.impacts.assessment import EXACT, Assessment, Place, margin_between
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.density import floor_space_index, ground_space_index, mean_storeys, open_space_ratio
from wijktwin.impacts.floor_area import estimated_floor_areas, footprint_areas, usable_volumes, volume_floor_area
from wijktwin.impacts.outlines import outline_margin
from wijktwin.model.plan import DEFAULT_STOREY_HEIGHT
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.variants import moved, with_storeys

ASSUMED = default_assumptions()
DWELLING, UNKNOWN, FILL = (ASSUMED[name] for name in ("storey_height_dwelling", "storey_height_unknown", "storey_fill"))


def figures(*plans: Any, of: str = "", **changes: Any) -> dict[str, Assessment]:
    """The densities of the neighbourhood, or of one plan."""
    found = assess_impact("density", village(**changes).with_plans(plans))
    place = Place.PLAN_AREA if of else Place.NEIGHBOURHOOD
    return {each.impact: each for each in found if each.where.place is place and (not of or each.where.identifier == of)}


def by_hand() -> tuple[float, float, float]:
    """Gross floor area of the village now: value, low and high. [m²]"""
    known = 100 * 2 + 240 * 4  # house-1 and the flat have storeys
    house = 700  # m³ of house-2, a dwelling without storeys
    hall, shed = 2400, 40  # m³; nobody knows what they are used for, so they may be a single storey
    value = known * FILL.value + house / DWELLING.value + hall / UNKNOWN.value + max(16, shed / UNKNOWN.value)
    low = known * FILL.low + house / DWELLING.high + 400 + 16
    high = known * FILL.high + house / DWELLING.low + hall / UNKNOWN.low + max(16, shed / UNKNOWN.low)
    return value, low, high


def test_the_floor_area_of_the_village_by_hand() -> None:
    area = figures()["density.gross_floor_area"]
    value, low, high = by_hand()
    assert value == pytest.approx(2226)
    assert area.before == area.after == pytest.approx(value)
    assert sides(area.margin) == (pytest.approx(value - low), pytest.approx(high - value))
    assert area.kind is Kind.ASSUMED
    assert {each.name for each in area.assumptions} == {"storey_fill", "storey_height_dwelling", "storey_height_unknown"}


def test_the_densities_of_the_village_by_hand() -> None:
    found = figures()
    value = by_hand()[0]
    footprint = 100 + 100 + 240 + 16 + 400
    assert found["density.area"].after == pytest.approx(100 * 100)
    assert found["density.floor_space_index"].after == pytest.approx(value / 10_000)
    assert found["density.ground_space_index"].after == pytest.approx(footprint / 10_000)
    assert found["density.open_space_ratio"].after == pytest.approx((10_000 - footprint) / value)
    assert found["density.mean_storeys"].after == pytest.approx(value / footprint)
    assert found["density.floor_space_index"].where.identifier == "ground_area"


def test_the_towers_replace_the_hall() -> None:
    area = figures(towers())["density.gross_floor_area"]
    tower_floors, hall = 400 * 10, 2400 / UNKNOWN.value
    assert area.difference == pytest.approx(tower_floors - hall)
    assert area.difference_margin is not None
    hall_high, hall_low = 2400 / UNKNOWN.low, 400
    assert area.difference_margin.below == pytest.approx(tower_floors * (1 - FILL.low) + hall_high - hall)
    assert area.difference_margin.above == pytest.approx(tower_floors * (FILL.high - 1) + hall - hall_low)


def test_the_plan_area_is_that_of_the_plan() -> None:
    found = figures(towers(), of="towers")
    hall = 2400 / UNKNOWN.value
    assert found["density.area"].after == pytest.approx(40 * 30)
    assert found["density.floor_space_index"].before == pytest.approx((hall + 16) / 1200)  # the hall and the shed
    assert found["density.floor_space_index"].after == pytest.approx((4000 + 16) / 1200)
    assert found["density.ground_space_index"].before == found["density.ground_space_index"].after == pytest.approx(416 / 1200)
    assert found["density.new_floor_area"].after == pytest.approx(4000)
    assert "De Torens" in found["density.floor_space_index"].remarks[0].sentence("nl")


def test_without_a_boundary_there_is_no_density_but_there_is_a_floor_area() -> None:
    found = figures(towers(boundary=None), of="towers")
    for name in ("floor_space_index", "ground_space_index"):
        assert numbers(found[f"density.{name}"]) == (None, None)
        assert found[f"density.{name}"].missing == "no_boundary"
    assert found["density.new_floor_area"].after == pytest.approx(4000)


def test_a_building_on_the_boundary_counts_for_its_part() -> None:
    half = towers(boundary=rectangle(80, 10, 100, 40))  # the hall and the tower stand from 70 to 90
    found = figures(half, of="towers")
    assert found["density.gross_floor_area"].before == pytest.approx(2400 / UNKNOWN.value / 2)
    assert found["density.gross_floor_area"].after == pytest.approx(2000)
    assert found["density.ground_space_index"].after == pytest.approx(200 / 600)


def test_without_ground_the_boundary_is_the_hull_and_says_so() -> None:
    found = figures(ground_table=None)
    hull = shapely.convex_hull(shapely.union_all(list(village().buildings.footprints[:5])))
    assert found["density.area"].after == pytest.approx(hull.area)
    assert found["density.floor_space_index"].where.identifier == "convex_hull"
    assert next(note.key for note in found["density.floor_space_index"].remarks) == "impacts.boundary_convex_hull"


def test_what_lies_below_ground_adds_no_floor_area() -> None:
    without = towers(volumes=towers().volumes[:1])
    assert figures(without)["density.gross_floor_area"].after == figures(towers())["density.gross_floor_area"].after
    assert any(note.key == "impacts.garages_and_basements" for note in figures(towers())["density.gross_floor_area"].remarks)


def test_a_stated_floor_area_is_taken_as_it_is() -> None:
    found = figures(towers(volumes=(tower(floor_area=3_333.0),)), of="towers")["density.new_floor_area"]
    assert found.after == 3_333.0
    assert found.kind is Kind.STATED
    assert found.margin.is_exact


def test_a_volume_without_storeys_is_estimated_from_its_height() -> None:
    found = volume_floor_area(tower(storeys=None, storey_height=None), assumptions=ASSUMED)
    new = ASSUMED["storey_height_new"]
    assert new.value == DEFAULT_STOREY_HEIGHT, "the reader of plans takes the same storey height"
    assert [found.value, found.low, found.high] == pytest.approx([400 * 30 / each for each in (new.value, new.high, new.low)])
    assert found.kind is Kind.ASSUMED
    raised = volume_floor_area(tower(storeys=None, base=6.0), assumptions=ASSUMED)
    assert raised.value == pytest.approx(400 * 24 / new.value), "what lies under an arcade is no floor"


def test_a_storey_on_a_storey_counts_its_footprint_once() -> None:
    top = tower(volume_id="top", footprint=rectangle(70, 15, 80, 35), base=30.0, height=60.0, storeys=10)
    found = figures(towers(volumes=(tower(), top)), of="towers")
    assert found["density.ground_space_index"].after == pytest.approx(416 / 1200)
    assert found["density.gross_floor_area"].after == pytest.approx(4000 + 2000 + 16)


def test_an_arcade_is_floor_area_but_no_footprint() -> None:
    bridge = tower(volume_id="bridge", footprint=rectangle(92, 15, 98, 35), base=6.0, height=9.0, storeys=1)
    found = figures(towers(volumes=(tower(), bridge)), of="towers")
    assert found["density.ground_space_index"].after == pytest.approx(416 / 1200)
    assert found["density.gross_floor_area"].after == pytest.approx(4000 + 120 + 16)


def test_buildings_of_which_nothing_is_known_make_it_at_least() -> None:
    buildings = village().buildings
    numbers = {name: column.copy() for name, column in buildings.numbers.items()}
    for name in ("volume", "volume_stated", "storeys", "height"):
        numbers[name][4] = np.nan  # the hall
    bare = type(buildings)(buildings.building_ids, numbers, buildings.texts, buildings.flags, buildings.footprints.copy())
    found = figures(buildings=bare)
    area = found["density.gross_floor_area"]
    assert area.after == pytest.approx(by_hand()[0] - 2400 / UNKNOWN.value)
    assert area.margin.above is None
    assert area.margin.below is not None
    assert any(note.values.get("n") == 1 for note in area.remarks)
    ratio = found["density.open_space_ratio"].margin
    assert ratio.below is None, "more floor area makes the open space ratio smaller"
    assert ratio.above is not None
    assert found["density.ground_space_index"].margin.is_known


def test_a_faulty_solid_gives_way_to_the_volume_its_source_states() -> None:
    buildings = village().buildings
    numbers = {name: column.copy() for name, column in buildings.numbers.items()}
    numbers["volume"][:] = [-5.0, 700, 2880, 40, 1, 12000]
    numbers["volume_stated"][4] = np.nan
    flags = {**buildings.flags, "is_valid": np.array([False, True, True, True, True, True])}
    odd = type(buildings)(buildings.building_ids, numbers, buildings.texts, flags, buildings.footprints.copy())
    assert list(usable_volumes(odd)) == [600, 700, 2880, 40, 1, 12000]


# ------------------------------------------------------------------------------------------------------------ properties
positive = st.floats(1, 1e5)


@given(st.lists(st.tuples(st.floats(20, 5000), st.integers(1, 30)), min_size=1, max_size=8), st.floats(1e5, 1e7))
def test_fsi_is_gsi_times_mean_storeys(buildings: list[tuple[float, int]], area: float) -> None:
    floors, footprint = sum(a * n for a, n in buildings), sum(a for a, _ in buildings)
    fsi, gsi = floor_space_index(floors, area), ground_space_index(footprint, area)
    weighted = float(np.average([n for _, n in buildings], weights=[a for a, _ in buildings]))
    assert mean_storeys(floors, footprint) == pytest.approx(weighted)
    assert fsi == pytest.approx(gsi * weighted)
    assert open_space_ratio(floors, footprint, area) == pytest.approx((1 - gsi) / fsi)


@given(st.lists(st.tuples(positive, positive, st.sampled_from([np.nan, 1.0, 4.0]), st.sampled_from(["dwelling", "", "shop"]))))
def test_an_estimate_lies_within_its_own_range(rows: list[tuple[float, float, float, str]]) -> None:
    footprint, volume, storeys = (np.array([row[at] for row in rows], dtype=float) for at in range(3))
    found = estimated_floor_areas(
        footprint, volume, storeys, use=[row[3] for row in rows], is_block=np.zeros(len(rows), dtype=bool), assumptions=ASSUMED
    )
    assert (found.low <= found.value + 1e-9).all()
    assert (found.value <= found.high + 1e-9).all()
    unknown = np.isnan(storeys)
    assert (found.value[unknown] >= footprint[unknown]).all(), "a building has at least one storey"


@given(positive, positive, st.floats(1.1, 5))
def test_higher_storeys_give_less_floor_area(footprint: float, volume: float, factor: float) -> None:
    def area(value: float) -> float:
        changed = ASSUMED.with_values({UNKNOWN.name: value}, variant="x", owner="test", date="2026-01-01", reason=LocalText("test"))
        arrays = [np.array([each]) for each in (footprint, volume, np.nan)]
        return float(estimated_floor_areas(*arrays, use=[""], is_block=np.array([False]), assumptions=changed).value[0])

    assert area(3.0 * factor) <= area(3.0)


@settings(max_examples=15)
@given(st.floats(0, 360), st.floats(-1e5, 1e5))
def test_densities_do_not_depend_on_where_and_how_a_plan_area_lies(angle: float, shift: float) -> None:
    def moved(shape: Any) -> Any:
        return affinity.translate(affinity.rotate(shape, angle, origin=(155_000, 463_000)), shift, -shift)

    one = figures(towers(), of="towers")
    buildings = village().buildings
    turned = type(buildings)(
        buildings.building_ids,
        {**buildings.numbers, "footprint_area": footprint_areas(buildings)},
        buildings.texts,
        buildings.flags,
        np.array([moved(each) for each in buildings.footprints], dtype=object),
    )
    other_plan = towers(
        volumes=tuple(type(each)(**{**_fields(each), "footprint": moved(each.footprint)}) for each in towers().volumes),
        boundary=moved(towers().boundary),
        ground_changes=(),
        planted=(),
    )
    other = figures(other_plan, of="towers", buildings=turned)
    for name, figure in one.items():
        assert other[name].after == pytest.approx(figure.after, rel=1e-6)


def _fields(volume: Any) -> dict[str, Any]:
    return {name: getattr(volume, name) for name in type(volume).__dataclass_fields__}


def test_the_margin_of_an_outline_against_ten_thousand_drawings() -> None:
    """The formula against a simulation: corners off by a normal error, areas spread as the formula says."""
    shape = np.array([(0, 0), (30, 0), (30, 10), (12, 10), (12, 25), (0, 25)], dtype=float)
    random = np.random.default_rng(20261121)
    drawn = shape + random.normal(0, 0.3, (10_000, *shape.shape))
    x, y = drawn[..., 0], drawn[..., 1]
    areas = 0.5 * np.abs((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1))
    assert outline_margin([shapely.Polygon(shape)], precision=0.3) == pytest.approx(areas.std(), rel=0.03)


def test_the_margin_of_a_rectangle_by_hand() -> None:
    one = shapely.box(0, 0, 30, 40)
    assert outline_margin([one], precision=0.3) == pytest.approx(0.3 * 50)  # the diagonal
    assert outline_margin([one, affinity.translate(one, 100)], precision=0.3) == pytest.approx(0.3 * 50 * np.sqrt(2))
    assert outline_margin([], precision=0.3) == 0


@pytest.mark.parametrize(("changes", "may_be_none"), [({"use": "other"}, True), ({"height": 1.8}, True), ({}, False)])
def test_a_canopy_may_hold_no_floor(changes: dict[str, Any], may_be_none: bool) -> None:
    canopy = tower(**{"storeys": None, "storey_height": None, "height": 3.0, "use": "shop", **changes})
    found = figures(towers(volumes=(canopy,)), of="towers")["density.new_floor_area"]
    assert found.after == pytest.approx(400)
    assert found.margin.reason == "floor_area", "nobody stated it"
    assert (found.margin.below == pytest.approx(400)) == may_be_none


def test_a_tower_half_outside_the_neighbourhood_counts_for_the_half_inside() -> None:
    half_out = towers(volumes=(tower(footprint=rectangle(90, 60, 110, 80)),), demolishes=frozenset(), boundary=rectangle(80, 50, 120, 90))
    found, now = figures(half_out), figures()
    assert found["density.gross_floor_area"].difference == pytest.approx(2000)
    assert found["density.floor_space_index"].difference == pytest.approx(2000 / 10_000)
    assert found["density.ground_space_index"].difference == pytest.approx(200 / 10_000)
    assert found["density.area"].after == now["density.area"].after
    remark = found["density.floor_space_index"].remarks[-1]
    assert remark.sentence("nl") == "“Hoge toren” ligt voor 200 m² buiten de buurt: dat deel telt hier niet mee."
    assert "impacts.outside_neighbourhood" not in {note.key for note in now["density.floor_space_index"].remarks}
    own = figures(half_out, of="towers")
    assert own["density.floor_space_index"].after == pytest.approx(4000 / 1600)
    assert "impacts.outside_plan_area" not in {note.key for note in own["density.floor_space_index"].remarks}


def test_a_tower_half_outside_its_plan_area_is_said_beside_the_figure() -> None:
    half = figures(towers(boundary=rectangle(80, 10, 100, 40)), of="towers")["density.floor_space_index"]
    assert half.after == pytest.approx(2000 / 600)
    assert half.remarks[-1].sentence("nl") == "“Hoge toren” ligt voor 200 m² buiten het plangebied: dat deel telt hier niet mee."
    variant = moved(towers(boundary=rectangle(65, 10, 95, 40)), 10, 0, volume_id="tower")
    assert [note.key for note in variant.notes] == ["plans.outside_boundary"]
    beside = figures(variant, of=variant.plan_id)["density.floor_space_index"].remarks
    assert [note.values["area"] for note in beside if note.key == "impacts.outside_plan_area"] == [Figure(100.0)]


def test_a_floor_area_that_was_rescaled_is_a_range() -> None:
    stated = towers(volumes=(tower(floor_area=4200.0),))
    exact = figures(stated, of="towers")["density.new_floor_area"]
    assert (exact.after, sides(exact.margin), exact.kind) == (4200, (0, 0), Kind.STATED)
    lower = with_storeys(stated, "tower", 5)
    found = figures(lower, of=lower.plan_id)["density.new_floor_area"]
    assert found.after == pytest.approx(2100)
    assert found.kind is Kind.ASSUMED
    assert sides(found.margin) == (pytest.approx(2100 * (1 - FILL.low)), pytest.approx(2100 * (FILL.high - 1)))
    assert [each.name for each in found.assumptions] == ["storey_fill"]


def test_nothing_is_exactly_nothing_and_differences_have_margins_of_their_own() -> None:
    empty = figures(towers(boundary=rectangle(92, 10, 100, 40)), of="towers")
    assert empty["density.gross_floor_area"].margin == EXACT
    found = figures(towers(volumes=(tower(footprint=rectangle(70, 15, 80, 35)),)), of="towers")
    footprint, area = found["density.ground_space_index"].difference_margin, 1200
    assert footprint is not None
    assert sides(footprint) == pytest.approx((0.3 * np.hypot(20, 20) / area,) * 2), "that of the hall: the tower is as it was drawn"
    for name in ("open_space_ratio", "mean_storeys"):
        ratio = found[f"density.{name}"]
        assert ratio.before_margin is not None
        assert sides(ratio.difference_margin) == sides(margin_between(ratio.before_margin, ratio.margin))
