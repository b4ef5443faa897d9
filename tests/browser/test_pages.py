"""The pages as people use them: links, languages, plans, lists, files, with a mouse, a thumb and a keyboard."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from tests.browser.conftest import Server, _start_server
from tests.browser.visiting import LAPTOP, PHONE, SIZES, Recorder, wait_for_scene, wait_for_script, wait_until_still

expect.set_options(timeout=30_000)  # [ms] two cores that draw in software are not in a hurry
Visitors = Callable[..., tuple[BrowserContext, Recorder]]
ROOT: Final = Path(__file__).resolve().parent.parent.parent
ADDRESSES: Final = (
    "", "my-street", "scenarios", "compare", "requirements", "assumptions", "take-home", "sources-and-methods", "accessibility",
)  # fmt: skip
WITH_SCENE: Final = ("", "scenarios", "compare")
NASTY: Final = "![torens](https://elsewhere.example/p.png) <img src=https://elsewhere.example/q.png> www.elsewhere.example :red[**ja**]"


def come_in(page: Page, server: Server, address: str = "", *, language: str = "nl", plans: str = "", scene: bool = False) -> Page:
    """Follow a link, and wait until the page is there."""
    page.goto(f"{server.base_url}/{address}?lang={language}" + (f"&plans={plans}" if plans else ""))
    expect(page.locator("h1")).to_be_visible(timeout=90_000)
    expect(page.locator(".st-key-page_links a").first).to_be_visible(timeout=90_000)
    if scene:
        wait_for_scene(page)
    wait_for_script(page)
    return page


def camera(page: Page) -> dict[str, float]:
    """Where the scene's camera is."""
    told: dict[str, Any] = page.evaluate("() => globalThis.wijktwinScene.camera()")
    return {name: round(told[name], 5) for name in ("longitude", "latitude", "zoom", "pitch", "bearing")}


def plan_card(page: Page, words: str) -> Locator:
    return page.locator('.st-key-plan_cards [data-testid="stRadioOption"]', has_text=words)


