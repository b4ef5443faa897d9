"""What a place is called where nobody says so: the name of its folder or file, written as names are."""

from __future__ import annotations

from typing import Final

SMALL: Final = frozenset({"a", "aan", "bij", "de", "den", "der", "en", "het", "in", "op", "over", "te", "ten", "ter", "van", "voor"})
"""Words that stay small within the name of a place."""


def place_name(bare: str) -> str:
    """The name of a folder or file as the name of a place: ``bergen-op-zoom`` is Bergen op Zoom. A name with a capital stays as it is."""
    if bare != bare.lower():
        return bare
    words = bare.replace("_", " ").replace("-", " ").split()
    return " ".join(_capital(word) if not place or word not in SMALL else word for place, word in enumerate(words)) or bare


def _capital(word: str) -> str:
    """With a capital, and ij as the one letter that it is; words with a figure (v20, b7) are no names."""
    if any(letter.isdigit() for letter in word):
        return word
    return f"IJ{word[2:]}" if word.startswith("ij") else word[:1].upper() + word[1:]
