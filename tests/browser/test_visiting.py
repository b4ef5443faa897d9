"""The recorder must see a foreign request, or every test that trusts it proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.visiting import Recorder, is_foreign


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("http://localhost:8501/", False),
        ("ws://127.0.0.1:8501/_stcore/stream", False),
        ("data:image/png;base64,AAAA", False),
        ("blob:http://localhost:8501/1-2-3", False),
        ("https://fonts.example.org/a.woff2", True),
        ("wss://tiles.example.org/", True),
        ("//example.org/x", True),
        ("http://localhost.example.org/", True),
    ],
)
def test_what_counts_as_foreign(url: str, *, foreign: bool) -> None:
    assert is_foreign(url) is foreign


def test_recorder_sees_requests_and_sockets_that_leave(browser_context_of_its_own: tuple[BrowserContext, Recorder]) -> None:
    context, recorder = browser_context_of_its_own
    page: Page = context.new_page()
    with page.expect_websocket(), page.expect_request("http://tiles.example.org/0.png"):
        page.set_content('<img src="http://tiles.example.org/0.png"><script>new WebSocket("ws://listen.example.org/")</script>')
    assert {"http://tiles.example.org/0.png", "ws://listen.example.org/"} <= set(recorder.foreign_requests)


def test_recorder_hears_errors(browser_context_of_its_own: tuple[BrowserContext, Recorder]) -> None:
    context, recorder = browser_context_of_its_own
    page = context.new_page()
    with context.expect_event("weberror"):
        page.set_content('<script>throw new Error("a fault of the page")</script>')
    assert any("a fault of the page" in fault for fault in recorder.faults)


def test_visitors_differ(open_context: Callable[..., tuple[BrowserContext, Recorder]]) -> None:
    first, _ = open_context()
    second, _ = open_context(locale="en-GB")
    assert first.new_page().evaluate("navigator.language") == "nl-NL"
    assert second.new_page().evaluate("navigator.language") == "en-GB"
