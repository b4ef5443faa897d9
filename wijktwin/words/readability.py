"""How easy a Dutch text reads, by a formula: a gate against difficult sentences, not a proof that one is clear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wijktwin.words.syllables import syllables

FLESCH_DOUMA: Final = (206.84, 0.93, 77.0)
"""Constant, weight of words per sentence, weight of syllables per word (Douma 1960, De leesbaarheid van landbouwbladen, as given
in DBNL, Onze Taal and koRpus)."""

LEESINDEX_A: Final = (195.0, 2.0, 67.0)
"""The same three of Leesindex A (Brouwer 1963, De leesmoeilijkheid van Nederlands kleuter- en kinderboeken, as given in koRpus)."""

NORMAL: Final = 60.0
"""From here on a text counts as normal reading (60-70), from 70 as fairly easy."""

QUOTED: Final = r"“[^”]*”|‘[^’]*’"
BRACKETED: Final = r"\([^()]*(?:\([^()]*\)[^()]*)*\)"
"""Between brackets, which may hold one more pair."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-ZÀ-Ý0-9‘'])")
_NAMES: Final = re.compile(f" {BRACKETED}|{QUOTED}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER: Final = re.compile(r"[+−-]?\d[\d.,]*")


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
        return self._by(FLESCH_DOUMA)

    @property
    def leesindex_a(self) -> float:
        """Leesindex A of Brouwer: 195 - 2 x words per sentence - 67 x syllables per word; higher is easier."""
        return self._by(LEESINDEX_A)

    def _by(self, weights: tuple[float, float, float]) -> float:
        constant, sentence_weight, word_weight = weights
        return constant - sentence_weight * self.words_per_sentence - word_weight * self.syllables_per_word


def read(text: str) -> Readability:
    """Sentences, words and syllables of a Dutch text.

    A number counts as a word of one syllable: it is seen, not spelled out.

    Raises
    ------
    ValueError
        There is not one word in the text.
    """
    words = _WORD.findall(_NUMBER.sub(" ", text))
    n_numbers = len(_NUMBER.findall(text))
    if not words:
        raise ValueError("a text without words has no readability")
    return Readability(len(sentences_of(text)), len(words) + n_numbers, sum(map(syllables, words)) + n_numbers)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, in order; what holds neither a word nor a number is none."""
    return [part for part in _SENTENCE_END.split(text.strip()) if _WORD.search(part) or _NUMBER.search(part)]


def words_of(sentence: str) -> int:
    """How many words a sentence has, numbers included."""
    return len(_WORD.findall(_NUMBER.sub(" ", sentence))) + len(_NUMBER.findall(sentence))


def without_names(text: str) -> str:
    """The text without what stands between brackets or quotation marks: names and dates are not our words."""
    return _NAMES.sub("", text)


def flesch_douma(text: str) -> float:
    """Flesch-Douma score of a Dutch text; see `Readability.flesch_douma`."""
    return read(text).flesch_douma
