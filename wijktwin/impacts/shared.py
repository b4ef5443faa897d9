"""What several impacts ask of a scenario: which buildings count, what they are used for, whose data it is, and where the sun is seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from wijktwin import sun
from wijktwin.errors import Note
from wijktwin.impacts.assessment import Assessment, Place, Where, weakest
from wijktwin.impacts.floor_area import footprint_areas
from wijktwin.model.plan import Use
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

Assessments = tuple[Assessment, ...]
WHOLE = Where(Place.NEIGHBOURHOOD)


def data_sources(neighbourhood: Neighbourhood, *subjects: str) -> tuple[Source, ...]:
    """The sources that a figure about these subjects rests on ("buildings", "ground", "trees", "addresses", "streets").

    A source that does not say what it is about is taken to be about everything.
    """
    wanted = set(subjects)
    found = tuple(source for source in neighbourhood.sources if not source.subjects or wanted.intersection(source.subjects))
    return found or neighbourhood.sources


def with_plans(sources: tuple[Source, ...], plans: Iterable[Plan]) -> tuple[Source, ...]:
    """Data sources and those of the plans that went into a figure, each once, in a fixed order."""
    return tuple(dict.fromkeys((*sources, *(plan.source for plan in in_order(plans)))))


def sun_place(neighbourhood: Neighbourhood) -> sun.Place:
    """From where the sun is seen: the middle of the neighbourhood."""
    x0, y0, x1, y1 = neighbourhood.extent
    return sun.Place.at((x0 + x1) / 2, (y0 + y1) / 2, neighbourhood.reference_system, time_zone=neighbourhood.time_zone)


def in_order(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """Plans by id."""
    return tuple(sorted(plans, key=lambda each: each.plan_id))


def plans_of_surroundings(scenario: Scenario) -> tuple[Plan, ...]:
    """Plans that change buildings, trees or ground."""
    return tuple(
        plan for plan in scenario.ordered_plans if plan.volumes or plan.demolishes or plan.felled or plan.planted or plan.ground_changes
    )


def tree_kind(trees: gpd.GeoDataFrame | None) -> Kind:
    """How the trees are known, by the weakest of them; measured where there are none."""
    known = set(Kind)
    return weakest(() if trees is None else (Kind(each) for each in trees["kind"].unique() if each in known))


def plan_area(plan: Plan) -> Where:
    """A plan as the thing a figure is about."""
    return Where(Place.PLAN_AREA, plan.plan_id, plan.title)


def counted(key: str, n: int, **values: object) -> Note:
    """A remark about n things: the template ``key``, or ``key_one`` where there is one only."""
    return Note(f"{key}_one" if n == 1 else key, n=n, **values)


def new_homes(key: str, scenario: Scenario) -> tuple[Note, ...]:
    """A remark about the homes that plans bring; none where they bring none.

    Parameters
    ----------
    key
        Of a template with "{n}"; ``key_one`` for one home.
    """
    n = sum(group.count for plan in scenario.ordered_plans for group in plan.dwellings)
    return (counted(key, int(n)),) if n else ()


def town(neighbourhood: Neighbourhood) -> str:
    """The town that most addresses lie in, of several the first by name; "" where nobody says."""
    table = neighbourhood.address_table
    counts = Counter[str]() if table is None else Counter(str(city) for city in table["city"] if city)
    return min(counts, key=lambda name: (-counts[name], name), default="")


def assessed_buildings(neighbourhood: Neighbourhood) -> BoolArray:
    """Which buildings belong to the neighbourhood itself, shape (n,): the halo around it only casts shadow."""
    return ~neighbourhood.buildings.flags["is_halo"]


def dwelling_rows(neighbourhood: Neighbourhood) -> gpd.GeoDataFrame:
    """The rows of the table of addresses that are dwellings, those of the halo too; none where nobody knows any address."""
    table = neighbourhood.addresses
    return table[table["use"] == Use.DWELLING.value]


def building_uses(neighbourhood: Neighbourhood) -> list[str]:
    """What each building is used for: "dwelling" where a dwelling has its address, else what its addresses or its source say.

    "" where nobody knows.
    """
    uses = list(neighbourhood.buildings.texts["use"])
    rows = neighbourhood.buildings.rows
    if neighbourhood.address_table is None:
        return uses
    table = neighbourhood.address_table
    by_address: dict[int, str] = {}
    for building_id, use in zip(table["building_id"], table["use"], strict=True):
        row = rows.get(building_id)
        if row is not None and use and by_address.get(row) != "dwelling":
            by_address[row] = str(use)
    for row, use in by_address.items():
        uses[row] = use
    return uses


def main_buildings(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> BoolArray:
    """Which buildings are more than a shed or garage, shape (n,): those with an address, and those with a large enough footprint."""
    buildings = neighbourhood.buildings
    large = np.nan_to_num(footprint_areas(buildings)) >= assumptions["outbuilding_footprint"].value
    if neighbourhood.address_table is not None:
        addressed = set(neighbourhood.address_table["building_id"])
        large |= np.fromiter((each in addressed for each in buildings.building_ids), dtype=np.bool_)
    return large
