"""A folder with everything in it, for a laptop on which nothing may be installed: Python, the packages, Wijktwin and a neighbourhood.

Run by ``make folder`` (Linux, macOS), or with any Python 3.11 or newer: ``python .ci/make_folder.py --out DIR [--data DIR]``. The folder
works on computers of the kind it was made on (Windows for Windows), from a stick as well, without internet and without rights: whoever
opens ``start.bat`` or ``start.sh`` starts an evening.

``--windows-python ZIP`` makes a folder for 64-bit Windows on any computer: ZIP is the "Windows embeddable package (64-bit)" that
python.org gives, and the packages are the same releases as wheels for Windows.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "turtledemo", "tkinter", "ensurepip", "config-*", "*.a"
)
IS_WINDOWS = os.name == "nt"
X86_64 = 0x8664
"""How a Windows program says that it is for 64-bit processors."""
RUNTIME = "msvcp140.dll"
ONLY_ON_WINDOWS = ("tzdata",)
"""What our packages need there and not here: pip asks that of the computer it runs on, not of the one that it is asked for."""
START_SH = """#!/bin/sh
# Starts Wijktwin for an evening; what changes is kept in the folder state beside this file.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
LD_LIBRARY_PATH="$here/python/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
set -- "$@" --state "$here/state"
[ -d "$here/data" ] && set -- "$@" --data "$here/data"
exec "$here/python/bin/%(python)s" -s -m wijktwin evening "$@"
"""
START_BAT = """@echo off
rem Starts Wijktwin for an evening; what changes is kept in the folder state beside this file.
set PYTHONHOME=
set PYTHONPATH=
set "here=%~dp0"
set "data="
if exist "%here%data" set data=--data "%here%data"
"%here%python\\python.exe" -s -m wijktwin evening %* --state "%here%state" %data%
pause
"""


def copy_python(folder: Path) -> Path:
    """Copy this computer's own Python, without its packages, and give the folder for those."""
    if IS_WINDOWS:
        shutil.copytree(
            sys.base_prefix, folder, ignore=shutil.ignore_patterns("__pycache__", "site-packages", "Scripts", "Doc", "Tools", "tcl", "test")
        )
        return folder / "Lib" / "site-packages"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = folder / "lib" / version
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=LEFT_OUT)
    (folder / "bin").mkdir()
    shutil.copy2(Path(getattr(sys, "_base_executable", sys.executable)).resolve(), folder / "bin" / version)
    name = sysconfig.get_config_var("INSTSONAME")
    if name and (shared := Path(sysconfig.get_config_var("LIBDIR")) / name).is_file():
        shutil.copy2(shared, folder / "lib" / name)
    return library / "site-packages"


