"""What a plan does that is no figure: which buildings go, and in which streets cars may no longer drive as they do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.model.plan import Party, PlanRole
from wijktwin.words.building_card import address_text
from wijktwin.words.numbers import format_value
from wijktwin.words.sentences import who_says
from wijktwin.words.texts import counted_text, enumeration, name_of, sentence_case, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

NAMED: Final = 5
"""So many buildings are named one by one; of more only the number is told."""

DE: Final = ("straat", "laan", "steeg", "dreef", "weg", "singel", "gracht", "kade")
HET: Final = ("plein", "pad", "veld", "plantsoen")
"""How names of streets end that take "de" and "het"."""


def change_sentences(scenario: Scenario, language: Language, *, brief: bool = False) -> tuple[tuple[str, str], ...]:
    """Every building that goes and every street that changes: what happens, and what else to know with who says it."""
    found = []
    for plan in scenario.ordered_plans:
        found += [(each, _who(plan, language, brief=brief)) for each in demolition_sentences(plan, scenario.neighbourhood, language)]
        detours = text("change.detours", language)
        streets = street_sentences(plan, scenario.neighbourhood, language)
        found += [(each, f"{_who(plan, language, brief=brief)} {detours}") for each in streets]
    return tuple(found)


def demolition_sentences(plan: Plan, neighbourhood: Neighbourhood, language: Language) -> tuple[str, ...]:
    """Each building that goes, "Kerkstraat 4 (wonen, 240 m²) wordt gesloopt."; one sentence with their number where there are many."""
    way = "allowed" if plan.role is PlanRole.ALLOWED else "demolished"
    if len(plan.demolishes) > NAMED:
        return (counted_text(f"change.{way}_many", len(plan.demolishes), language),)
    names = demolished_names(plan, neighbourhood, language)
    return tuple(text(f"change.{way}", language, building=sentence_case(name)) for name in names)


def demolished_names(plan: Plan, neighbourhood: Neighbourhood, language: Language) -> tuple[str, ...]:
    """What the buildings that go are called: their address, else "1 gebouw", with what is known of their use and size."""
    addresses, names = neighbourhood.addresses, []
    for building_id in sorted(plan.demolishes & neighbourhood.buildings.rows.keys()):
        building = neighbourhood.buildings[building_id]
        own = addresses[addresses["building_id"] == building_id]
        uses = dict.fromkeys([*(use for use in own["use"] if use), *([building.use] if building.use else [])])
        details = [enumeration([name_of("use", use, language) for use in uses], language)] if uses else []
        if building.footprint_area is not None:
            details.append(format_value(building.footprint_area, Unit.SQUARE_METRES, language))
        name = address_text(own, language) or text("change.one_building", language)
        names.append(text("tail.who_with_details", language, party=name, details=", ".join(details)) if details else name)
    return tuple(names)


def street_sentences(plan: Plan, neighbourhood: Neighbourhood, language: Language) -> tuple[str, ...]:
    """What changes for cars, "Het Tapuitplein gaat dicht voor auto's.": one sentence for each street, none where nothing changes."""
    way = "would_" if plan.role is PlanRole.ALLOWED else ""
    return tuple(
        sentence_case(text(f"change.{way}{traffic}", language, street=_in_sentence(name, language, is_part=is_part)))
        for name, traffic, is_part in _changed_streets(plan, neighbourhood)
    )


def changed_street_names(plan: Plan, neighbourhood: Neighbourhood, language: Language) -> tuple[str, ...]:
    """Streets for a card: "Tapuitplein (dicht voor auto's)"."""
    return tuple(
        text(
            "tail.who_with_details",
            language,
            party=name or name_of("street", "unknown", language),
            details=text(f"traffic.{how}", language),
        )
        for name, how, _ in _changed_streets(plan, neighbourhood)
    )


def _changed_streets(plan: Plan, neighbourhood: Neighbourhood) -> list[tuple[str, str, bool]]:
    """Name, traffic from then on, and whether only part of the street changes."""
    table = neighbourhood.streets
    now = {row.street_id: (row.street, row.oneway) for row in table.itertuples()}
    changed: dict[tuple[str, str], set[str]] = {}
    for change in plan.street_changes:
        name, oneway = now.get(change.street_id, ("", ""))
        if str(change.traffic) != oneway:
            how = "forward" if change.traffic == "backward" else str(change.traffic)
            changed.setdefault((name, how), set()).add(change.street_id)
    whole = {name: set(table["street_id"][table["street"] == name]) for name, _ in changed}
    return [(name, how, bool(name) and ids != whole[name]) for (name, how), ids in sorted(changed.items())]


def _in_sentence(name: str, language: Language, *, is_part: bool) -> str:
    lower = name.lower()
    if not name:
        street = text("change.unnamed_street", language)
    elif language == "en" or lower.startswith(("de ", "het ")):
        street = name
    else:
        street = f"de {name}" if lower.endswith(DE) else f"het {name}" if lower.endswith(HET) else f"de straat ‘{name}’"
    return text("change.part_of", language, street=street) if is_part else street


def _who(plan: Plan, language: Language, *, brief: bool) -> str:
    is_many = plan.party is Party.RESIDENTS
    return text("tail.stated_by_many" if is_many else "tail.stated", language, who=who_says((plan,), language, brief=brief))


def named(names: Iterable[str], n: int, language: Language) -> str:
    """Names on a card, or their number where there are too many or nothing is known of them."""
    found = tuple(names)
    return enumeration(found, language) if found and len(found) == n <= NAMED else ""
