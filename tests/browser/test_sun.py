"""Sun and shade in a real browser: shade lies where it was computed, by pixels; days, hours, playing, links and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Route, expect

from layers.stills import Studio
from tests.browser.alike import alike, with_sky
from tests.browser.conftest import Server
from tests.browser.test_scene import Visit, frame, picture, scene_url  # noqa: F401 - a fixture
from tests.browser.visiting import LAPTOP, Recorder, wait_for_scene, wait_for_script
from tests.layers.small_town import GROUND, HOUSE, small_town, tower
from wijktwin.appearance import DAYLIGHT, Light, light_on
from wijktwin.export.drawn import Drawing, Shot
from wijktwin.export.perspective import MapView
from wijktwin.export.stills import Renderer
from wijktwin.impacts.ground_shadow import GroundShadow, ShadowCaster
from wijktwin.model.scenario import Scenario

DAY = date(2026, 3, 21)
SAME_STRUCTURE = 0.993
"""Structural similarity outside edges that a still has at least with the screen."""
SAME_COLOUR = 9.5
"""By how much 99 of 100 pixels outside edges differ at most."""
NOON = 29568180
"""Of that day in the small town, in minutes since 1970."""
HEARS_OF_SHADE = """(host) => { window.rowsAtOnce = new Promise((done) => {
  const count = () => { const rows = window.wijktwinScene.shadeRows(); return Array.isArray(rows) ? rows.length : 0; };
  new MutationObserver(() => { if (host.dataset.shade) done(count()); }).observe(host, { attributeFilter: ['data-shade'] });
}); }"""
"""Counts the rows that the renderer has when the scene says that shade is there, before anything can be fetched after that."""
SHADE_AT = "**/_wijktwin/shade/*/at/*"


@pytest.fixture(scope="module")
def page_with_sun(browser: Browser, scene_url: str) -> Iterator[Visit]:  # noqa: F811 - the fixture
    """The small town from straight above, with the tower and the shade of noon."""
    context = browser.new_context(viewport={"width": LAPTOP.width, "height": LAPTOP.height}, locale="nl-NL", reduced_motion="reduce")
    context.set_default_timeout(30_000)
    recorder = Recorder()
    recorder.listen_to(context)
    visit = Visit(context.new_page(), scene_url, recorder).open()
    visit.choose("tower")
    yield visit
    context.close()
    assert not recorder.foreign_requests
    assert not recorder.faults


@pytest.fixture
def visit(page_with_sun: Visit) -> Visit:
    button = page_with_sun.page.get_by_role("button", name="Zon en schaduw")
    if button.get_attribute("aria-pressed") == "false":
        button.click()
    page_with_sun.page.locator("[data-action='view-above']").click()
    page_with_sun.step_back()
    choose(page_with_sun, "day-2026-03-21", "hour-12")
    return page_with_sun


def choose(visit: Visit, day: str, hour: str) -> None:
    visit.page.locator(f"[data-action='{day}']").click()
    expect(visit.page.locator(f"[data-action='{day}']")).to_have_attribute("aria-pressed", "true")
    visit.page.locator(f"[data-action='{hour}']").click()
    expect(visit.page.locator(f"[data-action='{hour}']")).to_have_attribute("aria-pressed", "true")
    minute = int(ShadowCaster(small_town()).place.moment(date.fromisoformat(day[4:]), int(hour[5:])).timestamp() // 60)
    wait_for_shade(visit.page, minute)


def wait_for_shade(page: Page, minute: int) -> None:
    """Wait until the shade of a moment is drawn."""
    page.wait_for_function(
        "minute => { const shade = window.wijktwinScene.shade(); return shade.minute === minute && shade.isDrawn; }", arg=minute
    )


def expected(hour: int) -> GroundShadow:
    caster = ShadowCaster(small_town())
    return caster.at(Scenario(small_town(), frozenset({tower()})), caster.place.moment(DAY, hour))


def open_lawn() -> NDArray[np.float64]:
    """Points on the lawn that nothing stands on and nothing grows over, as seen from above, shape (n, 2). [m]"""
    town = small_town()
    lawn = town.ground[town.ground["surface_id"] == "lawn"].geometry.iloc[0]
    kept = lawn.difference(town.ground[town.ground["surface_id"] == "pond"].geometry.iloc[0])
    trees = shapely.union_all([*town.trees.geometry.buffer(7.0), *(tree.point.buffer(5.0) for tree in tower().planted)])
    plan = shapely.union_all([change.footprint.buffer(1.0) for change in tower().ground_changes])
    houses = shapely.buffer([*town.buildings.footprints, *(volume.footprint for volume in tower().volumes)], 8.0)
    free = kept.difference(shapely.union_all([trees, plan, *houses])).buffer(-0.5)
    x0, y0, x1, y1 = free.bounds
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(x0, x1, 3.0), np.arange(y0, y1, 3.0)))
    inside = shapely.contains_xy(free, x, y)
    return np.column_stack([x[inside], y[inside]])


def colours_at(visit: Visit, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Colours of the picture at places on the ground, shape (n, 3); all of them are in the picture."""
    positions = frame().positions(np.column_stack([points, np.full(len(points), GROUND + 0.36)])).tolist()
    places = np.array(visit.page.evaluate("positions => positions.map((position) => window.wijktwinScene.project(position))", positions))
    drawn = picture(visit)
    wide, _ = visit.ask("size()")
    across, down = np.rint(places[:, :2] * drawn.shape[1] / wide).astype(int).T
    colours = drawn[down, across]
    assert (colours[:, 3] == 255).all()
    return np.asarray(colours[:, :3])


