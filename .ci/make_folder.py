"""A folder with everything in it, for a laptop on which nothing may be installed: Python, the packages, Wijktwin and a neighbourhood.

Run by ``make folder`` (Linux, macOS), or with any Python 3.11 or newer: ``python .ci/make_folder.py --out DIR [--data DIR]``. The folder
works on computers of the kind it was made on (Windows for Windows), from a stick as well, without internet and without rights: whoever
opens ``start.bat`` or ``start.sh`` starts an evening.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "turtledemo", "tkinter", "ensurepip", "config-*", "*.a"
)
IS_WINDOWS = os.name == "nt"
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


def main() -> int:
    """Make the folder; it may not be there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to make")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a neighbourhood folder that goes along (default: the example)")
    options = parser.parse_args()
    if options.out.exists():
        sys.stderr.write(f"{options.out} is there already: name a new folder, or take it away first.\n")
        return 2
    if options.data is not None and not options.data.is_dir():
        sys.stderr.write(f"{options.data} is no folder: name a neighbourhood folder, made by wijktwin prepare or wijktwin fetch.\n")
        return 2
    options.out.mkdir(parents=True)
    install(copy_python(options.out / "python"))
    if options.data is not None:
        shutil.copytree(options.data, options.out / "data")
    if IS_WINDOWS:
        (options.out / "start.bat").write_text(START_BAT, encoding="ascii", newline="\r\n")
    else:
        start = options.out / "start.sh"
        start.write_text(START_SH % {"python": f"python{sys.version_info.major}.{sys.version_info.minor}"}, encoding="ascii")
        start.chmod(0o755)
    sys.stdout.write(f"{options.out} holds all that is needed; open {'start.bat' if IS_WINDOWS else 'start.sh'} in it.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
