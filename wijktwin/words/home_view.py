"""The view of one home in plain words, for the people who live there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.impacts.view.shares import InView
from wijktwin.words.numbers import format_number
from wijktwin.words.texts import name_of, short_name, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wijktwin.errors import Language
    from wijktwin.impacts.view.homes import HomeView, LookedAt, PlanSeen, Range
    from wijktwin.model.plan import Plan

SMALLEST: Final = 0.5
"""A smaller share of a view is told as less than one per cent. [%]"""
LOWEST: Final = 1.0
"""What reaches less far above the horizon is told as just above it. [°]"""


def home_view_sentences(view: HomeView, plans: Iterable[Plan], language: Language) -> tuple[str, ...]:
    """Whether each plan is seen, how near and how high, and whether new windows look in; or why nobody knows.

    Parameters
    ----------
    plans
        Of the scenario, for their names.
    """
    if view.missing:
        return (text("home_view.unknown", language, reason=name_of("reason", view.missing, language)),)
    named = {plan.plan_id: short_name(plan.title.in_language(language)) for plan in plans}
    told: list[str] = []
    for plan_id, seen in view.plans.items():
        told += [*_seen(seen, named.get(plan_id, plan_id), language), *_share_of(seen, language), *_how_sure(seen, language)]
        told += _looked_at("room", view.room.get(plan_id), language)
        told += _looked_at("garden", view.garden.get(plan_id), language)
    return tuple(told)


def seen_sentences(seen: PlanSeen, plan: Plan, language: Language) -> tuple[str, ...]:
    """Whether one plan is seen, how near and how high, and how sure that is; without the share that it takes."""
    return (*_seen(seen, short_name(plan.title.in_language(language)), language), *_how_sure(seen, language))


def storey_text(storey: int, language: Language) -> str:
    """A storey as people call it: "de begane grond", "verdieping 3"."""
    if storey == 0:
        return text("home_view.ground_floor", language)
    return text("home_view.storey", language, n=format_number(storey, language))


def shares_in_view(view: HomeView, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Each thing that may be in view with its share now and then, as words: "40 tot 45%", "minder dan 1%"; nothing where nobody knows."""
    if view.before is None:
        return ()
    unknown = text("word.unknown", language)
    return tuple(
        (
            text(f"in_view.{kind.name.lower()}", language),
            _share(view.before[kind], language),
            unknown if view.after is None else _share(view.after[kind], language),
        )
        for kind in InView
    )


def _seen(seen: PlanSeen, plan: str, language: Language) -> list[str]:
    told = [text(f"home_view.{seen.seen}", language, plan=plan)]
    if seen.distance is not None and seen.top is not None:
        told.append(text("home_view.distance", language, distance=format_number(float(seen.distance.least), language)))
        high = text("home_view.high", language, degrees=format_number(float(seen.top.most), language))
        told.append(high if seen.top.most >= LOWEST else text("home_view.low", language))
    return told


def _share_of(seen: PlanSeen, language: Language) -> list[str]:
    return [text("home_view.share", language, share=_share(seen.share, language))] if seen.distance is not None else []


def _how_sure(seen: PlanSeen, language: Language) -> list[str]:
    told = []
    if seen.hidden_by_leaves:
        told.append(text("home_view.leaves", language))
    if not seen.is_sure:
        told.append(text("home_view.unsure", language))
    return told


def _looked_at(what: str, looked: LookedAt | None, language: Language) -> list[str]:
    if looked is None:
        return []
    distance = format_number(float(looked.distance), language)
    storey = storey_text(looked.storeys[0], language)
    return [text(f"home_view.{what}", language, distance=distance, storey=storey), text("home_view.windows", language)]


def _share(of: Range, language: Language) -> str:
    if of.most == 0:
        return text("home_view.none", language)
    if of.most < SMALLEST:
        return text("home_view.less_than_one", language)
    low, high = (format_number(float(end), language) for end in (of.least, of.most))
    return text("home_view.per_cent", language, value=high) if low == high else text("home_view.between", language, low=low, high=high)
