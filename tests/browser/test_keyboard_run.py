"""My street by keyboard alone, step by step as docs/keyboard-run.md writes it down; and on a slow line, and from the back row.

Every step is a key that a person presses. What is heard is what a screen reader gets: the name and the role of what has the focus, and
what is announced. Nothing is clicked, filled in or brought into focus by the test itself.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.corner import make_corner
from tests.browser.test_pages import come_in
from tests.browser.visiting import LAPTOP, PHONE, SCENE_MILLISECONDS, WIDE, Recorder, Size, wait_for_scene, wait_until_still

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
HOME: Final = "Buidelmeesstraat 12"
FLAT: Final = "Roodmusstraat 48"
"""One of several homes in a building: on which storey it is has to be asked."""
WRITTEN: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "keyboard-run.md"
FOCUSED: Final = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  const box = one.getBoundingClientRect();
  const labels = one.labels ? [...one.labels].map((label) => label.textContent) : [];
  const ids = (one.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
  const named = ids.map((id) => document.getElementById(id)?.textContent ?? '');
  const own = ['A', 'BUTTON', 'SUMMARY'].includes(one.tagName) ? one.textContent : one.value;
  const name = [one.getAttribute('aria-label'), ...labels, ...named, own].find((text) => text?.trim()) ?? '';
  const drawn = (each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none'
      || parseFloat(style.borderTopWidth) >= 2;
  };
  let shown = false;
  for (let each = one, up = 0; each && up < 5; each = each.parentElement, up += 1) shown ||= drawn(each);
  return { name: name.trim().replace(/\\s+/g, ' '), tag: one.tagName, on: box.width > 0 && box.height > 0, shown };
}"""
FAR: Final = 120
"""So many presses of Tab reach anything on the page, or something holds the focus."""


def tab_to(page: Page, words: str, *, back: bool = False) -> dict[str, Any]:
    """Press Tab until what has the focus is called so; every stop on the way can be seen to have it."""
    heard = []
    for _ in range(FAR):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found: dict[str, Any] = page.evaluate(FOCUSED)
        heard.append(f"{found['tag']} {found['name'][:60]}")
        assert found["tag"] == "BODY" or found["shown"] or not found["on"], f"the focus cannot be seen: {heard[-1]}"
        if words in found["name"]:
            return found
    pytest.fail(f"Tab does not reach {words!r}: {heard}")


@pytest.fixture(scope="module")
def unknown_rooms(serve: Callable[[Path | None], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The corner of the example as BAG would have it: nobody knows storeys and sides."""
    folder = make_corner(tmp_path_factory.mktemp("unknown") / "vogelbuurt")
    table = json.loads((folder / "addresses.geojson").read_bytes())
    for each in table["features"]:
        each["properties"] |= {"storey": None, "side": None}
    (folder / "addresses.geojson").write_text(json.dumps(table), encoding="utf-8")
    return serve(folder)


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=lambda size: size.name)
def test_my_street_from_the_first_tab_to_the_print(size: Size, unknown_rooms: Server, open_context: Visitors) -> None:
    server = unknown_rooms
    context, recorder = open_context(size)
    page = context.new_page()
    page.add_init_script("globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; };")
    come_in(page, server, "my-street")
    tab_to(page, "Uw adres, uw straat, of uw postcode met huisnummer")
    page.keyboard.type("roodmustraat 48")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Bedoelt u dit adres?")).to_be_visible()
    tab_to(page, FLAT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"Dit gaat over {FLAT}.")).to_be_visible()
    wait_until_still(page)
    storey = tab_to(page, "Op welke verdieping?")
    assert storey["tag"] == "INPUT"
    page.keyboard.type("2e")
    page.keyboard.press("Enter")
    wait_until_still(page)
    chosen = page.evaluate(FOCUSED)
    assert "Op welke verdieping?" in chosen["name"], "the focus stays where it was"
    tab_to(page, "Parkeren")
    page.keyboard.press("Enter")
    expect(page.locator("details.wt-subject[open] > summary", has_text="Parkeren")).to_be_visible()
    tab_to(page, "parkeerplaatsen")
    page.keyboard.press("Enter")
    expect(page.locator("details.wt-subject[open] details.wt-line[open] > dl").first).to_be_visible()
    tab_to(page, "Druk dit af", back=True)
    page.keyboard.press("Enter")
    page.wait_for_function("() => globalThis.printed === 1")
    tab_to(page, "Op de kaart en in het beeld")
    page.keyboard.press("Enter")
    tab_to(page, "Laat het 3D-beeld zien")
    page.keyboard.press("Space")
    wait_for_scene(page)
    wait_until_still(page)
    tab_to(page, "Waarvandaan kijkt u?")
    page.keyboard.type("raam")
    page.keyboard.press("Enter")
    page.wait_for_function("() => globalThis.wijktwinScene?.walker()?.isWindow", timeout=SCENE_MILLISECONDS)
    expect(page.get_by_text("Richting: ")).to_be_visible()
    assert recorder.faults == []


def test_the_run_as_written_has_the_steps_of_the_test() -> None:
    steps = re.findall(r"^\| (\d+) \|", WRITTEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [int(step) for step in steps] == list(range(1, 11))


@pytest.mark.exhaustive
def test_on_a_slow_line_the_words_are_there_before_anything_of_the_picture(server: Server, open_context: Visitors) -> None:
    context, recorder = open_context(PHONE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 100, "downloadThroughput": 100_000, "uploadThroughput": 100_000},
    )
    page.set_default_timeout(240_000)
    began = time.monotonic()
    page.goto(f"{server.base_url}/my-street?lang=nl")
    field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
    field.wait_for(timeout=240_000)
    asked = time.monotonic()
    field.fill(HOME)
    field.press("Enter")
    page.locator("details.wt-subject > summary", has_text="Parkeren").wait_for(timeout=240_000)
    read = time.monotonic()
    fetched = [url for url in recorder.requests if "/wijktwin/" in url or "geometry" in url or "index.js" in url.rpartition("/")[2]]
    assert page.locator("canvas").count() == 0
    assert not [url for url in fetched if "geometry" in url], "no geometry before the words"
    print(f"100 kB/s: the search after {asked - began:.1f} s, the card {read - asked:.1f} s after the address")


@pytest.mark.exhaustive
def test_from_the_back_row_the_words_are_large_enough(server: Server, open_context: Visitors) -> None:
    context, _ = open_context(WIDE)
    page = come_in(context.new_page(), server, "my-street")
    field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
    field.fill(HOME)
    field.press("Enter")
    page.locator("details.wt-subject > summary", has_text="Parkeren").click()
    wait_until_still(page)
    sizes = page.evaluate(
        """() => {
          const found = {};
          const walker = document.createTreeWalker(document.querySelector('.st-key-home_card'), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const one = walker.currentNode.parentElement;
            if (walker.currentNode.textContent.trim() && one.checkVisibility?.() && one.getClientRects().length) {
              const size = parseFloat(getComputedStyle(one).fontSize);
              (found[size] ??= []).push(walker.currentNode.textContent.trim().slice(0, 40));
            }
          }
          return found;
        }"""
    )
    smallest = min((size for size in sizes if float(size)), key=float)  # icons have no size of their own
    assert float(smallest) >= 17.5, sizes[smallest]
    lines = page.locator(".wt-home-top .wt-home-lines").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert lines >= 22.5
