"""The lines of a card of a home, and how a figure becomes one: every figure opens to how it is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from wijktwin.impacts.kept import kept
from wijktwin.words.card_cells import cell_text, value_text
from wijktwin.words.cases import FiguresTold
from wijktwin.words.rows import assumption_text
from wijktwin.words.sentences import telling
from wijktwin.words.texts import name_of, source_text, text
from wijktwin.words.told import is_wide

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.sunlight.homes import DayStrip
    from wijktwin.model.plan import Plan
    from wijktwin.words.cases import FigureTold
    from wijktwin.words.sentences import Telling


class Subject(StrEnum):
    """The parts of a card, in their order."""

    SUN = "sun"
    VIEW = "view"
    OVERLOOKING = "overlooking"
    GREEN = "green"
    PARKING = "parking"
    CARS = "cars"
    WAYS = "ways"
    NEW_BUILDING = "new_building"
    LATITUDE = "latitude"
    DATES = "dates"
    CLAIMS = "claims"


class Waits(StrEnum):
    """What becomes of figures that take long and are not there yet."""

    COMPUTING = "computing"
    STOPPED = "stopped"
    """Nobody began them, or somebody stopped them."""
    FAILED = "failed"

    @property
    def form(self) -> str:
        """How the key of a text about it ends."""
        return "" if self is Waits.COMPUTING else f"_{self}"


@dataclass(frozen=True, slots=True)
class CardLine:
    """One thing that a card says, and everything that it opens to.

    Parameters
    ----------
    key
        What it is about, the same in every scenario and language: "sun.02-19"; of a plan "dates.vogeltorens".
    text
        One or more whole sentences.
    value
        The same in a few words, for a table beside other scenarios: "ongeveer 2 uur"; "" where a few words would not do.
    figure
        The figure that is told; None where there is none.
    told
        The sentences that tell the figure, the head first: what `wijktwin.words.contradictions` holds against it.
    how_we_know, margin, method
        In words; ``method`` in three sentences. "" where they do not apply.
    sources, assumptions
        Each with owner and date.
    is_waiting
        Whether its figure is not there yet: ``text`` says whether it is being computed.
    cell
        All that its figure says in a few words, for a table on paper: its value, what changes and a wide range. "" where those would leave
        out a part.
    rest
        What paper says below the table in the place of ``text``: "" where ``cell`` says everything, None for ``text`` itself.
    """

    key: str
    text: str
    value: str = ""
    figure: Assessment | None = None
    told: tuple[str, ...] = ()
    how_we_know: str = ""
    margin: str = ""
    method: str = ""
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    is_waiting: bool = False
    cell: str = ""
    rest: str | None = None


class Opened(NamedTuple):
    """What a figure opens to: how it is known, its margin, sources and assumptions, as in `CardLine`."""

    how_we_know: str
    margin: str
    sources: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardPart:
    """One subject of a card.

    Parameters
    ----------
    strips
        Of the sun: from when until when it shines today and with the plans, on the day of most change; one for every place where the
        living room may be.
    """

    subject: Subject
    title: str
    lines: tuple[CardLine, ...]
    strips: tuple[DayStrip, ...] = ()


_source_text = lru_cache(maxsize=256)(source_text)
_assumption_text = lru_cache(maxsize=512)(assumption_text)


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes the lines of one subject in one language.

    Parameters
    ----------
    is_today
        There is no plan: figures are told as they are, not as they stay.
    figures
        Of the whole card.
    waits
        What becomes of what is not there yet.
    """

    subject: Subject
    language: Language
    is_today: bool
    figures: FiguresTold = field(default_factory=FiguresTold)
    waits: Waits = Waits.COMPUTING

    def part(self, *lines: CardLine, strips: tuple[DayStrip, ...] = ()) -> CardPart:
        """The subject with its lines."""
        return CardPart(self.subject, text(f"home_card.title_{self.subject}", self.language), lines, strips)

    def key(self, name: str) -> str:
        """What a line is called."""
        return f"{self.subject}.{name}" if name else str(self.subject)

    def words(self, name: str, **values: object) -> str:
        """One sentence of a card that tells no figure."""
        return text(f"home_card.{name}", self.language, **values)

    def plain(self, name: str, *sentences: str, about: Assessment | None = None, plans: tuple[Plan, ...] = ()) -> CardLine:
        """A line without a figure of its own; ``about`` is one that it rests on."""
        sources = about.sources if about is not None else tuple(dict.fromkeys(plan.source for plan in plans))
        return CardLine(
            self.key(name),
            _joined(*sentences),
            how_we_know=self.words("calculated_from_ours") if about is not None else "",
            method=text(f"card_method.{self.subject}", self.language),
            sources=self.figures.listed(sources, self.language, _source_text),
            assumptions=() if about is None else self.figures.listed(about.assumptions, self.language, _assumption_text),
        )

    def waiting(self, name: str = "") -> CardLine:
        """What is still being computed, or never will be as it stands."""
        return CardLine(self.key(name), self.words(f"waiting{self.waits.form}"), is_waiting=True)

    def figure(self, name: str, one: Assessment, *after: str, before: str = "") -> CardLine:
        """A figure in its sentences, and everything that it opens to; a wide range is one of the sentences.

        Parameters
        ----------
        before, after
            Sentences that stand before and behind it.
        """
        numbers = self.figures.of(one)
        told, opened = self._telling(numbers), self.opened(one)
        span = told.margin if numbers.leading is not None and is_wide(numbers.leading) else ()
        beside = (*told.net, *span, *told.from_to, *told.made_of, *told.also, *after)
        cell = cell_text(numbers, self.language)
        return CardLine(
            key=self.key(name),
            text=_joined(before, told.head, *beside),
            value=value_text(numbers, self.language),
            figure=one,
            told=told.parts,
            how_we_know=opened.how_we_know,
            margin=opened.margin,
            method=text(f"card_method.{self.subject}", self.language),
            sources=opened.sources,
            assumptions=opened.assumptions,
            cell=cell,
            rest=_joined(before, *told.net, *told.made_of, *told.also, *after) if cell else None,
        )

    def opened(self, one: Assessment) -> Opened:
        """What a figure opens to, wherever it stands."""
        numbers = self.figures.of(one)
        told = self._telling(numbers)
        reason = (one.missing or one.margin.reason) if numbers.leading is None else numbers.leading.margin.reason
        why = self.words("exact" if told.how_known and not told.margin else "because", reason=name_of("reason", reason, self.language))
        return Opened(
            how_we_know=" ".join(told.how_known),
            margin=" ".join((*told.margin, why)),
            sources=self.figures.listed(one.sources, self.language, _source_text),
            assumptions=self.figures.listed(one.assumptions, self.language, _assumption_text),
        )

    def _telling(self, numbers: FigureTold) -> Telling:
        """A figure in its sentences, made once for all lines that it stands in."""

        def told() -> Telling:
            return telling(numbers, self.language, here=True, supposes=False, is_today=self.is_today)

        return kept(numbers, ("telling", self.language, self.is_today), told)


def _joined(*sentences: str) -> str:
    return " ".join(each for each in sentences if each)
