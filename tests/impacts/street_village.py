"""The village with streets: every way and every car can be worked out by hand.

The Kerkstraat runs from west to east (100 m, in two pieces), the Hoofdweg 100 m north of it; the Westlaan and the Oostlaan join their
ends, and a path joins their middles. All ten homes are on the western half of the Kerkstraat, school and shop on the eastern.
"""

from __future__ import annotations

from typing import Any, Final

from shapely import LineString

from tests.impacts.village import ADDRESS_SOURCE, BUILDINGS_SOURCE, EAST, MAP_SOURCE, NAN, NORTH, RD, plan, point, village
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, StreetChange, Traffic
from wijktwin.model.provenance import Source
from wijktwin.model.surroundings import (
    ADDRESS_COLUMNS,
    DESTINATION_COLUMNS,
    PARKING_COUNT_COLUMNS,
    STREET_COLUMNS,
    geographic_table,
)

STREET_SOURCE: Final = Source("NWB", "Rijkswaterstaat", vintage="2026-04-01", subjects=("streets",))
#        id       street        from  to    oneway    modes               speed from x, y    to x, y
STREETS: Final = [
    ("k1", "Kerkstraat", "K0", "K1", "both", "walk cycle drive", 30.0, (0, 45), (50, 45)),
    ("k2", "Kerkstraat", "K1", "K2", "both", "walk cycle drive", 30.0, (50, 45), (100, 45)),
    ("h1", "Hoofdweg", "H0", "H1", "both", "walk cycle drive", 50.0, (0, 145), (50, 145)),
    ("h2", "Hoofdweg", "H1", "H2", "both", "walk cycle drive", 50.0, (50, 145), (100, 145)),
    ("w", "Westlaan", "K0", "H0", "both", "walk cycle drive", 30.0, (0, 45), (0, 145)),
    ("o", "Oostlaan", "K2", "H2", "both", "walk cycle drive", 30.0, (100, 45), (100, 145)),
    ("p", "Pad", "K1", "H1", "closed", "walk cycle", NAN, (50, 45), (50, 145)),
]
#        id       building   use        tenure         type         x   y
HOMES: Final = [
    ("a0", "house-1", "dwelling", "social_rent", "house", 5, 25),
    ("a1", "house-2", "dwelling", "owner", "house", 15, 25),
    *[(f"f{at}", "flat", "dwelling", "social_rent", "apartment", 40, 26) for at in range(4)],
    *[(f"f{at}", "flat", "dwelling", "middle_rent", "apartment", 40, 26) for at in (4, 5)],
    *[(f"f{at}", "flat", "dwelling", "", "apartment", 40, 26) for at in (6, 7)],
    ("school", "hall", "school", "", "", 80, 25),
    ("shop", "shed", "shop", "", "", 62, 22),
    ("far", "halo", "dwelling", "owner", "apartment", 160, 10),
]


def street_table(rows: Any = None) -> Any:
    ids, names, tails, heads, oneway, modes, speeds, starts, ends = zip(*(STREETS if rows is None else rows), strict=True)
    columns = {"street_id": ids, "street": names, "from_node": tails, "to_node": heads, "oneway": oneway, "modes": modes}
    lines = [LineString([(EAST + a, NORTH + b), (EAST + c, NORTH + d)]) for (a, b), (c, d) in zip(starts, ends, strict=True)]
    return geographic_table(STREET_COLUMNS, {**{k: list(v) for k, v in columns.items()}, "max_speed": list(speeds)}, lines, RD)


def address_table(rows: Any = None, *, city: str = "") -> Any:
    ids, buildings, uses, tenures, types, xs, ys = zip(*(HOMES if rows is None else rows), strict=True)
    columns: dict[str, object] = {
        "address_id": list(ids),
        "street": "Kerkstraat",
        "number": list(range(1, len(ids) + 1)),
        "city": city,
        "building_id": list(buildings),
        "use": list(uses),
        "tenure": list(tenures),
        "dwelling_type": list(types),
    }
    return geographic_table(ADDRESS_COLUMNS, columns, [point(x, y) for x, y in zip(xs, ys, strict=True)], RD)


def street_village(**changes: Any) -> Neighbourhood:
    given: dict[str, Any] = {
        "street_table": street_table(),
        "address_table": address_table(),
        "sources": (BUILDINGS_SOURCE, ADDRESS_SOURCE, MAP_SOURCE, STREET_SOURCE),
    }
    return village(**{**given, **changes})


def places(*rows: tuple[str, float, float]) -> Any:
    """A list of destinations: kind, x, y."""
    kinds, xs, ys = zip(*rows, strict=True)
    columns = {"destination_id": [f"d{at}" for at in range(len(rows))], "kind": list(kinds)}
    return geographic_table(DESTINATION_COLUMNS, columns, [point(x, y) for x, y in zip(xs, ys, strict=True)], RD)


def counts(*rows: tuple[str, str, float, float]) -> Any:
    """Counts of parked cars: street, moment, cars, places."""
    streets, moments, parked, there = zip(*rows, strict=True)
    columns = {"count_id": [f"c{at}" for at in range(len(rows))], "street": list(streets), "moment": list(moments)}
    table = {**columns, "parked": list(parked), "places": list(there)}
    return geographic_table(PARKING_COUNT_COLUMNS, table, [point(50, 51)] * len(rows), RD)


def street_plan(plan_id: str = "one-way", **changes: Traffic) -> Plan:
    """A plan that changes what cars may do, by street id."""
    return plan(plan_id, street_changes=tuple(StreetChange(street_id, traffic) for street_id, traffic in sorted(changes.items())))


ONE_WAY: Final = street_plan(k1=Traffic.FORWARD)
"""The western half of the Kerkstraat from west to east only."""
