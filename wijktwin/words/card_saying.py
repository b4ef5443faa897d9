"""The cards of all homes in all scenarios, held to plain language card by card and to their figures line by line.

Most lines are the same for many homes: each is looked at once, and the score of a card is put together from what its lines counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.cool_places import cool_at_homes
from wijktwin.impacts.home import Home, ready
from wijktwin.words.cards import card_of, facts_of
from wijktwin.words.checking import Report
from wijktwin.words.contradictions import contradictions
from wijktwin.words.home_view import home_view_sentences
from wijktwin.words.home_ways import home_distances, home_way_sentences
from wijktwin.words.plain_language import findings, limits
from wijktwin.words.readability import Readability, sentences_of

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.card_top import HomeFacts
    from wijktwin.words.cards import Card, CardLine

EVERY: Final = 50
"""In a quick look one home of so many has its card made."""


def facts_of_homes(scenario: Scenario, *, is_quick: bool) -> Iterator[HomeFacts]:
    """What is known of every home with an address in one scenario; in a quick look of some, without what takes long.

    What takes long is taken where it was computed for the figures before, and left out elsewhere.
    """
    assumptions = default_assumptions()
    known = ready(scenario, assumptions=assumptions)
    sunlight, views = (None, None) if is_quick else (known.sunlight, known.views)
    table = scenario.neighbourhood.address_table
    if table is None:
        return
    for address_id in list(table["address_id"])[:: EVERY if is_quick else 1]:
        heat = None if is_quick else cool_at_homes(scenario)
        yield facts_of(scenario, Home(str(address_id)), assumptions=assumptions, sunlight=sunlight, views=views, heat=heat)


def spoken(card: Card) -> tuple[str, ...]:
    """A card as it is read aloud: its titles and lines."""
    parts = (each for part in card.parts for each in (f"{part.title}.", *(line.text for line in part.lines)))
    return (*(line.text for line in card.top), *parts)


def opened(line: CardLine) -> str:
    """What a line opens to, as it is read."""
    return " ".join(each for each in (line.how_we_know, line.margin, line.method) if each)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was counted in one text that many cards share."""

    n_sentences: int
    n_words: int
    n_syllables: int


class CardCheck:
    """Looks at cards of one language and writes down what is found.

    Parameters
    ----------
    report
        Counts a card below the gate once for every home and scenario; what is wrong in a line once.
    """

    def __init__(self, language: Language, report: Report) -> None:
        self._language = language
        self._report = report
        self._looked: dict[str, _Looked] = {}
        self._told: set[tuple[object, ...]] = set()

    def look(self, facts: Iterable[HomeFacts], *, scenario: str) -> None:
        """The cards of some homes in one scenario."""
        for found in facts:
            card = card_of(found, self._language)
            self._report.cards[self._language] += 1
            self._score(spoken(card), f"card {card.title} ({scenario}, {self._language})")
            for line in card.lines:
                self._hold(line, scenario)
            for name, told in (("ways", self._ways(found)), ("view", self._view(found))):
                if told:
                    self._score((" ".join(told),), f"{name} of {card.title} ({scenario}, {self._language})")

    def _ways(self, found: HomeFacts) -> tuple[str, ...]:
        ways = [one.way for one in found.ways]
        return (
            *home_way_sentences(ways, self._language, assumptions=found.assumptions),
            *home_distances(ways, self._language, assumptions=found.assumptions),
        )

    def _view(self, found: HomeFacts) -> tuple[str, ...]:
        return () if found.view is None else home_view_sentences(found.view.view, found.plans, self._language)

    def _hold(self, line: CardLine, scenario: str) -> None:
        """A line against its figure, and what it opens to against plain language; each once."""
        about = f"card {line.key} ({scenario}, {self._language})"
        if line.figure is not None:
            one = line.figure
            held = (line.told, one.impact, one.before, one.after, one.margin, one.before_margin, one.difference_margin, one.kind)
            if held not in self._told:
                self._told.add(held)
                faults = contradictions(one, line.told, self._language)
                self._report.contradictions += [(fault, about, " ".join(line.told)) for fault in faults]
        more = opened(line)
        if more and more not in self._looked:
            self._score((more,), f"{about}, opened")

    def _score(self, texts: Sequence[str], about: str) -> None:
        """A whole text against the gate of easy reading; its parts against all else, each once."""
        counted = [self._counted(each, about) for each in texts]
        if self._language != "nl":
            return
        n_words = sum(each.n_words for each in counted)
        if not n_words:
            return
        whole = Readability(sum(each.n_sentences for each in counted), n_words, sum(each.n_syllables for each in counted))
        self._report.scores.append((whole.flesch_douma, whole.leesindex_a))
        if whole.flesch_douma < limits().flesch_douma:
            self._report.below_gate.append((whole.flesch_douma, about, " ".join(texts)))

    def _counted(self, text: str, about: str) -> _Looked:
        known = self._looked.get(text)
        if known is None:
            found = findings(text, self._language)
            own = found.readability
            known = _Looked(0, 0, 0) if own is None else _Looked(own.n_sentences, own.n_words, own.n_syllables)
            self._looked[text] = known
            self._report.add(found, about, text, n_sentences=len(sentences_of(text)), language=self._language)
        return known
