"""What makes a text hard is found, and what only looks like it is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wijktwin.errors import Language
from wijktwin.words.plain_language import findings, hard_words, is_double_negative, is_passive, limits, unexplained
from wijktwin.words.readability import NORMAL

REFUSED = "De bezonningssituatie wordt niet onevenredig aangetast en voldoet aan de norm."
ACCEPTED = "Komen de torens er, dan krijgt dit raam op een zonnige 19 februari 25 tot 45 minuten minder zon."


def test_the_limits_and_lists_say_where_they_come_from(root: Path) -> None:
    assert (limits().flesch_douma, limits().words_per_sentence) == (NORMAL, 20)
    table = tomllib.loads((root / "data" / "norms" / "plain_language.toml").read_text(encoding="utf-8"))
    for part in (table["limits"], *table["hard"].values()):
        assert part["source"]
        assert part["date"]
    for words in (each["words"] for each in table["hard"].values()):
        assert all(word == word.lower() and instead.strip() for word, instead in words.items())


def test_what_residents_refused_is_refused_and_what_they_accepted_is_not() -> None:
    refused, accepted = findings(REFUSED, "nl"), findings(ACCEPTED, "nl")
    assert refused.is_below_gate
    assert refused.hard == ("bezonningssituatie", "onevenredig")
    assert refused.passive == (REFUSED,)
    assert not accepted.is_below_gate
    assert (accepted.too_long, accepted.hard, accepted.passive, accepted.double_negative) == ((), (), (), ())


def test_a_hard_word_is_fine_where_it_is_explained() -> None:
    assert unexplained("De FSI gaat omhoog.", "nl") == ("fsi",)
    assert unexplained("De FSI (vloer per stuk grond) gaat omhoog.", "nl") == ()
    assert unexplained("FSI: vloeroppervlak per oppervlakte grond", "nl") == ()
    assert unexplained("Het vloeroppervlak (bvo) is 300 m².", "nl") == ()
    assert unexplained("LoD 2.2: met de vorm van het dak", "nl") == ()
    assert unexplained("Het plan “Wadi en verharding” komt er.", "nl") == (), "a name is not ours to change"
    assert unexplained("The dwelling goes.", "en") == ("dwelling",)
    assert {"fsi", "bvo"} <= hard_words("nl").keys()


def test_a_sentence_of_more_than_twenty_words_is_too_long() -> None:
    twenty = " ".join(["Er", *["boom"] * 19]) + "."
    assert findings(twenty, "nl").too_long == ()
    assert len(findings(f"{twenty[:-1]} bij. Kort.", "nl").too_long) == 1
    assert len(findings("There " + "is " * 20 + "one.", "en").too_long) == 1
    assert findings("There is one.", "en").readability is None, "the formulas are for Dutch"


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ("Voor dit plan worden 7 bomen gekapt.", "nl", True),
        ("Kerkstraat 4 wordt gesloopt.", "nl", True),
        ("Het wordt ongeveer 2,9 keer zo hoog als het middelste gebouw.", "nl", False),
        ("In de buurt verdwijnen 30 plaatsen.", "nl", False),
        ("7 trees will be felled.", "en", True),
        ("We calculated this.", "en", False),
    ],
)
def test_the_passive_voice_is_flagged(sentence: str, language: Language, *, expected: bool) -> None:
    assert is_passive(sentence, language) is expected


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ("Het is niet onmogelijk dat er bomen komen.", "nl", True),
        ("Niemand weet het niet.", "nl", True),
        ("Hoe precies dat is, weten wij niet.", "nl", False),
        ("Geen boom gaat weg, en dat is niet veel.", "nl", False),
        ("Nobody does not know.", "en", True),
        ("We do not know how precise this is.", "en", False),
    ],
)
def test_two_negations_in_one_clause_are_flagged(sentence: str, language: Language, *, expected: bool) -> None:
    assert is_double_negative(sentence, language) is expected
