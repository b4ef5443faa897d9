"""``wijktwin run``: open means that the first page has been drawn, and closed means that nothing is left running."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import pytest

from wijktwin.cli import main, preparing
from wijktwin.cli.server import free_port, serve, usable_state_folder
from wijktwin.errors import InputError

OPEN: Final = "Wijktwin is open at "

ASGI: Final = """
import os
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

async def told(request):
    names = ("WIJKTWIN_DATA", "WIJKTWIN_STATE", "WIJKTWIN_PLANS", "WIJKTWIN_CRS", "WIJKTWIN_DRAFTS")
    drawn = os.path.exists(os.path.join(os.environ["WIJKTWIN_STATE"], "drawn"))
    return JSONResponse({name: os.environ.get(name) for name in names} | {"pid": os.getpid(), "drawn": drawn})

app = st.App("app.py", routes=[Route("/told", told)])
"""
APP: Final = """
import os, pathlib
import streamlit as st
st.write("Vogelbuurt")
pathlib.Path(os.environ["WIJKTWIN_STATE"], "drawn").touch()
"""
START: Final = """
import pathlib, sys
from wijktwin import places
places.house_folder = lambda: pathlib.Path(sys.argv[1])
from wijktwin.cli import main, preparing
sys.exit(main(sys.argv[2:]))
"""


CUBE: Final = """{"type":"CityJSON","version":"2.0","transform":{"scale":[1,1,1],"translate":[155000,463000,0]},
"metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/7415"},
"CityObjects":{"cube":{"type":"Building","geometry":[{"type":"Solid","lod":"2.2","boundaries":[[
[[0,3,2,1]],[[4,5,6,7]],[[0,1,5,4]],[[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]]}]}},
"vertices":[[0,0,0],[9,0,0],[9,9,0],[0,9,0],[0,0,9],[9,0,9],[9,9,9],[0,9,9]]}"""


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    """A CityJSON file with one building."""
    path = tmp_path / "cube.city.json"
    path.write_text(CUBE)
    return path


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one page, small enough to start in a second."""
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "asgi.py").write_text(ASGI)
    (folder / "app.py").write_text(APP)
    example = folder / "data" / "example"
    example.mkdir(parents=True)
    (example / "buildings.city.json").write_text(CUBE)
    return folder


