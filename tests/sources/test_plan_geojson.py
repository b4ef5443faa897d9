from __future__ import annotations

import copy
import datetime as dt
import gzip
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from jsonschema import Draft202012Validator

from tests.model.small_world import X0, Y0, small_neighbourhood, square
from tests.sources.plan_documents import (
    Json,
    complete,
    document,
    feature,
    in_degrees,
    point,
    polygon,
    read,
    refused,
    ring,
    tower,
)  # fmt: skip
from wijktwin.errors import InputError, LimitError
from wijktwin.model.plan import Latitude, Party, PlanRole, PlanStatus, Traffic
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.surroundings import GroundKind
from wijktwin.sources.plan_files import plan_schema

WORLD = small_neighbourhood()
VALIDATOR = Draft202012Validator(dict(plan_schema()))


def test_a_complete_plan_says_everything_that_its_file_says() -> None:
    plan = read(complete())
    assert (plan.plan_id, plan.proposer, plan.party, plan.role, plan.status) == (
        "two-towers", "De Merel", Party.DEVELOPER, PlanRole.PROPOSAL, PlanStatus.PUBLISHED,
    )  # fmt: skip
    assert plan.title == LocalText("Twee torens", "Two towers")
    assert plan.summary == LocalText("Twee torens met een garage.")
    assert plan.dates == {PlanStatus.DRAFT: dt.date(2025, 1, 2), PlanStatus.PUBLISHED: dt.date(2025, 6, 1)}
    assert plan.changed_since == dt.date(2025, 9, 1)
    assert plan.demolishes == {"b00", "b11", "b22"}
    assert plan.felled == {"t0", "t1", "t2", "t3"}
    assert plan.excludes == {"school"}
    (street,) = plan.street_changes
    assert (street.street_id, street.traffic, street.latitude) == ("s1", Traffic.FORWARD, Latitude.CHOICE)
    assert [(row.count, row.tenure, row.volume_id, row.kind) for row in plan.dwellings] == [
        (57, "social_rent", "high", Kind.STATED), (108, "middle_rent", None, Kind.ASSUMED),
    ]  # fmt: skip
    assert [(row.subject.nl, row.latitude) for row in plan.settled] == [("De hoogte", Latitude.CHOICE)]
    (claim,) = plan.claims
    assert (claim.owner, claim.date, claim.checkable["max_minutes"]) == ("De Merel", dt.date(2025, 5, 1), 60)
    assert claim.source == Source("Schaduwstudie", "Bureau Zon", "2025-04")
    assert plan.source.url == "https://example.org/plan"
    assert plan.fictional
    assert plan.boundary is not None
    assert plan.boundary.area == pytest.approx(4900)
    assert not plan.published_by_server

    high, garage = plan.volumes
    assert high.footprint.equals(square(13, 13))
    assert (high.ground_level, high.ground_level_kind, high.height, high.top, high.bottom) == (2.1, Kind.STATED, 60, 62.1, 2.1)
    assert (high.storeys, high.storey_height, high.floor_area, high.floor_area_kind) == (20, 3, 2000, Kind.CALCULATED)
    assert (high.parking_places, high.bicycle_places, high.use, high.latitude) == (10, 150, "dwelling", Latitude.CHOICE)
    assert (garage.base, garage.base_kind, garage.height, garage.is_below_ground) == (-3.0, Kind.ASSUMED, 0, True)
    assert (garage.storey_height, garage.storey_height_kind, garage.under_existing) == (3.0, Kind.ASSUMED, True)

    (strip,) = plan.ground_changes
    assert (strip.kind, strip.parking_places, strip.footprint.area, strip.title.nl) == (GroundKind.GREEN, 0, 50, "Groenstrook")
    (lime,) = plan.planted
    assert (lime.species, lime.height, lime.crown_diameter, lime.point.x) == ("Tilia cordata", 15, 8, X0 + 50)


