"""Walking at eye level, and the text that follows what is in view, in a real browser: on a hillside, in two pictures, by key and button."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from layers.frame import Frame
from layers.prepared import prepare
from layers.standalone import Inside
from layers.surroundings import in_view_data
from layers.terrain import build_terrain
from tests.browser.apps.starting import served
from tests.browser.test_scene import Visit
from tests.browser.visiting import LAPTOP, PHONE, Recorder, wait_for_script
from tests.layers.small_town import SOUTH, STREET_NAME, WEST, sloping_town, tower

Visitors = Callable[..., tuple[BrowserContext, Recorder]]
EYE: Final = 1.6
"""Height of the eye above the ground. [m]"""
CORNERS_ARE: Final = "() => window.wijktwinScene.layers().some((id) => id.endsWith('/eye'))"
"""Whether upright corners of walls are drawn, which are for who walks."""


@pytest.fixture(scope="module")
def hill_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a town on a hillside: each house stands 1.5 m higher than the one to the west of it."""
    with served("scene_asgi.py", tmp_path_factory.mktemp("hill") / "server.log", WIJKTWIN_TEST_SLOPE="1") as url:
        yield url


@pytest.fixture
def visit(open_context: Visitors, hill_url: str) -> Visit:
    context, recorder = open_context(LAPTOP)
    return Visit(context.new_page(), hill_url, recorder).open()


def frame() -> Frame:
    return Frame.of(sloping_town())


def stands(visit: Visit) -> tuple[float, float]:
    """Where the walker is. [m from WEST, SOUTH]"""
    at = visit.ask("walker()")
    x, y = frame().xy(at["longitude"], at["latitude"])
    return x - WEST, y - SOUTH


def put(visit: Visit, x: float, y: float, *, bearing: float = 0.0, up: float = 0.0) -> None:
    """Let the walker stand somewhere."""
    longitude, latitude = frame().lonlat(WEST + x, SOUTH + y)
    visit.page.evaluate(
        f"window.wijktwinScene.walk({json.dumps({'longitude': longitude, 'latitude': latitude, 'bearing': bearing, 'up': up})})"
    )


def seen_at(visit: Visit, x: float, y: float, *, above: float = 0.0) -> tuple[float, float]:
    """Where in the picture a place so far above the ground is. [m from WEST, SOUTH] -> [px]"""
    place = np.array([[WEST + x, SOUTH + y]])
    ground = build_terrain(sloping_town()).at(place)
    position = frame().positions(np.column_stack([place, ground + above]))[0].tolist()
    across, down, *_ = visit.ask(f"project({json.dumps(position)})")
    return across, down


def assert_eye_is_at_the_height_of_people(visit: Visit) -> None:
    for pane in range(visit.page.locator(".pane canvas").count()):
        eye = visit.ask(f"eye({pane})")
        x, y = frame().xy(eye["at"][0], eye["at"][1])
        ground = build_terrain(sloping_town()).at(np.array([[x, y]]))[0] - frame().reference_ground
        assert eye["at"][2] - ground == pytest.approx(EYE, abs=0.02)
        assert (x - WEST, y - SOUTH) == pytest.approx(stands(visit), abs=0.02)


def assert_ground_is_as_it_is_drawn(visit: Visit) -> None:
    """The browser's sum and the server's have one answer, also where the ground bends from cell to cell."""
    town = sloping_town()
    found = prepare(town, [], publish=Inside())
    flat = found.terrain
    bent = replace(flat, heights=flat.heights + np.random.default_rng(1).uniform(0.0, 2.0, flat.heights.shape))
    west, south, east, north = bent.bounds
    places = np.random.default_rng(2).uniform((west, south), (east, north), (300, 2))
    script = """async ([ground, places]) => {
      const address = performance.getEntriesByType('resource').map(({ name }) => name).find((name) => name.endsWith('/surroundings.js'));
      const { Surroundings } = await import(address);
      const around = Object.assign(new Surroundings({}), { ground });
      return places.map((place) => around.height(place));
    }"""
    ground = in_view_data(town, replace(found, terrain=bent))["ground"]
    heights = np.array(visit.page.evaluate(script, [ground, (places - (west, south)).tolist()])) + found.frame.reference_ground
    assert np.abs(heights - bent.at(places)).max() <= 0.005 + 1e-6


def press(visit: Visit, key: str, times: int = 1) -> None:
    for _ in range(times):
        visit.page.keyboard.press(key)


def said(visit: Visit) -> str:
    return visit.page.locator(".for-readers[role=status]").inner_text()


def in_view(visit: Visit) -> str:
    """The text below the picture, once it follows what is seen now."""
    visit.page.wait_for_function("() => window.wijktwinScene.inView()")
    found: str = visit.ask("inView()")
    return found


