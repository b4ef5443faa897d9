"""A made-up village of 100 x 100 m of which every figure can be worked out by hand.

South to north: water (y 0-10), gardens with five buildings (10-40), the Kerkstraat (40-50), a strip with sixteen parking places
(50-52.5) and green (52.5-100). One building of the halo stands 50 m to the east.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Point, Polygon, box

from wijktwin.impacts.assessment import Assessment, Margin
from wijktwin.model.building import Buildings
from wijktwin.model.mesh import Mesh
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import (
    Claim,
    Dwellings,
    GroundChange,
    Latitude,
    Party,
    Plan,
    PlanRole,
    PlanStatus,
    PlantedTree,
    Settled,
    Volume,
)
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.surroundings import ADDRESS_COLUMNS, GROUND_COLUMNS, TREE_COLUMNS, GroundKind, geographic_table

RD: Final = CRS("EPSG:28992")
EAST, NORTH = 155_000.0, 463_000.0
NAN: Final = float("nan")

BUILDINGS_SOURCE: Final = Source(
    "3D BAG",
    "tudelft3d and 3DGI",
    vintage="2025-09-03",
    licence="CC-BY-4.0",
    url="https://docs.3dbag.nl/en/copyright",
    version="v20250903",
    subjects=("buildings",),
)
ADDRESS_SOURCE: Final = Source("BAG", "Kadaster", vintage="2026-05", subjects=("addresses",))
MAP_SOURCE: Final = Source("BGT", "Kadaster", vintage="2026-04-01", licence="CC0", subjects=("ground", "trees"))
PLAN_SOURCE: Final = Source("Ontwerp De Torens", "Merel Ontwikkeling", vintage="2026-05")

#               outline              height volume storeys rmse   year
BUILDINGS: Final[dict[str, tuple[tuple[float, float, float, float], float, float, float, float, float]]] = {
    "house-1": ((0, 20, 10, 30), 8.0, 600.0, 2.0, 0.1, 1965.0),
    "house-2": ((10, 20, 20, 30), 9.0, 700.0, NAN, 0.1, 1965.0),
    "flat": ((30, 20, 50, 32), 12.0, 2880.0, 4.0, 0.2, 1967.0),
    "shed": ((60, 20, 64, 24), 2.5, 40.0, NAN, 0.3, NAN),
    "hall": ((70, 15, 90, 35), 6.0, 2400.0, NAN, NAN, 1972.0),
    "halo": ((150, 0, 170, 20), 30.0, 12000.0, 10.0, 0.1, 1990.0),
}


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """A rectangle in village coordinates."""
    return box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def point(x: float, y: float) -> Point:
    return Point(EAST + x, NORTH + y)


def village(**changes: Any) -> Neighbourhood:
    """The village as it is; every call makes a new one."""
    return replace(
        Neighbourhood(
            name="Honderddorp",
            key="honderddorp",
            reference_system=CRS("EPSG:7415"),
            buildings=_buildings(),
            mesh=Mesh.empty(),
            sources=(BUILDINGS_SOURCE, ADDRESS_SOURCE, MAP_SOURCE),
            ground_table=_ground(),
            tree_table=geographic_table(
                TREE_COLUMNS,
                {"tree_id": ["t1", "t2", "t3"], "crown_diameter": [6.0, 4.0, NAN], "height": [9.0, 7.0, NAN], "kind": ["measured"] * 3},
                [point(5, 60), point(50, 60), point(80, 80)],
                RD,
            ),
            address_table=_addresses(),
        ),
        **changes,
    )


def _buildings() -> Buildings:
    outlines = np.array([rectangle(*row[0]) for row in BUILDINGS.values()], dtype=object)
    column = {
        name: np.array([row[at] for row in BUILDINGS.values()], dtype=np.float64)
        for at, name in enumerate(("height", "volume", "storeys", "roof_fit_rmse", "year_built"), start=1)
    }
    ground = np.full(len(BUILDINGS), 3.0)
    return Buildings(
        building_ids=tuple(BUILDINGS),
        numbers={
            **column,
            "volume_stated": column["volume"],
            "ground_height": ground,
            "roof_height_max": ground + column["height"],
            "footprint_area": shapely.area(outlines),
            "lod": np.full(len(BUILDINGS), 2.2),
            "point_cloud_year": np.full(len(BUILDINGS), 2023.0),
        },
        texts={
            "height_kind": ["measured"] * len(BUILDINGS),
            "ground_kind": ["measured"] * len(BUILDINGS),
            "geometry_from": ["solid"] * len(BUILDINGS),
            "status": ["Pand in gebruik", "Pand in gebruik", "Pand in gebruik", "", "Sloopvergunning verleend", "Pand in gebruik"],
        },
        flags={"is_halo": np.array([name == "halo" for name in BUILDINGS])},
        footprints=outlines,
    )


def _ground() -> Any:
    built = shapely.union_all([rectangle(*row[0]) for name, row in BUILDINGS.items() if name != "halo"])
    rows: list[tuple[str, GroundKind, str, float, Polygon | MultiPolygon]] = [
        ("water", GroundKind.WATER, "", NAN, rectangle(0, 0, 100, 10)),
        ("gardens", GroundKind.GARDEN, "", NAN, rectangle(0, 10, 100, 40).difference(built)),  # type: ignore[list-item]
        ("street", GroundKind.CARRIAGEWAY, "Kerkstraat", NAN, rectangle(0, 40, 100, 50)),
        ("parking-west", GroundKind.PARKING, "Kerkstraat", 8.0, rectangle(0, 50, 40, 52.5)),
        ("pavement", GroundKind.PAVEMENT, "Kerkstraat", NAN, rectangle(40, 50, 60, 52.5)),
        ("parking-east", GroundKind.PARKING, "Kerkstraat", 8.0, rectangle(60, 50, 100, 52.5)),
        ("field", GroundKind.GREEN, "", NAN, rectangle(0, 52.5, 100, 100)),
    ]
    ids, kinds, streets, places, shapes = zip(*rows, strict=True)
    columns = {"surface_id": list(ids), "kind": [str(kind) for kind in kinds], "street": list(streets), "parking_places": list(places)}
    return geographic_table(GROUND_COLUMNS, columns, shapes, RD)


def _addresses() -> Any:
    rows = [("house-1", "social_rent", "house"), ("house-2", "owner", "house"), ("halo", "owner", "apartment")]
    rows += [("flat", tenure, "apartment") for tenure in ["social_rent"] * 4 + ["middle_rent"] * 2 + [""] * 2]
    ids, tenures, types = (list(column) for column in zip(*rows, strict=True))
    columns: dict[str, object] = {
        "address_id": [f"a{row}" for row in range(len(rows))],
        "street": "Kerkstraat",
        "number": list(range(1, len(rows) + 1)),
        "building_id": ids,
        "use": "dwelling",
        "tenure": tenures,
        "dwelling_type": types,
    }
    return geographic_table(ADDRESS_COLUMNS, columns, [point(5, 25)] * len(rows), RD)


def plan(plan_id: str = "empty", **facts: Any) -> Plan:
    """A plan that does nothing but what it is told to."""
    given: dict[str, Any] = {
        "title": LocalText("Leeg plan", "Empty plan"),
        "proposer": "Merel Ontwikkeling",
        "party": Party.DEVELOPER,
        "role": PlanRole.PROPOSAL,
        "status": PlanStatus.PUBLISHED,
        "source": PLAN_SOURCE,
    }
    return Plan(plan_id=plan_id, **{**given, **facts})


def tower(**changes: Any) -> Volume:
    given: dict[str, Any] = {
        "volume_id": "tower",
        "title": LocalText("Hoge toren", "High tower"),
        "footprint": rectangle(70, 15, 90, 35),
        "ground_level": 3.0,
        "height": 30.0,
        "storeys": 10,
        "use": "dwelling",
    }
    return Volume(**{**given, **changes})


def towers(**changes: Any) -> Plan:
    """One tower with a garage under it where the hall stands; the eastern parking strip becomes green."""
    garage = Volume(
        "garage", LocalText("Garage"), rectangle(70, 15, 90, 35), ground_level=3.0, height=0.0, base=-3.0, use="parking",
        parking_places=40.0, bicycle_places=60.0,
    )  # fmt: skip
    facts: dict[str, Any] = {
        "title": LocalText("De Torens", "The Towers"),
        "summary": LocalText("Een toren met 165 woningen.", "A tower with 165 dwellings."),
        "dates": {PlanStatus.PUBLISHED: dt.date(2026, 5, 21)},
        "volumes": (tower(), garage),
        "demolishes": frozenset({"hall"}),
        "dwellings": (Dwellings(57.0, "social_rent", "apartment"), Dwellings(108.0, "middle_rent", "apartment")),
        "ground_changes": (GroundChange("strip", rectangle(60, 50, 100, 52.5), GroundKind.GREEN, LocalText("Strook", "Strip")),),
        "felled": frozenset({"t3"}),
        "planted": tuple(PlantedTree(f"n{at}", point(65 + 10 * at, 51), "linde", crown_diameter=5.0) for at in range(3)),
        "boundary": rectangle(60, 10, 100, 40),
        "settled": (
            Settled(LocalText("De hoogte", "The height"), Latitude.FIXED),
            Settled(LocalText("De strook", "The strip"), Latitude.OPEN),
        ),
        "claims": (
            Claim(
                "shade",
                "Merel Ontwikkeling",
                Party.DEVELOPER,
                LocalText("21 woningen, vanaf 16.00 uur, hooguit een uur.", "21 dwellings, from 16:00, at most an hour."),
                dt.date(2026, 5, 21),
            ),
        ),
    }
    return plan("towers", **{**facts, **changes})


def half_strip() -> Plan:
    """Half of the western parking strip becomes green: of its 8 places 4 are left, by area."""
    change = GroundChange("half", rectangle(20, 50, 40, 52.5), GroundKind.GREEN)
    return plan("half-strip", title=LocalText("Halve strook", "Half a strip"), party=Party.RESIDENTS, ground_changes=(change,))


def numbers(figure: Assessment) -> Any:
    """Before and after of a figure."""
    return (figure.before, figure.after)


def parts(figure: Assessment) -> Any:
    """The parts of a figure."""
    return dict(figure.breakdown)


def sides(margin: Margin | None) -> Any:
    """Below and above of a margin."""
    return None if margin is None else (margin.below, margin.above)


def rescaled(of: Plan) -> Plan:
    """The same plan after somebody changed it: its numbers of dwellings are assumed from then on."""
    fewer = tuple(replace(each, count=each.count * 0.6, kind=Kind.ASSUMED) for each in of.dwellings)
    return replace(of, plan_id=f"{of.plan_id}-lower", dwellings=fewer)
