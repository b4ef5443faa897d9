"""Data that change under a running server."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.pages.test_own_things import small_city
from tests.pages.visiting import LOOK_AROUND, SOURCES, notices, page_text, visit
from ui import cache
from ui.settings import settings
from ui.text import templates
from wijktwin.errors import WijktwinError
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.sources.prepared import open_neighbourhood


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A server on a file of its own."""
    file = tmp_path / "straat.city.json"
    file.write_bytes(small_city())
    monkeypatch.setenv("WIJKTWIN_DATA", str(file))
    monkeypatch.delenv("WIJKTWIN_PLANS", raising=False)
    return file


def test_what_was_read_before_is_still_shown_and_the_log_says_so_once(town: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = cache.published(settings())
    assert before.unreadable is None
    assert templates("nl")["sources.outdated"] not in page_text(visit(SOURCES))
    town.write_text('{"type": "CityJSON", "version": "0.9"', encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="ui.cache"):
        for page in (LOOK_AROUND, SOURCES, SOURCES):
            visitor = visit(page)
            assert not visitor.exception
        after = cache.published(settings())
    said = [record for record in caplog.records if record.name == "ui.cache"]
    assert len(said) == 1
    assert "straat.city.json changed and cannot be read" in said[0].getMessage()
    assert after.neighbourhood is before.neighbourhood
    (told,) = notices(visitor)
    assert templates("nl")["sources.outdated"] in told
    assert not notices(visit(LOOK_AROUND)), "residents are left in peace"


def test_a_file_that_is_mended_or_taken_away_is_seen(town: Path) -> None:
    first = cache.published(settings())
    whole = town.read_bytes()
    town.unlink()
    assert cache.published(settings()).neighbourhood is first.neighbourhood
    assert cache.published(settings()).unreadable is not None
    town.write_bytes(whole.replace(b"huis-1", b"huis-2"))
    mended = cache.published(settings())
    assert mended.unreadable is None
    assert mended.neighbourhood.buildings.building_ids == ("huis-2",)


def test_the_same_files_are_tried_again_after_a_while_only(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.published(settings())
    town.write_bytes(b"{")
    tried = []

    def counted(path: Path, *, state_dir: Path, crs: int | str | None = None) -> Neighbourhood:
        tried.append(path)
        return open_neighbourhood(path, state_dir=state_dir, crs=crs)

    monkeypatch.setattr(cache, "open_neighbourhood", counted)
    for _ in range(5):
        assert cache.published(settings()).unreadable is not None
    assert len(tried) == 1
    monkeypatch.setattr(cache, "SECONDS_BETWEEN_TRIES", -1.0)
    assert cache.published(settings()).unreadable is not None
    assert len(tried) == 2


def test_a_disk_that_fails_is_told_like_a_file_that_cannot_be_read(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.published(settings())
    town.write_bytes(small_city(extensions={}))

    def broken(*_: object, **__: object) -> Neighbourhood:
        raise PermissionError(13, "Permission denied", "/a/secret/folder")

    monkeypatch.setattr(cache, "open_neighbourhood", broken)
    after = cache.published(settings())
    assert after.neighbourhood is before.neighbourhood
    assert after.unreadable is not None
    assert "straat.city.json" in str(after.unreadable)
    assert "secret" not in str(after.unreadable)


def test_data_that_could_never_be_read_are_still_refused(town: Path) -> None:
    town.write_bytes(b"[1]")
    with pytest.raises(WijktwinError):
        cache.published(settings())
