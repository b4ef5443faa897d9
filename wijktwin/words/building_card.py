"""The card of one building: facts with their quality, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.height import roof_margin
from wijktwin.impacts.shared import data_sources
from wijktwin.model.plan import Use
from wijktwin.model.provenance import Kind
from wijktwin.words.facts import FactCard, FactList, kind_of
from wijktwin.words.numbers import format_number
from wijktwin.words.texts import counted_text, enumeration, has_text, name_of, sentence_case, source_text, text

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.errors import Language
    from wijktwin.model.building import Building
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

LOD_WITH_ROOF: Final = 2.0
"""From this level of detail on a roof has its own form."""

CENTIMETRE: Final = 0.01
"""Roofs that fit better than this are said to fit within a centimetre. [m]"""


def building_card(building: Building, neighbourhood: Neighbourhood, language: Language, *, plans: tuple[Plan, ...] = ()) -> FactCard:
    """What is known of one building, and how well.

    Parameters
    ----------
    plans
        The plans that are switched on: the card says which of them takes this building away.
    """
    addresses = neighbourhood.addresses
    own = addresses[addresses["building_id"] == building.building_id]
    sources = "; ".join(dict.fromkeys(source_text(source, language) for source in data_sources(neighbourhood, "buildings")))
    facts = FactList(language, source=sources)
    _add_form(facts, building)
    _add_register(facts, building, own, neighbourhood, language)
    _add_quality(facts, building, language)
    title = address_text(own, language) or text("card.building", language, building_id=building.building_id)
    return FactCard(title, tuple(facts.facts), _remarks(building, neighbourhood, plans, language), building.building_id, sources)


def _add_form(facts: FactList, building: Building) -> None:
    language = facts.language
    if building.height is None:
        facts.add_unknown("height")
    fit = np.nan if building.roof_fit_rmse is None else building.roof_fit_rmse
    kind = kind_of(building.height_kind, otherwise=Kind.CALCULATED)
    facts.add_number("height", building.height, Unit.METRES, kind, margin=roof_margin(np.array([fit])))
    if building.ground_height is not None:
        level = format_number(building.ground_height, language, decimals=1) + " m"
        facts.add("ground_height", text("card.nap", language, value=level), kind_of(building.ground_kind, otherwise=Kind.CALCULATED))
    facts.add_count("storeys", building.storeys, Kind.CALCULATED)
    facts.add_number("footprint_area", building.footprint_area, Unit.SQUARE_METRES, Kind.CALCULATED)
    facts.add_number("volume", building.volume, Unit.CUBIC_METRES, Kind.CALCULATED)
    facts.add("roof_type", name_of("roof_type", building.roof_type, language), Kind.CALCULATED)


def _add_register(facts: FactList, building: Building, own: gpd.GeoDataFrame, neighbourhood: Neighbourhood, language: Language) -> None:
    facts.add("year_built", "" if building.year_built is None else f"{building.year_built:.0f}", Kind.MEASURED)
    facts.add("use", name_of("use", building.use, language), Kind.MEASURED)
    facts.add("status", name_of("building_status", building.status, language), Kind.MEASURED)
    if neighbourhood.address_table is None:
        return
    source = "; ".join(source_text(each, language) for each in data_sources(neighbourhood, "addresses"))
    facts.add("addresses", format_number(len(own), language) if len(own) else text("word.none", language), Kind.MEASURED, source=source)
    n_dwellings = int((own["use"] == Use.DWELLING.value).sum())
    if n_dwellings:
        facts.add("dwellings", format_number(n_dwellings, language), Kind.MEASURED, source=source)


def _add_quality(facts: FactList, building: Building, language: Language) -> None:
    facts.add("drawn", drawn_text(building, language))
    if building.roof_fit_rmse is not None:
        facts.add("roof_fit", roof_fit_text(building.roof_fit_rmse, language), Kind.MEASURED)
    elif building.lod is not None and building.lod >= LOD_WITH_ROOF:
        facts.add_unknown("roof_fit")
    facts.add("point_cloud_year", "" if building.point_cloud_year is None else f"{building.point_cloud_year:.0f}", Kind.MEASURED)


def drawn_text(building: Building, language: Language) -> str:
    """What was drawn: "LoD 2.2: met de vorm van het dak, een gesloten vorm"."""
    if building.geometry_from == "none":
        return name_of("geometry_from", "none", language)
    form = name_of("geometry_from", building.geometry_from, language)
    if building.lod is None:
        return enumeration([part for part in (text("lod.unknown", language), form) if part], language)
    level = f"{building.lod:.1f}".removesuffix(".0")
    key = f"lod.{int(building.lod)}"
    drawn = text(key if has_text(key) else "lod.unknown", language, lod=level)
    return f"{drawn}; {form}" if form else drawn


def roof_fit_text(rmse: float, language: Language) -> str:
    """How far the drawn roof lies from the measured points, in centimetres below a metre. ``rmse`` in m."""
    if rmse < CENTIMETRE:
        return text("card.roof_fit_less", language, value="1 cm")
    value = f"{format_number(rmse, language, decimals=1)} m" if rmse >= 1 else f"{format_number(100.0 * rmse, language)} cm"
    return text("card.roof_fit_value", language, value=value)


def address_text(own: gpd.GeoDataFrame, language: Language) -> str:
    """Where the building stands: its street with the first and last number, and how many other streets it has addresses in."""
    if not len(own):
        return ""
    streets = sorted(set(own["street"]) - {""})
    if not streets:
        return ""
    there = own[own["street"] == streets[0]].sort_values(["number", "suffix"])
    numbers = list(dict.fromkeys(f"{number}{suffix}" for number, suffix in zip(there["number"], there["suffix"], strict=True)))
    if len(numbers) == 1:
        place = text("card.at_address", language, street=streets[0], number=numbers[0])
    else:
        place = text("card.at_addresses", language, street=streets[0], first=numbers[0], last=numbers[-1])
    n_others = len(streets) - 1
    return place if not n_others else counted_text("card.and_more_streets", n_others, language, place=place)


def _remarks(building: Building, neighbourhood: Neighbourhood, plans: tuple[Plan, ...], language: Language) -> tuple[str, ...]:
    found = [
        text("card.demolished", language, plan=plan.title.in_language(language))
        for plan in plans
        if building.building_id in plan.demolishes
    ]
    if not building.is_valid:
        codes = ", ".join(building.invalid_codes)
        found.append(text("card.invalid", language, codes=codes) if codes else text("card.invalid_no_codes", language))
    if building.year_built is not None and building.point_cloud_year is not None and building.year_built >= building.point_cloud_year:
        years = {"year": f"{building.year_built:.0f}", "measured": f"{building.point_cloud_year:.0f}"}
        found.append(text("card.newer", language, **years))
    flags = {"block": building.is_block, "repaired": building.is_repaired, "halo": building.is_halo, "fictional": neighbourhood.fictional}
    found += [text(f"card.{name}", language) for name, holds in flags.items() if holds]
    return tuple(sentence_case(remark) for remark in found)