@pytest.mark.exhaustive
def test_walking_on_a_hillside(visit: Visit) -> None:
    before = visit.camera()
    visit.page.get_by_role("button", name="Rondlopen op ooghoogte").press("Enter")
    visit.page.wait_for_function(f"() => window.wijktwinScene.walker() && ({CORNERS_ARE})()")
    assert_eye_is_at_the_height_of_people(visit)
    assert_ground_is_as_it_is_drawn(visit)
    assert abs(visit.ask("eye()")["rise"]) < 1e-4, "one looks level"
    assert visit.ask("walker()")["bearing"] == pytest.approx(before["bearing"])
    assert visit.page.evaluate("document.activeElement.shadowRoot.activeElement.dataset.action") == "stage"
    assert "1,6 meter boven de grond" in said(visit)

    put(visit, 5, -9, bearing=90)
    heights = []
    for key, moved in {"KeyW": (1, 0), "ArrowUp": (1, 0), "KeyS": (-1, 0), "KeyA": (0, 1), "KeyD": (0, -1), "Shift+KeyW": (3, 0)}.items():
        was = np.array(stands(visit))
        press(visit, key)
        assert np.array(stands(visit)) - was == pytest.approx(np.array(moved), abs=0.06), key
        assert_eye_is_at_the_height_of_people(visit)
        heights.append(visit.ask("walker()")["eye"])
    assert heights[-1] - heights[-2] == pytest.approx(3 * 0.15, abs=0.15), "three metres up the hill"
    press(visit, "ArrowLeft")
    press(visit, "PageUp")
    assert visit.ask("walker()")["bearing"] == pytest.approx(75)
    assert visit.ask("walker()")["up"] == pytest.approx(10)
    assert visit.ask("eye()")["rise"] > 0.1

    put(visit, 23, -5, bearing=0)  # in front of house 2, which begins at y = 0
    press(visit, "Shift+KeyW", 3)
    _, y = stands(visit)
    assert -0.75 < y < -0.3, "one stands before the wall"
    assert "U kunt niet verder" in said(visit)
    wide, high = visit.ask("size()")
    assert visit.ask(f"pick({wide / 2}, {high / 2})")["index"] == 2, "one sees the wall of house 2"
    put(visit, 21, -0.6, bearing=60)
    press(visit, "KeyW", 9)
    assert stands(visit)[0] > 26, "one goes along a wall"
    walls = [shapely.affinity.translate(found, -WEST, -SOUTH) for found in sloping_town().buildings.footprints]
    assert min(wall.distance(shapely.Point(stands(visit))) for wall in walls) > 0.3

    put(visit, 20, -9, bearing=90, up=-20)
    visit.canvas.scroll_into_view_if_needed()
    box = visit.canvas.bounding_box()
    assert box is not None
    across, down = seen_at(visit, 26, -9)
    visit.page.mouse.click(box["x"] + across, box["y"] + down)
    told = visit.wait_until_told('"kept": {"thing": "ground"')
    assert told["kept_point"] == pytest.approx([WEST + 26, SOUTH - 9], abs=0.5)
    visit.wait()
    assert visit.ask("walker()") is not None, "a click does not end the walk"

    visit.stage.focus()
    press(visit, "Escape")
    assert visit.ask("walker()") is None
    assert visit.camera() == pytest.approx(before, abs=1e-9), "back to where one was"
    visit.page.wait_for_function(f"() => !({CORNERS_ARE})()")
    assert visit.ask("viewports()")[0]["pitch"] == pytest.approx(before["pitch"])


