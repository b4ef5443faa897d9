"""Two pictures beside each other in a real browser: one camera, links, residents' way in, small screens, shade, and the saved picture."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_pages import come_in
from tests.browser.visiting import PHONE, Recorder, wait_for_scene, wait_for_script

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
NEVER_ASKED = "2026-04-16T16:40"
"""A moment for which no other test asks: its shade is not there yet."""
UPPER_HALF = 380
"""A picture begins at most so far down a phone of 844 pixels. [px]"""


def compare(page: Page, server: Server, pair: str = "vogeltorens|vogelhof", *, more: str = "") -> Page:
    """Follow a link to a comparison."""
    page.goto(f"{server.base_url}/compare?lang=nl&compare={pair}{more}")
    expect(page.locator("h1")).to_have_text("Vergelijken", timeout=90_000)
    wait_for_scene(page)
    wait_for_script(page)
    return page


def viewports(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.evaluate("() => globalThis.wijktwinScene.viewports()")
    return found


def looks_from(viewport: dict[str, float]) -> dict[str, float]:
    return {name: viewport[name] for name in ("longitude", "latitude", "zoom", "pitch", "bearing")}


def drawn(page: Page) -> list[NDArray[np.int64]]:
    """Both pictures as they are painted now, each of shape (height, width, 3)."""
    addresses = [page.evaluate(f"() => globalThis.wijktwinScene.toDataURL({pane})") for pane in (0, 1)]
    contents = [base64.b64decode(address.partition(",")[2]) for address in addresses]
    return [np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=np.int64) for content in contents]


def drag(page: Page, pane: int) -> None:
    """Drag one of the pictures a little."""
    box = page.locator(".pane canvas").nth(pane).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 3, box["y"] + box["height"] - 3)


@pytest.mark.parametrize("pane", [pytest.param(0, marks=pytest.mark.exhaustive), 1])
def test_moving_in_either_picture_moves_both(pane: int, page: Page, server: Server) -> None:
    compare(page, server)
    before = viewports(page)
    assert len(before) == 2
    drag(page, pane)
    page.wait_for_function("was => Math.abs(globalThis.wijktwinScene.camera().longitude - was) > 1e-6", arg=before[0]["longitude"])
    page.wait_for_function(
        """() => { const [one, other] = globalThis.wijktwinScene.viewports();
        return ['longitude', 'latitude', 'zoom', 'pitch', 'bearing', 'width', 'height'].every((name) => one[name] === other[name]); }"""
    )
    after = viewports(page)
    assert after[0] == after[1]
    assert looks_from(after[0]) != looks_from(before[0])


def test_each_picture_shows_its_own_plan_and_shade_of_one_moment(page: Page, server: Server) -> None:
    compare(page, server, more=f"&sun={NEVER_ASKED}")  # computed while the pictures are made
    page.wait_for_function("() => { const shade = globalThis.wijktwinScene.shade(); return shade.minute !== null && shade.isDrawn; }")
    shaded = drawn(page)
    layers = [page.evaluate(f"() => globalThis.wijktwinScene.layers({pane})") for pane in (0, 1)]
    assert "volume/vogeltorens" in layers[0]
    assert "volume/vogelhof" not in layers[0]
    assert "volume/vogelhof" in layers[1]
    assert "volume/vogeltorens" not in layers[1]
    rows = [page.evaluate(f"() => JSON.stringify(globalThis.wijktwinScene.shadeRows({pane}))") for pane in (0, 1)]
    assert rows[0] != rows[1]
    assert page.locator(".pane-title").all_inner_texts() == ["Plan van de ontwikkelaar", "Alternatief van bewoners"]
    names = [canvas.get_attribute("aria-label") or "" for canvas in page.locator(".pane canvas").all()]
    assert names[0].startswith("Plan van de ontwikkelaar: ")
    assert "Vogelhof" not in names[0]
    assert "Vogelhof" in names[1]
    page.get_by_role("button", name="Zon en schaduw").click()
    page.wait_for_function("() => { const shade = globalThis.wijktwinScene.shade(); return shade.minute === null && shade.isDrawn; }")
    for with_shade, plain in zip(shaded, drawn(page), strict=True):
        is_violet = (with_shade[..., 2] > with_shade[..., 1] + 25) & (with_shade.sum(axis=2) < plain.sum(axis=2) - 60)
        assert is_violet.sum() > 300, "shade that a plan adds, where the ground was lighter"


def test_the_pair_stands_in_the_link_and_can_be_chosen(page: Page, server: Server) -> None:
    compare(page, server, "|vogelhof")
    assert page.locator(".pane-title").all_inner_texts() == ["Zoals het nu is", "Alternatief van bewoners"]
    first = page.get_by_role("combobox", name="Eerste beeld")
    first.click()
    page.get_by_role("option", name="Wat hier al mag", exact=False).click()
    expect(page).to_have_url(f"{server.base_url}/compare?v=1&lang=nl&compare=vogeltorens-toegestaan%7Cvogelhof")
    expect(page.locator(".pane-title").first).to_have_text("Wat hier al mag")
    wait_for_scene(page)
    page.reload()
    wait_for_scene(page)
    assert page.locator(".pane-title").all_inner_texts() == ["Wat hier al mag", "Alternatief van bewoners"]


@pytest.mark.exhaustive
def test_residents_get_there_with_one_button(page: Page, server: Server) -> None:
    come_in(page, server, plans="vogelhof", scene=True)
    page.get_by_role("button", name="Vergelijk", exact=True).click()
    expect(page.locator("h1")).to_have_text("Vergelijken")
    wait_for_scene(page)
    expect(page.locator(".pane-title")).to_have_text(["Zoals het nu is", "Alternatief van bewoners"])
    expect(page).to_have_url(f"{server.base_url}/compare?v=1&lang=nl&plans=vogelhof&compare=%7Cvogelhof")


@pytest.mark.exhaustive
def test_figures_can_be_read_across(page: Page, server: Server) -> None:
    compare(page, server)
    table = page.locator("table.wt-pairs:not(.wt-beside)")
    assert table.locator("thead th").all_inner_texts()[:4] == ["Cijfer", "Plan van de ontwikkelaar", "Alternatief van bewoners", "Verschil"]
    row = table.locator("tbody tr").filter(has=page.locator("th[scope='row']", has_text=re.compile(r"^Bomen(?! die)"))).first
    cells = row.locator("td")
    told = [cells.nth(place).locator("strong").first.inner_text() for place in (0, 1)]
    first, second = (int("".join(sign for sign in words if sign.isdigit())) for words in told)
    difference = int("".join(sign for sign in cells.nth(2).inner_text().replace("−", "-") if sign in "-0123456789"))
    assert difference == second - first


def test_on_a_phone_one_picture_at_a_time_with_two_buttons(open_context: Visitors, server: Server) -> None:
    context, _ = open_context(PHONE)
    page = compare(context.new_page(), server)
    buttons = page.locator(".pane-switch button")
    expect(buttons).to_have_text(["Plan van de ontwikkelaar", "Alternatief van bewoners"])
    expect(page.locator(".pane canvas").first).to_be_visible()
    expect(page.locator(".pane canvas").nth(1)).to_be_hidden()
    expect(page.locator("table.wt-pairs:not(.wt-beside)").first).to_be_attached()
    page.evaluate("() => globalThis.wijktwinScene.setCamera({bearing: 40})")
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(buttons.first).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".pane canvas").first).to_be_hidden()
    expect(page.locator(".pane canvas").nth(1)).to_be_visible()
    page.wait_for_function("() => globalThis.wijktwinScene.viewports()[1].bearing === 40")
    one, other = viewports(page)
    assert one == other
    assert other["width"] > 0.8 * PHONE.width
    assert top_of_picture(page) <= UPPER_HALF
    for address in ("scenarios", ""):
        come_in(page, server, address)
        assert top_of_picture(page) <= UPPER_HALF
    places, picture = page.locator(".places"), page.locator(".picture")
    assert places.bounding_box()["y"] > picture.bounding_box()["y"], "what turns the picture comes after it"  # type: ignore[index]
    page.set_viewport_size({"width": 820, "height": 1180})
    page.wait_for_function(
        """() => { const all = [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean);
        const [places, picture] = ['.places', '.picture'].map((name) => all.map((root) => root.querySelector(name)).find(Boolean));
        return places.getBoundingClientRect().top < picture.getBoundingClientRect().top; }"""
    )
    menu, name = page.locator('[data-testid="stTopNav"]').bounding_box(), page.locator(".wt-name").bounding_box()
    assert menu is not None
    assert name is not None
    assert menu["x"] + menu["width"] <= name["x"], "the menu and the name share the bar"


def top_of_picture(page: Page) -> float:
    """How far down the page the picture begins, once it is there. [px]"""
    expect(page.locator(".picture")).to_be_visible(timeout=90_000)
    wait_for_script(page)
    box = page.locator(".picture").bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.exhaustive
def test_a_plan_of_ones_own_can_be_compared_and_is_in_no_link(page: Page, server: Server) -> None:
    come_in(page, server, "scenarios", plans="vogeltorens", scene=True)
    page.get_by_role("tab", name="Variëren").click()
    page.get_by_role("spinbutton", name="Aantal bouwlagen").fill("5")
    page.get_by_role("spinbutton", name="Aantal bouwlagen").press("Enter")
    page.get_by_role("button", name="Maak de variant").click()
    expect(page.get_by_text("staat in beeld. Alleen u ziet het.").first).to_be_visible()
    wait_for_script(page)
    page.reload()  # the server begins a new visit, and the tab brings the variant
    expect(page.get_by_role("checkbox", name="(variant)")).to_be_checked(timeout=90_000)
    page.get_by_role("button", name="Voor planmakers").click()
    page.get_by_role("link", name="Vergelijken").first.click()
    expect(page.locator("h1")).to_have_text("Vergelijken")
    wait_for_scene(page)
    expect(page.locator(".pane-title").nth(1)).to_contain_text("Uw eigen plan")
    wait_for_script(page)
    assert "compare=" not in page.url
    assert "variant" not in page.url


def picked(page: Page, wanted: str, pane: int) -> Any:
    return page.evaluate(
        """([wanted, pane]) => { const scene = globalThis.wijktwinScene; const [width, height] = scene.size(pane);
        for (const step of [64, 24]) for (let y = height / 2 % step; y < height; y += step) for (let x = 40; x < width - 80; x += step)
          if (scene.pick(x, y, pane)?.layer === wanted) return [x, y];
        return null; }""",
        [wanted, pane],
    )


@pytest.mark.exhaustive
def test_a_click_in_either_picture_tells_of_its_own_plan(page: Page, server: Server) -> None:
    compare(page, server)
    for pane, layer, words in ((0, "volume/vogeltorens", "toren"), (1, "volume/vogelhof", "Vogelhof")):
        place = picked(page, layer, pane)
        assert place is not None
        box = page.locator(".pane canvas").nth(pane).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + place[0], box["y"] + place[1])
        expect(page.locator("section.wt-card").first).to_contain_text(words)
        wait_for_script(page)


@pytest.mark.exhaustive
def test_reading_the_camera_over_the_two_pages_keeps_it(page: Page, server: Server) -> None:
    come_in(page, server, plans="vogelhof", scene=True)
    page.get_by_role("button", name="Van boven", exact=True).click()
    page.wait_for_function("() => globalThis.wijktwinScene.camera().pitch === 0")
    before = page.evaluate("() => globalThis.wijktwinScene.camera()")
    page.get_by_role("button", name="Vergelijk", exact=True).click()
    expect(page.locator(".pane-title")).to_have_count(2)
    wait_for_scene(page)
    for viewport in viewports(page):
        for name, value in looks_from(viewport).items():  # as exactly as the link holds it
            assert before[name] == pytest.approx(value, abs=1e-5 if name in {"longitude", "latitude"} else 0.01), name
