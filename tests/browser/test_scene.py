"""The scene in a real browser: what is in the picture, what is pointed at, and what happens when drawing fails."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from layers.frame import Frame
from layers.prepared import prepare
from layers.standalone import Inside
from tests.browser.apps.starting import served
from tests.browser.visiting import LAPTOP, PHONE, Recorder, Size, wait_for_script
from tests.layers.small_town import EAVES, GROUND, RIDGE, SOUTH, WEST, small_town, tower
from ui.geometry_store import ROWS
from ui.scene.assets import own_address
from wijktwin import appearance

NORTH_ROOF: Final = (3.0, 6.75, GROUND + (EAVES + RIDGE) / 2)
"""The middle of the roof that faces north, from the south-west corner of a house. [m, m, m NAP]"""
SOUTH_ROOF: Final = (3.0, 2.25, GROUND + (EAVES + RIDGE) / 2)
Visitors = Callable[..., tuple[BrowserContext, Recorder]]


@pytest.fixture(scope="session")
def scene_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the page of tests/browser/apps."""
    with served("scene_asgi.py", tmp_path_factory.mktemp("scene") / "server.log") as url:
        yield url


class Visit:
    """A page with the scene on it."""

    def __init__(self, page: Page, url: str, recorder: Recorder | None = None) -> None:
        self.page = page
        self.url = url
        self.recorder = recorder or Recorder()
        self.first_camera: dict[str, float] = {}

    def open(self, *, state: str = "ready") -> Visit:
        self.page.goto(self.url)
        self.wait(state)
        if state == "ready":
            self.first_camera = self.camera()
        return self

    def reset(self) -> None:
        self.page.mouse.move(2, 2)
        for label in ("nl", "none"):
            if not self.page.get_by_role("radio", name=label, exact=True).is_checked():
                self.choose(label)
        if self.page.get_by_role("checkbox", name="compare").is_checked():
            self.page.get_by_text("compare", exact=True).click()
            expect(self.page.locator(".pane canvas")).to_have_count(1)
        if self.told()["kept"] is not None:  # where nothing is kept, nobody could wait for it to be forgotten
            self.page.get_by_role("button", name="forget").click()
            self.wait_until_told('"kept": null')
        self.wait()
        self.ask(f"setCamera({json.dumps(self.first_camera)})")

    def wait(self, state: str = "ready") -> None:
        self.page.locator(f'[data-scene-state="{state}"]').wait_for(state="attached", timeout=90_000)

    def choose(self, label: str) -> None:
        """Press a radio button of the test page, and wait until the scene shows what it says."""
        before = self.ask("key()")
        self.page.get_by_text(label, exact=True).click()
        wait_for_script(self.page)
        if label in {"none", "tower", "low-block", "own"}:
            self.page.wait_for_function("before => window.wijktwinScene.key() !== before", arg=before)
        self.wait()

    def ask(self, question: str) -> Any:
        return self.page.evaluate(f"window.wijktwinScene.{question}")

    def told(self) -> dict[str, Any]:
        """What the page heard from the scene."""
        wait_for_script(self.page)
        found: dict[str, Any] = json.loads(self.page.get_by_text(re.compile(r'^{"picked"')).inner_text())
        return found

    def wait_until_told(self, fragment: str) -> dict[str, Any]:
        try:
            self.page.get_by_text(re.compile(r'^{"picked".*' + re.escape(fragment))).wait_for()
        except PlaywrightTimeout:
            pytest.fail(f"the page never heard {fragment!r}, but {self.told()}; looking from {self.camera()}")
        return self.told()

    def place(self, x: float, y: float, z: float, pane: int = 0) -> tuple[float, float]:
        """Where a point of the small town is in the picture. [m from its corner, m NAP] -> [px]"""
        position = frame().positions(np.array([[WEST + x, SOUTH + y, z]]))[0].tolist()
        across, down, *_ = self.ask(f"project({json.dumps(position)}, {pane})")
        return across, down

    def pixel(self, x: float, y: float, z: float, pane: int = 0) -> NDArray[np.int64]:
        """Colour of the picture at a point of the small town."""
        across, down = self.place(x, y, z, pane)
        return np.array(self.ask(f"pixel({across}, {down}, {pane})")[:3])

    def pick(self, x: float, y: float, z: float, pane: int = 0) -> Any:
        across, down = self.place(x, y, z, pane)
        return self.ask(f"pick({across}, {down}, {pane})")

    def click(self, x: float, y: float, z: float) -> None:
        self.page.mouse.click(*self.on_page(x, y, z))

    def on_page(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Where a point of the small town is on the visitor's screen."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        assert box is not None
        across, down = self.place(x, y, z)
        return box["x"] + across, box["y"] + down

    def camera(self) -> dict[str, float]:
        camera = self.ask("camera()")
        return {name: camera[name] for name in ("longitude", "latitude", "zoom", "pitch", "bearing")}

    def step_back(self) -> None:
        """So far that a tower fits in the picture."""
        self.ask("setCamera({zoom: window.wijktwinScene.camera().zoom - 1.2})")

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".pane canvas").first

    @property
    def stage(self) -> Locator:
        return self.page.locator(".stage")


