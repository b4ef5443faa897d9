"""A Chromium without a driver in between: told what to do over its own protocol, with WebGL drawn in software.

Drivers listen to everything a page receives. With messages of tens of megabytes that costs the page more than the page itself:
here nothing is listened to but what is being measured.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--headless=new",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    # whatever a page asks for, nothing leaves this machine; the request is seen all the same
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    # Chromium refuses to run its sandbox as root, as in a container
    *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
)
"""For every browser that is measured or tested with."""
OWN_FLAGS: Final = ("--lang=nl-NL", "--window-size=1280,800", "--remote-debugging-port=0")
"""For a browser without a driver besides, which would say all this itself."""
START_SECONDS: Final = 60.0
ANSWER_SECONDS: Final = 600.0


@dataclass(slots=True)
class Traffic:
    """What came in over the wire.

    Parameters
    ----------
    http
        Bytes of answers as they were sent, compressed, with their headers.
    socket
        Bytes of messages over web sockets.
    answers, messages
        How many of each.
    """

    http: int = 0
    socket: int = 0
    answers: int = 0
    messages: int = 0

    def count(self, event: dict[str, Any]) -> None:
        """Add what one event of the browser's protocol tells; most tell nothing."""
        told = event.get("params", {})
        match event.get("method"):
            case "Network.loadingFinished":
                self.http += int(told["encodedDataLength"])
                self.answers += 1
            case "Network.webSocketFrameReceived":
                frame = told["response"]
                is_text = frame["opcode"] == 1  # all else comes in base64 (RFC 6455, section 5.2)
                self.socket += len(frame["payloadData"].encode() if is_text else base64.b64decode(frame["payloadData"]))
                self.messages += 1


class Tab:
    """One page of a visitor of its own: empty cache, no cookies."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._asked = 0
        self._traffic = Traffic()

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command and its answer."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            answer = self._hear(ANSWER_SECONDS)
            if answer.get("id") != self._asked:
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            found: dict[str, Any] = answer["result"]
            return found

    def open(self, url: str) -> None:
        """Go somewhere."""
        self.ask("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  whatever the page answers
        """The value of an expression in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression}: {told['exceptionDetails'].get('exception', told['exceptionDetails'])}")
        return told["result"].get("value")

    @contextlib.contextmanager
    def counted(self, *, quiet_seconds: float = 1.0) -> Iterator[Traffic]:
        """Everything that comes in while the block runs, and after it until nothing has come for a while."""
        self._traffic = traffic = Traffic()
        self.ask("Network.enable")
        yield traffic
        seen = -1
        while seen != (seen := traffic.answers + traffic.messages):
            self._listen(quiet_seconds)
        self.ask("Network.disable")
        self._traffic = Traffic()

    def _listen(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while (left := deadline - time.monotonic()) > 0:
                self._hear(left)

    def _hear(self, seconds: float) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self._socket.recv(timeout=seconds))
        self._traffic.count(event)
        return event


class Chromium:
    """A running browser.

    Parameters
    ----------
    address
        Of its protocol: ``ws://127.0.0.1:PORT/devtools/browser/ID``.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def address(self) -> str:
        """Of its protocol, for drivers that come in beside."""
        return self._address

    @contextlib.contextmanager
    def tab(self) -> Iterator[Tab]:
        """A tab of a new visitor, closed after the block."""
        with self._connected(self._address) as socket:
            browser = Tab(socket)
            context = browser.ask("Target.createBrowserContext")["browserContextId"]
            target = browser.ask("Target.createTarget", url="about:blank", browserContextId=context, width=1280, height=800)["targetId"]
            address = f"{self._address.partition('/devtools/')[0]}/devtools/page/{target}"
            with self._connected(address) as own:
                tab = Tab(own)
                tab.ask("Page.enable")
                yield tab
            browser.ask("Target.disposeBrowserContext", browserContextId=context)

    @contextlib.contextmanager
    def _connected(self, address: str) -> Iterator[ClientConnection]:
        # compression would cost time, and a browser that draws for a minute does not answer a ping
        with connect(address, max_size=None, compression=None, ping_interval=None, proxy=None) as socket:
            yield socket


def installed_browser() -> str | None:
    """The browser to drive: ``WIJKTWIN_BROWSER``, else one on PATH; None where there is neither."""
    return os.environ.get("WIJKTWIN_BROWSER") or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """`installed_browser`, with its profile in a folder, while the block runs."""
    found = installed_browser()
    if found is None:
        message = "no browser was found: install one (sudo apt install chromium), or name one in WIJKTWIN_BROWSER"
        raise SystemExit(message)
    command = [found, *FLAGS, *OWN_FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield Chromium(_address(folder / "DevToolsActivePort", process))
        finally:
            with contextlib.suppress(OSError, ConnectionClosed):
                process.terminate()
            process.wait()


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if file.exists() and len(lines := file.read_text(encoding="ascii").split()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    message = f"the browser did not start (exit code {process.poll()})"
    raise SystemExit(message)
