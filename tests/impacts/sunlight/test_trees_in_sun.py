"""Trees in the sun: one tree worked out by hand, shadows of crowns against another formula, and that no norm ever sees a tree."""

from __future__ import annotations

import gc
import math
import weakref
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.impacts.sunlight.test_figures import HOMES
from tests.impacts.sunlight.test_norms import wall_to_the_south
from tests.impacts.sunlight.test_points import solid_village
from tests.impacts.village import RD, plan, point
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.sunlight.crown_loops import differing_points, mark_behind
from wijktwin.impacts.sunlight.desk import SunlightDesk
from wijktwin.impacts.sunlight.figures import figures_of
from wijktwin.impacts.sunlight.norms import evergreen_genera, trees_in_leaf
from wijktwin.impacts.sunlight.on_ground import GroundUse
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import Origin, Subject, SunPoints, Target
from wijktwin.impacts.sunlight.store import LightStore
from wijktwin.impacts.sunlight.study import KEPT_LATELY, Roofs, SunStudy
from wijktwin.impacts.sunlight.suns import SLOT
from wijktwin.impacts.sunlight.tree_figures import WITH_TREES, ground_with_trees, homes_with_trees
from wijktwin.impacts.sunlight.tree_ranges import IN_LEAF
from wijktwin.impacts.sunlight.tree_shade import BEGINS, TreeShade, tree_shade
from wijktwin.impacts.tree_sizes import Size, are_evergreen, sized, sizes_assumed
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlantedTree
from wijktwin.model.surroundings import TREE_COLUMNS, geographic_table

ASSUMPTIONS = default_assumptions()
MARCH, JUNE, DECEMBER = date(2026, 3, 21), date(2026, 6, 21), date(2026, 12, 22)
LEAF, BARE = ASSUMPTIONS["crown_light"], ASSUMPTIONS["crown_light_bare"]


def is_behind(places: list[tuple[float, float, float]], sun: tuple[float, float, float], *, radii: tuple[float, float]) -> list[bool]:
    """Places from which a crown with its middle 6.5 m above the origin stands before the sun."""
    xs, ys, zs = (np.array(each, dtype=np.float32) for each in zip(*places, strict=True))
    marks = np.zeros(len(places), dtype=np.uint8)
    any_there = mark_behind(
        xs, ys, zs, np.array(sun, np.float32), np.array([0, 0, 6.5], np.float32), np.array(radii, np.float32), marks, np.uint8(1)
    )
    assert any_there == marks.any()
    return [bool(each) for each in marks == 1]


def test_one_tree_and_one_sun_by_hand() -> None:
    """A tree of 10 m whose crown of 6 m begins at 3 m, and the sun in the south, 45° high.

    The middle of the crown, 6.5 m up, casts its shadow 6.5 m to the north. Along the sunbeams half the shadow is the root of
    3² + 3.5² = 4.6098 m long, across them 3 m wide: on the meridian from 1.8902 to 11.1098 m.
    """
    low, high = 6.5 - math.sqrt(3.0**2 + 3.5**2), 6.5 + math.sqrt(3.0**2 + 3.5**2)
    assert (round(low, 4), round(high, 4)) == (1.8902, 11.1098)
    south = (0.0, -math.sqrt(0.5), math.sqrt(0.5))
    on_the_meridian = [(0.0, y, 0.0) for y in (low - 0.01, low + 0.01, 6.5, high - 0.01, high + 0.01)]
    assert is_behind(on_the_meridian, south, radii=(3.0, 3.5)) == [False, True, True, True, False]
    across = [(x, 6.5, 0.0) for x in (-3.01, -2.99, 2.99, 3.01)]
    assert is_behind(across, south, radii=(3.0, 3.5)) == [False, True, True, False]
    assert is_behind([(0.0, -6.5, 0.0), (0.0, 0.0, 6.5), (0.0, 0.0, 0.0)], south, radii=(3.0, 3.5)) == [False, True, False], (
        "behind the observer, inside the crown, and at the foot of the trunk, where a sun of 45° comes in below the crown"
    )


def street_of_trees(*rows: tuple[str, str, float, float, float, float, str]) -> Neighbourhood:
    """The village with other trees: name, species, where, height, crown, and how they are known."""
    columns = {
        "tree_id": [row[0] for row in rows],
        "species": [row[1] for row in rows],
        "height": [row[4] for row in rows],
        "crown_diameter": [row[5] for row in rows],
        "ground_height": 3.0,
        "kind": [row[6] for row in rows],
    }
    return solid_village(
        address_table=HOMES, tree_table=geographic_table(TREE_COLUMNS, columns, [point(row[2], row[3]) for row in rows], RD)
    )