def frame() -> Frame:
    return Frame.of(small_town())


def picture(visit: Visit, pane: int = 0) -> NDArray[np.int64]:
    """The drawn picture, shape (height, width, 4)."""
    encoded = visit.ask(f"toDataURL({pane})").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"), dtype=np.int64)


def roof_colour(normal: tuple[float, float, float], building_id: str) -> NDArray[np.int64]:
    """The colour in which the roof of a house has to appear: from the prepared rows, not from the picture."""
    inside = Inside()
    prepared = prepare(small_town(), [tower()], publish=inside)
    row = small_town().buildings.rows[building_id]
    wanted = next(part for part in prepared.buildings if row in part.rows)
    rows = json.loads(inside.contents[int(wanted.surfaces.rpartition(":")[2])][0])
    shade = appearance.shaded(np.array(appearance.PITCHED_ROOF, dtype=float), np.array([normal]))[0].astype(int)
    mine = [np.array(entry["c"][:3]) for entry in rows if entry["__source"]["index"] == row and len(entry["c"]) == 3]
    return min(mine, key=lambda colour: int(np.abs(colour - shade).sum()))


@pytest.fixture(scope="module")
def shared_visit(browser: Browser, scene_url: str) -> Iterator[Visit]:
    """One page for all tests that leave it as they found it; nothing of it may leave for another host."""
    context = browser.new_context(viewport={"width": LAPTOP.width, "height": LAPTOP.height}, locale="nl-NL", reduced_motion="reduce")
    recorder = Recorder()
    recorder.listen_to(context)
    context.set_default_timeout(30_000)
    yield Visit(context.new_page(), scene_url, recorder).open()
    context.close()
    assert not recorder.foreign_requests


@pytest.fixture
def visit(shared_visit: Visit) -> Visit:
    """The shared page as it was at first: no plan, Dutch, one picture, nothing chosen, the first camera."""
    shared_visit.reset()
    return shared_visit


SAME_ROWS = """async ([module, addresses]) => {
  const { unfolded } = await import(module);
  const same = async (address) => {
    const [short, long] = await Promise.all([address, address.replace(/\\.\\d+\\.rows$/, '.json')].map((each) => fetch(each)));
    if (short.headers.get('content-type') !== 'application/octet-stream') return null;
    return JSON.stringify(unfolded(await short.arrayBuffer())) === JSON.stringify(await long.json());
  };
  return Promise.all(addresses.map(same));
}"""
"""Whether rows that were fetched in their short form are number for number what their JSON says; null where they have no short form."""


# ----------------------------------------------------------------------------------------------------------- what is drawn
def test_rows_that_come_in_their_short_form_are_those_that_were_prepared(visit: Visit) -> None:
    asked = set(visit.recorder.requests)
    fetched = sorted(url for url in asked if url.endswith(ROWS))
    assert not asked & {url.replace(ROWS, ".json") for url in fetched}, "fetched twice"
    same = visit.page.evaluate(SAME_ROWS, [own_address("rows.js"), fetched])
    assert same.count(True) >= 4, "plate, ground, buildings that stay and that go"
    assert same.count(False) == 0


