"""What is in view, as text beside the scene: for whoever does not see it, and for whoever wants to know what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.height import building_kind, roof_margin
from wijktwin.model.space import new_buildings
from wijktwin.words.new_buildings import heights_kind, new_buildings_text
from wijktwin.words.numbers import format_date, format_number, format_value
from wijktwin.words.texts import counted_text, enumeration, source_name, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

CREDITS: Final = {"3D BAG": "© 3DBAG by tudelft3d and 3DGI"}
"""Credits that a source asks for word by word (https://docs.3dbag.nl/en/copyright)."""

_TOLD: Final[WeakKeyDictionary[Scenario, dict[Language, tuple[str, ...]]]] = WeakKeyDictionary()
"""What was told before, for as long as its scenario is there: a page tells it in every run."""


def view_description(scenario: Scenario, language: Language) -> tuple[str, ...]:
    """What a scenario shows, one sentence each: buildings, plans, what goes, what comes, how high, what is wrong or made up."""
    told = _TOLD.setdefault(scenario, {})
    if language not in told:
        told[language] = (*_what_stands(scenario, language), *_what_changes(scenario, language), *_what_to_know(scenario, language))
    return told[language]


def _what_stands(scenario: Scenario, language: Language) -> list[str]:
    """What stands in the neighbourhood itself; the buildings around it are told apart."""
    neighbourhood = scenario.neighbourhood
    staying, is_halo = scenario.remaining_rows, neighbourhood.buildings.flags["is_halo"]
    own = staying & ~is_halo
    n_buildings, n_halo = int(own.sum()), int((is_halo & staying).sum())
    found = [counted_text("view.buildings" if n_buildings else "view.buildings_none", n_buildings, language)]
    if n_buildings and neighbourhood.address_table is not None:
        addressed = set(neighbourhood.address_table["building_id"])
        ids = neighbourhood.buildings.building_ids
        n_known = sum(bool(counts) and each in addressed for each, counts in zip(ids, own, strict=True))
        counts = {"known": format_number(n_known, language), "others": format_number(n_buildings - n_known, language)}
        found.append(text("view.with_address", language, **counts))
    if n_halo:
        found.append(counted_text("view.halo", n_halo, language))
    rows = np.flatnonzero(own)
    heights, fit = (neighbourhood.buildings.numbers[name][rows] for name in ("height", "roof_fit_rmse"))
    if np.isfinite(heights).any():
        highest = int(np.nanargmax(heights))
        height = format_value(float(heights[highest]), Unit.METRES, language, margin=roof_margin(fit[[highest]]))
        kind = building_kind(neighbourhood.buildings, rows[highest])
        found.append(text("view.tallest_now", language, height=height, kind=text(f"kind.{kind}", language)))
    n_trees = len(scenario.trees)
    if n_trees:
        found.append(counted_text("view.trees", n_trees, language))
    return found


def _what_changes(scenario: Scenario, language: Language) -> list[str]:
    plans = scenario.ordered_plans
    if not plans:
        return [text("view.no_plans", language)]
    names = enumeration([f"“{plan.title.in_language(language)}”" for plan in plans], language)
    found = [counted_text("view.plans", len(plans), language, plans=names)]
    n_gone = int((~scenario.remaining_rows).sum())
    if n_gone:
        found.append(counted_text("view.demolished", n_gone, language))
    new = [building for plan in plans for building in new_buildings(plan.volumes)]
    if new:
        found.append(new_buildings_text("view.volumes", new, language, kind=heights_kind(new, language)))
    return found


def _what_to_know(scenario: Scenario, language: Language) -> list[str]:
    buildings = scenario.neighbourhood.buildings
    n_invalid = int((~buildings.flags["is_valid"] & scenario.remaining_rows).sum())
    found = [counted_text("view.invalid", n_invalid, language)] if n_invalid else []
    found += [note.sentence(language) for note in scenario.notes]
    return [*found, text("view.fictional", language)] if scenario.neighbourhood.fictional else found


def source_line(neighbourhood: Neighbourhood, language: Language) -> str:
    """One line under every picture and table: whose data it is, which version and date, and that it is made up where it is."""
    sources = "; ".join(dict.fromkeys(credit_text(source, language) for source in neighbourhood.sources))
    line = text("source_line.text", language, sources=sources)
    return f"{text('source_line.fictional', language, name=neighbourhood.name)} {line}" if neighbourhood.fictional else line


def credit_text(source: Source, language: Language) -> str:
    """A source with its credit, licence, version and reference date."""
    title, owner = source_name(source.title, language), source_name(source.owner, language)
    named = text("source_line.credit", language, title=title, owner=owner) if owner else title
    vintage = format_date(source.vintage, language)
    details = [
        source.licence or "",
        text("source_line.version", language, version=source.version) if source.version else "",
        text("source_line.vintage", language, vintage=vintage) if vintage else text("source_line.no_vintage", language),
    ]
    return text("word.and_source", language, title=CREDITS.get(source.title, named), details=", ".join(each for each in details if each))
