"""A third language is one file: Turkish holds the same keys and placeholders, needs no form for one, falls back, and is off."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.impacts.test_catalogue import CASES, every_figure
from ui.text import LANGUAGE_NAMES, Text, as_language, offered_languages
from wijktwin.errors import FALLBACK, LANGUAGES, UNPROOFREAD, Language, messages
from wijktwin.impacts.assessment import Unit
from wijktwin.words.amounts import amount_text
from wijktwin.words.numbers import format_number
from wijktwin.words.sentences import sentence
from wijktwin.words.summary import MOST, n_sentences, plan_summary
from wijktwin.words.texts import placeholders, templates, text

TR: Language = "tr"
TOLD = (
    "dwellings.total", "dwellings.new", "dwellings.removed", "height.new", "ground.green", "ground.paved", "trees.total", "trees.felled",
    "trees.planted", "parking.street_total", "parking.street",
)  # fmt: skip
"""Figures whose sentences are translated."""
DUTCH = re.compile(r"\b(?:het|een|niet|wij|dat|nu|straks|worden|komen|blijft|buurt|plan van)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def own(root: Path) -> Mapping[str, str]:
    """What the file itself holds."""
    document = tomllib.loads((root / "wijktwin" / "words" / "locales" / "tr.toml").read_text(encoding="utf-8"))
    return dict(_flat(document, ""))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found


def test_its_keys_are_ours_and_ask_for_nothing_else(own: Mapping[str, str]) -> None:
    assert own.keys() - templates("nl").keys() == set()
    assert {key for key in own if placeholders(own[key]) != placeholders(templates("nl")[key])} == set()
    assert len(own) > 150


def test_what_it_has_no_words_for_falls_back_whole_and_not_half(own: Mapping[str, str]) -> None:
    found = templates(TR)
    assert found.keys() == templates("nl").keys()
    for key, template in templates("nl").items():
        one_form = own.get(key.removesuffix("_one")) if key.endswith("_one") else None
        assert found[key] == own.get(key, one_form if one_form is not None else template), key
    assert messages(TR) == messages("nl")
    assert Text(TR)("look.title") == Text("nl")("look.title")


def test_one_and_many_have_one_form() -> None:
    assert text("time.hours_one", TR, n="1") == "1 saat"
    assert text("sentence.trees.total.more_one", TR, place="Mahallede", change="1") == "Mahallede 1 ağaç eklenecek."
    assert amount_text("1", Unit.METRES, TR) == "1 metre"
    assert amount_text("100", Unit.MINUTES, TR) == "1 saat 40 dakika"
    assert amount_text("51,5", Unit.PER_CENT, TR) == "yüzde 51,5"
    assert format_number(1234.5, TR, decimals=1) == "1.234,5"


@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
def test_translated_figures_are_told_in_turkish_alone(neighbourhood: str, scenario: str) -> None:
    for one in every_figure(neighbourhood, scenario):
        told = sentence(one, TR)
        assert told.endswith(".")
        assert not re.search(r"[{}]|\bNone\b|  ", told)
        ours = re.sub(r"“[^”]*”|‘[^’]*’|\([^()]*\)", "", told)
        if one.impact in TOLD and one.after is not None:
            assert not DUTCH.search(ours), told
            digits = set(re.findall(r"\d[\d.,]*\d|\d", ours))
            dutch = re.sub(r"“[^”]*”|‘[^’]*’|\([^()]*\)", "", sentence(one, "nl"))
            assert digits == set(re.findall(r"\d[\d.,]*\d|\d", dutch)), "the same numbers, written the same way"


def test_its_summary_keeps_to_twelve_sentences() -> None:
    for case in CASES:
        assert n_sentences(plan_summary(every_figure(*case), TR)) <= MOST


def test_it_is_off_until_somebody_switches_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TR not in LANGUAGES
    assert TR in UNPROOFREAD
    assert FALLBACK[TR] == "nl"
    monkeypatch.delenv("WIJKTWIN_LANGUAGES", raising=False)
    assert offered_languages() == LANGUAGES
    assert as_language("tr") is None
    monkeypatch.setenv("WIJKTWIN_LANGUAGES", "TR, xx")
    assert offered_languages() == (*LANGUAGES, TR)
    assert as_language("tr-TR") == TR
    assert set(offered_languages()) <= LANGUAGE_NAMES.keys()
