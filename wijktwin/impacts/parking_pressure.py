"""How full a street is in the evening: only where the municipality has counted, and never guessed.

Then is what it would be if as many cars stand there as were counted: what neighbours of a plan do with theirs nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wijktwin.errors import Note
from wijktwin.impacts.assessment import EXACT, Assessment, Place, Unit, Where, unknown_margin
from wijktwin.impacts.shared import WHOLE, data_sources, with_plans
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wijktwin.impacts.assessment import Method
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

OF_STREET, TOGETHER = "parking.pressure", "parking.pressure_total"


@dataclass(frozen=True, slots=True)
class Count:
    """Cars that stood in a street at one moment, and the places there were."""

    moment: str
    parked: float
    places: float

    @property
    def share(self) -> float:
        """How full it was. [%]"""
        return 100.0 * self.parked / self.places

    def share_of(self, places: float) -> float:
        """How full it would be with another number of places. [%]"""
        return 100.0 * self.parked / places


def fullest_counts(neighbourhood: Neighbourhood, supply: Mapping[str, float]) -> dict[str, Count]:
    """The count of each street at which it was fullest, by street.

    Parameters
    ----------
    supply
        Places in each street on the map, for counts that do not say how many there were.
    """
    table = neighbourhood.parking_count_table
    if table is None:
        return {}
    found: dict[str, Count] = {}
    rows = zip(table["street"], table["moment"], table["parked"], table["places"], strict=True)
    for street, moment, parked, places in sorted(rows, key=lambda row: (str(row[0]), str(row[1]))):
        there = float(places) if np.isfinite(places) else supply.get(str(street), 0.0)
        if there <= 0 or not parked >= 0:
            continue
        count = Count(str(moment), float(parked), there)
        if str(street) not in found or count.share > found[str(street)].share:
            found[str(street)] = count
    return found


def pressure_figures(scenario: Scenario, streets: Sequence[Assessment], supply: Mapping[str, float], *, method: Method) -> list[Assessment]:
    """How full all counted streets are together, and each street whose places change.

    Parameters
    ----------
    streets
        The figures of the streets that change (``parking.street``).
    supply
        Places in each street on the map, before.
    """
    counts = fullest_counts(scenario.neighbourhood, supply)
    changes = {figure.where.identifier: figure for figure in streets}
    figures = [_together(scenario, counts, changes, method)]
    if counts:
        figures += [_of_street(scenario, name, counts.get(name), figure, method) for name, figure in changes.items()]
    return figures


def _together(scenario: Scenario, counts: Mapping[str, Count], changes: Mapping[str, Assessment], method: Method) -> Assessment:
    if not counts:
        return _figure(scenario, WHOLE, None, None, missing="parking_pressure_not_counted", method=method)
    parked, places = sum(count.parked for count in counts.values()), sum(count.places for count in counts.values())
    own = [figure for name, figure in changes.items() if name in counts]
    left = places + sum(figure.difference or 0.0 for figure in own)
    after = 100.0 * parked / left if left > 0 else None
    return _figure(
        scenario, WHOLE, 100.0 * parked / places, after, missing="" if after is not None else "no_places_left", method=method, changes=own,
        remarks=(Note("streets.counted_streets" if len(counts) > 1 else "streets.counted_streets_one", n=len(counts)),),
    )  # fmt: skip


def _of_street(scenario: Scenario, name: str, count: Count | None, change: Assessment, method: Method) -> Assessment:
    where = Where(Place.STREET, name, LocalText(name))
    if count is None:
        return _figure(scenario, where, None, None, missing="parking_pressure_not_counted", method=method, changes=[change])
    left = count.places + (change.difference or 0.0)
    after = count.share_of(left) if left > 0 else None
    counted = Note("streets.counted_at", moment=count.moment, parked=round(count.parked), places=round(count.places))
    return _figure(
        scenario, where, count.share, after, missing="" if after is not None else "no_places_left", method=method, changes=[change],
        remarks=(counted,),
    )  # fmt: skip


def _figure(
    scenario: Scenario, where: Where, before: float | None, after: float | None, *, missing: str, method: Method,
    changes: Sequence[Assessment] = (), remarks: tuple[Note, ...] = (),
) -> Assessment:  # fmt: skip
    plans = tuple(dict.fromkeys(plan for figure in changes for plan in figure.plans))
    is_same = before == after
    if plans and not is_same:
        remarks = (*remarks, Note("streets.as_many_cars"))
    exact = EXACT if after is not None else unknown_margin(missing)
    if after is not None and not is_same:
        exact = unknown_margin("as_many_cars")
    return Assessment(
        impact=TOGETHER if where is WHOLE else OF_STREET,
        before=before,
        after=after,
        unit=Unit.PER_CENT,
        where=where,
        margin=exact,
        before_margin=EXACT if before is not None else None,
        kind=Kind.MEASURED if is_same else Kind.ASSUMED,
        before_kind=Kind.MEASURED,
        method=method,
        sources=with_plans(data_sources(scenario.neighbourhood, "parking_counts", "ground"), plans),
        plans=plans,
        missing=missing,
        remarks=remarks,
    )
