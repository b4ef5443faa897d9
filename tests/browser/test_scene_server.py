"""The server in front of a real browser: the first visitor, files that nobody asked for, settings, a file without a server."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.apps.starting import ROOT, served
from tests.browser.visiting import LAPTOP, Recorder
from tests.layers.small_town import small_town, tower
from ui.standalone_scene import standalone_scene
from wijktwin import appearance
from wijktwin.model.scenario import Scenario

Visitors = Callable[..., tuple[BrowserContext, Recorder]]


@pytest.mark.parametrize("is_cold", [True, False], ids=["without a first visit", "with a first visit"])
def test_first_visitor_may_come_in_by_a_deep_link(open_context: Visitors, tmp_path: Path, *, is_cold: bool) -> None:
    context, _ = open_context(LAPTOP)
    with served("deep_asgi.py", tmp_path / "log", COLD="1" if is_cold else "") as url:
        page = context.new_page()
        page.goto(f"{url}/second")
        expect(page.get_by_text(re.compile("the (first|second) page"))).to_be_visible()
        dialog = page.get_by_text("Page not found")
        if is_cold:
            # what Streamlit does by itself: when this fails, it no longer needs the first visit
            expect(dialog).to_be_visible()
        else:
            expect(page.get_by_text("the second page")).to_be_visible()
            expect(dialog).to_have_count(0)
        context.close()


def test_a_file_that_no_page_asked_for_is_refused(open_context: Visitors, tmp_path: Path) -> None:
    context, _ = open_context(LAPTOP)
    send = """async () => {
      const form = new FormData();
      form.append('file', new Blob(['x']), 'a.txt');
      return (await fetch('/_stcore/upload_file/a-session/a-file', { method: 'PUT', body: form })).status;
    }"""
    with served("scene_asgi.py", tmp_path / "log") as url:
        page = context.new_page()
        page.goto(f"{url}/health")
        assert page.evaluate(send) == HTTPStatus.FORBIDDEN
        context.close()


def test_server_refuses_to_start_with_settings_that_are_not_safe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "tests/browser/apps/deep_asgi.py", "--server.port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")} | {"PYTHONPATH": str(ROOT)}
    environment["STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION"] = "false"
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "server.enableXsrfProtection = False" in done.stdout + done.stderr
    assert "wijktwin run" in done.stdout + done.stderr


def test_a_scene_in_one_file_draws_without_any_server(browser_context_of_its_own: tuple[BrowserContext, Recorder], tmp_path: Path) -> None:
    town = replace(small_town(), name="Klein & fijn", fictional=True)
    file = tmp_path / "scene.html"
    file.write_bytes(standalone_scene(Scenario(town, frozenset({tower()})), "nl", made_on=dt.date(2026, 11, 22)))
    context, recorder = browser_context_of_its_own
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_function("() => document.querySelectorAll('#scene canvas').length > 0")
    page.wait_for_function(
        """() => {
          const canvas = [...document.querySelectorAll('#scene canvas')].at(-1);
          const copy = Object.assign(document.createElement('canvas'), { width: 64, height: 64 }).getContext('2d');
          copy.drawImage(canvas, 0, 0, 64, 64);
          const pixels = copy.getImageData(0, 0, 64, 64).data;
          let blue = 0;
          for (let place = 0; place < pixels.length; place += 4)
            if (pixels[place + 3] > 200 && pixels[place + 2] > pixels[place] + 60) blue += 1;
          return blue > 40;
        }"""
    )
    expect(page.locator("h1")).to_have_text(f"Klein & fijn: {tower().title.nl}")
    expect(page.locator(".banner")).to_have_text("Verzonnen: Klein & fijn bestaat niet.")
    expect(page.locator("details li").first).to_be_visible()
    fill = page.locator("details li span").first.evaluate("(swatch) => getComputedStyle(swatch).backgroundColor")
    assert fill == f"rgb{appearance.PLAN_FACES[tower().role]}", "the legend has the colour of the scene"
    for told in (tower().source.owner, *(source.owner for source in town.sources), "22 november 2026"):
        expect(page.locator("footer")).to_contain_text(told)
    assert {url.partition(":")[0] for url in recorder.requests} <= {"file", "data", "blob"}
    assert not recorder.faults
