"""Two ways to run it elsewhere: a folder for a laptop on which nothing may be installed, and an image for hosting."""

from __future__ import annotations

import http.client
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
CONTAINERFILE: Final = (ROOT / "Containerfile").read_text(encoding="utf-8")
OPEN: Final = "Wijktwin is open at "


def make_folder() -> Any:
    spec = importlib.util.spec_from_file_location("make_folder", ROOT / ".ci" / "make_folder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(*arguments: str) -> str:
    command = [sys.executable, str(ROOT / ".ci" / "make_folder.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    return done.stderr


def test_nothing_is_written_over_and_data_that_are_not_there_are_told(tmp_path: Path) -> None:
    assert refused("--out", str(tmp_path)) == f"{tmp_path} is there already: name a new folder, or take it away first.\n"
    assert "is no folder" in refused("--out", str(tmp_path / "new"), "--data", str(tmp_path / "nowhere"))
    assert not (tmp_path / "new").exists()


def test_both_scripts_start_an_evening_with_what_lies_beside_them() -> None:
    module = make_folder()
    for script in (module.START_SH, module.START_BAT):
        assert "-m wijktwin evening" in script
        assert "--state" in script
        assert "--data" in script
        assert re.search(r"(unset|set) PYTHON(HOME|PATH)", script), "a Python of the laptop's own has no say"


def test_the_image_installs_what_is_pinned_and_runs_without_rights() -> None:
    assert "--constraint constraints.txt" in CONTAINERFILE
    assert CONTAINERFILE.index("USER wijktwin") < CONTAINERFILE.index('CMD ["sh"')
    images = re.findall(r"^FROM (\S+)", CONTAINERFILE, flags=re.MULTILINE)
    assert len(set(images)) == 1
    assert re.fullmatch(r"python:3\.1[1-9]-slim-\w+", images[0]), "no registry is named"
    for place in ("/health", "WIJKTWIN_STATE=/state", "--address 0.0.0.0", "HEALTHCHECK"):
        assert place in CONTAINERFILE
    assert not re.search(r"https?://(?!localhost)", CONTAINERFILE)


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name != "posix", reason="the folder for Windows is made on Windows")
def test_a_folder_that_was_moved_opens_with_nothing_of_this_computer(tmp_path: Path) -> None:
    made, moved = tmp_path / "made", tmp_path / "a stick" / "wijktwin"
    subprocess.run([sys.executable, str(ROOT / ".ci" / "make_folder.py"), "--out", str(made)], check=True, capture_output=True)
    moved.parent.mkdir()
    made.rename(moved)
    command = [str(moved / "start.sh"), "--port", "0", "--address", "127.0.0.1"]
    bare = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with subprocess.Popen(command, env=bare, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            url = next(line.removeprefix(OPEN).strip() for line in lines if line.startswith(OPEN))
            place = urlsplit(url)
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
            connection.request("GET", "/health")
            assert connection.getresponse().status == 200
            assert (moved / "state" / "server.log").is_file()
        finally:
            process.terminate()