@pytest.mark.parametrize("hour", [pytest.param(9, marks=pytest.mark.exhaustive), 15])
def test_shade_is_drawn_where_it_was_computed(visit: Visit, hour: int) -> None:
    choose(visit, "day-2026-03-21", f"hour-{hour}")
    shadow = expected(hour)
    points = open_lawn()
    border = shapely.union_all([shapely.boundary(part) for part in (shadow.stays, shadow.comes, shadow.goes) if not part.is_empty])
    points = points[shapely.distance(shapely.points(points), border) > 0.7]
    part = np.where(shapely.contains_xy(shadow.comes, points), 2, np.where(shapely.contains_xy(shadow.stays, points), 1, 0))
    assert {0, 2} <= set(part.tolist()), "the tower's shade falls on the lawn, and not on all of it"
    colours = colours_at(visit, points)
    in_sun = np.median(colours[part == 0], axis=0)
    assert np.abs(colours[part == 0] - in_sun).max() <= 12, "what is in the sun keeps its colour"
    darker = in_sun.sum() - colours.sum(axis=1)
    assert darker[part == 2].min() > 150
    if (part == 1).any():
        assert 60 < darker[part == 1].min() <= darker[part == 1].max() < darker[part == 2].min()


def test_walls_follow_the_sun_by_the_light_that_is_baked_into_their_colours(visit: Visit) -> None:
    hours = (9, 15)
    east_wall, height = 70.0 + HOUSE[0], GROUND + 3.0
    found = []
    for hour in hours:
        choose(visit, "day-2026-03-21", f"hour-{hour}")
        visit.ask("setCamera({bearing: -90, pitch: 60})")
        found.append(visit.pixel(east_wall, HOUSE[1] / 2, height).astype(float))
    place = ShadowCaster(small_town()).place
    suns = [place.sun(place.moment(DAY, hour)) for hour in hours]
    lamps = [(Light(sun.azimuth, sun.altitude, DAYLIGHT[0].colour), DAYLIGHT[1]) for sun in suns]
    facing = np.array([[1.0, 0.0, 0.0]])
    morning, afternoon = (light_on(facing, lights=each)[0] for each in lamps)
    assert (found[0] > found[1] + 40).all(), "in the morning the sun stands in the east"
    assert found[0] / found[1] == pytest.approx(morning / afternoon, rel=0.03)
    visit.page.get_by_role("button", name="Zon en schaduw").click()
    visit.page.wait_for_function("() => window.wijktwinScene.shade().minute === null && window.wijktwinScene.shade().isDrawn")
    plain = visit.pixel(east_wall, HOUSE[1] / 2, height).astype(float)
    assert found[0] / plain == pytest.approx(morning / light_on(facing)[0], rel=0.03), (
        "without the sun the colours are those that were baked"
    )


