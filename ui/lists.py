"""Lists to search in: buildings by address or number, plans and new buildings by name, streets with what lies near them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from layers.deck import Picked
from layers.prepared import Thing
from wijktwin.model.street_names import folded
from wijktwin.model.whereabouts import plan_area
from wijktwin.words.texts import counted_text, text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

NEAR: Final = 250.0
"""Plans farther from a street than this are not called near. [m]"""
DISTANCE_STEP: Final = 5
"""What distances are rounded to: a footprint on a map is no better known. [m]"""
SHORT_ID: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: what it stands for, what it is called, and the words it can be found by."""

    picked: Picked
    name: str
    words: str

    @property
    def key(self) -> str:
        """Tells it from all others, in the key of a widget."""
        return f"{self.picked.thing}_{self.picked.plan_id or ''}_{self.picked.thing_id}"


# --------------------------------------------------------------------------------------------------------------- searching
def found(entries: Sequence[Entry], question: str) -> list[Entry]:
    """The entries in which every word of a question begins a word (or lies inside a long number), whole words first."""
    asked = folded(question).split()
    if not asked:
        return list(entries)
    hits = [entry for entry in entries if all(_is_in(word, entry.words) for word in asked)]
    return sorted(hits, key=lambda entry: -sum(f" {word} " in f" {entry.words} " for word in asked))


def _is_in(word: str, words: str) -> bool:
    return f" {word}" in f" {words}" or (len(word) >= 4 and word.isdecimal() and word in words)


# --------------------------------------------------------------------------------------------------------------- buildings
def building_names(neighbourhood: Neighbourhood, language: Language) -> list[str]:
    """What people call each building, by row: its street and numbers, else the last digits of its number."""
    return [name for name, _ in _names_and_words(neighbourhood, language)]


def building_entries(neighbourhood: Neighbourhood, language: Language) -> list[Entry]:
    """All buildings that are assessed, in the order of streets and house numbers; those without an address last."""
    buildings = neighbourhood.buildings
    is_halo = buildings.flags["is_halo"]
    entries = [
        Entry(Picked(Thing.BUILDING, buildings.building_ids[row]), name, words)
        for row, (name, words) in enumerate(_names_and_words(neighbourhood, language))
        if not is_halo[row]
    ]
    return sorted(entries, key=lambda entry: (entry.name[:1] in "0123456789…" or "…" in entry.name, _natural(entry.name)))


def _names_and_words(neighbourhood: Neighbourhood, language: Language) -> list[tuple[str, str]]:
    at: dict[str, list[tuple[str, int, str, str]]] = {}
    table = neighbourhood.address_table
    if table is not None:
        columns = (table[name] for name in ("building_id", "street", "number", "suffix", "postcode"))
        for building_id, street, number, suffix, postcode in zip(*columns, strict=True):
            if street:
                at.setdefault(building_id, []).append((street, int(number), suffix, postcode))
    return [_named(building_id, sorted(at.get(building_id, ())), language) for building_id in neighbourhood.buildings.building_ids]


def _named(building_id: str, at: list[tuple[str, int, str, str]], language: Language) -> tuple[str, str]:
    short = building_id if len(building_id) <= SHORT_ID else f"…{building_id[-SHORT_ID:]}"
    if not at:
        return text("card.building", language, building_id=short), folded(building_id)
    streets = list(dict.fromkeys(street for street, *_ in at))
    numbers = [f"{number}{suffix}" for street, number, suffix, _ in at if street == streets[0]]
    if len(numbers) == 1:
        name = text("card.at_address", language, street=streets[0], number=numbers[0])
    else:
        name = text("card.at_addresses", language, street=streets[0], first=numbers[0], last=numbers[-1])
    if len(streets) > 1:
        name = counted_text("card.and_more_streets", len(streets) - 1, language, place=name)
    told = [part for street, number, suffix, postcode in at for part in (street, f"{number}{suffix}", postcode, postcode.replace(" ", ""))]
    return name, folded(f"{' '.join(dict.fromkeys(told))} {building_id}")


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Sorts 9 before 10."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.findall(r"\d+|\D+", folded(name))]


def plan_entries(plans: Iterable[Plan], language: Language) -> list[Entry]:
    """The volumes of plans, by plan."""
    return [
        Entry(
            Picked(Thing.VOLUME, volume.volume_id, plan.plan_id),
            f"{volume.title.in_language(language) or volume.volume_id} ({plan.title.in_language(language)})",
            folded(f"{volume.title.nl} {volume.title.en} {volume.volume_id} {plan.title.nl} {plan.title.en} {plan.proposer}"),
        )
        for plan in plans
        for volume in plan.volumes
    ]


# ----------------------------------------------------------------------------------------------------------------- streets
@dataclass(frozen=True, slots=True)
class Street:
    """One street as residents know it.

    Parameters
    ----------
    building_ids
        The buildings with an address in it, by house number.
    outline
        Those buildings together; the address points where no building is drawn. In real coordinates.
    """

    name: str
    n_addresses: int
    building_ids: tuple[str, ...]
    outline: BaseGeometry


def street_names(neighbourhood: Neighbourhood) -> list[str]:
    """The streets that have addresses, in alphabetical order."""
    table = neighbourhood.address_table
    return [] if table is None else sorted({name for name in table["street"] if name}, key=lambda name: (folded(name), name))


def street(neighbourhood: Neighbourhood, name: str) -> Street | None:
    """One street by name; None where no address is in it."""
    table = neighbourhood.addresses
    rows = table[table["street"] == name].sort_values(["number", "suffix"])
    if not len(rows):
        return None
    buildings = neighbourhood.buildings
    ids = tuple(dict.fromkeys(building_id for building_id in rows["building_id"] if building_id in buildings))
    drawn = [outline for building_id in ids if (outline := buildings.footprint(buildings.rows[building_id])) is not None]
    return Street(name, len(rows), ids, shapely.union_all(drawn or rows.geometry.to_numpy()))


def changes_street(plan: Plan, name: str, neighbourhood: Neighbourhood) -> bool:
    """Whether a plan changes the traffic or the ground of a street itself."""
    streets, ground = neighbourhood.street_table, neighbourhood.ground_table
    if streets is not None:
        changed = {change.street_id for change in plan.street_changes}
        if (streets["street_id"].isin(changed) & (streets["street"] == name)).any():
            return True
    if ground is None or not plan.ground_changes:
        return False
    own = ground.geometry[ground["street"] == name]
    return any(own.intersection(change.footprint).area.sum() > 1.0 for change in plan.ground_changes)


def distances(plans: Iterable[Plan], where: Street, neighbourhood: Neighbourhood) -> Mapping[str, int]:
    """How far plans lie from a street, by plan id [m, rounded up]; 0 where a plan changes the street itself. Far ones are left out.

    Measured in a straight line from the nearest building with an address in the street to what the plan draws.
    """
    found: dict[str, int] = {}
    for plan in plans:
        if changes_street(plan, where.name, neighbourhood):
            found[plan.plan_id] = 0
            continue
        area = plan_area(plan, neighbourhood)
        away = math.inf if area.is_empty else where.outline.distance(area)
        if away <= NEAR:
            found[plan.plan_id] = max(DISTANCE_STEP, DISTANCE_STEP * math.ceil(away / DISTANCE_STEP))
    return found
