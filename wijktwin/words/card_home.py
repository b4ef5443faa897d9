"""The parts of a card that are about the home itself: sun, view, who looks in, green, its street and its ways."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.home_street import is_told
from wijktwin.impacts.home_sun import FACES_AWAY
from wijktwin.impacts.sunlight.norm_tests import DEMOLISHED
from wijktwin.impacts.traffic import SMALLEST_TOLD
from wijktwin.model.address_search import DWELLING
from wijktwin.words.amounts import minutes_text
from wijktwin.words.card_lines import CardLine, CardPart, Lines
from wijktwin.words.cases import Case
from wijktwin.words.home_view import seen_sentences, storey_text
from wijktwin.words.numbers import format_day, format_number
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.home import HomeAddress
    from wijktwin.impacts.home_street import HomeStreet, WayFromHome
    from wijktwin.impacts.home_sun import HomeSunlight, NormAtHome, SunDay
    from wijktwin.impacts.home_surroundings import HomeSurroundings
    from wijktwin.impacts.view.homes import LookedAt
    from wijktwin.model.plan import Plan
    from wijktwin.words.cases import FiguresTold

SEASONS: Final = ("winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer", "autumn", "autumn", "autumn", "winter")
"""The season of each month, as weather services count them."""
NEAR_AND_OFF: Final = 2.0
"""What is nearer than anybody can say may be so many times as far: it is that far off at most."""
ALL: Final = 100.0
"""Every place in a street. [%]"""
FIVE: Final = 5
"""Car movements are rounded up to this."""
CLEAR: Final = frozenset({Case.MORE, Case.LESS})


def season_of(day: date) -> str:
    """In which season a day falls, by its month."""
    return SEASONS[day.month - 1]


def most_changed(days: Sequence[SunDay], figures: FiguresTold) -> SunDay | None:
    """The day on which the sun clearly changes most; None where it does on none."""
    changed = [one for one in days if figures.of(one.figure).case in CLEAR]
    return max(changed, key=lambda one: (abs(one.figure.difference or 0.0), one.day), default=None)


def why_nothing(address: HomeAddress) -> str:
    """The key of why an address that is looked up is not among the homes that are looked at."""
    return "outside" if address.use == DWELLING else "no_dwelling"


def sun_part(found: HomeSunlight | None, address: HomeAddress, lines: Lines) -> CardPart:
    """The sun on each day, the season of most change first; the norm last."""
    if found is None:
        return lines.part(lines.plain("", lines.words(why_nothing(address))))
    own = [lines.figure(f"{one.day:%m-%d}", one.figure) for one in found.days]
    most, language = most_changed(found.days, lines.figures), lines.language
    shown = most or found.days[0]
    season = lines.words("season_same")
    if most is not None:
        named = text(f"home_card.season_{season_of(most.day)}", language, day=format_day(most.day.isoformat(), language))
        season = lines.words("season", season=named)
    is_known = all(one.figure.after is not None for one in found.days)
    first = [] if lines.is_today or not is_known else [lines.plain("season", season, about=shown.figure)]
    clear = lines.plain("clear", lines.words("clear"))
    norm = [] if found.norm is None else [_norm_line(found.norm, lines)]
    against = [lines.plain("against", lines.words("part_against"))] if found.leaves_out else []
    return lines.part(*first, *own, clear, *against, *norm, strips=found.strips_on(shown.day))


def _norm_line(found: NormAtHome, lines: Lines) -> CardLine:
    """The worst day, what the norm asks, whether it is met, and that no law asks it."""
    norm, language = found.norm, lines.language
    first, last = (
        format_day(f"2000-{month:02}-{day:02}", language)
        for month, day in ((norm.first, norm.last) if norm.first and norm.last else norm.single_days[:: max(len(norm.single_days) - 1, 1)])
    )
    asked = lines.words("norm", hours=minutes_text(round(norm.minutes), language), first=first, last=last)
    return lines.figure("norm", found.figure, asked, lines.words(_verdict(found, is_today=lines.is_today)), lines.words("norm_no_law"))


def _verdict(found: NormAtHome, *, is_today: bool) -> str:
    if not is_today and found.figure.missing == DEMOLISHED:
        return "norm_gone" if found.was is None else "norm_gone_yes" if found.was else "norm_gone_no"
    if found.was is None or found.becomes is None:
        return "norm_faces_away" if found.why == FACES_AWAY else "norm_open"
    if is_today:
        return "norm_today_yes" if found.was else "norm_today_no"
    verdicts = {
        (True, True): "norm_meets",
        (False, True): "norm_newly",
        (True, False): "norm_no_longer",
        (False, False): "norm_still_not",
    }
    return verdicts[found.was, found.becomes]


def view_part(found: HomeSurroundings | None, plans: Mapping[str, Plan], address: HomeAddress, lines: Lines) -> CardPart:
    """How much sky there is, how each plan is seen, and that no law is about a view."""
    if found is None:
        return lines.part(lines.plain("", lines.words(why_nothing(address))))
    own = [lines.figure("sky", found.sky)]
    for plan_id, one in sorted(found.plans.items()):
        seen = seen_sentences(found.view.plans[plan_id], plans[plan_id], lines.language)
        own.append(
            lines.figure(f"plan.{plan_id}", one, before=" ".join(seen)) if one.after else lines.plain(f"plan.{plan_id}", *seen, about=one)
        )
    if not found.plans and not found.view.missing:
        own.append(lines.plain("plan", lines.words("no_new_in_view"), about=found.sky))
    return lines.part(*own, lines.plain("right", lines.words("no_right")))


def overlooking_part(
    found: HomeSurroundings | None, plans: Mapping[str, Plan], address: HomeAddress, lines: Lines, *, assumptions: Assumptions
) -> CardPart:
    """From which new windows somebody can look in."""
    if found is None:
        return lines.part(lines.plain("", lines.words(why_nothing(address))))
    own = []
    for what, figures, looked in (("room", found.room, found.view.room), ("garden", found.garden, found.view.garden)):
        own += [lines.figure(f"{what}.{name}", one, *_windows(looked[name], lines)) for name, one in sorted(figures.items())]
    builds = [plan for plan in plans.values() if any(not volume.is_below_ground for volume in plan.volumes)]
    if builds and found.view.missing:
        reason = name_of("reason", found.view.missing, lines.language)
        own.append(lines.plain("none", text("sentence.view.windows_at_room.unknown", lines.language, reason=reason)))
    elif not own:
        distance = format_number(assumptions["overlooking_distance"].value, lines.language)
        none = "no_windows" if found.has_garden else "no_windows_room"
        said = lines.words(none, distance=distance) if builds else lines.words("no_new_windows")
        own.append(lines.plain("none", said, about=found.sky if builds else None))
    return lines.part(*own)


def _windows(looked: LookedAt, lines: Lines) -> tuple[str, str]:
    return lines.words("from_storey", storey=storey_text(looked.storeys[0], lines.language)), lines.words("windows")


def green_part(green: Sequence[Assessment], cool: CardLine | None, lines: Lines) -> CardPart:
    """Trees in view, a green place and a cool place."""
    names = ("trees", "place")
    own = [lines.figure(name, one) for name, one in zip(names, green, strict=False)]
    if not own:
        own = [lines.plain("", lines.words("no_trees_known"))]
    return lines.part(*own, *(() if cool is None else (cool,)))


def parking_part(found: HomeStreet, lines: Lines) -> CardPart:
    """Places in the street, and how full it was when somebody counted."""
    if found.parking is None:
        return lines.part(lines.plain("", lines.words("no_parking")))
    pressure = [] if found.pressure is None else [lines.figure("pressure", found.pressure, *_over_full(found.pressure, lines))]
    return lines.part(lines.figure("places", found.parking), *pressure)


def _over_full(pressure: Assessment, lines: Lines) -> tuple[str, ...]:
    """What a share of more than all places means; as far as its margin goes."""
    below = pressure.margin.below
    is_over = pressure.after is not None and below is not None and pressure.after - below > ALL
    return (lines.words("over_full"),) if is_over else ()


def cars_part(found: HomeStreet, lines: Lines) -> CardPart:
    """Cars past the door, where that changes by so much that it is told."""
    if lines.is_today:
        return lines.part(lines.plain("street", lines.words("no_cars_today")))
    if found.cars is not None:
        return lines.part(lines.figure("street", found.cars))
    if found.no_cars:
        reason = name_of("reason", found.no_cars, lines.language)
        return lines.part(lines.plain("street", lines.words("cars_unknown", reason=reason)))
    if found.is_main_road:
        return lines.part(lines.plain("street", lines.words("main_road")))
    return lines.part(lines.plain("street", _few_cars(found.at_most, lines), about=found.total))


def _few_cars(at_most: float | None, lines: Lines) -> str:
    """That the difference is small; where its margin allows more than what is told at least, how much."""
    if at_most is None:
        return lines.words("no_cars_unsure", n=format_number(SMALLEST_TOLD, lines.language))
    if at_most < SMALLEST_TOLD:
        return lines.words("no_cars", n=format_number(SMALLEST_TOLD, lines.language))
    return lines.words("no_cars_up_to", n=format_number(FIVE * math.ceil(at_most / FIVE), lines.language))


def ways_part(found: Sequence[WayFromHome], lines: Lines, *, nearest: float, why: str = "no_ways") -> CardPart:
    """How far it is to school, shop, green and main road, and what can no longer be reached.

    Parameters
    ----------
    nearest
        Of a shorter way it is only said that it is near: where a front door is nobody knows so well. [m]
    why
        The key of why nothing was found.
    """
    if not found:
        return lines.part(lines.plain("", lines.words(why)))
    own = []
    for one in found:
        name = f"{one.way.mode}_{one.way.kind}"
        if one.is_lost:
            place = text(f"way.{one.way.kind}", lines.language)
            own.append(lines.plain(name, lines.words(f"lost_{one.way.mode}", place=place), about=one.figure))
        elif is_told(one) and _is_at_the_door(one, nearest):
            place = text(f"way.{one.way.kind}", lines.language)
            metres = format_number(NEAR_AND_OFF * nearest, lines.language)
            own.append(lines.plain(name, lines.words(f"near_{one.way.mode}", place=place, metres=metres), about=one.figure))
        elif is_told(one):
            own.append(lines.figure(name, one.figure))
    return lines.part(*own)


def _is_at_the_door(one: WayFromHome, nearest: float) -> bool:
    """Whether a way is shorter than anybody can say, now and then; no way is no short one, and one of which nobody knows the end."""
    ends = ((one.way.before, one.figure.margin_now.above), (one.way.after, one.figure.margin.above))
    if any(length is None or above is None for length, above in ends):
        return False
    return all((length or 0.0) < nearest and (length or 0.0) + (above or 0.0) <= NEAR_AND_OFF * nearest for length, above in ends)
