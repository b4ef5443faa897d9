"""The card of one home: what each plan changes here, the most important change first, and how every figure is known.

Every card has the same parts in the same order, whatever the scenario: today, what is allowed, a plan and the residents' alternative
stand side by side line by line (`CardLine.key`). What is not computed yet says so; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wijktwin.impacts.home import Home, home_address
from wijktwin.impacts.home_new_building import nearest_new_buildings
from wijktwin.impacts.home_street import street_of_home, ways_of_home
from wijktwin.impacts.home_sun import sun_at_home
from wijktwin.impacts.home_surroundings import cool_place_near_home, green_around_home, view_at_home
from wijktwin.impacts.reachability import SMALLEST
from wijktwin.impacts.routes import homes_of
from wijktwin.words import card_home, card_plans
from wijktwin.words.card_lines import CardLine, CardPart, Lines, Subject, Waits
from wijktwin.words.card_top import HomeFacts, top_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from wijktwin.errors import Language
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.cool_places import CoolAtHomes
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.view.desk import Views
    from wijktwin.model.scenario import Scenario

__all__ = ["Card", "CardLine", "CardPart", "Home", "Subject", "Waits", "card_of", "facts_of", "make_card"]


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
    waits
        What becomes of lines that wait.
    """

    title: str
    top: tuple[CardLine, ...]
    parts: tuple[CardPart, ...]
    waits: Waits = Waits.COMPUTING

    @property
    def lines(self) -> tuple[CardLine, ...]:
        """Every line, the top first."""
        return (*self.top, *(line for part in self.parts for line in part.lines))


def make_card(
    scenario: Scenario,
    home: Home,
    *,
    language: Language,
    assumptions: Assumptions,
    sunlight: Sunlight | None = None,
    views: Views | None = None,
    heat: CoolAtHomes | str | None = None,
    waits: Waits = Waits.COMPUTING,
) -> Card:
    """The card of one home.

    Parameters
    ----------
    sunlight, views
        Of this scenario (`wijktwin.impacts.home.ready`); None where they are still being computed.
    heat
        `wijktwin.impacts.cool_places.cool_at_homes` of this scenario; None where that is still being computed.
    waits
        What becomes of what is still None.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    facts = facts_of(scenario, home, assumptions=assumptions, sunlight=sunlight, views=views, heat=heat, waits=waits)
    return card_of(facts, language)


def card_of(facts: HomeFacts, language: Language) -> Card:
    """What was found of a home as a card in one language."""
    scenario, plans = facts.scenario, {plan.plan_id: plan for plan in facts.plans}

    def lines(subject: Subject) -> Lines:
        return Lines(subject, language, is_today=scenario.is_baseline, figures=facts.figures, waits=facts.waits)

    def cool() -> CardLine | None:
        if Subject.GREEN in facts.waiting:
            return lines(Subject.GREEN).waiting("cool")
        return None if facts.cool is None else lines(Subject.GREEN).figure("cool", facts.cool)

    make: dict[Subject, Callable[[Lines], CardPart]] = {
        Subject.SUN: lambda own: card_home.sun_part(facts.sun, facts.address, own),
        Subject.VIEW: lambda own: card_home.view_part(facts.view, plans, facts.address, own),
        Subject.OVERLOOKING: lambda own: card_home.overlooking_part(facts.view, plans, facts.address, own, assumptions=facts.assumptions),
        Subject.GREEN: lambda own: card_home.green_part(facts.green, cool(), own),
        Subject.PARKING: lambda own: card_home.parking_part(facts.street, own),
        Subject.CARS: lambda own: card_home.cars_part(facts.street, own),
        Subject.WAYS: lambda own: card_home.ways_part(
            facts.ways, own, nearest=facts.assumptions[SMALLEST].value, why="" if facts.ways else _why_no_ways(facts)
        ),
        Subject.NEW_BUILDING: lambda own: card_plans.new_building_part(facts.new, own),
        Subject.LATITUDE: lambda own: card_plans.latitude_part(scenario, own),
        Subject.DATES: lambda own: card_plans.dates_part(scenario, own),
        Subject.CLAIMS: lambda own: card_plans.claims_part(scenario, facts.sunlight, own, assumptions=facts.assumptions),
    }
    whole = [each for each in facts.waiting if each is not Subject.GREEN]
    parts = tuple(lines(each).part(lines(each).waiting()) if each in whole else make[each](lines(each)) for each in Subject)
    return Card(facts.address.label, top_lines(facts, language), parts, facts.waits)


def _why_no_ways(facts: HomeFacts) -> str:
    """The key of why nothing is known of the ways of a home, where nothing is."""
    if facts.gone_by:
        return "no_ways_then"
    is_home = facts.address.address_id in homes_of(facts.scenario.neighbourhood).address_ids
    return "no_ways" if is_home else card_home.why_nothing(facts.address)


def facts_of(
    scenario: Scenario, home: Home, *, assumptions: Assumptions, sunlight: Sunlight | None, views: Views | None,
    heat: CoolAtHomes | str | None, waits: Waits = Waits.COMPUTING,
) -> HomeFacts:  # fmt: skip
    """Everything that is known of a home in a scenario; arguments as of `make_card`."""
    address = home_address(scenario.neighbourhood, home.address_id)
    late = {Subject.SUN: sunlight is None, Subject.VIEW: views is None, Subject.OVERLOOKING: views is None, Subject.GREEN: heat is None}
    return HomeFacts(
        scenario=scenario,
        address=address,
        assumptions=assumptions,
        sunlight=sunlight,
        waiting=tuple(subject for subject, is_late in late.items() if is_late),
        gone_by=tuple(plan for plan in scenario.ordered_plans if address.building_id in plan.demolishes),
        sun=None if sunlight is None else sun_at_home(sunlight, home, address, assumptions=assumptions),
        view=None if views is None else view_at_home(views, home, address, assumptions=assumptions),
        green=green_around_home(scenario, address, assumptions=assumptions),
        cool=None if heat is None else cool_place_near_home(scenario, address, heat, assumptions=assumptions),
        street=street_of_home(scenario, address, assumptions=assumptions),
        ways=ways_of_home(scenario, address, assumptions=assumptions),
        new=nearest_new_buildings(scenario, address, assumptions=assumptions),
        waits=waits,
    )