@pytest.mark.exhaustive
def test_two_pictures_buttons_and_a_building_that_comes(visit: Visit) -> None:
    visit.page.get_by_text("compare", exact=True).click()
    expect(visit.page.locator(".pane canvas")).to_have_count(2)
    wait_for_script(visit.page)
    visit.wait()
    visit.page.get_by_role("button", name="Rondlopen op ooghoogte").click()
    visit.page.wait_for_function("() => window.wijktwinScene.walker()")
    put(visit, 33, 14, bearing=180)  # in the garden north of the houses that the tower replaces
    assert_eye_is_at_the_height_of_people(visit)
    one, other = visit.ask("viewports()")
    assert one == other
    assert "In het beeld “nu”: geen plan te zien. In het beeld “straks”: geen plan te zien." in in_view(visit)
    pad = visit.page.locator(".walk-pad button")
    assert pad.count() == 10, "eight ways to move, the way out, and what is seen from here"
    boxes = [button.bounding_box() for button in pad.all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 44
    was = np.array(stands(visit))
    visit.page.get_by_role("button", name="Achteruit", exact=True).press("Enter")
    assert np.hypot(*(np.array(stands(visit)) - was)) == pytest.approx(1.0, abs=0.05)
    visit.page.get_by_role("button", name="Vooruit", exact=True).click()
    assert stands(visit) == pytest.approx(was, abs=0.06)
    put(visit, 43, 4.5, bearing=0)
    x, y = stands(visit)
    assert not (40 <= x <= 46 and 0 <= y <= 9), "house 4 stands there in one of the pictures"
    put(visit, 38, 0.5, bearing=0)  # between the houses: the tower comes there
    here = stands(visit)
    assert here == pytest.approx((38, 0.5), abs=0.05)
    visit.choose("tower")
    visit.page.wait_for_function(
        "was => Math.abs(window.wijktwinScene.walker().latitude - was) > 1e-7", arg=frame().lonlat(WEST + here[0], SOUTH + here[1])[1]
    )
    place = shapely.affinity.translate(tower().volumes[0].footprint, -WEST, -SOUTH)
    assert not place.contains(shapely.Point(stands(visit)))
    put(visit, 38, -8, bearing=0)
    told = in_view(visit)
    assert "In het beeld “nu”: geen plan te zien. In het beeld “straks”: 1 nieuw bouwdeel en 2 gebouwen van nu verdwijnen." in told
    found = Axe().run(visit.page, context=[["[data-testid=stBidiComponentIsolated]"]]).response["violations"]
    assert not [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
    visit.page.get_by_role("button", name="Stop met lopen").focus()
    was = np.array(stands(visit))
    press(visit, "KeyS")
    assert np.hypot(*(np.array(stands(visit)) - was)) == pytest.approx(1.0, abs=0.05), "keys work on the buttons too"
    press(visit, "Escape")
    assert visit.ask("walker()") is None
    assert visit.page.evaluate("document.activeElement.shadowRoot.activeElement.dataset.action") == "walk"


def test_the_text_follows_what_is_in_view(visit: Visit) -> None:
    told = in_view(visit)
    direction = "noordwesten" if visit.camera()["bearing"] < -22.5 else "noorden"
    assert re.match(rf"U kijkt van ongeveer \d+ meter hoog naar het {direction}\. In beeld staan nu ongeveer 8 gebouwen en schuren", told)
    assert f"Straten in beeld: {STREET_NAME}." in told
    assert told.endswith("Er is geen plan in beeld.")
    height = visit.ask("eye()")["at"][2]
    assert abs(int(re.findall(r"ongeveer (\d+) meter", told)[0]) - height) <= max(5.0, 0.05 * height)
    visit.choose("tower")
    assert in_view(visit).endswith("Plannen in beeld: De toren (1 nieuw bouwdeel en 2 gebouwen van nu verdwijnen).")
    for change in ("zoom: window.wijktwinScene.camera().zoom + 1.6", "bearing: 110, pitch: 30"):
        visit.ask(f"setCamera({{{change}}})")
        told = in_view(visit)
        assert counted(told) == n_in_picture(visit)
        assert 0 < counted(told) < 8
    visit.ask("setCamera({pitch: 0, bearing: 0})")
    assert "bijna recht naar beneden. Boven in het beeld is het noorden." in in_view(visit)
    put(visit, 5, -9, bearing=90)
    told = in_view(visit)
    assert told.startswith(
        f"U staat op ooghoogte (1,6 meter) bij deze straat: {STREET_NAME}. U kijkt naar het oosten. Voor u staan nu binnen"
    )
    visit.choose("en")
    visit.page.wait_for_function(
        "() => (window.wijktwinScene.inView() ?? '').startsWith('You stand at eye level (1.6 metres) by this street')"
    )
    assert visit.page.locator(".in-view").get_attribute("aria-live") == "polite"


def counted(told: str) -> int:
    found = re.search(r"ongeveer (\d+) gebouwen|(1) gebouw of schuur", told)
    assert found is not None, told
    return int(found[1] or found[2])


def n_in_picture(visit: Visit) -> int:
    """How many houses have their middle, three metres above the ground, within the picture."""
    wide, high = visit.ask("size()")
    middles = [found.centroid for found in sloping_town().buildings.footprints]
    places = [seen_at(visit, middle.x - WEST, middle.y - SOUTH, above=3.0) for middle in middles]
    return sum(0 <= across <= wide and 0 <= down <= high for across, down in places)


@pytest.mark.exhaustive
def test_on_a_phone_a_thumb_walks_and_a_finger_looks(open_context: Visitors, hill_url: str) -> None:
    context, _ = open_context(PHONE, reduced_motion=False)
    visit = Visit(context.new_page(), hill_url).open()
    visit.page.locator("[data-action='walk']").tap()
    visit.page.wait_for_function("() => window.wijktwinScene.walker()")
    put(visit, 5, -9, bearing=90)
    was = np.array(stands(visit))
    visit.page.locator("[data-action='walk_forward']").tap()
    visit.page.wait_for_function("was => window.wijktwinScene.walker().longitude > was", arg=frame().lonlat(WEST + 5.9, SOUTH - 9)[0])
    assert stands(visit)[0] - was[0] < 1.6, "one tap is one step"
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE.width
    picture = visit.page.locator(".picture").bounding_box()
    pad = visit.page.locator(".walk-pad").bounding_box()
    assert picture is not None
    assert pad is not None
    assert pad["y"] > picture["y"] + 0.4 * picture["height"], "the picture stays to be seen"
