from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import Point

from tests.model.small_world import X0, Y0, plan, rectangle, small_neighbourhood, square, volume
from tests.model.test_variants import gabled, towers
from wijktwin.export.plan_file import plan_file_name, plan_geojson, write_plan
from wijktwin.export.plan_geopackage import write_plan_geopackage
from wijktwin.model.plan import (
    Change,
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
    StreetChange,
    Traffic,
    Works,
)  # fmt: skip
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.surroundings import GroundKind
from wijktwin.model.variants import moved, turned, with_storeys
from wijktwin.sources.plan_files import read_plan

WORLD = small_neighbourhood()
TEXTS = st.builds(LocalText, nl=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20))
LATITUDES = st.sampled_from(Latitude)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
KINDS = st.sampled_from([Kind.STATED, Kind.ASSUMED, Kind.CALCULATED])
FREE = [(13.0, 13.0), (43.0, 13.0), (13.0, 43.0), (43.0, 43.0)]
"""Corners of the places between the buildings, 17 m wide."""


def money(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(int(low * 100), int(high * 100)).map(lambda n: n / 100)


def whole(high: int) -> st.SearchStrategy[float]:
    return st.integers(0, high).map(float)


HOURS = st.none() | st.sampled_from([(7.0, 16.0), (7.5, 19.0)])


@st.composite
def works(draw: st.DrawFn) -> Works:
    begin, days, hours = draw(DAYS), draw(st.integers(0, 900)), draw(HOURS)
    return Works(begin, begin + dt.timedelta(days), draw(st.just(LocalText("")) | TEXTS), *(hours or (None, None)))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    corners = draw(st.lists(st.sampled_from(FREE), unique=True, max_size=4))
    volumes = []
    for i, (x, y) in enumerate(corners):
        corner = np.array(draw(st.tuples(money(0, 5), money(0, 5))))
        height = draw(money(3, 90))
        volumes.append(volume(
            f"v{i}", square(x + corner[0], y + corner[1], draw(money(2, 9))), height=height, base=draw(money(-5, 2)),
            storeys=draw(st.none() | st.integers(1, int(height // 3) or 1)), storey_height=draw(st.none() | st.just(3.0)),
            storeys_below=draw(st.integers(0, 3)), ground_level=draw(money(-2, 6)), use=draw(st.sampled_from(["", "dwelling", "parking"])),
            floor_area=draw(st.none() | money(1, 9000)), parking_places=draw(st.none() | whole(90)),
            bicycle_places=draw(st.none() | whole(90)), under_existing=draw(st.booleans()), latitude=draw(LATITUDES),
            ground_level_kind=draw(KINDS), base_kind=draw(KINDS), height_kind=draw(KINDS),
        ))  # fmt: skip
    told: dict[str, Any] = {
        "title": draw(TEXTS), "summary": LocalText(draw(st.text("abc é'\"\\", max_size=30)), draw(st.text("xyz", max_size=5))),
        "volumes": tuple(volumes),
        "demolishes": frozenset(draw(st.sets(st.sampled_from(["b00", "b11", "b22"])))),
        "felled": frozenset(draw(st.sets(st.sampled_from(["t0", "t1", "t2", "t3"])))),
        "planted": tuple(PlantedTree(f"n{i}", Point(X0 + x, Y0 + 80), "Tilia", draw(st.none() | money(1, 30)),
                                     draw(st.none() | money(1, 9)), draw(LATITUDES))
                         for i, x in enumerate(draw(st.lists(money(-10, 80), max_size=3)))),
        "ground_changes": tuple(GroundChange("g", rectangle(-15, 80, -5, 90), draw(st.sampled_from(GroundKind)), draw(TEXTS),
                                             draw(st.none() | whole(40)), draw(LATITUDES)) for _ in range(draw(st.integers(0, 1)))),
        "street_changes": tuple(StreetChange(s, draw(st.sampled_from(Traffic)), draw(LATITUDES))
                                for s in draw(st.sets(st.sampled_from(["s1", "s2"])))),
        "dwellings": tuple(Dwellings(draw(whole(300)), draw(st.sampled_from(["", "owner", "social_rent"])),
                                     draw(st.sampled_from(["", "apartment", "house"])),
                                     draw(st.sampled_from([None, *(one.volume_id for one in volumes)])),
                                     draw(st.none() | money(20, 200)), draw(KINDS))
                           for _ in range(draw(st.integers(0, 3)))),
        "dates": draw(st.dictionaries(st.sampled_from(PlanStatus), DAYS, max_size=3)),
        "changes": tuple(Change(draw(DAYS), draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
        "settled": tuple(Settled(draw(TEXTS), draw(LATITUDES)) for _ in range(draw(st.integers(0, 2)))),
        "works": tuple(draw(works()) for _ in range(draw(st.integers(0, 2)))), "water_storage": draw(st.none() | money(0, 500)),
        "excludes": frozenset(draw(st.sets(st.sampled_from(["other", "another-1"])))),
        "claims": tuple(Claim(f"c{i}", "De Merel", draw(st.sampled_from(Party)), draw(TEXTS), draw(st.none() | DAYS),
                              draw(st.none() | st.just(Source("Studie", "Bureau", "2026-03", fictional=True))),
                              {"impact": "sunlight", "max_minutes": 60, "is_checked": False}) for i in range(draw(st.integers(0, 2)))),
        "boundary": draw(st.none() | st.just(rectangle(0, 0, 90, 90).difference(square(40, 40)))),
        "fictional": draw(st.booleans()), "role": draw(st.sampled_from(PlanRole)), "status": draw(st.sampled_from(PlanStatus)),
        "party": draw(st.sampled_from(Party)),
    }  # fmt: skip
    return plan("p-1", **told)


@settings(max_examples=80)
@given(told=plans())
def test_what_is_written_reads_back_as_the_same_plan(told: Plan) -> None:
    told = replace(told, volumes=tuple(v for v in told.volumes if v.base < v.height))
    data = plan_geojson(told, neighbourhood=WORLD)
    again = read_plan(data, neighbourhood=WORLD)
    assert again.content_key == told.content_key
    assert {v.volume_id: v for v in again.volumes}.keys() == {v.volume_id: v for v in told.volumes}.keys()
    for one, other in zip(told.volumes, again.volumes, strict=True):
        assert shapely.hausdorff_distance(one.footprint, other.footprint) < 1e-6
    assert plan_geojson(again, neighbourhood=WORLD) == data


@settings(derandomize=True, deadline=None, max_examples=8, phases=[Phase.generate])
@given(told=plans())
def test_a_geopackage_reads_back_as_the_same_plan(told: Plan) -> None:
    told = replace(told, volumes=tuple(v for v in told.volumes if v.base < v.height))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        write_plan_geopackage(told, path, neighbourhood=WORLD)
        again = read_plan(path, neighbourhood=WORLD)
    before, after = (trimmed(orjson.loads(plan_geojson(each, neighbourhood=WORLD))) for each in (told, again))
    assert after == before


def trimmed(value: Any) -> Any:
    """Without blanks around texts, which cells of a table do not keep, and without what is empty then."""
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := trimmed(each)) not in ("", {})}
    if isinstance(value, list):
        return [trimmed(each) for each in value]
    return value.strip() if isinstance(value, str) else value


@settings(max_examples=25)
@given(dx=st.floats(-20, 20), degrees=st.floats(-90, 90), storeys=st.integers(1, 40))
def test_a_variant_with_a_true_form_reads_back_as_itself(dx: float, degrees: float, storeys: int) -> None:
    original = plan("house", volumes=(volume("v", square(43, 200), mesh=gabled(43, 200), storeys=4, height=12.0, storey_height=None),),
                    dwellings=(Dwellings(4, "owner"),))  # fmt: skip
    told = with_storeys(turned(moved(original, dx, 0), degrees), "v", storeys)
    again = read_plan(plan_geojson(told, neighbourhood=WORLD), neighbourhood=WORLD)
    assert again.notes == ()
    assert again.variant_of == "house"
    assert again.party is Party.VISITOR
    assert again.content_key == told.content_key
    before, after = told.volumes[0].mesh, again.volumes[0].mesh
    assert before is not None
    assert after is not None
    assert after.object_volumes(1)[0] == pytest.approx(before.object_volumes(1)[0], rel=1e-6)


@pytest.mark.parametrize("epsg", [25832, 7415, 31370, 2056])
def test_other_countries_come_back_to_the_millimetre_too(epsg: int) -> None:
    system = CRS.from_epsg(epsg)
    world = replace(WORLD, reference_system=system)
    centre = {25832: (400_000, 5_750_000), 7415: (235_000, 470_000), 31370: (150_000, 170_000), 2056: (2_600_000, 1_200_000)}[epsg]
    shift = np.array(centre) - [X0, Y0]
    far = replace(WORLD.buildings, footprints=shapely.transform(WORLD.buildings.footprints, lambda xy: xy + shift))
    mesh = replace(WORLD.mesh, origin=WORLD.mesh.origin + np.array([*shift, 0]))
    world = replace(world, buildings=far, mesh=mesh, ground_table=None, tree_table=None, address_table=None, street_table=None)
    told = plan(volumes=(volume("v", shapely.transform(square(13.123, 13.456), lambda xy: xy + shift)),))
    assert read_plan(plan_geojson(told, neighbourhood=world), neighbourhood=world).content_key == told.content_key


def test_the_file_is_plain_geojson_that_any_gis_opens(tmp_path: Path) -> None:
    told = towers()
    path = tmp_path / plan_file_name(told)
    write_plan(told, path, neighbourhood=WORLD)
    assert path.name == "towers.geojson"
    document = orjson.loads(path.read_bytes())
    assert "crs" not in document
    lon, lat = document["features"][0]["geometry"]["coordinates"][0][0]
    assert (3 < lon < 8, 50 < lat < 54) == (True, True)
    import geopandas as gpd

    table = gpd.read_file(path).to_crs(WORLD.horizontal_crs)
    assert table.area.tolist() == pytest.approx([100.0] * 3, abs=0.1)
    assert read_plan(path, neighbourhood=WORLD).content_key == told.content_key


def test_nothing_to_draw_is_a_plan_too() -> None:
    told = plan()
    assert read_plan(plan_geojson(told, neighbourhood=WORLD), neighbourhood=WORLD).content_key == told.content_key
