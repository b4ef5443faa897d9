"""``wijktwin fetch`` and ``wijktwin prepare`` on the command line: a folder and exit code 0, or one sentence and exit code 2."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.sources import small_documents
from tests.sources.replay import Fault, Replay, World, service_list
from tests.sources.small_town_services import BOX
from wijktwin.cli import main
from wijktwin.cli.collecting import Telling
from wijktwin.sources.fetching.clock import SystemClock
from wijktwin.sources.fetching.progress import Step
from wijktwin.sources.folder import read_folder

CORNERS: Final = ",".join(f"{value:g}" for value in BOX)
MOST_LINES: Final = 3


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)


def fetch(server: Replay, folder: Path, *arguments: str, out: str = "town") -> int:
    services = service_list(server, folder)
    words = ["fetch", *arguments, "--services", str(services), "--state", str(folder / "state")]
    return main([*words, "--out", str(folder / out)] if out else words)


def test_fetch_says_what_came_and_how_to_open_it(server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(server, tmp_path, "--bbox", CORNERS) == 0
    said = capsys.readouterr()
    assert "18 buildings, 4 around it, 7 pieces of ground, 5 trees, 20 addresses, 3 pieces of street." in said.out
    assert f"wijktwin run --data {tmp_path / 'town'}" in said.out
    assert "3D BAG: 18\n" in said.err
    assert "\x1b" not in said.err
    assert len(read_folder(tmp_path / "town").buildings) == 22


def test_fetch_names_the_folder_after_the_area(
    server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert fetch(server, tmp_path, "--wijk", "WK030710", out="") == 0
    assert (tmp_path / "wk030710" / "buildings.city.jsonl").is_file()
    assert fetch(server, tmp_path, "--around", "Lijsterstraat 20, Amersfoort", "--radius", "60", out="") == 0
    assert (tmp_path / "lijsterstraat").is_dir()
    assert "20, Amersfoort" not in "".join(capsys.readouterr())


def test_a_cap_on_the_halo_is_said(server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(server, tmp_path, "--bbox", CORNERS, "--tallest", "90") == 0
    assert "farther than 700 m" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["status 503", "renamed", "web_page", "elsewhere", "cut"])
def test_a_service_that_fails_is_one_sentence(
    server: Replay, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    world.faults = [Fault(kind, "/bgt/")]
    assert fetch(server, tmp_path, "--bbox", CORNERS) == 2
    said = capsys.readouterr()
    sentences = [line for line in said.err.splitlines() if line.startswith("wijktwin: ")]
    assert said.out == ""
    assert len(sentences) == 1
    assert "BGT" in sentences[0]
    assert "Traceback" not in said.err
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["fetch"],
        ["fetch", "--wijk", "WK030710", "--bbox", "1,2,3,4"],
        ["fetch", "--bbox", "1,2,3"],
        ["fetch", "--bbox", "1,2,3,nan"],
        ["fetch", "--bbox", "a,b,c,d"],
        ["fetch", "--around", "Lijsterstraat, Amersfoort"],
        ["fetch", "--wijk", "WK030710", "--radius", "100"],
        ["fetch", "--around", "Lijsterstraat, Amersfoort", "--radius", "-5"],
        ["fetch", "--wijk", "WK030710", "--tallest", "5000"],
        ["prepare", "--out", "x"],
        ["prepare", "a.json"],
        ["prepare", "a.json", "--wijk", "WK030710", "--out", "x"],
    ],
)
def test_mistakes_in_the_command_are_refused(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert "--help" in said.err
    assert 1 <= len(said.err.splitlines()) <= MOST_LINES


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["fetch", "--wijk", "Liendert"], "WK030710"),
        (["fetch", "--bbox", "5.3,52.1,5.4,52.2"], "RD New"),
        (["fetch", "--wijk", "WK030710", "--services", "absent.toml"], "absent.toml"),
        (["prepare", "absent.city.json", "--out", "out"], "absent.city.json"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*arguments, "--state", str(tmp_path / "state")] if arguments[0] == "fetch" else arguments) == 2
    said = capsys.readouterr()
    assert word in said.err
    assert len(said.err.splitlines()) == 1
    assert list(tmp_path.glob("out")) == []


def test_a_list_of_services_that_is_not_complete_is_told(server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = service_list(server, tmp_path)
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("page_size = 5", "page_size = 0"),
        (server.base, "ftp://x"),
        ('licence = "CC0-1.0"\n', ""),
        ("[bgt]", "[bgt"),
        ("[bag]", "[x]"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert main(["fetch", "--wijk", "WK030710", "--services", str(path), "--state", str(tmp_path / "state")]) == 2
        assert "services.toml" in capsys.readouterr().err
    assert server.asked == []


def test_prepare_says_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.city.json"
    path.write_bytes(small_documents.as_bytes(small_documents.document(3)))
    assert main(["prepare", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "3 buildings, 0 around it" in capsys.readouterr().out
    assert len(read_folder(tmp_path / "out").buildings) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_moves_on_a_terminal() -> None:
    stream = Terminal()
    tell = Telling(stream)
    tell(Step("3D BAG", 50, 200))
    tell(Step("3D BAG", 100, 200))
    assert stream.getvalue() == "\r\x1b[K[######------------------] 50 of 200 3D BAG\r\x1b[K[############------------] 100 of 200 3D BAG"
    tell(Step("3D BAG", 200, 200, is_finished=True))
    tell(Step("BGT, wegdeel", 1_000))
    tell.close()
    assert stream.getvalue().endswith("\r\x1b[K3D BAG: 200\n\r\x1b[K[........................] 1,000 BGT, wegdeel\n")


def test_elsewhere_there_are_plain_lines_for_what_is_complete() -> None:
    stream = io.StringIO()
    tell = Telling(stream)
    for done in range(0, 250, 50):
        tell(Step("3D BAG", done, 200, is_finished=done == 200))
    tell(Step("BGT", 0, waiting=1.5))
    tell.close()
    assert stream.getvalue() == "3D BAG: 200\nBGT: no good answer yet, asking again in 2 s\n"