def test_a_still_has_the_camera_the_colours_and_the_shade_of_the_screen(visit: Visit) -> None:
    choose(visit, "day-2026-03-21", "hour-15")
    visit.ask("setCamera({bearing: -35, pitch: 50, zoom: window.wijktwinScene.camera().zoom + 1.2})")
    visit.page.wait_for_function("() => window.wijktwinScene.isAtRest()")
    seen = visit.ask("viewports()[0]")
    pixels = picture(visit)
    screen, is_drawn = with_sky(pixels), pixels[..., 3] == 255
    camera = MapView(*(float(seen[name]) for name in ("longitude", "latitude", "zoom", "pitch", "bearing")))
    view = replace(camera, screen_height=seen["height"], screen_width=seen["width"])
    moment = ShadowCaster(small_town()).place.moment(DAY, 15)
    renderer = Renderer()
    studio = Studio.of(small_town(), [tower()], renderer=renderer)
    scenario = Scenario(small_town(), frozenset({tower()}))

    def still(drawing: Drawing, view: MapView = view) -> NDArray[np.float64]:
        shot = Shot(view, (screen.shape[1], screen.shape[0]))
        return renderer.draw(replace(drawing, names=()), shot).astype(np.float64)

    drawing = studio.drawing(scenario, moment)
    right = alike(screen, still(drawing), where=is_drawn)
    assert is_drawn.mean() > 0.5
    assert right.compared > 0.5
    assert right.structure > SAME_STRUCTURE
    assert right.colour <= SAME_COLOUR
    moved = replace(view, longitude=view.longitude + 2.0 / (111_320.0 * np.cos(np.radians(view.latitude))))
    wrong = {
        "the shade of an hour later": still(studio.drawing(scenario, moment + timedelta(hours=1))),
        "no shade": still(studio.drawing(scenario)),
        "from 2 m further east": still(drawing, moved),
    }
    for name, other in wrong.items():
        assert alike(screen, other, where=is_drawn).structure < SAME_STRUCTURE, name
    colours = {
        "walls and roofs in the light of no sun": still(_with_faces_of(studio.drawing(scenario), drawing)),
        "all a little warmer": np.clip(still(drawing) * (1.06, 1.0, 0.94), 0, 255),
    }
    for name, other in colours.items():
        assert alike(screen, other, where=is_drawn).colour > SAME_COLOUR, name
    renderer.close()


def _with_faces_of(other: Drawing, drawing: Drawing) -> Drawing:
    """A drawing whose faces have the colours of those of another."""
    by_key = {piece.key: piece for piece in other.pieces}
    pieces = [by_key.get(piece.key.rpartition("/")[0].rpartition("/")[0], piece) for piece in drawing.pieces]
    assert pieces != list(drawing.pieces)
    return replace(drawing, pieces=tuple(pieces))


def test_without_sun_the_picture_is_as_it_was(visit: Visit) -> None:
    shaded = colours_at(visit, open_lawn())
    visit.page.get_by_role("button", name="Zon en schaduw").click()
    visit.page.wait_for_function("() => window.wijktwinScene.shade().minute === null && window.wijktwinScene.shade().isDrawn")
    plain = colours_at(visit, open_lawn())
    assert np.abs(plain - np.median(plain, axis=0)).max() <= 12
    assert (plain.sum(axis=1) >= shaded.sum(axis=1) - 12).all()
    assert (plain.sum(axis=1) > shaded.sum(axis=1) + 60).any()
    assert visit.page.locator(".sun-controls").is_hidden()


def test_the_moment_is_said_and_told_to_the_page(visit: Visit) -> None:
    expect(visit.page.locator(".clock")).to_have_text("12:00 (wintertijd)")
    expect(visit.page.locator(".sun-said")).to_contain_text("37° hoog in het zuiden")
    visit.wait_until_told('"moment": "2026-03-21T12:00"')
    choose(visit, "day-2026-09-23", "hour-18")
    expect(visit.page.locator(".clock")).to_have_text("18:00 (zomertijd)")
    visit.wait_until_told('"moment": "2026-09-23T18:00"')