def test_scene_is_drawn_in_the_colours_that_were_prepared(visit: Visit) -> None:
    drawn = picture(visit)
    opaque = drawn[drawn[..., 3] > 250][:, :3]
    assert len(opaque) > 0.5 * drawn.shape[0] * drawn.shape[1]
    assert len(np.unique(opaque, axis=0)) > 100
    slope = np.array([0.0, -(RIDGE - EAVES), 4.5]) / np.hypot(RIDGE - EAVES, 4.5)
    for house in (0, 2, 5):
        wanted = roof_colour(tuple(slope), f"house-{house}")
        seen = visit.pixel(10.0 * house + SOUTH_ROOF[0], SOUTH_ROOF[1], SOUTH_ROOF[2])
        assert np.abs(seen - wanted).max() <= 2, (house, seen, wanted)
    assert np.abs(visit.pixel(60, 28, GROUND) - np.array(_lit("water"))).max() <= 2
    assert np.abs(visit.pixel(45, -9, GROUND) - np.array(_lit("carriageway"))).max() <= 2


def test_light_and_trees_are_in_the_picture(visit: Visit) -> None:
    visit.page.locator("[data-action='view-south']").click()
    for house in (2, 5):  # a wall grows darker towards the ground: colours by vertex
        high, low = (visit.pixel(10.0 * house + 3.0, 0.0, GROUND + height).sum() for height in (EAVES - 0.4, 0.4))
        assert high - low > 30
        assert visit.pick(10.0 * house + 3.0, 0.0, GROUND + 2.0)["index"] == house
    crown = visit.pixel(5, 20, GROUND + 6.0)  # a tree: an instance of the GLB, with its palette
    assert crown[1] > crown[0] + 15
    assert crown[1] > crown[2] + 15
    assert visit.pick(5, 20, GROUND + 6.0)["layer"] == "tree/0"
    corners = "wijktwinScene.model('tree/0')?.vertexCount"
    near = visit.page.evaluate(corners)
    visit.page.evaluate("() => { window.cameraBefore = wijktwinScene.camera(); wijktwinScene.setCamera({ zoom: 13 }); }")
    visit.page.wait_for_function(f"near => {corners} < near / 2", arg=near, timeout=60_000)  # a few pixels high: simpler
    visit.page.evaluate("() => wijktwinScene.setCamera(cameraBefore)")
    visit.page.wait_for_function(f"near => {corners} === near", arg=near, timeout=60_000)


def _lit(kind: str) -> list[int]:
    lit = appearance.shaded(np.array(appearance.GROUND[kind], dtype=float), np.array([[0.0, 0.0, 1.0]]))[0]
    return [int(channel) for channel in lit]


def test_plan_switched_on_is_in_the_picture_and_goes_again(visit: Visit) -> None:
    recorder = visit.recorder
    top = (38.0, 4.5, GROUND + 36.0)
    visit.step_back()
    before = visit.pixel(*top)
    assert (visit.pick(*top) or {}).get("layer") != "volume/tower"
    sent = len(recorder.requests)
    staying = ["plate", "ground/today", "building/0"]
    visit.page.evaluate("ids => { window.rowsBefore = ids.map(id => wijktwinScene.rows(id)); }", staying)
    visit.choose("tower")
    same = "(id, place) => wijktwinScene.rows(id).length > 0 && wijktwinScene.rows(id) === rowsBefore[place]"
    is_kept = visit.page.evaluate(f"ids => ids.map({same})", staying)
    assert is_kept == [True, True, True], "nothing that stays is made ready for the graphics card again"
    roof = appearance.shaded(np.array(appearance.PLAN_FACES["proposal"], dtype=float), np.array([[0.0, 0.0, 1.0]]))[0].astype(int)
    assert np.abs(visit.pixel(*top) - roof).max() <= 2
    assert visit.pick(*top) == {"layer": "volume/tower", "index": 0, "lnglat": visit.pick(*top)["lnglat"]}
    fetched = [url for url in recorder.requests[sent:] if "/geometry/" in url]
    assert fetched
    assert not set(fetched) & set(recorder.requests[:sent]), "geometry of the neighbourhood was asked for again"
    visit.choose("none")
    assert np.abs(visit.pixel(*top) - before).max() <= 2
    assert not [layer for layer in visit.ask("layers()") if "tower" in layer and "taken" not in layer]
    assert (visit.pick(*top) or {}).get("layer") != "volume/tower", "what is kept unseen is not found either"
    visit.page.evaluate("() => { window.modelBefore = wijktwinScene.model('volume/tower'); }")
    visit.choose("tower")
    assert visit.page.evaluate("modelBefore !== undefined && wijktwinScene.model('volume/tower') === modelBefore"), "made anew"
    assert np.abs(visit.pixel(*top) - roof).max() <= 2
    visit.choose("none")


