"""A plan in short: never more than twelve sentences, the same questions in the same order, and no gain told as a loss."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.impacts.test_catalogue import CASES, every_figure
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Assessment
from wijktwin.impacts.catalogue import assess
from wijktwin.words.plain_language import findings
from wijktwin.words.summary import MOST, is_gain, is_loss, n_sentences, plan_summary
from wijktwin.words.texts import text

ORDER = ["comes", "loses", "gains", "unknown"]
PLANS = ["vogeltorens", "vogelhof", "vogeltorens-toegestaan", "groene-straat"]


def trees(before: float, after: float) -> Assessment:
    found = next(one for one in assess(village().with_plans([towers()])) if one.impact == "trees.total")
    return replace(found, before=before, after=after, margin=EXACT, before_margin=None, difference_margin=None, breakdown={}, missing="")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
def test_a_summary_has_at_most_twelve_sentences_in_one_order(neighbourhood: str, scenario: str, language: Language) -> None:
    for waiting in ((), ("sunlight", "heat")):
        parts = plan_summary(every_figure(neighbourhood, scenario), language, waiting=waiting)
        assert [part.key for part in parts] == ORDER
        assert n_sentences(parts) <= MOST
        assert all(part.sentences for part in parts)
        assert all(each.endswith(".") and "{" not in each for part in parts for each in part.sentences)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLANS)
def test_the_plans_of_the_example_are_told_in_plain_words(name: str, language: Language) -> None:
    parts = plan_summary(assess(example().with_plans([example_plan(name)])), language, waiting=("sunlight",))
    assert n_sentences(parts) <= MOST
    found = findings(" ".join(each for part in parts for each in part.sentences), language)
    assert not found.is_below_gate
    assert (found.too_long, found.hard) == ((), ())


def test_the_towers_in_short() -> None:
    comes, loses, gains, unknown = plan_summary(assess(example().with_plans([example_plan("vogeltorens")])), "nl", waiting=("sunlight",))
    assert comes.sentences[:3] == (
        "In dit plan komen 2 nieuwe gebouwen, van 24 en 60 meter hoog.",
        "In dit plan komen 165 woningen.",
        "Daarvan zijn er 108 middenhuur en 57 sociale huur.",
    )
    assert "In de buurt worden 18 bomen gekapt." in loses.sentences
    assert gains.sentences == ("In wat wij hebben berekend, gaat niemand en niets er duidelijk op vooruit.",)
    assert "Wij zijn nog aan het rekenen aan zon." in unknown.sentences
    assert unknown.sentences[-1].endswith("hebben wij niet berekend.")


def test_more_trees_are_a_gain_and_fewer_a_loss_and_the_same_neither() -> None:
    assert (is_gain(trees(10, 12)), is_loss(trees(10, 12))) == (True, False)
    assert (is_gain(trees(12, 10)), is_loss(trees(12, 10))) == (False, True)
    assert (is_gain(trees(10, 10)), is_loss(trees(10, 10))) == (False, False)


def test_where_no_home_was_looked_at_nobody_is_said_to_lose_or_gain_nothing() -> None:
    _, loses, gains, _ = plan_summary([trees(10, 10)], "nl")
    assert [part.sentences for part in (loses, gains)] == [(text(f"summary.{name}_unknown", "nl"),) for name in ("loses", "gains")]


def test_no_figure_is_both_a_gain_and_a_loss() -> None:
    for case in CASES:
        assert not [one.impact for one in every_figure(*case) if is_gain(one) and is_loss(one)]
