"""A made-up town as the services would give it: houses on a grid, some around it, ground, trees and addresses; and a held clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import shapely
import shapely.geometry
from shapely import affinity

from tests.sources.replay import World

X0: Final = 155_600
Y0: Final = 463_900
BOX: Final = (155_590.0, 463_890.0, 155_790.0, 463_990.0)
"""The area that holds the houses on the grid. [m, RD New]"""
N_HOUSES: Final = 18
HOUSE: Final = 6.0
TOWER: Final = 20.0
"""Heights of the houses and of the one tower, which stands outside the area. [m]"""
AROUND: Final = ((155_750, 464_040), (155_540, 463_900), (155_770, 464_045), (155_750, 464_180))
"""South-west corners of buildings outside: the third is the tower, and only because of that tower the fourth matters. [m]"""
FAR_CORNER: Final = (155_985, 464_185)
"""Within the rectangle that is asked for the halo, but farther from the area than the halo reaches. [m]"""
FACES: Final = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
NOW: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class HeldClock:
    """Time goes on only when somebody waits; ``waits`` holds how long they waited. ``tick`` is what every look at it costs. [s]"""

    def __init__(self, *, tick: float = 0.0, now: datetime = NOW) -> None:
        self.waits: list[float] = []
        self.tick = tick
        self._now = now
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        self._seconds += self.tick
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._seconds += seconds


def number_of(n: int) -> str:
    return f"03071000000{n:05d}"


def building_id(n: int) -> str:
    return f"NL.IMBAG.Pand.{number_of(n)}"


def house(n: int, x: float, y: float, height: float = HOUSE) -> dict[str, Any]:
    """A box of 10 x 8 m as 3D BAG's API gives it, with vertices in whole millimetres."""
    corners = [(x, y), (x + 10, y), (x + 10, y + 8), (x, y + 8)]
    vertices = [[round(a * 1000), round(b * 1000), z] for z in (2_000, round(2_000 + 1_000 * height)) for a, b in corners]
    whole, part = building_id(n), f"{building_id(n)}-0"
    outline = [[round(a * 1000), round(b * 1000), 0] for a, b in corners]
    solid: dict[str, Any] = {"type": "Solid", "lod": "2.2", "boundaries": [[[list(face)] for face in FACES]]}
    solid["semantics"] = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
        "values": [[0, 1, 2, 2, 2, 2]],
    }
    attributes = {"b3_h_maaiveld": 2.0, "b3_h_dak_max": 2.0 + height, "status": "Pand in gebruik"}
    flat = {"type": "MultiSurface", "lod": "0", "boundaries": [[[8, 9, 10, 11]]]}
    return {
        "type": "CityJSONFeature",
        "id": whole,
        "CityObjects": {
            whole: {"type": "Building", "attributes": attributes, "children": [part], "geometry": [flat]},
            part: {"type": "BuildingPart", "parents": [whole], "geometry": [solid]},
        },
        "vertices": vertices + outline,
    }


