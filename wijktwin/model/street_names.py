"""Names of Dutch streets as people type them: how alike a question and a name are, and how sure that is.

Capitals, accents and signs mean nothing; ``ij`` and ``y`` are one; what is abbreviated on signs and in registers (``str.``, ``Burg.``,
``v.d.``) is the same as what is written out; a slip of the finger or a spelling by ear is forgiven, but said to be less certain.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA, JaroWinkler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENDINGS: Final = {"str": "straat", "ln": "laan", "pln": "plein", "wg": "weg", "kd": "kade", "sngl": "singel", "dk": "dijk"}
"""Endings as signs and registers shorten them (NEN 5825), and written out."""
SORTS: Final = (*ENDINGS.values(), "gracht", "hof", "dreef", "pad", "park", "steeg", "markt", "hoek")
"""What so many names end in that it does not tell them apart."""
WORDS: Final = {
    "eerste": "1e", "1ste": "1e", "tweede": "2e", "2de": "2e", "derde": "3e", "3de": "3e", "vierde": "4e", "4de": "4e",
    "burgemeester": "burg", "bgm": "burg", "doctor": "dr", "dokter": "dr", "generaal": "gen", "ingenieur": "ir", "koning": "kon",
    "koningin": "kon", "meester": "mr", "pastoor": "past", "prins": "pr", "prinses": "pr", "professor": "prof", "sint": "st",
}  # fmt: skip
"""Words that are written out or shortened at will."""
PARTICLES: Final = frozenset({"van", "v", "vd", "de", "den", "der", "d", "het", "t", "s", "te", "ter", "ten"})
"""Words that people leave out, or write in many ways."""
BY_EAR: Final = (("ei", "y"), ("au", "ou"), ("ph", "f"), ("th", "t"), ("ch", "g"), ("ck", "k"), ("c", "k"), ("z", "s"))
"""What sounds alike, in this order."""
FEWEST_LETTERS: Final = 2
"""Fewer letters are the beginning of too much."""
FEWEST_INSIDE: Final = 3
"""Inside a name something is looked for from so many letters on."""
FEWEST_FOR_SLIPS: Final = 5
"""In the beginning of a name a slip is forgiven from so many letters on."""
MOST_SLIPS: Final = ((3, 0), (6, 1), (11, 2))
"""So many letters without the sort of street, and so many slips; longer names may have `SLIPS_IN_LONG`."""
SLIPS_IN_LONG: Final = 3
LEAST_ALIKE: Final = 0.7
"""Names less alike than this (Jaro-Winkler of what is left without the sort of street, 0 to 1) are not proposed."""


class Certainty(IntEnum):
    """How sure it is that a street was meant; less is surer."""

    EXACT = 0
    """What was typed is its name, written out or shortened."""
    BEGINS = 1
    """What was typed is the beginning of its name or of a word in it, or lies inside."""
    LIKE = 2
    """What was typed resembles it: a slip, or spelt by ear."""


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How sure it is that a street was meant, and by how much a question is off."""

    certainty: Certainty
    off: float


def folded(words: str) -> str:
    """Words as they are compared: no capitals, no accents, only letters and digits between single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))


@dataclass(frozen=True)
class StreetName:
    """A name, or what somebody types for one, in the ways it may be written.

    Parameters
    ----------
    words
        Folded.
    """

    words: tuple[str, ...]

    @staticmethod
    def of(name: str) -> StreetName:
        """From a name as it is written."""
        return StreetName(tuple(folded(name).split()))

    @cached_property
    def whole(self) -> frozenset[str]:
        """Written out, shortened, and without the small words; spaces left out."""
        long = tuple(_written_out(word) for word in self.words)
        short = tuple(WORDS.get(word, word) for word in long)
        bare = tuple(word for word in short if word not in PARTICLES)
        return frozenset("".join(words).replace("ij", "y") for words in (long, short, bare) if words)

    @cached_property
    def beginnings(self) -> tuple[frozenset[str], ...]:
        """From each of its words to the end: people look for "Schaepmanlaan" in "Dr. Schaepmanlaan"."""
        return tuple(StreetName(self.words[at:]).whole for at in range(len(self.words)))

    @cached_property
    def heard(self) -> frozenset[str]:
        """As it sounds."""
        return frozenset(_by_ear(each) for each in self.whole)


def likeness(question: StreetName, name: StreetName) -> Likeness | None:
    """How sure it is that a question means a name; None where nothing says so."""
    if question.whole & name.whole:
        return Likeness(Certainty.EXACT, 0.0)
    begun = _begins(question, name)
    return begun if begun is not None else _resembles(question, name)


def nearest(question: StreetName, names: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The names that resemble a question most, whether or not they may be meant; none where none resembles it at all."""
    ranked: list[tuple[float, str]] = []
    for name in names:
        pairs = ((_stem(one), _stem(other)) for one in question.whole for other in StreetName.of(name).whole)
        alike = max((JaroWinkler.similarity(one, other) for one, other in pairs), default=0.0)
        if alike >= LEAST_ALIKE:
            ranked.append((-alike, name))
    return tuple(name for _, name in sorted(ranked)[:most])


def _begins(question: StreetName, name: StreetName) -> Likeness | None:
    found: list[float] = []
    for place, written in enumerate(name.beginnings):
        for asked in question.whole:
            missing = [len(one) - len(asked) for one in written if one.startswith(asked)]
            if missing and len(asked) >= FEWEST_LETTERS:
                found.append(place + min(missing) / 100)
    if not found and any(len(asked) >= FEWEST_INSIDE and asked in one for asked in question.whole for one in name.whole):
        found.append(float(len(name.words)))  # "loper" in "Oeverloperkade"
    return Likeness(Certainty.BEGINS, min(found)) if found else None


def _resembles(question: StreetName, name: StreetName) -> Likeness | None:
    found: list[float] = []
    for asked in question.whole:
        for written in name.whole:
            slips = OSA.distance(asked, written)
            if slips <= slips_allowed(written):
                found.append(float(slips))
            if _stem(asked) == _stem(written) and len(_stem(written)) > FEWEST_LETTERS:
                found.append(1.0)
            if len(asked) >= FEWEST_FOR_SLIPS and any(OSA.distance(asked, written[:n]) <= 1 for n in _lengths(asked)):
                found.append(1.5)
    if question.heard & name.heard:
        found.append(0.5)
    return Likeness(Certainty.LIKE, min(found)) if found else None


def slips_allowed(name: str) -> int:
    """How many slips are forgiven in a name: its sort of street does not count, for it hardly tells names apart."""
    n = len(_stem(name))
    return next((slips for most, slips in MOST_SLIPS if n <= most), SLIPS_IN_LONG)


def _lengths(asked: str) -> Sequence[int]:
    return range(len(asked) - 1, len(asked) + 2)


def _written_out(word: str) -> str:
    short = next((short for short in ENDINGS if word.endswith(short) and len(word) != len(short) + 1), None)
    return word if short is None else word.removesuffix(short) + ENDINGS[short]


def _stem(name: str) -> str:
    """A name without its sort of street, where something is left."""
    sort = next((sort.replace("ij", "y") for sort in SORTS if name.endswith(sort.replace("ij", "y"))), "")
    return name.removesuffix(sort) or name


def _by_ear(name: str) -> str:
    for written, heard in BY_EAR:
        name = name.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", name)
