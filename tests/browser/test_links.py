"""The address of a page as a link: the camera in it, old links, nonsense, reloading, going back; and what all that costs."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Server
from tests.browser.test_pages import camera, come_in
from tests.browser.visiting import wait_for_scene, wait_for_script

PLACE: Final = "5.33101,52.28071,18.2,35.5,120.4"
"""A camera in the example neighbourhood, as it stands in a link."""
NUMBERS: Final = {"longitude": 5.33101, "latitude": 52.28071, "zoom": 18.2, "pitch": 35.5, "bearing": 120.4}
ONE_STEP: Final = {"longitude": 1e-5, "latitude": 1e-5, "zoom": 0.01, "pitch": 0.1, "bearing": 0.1}


def follow(page: Page, server: Server, link: str) -> Page:
    """Open a link, and wait until the scene is drawn."""
    page.goto(f"{server.base_url}/{link}")
    expect(page.locator("h1")).to_be_visible(timeout=90_000)
    wait_for_scene(page)
    wait_for_script(page)
    return page


def linked_view(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("view", [""])[-1]


def wait_until_written(page: Page) -> str:
    """Wait until the address says where the camera is now."""
    page.wait_for_function(
        """() => { const view = new URLSearchParams(location.search).get('view')?.split(',').map(Number);
        const now = globalThis.wijktwinScene.camera();
        return view && Math.abs(view[0] - now.longitude) < 6e-6 && Math.abs(view[1] - now.latitude) < 6e-6
          && Math.abs(view[2] - now.zoom) < 6e-3 && Math.abs(view[3] - now.pitch) < 0.06 && Math.abs(view[4] - now.bearing) < 0.06; }"""
    )
    return linked_view(page)


def is_at(page: Page, wanted: dict[str, float]) -> bool:
    now = camera(page)
    return all(abs(now[name] - wanted[name]) <= ONE_STEP[name] for name in wanted)


def test_a_link_opens_where_it_was_made(page: Page, server: Server) -> None:
    follow(page, server, f"?v=1&lang=nl&plans=vogelhof&view={PLACE}")
    assert is_at(page, NUMBERS)
    assert linked_view(page) == PLACE


def test_moving_writes_the_camera_without_a_run_and_without_a_new_page_in_the_history(page: Page, server: Server) -> None:
    sent: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    page.on("websocket", listen)
    come_in(page, server, plans="vogelhof", scene=True)
    assert linked_view(page) == "", "nobody moved it"
    length, before = page.evaluate("() => history.length"), len(sent)
    box = page.locator(".pane canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 250)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 290, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    view = wait_until_written(page)
    assert re.fullmatch(r"\d\.\d{1,5},\d\d\.\d{1,5},\d\d(\.\d{1,2})?,\d+(\.\d)?,-?\d+(\.\d)?", view)
    assert page.evaluate("() => history.length") == length
    assert len(sent) == before, "the page was run for it"


@pytest.mark.exhaustive
def test_a_reload_keeps_plans_language_camera_and_moment(page: Page, server: Server) -> None:
    follow(page, server, f"scenarios?v=1&lang=en&plans=groene-straat,vogelhof&sun=2026-06-21T18:00&view={PLACE}")
    page.locator("[data-action='zoom_in']").click()
    page.wait_for_function("() => Math.abs(globalThis.wijktwinScene.camera().zoom - 18.9) < 0.01")
    view = wait_until_written(page)
    assert view != PLACE
    before = camera(page)
    page.reload()
    expect(page.locator("h1")).to_be_visible(timeout=90_000)
    wait_for_scene(page)
    wait_for_script(page)
    assert is_at(page, before)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".clock")).to_have_text(re.compile(r"^18:00"))
    layers = page.evaluate("() => globalThis.wijktwinScene.layers()")
    assert "volume/vogelhof" in layers
    told = parse_qs(urlsplit(page.url).query)
    assert {name: told[name] for name in ("v", "lang", "plans", "sun", "view")} == {
        "v": ["1"], "lang": ["en"], "plans": ["groene-straat,vogelhof"], "sun": ["2026-06-21T18:00"], "view": [view],
    }  # fmt: skip


@pytest.mark.exhaustive
def test_the_back_button_brings_the_camera_back(page: Page, server: Server) -> None:
    follow(page, server, f"?v=1&lang=nl&plans=vogelhof&view={PLACE}")
    page.get_by_role("button", name="Voor planmakers").click()
    page.get_by_role("link", name="Plannen en cijfers").first.click()
    expect(page.locator("h1")).to_have_text("Plannen en cijfers")
    wait_for_scene(page)
    assert is_at(page, NUMBERS), "another page keeps the camera"
    page.get_by_role("button", name="Van boven", exact=True).click()
    page.wait_for_function("() => globalThis.wijktwinScene.camera().pitch === 0")
    wait_until_written(page)
    page.go_back()
    while "scenarios" in page.url:  # the page put its own address behind the menu's
        page.go_back()
    expect(page.locator("h1")).to_have_text("Rondkijken in de buurt")
    wait_for_scene(page)
    page.wait_for_function("() => Math.abs(globalThis.wijktwinScene.camera().bearing - 120.4) < 0.1")
    assert is_at(page, NUMBERS)


STORED: Final = {
    "of the first version, without v": "?lang=nl&plans=vogeltorens",
    "with a plan by another order": "?plans=vogeltorens,groene-straat&lang=nl",
    "with the sun": "?lang=nl&plans=vogeltorens&sun=2026-03-21T12:00",
    "with names nobody knows": "?utm_source=mail&lang=nl&plans=vogeltorens&fbclid=x%27%22%3E&v=1",
    "of a later version": "?v=9&lang=nl&plans=vogeltorens&view=x&walk=1",
    "with nonsense": "?v=&lang=zz&plans=vogeltorens&sun=gisteren&view=1,2,3&compare=a|b|c",
    "with a camera elsewhere": "?v=1&lang=nl&plans=vogeltorens&view=-73.98512,40.74844,17,45,0",
    "with a camera that is none": "?v=1&plans=vogeltorens&view=NaN,Infinity,1e400,,%3Cscript%3E",
    "with a camera too far down": "?v=1&plans=vogeltorens&view=5.33101,52.28071,99,179,99999",
    "with a camera that never ends": "?v=1&plans=vogeltorens&view=" + "5.3" + "3" * 400 + ",52.2,18,1,1",
}


@pytest.mark.parametrize(
    "link",
    [pytest.param(link, id=name, marks=pytest.mark.exhaustive if place % 6 else ()) for place, (name, link) in enumerate(STORED.items())],
)
def test_stored_links_open(link: str, page: Page, server: Server) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    follow(page, server, link)
    assert "volume/vogeltorens" in page.evaluate("() => globalThis.wijktwinScene.layers()")
    told = parse_qs(urlsplit(page.url).query)
    assert told["v"] == ["1"]
    assert not {"utm_source", "fbclid", "walk"} & told.keys()
    now = camera(page)
    limits = page.evaluate("() => globalThis.wijktwinScene.limits()")
    west, south, east, north = limits["bounds"]
    assert west <= now["longitude"] <= east
    assert south <= now["latitude"] <= north
    assert now["zoom"] <= limits["maxZoom"]
    assert now["pitch"] <= limits["maxPitch"]
    assert -180 <= now["bearing"] <= 180
    assert not faults
