"""The picture as PNG: it has every pixel of the scene, its name says where and when, and around it stands what it shows."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_comparing import compare
from tests.browser.test_pages import come_in
from tests.browser.visiting import PHONE, Recorder, wait_for_scene

Pixels = NDArray[np.int64]
TIES = 1e-3
"""Share of the pixels that may differ between two times of drawing the same: software WebGL draws a few dozen otherwise each time."""
TIMES = 4
"""How often a picture is saved until one shows what is drawn: what arrives in between (a name, a shade) is in the next."""


def saved(page: Page, folder: Path) -> tuple[str, Pixels]:
    """Press the button: the name of the file, and its pixels, shape (height, width, 3)."""
    with page.expect_download() as waiting:
        page.locator("[data-action='save_picture']").click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.read_bytes().startswith(b"\x89PNG\r\n")
    return file.name, np.asarray(Image.open(file).convert("RGB"), dtype=np.int64)


def drawn(page: Page, pane: int) -> Pixels:
    """What is drawn in a picture, shape (height, width, 4)."""
    return pixels(page.evaluate(f"() => globalThis.wijktwinScene.toDataURL({pane})"))


def pixels(address: str) -> Pixels:
    """What lies at a data address, shape (height, width, 4)."""
    encoded = address.partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"), dtype=np.int64)


def switched(page: Page, place: int) -> tuple[Pixels, bool]:
    """Choose a plan by the place of its card: what is seen then, not painted again, and whether into what was kept."""
    before = page.evaluate("() => globalThis.wijktwinScene.key()")
    page.evaluate("place => document.querySelectorAll('.st-key-cards_0 input')[place].click()", place)
    page.wait_for_function("before => wijktwinScene.key() !== before && wijktwinScene.state() === 'ready'", arg=before)
    page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
    found = page.evaluate("() => globalThis.wijktwinScene.shown()")
    return pixels(found["picture"]), found["isLaid"]


def top_of(whole: Pixels, part: Pixels, left: int) -> int:
    """How far down a picture lies in the file: every opaque pixel of it is there, but for ties. -1 where it is nowhere."""
    opaque = part[..., 3] == 255
    assert opaque.mean() > 0.7
    for top in range(whole.shape[0] - part.shape[0] + 1):
        there = whole[top : top + part.shape[0], left : left + part.shape[1]]
        if (np.abs(there - part[..., :3])[opaque] > 1).mean() < TIES:
            return top
    return -1


IN_CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const blob = await item.getType('image/png');
  return { types: item.types, bytes: [...new Uint8Array(await blob.arrayBuffer())] };
}"""


def copied(page: Page) -> Pixels:
    """Press the button: the pixels that are on the clipboard then, shape (height, width, 3)."""
    page.locator("[data-action='copy_picture']").click()
    expect(page.get_by_text("Het beeld is gekopieerd.", exact=False)).to_be_attached()
    found = page.evaluate(IN_CLIPBOARD)
    assert found["types"] == ["image/png"]
    return np.asarray(Image.open(io.BytesIO(bytes(found["bytes"]))).convert("RGB"), dtype=np.int64)


def saved_as_drawn(page: Page, folder: Path, pane: int = 0, *, is_last: bool = False) -> tuple[str, Pixels, Pixels, int]:
    """The name and the pixels of a saved file, what is drawn in one of its pictures, and how far down that lies in the file."""
    for _ in range(TIMES):
        name, whole = saved(page, folder)
        scene = drawn(page, pane)
        top = top_of(whole, scene, whole.shape[1] - scene.shape[1] if is_last else 0)
        if top >= 0:
            return name, whole, scene, top
    return pytest.fail("the picture of the scene is not in the file")


