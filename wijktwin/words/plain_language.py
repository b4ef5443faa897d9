"""What makes a text hard to read: long sentences, hard words that nobody explains, the passive voice, two negations in one sentence.

Limits and hard words stand in ``data/norms/plain_language.toml`` with their sources. Passive voice and double negations are flagged for
whoever writes, not refused: "er worden 7 bomen gekapt" is the plainest way to say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from wijktwin.norm_tables import norm_table
from wijktwin.words.readability import QUOTED, Readability, read, sentences_of, without_names, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.errors import Language

FILE: Final = "plain_language.toml"

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PASSIVE_VERB: Final = re.compile(r"\b(wordt|worden|werd|werden)\b", re.IGNORECASE)
_PARTICIPLE: Final = re.compile(r"\b(?:[a-z]{2,4})?(?:ge|be|ver|ont|her)[a-zë]{2,}(?:d|t|en)\b", re.IGNORECASE)
_NO_PARTICIPLE: Final = frozenset({
    "bedrijven", "begin", "bent", "bergen", "beschikbaar", "besluit", "bestaat", "beteken", "betekent", "gebied", "gebieden", "gebouwen",
    "gedeelten", "geen", "geluid", "gemeenten", "gemiddeld", "gevolgen", "gewoonten", "geldt", "gelden", "geeft", "geven", "herfst",
    "verdiepingen", "vergeleken", "verschillen", "verandert", "verdwijnt", "verdwijnen", "vervoert", "onthoudt", "begint", "berekend",
})  # fmt: skip
"""Words that look like a participle and are none, or stand beside "wordt" without making it passive."""
_PASSIVE_ENGLISH: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:not\s+)?(?:[a-z]+ly\s+)?[a-z]+(?:ed|lt|wn)\b", re.IGNORECASE
)
_NEGATIONS: Final[Mapping[Language, re.Pattern[str]]] = {
    "nl": re.compile(r"\b(?:niet|geen|nooit|niets|niemand|nergens|zonder|noch|onmogelijk|ontbreekt|ontbreken)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:not|no|never|nothing|nobody|nowhere|without|neither|nor|cannot|impossible)\b", re.IGNORECASE),
}
_CLAUSE_END: Final = re.compile(r"[,:;.]| en | maar | want | and | but ")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a text is held to; see the data file for where the values come from."""

    flesch_douma: float
    words_per_sentence: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in one text; what is flagged is told, what is refused fails the check.

    Parameters
    ----------
    readability
        None where there is no formula for the language, or no word in the text.
    too_long, hard, passive, double_negative
        Sentences over the limit; hard words without an explanation; sentences that are flagged.
    """

    readability: Readability | None
    too_long: tuple[str, ...]
    hard: tuple[str, ...]
    passive: tuple[str, ...]
    double_negative: tuple[str, ...]

    @property
    def is_below_gate(self) -> bool:
        """Whether the text as a whole reads too hard."""
        return self.readability is not None and self.readability.flesch_douma < limits().flesch_douma


@cache
def limits() -> Limits:
    """What a text is held to."""
    table = norm_table(FILE)["limits"]
    return Limits(float(table["flesch_douma"]), int(table["words_per_sentence"]))


@cache
def hard_words(language: Language) -> Mapping[str, str]:
    """Hard words of a language in small letters, and what to write instead."""
    words: Mapping[str, str] = norm_table(FILE)["hard"].get(language, {}).get("words", {})
    return words


def findings(text: str, language: Language) -> Findings:
    """Everything that makes a text hard, names and what stands in brackets left out of the counting."""
    own = without_names(text)
    sentences = sentences_of(own)
    is_counted = language == "nl" and _TOKEN.search(own) is not None
    return Findings(
        readability=read(own) if is_counted else None,
        too_long=tuple(each for each in sentences if words_of(each) > limits().words_per_sentence),
        hard=unexplained(text, language),
        passive=tuple(each for each in sentences if is_passive(each, language)),
        double_negative=tuple(each for each in sentences if is_double_negative(each, language)),
    )


def unexplained(text: str, language: Language) -> tuple[str, ...]:
    """Hard words that are explained nowhere in the text, each once.

    A word is explained where brackets or a colon follow it, or where it stands in brackets itself, behind the plain word.
    """
    own = re.sub(QUOTED, "", text)
    known = hard_words(language)
    found = {match.group().lower() for match in _TOKEN.finditer(own)} & known.keys()
    return tuple(sorted(word for word in found if not _is_explained(word, own)))


def _is_explained(word: str, text: str) -> bool:
    named = re.escape(word)
    follows = re.search(rf"\b{named}(?:\s[\d.,]+)?(?:\s\(|:\s[^\W\d])", text, re.IGNORECASE)
    return follows is not None or re.search(rf"\w\s\({named}\b[^()]*\)", text, re.IGNORECASE) is not None


def is_passive(sentence: str, language: Language) -> bool:
    """Whether a sentence says what is done without who does it, as far as its form tells."""
    if language == "en":
        return _PASSIVE_ENGLISH.search(sentence) is not None
    if language != "nl" or _PASSIVE_VERB.search(sentence) is None:
        return False
    return any(match.group().lower() not in _NO_PARTICIPLE for match in _PARTICIPLE.finditer(sentence))


def is_double_negative(sentence: str, language: Language) -> bool:
    """Whether one clause of a sentence holds two negations."""
    negation = _NEGATIONS.get(language)
    return negation is not None and any(len(negation.findall(clause)) > 1 for clause in _CLAUSE_END.split(sentence))