LIME = ("lime", "Tilia x europaea", 40.0, 16.0, 10.0, 6.0, "measured")
PINE = ("pine", "Pinus sylvestris", 45.0, 44.0, 12.0, 5.0, "measured")
FAR = ("far", "Quercus robur", 20.0, 70.0, 14.0, 9.0, "measured")
NOBODY = ("nobody", "", 60.0, 16.0, math.nan, math.nan, "measured")


def shade_of(town: Neighbourhood, places: np.ndarray, *, step: int, store: LightStore | None = None) -> TreeShade:
    points = SunPoints(
        Points.on_ground(places),
        (Target(Subject.GROUND, "g", "", "", Origin.KNOWN),),
        np.zeros(len(places), np.int64),
        np.full(len(places), -1),
    )
    study = SunStudy(town, points, (MARCH, DECEMBER), lowest=5.0, n_threads=1, store=store)
    return TreeShade(study, (MARCH, DECEMBER), step=step, assumptions=ASSUMPTIONS)


def test_every_slot_behind_a_crown_is_one_in_which_its_shadow_lies_on_the_point() -> None:
    """Shadows on level ground as ellipses (`wijktwin.impacts.shade`), in double precision, for every 40 seconds of two days."""
    town = street_of_trees(LIME, PINE, FAR)
    places = np.array([(x, y, 3.0) for x in range(2, 100, 7) for y in range(12, 100, 5)], dtype=np.float64)
    shade = shade_of(town, places, step=1)
    found, light, grid = shade.today(Roofs.AS_DRAWN), shade.study.now, shade.study.grid
    begins = ASSUMPTIONS["crown_begins"].value
    doubtful = np.zeros((2, len(places)), dtype=np.bool_)
    expected = {name: np.zeros((2, len(places)), dtype=np.int64) for name in ("slots", "evergreen")}
    for day in range(2):
        slots = np.flatnonzero(grid.slot_day == day)
        lit = np.array([light.lit(day, row) for row in range(len(places))]).T
        east, north, up = grid.towards[slots].astype(np.float64).T
        across, length = np.hypot(east, north), np.hypot(east, north) / up
        behind = {name: np.zeros((len(slots), len(places)), dtype=np.bool_) for name in expected}
        for _, species, x, y, height, width, _ in (LIME, PINE, FAR):
            a, b = width / 2, (1 - begins) * height / 2
            level = height - b - 0.01  # rays begin a centimetre above the ground
            away_x, away_y = -east / across, -north / across
            dx = places[None, :, 0] - x - (level * length * away_x)[:, None]
            dy = places[None, :, 1] - y - (level * length * away_y)[:, None]
            along, aside = dx * away_x[:, None] + dy * away_y[:, None], dx * -away_y[:, None] + dy * away_x[:, None]
            inside = along**2 / (a**2 + (b * length) ** 2)[:, None] + aside**2 / a**2
            behind["slots"] |= inside <= 1
            if species.startswith("Pinus"):
                behind["evergreen"] |= inside <= 1
            doubtful[day] |= (np.abs(inside - 1) < 1e-4).any(axis=0)
        for name, here in behind.items():
            expected[name][day] = (here & lit).sum(axis=0)
    for name, slots_there in expected.items():
        assert (getattr(found, name) == slots_there)[~doubtful].all()
    assert doubtful.mean() < 0.2
    assert (expected["slots"] > 0).sum() > 100
    assert 0 < expected["evergreen"].sum() < expected["slots"].sum()
    rough = shade_of(town, places, step=3)
    off = np.abs(rough.today(Roofs.AS_DRAWN).slots - found.slots) * SLOT / 60.0
    assert (off <= rough.today(Roofs.AS_DRAWN).turns * rough.per_turn + 2.0).all()
    assert off.mean() < 0.3


def test_what_crowns_shade_today_is_counted_once_and_kept_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = np.array([(x, y, 3.0) for x in range(10, 60, 10) for y in range(5, 60, 10)], dtype=np.float64)
    town, store = street_of_trees(LIME, PINE), LightStore(tmp_path)
    first = shade_of(town, places, step=15, store=store).today(Roofs.AS_DRAWN)
    assert (first.slots > 0).any()
    n_files = len(list(tmp_path.glob("*.npz")))
    another = shade_of(street_of_trees(LIME), places, step=15, store=store).today(Roofs.AS_DRAWN)
    assert (another.slots <= first.slots).all()
    assert not another.evergreen.any(), "other trees are another answer"
    assert len(list(tmp_path.glob("*.npz"))) == n_files + 1, "in the same light"
    monkeypatch.setattr(TreeShade, "_counted", lambda *_: pytest.fail("counted again"))
    again = shade_of(town, places, step=15, store=store).today(Roofs.AS_DRAWN)
    assert all((getattr(again, name) == getattr(first, name)).all() for name in ("slots", "evergreen", "turns"))


