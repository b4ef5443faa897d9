"""An evening in a real browser: the screen in front is turned by a presenter's remote, and a tablet forgets who held it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, started_server
from tests.browser.corner import make_corner
from tests.browser.test_accessibility import violations
from tests.browser.visiting import PHONE, WIDE, Recorder, wait_for_scene, wait_until_still

pytestmark = pytest.mark.exhaustive

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
HOME = "Buidelmeesstraat 12"
TITLE = ".wt-evening-title"


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``wijktwin evening`` on a corner of the example."""
    corner = make_corner(tmp_path_factory.mktemp("evening") / "vogelbuurt")
    yield from started_server(corner, tmp_path_factory.mktemp("evening-state"), "evening", "--address", "127.0.0.1")


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(f"{server.base_url}/{path}")
    wait_until_still(page)
    return page


def test_a_remote_turns_the_screen_in_front_and_a_reload_stays_where_it_was(evening: Server, open_context: Visitors) -> None:
    context, recorder = open_context(WIDE)
    page = opened(context.new_page(), evening, "evening?v=1&lang=nl")
    expect(page.locator(TITLE)).to_have_text(re.compile("^Welkom in"))
    assert page.locator(".st-key-evening img.wt-qr").count() == 2
    assert violations(page) == []
    page.keyboard.press("PageDown")
    expect(page.locator(TITLE)).to_have_text("Zoals het nu is")
    wait_for_scene(page)
    page.keyboard.press("PageDown")
    expect(page.locator(TITLE)).to_have_text(re.compile("drie lagen"))
    wait_until_still(page)
    expect(page).to_have_url(re.compile("plans=vogeltorens-toegestaan"))
    page.reload()
    expect(page.locator(TITLE)).to_have_text(re.compile("drie lagen"))
    page.keyboard.press("PageUp")
    expect(page.locator(TITLE)).to_have_text("Zoals het nu is")
    letters = page.locator(".wt-evening-say").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert letters >= 24, "read from the back row"
    assert not recorder.faults


def test_a_tablet_asks_and_then_forgets_and_a_phone_does_not(evening: Server, open_context: Visitors) -> None:
    for kiosk, is_forgotten in (("&kiosk=1", True), ("", False)):
        context, _ = open_context(PHONE)
        page = context.new_page()
        page.clock.install()
        opened(page, evening, f"my-street?v=1&lang=nl{kiosk}")
        field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
        field.fill(HOME)
        page.keyboard.press("Enter")
        told = page.get_by_role("status").filter(has_text=f"Dit gaat over {HOME}.")
        expect(told).to_be_visible()
        if is_forgotten:
            page.wait_for_function("() => sessionStorage.getItem('wijktwin-kiosk') === '1'")
        asks = page.get_by_role("dialog", name="Bent u er nog?")
        page.clock.run_for(50_000)
        if not is_forgotten:
            page.clock.run_for(60_000)
            expect(asks).to_have_count(0)
            expect(told).to_be_visible()
            continue
        expect(asks).to_be_visible()
        page.get_by_role("button", name="Ik ben er nog").click()
        expect(asks).to_be_hidden()
        page.clock.run_for(50_000)
        expect(asks).to_be_visible()
        expect(told).to_be_visible()
        page.clock.run_for(16_000)
        expect(told).to_have_count(0)
        wait_until_still(page)
        expect(field).to_have_value("")
        page.go_back()  # to where the tab was opened: what was looked at is no entry of its history any more
        expect(told).to_have_count(0)


def test_a_phone_that_scans_the_code_hears_that_it_came_through(evening: Server, open_context: Visitors) -> None:
    context, _ = open_context(PHONE)
    page = context.new_page()
    answer = page.goto(f"{evening.base_url}/hello?lang=en")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", name="It works")).to_be_visible()
    page.get_by_role("link", name="To the neighbourhood").click()
    wait_until_still(page)
    expect(page.locator("h1")).to_be_visible()
