"""axe-core over every page in both languages: nothing of ours is wrong, and what is Streamlit's own is known by name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.known_violations import is_known, known
from tests.browser.test_pages import ADDRESSES, WITH_SCENE, come_in
from tests.browser.visiting import LAPTOP, PHONE, SIZES, WIDE, Recorder, Size, wait_until_still

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
MOST_TELLING: Final = {("compare", LAPTOP), ("requirements", LAPTOP), ("", PHONE)}
"""Page and screen that are looked at every time; all the others by `make test-all`."""
Visitors = Callable[..., tuple[BrowserContext, Recorder]]


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, HTML and reason of everything that axe finds and that no selector of the known ones covers."""
    wait_until_still(page)
    nodes = [(rule["id"], node) for rule in seen_by_axe(page) for node in rule["nodes"]]
    left = [(rule, node) for rule, node in nodes if not is_streamlits(page, rule, node)]
    return [(rule, node["html"][:200], (node.get("failureSummary") or "")[:200]) for rule, node in left]


def seen_by_axe(page: Page) -> list[dict[str, Any]]:
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(RULES)}}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return found


def is_streamlits(page: Page, rule: str, node: dict[str, Any]) -> bool:
    """Whether what a rule found is one of Streamlit's own; what lies in a shadow root (a list of selectors) is always ours."""
    target = node["target"][0]
    return isinstance(target, str) and is_known(page, rule=rule, target=target, html=node["html"])


@pytest.mark.parametrize(
    ("address", "size"),
    [
        pytest.param(address, size, id=f"{address}-{size.name}", marks=() if (address, size) in MOST_TELLING else pytest.mark.exhaustive)
        for address in ADDRESSES
        for size in SIZES
    ],
)
def test_every_page_fits_its_screen_asks_nobody_else_and_shuts_nobody_out(
    address: str, size: Size, server: Server, open_context: Visitors
) -> None:
    context, recorder = open_context(size)
    page = come_in(context.new_page(), server, address, plans="vogeltorens", scene=address in WITH_SCENE and size is not WIDE)
    for language, other in (("nl", "English"), ("en", "Nederlands")):
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.locator('[data-testid="stMain"]').evaluate("element => element.scrollWidth <= element.clientWidth"), "scrolls sideways"
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        if size is not WIDE:
            assert violations(page) == []
        page.get_by_role("button", name=other, exact=True).click()
    assert recorder.foreign_requests == []
    assert recorder.faults == []


def test_no_violation_of_ours_once_everything_is_open(page: Page, server: Server) -> None:
    come_in(page, server, "scenarios", plans="vogeltorens", scene=True)
    page.locator('[data-testid="stCheckbox"] label', has_text="Vogelhof").click()
    expect(page.get_by_role("alert")).to_be_visible()
    for tab in ("Toevoegen", "Variëren"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        assert violations(page) == []
    for summary in page.locator('[data-testid="stExpander"] summary').all():
        summary.click()
    page.locator("table.wt-figures details summary").first.click()
    field = page.get_by_label("Zoek een pand, adres of plan")
    field.fill("appelvinkstraat 65")
    field.press("Enter")
    page.locator(".st-key-found_buildings button", has_text="Appelvinkstraat 65").click()
    expect(page.locator(".wt-card h3", has_text="Appelvinkstraat 65")).to_be_visible()
    assert violations(page) == []


def test_axe_sees_what_is_wrong(page: Page, server: Server) -> None:
    # without this, a check that never ran would look the same as a page without faults
    come_in(page, server, "accessibility")
    page.evaluate(
        "() => document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\"><p style=\"color:#ccc\">bleek</p>')"
    )
    assert {rule for rule, *_ in violations(page)} == {"image-alt", "color-contrast"}


def test_every_known_violation_still_exists(server: Server, open_context: Visitors) -> None:
    # what Streamlit mends in a new version is struck from the list
    context, _ = open_context(PHONE)
    page = come_in(context.new_page(), server, "scenarios")
    page.get_by_role("tab", name="Toevoegen").click()
    expect(page.locator('[data-testid="stFileUploaderDropzone"]').first).to_be_visible()
    assert {rule["id"] for rule in seen_by_axe(page)} == {name for name, _ in known() if not name.startswith("WCAG2AA")}


@pytest.mark.exhaustive
def test_headings_are_in_order_and_the_page_has_one_first(page: Page, server: Server) -> None:
    for address in ADDRESSES:
        come_in(page, server, address, plans="vogeltorens")
        levels = page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=\"stMain\"] :is(h1,h2,h3,h4,h5,h6)')].map((one) => +one.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels
