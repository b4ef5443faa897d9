"""Back, forward, reload and reconnect: what a visitor was doing goes on, and the history holds choices, not movements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import Server
from tests.browser.test_links import wait_until_written
from tests.browser.test_pages import camera, come_in, plan_card
from tests.browser.visiting import LAPTOP, Recorder, wait_for_scene, wait_for_script

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
PLACE = "5.33101,52.28071,18.2,35.5,120.4"
WALKER = "5.331400,52.280300,40,5"


def told(page: Page) -> dict[str, str]:
    """What the address says."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def n_entries(page: Page) -> int:
    found: int = page.evaluate("() => history.length")
    return found


FORWARD_UNTIL_IT_RUNS: Final = """() => new Promise((runs) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const observer = new MutationObserver(() => {
        if (app.dataset.testScriptState === 'notRunning') return;
        observer.disconnect();
        runs();
    });
    observer.observe(app, { attributeFilter: ['data-test-script-state'] });
    history.forward();
})"""
"""Goes forward, and is there when the page begins to run for it, however short that takes."""


def wait_for_address(page: Page, **wanted: str | None) -> None:
    """Wait until the address says so, and the page has run for it; None for what is not in it."""
    page.wait_for_function(
        "wanted => Object.entries(wanted).every(([name, value]) => new URLSearchParams(location.search).get(name) === value)", arg=wanted
    )
    wait_for_script(page)


def wait_for_layer(page: Page, layer: str, *, is_there: bool = True) -> None:
    page.wait_for_function(
        "([layer, isThere]) => globalThis.wijktwinScene.layers().includes(layer) === isThere", arg=[layer, is_there], timeout=60_000
    )
    wait_for_scene(page)


