"""Sunlight as figures: counted again from single homes and single rays, and the rules that hold of every figure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.sun_boxes import meets_box
from tests.impacts.sunlight.test_norms import wall_to_the_south
from tests.impacts.sunlight.test_points import addresses, solid_village
from tests.impacts.test_real_figures import example, example_plan, raw
from tests.impacts.village import BUILDINGS, plan, rectangle, tower, towers
from wijktwin.errors import LANGUAGES, Note, NotFoundError
from wijktwin.impacts.assessment import Assessment, Place, weakest
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import AT_ONCE, IMPACTS, IN_BACKGROUND, assess, assess_impact
from wijktwin.impacts.progress import CancelledError, Progress
from wijktwin.impacts.sunlight.desk import SunlightDesk, municipality_code
from wijktwin.impacts.sunlight.figures import CLASSES, figures_of
from wijktwin.impacts.sunlight.norms import change_counted, home_days, unseen_minutes
from wijktwin.impacts.sunlight.on_ground import GroundUse, hours_on
from wijktwin.impacts.sunlight.store import LightStore
from wijktwin.impacts.sunlight.suns import SLOT
from wijktwin.impacts.sunlight.tree_figures import hours_with_trees
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Claim, Party, Plan
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.words.contradictions import contradictions
from wijktwin.words.sentences import sentence, sentence_parts
from wijktwin.words.summary import is_gain, is_loss, plan_summary
from wijktwin.words.texts import has_text

ASSUMPTIONS = default_assumptions()
MARCH = date(2026, 3, 21)
HOMES = addresses(
    ("flat", 0.0, "S", 40.0, 26.0), ("flat", 2.0, "S", 40.0, 26.0), ("flat", 0.0, "N", 40.0, 26.0), ("house-1", 0.0, "E", 5.0, 25.0),
    ("house-1", 0.0, "S", 5.0, 25.0), ("flat", math.nan, "S", 45.0, 26.0), ("hall", 0.0, "W", 80.0, 25.0),
)  # fmt: skip


@cache
def desk() -> SunlightDesk:
    return SunlightDesk(solid_village(address_table=HOMES), assumptions=ASSUMPTIONS, store=None)


def told(*plans: Plan) -> dict[tuple[str, str], Assessment]:
    scenario = desk().neighbourhood.with_plans(plans)
    figures = figures_of(desk().sunlight(scenario), assumptions=ASSUMPTIONS)
    found = {(one.impact.removeprefix("sunlight."), one.where.identifier): one for one in figures}
    assert len(found) == len(figures), "every figure has a name and a place of its own"
    return found


def numbers(found: dict[tuple[str, str], Assessment]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {key: (one.before, one.after, one.margin, one.difference_margin, dict(one.breakdown)) for key, one in found.items()}


PLANS: dict[str, tuple[Plan, ...]] = {
    "nothing": (),
    "empty": (plan("empty"),),
    "wall": (wall_to_the_south(30.0),),
    "towers": (towers(),),
    "gone": (plan("gone", demolishes=frozenset({"flat", "hall"})),),
    "against": (plan("against", volumes=(tower(volume_id="a", footprint=rectangle(30, 12, 50, 19.8), height=9.0),)),),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_figure_carries_what_a_sceptical_reader_asks_for(name: str) -> None:
    found = told(*PLANS[name])
    assert {one.where.place for one in found.values()} == {Place.NEIGHBOURHOOD, Place.DAY}
    for one in found.values():
        assert one.sources
        assert one.assumptions
        assert one.method == IMPACTS["sunlight"].METHOD
        assert has_text(f"impact.{one.impact}")
        for margin in (each for each in (one.margin, one.before_margin, one.difference_margin) if each is not None):
            assert has_text(f"reason.{margin.reason}")
            assert all(side is not None and math.isfinite(side) and side >= 0 for side in (margin.below, margin.above))
        assert bool(one.missing) == (one.before is None or one.after is None)
        assert not one.missing or has_text(f"reason.{one.missing}")
        is_on_ground = one.impact.removesuffix("_losing").partition(".")[2] in set(GroundUse)
        is_of_known = name == "towers" and one.impact.endswith("_gone")  # of the homes that go there everybody knows it
        own = Kind.CALCULATED if is_on_ground or is_of_known else Kind.ASSUMED  # of some homes nobody knows where the living room is
        assert one.before_kind is own
        assert one.kind is weakest([own] if name in {"nothing", "empty"} else [own, Kind.STATED])
        for language in LANGUAGES:
            assert sentence(one, language)
            assert all(remark.sentence(language) for remark in one.remarks)
        if one.breakdown:
            befores, afters = zip(*one.breakdown.values(), strict=True)
            assert one.after == sum(afters)
            assert one.before is None or one.before == sum(befores)


@pytest.mark.parametrize("name", PLANS)
def test_every_home_is_counted_once_against_every_norm_today_and_then(name: str) -> None:
    found = told(*PLANS[name])
    today = told()
    for norm in ("tno_light", "tno_strict"):
        parts = [found[f"{norm}_{each}", ""] for each in ("met", "not_met", "not_judged")]
        assert sum(one.before or 0 for one in parts) == sum(one.after or 0 for one in parts) == len(HOMES)
        assert [one.before for one in parts] == [today[f"{norm}_{each}", ""].before for each in ("met", "not_met", "not_judged")]


def test_homes_that_lose_sun_are_those_of_which_the_home_itself_says_so() -> None:
    scenario = desk().neighbourhood.with_plans(PLANS["wall"])
    homes = desk().sunlight(scenario).homes
    n_lost = 0
    for day in home_days(2026):
        one = told(*PLANS["wall"])["losing", day.isoformat()]
        changes = [
            next(each for each in homes.home(name).days if each.day == day).change for name in HOMES["address_id"] if homes.home(name).days
        ]
        assert all(change is not None for change in changes)
        lost = [-change.most for change in changes if change is not None and -change.most >= change_counted().home]
        assert one.after == len(lost)
        n_lost += len(lost)
        possible = sum(-change.lowest >= change_counted().home for change in changes if change is not None)
        assert one.margin.above == possible - len(lost)
        classes = Counter(CLASSES[int(np.searchsorted([60.0, 120.0], minutes, side="right"))] for minutes in lost)
        assert {name: after for name, (_, after) in one.breakdown.items()} == ({name: classes[name] for name in CLASSES} if lost else {})
        most = told(*PLANS["wall"])["most_lost", day.isoformat()]
        assert most.after == max(-change.most for change in changes if change is not None)
        assert (most.after or 0.0) + (most.margin.above or 0.0) == max(-change.lowest for change in changes if change is not None)
        assert (most.after >= change_counted().home) is bool(lost), "no home loses more than any that is counted"
    assert n_lost > 8
    assert ("losing", MARCH.isoformat()) not in told()


def test_homes_that_lose_sun_before_a_moment_that_a_claim_names_are_counted_slot_by_slot() -> None:
    """Before noon, before dawn, before a moment between two samples, and over the whole day."""
    said = [Claim(f"c{n}", "a", Party.RESIDENTS, LocalText("Zo."), checkable=shade) for n, shade in enumerate((
        {"impact": "sunlight", "from": "12:00", "day": "03-21"}, {"impact": "sunlight", "from": "13:07", "day": "03-21"},
        {"impact": "sunlight", "from": "04:00", "day": "03-21"}, {"impact": "sunlight", "from": "23:00", "day": "03-21"},
        {"impact": "sunlight", "from": "12:00", "day": "03-22"}, {"impact": "sunlight", "from": "noon", "day": "03-21"},
    ))]  # fmt: skip
    wall = replace(wall_to_the_south(30.0), claims=tuple(said))
    found, homes = told(wall), desk().sunlight(desk().neighbourhood.with_plans([wall])).homes
    study, at = homes.study, homes.study.rows_of([MARCH])[0]
    seconds = study.grid.seconds[study.grid.slot_day == at]
    counts = {}
    for moment in ("04:00", "12:00", "13:07", "23:00"):
        before = seconds < datetime.fromisoformat(f"{MARCH}T{moment}").replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp()
        lost = []
        for number in np.flatnonzero(homes.counts).tolist():
            rows = study.points.rows_by_target[number].tolist()
            both = [[light.lit(at, row)[before].sum() for row in rows] for light in (study.now, study.light(homes.scenario))]
            lost.append(min(now - then for now, then in zip(*both, strict=True)) * SLOT / 60.0)
        one = found["losing", f"{MARCH}T{moment}"]
        assert one.after == sum(minutes >= change_counted().home for minutes in lost)
        assert one.where.place is Place.PART_OF_DAY
        counts[moment] = one.after or 0.0
    assert counts["23:00"] == found["losing", MARCH.isoformat()].after
    assert 0 == counts["04:00"] < counts["12:00"] <= counts["13:07"] <= counts["23:00"]
    assert found["losing", f"{MARCH}T04:00"].margin.above == 0, "before the sun is up nobody can lose any"
    assert not [key for key in found if "03-22" in key[1]], "a day that is not computed has no figure"


def test_the_sun_in_gardens_is_that_of_rays_against_boxes_worked_out_exactly() -> None:
    """Every slot of 21 March on some places, without any triangle."""
    volume = PLANS["wall"][0].volumes[0]
    x0, y0, x1, y1 = volume.footprint.bounds
    origin = desk().neighbourhood.mesh.origin
    wall = [[x0 - origin[0], y0 - origin[1], volume.bottom], [x1 - origin[0], y1 - origin[1], volume.top]]
    boxes = np.array([[[r[0][0], r[0][1], 3.0], [r[0][2], r[0][3], 3.0 + r[1]]] for r in BUILDINGS.values()])
    ground = desk().sunlight(desk().neighbourhood.with_plans(PLANS["wall"])).ground
    study, row = ground.study, ground.days.index(MARCH)
    some = np.flatnonzero(ground.rows(GroundUse.GARDENS))[::61]
    slots = np.flatnonzero(study.grid.slot_day == row)
    towards = study.grid.towards[slots].astype(np.float64)
    places = study.points.points.origins[some].astype(np.float64)
    for solid, found in ((boxes, ground.before(MARCH)), (np.concatenate([boxes, [wall]]), ground.after(MARCH))):
        met, _ = meets_box(np.repeat(places, len(slots), axis=0), np.tile(towards, (len(some), 1)), solid)
        minutes = (~met.reshape(len(some), -1)).sum(axis=1) * SLOT / 60.0
        assert ((found.lowest[some] <= minutes) & (minutes <= found.highest[some])).all()
        assert np.abs(minutes - found.minutes[some]).max() <= unseen_minutes()
        assert abs((minutes - found.minutes[some]).mean()) < 0.3


def test_more_building_never_gives_more_sun_and_less_never_takes_any() -> None:
    heights = [told(wall_to_the_south(height)) for height in (5.0, 15.0, 30.0)]
    for key, one in heights[0].items():
        values = [each[key].after for each in heights]
        if key[0].endswith(("losing", "most_lost", "not_met")):
            assert values == sorted(values), key  # type: ignore[type-var]
        if key[0] in {"gardens", "pavements", "tno_light_met"}:
            assert values == sorted(values, reverse=True), key  # type: ignore[type-var]
            assert values[-1] <= one.before  # type: ignore[operator]
    gone = told(*PLANS["gone"])
    assert all((gone["losing", day.isoformat()].after, gone["losing", day.isoformat()].margin.above) == (0, 0) for day in home_days(2026))
    assert all(gone["gardens", day].difference >= 0 for key, day in gone if key == "gardens")  # type: ignore[operator]


def test_an_empty_plan_changes_nothing_and_the_order_of_plans_means_nothing() -> None:
    assert all(one.difference in {0.0, None} for one in told(*PLANS["empty"]).values())
    assert {key: value for key, value in numbers(told(*PLANS["empty"])).items() if key in told()} == {
        key: (*value[:4], told(*PLANS["empty"])[key].breakdown) for key, value in numbers(told()).items()
    }
    low = plan("low", volumes=(tower(volume_id="low", footprint=rectangle(22, 22, 28, 30), height=6.0),))
    both = [PLANS["wall"][0], low]
    first = SunlightDesk(desk().neighbourhood, assumptions=ASSUMPTIONS, store=None)
    turned = figures_of(first.sunlight(first.neighbourhood.with_plans(both[::-1])), assumptions=ASSUMPTIONS)
    assert [(one.impact, one.where, one.before, one.after, one.margin) for one in turned] == [
        (one.impact, one.where, one.before, one.after, one.margin) for one in told(*both).values()
    ]


def test_what_cannot_be_judged_is_counted_by_its_reason() -> None:
    assert told()["tno_light_not_judged", ""].breakdown == {"sun_faces_away": (1.0, 1.0), "sun_no_point": (1.0, 1.0)}
    gone = told(*PLANS["gone"])["tno_light_not_judged", ""]
    assert gone.breakdown["sun_demolished"] == (0.0, 5.0)
    assert gone.difference == 5 - 1, "one of those that go faced away"
    against = told(*PLANS["against"])
    assert ("tno_light_gone", "") not in against, "no building goes"
    assert against["tno_light_not_judged", ""].breakdown["sun_built_against"] == (0.0, 3.0)
    assert against["losing", MARCH.isoformat()].remarks[-1] == Note("sunlight.homes_left_out", n=4)


def test_a_home_whose_building_goes_is_told_apart_and_is_no_gain_or_loss_of_sun() -> None:
    """Of the seven homes four stand in the flat and one in the hall, and go; two stay.

    One of those in the flat faces north, so four tests end. All four are met today, and none that stays gets or loses the norm.
    """
    gone = told(*PLANS["gone"])
    ended = {norm: gone[f"{norm}_gone", ""] for norm in ("tno_light", "tno_strict")}
    assert (ended["tno_light"].before, ended["tno_light"].after, ended["tno_light"].margin.is_exact) == (None, 4, True)
    (said,) = {sentence(ended["tno_light"], "nl").partition(". ")[0]}
    assert said == "Voor ongeveer 4 woningen is de lichte TNO-norm voor zon niet meer te toetsen: hun gebouw verdwijnt"
    for norm, one in ended.items():
        met, missed = gone[f"{norm}_met", ""], gone[f"{norm}_not_met", ""]
        counts = [
            sum(int(str(note.values["n"])) for note in each.remarks if note.key.startswith("sunlight.norm_gone")) for each in (met, missed)
        ]
        assert sum(counts) == one.after == sum(each.breakdown.get("judged_no_longer", (0, 0))[0] or 0 for each in (met, missed))
        for each, n in zip((met, missed), counts, strict=True):
            for language in LANGUAGES:
                apart = {"nl": "Dat is geen winst of verlies van zon.", "en": "That is no gain or loss of sun."}[language]
                assert (apart in sentence(each, language)) is bool(n)
                assert contradictions(each, sentence_parts(each, language), language) == ()
        assert (is_loss(one), is_gain(one)) == (False, False)
    assert all(not one.impact.endswith("_gone") for name in ("nothing", "empty", "wall") for one in told(*PLANS[name]).values())


@pytest.mark.exhaustive
def test_a_plan_of_the_example_that_takes_two_flats_ends_the_tests_of_those_that_faced_the_sun() -> None:
    """Vogelhof, and two flats go besides: by the file of addresses one of 28 homes that all face north, and one of which none does."""
    sides: dict[str, Counter[str]] = {}
    for home in (each["properties"] for each in raw("addresses.geojson") if each["properties"]["use"] == "dwelling"):
        sides.setdefault(home["building_id"], Counter())[home.get("side") or ""] += 1
    north = min(name for name, own in sides.items() if own == Counter({"N": 28}))
    south = min(name for name, own in sides.items() if own.total() > 20 and set(own) == {"S"})
    base = example_plan("vogelhof")
    taken = replace(base, demolishes=base.demolishes | {north, south})
    found = {one.impact: one for one in assess_impact("sunlight", example().with_plans([taken]), assumptions=ASSUMPTIONS)}
    gone, unjudged = found["sunlight.tno_light_gone"], found["sunlight.tno_light_not_judged"]
    n = sides[south].total()
    assert gone.after == n
    assert unjudged.breakdown["sun_demolished"] == (0.0, float(28 + n))
    said = [each for part in plan_summary([gone], "nl") if part.key == "unknown" for each in part.sentences]
    assert said[0] == f"Voor {n} woningen is de lichte TNO-norm voor zon niet meer te toetsen: hun gebouw verdwijnt."


def test_ground_that_is_built_on_counts_no_longer() -> None:
    built = told(*PLANS["against"])["gardens", MARCH.isoformat()]
    area = 20 * 7.8
    (remark,) = [each for each in built.remarks if each.key == "sunlight.ground_built_over"]
    assert abs(float(str(remark.values["n"])) - area) <= 20


def test_a_home_says_how_long_the_sun_is_there_now_and_then() -> None:
    scenario = desk().neighbourhood.with_plans(PLANS["wall"])
    homes = desk().sunlight(scenario).homes
    home = homes.home("a0")
    assert (home.n_points, home.why_range, home.missing, set(home.tests)) == (1, "sun_roofs", "", {"tno_light", "tno_strict"})
    for day in home.days:
        (strip,) = homes.strips("a0", day.day)
        assert (strip.side, strip.storey) == ("S", 0)
        assert strip.after is not None
        assert day.after is not None
        assert sum((end - begin).total_seconds() for begin, end in strip.before) / 60 == pytest.approx(day.before.least)
        assert sum((end - begin).total_seconds() for begin, end in strip.after) / 60 == pytest.approx(day.after.least)
        assert day.change is not None
        assert day.change.least == pytest.approx(day.after.least - day.before.least)
        assert day.change.lowest <= day.change.least <= day.change.highest <= 0
        assert day.before.lowest < day.before.least <= day.before.highest
        assert all(moment.date() == day.day for stretch in strip.before for moment in stretch)
    assert homes.home("a5").why_range == "sun_several_points"
    assert [strip.storey for strip in homes.strips("a5", MARCH)] == [0, 1, 2, 3]
    assert (homes.home("a3").n_points, homes.home("a3").missing, homes.strips("a3", MARCH)) == (0, "sun_no_point", ())
    with pytest.raises(NotFoundError, match="nobody"):
        homes.home("nobody")
    gone = desk().sunlight(desk().neighbourhood.with_plans(PLANS["gone"])).homes
    assert gone.home("a0").missing == "sun_demolished"
    assert all(day.after is None and day.before.least > 0 for day in gone.home("a0").days)
    assert gone.strips("a0", MARCH)[0].after is None


def test_the_norm_of_the_hague_is_only_for_the_hague() -> None:
    assert [norm.norm_id for norm in desk().norms] == ["tno_light", "tno_strict"]
    names = {name: f"NL.IMBAG.Pand.0518{number:012d}" for number, name in enumerate(BUILDINGS)}
    here = desk().neighbourhood
    table = here.addresses.assign(building_id=[names[name] for name in here.addresses["building_id"]])
    town = replace(here, buildings=replace(here.buildings, building_ids=tuple(names.values())), address_table=table)
    assert municipality_code(town) == "0518"
    hague = SunlightDesk(town, assumptions=ASSUMPTIONS, store=None)
    found = {one.impact: one for one in figures_of(hague.sunlight(town.with_plans()), assumptions=ASSUMPTIONS)}
    facades = [found[f"sunlight.the_hague_{each}"].before for each in ("met", "not_met", "not_judged")]
    (study,) = hague.facades.values()
    assert sum(each or 0 for each in facades) == len(study.points.targets) > 20


def test_without_addresses_or_ground_nothing_is_said_of_them() -> None:
    bare = SunlightDesk(solid_village(address_table=None, ground_table=None), assumptions=ASSUMPTIONS, store=None)
    scenario = bare.neighbourhood.with_plans(PLANS["wall"])
    for one in figures_of(bare.sunlight(scenario), assumptions=ASSUMPTIONS):
        assert one.after is None
        assert one.missing == "no_addresses", "nothing is known of a window, for no home is"
        assert not one.margin.is_known


def test_progress_is_told_in_words_and_can_end_it(tmp_path: Any) -> None:
    said: list[tuple[Note, float]] = []
    mine = SunlightDesk(solid_village(address_table=HOMES), assumptions=ASSUMPTIONS, store=LightStore(tmp_path))

    def stop(note: Note, share: float) -> None:
        said.append((note, share))
        if note.key == "sunlight.today_at_ground":
            raise CancelledError

    scenario = mine.neighbourhood.with_plans(PLANS["wall"])
    with pytest.raises(CancelledError):
        mine.sunlight(scenario, progress=Progress(stop))
    assert all(note.sentence(language) for note, _ in said for language in LANGUAGES)
    shares = [share for _, share in said]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < shares[-1] < 1.0
    assert mine.sunlight(scenario).homes.tests == desk().sunlight(desk().neighbourhood.with_plans(PLANS["wall"])).homes.tests


def test_the_catalogue_leaves_what_takes_long_to_the_background() -> None:
    assert set(IN_BACKGROUND) | set(AT_ONCE) == set(IMPACTS)
    assert not set(IN_BACKGROUND) & set(AT_ONCE)
    scenario = desk().neighbourhood.with_plans(PLANS["towers"])
    assert not any(one.impact.startswith("sunlight") for one in assess(scenario))
    assert numbers(
        {(one.impact.removeprefix("sunlight."), one.where.identifier): one for one in assess_impact("sunlight", scenario)}
    ) == numbers(told(*PLANS["towers"]))


def test_another_neighbourhood_with_the_same_key_has_its_own_sun() -> None:
    """Desks are shared by the neighbourhood itself, not by what it is called."""

    def gardens(town: Neighbourhood) -> float | None:
        found = {(one.impact, one.where.identifier): one for one in assess_impact("sunlight", town.with_plans())}
        return found["sunlight.gardens", MARCH.isoformat()].before

    lower = {**BUILDINGS, "flat": ((30, 20, 50, 32), 3.0, 2880.0, 1.0, 0.2, 1967.0)}
    from tests.impacts.sunlight.test_points import ORIGIN
    from wijktwin.model.volume_mesh import joined, raised

    mesh = joined([raised(rectangle(*row[0]), bottom=3.0, top=3.0 + row[1], origin=ORIGIN) for row in lower.values()], origin=ORIGIN)
    assert gardens(solid_village(mesh=mesh)) > gardens(solid_village())  # type: ignore[operator]


def test_any_day_can_be_chosen_for_the_map_with_and_without_trees() -> None:
    scenario, one = desk().neighbourhood.with_plans(PLANS["wall"]), desk()
    ready = one.sunlight(scenario).ground
    assert one.ground_on(MARCH) is one.ground
    usual, same = ready.hours(MARCH), hours_on(one.ground, scenario, MARCH, spacing=ready.spacing)
    assert (usual.before == same.before).all()
    assert np.array_equal(usual.after, same.after, equal_nan=True)
    may = date(MARCH.year, 5, 4)
    hours = hours_on(one.ground_on(may), scenario, may, spacing=ready.spacing)
    there = np.isfinite(hours.after)
    assert (hours.after[there] <= hours.before[there]).all(), "a wall takes sun"
    assert (hours.after[there] < hours.before[there]).any()
    assert hours.before.mean() > usual.before.mean(), "days are longer in May"
    leafy = hours_with_trees(one.ground_on(may), scenario, may, spacing=ready.spacing, assumptions=ASSUMPTIONS)
    assert (leafy.before <= hours.before).all()
    assert (np.isnan(leafy.after) == np.isnan(hours.after)).all()
