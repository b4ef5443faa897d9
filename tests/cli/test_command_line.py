"""The command line answers everything that a person may do wrong with one sentence and exit code 2, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from wijktwin import __version__
from wijktwin.cli import command_line, main

WIJKTWIN: Final = (sys.executable, "-m", "wijktwin")
MOST_LINES: Final = 3
EMPTY_MODEL: Final = (
    '{"type":"CityJSON","version":"2.0","transform":{"scale":[1,1,1],"translate":[0,0,0]},"CityObjects":{},"vertices":[],'
    '"metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/7415"}}'
)
BUFFERED: Final = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said when a command line is refused."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert 1 <= len(captured.err.splitlines()) <= MOST_LINES
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["info"],
        ["info", "a", "b"],
        ["info", "a", "--unknown"],
        ["info", "a", "--crs", "RD"],
        ["info", "a", "--crs", "EPSG:"],
        ["info", "a", "--crs", "99999999999999999999"],
        ["run", "--port", "-1"],
        ["run", "--port", "65536"],
        ["run", "--port", "eighty"],
        ["run", "--port", "٨٠"],
        ["example"],
        ["example", "build"],
        ["example", "build", "--out", "x", "--buildings", "0"],
        ["example", "build", "--out", "x", "--buildings", "1.5"],
        ["example", "build", "--out", "x", "--seed", "one"],
        ["example", "build", "--out", "x", "--seed", "-1"],
    ],
)
def test_mistakes_in_the_command_are_refused(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    assert "--help" in refused(capsys, *arguments)


def test_nothing_is_built_by_a_refused_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    refused(capsys, "example", "build", "--out", str(tmp_path / "new"), "--buildings", "none")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["info", "run"])
def test_missing_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str) -> None:
    name = tmp_path / "nowhere.city.json"
    arguments = ["info", str(name)] if command == "info" else ["run", "--data", str(name)]
    assert f"{name} does not exist" in refused(capsys, *arguments)


def test_folder_instead_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert f"{tmp_path} is a folder" in refused(capsys, "info", str(tmp_path))


@pytest.mark.parametrize("command", ["info", "run"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_refused_instead_of_waited_for(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    arguments = ["info", str(pipe)] if command == "info" else ["run", "--data", str(pipe)]
    assert f"{pipe} is a device or a pipe" in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (PermissionError(13, "Permission denied"), "may not be read"),
        (OSError(5, "Input/output error"), "cannot be read (Input/output error)"),
    ],
)
def test_file_that_cannot_be_opened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: OSError, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise fault

    path = tmp_path / "a.city.json"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    told = refused(capsys, "info", str(path))
    assert said in told
    assert str(path) in told


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
def test_name_that_is_not_text(tmp_path: Path) -> None:
    result = subprocess.run([*WIJKTWIN, "info", os.fsencode(tmp_path) + b"/\xff\n\x1b[31m.json"], capture_output=True, check=False)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert b"does not exist" in result.stderr
    assert b"\x1b" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_good_file_with_a_name_that_is_not_text(tmp_path: Path, options: Sequence[str]) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.city.json"
    Path(os.fsdecode(path)).write_text(EMPTY_MODEL)
    result = subprocess.run([*WIJKTWIN, "info", *options, path], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"udcff.city.json" in result.stdout


def test_console_that_knows_few_letters(tmp_path: Path) -> None:
    path = tmp_path / "empty.city.json"
    path.write_text(EMPTY_MODEL)
    narrow = os.environ | {"PYTHONIOENCODING": "ascii"}
    result = subprocess.run([*WIJKTWIN, "info", str(path)], capture_output=True, env=narrow, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"0 m\\xb3" in result.stdout


def test_name_with_a_null_byte(capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "info", "a\0b.city.json")


def test_name_too_long(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "cannot be read" in refused(capsys, "info", str(tmp_path / ("n" * 5000)))


def test_example_is_built_and_built_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "small"
    arguments = ["example", "build", "--buildings", "40", "--seed", "7", "--out", str(out)]
    assert main(arguments) == 0
    assert "made up" in capsys.readouterr().out
    first = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    own = out / "plans" / "my-own-plan.geojson"
    own.write_text("mine")
    assert main(arguments) == 0
    assert {path: (out / path).read_bytes() for path in first} == first
    assert own.read_text() == "mine"
    assert main(["info", str(out / "buildings.city.jsonl.gz")]) == 0
    assert "reference system  EPSG:7415" in capsys.readouterr().out


def test_example_is_not_built_over_somebodys_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine = tmp_path / "trees.geojson"
    mine.write_text("mine")
    assert "not of an earlier example" in refused(capsys, "example", "build", "--buildings", "40", "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["trees.geojson"]
    assert "cannot be written" in refused(capsys, "example", "build", "--buildings", "40", "--out", str(mine))


def act(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def fail(_: object) -> int:
        raise fault

    monkeypatch.setattr(command_line, "describe_file", fail)


def test_interrupt_is_quiet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    act(monkeypatch, KeyboardInterrupt())
    assert main(["info", "x"]) == 130
    assert capsys.readouterr() == ("", "")


def test_want_of_memory(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    act(monkeypatch, MemoryError())
    assert "more memory than this computer has free" in refused(capsys, "info", "x")


def test_fault_of_our_own_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    act(monkeypatch, ZeroDivisionError("division\nby zero"))
    told = refused(capsys, "info", "x")
    assert "a fault in Wijktwin" in told
    assert "ZeroDivisionError: division by zero" in told
    monkeypatch.setenv("WIJKTWIN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["info", "x"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["example", "build", "--help"]])
def test_help_and_version(arguments: Sequence[str]) -> None:
    result = subprocess.run([*WIJKTWIN, *arguments], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.strip() == f"wijktwin {__version__}" if arguments == ["--version"] else "usage: wijktwin" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes close otherwise on Windows")
def test_reader_that_goes_away() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        result = subprocess.run([*WIJKTWIN, "--help"], stdout=nobody, stderr=subprocess.PIPE, env=BUFFERED, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_on_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*WIJKTWIN, "--help"], stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines() == [b"wijktwin: The answer could not be written (No space left on device): send it to another place."]