def test_what_goes_is_a_ghost_and_what_stays_is_not(visit: Visit) -> None:
    stays, goes = (23.0, *SOUTH_ROOF[1:]), (47.0, *SOUTH_ROOF[1:])
    visit.ask("setCamera({bearing: -28})")
    assert visit.pick(*goes)["index"] == 4
    solid = {place: visit.pixel(*place) for place in (stays, goes)}
    visit.choose("tower")
    assert np.abs(visit.pixel(*stays) - solid[stays]).max() <= 2
    assert np.abs(visit.pixel(*goes) - solid[goes]).max() > 20
    assert "ghost-edge/taken-tower" in visit.ask("layers()")


def test_own_plan_is_drawn_from_an_address_nobody_can_guess(visit: Visit) -> None:
    sent = len(visit.recorder.requests)
    visit.choose("own")
    assert (visit.pick(15, 29, GROUND + 9.0) or {}).get("layer") == "volume/own"
    keys = [url.rpartition("/")[2] for url in visit.recorder.requests[sent:] if "/geometry/" in url]
    assert [key for key in keys if not re.fullmatch(r"[0-9a-f]{40}\.[\w.]+", key)]
    assert all(re.fullmatch(r"([0-9a-f]{40}|[\w-]{32})\.[\w.]+", key) for key in keys)


def test_two_scenarios_share_one_camera(visit: Visit) -> None:
    visit.choose("tower")
    visit.page.get_by_text("compare", exact=True).click()
    expect(visit.page.locator(".pane canvas")).to_have_count(2)
    visit.wait()
    visit.step_back()
    top = (38.0, 4.5, GROUND + 36.0)
    assert (visit.pick(*top, 0) or {}).get("layer") != "volume/tower"
    assert visit.pick(*top, 1)["layer"] == "volume/tower"
    visit.ask("setCamera({bearing: 40})")
    assert visit.place(10, 10, GROUND, 0) == pytest.approx(visit.place(10, 10, GROUND, 1), abs=0.01)


# -------------------------------------------------------------------------------------------------------------- the camera
def test_camera_is_kept_over_reruns_plans_and_languages(visit: Visit) -> None:
    first = visit.camera()
    box = visit.canvas.bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + 300, box["y"] + 200)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 380, box["y"] + 240, steps=4)
    visit.page.mouse.up()
    visit.page.mouse.move(box["x"] + 5, box["y"] + 5)
    moved = visit.camera()
    assert abs(moved["longitude"] - first["longitude"]) > 1e-6
    visit.page.get_by_role("button", name="again").click()
    wait_for_script(visit.page)
    visit.choose("tower")
    visit.choose("en")
    visit.page.locator(".stage[aria-label='3D picture of the neighbourhood']").wait_for()
    assert visit.camera() == pytest.approx(moved, abs=1e-9)


def test_every_view_fits_the_neighbourhood_in_the_picture(visit: Visit) -> None:
    wide, high = visit.ask("size()")
    corners = [(x, y, z) for x in (0.0, 76.0) for y in (0.0, 9.0) for z in (GROUND, GROUND + RIDGE)]
    for name, bearing in {"whole": None, "above": 0, "north": 180, "east": -90, "south": 0, "west": 90}.items():
        visit.page.locator(f"[data-action='view-{name}']").click()
        if bearing is not None:  # the whole is looked at from where it fills the picture best
            assert abs(visit.camera()["bearing"]) == pytest.approx(abs(bearing))
        seen = np.array([visit.place(*corner) for corner in corners])
        assert (seen >= 0).all()
        assert (seen <= [wide, high]).all()
        assert max(np.ptp(seen[:, 0]) / wide, np.ptp(seen[:, 1]) / high) > 0.5, "the neighbourhood is lost in its picture"


def test_north_arrow_and_scale_follow_the_camera(visit: Visit) -> None:
    visit.ask("setCamera({bearing: 57, pitch: 0})")
    assert "rotate(-57.0" in (visit.page.locator(".compass .needle").get_attribute("transform") or "")
    bar = visit.page.locator(".scale")
    metres, pixels = float(bar.get_attribute("data-metres") or 0), float(bar.get_attribute("data-pixels") or 0)
    here, there = np.array(visit.place(30, 10, GROUND)), np.array(visit.place(40, 10, GROUND))
    assert np.linalg.norm(there - here) / 10.0 == pytest.approx(pixels / metres, rel=0.01)
    visit.page.locator("[data-action='north']").click()
    assert visit.camera()["bearing"] == pytest.approx(0)


