"""The programme of an evening: the usual one by the plans there are, and one that somebody wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from wijktwin.errors import InputError
from wijktwin.model.plan import Plan
from wijktwin.model.programme import TODAY, Step, StepKind, usual_programme
from wijktwin.places import example_folder
from wijktwin.sources.plan_files import read_plan_folder
from wijktwin.sources.prepared import open_neighbourhood
from wijktwin.sources.programme_file import MOST_STEPS, read_programme

PLANS: Final = frozenset({"hof", "torens"})
NOON: Final = "2026-03-21T12:00"


def written(folder: Path, text: str) -> Path:
    path = folder / "evening.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    neighbourhood = open_neighbourhood(example_folder(), state_dir=tmp_path_factory.mktemp("state"))
    found, faults = read_plan_folder(example_folder() / "plans", neighbourhood=neighbourhood)
    assert not faults
    return {plan.plan_id: plan for plan in found}


def test_the_usual_programme_shows_today_every_plan_and_plans_against_each_other(plans: dict[str, Plan]) -> None:
    steps = usual_programme(list(plans.values()), moment=NOON)
    assert (steps[0].kind, steps[-1].kind) == (StepKind.WELCOME, StepKind.STREETS)
    assert steps[1] == Step(StepKind.PICTURE)
    pictures = [step.plan_id for step in steps if step.kind is StepKind.PICTURE and step.plan_id and not step.moment]
    assert pictures == ["vogeltorens-toegestaan", "groene-straat", "vogeltorens", "vogelhof"], "allowed, plans, the alternative"
    shaded = [step.plan_id for step in steps if step.moment]
    assert shaded == [plan_id for plan_id in pictures if plans[plan_id].volumes], "a street that only gets trees has no shade of volumes"
    assert [step.plan_id for step in steps if step.kind is StepKind.IN_SHORT] == pictures
    pairs = [(step.plan_id, step.other_id) for step in steps if step.kind is StepKind.COMPARE]
    assert pairs == [(TODAY, "groene-straat"), (TODAY, "vogeltorens"), ("vogeltorens", "vogelhof")]
    assert not [step for step in usual_programme(list(plans.values())) if step.moment]


def test_a_neighbourhood_without_plans_has_an_evening_too() -> None:
    assert [step.kind for step in usual_programme([], moment=NOON)] == [StepKind.WELCOME, StepKind.PICTURE, StepKind.STREETS]


def test_a_programme_of_ones_own(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"""
[[step]]
kind = "picture"
plan = "hof"
sun = "{NOON}"
title = {{ nl = "Het hof", en = "The court" }}
say = "Kijk naar de hoogte."

[[step]]
kind = "compare"
other = "torens"
""",
    )
    first, second = read_programme(path, plan_ids=PLANS)
    assert (first.kind, first.plan_id, first.moment) == (StepKind.PICTURE, "hof", NOON)
    assert [first.title.in_language("en"), first.title.in_language("nl"), first.say.in_language("en")] == [
        "The court",
        "Het hof",
        "Kijk naar de hoogte.",
    ]
    assert second.plan_ids == ("torens",)
    assert (second.plan_id, second.other_id) == (TODAY, "torens")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[[step]", "not_toml"),
        ("", "no_steps"),
        ('title = "x"', "no_steps"),
        ("step = []", "no_steps"),
        ("step = [1]", "no_steps"),
        ('[[step]]\nkind = "welcome"\nplans = "hof"', "unknown_field"),
        ('[[step]]\nplan = "hof"', "unknown_kind"),
        ('[[step]]\nkind = "film"', "unknown_kind"),
        ("[[step]]\nkind = 3", "not_text"),
        ('[[step]]\nkind = "welcome"\ntitle = {de = "x"}', "not_text"),
        (f'[[step]]\nkind = "welcome"\nsay = "{"x" * 401}"', "not_text"),
        ('[[step]]\nkind = "picture"\nplan = "flat"', "no_such_plan"),
        ('[[step]]\nkind = "compare"\nplan = "hof"\nother = "flat"', "no_such_plan"),
        ('[[step]]\nkind = "in_short"', "plan_missing"),
        ('[[step]]\nkind = "compare"', "nothing_compared"),
        ('[[step]]\nkind = "picture"\nsun = "noon"', "not_a_moment"),
        ('[[step]]\nkind = "picture"\nsun = "2026-02-30T12:00"', "not_a_moment"),
        ('[[step]]\nkind = "welcome"\n' * (MOST_STEPS + 1), "too_many_steps"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        read_programme(written(tmp_path, text), plan_ids=PLANS)
    assert refused.value.key == f"evening.{key}"
    assert "evening.toml" in refused.value.sentence("nl")
