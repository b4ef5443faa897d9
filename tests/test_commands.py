"""The two commands say in one sentence what is missing, and continuous integration may not skip what it could run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
SH: Final = shutil.which("sh") or "/bin/sh"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="make and sh are not used on Windows")

pytest_plugins = ["pytester"]


def stub_python(folder: Path, name: str, *, version: str, has_ensurepip: bool = True) -> None:
    """A stand-in that answers the three questions that find_python.sh asks."""
    too_old = tuple(map(int, version.split("."))) < (3, 11)
    script = folder / name
    script.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"  *'< (3, 11)'*) exit {int(too_old)} ;;\n"
        f"  *ensurepip*) exit {int(not has_ensurepip)} ;;\n"
        f"  *) echo {version} ;;\n"
        "esac\n"
    )
    script.chmod(0o755)


def find_python(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SH, str(ROOT / ".ci" / "find_python.sh")], env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False
    )


def test_first_python_that_will_do_is_taken(tmp_path: Path) -> None:
    stub_python(tmp_path, "python3", version="3.9")
    stub_python(tmp_path, "python3.13", version="3.13", has_ensurepip=False)
    stub_python(tmp_path, "python3.12", version="3.12")
    found = find_python(tmp_path)
    assert (found.returncode, found.stdout.strip()) == (0, str(tmp_path / "python3.12"))


def test_named_python_is_taken(tmp_path: Path) -> None:
    stub_python(tmp_path, "python3", version="3.12")
    stub_python(tmp_path, "mine", version="3.13")
    assert find_python(tmp_path, PYTHON="mine").stdout.strip() == str(tmp_path / "mine")


@pytest.mark.parametrize(
    ("version", "has_ensurepip", "way_out"),
    [("3.12", False, "sudo apt install python3.12-venv"), ("3.9", True, "needs Python 3.11 or newer, and python3 is Python 3.9")],
)
def test_python_that_will_not_do_is_explained(tmp_path: Path, version: str, *, has_ensurepip: bool, way_out: str) -> None:
    stub_python(tmp_path, "python3", version=version, has_ensurepip=has_ensurepip)
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert found.stdout == ""
    assert way_out in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_no_python_is_explained(tmp_path: Path) -> None:
    found = find_python(tmp_path)
    assert (found.returncode, found.stderr.count("sudo apt install python3 python3-venv")) == (1, 1)


def test_browser_that_cannot_run_is_explained(tmp_path: Path) -> None:
    found = subprocess.run(
        [SH, str(ROOT / ".ci" / "find_browser.sh"), "python3"],
        env={"PATH": os.environ["PATH"], "WIJKTWIN_BROWSER": str(tmp_path / "nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert str(tmp_path / "nothing") in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_libraries_that_are_not_there_are_asked_of_apt_and_else_named(tmp_path: Path) -> None:
    """A system in which nothing of it is, with an apt that installs nothing; and one where nobody may install."""
    asked = tmp_path / "asked"
    programs = {
        "id": "echo {uid}",
        "apt-get": f'echo "$@" >> {asked}',
        "python": "exit 1",
        "dirname": f"echo {ROOT / '.ci'}",
        "env": 'case "$1" in *=*) shift ;; esac; "$@"',
    }
    for uid, n_calls in ((0, 2), (1000, 0)):
        asked.unlink(missing_ok=True)
        for name, does in programs.items():
            program = tmp_path / name
            program.write_text(f"#!{SH}\n{does.format(uid=uid) if name == 'id' else does}\n", encoding="utf-8")
            program.chmod(0o755)
        (tmp_path / ".venv").mkdir(exist_ok=True)
        found = subprocess.run(
            [SH, str(ROOT / ".ci" / "find_libraries.sh"), str(tmp_path / "python")],
            env={"PATH": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        calls = asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []
        assert found.returncode == 0, found.stderr
        assert len(calls) == n_calls
        assert all("libegl1" in call for call in calls[1:])
        assert found.stderr.splitlines()[-1].endswith("sudo apt install git libegl1 libgl1 libgl1-mesa-dri libxrender1")


SKIPPING = """
def test_with_data(shared_data):
    assert shared_data.is_dir()

def test_that_skips_all_the_same():
    import pytest
    pytest.skip("shared data absent: looked in the wrong place")
"""


@pytest.mark.parametrize(
    ("ci", "is_present", "passed", "skipped", "code"),
    [("true", True, 1, 1, 1), ("", True, 1, 1, 0), ("true", False, 0, 2, 0), ("", False, 0, 2, 0)],
)
def test_skipping_for_want_of_data_that_is_there_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, *, is_present: bool, passed: int, skipped: int, code: int
) -> None:
    folder = pytester.path / "real"
    if is_present:
        folder.mkdir()
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("WIJKTWIN_SHARED_DATA", str(folder))
    pytester.makeini("[pytest]\nmarkers =\n    shared_data\n    browser\n")
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(SKIPPING)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist")
    result.assert_outcomes(passed=passed, skipped=skipped)
    assert result.ret == code
