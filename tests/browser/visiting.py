"""A visitor of the pages in a real browser: screens, what was asked for, and when a page is ready to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from benchmarks import chromium

SCENE_MILLISECONDS: Final = 90_000.0
FLAGS: Final = (*chromium.FLAGS, "--disable-quic")
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Size:
    """A screen. [CSS pixels]."""

    name: str
    width: int
    height: int
    is_phone: bool = False


WIDE: Final = Size("wide", 1920, 1080)
LAPTOP: Final = Size("laptop", 1280, 800)
PHONE: Final = Size("phone", 390, 844, is_phone=True)
SIZES: Final = (WIDE, LAPTOP, PHONE)


@dataclass
class Recorder:
    """What a visitor's browser asked for, and which errors its pages threw."""

    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def foreign_requests(self) -> list[str]:
        """Requests to another host than the server's."""
        return [url for url in self.requests if is_foreign(url)]

    def listen_to(self, context: BrowserContext) -> None:
        """Record every request, socket and error of every page of a visitor, pop-ups included."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))
        context.on("page", self._listen_to_sockets)

    def _listen_to_sockets(self, page: Page) -> None:
        page.on("websocket", lambda web_socket: self.requests.append(web_socket.url))


def is_foreign(url: str) -> bool:
    """Whether an address lies on another host; what carries its own content (data:, blob:) lies nowhere."""
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob", "about", "chrome-error"} and (parts.hostname or "") not in LOCAL


def wait_for_scene(page: Page, *, timeout: float = SCENE_MILLISECONDS) -> None:
    """Wait until the scene has been drawn: its host element says so, inside whatever shadow root it lives. [ms]."""
    page.locator('[data-scene-state="ready"]').first.wait_for(state="attached", timeout=timeout)


STILL: Final = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (app?.dataset.testScriptState !== 'notRunning' || document.querySelector('[data-stale="true"]')) return false;
  return [...document.querySelectorAll('[data-testid="stElementContainer"]')].every((part) => getComputedStyle(part).opacity === '1');
}"""
"""Whether the page's script has run to its end, and nothing is dimmed (any more) because it came from an earlier run."""


def wait_until_still(page: Page, *, timeout: float = SCENE_MILLISECONDS) -> None:
    """Wait until a page looks as it is going to look: how it is while it is made anew is not judged. [ms]."""
    page.wait_for_function(STILL, timeout=timeout)


def wait_for_script(page: Page, *, timeout: float = SCENE_MILLISECONDS) -> None:
    """Wait until the page's script has run to its end. [ms]."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').first.wait_for(state="attached", timeout=timeout)
