"""Cards against facts worked out by hand: five more addresses of the example, and five real homes in Delft with a tower near them.

Nothing here asks Wijktwin how it is done. Distances come from the corners in the files, heights from their attributes, ways from a search
of our own along the lines of streets, the sun from the formulas of the Astronomical Almanac (J.J. Michalsky, Solar Energy 40(3), 1988:
good to 0.01 degrees), and whether something stands in front of it from where a line cuts the plane of each face of each building.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from tests.impacts.test_real_figures import raw
from tests.impacts.village import plan
from tests.words.test_cards import corners, example_features, gap, lines, outline_of_building, outlines_of_plan, quick, to_segment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home
from wijktwin.impacts.sunlight.desk import SunlightDesk
from wijktwin.impacts.view.desk import ViewDesk
from wijktwin.model.plan import Plan, Volume
from wijktwin.model.provenance import LocalText
from wijktwin.sources.folder import read_folder
from wijktwin.words.cards import Card, CardLine, make_card

Point = tuple[float, float]
FloatArray = NDArray[np.float64]


# ----------------------------------------------------------------------------------------------------- five of the example
@dataclass(frozen=True)
class ByHand:
    """An address and a plan, with what a person finds in the files."""

    label: str
    plan: str
    places: int
    own_height: str
    away: int
    school: int
    green: int | None
    """None where the nearest place is put together from several pieces: that is no work for a ruler."""


FIVE = (
    ByHand("Appelvinkstraat 12", "vogelhof", places=46, own_height="8,8", away=145, school=230, green=None),
    ByHand("Zomertalingstraat 9", "vogeltorens", places=18, own_height="8,7", away=308, school=228, green=41),
    ByHand("Kruisbekweg 101", "vogeltorens", places=0, own_height="34,3", away=191, school=740, green=2),
    ByHand("Ortolaanstraat 5", "vogelhof", places=15, own_height="8,8", away=97, school=533, green=23),
    ByHand("Roerdompstraat 20", "vogeltorens-toegestaan", places=18, own_height="8,5", away=275, school=135, green=None),
)


def where(label: str) -> Point:
    """The point of an address."""
    found = next(each for each in raw("addresses.geojson") if f"{each['properties']['street']} {each['properties']['number']}" == label)
    return corners([found["geometry"]["coordinates"]])[0]


def places_in(street: str) -> int:
    ground = [each["properties"] for each in raw("ground.geojson")]
    return sum(each.get("parking_places") or 0 for each in ground if each.get("street") == street)


def height_of(label: str) -> float:
    """The highest point of the roof above the ground around it, as 3D BAG states both."""
    building_id = next(
        each["properties"]["building_id"] for each in raw("addresses.geojson")
        if f"{each['properties']['street']} {each['properties']['number']}" == label
    )  # fmt: skip
    attributes = next(each for each in example_features() if each["id"] == building_id)["CityObjects"][building_id]["attributes"]
    return float(attributes["b3_h_dak_max"] - attributes["b3_h_maaiveld"])


@cache
def walking_net() -> tuple[dict[str, list[tuple[str, float]]], list[tuple[str, str, Point, Point, str]]]:
    """How far it is from each crossing or bend to the next along streets on which one may walk; and those pieces with their ends."""
    net: dict[str, list[tuple[str, float]]] = {}
    pieces = []
    for each in raw("streets.geojson"):
        facts = each["properties"]
        if "walk" not in facts["modes"]:
            continue
        points = corners(each["geometry"]["coordinates"])
        names = [facts["from_node"], *(f"{facts['street_id']}/{n}" for n in range(1, len(points) - 1)), facts["to_node"]]
        for (one, start), (other, end) in pairwise(zip(names, points, strict=True)):
            net.setdefault(one, []).append((other, math.dist(start, end)))
            net.setdefault(other, []).append((one, math.dist(start, end)))
            pieces.append((one, other, start, end, facts["street"]))
    return net, pieces


def to_the_net(label: str) -> dict[str, float]:
    """How far it is from an address to both ends of the nearest piece of its own street."""
    point, street = where(label), label.rpartition(" ")[0]
    own = [piece for piece in walking_net()[1] if piece[4] == street]
    one, other, start, end, _ = min(own, key=lambda piece: to_segment(point, (piece[2], piece[3])))
    access, length = to_segment(point, (start, end)), math.dist(start, end)
    along = math.sqrt(max(math.dist(point, start) ** 2 - access**2, 0.0)) if access < math.dist(point, start) else 0.0
    along = min(along, length)
    return {one: access + along, other: access + length - along}


def walk(start: str, end: str) -> float:
    """The shortest way along the streets, from door to door. [m]"""
    waiting = [(far, node) for node, far in to_the_net(start).items()]
    heapq.heapify(waiting)
    done: dict[str, float] = {}
    while waiting:
        far, at = heapq.heappop(waiting)
        if at not in done:
            done[at] = far
            for neighbour, step in walking_net()[0][at]:
                heapq.heappush(waiting, (far + step, neighbour))
    return min(done[node] + far for node, far in to_the_net(end).items())


def green_from(point: Point) -> float:
    """To the nearest public green in one piece of half a hectare that is nowhere narrower than 10 m, in a straight line. [m]"""
    drawn = [each["geometry"]["coordinates"] for each in raw("ground.geojson") if each["properties"]["kind"] == "green"]
    wide = [shapely.Polygon(rings[0], rings[1:]).buffer(-5.0, join_style="mitre").buffer(5.0, join_style="mitre") for rings in drawn]
    return float(min(shapely.Point(point).distance(part) for each in wide for part in shapely.get_parts(each) if part.area >= 5_000.0))


@pytest.mark.parametrize("one", FIVE, ids=lambda one: one.label)
def test_an_address_of_the_example_as_anybody_finds_it_in_the_files(one: ByHand) -> None:
    told = lines(quick(one.label, one.plan))
    street = one.label.rpartition(" ")[0]
    assert places_in(street) == one.places
    if one.places:
        assert told["parking.places"].text.startswith(f"In uw straat blijven {one.places} parkeerplaatsen.")
    else:
        assert told["parking"].text == "In uw straat staan in onze gegevens geen parkeerplaatsen."
    assert height_of(one.label) == pytest.approx(float(one.own_height.replace(",", ".")), abs=0.051)
    assert told["new_building.own"].text.endswith(f"ongeveer {one.own_height} meter hoog.")
    away = min(gap(list(outline_of_building(one.label)), outline) for outline in outlines_of_plan(one.plan).values())
    assert round(away) == one.away
    near = told[f"new_building.away.{one.plan}"].figure
    assert near is not None
    assert near.after is not None
    assert away - 0.01 <= near.after <= away + 25.0, "a home is a part of its building: never nearer than all of it"
    schools = [f"{each['properties']['street']} {each['properties']['number']}" for each in raw("addresses.geojson")
               if each["properties"]["use"] == "school"]  # fmt: skip
    school = min(walk(one.label, each) for each in schools)
    assert round(school) == one.school
    way = told["ways.walk_school"].figure
    assert way is not None
    assert way.before == way.after == pytest.approx(school, abs=0.01)
    if one.green is not None:
        green = green_from(where(one.label))
        assert round(green) == one.green
        place = told["green.place"].figure
        assert place is not None
        assert place.before == place.after == pytest.approx(green, abs=0.01)


# ----------------------------------------------------------------------------------------------------------- five of Delft
TILE = "3dbag/delft_v20241216.city.json"
SILL = 0.75
REVEAL = math.atan2(0.1, 0.9)
"""How far from the wall the sun has to stand before it gets past the edge of a window of 1.80 m that lies 0.10 m deep. [rad]"""
LOWEST = math.radians(5.0)
DAYS = (date(2026, 3, 21), date(2026, 12, 22))
TOWER = (85_390.0, 446_850.0, 85_410.0, 446_870.0)
TOWER_FOOT, TOWER_TOP = -0.7, 39.3


@dataclass(frozen=True)
class Real:
    """A real building of the tile, and the middle of the wall in which we put a window."""

    building_id: str
    window: Point
    faces: float
    """Clockwise from the north of the grid. [°]"""
    side: str


REAL = (
    Real("NL.IMBAG.Pand.0503100000017002", (85_410.01, 446_916.56), 202.47, "S"),
    Real("NL.IMBAG.Pand.0503100000017012", (85_391.53, 446_934.57), 202.42, "SW"),
    Real("NL.IMBAG.Pand.0503100000017014", (85_415.11, 446_914.45), 202.47, "S"),
    Real("NL.IMBAG.Pand.0503100000017020", (85_431.42, 447_007.29), 187.82, "S"),
    Real("NL.IMBAG.Pand.0503100000019606", (85_047.16, 446_809.53), 302.49, "NW"),
)


@dataclass(frozen=True, eq=False)
class Face:
    """A flat piece of wall or roof: its plane, and its outline as seen along the axis that it faces most."""

    normal: FloatArray
    offset: float
    axes: tuple[int, int]
    outline: shapely.Polygon


def face_of(rings: list[FloatArray]) -> Face | None:
    outer = rings[0]
    normal = np.cross(outer, np.roll(outer, -1, axis=0)).sum(axis=0)  # Newell
    length = float(np.linalg.norm(normal))
    if length < 1e-6:
        return None
    normal = normal / length
    axis = int(np.abs(normal).argmax())
    axes = ((1, 2), (0, 2), (0, 1))[axis]
    outline = shapely.Polygon(outer[:, axes], [ring[:, axes] for ring in rings[1:]])
    return Face(normal, float(normal @ outer.mean(axis=0)), axes, outline)


def box_faces(x0: float, y0: float, x1: float, y1: float, *, low: float, high: float) -> Iterator[Face]:
    ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    sides = [np.array([(*a, low), (*b, low), (*b, high), (*a, high)]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    for side in [*sides, np.array([(*corner, high) for corner in ring])]:
        found = face_of([side])
        assert found is not None
        yield found


@dataclass(frozen=True, eq=False)
class Delft:
    """The tile as it lies on disk, and Wijktwin's cards of the five homes with the tower."""

    attributes: dict[str, dict[str, Any]]
    tops: dict[str, float]
    outlines: dict[str, list[Point]]
    faces: list[Face]
    origin: FloatArray
    cards: dict[str, Card]

    def ground(self, one: Real) -> float:
        return float(self.attributes[one.building_id]["b3_h_maaiveld"])

    def lines(self, one: Real) -> dict[str, CardLine]:
        return lines(self.cards[one.building_id])