def test_the_slider_works_with_keys_and_says_where_it_is(visit: Visit) -> None:
    slider = visit.page.get_by_role("slider", name="Tijd")
    slider.focus()
    visit.page.keyboard.press("ArrowRight")
    expect(visit.page.locator(".clock")).to_have_text("12:10 (wintertijd)")
    assert (slider.get_attribute("aria-valuetext") or "").startswith("12:10 (wintertijd)")
    visit.wait_until_told('"moment": "2026-03-21T12:10"')


def test_a_day_plays_and_stops(visit: Visit) -> None:
    button = visit.page.locator("[data-action='play']")
    button.click()
    expect(button).to_have_text("Stop")
    expect(visit.page.locator(".clock")).not_to_have_text("12:00 (wintertijd)")
    visit.page.wait_for_function("begun => window.wijktwinScene.shade().minute >= begun + 30", arg=NOON)
    button.click()
    expect(button).to_have_text("Speel de dag af")
    clock = visit.page.locator(".clock").inner_text().split()[0]
    visit.wait_until_told(f'"moment": "2026-03-21T{clock}"')


def test_shade_follows_the_plan_that_is_on(visit: Visit) -> None:
    visit.choose("none")
    wait_for_shade(visit.page, NOON)
    layer = visit.ask("shadeRows()")
    assert layer, "houses cast shade"
    assert not [row for row in layer if row["c"][:3] == [74, 30, 122]], "and without a plan nothing is added"
    visit.choose("tower")
    visit.page.wait_for_function(
        "() => window.wijktwinScene.shade().isDrawn && window.wijktwinScene.shadeRows().some((row) => row.c[0] === 74)"
    )


def test_shade_that_does_not_come_leaves_none_of_another_moment(visit: Visit) -> None:
    choose(visit, "day-2026-06-21", "hour-12")  # a day that no test has played: nothing of it is kept
    assert visit.ask("shadeRows()")
    visit.page.route(SHADE_AT, lambda route: route.fulfill(status=503))
    visit.page.locator("[data-action='hour-18']").press("Enter")
    expect(visit.page.locator("[data-action='hour-18']")).to_have_attribute("aria-pressed", "true")
    expect(visit.page.locator(".sun-waiting")).to_contain_text("De schaduw kon niet worden opgehaald", timeout=30_000)
    expect(visit.page.locator(".clock")).to_have_text("18:00 (zomertijd)")
    assert visit.ask("shadeRows()") == [], "the shade of noon beside the words of six o'clock"
    visit.page.unroute(SHADE_AT)
    choose(visit, "day-2026-03-21", "hour-18")
    assert visit.ask("shadeRows()")
    expect(visit.page.locator(".sun-waiting")).to_be_hidden()


def test_shade_of_other_plans_is_gone_before_that_of_these_has_come(visit: Visit) -> None:
    held: list[Route] = []
    assert visit.ask("shadeRows()")
    visit.page.route(SHADE_AT, lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    visit.choose("low-block")
    assert visit.ask("shadeRows()") == [], "the tower's shade, and no tower"
    assert held
    visit.page.locator(".scene").evaluate(HEARS_OF_SHADE)
    for route in held:
        route.continue_()
    visit.page.unroute(SHADE_AT)
    wait_for_shade(visit.page, NOON)
    assert visit.ask("shadeRows()")
    assert visit.page.evaluate("() => window.rowsAtOnce") > 0, "what the renderer fetches while it draws anew it may miss"
    visit.choose("tower")


# ------------------------------------------------------------------------------------------------------- on the real pages
@pytest.mark.exhaustive
def test_a_link_with_a_moment_shows_it_and_other_pages_and_languages_keep_it(page: Page, server: Server) -> None:
    page.goto(f"{server.base_url}/?lang=nl&plans=vogeltorens&sun=2026-12-22T15:00")
    wait_for_scene(page)
    expect(page.locator(".clock")).to_have_text("15:00 (wintertijd)", timeout=60_000)
    wait_for_script(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator(".clock")).to_have_text("15:00 (winter time)", timeout=60_000)
    page.goto(f"{server.base_url}/?lang=nl&sun=nonsense")
    wait_for_scene(page)
    expect(page.get_by_role("button", name="Zon en schaduw")).to_have_attribute("aria-pressed", "false")