def install(packages: Path) -> None:
    """The pinned packages and Wijktwin itself, with its pages and its example."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*command, "--constraint", ROOT / "constraints.txt", "--target", packages, str(ROOT)], check=True)  # noqa: S603


class RefusedError(Exception):
    """What was given cannot be used; the sentence says why."""


def unpack_windows_python(archive: Path, folder: Path) -> str:
    """Unpack the embeddable Python of python.org, let it see the packages and nothing else, and give its version as pip writes it ("312").

    Raises
    ------
    RefusedError
        It is something else, for other processors, or too old.
    """
    wanted = f"{archive} is no “Windows embeddable package (64-bit)” of Python 3.11 or newer, as python.org/downloads/windows gives"
    try:
        with zipfile.ZipFile(archive) as packed:
            found = [name for name in packed.namelist() if re.fullmatch(r"python3\d+\._pth", name)]
            if len(found) != 1 or int(found[0][7:-5]) < 11 or _processor(packed.read("python.exe")) != X86_64:
                raise RefusedError(f"{wanted}.")
            packed.extractall(folder)
    except (OSError, KeyError, struct.error, zipfile.BadZipFile) as error:
        raise RefusedError(f"{wanted} ({error}).") from error
    version = found[0][6:-5]
    seen = (f"python{version}.zip", ".", "Lib\\site-packages", "Lib\\site-packages\\wijktwin\\_house")
    (folder / found[0]).write_text("".join(f"{line}\r\n" for line in seen), encoding="ascii", newline="")
    return version


def _processor(program: bytes) -> int:
    """For which processor a Windows program is."""
    (at,) = struct.unpack_from("<I", program, 0x3C)
    if program[at : at + 4] != b"PE\0\0":
        return 0
    (processor,) = struct.unpack_from("<H", program, at + 4)
    return int(processor)


def bring_runtime(python: Path) -> None:
    """Lay Microsoft's C++ library beside ``python.exe``: numba asks for it by its plain name, and a laptop may not have it.

    Several wheels carry a copy of it under a name of their own; the newest is taken.
    """
    carried = [(_file_version(found.read_bytes()), found) for found in python.rglob("msvcp140-*.dll")]
    if carried and not (python / RUNTIME).exists():
        shutil.copyfile(max(carried)[1], python / RUNTIME)


def _file_version(library: bytes) -> tuple[int, ...]:
    """The version that a Windows library says of itself (``VS_FIXEDFILEINFO``); (0,) where it says none."""
    at = library.find(struct.pack("<I", 0xFEEF04BD))
    return (0,) if at < 0 else struct.unpack_from("<II", library, at + 8)


def install_for_windows(packages: Path, version: str) -> None:
    """The same, as wheels for 64-bit Windows; nothing of them runs here."""
    pip = [sys.executable, "-m", "pip"]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    kind = ["--platform", "win_amd64", "--python-version", version, "--implementation", "cp"]
    kind += ["--abi", f"cp{version}", "--abi", "abi3", "--abi", "none", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory() as built:
        subprocess.run([*pip, "wheel", *quiet, "--no-deps", "--wheel-dir", built, str(ROOT)], check=True)  # noqa: S603
        (own,) = Path(built).glob("wijktwin-*.whl")
        command = [*pip, "install", *quiet, "--no-compile", *kind, "--constraint", ROOT / "constraints.txt", "--target", packages]
        subprocess.run([*command, str(own), *ONLY_ON_WINDOWS], check=True)  # noqa: S603


def main() -> int:
    """Make the folder; it may not be there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to make")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a neighbourhood folder that goes along (default: the example)")
    parser.add_argument(
        "--windows-python", type=Path, metavar="ZIP", help="make a folder for Windows around this embeddable Python (64-bit, python.org)"
    )
    options = parser.parse_args()
    for_windows = IS_WINDOWS or options.windows_python is not None
    if options.out.exists():
        sys.stderr.write(f"{options.out} is there already: name a new folder, or take it away first.\n")
        return 2
    if options.data is not None and not options.data.is_dir():
        sys.stderr.write(f"{options.data} is no folder: name a neighbourhood folder, made by wijktwin prepare or wijktwin fetch.\n")
        return 2
    options.out.mkdir(parents=True)
    try:
        if options.windows_python is None:
            install(copy_python(options.out / "python"))
        else:
            version = unpack_windows_python(options.windows_python, options.out / "python")
            install_for_windows(options.out / "python" / "Lib" / "site-packages", version)
            bring_runtime(options.out / "python")
    except (RefusedError, subprocess.CalledProcessError) as error:
        shutil.rmtree(options.out)
        sys.stderr.write(
            f"{error}\n" if isinstance(error, RefusedError) else "No packages could be installed: pip's own words are above.\n"
        )
        return 2
    if options.data is not None:
        shutil.copytree(options.data, options.out / "data")
    if for_windows:
        (options.out / "start.bat").write_text(START_BAT, encoding="ascii", newline="\r\n")
    else:
        start = options.out / "start.sh"
        start.write_text(START_SH % {"python": f"python{sys.version_info.major}.{sys.version_info.minor}"}, encoding="ascii")
        start.chmod(0o755)
    sys.stdout.write(f"{options.out} holds all that is needed; open {'start.bat' if for_windows else 'start.sh'} in it.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
