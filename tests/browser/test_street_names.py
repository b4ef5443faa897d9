"""Names of streets in the picture: few, apart, chosen anew with the camera, never over a new building."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Server
from tests.browser.visiting import LAPTOP, PHONE, WIDE, Recorder, Size, wait_for_scene

FEWEST, MOST = 3, 14
SEEN = "() => globalThis.wijktwinScene.names().join('|')"


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", [LAPTOP, WIDE, PHONE], ids=lambda size: size.name)
def test_names_are_few_and_follow_the_camera(
    size: Size, open_context: Callable[..., tuple[BrowserContext, Recorder]], example_server: Server
) -> None:
    context, recorder = open_context(size)
    page = context.new_page()
    page.goto(f"{example_server.base_url}/?lang=nl&plans=vogeltorens")
    wait_for_scene(page)
    page.wait_for_function("() => globalThis.wijktwinScene.names().length > 0")
    near: list[str] = page.evaluate("() => globalThis.wijktwinScene.names()")
    assert FEWEST <= len(near) <= MOST
    assert len(set(near)) == len(near)
    page.get_by_role("button", name="Hele buurt").click()
    page.wait_for_function(f"before => ({SEEN})() !== before", arg="|".join(near))
    whole: list[str] = page.evaluate("() => globalThis.wijktwinScene.names()")
    assert FEWEST <= len(whole) <= MOST
    fonts: list[Any] = [url for url in recorder.requests if url.endswith((".woff", ".ttf", ".otf"))]
    assert not fonts
    assert not recorder.faults
