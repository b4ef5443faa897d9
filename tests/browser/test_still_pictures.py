"""Stills are the picture of the scene: places appear where the browser puts them, and what is drawn is alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from layers.stills import Studio
from tests.browser.alike import similarity, with_sky
from tests.browser.conftest import Server
from tests.browser.corner import make_corner
from tests.browser.test_pages import come_in
from tests.browser.test_saved_picture import drawn
from wijktwin.export.drawn import Shot
from wijktwin.export.perspective import Eye, MapView
from wijktwin.export.stills import Renderer
from wijktwin.model.scenario import Scenario
from wijktwin.sources.folder import PLANS, read_folder
from wijktwin.sources.plan_files import read_plan_folder

CAMERAS = ({"pitch": 0.0, "bearing": 0.0}, {"pitch": 60.0, "bearing": -40.0}, {"pitch": 45.0, "bearing": 130.0, "zoom": 18.5})
OFFSETS = ((0.0, 0.0, 0.0), (0.0006, 0.0002, 12.0), (-0.0005, 0.0004, 3.0), (0.0003, -0.0004, 60.0))
ALIKE = 0.8
"""Structural similarity of the middle one of all places; 1 for the same picture, near 0 for one that was moved by some pixels."""


@pytest.mark.exhaustive
def test_a_still_is_the_picture_of_the_scene(page: Page, server: Server, tmp_path: Path) -> None:
    folder = make_corner(tmp_path / "vogelbuurt")
    neighbourhood = read_folder(folder)
    plans, _ = read_plan_folder(folder / PLANS, neighbourhood=neighbourhood)
    renderer = Renderer()
    studio = Studio.of(neighbourhood, plans, renderer=renderer)
    scenario = Scenario(neighbourhood, frozenset(plan for plan in plans if plan.plan_id == "vogeltorens"))
    come_in(page, server, plans="vogeltorens", scene=True)
    for camera in CAMERAS:
        page.evaluate("(camera) => globalThis.wijktwinScene.setCamera(camera)", camera)
        page.wait_for_function("() => globalThis.wijktwinScene.isAtRest()")
        seen = page.evaluate("() => globalThis.wijktwinScene.viewports()[0]")
        width, height = seen["width"], seen["height"]
        told = [float(seen[name]) for name in ("longitude", "latitude", "zoom", "pitch", "bearing")]
        view = replace(MapView(*told), screen_height=height, screen_width=width)
        places = np.array([(view.longitude + east, view.latitude + north, up) for east, north, up in OFFSETS])
        ours = Eye.of(view, studio.anchor).seen(studio.anchor.metres(places), (width, height))[:, :2]
        theirs = [page.evaluate("(place) => globalThis.wijktwinScene.project(place)", place)[:2] for place in places.tolist()]
        assert np.abs(ours - np.array(theirs)).max() < 0.5, "half a pixel"
        screen = drawn(page, 0)
        drawing = replace(studio.drawing(scenario), names=())
        still = renderer.draw(drawing, Shot(view, (screen.shape[1], screen.shape[0]))).astype(np.float64)
        alike = similarity(with_sky(screen), still)
        moved = similarity(with_sky(screen), np.roll(still, 6, axis=1))
        assert np.median(alike) > ALIKE
        assert alike.mean() > moved.mean() + 0.1, "and not only because all is alike"
    renderer.close()