def test_going_back_undoes_choices_and_a_reload_keeps_them(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    assert n_entries(page) == 2, "an empty page and this one"
    plan_card(page, "Alternatief van").click()
    wait_for_layer(page, "volume/vogelhof")
    wait_for_address(page, plans="vogelhof")
    assert n_entries(page) == 3
    page.locator("[data-action='view-west']").click()
    page.locator("[data-action='turn_left']").click()
    view = wait_until_written(page)
    page.get_by_role("button", name="Zon en schaduw").click()
    page.locator("[data-day]").nth(1).click()
    page.wait_for_function("() => new URLSearchParams(location.search).has('sun')")
    assert n_entries(page) == 3, "neither the camera nor the sun makes an entry"
    page.get_by_role("button", name="English", exact=True).click()
    wait_for_address(page, lang="en", plans="vogelhof")
    assert n_entries(page) == 4
    before = told(page)
    assert before["view"] == view

    page.go_back()
    wait_for_address(page, lang="nl", plans="vogelhof")
    expect(page.locator("h1")).to_have_text("Rondkijken in de buurt")
    assert n_entries(page) == 4, "the way forward is still there"
    page.go_back()
    wait_for_layer(page, "volume/vogelhof", is_there=False)
    wait_for_address(page, lang="nl", plans=None)
    expect(plan_card(page, "Zoals het nu is").locator("input")).to_be_checked()
    assert n_entries(page) == 4
    for _ in range(2):  # the second before the page has followed the first
        page.evaluate(FORWARD_UNTIL_IT_RUNS)
    wait_for_address(page, lang="en", plans="vogelhof")
    expect(page.locator("h1")).to_have_text("Look around the neighbourhood")
    assert told(page) == before

    page.reload()
    expect(page.locator("h1")).to_have_text("Look around the neighbourhood", timeout=90_000)
    wait_for_scene(page)
    wait_for_script(page)
    assert told(page) == before
    wait_for_layer(page, "volume/vogelhof")
    expect(page.locator(".sun-switch")).to_have_attribute("aria-pressed", "true")


@pytest.mark.exhaustive
def test_pages_pairs_and_walks_come_back(page: Page, server: Server) -> None:
    page.goto(f"{server.base_url}/?v=1&lang=nl&plans=vogelhof&view={PLACE}")
    expect(page.locator("h1")).to_be_visible(timeout=90_000)
    wait_for_scene(page)
    wait_for_script(page)
    entries = n_entries(page)
    page.get_by_role("button", name="Rondlopen op ooghoogte").click()
    page.wait_for_function("() => new URLSearchParams(location.search).has('walk')")
    assert n_entries(page) == entries + 1
    page.keyboard.press("KeyW")
    page.go_back()
    page.wait_for_function("() => globalThis.wijktwinScene.walker() === null")
    assert abs(camera(page)["bearing"] - 120.4) < 0.1
    page.go_forward()
    page.wait_for_function("() => globalThis.wijktwinScene.walker()")
    wait_for_script(page)
    page.get_by_role("button", name="Vergelijk", exact=True).click()
    expect(page.locator("h1")).to_have_text("Vergelijken")
    wait_for_scene(page)
    page.wait_for_function("() => globalThis.wijktwinScene.walker() && globalThis.wijktwinScene.viewports().length === 2")
    one, other = page.evaluate("() => globalThis.wijktwinScene.viewports()")
    assert one == other
    assert one["pitch"] >= 90, "one walks on, in both pictures"
    wait_for_address(page, compare="|vogelhof", plans="vogelhof")
    assert n_entries(page) <= entries + 3, "st.switch_page makes one of its own"
    page.get_by_role("combobox", name="Eerste beeld").click()
    page.get_by_role("option", name="Wat hier al mag", exact=False).click()
    wait_for_address(page, compare="vogeltorens-toegestaan|vogelhof")
    page.go_back()
    wait_for_address(page, compare="|vogelhof")
    expect(page.locator(".pane-title").first).to_have_text("Zoals het nu is")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Rondkijken in de buurt")
    wait_for_scene(page)
    wait_for_layer(page, "volume/vogelhof")
    wait_for_script(page)
    assert urlsplit(page.url).path == "/"
    assert told(page)["plans"] == "vogelhof"


@pytest.mark.parametrize("page_name", ["", pytest.param("compare", marks=pytest.mark.exhaustive)])
def test_a_link_to_a_walk_opens_there_and_a_lost_connection_changes_nothing(open_context: Visitors, server: Server, page_name: str) -> None:
    context, recorder = open_context(LAPTOP)
    page = context.new_page()
    routes: list[WebSocketRoute] = []

    def connect(route: WebSocketRoute) -> None:
        routes.append(route)
        route.connect_to_server()

    page.route_web_socket("**/_stcore/stream", connect)
    page.goto(f"{server.base_url}/{page_name}?v=1&lang=en&plans=vogelhof&sun=2026-06-21T18:00&view={PLACE}&walk={WALKER}")
    expect(page.locator("h1")).to_be_visible(timeout=90_000)
    wait_for_scene(page)
    page.wait_for_function("() => globalThis.wijktwinScene.walker()")
    wait_for_script(page)
    walker = page.evaluate("() => globalThis.wijktwinScene.walker()")
    assert [round(walker[name], 4) for name in ("longitude", "latitude", "bearing", "up")] == [5.3314, 52.2803, 40, 5]
    page.wait_for_function("() => new URLSearchParams(location.search).has('walk')")  # written once the walker stands still
    before, entries = told(page), n_entries(page)
    assert (before["plans"], before["sun"], before["lang"], before["view"]) == ("vogelhof", "2026-06-21T18:00", "en", PLACE)
    routes[-1].close()
    page.wait_for_function("n => n > 0", arg=len(routes))
    with page.expect_websocket(timeout=60_000):
        pass
    wait_for_script(page)
    wait_for_layer(page, "shade" if page_name else "volume/vogelhof")  # of two pictures, the layers of the first: today
    assert told(page) == before
    assert n_entries(page) == entries
    assert page.evaluate("() => globalThis.wijktwinScene.walker()") == walker
    page.keyboard.press("Escape")
    assert not recorder.faults
