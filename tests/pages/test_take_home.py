"""The page to take home from: files that are made when somebody asks, whole, and the same for everybody who asks for the same."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visiting import TAKE_HOME, elements, page_text, visit
from ui import take_home_data
from wijktwin.words.texts import name_of


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were made while the page was."""
    made: list[str] = []

    def make(one: take_home_data._File, _: object) -> bytes:
        made.append(one.key)
        return b""

    monkeypatch.setattr(take_home_data, "_made", make)
    return made


def buttons(visitor: AppTest) -> list[str]:
    return [one.proto.label for one in elements(visitor) if one.type == "download_button"]


def test_files_are_offered_and_none_is_made_before_somebody_asks(asked: list[str]) -> None:
    visitor = visit(TAKE_HOME, plans="vogeltorens")
    assert [words for words in buttons(visitor) if words.startswith("Download ")] == [
        "Download XLSX", "Download CSV in een zip", "Download CityJSON", "Download GeoPackage", "Download HTML",
    ]  # fmt: skip
    assert not asked
    shown = page_text(visitor)
    assert "Vogeltorens: twee torens met 165 woningen" in shown
    assert "staan niet in een bestand dat u nu maakt" in shown


def test_a_file_says_which_figures_are_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[take_home_data._Asked] = []
    own = take_home_data._Asked

    def remember(*told: object) -> take_home_data._Asked:
        kept.append(own(*told))  # type: ignore[arg-type]
        return kept[-1]

    monkeypatch.setattr(take_home_data, "_Asked", remember)
    visit(TAKE_HOME, language="en", plans="vogeltorens")
    packed = zipfile.ZipFile(io.BytesIO(take_home_data._csv(replace(kept[-1], late=()))))
    missing = packed.read("not-computed.csv").decode("utf-8-sig")
    for name in ("sunlight", "view", "heat"):
        subject = name_of("impact_group", name, "en")
        assert f"{subject}: still being computed, and therefore not in this file" in missing
    assert "homes.csv" not in packed.namelist()
