"""Where a figure is: as a sentence begins, as a table says it, and with the distance within which it was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Place
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.impacts.height import RADIUS
from wijktwin.words.numbers import format_clock, format_day, format_number
from wijktwin.words.texts import has_text, name_of, short_name, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment, Where

ALL: Final = frozenset({"place", "for_place", "within", "name", "label", "where"})
"""What a sentence may ask of where it is."""


def place_words(assessment: Assessment, language: Language, *, here: bool) -> str:
    """Where it is, as a sentence begins: "In uw straat", "In het plan “De Torens”", "In de buurt"."""
    where, name = assessment.where, short_name(assessment.where.label.in_language(language))
    if where.place is Place.DAY:
        return text("place.on_day", language, name=format_day(where.identifier, language))
    if where.place is Place.PART_OF_DAY:
        return text("place.before", language, **_day_and_time(where, language))
    if where.place is Place.STREET:
        is_easy = language == "en" or name.lower().endswith(("straat", "laan", "steeg", "dreef"))
        is_square = name.lower().endswith("plein") and not name.lower().startswith(("het ", "de "))
        key = "this_street" if here else "square" if is_square else "street" if is_easy else "street_otherwise"
        return text(f"place.{key}", language, name=name)
    if where.place is Place.VOLUME:
        return text("place.this_volume" if here else "place.volume", language, name=name)
    if where.identifier in OWN_AREAS:
        return text(f"place.{where.identifier}", language)
    if where.place is Place.PLAN_AREA:
        return text("place.this_plan" if here else "place.plan", language, name=name)
    return text("place.neighbourhood", language)


def where_text(where: Where, language: Language) -> str:
    """What a figure is about: "de buurt", "plan “De Torens”", "Kerkstraat"."""
    key = f"where.{where.identifier}"
    if where.identifier and where.place in {Place.NEIGHBOURHOOD, Place.PLAN_AREA} and has_text(key):
        return text(key, language)
    if where.place is Place.DAY:
        return text("where.day", language, name=format_day(where.identifier, language))
    if where.place is Place.PART_OF_DAY:
        return text("where.part_of_day", language, **_day_and_time(where, language))
    if where.place is Place.POINT and "/" in where.identifier:  # how a plan is seen from there
        return text("where.plan_area", language, name=short_name(where.label.in_language(language)))
    return text(f"where.{where.place}", language, name=where.label.in_language(language) or where.identifier)


def _day_and_time(where: Where, language: Language) -> dict[str, str]:
    day, _, time = where.identifier.partition("T")
    return {"name": format_day(day, language), "time": format_clock(time, language)}


def places(assessment: Assessment, language: Language, *, here: bool, asked: frozenset[str] = ALL) -> dict[str, str]:
    """The ways in which a sentence may say where it is, as far as its template asks for them."""
    if ALL.isdisjoint(asked):
        return {}
    where, name = assessment.where, short_name(assessment.where.label.in_language(language))
    is_plan = where.place is Place.PLAN_AREA and where.identifier not in OWN_AREAS
    plan = "this_plan" if here else "plan"
    ways: dict[str, Callable[[], str]] = {
        "place": lambda: place_words(assessment, language, here=here),
        "for_place": lambda: text(f"place.for_{plan}", language, name=name),
        "within": lambda: text(f"place.within_{plan if is_plan else 'neighbourhood'}", language, name=name),
        "name": lambda: name,
        "label": lambda: name_of("impact", assessment.impact, language),
        "where": lambda: where_text(where, language),
    }
    return {way: ways[way]() for way in ALL & asked}


def radius_text(assessment: Assessment, where: str, language: Language) -> str:
    """What a figure is about, with the distance within which heights were compared."""
    within = radius(assessment, language)
    return text("where.within_radius", language, where=where, **within) if within else where


def radius(assessment: Assessment, language: Language) -> dict[str, str]:
    """Within how many metres heights were compared, where they were."""
    used = next((one for one in assessment.assumptions if one.name == RADIUS), None)
    return {} if used is None else {"radius": format_number(used.value, language)}
