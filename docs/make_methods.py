"""Writes ``docs/methods.md`` from the texts that the pages show: ``python docs/make_methods.py``. A test sees that it was done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wijktwin.words.methods import methods_document

TARGET: Final = Path(__file__).resolve().parent / "methods.md"

if __name__ == "__main__":
    TARGET.write_text(methods_document("en"), encoding="utf-8", newline="\n")
    print(f"{TARGET.name} holds the methods as they are now.")
