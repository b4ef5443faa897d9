"""Requirements: tested unrounded, with the margin that the figure has, and refused where there is nothing to test."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.village import plan, rectangle, rescaled, towers, village
from wijktwin.impacts.assessment import Assessment, Margin, unknown_margin
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.requirements import (
    MEASURES,
    Certainty,
    Judgement,
    Measure,
    Operator,
    Outcome,
    Requirement,
    Scope,
    Subject,
    compares,
    judge,
    judged,
)
from wijktwin.model.plan import Dwellings, GroundChange, Plan
from wijktwin.model.provenance import Kind, Source
from wijktwin.model.surroundings import GroundKind

RULE = Source("Omgevingsplan", "Gemeente Voorbeeld", vintage="2024-01-01")


def requirement(subject: Subject, value: float, *, operator: Operator | None = None, **changes: Any) -> Requirement:
    measure = MEASURES.get(subject, Measure("trees.planted", "count", operator=Operator.AT_LEAST))
    given = Requirement(subject.value, subject, measure, operator or measure.operator, value, RULE, Certainty.HIGH)
    return replace(given, **changes)


def figures(one: Plan) -> tuple[Assessment, ...]:
    return assess(village().with_plans([one]))


def verdict(one: Plan, subject: Subject, value: float, **options: Any) -> Judgement:
    return judge(requirement(subject, value, **options), one, figures(one))


# -------------------------------------------------------------------------------------------------------------- by hand
def test_fifty_seven_of_165_is_not_35_per_cent() -> None:
    found = verdict(towers(), Subject.SOCIAL_SHARE, 35.0)
    assert (found.outcome, found.is_sure) == (Outcome.FAILS, True)
    assert found.measured is not None
    assert found.measured.value == 100 * 57 / 165
    fifty_eight = towers(dwellings=(Dwellings(58.0, "social_rent"), Dwellings(107.0, "middle_rent")))
    assert verdict(fifty_eight, Subject.SOCIAL_SHARE, 35.0).outcome is Outcome.MEETS


@pytest.mark.parametrize(("limit", "outcome"), [(30.0, Outcome.MEETS), (29.999, Outcome.FAILS), (30.001, Outcome.MEETS)])
def test_height_at_the_limit_meets_it(limit: float, outcome: Outcome) -> None:
    assert verdict(towers(), Subject.HEIGHT, limit).outcome is outcome


def test_of_several_buildings_the_least_favourable_counts() -> None:
    high, low = told(30.0, 0.0, 0.0), told(9.0, 0.0, 0.0)
    for both in ([high, low], [low, high]):
        most = judge(requirement(Subject.HEIGHT, 20.0), towers(), both)
        least = judge(requirement(Subject.HEIGHT, 20.0, operator=Operator.AT_LEAST), towers(), both)
        assert [found.measured.value for found in (most, least) if found.measured] == [30.0, 9.0]
        assert [most.outcome, least.outcome] == [Outcome.FAILS, Outcome.FAILS]


def test_built_share_is_in_per_cent_of_the_plan_area_with_its_margin() -> None:
    # hall and tower cover 400 m2; the house of 16 m2 stands outside the plan area of 40 x 30 m
    found = verdict(towers(), Subject.BUILT_SHARE, 40.0)
    assert found.measured is not None
    assert found.measured.value == pytest.approx(100 * 416 / 1200)
    assert (found.outcome, found.is_sure) == (Outcome.MEETS, True)
    near = verdict(towers(), Subject.BUILT_SHARE, 34.7)
    assert (near.outcome, near.is_sure, near.reason) == (Outcome.MEETS, False, "within_margin")
    assert near.measured is not None
    assert near.measured.low is not None
    assert near.measured.high is not None
    assert near.measured.low < 34.7 < near.measured.high


def test_places_per_dwelling_where_more_may_be_there_than_is_stated() -> None:
    found = verdict(towers(), Subject.PARKING, 0.2)
    assert found.measured is not None
    assert found.measured.value == 40 / 165
    assert (found.outcome, found.is_sure) == (Outcome.MEETS, True), "more places would meet it all the more"
    short = verdict(towers(), Subject.PARKING, 0.6)
    assert (short.outcome, short.is_sure, short.reason) == (Outcome.FAILS, False, "margin_unknown"), "there may be more than stated"


def test_green_share_is_only_of_the_whole_plan_area() -> None:
    outside = verdict(towers(), Subject.GREEN_SHARE, 10.0)
    assert (outside.outcome, outside.reason) == (Outcome.OPEN, "other_area"), "the strip lies outside the plan area"
    garden = GroundChange("garden", rectangle(60, 10, 70, 40), GroundKind.GREEN)
    inside = plan("garden", boundary=rectangle(60, 10, 100, 40), ground_changes=(garden,), demolishes=frozenset({"hall"}))
    found = verdict(inside, Subject.GREEN_SHARE, 10.0)
    told = {(one.impact, one.where.identifier): one.after for one in figures(inside)}
    assert found.measured is not None
    green, area = told["ground.green", "plan_boundary"], told["density.area", "garden"]
    assert green is not None
    assert area == 1200.0
    assert found.measured.value == pytest.approx(100 * green / area)
    assert {one.impact for one in found.measured.figures} == {"ground.green", "density.area"}
    assert found.measured.sources
    assert (found.outcome, found.is_sure) == (Outcome.MEETS, True)
    hall = 100 * 400 / 1200
    assert found.measured.high is not None
    assert found.measured.high >= found.measured.value + hall, "nobody says what becomes of the ground under the hall: it may be green"
    more = verdict(inside, Subject.GREEN_SHARE, found.measured.value + hall / 2)
    assert (more.outcome, more.is_sure, more.why) == (Outcome.FAILS, False, "ground_unstated")


def test_what_is_said_of_the_whole_neighbourhood() -> None:
    measure = Measure("dwellings.social_share", "%")
    whole = requirement(Subject.FIGURE, 30.0, operator=Operator.AT_LEAST, measure=measure, scope=Scope.NEIGHBOURHOOD)
    found = judge(whole, towers(), figures(towers()))
    assert found.measured is not None
    assert found.measured.value == pytest.approx(100 * (5 + 57) / 175)
    assert found.outcome is Outcome.MEETS


# ---------------------------------------------------------------------------------------------------------- can't be judged
@pytest.mark.parametrize(
    ("one", "subject", "reason"),
    [
        (plan("nothing"), Subject.HEIGHT, "no_such_figure"),
        (towers(dwellings=()), Subject.SOCIAL_SHARE, "no_such_figure"),
        (towers(boundary=None), Subject.BUILT_SHARE, "no_such_figure"),
        (plan("nothing"), Subject.PARKING, "no_such_figure"),
    ],
)
def test_without_a_figure_nothing_is_judged(one: Plan, subject: Subject, reason: str) -> None:
    found = verdict(one, subject, 1.0)
    assert found.outcome is Outcome.OPEN
    assert found.reason in {reason, "not_known"}
    assert found.measured is None


def test_what_is_not_computed_is_not_judged() -> None:
    costs = requirement(Subject.FIGURE, 1.0, measure=Measure("costs.total", "count"))
    found = judge(costs, towers(), figures(towers()))
    assert (found.outcome, found.reason) == (Outcome.OPEN, "not_computed")


def test_a_figure_in_another_unit_is_not_judged() -> None:
    metres = requirement(Subject.FIGURE, 1.0, measure=Measure("trees.planted", "m"))
    assert judge(metres, towers(), figures(towers())).reason == "other_unit"


def test_a_figure_that_is_not_known_says_its_own_reason() -> None:
    crowns = requirement(Subject.FIGURE, 1.0, measure=Measure("trees.crown_area", "m2"), scope=Scope.NEIGHBOURHOOD)
    found = judge(crowns, towers(), figures(towers()))
    assert (found.outcome, found.reason, found.why) == (Outcome.OPEN, "not_known", "crowns_not_known")


def test_a_requirement_of_another_plan_is_not_asked_of_this_one_but_of_its_variants() -> None:
    own = requirement(Subject.HEIGHT, 20.0, plans=frozenset({"towers"}))
    assert len(judged([own], towers(), figures(towers()))) == 1
    assert judged([own], plan("other"), figures(plan("other"))) == ()
    variant = replace(rescaled(towers()), variant_of="towers")
    assert len(judged([own], variant, figures(variant))) == 1


# ---------------------------------------------------------------------------------------------------------------- properties
@cache
def base_figure() -> Assessment:
    return next(one for one in figures(towers()) if one.impact == "height.new")


def told(value: float, below: float | None, above: float | None) -> Assessment:
    margin = Margin(below, above, "roof_fit") if below is not None or above is not None else unknown_margin("roof_fit_not_known")
    return replace(base_figure(), after=value, margin=margin, kind=Kind.CALCULATED)


NUMBERS = st.floats(0.0, 1000.0)
SIDES = st.none() | st.floats(0.0, 50.0)


@given(NUMBERS, SIDES, SIDES, NUMBERS, st.sampled_from([Operator.AT_MOST, Operator.AT_LEAST]))
def test_sure_means_that_no_value_within_the_margin_comes_to_something_else(
    value: float, below: float | None, above: float | None, limit: float, operator: Operator
) -> None:
    found = judge(requirement(Subject.HEIGHT, limit, operator=operator), towers(), [told(value, below, above)])
    assert (found.outcome is Outcome.MEETS) == compares(value, operator, limit)
    lowest, highest = 0.0 if below is None else max(0.0, value - below), math.inf if above is None else value + above
    within = [value, lowest, highest, *([limit] if lowest <= limit <= highest else [])]
    outcomes = {compares(each, operator, limit) for each in within}
    if found.is_sure:
        assert outcomes == {found.outcome is Outcome.MEETS}
    else:
        assert len(outcomes) == 2 or None in {below, above}
    assert bool(found.reason) == (not found.is_sure)


@given(NUMBERS, NUMBERS)
def test_a_stricter_limit_is_never_easier_to_meet(value: float, limit: float) -> None:
    for operator, stricter in ((Operator.AT_MOST, limit * 0.9), (Operator.AT_LEAST, limit * 1.1 + 0.1)):
        if compares(value, operator, stricter):
            assert compares(value, operator, limit)


def test_noise_of_computing_is_not_a_difference() -> None:
    assert compares(0.1 + 0.2, Operator.AT_MOST, 0.3)
    assert not compares(0.3001, Operator.AT_MOST, 0.3)
    assert compares(3 * 1.1, Operator.ABOUT, 3.3)