@contextmanager
def started(house: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", START, str(house), "run", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """Where the server says it is; whatever it says before that is passed over."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(OPEN):
            return line.removeprefix(OPEN).strip()
    pytest.fail(f"the server did not open: {read(process.stderr)}")


def read(stream: IO[str] | None) -> str:
    return "" if stream is None else stream.read()


def told(url: str) -> Any:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", "/told")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize("farewell", [signal.SIGINT, signal.SIGTERM])
def test_it_opens_once_the_page_is_drawn_and_leaves_nothing_behind(house: Path, cube: Path, farewell: signal.Signals) -> None:
    state = cube.parent / "state"
    with started(house, "--port", "0", "--state", str(state), "--data", str(cube)) as process:
        url = address(process)
        answer = told(url)
        assert answer["drawn"], "the address was printed before the first page was drawn"
        assert (answer["WIJKTWIN_DATA"], answer["WIJKTWIN_STATE"]) == (str(cube.resolve()), str(state.resolve()))
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        process.send_signal(farewell)
        assert process.wait(timeout=30) == 0
        assert not is_running(answer["pid"])
        assert "Traceback" not in read(process.stderr)


def test_without_data_the_example_is_shown(house: Path, tmp_path: Path) -> None:
    with started(house, "--port", "0", "--state", str(tmp_path / "state")) as process:
        assert told(address(process))["WIJKTWIN_DATA"] == str((house / "data" / "example").resolve())
        process.terminate()
        process.wait(timeout=30)


def test_relative_paths_are_those_of_the_person_who_typed_them(house: Path, cube: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cube.parent
    (here / "mine").mkdir()
    monkeypatch.chdir(here)
    options = ["--port", "0", "--state", "state", "--data", cube.name, "--plans", "mine", "--crs", "epsg:28992", "--drafts"]
    with started(house, *options) as process:
        answer = told(address(process))
        assert {name: value for name, value in answer.items() if name.startswith("WIJKTWIN")} == {
            "WIJKTWIN_DATA": str(cube),
            "WIJKTWIN_STATE": str(here / "state"),
            "WIJKTWIN_PLANS": str(here / "mine"),
            "WIJKTWIN_CRS": "28992",
            "WIJKTWIN_DRAFTS": "1",
        }
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is empty"), ("hello", "is not JSON"), (CUBE.replace("2.0", "0.9", 1), "older than 1.0"), (CUBE[:-40], "stops half-way")],
)
def test_data_that_cannot_be_shown_is_refused_before_a_server_starts(
    capsys: pytest.CaptureFixture[str], cube: Path, content: str, said: str
) -> None:
    cube.write_text(content)
    assert main(["run", "--port", "0", "--state", str(cube.parent / "state"), "--data", str(cube)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "Reading cube.city.json ...\n"
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


def test_what_was_prepared_is_reopened(house: Path, cube: Path) -> None:
    state = cube.parent / "state"
    with started(house, "--port", "0", "--state", str(state), "--data", str(cube)) as process:
        address(process)
        process.terminate()
        process.wait(timeout=30)
    assert list((state / "prepared").iterdir()), "nothing was prepared for the server to reopen"


@pytest.mark.parametrize(("name", "said"), [("nowhere", "does not exist"), ("cube.city.json", "is no folder")])
def test_plan_folder_that_is_none(capsys: pytest.CaptureFixture[str], cube: Path, name: str, said: str) -> None:
    arguments = ["run", "--port", "0", "--state", str(cube.parent / "state"), "--data", str(cube), "--plans", str(cube.parent / name)]
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_page_with_a_fault_is_told(house: Path, tmp_path: Path) -> None:
    (house / "app.py").write_text("raise ValueError('the roof is gone')")
    with started(house, "--port", "0", "--state", str(tmp_path / "state")) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(4)]
        assert said[:2] == ["Reading the example neighbourhood ...\n", "Starting the server ...\n"]
        assert "shows a fault" in said[2]
        assert said[3].startswith(OPEN)
        process.terminate()
        process.wait(timeout=30)
    assert "the roof is gone" in (tmp_path / "state" / "server.log").read_text()


def test_a_server_that_cannot_start_says_why(house: Path, tmp_path: Path) -> None:
    (house / "asgi.py").write_text(ASGI + "\nraise ValueError('no neighbourhood')\n")
    with started(house, "--port", "0", "--state", str(tmp_path / "state")) as process:
        assert process.wait(timeout=60) == 2
        told = read(process.stderr)
    assert told.splitlines() == [
        f"wijktwin: The server stopped before it was open (ValueError: no neighbourhood): all it said is in {log(tmp_path)}."
    ]


def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "server.log"


def test_port_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError) as caught:
            free_port("localhost", port)
    assert (caught.value.key, caught.value.values["port"], caught.value.values["other"]) == ("command.port_taken", port, port + 1)
    assert free_port("localhost", port) == port, "a port that was closed a moment ago is free"


# 192.0.2.0/24 belongs to nobody (RFC 5737): it cannot be an address of this machine
@pytest.mark.parametrize("address", ["192.0.2.1", "not an address", "x" * 300, "a..b"])
def test_address_that_is_not_ours(address: str) -> None:
    with pytest.raises(InputError) as caught:
        free_port(address, 0)
    assert caught.value.key == "command.port_refused"


@pytest.mark.parametrize("below", ["", "below"])
def test_state_folder_that_is_a_file(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        usable_state_folder(tmp_path / "file" / below)
    assert caught.value.key == "command.cannot_write"


def test_serve_passes_a_fault_of_the_start_on(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / "asgi.py").unlink()
    monkeypatch.setattr("wijktwin.places.house_folder", lambda: house)
    state = usable_state_folder(tmp_path / "state")
    with pytest.raises(InputError) as caught:
        serve({}, state=state, address="localhost", port=free_port("localhost", 0), say=lambda _: None)
    assert caught.value.key == "command.server_stopped"


def test_a_reader_that_is_killed_is_told(cube: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_read", killed)
    with pytest.raises(InputError) as caught:
        preparing.prepare(cube, state=cube.parent, crs=None)
    assert caught.value.key == "command.out_of_memory"


def killed(*_: object) -> None:
    """What the system does to a process that takes too much memory."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