def test_keyboard_moves_turns_asks_and_is_no_trap(visit: Visit) -> None:
    visit.stage.focus()
    first = visit.camera()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Shift+ArrowUp")
    visit.page.keyboard.press("+")
    moved = visit.camera()
    assert moved["longitude"] > first["longitude"]
    assert moved["pitch"] == pytest.approx(first["pitch"] + 10)
    assert moved["zoom"] == pytest.approx(first["zoom"] + 0.5)
    visit.page.keyboard.press("Home")
    assert visit.camera() == pytest.approx(first, abs=1e-6)
    visit.page.keyboard.press("Enter")
    assert visit.wait_until_told('"kept": {')["kept"]["thing"] == "building"
    visit.stage.focus()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.shadowRoot.activeElement.dataset.action") == "north"


# ---------------------------------------------------------------------------------------------------------------- pointing
@pytest.mark.parametrize("house", [2, 6])
def test_click_tells_the_right_building(visit: Visit, house: int) -> None:
    visit.click(10.0 * house + SOUTH_ROOF[0], SOUTH_ROOF[1], SOUTH_ROOF[2])
    assert visit.wait_until_told('"kept": {')["kept"] == {"thing": "building", "thing_id": f"house-{house}", "plan_id": None}
    visit.wait()
    lit = visit.pixel(10.0 * house + SOUTH_ROOF[0], SOUTH_ROOF[1], SOUTH_ROOF[2])
    plain = visit.pixel(10.0 * 4 + SOUTH_ROOF[0], SOUTH_ROOF[1], SOUTH_ROOF[2])
    assert np.abs(lit - np.array(appearance.HIGHLIGHT)).sum() < np.abs(plain - np.array(appearance.HIGHLIGHT)).sum() - 60


def test_click_on_bare_ground_tells_where(visit: Visit) -> None:
    visit.ask("setCamera({bearing: -28})")
    visit.click(20, 32, GROUND)
    told = visit.wait_until_told('"thing": "ground"')
    assert told["picked"] == {"thing": "ground", "thing_id": "lawn", "plan_id": None}
    assert told["point"] == pytest.approx([WEST + 20, SOUTH + 32], abs=0.6)


def test_pointer_shows_a_short_text(visit: Visit) -> None:
    visit.page.mouse.move(*visit.on_page(13.0, SOUTH_ROOF[1], SOUTH_ROOF[2]), steps=3)
    expect(visit.page.locator(".tip")).to_have_text(re.compile(r"Winkels.*8,0 m hoog \(gemeten\).*gebouwd in 1965", re.DOTALL))


def test_touch_on_a_phone(open_context: Visitors, scene_url: str) -> None:
    context, _ = open_context(PHONE)
    visit = Visit(context.new_page(), scene_url).open()
    box = visit.canvas.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE.width
    assert box["height"] <= 0.62 * PHONE.height + 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE.width
    places = [place.bounding_box() for place in visit.page.locator(".places .place").all() if place.is_visible()]
    assert all(place is not None and place["height"] >= 44 for place in places)
    assert len({round(place["y"]) for place in places if place is not None}) == 2, "where to look from takes two rows, not three"
    expect(visit.page.locator(".from")).to_be_visible()
    visit.page.touchscreen.tap(*visit.on_page(23.0, SOUTH_ROOF[1], SOUTH_ROOF[2]))
    assert visit.wait_until_told('"kept": {')["kept"]["thing_id"] == "house-2"


