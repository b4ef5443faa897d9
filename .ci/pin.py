"""Prints constraints.txt: the exact version of everything that is installed here for running and testing Wijktwin.

Run through ``make constraints``. Versions only: no hashes and no addresses, so that every registry and mirror serves.
"""

from __future__ import annotations

import sys
from importlib.metadata import distributions

HEAD = """\
# The exact versions that Wijktwin is run and tested with. Written by `make constraints` (see the Makefile); do not edit by hand.
# Use: pip install --constraint constraints.txt --editable .
"""
TOOLS = {"pip", "setuptools", "wheel", "wijktwin"}


def normalised(name: str) -> str:
    """A package's name as registries compare it."""
    return name.lower().replace("_", "-").replace(".", "-")


def main() -> None:
    """Write the pins to standard output, sorted by name."""
    pins = {normalised(d.metadata["Name"]): d.version for d in distributions() if normalised(d.metadata["Name"]) not in TOOLS}
    sys.stdout.write(HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))


if __name__ == "__main__":
    main()
