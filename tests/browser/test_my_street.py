"""My street on a phone, by keyboard alone: find home, read the card, open a figure; and nothing says whose home it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import come_in
from tests.browser.visiting import PHONE, Recorder, wait_for_scene, wait_until_still

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
HOME = "Buidelmeesstraat 12"
A4 = (595.3, 841.9)
"""[points]"""
READABLE = 8.5 * 96 / 72
"""Letters of the card on paper are at least this high. [CSS pixels]"""
SMALLEST = 7.0 * 96 / 72
"""Idem of sources and of when it was printed."""
LETTERS = """() => {
  const sizes = { card: [], all: [] };
  const walker = document.createTreeWalker(document.querySelector('[data-testid="stMain"]'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !one.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(one).fontSize);
    sizes.all.push(size);
    if (one.closest('.wt-on-paper') && !one.closest('.wt-small')) sizes.card.push(size);
  }
  return sizes;
}"""
"""Sizes of all letters that are printed."""
HIGHER = """() => new Promise((resolve) => {
  const main = document.querySelector('[data-testid="stMain"]');
  const above = document.createElement('div');
  above.style.height = '120px';
  const before = main.scrollTop;
  document.querySelector('.st-key-home_card').prepend(above);
  const look = () => main.scrollTop === before ? requestAnimationFrame(look) : requestAnimationFrame(() => setTimeout(resolve));
  requestAnimationFrame(look);
})"""
"""Something comes into the page above what one looks at, and the page has scrolled along."""
THUMB = 44
"""How high what is pressed with a thumb is at least. [CSS pixels]"""


def height(pressed: Locator) -> float:
    """How high something is on the screen. [CSS pixels]"""
    box = pressed.bounding_box()
    return 0.0 if box is None else box["height"]


def test_home_is_found_by_keyboard_on_a_phone_and_no_address_leaves_the_page(server: Server, open_context: Visitors) -> None:
    context, recorder = open_context(PHONE)
    page = come_in(context.new_page(), server, "my-street")
    field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
    field.focus()
    page.keyboard.type("buidelmestr 12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Bedoelt u dit adres?")).to_be_visible()
    found = page.locator(".st-key-home_results button")
    assert height(found) >= THUMB
    for _ in range(4):  # the button of the search, and what was found
        page.keyboard.press("Tab")
        if found.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"Dit gaat over {HOME}.")).to_be_visible()
    wait_until_still(page)
    assert page.locator("canvas").count() == 0, "words first: the picture is fetched by whoever asks for it"
    subject = page.locator("details.wt-subject > summary", has_text="Parkeren")
    subject.focus()
    page.keyboard.press("Enter")
    line = page.locator("details.wt-subject[open] details.wt-line > summary").last
    line.focus()
    page.keyboard.press("Enter")
    expect(line.locator("xpath=../dl")).to_be_visible()
    for pressed in (subject, line, page.locator(".st-key-home_other button"), page.get_by_role("button", name="Lees voor")):
        assert height(pressed) >= THUMB
    assert page.locator('[data-testid="stMain"]').evaluate("element => element.scrollWidth <= element.clientWidth"), "scrolls sideways"
    assert violations(page) == []
    assert page.locator(".wt-subject .wt-home-lines > li").count() > 60
    assert len(page.locator(".wt-on-paper").text_content() or "") > 3_000  # that nothing is missing: tests/ui/test_home_paper.py
    page.emulate_media(media="print")
    sizes = page.evaluate(LETTERS)
    assert len(sizes["card"]) > 40
    assert min(sizes["card"]) >= READABLE, "everybody can read what is printed"
    assert min(sizes["all"]) >= SMALLEST, "sources too"
    page.emulate_media(media="null")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, "the whole card on one sheet"
    (width, height_) = (float(each) for each in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)[0])
    assert (width, height_) == pytest.approx(A4, abs=1.0)
    told = [page.url, *recorder.requests, *server.errors]
    assert not [each for each in told if "uidelmees" in unquote(each).lower()]
    assert recorder.foreign_requests == []
    assert recorder.faults == []


@pytest.mark.exhaustive
def test_the_view_from_a_window_stays_where_it_is_while_the_plan_changes(server: Server, page: Page) -> None:
    come_in(page, server, "my-street")
    field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
    field.fill(HOME)
    field.press("Enter")
    page.locator(".st-key-home_map summary").first.click()
    page.locator(".st-key-home_scene_on label").click()
    wait_for_scene(page)
    window = page.get_by_role("option", name="Uit het raam: begane grond, kant noorden")
    places = page.locator(".st-key-home_from input")
    places.click()
    expect(window).to_be_visible()
    page.evaluate(HIGHER)  # as figures do that arrive
    expect(window).to_be_visible()
    page.mouse.move(1200, 400)
    page.mouse.wheel(0, -60)
    expect(window).to_be_hidden()  # who scrolls is done with a list
    places.click()
    window.click()
    page.wait_for_function("() => globalThis.wijktwinScene?.walker()?.isWindow")
    before = page.evaluate("() => globalThis.wijktwinScene.walker()")
    assert before["above"] == pytest.approx(1.2)
    assert before["bearing"] == pytest.approx(-11.1, abs=0.1)
    expect(page.get_by_text("Richting: noorden, 348,9 graden met de klok mee vanaf het noorden")).to_be_visible()
    expect(page.get_by_role("button", name="Kijk weer van boven")).to_be_visible()
    page.locator('.st-key-home_map [data-testid="stRadioOption"]', has_text="Plan van de ontwikkelaar").click()
    expect(page.get_by_text("plan: vogeltorens ")).to_be_visible()
    wait_until_still(page)
    assert page.evaluate("() => globalThis.wijktwinScene.walker()") == before
    assert page.locator('[data-action="walk_forward"]').is_hidden(), "nobody walks out of a window"
    assert page.url.endswith("/my-street?v=1&lang=nl"), "where one looks from is in no link"
    assert violations(page) == []
