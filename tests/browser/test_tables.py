"""Tables of figures in a real browser: a row leads into the picture, and on a phone nothing has to be scrolled sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_pages import come_in
from tests.browser.visiting import wait_for_script


def test_a_row_flies_the_camera_there_and_colours_its_places(page: Page, server: Server) -> None:
    come_in(page, server, "scenarios", plans="vogeltorens", scene=True)
    before = page.evaluate("() => globalThis.wijktwinScene.camera()")
    page.locator(".st-key-figures_folds summary", has_text="Parkeren").press("Enter")
    row = page.locator('button[data-figure="parking.street|street|Tapuitplein"]')
    row.focus()
    row.press("Enter")
    page.wait_for_function("was => Math.abs(globalThis.wijktwinScene.camera().zoom - was) > 0.3", arg=before["zoom"])
    expect(page.locator("ul.wt-legend")).to_contain_text("minder")
    expect(page.locator(".st-key-scene")).to_be_in_viewport()
    page.wait_for_function("() => globalThis.wijktwinScene.layers().includes('ground-colours')")
    page.get_by_role("button", name="Zonder deze kleuren").click()
    wait_for_script(page)
    page.wait_for_function("() => !globalThis.wijktwinScene.layers().includes('ground-colours')")


@pytest.mark.exhaustive
def test_tables_are_lists_on_a_phone(phone_page: Page, server: Server) -> None:
    for address, table in (("scenarios", "wt-told"), ("compare", "wt-beside"), ("requirements", "wt-asked"), ("assumptions", "wt-figures")):
        come_in(phone_page, server, address, plans="vogeltorens")
        for fold in phone_page.locator('[class*="_folds"] summary').all():
            fold.click()
        shown = phone_page.locator(f"table.{table}").first
        expect(shown).to_be_attached()
        width = shown.evaluate("table => table.scrollWidth - table.parentElement.clientWidth")
        assert width <= 1, address
        head = phone_page.locator(f"table.{table} tbody tr:not(.wt-group) td[data-label]").first
        assert head.evaluate("cell => getComputedStyle(cell, '::before').content") not in {"", "none"}, address
