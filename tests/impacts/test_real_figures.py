"""Figures of the embedded example and of a real tile, against calculations of their own from the raw files."""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from tests.impacts.village import numbers, parts
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.points import Origin, Subject, SunPoints, Target
from wijktwin.impacts.sunlight.study import SunStudy
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.provenance import Kind
from wijktwin.places import example_folder
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.folder import read_folder
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.plans.assembly import plan_from_document
from wijktwin.sources.plans.document import document_from_geojson, parse_document

TILE = "3dbag/amersfoort_dehoef_9-572-632_v20250903.city.json"


@cache
def example() -> Neighbourhood:
    return read_folder(example_folder())


@cache
def example_plan(name: str) -> Plan:
    path = example_folder() / "plans" / f"{name}.geojson"
    document = document_from_geojson(parse_document(path.read_bytes(), source=path.name), source=path.name)
    return plan_from_document(document, neighbourhood=example())


def raw(name: str) -> list[dict[str, Any]]:
    """The features of one of the example's files, as anybody can read them."""
    document = json.loads((example_folder() / name).read_text(encoding="utf-8"))
    features: list[dict[str, Any]] = document["features"]
    return features


@cache
def figures(*plans: str) -> dict[tuple[str, str], Assessment]:
    found = assess(example().with_plans([example_plan(name) for name in plans]))
    return {(each.impact, each.where.identifier): each for each in found}


def test_the_dwellings_of_the_example_are_its_addresses() -> None:
    dwellings = [each["properties"] for each in raw("addresses.geojson") if each["properties"]["use"] == "dwelling"]
    total = figures()["dwellings.total", ""]
    assert numbers(total) == (len(dwellings), len(dwellings))
    counts = Counter(each.get("tenure") or "unknown" for each in dwellings)
    assert parts(total) == {key: (count, count) for key, count in counts.items()}
    types = Counter(each.get("dwelling_type") or "unknown" for each in dwellings)
    assert parts(figures()["dwellings.by_type", ""]) == {key: (count, count) for key, count in types.items()}


def test_the_towers_bring_57_social_and_108_middle_rent_and_do_not_reach_35_per_cent() -> None:
    found = figures("vogeltorens")
    assert parts(found["dwellings.new", "vogeltorens"]) == {"middle_rent": (None, 108), "social_rent": (None, 57)}
    assert found["dwellings.total", ""].difference == 165 - (found["dwellings.removed", "vogeltorens"].after or 0)
    share = found["dwellings.social_share_of_new", "vogeltorens"].after
    assert share is not None
    assert 34.5 < share < 35


def test_the_ground_of_the_example_is_what_its_file_draws() -> None:
    areas: dict[str, float] = defaultdict(float)
    for feature in raw("ground.geojson"):
        areas[feature["properties"]["kind"]] += shape(_in_metres(feature["geometry"])).area
    green, paved = (figures()[f"ground.{name}", ""] for name in ("green", "paved"))
    for figure in (green, paved):
        for kind, (before, _) in parts(figure).items():
            assert before == pytest.approx(areas[kind], rel=1e-4)
    assert sum(pair[0] for pair in parts(green).values()) == pytest.approx(areas["green"] + areas["garden"], rel=1e-4)


def _in_metres(geometry: dict[str, Any]) -> dict[str, Any]:
    """The geometry as it stands in the file; the example's tables are in RD New."""
    first = np.array(geometry["coordinates"][0]).reshape(-1)[:2] if geometry["type"] == "Polygon" else None
    assert first is None or first[0] > 1000, "the example is no longer in metres: reproject here first"
    return geometry


def test_the_parking_places_of_the_example_by_street() -> None:
    places: Counter[str] = Counter()
    for feature in raw("ground.geojson"):
        if feature["properties"].get("parking_places"):
            places[feature["properties"]["street"]] += feature["properties"]["parking_places"]
    total = figures()["parking.street_total", ""]
    assert total.before == sum(places.values())
    assert {street: pair[0] for street, pair in parts(total).items() if pair[0]} == dict(places)


