"""The card of one home: what each plan changes here, the most important change first, and how every figure is known.

Every card has the same parts in the same order, whatever the scenario: today, what is allowed, a plan and the residents' alternative
stand side by side line by line (`CardLine.key`). What is not computed yet says so; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wijktwin.impacts.home import Home, home_address
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.cool_places import CoolAtHomes
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.sunlight.homes import DayStrip
    from wijktwin.impacts.view.desk import Views
    from wijktwin.model.scenario import Scenario


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
    how_we_know, margin, method
        In words; ``method`` in three sentences. "" where they do not apply.
    sources, assumptions
        Each with owner and date.
    is_waiting
        Whether it is still being computed: ``text`` says so.
    """

    key: str
    text: str
    value: str = ""
    figure: Assessment | None = None
    how_we_know: str = ""
    margin: str = ""
    method: str = ""
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    is_waiting: bool = False


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


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one home in one scenario.

    Parameters
    ----------
    title
        The address.
    top
        One line for every plan that matters here, the most important change first; else what was looked at and not found to change.
    parts
        Every `Subject` once, in order.
    """

    title: str
    top: tuple[CardLine, ...]
    parts: tuple[CardPart, ...]


def make_card(
    scenario: Scenario,
    home: Home,
    *,
    language: Language,
    assumptions: Assumptions,
    sunlight: Sunlight | None = None,
    views: Views | None = None,
    heat: CoolAtHomes | str | None = None,
) -> Card:
    """The card of one home.

    Parameters
    ----------
    sunlight, views
        Of this scenario (`wijktwin.impacts.home.ready`); None where they are still being computed.
    heat
        `wijktwin.impacts.cool_places.cool_at_homes` of this scenario; None where that is still being computed.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    address = home_address(scenario.neighbourhood, home.address_id)
    parts = tuple(CardPart(each, text(f"home_card.title_{each}", language), (_waiting(str(each), language),)) for each in Subject)
    return Card(address.label, (_waiting("top", language),), parts)


def _waiting(key: str, language: Language) -> CardLine:
    return CardLine(key, text("home_card.waiting", language), is_waiting=True)
