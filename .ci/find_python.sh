#!/bin/sh
# Prints the Python to build .venv with: $PYTHON if given, else the first on PATH that is 3.11 or newer and can make environments.
set -u

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
can_make_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

too_old=""
incomplete=""
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.14 python3.11}; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if ! new_enough "$candidate"; then
        too_old="$candidate"
    elif ! can_make_environments "$candidate"; then
        incomplete="${incomplete:-$candidate}"
    else
        command -v "$candidate"
        exit 0
    fi
done

if [ -n "$incomplete" ]; then
    version=$("$incomplete" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python $version cannot make a virtual environment: install its part for that with: sudo apt install python$version-venv" >&2
elif [ -n "$too_old" ]; then
    version=$("$too_old" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Wijktwin needs Python 3.11 or newer, and $too_old is Python $version: install a newer one" \
         "(sudo apt install python3.11 python3.11-venv, or 3.12, 3.13) or name one with: make PYTHON=/path/to/python3.12" >&2
else
    echo "No Python was found: install it with: sudo apt install python3 python3-venv" >&2
fi
exit 1
