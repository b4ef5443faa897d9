"""``wijktwin words``: every sentence of the example, checked and written down; the exit code tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wijktwin.cli import main, words_checking
from wijktwin.words import saying
from wijktwin.words.checking import Report, check
from wijktwin.words.saying import Said


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


def outcome(capsys: pytest.CaptureFixture[str], state: Path, *options: str) -> tuple[int, str]:
    code = main(["words", "--quick", "--state", str(state), *options])
    return code, capsys.readouterr().out


def test_every_sentence_of_the_example_passes(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    code, told = outcome(capsys, state, "--check", "--json")
    found: dict[str, Any] = json.loads(told)
    faults = {name: found[name] for name in ("below_gate", "too_long", "hard_words", "contradictions")}
    assert faults == dict.fromkeys(faults, 0), found["worst"]
    assert code == 0
    assert found["sentences"] > 1000
    assert found["texts"]["nl"] == pytest.approx(found["texts"]["en"], rel=0.05), "both languages are looked at"
    assert found["flesch_douma"]["mean"] > 70
    assert found["limits"] == {"flesch_douma": 60.0, "words_per_sentence": 20}


def test_the_sentences_can_be_read_from_top_to_bottom(capsys: pytest.CaptureFixture[str], state: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(saying, "AT_ONCE", ("trees",))
    code, told = outcome(capsys, state)
    assert code == 0
    assert "Het aantal bomen in de buurt blijft 834. Dat is geteld." in told
    assert "The number of trees in the neighbourhood remains 834. This was counted." in told
    assert "# nl" in told
    assert "# en" in told


def test_what_fails_is_refused_with_its_text(capsys: pytest.CaptureFixture[str], state: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(saying, "AT_ONCE", ("trees",))
    monkeypatch.setattr(words_checking, "_check_cards", lambda *_, **__: None)
    hard = "De bezonningssituatie wordt niet onevenredig aangetast en voldoet aan de norm."
    monkeypatch.setattr(saying, "change_sentences", lambda *_: [(hard, "")])
    code, told = outcome(capsys, state, "--check")
    assert code == 1
    assert hard in told
    assert "below_gate: 1" in told
    assert "hard_words: 2" in told


def test_a_folder_that_is_not_there_and_a_lonely_json_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["words", "--check", "--data", str(tmp_path / "none")]) == 2
    assert main(["words", "--json"]) == 2
    assert "--json belongs to --check" in capsys.readouterr().err


def test_a_text_is_looked_at_once_and_its_faults_are_counted() -> None:
    report = Report()
    long = " ".join(["Er", *["boom"] * 25]) + "."
    same = [Said("view", "x", "today", (long,)), Said("view", "y", "today", (long,))]
    check(same, "nl", report)
    assert (report.texts["nl"], report.sentences["nl"], len(report.too_long)) == (1, 1, 1)
    assert not report.is_good
    document = report.as_document()
    assert document["worst"]["too_long"][0]["text"] == long
    assert document["double_negatives"] == 0
