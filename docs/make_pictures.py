"""Makes the pictures of the documentation from the running project: ``.venv/bin/python docs/make_pictures.py``.

Needs what ``make test`` installs (Playwright and a Chromium). Every picture shows the embedded example, which is fictional and says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from tests.browser.visiting import FLAGS, LAPTOP, PHONE, Size, wait_for_scene, wait_for_script  # noqa: E402

IMAGES: Final = ROOT / "docs" / "images"
OPEN_SENTENCE: Final = "Wijktwin is open at "
PICTURES: Final = (
    ("look_around", "?plans=vogeltorens", LAPTOP),
    ("look_around_phone", "?plans=vogeltorens", PHONE),
    ("scenarios", "scenarios?plans=vogeltorens", LAPTOP),
)


@contextmanager
def server() -> Iterator[str]:
    """A server on the example, as anybody would start it; yields its address."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-m", "wijktwin", "run", "--port", "0", "--state", state]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                for line in process.stdout or ():
                    if line.startswith(OPEN_SENTENCE):
                        yield line.removeprefix(OPEN_SENTENCE).strip()
                        break
                else:
                    sys.exit("the server did not open: see above")
            finally:
                process.terminate()


def take(browser: Browser, url: str, size: Size, target: Path) -> None:
    """One picture of one page, once its scene has been drawn."""
    context = browser.new_context(
        viewport={"width": size.width, "height": size.height}, locale="nl-NL", is_mobile=size.is_phone, has_touch=size.is_phone
    )
    page = context.new_page()
    page.goto(url)
    wait_for_scene(page)
    wait_for_script(page)
    page.screenshot(path=target)
    context.close()


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("WIJKTWIN_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for name, path, size in PICTURES:
            target = IMAGES / f"{name}.png"
            take(browser, f"{url}/{path}", size, target)
            print(target.relative_to(ROOT), f"{target.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main()
