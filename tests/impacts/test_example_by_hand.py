"""The figures of two plans of the example worked out again from its files alone, and that none of the catalogue's is left out.

Only the files are read, with json and shapely: no module of the impacts, none of our readers, and norms and key figures as numbers.
"""

from __future__ import annotations

import gzip
import heapq
import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from tests.impacts.test_real_figures import figures, outlines_of_the_example, raw
from wijktwin.places import example_folder

GREEN, PAVED = {"green", "garden"}, {"carriageway", "pavement", "cycle_path", "parking", "square", "yard"}
USUAL = {"social_rent": (0.6, 1.6), "middle_rent": (0.9, 1.9)}
NORM = {"social_rent": 0.8, "middle_rent": 1.1}
CARS = {("social_rent", "apartment"): (2.2, 4.6), ("middle_rent", "apartment"): (2.6, 5.6)}
HOUSES = {("social_rent", "house"): (3.4, 5.6), ("middle_rent", "house"): (4.5, 7.5), ("owner", "house"): (5.5, 8.2)}
OTHERS = {("owner", "apartment"): (3.5, 7.0), ("rent", "house"): (4.0, 7.5), ("rent", "apartment"): (2.2, 6.0)}
MOVEMENTS = CARS | HOUSES | OTHERS
WORKING_DAY = 1.11

ELSEWHERE: Mapping[str, str] = {
    "density.area": "test_density.py::test_the_plan_area_is_that_of_the_plan",
    "green.three_trees": "test_green.py::test_homes_of_the_example_with_three_trees_counted_from_its_files_one_by_one",
    "green.canopy": "test_green.py::test_crowns_of_the_example_by_joining_all_of_them_at_once",
    "green.all_three": "test_green.py::test_crowns_of_the_example_by_joining_all_of_them_at_once",
    "nuisance.days": "test_nuisance.py::test_the_towers_of_the_example_say_when_they_are_built",
    "wind.study": "test_wind.py::test_the_towers_need_a_study_and_an_expert",
    "wind.expert": "test_wind.py::test_the_towers_need_a_study_and_an_expert",
    "traffic.street": "test_traffic.py::test_the_towers_of_the_example_load_the_avenue",
    "parking.pressure": "test_parking_demand.py::",
    "parking.pressure_total": "test_parking_demand.py::",
}
"""Figures of the two plans that another test works out."""
Found = dict[tuple[str, str], tuple[float | None, float | None]]


def plan_file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((example_folder() / "plans" / f"{name}.geojson").read_text(encoding="utf-8"))
    return found


def drawn(document: dict[str, Any], what: str) -> list[tuple[dict[str, Any], Any]]:
    rows = [each for each in document["features"] if each["properties"]["feature"] == what]
    return [(each["properties"], shape(each["geometry"])) for each in rows]


@cache
def buildings() -> dict[str, Any]:
    """Outlines by id."""
    return outlines_of_the_example()


@cache
def surfaces() -> list[tuple[dict[str, Any], Any]]:
    return [(each["properties"], shapely.make_valid(shape(each["geometry"]))) for each in raw("ground.geojson")]


@cache
def facts() -> dict[str, dict[str, Any]]:
    with gzip.open(example_folder() / "buildings.city.jsonl.gz", "rt", encoding="utf-8") as lines:
        features = [json.loads(line) for line in lines][1:]
    return {each["id"]: each["CityObjects"][each["id"]]["attributes"] for each in features}


def dwellings() -> list[dict[str, Any]]:
    return [each["properties"] for each in raw("addresses.geojson") if each["properties"]["use"] == "dwelling"]


def crowns(trees: list[dict[str, Any]]) -> float:
    return math.pi / 4 * sum(float(each["crown_diameter"]) ** 2 for each in trees)


