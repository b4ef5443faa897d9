"""A click in the picture on the real pages: a plan that is switched on is there to be clicked, and its card comes."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.visiting import wait_for_scene

TOWER: Final = "volume/vogeltorens"

FIND: Final = """(wanted) => {
  const scene = globalThis.wijktwinScene;
  const [width, height] = scene.size();
  for (const step of [64, 24])
    for (let y = height / 2 % step; y < height; y += step)
      for (let x = 40; x < width - 80; x += step)
        if (scene.pick(x, y)?.layer.startsWith(wanted)) return [x, y];
  return null;
}"""
"""A place in the picture where something of a layer is seen; null where there is nothing of it."""


def click_on(page: Page, wanted: str) -> None:
    """Click on something of a layer, wherever it is in the picture."""
    place = page.evaluate(FIND, wanted)
    assert place is not None, f"nothing of {wanted} is in the picture"
    canvas = page.locator("[data-scene-state] canvas").last.bounding_box()
    assert canvas is not None
    page.mouse.click(canvas["x"] + place[0], canvas["y"] + place[1])


@pytest.mark.parametrize("address", ["", pytest.param("scenarios", marks=pytest.mark.exhaustive)])
def test_a_plan_that_is_on_is_in_the_picture_and_tells_what_it_is(address: str, page: Page, server: Server) -> None:
    page.goto(f"{server.base_url}/{address}?lang=nl")
    wait_for_scene(page)
    assert TOWER not in page.evaluate("() => globalThis.wijktwinScene.layers()"), "nobody switched it on"
    page.goto(f"{server.base_url}/{address}?lang=nl&plans=vogeltorens")
    wait_for_scene(page)
    click_on(page, TOWER)
    card = page.locator("section.wt-card").first
    expect(card).to_contain_text("toren", timeout=60_000)
    expect(card).to_contain_text("hoog")


def test_a_building_of_today_tells_what_is_known_of_it(page: Page, server: Server) -> None:
    page.goto(f"{server.base_url}/?lang=nl")
    wait_for_scene(page)
    click_on(page, "building/")
    card = page.locator("section.wt-card").first
    expect(card).to_contain_text("Hoogte boven de grond", timeout=60_000)
    expect(card).to_contain_text("Bouwjaar")
