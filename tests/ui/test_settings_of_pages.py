from __future__ import annotations

from pathlib import Path

import pytest
from pyproj import CRS

from ui.serving import MOST_UPLOAD_MB
from ui.settings import COMMON_CRS, MAX_UPLOAD_MB, settings
from wijktwin import places


def test_the_example_and_its_plans_are_shown_when_nothing_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WIJKTWIN_DATA", "WIJKTWIN_PLANS", "WIJKTWIN_CRS", "WIJKTWIN_DRAFTS"):
        monkeypatch.delenv(name, raising=False)
    found = settings()
    assert found.data == places.example_folder()
    assert found.plans == places.example_folder() / "plans"
    assert found.crs is None
    assert not found.shows_drafts


def test_a_file_has_no_plans_unless_a_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIJKTWIN_DATA", str(tmp_path / "tile.city.json"))
    assert settings().plans is None
    (tmp_path / "plannen").mkdir()
    monkeypatch.setenv("WIJKTWIN_PLANS", str(tmp_path / "plannen"))
    monkeypatch.setenv("WIJKTWIN_DRAFTS", "1")
    monkeypatch.setenv("WIJKTWIN_CRS", "28992")
    found = settings()
    assert (found.plans, found.shows_drafts, found.crs) == (tmp_path / "plannen", True, "28992")


def test_every_reference_system_on_offer_is_projected_and_in_metres() -> None:
    for code, _ in COMMON_CRS:
        system = CRS.from_epsg(code)
        flat = system.sub_crs_list[0] if system.is_compound else system
        assert flat.is_projected, code
        assert {axis.unit_name for axis in flat.axis_info} == {"metre"}, code
    assert len({code for code, _ in COMMON_CRS}) == len(COMMON_CRS)


def test_pages_and_server_agree_on_how_large_a_file_may_be() -> None:
    assert MAX_UPLOAD_MB == MOST_UPLOAD_MB
