"""Pointing at bare ground in a real browser: the right coordinates from above, at a slant and on a slope; and what is told of a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from layers.frame import Frame
from layers.terrain import build_terrain
from tests.browser.apps.starting import served
from tests.browser.conftest import Server
from tests.browser.test_pages import come_in
from tests.browser.test_scene import Visit, scene_url  # noqa: F401 - a fixture
from tests.browser.visiting import LAPTOP, wait_for_script, wait_until_still
from tests.layers.small_town import SOUTH, WEST, sloping_town, small_town
from wijktwin.model.neighbourhood import Neighbourhood

CLOSE: Final = 0.5
"""[m]"""
CAMERAS: Final = {"above": (0, 0), "slant": (55, 200), "flat": (72, 160)}
PLACES: Final = ((20.0, 32.0), (80.0, 36.0), (35.0, 27.0), (5.0, 38.0))
"""On the lawn, seen from the north, where nothing stands in between. [m from the corner]"""


@pytest.fixture(scope="module")
def open_town(browser: Browser, scene_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Visit]]:  # noqa: F811
    """A function that opens the small town, level or on a slope; each once."""
    visits: dict[bool, Visit] = {}
    contexts = []
    log = tmp_path_factory.mktemp("slope") / "server.log"
    with served("scene_asgi.py", log, WIJKTWIN_TEST_SLOPE="1") as slope_url:

        def open_it(is_sloping: bool) -> Visit:
            if is_sloping not in visits:
                size = {"width": LAPTOP.width, "height": LAPTOP.height}
                context = browser.new_context(viewport=size, locale="nl-NL", reduced_motion="reduce")  # type: ignore[arg-type]
                context.set_default_timeout(30_000)
                contexts.append(context)
                visits[is_sloping] = Visit(context.new_page(), slope_url if is_sloping else scene_url).open()
            return visits[is_sloping]

        yield open_it
        for context in contexts:
            context.close()


def on_ground(town: Neighbourhood, x: float, y: float, lift: float) -> list[float]:
    """The scene position of a place on the drawn ground."""
    xy = np.array([[WEST + x, SOUTH + y]])
    height = float(build_terrain(town).at(xy)[0]) + lift
    found: list[float] = Frame.of(town).positions(np.array([[WEST + x, SOUTH + y, height]]))[0].tolist()
    return found


LIES_STILL: Final = """(canvas) => {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [before, count] = globalThis.lastPlace ?? [null, 0];
  const here = [left, top, width, height].join();
  globalThis.lastPlace = [here, before === here ? count + 1 : 0];
  return globalThis.lastPlace[1] > 5;
}"""
"""Whether the picture has not moved on the page for some frames: a click is aimed at a place on the page."""


def wait_until_it_lies_still(visit: Visit) -> None:
    """Wait until neither the page nor what the camera shows changes any more."""
    wait_until_still(visit.page)
    visit.page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
    visit.page.evaluate("() => { globalThis.lastPlace = undefined; }")
    visit.page.wait_for_function(LIES_STILL, arg=visit.canvas.element_handle())


def told_point(visit: Visit, place: tuple[float, float]) -> list[float]:
    """Click in a place of the picture, and wait for the coordinates that the page heard."""
    before = visit.told()["n_kept"]
    wait_until_it_lies_still(visit)
    box = visit.canvas.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    visit.wait_until_told(f'"n_kept": {before + 1}')
    point: list[float] = visit.told()["kept_point"]
    return point


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
@pytest.mark.parametrize("is_sloping", [pytest.param(False, id="level", marks=pytest.mark.exhaustive), pytest.param(True, id="slope")])
def test_a_click_tells_the_place_within_half_a_metre(
    open_town: Callable[[bool], Visit],
    is_sloping: bool,
    camera: tuple[int, int],
) -> None:
    visit, town = open_town(is_sloping), sloping_town() if is_sloping else small_town()
    pitch, bearing = camera
    visit.canvas.scroll_into_view_if_needed()
    n_told = 0
    for x, y in PLACES:
        longitude, latitude, _ = on_ground(town, x, y, 0.0)
        visit.ask(f"setCamera({{longitude: {longitude}, latitude: {latitude}, zoom: 18.6, pitch: {pitch}, bearing: {bearing}}})")
        wait_until_it_lies_still(visit)
        across, down, *_ = visit.ask(f"project({on_ground(town, x, y, 0.05)})")
        found = visit.ask(f"pick({across}, {down})")
        assert found is None or found["layer"].startswith("ground/"), "something stands in between"
        point = told_point(visit, (across, down))
        assert np.hypot(point[0] - WEST - x, point[1] - SOUTH - y) < CLOSE, (x, y, point)
        n_told += 1
    assert n_told == len(PLACES)


def test_enter_at_the_crosshair_tells_the_same(open_town: Callable[[bool], Visit]) -> None:
    visit = open_town(False)
    longitude, latitude, _ = on_ground(small_town(), 20, 32, 0.0)
    visit.ask(f"setCamera({{longitude: {longitude}, latitude: {latitude}, zoom: 18.6, pitch: 40, bearing: 10}})")
    wide, high = visit.ask("size()")
    by_mouse = told_point(visit, (wide / 2, high / 2))
    before = visit.told()["n_kept"]
    visit.stage.focus()
    visit.page.keyboard.press("Enter")
    visit.wait_until_told(f'"n_kept": {before + 1}')
    assert visit.told()["kept_point"] == pytest.approx(by_mouse, abs=0.05)


# ------------------------------------------------------------------------------------------------------------ the real page
FIND: Final = """(wanted) => {
  const scene = globalThis.wijktwinScene, [width, height] = scene.size();
  for (const step of [64, 24])
    for (let y = height / 2 % step; y < height - 60; y += step)
      for (let x = 100; x < width - 100; x += step)
        if ((scene.pick(x, y)?.layer ?? '').startsWith(wanted)) return [x, y];
  return null;
}"""


def click_on(page: Page, wanted: str) -> None:
    place = page.evaluate(FIND, wanted)
    assert place is not None, wanted
    box = page.locator(".pane canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + place[0], box["y"] + place[1])


def test_bare_ground_and_trees_tell_what_is_known_of_them(page: Page, server: Server) -> None:
    come_in(page, server, scene=True)
    click_on(page, "ground/")
    card = page.locator("section.wt-card").first
    expect(card.locator("h3")).to_have_text("Deze plek")
    expect(card).to_contain_text("Hier ligt: ")
    expect(card).to_contain_text("Bron: Grond, bomen, adressen en straten")
    expect(card).to_contain_text(re.compile(r"RD-coördinaten: x 1\d\d\.\d{3},\d m, y 4\d\d\.\d{3},\d m"))
    expect(card).to_contain_text(re.compile(r"Dichtstbijzijnde adres: [A-Z][\w ]+ \d+\w*, op (ongeveer \d+ meter|minder dan 1 meter)"))
    wait_for_script(page)
    assert not re.search(r"\d{6}", page.url), "where was pointed is in no link"
    click_on(page, "tree/")
    expect(card.locator("h3")).to_have_text("Boom")
    expect(card).to_contain_text(re.compile(r"Soort: \w+"))
    expect(card).to_contain_text("Breedte van de kroon: ")
    wait_for_script(page)
    page.get_by_role("button", name="Sluit").click()
    expect(page.locator("section.wt-card")).to_have_count(0)
