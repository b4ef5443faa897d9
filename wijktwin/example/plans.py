"""The plans of the example: an echo of a real debate, with made-up people, places and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import shapely

from wijktwin.example.features import building_id, first_number
from wijktwin.example.frames import Frame, rounded
from wijktwin.example.plan_texts import CLAIMS, DEVELOPER, MUNICIPALITY, RESIDENTS, SOURCES, TEXTS
from wijktwin.example.tables import CRS_NAME, polygon_geometry, real, street_id, tree_id
from wijktwin.example.town import Settlement
from wijktwin.example.vogelbuurt import SITE_AREA
from wijktwin.model.surroundings import GroundKind

TOWERS, ALLOWED, ALTERNATIVE, STREET = PLAN_IDS = ("vogeltorens", "vogeltorens-toegestaan", "vogelhof", "groene-straat")
STREET_PART: Final = "west 2"
"""The part of the street that is redesigned."""
BAYS_LOST: Final = 8

Json = dict[str, Any]


class Site:
    """The ground of the community centre, with a frame of its own. [m]"""

    def __init__(self, settlement: Settlement) -> None:
        x0, y0, x1, y1 = (value * 1000.0 for value in SITE_AREA)
        self.frame: Frame = settlement.quarter.frame.moved(x0, y0)
        self.width, self.height = (x1 - x0) / 1000.0, (y1 - y0) / 1000.0
        self.settlement = settlement

    def rectangle(self, x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
        """A rectangle of the site in the world. [mm]"""
        return shapely.Polygon(self.frame.rectangle(x0 * 1000.0, y0 * 1000.0, x1 * 1000.0, y1 * 1000.0))

    @property
    def area(self) -> shapely.Polygon:
        """The whole site."""
        return self.rectangle(0, 0, self.width, self.height)

    def demolished(self) -> list[str]:
        """The buildings on it."""
        start = first_number(self.settlement.quarter.index)
        return [
            building_id(start + number)
            for number, structure in enumerate(self.settlement.structures)
            if self.area.contains(shapely.Point(structure.frame.at(1000.0, 1000.0)))
        ]

    def segments(self) -> list[str]:
        """The pieces of street that lie on it."""
        start = first_number(self.settlement.quarter.index)
        whole = self.area
        return [
            street_id(start + number)
            for number, segment in enumerate(self.settlement.segments)
            if whole.contains(shapely.LineString(segment.line)) and not segment.street.is_path
        ]

    def bays(self) -> int:
        """The parking places on it."""
        return sum(self.area.contains(surface.polygon) for surface in self.settlement.surfaces if surface.places > 0)

    def felled(self, *taken: shapely.Polygon) -> list[str]:
        """The trees that stand where something comes."""
        start = first_number(self.settlement.quarter.index)
        whole = shapely.union_all(list(taken)).buffer(1500.0)
        return [tree_id(start + n) for n, tree in enumerate(self.settlement.trees) if whole.contains(shapely.Point(tree.point))]


def _feature(feature: str, polygon: shapely.Polygon, /, **known: Any) -> Json:  # noqa: ANN401
    return {"type": "Feature", "properties": {"feature": feature, **known}, "geometry": polygon_geometry(polygon)}


def _volume(site: Site, box: tuple[float, float, float, float], volume_id: str, title: Mapping[str, str], **known: Any) -> Json:  # noqa: ANN401
    return _feature("volume", site.rectangle(*box), volume_id=volume_id, title=title, **known)


def _tree(point: tuple[int, int], number: int, species: str, *, height: float, crown: float, latitude: str = "open") -> Json:
    known = {"feature": "tree", "tree_id": f"nieuw-{number:03d}", "species": species, "height": height, "crown_diameter": crown}
    return {"type": "Feature", "properties": {**known, "latitude": latitude}, "geometry": {"type": "Point", "coordinates": real(point)}}


def _document(facts: Json, features: Sequence[Json]) -> Json:
    crs = {"type": "name", "properties": {"name": CRS_NAME}}
    return {
        "type": "FeatureCollection",
        "crs": crs,
        "plan": {"schema_version": "1", **facts, "fictional": True},
        "features": list(features),
    }


def _facts(plan_id: str, *, proposer: str, party: str, role: str, status: str = "published", street: str = "", **known: Any) -> Json:  # noqa: ANN401
    title, summary = (
        {language: text.format(street=street) for language, text in TEXTS[plan_id][part].items()} for part in ("title", "summary")
    )
    return {
        "plan_id": plan_id,
        "title": title,
        "summary": summary,
        "proposer": proposer,
        "party": party,
        "role": role,
        "status": status,
        "source": {**SOURCES[plan_id], "fictional": True},
        **known,
    }


def towers(settlement: Settlement) -> Json:
    """Two towers of 60 m and 24 m with 165 dwellings where the community centre stands."""
    site = Site(settlement)
    high, low, garage = (50.0, 46.0, 74.0, 66.0), (6.0, 8.0, 36.0, 28.0), (2.5, 20.0, 77.5, 60.0)
    green, square = site.rectangle(0, 0, 80, 44), site.rectangle(0, 44, 80, 75)
    features = [
        _feature("boundary", site.area),
        _volume(
            site,
            high,
            "hoge-toren",
            {"nl": "Hoge toren", "en": "High tower"},
            height=60.0,
            storeys=20,
            storey_height=3.0,
            use="dwelling",
            floor_area=9600.0,
            latitude="choice",
        ),
        _volume(
            site,
            low,
            "lage-toren",
            {"nl": "Lage toren", "en": "Low tower"},
            height=24.0,
            storeys=8,
            storey_height=3.0,
            use="dwelling",
            floor_area=4800.0,
            latitude="choice",
        ),
        _volume(
            site,
            garage,
            "garage",
            {"nl": "Parkeergarage", "en": "Car park"},
            base=-3.2,
            height=0.0,
            storeys_below=1,
            use="parking",
            floor_area=3000.0,
            parking_places=100.0,
            bicycle_places=330.0,
            latitude="fixed",
        ),
        _feature(
            "ground",
            green,
            change_id="tuin",
            title={"nl": "Daktuin met gras", "en": "Roof garden with grass"},
            kind=GroundKind.GREEN.value,
            latitude="choice",
        ),
        _feature(
            "ground",
            square,
            change_id="plein",
            title={"nl": "Plein", "en": "Square"},
            kind=GroundKind.SQUARE.value,
            parking_places=0,
            latitude="open",
        ),
        *(
            _tree(rounded(site.frame.at(x * 1000.0, 70000.0)), n, "Acer platanoides", height=10.0, crown=6.0)
            for n, x in enumerate((8, 20, 32, 44), 1)
        ),
    ]
    facts = _facts(
        TOWERS,
        proposer=DEVELOPER,
        party="developer",
        role="proposal",
        dates={"draft": "2025-03-03", "published": "2025-09-15"},
        changes=[{"date": "2025-11-10", "text": TEXTS[TOWERS]["change"]}],
        dwellings=[
            {"count": 48, "tenure": "social_rent", "dwelling_type": "apartment", "volume_id": "lage-toren", "floor_area": 62},
            {"count": 9, "tenure": "social_rent", "dwelling_type": "apartment", "volume_id": "hoge-toren", "floor_area": 58},
            {"count": 108, "tenure": "middle_rent", "dwelling_type": "apartment", "volume_id": "hoge-toren", "floor_area": 64},
        ],
        demolishes=site.demolished(),
        felled=site.felled(site.area),
        streets=[{"street_id": segment, "traffic": "closed", "latitude": "fixed"} for segment in site.segments()],
        settled=[
            {"subject": TEXTS[TOWERS]["number"], "latitude": "fixed"},
            {"subject": TEXTS[TOWERS]["heights"], "latitude": "choice"},
            {"subject": TEXTS[TOWERS]["square"], "latitude": "open"},
        ],
        works=[
            {"begin": "2028-03-06", "end": "2028-06-30", "title": TEXTS[TOWERS]["demolition"], "first_hour": 7, "last_hour": 16},
            {"begin": "2028-07-03", "end": "2030-05-31", "title": TEXTS[TOWERS]["building"], "first_hour": 7, "last_hour": 19},
        ],
        water_storage=150,
        excludes=[ALLOWED, ALTERNATIVE],
        claims=[*CLAIMS],
    )
    return _document(facts, features)


def allowed(settlement: Settlement) -> Json:
    """What may be built there already: a low envelope."""
    site = Site(settlement)
    box = (10.0, 20.0, 60.0, 50.0)
    features = [
        _feature("boundary", site.area),
        _volume(
            site,
            box,
            "bouwvlak",
            {"nl": "Bouwvlak van het omgevingsplan", "en": "Building envelope of the environment plan"},
            height=10.5,
            storeys=3,
            storey_height=3.5,
            use="mixed",
            latitude="fixed",
        ),
    ]
    facts = _facts(
        ALLOWED,
        proposer=MUNICIPALITY,
        party="municipality",
        role="allowed",
        status="frozen",
        dates={"frozen": "2018-06-26"},
        demolishes=site.demolished(),
        felled=site.felled(site.rectangle(*box)),
        settled=[{"subject": TEXTS[ALLOWED]["height"], "latitude": "fixed"}],
        excludes=[TOWERS, ALTERNATIVE],
    )
    return _document(facts, features)


def alternative(settlement: Settlement) -> Json:
    """What residents propose instead: three blocks around a garden, nothing above 30 m."""
    site = Site(settlement)
    corner, north, west = (56.0, 46.0, 74.0, 66.0), (8.0, 54.0, 48.0, 69.0), (8.0, 10.0, 23.0, 42.0)
    features = [
        _feature("boundary", site.area),
        _volume(
            site,
            corner,
            "hoek",
            {"nl": "Hoekblok", "en": "Corner block"},
            height=30.0,
            storeys=10,
            storey_height=3.0,
            use="dwelling",
            latitude="choice",
        ),
        _volume(
            site,
            north,
            "noord",
            {"nl": "Noordblok", "en": "North block"},
            height=18.0,
            storeys=6,
            storey_height=3.0,
            use="dwelling",
            latitude="choice",
        ),
        _volume(
            site,
            west,
            "west",
            {"nl": "Westblok", "en": "West block"},
            height=15.0,
            storeys=5,
            storey_height=3.0,
            use="dwelling",
            latitude="choice",
        ),
        _feature(
            "ground",
            site.rectangle(24, 8, 74, 44),
            change_id="hof",
            title={"nl": "Hof voor de buurt", "en": "Garden for the neighbourhood"},
            kind=GroundKind.GREEN.value,
            latitude="open",
        ),
        *(
            _tree(rounded(site.frame.at(x * 1000.0, y * 1000.0)), n, "Tilia cordata", height=12.0, crown=7.0)
            for n, (x, y) in enumerate(((32, 16), (44, 16), (56, 16), (68, 16), (32, 36), (44, 36), (56, 36), (68, 36)), 1)
        ),
    ]
    facts = _facts(
        ALTERNATIVE,
        proposer=RESIDENTS,
        party="residents",
        role="alternative",
        dates={"published": "2025-12-08"},
        dwellings=[
            {"count": 60, "tenure": "social_rent", "dwelling_type": "apartment"},
            {"count": 60, "tenure": "middle_rent", "dwelling_type": "apartment"},
        ],
        demolishes=site.demolished(),
        felled=site.felled(*(site.rectangle(*box) for box in (corner, north, west))),
        settled=[
            {"subject": TEXTS[ALTERNATIVE]["height"], "latitude": "fixed"},
            {"subject": TEXTS[ALTERNATIVE]["garden"], "latitude": "open"},
        ],
        excludes=[TOWERS, ALLOWED],
    )
    return _document(facts, features)


def green_street(settlement: Settlement) -> Json:
    """A street where parking places become green with trees, and cars go one way."""
    name = settlement.plan.names[STREET_PART]
    start = first_number(settlement.quarter.index)
    bays = [surface for surface in settlement.surfaces if surface.places > 0 and surface.street == name]
    bays.sort(key=lambda bay: bay.polygon.centroid.x)
    lost = bays[1 : 2 * BAYS_LOST : 2]
    features: list[Json] = []
    for number, bay in enumerate(lost, 1):
        title = {"nl": "Boomvak", "en": "Tree bed"}
        features.append(
            _feature(
                "ground",
                bay.polygon,
                change_id=f"boomvak-{number:02d}",
                title=title,
                kind=GroundKind.GREEN.value,
                parking_places=0,
                latitude="choice",
            )
        )
        point = bay.polygon.centroid
        features.append(_tree((round(point.x), round(point.y)), number, "Sorbus aucuparia", height=8.0, crown=5.0))
    segments = [street_id(start + n) for n, segment in enumerate(settlement.segments) if segment.street.name == name]
    facts = _facts(
        STREET,
        street=name,
        proposer=MUNICIPALITY,
        party="municipality",
        role="proposal",
        dates={"draft": "2025-06-02", "published": "2025-10-20"},
        streets=[{"street_id": segment, "traffic": "forward", "latitude": "choice"} for segment in segments],
        settled=[
            {"subject": TEXTS[STREET]["trees"], "latitude": "fixed"},
            {"subject": TEXTS[STREET]["oneway"], "latitude": "choice"},
            {"subject": TEXTS[STREET]["species"], "latitude": "open"},
        ],
    )
    return _document(facts, features)


def plan_documents(settlement: Settlement) -> dict[str, Json]:
    """All plans of the example by file name, without those that have no place to be in a smaller neighbourhood."""
    documents = {STREET: green_street(settlement)}
    if Site(settlement).demolished():
        documents |= {TOWERS: towers(settlement), ALLOWED: allowed(settlement), ALTERNATIVE: alternative(settlement)}
    return {f"{plan_id}.geojson": document for plan_id, document in sorted(documents.items())}
