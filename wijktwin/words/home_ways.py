"""The ways of one home in plain words: what changes for whoever lives there, and how far it is to school, shop, green and main road."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.impacts.reachability import SMALLEST
from wijktwin.model.network import Mode
from wijktwin.words.amounts import amount_text
from wijktwin.words.numbers import format_value
from wijktwin.words.texts import enumeration, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.errors import Language
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.reachability import HomeWay

TOLD_TODAY: Final = (Mode.WALK, Mode.DRIVE)
"""Modes of which it is told how far it is; of the others only what changes."""


def home_way_sentences(ways: Sequence[HomeWay], language: Language, *, assumptions: Assumptions) -> tuple[str, ...]:
    """What changes for one home, what it can no longer reach first; then how we know it.

    Parameters
    ----------
    ways
        As `wijktwin.impacts.reachability.home_ways` gives them; one sentence says so where there are none.
    """
    if not ways:
        return (text("way.not_known", language),)
    smallest = assumptions[SMALLEST].value
    lost = [text(f"way.lost_{one.mode}", language, place=_place(one, language)) for one in ways if one.is_lost]
    changed = [one for one in ways if one.longer is not None and abs(one.longer) >= smallest]
    told = [_changed(one, smallest, language) for one in sorted(changed, key=lambda each: -(each.longer or 0.0))]
    if not lost and not any((one.longer or 0.0) >= smallest for one in changed):
        kinds = dict.fromkeys(_place(one, language) for one in ways if one.before is not None)
        told.append(text("way.same", language, places=enumeration(kinds, language)))
    if any(one.is_derived for one in ways):
        return (*lost, *told, text("way.how_derived", language))
    return (*lost, *told, text("way.how", language, metres=_metres(smallest, 0.0, language)))


def home_distances(ways: Sequence[HomeWay], language: Language, *, assumptions: Assumptions) -> tuple[str, ...]:
    """How far it is from one home once the plans are there, on foot and by car."""
    if not ways:
        return (text("way.not_known", language),)
    smallest = assumptions[SMALLEST].value
    told = [
        text(
            f"way.to_{one.mode}",
            language,
            place=_place(one, language),
            length=_metres(one.after, smallest, language),
            minutes=_minutes(one, language),
        )
        for one in ways
        if one.mode in TOLD_TODAY and one.after is not None
    ]
    unknown = dict.fromkeys(_place(one, language) for one in ways if one.before is None and one.after is None)
    return (*told, text("way.no_way", language, places=enumeration(unknown, language))) if unknown else tuple(told)


def _changed(one: HomeWay, smallest: float, language: Language) -> str:
    change, way = one.longer or 0.0, "longer" if (one.longer or 0.0) > 0 else "shorter"
    return text(
        f"way.{way}_{one.mode}",
        language,
        place=_place(one, language),
        change=_metres(abs(change), smallest, language),
        before=_metres(one.before or 0.0, smallest, language),
        length=_metres(one.after or 0.0, smallest, language),
    )


def _place(one: HomeWay, language: Language) -> str:
    return text(f"way.{one.kind}", language)


def _metres(value: float, precision: float, language: Language) -> str:
    margin = Margin(precision, precision, "doors_not_known")
    return amount_text(format_value(value, Unit.METRES, language, margin=margin, sign_of_unit=False), Unit.METRES, language)


def _minutes(one: HomeWay, language: Language) -> str:
    return amount_text(format_value(max(1.0, one.minutes or 0.0), Unit.MINUTES, language, sign_of_unit=False), Unit.MINUTES, language)
