"""Two ways to run it elsewhere: a folder for a laptop on which nothing may be installed, and an image for hosting."""

from __future__ import annotations

import http.client
import importlib.util
import os
import re
import struct
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement

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
    for place in ("/health", "WIJKTWIN_STATE=/state", "HOME=/state", "-g 0 -m 0775 /state", "--address 0.0.0.0", "HEALTHCHECK"):
        assert place in CONTAINERFILE
    assert not re.search(r"https?://(?!localhost)", CONTAINERFILE)


def embeddable(path: Path, *, version: int = 312, processor: int = 0x8664) -> Path:
    """What python.org packs, without what runs."""
    program = bytearray(256)
    struct.pack_into("<I", program, 0x3C, 128)
    program[128:132] = b"PE\0\0"
    struct.pack_into("<H", program, 132, processor)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python.exe", bytes(program))
        archive.writestr(f"python{version}._pth", f"python{version}.zip\r\n.\r\n#import site\r\n")
        archive.writestr(f"python{version}.zip", b"")
    return path


def test_a_python_for_windows_sees_the_packages_and_the_upper_floors(tmp_path: Path) -> None:
    version = make_folder().unpack_windows_python(embeddable(tmp_path / "a.zip", version=313), tmp_path / "python")
    assert version == "313"
    told = (tmp_path / "python" / "python313._pth").read_bytes().decode().split("\r\n")
    assert told == ["python313.zip", ".", "Lib\\site-packages", "Lib\\site-packages\\wijktwin\\_house", ""]


def test_the_newest_runtime_that_wheels_carry_lies_beside_the_program(tmp_path: Path) -> None:
    for folder, version in (("b.libs", (14, 44)), ("a.libs", (14, 36)), ("c.libs", (14, 9))):
        (tmp_path / "Lib" / folder).mkdir(parents=True)
        told = b"..." + struct.pack("<III", 0xFEEF04BD, 0x10000, version[0] << 16 | version[1]) + b"\0" * 8
        (tmp_path / "Lib" / folder / f"msvcp140-{version[1]}.dll").write_bytes(told + folder.encode())
    (tmp_path / "Lib" / "msvcp140-none.dll").write_bytes(b"says nothing")
    make_folder().bring_runtime(tmp_path)
    assert (tmp_path / "msvcp140.dll").read_bytes().endswith(b"b.libs")


def test_another_python_makes_no_folder_for_windows(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    wrong = [tmp_path / "no.zip", tmp_path / "empty.zip", tmp_path / "nowhere.zip"]
    wrong += [embeddable(tmp_path / "32.zip", processor=0x14C), embeddable(tmp_path / "old.zip", version=310)]
    for archive in wrong:
        said = refused("--out", str(tmp_path / "new"), "--windows-python", str(archive))
        assert said.startswith(f"{archive} is no “Windows embeddable package (64-bit)”")
        assert len(said.splitlines()) == 1
        assert not (tmp_path / "new").exists(), "no half folder is left"


def test_what_only_windows_needs_comes_along() -> None:
    """Followed through the requirements of everything installed here, as Windows reads them."""
    windows = {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "python_version": "3.12",
    }
    here = {"platform_python_implementation": "CPython", "implementation_name": "cpython", "python_full_version": "3.12.0", "extra": ""}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    left = [(Requirement(each), {""}) for each in project["dependencies"]]
    followed: set[str] = set()
    only: set[str] = set()
    while left:
        wanted, extras = left.pop()
        surroundings = [windows | here | {"extra": extra} for extra in extras]
        if wanted.marker is not None and not any(map(wanted.marker.evaluate, surroundings)):
            continue
        name = wanted.name.lower().replace("_", "-")
        if wanted.marker is not None and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            only.add(name)
        if name not in followed:
            followed.add(name)
            left += [(Requirement(each), wanted.extras or {""}) for each in distribution(name).requires or []]
    assert len(followed) > 60
    assert only - set(make_folder().ONLY_ON_WINDOWS) == set()
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert all(f"\n{name}==" in pinned for name in make_folder().ONLY_ON_WINDOWS)


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
