"""Another value for an assumption changes no figure that does not name it: whoever looks sees why a figure is another."""

from __future__ import annotations

from functools import cache

import pytest

from tests.impacts.village import half_strip, towers, village
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario

TOLD = ("before", "after", "margin", "before_margin", "difference_margin", "missing")


@cache
def scenario() -> Scenario:
    return village().with_plans([towers(), half_strip()])


@cache
def ours() -> dict[tuple[str, str, str], Assessment]:
    return keyed(assess(scenario()))


def keyed(told: tuple[Assessment, ...]) -> dict[tuple[str, str, str], Assessment]:
    return {(one.impact, str(one.where.place), one.where.identifier): one for one in told}


@pytest.mark.parametrize("name", sorted(default_assumptions()))
def test_a_figure_that_another_value_changes_names_the_assumption(name: str) -> None:
    register = default_assumptions()
    for value in {register[name].low, register[name].high} - {register[name].value}:
        chosen = register.with_values({name: value}, variant="anders", owner="toets", date="2026-01-01")
        theirs = keyed(assess(scenario(), assumptions=chosen))
        changed = [
            key
            for key, one in theirs.items()
            if key not in ours() or any(getattr(one, part) != getattr(ours()[key], part) for part in TOLD)
        ]
        silent = [key for key in changed if not any(used.name == name and used.variant == "anders" for used in theirs[key].assumptions)]
        assert not silent, f"{name} = {value}"