def test_degrees_and_metres_give_the_same_plan() -> None:
    assert read(in_degrees(complete())).content_key == read(complete()).content_key


@pytest.mark.parametrize(
    "name", ["EPSG:28992", "urn:ogc:def:crs:EPSG::28992", "urn:ogc:def:crs:EPSG::7415", "https://www.opengis.net/def/crs/EPSG/0/28992"]
)
def test_the_declared_crs_is_understood_in_its_usual_spellings(name: str) -> None:
    told = complete() | {"crs": {"type": "name", "properties": {"name": name}}}
    assert read(told).content_key == read(complete()).content_key


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_degrees_may_be_declared_too(name: str) -> None:
    told = in_degrees(complete()) | {"crs": {"type": "name", "properties": {"name": name}}}
    assert read(told).content_key == read(complete()).content_key


def test_web_mercator_is_a_crs_like_any_other() -> None:
    footprint = shapely.Polygon(ring(13, 13))
    from pyproj import CRS

    from wijktwin.sources.plans.geometry import reprojected

    mercator = reprojected(footprint, CRS.from_epsg(28992), CRS.from_epsg(3857))
    told = document(feature("volume", json.loads(shapely.to_geojson(mercator)), volume_id="v", height=9))
    told["crs"] = {"type": "name", "properties": {"name": "EPSG:3857"}}
    assert shapely.hausdorff_distance(read(told).volumes[0].footprint, footprint) < 0.01


def test_null_means_not_stated_as_a_gis_writes_it() -> None:
    told = complete()
    for each in told["features"]:
        each["properties"] |= dict.fromkeys(("species", "storeys", "kind_of_roof", "height"), None) | each["properties"]
    assert read(told).content_key == read(complete()).content_key


def test_bytes_may_be_packed_and_marked() -> None:
    data = json.dumps(complete()).encode()
    assert read(gzip.compress(data)).content_key == read(b"\xef\xbb\xbf" + data).content_key == read(data).content_key


def test_ground_is_assumed_from_the_buildings_around_it_and_shared_by_what_stands_together() -> None:
    plan = read(document(tower(), feature("volume", polygon(23, 13, 5, 10), volume_id="side", height=5)))
    high, side = plan.volumes
    middle = shapely.union_all([high.footprint, side.footprint]).centroid
    assert high.ground_level == side.ground_level == pytest.approx(WORLD.ground_height_at(middle.x, middle.y), abs=0.001)
    assert high.ground_level_kind is Kind.ASSUMED
    apart = read(document(tower(), feature("volume", polygon(43, 13), volume_id="side", height=5)))
    assert apart.volumes[0].ground_level < apart.volumes[1].ground_level


@pytest.mark.parametrize(
    ("told", "heights", "kinds"),
    [
        ({"height": 12.5}, (0, 12.5, None), ("stated", "stated")),
        ({"height": None, "storeys": 4, "storey_height": 3.2}, (0, 12.8, 3.2), ("stated", "calculated")),
        ({"height": None, "storeys": 4}, (0, 12.0, 3.0), ("stated", "assumed")),
        ({"height": None, "storeys": 4, "base": 5}, (5, 17.0, 3.0), ("stated", "assumed")),
        ({"height": None, "storeys": 2, "storeys_below": 2}, (-6, 6.0, 3.0), ("assumed", "assumed")),
        ({"height": 9, "storeys_below": 1, "storey_height": 2.8}, (-2.8, 9, 2.8), ("calculated", "stated")),
        ({"height": -1, "base": -4}, (-4, -1, None), ("stated", "stated")),
        ({"height": None, "storeys_below": 1}, (-3, 0, 3.0), ("assumed", "stated")),
    ],
)
def test_heights_follow_from_what_is_stated(told: Json, heights: tuple[float, float, float | None], kinds: tuple[str, str]) -> None:
    (volume,) = read(document(tower(**told))).volumes
    assert (volume.base, volume.height, volume.storey_height) == pytest.approx(heights)
    assert (volume.base_kind, volume.height_kind) == kinds