def switch_language(page: Page, name: str, heading: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(heading)


# -------------------------------------------------------------------------------------------------------------- every page
@pytest.mark.exhaustive
def test_the_first_visitor_of_a_fresh_server_may_come_in_by_a_deep_link(fresh_server: Server, page: Page) -> None:
    # a page directly in pages/ would be served without app.py; and until the first page has run, a deep link is told that it is not there
    come_in(page, fresh_server, "scenarios")
    assert page.get_by_text("Page not found").count() == 0
    expect(page.locator("h1")).to_have_text("Plannen en cijfers")
    expect(page.locator(".wt-fictional")).to_be_visible()
    expect(page.locator(".st-key-language_en button")).to_be_visible()
    expect(page).to_have_url(f"{fresh_server.base_url}/scenarios?v=1&lang=nl")


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody visited before."""
    server = _start_server(None, tmp_path)
    yield server
    server.process.terminate()
    server.process.wait(timeout=30)
    for stream in (server.process.stdout, server.process.stderr):
        if stream is not None:
            stream.close()


def test_the_menu_leads_to_every_page_and_keeps_what_is_on(page: Page, server: Server) -> None:
    come_in(page, server, plans="vogeltorens")
    page.get_by_role("button", name="Voor planmakers").click()
    page.get_by_role("link", name="Plannen en cijfers").first.click()
    expect(page.locator("h1")).to_have_text("Plannen en cijfers")
    expect(page.get_by_role("checkbox", name="Vogeltorens: twee torens met 165 woningen")).to_be_checked()
    expect(page).to_have_url(f"{server.base_url}/scenarios?v=1&lang=nl&plans=vogeltorens")


@pytest.mark.exhaustive
def test_links_at_the_foot_lead_on_from_a_phone(phone_page: Page, server: Server) -> None:
    come_in(phone_page, server, language="en")
    phone_page.locator(".st-key-page_links a", has_text="Sources and methods").click()
    expect(phone_page.locator("h1")).to_have_text("Sources and methods")
    assert phone_page.evaluate("() => document.documentElement.lang") == "en"


# --------------------------------------------------------------------------------------------------------- language, camera
def test_language_switch_keeps_camera_plan_and_selection_and_streets_around_a_plan_are_a_press_away(page: Page, server: Server) -> None:
    come_in(page, server, plans="vogeltorens", scene=True)
    page.get_by_role("button", name="Van boven", exact=True).click()
    page.wait_for_function("() => Math.abs(globalThis.wijktwinScene.camera().pitch) < 0.01")
    before = camera(page)
    switch_language(page, "English", "Look around the neighbourhood")
    wait_for_scene(page)
    assert camera(page) == before
    assert page.evaluate("() => document.documentElement.lang") == "en"
    expect(page.get_by_role("radio", name="Plan by the developer")).to_be_checked()
    expect(page).to_have_url(re.compile(rf"^{re.escape(server.base_url)}/\?v=1&lang=en&plans=vogeltorens&view=[\d.,-]+$"))
    switch_language(page, "Nederlands", "Rondkijken in de buurt")
    assert camera(page) == before
    assert page.evaluate("() => document.documentElement.lang") == "nl"
    page.get_by_role("button", name="Op ooghoogte vanaf de straat ten noorden van wat nieuw is").click()
    page.wait_for_function("() => globalThis.wijktwinScene.walker() !== null")
    walker = page.evaluate("() => globalThis.wijktwinScene.walker()")
    assert walker["above"] == 1.6
    assert 90 < walker["bearing"] % 360 < 270, "who stands in the north looks south"
    expect(page).to_have_url(re.compile(r"&walk=[\d.,-]+$"))


@pytest.mark.exhaustive
def test_another_plan_and_another_page_keep_the_camera(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    before = camera(page)
    plan_card(page, "Plan van de ontwikkelaar").click()
    expect(page.get_by_text("In dit plan komen 165 woningen.")).to_be_visible()
    assert camera(page) == before
    page.locator(".st-key-page_links a", has_text="Plannen en cijfers").click()
    expect(page.locator("h1")).to_have_text("Plannen en cijfers")
    wait_for_scene(page)
    assert camera(page) == before


def test_a_building_chosen_in_the_list_is_shown_and_flown_to(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    before = camera(page)
    field = page.get_by_label("Zoek een pand, adres of plan")
    field.fill("appelvinkstraat 65")
    field.press("Enter")
    choice = page.locator(".st-key-found_buildings button")
    expect(choice).to_have_count(1)
    choice.first.click()
    expect(page.locator(".wt-card h3", has_text="Appelvinkstraat 65")).to_be_visible()
    page.wait_for_function("zoom => globalThis.wijktwinScene.camera().zoom > zoom + 1", arg=before["zoom"])


# ------------------------------------------------------------------------------------------------------------ being refused
def test_plans_that_exclude_each_other_are_refused_with_a_way_out(page: Page, server: Server) -> None:
    come_in(page, server, "scenarios", plans="vogeltorens")
    page.locator('[data-testid="stCheckbox"] label', has_text="Vogelhof").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Dat kan niet samen")
    expect(page.get_by_role("checkbox", name="Vogelhof").first).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Vogeltorens: twee torens")).to_be_checked()
    page.locator(".st-key-refusal_instead button").click()
    expect(page.get_by_role("checkbox", name="Vogelhof").first).to_be_checked()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page).to_have_url(f"{server.base_url}/scenarios?v=1&lang=nl&plans=vogelhof")


@pytest.mark.exhaustive
def test_a_bad_file_is_refused_calmly_and_nothing_else_is_lost(page: Page, server: Server) -> None:
    come_in(page, server, "scenarios", plans="vogeltorens", scene=True)
    before = camera(page)
    page.get_by_role("tab", name="Toevoegen").click()
    send(page, 0, "kapot.geojson", b"{not json")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("kapot.geojson", timeout=60_000)
    expect(told).to_contain_text("Wat u al zag, is er nog.")
    assert camera(page) == before
    expect(page).to_have_url(f"{server.base_url}/scenarios?v=1&lang=nl&plans=vogeltorens")
    send(page, 1, "oud.city.json", b'{"type": "CityJSON", "version": "0.9", "CityObjects": {}, "vertices": []}')
    expect(told).to_contain_text("oud.city.json", timeout=60_000)


@pytest.mark.exhaustive
def test_what_one_visitor_uploads_no_other_sees(page: Page, server: Server, open_context: Visitors) -> None:
    come_in(page, server, "scenarios")
    page.get_by_role("tab", name="Toevoegen").click()
    send(page, 0, "mijn.geojson", own_plan("Mijn eigen idee"))
    expect(page.get_by_text("“Mijn eigen idee” is toegevoegd en staat in beeld. Alleen u ziet het.")).to_be_visible(timeout=60_000)
    other, _ = open_context()
    theirs = come_in(other.new_page(), server, "scenarios")
    assert theirs.get_by_text("Mijn eigen idee").count() == 0
    expect(page.get_by_text("Mijn eigen idee").first).to_be_attached()


def test_nobody_can_send_a_file_to_a_page_that_asks_for_none(page: Page, server: Server) -> None:
    come_in(page, server, "accessibility")
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.base_url}/_stcore/upload_file/00000000-0000-0000-0000-000000000000/x", data=b"x", method="PUT"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)  # noqa: S310 - idem
    assert refused.value.code == 403


@pytest.mark.exhaustive
def test_a_plan_called_as_a_picture_loads_nothing(page: Page, server: Server, recorder: Recorder) -> None:
    come_in(page, server, "scenarios")
    page.get_by_role("tab", name="Toevoegen").click()
    send(page, 0, "![x](https:elsewhere.example).geojson", own_plan(NASTY))
    expect(page.get_by_text("is toegevoegd en staat in beeld. Alleen u ziet het.")).to_be_visible(timeout=60_000)
    page.get_by_role("tab", name="Plannen", exact=True).click()
    name = page.locator('[data-testid="stCheckbox"] label', has_text="![torens]")
    expect(name).to_be_visible()
    assert name.inner_text().replace("\u2060", "").strip() == NASTY
    page.get_by_role("tab", name="Variëren").click()
    page.locator(".st-key-page_links a", has_text="Rondkijken").click()
    expect(page.locator("h1")).to_have_text("Rondkijken in de buurt")
    expect(page.get_by_text("U ziet ook").first).to_be_visible()
    assert page.locator('main img[src*="elsewhere"], [data-testid="stMain"] a[href*="elsewhere"]').count() == 0
    assert recorder.foreign_requests == []


def send(page: Page, place: int, name: str, content: bytes) -> None:
    """Put a file in one of the uploaders of the page."""
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').nth(place).set_input_files(file)


def own_plan(title: str) -> bytes:
    document = json.loads((ROOT / "data" / "example" / "plans" / "vogelhof.geojson").read_text(encoding="utf-8"))
    document["plan"] |= {"plan_id": "mijn-plan", "title": title, "status": "draft", "excludes": []}
    return json.dumps(document).encode()


# ------------------------------------------------------------------------------------------------------------ own data file
def test_a_file_of_ones_own_is_shown_without_a_word_of_the_example(
    serve: Callable[[Path | None], Server], shared_data: Path, tmp_path: Path, page: Page
) -> None:
    tile = tmp_path / "dehoef.city.json"
    shutil.copyfile(shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json", tile)
    server = serve(tile)
    come_in(page, server, scene=True)
    expect(page.locator(".wt-name")).to_contain_text("Dehoef")
    assert page.locator(".wt-fictional").count() == 0
    expect(page.get_by_text("nog geen plannen gepubliceerd")).to_be_visible()
    expect(page.locator('[data-testid="stHtml"] p', has_text="In deze buurt staan 167 gebouwen")).to_be_visible()
    expect(page.locator(".wt-sources").last).to_contain_text("© 3DBAG by tudelft3d and 3DGI")
    page.locator(".st-key-page_links a", has_text="Bronnen en methode").click()
    expect(page.get_by_text("Bij 4 panden heeft de vorm fouten", exact=False)).to_be_visible()


# ---------------------------------------------------------------------------------------------------------------- keyboard
def tab_to(page: Page, wanted: Locator, *, most: int = 120) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement || element.contains(document.activeElement)"):
            return
    pytest.fail(f"{wanted} was not reached with {most} tabs")


def test_a_plan_and_the_list_are_reached_and_used_by_keyboard_alone(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    choice = page.get_by_role("radio", name="Zoals het nu is")
    tab_to(page, choice)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Plan van de ontwikkelaar")).to_be_checked()
    expect(page.get_by_text("In dit plan komen 165 woningen.")).to_be_visible()
    tab_to(page, page.get_by_label("Zoek een pand, adres of plan"))
    page.keyboard.type("hoge toren")
    page.keyboard.press("Enter")
    button = page.locator(".st-key-found_volumes button").first
    expect(page.locator(".st-key-found_volumes button")).to_have_count(1)
    tab_to(page, button, most=5)
    page.keyboard.press("Enter")
    expect(page.locator(".wt-card h3", has_text="Hoge toren")).to_be_visible()


def test_the_scene_is_no_keyboard_trap(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    stage = page.locator("section.scene .stage")
    stage.focus()
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.shadowRoot === null && document.activeElement !== document.body"):
            return
    pytest.fail("Tab did not leave the scene")


def test_focus_can_be_seen(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    wait_until_still(page)
    page.keyboard.press("Tab")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(outline(page))
    assert all(seen), seen


def outline(page: Page) -> bool:
    """Whether what has the focus, or what stands for it, has an outline or an edge that others have not."""
    return bool(
        page.evaluate(
            """() => {
              let found = document.activeElement;
              while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
              const drawn = (element, pseudo) => {
                const style = getComputedStyle(element, pseudo);
                return (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none') || parseFloat(style.borderTopWidth) >= 3
                  || style.boxShadow !== 'none';
              };
              for (let element = found, up = 0; element && up < 4; element = element.parentElement, up += 1) {
                if (drawn(element) || drawn(element, '::after')) return true;
              }
              return false;
            }"""
        )
    )


@pytest.mark.exhaustive
def test_targets_are_large_enough_for_a_thumb(open_context: Visitors, server: Server) -> None:
    context, _ = open_context(PHONE)
    page = come_in(context.new_page(), server, plans="vogeltorens", scene=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '[data-testid="stMain"] :is(button, a, summary, input:not([type=radio], [type=checkbox]), [role="tab"], label)')]
          .filter((one) => one.offsetParent !== null && !one.closest('p'))
          .map((one) => [one.tagName, one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
          .filter(([, , box]) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24))
          .map(([tag, text, box]) => `${tag} ${text} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`)"""
    )
    assert small == []


def test_sizes_are_those_that_are_promised() -> None:
    assert {(size.width, size.height) for size in SIZES} >= {(1920, 1080), (390, 844)}
    assert LAPTOP.width <= 1440


# ---------------------------------------------------------------------------------------------------- addresses that are not there
def test_an_address_that_is_not_there_is_told_calmly_with_a_way_back(page: Page, server: Server) -> None:
    answer = page.goto(f"{server.base_url}/nonsense")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Deze pagina is er niet")).to_be_visible()
    page.get_by_role("link", name="Naar de buurt").click()
    expect(page.locator("h1")).to_have_text("Rondkijken in de buurt", timeout=90_000)
    page.goto(f"{server.base_url}/look-around?lang=en&plans=vogeltorens")
    expect(page.get_by_role("radio", name="Plan by the developer")).to_be_checked(timeout=90_000)
    assert page.get_by_text("Page not found").count() == 0