@pytest.fixture(scope="module")
def delft(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Delft:
    folder = tmp_path_factory.mktemp("delft")
    document = json.loads((shared_data / TILE).read_bytes())
    (folder / "buildings.city.json").write_bytes((shared_data / TILE).read_bytes())
    (folder / "addresses.geojson").write_text(json.dumps(_addresses()), encoding="utf-8")
    place = read_folder(folder)
    scenario, assumptions = place.with_plans([_tower()]), default_assumptions()
    sun = SunlightDesk(place, assumptions=assumptions, store=None).sunlight(scenario)
    views = ViewDesk(place, assumptions=assumptions, store=None).views(scenario)
    cards = {
        one.building_id: make_card(
            scenario, Home(one.building_id), language="nl", assumptions=assumptions, sunlight=sun, views=views, heat="no_trees"
        )
        for one in REAL
    }
    vertices = np.array(document["vertices"]) * document["transform"]["scale"] + document["transform"]["translate"]
    objects = document["CityObjects"]
    origin = np.array([85_000.0, 446_800.0, 0.0])
    found = [face_of([vertices[ring] - origin for ring in surface]) for surface in _surfaces(objects)]
    flat = {
        name: corners(vertices[_of_lod(one, "0")[0][0]]) for name, one in objects.items() if one["type"] == "Building"
    }  # fmt: skip
    attributes = {name: one["attributes"] for name, one in objects.items() if one["type"] == "Building"}
    tops = {one.building_id: max(vertices[at][2] for at in _corners_of(objects, one)) for one in REAL}
    return Delft(attributes, tops, flat, [face for face in found if face is not None], origin, cards)


def _of_lod(thing: dict[str, Any], lod: str) -> Any:
    return next(geometry["boundaries"] for geometry in thing["geometry"] if str(geometry["lod"]) == lod)


def _surfaces(objects: dict[str, Any]) -> Iterator[list[list[int]]]:
    for one in objects.values():
        if one["type"] == "BuildingPart":
            for shell in _of_lod(one, "2.2"):
                yield from shell


def _corners_of(objects: dict[str, Any], one: Real) -> list[int]:
    parts = [objects[name] for name in objects[one.building_id]["children"]]
    return [at for part in parts for shell in _of_lod(part, "2.2") for surface in shell for ring in surface for at in ring]


def _addresses() -> dict[str, Any]:
    """A point half a metre behind the middle of the wall of each home."""
    features = []
    for number, one in enumerate(REAL, 1):
        away = math.radians(one.faces)
        x, y = one.window[0] - 0.5 * math.sin(away), one.window[1] - 0.5 * math.cos(away)
        facts = {
            "address_id": one.building_id, "street": "Proefstraat", "number": number, "building_id": one.building_id, "storey": 0,
            "side": one.side, "use": "dwelling",
        }  # fmt: skip
        features.append({"type": "Feature", "properties": facts, "geometry": {"type": "Point", "coordinates": [x, y]}})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


def _tower() -> Plan:
    x0, y0, x1, y1 = TOWER
    volume = Volume(
        "toren", LocalText("Toren"), shapely.box(x0, y0, x1, y1), ground_level=TOWER_FOOT, height=TOWER_TOP - TOWER_FOOT, storeys=13,
        use="dwelling",
    )  # fmt: skip
    return plan("toren", title=LocalText("De Toren", "The Tower"), volumes=(volume,))


def towards_sun(moment: datetime, latitude: float, longitude: float, turned: float) -> tuple[float, float]:
    """Height of the sun, and its direction clockwise from the north of the grid. [rad]"""
    days = (moment - datetime(2000, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    mean, anomaly = math.radians(280.460 + 0.9856474 * days), math.radians(357.528 + 0.9856003 * days)
    ecliptic = mean + math.radians(1.915) * math.sin(anomaly) + math.radians(0.020) * math.sin(2 * anomaly)
    tilt = math.radians(23.439 - 4e-7 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    hours = moment.hour + moment.minute / 60 + moment.second / 3600
    sidereal = math.radians(15 * ((6.697375 + 0.0657098242 * math.floor(days - 0.5 + 1e-9) + 0.0657098242 * 0.5 + 1.00273791 * hours) % 24))
    angle = sidereal + math.radians(longitude) - ascension
    height = math.asin(
        math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(angle)
    )  # fmt: skip
    east = -math.cos(declination) * math.sin(angle)
    north = math.sin(declination) * math.cos(latitude) - math.cos(declination) * math.cos(angle) * math.sin(latitude)
    return height, math.atan2(east, north) - turned


@cache
def suns(day: date) -> FloatArray:
    """Unit vectors to the sun in Delft, every minute of a day that it stands high enough, shape (n, 3)."""
    longitude, latitude = Transformer.from_crs(28992, 4326, always_xy=True).transform(85_300.0, 446_900.0)
    turned = math.radians(longitude - 5.38720621) * math.sin(math.radians(latitude))  # meridian convergence
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Amsterdam"))
    found = []
    for minute in range(24 * 60):
        moment = start.astimezone(UTC) + timedelta(minutes=minute)
        height, direction = towards_sun(moment, math.radians(latitude), longitude, turned)
        if height > LOWEST:
            found.append((math.cos(height) * math.sin(direction), math.cos(height) * math.cos(direction), math.sin(height)))
    return np.array(found)


def minutes_of_sun(delft: Delft, one: Real, day: date, *, with_tower: bool) -> int:
    """How many minutes of a clear day the sun shines on the middle of the window."""
    away = math.radians(one.faces)
    eye = np.array([*one.window, delft.ground(one) + SILL]) - delft.origin
    left = suns(day)
    left = left[left[:, :2] @ np.array([math.sin(away), math.cos(away)]) > math.sin(REVEAL)]
    x, y, _ = delft.origin
    tower = box_faces(TOWER[0] - x, TOWER[1] - y, TOWER[2] - x, TOWER[3] - y, low=TOWER_FOOT, high=TOWER_TOP) if with_tower else ()
    for face in (*delft.faces, *tower):
        against = left @ face.normal
        with np.errstate(divide="ignore", invalid="ignore"):
            far = (face.offset - float(face.normal @ eye)) / against
        ahead = np.flatnonzero((far > 0.05) & np.isfinite(far))
        if len(ahead):
            hit = (eye + far[ahead, None] * left[ahead])[:, face.axes]
            left = np.delete(left, ahead[shapely.contains_xy(face.outline, hit[:, 0], hit[:, 1])], axis=0)
    return len(left)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "one", [pytest.param(one, id=one.building_id[-5:], marks=() if one is REAL[2] else pytest.mark.exhaustive) for one in REAL]
)
def test_the_sun_at_a_real_window_is_what_lines_to_the_sun_say(delft: Delft, one: Real) -> None:
    for day in DAYS:
        figure = delft.lines(one)[f"sun.{day:%m-%d}"].figure
        assert figure is not None
        for value, margin, with_tower in ((figure.before, figure.before_margin, False), (figure.after, figure.margin, True)):
            own = minutes_of_sun(delft, one, day, with_tower=with_tower)
            assert value is not None
            assert margin is not None
            assert value == pytest.approx(own, abs=4.0), (day, with_tower)
            assert value - (margin.below or 0.0) - 1.0 <= own <= value + (margin.above or 0.0) + 1.0


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("number", "height", "away", "degrees"),
    [(0, "8,2", 45, 40), (1, "8,4", 61, 31), (2, "8,7", 42, 41), (3, "8,4", 139, 15), (4, "11,2", 335, 0)],
    ids=[one.building_id[-5:] for one in REAL],
)
def test_heights_distances_and_what_is_seen_of_the_tower_are_those_of_a_ruler(
    delft: Delft, number: int, height: str, away: int, degrees: int
) -> None:
    one, told = REAL[number], delft.lines(REAL[number])
    assert f"{delft.tops[one.building_id] - delft.ground(one):.1f}".replace(".", ",") == height
    assert told["new_building.own"].text.endswith(f"ongeveer {height} meter hoog.")
    x0, y0, x1, y1 = TOWER
    own = gap(delft.outlines[one.building_id], [(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    assert round(own) == away
    figure = told["new_building.away.toren"].figure
    assert figure is not None
    assert figure.after is not None
    assert own - 0.01 <= figure.after <= own + 5.0
    assert told["new_building.height.toren"].text == "Dat gebouw wordt 40 meter hoog."
    seen = told["view.plan.toren"].text
    if not degrees:
        assert seen == "Vanuit uw woonkamer is het plan “De Toren” niet te zien."
        return
    # from an eye 1.20 m above the floor to the top of the nearest edge
    edge = shapely.box(*TOWER).exterior.distance(shapely.Point(one.window))
    highest = math.degrees(math.atan2(TOWER_TOP - delft.ground(one) - 1.2, edge))
    assert round(highest) == degrees
    assert f"Het reikt tot ongeveer {degrees} graden boven de horizon" in seen