PLANS: dict[str, tuple[Plan, ...]] = {
    "fells": (plan("fells", felled=frozenset({"lime"})),),
    "plants": (plan("plants", planted=(PlantedTree("n", point(30, 15), "Quercus", height=15.0, crown_diameter=9.0),)),),
    "builds": (wall_to_the_south(30.0),),
    "gone": (plan("gone", demolishes=frozenset({"flat"}), felled=frozenset({"far"})),),
}


@pytest.mark.parametrize(
    ("name", "roofs"), [("fells", Roofs.AS_DRAWN), ("plants", Roofs.HIGHER), ("builds", Roofs.LOWER), ("gone", Roofs.HIGHER)]
)
def test_what_plans_change_is_what_counting_again_gives(name: str, roofs: Roofs) -> None:
    town = street_of_trees(LIME, PINE, FAR, NOBODY)
    places = np.array([(x, y, 3.0) for x in range(0, 100, 3) for y in range(5, 80, 3)], dtype=np.float64)
    shade = shade_of(town, places, step=15)
    scenario = town.with_plans(PLANS[name])
    quick, again, today = shade.with_plans(scenario, roofs), shade.counted_again(scenario, roofs), shade.today(roofs)
    for part in ("slots", "evergreen", "turns"):
        assert (getattr(quick, part) == getattr(again, part)).all()
    assert (quick.slots != today.slots).any(), "the plan reaches some of these places"
    assert differing_points(np.array([1, 5]), np.ones(2, np.uint16), np.array([5, 9]), np.ones(2, np.uint16) * 2, 4).tolist() == [
        False,
        True,
        False,
        False,
    ]


@cache
def desk(*rows: tuple[str, str, float, float, float, float, str]) -> SunlightDesk:
    town = street_of_trees(*rows) if rows else solid_village(address_table=HOMES, tree_table=None)
    return SunlightDesk(town, assumptions=ASSUMPTIONS, store=None)


def told(of: SunlightDesk, *plans: Plan) -> dict[tuple[str, str], Assessment]:
    figures = figures_of(of.sunlight(of.neighbourhood.with_plans(plans)), assumptions=ASSUMPTIONS)
    return {(one.impact.removeprefix("sunlight."), one.where.identifier): one for one in figures}


def test_no_norm_and_no_other_figure_knows_of_trees() -> None:
    """With trees and without: all but the figures that say so are the same to the last bit, and plans only of trees change none."""
    bare, planted = told(desk()), told(desk(LIME, PINE, FAR))
    own = {key: one for key, one in planted.items() if not key[0].endswith(WITH_TREES)}
    assert {key: (one.before, one.after, one.margin) for key, one in own.items()} == {
        key: (one.before, one.after, one.margin) for key, one in bare.items()
    }
    assert own.keys() != planted.keys()
    forest = told(desk(LIME, PINE, FAR), *PLANS["plants"], *PLANS["fells"])
    assert all(one.difference in {0.0, None} for key, one in forest.items() if not key[0].endswith(WITH_TREES))
    assert all(forest["losing", day.isoformat()].after == 0 for day in (MARCH, JUNE, DECEMBER))
    assert any(one.difference for key, one in forest.items() if key[0].endswith(WITH_TREES))


def test_what_visitors_assume_of_crowns_is_shared_and_not_kept_for_good() -> None:
    study = desk(LIME).ground
    first = tree_shade(study, (MARCH,), step=15, assumptions=ASSUMPTIONS)
    assert tree_shade(study, (MARCH,), step=15, assumptions=_assumed(IN_LEAF, LEAF.low)) is first, "crowns stand where they stood"
    low, high = ASSUMPTIONS[BEGINS].low, ASSUMPTIONS[BEGINS].high
    others = [weakref.ref(tree_shade(study, (MARCH,), step=15, assumptions=_assumed(BEGINS, each))) for each in np.linspace(low, high, 7)]
    gc.collect()
    assert sum(one() is not None for one in others) == KEPT_LATELY


def _assumed(name: str, value: float) -> Assumptions:
    return ASSUMPTIONS.with_values({name: value}, variant="eigen", owner="bezoeker", date="2026-11-22")


