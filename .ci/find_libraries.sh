#!/bin/sh
# Sees to it that what the tests need of the system is there: what draws without a screen, and git. Usage: find_libraries.sh PYTHON_OF_THE_ENVIRONMENT
set -u
python=$1
log=.venv/libraries.log
packages="git libegl1 libgl1 libgl1-mesa-dri libxrender1"
. "$(dirname "$0")/as_root.sh"

all_there() {
    command -v git >/dev/null 2>&1 || return 1
    "$python" -c 'import ctypes
for name in ("libEGL.so.1", "libGL.so.1", "libXrender.so.1"):
    ctypes.CDLL(name)' 2>/dev/null
}

all_there && exit 0
echo "Installing what draws without a screen, and git ..." >&2
install_packages "$log" $packages
all_there && exit 0
echo "Tests of pictures or of the project's files may fail here: install what they need with: sudo apt install $packages" >&2