def test_nobody_can_call_stated_what_he_did_not_state() -> None:
    kinds = dict.fromkeys(("height", "ground_level", "storey_height", "floor_area"), "stated") | {"floor_area": "calculated"}
    (volume,) = read(document(tower(height=None, storeys=4, kinds=kinds))).volumes
    assert {volume.height_kind, volume.ground_level_kind, volume.storey_height_kind} == {Kind.ASSUMED}
    assert (volume.floor_area, volume.floor_area_kind) == (None, Kind.STATED)


def test_streets_can_be_named_whole_where_direction_means_nothing() -> None:
    plan = read(document(streets=[{"street": "Merelstraat", "traffic": "closed"}]))
    assert {change.street_id for change in plan.street_changes} == {"s1", "s2"}


def test_the_plan_is_its_own_source_unless_it_names_one() -> None:
    plan = read(document(dates={"draft": "2025-01-01"}, changes=[{"date": "2025-03-04", "text": "lager"}]))
    assert plan.source == Source(title="Twee torens", owner="De Merel", vintage="2025-03-04")


def test_notes_name_what_the_maker_may_have_overlooked() -> None:
    plan = read(document(tower(), feature("boundary", polygon(13, 13, 5, 20))))
    sentences = [note.sentence("nl") for note in plan.notes]
    assert [note.key for note in plan.notes] == ["plans.tree_must_go", "plans.tree_must_go", "plans.outside_boundary"]
    assert "t0" in sentences[0]
    assert "50 m²" in sentences[2]


def test_a_plan_with_everything_travels_between_processes() -> None:
    plan = read(complete())
    assert pickle.loads(pickle.dumps(plan)).content_key == plan.content_key  # noqa: S301


# ----------------------------------------------------------------------------------------------------------- what is wrong
def props(told: Json, index: int = 0) -> Json:
    found: Json = told["features"][index]["properties"]
    return found


def set_plan(**members: Any) -> Callable[[Json], object]:
    return lambda told: told["plan"].update(members)


def set_volume(**members: Any) -> Callable[[Json], object]:
    return lambda told: props(told).update(members)


def set_ring(coordinates: Any) -> Callable[[Json], object]:
    return lambda told: told["features"][0]["geometry"].update(coordinates=coordinates)


def add(*features: Json) -> Callable[[Json], object]:
    return lambda told: told["features"].extend(features)


