"""Whether what is said may be said: every text held to the limits of plain language, every figure against its own sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wijktwin.words.contradictions import contradictions
from wijktwin.words.plain_language import findings, limits
from wijktwin.words.readability import sentences_of

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.words.plain_language import Findings
    from wijktwin.words.saying import Said

WORST: Final = 20
"""So many of each kind of fault are listed."""
PLANNERS: Final = ("density.",)
"""Figures for planners, who ask for them by these words: read and held against their sentences, not to the score of easy reading."""


@dataclass(slots=True)
class Report:
    """What checking found.

    Parameters
    ----------
    texts, sentences
        How many different texts and sentences were looked at, per language.
    cards
        How many cards of homes were made, per language; each counts by itself below the gate.
    below_gate, too_long, hard, contradictions
        What is refused: text or sentence, and what about it.
    hard_kinds
        Which hard words were found in which kind of text: each is listed once.
    passive, double_negatives
        What is flagged.
    scores
        Flesch-Douma and Leesindex A of every Dutch text.
    """

    texts: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    cards: Counter[str] = field(default_factory=Counter)
    below_gate: list[tuple[float, str, str]] = field(default_factory=list)
    too_long: list[tuple[str, str]] = field(default_factory=list)
    hard: list[tuple[str, str, str]] = field(default_factory=list)
    hard_kinds: set[tuple[str, str, str]] = field(default_factory=set)
    contradictions: list[tuple[str, str, str]] = field(default_factory=list)
    passive: list[str] = field(default_factory=list)
    double_negatives: list[str] = field(default_factory=list)
    scores: list[tuple[float, float]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing is refused."""
        return not (self.below_gate or self.too_long or self.hard or self.contradictions)

    def add(self, found: Findings, about: str, text: str, *, n_sentences: int, language: Language) -> None:
        """What was found in one text that was not looked at before; whether it passes the gate is for the whole that it is part of."""
        self.texts[language] += 1
        self.sentences[language] += n_sentences
        self.too_long += [(about, each) for each in found.too_long if _is_new(each, self.too_long)]
        self.hard += [(word, about, text) for word in found.hard if (word, "card", "") not in self.hard_kinds]
        self.hard_kinds |= {(word, "card", "") for word in found.hard}
        self.passive += [each for each in found.passive if each not in self.passive]
        self.double_negatives += [each for each in found.double_negative if each not in self.double_negatives]

    def as_document(self) -> dict[str, Any]:
        """Counts, lowest and mean scores, and the worst of each kind, for JSON."""
        douma, leesindex = [each[0] for each in self.scores], [each[1] for each in self.scores]
        return {
            "limits": {"flesch_douma": limits().flesch_douma, "words_per_sentence": limits().words_per_sentence},
            "texts": dict(self.texts),
            "cards": dict(self.cards),
            "sentences": sum(self.sentences.values()),
            "sentences_by_language": dict(self.sentences),
            "below_gate": len(self.below_gate),
            "too_long": len(self.too_long),
            "hard_words": len(self.hard),
            "contradictions": len(self.contradictions),
            "passive": len(self.passive),
            "double_negatives": len(self.double_negatives),
            "flesch_douma": _spread(douma),
            "leesindex_a": _spread(leesindex),
            "worst": {
                "below_gate": [
                    {"score": round(score, 1), "subject": about, "text": told} for score, about, told in sorted(self.below_gate)[:WORST]
                ],
                "too_long": [{"subject": about, "text": told} for about, told in self.too_long[:WORST]],
                "hard_words": [{"word": word, "subject": about, "text": told} for word, about, told in self.hard[:WORST]],
                "contradictions": [{"fault": fault, "subject": about, "text": told} for fault, about, told in self.contradictions[:WORST]],
                "double_negatives": self.double_negatives[:WORST],
                "passive": self.passive[:WORST],
            },
        }


def check(said: Iterable[Said], language: Language, report: Report) -> None:
    """Look at all texts of one language and write down what is found; at texts that are the same only once."""
    seen: set[str] = set()
    sentences: set[str] = set()
    for one in said:
        if one.assessment is not None:
            found = contradictions(one.assessment, one.parts, language)
            about = f"{one.subject} ({one.scenario}, {language})"
            report.contradictions += [(fault, about, one.text) for fault in found if (fault, about, one.text) not in report.contradictions]
        if one.text in seen or not one.text.strip():
            continue
        seen.add(one.text)
        sentences.update(sentences_of(one.text))
        _look(one, language, report)
    report.sentences[language] += len(sentences)


def _look(one: Said, language: Language, report: Report) -> None:
    about = f"{one.what} {one.subject} ({one.scenario}, {language})"
    found = findings(one.text, language)
    report.texts[language] += 1
    if found.readability is not None:
        report.scores.append((found.readability.flesch_douma, found.readability.leesindex_a))
        if found.is_below_gate and not one.subject.startswith(PLANNERS):
            report.below_gate.append((found.readability.flesch_douma, about, one.text))
    report.too_long += [(about, each) for each in found.too_long if _is_new(each, report.too_long)]
    kind = (one.what, one.subject if one.assessment is not None else "")
    report.hard += [(word, about, one.text) for word in found.hard if (word, *kind) not in report.hard_kinds]
    report.hard_kinds |= {(word, *kind) for word in found.hard}
    report.passive += [each for each in found.passive if each not in report.passive]
    report.double_negatives += [each for each in found.double_negative if each not in report.double_negatives]


def _is_new(sentence: str, listed: Iterable[tuple[str, str]]) -> bool:
    return all(told != sentence for _, told in listed)


def _spread(values: list[float]) -> dict[str, float]:
    """Lowest and mean of some scores; empty where there are none."""
    return {"lowest": round(min(values), 1), "mean": round(sum(values) / len(values), 1)} if values else {}
