"""Starting the server: in a process of its own, visited once before anybody else, and stopped with us."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from wijktwin import places
from wijktwin.errors import InputError

DEFAULT_PORT: Final = 8501
HIGHEST_PORT: Final = 65_535
POLL_SECONDS: Final = 0.1
FIRST_VISIT_SECONDS: Final = 600.0
FAREWELL_SECONDS: Final = 10.0
LARGEST_MESSAGE: Final = 256 * 1024 * 1024
NAMES_A_CAUSE: Final = re.compile(r"[\w.]+(Error|Exception|Refused): ")
EVERYBODY: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


def serve(
    chosen: Mapping[str, object], *, state: Path, address: str, port: int, say: Callable[[str], None], then: Sequence[str] = ()
) -> int:
    """Run the server until it is stopped, and say where it is as soon as its first page has been drawn.

    Parameters
    ----------
    chosen
        What the server is told about its data and state: names and values for its environment.
    state
        The folder for what changes; `usable_state_folder` made it.
    address, port
        Where to listen; `free_port` found that nobody does.
    say
        Receives each sentence for the person at the keyboard.
    then
        Said as well once the server is open.

    Returns
    -------
    code
        0 after it was stopped, else the exit code of the server.

    Raises
    ------
    InputError
        The server stopped before it was open.
    """
    log = state / "server.log"
    try:
        with open_server(chosen, address=address, port=port, log=log) as running:
            if not first_visit(running.url):
                say(f"The first page of Wijktwin shows a fault: what the server says about it is in {log}")
            running.heard.pass_on()
            say(f"Wijktwin is open at {running.url}")
            for sentence in then:
                say(sentence)
            say("Ctrl+C closes it.")
            return running.process.wait()
    except KeyboardInterrupt:
        return 0


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    heard: Heard
    url: str


@contextlib.contextmanager
def open_server(chosen: Mapping[str, object], *, address: str, port: int, log: Path) -> Iterator[Running]:
    """A server that answers, stopped when we leave; ``chosen``, ``address`` and ``port`` as in `serve`.

    Raises
    ------
    InputError
        It stopped before it was open.
    """
    host = "localhost" if address in EVERYBODY else address
    with _started(chosen, address=address, port=port) as process:
        heard = Heard(process, log)
        _wait_until_open(process, host, port, heard)
        yield Running(process, heard, f"http://{f'[{host}]' if ':' in host else host}:{port}")


def first_visit(url: str) -> bool:
    """Visit the first page as a browser would, and tell whether it came out whole.

    The first visitor of a fresh server would otherwise wait while the neighbourhood is read, and on a deep link be told that the page
    does not exist.
    """
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect
    from websockets.typing import Origin, Subprotocol

    rerun = BackMsg()
    rerun.rerun_script.query_string = ""
    deadline = time.monotonic() + FIRST_VISIT_SECONDS
    whole = True
    address = f"ws{url.removeprefix('http')}/_stcore/stream"
    try:
        with connect(address, origin=Origin(url), subprotocols=[Subprotocol("streamlit")], max_size=LARGEST_MESSAGE, proxy=None) as browser:
            browser.send(rerun.SerializeToString())
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(browser.recv(timeout=max(deadline - time.monotonic(), 0.0), decode=False))
                if answer.WhichOneof("type") == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return whole and answer.script_finished != ForwardMsg.FINISHED_WITH_COMPILE_ERROR
                if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                    whole = False
    except (WebSocketException, OSError, TimeoutError):
        return False


class Heard:
    """What the server writes: kept in the log, and passed on to our standard error once it is open."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.log = log
        self.cause = ""
        self._passing = False
        self._thread = threading.Thread(target=self._listen, args=(process.stdout,), daemon=True)
        self._thread.start()

    def pass_on(self) -> None:
        """From now on the person at the keyboard sees it too."""
        self._passing = True

    def finish(self) -> None:
        """Wait for the last word of a server that has stopped."""
        self._thread.join(FAREWELL_SECONDS)

    def _listen(self, stream: IO[bytes] | None) -> None:
        if stream is None:
            return
        with stream, self.log.open("wb", buffering=0) as log:
            for line in stream:
                log.write(line)
                text = line.decode("utf-8", "replace")
                if NAMES_A_CAUSE.match(text):
                    self.cause = text.strip()
                if self._passing:
                    sys.stderr.write(text)
                    sys.stderr.flush()


@contextlib.contextmanager
def _started(chosen: Mapping[str, object], *, address: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server process; stopped, if need be by force, when we leave."""
    house = places.house_folder()
    surroundings = os.environ | {
        **{name: str(value) for name, value in chosen.items()},
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(house), os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(house / "asgi.py")]
    command += [f"--server.address={address}", f"--server.port={port}", "--server.headless=true"]
    command += [f"--browser.serverAddress={'localhost' if address in EVERYBODY else address}"]  # else another host is asked for our own
    process = subprocess.Popen(
        command, cwd=house, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(FAREWELL_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()


def _wait_until_open(process: subprocess.Popen[bytes], host: str, port: int, heard: Heard) -> None:
    while not _answers(host, port):
        if process.poll() is not None:
            heard.finish()
            raise InputError("command.server_stopped", reason=heard.cause or f"exit code {process.returncode}", log=heard.log)
        time.sleep(POLL_SECONDS)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5.0)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def usable_state_folder(folder: Path) -> Path:
    """The absolute path of a folder that can be written to; made, for this user only, where it is absent."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError("command.cannot_write", source=folder, reason=error.strerror or type(error).__name__) from error
    return folder.resolve()


def free_port(address: str, port: int) -> int:
    """The port if nobody listens there; any free one for 0. Tried just as the server will open it a moment later."""
    other = port + 1 if 0 < port < HIGHEST_PORT else DEFAULT_PORT
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as attempt:
            if os.name == "posix":
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((address, port))
            attempt.listen(1)
            return int(attempt.getsockname()[1])
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise InputError("command.port_taken", port=port, other=other) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("command.port_refused", port=port, address=address, reason=reason, other=other) from error
