"""What holds of every figure, whatever the impact."""

from __future__ import annotations

import functools
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.impacts.street_village import ONE_WAY, address_table, counts, street_plan, street_village
from tests.impacts.village import half_strip, plan, point, rectangle, rescaled, tower, towers, village
from wijktwin.errors import LANGUAGES, NotFoundError
from wijktwin.impacts.assessment import Assessment, Margin, margin_between, unknown_margin, weakest
from wijktwin.impacts.catalogue import AT_ONCE, IMPACTS, assess, assess_impact
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlantedTree, Traffic
from wijktwin.model.provenance import Kind
from wijktwin.words.texts import has_text

NEIGHBOURHOODS: dict[str, Neighbourhood] = {
    "village": village(),
    "bare": village(ground_table=None, tree_table=None, address_table=None),
    "streets": street_village(
        address_table=address_table(city="Voorbeeldstad"), parking_count_table=counts(("Kerkstraat", "2026-05-12 22:00", 12.0, 16.0))
    ),
}
SCENARIOS: dict[str, tuple[Plan, ...]] = {
    "nothing": (),
    "towers": (towers(),),
    "both": (towers(), half_strip()),
    "vague": (towers(boundary=None, dwellings=(), volumes=(tower(storeys=None, height_kind=Kind.ASSUMED),)),),
    "rescaled": (rescaled(towers()),),
    "one-way": (ONE_WAY,),
    "closed": (street_plan("closed", k1=Traffic.CLOSED),),
    "demolition": (plan("gone", demolishes=frozenset({"flat", "hall"})),),
    "in the way": (plan("over", volumes=(tower(footprint=rectangle(0, 55, 20, 75), use="shop"),)),),
}
CASES = list(itertools.product(NEIGHBOURHOODS, SCENARIOS))


@functools.cache
def every_figure(neighbourhood: str, scenario: str) -> tuple[Assessment, ...]:
    return assess(NEIGHBOURHOODS[neighbourhood].with_plans(SCENARIOS[scenario]))


@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
def test_every_figure_carries_what_a_sceptical_reader_asks_for(neighbourhood: str, scenario: str) -> None:
    found = every_figure(neighbourhood, scenario)
    assert found
    for figure in found:
        assert figure.sources
        assert figure.method == IMPACTS[figure.impact.split(".")[0]].METHOD
        assert has_text(f"impact.{figure.impact}")
        margins = [figure.margin, figure.before_margin, figure.difference_margin]
        for margin in (each for each in margins if each is not None):
            assert has_text(f"reason.{margin.reason}")
            assert all(side is None or (math.isfinite(side) and side >= 0) for side in (margin.below, margin.above))
        for value in (figure.before, figure.after):
            assert value is None or math.isfinite(value)
        if figure.before is None or figure.after is None:
            assert figure.missing, f"{figure.impact} is not known and does not say why"
            assert has_text(f"reason.{figure.missing}")
        else:
            assert not figure.missing
        if figure.after is None:
            assert not figure.margin.is_known
        for remark in figure.remarks:
            assert all(remark.sentence(language) for language in LANGUAGES)
        assert all(each.low is not None and each.high is not None and each.low <= each.value <= each.high for each in figure.assumptions)


@pytest.mark.parametrize("neighbourhood", NEIGHBOURHOODS)
def test_an_empty_scenario_changes_nothing(neighbourhood: str) -> None:
    for figure in every_figure(neighbourhood, "nothing"):
        assert figure.difference in {0, None}
        assert figure.before == figure.after
        assert not figure.plans
        assert figure.kind is not Kind.STATED


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_parts_sum_to_the_whole(scenario: str) -> None:
    for figure in every_figure("village", scenario):
        if figure.breakdown:
            befores, afters = zip(*figure.breakdown.values(), strict=True)
            assert figure.after == pytest.approx(sum(afters))
            if figure.before is not None:
                assert figure.before == pytest.approx(sum(befores))


def test_the_order_of_plans_means_nothing() -> None:
    third = plan("third", planted=(PlantedTree("n", point(50, 70)),))
    plans = [towers(), half_strip(), third]
    first, *others = (assess(village().with_plans(order)) for order in itertools.permutations(plans))
    for other in others:
        assert [_told(figure) for figure in other] == [_told(figure) for figure in first]


def _told(figure: Assessment) -> Assessment:
    return replace(figure, plans=())  # plans are made anew for every scenario


def test_effects_of_plans_apart_add_up_to_their_effect_together() -> None:
    """What counts places, trees, dwellings and ground is additive for plans that do not meet."""
    alone = [_differences(assess(village().with_plans([one]))) for one in (towers(), half_strip())]
    together = _differences(assess(village().with_plans([towers(), half_strip()])))
    additive = {key: value for key, value in together.items() if key[0].split(".")[0] in {"dwellings", "ground", "trees", "parking"}}
    assert len(additive) > 8
    for key, value in additive.items():
        if key[0] != "dwellings.social_share" and key[1] != "changed_area":
            assert value == pytest.approx(sum(each.get(key, 0.0) for each in alone)), key


def _differences(figures: tuple[Assessment, ...]) -> dict[tuple[str, str], float]:
    return {(each.impact, each.where.identifier): each.difference for each in figures if each.difference is not None}


def test_a_figure_keeps_to_its_order_and_its_name() -> None:
    found = every_figure("village", "towers")
    assert [each.impact.split(".")[0] for each in found] == sorted(
        (each.impact.split(".")[0] for each in found), key=list(IMPACTS).index
    ), "figures of one impact stand together, in the order of the catalogue"
    keys = [(each.impact, each.where) for each in found]
    assert len(set(keys)) == len(keys)
    assert found == tuple(each for name in AT_ONCE for each in assess_impact(name, village().with_plans(SCENARIOS["towers"])))


def test_an_impact_that_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(NotFoundError, match="dwellings, density, height"):
        assess_impact("sunshine", village().with_plans())


def test_every_reason_in_the_code_has_its_words(root: Path) -> None:
    """No reason is left for a page to stumble over: every literal that is given as a margin's or figure's reason is in words."""
    pattern = re.compile(r'(?:unknown_margin\(|missing=|reason = |reason=|Margin\([^"\n]*|missing = )"([a-z_]+)"')
    literals = set()
    for path in sorted((root / "wijktwin" / "impacts").glob("*.py")):
        literals |= set(pattern.findall(path.read_text(encoding="utf-8")))
    assert len(literals) > 15
    assert {literal for literal in literals if not has_text(f"reason.{literal}")} == set()


def test_the_weakest_link_decides() -> None:
    assert weakest([]) is Kind.MEASURED
    assert weakest([Kind.MEASURED, Kind.CALCULATED]) is Kind.CALCULATED
    assert weakest([Kind.STATED, Kind.CALCULATED]) is Kind.STATED
    assert weakest([Kind.STATED, Kind.ASSUMED, Kind.MEASURED]) is Kind.ASSUMED


def test_the_margin_between_two_figures_is_the_worst_of_both() -> None:
    one, other = Margin(1.0, 2.0, "roof_fit"), Margin(3.0, 4.0, "outlines")
    both = margin_between(one, other)
    assert (both.below, both.above) == (3 + 2, 4 + 1)
    assert not margin_between(unknown_margin("roof_fit_not_known"), other).is_known
    assert not margin_between(one, unknown_margin("roof_fit_not_known")).is_known
