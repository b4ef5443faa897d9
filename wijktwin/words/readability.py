"""How easy a Dutch text reads, by a formula: a gate against difficult sentences, not a proof that one is clear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

FLESCH_DOUMA: Final = (206.84, 0.93, 77.0)
"""Constant, weight of words per sentence, weight of syllables per word (Douma 1960, De leesbaarheid van landbouwbladen, as given
in DBNL, Onze Taal and koRpus)."""

NORMAL: Final = 60.0
"""From here on a text counts as normal reading (60-70), from 70 as fairly easy."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-ZÀ-Ý0-9‘'])")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER: Final = re.compile(r"[+−-]?\d[\d.,]*")
_VOWELS: Final = "aeiouyàáâäèéêëìíîïòóôöùúûü"
_NUCLEI: Final = (
    "aai", "ooi", "oei", "eeu", "ieu", "eau",
    "aa", "ee", "oo", "uu", "ie", "oe", "eu", "ui", "ei", "ij", "au", "ou", "ai", "oi", "ey", "oy", "ay", "uy",
)  # fmt: skip
"""Groups of vowels that sound as one, longest first."""


@dataclass(frozen=True, slots=True)
class Readability:
    """What was counted in a text, and the score."""

    n_sentences: int
    n_words: int
    n_syllables: int

    @property
    def words_per_sentence(self) -> float:
        """Average length of a sentence. [words]"""
        return self.n_words / self.n_sentences

    @property
    def syllables_per_word(self) -> float:
        """Average length of a word. [syllables]"""
        return self.n_syllables / self.n_words

    @property
    def flesch_douma(self) -> float:
        """Flesch-Douma score: 60-70 normal, 70-80 fairly easy, 80 and more easy.

        206.84 - 0.93 x words per sentence - 77 x syllables per word.
        """
        constant, sentence_weight, word_weight = FLESCH_DOUMA
        return constant - sentence_weight * self.words_per_sentence - word_weight * self.syllables_per_word


def read(text: str) -> Readability:
    """Sentences, words and syllables of a Dutch text.

    A number counts as a word of one syllable: it is seen, not spelled out.

    Raises
    ------
    ValueError
        There is not one word in the text.
    """
    sentences = [part for part in _SENTENCE_END.split(text.strip()) if _WORD.search(part) or _NUMBER.search(part)]
    words = _WORD.findall(_NUMBER.sub(" ", text))
    n_numbers = len(_NUMBER.findall(text))
    if not words:
        raise ValueError("a text without words has no readability")
    return Readability(len(sentences), len(words) + n_numbers, sum(map(count_syllables, words)) + n_numbers)


def flesch_douma(text: str) -> float:
    """Flesch-Douma score of a Dutch text; see `Readability.flesch_douma`."""
    return read(text).flesch_douma


def count_syllables(word: str) -> int:
    """Syllables of a Dutch word: the number of vowel sounds, at least one.

    Two vowels side by side are one sound where Dutch writes them as one (``_NUCLEI``), else two ("the-a-ter"); a diaeresis always
    begins a syllable ("co-ör-di-na-tie"); ``i`` before a vowel stays apart ("ra-di-o") but for the ending ``-tion`` ("sta-tion"), and
    ``y`` before a vowel is a consonant.
    """
    lowered = word.lower().replace("’", "'")
    if lowered.startswith("'"):
        return 1
    count, at = 0, 0
    while at < len(lowered):
        if lowered[at] not in _VOWELS or (lowered[at] == "y" and at + 1 < len(lowered) and lowered[at + 1] in _VOWELS):
            at += 1
            continue
        count += 1
        at += _nucleus_length(lowered, at)
    return max(1, count)


def _nucleus_length(word: str, at: int) -> int:
    if word.startswith("tion", at - 1):
        return 2
    for nucleus in _NUCLEI:
        if word.startswith(nucleus, at):
            return len(nucleus)
    return 1
