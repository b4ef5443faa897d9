"""Requirements and claims in words: the number that is shown never belies the outcome, and nobody is called wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.claims import checked_claims, statements
from wijktwin.impacts.requirements import (
    MEASURES,
    Certainty,
    Measure,
    Measured,
    Operator,
    Outcome,
    Requirement,
    Subject,
    compares,
    judge,
)
from wijktwin.model.plan import Claim, Party
from wijktwin.model.provenance import LocalText, Source
from wijktwin.words.judgements import (
    claim_sentences,
    found_number,
    judgement_sentences,
    limit_text,
    outcome_text,
    requirement_title,
    said_number,
    said_text,
)
from wijktwin.words.texts import name_of

FIGURES = assess(village().with_plans([towers()]))
RULE = Source("Regel", "Gemeente", vintage="2024")


def requirement(subject: Subject, value: float) -> Requirement:
    return Requirement("r", subject, MEASURES[subject], MEASURES[subject].operator, value, RULE, Certainty.HIGH)


@pytest.mark.parametrize(
    ("subject", "value", "asked", "outcome", "told"),
    [
        (Subject.HEIGHT, 10.5, "hooguit 10,5 m", "voldoet niet", "Gevonden: 30 m. Gevraagd: hooguit 10,5 m."),
        (Subject.SOCIAL_SHARE, 35.0, "ten minste 35%", "voldoet niet", "Gevonden: 34,5%. Gevraagd: ten minste 35%."),
        (Subject.SOCIAL_SHARE, 34.55, "ten minste 34,55%", "voldoet niet", "Gevonden: 34,5%. Gevraagd: ten minste 34,55%."),
        (Subject.SOCIAL_SHARE, 34.546, "ten minste 34,546%", "voldoet niet", "Gevonden: 34,5%. Gevraagd: ten minste 34,546%."),
        (Subject.PARKING, 0.2425, "ten minste 0,2425", "voldoet niet, niet zeker", "Gevonden: 0,24. Gevraagd: ten minste 0,2425."),
        (Subject.PARKING, 0.2424, "ten minste 0,2424", "voldoet", "Gevonden: 0,2424. Gevraagd: ten minste 0,2424."),
    ],
)
def test_what_was_asked_and_found(subject: Subject, value: float, asked: str, outcome: str, told: str) -> None:
    found = judge(requirement(subject, value), towers(), FIGURES)
    plain = [words.replace("\u00a0", " ") for words in (limit_text(found.requirement, "nl"), judgement_sentences(found, "nl")[0])]
    assert [plain[0], outcome_text(found, "nl"), plain[1]] == [asked, outcome, told]


def test_why_it_is_not_certain_and_why_it_cannot_be_judged() -> None:
    unsure = judge(requirement(Subject.BUILT_SHARE, 34.7), towers(), FIGURES)
    told = " ".join(judgement_sentences(unsure, "nl"))
    assert "Dit kan ook anders uitkomen: de grens ligt binnen de marge van het cijfer" in told
    assert "Binnen de marge kan het 34,5% tot 34,9% zijn." in told
    bare = judge(requirement(Subject.HEIGHT, 3.0), towers(volumes=()), assess(village().with_plans([towers(volumes=())])))
    assert outcome_text(bare, "nl") == "niet te beoordelen"
    assert judgement_sentences(bare, "en")[0].startswith("Reason: this plan has no such figure")


@given(
    st.floats(0.01, 999.0),
    st.floats(0.01, 999.0),
    st.sampled_from([Operator.AT_MOST, Operator.AT_LEAST]),
    st.sampled_from(["m", "%", "ratio"]),
)
def test_the_number_that_is_shown_keeps_to_the_limit_only_if_the_value_does(
    value: float, limit: float, operator: Operator, unit: str
) -> None:
    limit = round(limit, 2)
    found = Measured(value, unit, value, value, EXACT, ())
    shown = float(re.sub(r"[^\d.]", "", found_number(found, operator, limit, "en")))
    if abs(value - limit) > 1e-5:
        assert compares(shown, operator, limit) == compares(value, operator, limit)


def test_an_own_title_comes_first_and_a_figure_by_its_name() -> None:
    titled = replace(requirement(Subject.HEIGHT, 1.0), title=LocalText("Hoogte aan de singel", "Height along the canal"))
    assert [requirement_title(titled, language) for language in LANGUAGES] == ["Hoogte aan de singel", "Height along the canal"]
    figure = replace(
        requirement(Subject.HEIGHT, 1.0), subject=Subject.FIGURE, measure=Measure("trees.planted", "count", per="dwellings.new")
    )
    names = [name_of("impact", impact, "en") for impact in ("trees.planted", "dwellings.new")]
    assert requirement_title(figure, "en") == " for each ".join(names)
    assert names[0] != "trees.planted"


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_told_without_saying_who_is_right(language: Language) -> None:
    checkable = {"impact": "dwellings.social_share_of_new", "operator": "at_least", "value": 35, "unit": "%"}
    claim = Claim("c", "Merel", Party.DEVELOPER, LocalText("Een derde."), checkable=checkable)
    crowded = replace(claim, claim_id="d", checkable={})
    plan = towers(claims=(claim, crowded))
    checked, silent = checked_claims(plan, assess(village().with_plans([plan])))
    told = " ".join(claim_sentences(checked, language))
    assert {"nl": "Gezegd: ten minste 35%. Wij berekenen: 34,5%.", "en": "Said: at least 35%. We calculate: 34.5%."}[language] in told
    assert claim_sentences(silent, language) == (
        {"nl": "Niet te controleren: het is niet in getallen gezegd.", "en": "Can't be checked: it was not said in numbers."}[language],
    )
    assert not re.search(r"onwaar|gelogen|onjuist|wrong|false|lie\b", told, re.IGNORECASE)


def test_times_of_the_clock_are_said_as_such() -> None:
    (begins,) = statements({"impact": "sunlight", "from": "16:00"})
    assert said_text(begins, "nl") == "niet voor 16.00 uur"
    assert said_text(begins, "en") == "not before 16:00"


def test_a_margin_that_nobody_knows_gives_no_range() -> None:
    found = judge(requirement(Subject.PARKING, 0.6), towers(), FIGURES)
    assert (found.outcome, found.is_sure) == (Outcome.FAILS, False)
    assert not any("Binnen de marge" in words for words in judgement_sentences(found, "nl"))


def test_lengths_of_time_are_said_in_words_as_everywhere_else() -> None:
    said = [said_number(minutes, "min", "nl") for minutes in (1, 45, 60, 100, 12.5)]
    assert said == ["1 minuut", "45 minuten", "1 uur", "1 uur en 40 minuten", "12,5 minuten"]
    assert said_number(60, "min", "en") == "1 hour"