def test_a_minute_behind_a_crown_counts_for_what_shines_through_it() -> None:
    ground = desk(LIME, PINE, FAR).sunlight(desk(LIME, PINE, FAR).neighbourhood.with_plans()).ground
    sun = ground_with_trees(ground, assumptions=ASSUMPTIONS)
    behind = sun.shade.today(Roofs.AS_DRAWN)
    for at, day in enumerate(sun.days):
        through = LEAF.value if trees_in_leaf(day) else BARE.value
        slots, always = behind.slots[at], behind.evergreen[at]
        held = (slots - always) * (1 - through) + always * (1 - LEAF.value)
        assert sun.before[at].minutes == pytest.approx(ground.before(day).minutes - held * SLOT / 60)
        assert (sun.before[at].minutes <= ground.before(day).minutes + 1e-9).all()
        assert (sun.before[at].lowest <= sun.before[at].minutes).all()
        assert (sun.before[at].minutes <= sun.before[at].highest).all()
    assert [trees_in_leaf(day) for day in sun.days] == [False, True, True, False]
    known, unknown = told(desk(LIME, PINE, FAR)), told(desk(LIME, PINE, FAR, NOBODY))
    rows = {day: known[f"gardens{WITH_TREES}", day.isoformat()] for day in sun.days}
    assert rows[JUNE].before == pytest.approx(sun.before[1].minutes[ground.rows(GroundUse.GARDENS)].mean())
    assert {one.name for one in rows[JUNE].assumptions} == {"crown_light", "crown_begins", "roof_fit_unknown"}
    assert {one.name for one in rows[DECEMBER].assumptions} == {"crown_light", "crown_light_bare", "crown_begins", "roof_fit_unknown"}
    (leaf,) = [each for each in rows[JUNE].remarks if each.key == "sunlight.trees_in_leaf"]
    assert (leaf.values["value"], leaf.values["low"], leaf.values["high"]) == ("10", "2", "30")
    for day, one in rows.items():  # a tree of unknown size widens the margin and says so
        other = unknown[f"gardens{WITH_TREES}", day.isoformat()]
        assert (other.margin.below or 0) > (one.margin.below or 0)
        assert {"tree_height_unknown", "crown_share_unknown"} <= {each.name for each in other.assumptions}
        assert any(each.key == "sunlight.trees_of_assumed_size_one" for each in other.remarks)
        assert not any(each.key.startswith("sunlight.trees_of_assumed") for each in one.remarks)


def test_sizes_that_nobody_knows_are_those_of_the_register() -> None:
    told_assumed = ("told", "Ulmus", 1.0, 70.0, 10.0, 6.0, "assumed")
    no_crown = ("no crown", "Ulmus", 1.0, 75.0, 10.0, math.nan, "measured")
    trees = street_of_trees(LIME, told_assumed, no_crown, NOBODY).trees
    assert sizes_assumed(trees).tolist() == [False, True, True, True]
    sizes = {size: sized(trees, size, assumptions=ASSUMPTIONS)[["height", "crown_diameter"]].to_numpy().tolist() for size in Size}
    assert sizes[Size.AS_TAKEN] == [[10.0, 6.0], [10.0, 6.0], [10.0, 6.0], [8.0, pytest.approx(4.8)]]
    assert sizes[Size.SMALL] == [[10.0, 6.0], [5.0, 3.0], [10.0, 3.0], [4.0, pytest.approx(1.2)]]
    assert sizes[Size.LARGE] == [[10.0, 6.0], [18.75, pytest.approx(9.0)], [10.0, 9.0], [15.0, 13.5]]
    assert are_evergreen(["Pinus nigra", "pinus", "Tilia cordata", "", "Larix"], evergreen_genera()).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_homes_lose_sun_to_a_tree_that_is_planted_before_their_window() -> None:
    """An oak before the flat on the south: the home there loses what the oak takes, and the figure counts it."""
    of = desk(LIME, PINE, FAR)
    oak = plan("oak", planted=(PlantedTree("n", point(46, 14), "Quercus", height=12.0, crown_diameter=10.0),))
    scenario = of.neighbourhood.with_plans([oak])
    homes = of.sunlight(scenario).homes
    sun = homes_with_trees(homes, assumptions=ASSUMPTIONS)
    at = sun.days.index(JUNE)
    (row,) = homes.study.points.rows_by_target[0].tolist()
    lost = -float(sun.change[at].minutes[row])
    assert sun.shade.crowns(scenario, Roofs.AS_DRAWN)[0].radii[:, 0].tolist() == [3.0, 2.5, 4.5, 5.0]
    assert lost == pytest.approx(float(sun.before[at].minutes[row] - sun.after[at].minutes[row]))
    assert lost > 60, "the crown stands in the south-west of the window"
    assert -sun.change[at].highest[row] <= lost <= -sun.change[at].lowest[row]
    figures = told(of, oak)
    _, most, _, _ = homes.by_home(sun.change[at])
    assert figures["losing" + WITH_TREES, JUNE.isoformat()].after == (most[homes.counts] <= -15).sum() >= 1
    assert figures["losing", JUNE.isoformat()].after == 0
