"""The paragraphs about methods, and the document that is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts import ground_shadow
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import IMPACTS, NOT_COMPUTED
from wijktwin.words.methods import assumption_texts, method_text, method_texts, methods_document, not_computed_texts
from wijktwin.words.readability import flesch_douma


def test_the_document_holds_the_methods_as_they_are_now(root: Path) -> None:
    written = (root / "docs" / "methods.md").read_text(encoding="utf-8")
    assert written == methods_document("en"), "run python docs/make_methods.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_is_explained_with_formula_version_and_date(language: Language) -> None:
    found = method_texts(language)
    assert [method.key for method in found] == [*IMPACTS, "ground_shadow"]
    for method in found:
        assert method.paragraphs
        assert all(paragraph and "\n" not in paragraph for paragraph in method.paragraphs)
        assert "=" in method.formula
        code = IMPACTS[method.key].METHOD if method.key in IMPACTS else ground_shadow.METHOD
        assert method.version == code.version, "the version beside the figures is that of the explanation"
        assert method.date


def test_both_languages_explain_alike() -> None:
    for dutch, english in zip(method_texts("nl"), method_texts("en"), strict=True):
        assert len(dutch.paragraphs) == len(english.paragraphs)
        assert len(dutch.literature) == len(english.literature)
        assert (dutch.version, dutch.date) == (english.version, english.date)


def test_the_claims_of_the_methods_are_those_of_the_code() -> None:
    assert "57 van de 165" in " ".join(method_text("dwellings", "nl").paragraphs)
    assert "30 cm" in " ".join(method_text("ground", "en").literature)
    assert default_assumptions()["outline_precision"].value == 0.30
    assert "OSR = (1 - GSI) / FSI" in method_text("density", "nl").formula


def test_every_assumption_is_explained_with_value_range_and_owner() -> None:
    explained = {one.name: one for one in assumption_texts("nl")}
    assert set(explained) == set(default_assumptions())
    storey = explained["storey_height_dwelling"].explanation
    assert storey.startswith("2,8 m (2,6 tot 3,1).")
    assert storey.endswith("Gekozen door Wijktwin, 21 november 2026.")


def test_what_is_not_computed_is_named() -> None:
    assert len(not_computed_texts("nl")) == len(NOT_COMPUTED)
    assert {"luchtkwaliteit", "lawaai van de bouw"} <= set(not_computed_texts("nl"))


def test_explanations_can_be_read_by_a_council_member() -> None:
    """Harder than sentences for residents, but not for specialists only (45 and more: "fairly difficult" ends there)."""
    scores = {method.key: flesch_douma(" ".join(method.paragraphs)) for method in method_texts("nl")}
    assert min(scores.values()) >= 45, scores
