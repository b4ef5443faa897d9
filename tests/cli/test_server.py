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

from wijktwin.cli.server import serve
from wijktwin.errors import InputError

OPEN: Final = "Wijktwin is open at "

ASGI: Final = """
import os
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

async def told(request):
    names = ("WIJKTWIN_DATA", "WIJKTWIN_STATE")
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
from wijktwin.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one page, small enough to start in a second."""
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "asgi.py").write_text(ASGI)
    (folder / "app.py").write_text(APP)
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
def test_it_opens_once_the_page_is_drawn_and_leaves_nothing_behind(house: Path, tmp_path: Path, farewell: signal.Signals) -> None:
    state, data = tmp_path / "state", tmp_path / "data.city.json"
    data.touch()
    with started(house, "--port", "0", "--state", str(state), "--data", str(data)) as process:
        url = address(process)
        answer = told(url)
        assert answer["drawn"], "the address was printed before the first page was drawn"
        assert (answer["WIJKTWIN_DATA"], answer["WIJKTWIN_STATE"]) == (str(data.resolve()), str(state.resolve()))
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


def test_relative_data_is_that_of_the_person_who_typed_it(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.city.json").touch()
    monkeypatch.chdir(tmp_path)
    with started(house, "--port", "0", "--state", "state", "--data", "mine.city.json") as process:
        answer = told(address(process))
        assert (answer["WIJKTWIN_DATA"], answer["WIJKTWIN_STATE"]) == (str(tmp_path / "mine.city.json"), str(tmp_path / "state"))
        process.terminate()
        process.wait(timeout=30)


def test_a_page_with_a_fault_is_told(house: Path, tmp_path: Path) -> None:
    (house / "app.py").write_text("raise ValueError('the roof is gone')")
    with started(house, "--port", "0", "--state", str(tmp_path / "state")) as process:
        assert process.stdout is not None
        assert "shows a fault" in process.stdout.readline()
        assert process.stdout.readline().startswith(OPEN)
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


def refused(tmp_path: Path, *, address: str = "localhost", port: int | None = 0, state: Path | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        serve(data=tmp_path, state=state or tmp_path / "state", address=address, port=port, say=lambda _: None)
    return caught.value


def test_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        error = refused(tmp_path, port=port)
    assert (error.key, error.values["port"], error.values["other"]) == ("command.port_taken", port, port + 1)


def test_address_of_another_machine(tmp_path: Path) -> None:
    # 192.0.2.0/24 belongs to nobody (RFC 5737): it cannot be an address of this machine
    assert refused(tmp_path, address="192.0.2.1").key == "command.port_refused"


@pytest.mark.parametrize("address", ["not an address", "x" * 300, "a..b"])
def test_address_that_is_none(tmp_path: Path, address: str) -> None:
    assert refused(tmp_path, address=address).key == "command.port_refused"


def test_state_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refused(tmp_path, state=tmp_path / "file").key == "command.cannot_write"
    assert refused(tmp_path, state=tmp_path / "file" / "below").key == "command.cannot_write"