def town() -> World:
    """Everything that the services know of it."""
    houses = [house(n, X0 + 30 * (n % 6), Y0 + 30 * (n // 6)) for n in range(N_HOUSES)]
    around = [house(50 + n, *place, TOWER if n == 2 else HOUSE) for n, place in enumerate(AROUND)]
    around.append(house(60, *FAR_CORNER))
    return World(
        buildings=[*houses, *around],
        metadata={"title": "3DBAG", "referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415", "version": "v2025.09.03"},
        collections={
            **{("bgt", name): rows for name, rows in ground().items()},
            ("bag", "pand"): [pand(n) for n in [*range(N_HOUSES), 50, 51]],
            ("bag", "verblijfsobject"): addresses(),
            ("cbs", "wijken"): [
                boundary("WK030710", "Wijk 10 Voorbeeld", shapely.box(*BOX)),
                boundary("WK030711", "Wijk 11", shapely.box(155_790.0, 463_890.0, 155_990.0, 463_990.0)),
            ],
            ("cbs", "buurten"): [boundary("BU03071001", "Zuidrand", shapely.box(BOX[0], BOX[1], BOX[2], 463_920.0))],
        },
        streets=[{"type": "weg", "straatnaam": "Lijsterstraat", "woonplaatsnaam": "Amersfoort", "centroide_rd": "POINT(155690 463940)"}],
    )


def ground() -> dict[str, list[dict[str, Any]]]:
    """BGT: a road and a path, a road that is gone, a bridge, green over the edge of the area, an erf, a ditch, trees."""
    shrubs = {"fysiek_voorkomen": "groenvoorziening", "plus_fysiek_voorkomen": "heesters"}
    road = {"functie": "rijbaan lokale weg", "fysiek_voorkomen": "gesloten verharding"}
    return {
        "wegdeel": [
            piece("G1.road", shapely.box(155_590, 463_890, 155_790, 463_896), **road),
            piece("G1.path", shapely.box(155_590, 463_896, 155_790, 463_898), functie="voetpad", fysiek_voorkomen="open verharding"),
            piece("G1.track", shapely.box(155_590, 463_898, 155_600, 463_900), functie="inrit", fysiek_voorkomen="onverhard"),
            piece("G1.gone", shapely.box(155_590, 463_890, 155_790, 463_896), **road, eind_registratie="2020-01-01T00:00:00Z"),
            piece("G1.bridge", shapely.box(155_590, 463_890, 155_600, 463_896), **road, relatieve_hoogteligging=1),
            piece("G1.path", shapely.box(155_590, 463_896, 155_700, 463_898), tijdstip_registratie="2019"),
            piece("G1.plan", shapely.box(155_600, 463_950, 155_610, 463_960), **road, status="plan"),
        ],
        "ondersteunendwegdeel": [piece("G1.verge", shapely.box(155_600, 463_898, 155_610, 463_900), fysiek_voorkomen="groenvoorziening")],
        "begroeidterreindeel": [piece("G1.green", shapely.box(155_700, 463_970, 155_890, 464_090), **shrubs)],
        "onbegroeidterreindeel": [piece("G1.erf", shapely.box(155_610, 463_910, 155_690, 463_940), fysiek_voorkomen="erf")],
        "waterdeel": [piece("G1.ditch", shapely.box(155_620, 463_950, 155_690, 463_952), type="greppel, droge sloot")],
        "ondersteunendwaterdeel": [],
        "vegetatieobject_punt": [
            *(piece(f"G1.tree{n}", shapely.Point(155_600 + 10 * n, 463_945), plus_type="boom") for n in range(5)),
            piece("G1.outside", shapely.Point(155_850, 463_945), plus_type="boom"),
            piece("G1.felled", shapely.Point(155_600, 463_946), plus_type="boom", eind_registratie="2024-05-05T00:00:00Z"),
            piece("G1.stump", shapely.Point(155_601, 463_946), plus_type="boomstronk"),
        ],
    }  # fmt: skip


def piece(name: str, shape: Any, **properties: Any) -> dict[str, Any]:
    """One object of BGT as PDOK's API gives it."""
    known = {
        "lokaal_id": name,
        "status": "bestaand",
        "relatieve_hoogteligging": 0,
        "tijdstip_registratie": "2021-01-01T00:00:00Z",
        "eind_registratie": None,
    }
    told = {**known, **properties}
    return {
        "type": "Feature",
        "id": f"{name}-{told['tijdstip_registratie']}",
        "properties": told,
        "geometry": shapely.geometry.mapping(shape),
    }


def pand(n: int) -> dict[str, Any]:
    """One pand of BAG: links know it by another name than its number."""
    shape = shapely.box(X0 + 30 * (n % 6), Y0 + 30 * (n // 6), X0 + 30 * (n % 6) + 10, Y0 + 30 * (n // 6) + 8)
    if n >= 50:
        x, y = AROUND[n - 50]
        shape = shapely.box(x, y, x + 10, y + 8)
    return {
        "type": "Feature",
        "id": f"uuid-{n}",
        "properties": {"identificatie": number_of(n), "status": "Pand in gebruik"},
        "geometry": shapely.geometry.mapping(shape),
    }


def addresses() -> list[dict[str, Any]]:
    """BAG: a dwelling in every house, a shop with a dwelling above, one that was withdrawn, one next door outside the area."""
    found = [address(n, n) for n in range(N_HOUSES)]
    found += [
        address(100, 0, gebruiksdoel="winkelfunctie,kantoorfunctie", huisletter="A", toevoeging="2"),
        address(101, 1, status="Verblijfsobject ingetrokken"),
        address(102, 51),
        address(103, 2, oppervlakte=999_999, gebruiksdoel=["bijeenkomstfunctie"]),
        address(104, 3, status="Verblijfsobject gevormd"),
    ]
    return found


def address(n: int, house_number: int, **properties: Any) -> dict[str, Any]:
    """One verblijfsobject as PDOK's API gives it."""
    x, y = (X0 + 30 * (house_number % 6) + 5, Y0 + 30 * (house_number // 6) + 4)
    if house_number >= 50:
        x, y = AROUND[house_number - 50][0] + 5, AROUND[house_number - 50][1] + 4
    told = {
        "identificatie": f"03070100000{n:05d}", "status": "Verblijfsobject in gebruik", "gebruiksdoel": "woonfunctie", "oppervlakte": 90,
        "openbare_ruimte_naam": "Lijsterstraat", "huisnummer": n + 1, "huisletter": None, "toevoeging": None, "postcode": "3815 DT",
        "woonplaats_naam": "Amersfoort", "pand.href": [f"https://api.example.org/bag/collections/pand/items/uuid-{house_number}?f=json"],
        **properties,
    }  # fmt: skip
    return {"type": "Feature", "id": f"vbo-{n}", "properties": told, "geometry": {"type": "Point", "coordinates": [x, y]}}


def boundary(code: str, name: str, shape: Any) -> dict[str, Any]:
    """One wijk or buurt as PDOK's API gives it."""
    kind = "wijk" if code.startswith("WK") else "buurt"
    properties = {f"{kind}code": code, f"{kind}naam": name, "gemeentecode": f"GM{code[2:6]}"}
    return {"type": "Feature", "id": code, "properties": properties, "geometry": shapely.geometry.mapping(shapely.MultiPolygon([shape]))}


def shifted(feature: dict[str, Any], dx: float, dy: float) -> dict[str, Any]:
    """A feature moved to another place: real ground under real buildings of another town."""
    shape = affinity.translate(shapely.geometry.shape(feature["geometry"]), dx, dy)
    return {**feature, "geometry": shapely.geometry.mapping(shape)}


def contents(folder: Path) -> dict[str, bytes]:
    """Name and bytes of every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