# ------------------------------------------------------------------------------------------------------ when drawing fails
NO_WEBGL: Final = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...rest);
};
"""


def test_without_webgl_there_is_a_map_and_a_sentence(open_context: Visitors, scene_url: str) -> None:
    context, _ = open_context(LAPTOP)
    context.add_init_script(NO_WEBGL)
    visit = Visit(context.new_page(), scene_url).open(state="no-webgl")
    expect(visit.page.locator(".status")).to_contain_text("Uw browser kan geen 3D tekenen")
    houses = visit.page.locator(".plan-view svg [data-layer^='building/']")
    expect(houses).to_have_count(8)
    expect(visit.page.get_by_role("button", name="Zon en schaduw")).to_be_hidden()  # the map shows no shade
    volume = visit.page.locator(".plan-view svg [data-plan='tower'][data-layer^='volume/']").first
    expect(volume).to_be_hidden()
    houses.nth(2).click()
    assert visit.wait_until_told('"kept": {')["kept"]["thing_id"] == "house-2"
    visit.page.get_by_text("tower", exact=True).click()
    expect(volume).to_be_visible()
    expect(visit.page.locator(".plan-view svg .goes[data-layer^='building/']")).to_have_count(2)


def test_lost_context_shows_the_map_and_comes_back_as_it_was(visit: Visit) -> None:
    visit.ask("setCamera({bearing: 33, pitch: 40})")
    before, roof = visit.camera(), visit.pixel(23.0, SOUTH_ROOF[1], SOUTH_ROOF[2])
    visit.page.evaluate("window.lost = window.wijktwinScene.loseContext(); window.lost.loseContext()")
    visit.wait("no-webgl")
    expect(visit.page.locator(".plan-view svg")).to_be_visible()
    expect(visit.page.locator(".status")).to_contain_text("viel weg")
    visit.page.evaluate("window.lost.restoreContext()")
    visit.wait()
    expect(visit.page.locator(".plan-view")).to_be_hidden()
    assert visit.camera() == pytest.approx(before, abs=1e-9)
    assert np.abs(visit.pixel(23.0, SOUTH_ROOF[1], SOUTH_ROOF[2]) - roof).max() <= 2


def test_when_the_renderer_does_not_come_pydeck_chart_draws(open_context: Visitors, scene_url: str) -> None:
    context, recorder = open_context(LAPTOP)
    page = context.new_page()
    page.route("**/scene/renderer-*.js", lambda route: route.abort())
    page.goto(scene_url)
    page.get_by_test_id("stDeckGlJsonChart").wait_for(timeout=60_000)
    page.wait_for_function("() => document.querySelector('[data-testid=stDeckGlJsonChart] canvas')?.width > 100", timeout=60_000)
    page.wait_for_load_state("networkidle")
    assert '"failed": true' in page.get_by_text(re.compile(r'^{"picked"')).inner_text()
    assert [url for url in recorder.requests if "/geometry/" in url]
    assert not recorder.foreign_requests


@pytest.mark.exhaustive
def test_scene_and_pydeck_chart_live_on_one_page(open_context: Visitors, scene_url: str) -> None:
    # two versions of deck.gl: each throws when it meets the other under the same global names
    context, recorder = open_context(LAPTOP)
    page = context.new_page()
    visit = Visit(page, f"{scene_url}/?chart=1").open()
    page.wait_for_function("() => document.querySelector('[data-testid=stDeckGlJsonChart] canvas')?.width > 100", timeout=60_000)
    visit.choose("tower")
    visit.step_back()
    assert visit.pick(38.0, 4.5, GROUND + 36.0)["layer"] == "volume/tower"
    assert not recorder.faults


# --------------------------------------------------------------------------------------------------- safety, for everybody
def test_page_loads_nothing_that_its_own_policy_forbids(open_context: Visitors, scene_url: str) -> None:
    context, recorder = open_context(LAPTOP)
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    Visit(page, scene_url).open().choose("tower")
    assert not told
    assert not recorder.faults


@pytest.mark.parametrize("size", [LAPTOP, pytest.param(PHONE, marks=pytest.mark.exhaustive)], ids=lambda size: size.name)
def test_no_accessibility_violations_of_ours(open_context: Visitors, scene_url: str, size: Size) -> None:
    context, _ = open_context(size)
    visit = Visit(context.new_page(), scene_url).open()
    visit.choose("tower")
    found = Axe().run(visit.page, context=[["[data-testid=stBidiComponentIsolated]"]]).response["violations"]
    assert not [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]


def test_targets_are_large_enough(visit: Visit) -> None:
    buttons = visit.page.locator(".scene button:visible, .scene a:visible, .scene summary:visible")
    boxes = [box for place in range(buttons.count()) if (box := buttons.nth(place).bounding_box())]
    assert len(boxes) >= 14
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
