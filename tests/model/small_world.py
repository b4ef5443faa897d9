"""A neighbourhood small enough to know by heart: nine buildings on a grid, a street, a lawn, parking, trees, addresses.

Buildings ``b00`` to ``b22`` are 10 m squares, 30 m apart, 6 m high, on ground that rises 0.1 m per building eastward. Around them lies
a lawn (with the buildings' outlines left out); a parking strip of 40 m by 5 m with 20 places runs south of them, and a street of
two segments south of that.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, box

from wijktwin import crs
from wijktwin.model.building import Buildings
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Party, Plan, PlanRole, PlanStatus, Volume
from wijktwin.model.provenance import LocalText, Source
from wijktwin.model.surroundings import ADDRESS_COLUMNS, GROUND_COLUMNS, STREET_COLUMNS, TREE_COLUMNS, geographic_table
from wijktwin.model.volume_mesh import joined, raised

X0: Final = 155_000.0
Y0: Final = 463_000.0
SPACING: Final = 30.0
SIDE: Final = 10.0
HEIGHT: Final = 6.0
GROUND: Final = 2.0
RISE: Final = 0.1
PARKING_PLACES: Final = 20.0
TREES: Final = ((15.0, 15.0), (20.0, 20.0), (45.0, 15.0), (75.0, 75.0))


def square(x: float, y: float, side: float = SIDE) -> Polygon:
    """A square with its lower left corner at (x, y) from the corner of the neighbourhood."""
    return box(X0 + x, Y0 + y, X0 + x + side, Y0 + y + side)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """A rectangle in metres from the corner of the neighbourhood."""
    return box(X0 + x0, Y0 + y0, X0 + x1, Y0 + y1)


@functools.cache
def small_neighbourhood() -> Neighbourhood:
    """The same object every time: no test may change it."""
    places = [(column, row) for row in range(3) for column in range(3)]
    footprints = np.array([square(column * SPACING, row * SPACING) for column, row in places], dtype=np.object_)
    grounds = np.array([GROUND + RISE * column for column, _ in places])
    origin = np.array([X0, Y0, 0.0])
    blocks = [raised(footprint, bottom=z, top=z + HEIGHT, origin=origin) for footprint, z in zip(footprints, grounds, strict=True)]
    mesh = joined(blocks, origin=origin)
    buildings = Buildings(
        building_ids=tuple(f"b{row}{column}" for column, row in places),
        numbers={"ground_height": grounds, "roof_height_max": grounds + HEIGHT, "height": np.full(9, HEIGHT)},
        texts={},
        flags={},
        footprints=footprints,
    )
    return Neighbourhood(
        name="Small world",
        key="small-world-1",
        reference_system=crs.RD_NAP,
        buildings=buildings,
        mesh=mesh,
        sources=(Source(title="Small world", owner="tests", fictional=True),),
        fictional=True,
        **_tables(footprints),
    )


def _tables(footprints: Any) -> dict[str, Any]:
    lawn = rectangle(-20, -2, 90, 90).difference(shapely.union_all(footprints))
    ground = geographic_table(
        GROUND_COLUMNS,
        {
            "surface_id": ["lawn", "parking", "street"],
            "kind": ["green", "parking", "carriageway"],
            "parking_places": [np.nan, PARKING_PLACES, np.nan],
        },
        [lawn, rectangle(0, -7, 40, -2), rectangle(-20, -13, 90, -7)],
        crs.RD_NEW,
    )
    trees = geographic_table(
        TREE_COLUMNS,
        {"tree_id": [f"t{i}" for i in range(len(TREES))], "height": [8.0] * len(TREES), "kind": ["measured"] * len(TREES)},
        [Point(X0 + x, Y0 + y) for x, y in TREES],
        crs.RD_NEW,
    )
    homes = [(f"b{row}{column}", storey) for row in range(3) for column in range(3) for storey in (0.0, 1.0)]
    addresses = geographic_table(
        ADDRESS_COLUMNS,
        {
            "address_id": [f"a{i}" for i in range(len(homes))],
            "building_id": [building_id for building_id, _ in homes],
            "storey": [storey for _, storey in homes],
            "number": list(range(1, len(homes) + 1)),
            "use": ["shop" if building_id == "b22" and storey == 0 else "dwelling" for building_id, storey in homes],
            "tenure": ["social_rent" if building_id.startswith("b0") else "owner" for building_id, _ in homes],
            "dwelling_type": "apartment",
        },
        [footprints[i // 2].centroid for i in range(len(homes))],
        crs.RD_NEW,
    )
    streets = geographic_table(
        STREET_COLUMNS,
        {"street_id": ["s1", "s2"], "street": ["Merelstraat", "Merelstraat"], "from_node": ["n1", "n2"], "to_node": ["n2", "n3"],
         "oneway": ["both", "both"], "modes": ["walk cycle drive"] * 2, "max_speed": [30.0, 30.0]},
        [LineString([(X0 - 20, Y0 - 10), (X0 + 35, Y0 - 10)]), LineString([(X0 + 35, Y0 - 10), (X0 + 90, Y0 - 10)])],
        crs.RD_NEW,
    )  # fmt: skip
    return {"ground_table": ground, "tree_table": trees, "address_table": addresses, "street_table": streets}


def volume(volume_id: str = "v", footprint: Polygon | None = None, **figures: Any) -> Volume:
    """A volume of four storeys, 12 m high, between the buildings unless it is put elsewhere."""
    told = {"height": 12.0, "ground_level": GROUND, "storeys": 4, "storey_height": 3.0, **figures}
    return Volume(volume_id=volume_id, title=LocalText(volume_id), footprint=footprint or square(13, 13), **told)


def plan(plan_id: str = "p", **facts: Any) -> Plan:
    """A published proposal without anything in it unless it is given."""
    told: Mapping[str, Any] = {
        "title": LocalText(f"Plan {plan_id}"), "proposer": "Bouwbedrijf De Merel", "party": Party.DEVELOPER, "role": PlanRole.PROPOSAL,
        "status": PlanStatus.PUBLISHED, "source": Source(title=f"Plan {plan_id}", owner="Bouwbedrijf De Merel"), **facts,
    }  # fmt: skip
    return Plan(plan_id=plan_id, **told)
