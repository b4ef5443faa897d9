"""Neighbourhood folders from files at hand: small ones, the real Amersfoort tile and Delft, with real ground and trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
import shapely
import shapely.geometry
from pyproj import CRS

from tests.sources import small_documents
from tests.sources import small_town_services as small
from wijktwin import crs as reference_systems
from wijktwin.errors import InputError
from wijktwin.model.network import Mode, pieces, segments_of
from wijktwin.sources.fetching.area import Area, area_of_file
from wijktwin.sources.fetching.prepare import prepare_neighbourhood
from wijktwin.sources.folder import is_neighbourhood_folder, read_folder
from wijktwin.sources.prepared import open_neighbourhood

BGT: Final = ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel", "vegetatieobject")
OTTERLO: Final = (181_100.0, 457_150.0)
"""About the middle of the village. [m, RD New]"""


def collection(features: Sequence[Any], **members: Any) -> bytes:
    rd = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return orjson.dumps({"type": "FeatureCollection", "crs": rd, "features": list(features), **members})


def save(folder: Path, **files: Sequence[Any]) -> list[Path]:
    paths = []
    for name, features in files.items():
        path = folder / f"{name}.geojson"
        path.write_bytes(collection(features))
        paths.append(path)
    return paths


def houses(folder: Path) -> Path:
    """The first three cubes of the small documents, at 155,000, 463,000."""
    path = folder / "mine.city.jsonl"
    path.write_bytes(small_documents.sequence([small_documents.feature(n) for n in range(3)]))
    return path


def near_houses() -> dict[str, list[Any]]:
    """BGT of the small town, moved to the cubes."""
    return {name: [small.shifted(each, -600.0, -930.0) for each in rows] for name, rows in small.ground().items()}


def bag_near_houses() -> dict[str, list[Any]]:
    """Two addresses in the second cube, and the pand that they point at."""
    found = [small.address(n, 1) for n in range(2)]
    for each in found:
        each["geometry"] = {"type": "Point", "coordinates": [155_025, 463_005]}
    numbers = {"identificatie": small_documents.building_id(1).removeprefix("NL.IMBAG.Pand."), "bouwjaar": 1965}
    shape = shapely.geometry.mapping(shapely.box(155_020, 463_000, 155_030, 463_010))
    return {"verblijfsobject": found, "pand": [{"type": "Feature", "id": "uuid-1", "properties": numbers, "geometry": shape}]}


def told(folder: Path) -> list[Any]:
    found: list[Any] = orjson.loads((folder / "provenance.json").read_bytes())["from_files"]
    return found


# ------------------------------------------------------------------------------------------------------------ small ones


def test_buildings_ground_trees_and_addresses_become_a_folder(tmp_path: Path) -> None:
    context = save(tmp_path, **near_houses(), **bag_near_houses())
    made = prepare_neighbourhood([houses(tmp_path)], context, tmp_path / "out", area=None)
    found = read_folder(tmp_path / "out")
    assert is_neighbourhood_folder(tmp_path / "out")
    assert (made.n_buildings, made.n_halo, len(found.buildings)) == (3, 0, 3)
    assert set(found.addresses["building_id"]) == {small_documents.building_id(1)}
    assert len(found.ground) == made.n_ground > 0
    assert len(found.trees) == made.n_trees > 0
    assert [note for note in found.notes if note.key.startswith("folder.")] == []
    assert {source.title for source in found.sources} >= {"BGT", "BAG"}
    assert all(each["got"] == each["kept"] + sum(each["left_out"].values()) for each in told(tmp_path / "out"))


def test_buildings_alone_will_do_also_from_another_country(tmp_path: Path, shared_data: Path) -> None:
    prepare_neighbourhood([shared_data / "cityjson" / "bavaria_lod2_epsg25832_v20.city.json"], [], tmp_path / "out")
    assert read_folder(tmp_path / "out").reference_system.to_epsg() == 25832


def test_buildings_outside_the_area_only_cast_shadow(tmp_path: Path) -> None:
    area = Area("Middle", shapely.box(155_015, 462_990, 155_035, 463_020), {"kind": "file"})
    made = prepare_neighbourhood([houses(tmp_path)], [], tmp_path / "out", area=area)
    found = read_folder(tmp_path / "out")
    assert (made.n_buildings, made.n_halo) == (1, 2)
    assert [bool(flag) for flag in found.buildings.flags["is_halo"]] == [True, False, True]
    assert found.name == "Middle"


def test_an_area_of_the_cbs_file_is_chosen_by_code(shared_data: Path) -> None:
    path = shared_data / "liendert" / "cbs_wijken_2023_liendert_e.o_rd.geojson"
    area = area_of_file(path, code="WK030710")
    assert "Liendert" in area.name
    assert area.polygon.bounds == pytest.approx((155_501, 463_318, 156_959, 464_887), abs=1.0)
    with pytest.raises(InputError) as refused:
        area_of_file(path, code="WK030799")
    assert refused.value.key == "fetch.no_such_code"


@pytest.mark.parametrize(
    ("crs", "is_told"), [("EPSG:28992", True), ("EPSG:28992", False), ("EPSG:4258", True), ("EPSG:32631", True), ("EPSG:4326", False)]
)
def test_an_area_lies_where_its_file_says(crs: str, is_told: bool, tmp_path: Path) -> None:
    wanted = shapely.box(155_000, 462_900, 155_200, 463_100)
    degrees = shapely.transform(wanted, lambda points: reference_systems.to_wgs84(points, reference_systems.RD_NEW))
    drawn = {
        "EPSG:28992": wanted,
        "EPSG:4258": degrees,
        "EPSG:4326": degrees,
        "EPSG:32631": shapely.transform(degrees, lambda points: reference_systems.from_wgs84(points, CRS.from_user_input(crs))),
    }[crs]
    document = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(drawn)}],
    }
    path = tmp_path / "area.geojson"
    path.write_bytes(orjson.dumps(document | ({"crs": {"type": "name", "properties": {"name": crs}}} if is_told else {})))
    assert area_of_file(path).polygon.hausdorff_distance(wanted) < 0.01


def test_tables_in_our_own_names_are_taken_as_they_are(tmp_path: Path) -> None:
    row = {
        "type": "Feature",
        "properties": {"kind": "green"},
        "geometry": shapely.geometry.mapping(shapely.box(155_000, 462_990, 155_010, 462_999)),
    }
    path, trees = save(tmp_path, ground=[row], vegetatieobject_punt=near_houses()["vegetatieobject_punt"])
    prepare_neighbourhood([houses(tmp_path)], [path, trees], tmp_path / "out")
    assert (tmp_path / "out" / "ground.geojson").read_bytes() == path.read_bytes()
    found = read_folder(tmp_path / "out")
    assert list(found.ground["kind"]) == ["green"]
    credited = {source.title: source.subjects for source in found.sources}
    assert credited["BGT"] == ("trees",)
    assert credited["ground.geojson"] == ("ground",)


def test_degrees_are_brought_to_rd(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [5.3872062, 52.1551744]}  # 155,000, 463,000
    tree = {**small.piece("G1.t", shapely.Point(0, 0), plus_type="boom"), "geometry": point}
    path = tmp_path / "vegetatieobject_punt.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [tree]}))
    prepare_neighbourhood([houses(tmp_path)], [path], tmp_path / "out")
    (found,) = read_folder(tmp_path / "out").trees.geometry
    assert (found.x, found.y) == pytest.approx((155_000.0, 463_000.0), abs=0.5)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    context = save(tmp_path, **near_houses())
    prepare_neighbourhood([houses(tmp_path)], context, tmp_path / "one" / "town")
    prepare_neighbourhood([houses(tmp_path)], context[::-1], tmp_path / "two" / "town")
    one, two = (small.contents(tmp_path / each / "town") for each in ("one", "two"))
    assert {name for name in one if one[name] != two.get(name)} <= {
        "provenance.json",
        "PROVENANCE.md",
    }  # they list files as they were named


def test_preparing_again_replaces(tmp_path: Path) -> None:
    prepare_neighbourhood([houses(tmp_path)], save(tmp_path, **near_houses()), tmp_path / "out")
    prepare_neighbourhood([houses(tmp_path)], [], tmp_path / "out")
    assert not (tmp_path / "out" / "ground.geojson").exists()


def our_row() -> dict[str, Any]:
    """One piece of ground in our own names."""
    shape = shapely.box(155_000, 462_990, 155_010, 462_999)
    return {"type": "Feature", "properties": {"kind": "green"}, "geometry": shapely.geometry.mapping(shape)}


def refusals() -> list[tuple[dict[str, Sequence[Any]], str]]:
    return [
        ({"wegdeel": [small.shifted(each, 25_000.0, 0.0) for each in small.ground()["wegdeel"]]}, "fetch.context_elsewhere"),
        ({"something": [{"type": "Feature", "properties": {}, "geometry": None}]}, "fetch.unknown_context"),
        ({**near_houses(), "ground": [our_row()]}, "fetch.table_twice"),
    ]


@pytest.mark.parametrize(("context", "key"), refusals(), ids=["elsewhere", "unknown", "twice"])
def test_context_that_does_not_fit_is_told(tmp_path: Path, context: dict[str, Sequence[Any]], key: str) -> None:
    with pytest.raises(InputError) as refused:
        prepare_neighbourhood([houses(tmp_path)], save(tmp_path, **context), tmp_path / "out")
    assert refused.value.key == key
    assert not (tmp_path / "out").exists()


def test_an_area_without_buildings_is_told(tmp_path: Path) -> None:
    area = Area("Nowhere", shapely.box(100_000, 400_000, 100_010, 400_010), {"kind": "file"})
    with pytest.raises(InputError) as refused:
        prepare_neighbourhood([houses(tmp_path)], [], tmp_path / "out", area=area)
    assert refused.value.key == "fetch.nothing_in_area"


def test_ground_in_two_places_is_told(tmp_path: Path, shared_data: Path) -> None:
    tile = shared_data / "cityjson" / "delft_lod1_terrain_v20.city.json"
    box = shapely.box(*np.asarray(read_bounds(tile)))
    ground = [small.piece("G1.green", box, fysiek_voorkomen="grasland")]
    with pytest.raises(InputError) as refused:
        prepare_neighbourhood([tile], save(tmp_path, begroeidterreindeel=ground), tmp_path / "out")
    assert refused.value.key == "fetch.ground_twice"


def read_bounds(tile: Path) -> tuple[float, float, float, float]:
    extent = orjson.loads(tile.read_bytes())["metadata"]["geographicalExtent"]
    return extent[0], extent[1], extent[3], extent[4]


# ------------------------------------------------------------------------------------------------------------ real ones


@pytest.fixture(scope="module")
def otterlo(shared_data: Path) -> dict[str, list[Any]]:
    """The whole BGT of a real village, by collection."""
    return {name: orjson.loads((shared_data / "bgt_otterlo" / f"{name}.geojson").read_bytes())["features"] for name in BGT}


@pytest.mark.parametrize(
    ("tile", "n_buildings"),
    [
        ("amersfoort_dehoef_9-572-632_v20250903.city.json", 167),
        pytest.param("delft_v20241216.city.json", 159, marks=pytest.mark.exhaustive),
    ],
)
def test_real_tiles_with_the_real_ground_of_a_village_moved_to_them(
    shared_data: Path, otterlo: dict[str, list[Any]], tmp_path: Path, tile: str, n_buildings: int
) -> None:
    path = shared_data / "3dbag" / tile
    bounds = read_bounds(path)
    dx, dy = (bounds[0] + bounds[2]) / 2 - OTTERLO[0], (bounds[1] + bounds[3]) / 2 - OTTERLO[1]
    context = save(tmp_path, **{name: [small.shifted(each, dx, dy) for each in rows] for name, rows in otterlo.items()})
    made = prepare_neighbourhood([path], context, tmp_path / "out")
    found = open_neighbourhood(tmp_path / "out", state_dir=tmp_path / "state")
    assert (made.n_buildings, len(found.buildings)) == (n_buildings, n_buildings)
    ground, trees = found.ground, found.trees
    assert made.n_ground > 300
    assert len(ground) >= made.n_ground  # shapes of several parts become rows of their own
    assert len(trees) == made.n_trees > 50
    area = area_of_file(tmp_path / "out" / "area.geojson").polygon
    assert shapely.covers(area.buffer(0.001), ground.geometry.to_numpy()).all()
    assert ground.geometry.area.sum() == pytest.approx(shapely.union_all(ground.geometry.to_numpy()).area, rel=1e-3)
    assert not ground["surface_id"].duplicated().any()
    assert {source.title for source in found.sources} >= {"3D BAG", "BGT"}
    for_people = (tmp_path / "out" / "PROVENANCE.md").read_text(encoding="utf-8")
    assert "3D BAG, tudelft3d and 3DGI. Licence CC-BY-4.0; https://docs.3dbag.nl/en/copyright" in for_people
    assert "BGT, Kadaster and source holders. Licence CC0-1.0" in for_people
    counts = {each["collection"]: each for each in told(tmp_path / "out")}
    for name, rows in otterlo.items():
        assert counts[name]["got"] == len(rows) == counts[name]["kept"] + sum(counts[name]["left_out"].values())
        assert counts[name]["left_out"]["ended"] == sum(1 for each in rows if each["properties"].get("eindRegistratie"))
    kinds = Counter(ground["kind"])
    assert kinds["carriageway"] > 20
    assert kinds["green"] > 20
    assert "yard" not in kinds, "nobody registered what of a plot is paved"
    segments = segments_of(found.streets)
    assert set(found.streets["kind"]) == {"calculated"}
    owners = {source.owner for source in found.sources if "streets" in source.subjects}
    assert owners == {"Wijktwin, from BGT of Kadaster and source holders"}
    for mode in Mode:
        whole = pieces(segments, mode)
        assert whole.stray_length < 0.25 * segments.lengths[segments.may[mode]].sum(), "most of a village hangs together"
    roads = shapely.union_all([shapely.geometry.shape(each["geometry"]) for each in otterlo["wegdeel"]])
    lines = shapely.transform(found.streets.geometry.to_numpy(), lambda points: points - (dx, dy))
    assert shapely.length(shapely.difference(lines, roads.buffer(3.0))).sum() < 0.02 * shapely.length(lines).sum(), "streets lie on roads"


def test_ground_of_a_village_where_it_is_belongs_to_another_place(shared_data: Path, tmp_path: Path) -> None:
    tile = shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json"
    with pytest.raises(InputError) as refused:
        prepare_neighbourhood([tile], [shared_data / "bgt_otterlo" / "begroeidterreindeel.geojson"], tmp_path / "out")
    assert refused.value.key == "fetch.context_elsewhere"
    assert not (tmp_path / "out").exists()
