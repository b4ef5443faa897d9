"""A plan in short: never more than twelve sentences, the same questions in the same order, and no gain told as a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from tests.impacts.test_catalogue import CASES, every_figure
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Place, Where, unknown_margin
from wijktwin.impacts.catalogue import assess
from wijktwin.model.provenance import Kind
from wijktwin.words.contradictions import contradictions
from wijktwin.words.plain_language import findings
from wijktwin.words.reading_back import read_back
from wijktwin.words.summary import MOST, is_gain, is_loss, n_sentences, plan_summary
from wijktwin.words.texts import text

ORDER = ["comes", "loses", "gains", "unknown"]
LOSERS = {
    "sunlight.losing", "view.homes_losing_sky", "view.homes_looked_at", "parking.short", "dwellings.removed",
    *(f"reachability.{mode}_{what}" for mode in ("walk", "drive") for what in ("lost", "longer")),
}  # fmt: skip
GAINERS = {"sunlight.gaining", "view.homes_gaining_sky", "reachability.walk_shorter", "reachability.drive_shorter", "parking.over"}
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
    parts = plan_summary(of_plan(name), language, waiting=("sunlight",))
    assert n_sentences(parts) <= MOST
    found = findings(" ".join(each for part in parts for each in part.sentences), language)
    assert not found.is_below_gate
    assert (found.too_long, found.hard) == ((), ())


def test_the_towers_in_short() -> None:
    comes, loses, gains, unknown = plan_summary(of_plan("vogeltorens"), "nl", waiting=("sunlight",))
    assert comes.sentences[:3] == (
        "In dit plan komen 2 nieuwe gebouwen, van 24 en 60 meter hoog.",
        "In dit plan komen 165 woningen.",
        "Daarvan zijn er 108 middenhuur en 57 sociale huur.",
    )
    assert "In de buurt worden 18 bomen gekapt." in loses.sentences
    assert gains.sentences == ("Er komen 4 nieuwe bomen bij.",)
    assert "Wij zijn nog aan het rekenen aan zon." in unknown.sentences
    assert unknown.sentences[-1].endswith("hebben wij niet berekend.")


def test_more_trees_are_a_gain_and_fewer_a_loss_and_the_same_neither() -> None:
    assert (is_gain(trees(10, 12)), is_loss(trees(10, 12))) == (True, False)
    assert (is_gain(trees(12, 10)), is_loss(trees(12, 10))) == (False, True)
    assert (is_gain(trees(10, 10)), is_loss(trees(10, 10))) == (False, False)


def test_where_no_home_was_looked_at_nobody_is_said_to_lose_or_gain_nothing() -> None:
    for waiting, why in (((), "unknown"), (("sunlight",), "waiting")):
        _, loses, gains, _ = plan_summary([trees(10, 10)], "nl", waiting=waiting)
        assert [part.sentences for part in (loses, gains)] == [(text(f"summary.{name}_{why}", "nl"),) for name in ("loses", "gains")]


def test_no_figure_is_both_a_gain_and_a_loss_but_an_exchange() -> None:
    for case in CASES:
        both = [one for one in every_figure(*case) if is_gain(one) and is_loss(one)]
        assert {one.impact for one in both} <= {"trees.total"}
        assert all(one.breakdown["felled"][0] and one.breakdown["planted"][1] for one in both)


# ------------------------------------------------------------------------------------------- under which question it stands
@cache
def of_plan(name: str) -> tuple[Assessment, ...]:
    return assess(example().with_plans([example_plan(name)]))


def worth(one: Assessment, told: str, language: Language) -> float:
    """Above 0 what somebody gains, below 0 what somebody loses, from the figure alone."""
    if one.impact in LOSERS:
        return -(one.difference or one.after or 0.0)
    if one.impact in GAINERS:
        return one.difference or one.after or 0.0
    (n,) = [amount.value for amount in read_back(told, language).amounts][:1]
    if one.impact == "trees.total" and one.breakdown:
        sides = {-((one.breakdown["felled"][0]) or 0.0), one.breakdown["planted"][1] or 0.0}
        (own,) = {each for each in sides if abs(each) == n}
        return own
    return one.difference or 0.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_lost_stands_under_gains_nor_the_reverse_and_every_sentence_reads_back(language: Language) -> None:
    told = {"loses": 0, "gains": 0}
    for figures in (*(every_figure(*case) for case in CASES), *(of_plan(name) for name in PLANS), *(in_sun(days) for days in DAYS)):
        for part in plan_summary(figures, language):
            assert len(part.figures) == len(part.wholes)
            for whole, one in zip(part.wholes, part.figures, strict=True):
                if one is not None and not whole[0].startswith(("Daarvan", "They will", "It will")):  # what the one before is made of
                    assert contradictions(one, whole, language) == (), whole
                if one is not None and part.key in told:
                    value = worth(one, " ".join(whole), language)
                    assert value < 0 if part.key == "loses" else value > 0, (part.key, whole)
                    told[part.key] += 1
    assert min(told.values()) > 10


def test_what_is_felled_is_a_loss_and_what_is_planted_a_gain_whatever_it_comes_down_to() -> None:
    """Of Vogelhof the file itself says 7 felled and 8 planted; of the towers 18 and 4; of what is allowed 1 and none."""
    for name, felled, planted in (("vogelhof", 7, 8), ("vogeltorens", 18, 4), ("groene-straat", 0, 8), ("vogeltorens-toegestaan", 1, 0)):
        (trees_told,) = [one for one in of_plan(name) if one.impact == "trees.total"]
        _, loses, gains, _ = plan_summary([trees_told], "nl")
        goes, comes = "gekapt.", "nieuwe bomen bij."
        assert [each.endswith(goes) for each in loses.sentences if "bom" in each or "boom" in each] == [True] * bool(felled)
        assert [each.endswith(comes) for each in gains.sentences if "bom" in each or "boom" in each] == [True] * bool(planted)
        assert felled == 0 or f" {felled} bo" in loses.sentences[-1]
        assert planted == 0 or f" {planted} nieuwe" in gains.sentences[-1]
    (allowed,) = [one for one in of_plan("vogeltorens-toegestaan") if one.impact == "trees.total"]
    assert plan_summary([allowed], "nl")[1].sentences == (
        "Stel dat hier wordt gebouwd wat mag.",
        "Dan geldt: in de buurt wordt 1 boom gekapt.",
    )


# ----------------------------------------------------------------------------------------------------- days, and who drops out
def in_sun(days: Mapping[str, float | None], impact: str = "sunlight.losing") -> tuple[Assessment, ...]:
    """A number of homes on each day, about as sure as they are."""
    (base,) = [one for one in assess(village().with_plans([towers()])) if one.impact == "trees.total"]
    return tuple(
        replace(
            base, impact=impact, before=None, after=n, where=Where(Place.DAY, day), before_margin=None, difference_margin=None,
            margin=unknown_margin("sun_no_point") if n is None else Margin(min(n, 5.0), 9.0, "sun_roofs"), kind=Kind.STATED,
            missing="sun_no_point" if n is None else "only_after", breakdown={}, method=Method("sunlight", "1.2"),
        )
        for day, n in days.items()
    )  # fmt: skip


DAYS: tuple[Mapping[str, float | None], ...] = (
    {"2026-02-19": 80.0, "2026-03-21": 46.0, "2026-06-21": 60.0, "2026-09-23": 55.0, "2026-10-21": 87.0, "2026-12-22": 126.0},
    {"2026-03-21": 126.0, "2026-12-22": 126.0},
    {"2026-03-21": 46.0, "2026-12-22": 0.0},
    {"2026-03-21": 46.0, "2026-12-22": None, "2026-06-21": 12.0},
)


def test_of_several_days_the_one_with_the_most_is_told_and_once() -> None:
    many, equal, single, unsure = (plan_summary(in_sun(days), "nl")[1].sentences for days in DAYS)
    assert many == ("Op 22 december is er voor ongeveer 126 huizen duidelijk minder zon, het meest van de bekeken dagen.",)
    assert equal == ("Op 21 maart is er voor ongeveer 126 huizen duidelijk minder zon.",), "the same on another day: neither has the most"
    assert single == ("Op 21 maart is er voor ongeveer 46 huizen duidelijk minder zon.",)
    assert unsure == single, "of one day nobody knows: which has the most is not said"
    assert plan_summary(in_sun(DAYS[0]), "en")[1].sentences == (
        "On 22 December about 126 homes get clearly less sun, the most of the days we looked at.",
    )
    gained = plan_summary((*in_sun(DAYS[0]), *in_sun(DAYS[2], "sunlight.gaining")), "nl")
    assert [len(part.sentences) for part in gained[1:3]] == [1, 1], "one for who loses and one for who gains"
    for order in (list(DAYS[0].items()), list(DAYS[0].items())[::-1]):
        assert plan_summary(in_sun(dict(order)), "nl")[1].sentences == many


def test_homes_that_can_no_longer_be_judged_gain_and_lose_no_sun() -> None:
    figures = of_plan("vogeltorens")
    (gone,) = [replace(each, where=Where(Place.NEIGHBOURHOOD), margin=EXACT) for each in in_sun({"": 12.0}, "sunlight.tno_light_gone")]
    told = "Voor 12 woningen is de lichte TNO-norm voor zon niet meer te toetsen: hun gebouw verdwijnt."
    comes, loses, gains, unknown = parts = plan_summary((*figures, gone), "nl")
    assert unknown.sentences[0] == told
    assert [one for part in (comes, loses, gains) for one in part.figures if one is gone] == []
    assert (is_loss(gone), is_gain(gone)) == (False, False)
    assert n_sentences(parts) <= MOST
    assert unknown.sentences[-1].endswith("hebben wij niet berekend.")
    assert plan_summary((*figures, replace(gone, after=0.0)), "nl") == plan_summary(figures, "nl")
