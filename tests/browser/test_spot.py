"""Who walks at eye level asks what is seen from there, and reads it on the page; where that is does not come into the link by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Server
from tests.browser.visiting import LAPTOP, Recorder, wait_for_scene, wait_until_still

pytestmark = pytest.mark.exhaustive


def test_who_walks_reads_what_is_seen_from_there(open_context: Callable[..., tuple[BrowserContext, Recorder]], server: Server) -> None:
    context, recorder = open_context(LAPTOP)
    page = context.new_page()
    page.goto(f"{server.base_url}/?lang=nl&plans=vogeltorens")
    wait_for_scene(page)
    wait_until_still(page)
    page.locator("[data-action='walk']").click()
    ask = page.locator("[data-action='walk-ask']")
    expect(ask).to_be_visible(timeout=30_000)
    page.wait_for_function("() => new URL(location.href).searchParams.has('walk')", timeout=30_000)
    before = page.url
    ask.focus()
    page.keyboard.press("Enter")
    told = page.locator(".st-key-spot_view")
    expect(told).to_contain_text("Van het uitzicht vanaf deze plek neemt het plan “Vogeltorens”", timeout=60_000)
    expect(told).to_contain_text("Dat hebben wij berekend uit het plan van de ontwikkelaar")
    assert page.url == before
    assert recorder.faults == []
    page.get_by_role("button", name="Sluit het uitzicht").click()
    expect(told).to_have_count(0, timeout=30_000)
