"""A real browser in front of the real server: started by the command, visited in three sizes, with every request recorded."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from benchmarks.chromium import installed_browser
from tests.browser.corner import make_corner
from tests.browser.visiting import FLAGS, LAPTOP, PHONE, WIDE, Recorder, Size

START_SECONDS: Final = 180.0
OPEN_SENTENCE: Final = "Wijktwin is open at "


@dataclass
class Server:
    """A running server."""

    base_url: str
    state: Path
    process: subprocess.Popen[str]
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser to drive: ``WIJKTWIN_BROWSER``, else one on PATH, else Playwright's own."""
    found = installed_browser()
    if found is not None:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if not Path(own).exists():
        pytest.fail("no browser was found: install one (sudo apt install chromium), or leave these tests out with -m 'not browser'")
    return own


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright for the whole session."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One browser for the whole session, drawing WebGL in software."""
    running = playwright.chromium.launch(executable_path=chromium_path, headless=True, args=list(FLAGS))
    yield running
    running.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path | None], Server]]:
    """A function that starts a server on a data path (``None``: the embedded example), one per path, until the session ends."""
    servers: dict[Path | None, Server] = {}

    def start(data: Path | None = None) -> Server:
        if data not in servers:
            servers[data] = _start_server(data, tmp_path_factory.mktemp("server-state"))
        return servers[data]

    yield start
    for server in servers.values():
        _stop(server)


@pytest.fixture(scope="session")
def example_server(serve: Callable[[Path | None], Server]) -> Server:
    """The server on the embedded example, whole: for what depends on how much there is to draw or to find."""
    return serve(None)


@pytest.fixture(scope="session")
def server(serve: Callable[[Path | None], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server on a corner of the embedded example, with all its plans."""
    return serve(make_corner(tmp_path_factory.mktemp("corner") / "vogelbuurt"))


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., tuple[BrowserContext, Recorder]]]:
    """A function that makes a fresh visitor of a size and a language; no request of any visitor may leave for another host."""
    visitors: list[tuple[BrowserContext, Recorder]] = []

    def make(size: Size = LAPTOP, *, locale: str = "nl-NL", reduced_motion: bool = True) -> tuple[BrowserContext, Recorder]:
        context = browser.new_context(
            viewport={"width": size.width, "height": size.height},
            locale=locale,
            timezone_id="Europe/Amsterdam",
            is_mobile=size.is_phone,
            has_touch=size.is_phone,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            accept_downloads=True,
        )
        recorder = Recorder()
        recorder.listen_to(context)
        context.set_default_timeout(30_000)
        visitors.append((context, recorder))
        return context, recorder

    yield make
    foreign = [url for _, recorder in visitors for url in recorder.foreign_requests]
    for context, _ in visitors:
        context.close()
    assert not foreign, f"requests left for another host: {foreign}"


@pytest.fixture
def browser_context_of_its_own(browser: Browser) -> Iterator[tuple[BrowserContext, Recorder]]:
    """A visitor without the rule that nothing may leave: for testing the recorder itself."""
    context, recorder = browser.new_context(), Recorder()
    recorder.listen_to(context)
    yield context, recorder
    context.close()


@pytest.fixture
def recorder() -> Recorder:
    """What the browser of `page` asked for; filled while the test runs."""
    return Recorder()


@pytest.fixture
def page(open_context: Callable[..., tuple[BrowserContext, Recorder]], recorder: Recorder) -> Page:
    """A Dutch visitor with a laptop."""
    return _page_of(LAPTOP, open_context, recorder)


@pytest.fixture
def wide_page(open_context: Callable[..., tuple[BrowserContext, Recorder]], recorder: Recorder) -> Page:
    """A Dutch visitor with a large screen."""
    return _page_of(WIDE, open_context, recorder)


@pytest.fixture
def phone_page(open_context: Callable[..., tuple[BrowserContext, Recorder]], recorder: Recorder) -> Page:
    """A Dutch visitor with a phone."""
    return _page_of(PHONE, open_context, recorder)


def _page_of(size: Size, open_context: Callable[..., tuple[BrowserContext, Recorder]], recorder: Recorder) -> Page:
    context, recorded = open_context(size)
    recorder.requests, recorder.faults = recorded.requests, recorded.faults
    return context.new_page()


def started_server(data: Path | None, state: Path, *command: str) -> Iterator[Server]:
    """A server of its own by another command than ``run``, stopped afterwards."""
    server = _start_server(data, state, *command)
    yield server
    _stop(server)


def _stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait(timeout=30)
    for stream in (server.process.stdout, server.process.stderr):
        if stream is not None:
            stream.close()


def _start_server(data: Path | None, state: Path, *asked: str) -> Server:
    command = [sys.executable, "-m", "wijktwin", *(asked or ("run",)), "--port", "0", "--state", str(state)]
    command += [] if data is None else ["--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    heard: queue.Queue[str | None] = queue.Queue()
    server = Server(base_url="", state=state, process=process)
    threading.Thread(target=_listen, args=(process, heard), daemon=True).start()
    threading.Thread(target=_keep_errors, args=(process, server.errors), daemon=True).start()
    try:
        while (line := heard.get(timeout=START_SECONDS)) is not None:
            if line.startswith(OPEN_SENTENCE):
                server.base_url = line.removeprefix(OPEN_SENTENCE).strip()
                return server
    except queue.Empty:
        process.kill()
    process.wait(timeout=30)
    pytest.fail(f"the server did not open (exit code {process.returncode}): {' '.join(server.errors)}")


def _listen(process: subprocess.Popen[str], heard: queue.Queue[str | None]) -> None:
    for line in process.stdout or ():
        heard.put(line)
    heard.put(None)


def _keep_errors(process: subprocess.Popen[str], errors: list[str]) -> None:
    errors.extend(process.stderr or ())
