"""Days and hours of building: counted on the calendar, held against the law, and not known where nobody says."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import plan, tower, towers, village
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.nuisance import working_days
from wijktwin.model.plan import Works
from wijktwin.model.provenance import LocalText
from wijktwin.places import data_folder
from wijktwin.sources.plan_files import read_plan

MONDAY = dt.date(2028, 3, 6)


def days(n: int) -> Works:
    return Works(MONDAY, MONDAY + dt.timedelta(days=n - 1))


def figure(*works: Works) -> Assessment:
    (found,) = assess_impact("nuisance", village().with_plans([towers(works=works)]))
    return found


@pytest.mark.parametrize(("length", "counted"), [(1, 1), (6, 6), (7, 6), (8, 7), (14, 12), (28, 24)])
def test_sundays_do_not_count(length: int, counted: int) -> None:
    assert MONDAY.weekday() == 0
    assert working_days([days(length)]) == counted


def test_days_that_two_works_share_count_once() -> None:
    later = Works(MONDAY + dt.timedelta(days=3), MONDAY + dt.timedelta(days=9))  # Thursday to Wednesday
    assert working_days([days(5), later]) == 9  # Monday 6 to Wednesday 15 March, less one Sunday
    assert working_days([later, days(5)]) == 9
    assert working_days([]) == 0


def test_a_plan_that_says_nothing_is_not_known() -> None:
    found = figure()
    assert (found.after, found.missing) == (None, "works_not_stated")
    assert {note.key for note in found.remarks} == {"nuisance.no_noise"}


def test_dates_and_hours_are_told_and_held_against_the_law() -> None:
    found = figure(Works(MONDAY, dt.date(2028, 3, 18), LocalText("Heien", "Piling"), 7.0, 16.5))
    assert found.after == 12
    assert (found.margin.below, found.margin.above) == (None, 0)
    lines = [note.sentence("nl") for note in found.remarks]
    assert lines[0] == "Heien: van 6 maart 2028 tot en met 18 maart 2028."
    assert lines[1].startswith("Van 7 tot 16,5 uur. Dat is binnen de uren voor bouwgeluid")
    assert found.remarks[0].sentence("en") == "Piling: from 6 March 2028 to 18 March 2028."


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (7.0, 19.0, "nuisance.hours_within"),
        (6.5, 16.0, "nuisance.hours_beyond"),
        (7.0, 19.5, "nuisance.hours_beyond"),
        (None, None, "nuisance.hours_unstated"),
        (7.0, None, "nuisance.hours_unstated"),
    ],
)
def test_hours(first: float | None, last: float | None, key: str) -> None:
    found = figure(Works(MONDAY, MONDAY, LocalText(""), first, last))
    assert found.remarks[0].key == "nuisance.work"
    assert found.remarks[1].key == key


def test_a_plan_that_only_fells_trees_is_left_alone() -> None:
    assert assess_impact("nuisance", village().with_plans([plan("fell", felled=frozenset({"t1"}))])) == ()
    assert assess_impact("nuisance", village().with_plans()) == ()
    assert len(assess_impact("nuisance", village().with_plans([plan("build", volumes=(tower(),), demolishes=frozenset({"hall"}))]))) == 1


def template(**works: Any) -> bytes:
    document = json.loads((data_folder() / "plan-template.geojson").read_text(encoding="utf-8"))
    document["plan"]["works"] = [works]
    return json.dumps(document).encode()


def test_works_are_read_from_a_plan_file() -> None:
    one = read_plan(data_folder() / "plan-template.geojson", neighbourhood=example())
    assert one.works == (Works(MONDAY, dt.date(2029, 6, 30), LocalText("Bouw van het blok", "Building the block"), 7.0, 16.0),)
    assert one.water_storage == 40


def test_works_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(InputError, match="swap the dates"):
        read_plan(template(begin="2028-03-06", end="2028-03-05"), neighbourhood=example())
    with pytest.raises(InputError, match="swap the hours"):
        read_plan(template(begin="2028-03-06", end="2028-03-06", first_hour=16, last_hour=7), neighbourhood=example())


def test_the_towers_of_the_example_say_when_they_are_built() -> None:
    (found,) = assess_impact("nuisance", example().with_plans([example_plan("vogeltorens")]))
    first, last = dt.date(2028, 3, 6), dt.date(2030, 5, 31)
    every = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    gap = {dt.date(2028, 7, 1), dt.date(2028, 7, 2)}  # a Saturday and a Sunday between the two works
    assert found.after == sum(day.weekday() != 6 for day in every if day not in gap)
    assert [note.key for note in found.remarks].count("nuisance.hours_within") == 2
    (silent,) = assess_impact("nuisance", example().with_plans([example_plan("vogelhof")]))
    assert silent.after is None