def test_eight_parking_places_become_eight_trees() -> None:
    found = figures("groene-straat")
    changed = [each for (impact, _), each in found.items() if impact == "parking.street"]
    assert [each.difference for each in changed] == [-8]
    assert found["trees.total", ""].difference == 8
    assert found["parking.street_total", ""].difference == -8


def test_the_trees_of_the_example() -> None:
    total = figures("vogeltorens")["trees.total", ""]
    plan = example_plan("vogeltorens")
    assert total.before == len(raw("trees.geojson"))
    assert total.difference == len(plan.planted) - len(plan.felled)
    diameters = [each["properties"]["crown_diameter"] for each in raw("trees.geojson")]
    assert figures()["trees.crown_area", ""].before == pytest.approx(sum(np.pi / 4 * each**2 for each in diameters), rel=1e-3)


def test_the_floor_area_of_the_example_by_its_own_file() -> None:
    """Footprints and storeys read straight from the CityJSON lines, without any of our readers."""
    heights = {name: default_assumptions()[f"storey_height_{name}"].value for name in ("dwelling", "other", "unknown")}
    uses: dict[str, str] = {}
    for feature in raw("addresses.geojson"):
        one = feature["properties"]
        if uses.get(one["building_id"]) != "dwelling":
            uses[one["building_id"]] = one["use"]
    total, n_unknown = 0.0, 0
    with gzip.open(example_folder() / "buildings.city.jsonl.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            feature = json.loads(line)
            facts = feature["CityObjects"][feature["id"]]["attributes"]
            footprint, volume = facts.get("b3_opp_grond"), facts.get("b3_volume_lod22")
            if facts.get("b3_bouwlagen"):
                total += footprint * facts["b3_bouwlagen"]
            elif volume:
                use = uses.get(feature["id"], "")
                total += max(footprint, volume / heights["dwelling" if use == "dwelling" else "other" if use else "unknown"])
            else:
                n_unknown += 1
    area = figures()["density.gross_floor_area", "ground_area"]
    assert area.before == pytest.approx(total, rel=5e-3)
    assert [note.values["n"] for note in area.remarks if "floor_area_unknown" in note.key] == [n_unknown]


def test_the_tallest_tower_is_60_metres_and_stands_among_low_houses() -> None:
    found = figures("vogeltorens")
    new = [each for (impact, _), each in found.items() if impact == "height.new"]
    assert [each.after for each in new] == [60]
    times = next(each for (impact, _), each in found.items() if impact == "height.times_median")
    assert times.after is not None
    assert times.after > 4


def test_the_plan_area_has_the_floor_space_index_of_what_the_plan_states() -> None:
    plan, found = example_plan("vogeltorens"), figures("vogeltorens")
    assert plan.boundary is not None
    floors = sum(volume.floor_area or 0.0 for volume in plan.volumes if not volume.is_below_ground)
    inside = [row for row in example().rows_near(plan.boundary) if example().buildings.building_ids[row] not in plan.demolishes]
    assert not [row for row in inside if shapely.area(shapely.intersection(example().buildings.footprints[row], plan.boundary)) > 1]
    assert found["density.floor_space_index", "vogeltorens"].after == pytest.approx(floors / plan.boundary.area)


def test_the_towers_stand_so_far_from_what_stays_as_their_outlines_in_the_files() -> None:
    """Outlines straight from the CityJSON lines; sheds are those without an address and below 25 m²."""
    goes = example_plan("vogeltorens").demolishes
    new = shapely.union_all([volume.footprint for volume in example_plan("vogeltorens").volumes if not volume.is_below_ground])
    uses: dict[str, set[str]] = defaultdict(set)
    for feature in raw("addresses.geojson"):
        uses[feature["properties"]["building_id"]].add(feature["properties"]["use"])
    near: dict[str, float] = {"building": np.inf, "dwelling": np.inf}
    for name, outline in outlines_of_the_example().items():
        if name in goes:
            continue
        far = shapely.distance(new, outline)
        if uses[name] or outline.area >= 25:
            near["building"] = min(near["building"], far)
        if "dwelling" in uses[name]:
            near["dwelling"] = min(near["dwelling"], far)
    for what, metres in near.items():
        assert figures("vogeltorens")[f"distance.nearest_{what}", "vogeltorens"].after == pytest.approx(metres, abs=0.02)


@cache
def outlines_of_the_example() -> dict[str, Any]:
    """Where each building stands, by its own file: its flat outline (LoD 0)."""
    found = {}
    with gzip.open(example_folder() / "buildings.city.jsonl.gz", "rt", encoding="utf-8") as lines:
        transform = json.loads(next(lines))["transform"]
        scale, shift = np.array(transform["scale"]), np.array(transform["translate"])
        for line in lines:
            feature = json.loads(line)
            vertices = np.array(feature["vertices"]) * scale + shift
            geometry = feature["CityObjects"][feature["id"]]["geometry"]
            flat = next(each for each in geometry if str(each["lod"]) == "0")
            rings = [vertices[ring][:, :2] for surface in flat["boundaries"] for ring in surface[:1]]
            found[feature["id"]] = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    return found


def test_the_ground_that_the_towers_change_is_what_their_plan_draws_over_the_map() -> None:
    """Green before and after in the plan area, by cutting the pieces of the map with those of the plan one by one."""
    plan = example_plan("vogeltorens")
    drawn = [(change.kind, change.footprint) for change in plan.ground_changes]
    built = shapely.union_all([v.footprint for v in plan.volumes if v.touches_ground])
    changed = shapely.union_all([built, *(footprint for _, footprint in drawn)])
    is_green = {"green", "garden"}
    green = shapely.union_all([shape(each["geometry"]) for each in raw("ground.geojson") if each["properties"]["kind"] in is_green])
    stays = shapely.union_all([outline for name, outline in outlines_of_the_example().items() if name not in plan.demolishes])
    new = shapely.union_all([footprint for kind, footprint in drawn if kind in is_green]).difference(built)
    found = figures("vogeltorens")["ground.green", ""]
    assert found.difference == pytest.approx(new.difference(stays).area - green.intersection(changed).area, rel=0.01)


def test_the_sun_that_the_towers_take_is_worked_out_on_the_map() -> None:
    """Places on the ground around them: the line to the sun, drawn on the map, crosses a tower nearer than its height over the tangent."""
    scenario = example().with_plans([example_plan("vogeltorens")])
    towers = [(v.footprint, v.top) for _, v in scenario.volumes if not v.is_below_ground]
    middle = shapely.union_all([outline for outline, _ in towers]).centroid
    dice = np.random.default_rng(4)
    flat = np.array([middle.x, middle.y]) + dice.uniform(-150, 150, (60, 2))
    heights = np.array([example().ground_height_at(x, y) for x, y in flat])
    places = np.column_stack([flat, heights]) - example().mesh.origin
    target = (Target(Subject.GROUND, "g", "", "", Origin.KNOWN),)
    points = SunPoints(Points.on_ground(places), target, np.zeros(len(places), np.int64), np.full(len(places), -1))
    study = SunStudy(example(), points, [date(2026, 3, 21)], lowest=5.0)
    now, then, towards = study.now, study.light(scenario), study.grid.towards.astype(np.float64)
    far = 0
    for row, (x, y) in enumerate(flat.tolist()):
        lit_now, lit_then = now.lit(0, row), then.lit(0, row)
        for slot in np.flatnonzero(lit_now)[::45].tolist():
            east, north, up = towards[slot]
            level = math.hypot(east, north)
            line = shapely.LineString([(x, y), (x + 800 * east / level, y + 800 * north / level)])
            crossings = [(outline.intersection(line), top) for outline, top in towers]
            met = [(shapely.Point(x, y).distance(crossing), top) for crossing, top in crossings if not crossing.is_empty]
            rises = [top - heights[row] - away * up / level for away, top in met]
            if all(abs(rise) > 1.0 for rise in rises) and all(crossing.length > 1.0 or crossing.is_empty for crossing, _ in crossings):
                assert lit_then[slot] == (not any(rise > 0 for rise in rises)), (x, y, slot)
                far += any(rise > 0 for rise in rises)
    assert far > 20, "the towers shade some of these places"


def test_every_figure_of_the_example_says_that_it_is_made_up() -> None:
    for each in figures("vogeltorens").values():
        assert all(source.fictional for source in each.sources) or each.plans


# ---------------------------------------------------------------------------------------------------------- a real tile
@cache
def tile(folder: Path) -> Neighbourhood:
    return neighbourhood_from([read_city_model(folder / TILE)], name="De Hoef")


def test_the_floor_area_of_the_real_tile_from_its_own_volumes(shared_data: Path) -> None:
    """167 buildings of which 3D BAG knows the storeys of one: volume over storey height, from the attributes alone."""
    height = default_assumptions()["storey_height_unknown"]
    document = json.loads((shared_data / TILE).read_text(encoding="utf-8"))
    facts = [each["attributes"] for each in document["CityObjects"].values() if each["type"] == "Building"]
    footprint, volume = (np.array([each[name] for each in facts], dtype=float) for name in ("b3_opp_grond", "b3_volume_lod22"))
    storeys = np.array([each["b3_bouwlagen"] or np.nan for each in facts], dtype=float)

    def total(storey_height: float) -> float:
        return float(np.where(storeys > 0, footprint * storeys, np.maximum(footprint, volume / storey_height)).sum())

    found = {each.impact: each for each in assess(tile(shared_data).with_plans())}
    area = found["density.gross_floor_area"]
    assert area.after == pytest.approx(total(height.value), rel=2e-3)
    assert area.margin.above == pytest.approx(total(height.low) - total(height.value), rel=1e-2)
    assert area.kind is Kind.ASSUMED
    assert found["density.floor_space_index"].where.identifier == "convex_hull"
    assert found["density.ground_space_index"].after == pytest.approx(footprint.sum() / found["density.area"].after, rel=5e-3)


def test_the_real_tile_has_no_addresses_trees_or_ground_and_never_says_zero(shared_data: Path) -> None:
    found = {each.impact: each for each in assess(tile(shared_data).with_plans())}
    missing = {
        "dwellings.total": "no_addresses",
        "trees.total": "no_trees",
        "ground.green": "no_ground",
        "parking.street_total": "no_ground",
    }
    for impact, reason in missing.items():
        assert numbers(found[impact]) == (None, None)
        assert found[impact].missing == reason


def test_heights_of_the_real_tile(shared_data: Path) -> None:
    found = {each.impact: each for each in assess(tile(shared_data).with_plans())}
    document = json.loads((shared_data / TILE).read_text(encoding="utf-8"))
    facts = [each["attributes"] for each in document["CityObjects"].values() if each["type"] == "Building"]
    heights = [each["b3_h_dak_max"] - each["b3_h_maaiveld"] for each in facts if each["b3_opp_grond"] >= 25]
    highest = max(facts, key=lambda each: each["b3_h_dak_max"] - each["b3_h_maaiveld"])
    assert found["height.tallest"].after == pytest.approx(max(heights), abs=1.0)
    assert found["height.tallest"].margin.above == pytest.approx(2 * highest["b3_rmse_lod22"], rel=1e-6)
    assert found["height.median"].after == pytest.approx(float(np.median(heights)), abs=0.5)