def missing(total: int, own: int, *, of: int = 35) -> int:
    """Homes too few to be so many per cent, in whole numbers."""
    return max(0, -(-total * of // 100) - own)


def of_ground_and_trees(name: str) -> Found:
    """Square metres, cubic metres of rain, trees and crowns, now and then."""
    document = plan_file(name)
    facts_of, gone = document["plan"], set(document["plan"].get("demolishes", ()))
    standing = [volume for volume in drawn(document, "volume") if volume[0].get("base", 0) <= 0 < volume[0]["height"]]
    new = shapely.union_all([outline for _, outline in standing])
    over = shapely.union_all([new, *(outline for _, outline in drawn(document, "ground"))])
    stays = shapely.union_all([outline for one, outline in buildings().items() if one not in gone])
    now, then = defaultdict[str, float](float), defaultdict[str, float](float)
    for row, outline in surfaces():
        now[row["kind"]] += outline.area
        then[row["kind"]] += outline.difference(over).area if outline.intersects(over) else outline.area
    for row, outline in drawn(document, "ground"):
        then[row["kind"]] += outline.difference(new).difference(stays).area
    built = (shapely.union_all(list(buildings().values())).area, shapely.union_all([stays, new]).area)

    def both(kinds: set[str]) -> tuple[float, float]:
        return sum(now[kind] for kind in kinds), sum(then[kind] for kind in kinds)

    paved = both(PAVED)
    trees = [each["properties"] for each in raw("trees.geojson")]
    left = [each for each in trees if each["tree_id"] not in facts_of.get("felled", ())] + [row for row, _ in drawn(document, "tree")]
    return {
        ("ground.green", ""): both(GREEN),
        ("ground.paved", ""): paved,
        ("ground.water", ""): both({"water"}),
        ("ground.other", ""): both({"playground"}),
        ("ground.built", ""): built,
        ("water.on_paved", ""): ((paved[0] + built[0]) * 0.081, (paved[1] + built[1]) * 0.081),
        ("trees.total", ""): (len(trees), len(left)),
        ("trees.crown_area", ""): (crowns(trees), crowns(left)),
        ("trees.planted", name): (None, len(drawn(document, "tree"))),
        **({("trees.felled", name): (None, len(facts_of["felled"]))} if "felled" in facts_of else {}),
    }


def of_the_plan_area(name: str) -> Found:
    """Ground, rain, floors, crowns and heights of the towers, within what their plan draws."""
    document = plan_file(name)
    ((_, area),) = drawn(document, "boundary")
    gone, inside = set(document["plan"]["demolishes"]), defaultdict[str, float](float)
    towers = [(row, outline) for row, outline in drawn(document, "volume") if row["height"] > 0]
    new = shapely.union_all([outline for _, outline in towers])
    old = shapely.union_all([buildings()[one] for one in gone]).intersection(area).area
    for row, outline in surfaces():
        inside[row["kind"]] += outline.intersection(area).area
    then = {row["kind"]: outline.difference(new).area for row, outline in drawn(document, "ground")}
    floors = sum(row["floor_area"] for row, _ in towers)
    (hall,) = (facts()[one] for one in gone)
    was = hall["b3_opp_grond"] * hall["b3_bouwlagen"] if hall.get("b3_bouwlagen") else max(old, hall["b3_volume_lod22"] / 3.5)
    trees = [(each["properties"], shape(each["geometry"])) for each in raw("trees.geojson")]
    own = [row for row, point in trees if area.contains(point)]
    left = [row for row in own if row["tree_id"] not in document["plan"]["felled"]]
    left += [row for row, point in drawn(document, "tree") if area.contains(point)]
    asked = {"60": (then["square"] + new.area) * 0.060, "81": (then["square"] + new.area + 0.2 * then["green"]) * 0.081}
    rows = [each["properties"] for each in raw("addresses.geojson")]
    addressed, homes = {row["building_id"] for row in rows}, {row["building_id"] for row in rows if row["use"] == "dwelling"}
    heights = {one: row["b3_h_dak_max"] - row["b3_h_maaiveld"] for one, row in facts().items() if row["b3_h_dak_max"] is not None}
    outlines = buildings()
    main = [one for one in heights if outlines[one].area >= 25 or one in addressed]
    stay = [one for one in main if one not in gone]
    high = max(towers, key=lambda tower: float(tower[0]["height"]))
    near = [heights[one] for one in stay if buildings()[one].distance(high[1]) <= 100]
    after = [heights[one] for one in stay] + [row["height"] for row, _ in towers]
    tower = f"{name}/{high[0]['volume_id']}"
    return {
        ("ground.green", "plan_boundary"): (sum(inside[kind] for kind in GREEN), then["green"]),
        ("ground.paved", "plan_boundary"): (sum(inside[kind] for kind in PAVED), then["square"]),
        ("ground.built", "plan_boundary"): (old, new.area),
        ("water.storage", name): (None, 150),
        ("water.storage_asked", name): (None, asked["60"]),
        ("water.shower", name): (None, asked["81"]),
        ("trees.crown_area_of_plan", name): (crowns(own), crowns(left)),
        ("density.new_floor_area", name): (None, floors),
        ("density.gross_floor_area", name): (was, floors),
        ("density.floor_space_index", name): (was / area.area, floors / area.area),
        ("density.ground_space_index", name): (old / area.area, new.area / area.area),
        ("density.open_space_ratio", name): ((area.area - old) / was, (area.area - new.area) / floors),
        ("density.mean_storeys", name): (was / old, floors / new.area),
        ("height.new", tower): (None, high[0]["height"]),
        ("height.tallest_around", tower): (None, max(near)),
        ("height.median_around", tower): (None, float(np.median(near))),
        ("height.times_median", tower): (None, high[0]["height"] / float(np.median(near))),
        ("height.tallest", ""): (max(heights[one] for one in main), max(after)),
        ("height.median", ""): (float(np.median([heights[one] for one in main])), float(np.median(after))),
        ("distance.nearest_building", name): (None, min(buildings()[one].distance(new) for one in stay)),
        ("distance.nearest_dwelling", name): (None, min(buildings()[one].distance(new) for one in homes - gone)),
    }


def of_homes_and_cars(name: str) -> Found:
    """Homes by tenure and type, the target, places and movements."""
    document = plan_file(name)
    new = Counter[str]()
    for group in document["plan"].get("dwellings", ()):
        new[group["tenure"]] += group["count"]
    n_new, own = sum(new.values()), Counter(row["tenure"] for row in dwellings())
    n_now = sum(own.values())
    n_then, social = n_now + n_new, own["social_rent"] + new["social_rent"]
    cars = sum(sum(MOVEMENTS[row["tenure"], row["dwelling_type"]]) / 2 for row in dwellings()) * WORKING_DAY
    added = sum(sum(MOVEMENTS[tenure, "apartment"]) / 2 * n for tenure, n in new.items()) * WORKING_DAY
    over = shapely.union_all(
        [outline for row, outline in (*drawn(document, "ground"), *drawn(document, "volume")) if row.get("base", 0) >= 0]
    )
    held = [(row, outline) for row, outline in surfaces() if row.get("parking_places")]
    places = Counter[str]()
    lost = defaultdict[str, float](float)
    for row, outline in held:
        places[row["street"]] += row["parking_places"]
        share = outline.intersection(over).area / outline.area if outline.intersects(over) else 0.0
        lost[row["street"]] += row["parking_places"] * share if share > 0.01 else 0.0
    n_places, n_lost = sum(places.values()), sum(lost.values())
    found: Found = {
        ("dwellings.total", ""): (n_now, n_then),
        ("dwellings.by_type", ""): (n_now, n_then),
        ("dwellings.social_share", ""): (100 * own["social_rent"] / n_now, 100 * social / n_then),
        ("fair_share.neighbourhood_missing", ""): (missing(n_now, own["social_rent"]), missing(n_then, social)),
        ("traffic.total", ""): (cars, cars + added),
        ("parking.street_total", ""): (n_places, n_places - n_lost),
        **{("parking.street", street): (places[street], places[street] - n) for street, n in lost.items() if n},
    }
    if new:
        asked = sum(NORM[tenure] * n for tenure, n in new.items())
        found |= {
            ("dwellings.new", name): (None, n_new),
            ("dwellings.removed", name): (None, 0),
            ("dwellings.social_share_of_new", name): (None, 100 * new["social_rent"] / n_new),
            ("fair_share.social_missing", name): (None, missing(n_new, new["social_rent"])),
            ("fair_share.middle_missing", name): (None, missing(n_new, new["middle_rent"], of=10)),
            ("parking.in_buildings", name): (None, 100),
            ("parking.bicycles", name): (None, 330),
            ("parking.key_figure", name): (None, sum(sum(USUAL[tenure]) / 2 * n for tenure, n in new.items())),
            ("parking.required", name): (None, asked),
            ("parking.bicycles_required", name): (None, 3.0 * n_new),
            ("parking.short", ""): (None, asked - 100 + n_lost),
            ("traffic.new", name): (None, added),
        }
    return found


# ---------------------------------------------------------------------------------------------------------------- streets
class Network:
    """The streets of the example for one way of going, cut where somebody gets on; shortest ways by Dijkstra, one node at a time."""

    def __init__(self, mode: str, one_way: Mapping[str, str]) -> None:
        rows = [(each["properties"], shape(each["geometry"])) for each in raw("streets.geojson")]
        self.rows = [row for row in rows if mode in row[0]["modes"].split()]
        self.is_driven, self.one_way = mode == "drive", one_way
        self.cuts: dict[int, set[float]] = defaultdict(set)

    def stop(self, point: Any, street: str) -> tuple[int, float]:
        named = [n for n, (row, _) in enumerate(self.rows) if row["street"] == street] or range(len(self.rows))
        at = min(named, key=lambda n: round(self.rows[n][1].distance(point), 6))
        station = round(self.rows[at][1].project(point), 4)
        self.cuts[at].add(station)
        return at, station

    def node(self, at: int, station: float) -> Any:
        row, line = self.rows[at]
        return row["from_node"] if station < 0.001 else row["to_node"] if station > line.length - 0.001 else (at, station)

    def distances(self, goals: Mapping[Any, float], *, back: bool = False) -> dict[Any, float]:
        """To the nearest goal, or back from it."""
        steps = defaultdict[Any, list[tuple[Any, float]]](list)
        for at, (row, line) in enumerate(self.rows):
            traffic = self.one_way.get(row["street_id"], row["oneway"]) if self.is_driven else "both"
            stations = sorted({0.0, round(line.length, 4), *self.cuts[at]})
            for one, other in itertools.pairwise(stations):
                tail, head = self.node(at, one), self.node(at, other)
                if traffic in {"both", "backward" if back else "forward"}:
                    steps[head].append((tail, other - one))  # who goes along the line comes from the tail
                if traffic in {"both", "forward" if back else "backward"}:
                    steps[tail].append((head, other - one))
        found: dict[Any, float] = {}
        heap = [(far, str(node), node) for node, far in goals.items()]
        heapq.heapify(heap)
        while heap:
            far, _, node = heapq.heappop(heap)
            if node not in found:
                found[node] = far
                for other, length in steps[node]:
                    heapq.heappush(heap, (far + length, str(other), other))
        return found


@cache
def green_places() -> Any:
    """Public green of half a hectare or more: over paths of 4 m it is one place, and strips less than 10 m wide are none."""
    public = shapely.union_all([outline for row, outline in surfaces() if row["kind"] == "green"])
    grown = public
    for by in (2.0, -2.0, -5.0, 5.0):
        grown = grown.buffer(by, join_style="mitre", mitre_limit=2.0)
    wide = shapely.get_parts(grown)
    return shapely.union_all([one for one in wide if one.intersection(public).area >= 5000])


def ways(mode: str, kind: str, one_way: Mapping[str, str]) -> dict[str, list[float]]:
    """From every home by street: door to door on foot, there and back by car."""
    net, rows = Network(mode, one_way), [(each["properties"], shape(each["geometry"])) for each in raw("addresses.geojson")]
    homes = [(row["street"], point, net.stop(point, row["street"])) for row, point in rows if row["use"] == "dwelling"]
    goals: dict[Any, float] = {}
    for row, point in rows:
        if row["use"] == kind:
            at, station = net.stop(point, row["street"])
            rest = 0.0 if net.is_driven else point.distance(net.rows[at][1])
            goals[net.node(at, station)] = min(rest, goals.get(net.node(at, station), math.inf))
    if kind == "green":
        near = green_places().buffer(20.0)
        for at, (_, line) in enumerate(net.rows):
            crossings = shapely.get_parts(line.intersection(near.boundary))
            net.cuts[at] |= {round(line.project(point), 4) for point in crossings if point.geom_type == "Point"}
            for station in (0.0, line.length, *net.cuts[at]):
                if near.distance(line.interpolate(station)) < 0.01:
                    goals[net.node(at, station)] = 0.0
    if kind == "main_road":
        fast = [n for n, (row, _) in enumerate(net.rows) if (row["max_speed"] or 0) >= 50]
        goals = {net.node(at, station): 0.0 for at in fast for station in (0.0, net.rows[at][1].length, *net.cuts[at])}
    there, back = net.distances(goals), net.distances(goals, back=True) if net.is_driven else {}
    found = defaultdict[str, list[float]](list)
    for street, point, (at, station) in homes:
        node = net.node(at, station)
        rest = back[node] if net.is_driven else point.distance(net.rows[at][1])
        found[street].append(there[node] + rest)
    return found


def middle(lengths: Mapping[str, list[float]]) -> float:
    return float(np.median(np.concatenate(list(lengths.values()))))


def of_ways() -> Found:
    """The middle ways, and who comes home by a longer one once the Buidelmeesstraat is one-way."""
    one_way = {row["street_id"]: row["traffic"] for row in plan_file("groene-straat")["plan"]["streets"]}
    kinds = ("school", "shop", "main_road")
    now, then = ({kind: ways("drive", kind, change) for kind in kinds} for change in ({}, one_way))
    longest = [
        max(then[kind][street][row] - now[kind][street][row] for kind in kinds)
        for street, lengths in now["school"].items()
        for row in range(len(lengths))
    ]
    longer = [metres for metres in longest if metres >= 25.0]
    main = (middle(now["main_road"]), middle(then["main_road"]))
    on_foot = {kind: middle(ways("walk", kind, {})) for kind in ("school", "shop", "green")}
    homes = [shape(each["geometry"]) for each in raw("addresses.geojson") if each["properties"]["use"] == "dwelling"]
    near = sum(green_places().distance(home) <= 300 for home in homes)
    return {
        ("green.near_place", ""): (near, near),
        **{(f"reachability.walk_{kind}", ""): (length, length) for kind, length in on_foot.items()},
        ("reachability.drive_main_road", ""): main,
        ("reachability.drive_longer", ""): (None, len(longer)),
        ("reachability.drive_longest", ""): (None, max(longer)),
        ("reachability.drive_middle", ""): (None, float(np.median(longer))),
        ("reachability.drive_delay", ""): (None, max(longer) / (20_000 / 60)),
        ("reachability.drive_lost", ""): (0, 0),
        ("reachability.walk_longer", ""): (0, 0),
        ("reachability.walk_lost", ""): (0, 0),
    }


# ------------------------------------------------------------------------------------------------------------- comparison
def assert_found(name: str, by_hand: Found) -> None:
    found = figures(name)
    for key, (before, after) in by_hand.items():
        one = found[key]
        assert one.before == (None if before is None else pytest.approx(before, rel=1e-4, abs=1e-6)), key
        assert one.after == (None if after is None else pytest.approx(after, rel=1e-4, abs=1e-6)), key


@cache
def hand_calculations(name: str) -> Found:
    own = of_ground_and_trees(name) | of_homes_and_cars(name)
    return own | (of_the_plan_area(name) if name == "vogeltorens" else of_ways())


@pytest.mark.parametrize("name", ["vogeltorens", "groene-straat"])
def test_every_figure_of_the_plan_is_what_its_files_give(name: str) -> None:
    assert_found(name, hand_calculations(name))


def test_no_figure_of_the_two_plans_is_without_a_hand_calculation(root: Path) -> None:
    own = {impact for name in ("vogeltorens", "groene-straat") for impact, _ in hand_calculations(name)}
    shown = {impact for name in ("vogeltorens", "groene-straat") for (impact, _), one in figures(name).items() if one.after is not None}
    assert shown - own - set(ELSEWHERE) == set()
    for where in ELSEWHERE.values():
        file_name, test = where.split("::")
        assert f"def {test}" in (root / "tests" / "impacts" / file_name).read_text(encoding="utf-8")
