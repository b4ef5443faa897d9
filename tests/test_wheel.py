"""An installed wheel carries the whole house, in one folder and nowhere else."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
CARRIED: Final = ("app.py", "asgi.py", "pages", "ui", "layers", "data", ".streamlit/config.toml")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was built just now."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in it."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_the_tree(place: str) -> set[str]:
    path = ROOT / place
    found = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {each.relative_to(ROOT).as_posix() for each in found if "__pycache__" not in each.parts}


def test_the_upper_floors_and_the_data_come_along(names: set[str]) -> None:
    wanted = {f"wijktwin/_house/{name}" for place in CARRIED for name in in_the_tree(place)}
    assert {"wijktwin/_house/app.py", "wijktwin/_house/asgi.py", "wijktwin/_house/.streamlit/config.toml"} <= wanted
    assert any(name.startswith("wijktwin/_house/data/example/") for name in wanted)
    assert wanted <= names


def test_what_is_no_python_comes_along(names: set[str]) -> None:
    wanted = {name for name in in_the_tree("wijktwin") if not name.endswith(".py")}
    assert {"wijktwin/py.typed", "wijktwin/messages/nl/command.toml", "wijktwin/messages/en/command.toml"} <= wanted
    assert wanted <= names


def test_nothing_lands_beside_the_package(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"wijktwin"}
    assert not [name for name in names if "test" in name.split("/")[0] or name.endswith((".pyc", ".log"))]


def test_the_licence_comes_along(names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_command_of_an_installed_wheel_finds_the_upper_floors(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    paths = [str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    asked = ["export", "picture", "--data", "nowhere", "--out", "a.png"]
    start = f"import sys; sys.path[:0] = {paths!r}; from wijktwin.cli import main; sys.exit(main({asked!r}))"
    # without site (-S) no editable install of this checkout is seen
    done = subprocess.run([sys.executable, "-I", "-S", "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "wijktwin: nowhere does not exist: check the name and the folder it is in.\n")
