"""The page to take home from: files that are made when somebody asks, and say what is not in them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from tests.pages.visiting import TAKE_HOME, elements, page_text, visit
from ui import take_home_data, take_home_tab
from wijktwin.words.texts import name_of


def test_files_are_made_when_somebody_asks_and_say_which_figures_are_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    asked: list[take_home_data._Asked] = []
    remembered = take_home_data._Asked

    def make(one: take_home_data._File, _: object) -> bytes:
        made.append(one.key)
        return b""

    def remember(*told: object) -> take_home_data._Asked:
        asked.append(remembered(*told))  # type: ignore[arg-type]
        return asked[-1]

    monkeypatch.setattr(take_home_data, "_made", make)
    monkeypatch.setattr(take_home_data, "_Asked", remember)
    visitor = visit(TAKE_HOME, plans="vogeltorens")
    labels = [one.proto.label for one in elements(visitor) if one.type == "download_button"]
    assert [words for words in labels if words.startswith("Download ")] == [
        "Download XLSX", "Download CSV in een zip", "Download CityJSON", "Download GeoPackage", "Download HTML",
    ]  # fmt: skip
    assert not made, "looking at the page makes nothing"
    assert "Vogeltorens: twee torens met 165 woningen" in page_text(visitor)

    before = next(box for box in visitor.selectbox if box.key == "pictures_where")
    assert before.options[before.index or 0] == "Naar het plan"
    visitor.session_state[take_home_tab.TOLD] = {
        "key": "scene",
        "view": "5.33,52.28,17,50,130",
        "walk": "5.33,52.28,91,0",
        "width": 900,
        "height": 500,
    }
    now = next(box for box in visitor.run().selectbox if box.key == "pictures_where")
    assert now.options == ["Zoals u net keek: vanaf de grond, naar het oosten", *before.options]
    assert now.index == 0

    packed = zipfile.ZipFile(io.BytesIO(take_home_data._csv(replace(asked[-1], late=()))))
    missing = packed.read("niet-berekend.csv").decode("utf-8-sig")
    for name in ("sunlight", "view", "heat"):
        subject = name_of("impact_group", name, "nl")
        assert f"{subject}: wordt nog berekend en staat daarom niet in dit bestand" in missing
    assert "woningen.csv" not in packed.namelist(), "no homes by address from this page"