def test_the_file_and_the_clipboard_have_every_pixel_of_the_scene(page: Page, server: Server, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    come_in(page, server, plans="vogelhof", scene=True)
    page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
    name, whole, scene, top = saved_as_drawn(page, tmp_path)
    today = page.evaluate("() => new Intl.DateTimeFormat('en-CA', {timeZone: 'Europe/Amsterdam'}).format(new Date())")
    assert name == f"wijktwin-vogelbuurt-fictief-{today}.png"
    assert whole.shape[1] == scene.shape[1]
    assert 20 < top < 160
    assert whole.shape[0] - top - scene.shape[0] > 60
    sand = np.abs(whole[:top] - [255, 243, 204]).max(axis=2) <= 2
    assert sand.mean() > 0.2, "that it is made up is said on it"
    below = whole[top + scene.shape[0] :]
    red = np.abs(below[:, :100] - [178, 58, 44]).max(axis=2) <= 8
    assert red.sum() > 20, "the needle that points north"
    dark = below.sum(axis=2) < 150
    assert dark[:, :240].any(), "the scale"
    assert dark[:, 240:].sum() > 1000, "the sources"

    pasted = copied(page)
    assert pasted.shape == whole.shape
    assert (np.abs(pasted - whole) > 1).any(axis=2).mean() < TIES, "the same picture"
    page.evaluate("() => { ClipboardItem.prototype.constructor = null; delete globalThis.ClipboardItem; }")
    page.locator("[data-action='copy_picture']").click()
    expect(page.get_by_text("Uw browser laat kopiëren hier niet toe. Bewaar het beeld als PNG.").first).to_be_visible()

    page.evaluate("() => globalThis.wijktwinScene.setCamera({bearing: 130, pitch: 50})")
    page.get_by_role("button", name="Neem deze weergave mee").click()
    expect(page.get_by_role("combobox", name=re.compile("Van waar kijkt u"))).to_have_value("Zoals u net keek: vanuit het noordwesten")


def test_a_switch_into_the_picture_that_is_kept_shows_what_painting_everything_shows(page: Page, server: Server) -> None:
    come_in(page, server, plans="vogeltorens", scene=True)
    page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
    today, _ = switched(page, 0)
    laid = 0
    for place in (2, 0):
        seen, is_laid = switched(page, place)
        laid += is_laid
        again = drawn(page, 0)
        assert (np.abs(seen - again).max(axis=2) > 32).mean() < 0.01, "the same, but for edges"
        changed = (np.abs(again - today).max(axis=2) > 32).mean()
        assert changed > 0.02 if place else changed < 0.01, "the towers are there, or are not"
    assert laid == 2, "nothing is painted that no switch changes"
    page.evaluate("() => globalThis.wijktwinScene.setCamera({bearing: 100})")
    page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
    turned, _ = switched(page, 2)
    assert (np.abs(turned - drawn(page, 0)).max(axis=2) > 32).mean() < 0.01, "nothing is left of what was kept before the camera turned"


@pytest.mark.exhaustive
def test_north_and_scale_follow_the_camera(page: Page, server: Server, tmp_path: Path) -> None:
    come_in(page, server, scene=True)
    heights = []
    for bearing in (0, 180):
        page.evaluate(f"() => globalThis.wijktwinScene.setCamera({{bearing: {bearing}, pitch: 0}})")
        page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")  # names of streets are chosen anew then
        _, whole, scene, top = saved_as_drawn(page, tmp_path)
        below = whole[top + scene.shape[0] :, :100]
        heights.append(np.flatnonzero((np.abs(below - [178, 58, 44]).max(axis=2) <= 8).any(axis=1)).mean())
    assert heights[0] < heights[1] - 5, "the red half points up when north is up, and down when south is"


@pytest.mark.exhaustive
def test_two_pictures_are_saved_beside_each_other_with_the_sun_they_show(page: Page, server: Server, tmp_path: Path) -> None:
    compare(page, server, more="&sun=2026-03-21T15:00")
    page.wait_for_function("() => { const shade = globalThis.wijktwinScene.shade(); return shade.minute !== null && shade.isDrawn; }")
    _, whole, one, top = saved_as_drawn(page, tmp_path)
    other = drawn(page, 1)
    assert top_of(whole, other, whole.shape[1] - other.shape[1]) == top
    assert 0 < whole.shape[1] - one.shape[1] - other.shape[1] <= 12
    n = min(one.shape[1], other.shape[1])
    assert np.abs(one[:, :n, :3] - other[:, :n, :3]).max() > 50


@pytest.mark.exhaustive
def test_on_a_phone_both_are_saved(open_context: Callable[..., tuple[BrowserContext, Recorder]], server: Server, tmp_path: Path) -> None:
    context, recorder = open_context(PHONE)
    page = compare(context.new_page(), server)
    page.evaluate("() => globalThis.wijktwinScene.setCamera({bearing: 90})")
    _, whole, other, _ = saved_as_drawn(page, tmp_path, 1, is_last=True)
    assert whole.shape[1] >= 2 * other.shape[1]
    assert not recorder.faults


@pytest.mark.exhaustive
def test_the_button_has_a_name_in_both_languages(page: Page, server: Server) -> None:
    come_in(page, server, language="en")
    wait_for_scene(page)
    expect(page.get_by_role("button", name="Save this picture as PNG")).to_be_visible()
    page.get_by_role("button", name="Nederlands", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Bewaar dit beeld als PNG$"))).to_be_visible()
