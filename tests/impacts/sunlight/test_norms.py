"""Norms for sunlight: what the table says, and verdicts that can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.impacts.sunlight.test_points import ORIGIN, addresses, solid_village
from tests.impacts.village import BUILDINGS, plan, rectangle, tower
from wijktwin.errors import InputError, NotFoundError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.norm_values import NormDates
from wijktwin.impacts.sunlight.norm_tests import NormTest, Verdict, judged, norm_study
from wijktwin.impacts.sunlight.norms import PointOfNorm, ground_days, read_norms, sunlight_norm, sunlight_norms, unseen_minutes
from wijktwin.impacts.sunlight.ranges import WorstDay
from wijktwin.impacts.sunlight.study import Roofs, SunStudy, with_roofs_moved
from wijktwin.impacts.sunlight.suns import SLOT
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario
from wijktwin.model.volume_mesh import joined, raised
from wijktwin.words.texts import has_text

ASSUMPTIONS = default_assumptions()
SHORT = replace(sunlight_norm("tno_light"), first=None, last=None, single_days=((2, 19), (6, 21)))
"""The TNO norm on two of its days: the first is its worst."""


def results(town: Neighbourhood, *plans: Plan, norm: object = SHORT) -> tuple[SunStudy, tuple[NormTest, ...]]:
    study = norm_study(town, norm, year=2026, assumptions=ASSUMPTIONS)  # type: ignore[arg-type]
    return study, judged(study, town.with_plans(plans), norm)  # type: ignore[arg-type]


def test_the_table_holds_the_norms_with_everything_beside_them() -> None:
    light, strict, hague = (sunlight_norms()[name] for name in ("tno_light", "tno_strict", "the_hague"))
    assert (light.minutes, light.days_in(2026)[0], light.days_in(2026)[-1]) == (120.0, date(2026, 2, 19), date(2026, 10, 21))
    assert (strict.minutes, strict.days_in(2026)[0], strict.days_in(2026)[-1]) == (180.0, date(2026, 1, 21), date(2026, 11, 22))
    assert len(light.days_in(2026)) == (date(2026, 10, 21) - date(2026, 2, 19)).days + 1
    assert (hague.lowest_sun, hague.point, hague.days_in(2026)) == (10.0, PointOfNorm.FACADE, (date(2026, 2, 19), date(2026, 10, 21)))
    assert not hague.belongs_in("Amersfoort")
    assert hague.belongs_in("'s-Gravenhage")
    assert light.belongs_in("Amersfoort")
    assert strict.audience == "planners"
    for norm in sunlight_norms().values():
        assert norm.source.en and norm.dates.read_on and norm.certainty in {"H", "M", "L"}  # noqa: PT018
        assert norm.title.nl and norm.title.en and norm.place.nl and norm.place.en and norm.status.nl and norm.status.en  # noqa: PT018
    assert hague.dates == NormDates(read_on="2026-11-22", published="2019-10-10"), "the day of a ruling is not since when a norm holds"
    assert ground_days(2026) == (date(2026, 3, 21), date(2026, 6, 21), date(2026, 9, 23), date(2026, 12, 22))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 2.0", "value = -2.0"),
        ("value = 2.0", 'value = "veel"'),
        ('unit = "h"', 'unit = "uur"'),
        ('period = ["02-19", "10-21"]', 'period = ["10-21", "02-19"]'),
        ('period = ["02-19", "10-21"]', 'period = ["02-30", "10-21"]'),
        ('period = ["02-19", "10-21"]', ""),
        ("lowest_sun = 5.0", "lowest_sun = 0.0"),
        ('point = "window"', 'point = "roof"'),
        ('certainty = "H"', ""),
    ],
)
def test_a_norm_that_is_not_complete_is_refused_by_name(tmp_path: Path, root: Path, old: str, new: str) -> None:
    text = (root / "data" / "norms" / "sun.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "sun.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"sun\.toml.*tno_light"):
        read_norms(path)


def test_a_norm_that_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(NotFoundError, match="tno_light, tno_strict"):
        sunlight_norm("london")


def wall_to_the_south(height: float, **changes: object) -> Plan:
    """A long building 30 m in front of the flat."""
    return plan("wall", volumes=(tower(volume_id="wall", footprint=rectangle(-60, -30, 160, -10), height=height, **changes),))


def test_verdicts_follow_a_wall_that_can_be_worked_out() -> None:
    """A wall along the whole south hides the sun below a certain height: by hand from the angle to its eaves."""
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0), ("house-1", 0.0, "S", 5.0, 25.0)))
    _, (flat, house) = results(town, wall_to_the_south(30.0))
    assert (flat.verdict, house.verdict) == (Verdict.NO_LONGER_MEETS, Verdict.NO_LONGER_MEETS)
    study, (flat, house) = results(town, wall_to_the_south(12.5))
    assert flat.before is not None
    assert flat.after is not None
    assert flat.before.day == date(2026, 6, 21), "the sun of June rises and sets behind a wall that looks south"
    assert flat.after.day == date(2026, 2, 19)
    point = study.points.points.positions[study.points.rows_of(0)[0]]
    rise = 15.5 - point[2]
    expected = 0
    slots = np.flatnonzero(study.grid.slot_day == 0)
    for towards in study.grid.towards[slots].astype(np.float64):
        in_front = -towards[1] > np.sin(np.arctan2(0.1, 0.9))
        x_there, over = 40.0 + towards[0] / -towards[1] * 30.0, towards[2] / -towards[1] * 30.0
        expected += bool(in_front and (over > rise or not -60 < x_there < 160))
    assert 30 < expected * SLOT / 60 < flat.before.least - 30
    assert flat.after.least == pytest.approx(expected * SLOT / 60, abs=1.0)
    assert flat.verdict is (Verdict.STILL_MEETS if expected * SLOT / 60 >= 120 else Verdict.NO_LONGER_MEETS)
    assert flat.after.lowest <= flat.after.least <= flat.after.highest
    _, (lower, _) = results(town, wall_to_the_south(5.0))
    assert lower.verdict is Verdict.STILL_MEETS
    assert lower.is_sure


def test_what_is_in_the_way_today_and_goes_makes_a_dwelling_meet() -> None:
    town = town_behind_a_hall(height=30.0, roof_fit=0.1)
    gone = plan("gone", demolishes=frozenset({"hall"}))
    assert results(town, gone)[1][0].verdict is Verdict.NEWLY_MEETS
    assert results(town)[1][0].verdict is Verdict.STILL_DOES_NOT_MEET


def test_what_cannot_be_judged_says_why() -> None:
    town = solid_village(
        address_table=addresses(
            ("flat", 0.0, "N", 40.0, 26.0),
            ("house-1", 0.0, "E", 5.0, 25.0),
            ("house-2", 0.0, "S", 15.0, 25.0),
            ("hall", 0.0, "S", 80.0, 25.0),
        )
    )
    against = plan(
        "against", volumes=(tower(volume_id="a", footprint=rectangle(10, 12, 20, 19.8), height=9.0),), demolishes=frozenset({"hall"})
    )
    _, found = results(town, against)
    assert [one.missing for one in found] == ["sun_faces_away", "sun_no_point", "sun_built_against", "sun_demolished"]
    assert {one.verdict for one in found} == {Verdict.CANNOT_BE_JUDGED}
    assert found[2].before is not None
    assert all(has_text(f"reason.{one.missing}") for one in found)


def test_several_possible_points_are_a_range_and_decide_only_together() -> None:
    town = solid_village(address_table=addresses(("flat", math.nan, "S", 40.0, 26.0), ("flat", 0.0, "S", 40.0, 26.0)))
    _, (unknown, known) = results(town, wall_to_the_south(18.0))
    assert unknown.after is not None
    assert known.after is not None
    assert unknown.after.least == known.after.least < unknown.after.most
    assert unknown.n_points == 4
    assert unknown.after.least < 120 <= unknown.after.most
    assert (unknown.verdict, unknown.missing) == (Verdict.CANNOT_BE_JUDGED, "sun_several_points")


def test_minutes_are_compared_unrounded() -> None:
    assert not SHORT.is_met_by(119.99)
    assert SHORT.is_met_by(120.0)


def test_an_empty_plan_changes_no_verdict() -> None:
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0)))
    (today,), (same,) = results(town)[1], results(town, plan("empty"))[1]
    assert today == same
    assert today.before == today.after


def test_the_norm_of_the_hague_is_about_facades() -> None:
    norm = sunlight_norm("the_hague")
    _, found = results(solid_village(), norm=norm)
    assert len(found) > 20
    souths = [one for one in found if one.verdict is Verdict.STILL_MEETS]
    norths = [one for one in found if one.missing == "sun_faces_away"]
    assert souths
    assert norths


def test_roofs_move_and_feet_stay() -> None:
    town = solid_village()
    study = norm_study(town, SHORT, year=2026, assumptions=ASSUMPTIONS)
    up = with_roofs_moved(study.solids, np.full(len(BUILDINGS), 0.5))
    tops = study.solids.corners[:, :, 2] > 3.5
    assert up[:, :, 2][tops] == pytest.approx(study.solids.corners[:, :, 2][tops] + 0.5, abs=1e-5)
    assert (up[:, :, 2][~tops] == study.solids.corners[:, :, 2][~tops]).all()
    down = with_roofs_moved(study.solids, np.full(len(BUILDINGS), -50.0))
    assert down[:, :, 2].min() == pytest.approx(3.0)


def test_sun_behind_higher_roofs_is_less_and_behind_lower_ones_more() -> None:
    town = solid_village(address_table=addresses(("house-1", 0.0, "S", 5.0, 25.0), ("flat", 0.0, "W", 40.0, 26.0)))
    study = norm_study(town, SHORT, year=2026, assumptions=ASSUMPTIONS)
    up, same, down = (study.today(roofs).minutes for roofs in (Roofs.HIGHER, Roofs.AS_DRAWN, Roofs.LOWER))
    assert (up <= same + 2).all()
    assert (same <= down + 2).all()
    assert (up < down).any()


def town_behind_a_hall(*, height: float, roof_fit: float) -> Neighbourhood:
    """The village with a hall 220 m long, 30 m to the south of the flat, whose roof may be off by so much. [m]"""
    rows = {**BUILDINGS, "hall": ((-60, -30, 160, -10), height, 1000.0, 1.0, 0.1, 1990.0)}
    mesh = joined([raised(rectangle(*row[0]), bottom=3.0, top=3.0 + row[1], origin=ORIGIN) for row in rows.values()], origin=ORIGIN)
    town = solid_village(mesh=mesh, address_table=addresses(("flat", 0.0, "S", 40.0, 26.0)))
    fit = np.where(np.array(town.buildings.building_ids) == "hall", roof_fit, 0.0)
    return replace(town, buildings=replace(town.buildings, numbers={**town.buildings.numbers, "roof_fit_rmse": fit}))


def test_another_day_may_be_the_worst_when_roofs_are_higher_than_drawn() -> None:
    """As drawn, June is worst, for then the sun rises and sets behind a wall that looks south; but one and a half metres more and the
    hall hides more of February. Whoever moves the roofs on the worst day only, finds nothing, and calls the verdict sure."""
    norm = replace(SHORT, minutes=470.0)
    study, (test,) = results(town_behind_a_hall(height=9.0, roof_fit=1.5), norm=norm)
    assert test.before is not None
    assert test.before.day == date(2026, 6, 21)
    february, june = (study.today(Roofs.HIGHER).minutes_on(row)[0] for row in study.rows_of([date(2026, 2, 19), date(2026, 6, 21)]))
    assert june == test.before.least, "higher roofs take nothing from June"
    assert study.now.minutes_on(0)[0] > june > february + 20
    assert june - unseen_minutes() - 1.0 > norm.minutes, "within the margin of June alone it would be sure"
    assert test.before.lowest == pytest.approx(february - unseen_minutes(), abs=1.0)
    assert test.was
    assert not test.is_sure, "the norm may not be met in February"


@pytest.mark.parametrize("scenario", ["nothing", "a wall", "demolition"])
def test_the_margin_holds_what_every_height_of_the_roofs_between_gives(scenario: str) -> None:
    """The least sun of all days, with roofs drawn anywhere within their error, computed from the beginning every time."""
    plans = {"nothing": [], "a wall": [wall_to_the_south(8.0)], "demolition": [plan("gone", demolishes=frozenset({"shed"}))]}[scenario]
    days = tuple((month, day) for month in (2, 4, 6, 8, 10) for day in (1, 19))
    norm = replace(SHORT, single_days=days)
    town = town_behind_a_hall(height=15.0, roof_fit=1.5)
    (test,) = results(town, *plans, norm=norm)[1]
    assert test.after is not None
    for height in np.linspace(13.5, 16.5, 7):
        (other,) = results(town_behind_a_hall(height=height, roof_fit=0.0), *plans, norm=norm)[1]
        assert other.after is not None
        assert test.after.lowest <= other.after.least <= test.after.highest


def test_what_is_judged_today_does_not_depend_on_the_plan_and_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0), ("house-1", 0.0, "E", 5.0, 25.0)))
    study, first = results(town, wall_to_the_south(30.0))
    asked: list[bool] = []
    of_several = WorstDay.of_several

    def counted(study: SunStudy, scenario: Scenario, periods: Sequence[Sequence[date]]) -> list[WorstDay]:
        asked.append(scenario.is_baseline)
        return of_several(study, scenario, periods)

    monkeypatch.setattr(WorstDay, "of_several", counted)
    second = judged(study, town.with_plans([wall_to_the_south(12.5)]), SHORT)
    assert asked == [False]
    assert [(one.before, one.was, one.missing_before) for one in first] == [(one.before, one.was, one.missing_before) for one in second]


def test_a_scenario_that_is_known_is_not_computed_again() -> None:
    town = solid_village(address_table=addresses(("flat", 0.0, "S", 40.0, 26.0)))
    study = norm_study(town, SHORT, year=2026, assumptions=ASSUMPTIONS)
    first = study.light(town.with_plans([wall_to_the_south(30.0)]))
    assert study.light(town.with_plans([wall_to_the_south(30.0)])) is first
    assert study.light(town.with_plans([wall_to_the_south(20.0)])) is not first
    assert study.light(town.with_plans()) is study.now