WRONG: list[tuple[str, Callable[[Json], object], str, tuple[str, ...]]] = [
    # the file as a whole
    ("not a collection", lambda told: told.update(type="Feature"), "not_a_plan", ()),
    ("no facts", lambda told: told.pop("plan"), "no_facts", ()),
    ("facts are a list", lambda told: told.update(plan=[]), "wrong_type", ()),
    ("no features", lambda told: told.update(features={}), "wrong_type", ("features",)),
    ("foreign member", lambda told: told.update(colour="red"), "unknown_field", ("colour",)),
    ("fact outside the facts", lambda told: told.update(proposer="x"), "unknown_field_near", ("plan.proposer",)),
    ("crs null", lambda told: told.update(crs=None), "crs_null", ()),
    ("crs unknown", lambda told: told.update(crs={"type": "name", "properties": {"name": "EPSG:999999"}}), "crs_not_named", ("999999",)),
    ("crs a pipeline", lambda told: told.update(crs={"type": "name", "properties": {"name": "+proj=pipeline"}}), "crs_not_named", ()),
    ("crs linked", lambda told: told.update(crs={"type": "link", "properties": {"href": "x"}}), "crs_not_named", ()),
    ("crs vertical", lambda told: told.update(crs={"type": "name", "properties": {"name": "EPSG:5709"}}), "crs_not_named", ()),
    # facts
    ("no title", lambda told: told["plan"].pop("title"), "missing_field", ("title",)),
    ("misspelt", lambda told: told["plan"].update(titel=told["plan"].pop("title")), "unknown_field_near", ("titel", "title")),
    ("unknown fact", set_plan(colour="red"), "unknown_field", ("colour",)),
    ("other language", set_plan(title={"de": "x"}), "unknown_field", ("title.de",)),
    ("empty title", set_plan(title=""), "empty_text", ("title",)),
    ("empty texts", set_plan(title={}), "not_as_described", ("title",)),
    ("title a number", set_plan(title=5), "wrong_type", ("title", "“nl”")),
    ("long title", set_plan(title="x" * 501), "text_too_long", ("501", "500")),
    ("id with spaces", set_plan(plan_id="Twee torens"), "bad_identifier", ("Twee torens",)),
    ("status in Dutch", set_plan(status="concept"), "not_a_choice", ("concept", "draft, published, frozen, withdrawn")),
    ("status misspelt", set_plan(status="publishd"), "not_a_choice_near", ("publishd", "published")),
    ("schema from the future", set_plan(schema_version="2"), "not_a_choice", ("2",)),
    ("no such date", set_plan(dates={"draft": "2025-02-30"}), "not_a_date", ("2025-02-30",)),
    ("Dutch date", set_plan(changes=[{"date": "1-2-2025", "text": "x"}]), "not_a_date", ("changes[1].date",)),
    ("date a number", set_plan(dates={"draft": 2025}), "wrong_type", ("dates.draft",)),
    ("negative dwellings", set_plan(dwellings=[{"count": 1}, {"count": -1}]), "too_small", ("dwellings[2].count", "-1")),
    ("dwellings as text", set_plan(dwellings=[{"count": "12"}]), "number_as_text", ("“12”",)),
    ("dwellings without number", set_plan(dwellings=[{"tenure": "owner"}]), "missing_field", ("dwellings[1].count",)),
    ("dwellings nowhere", set_plan(dwellings=[{"count": 3, "volume_id": "hih"}]), "no_volume", ("hih", "high")),
    ("fictional maybe", set_plan(fictional="yes"), "wrong_type", ("fictional",)),
    ("truth for a number", set_plan(dwellings=[{"count": True}]), "wrong_type", ("true",)),
    ("no such building", set_plan(demolishes=["b99"]), "no_building", ("b99",)),
    ("building misspelt", set_plan(demolishes=["B-00"]), "no_building_near", ("B-00", "b00")),
    ("no such tree", set_plan(felled=["oak"]), "no_tree", ("oak",)),
    ("tree misspelt", set_plan(felled=["T0"]), "no_tree_near", ("T0", "t0")),
    ("no such segment", set_plan(streets=[{"street_id": "x9", "traffic": "closed"}]), "no_street", ("x9",)),
    ("street misspelt", set_plan(streets=[{"street": "Merelstr", "traffic": "closed"}]), "no_street_near", ("Merelstraat",)),
    ("no street at all", set_plan(streets=[{"traffic": "closed", "latitude": "open"}]), "missing_field", ("street_id",)),
    ("one-way without direction", set_plan(streets=[{"street": "Merelstraat", "traffic": "forward"}]), "street_direction", ()),
    ("street twice", set_plan(streets=[{"street_id": "s1", "traffic": traffic} for traffic in ("forward", "closed")]), "street_twice",
     ("s1",)),
    ("excludes itself", set_plan(excludes=["two-towers"]), "excludes_itself", ()),
    ("claim twice", set_plan(claims=[{"claim_id": "c", "owner": "a", "party": "other", "text": "x"}] * 2), "duplicate_id", ("“c”",)),
    ("claim without owner", set_plan(claims=[{"claim_id": "c", "party": "other", "text": "x"}]), "missing_field", ("claims[1].owner",)),
    ("too many exclusions", set_plan(excludes=["x"] * 201), "too_many", ("201", "200")),
    # features
    ("feature a list", lambda told: told["features"].append([]), "not_a_choice", ("2",)),
    ("no properties", lambda told: told["features"][0].pop("properties"), "missing_field", ("properties",)),
    ("does not say what", lambda told: props(told).pop("feature"), "missing_field", ("feature",)),
    ("says it wrongly", lambda told: props(told).update(featur=props(told).pop("feature")), "unknown_field_near", ("featur",)),
    ("plural", set_volume(feature="volumes"), "not_a_choice_near", ("volumes", "volume")),
    ("something else", set_volume(feature=7), "not_a_choice", ("7",)),
    ("height misspelt", set_volume(hieght=3), "unknown_field_near", ("hieght", "height")),
    ("height as text", set_volume(height="60"), "number_as_text", ("high", "60")),
    ("height as decimal comma", set_volume(height="60,5"), "number_as_text", ("60,5",)),
    ("millimetres", set_volume(height=60000), "too_large_units", ("60000", "400")),
    ("centimetres", set_volume(height=6000), "too_large_units", ("6000",)),
    ("too high", set_volume(height=450), "too_large", ("450", "400 m")),
    ("half a storey", set_volume(storeys=2.5), "not_whole", ("storeys", "2.5", "heel getal", "whole number")),
    ("half a dwelling", set_plan(dwellings=[{"count": 2.5}]), "not_whole", ("dwellings[1].count", "2.5", "heel getal")),
    ("half a parking place", set_volume(parking_places=10.5), "not_whole", ("parking_places", "10.5", "heel getal")),
    ("half a bicycle", set_volume(bicycle_places=0.25), "not_whole", ("bicycle_places", "0.25", "heel getal")),
    ("half a bay", add(feature("ground", polygon(0, -7, 5, 5), change_id="g", kind="parking", parking_places=3.5)), "not_whole",
     ("parking_places", "3.5", "heel getal")),
    ("negative storeys", set_volume(storeys=-1), "too_small", ("-1",)),
    ("low storeys", set_volume(storey_height=0.3), "too_small", ("0.3", "2 m")),
    ("no height", lambda told: props(told).pop("height"), "no_height", ("storeys",)),
    ("upside down", set_volume(height=5, base=6), "height_below_base", ("5", "6")),
    ("flat", set_volume(height=0), "height_below_base", ()),
    ("storeys do not fit", set_volume(storeys=25, storey_height=3), "storeys_do_not_fit", ("25", "60")),
    ("ground in centimetres", set_volume(ground_level=210), "ground_level_far", ("210",)),
    ("use unknown", set_volume(use="church"), "not_a_choice", ("church", "school")),
    ("kind of nothing", set_volume(kinds={"colour": "assumed"}), "unknown_field", ("kinds.colour",)),
    ("volume twice", add(tower()), "duplicate_id", ("high",)),
    ("ground twice", add(*[feature("ground", polygon(0, -7, 5, 5), change_id="g", kind="green")] * 2), "duplicate_id", ("“g”",)),
    ("tree twice", add(*[feature("tree", point(50, 50), tree_id="n")] * 2), "duplicate_id", ("“n”",)),
    ("two boundaries", add(*[feature("boundary", polygon(0, 0))] * 2), "duplicate_id", ("boundary",)),
    ("ground of no kind", add(feature("ground", polygon(0, -7, 5, 5), change_id="g", kind="grass")), "not_a_choice", ("grass",)),
    ("ground over ground", add(feature("ground", polygon(0, -7, 5, 5), change_id="g", kind="green"),
                               feature("ground", polygon(4, -7, 5, 5), change_id="h", kind="parking")),
     "grounds_share_area", ("5 m²", "“g”")),
    ("felled tree nowhere", add(feature("felled_tree", point(17.5, 15))), "no_tree_here", ("2.5",)),
    ("felled tree without place", add(feature("felled_tree", None)), "feature_needs", ("tree_id",)),
    ("demolition beside", add(feature("demolition", point(12, 5))), "no_building_here", ("155012.0",)),
    ("demolition without place", add(feature("demolition", None)), "feature_needs", ("building_id",)),
    # geometry
    ("no geometry", lambda told: told["features"][0].update(geometry=None), "no_geometry", ()),
    ("geometry a list", lambda told: told["features"][0].update(geometry=[1]), "wrong_type", ("geometry",)),
    ("a point", lambda told: told["features"][0].update(geometry=point(1, 1)), "wrong_geometry", ("Point",)),
    ("a line", lambda told: told["features"][0]["geometry"].update(type="LineString"), "wrong_geometry", ("LineString",)),
    ("no coordinates", lambda told: told["features"][0]["geometry"].pop("coordinates"), "bad_coordinates", ()),
    ("a bare ring", set_ring(ring(13, 13)), "bad_coordinates", ()),
    ("a triangle cut short", set_ring([ring(13, 13)[:3]]), "bad_coordinates", ("vier", "four")),
    ("coordinates as text", set_ring([[["155013", "463013"]] * 5]), "bad_coordinates", ()),
    ("truths for coordinates", set_ring([[[True, False]] * 5]), "bad_coordinates", ()),
    ("open", set_ring([ring(13, 13)[:-1]]), "ring_open", ()),
    ("a bow tie", set_ring([[ring(13, 13)[i] for i in (0, 2, 1, 3, 0)]]), "not_valid", ("155018.0", "463018.0")),
    ("a line back and forth", set_ring([[ring(13, 13)[i] for i in (0, 1, 0, 0)]]), "not_valid", ()),
    ("hole outside", set_ring([ring(13, 13), ring(43, 13, 2, 2)]), "not_valid", ()),
    ("a speck", set_ring([ring(13, 13, 0.5, 0.5)]), "too_small_area", ("0.25",)),
    ("several points", add(feature("tree", {"type": "MultiPoint", "coordinates": [[X0, Y0]] * 2}, tree_id="n")), "several_points", ("2",)),
    ("x and y swapped", set_ring([[[y, x] for x, y in ring(13, 13)]]), "swapped_xy", ()),
    ("degrees under RD", set_ring([[[5.38, 52.15], [5.39, 52.15], [5.39, 52.16], [5.38, 52.15]]]), "looks_degrees", ("EPSG:28992",)),
    ("millimetres", set_ring([[[x * 1000, y * 1000] for x, y in ring(13, 13)]]), "looks_millimetres", ()),
    ("elsewhere", set_ring([[[x + 9000, y] for x, y in ring(13, 13)]]), "far_away", ("km", "Small world")),
    ("hole beyond the world", set_ring([ring(13, 13), [[X0 + 14, Y0 + 14], [X0 + 15, 1e300], [X0 + 15, Y0 + 15], [X0 + 14, Y0 + 14]]]),
     "far_away", ()),
    ("beyond the world", set_ring([[[x * 1e300, y] for x, y in ring(13, 13)]]), "far_away", ()),
    # in the way
    ("in a building", set_ring([ring(5, 5)]), "volume_in_building", ("b00", "demolishes")),
    ("under a building", lambda told: (set_ring([ring(0, 0)])(told), set_volume(height=0, base=-3)(told)), "volume_under_building",
     ("b00",)),
    ("in each other", add(feature("volume", polygon(20, 13), volume_id="other", height=9)), "volumes_share_space", ("other", "high")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_said_in_one_sentence(change: Callable[[Json], object], key: str, words: tuple[str, ...]) -> None:
    assert read(document(tower())).volumes
    error = refused(document(tower()), change)
    assert error.key == f"plans.{key}"
    both = error.sentence("nl") + error.sentence("en")
    for word in words:
        assert word in both


def outer(told: Json) -> list[list[float]]:
    found: list[list[float]] = told["features"][0]["geometry"]["coordinates"][0]
    return found


SWAPPED_IN_DEGREES: list[tuple[str, Callable[[Json], object], str]] = [
    ("latitude first", lambda told: told["features"][0]["geometry"].update(coordinates=[[[y, x] for x, y in outer(told)]]), "swapped"),
    ("metres without crs", set_ring([ring(13, 13)]), "looks_projected"),
    ("metres from elsewhere", set_ring([[[x * 10, y * 10] for x, y in ring(13, 13)]]), "out_of_degrees"),
    ("another continent", set_ring([[[105.0, 52.0], [105.1, 52.0], [105.1, 52.1], [105.0, 52.0]]]), "far_away"),
    ("latitude of an Australian", set_ring([[[-33.0, 151.0], [-33.1, 151.0], [-33.1, 151.1], [-33.0, 151.0]]]), "swapped"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key"), [case[1:] for case in SWAPPED_IN_DEGREES], ids=[case[0] for case in SWAPPED_IN_DEGREES])
def test_coordinates_in_the_wrong_order_or_unit_are_recognised(change: Callable[[Json], object], key: str) -> None:
    assert refused(in_degrees(document(tower())), change).key == f"plans.{key}"


BROKEN: list[tuple[str, bytes, str]] = [
    ("empty", b"", "reading.empty"),
    ("cut", json.dumps(complete()).encode()[:-40], "reading.cut"),
    ("not a number", json.dumps(complete()).replace("60", "NaN", 1).encode(), "reading.nan"),
    ("overflow", json.dumps(complete()).replace(": 60,", ": 1e999,", 1).encode(), "reading.number_overflows"),
    ("deep", b'{"type":' + b"[" * 100_000, "reading.too_deep"),
    ("deep but closed", b'{"type":"FeatureCollection","plan":{},"features":' + b"[" * 40 + b"]" * 40 + b"}", "reading.too_deep"),
    ("lone surrogate", json.dumps(complete()).replace("Groenstrook", "\\ud800", 1).encode(), "reading.lone_surrogate"),
    ("repeated member", json.dumps(complete()).replace('"proposer"', '"proposer": "x", "proposer"', 1).encode(), "plans.repeated_key"),
    ("repeated in disguise", json.dumps(complete()).replace('"party"', '"p\\u0061rty": "x", "party"', 1).encode(), "plans.repeated_key"),
    ("zip", b"PK\x03\x04" + b"\0" * 40, "plans.foreign"),
    ("drawing", b"AC1032" + b"\0" * 40, "plans.binary_drawing"),
    ("web page", b"<!DOCTYPE html><html>", "reading.web_page"),
    ("UTF-16", json.dumps(complete()).encode("utf-16"), "reading.utf16"),
    ("text", b"Twee torens van 60 meter", "reading.not_json_at_all"),
    ("bomb", gzip.compress(b"{" + b" " * 150_000_000, 9), "reading.packed_bomb"),
]


@pytest.mark.parametrize(("data", "key"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_files_that_are_no_plan_at_all(data: bytes, key: str) -> None:
    error = refused(data)
    assert error.key == key


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitError, match="20 MB"):
        read(b" " * 20_000_001)


def test_numbers_that_only_just_fit_are_right() -> None:
    assert read(document(tower(height=400))).volumes[0].height == 400
    assert read(document(tower(storeys=20, storey_height=3.1))).volumes  # 62 m in 60 m: within one storey


def test_a_point_within_reach_means_the_nearest_tree() -> None:
    assert read(document(feature("felled_tree", point(17.0, 15.0)))).felled == {"t0"}  # 2.0 m from t0, 5.8 m from t1
    assert read(document(feature("felled_tree", point(18.5, 19.0)))).felled == {"t1"}


def test_a_multipolygon_is_one_volume() -> None:
    both = {"type": "MultiPolygon", "coordinates": [[ring(13, 13, 5, 5)], [ring(20, 20, 5, 5)]]}
    (volume,) = read(document(feature("volume", both, volume_id="v", height=3))).volumes
    assert volume.footprint.area == pytest.approx(50)


def test_a_court_stays_open() -> None:
    court = {"type": "Polygon", "coordinates": [ring(11, 11, 15, 15), ring(14, 14, 5, 5)]}
    (volume,) = read(document(feature("volume", court, volume_id="v", height=3))).volumes
    assert volume.footprint.area == pytest.approx(200)
    assert isinstance(volume.footprint, shapely.Polygon)
    assert volume.footprint.exterior.is_ccw


def test_heights_in_positions_are_left_aside() -> None:
    told = document(tower())
    told["features"][0]["geometry"]["coordinates"] = [[[*position, 43.2] for position in ring(13, 13)]]
    assert read(told).content_key == read(document(tower())).content_key


# ----------------------------------------------------------------------------------------- the published schema and the reader
def test_the_published_schema_is_a_schema_and_accepts_what_the_reader_accepts() -> None:
    Draft202012Validator.check_schema(dict(plan_schema()))
    for told in (complete(), in_degrees(complete()), document()):
        VALIDATOR.validate(told)


GEOMETRIC = {
    "not_a_plan", "no_facts", "crs_null", "crs_not_named", "no_volume", "no_building", "no_building_near", "no_tree", "no_tree_near",
    "no_street", "no_street_near", "street_direction", "street_twice", "excludes_itself", "duplicate_id", "no_height", "height_below_base",
    "storeys_do_not_fit", "ground_level_far", "grounds_share_area", "no_tree_here", "feature_needs", "no_building_here", "no_geometry",
    "wrong_geometry", "bad_coordinates", "ring_open", "not_valid", "too_small_area", "several_points", "swapped_xy", "looks_degrees",
    "looks_millimetres", "far_away", "volume_in_building", "volume_under_building", "volumes_share_space",
}  # fmt: skip
"""What no JSON Schema can know."""


@pytest.mark.parametrize(("change", "key"), [case[1:3] for case in WRONG], ids=[case[0] for case in WRONG])
def test_the_published_schema_refuses_what_the_reader_refuses(change: Callable[[Json], object], key: str) -> None:
    told = copy.deepcopy(document(tower()))
    change(told)
    is_date = "date" in str(key) and "2025-02-30" in json.dumps(told)
    if key in GEOMETRIC or is_date or (key == "missing_field" and "streets" in told["plan"]):
        return
    assert not VALIDATOR.is_valid(told)


COMPOSED = ("no_building", "no_tree", "no_street", "type_", "geometry_", "where_named_")
"""Keys that the code puts together from parts."""


def test_every_word_of_the_messages_is_used_and_every_used_word_is_there() -> None:
    import re
    import tomllib
    from pathlib import Path

    from wijktwin.errors import LANGUAGES
    from wijktwin.places import PACKAGE

    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    tables = [tomllib.loads((PACKAGE / "messages" / language / "plans.toml").read_text(encoding="utf-8")) for language in LANGUAGES]
    assert tables[0].keys() == tables[1].keys()
    for key in tables[0]:
        assert key.startswith(COMPOSED) or re.search(rf'[".]{key}"', code), key
    for key in set(re.findall(r'"plans\.([a-z_]+)"', code)):
        assert key in tables[0], key
    for dutch, english in zip(tables[0].values(), tables[1].values(), strict=True):
        assert set(re.findall(r"\{(\w+)\}", dutch)) == set(re.findall(r"\{(\w+)\}", english))
    assert Path(PACKAGE / "sources" / "plans" / "plan.schema.json").is_file()


def test_errors_are_ours_and_the_built_in_kind() -> None:
    with pytest.raises(ValueError, match="high") as caught:
        read(document(tower(height="x")))
    assert isinstance(caught.value, InputError)
